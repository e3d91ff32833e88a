/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rrd_io_new.c - makes empty RRD files, for the store alone. librrd makes one of each shape; the others are
 * its header with another start and other names, written rather than mapped (decision 0060). Knows the layout
 * of the header (rrd_format.h). */
#include "lib/stores/rrd_io.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define RRD_EXPORT_DEPRECATED /* the layout of the header */
#include <rrd.h>

#include "lib/base/crc32c.h"

enum {
    PAGE = 4096,
    FIRST_ROWS = 48,        /* those of the first two updates, of 20 rows as a rule, and some */
    BLANK_BYTES = 64 << 10, /* no piece of a file is written in larger portions */
    SHAPES_MAX = 16,
    HOT_MAX = RRD_ARCHIVES_MAX + 1,
};

/* ---- where rows are written first ---- */

/* Pages of a file: first <= page < end */
struct span {
    int64_t first, end;
};

/* As with librrd each file begins somewhere else in its ring, so that not all of them come to a new page at
 * the same time. By its number, so that it is known again. */
static unsigned long first_row(const struct rrd_file *file, size_t archive, unsigned rows)
{
    uint32_t seed[] = {file->number, (uint32_t)archive};

    return crc32c(0, seed, sizeof seed) % rows;
}

static int compare_spans(const void *a, const void *b)
{
    const struct span *x = a, *y = b;

    return x->first < y->first ? -1 : x->first > y->first;
}

/* The header, and in each archive the rows that come first (what goes around the end of the ring is left
 * out). In order; they may overlap. */
static size_t hot_spans(const struct rrd_file *file, struct span out[HOT_MAX])
{
    struct rrd_archive archives[RRD_ARCHIVES_MAX];
    size_t count = rrd_layout_archives(file->storage, &file->keep, archives);
    int64_t at = (int64_t)rrd_io_header_size(file), width = 8 * (int64_t)file->count;

    out[0] = (struct span){0, (at + PAGE - 1) / PAGE};
    for (size_t i = 0; i < count; i++) {
        int64_t row = ((int64_t)first_row(file, i, archives[i].rows) + 1) % archives[i].rows;
        int64_t end = row + FIRST_ROWS < archives[i].rows ? row + FIRST_ROWS : archives[i].rows;
        out[i + 1] = (struct span){(at + row * width) / PAGE, (at + end * width + PAGE - 1) / PAGE};
        at += archives[i].rows * width;
    }
    qsort(out, count + 1, sizeof *out, compare_spans);
    return count + 1;
}

/* ---- shapes ---- */

struct shape {
    struct rrd_file file; /* source and entity: NULL; storage, step, keep and count say whether it fits */
    uint8_t *header;
    double unknown; /* as librrd writes it */
};

static struct shape shapes[SHAPES_MAX];
static size_t shape_count;

static bool is_like(const struct rrd_file *a, const struct rrd_file *b)
{
    return a->storage == b->storage && a->step == b->step && a->count == b->count &&
           memcmp(&a->keep, &b->keep, sizeof a->keep) == 0;
}

static enum err read_header(const char *path, size_t size, struct shape *out)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    enum err e = fd < 0 ? err_from_errno(errno) : ERR_OK;

    out->header = malloc(size);
    if (!e && !out->header)
        e = ERR_NOMEM;
    if (!e && (pread(fd, out->header, size, 0) != (ssize_t)size ||
               pread(fd, &out->unknown, sizeof out->unknown, (off_t)size) != sizeof out->unknown))
        e = ERR_IO;
    if (fd >= 0)
        close(fd);
    if (e) {
        free(out->header);
        out->header = NULL;
    }
    return e;
}

/* temporary: where librrd may make the first one; it is written over afterwards. */
static enum err find_shape(const char *temporary, const struct rrd_file *file, int64_t start,
                           const struct shape **out)
{
    struct shape made = {.file = *file};
    enum err e;

    for (size_t i = 0; i < shape_count && i < SHAPES_MAX; i++)
        if (is_like(&shapes[i].file, file)) {
            *out = &shapes[i];
            return ERR_OK;
        }
    made.file.source = made.file.entity = NULL;
    e = rrd_io_make(temporary, file, start, NULL);
    if (!e)
        e = rrd_io_check(temporary, file, NULL);
    if (!e)
        e = read_header(temporary, rrd_io_header_size(file), &made);
    if (e)
        return e;
    free(shapes[shape_count % SHAPES_MAX].header);
    shapes[shape_count % SHAPES_MAX] = made;
    *out = &shapes[shape_count++ % SHAPES_MAX];
    if (shape_count == 2 * SHAPES_MAX) /* all places are in use, the oldest one is next */
        shape_count = SHAPES_MAX;
    return ERR_OK;
}

/* ---- a header for this file ---- */

static uint8_t *put_names(uint8_t *at, const struct rrd_file *file)
{
    for (unsigned i = 0; i < file->count; i++, at += sizeof(ds_def_t)) {
        ds_def_t ds;
        memcpy(&ds, at, sizeof ds);
        memset(ds.ds_nam, 0, sizeof ds.ds_nam);
        rrd_layout_ds_name(file->metrics[i], ds.ds_nam);
        memcpy(at, &ds, sizeof ds);
    }
    return at;
}

/* Nothing is known of the step that runs. */
static uint8_t *put_steps(uint8_t *at, const struct rrd_file *file, unsigned long unknown)
{
    for (unsigned i = 0; i < file->count; i++, at += sizeof(pdp_prep_t)) {
        pdp_prep_t pdp;
        memcpy(&pdp, at, sizeof pdp);
        pdp.scratch[PDP_unkn_sec_cnt].u_cnt = unknown;
        memcpy(at, &pdp, sizeof pdp);
    }
    return at;
}

/* … nor of the rows that run: as many of their steps are over without a value. */
static uint8_t *put_rows(uint8_t *at, const struct rrd_file *file, unsigned long unknown)
{
    for (unsigned i = 0; i < file->count; i++, at += sizeof(cdp_prep_t)) {
        cdp_prep_t cdp;
        memcpy(&cdp, at, sizeof cdp);
        cdp.scratch[CDP_unkn_pdp_cnt].u_cnt = unknown;
        memcpy(at, &cdp, sizeof cdp);
    }
    return at;
}

static void put_header(uint8_t *at, const struct rrd_file *file, int64_t start)
{
    struct rrd_archive archives[RRD_ARCHIVES_MAX];
    size_t count = rrd_layout_archives(file->storage, &file->keep, archives);
    live_head_t live = {.last_up = (time_t)start};
    unsigned long steps = (unsigned long)start / file->step;

    at = put_names(at + sizeof(stat_head_t), file);
    at += count * sizeof(rra_def_t);
    memcpy(at, &live, sizeof live);
    at = put_steps(at + sizeof live, file, (unsigned long)start % file->step);
    for (size_t i = 0; i < count; i++)
        at = put_rows(at, file, steps % archives[i].pdps);
    for (size_t i = 0; i < count; i++, at += sizeof(rra_ptr_t)) {
        rra_ptr_t pointer = {.cur_row = first_row(file, i, archives[i].rows)};
        memcpy(at, &pointer, sizeof pointer);
    }
}

/* ---- writing ---- */

static enum err write_all(int fd, const uint8_t *bytes, size_t size, int64_t at)
{
    while (size > 0) {
        ssize_t n = pwrite(fd, bytes, size, (off_t)at);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return n ? err_from_errno(errno) : ERR_IO;
        bytes += n;
        at += n;
        size -= (size_t)n;
    }
    return ERR_OK;
}

/* from, to: bytes; portion: at most BLANK_BYTES */
static enum err write_blank(int fd, const double *blank, int64_t from, int64_t to, int64_t portion)
{
    enum err e = ERR_OK;

    for (int64_t n; !e && from < to; from += n) {
        n = to - from < portion ? to - from : portion;
        e = write_all(fd, (const uint8_t *)blank, (size_t)n, from);
    }
    return e;
}

/* Page by page where rows come first, in large portions elsewhere: a portion becomes one piece of the page
 * cache, and librrd's mmap() makes the whole piece dirty with each row in it. */
static enum err write_rows(int fd, const struct rrd_file *file, const double *blank)
{
    int64_t size = rrd_layout_size(file->storage, &file->keep, file->count);
    int64_t at = (int64_t)rrd_io_header_size(file);
    struct span hot[HOT_MAX];
    size_t count = hot_spans(file, hot);
    enum err e = ERR_OK;

    at = (at + PAGE - 1) / PAGE * PAGE; /* so far it came with the header */
    for (size_t i = 0; !e && i < count; i++) {
        int64_t first = hot[i].first * PAGE, end = hot[i].end * PAGE < size ? hot[i].end * PAGE : size;
        e = write_blank(fd, blank, at, first, BLANK_BYTES);
        at = first > at ? first : at;
        if (!e)
            e = write_blank(fd, blank, at, end, PAGE);
        at = end > at ? end : at;
    }
    return e ? e : write_blank(fd, blank, at, size, BLANK_BYTES);
}

static enum err write_head(int fd, const struct rrd_file *file, const struct shape *shape, int64_t start,
                           const double *blank)
{
    size_t size = rrd_io_header_size(file), pages = (size + PAGE - 1) / PAGE;
    int64_t whole = rrd_layout_size(file->storage, &file->keep, file->count);
    uint8_t *bytes = malloc(pages * PAGE);
    enum err e = ERR_OK;

    if (!bytes)
        return ERR_NOMEM;
    memcpy(bytes, shape->header, size);
    put_header(bytes, file, start);
    memcpy(bytes + size, blank, pages * PAGE - size);
    for (size_t i = 0; !e && i < pages; i++) {
        int64_t left = whole - (int64_t)(i * PAGE);
        e = write_all(fd, bytes + i * PAGE, left < PAGE ? (size_t)left : PAGE, (int64_t)(i * PAGE));
    }
    free(bytes);
    return e;
}

enum err rrd_io_make_empty(const char *temporary, const struct rrd_file *file, int64_t start)
{
    const struct shape *shape = NULL;
    double *blank = NULL;
    enum err e = find_shape(temporary, file, start, &shape);
    int fd = -1;

    if (!e && !(blank = malloc(BLANK_BYTES)))
        e = ERR_NOMEM;
    for (size_t i = 0; !e && i < BLANK_BYTES / sizeof *blank; i++)
        memcpy(blank + i, &shape->unknown, sizeof *blank);
    if (!e && (fd = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0640)) < 0)
        e = err_from_errno(errno);
    if (!e)
        e = write_head(fd, file, shape, start, blank);
    if (!e)
        e = write_rows(fd, file, blank);
    if (fd >= 0 && close(fd) && !e)
        e = err_from_errno(errno);
    free(blank);
    return e;
}

void rrd_io_uncache(const char *path, const struct rrd_file *file)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    struct span hot[HOT_MAX];
    size_t count = hot_spans(file, hot);
    int64_t at = 0;

    if (fd < 0)
        return;
    for (size_t i = 0; i < count; i++) { /* advice: what is dirty stays */
        if (hot[i].first > at)
            (void)posix_fadvise(fd, (off_t)(at * PAGE), (off_t)((hot[i].first - at) * PAGE),
                                POSIX_FADV_DONTNEED);
        at = hot[i].end > at ? hot[i].end : at;
    }
    (void)posix_fadvise(fd, (off_t)(at * PAGE), 0, POSIX_FADV_DONTNEED);
    close(fd);
}
