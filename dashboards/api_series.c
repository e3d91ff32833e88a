/* SPDX-License-Identifier: GPL-3.0-or-later */
/* api_series.c - values over time. The series worker reads the journal and the RRD files in a process of its
 * own; the request waits for it without holding the loop. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "dashboards/api.h"
#include "lib/base/strx.h"
#include "lib/model/metric.h"

enum { COLUMNS_MAX = 8, REF_MAX = 320 };

/* One request under way. */
struct series_call {
    struct api_call *call;
    uint64_t id; /* of the worker's request */
    char ref[REF_MAX + 1];
    const struct metric_info *metrics[COLUMNS_MAX];
    size_t count;
    bool is_csv;
};

/* "ap-0001/radio/0" -> source and entity; the source of probes has a slash of its own. Writes into ref. */
static bool split_ref(char *ref, const char **source, const char **entity)
{
    char *slash = strchr(ref, '/');

    if (slash && strncmp(ref, "probe/", 6) == 0)
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

static void put_csv(struct buf *b, const struct series_call *s, const struct series_result *r)
{
    buf_str(b, "time");
    for (size_t k = 0; k < s->count; k++)
        buf_printf(b, ",%s", s->metrics[k]->name);
    buf_str(b, "\r\n");
    for (size_t i = 0; i < r->rows; i++) {
        buf_printf(b, "%lld", (long long)((r->start + (ns_t)i * r->step) / SECONDS));
        for (size_t k = 0; k < r->columns; k++) {
            double value = r->values[i * r->columns + k];
            if (isfinite(value))
                buf_printf(b, ",%.9g", value);
            else
                buf_str(b, ",");
        }
        buf_str(b, "\r\n");
    }
}

static void put_json(struct buf *b, const struct series_call *s, const struct series_result *r)
{
    struct json_out j;

    json_init(&j, b);
    json_object_begin(&j, NULL);
    json_string(&j, "entity", s->ref);
    json_int(&j, "start", r->start / SECONDS);
    json_int(&j, "step", r->step / SECONDS);
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
        json_array_begin(&j, NULL);
        for (size_t k = 0; k < r->columns; k++)
            json_double(&j, NULL, r->values[i * r->columns + k]);
        json_array_end(&j);
    }
    json_array_end(&j);
    json_array_begin(&j, "completeness");
    for (size_t i = 0; i < r->rows; i++)
        json_fixed(&j, NULL, r->completeness[i], 3);
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
    else {
        api_bad_parameter(c, "cf", "average, min or max");
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
    const char *target = strx_starts_with(source, "probe/") ? source + 6 : NULL;

    if (target)
        return inventory_hotspot(d->inventory, target) || inventory_service(d->inventory, target);
    return inventory_device(d->inventory, source) != NULL;
}

void api_series(struct api_call *c)
{
    struct dashboard *d = c->dashboard;
    struct series_call *s = calloc(1, sizeof *s);
    struct series_column columns[COLUMNS_MAX] = {0};
    struct series_query q = {.columns = columns};
    const char *accept = http_request_header(c->request, "Accept"), *source, *entity;
    char ref[REF_MAX + 1];

    if (!s) {
        api_no_memory(c);
        return;
    }
    s->call = c;
    s->is_csv = accept && http_accepts(accept, "text/csv");
    if (!read_query(c, s, &q))
        goto answered;
    strx_copy(ref, sizeof ref, s->ref);
    if (!split_ref(ref, &source, &entity)) {
        api_bad_parameter(c, "entity", "DEVICE/ENTITY, as `ref` of an entity gives it");
        goto answered;
    }
    if (!is_source(d, source)) {
        api_problem_err(c, ERR_NOT_FOUND);
        goto answered;
    }
    for (size_t k = 0; k < s->count; k++)
        columns[k] = (struct series_column){source, entity, s->metrics[k]->number};
    q.column_count = s->count;
    c->abandon = on_abandoned;
    c->pending = s;
    enum err e = d->series ? series_request(d->series, &q, on_series, s, &s->id) : ERR_AGAIN;
    if (e == ERR_OK)
        return;
    c->abandon = NULL;
    api_problem_err(c, e == ERR_LIMIT ? ERR_BUSY : e);

answered:
    free(s);
}
