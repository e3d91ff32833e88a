/* SPDX-License-Identifier: GPL-3.0-or-later */
/* series_heads.c - follows the newest record of each source, and the chain of `previous` back from it. Knows
 * the journal; does not write. */
#include "lib/stores/series_heads.h"

#include <dirent.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/map.h"
#include "lib/base/strx.h"
#include "lib/model/record.h"
#include "lib/model/record_head.h"
#include "lib/runtime/journal.h"

enum {
    PARTS_MAX = 1024,
    SOURCE_SIZE = 320, /* longer than any id */
    BRIDGES_MAX = 16,
    WALK_MAX = 20000,       /* records */
    TABLE_SEARCH_MAX = 4000 /* further records back, until the table of the oldest is found */
};
#define DEFAULT_INTERVAL (60 * SECONDS)

struct part {
    char *name;
    struct journal_reader *reader;
};

/* A writer that restarts begins a new chain; this says what came before. */
struct bridge {
    journal_pos first, before;
};

struct head {
    unsigned part;
    journal_pos pos;
    journal_pos table; /* the newest record that carries one; 0: none seen */
    struct bridge bridges[BRIDGES_MAX];
    size_t bridge_count;
};

struct series_heads {
    char *journal_dir;
    struct part parts[PARTS_MAX];
    unsigned part_count;
    struct map *by_source;
};

/* ---- following the newest ---- */

static enum err add_part(struct series_heads *h, const char *name)
{
    struct part *p = &h->parts[h->part_count];
    enum err e;

    for (unsigned i = 0; i < h->part_count; i++)
        if (strcmp(h->parts[i].name, name) == 0)
            return ERR_OK;
    if (h->part_count == PARTS_MAX)
        return ERR_LIMIT;
    p->name = strdup(name);
    if (!p->name)
        return ERR_NOMEM;
    e = journal_reader_open(h->journal_dir, name, 0, JOURNAL_FROM_SEGMENT_BACK, &p->reader);
    if (e)
        free(p->name);
    else
        h->part_count++;
    return e;
}

/* Probe units' partitions; what the simulated city writes as history is only in RRD files. */
static enum err add_new_parts(struct series_heads *h)
{
    DIR *dir = opendir(h->journal_dir);
    struct dirent *entry;
    enum err e = ERR_OK;

    while (dir && !e && (entry = readdir(dir)))
        if (strx_starts_with(entry->d_name, "unit.") && strcmp(entry->d_name, "unit.history") != 0)
            e = add_part(h, entry->d_name);
    if (dir)
        closedir(dir);
    return e;
}

enum err series_heads_open(const char *journal_dir, struct series_heads **out)
{
    struct series_heads *h = calloc(1, sizeof *h);
    enum err e;

    if (!h)
        return ERR_NOMEM;
    h->journal_dir = strdup(journal_dir);
    h->by_source = map_new((uint64_t)(uintptr_t)h);
    e = h->journal_dir && h->by_source ? add_part(h, "collector") : ERR_NOMEM;
    if (!e)
        e = add_part(h, "probe");
    if (e) {
        series_heads_close(h);
        return e;
    }
    *out = h;
    return ERR_OK;
}

void series_heads_close(struct series_heads *h)
{
    if (!h)
        return;
    for (unsigned i = 0; i < h->part_count; i++) {
        journal_reader_close(h->parts[i].reader);
        free(h->parts[i].name);
    }
    map_free(h->by_source, free);
    free(h->journal_dir);
    free(h);
}

static void note_bridge(struct head *head, journal_pos first, journal_pos before)
{
    if (head->bridge_count == BRIDGES_MAX)
        memmove(head->bridges, head->bridges + 1, --head->bridge_count * sizeof *head->bridges);
    head->bridges[head->bridge_count++] = (struct bridge){first, before};
}

static enum err follow(struct series_heads *h, unsigned part, journal_pos pos,
                       const struct record_head *record)
{
    char source[SOURCE_SIZE];
    struct head *head;
    enum err e = record_part_text(record->id, source, sizeof source);

    if (e)
        return e;
    head = map_get(h->by_source, source);
    if (!head) {
        head = calloc(1, sizeof *head);
        e = head ? map_set(h->by_source, source, head, NULL) : ERR_NOMEM;
        if (e) {
            free(head);
            return e;
        }
    } else if (head->part != part) {
        head->bridge_count = 0;
        head->table = 0;
    } else if (record->previous == 0) {
        note_bridge(head, pos, head->pos);
    }
    head->part = part;
    head->pos = pos;
    if (record->table.data)
        head->table = pos;
    return ERR_OK;
}

static enum err refresh_part(struct series_heads *h, unsigned part, size_t *budget)
{
    const void *bytes;
    size_t len;
    journal_pos pos;
    enum err e;

    while (*budget) {
        struct record_head record;
        e = journal_read(h->parts[part].reader, &bytes, &len, &pos);
        if (e == ERR_GAP || e == ERR_CRC || e == ERR_UNSUPPORTED)
            continue;
        if (e)
            return e == ERR_NOMEM ? e : ERR_OK;
        (*budget)--;
        e = record_head_read(bytes, len, &record);
        if (!e && record.body == NW__RECORD__BODY_SAMPLES)
            e = follow(h, part, pos, &record);
        if (e == ERR_NOMEM)
            return e;
    }
    return ERR_AGAIN;
}

enum err series_heads_refresh(struct series_heads *h, size_t max_records)
{
    size_t budget = max_records ? max_records : SIZE_MAX;
    enum err e = add_new_parts(h);

    for (unsigned i = 0; !e && i < h->part_count; i++)
        e = refresh_part(h, i, &budget);
    return e;
}

/* ---- the way back ---- */

/* Newest first, as they are found. */
struct trail {
    Nw__Record **records;
    size_t count, cap;
};

static void trail_fini(struct trail *t)
{
    for (size_t i = 0; i < t->count; i++)
        record_free(t->records[i]);
    free(t->records);
}

static enum err trail_add(struct trail *t, Nw__Record *record)
{
    if (t->count == t->cap) {
        size_t cap = t->cap ? 2 * t->cap : 128;
        Nw__Record **grown = realloc(t->records, cap * sizeof(*grown));
        if (!grown)
            return ERR_NOMEM;
        t->records = grown;
        t->cap = cap;
    }
    t->records[t->count++] = record;
    return ERR_OK;
}

static ns_t time_of(const Nw__Record *record)
{
    uint64_t t = record->samples->started ? record->samples->started : record->wall;

    return t > INT64_MAX ? INT64_MAX : (ns_t)t;
}

static journal_pos before(const struct head *head, journal_pos pos, const Nw__Record *record)
{
    journal_pos previous = record->samples->previous;

    for (size_t i = 0; previous == 0 && i < head->bridge_count; i++)
        if (head->bridges[i].first == pos)
            previous = head->bridges[i].before;
    return previous < pos ? previous : 0; /* a chain never goes forward */
}

/* Samples of this source at pos; ERR_NOT_FOUND where the chain ends. */
static enum err read_sample(struct journal_reader *reader, journal_pos pos, const char *source,
                            struct buf *bytes, Nw__Record **out)
{
    Nw__Record *record = NULL;
    enum err e;

    buf_clear(bytes);
    e = journal_read_at(reader, pos, bytes);
    if (!e)
        e = record_unpack(bytes->data, bytes->len, &record);
    if (e)
        return e == ERR_NOMEM ? e : ERR_NOT_FOUND;
    if (record->body_case != NW__RECORD__BODY_SAMPLES || strcmp(record->samples->source, source) != 0) {
        record_free(record);
        return ERR_NOT_FOUND;
    }
    *out = record;
    return ERR_OK;
}

/* Back to since; *next receives where the chain goes on from there. */
static enum err collect(struct series_heads *h, const struct head *head, const char *source, ns_t since,
                        struct trail *trail, journal_pos *next)
{
    struct buf bytes = BUF_INIT;
    journal_pos pos = head->pos;
    enum err e = ERR_OK;

    while (!e && pos && trail->count < WALK_MAX) {
        Nw__Record *record = NULL;
        e = read_sample(h->parts[head->part].reader, pos, source, &bytes, &record);
        if (e)
            break;
        if (time_of(record) < since) {
            record_free(record);
            break;
        }
        pos = before(head, pos, record);
        e = trail_add(trail, record);
        if (e)
            record_free(record);
    }
    *next = pos;
    buf_fini(&bytes);
    return e == ERR_NOT_FOUND ? ERR_OK : e;
}

/* The record at pos if it carries a table; NULL: it is gone. */
static Nw__Record *read_table(struct series_heads *h, const struct head *head, const char *source,
                              journal_pos pos)
{
    struct buf bytes = BUF_INIT;
    Nw__Record *record = NULL;

    if (pos && read_sample(h->parts[head->part].reader, pos, source, &bytes, &record) == ERR_OK &&
        !record->samples->table) {
        record_free(record);
        record = NULL;
    }
    buf_fini(&bytes);
    return record;
}

/* The table that was valid for the oldest record of the trail, when none of the trail's is that old. NULL:
 * not to be found. */
static Nw__Record *search_table(struct series_heads *h, const struct head *head, const char *source,
                                journal_pos pos)
{
    struct buf bytes = BUF_INIT;
    Nw__Record *record = NULL;

    for (int i = 0; pos && i < TABLE_SEARCH_MAX; i++) {
        if (read_sample(h->parts[head->part].reader, pos, source, &bytes, &record))
            break;
        if (record->samples->table)
            break;
        pos = before(head, pos, record);
        record_free(record);
        record = NULL;
    }
    buf_fini(&bytes);
    return record;
}

/* ---- values ---- */

/* Where each column stands among a table's series; SIZE_MAX: it does not. */
static void locate(const Nw__Table *table, const struct series_column *columns, size_t count, size_t *at)
{
    for (size_t c = 0; c < count; c++) {
        at[c] = SIZE_MAX;
        for (size_t i = 0; table && i < table->n_series; i++)
            if (table->series[i]->metric == (uint32_t)columns[c].metric &&
                table->series[i]->entity < table->n_entities &&
                strcmp(table->entities[table->series[i]->entity]->id, columns[c].entity) == 0) {
                at[c] = i;
                break;
            }
    }
}

static void take_values(const Nw__Samples *samples, const size_t *at, size_t columns, double *out)
{
    for (size_t c = 0; c < columns; c++)
        out[c] = at[c] < samples->n_values ? samples->values[at[c]] : NAN;
}

static enum err walk_alloc(struct series_walk *w, size_t count, size_t columns)
{
    *w = (struct series_walk){.count = count, .columns = columns};
    w->times = malloc((count + 1) * sizeof *w->times);
    w->intervals = malloc((count + 1) * sizeof *w->intervals);
    w->values = malloc((count + 1) * (columns + 1) * sizeof *w->values);
    if (w->times && w->intervals && w->values)
        return ERR_OK;
    series_walk_fini(w);
    return ERR_NOMEM;
}

void series_walk_fini(struct series_walk *w)
{
    free(w->times);
    free(w->intervals);
    free(w->values);
    *w = (struct series_walk){0};
}

/* first: the table at the oldest record, may be NULL. */
static enum err evaluate(const struct trail *trail, const Nw__Table *first,
                         const struct series_column *columns, size_t count, struct series_walk *out)
{
    size_t at[SERIES_COLUMNS_MAX];
    const Nw__Table *table = first;
    enum err e = walk_alloc(out, trail->count, count);

    if (e)
        return e;
    locate(table, columns, count, at);
    for (size_t i = 0; i < trail->count; i++) {
        const Nw__Record *record = trail->records[trail->count - 1 - i];
        if (record->samples->table) {
            table = record->samples->table;
            locate(table, columns, count, at);
        }
        out->times[i] = time_of(record);
        out->intervals[i] =
            table && table->interval_ms ? table->interval_ms * MILLISECONDS : DEFAULT_INTERVAL;
        take_values(record->samples, at, count, out->values + i * count);
    }
    return ERR_OK;
}

enum err series_heads_walk(struct series_heads *h, const char *source, const struct series_column *columns,
                           size_t count, ns_t since, struct series_walk *out)
{
    const struct head *head = map_get(h->by_source, source);
    struct trail trail = {0};
    Nw__Record *found = NULL;
    const Nw__Table *first = NULL;
    journal_pos next = 0;
    bool has_table = false;
    enum err e;

    if (!head)
        return walk_alloc(out, 0, count);
    e = collect(h, head, source, since, &trail, &next);
    for (size_t i = 0; i < trail.count; i++)
        has_table = has_table || trail.records[i]->samples->table;
    if (!has_table && head->table)
        found = read_table(h, head, source, head->table);
    else if (trail.count && !trail.records[trail.count - 1]->samples->table)
        found = search_table(h, head, source, next);
    first = found ? found->samples->table : NULL;
    if (!e)
        e = evaluate(&trail, first, columns, count, out);
    record_free(found);
    trail_fini(&trail);
    return e;
}
