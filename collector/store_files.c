/* SPDX-License-Identifier: GPL-3.0-or-later */
/* store_files.c - makes, checks, writes and repairs the files of the RRD tree. Knows the file system; librrd
 * only through rrd_io. */
#include "collector/store_files.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "collector/store_before.h"
#include "lib/base/log.h"
#include "lib/base/strx.h"
#include "lib/stores/rrd_io.h"

enum { PENDING_ROWS_MAX = 8192 }; /* a file that cannot be written loses all but the newest half of these */

enum file_state { FILE_UNSEEN, FILE_MISSING, FILE_READY };

struct file {
    enum file_state state;
    bool is_new;  /* made empty by this process, and not written again yet */
    bool is_heir; /* READY, and what it replaces may still be there */
    struct rows rows;
};

struct store_files {
    char *rrd_dir;
    struct rrd_index *index;
    int index_fd;
    bool is_index_unsynced, is_full, is_refusing;
    unsigned base_step;
    int64_t budget;
    struct rrd_keep short_keep, long_keep;
    struct file **files;
    size_t cap;
    struct store_figures figures;
    store_damage_fn *on_damage;
    void *damage_ctx;
};

/* ---- the index ---- */

static enum err open_index(struct store_files *s)
{
    char *path = strx_printf("%s/index", s->rrd_dir);
    enum err e = path ? rrd_index_open(s->rrd_dir, &s->index) : ERR_NOMEM;

    if (!e) {
        s->index_fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0640);
        e = s->index_fd < 0 ? err_from_errno(errno) : ERR_OK;
    }
    if (!e && ftruncate(s->index_fd, (off_t)rrd_index_whole_bytes(s->index)))
        e = err_from_errno(errno);
    if (!e && rrd_index_damaged(s->index))
        log_warning("%s: %zu damaged lines are passed over; their files stay where they are, unused", path,
                    rrd_index_damaged(s->index));
    free(path);
    return e;
}

static int64_t file_size(const struct rrd_file *file)
{
    return rrd_layout_size(file->storage, &file->keep, file->count);
}

enum err store_files_open(const char *rrd_dir, unsigned base_step, int64_t budget, struct store_files **out)
{
    struct store_files *s = calloc(1, sizeof *s);
    enum err e;

    if (!s)
        return ERR_NOMEM;
    s->index_fd = -1;
    store_files_configure(s, base_step, budget);
    s->rrd_dir = strdup(rrd_dir);
    e = s->rrd_dir ? ERR_OK : ERR_NOMEM;
    if (!e && mkdir(rrd_dir, 0750) && errno != EEXIST)
        e = err_from_errno(errno);
    if (!e)
        e = open_index(s);
    if (e) {
        store_files_close(s);
        return e;
    }
    for (size_t i = 0; i < rrd_index_count(s->index); i++)
        if (!rrd_index_at(s->index, i)->replaced_by)
            s->figures.bytes += file_size(rrd_index_at(s->index, i));
    *out = s;
    return ERR_OK;
}

void store_files_close(struct store_files *s)
{
    if (!s)
        return;
    for (size_t i = 0; i < s->cap; i++)
        if (s->files[i]) {
            rows_fini(&s->files[i]->rows);
            free(s->files[i]);
        }
    free(s->files);
    if (s->index_fd >= 0)
        close(s->index_fd);
    rrd_index_close(s->index);
    free(s->rrd_dir);
    free(s);
}

void store_files_configure(struct store_files *s, unsigned base_step, int64_t budget)
{
    s->base_step = base_step;
    s->budget = budget;
    s->is_refusing = false;
}

void store_files_keep(struct store_files *s, const struct rrd_keep *of_short, const struct rrd_keep *of_long)
{
    s->short_keep = *of_short;
    s->long_keep = *of_long;
}

const char *store_files_directory(const struct store_files *s)
{
    return s->rrd_dir;
}

const struct rrd_index *store_files_index(const struct store_files *s)
{
    return s->index;
}

size_t store_files_count(const struct store_files *s)
{
    return rrd_index_count(s->index);
}

const struct store_figures *store_files_figures(const struct store_files *s)
{
    return &s->figures;
}

enum err store_files_find(const struct store_files *s, const char *source, const char *entity,
                          enum metric metric, size_t *file, unsigned *ds)
{
    const struct rrd_file *found = rrd_index_find(s->index, source, entity, metric, ds);

    if (!found)
        return ERR_NOT_FOUND;
    *file = (size_t)(found - rrd_index_at(s->index, 0));
    return ERR_OK;
}

static enum err append_line(struct store_files *s, const struct rrd_file *file)
{
    struct buf line = BUF_INIT;
    off_t before = (off_t)lseek(s->index_fd, 0, SEEK_END);
    enum err e;

    rrd_index_put_line(file, &line);
    e = buf_error(&line);
    if (!e && write(s->index_fd, line.data, line.len) != (ssize_t)line.len) {
        e = ERR_NO_SPACE;
        (void)!ftruncate(s->index_fd, before);
    }
    buf_fini(&line);
    s->is_index_unsynced = true;
    return e ? e : rrd_index_add(s->index, file);
}

static struct file *used_file(const struct store_files *s, size_t i)
{
    return i < s->cap ? s->files[i] : NULL;
}

static enum err make_file(struct store_files *s, size_t i, struct file **out)
{
    if (i >= s->cap) {
        size_t cap = i + i / 2 + 64;
        struct file **grown = realloc(s->files, cap * sizeof(*grown));
        if (!grown)
            return ERR_NOMEM;
        memset(grown + s->cap, 0, (cap - s->cap) * sizeof(*grown));
        s->files = grown;
        s->cap = cap;
    }
    if (!s->files[i])
        s->files[i] = calloc(1, sizeof **s->files);
    *out = s->files[i];
    return *out ? ERR_OK : ERR_NOMEM;
}

/* former (may be NULL): what it replaces. */
static enum err add_file(struct store_files *s, struct rrd_file *file, const struct rrd_file *former)
{
    int64_t more = file_size(file) - (former ? file_size(former) : 0);
    enum err e;

    if (s->figures.bytes + more > s->budget) {
        s->figures.refused += file->count - (former ? former->count : 0);
        if (!s->is_refusing)
            log_error(
                "the history would grow beyond store.budget (%lld MiB): new series are not kept, from %s "
                "%s on; raise store.budget, or see `netzwacht check`",
                (long long)(s->budget / MIB), file->source, file->entity);
        s->is_refusing = true;
        return ERR_LIMIT;
    }
    file->number = rrd_index_last_number(s->index) + 1;
    e = append_line(s, file);
    if (!e)
        s->figures.bytes += more;
    return e;
}

static unsigned put_metrics(struct rrd_file *file, const enum metric *metrics, size_t count)
{
    unsigned room = RRD_DS_MAX - file->count, some = count < room ? (unsigned)count : room;

    memcpy(file->metrics + file->count, metrics, some * sizeof *metrics);
    file->count += some;
    return some;
}

/* Enters a longer file for the entity, if one has room; *done receives the number of metrics that went there.
 */
static enum err grow_file(struct store_files *s, const char *source, const char *entity,
                          enum storage_class storage, const enum metric *metrics, size_t count, size_t *done)
{
    const struct rrd_file *former = rrd_index_with_room(s->index, source, entity, storage);
    struct rrd_file file;
    struct file *from, *to;
    size_t i;
    enum err e;

    *done = 0;
    if (!former)
        return ERR_OK;
    i = (size_t)(former - rrd_index_at(s->index, 0));
    file = *former;
    *done = put_metrics(&file, metrics, count);
    e = add_file(s, &file, former);
    from = used_file(s, i);
    if (e || !from || from->state == FILE_UNSEEN)
        return e;
    e = make_file(s, rrd_index_count(s->index) - 1, &to);
    if (!e)
        e = rows_take_over(&to->rows, &s->files[i]->rows, file.count);
    if (!e)
        to->state = FILE_MISSING;
    return e; /* ERR_NOMEM: rows that waited are read again after a restart */
}

enum err store_files_add(struct store_files *s, const char *source, const char *entity,
                         enum storage_class storage, const enum metric *metrics, size_t count)
{
    struct rrd_file file = {.storage = storage, .step = rrd_layout_step(storage, s->base_step)};
    size_t done;
    enum err e = grow_file(s, source, entity, storage, metrics, count, &done);

    file.source = (char *)(uintptr_t)source;
    file.entity = (char *)(uintptr_t)entity;
    file.keep = storage == STORAGE_LONG ? s->long_keep : s->short_keep;
    while (!e && done < count) {
        file.count = 0;
        done += put_metrics(&file, metrics + done, count - done);
        e = add_file(s, &file, NULL);
    }
    return e;
}

/* ---- files ---- */

/* Renames what must not be overwritten. ERR_IO …: it stays where it is, and nothing is written there. */
static enum err put_aside(struct store_files *s, const struct rrd_file *file, const char *path, ns_t now)
{
    const char *fault = rrd_io_fault(path, file);
    char *aside = strx_printf("%s.damaged-%lld-%s", path, (long long)(now / SECONDS),
                              fault ? fault : "refused"); /* its header is right, and librrd refuses it */
    enum err e = aside ? ERR_OK : ERR_NOMEM;
    char *text;

    if (!e && rename(path, aside))
        e = err_from_errno(errno);
    if (e)
        text = strx_printf("%s is damaged (%s) and cannot be put aside: %s", path, fault ? fault : "refused",
                           err_text(e));
    else
        text = strx_printf("%s is damaged (%s): it is put aside as %s, and its history begins anew", path,
                           fault ? fault : "refused", aside);
    log_error("%s", text ? text : path);
    if (s->on_damage && text)
        s->on_damage(s->damage_ctx, file, text);
    s->figures.damaged++;
    free(aside);
    free(text);
    return e;
}

void store_files_on_damage(struct store_files *s, store_damage_fn *fn, void *ctx)
{
    s->on_damage = fn;
    s->damage_ctx = ctx;
}

/* What file i takes over: the newest file that it replaces and that is on the disk. *last: its last update. A
 * damaged one is put aside. */
static enum err find_former(struct store_files *s, size_t i, ns_t now, char path[RRD_PATH_SIZE],
                            int64_t *last)
{
    const struct rrd_file *former = rrd_index_at(s->index, i);
    enum err e = ERR_NOT_FOUND;

    while (e == ERR_NOT_FOUND && (former = rrd_index_former(s->index, former))) {
        rrd_index_path(s->rrd_dir, former->number, path);
        e = rrd_io_check(path, former, last);
        if (e == ERR_MALFORMED && !(e = put_aside(s, former, path, now)))
            e = ERR_NOT_FOUND;
    }
    return e;
}

/* What file i replaced goes: all of its rows are in file i, which is on the disk. */
static void remove_former(struct store_files *s, size_t i, struct file *f)
{
    char path[RRD_PATH_SIZE];

    for (const struct rrd_file *former = rrd_index_at(s->index, i);
         (former = rrd_index_former(s->index, former));) {
        rrd_index_path(s->rrd_dir, former->number, path);
        if (unlink(path) && errno != ENOENT)
            log_warning("%s was replaced and cannot be deleted: %s", path, strerror(errno));
    }
    f->is_heir = false;
}

/* First use: is the file there, is it the right one, does it end in the past? */
static enum err look_at(struct store_files *s, size_t i, struct file *f, ns_t now)
{
    const struct rrd_file *shape = rrd_index_at(s->index, i);
    char path[RRD_PATH_SIZE];
    int64_t last = 0;
    enum err e;

    rrd_index_path(s->rrd_dir, shape->number, path);
    e = rrd_io_check(path, shape, &last);
    if (e == ERR_MALFORMED && !(e = put_aside(s, shape, path, now)))
        e = ERR_NOT_FOUND;
    f->state = e ? FILE_MISSING : FILE_READY;
    f->is_heir = !e && shape->replaces;
    if (e == ERR_NOT_FOUND)
        e = find_former(s, i, now, path, &last);
    if (e && e != ERR_NOT_FOUND) {
        f->state = FILE_UNSEEN;
        return e;
    }
    rows_init(&f->rows, shape->count, shape->step * SECONDS, 0, e ? 0 : last * SECONDS);
    return e ? ERR_OK : store_files_rewind(s, i, now);
}

enum err store_files_rows(struct store_files *s, size_t i, ns_t now, struct rows **out)
{
    struct file *f = used_file(s, i);
    enum err e = f ? ERR_OK : make_file(s, i, &f);

    if (!e && f->state == FILE_UNSEEN)
        e = look_at(s, i, f, now);
    if (!e)
        *out = &f->rows;
    return e;
}

struct rows *store_files_rows_if_used(struct store_files *s, size_t i)
{
    struct file *f = used_file(s, i);

    return f && f->state != FILE_UNSEEN ? &f->rows : NULL;
}

int64_t store_files_missing_bytes(const struct store_files *s, size_t i)
{
    const struct file *f = used_file(s, i);
    const struct rrd_file *shape = rrd_index_at(s->index, i);

    return f && f->state == FILE_MISSING ? file_size(shape) : 0;
}

/* The index is on the disk before the file, so that no number is ever given twice. */
static enum err create(struct store_files *s, size_t i, struct file *f, ns_t now)
{
    const struct rrd_file *shape = rrd_index_at(s->index, i);
    char path[RRD_PATH_SIZE], former[RRD_PATH_SIZE];
    int64_t start = f->rows.times[0] - (int64_t)shape->step, last = 0;
    enum err e = find_former(s, i, now, former, &last);
    bool is_heir = e == ERR_OK;

    if (e == ERR_NOT_FOUND)
        e = ERR_OK;
    if (is_heir) /* never above what waits: librrd takes nothing older than the start */
        start = last < start ? last : start;

    if (!e && s->is_index_unsynced && fdatasync(s->index_fd))
        e = err_from_errno(errno);
    if (e)
        return e;
    s->is_index_unsynced = false;
    rrd_index_path(s->rrd_dir, shape->number, path);
    e = rrd_io_create(path, shape, start, is_heir ? former : NULL);
    if (e)
        return e;
    f->state = FILE_READY;
    f->is_heir = is_heir;
    f->is_new = !is_heir;
    s->figures.created++;
    s->figures.grown += is_heir;
    return ERR_OK;
}

/* Said at its beginning and end only. */
static void tell_space(struct store_files *s, enum err e)
{
    if (s->is_full == (e != ERR_OK))
        return;
    s->is_full = e != ERR_OK;
    if (e)
        log_error("%s cannot be written: %s: rows wait in memory; make room on that file system", s->rrd_dir,
                  err_text(e));
    else
        log_info("%s can be written again", s->rrd_dir);
}

static void drop_older_half(struct rows *r)
{
    size_t gone = r->pending / 2;

    r->pending -= gone;
    memmove(r->times, r->times + gone, r->pending * sizeof *r->times);
    memmove(r->values, r->values + gone * r->count, r->pending * r->count * sizeof *r->values);
}

/* The first pending row, from `from` on, that says "unknown since long ago"; r->pending: there is none. */
static size_t find_gap(const struct rows *r, size_t from)
{
    for (size_t i = from; i < r->pending; i++) {
        int64_t before = i ? r->times[i - 1] : r->committed / SECONDS;
        unsigned unknown = 0;

        while (unknown < r->count && isnan(r->values[i * r->count + unknown]))
            unknown++;
        if (before && unknown == r->count && (r->times[i] - before) * SECONDS > STORE_BEFORE_LEAST)
            return i;
    }
    return r->pending;
}

/* Between `before` and this row nothing is known: a silence, or the clock has jumped, here or back there.
 * *last receives where the file ends then: behind this row if one is put back that had it. */
static enum err cross_gap(const struct rrd_file *shape, const char *path, int64_t before, int64_t row,
                          ns_t now, int64_t *last)
{
    *last = before;
    if (store_before_restore(path, shape, before, now / SECONDS, last))
        log_warning("%s: the clock was wrong, and is right again: what was stored before that is put back",
                    path);
    if ((row - *last) * SECONDS <= STORE_BEFORE_LEAP)
        return ERR_OK;
    log_warning(
        "%s: the clock says that nothing came for %lld days: what there is is kept aside for three days",
        path, (long long)((row - *last) * SECONDS / DAYS));
    return store_before_keep(path, shape, *last, false);
}

static enum err update(const struct rrd_file *shape, const char *path, const struct rows *r, ns_t now)
{
    size_t done = 0, gap = find_gap(r, 0);
    int64_t last = 0;
    enum err e = ERR_OK;

    while (!e && gap < r->pending) {
        e = rrd_io_update(path, shape, r->times + done, r->values + done * r->count, gap - done);
        if (!e)
            e = cross_gap(shape, path, gap ? r->times[gap - 1] : r->committed / SECONDS, r->times[gap], now,
                          &last);
        for (done = gap; done < r->pending && r->times[done] <= last; done++)
            ;
        gap = find_gap(r, done > gap ? done : gap + 1);
    }
    return e ? e
             : rrd_io_update(path, shape, r->times + done, r->values + done * r->count, r->pending - done);
}

enum err store_files_write(struct store_files *s, size_t i, ns_t now)
{
    const struct rrd_file *shape = rrd_index_at(s->index, i);
    struct file *f = used_file(s, i);
    char path[RRD_PATH_SIZE];
    enum err e = ERR_OK;

    if (f && f->is_heir)
        remove_former(s, i, f);
    if (!f || f->state == FILE_UNSEEN || f->rows.pending == 0)
        return ERR_OK;
    rrd_index_path(s->rrd_dir, shape->number, path);
    if (f->is_new) /* a batch later: it has been written back */
        rrd_io_uncache(path, shape);
    f->is_new = false;
    if (f->state == FILE_READY)
        e = rrd_io_check(path, shape, NULL); /* librrd trusts headers, and would take us with it */
    if (e == ERR_MALFORMED && !(e = put_aside(s, shape, path, now)))
        e = ERR_NOT_FOUND;
    if (f->state == FILE_MISSING || e == ERR_NOT_FOUND)
        e = create(s, i, f, now);
    if (!e)
        e = update(shape, path, &f->rows, now);
    if (e == ERR_MALFORMED && !(e = put_aside(s, shape, path, now))) { /* once more, with a new file */
        e = create(s, i, f, now);
        if (!e)
            e = rrd_io_update(path, shape, f->rows.times, f->rows.values, f->rows.pending);
    }
    tell_space(s, e);
    if (e) {
        if (f->rows.pending > PENDING_ROWS_MAX)
            drop_older_half(&f->rows);
        return e;
    }
    s->figures.updates++;
    s->figures.rows += f->rows.pending;
    s->figures.values += f->rows.pending * shape->count;
    rows_committed(&f->rows);
    return ERR_OK;
}

/* *until: now (wall s); receives where the file ends then. */
static enum err leave_future(struct store_files *s, const struct rrd_file *shape, const char *path,
                             int64_t last, int64_t *until)
{
    enum err e = ERR_OK;

    s->figures.rewound++;
    if (last - *until > STORE_BEFORE_LEAP / SECONDS && store_before_restore(path, shape, 0, *until, until)) {
        log_warning("%s ends in the future: what it was before the clock went wrong is put back", path);
        return ERR_OK;
    }
    log_warning("%s ends in the future: it is rewritten up to now", path);
    if (last - *until > STORE_BEFORE_LEAST / SECONDS)
        e = store_before_keep(path, shape, last, true);
    return e ? e : rrd_io_create(path, shape, *until, path);
}

enum err store_files_rewind(struct store_files *s, size_t i, ns_t now)
{
    const struct rrd_file *shape = rrd_index_at(s->index, i);
    struct file *f = used_file(s, i);
    int64_t until = now / SECONDS / shape->step * shape->step;
    char path[RRD_PATH_SIZE];
    enum err e = ERR_OK;

    if (!f || f->rows.emitted <= now + shape->step * SECONDS)
        return ERR_OK;
    rrd_index_path(s->rrd_dir, shape->number, path);
    if (f->state == FILE_READY && f->rows.committed > now + shape->step * SECONDS)
        e = leave_future(s, shape, path, f->rows.committed / SECONDS, &until);
    if (!e)
        rows_rewind(&f->rows, f->rows.committed ? until * SECONDS : 0);
    return e;
}
