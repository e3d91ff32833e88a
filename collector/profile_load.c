/* SPDX-License-Identifier: GPL-3.0-or-later */
/* profile_load.c - one profile file: YAML through lib/runtime/conf, checked and compiled into field.h's
 * structs. Reading goes on after an error, so that one run reports everything. */
#include "collector/profile.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "collector/arena.h"
#include "collector/deny.h"
#include "collector/field.h"
#include "lib/base/strx.h"

/* ---- what the file looks like ---- */

struct y_condition {
    char *oid, *index, *match;
    struct conf_strings is, is_not;
    bool missing, string;
    struct conf_pos at;
};

struct y_field {
    char *attr, *metric, *unit, *oid, *index, *text, *match, *otherwise;
    struct conf_pairs words, map;
    int format, function, sub;
    double scale, divide, offset;
    struct conf_strings unknown;
    char *min, *max, *unknown_below, *si_scale, *si_precision;
    bool limits, counter;
    struct conf_list times, percent_of, plus, minus, band, fallback, when, present;
    struct conf_pos at;
};

struct y_table {
    char *table, *kind, *id;
    bool scalar, listed;
    int64_t age;
    struct conf_strings rows;
    struct conf_list name, attrs, readings, when;
    struct conf_pos at;
};

struct y_match {
    struct conf_strings sys_object_id;
    char *sys_descr, *probe, *probe_match;
    struct conf_pos at;
};

struct y_profile {
    char *profile, *comment;
    struct conf_list match, vendor, model, version, serial, tables;
    struct conf_strings uses, drop;
    bool lldp;
    struct conf_pos at;
};

static bool is_oid(const char *text)
{
    uint32_t ids[OID_MAX];
    size_t len = OID_MAX;

    return *text != '.' && !oid_from_text(text, ids, &len) && len >= 2;
}

/* An OID that is to be read. */
static const char *check_oid(const char *text)
{
    uint32_t ids[OID_MAX];
    size_t len = OID_MAX;

    if (!is_oid(text) || oid_from_text(text, ids, &len))
        return "a numeric OID without a leading dot, such as 1.3.6.1.2.1.1.1.0";
    return deny_reason(ids, len);
}

static const char *check_metric(const char *text)
{
    size_t len = strlen(text);

    if (len == 0 || len > 64 || strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789._") != len)
        return "a metric of the list, or an own name of a-z, 0-9, '.', '_' together with a unit";
    return NULL;
}

static const char *const units[] = {"Cel",   "dBm", "V",   "dB",    "A",  "Hz",  "W",
                                    "bit/s", "VA",  "%",   "var",   "By", "s",   "m",
                                    "rpm",   "Wh",  "A.h", "ps/nm", "1",  "1/s", NULL};

static const char *check_unit(const char *text)
{
    for (size_t i = 0; units[i]; i++)
        if (strcmp(units[i], text) == 0)
            return NULL;
    return "a base unit: Cel dBm V dB A Hz W bit/s VA % var By s m rpm Wh A.h ps/nm 1 1/s";
}

static const char *check_number(const char *text)
{
    double value;

    return strx_to_double(text, &value) ? "a number" : NULL;
}

/* The escapes that make matching exponential, or depend on the locale, are not needed here. */
static const char *check_regex(const char *text)
{
    regex_t re;

    for (const char *s = text; *s; s++) {
        if (s[0] == '\\' && s[1] >= '1' && s[1] <= '9')
            return "a regular expression without back references";
        if (s[0] == '\\' && s[1])
            s++;
    }
    if (strlen(text) > 256 || regcomp(&re, text, REG_EXTENDED | REG_ICASE))
        return "a POSIX extended regular expression of at most 256 bytes";
    regfree(&re);
    return NULL;
}

static const char *check_index(const char *text)
{
    struct index_part part;

    return index_part_parse(text, &part) ? NULL : "none, or a range of the row's index: 1, 2-7, 3-, -1, -2-";
}

static const char *const kinds[] = {"interface", "radio",   "ssid", "ap",      "station", "link", "sensor",
                                    "optic",     "pon",     "onu",  "psu",     "fan",     "cpu",  "memory",
                                    "ups",       "battery", "poe",  "chassis", NULL};

static const char *check_kind(const char *text)
{
    for (size_t i = 0; kinds[i]; i++)
        if (strcmp(kinds[i], text) == 0)
            return NULL;
    return "one of interface radio ssid ap station link sensor optic pon onu psu fan cpu memory ups battery "
           "poe "
           "chassis";
}

static const char *const format_words[] = {"text", "mac", "number", NULL};
static const char *const function_words[] = {"none",     "watt_to_dbm", "channel",   "fahrenheit", "signed8",
                                             "signed16", "signed32",    "minus_abs", "big_endian", NULL};
static const char *const sub_words[] = {"none", "sum", "mean", "max", "min", NULL};

static const struct conf_field condition_fields[] = {
    CONF_STRING_FIELD(struct y_condition, oid, .check = check_oid),
    CONF_STRING_FIELD(struct y_condition, index, .check = check_index),
    CONF_STRING_FIELD(struct y_condition, match, .check = check_regex),
    CONF_STRINGS_FIELD(struct y_condition, is),
    CONF_STRINGS_FIELD(struct y_condition, is_not),
    CONF_BOOL_FIELD(struct y_condition, missing),
    CONF_BOOL_FIELD(struct y_condition, string),
    CONF_POSITION_FIELD(struct y_condition, at),
    CONF_END};
static const struct conf_schema condition_schema = CONF_SCHEMA(struct y_condition, condition_fields);

static const struct conf_schema field_schema;
static const struct conf_field field_fields[] = {
    CONF_STRING_FIELD(struct y_field, attr, .check = check_metric),
    CONF_STRING_FIELD(struct y_field, metric, .check = check_metric),
    CONF_STRING_FIELD(struct y_field, unit, .check = check_unit),
    CONF_STRING_FIELD(struct y_field, oid, .check = check_oid),
    CONF_STRING_FIELD(struct y_field, index, .check = check_index),
    CONF_STRING_FIELD(struct y_field, text),
    CONF_STRING_FIELD(struct y_field, match, .check = check_regex),
    CONF_STRING_FIELD(struct y_field, otherwise),
    CONF_PAIRS_FIELD(struct y_field, words),
    CONF_PAIRS_FIELD(struct y_field, map),
    CONF_ENUM_FIELD(struct y_field, format, format_words, .fallback = "text"),
    CONF_ENUM_FIELD(struct y_field, function, function_words, .fallback = "none"),
    CONF_ENUM_FIELD(struct y_field, sub, sub_words, .fallback = "none"),
    CONF_DOUBLE_FIELD(struct y_field, scale, -1e18, 1e18, .fallback = "1"),
    CONF_DOUBLE_FIELD(struct y_field, divide, 1e-18, 1e18, .fallback = "1"),
    CONF_DOUBLE_FIELD(struct y_field, offset, -1e18, 1e18, .fallback = "0"),
    CONF_STRINGS_FIELD(struct y_field, unknown),
    CONF_STRING_FIELD(struct y_field, min, .check = check_number),
    CONF_STRING_FIELD(struct y_field, max, .check = check_number),
    CONF_STRING_FIELD(struct y_field, unknown_below, .check = check_number),
    CONF_STRING_FIELD(struct y_field, si_scale, .check = check_oid),
    CONF_STRING_FIELD(struct y_field, si_precision, .check = check_oid),
    CONF_BOOL_FIELD(struct y_field, limits, .fallback = "true"),
    CONF_BOOL_FIELD(struct y_field, counter),
    CONF_LIST_FIELD(struct y_field, times, &field_schema),
    CONF_LIST_FIELD(struct y_field, percent_of, &field_schema),
    CONF_LIST_FIELD(struct y_field, plus, &field_schema),
    CONF_LIST_FIELD(struct y_field, minus, &field_schema),
    CONF_LIST_FIELD(struct y_field, band, &field_schema),
    CONF_LIST_FIELD(struct y_field, fallback, &field_schema),
    CONF_LIST_FIELD(struct y_field, when, &condition_schema),
    CONF_LIST_FIELD(struct y_field, present, &condition_schema),
    CONF_POSITION_FIELD(struct y_field, at),
    CONF_END};
static const struct conf_schema field_schema = CONF_SCHEMA(struct y_field, field_fields);

static const struct conf_field table_fields[] = {
    CONF_ID_FIELD(struct y_table, table, .is_required = true),
    CONF_STRING_FIELD(struct y_table, kind, .is_required = true, .check = check_kind),
    CONF_STRING_FIELD(struct y_table, id),
    CONF_BOOL_FIELD(struct y_table, scalar),
    CONF_BOOL_FIELD(struct y_table, listed),
    CONF_DURATION_FIELD(struct y_table, age, 0, 86400),
    CONF_STRINGS_FIELD(struct y_table, rows),
    CONF_LIST_FIELD(struct y_table, name, &field_schema),
    CONF_LIST_FIELD(struct y_table, attrs, &field_schema),
    CONF_LIST_FIELD(struct y_table, readings, &field_schema),
    CONF_LIST_FIELD(struct y_table, when, &condition_schema),
    CONF_POSITION_FIELD(struct y_table, at),
    CONF_END};
static const struct conf_schema table_schema = CONF_SCHEMA(struct y_table, table_fields);

static const struct conf_field match_fields[] = {
    CONF_STRINGS_FIELD(struct y_match, sys_object_id),
    CONF_STRING_FIELD(struct y_match, sys_descr, .check = check_regex),
    CONF_STRING_FIELD(struct y_match, probe, .check = check_oid),
    CONF_STRING_FIELD(struct y_match, probe_match, .check = check_regex),
    CONF_POSITION_FIELD(struct y_match, at),
    CONF_END};
static const struct conf_schema match_schema = CONF_SCHEMA(struct y_match, match_fields);

static const struct conf_field profile_fields[] = {
    CONF_ID_FIELD(struct y_profile, profile, .is_required = true),
    CONF_STRING_FIELD(struct y_profile, comment),
    CONF_LIST_FIELD(struct y_profile, match, &match_schema),
    CONF_LIST_FIELD(struct y_profile, vendor, &field_schema),
    CONF_LIST_FIELD(struct y_profile, model, &field_schema),
    CONF_LIST_FIELD(struct y_profile, version, &field_schema),
    CONF_LIST_FIELD(struct y_profile, serial, &field_schema),
    CONF_LIST_FIELD(struct y_profile, tables, &table_schema),
    CONF_STRINGS_FIELD(struct y_profile, uses),
    CONF_STRINGS_FIELD(struct y_profile, drop),
    CONF_BOOL_FIELD(struct y_profile, lldp),
    CONF_POSITION_FIELD(struct y_profile, at),
    CONF_END};
static const struct conf_schema profile_schema = CONF_SCHEMA(struct y_profile, profile_fields);

/* ---- compiling ---- */

struct compiler {
    struct arena *arena;
    struct conf_report *report;
    struct table
        *table;     /* NULL outside tables: OIDs are instances, or columns of which the first row counts */
    bool is_failed; /* out of memory */
    bool is_wrong;  /* reported */
    struct regex_list {
        regex_t re;
        struct regex_list *next;
    } * regexes;
};

/* The head of a profile's arena: what must be undone before the arena goes. */
struct profile_memory {
    struct arena *arena;
    struct regex_list *regexes;
};

static void *take(struct compiler *c, size_t count, size_t size)
{
    void *p = arena_array(c->arena, count ? count : 1, size);

    if (!p)
        c->is_failed = true;
    return p;
}

static char *copy(struct compiler *c, const char *text)
{
    char *p;

    if (!text)
        return NULL;
    p = arena_copy(c->arena, text, strlen(text));
    if (!p)
        c->is_failed = true;
    return p;
}

static void wrong(struct compiler *c, struct conf_pos at, const char *text)
{
    conf_report_add(c->report, at, "%s", text);
    c->is_wrong = true;
}

static uint32_t *compile_oid(struct compiler *c, const char *text, uint32_t *len)
{
    uint32_t ids[OID_MAX], *p;
    size_t n = OID_MAX;

    *len = 0;
    if (!text || oid_from_text(text, ids, &n))
        return NULL;
    p = take(c, n, sizeof *p);
    if (!p)
        return NULL;
    memcpy(p, ids, n * sizeof *p);
    *len = (uint32_t)n;
    return p;
}

static regex_t *compile_regex(struct compiler *c, const char *text)
{
    struct regex_list *entry;

    if (!text)
        return NULL;
    entry = take(c, 1, sizeof *entry);
    if (!entry || regcomp(&entry->re, text, REG_EXTENDED | REG_ICASE)) {
        c->is_failed = true;
        return NULL;
    }
    entry->next = c->regexes;
    c->regexes = entry;
    return &entry->re;
}

/* "none", "3", "-1", "2-7", "3-", "-2-" */
bool index_part_parse(const char *text, struct index_part *out)
{
    char *end;
    long from, to;

    if (!text) {
        *out = (struct index_part){1, -1};
        return true;
    }
    if (strcmp(text, "none") == 0) {
        *out = (struct index_part){0, 0};
        return true;
    }
    from = to = strtol(text, &end, 10);
    if (end == text || from == 0 || labs(from) > OID_MAX)
        return false;
    if (*end == '-') {
        const char *rest = end + 1;

        to = *rest ? strtol(rest, &end, 10) : -1;
        if (*rest && (end == rest || to == 0 || labs(to) > OID_MAX))
            return false;
        if (!*rest)
            end++;
    }
    *out = (struct index_part){(int16_t)from, (int16_t)to};
    return *end == '\0';
}

size_t index_part_of(struct index_part part, size_t index_len, size_t *from)
{
    long n = (long)index_len, first = part.from < 0 ? n + part.from : part.from - 1;
    long last = part.to < 0 ? n + part.to : part.to - 1;

    if (part.from == 0 || first < 0 || last >= n || first > last)
        return 0;
    *from = (size_t)first;
    return (size_t)(last - first + 1);
}

static bool part_is_whole(struct index_part part)
{
    return part.from == 1 && part.to == -1;
}

/* The number of the column among the row's slots; -1 if it must be looked up. */
static int slot_of(struct compiler *c, struct conf_pos at, const uint32_t *oid, uint32_t len,
                   struct index_part part, bool makes_rows)
{
    struct table *t = c->table;

    if (!t || t->is_scalar || !oid || !part_is_whole(part))
        return -1;
    for (size_t i = 0; i < t->slot_count; i++)
        if (oid_compare(t->slot_oid[i], t->slot_oid_len[i], oid, len) == 0) {
            t->slot_is_row[i] |= makes_rows;
            return (int)i;
        }
    if (t->slot_count == TABLE_SLOTS_MAX) {
        wrong(c, at, "this table has too many columns; split it");
        return -1;
    }
    t->slot_oid[t->slot_count] = oid;
    t->slot_oid_len[t->slot_count] = len;
    t->slot_is_row[t->slot_count] = makes_rows;
    return (int)t->slot_count++;
}

static struct condition_list compile_conditions(struct compiler *c, const struct conf_list *list)
{
    struct condition_list out = {take(c, list->count, sizeof *out.items), 0};
    const struct y_condition *y = list->items;

    if (!out.items)
        return out;
    for (size_t i = 0; i < list->count; i++, y++) {
        struct condition *to = &out.items[out.count++];

        if (!y->oid && !y->index)
            wrong(c, y->at, "oid or index: a condition looks at a column or at a part of the row's index");
        to->oid = compile_oid(c, y->oid, &to->oid_len);
        (void)!index_part_parse(y->index, &to->part);
        to->slot = slot_of(c, y->at, to->oid, to->oid_len, to->part, false);
        to->match = compile_regex(c, y->match);
        to->is_missing = y->missing;
        to->is_string = y->string;
        to->is = take(c, y->is.count, sizeof *to->is);
        to->not_ = take(c, y->is_not.count, sizeof *to->not_);
        for (size_t k = 0; to->is && k < y->is.count; k++)
            to->is[to->is_count++] = copy(c, y->is.items[k]);
        for (size_t k = 0; to->not_ && k < y->is_not.count; k++)
            to->not_[to->not_count++] = copy(c, y->is_not.items[k]);
    }
    return out;
}

static double number_or_nan(const char *text)
{
    double value = NAN;

    return text && !strx_to_double(text, &value) ? value : NAN;
}

static void compile_pairs(struct compiler *c, const struct y_field *y, struct field *to)
{
    to->words = take(c, y->words.count, sizeof *to->words);
    for (size_t i = 0; to->words && i < y->words.count; i++)
        to->words[to->word_count++] =
            (struct word){copy(c, y->words.items[i].key), copy(c, y->words.items[i].value)};
    to->map = take(c, y->map.count, sizeof *to->map);
    for (size_t i = 0; to->map && i < y->map.count; i++) {
        double value = 0;

        if (strx_to_double(y->map.items[i].value, &value))
            wrong(c, y->map.items[i].at, "map: expected a number behind the colon");
        to->map[to->map_count++] = (struct number_pair){copy(c, y->map.items[i].key), value};
    }
    to->unknown = take(c, y->unknown.count, sizeof *to->unknown);
    for (size_t i = 0; to->unknown && i < y->unknown.count; i++) {
        double value = 0;

        if (strx_to_double(y->unknown.items[i], &value))
            wrong(c, y->unknown.at[i], "unknown: expected numbers as the agent sends them");
        to->unknown[to->unknown_count++] = value;
    }
}

/* A physical quantity, for which the ends of integer types are no readings; counts and states are none. */
static bool unit_is_measured(const char *unit)
{
    static const char *const measured[] = {"Cel", "V",   "A",  "W",   "VA",    "var", "dBm", "dB",
                                           "%",   "rpm", "Wh", "A.h", "ps/nm", "m",   "s"};

    for (size_t i = 0; unit && i < ARRAY_LEN(measured); i++)
        if (strcmp(measured[i], unit) == 0)
            return true;
    return false;
}

static void compile_metric(struct compiler *c, const struct y_field *y, struct field *to)
{
    const struct metric_info *info = y->metric ? metric_by_name(y->metric) : NULL;

    if (info) {
        to->metric = info->number;
        to->metric_name = info->name;
        to->unit = info->unit;
        if (y->unit && strcmp(y->unit, info->unit) != 0)
            conf_report_add(c->report, y->at,
                            "metric %s is in %s: leave out the unit, or use an own metric name", info->name,
                            info->unit),
                c->is_wrong = true;
        to->min = isnan(to->min) ? info->min : to->min;
        to->max = isnan(to->max) ? info->max : to->max;
        to->is_measured = unit_is_measured(to->unit);
        return;
    }
    to->metric_name = copy(c, y->metric);
    to->unit = copy(c, y->unit);
    to->is_measured = unit_is_measured(to->unit);
    if (y->metric && !y->unit)
        wrong(c, y->at, "metric: this name is not in the list of metrics, so it needs a unit");
}

enum use { USE_PLAIN, USE_ATTR, USE_READING };

static struct field_list compile_fields(struct compiler *c, const struct conf_list *list, enum use use,
                                        bool makes_rows, int depth);

static struct field_list one_column(struct compiler *c, struct conf_pos at, const char *oid)
{
    struct field_list out = {NULL, 0};

    if (!oid)
        return out;
    out.items = take(c, 1, sizeof *out.items);
    if (!out.items)
        return out;
    out.count = 1;
    out.items->scale = 1;
    out.items->min = out.items->max = out.items->unknown_below = NAN;
    out.items->part = (struct index_part){1, -1};
    out.items->oid = compile_oid(c, oid, &out.items->oid_len);
    out.items->slot = slot_of(c, at, out.items->oid, out.items->oid_len, out.items->part, false);
    return out;
}

/* A fallback is another way to the same reading. */
static void inherit(struct field *to)
{
    for (size_t i = 0; i < to->fallback.count; i++) {
        struct field *f = &to->fallback.items[i];

        f->metric = to->metric;
        f->metric_name = to->metric_name;
        f->unit = to->unit;
        f->is_measured = to->is_measured;
        f->min = isnan(f->min) ? to->min : f->min;
        f->max = isnan(f->max) ? to->max : f->max;
        f->is_counter = to->is_counter;
        f->format = f->format ? f->format : to->format;
    }
}

static void check_use(struct compiler *c, const struct y_field *y, enum use use)
{
    if (use == USE_ATTR && !y->attr)
        wrong(c, y->at, "attr: expected the name of the attribute");
    if (use != USE_ATTR && y->attr)
        wrong(c, y->at, "attr: only allowed under attrs");
    if (use == USE_READING && !y->metric)
        wrong(c, y->at, "metric: every reading needs one");
    if (use == USE_READING && !y->oid)
        wrong(c, y->at, "oid: every reading needs one");
    if (use != USE_READING && y->metric)
        wrong(c, y->at, "metric: only allowed under readings");
    if (!y->oid && !y->text)
        wrong(c, y->at, "oid or text: one of them is needed");
    if (y->function == FUNCTION_CHANNEL && y->band.count == 0)
        wrong(c, y->at, "band: a channel number says nothing without its band (2.4, 5 or 6)");
}

static void compile_field(struct compiler *c, const struct y_field *y, struct field *to, enum use use,
                          bool makes_rows, int depth)
{
    check_use(c, y, use);
    to->attr = copy(c, y->attr);
    to->min = number_or_nan(y->min);
    to->max = number_or_nan(y->max);
    to->unknown_below = number_or_nan(y->unknown_below);
    to->text = copy(c, y->text);
    to->otherwise = copy(c, y->otherwise);
    to->match = compile_regex(c, y->match);
    to->format = (enum field_format)y->format;
    to->function = (enum field_function)y->function;
    to->sub = (enum field_sum)y->sub;
    to->scale = y->scale / y->divide;
    to->offset = y->offset;
    to->has_limits = y->limits;
    to->is_counter = y->counter;
    to->oid = compile_oid(c, y->oid, &to->oid_len);
    (void)!index_part_parse(y->index, &to->part);
    to->slot = to->sub ? -1 : slot_of(c, y->at, to->oid, to->oid_len, to->part, makes_rows);
    compile_pairs(c, y, to);
    compile_metric(c, y, to);
    to->si_scale = one_column(c, y->at, y->si_scale);
    to->si_precision = one_column(c, y->at, y->si_precision);
    to->when = compile_conditions(c, &y->when);
    to->present = compile_conditions(c, &y->present);
    to->times = compile_fields(c, &y->times, USE_PLAIN, false, depth + 1);
    to->percent_of = compile_fields(c, &y->percent_of, USE_PLAIN, false, depth + 1);
    to->plus = compile_fields(c, &y->plus, USE_PLAIN, false, depth + 1);
    to->minus = compile_fields(c, &y->minus, USE_PLAIN, false, depth + 1);
    to->band = compile_fields(c, &y->band, USE_PLAIN, false, depth + 1);
    to->fallback = compile_fields(c, &y->fallback, USE_PLAIN, makes_rows, depth + 1);
    inherit(to);
}

static struct field_list compile_fields(struct compiler *c, const struct conf_list *list, enum use use,
                                        bool makes_rows, int depth)
{
    struct field_list out = {NULL, 0};
    const struct y_field *y = list->items;

    if (list->count == 0)
        return out;
    if (depth > FIELD_DEPTH_MAX) {
        wrong(c, y->at, "nested too deeply");
        return out;
    }
    out.items = take(c, list->count, sizeof *out.items);
    for (size_t i = 0; out.items && i < list->count; i++)
        compile_field(c, &y[i], &out.items[out.count++], use, makes_rows, depth);
    return out;
}

/* Columns named under `rows` make the rows; without it, those of the readings and attributes do. */
static void compile_rows(struct compiler *c, const struct y_table *y)
{
    for (size_t i = 0; i < y->rows.count; i++) {
        const char *reason = check_oid(y->rows.items[i]);
        uint32_t len, *oid;

        if (reason) {
            conf_report_add(c->report, y->rows.at[i], "rows: expected %s", reason);
            c->is_wrong = true;
            continue;
        }
        oid = compile_oid(c, y->rows.items[i], &len);
        slot_of(c, y->rows.at[i], oid, len, (struct index_part){1, -1}, true);
    }
}

static void compile_table(struct compiler *c, const struct y_table *y, struct table *to)
{
    bool makes_rows = y->rows.count == 0;

    c->table = to;
    to->name = copy(c, y->table);
    to->kind = copy(c, y->kind);
    to->id = copy(c, y->id);
    to->is_scalar = y->scalar;
    to->is_listed = y->listed;
    to->age = y->age;
    compile_rows(c, y);
    to->readings = compile_fields(c, &y->readings, USE_READING, makes_rows, 0);
    to->attrs = compile_fields(c, &y->attrs, USE_ATTR, makes_rows, 0);
    to->names = compile_fields(c, &y->name, USE_PLAIN, false, 0);
    to->when = compile_conditions(c, &y->when);
    if (to->is_scalar && y->rows.count)
        wrong(c, y->at, "rows: a scalar table has none");
    c->table = NULL;
}

static void compile_match(struct compiler *c, const struct y_match *y, struct recogniser *to)
{
    to->prefixes = take(c, y->sys_object_id.count, sizeof *to->prefixes);
    to->prefix_lens = take(c, y->sys_object_id.count, sizeof *to->prefix_lens);
    for (size_t i = 0; to->prefixes && to->prefix_lens && i < y->sys_object_id.count; i++) {
        if (!is_oid(y->sys_object_id.items[i]))
            wrong(c, y->sys_object_id.at[i], "sys_object_id: expected numeric OIDs without a leading dot");
        to->prefixes[i] = compile_oid(c, y->sys_object_id.items[i], &to->prefix_lens[i]);
        to->prefix_count++;
    }
    to->sys_descr = compile_regex(c, y->sys_descr);
    to->probe = compile_oid(c, y->probe, &to->probe_len);
    to->probe_match = compile_regex(c, y->probe_match);
    if (!to->prefix_count && !to->sys_descr && !to->probe)
        wrong(c, y->at, "match: expected sys_object_id, sys_descr or probe");
    if (to->probe_match && !to->probe)
        wrong(c, y->at, "probe_match: needs a probe");
}

static void compile_drop(struct compiler *c, const struct conf_strings *y, struct oid_list *to)
{
    to->ids = take(c, y->count, sizeof *to->ids);
    to->lens = take(c, y->count, sizeof *to->lens);
    for (size_t i = 0; to->ids && to->lens && i < y->count; i++) {
        if (!is_oid(y->items[i]))
            wrong(c, y->at[i], "drop: expected numeric OIDs without a leading dot");
        to->ids[i] = compile_oid(c, y->items[i], &to->lens[i]);
        to->count++;
    }
}

static void compile_profile(struct compiler *c, const struct y_profile *y, struct profile *to)
{
    to->name = copy(c, y->profile);
    to->has_lldp = y->lldp;
    to->match = take(c, y->match.count, sizeof *to->match);
    for (size_t i = 0; to->match && i < y->match.count; i++)
        compile_match(c, &((const struct y_match *)y->match.items)[i], &to->match[to->match_count++]);
    to->uses = take(c, y->uses.count, sizeof *to->uses);
    for (size_t i = 0; to->uses && i < y->uses.count; i++)
        to->uses[to->use_count++] = copy(c, y->uses.items[i]);
    compile_drop(c, &y->drop, &to->drop);
    to->vendors = compile_fields(c, &y->vendor, USE_PLAIN, false, 0);
    to->model = compile_fields(c, &y->model, USE_PLAIN, false, 0);
    to->version = compile_fields(c, &y->version, USE_PLAIN, false, 0);
    to->serial = compile_fields(c, &y->serial, USE_PLAIN, false, 0);
    to->tables = take(c, y->tables.count, sizeof *to->tables);
    for (size_t i = 0; to->tables && i < y->tables.count; i++) {
        struct table *t = &to->tables[to->table_count++];

        compile_table(c, &((const struct y_table *)y->tables.items)[i], t);
        t->order = to->reading_count;
        to->reading_count += t->readings.count;
    }
}

static enum err compile(const char *file, const struct y_profile *y, struct conf_report *report,
                        struct profile **out)
{
    struct compiler c = {.arena = arena_new(), .report = report};
    struct profile_memory *memory;
    struct profile *p = NULL;

    if (!c.arena)
        return ERR_NOMEM;
    memory = take(&c, 1, sizeof *memory);
    p = take(&c, 1, sizeof *p);
    if (p && memory) {
        p->path = copy(&c, file);
        compile_profile(&c, y, p);
    }
    if (c.is_failed || c.is_wrong) {
        for (struct regex_list *r = c.regexes; r; r = r->next)
            regfree(&r->re);
        arena_free(c.arena);
        return c.is_failed ? ERR_NOMEM : ERR_CONFIG;
    }
    *memory = (struct profile_memory){c.arena, c.regexes};
    p->arena = memory;
    *out = p;
    return ERR_OK;
}

void profile_free(struct profile *p)
{
    struct profile_memory *memory = p ? p->arena : NULL;

    if (!memory)
        return;
    for (struct regex_list *r = memory->regexes; r; r = r->next)
        regfree(&r->re);
    arena_free(memory->arena);
}

enum err profile_read(const char *file, const char *text, size_t len, struct conf_report *report,
                      struct profile **out)
{
    struct y_profile y;
    enum err e = conf_read(file, text, len, &profile_schema, &y, report);

    if (!e)
        e = compile(file, &y, report, out);
    conf_free(&profile_schema, &y);
    return e;
}

enum err profile_read_file(const char *path, struct conf_report *report, struct profile **out)
{
    struct y_profile y;
    enum err e = conf_read_file(path, &profile_schema, &y, report);

    if (!e)
        e = compile(path, &y, report, out);
    conf_free(&profile_schema, &y);
    return e;
}
