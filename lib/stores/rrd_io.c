/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rrd_io.c - reads RRD files. Knows librrd and the layout of its header (rrd_format.h). */
#include "lib/stores/rrd_io.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define RRD_EXPORT_DEPRECATED /* the layout of the header */
#include <rrd.h>

enum { FETCH_ROWS_MAX = 200000, HEADER_BYTES_MAX = 65536 };

/* ---- is this the file that the index describes? ---- */

static bool is_named(const char *field, size_t size, const char *name)
{
    return memchr(field, '\0', size) && strcmp(field, name) == 0;
}

static bool is_head_right(const stat_head_t *head, const struct rrd_file *file, size_t archives)
{
    return memcmp(head->cookie, "RRD", 4) == 0 && is_named(head->version, sizeof head->version, "0003") &&
           head->float_cookie == 8.642135E130 && head->ds_cnt == file->count && head->rra_cnt == archives &&
           head->pdp_step == file->step;
}

static bool is_ds_right(const ds_def_t *ds, enum metric metric)
{
    char name[RRD_DS_NAME_SIZE];

    rrd_layout_ds_name(metric, name);
    return is_named(ds->ds_nam, sizeof ds->ds_nam, name) && is_named(ds->dst, sizeof ds->dst, "GAUGE") &&
           ds->par[DS_mrhb_cnt].u_cnt == RRD_HEARTBEAT && isnan(ds->par[DS_min_val].u_val) &&
           isnan(ds->par[DS_max_val].u_val);
}

static bool is_archive_right(const rra_def_t *rra, const struct rrd_archive *archive)
{
    return is_named(rra->cf_nam, sizeof rra->cf_nam, rrd_cf_name(archive->cf)) &&
           rra->row_cnt == archive->rows && rra->pdp_cnt == archive->pdps &&
           rra->par[RRA_cdp_xff_val].u_val >= 0 && rra->par[RRA_cdp_xff_val].u_val < 1;
}

/* bytes: the whole header. Copies out of it, since nothing in a file is aligned by right. */
static enum err check_header(const uint8_t *bytes, const struct rrd_file *file, int64_t *last)
{
    struct rrd_archive archives[RRD_ARCHIVES_MAX];
    size_t archive_count = rrd_layout_archives(file->storage, &file->keep, archives);
    stat_head_t head;
    ds_def_t ds;
    rra_def_t rra;
    live_head_t live;
    rra_ptr_t pointer;

    memcpy(&head, bytes, sizeof head);
    bytes += sizeof head;
    if (!is_head_right(&head, file, archive_count))
        return ERR_MALFORMED;
    for (unsigned i = 0; i < file->count; i++, bytes += sizeof ds) {
        memcpy(&ds, bytes, sizeof ds);
        if (!is_ds_right(&ds, file->metrics[i]))
            return ERR_MALFORMED;
    }
    for (size_t i = 0; i < archive_count; i++, bytes += sizeof rra) {
        memcpy(&rra, bytes, sizeof rra);
        if (!is_archive_right(&rra, &archives[i]))
            return ERR_MALFORMED;
    }
    memcpy(&live, bytes, sizeof live);
    bytes += sizeof live + file->count * (sizeof(pdp_prep_t) + archive_count * sizeof(cdp_prep_t));
    if (live.last_up < 0 || live.last_up > INT32_MAX * 2LL || live.last_up_usec < 0 ||
        live.last_up_usec > 999999)
        return ERR_MALFORMED;
    for (size_t i = 0; i < archive_count; i++, bytes += sizeof pointer) {
        memcpy(&pointer, bytes, sizeof pointer);
        if (pointer.cur_row >= archives[i].rows)
            return ERR_MALFORMED;
    }
    if (last)
        *last = live.last_up;
    return ERR_OK;
}

size_t rrd_io_header_size(const struct rrd_file *file)
{
    struct rrd_archive unused[RRD_ARCHIVES_MAX];
    size_t archives = rrd_layout_archives(file->storage, &file->keep, unused);

    return sizeof(stat_head_t) + file->count * sizeof(ds_def_t) + archives * sizeof(rra_def_t) +
           sizeof(live_head_t) + file->count * sizeof(pdp_prep_t) +
           file->count * archives * sizeof(cdp_prep_t) + archives * sizeof(rra_ptr_t);
}

static bool has_cookie(const uint8_t *bytes, size_t size)
{
    return size >= 4 && memcmp(bytes, "RRD", 4) == 0;
}

/* *fault: see rrd_io_fault(). */
static enum err judge(int fd, const struct rrd_file *file, int64_t *last, const char **fault)
{
    uint8_t bytes[HEADER_BYTES_MAX];
    size_t size = rrd_io_header_size(file);
    int64_t wanted = rrd_layout_size(file->storage, &file->keep, file->count);
    struct stat st;
    ssize_t n;

    *fault = "unreadable";
    if (size > sizeof bytes)
        return ERR_LIMIT;
    if (fstat(fd, &st))
        return err_from_errno(errno);
    if (!S_ISREG(st.st_mode))
        return ERR_MALFORMED;
    n = pread(fd, bytes, size, 0);
    if (n < 0)
        return err_from_errno(errno);
    if (st.st_size == 0)
        *fault = "empty";
    else if (!has_cookie(bytes, (size_t)n))
        *fault = "not-rrd";
    else if (st.st_size != wanted)
        *fault = st.st_size < wanted ? "truncated" : "size";
    else
        *fault = (size_t)n == size && check_header(bytes, file, last) == ERR_OK ? NULL : "layout";
    return *fault ? ERR_MALFORMED : ERR_OK;
}

static enum err check_file(const char *path, const struct rrd_file *file, int64_t *last, const char **fault)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    enum err e;

    *fault = "unreadable";
    if (fd < 0)
        return errno == ELOOP ? ERR_MALFORMED : err_from_errno(errno);
    (void)posix_fadvise(fd, 0, 0, POSIX_FADV_RANDOM); /* the header alone, nothing read ahead */
    e = judge(fd, file, last, fault);
    close(fd);
    return e;
}

enum err rrd_io_check(const char *path, const struct rrd_file *file, int64_t *last)
{
    const char *fault;

    return check_file(path, file, last, &fault);
}

const char *rrd_io_fault(const char *path, const struct rrd_file *file)
{
    const char *fault;

    return check_file(path, file, NULL, &fault) ? fault : NULL;
}

/* ---- rows ---- */

static bool has_archive(const struct rrd_file *file, enum rrd_cf cf, unsigned pdps, unsigned *rows)
{
    struct rrd_archive archives[RRD_ARCHIVES_MAX];
    size_t count = rrd_layout_archives(file->storage, &file->keep, archives);

    for (size_t i = 0; i < count; i++)
        if (archives[i].cf == cf && archives[i].pdps == pdps) {
            *rows = archives[i].rows;
            return true;
        }
    return false;
}

enum err rrd_io_fetch(const char *path, const struct rrd_file *file, enum rrd_cf cf, unsigned pdps,
                      int64_t from, int64_t to, struct rrd_rows *out)
{
    unsigned long step = (unsigned long)file->step * pdps, count = 0;
    int64_t width = (int64_t)step, last;
    char **names = NULL;
    rrd_value_t *data = NULL;
    time_t start, end, wanted_end;
    unsigned rows;
    enum err e = has_archive(file, cf, pdps, &rows) ? rrd_io_check(path, file, &last) : ERR_NOT_FOUND;

    if (e)
        return e;
    /* librrd takes the archive that covers the time best: asking beyond this one's reach gives another */
    if (from < last - (int64_t)(rows - 1) * width)
        from = last - (int64_t)(rows - 1) * width;
    if (to > last)
        to = last;
    start = from / width * width;
    end = wanted_end = (to + width - 1) / width * width;
    if (end <= start) {
        *out = (struct rrd_rows){.start = start, .step = width, .count = file->count};
        return ERR_OK;
    }
    if ((end - start) / width > FETCH_ROWS_MAX)
        return ERR_LIMIT;
    rrd_clear_error();
    if (rrd_fetch_r(path, rrd_cf_name(cf), &start, &end, &step, &count, &names, &data))
        return ERR_MALFORMED;
    for (unsigned long i = 0; i < count; i++)
        free(names[i]);
    free(names);
    if (step != (unsigned long)width || count != file->count) {
        free(data);
        return ERR_NOT_FOUND;
    }
    /* row i of librrd ends at start + (i + 1) * step; it gives one more than asked for */
    if (end > wanted_end)
        end = wanted_end;
    *out = (struct rrd_rows){start, width, (size_t)((end - start) / width), file->count, data};
    return ERR_OK;
}
