/* SPDX-License-Identifier: GPL-3.0-or-later */
/* api_series.c - values over time. The series worker reads the journal and the RRD files in a process of its
 * own; the request waits for it without holding the loop. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "dashboards/api.h"
#include "lib/base/strx.h"
#include "lib/model/metric.h"
#include "lib/model/record.h"
#include "lib/stores/availability.h"

enum { COLUMNS_MAX = 8, REF_MAX = 320 };

/* One request under way. */
struct series_call {
    struct api_call *call;
    uint64_t id; /* of the worker's request */
    char ref[REF_MAX + 1];
    const struct metric_info *metrics[COLUMNS_MAX];
    size_t count;
    bool is_csv;
    bool is_sum;    /* all columns of the answer are one: the connected devices of a hotspot */
    bool is_either; /* … of which one is known at a time: an access point at several controllers */
};

/* Adds the columns of every row up, in its first place; unknown only if all are. */
static size_t add_columns(const struct series_call *s, const struct series_result *r, size_t row, double *out)
{
    const double *values = &r->values[row * r->columns];

    if (!s->is_sum) {
        memcpy(out, values, s->count * sizeof *out);
        return s->count;
    }
    size_t known = 0;
    out[0] = NAN;
    for (size_t k = 0; k < r->columns; k++)
        if (!isnan(values[k]))
            out[0] = known++ ? out[0] + values[k] : values[k];
    if (s->is_either && known)
        out[0] /= (double)known; /* a row in which the speaker changed has a part of each */
    return 1;
}

/* "ap-0001/radio/0" -> source and entity; the source of probes has a slash of its own. Writes into ref. */
static bool split_ref(char *ref, const char **source, const char **entity)
{
    char *slash = strchr(ref, '/');

    if (slash && record_target(ref))
        slash = strchr(slash + 1, '/');
    if (!slash || slash == ref || slash[1] == '\0')
        return false;
    *slash = '\0';
    *source = ref;
    *entity = slash + 1;
    return true;
}

static bool read_metrics(struct api_call *c, struct series_call *s)
{
    const char *list = api_param(c, "metric");
    char name[64];

    while (list && *list) {
        size_t len = strcspn(list, ",");
        if (len == 0 || len >= sizeof name || s->count == COLUMNS_MAX)
            break;
        memcpy(name, list, len);
        name[len] = '\0';
        s->metrics[s->count] = metric_by_name(name);
        if (!s->metrics[s->count])
            break;
        s->count++;
        list += len + (list[len] == ',');
    }
    if (s->count == 0 || *list) {
        api_bad_parameter(c, "metric", "1 to 8 names of metrics (GET /api/v1/config lists them)");
        return false;
    }
    return true;
}

/* When the row after the one that begins at t begins. Step 0: rows are calendar months. */
static ns_t next_row(const struct series_result *r, ns_t t)
{
    char name[8];
    ns_t begin, end = t + r->step;

    if (r->step == 0)
        availability_month(t, &begin, &end, name);
    return end;
}

static void put_csv(struct buf *b, const struct series_call *s, const struct series_result *r)
{
    buf_str(b, "time");
    for (size_t k = 0; k < s->count; k++)
        buf_printf(b, ",%s", s->metrics[k]->name);
    buf_str(b, "\r\n");
    ns_t t = r->start;
    for (size_t i = 0; i < r->rows; i++, t = next_row(r, t)) {
        buf_printf(b, "%lld", (long long)(t / SECONDS));
        double values[COLUMNS_MAX];
        size_t count = add_columns(s, r, i, values);
        for (size_t k = 0; k < count; k++) {
            if (isfinite(values[k]))
                buf_printf(b, ",%.9g", values[k]);
            else
                buf_str(b, ",");
        }
        buf_str(b, "\r\n");
    }
}

/* The months' begins: they are not equally long. */
static void put_times(struct json_out *j, const struct series_result *r)
{
    ns_t t = r->start;

    json_array_begin(j, "times");
    for (size_t i = 0; i < r->rows; i++, t = next_row(r, t))
        json_int(j, NULL, t / SECONDS);
    json_array_end(j);
}

/* Of columns that are known in turn their shares add up. */
static double completeness(const struct series_call *s, const struct series_result *r, size_t row)
{
    double share = s->is_either ? r->completeness[row] * (double)r->columns : r->completeness[row];

    return share < 1 ? share : 1;
}

static void put_json(struct buf *b, const struct series_call *s, const struct series_result *r)
{
    struct json_out j;

    json_init(&j, b);
    json_object_begin(&j, NULL);
    json_string(&j, "entity", s->ref);
    json_int(&j, "start", r->start / SECONDS);
    json_int(&j, "step", r->step / SECONDS);
    if (r->step == 0)
        put_times(&j, r);
    json_array_begin(&j, "columns");
    for (size_t k = 0; k < s->count; k++)
        json_string(&j, NULL, s->metrics[k]->name);
    json_array_end(&j);
    json_array_begin(&j, "units");
    for (size_t k = 0; k < s->count; k++)
        json_string(&j, NULL, s->metrics[k]->unit);
    json_array_end(&j);
    json_array_begin(&j, "rows");
    for (size_t i = 0; i < r->rows; i++) {
        double values[COLUMNS_MAX];
        size_t count = add_columns(s, r, i, values);
        json_array_begin(&j, NULL);
        for (size_t k = 0; k < count; k++)
            json_double(&j, NULL, values[k]);
        json_array_end(&j);
    }
    json_array_end(&j);
    json_array_begin(&j, "completeness");
    for (size_t i = 0; i < r->rows; i++)
        json_fixed(&j, NULL, completeness(s, r, i), 3);
    json_array_end(&j);
    json_object_end(&j);
}

static void on_series(void *ctx, enum err e, const struct series_result *result)
{
    struct series_call *s = ctx;
    struct api_call *c = s->call;
    struct buf b = BUF_INIT;

    c->abandon = NULL;
    if (e == ERR_RANGE) {
        api_bad_parameter(c, "from, to", "from earlier than to");
    } else if (e) {
        c->dashboard->stats.series_failed++;
        api_problem_err(c, e);
    } else if (s->is_csv) {
        put_csv(&b, s, result);
        api_reply(c, 200, "text/csv; charset=utf-8; header=present", &b);
    } else {
        put_json(&b, s, result);
        api_reply(c, 200, NULL, &b);
    }
    free(s);
}

static void on_abandoned(struct api_call *c, void *p)
{
    struct series_call *s = p;

    series_cancel(c->dashboard->series, s->id);
    free(s);
}

static bool read_query(struct api_call *c, struct series_call *s, struct series_query *q)
{
    const char *ref = api_param(c, "entity"), *cf = api_param(c, "cf");
    ns_t now = loop_wall(c->dashboard->loop);
    int64_t step;

    if (!ref || strlen(ref) > REF_MAX) {
        api_bad_parameter(c, "entity", "DEVICE/ENTITY, as `ref` of an entity gives it");
        return false;
    }
    strx_copy(s->ref, sizeof s->ref, ref);
    if (!read_metrics(c, s) || !api_param_time(c, "to", now, now, &q->to) ||
        !api_param_time(c, "from", q->to, q->to - HOURS, &q->from) ||
        !api_param_int(c, "step", 1, 2678400, 0, &step))
        return false;
    q->step = step * SECONDS;
    if (!cf || strcmp(cf, "average") == 0)
        q->cf = SERIES_AVERAGE;
    else if (strcmp(cf, "min") == 0)
        q->cf = SERIES_MIN;
    else if (strcmp(cf, "max") == 0)
        q->cf = SERIES_MAX;
    else if (strcmp(cf, "month_mean") == 0)
        q->cf = SERIES_MONTH_MEAN;
    else if (strcmp(cf, "month_p95") == 0)
        q->cf = SERIES_MONTH_P95;
    else if (strcmp(cf, "month_peak") == 0)
        q->cf = SERIES_MONTH_PEAK;
    else {
        api_bad_parameter(c, "cf", "average, min, max, month_mean, month_p95 or month_peak");
        return false;
    }
    if (q->cf >= SERIES_MONTH_MEAN && strx_starts_with(ref, "hotspot/")) {
        api_bad_parameter(c, "cf",
                          "average, min or max: the percentile of a sum is not the sum of percentiles");
        return false;
    }
    if (q->to > now)
        q->to = now;
    if (q->from >= q->to || q->to - q->from > 3660 * DAYS) {
        api_bad_parameter(c, "from, to", "from earlier than to, at most ten years");
        return false;
    }
    return true;
}

/* Is it a device of the inventory, or a probe's target? Sources of other names would only be unknown. */
static bool is_source(const struct dashboard *d, const char *source)
{
    const char *target = record_target(source);

    if (target)
        return inventory_hotspot(d->inventory, target) || inventory_service(d->inventory, target);
    return inventory_device(d->inventory, source) != NULL;
}

/* An access point's history lies with every controller that spoke for it. */
static size_t at_every_controller(const struct dashboard *d, const struct hotspot *h,
                                  struct series_column *columns)
{
    size_t device_count, count = 0;
    const struct device *devices = inventory_devices(d->inventory, &device_count);

    for (size_t i = 0; i < device_count && count < SERIES_COLUMNS_MAX; i++)
        if (devices[i].kind == DEVICE_CONTROLLER || (h->device && strcmp(devices[i].id, h->device) == 0))
            columns[count++] = (struct series_column){devices[i].id, h->entity, METRIC_CLIENTS};
    return count;
}

/* The series that hold the clients of a hotspot, as the snapshot knows them. table owns the entity names.
 * false: answered. */
static bool find_clients(struct api_call *c, struct series_call *s, const char *id, Nw__Table **table,
                         struct series_column *columns, size_t *count)
{
    const struct dashboard *d = c->dashboard;
    const struct hotspot *h = inventory_hotspot(d->inventory, id);
    size_t index = h ? (size_t)(h - inventory_hotspots(d->inventory, &(size_t){0})) : 0;
    const struct snap_source *source = h ? snapshot_speaker(d->snapshot, index) : NULL;

    if (s->count != 1 || s->metrics[0]->number != METRIC_CLIENTS) {
        api_bad_parameter(c, "metric", "wireless.clients: all that `hotspot/ID` has");
        return false;
    }
    s->is_sum = true;
    *count = 0;
    if (h && entity_is_access_point(h->entity)) {
        *count = at_every_controller(d, h, columns);
        s->is_either = *count > 0;
        if (*count)
            return true;
    }
    *table = snapshot_table(source);
    for (size_t i = 0; *table && i < source->clients_count && *count < SERIES_COLUMNS_MAX; i++) {
        uint32_t series = source->clients[i].series;
        if (source->clients[i].hotspot == index && series < (*table)->n_series)
            columns[(*count)++] = (struct series_column){
                h->device, (*table)->entities[(*table)->series[series]->entity]->id, METRIC_CLIENTS};
    }
    if (!h || *count == 0)
        api_problem_err(c, ERR_NOT_FOUND);
    return h && *count > 0;
}

/* false: answered. */
static bool find_columns(struct api_call *c, struct series_call *s, char *ref, Nw__Table **table,
                         struct series_column *columns, size_t *count)
{
    const char *source, *entity;

    if (!split_ref(ref, &source, &entity)) {
        api_bad_parameter(c, "entity", "DEVICE/ENTITY, as `ref` of an entity gives it");
        return false;
    }
    if (strcmp(source, "hotspot") == 0)
        return find_clients(c, s, entity, table, columns, count);
    if (!is_source(c->dashboard, source)) {
        api_problem_err(c, ERR_NOT_FOUND);
        return false;
    }
    for (size_t k = 0; k < s->count; k++)
        columns[k] = (struct series_column){source, entity, s->metrics[k]->number};
    *count = s->count;
    return true;
}

void api_series(struct api_call *c)
{
    struct dashboard *d = c->dashboard;
    struct series_call *s = calloc(1, sizeof *s);
    struct series_column columns[SERIES_COLUMNS_MAX] = {0};
    struct series_query q = {.columns = columns};
    const char *accept = http_request_header(c->request, "Accept");
    Nw__Table *table = NULL; /* names in columns are borrowed from it; the request copies them */
    char ref[REF_MAX + 1];
    enum err e;

    if (!s) {
        api_no_memory(c);
        return;
    }
    s->call = c;
    s->is_csv = accept && http_accepts(accept, "text/csv");
    if (!read_query(c, s, &q))
        goto answered;
    strx_copy(ref, sizeof ref, s->ref);
    if (!find_columns(c, s, ref, &table, columns, &q.column_count))
        goto answered;
    c->abandon = on_abandoned;
    c->pending = s;
    e = series_request(d->series, &q, on_series, s, &s->id);
    if (e == ERR_OK) {
        nw__table__free_unpacked(table, NULL);
        return;
    }
    c->abandon = NULL;
    d->stats.series_failed++;
    api_problem_err(c, e == ERR_LIMIT ? ERR_BUSY : e);

answered:
    nw__table__free_unpacked(table, NULL);
    free(s);
}
