/* SPDX-License-Identifier: GPL-3.0-or-later */
/* store_sources.c - series tables to files. Records come from other daemons: nothing in them is taken for
 * granted.
 */
#include "collector/store_sources.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/map.h"

enum { SERIES_MAX = 200000, FILES_A_SOURCE = 100000, DEFAULT_INTERVAL_MS = 60000 };

struct slot {
    uint32_t file; /* index + 1; 0: not stored */
    uint8_t ds;
};

struct source {
    uint32_t table_version;
    bool has_table;
    struct slot *slots;
    size_t slot_count;
    uint32_t *files; /* those that slots point to, each once */
    size_t file_count;
    ns_t max_age;
};

struct store_sources {
    struct store_files *files;
    struct map *by_id;
    int16_t *part_of; /* by file */
    size_t part_cap;
    ns_t interval_max;
    struct store_sources_figures figures;
};

static void source_fini(struct source *x)
{
    free(x->slots);
    free(x->files);
    *x = (struct source){0};
}

static void source_free(void *p)
{
    source_fini(p);
    free(p);
}

enum err store_sources_new(struct store_files *files, uint64_t seed, struct store_sources **out)
{
    struct store_sources *s = calloc(1, sizeof *s);

    if (!s)
        return ERR_NOMEM;
    s->files = files;
    s->by_id = map_new(seed);
    if (!s->by_id) {
        free(s);
        return ERR_NOMEM;
    }
    *out = s;
    return ERR_OK;
}

void store_sources_free(struct store_sources *s)
{
    if (!s)
        return;
    map_free(s->by_id, source_free);
    free(s->part_of);
    free(s);
}

ns_t store_sample_time(const Nw__Record *record)
{
    const Nw__Samples *samples = record->body_case == NW__RECORD__BODY_SAMPLES ? record->samples : NULL;
    uint64_t t = samples && samples->started ? samples->started : record->wall;

    if (t >
        record->wall + SECONDS) /* begun after it was appended: that clock jumped, the record's is steadied */
        t = record->wall;
    return t > INT64_MAX ? INT64_MAX : (ns_t)t;
}

/* ---- tables ---- */

/* What the series i of a table is stored as; NULL: not at all. */
static const struct metric_info *stored_metric(const Nw__Table *table, size_t i)
{
    const struct metric_info *info = metric_info((enum metric)table->series[i]->metric);

    if (!info || info->storage == STORAGE_NOW || table->series[i]->entity >= table->n_entities)
        return NULL;
    return info;
}

struct wanted {
    uint32_t entity;
    enum storage_class storage;
    enum metric metric;
};

static int compare_wanted(const void *a, const void *b)
{
    const struct wanted *x = a, *y = b;

    if (x->entity != y->entity)
        return x->entity < y->entity ? -1 : 1;
    if (x->storage != y->storage)
        return x->storage < y->storage ? -1 : 1;
    return (x->metric > y->metric) - (x->metric < y->metric);
}

/* Enters what no file holds yet; the series of one entity and class go to the same file. */
static enum err add_wanted(struct store_sources *s, const char *source, const Nw__Table *table,
                           struct wanted *wanted, size_t count)
{
    enum metric *metrics = malloc((count ? count : 1) * sizeof *metrics);
    enum err e = metrics ? ERR_OK : ERR_NOMEM;

    if (count)
        qsort(wanted, count, sizeof *wanted, compare_wanted);
    for (size_t i = 0, n; !e && i < count; i += n) {
        size_t distinct = 0;
        for (n = 0; i + n < count && wanted[i + n].entity == wanted[i].entity &&
                    wanted[i + n].storage == wanted[i].storage;
             n++)
            if (distinct == 0 || metrics[distinct - 1] != wanted[i + n].metric)
                metrics[distinct++] = wanted[i + n].metric;
        e = store_files_add(s->files, source, table->entities[wanted[i].entity]->id, wanted[i].storage,
                            metrics, distinct);
    }
    free(metrics);
    /* told by store_files; what has a file goes on, the rest is tried again with the next table */
    return e == ERR_LIMIT || e == ERR_NO_SPACE ? ERR_OK : e;
}

static enum err add_missing(struct store_sources *s, const char *source, const Nw__Table *table, size_t count)
{
    struct wanted *wanted = malloc((count ? count : 1) * sizeof *wanted);
    size_t n = 0, file;
    unsigned ds;
    enum err e;

    if (!wanted)
        return ERR_NOMEM;
    for (size_t i = 0; i < count; i++) {
        const struct metric_info *info = stored_metric(table, i);
        if (info && store_files_find(s->files, source, table->entities[table->series[i]->entity]->id,
                                     info->number, &file, &ds) == ERR_NOT_FOUND)
            wanted[n++] = (struct wanted){table->series[i]->entity, info->storage, info->number};
    }
    e = add_wanted(s, source, table, wanted, n);
    free(wanted);
    return e;
}

/* The source feeds this file from now on; is_noted: by file. False: it feeds too many. */
static bool note_file(struct source *x, bool *is_noted, size_t file)
{
    if (is_noted[file])
        return true;
    if (x->file_count == FILES_A_SOURCE)
        return false;
    is_noted[file] = true;
    x->files[x->file_count++] = (uint32_t)file;
    return true;
}

static uint32_t *trim(uint32_t *files, size_t count)
{
    uint32_t *smaller = realloc(files, (count ? count : 1) * sizeof *files);

    if (!smaller)
        return files; /* larger than it need be */
    return smaller;
}

static enum err take_table(struct store_sources *s, const char *source, struct source *x,
                           const Nw__Table *table)
{
    size_t count = table->n_series < SERIES_MAX ? table->n_series : SERIES_MAX, file;
    uint32_t interval_ms = table->interval_ms ? table->interval_ms : DEFAULT_INTERVAL_MS;
    unsigned ds;
    bool *is_noted;
    enum err e;

    source_fini(x);
    e = add_missing(s, source, table, count);
    if (e)
        return e;
    x->slots = calloc(count ? count : 1, sizeof *x->slots);
    x->files = calloc(count ? count : 1, sizeof *x->files);
    is_noted = calloc(store_files_count(s->files) + 1, sizeof *is_noted);
    if (!x->slots || !x->files || !is_noted) {
        free(is_noted);
        return ERR_NOMEM;
    }
    for (size_t i = 0; i < count; i++) {
        const struct metric_info *info = stored_metric(table, i);
        if (info &&
            !store_files_find(s->files, source, table->entities[table->series[i]->entity]->id, info->number,
                              &file, &ds) &&
            note_file(x, is_noted, file))
            x->slots[i] = (struct slot){(uint32_t)file + 1, (uint8_t)ds};
    }
    free(is_noted);
    x->slot_count = count;
    x->files = trim(x->files, x->file_count);
    x->table_version = table->version;
    x->has_table = true;
    x->max_age = interval_ms * MILLISECONDS * 3 / 2;
    if (interval_ms * MILLISECONDS > s->interval_max)
        s->interval_max = interval_ms * MILLISECONDS;
    return ERR_OK;
}

/* ---- values ---- */

static enum err note_part(struct store_sources *s, size_t file, unsigned part)
{
    if (file >= s->part_cap) {
        size_t cap = file + file / 2 + 64;
        int16_t *grown = realloc(s->part_of, cap * sizeof *grown);
        if (!grown)
            return ERR_NOMEM;
        for (size_t i = s->part_cap; i < cap; i++)
            grown[i] = -1;
        s->part_of = grown;
        s->part_cap = cap;
    }
    s->part_of[file] = (int16_t)part;
    return ERR_OK;
}

static enum err take_values(struct store_sources *s, const struct source *x, const Nw__Samples *samples,
                            ns_t t, unsigned part, ns_t now)
{
    size_t count = samples->n_values < x->slot_count ? samples->n_values : x->slot_count;
    struct rows *rows;
    enum err e = ERR_OK;

    for (size_t i = 0; !e && i < x->file_count; i++) {
        e = store_files_rows(s->files, x->files[i], now, &rows);
        if (e)
            break;
        rows->max_age = x->max_age > rows->step ? x->max_age : rows->step;
        if (t > now + rows->step) {
            s->figures.future += count;
            return ERR_OK;
        }
        e = rows_advance(rows, t);
        if (!e)
            e = note_part(s, x->files[i], part);
    }
    for (size_t i = 0; !e && i < count; i++)
        if (x->slots[i].file) {
            rows = store_files_rows_if_used(s->files, x->slots[i].file - 1);
            rows_value(rows, x->slots[i].ds, t, samples->values[i]);
            s->figures.values++;
        }
    return e;
}

enum err store_sources_take(struct store_sources *s, const Nw__Record *record, unsigned part, ns_t now)
{
    const Nw__Samples *samples = record->samples;
    struct source *x = map_get(s->by_id, samples->source);
    enum err e = ERR_OK;

    s->figures.records++;
    if (!x) {
        x = calloc(1, sizeof *x);
        e = x ? map_set(s->by_id, samples->source, x, NULL) : ERR_NOMEM;
        if (e) {
            free(x);
            return e;
        }
    }
    if (samples->table)
        e = take_table(s, samples->source, x, samples->table);
    if (e)
        return e;
    if (!x->has_table || x->table_version != samples->table_version) {
        s->figures.untabled++;
        return ERR_OK;
    }
    if (now < STORE_EARLIEST) {
        s->figures.future += samples->n_values;
        return ERR_OK;
    }
    return take_values(s, x, samples, store_sample_time(record), part, now);
}

int store_sources_part_of(const struct store_sources *s, size_t file)
{
    return file < s->part_cap ? s->part_of[file] : -1;
}

ns_t store_sources_interval_max(const struct store_sources *s)
{
    return s->interval_max;
}

const struct store_sources_figures *store_sources_figures(const struct store_sources *s)
{
    return &s->figures;
}
