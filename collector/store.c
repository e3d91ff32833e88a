/* SPDX-License-Identifier: GPL-3.0-or-later */
/* store.c - the store's tails, its cycle of writing, its cursors. Knows the loop and the journal; files only
 * through store_files. */
#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include "collector/store_private.h"
#include "lib/base/log.h"
#include "lib/base/strx.h"
#include "lib/model/record.h"

#define SLICE_INTERVAL (10 * MILLISECONDS)
#define PHASE_INTERVAL (200 * MILLISECONDS)
#define CREATE_RATE    (32 * MIB) /* bytes of new files a second … */
#define CREATE_BURST   (32 * MIB)
#define POLL_MAX       (60 * SECONDS) /* a record is appended at most this long after its poll began */
#define READER         "store"

enum {
    UPDATES_A_SLICE = 32,
    VALUES_PENDING_MAX = 20000000, /* 160 MB: beyond it nothing is read until a cycle has written */
};

ns_t store_now(struct store *s)
{
    return steady_clock_wall(&s->clock, loop_mono(s->o.loop), loop_wall(s->o.loop));
}

/* 0: not known for sure. */
static ns_t certain_now(void *ctx)
{
    struct store *s = ctx;
    ns_t now = store_now(s);

    return s->clock.is_suspect || now < STORE_EARLIEST ? 0 : now;
}

static void start_cycle(struct store *s);
static void begin_cycle(struct store *s);

/* ---- reading ---- */

/* While the clock is doubted nothing is read: the first records with the right time would come to rows that
 * still end in the wrong one, and be refused. The cycle that ends the wait rewinds
 * those rows, so what they hold is written at once, by the time that was believed so far. */
static void wait_for_clock(struct store *s)
{
    if (!s->clock.is_suspect || s->is_waiting)
        return;
    s->is_waiting = true;
    journal_tail_hold(s->tail, true);
    start_cycle(s);
    if (loop_timer_after(s->o.loop, &s->clock_timer, s->o.settings->store.step))
        loop_stop(s->o.loop);
}

static void on_clock(void *ctx)
{
    struct store *s = ctx;

    (void)store_now(s);
    if (s->clock.is_suspect || s->is_cycling) {
        if (loop_timer_after(s->o.loop, &s->clock_timer, s->o.settings->store.step))
            loop_stop(s->o.loop);
        return;
    }
    s->is_waiting = false;
    begin_cycle(s);
    if (!s->is_cycling) /* 1970 is believed, but nothing is stored then */
        journal_tail_hold(s->tail, false);
}

/* NULL: too many partitions, or out of memory. */
static struct store_part *part_named(struct store *s, const char *name, unsigned *number)
{
    struct store_part *p;

    for (unsigned i = 0; i < s->part_count; i++)
        if (strcmp(s->parts[i]->name, name) == 0) {
            *number = i;
            return s->parts[i];
        }
    if (s->part_count == STORE_PARTS_MAX)
        return NULL;
    p = calloc(1, sizeof *p);
    if (p)
        p->name = strdup(name);
    if (!p || !p->name) {
        free(p);
        return NULL;
    }
    p->is_history = store_part_is_history(name);
    *number = s->part_count;
    return s->parts[s->part_count++] = p;
}

static void tell_trouble(struct store *s, const char *partition, enum err e)
{
    if (!s->was_failing)
        log_error("records of partition %s cannot be taken: %s", partition, err_text(e));
    s->was_failing = true;
}

static void on_record(void *ctx, const char *partition, journal_pos pos, const void *bytes, size_t len)
{
    struct store *s = ctx;
    Nw__Record *record = NULL;
    unsigned number;
    struct store_part *p = part_named(s, partition, &number);
    enum err e = p ? record_unpack(bytes, len, &record) : ERR_LIMIT;
    ns_t time = 0, now = store_now(s);

    wait_for_clock(s);
    if (e == ERR_MALFORMED) /* checked by its CRC: written by a version that we do not understand */
        s->unreadable++;
    if (!e && record->body_case == NW__RECORD__BODY_SAMPLES)
        e = store_sources_take(s->sources, record, number, now);
    if (record && !p->is_history)
        time = (ns_t)record->wall;
    else if (record && record->body_case == NW__RECORD__BODY_SAMPLES)
        time = store_sample_time(record);
    if (e && e != ERR_MALFORMED)
        tell_trouble(s, partition, e);
    if (p)
        store_part_read(p, pos, time);
    record_free(record);
    if (store_sources_figures(s->sources)->values - s->values_at_cycle > VALUES_PENDING_MAX) {
        journal_tail_hold(s->tail, true);
        begin_cycle(s);
    }
}

/* What was missed is unknown: nothing may be repeated over it. */
static void on_gap(void *ctx, const char *partition)
{
    struct store *s = ctx;
    unsigned number;
    struct store_part *p = part_named(s, partition, &number);

    s->gaps++;
    log_warning("records of partition %s are missing: their time is unknown in the history", partition);
    for (size_t i = 0; p && i < store_files_count(s->files); i++) {
        struct rows *rows = store_files_rows_if_used(s->files, i);
        if (rows && store_sources_part_of(s->sources, i) == (int)number)
            rows_forget(rows);
    }
}

/* ---- writing: one cycle over all files ---- */

/* Time moves on for files whose source is silent, too. */
static enum err advance_file(struct store *s, size_t i, struct rows *rows)
{
    int number = store_sources_part_of(s->sources, i);
    const struct store_part *p = number >= 0 ? s->parts[number] : NULL;
    ns_t grace = rows->max_age + POLL_MAX;

    if (!p)
        return ERR_OK;
    if (p->is_history)
        return s->phase == PHASE_LIVE ? rows_finish(rows) : ERR_OK;
    return p->newest > grace ? rows_advance(rows, p->newest - grace) : ERR_OK;
}

static bool may_create(struct store *s, int64_t bytes)
{
    ns_t now = loop_mono(s->o.loop), passed = now - s->create_filled;

    s->create_filled = now;
    if (passed > SECONDS)
        passed = SECONDS;
    s->create_left += CREATE_RATE / 1000 * (passed / MILLISECONDS);
    if (s->create_left > CREATE_BURST)
        s->create_left = CREATE_BURST;
    if (s->create_left <= 0)
        return false;
    s->create_left -= bytes;
    return true;
}

/* False: the file must wait for its turn to be made. */
static bool write_file(struct store *s, size_t i)
{
    struct rows *rows = store_files_rows_if_used(s->files, i);
    ns_t now = store_now(s);
    int64_t missing;
    enum err e;

    if (!rows)
        return true;
    e = store_files_rewind(s->files, i, now);
    if (!e)
        e = advance_file(s, i, rows);
    if (!e && rows->pending && rows->committed &&
        store_months_is_urgent(s->files, i, rows->committed, rows->times[rows->pending - 1] * SECONDS))
        e = store_months_gather(s->files, i,
                                now); /* after a long silence: before its rows are written over */
    missing = store_files_missing_bytes(s->files, i);
    if (!e && missing && rows->pending && s->is_final)
        return true; /* gigabytes, perhaps: the next start makes it, and reads again what belongs in it */
    if (!e && missing && rows->pending && !may_create(s, missing))
        return false;
    if (!e)
        (void)!store_files_write(s->files, i, now); /* logged there; the rows stay pending */
    else
        tell_trouble(s, rrd_index_at(store_files_index(s->files), i)->source, e);
    return true;
}

static void store_cursor(struct store *s, struct store_part *p, journal_pos cursor)
{
    enum err e = journal_cursor_store(s->o.settings->journal_dir, READER, p->name, cursor);

    if (e)
        tell_trouble(s, p->name, e);
}

/* Up to when all that came from this partition is in files. */
static ns_t safe_until(const struct store *s, unsigned number)
{
    ns_t safe = s->parts[number]->newest;

    for (size_t i = 0; i < store_files_count(s->files); i++) {
        const struct rows *rows = store_files_rows_if_used(s->files, i);
        if (rows && store_sources_part_of(s->sources, i) == (int)number && rows_safe_until(rows) < safe)
            safe = rows_safe_until(rows);
    }
    return safe;
}

static void append_progress(struct store *s, ns_t committed)
{
    Nw__Record record = NW__RECORD__INIT;
    Nw__Progress progress = NW__PROGRESS__INIT;
    Nw__Cursor *cursors = calloc(s->part_count ? s->part_count : 1, sizeof *cursors);
    Nw__Cursor **list = calloc(s->part_count ? s->part_count : 1, sizeof(*list));

    if (cursors && list) {
        for (unsigned i = 0; i < s->part_count; i++) {
            nw__cursor__init(&cursors[i]);
            cursors[i].partition = s->parts[i]->name;
            cursors[i].position = s->parts[i]->cursor;
            list[i] = &cursors[i];
        }
        progress.cursors = list;
        progress.n_cursors = s->part_count;
        progress.committed = committed > 0 && committed != INT64_MAX ? (uint64_t)committed : 0;
        record.body_case = NW__RECORD__BODY_PROGRESS;
        record.progress = &progress;
        (void)!s->o.append(s->o.append_ctx, &record); /* a full disk is logged there */
    }
    free(cursors);
    free(list);
}

static void end_cycle(struct store *s)
{
    /* the value that a row repeats must be read again too */
    ns_t margin = 2 * store_sources_interval_max(s->sources) + POLL_MAX, committed = INT64_MAX;

    s->is_cycling = false;
    s->cycles++;
    s->was_failing = false;
    for (unsigned i = 0; i < s->part_count; i++) {
        struct store_part *p = s->parts[i];
        ns_t safe = safe_until(s, i);
        if (p->is_history) { /* all or nothing: its records need not be in the order of time */
            if (s->phase == PHASE_LIVE && safe == p->newest && p->cursor != p->read)
                store_cursor(s, p, p->cursor = p->read);
            continue;
        }
        if (safe < committed)
            committed = safe;
        if (store_part_cursor(p, safe - margin))
            store_cursor(s, p, p->cursor);
    }
    append_progress(s, committed);
    s->values_at_cycle = store_sources_figures(s->sources)->values;
    journal_tail_hold(s->tail, s->is_waiting);
}

/* Goes on with the cycle; false: there is more to do. */
static bool run_slice(struct store *s, unsigned budget)
{
    while (s->next_file < store_files_count(s->files) && budget) {
        if (!write_file(s, s->next_file))
            return false;
        s->next_file++;
        budget--;
    }
    return s->next_file >= store_files_count(s->files);
}

static void on_slice(void *ctx)
{
    struct store *s = ctx;

    if (run_slice(s, UPDATES_A_SLICE))
        end_cycle(s);
    else if (loop_timer_after(s->o.loop, &s->slice_timer, SLICE_INTERVAL))
        loop_stop(s->o.loop);
}

static void start_cycle(struct store *s)
{
    if (s->is_cycling || store_now(s) < STORE_EARLIEST)
        return;
    s->is_cycling = true;
    s->next_file = 0;
    if (loop_timer_after(s->o.loop, &s->slice_timer, 0))
        loop_stop(s->o.loop);
}

static void begin_cycle(struct store *s)
{
    if (certain_now(s))
        start_cycle(s);
}

static void on_cycle(void *ctx)
{
    struct store *s = ctx;
    ns_t batch = s->o.settings->store.batch > SECONDS ? s->o.settings->store.batch : SECONDS;

    begin_cycle(s);
    if (loop_timer_after(s->o.loop, &s->cycle_timer, batch))
        loop_stop(s->o.loop);
}

/* In the journal, where the operator's tools see it; the counter is in the heartbeat. */
static void on_damage(void *ctx, const struct rrd_file *file, const char *text)
{
    struct store *s = ctx;
    Nw__Record record = NW__RECORD__INIT;
    Nw__Finding finding = NW__FINDING__INIT;

    record_put_finding(&record, &finding, file->source, "history_damaged", file->entity, text);
    (void)!s->o.append(s->o.append_ctx, &record); /* a full disk is logged there */
}

/* ---- start ---- */

static enum err add_part(struct store *s, const char *name)
{
    journal_pos cursor = 0;
    unsigned number;
    struct store_part *p = part_named(s, name, &number);
    enum err e = p ? journal_cursor_load(s->o.settings->journal_dir, READER, name, &cursor) : ERR_LIMIT;

    if (e)
        return e;
    p->cursor = cursor;
    /* from the beginning of the segment: sources give their tables there */
    return journal_tail_add(s->tail, name, cursor & ~(journal_pos)UINT32_MAX, JOURNAL_FROM_OLDEST);
}

static enum err add_known_units(struct store *s, bool *has_any)
{
    DIR *dir = opendir(s->o.settings->journal_dir);
    struct dirent *entry;
    enum err e = ERR_OK;

    *has_any = false;
    if (!dir)
        return ERR_OK;
    while (!e && (entry = readdir(dir)))
        if (strx_starts_with(entry->d_name, "unit.")) {
            *has_any = true;
            e = add_part(s, entry->d_name);
        }
    closedir(dir);
    return e;
}

static void go_live(struct store *s)
{
    enum err e;

    s->phase = PHASE_LIVE;
    e = add_part(s, "collector");
    if (!e)
        e = add_part(s, "probe");
    if (e) {
        log_error("partitions collector and probe cannot be read: %s", err_text(e));
        loop_stop(s->o.loop);
        return;
    }
    begin_cycle(s);
}

static void on_phase(void *ctx)
{
    struct store *s = ctx;

    if (journal_tail_at_end(s->tail))
        go_live(s);
    else if (loop_timer_after(s->o.loop, &s->phase_timer, PHASE_INTERVAL))
        loop_stop(s->o.loop);
}

static enum err start_reading(struct store *s)
{
    static const struct journal_tail_fns fns = {on_record, on_gap, NULL};
    bool has_units = false;
    enum err e = journal_tail_new(s->o.loop, s->o.settings->journal_dir, &fns, s, &s->tail);

    if (!e)
        e = add_known_units(s, &has_units);
    if (!e)
        e = journal_tail_add_units(s->tail, JOURNAL_FROM_OLDEST);
    if (!e && !has_units)
        go_live(s);
    else if (!e)
        e = loop_timer_after(s->o.loop, &s->phase_timer, PHASE_INTERVAL);
    return e;
}

static unsigned base_step(const struct settings *settings)
{
    return (unsigned)(settings->store.step / SECONDS);
}

static void keep_as_configured(struct store *s)
{
    struct rrd_keep of_short = rrd_layout_keep(STORAGE_SHORT, &s->o.settings->store);
    struct rrd_keep of_long = rrd_layout_keep(STORAGE_LONG, &s->o.settings->store);

    store_files_keep(s->files, &of_short, &of_long);
}

static void store_free(struct store *s)
{
    loop_timer_cancel(s->o.loop, &s->cycle_timer);
    loop_timer_cancel(s->o.loop, &s->slice_timer);
    loop_timer_cancel(s->o.loop, &s->phase_timer);
    loop_timer_cancel(s->o.loop, &s->clock_timer);
    journal_tail_free(s->tail);
    store_months_free(s->months);
    store_sources_free(s->sources);
    store_files_close(s->files);
    for (unsigned i = 0; i < s->part_count; i++) {
        free(s->parts[i]->name);
        free(s->parts[i]);
    }
    free(s);
}

enum err store_new(const struct store_options *options, struct store **out)
{
    struct store *s = calloc(1, sizeof *s);
    enum err e;

    if (!s)
        return ERR_NOMEM;
    s->o = *options;
    s->create_left = CREATE_BURST;
    loop_timer_init(&s->cycle_timer, on_cycle, s);
    loop_timer_init(&s->slice_timer, on_slice, s);
    loop_timer_init(&s->phase_timer, on_phase, s);
    loop_timer_init(&s->clock_timer, on_clock, s);
    steady_clock_init(&s->clock, s->o.settings->store.step);
    e = store_files_open(s->o.settings->rrd_dir, base_step(s->o.settings), s->o.settings->store.budget,
                         &s->files);
    if (e)
        log_error("%s cannot be used for the history: %s", s->o.settings->rrd_dir, err_text(e));
    if (!e) {
        keep_as_configured(s);
        store_files_on_damage(s->files, on_damage, s);
        e = store_sources_new(s->files, s->o.seed, &s->sources);
    }
    if (!e)
        e = store_months_new(s->o.loop, s->files, certain_now, s, &s->months);
    if (!e)
        e = start_reading(s);
    if (!e)
        e = loop_timer_after(s->o.loop, &s->cycle_timer, s->o.settings->store.batch);
    if (e) {
        store_free(s);
        return e;
    }
    *out = s;
    return ERR_OK;
}

/* Writes what is whole; what is not is read again at the next start. */
void store_stop(struct store *s)
{
    s->is_final = true;
    if (certain_now(s) && s->phase == PHASE_LIVE) {
        s->next_file = 0;
        while (!run_slice(s, UPDATES_A_SLICE))
            ;
        end_cycle(s);
    }
    store_free(s);
}

enum err store_reload(struct store *s, const struct settings *settings)
{
    if (strcmp(settings->rrd_dir, store_files_directory(s->files)) != 0) {
        log_error("store.directory cannot change while running: restart netzwacht-store");
        return ERR_CONFIG;
    }
    s->o.settings = settings;
    store_files_configure(s->files, base_step(s->o.settings), s->o.settings->store.budget);
    keep_as_configured(s);
    return loop_timer_after(s->o.loop, &s->cycle_timer, s->o.settings->store.batch);
}
