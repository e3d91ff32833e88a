/* SPDX-License-Identifier: GPL-3.0-or-later */
/* profile_load.c - compiles one profile file into field.h's structs. Compiling goes on after a mistake, so
 * that one run reports everything. */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "collector/arena.h"
#include "collector/field.h"
#include "collector/profile_file.h"
#include "lib/base/strx.h"

enum { BLOCK_BYTES = 2048 };

struct compiler {
    struct arena *arena;
    struct conf_report *report;
    const struct table
        *table; /* NULL outside tables: OIDs are instances, or columns of which the first row counts */
    struct slot slots[TABLE_SLOTS_MAX]; /* of this table */
    size_t slot_count;
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

/* NULL for none, too: most lists of most fields are empty. */
static void *take(struct compiler *c, size_t count, size_t size)
{
    void *p = count ? arena_array(c->arena, count, size) : NULL;

    if (!p)
        c->is_failed |= count > 0;
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

static void NW_PRINTF(3, 4) wrong(struct compiler *c, struct conf_pos at, const char *fmt, ...)
{
    char text[512];
    va_list args;

    va_start(args, fmt);
    vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
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

static bool part_is_whole(struct index_part part)
{
    return part.from == 1 && part.to == -1;
}

/* The number of the column among the row's slots; -1 if it must be looked up. */
static int slot_of(struct compiler *c, struct conf_pos at, const uint32_t *oid, uint32_t len,
                   struct index_part part, bool makes_rows)
{
    if (!c->table || c->table->is_scalar || !oid || !part_is_whole(part))
        return -1;
    for (size_t i = 0; i < c->slot_count; i++)
        if (oid_compare(c->slots[i].oid, c->slots[i].oid_len, oid, len) == 0) {
            c->slots[i].is_row |= makes_rows;
            return (int)i;
        }
    if (c->slot_count == TABLE_SLOTS_MAX) {
        wrong(c, at, "this table has too many columns; split it");
        return -1;
    }
    c->slots[c->slot_count] = (struct slot){oid, len, makes_rows};
    return (int)c->slot_count++;
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
            wrong(c, y->at, "metric %s is in %s: leave out the unit, or use an own metric name", info->name,
                  info->unit);
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
        const char *reason = profile_file_read_oid(y->rows.items[i]);
        uint32_t len, *oid;

        if (reason) {
            wrong(c, y->rows.at[i], "rows: expected %s", reason);
            continue;
        }
        oid = compile_oid(c, y->rows.items[i], &len);
        slot_of(c, y->rows.at[i], oid, len, (struct index_part){1, -1}, true);
    }
}

static void keep_slots(struct compiler *c, struct table *to)
{
    to->slots = take(c, c->slot_count, sizeof *to->slots);
    to->slot_count = to->slots ? c->slot_count : 0;
    if (to->slots)
        memcpy(to->slots, c->slots, c->slot_count * sizeof *to->slots);
}

static void compile_table(struct compiler *c, const struct y_table *y, struct table *to)
{
    bool makes_rows = y->rows.count == 0;

    c->table = to;
    c->slot_count = 0;
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
    keep_slots(c, to);
    c->table = NULL;
}

static void compile_match(struct compiler *c, const struct y_match *y, struct recogniser *to)
{
    to->prefixes = take(c, y->sys_object_id.count, sizeof *to->prefixes);
    to->prefix_lens = take(c, y->sys_object_id.count, sizeof *to->prefix_lens);
    for (size_t i = 0; to->prefixes && to->prefix_lens && i < y->sys_object_id.count; i++) {
        const char *expected = profile_file_oid(y->sys_object_id.items[i]);

        if (expected)
            wrong(c, y->sys_object_id.at[i], "sys_object_id: expected %s", expected);
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

/* check says what an OID of this list must be; key names the list. */
static void compile_oids(struct compiler *c, const char *key, const struct conf_strings *y,
                         const char *(*check)(const char *text), struct oid_list *to)
{
    to->ids = take(c, y->count, sizeof *to->ids);
    to->lens = take(c, y->count, sizeof *to->lens);
    for (size_t i = 0; to->ids && to->lens && i < y->count; i++) {
        const char *expected = check(y->items[i]);

        if (expected)
            wrong(c, y->at[i], "%s: expected %s", key, expected);
        to->ids[i] = compile_oid(c, y->items[i], &to->lens[i]);
        to->count++;
    }
}

static void compile_trap(struct compiler *c, const struct y_trap *y, struct trap_rule *to)
{
    to->name = copy(c, y->trap);
    to->oid = compile_oid(c, y->oid, &to->oid_len);
    to->is_walked = y->walk;
    to->is_dropped = y->drop;
    to->delay = y->delay;
    to->read = take(c, y->read.count, sizeof *to->read);
    for (size_t i = 0; to->read && i < y->read.count; i++) {
        const char *expected =
            strcmp(y->read.items[i], TRAP_READS_NEIGHBOURS) == 0 ? NULL : profile_file_kind(y->read.items[i]);

        if (expected)
            wrong(c, y->read.at[i], "read: expected %s", expected);
        to->read[to->read_count++] = copy(c, y->read.items[i]);
    }
    compile_oids(c, "keep", &y->keep, profile_file_read_oid, &to->keep);
    if (y->keep.count > TRAP_VALUES_MAX)
        wrong(c, y->at, "keep: at most %d of a trap's values are recorded", TRAP_VALUES_MAX);
    if (y->drop && (y->read.count || y->keep.count || y->walk || y->delay))
        wrong(c, y->at, "drop: a trap that is dropped reads and keeps nothing");
}

static void compile_traps(struct compiler *c, const struct conf_list *list, struct profile *to)
{
    const struct y_trap *y = list->items;

    to->traps = take(c, list->count, sizeof *to->traps);
    for (size_t i = 0; to->traps && i < list->count; i++) {
        compile_trap(c, &y[i], &to->traps[to->trap_count++]);
        for (size_t k = 0; k < i; k++)
            if (strcmp(y[k].oid, y[i].oid) == 0)
                wrong(c, y[i].at, "oid: %s is the trap %s already", y[i].oid, y[k].trap);
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
    to->uses_at = take(c, y->uses.count, sizeof *to->uses_at);
    for (size_t i = 0; to->uses && to->uses_at && i < y->uses.count; i++) {
        to->uses_at[to->use_count] = y->uses.at[i];
        to->uses[to->use_count++] = copy(c, y->uses.items[i]);
    }
    compile_oids(c, "drop", &y->drop, profile_file_oid, &to->drop);
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
    compile_traps(c, &y->traps, to);
}

static enum err compile(const char *file, const struct y_profile *y, struct conf_report *report,
                        struct profile **out)
{
    struct compiler c = {.arena = arena_new(BLOCK_BYTES), .report = report};
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
    enum err e = conf_read(file, text, len, &profile_file_schema, &y, report);

    if (!e)
        e = compile(file, &y, report, out);
    conf_free(&profile_file_schema, &y);
    return e;
}

enum err profile_read_file(const char *path, struct conf_report *report, struct profile **out)
{
    struct y_profile y;
    enum err e = conf_read_file(path, &profile_file_schema, &y, report);

    if (!e)
        e = compile(path, &y, report, out);
    conf_free(&profile_file_schema, &y);
    return e;
}
