/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rrd_io_write.c - creates and updates RRD files, for the store alone. Knows librrd. */
#include "lib/stores/rrd_io.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <rrd.h>

#include "lib/base/buf.h"

enum { DEFINITION_SIZE = 64, ROWS_A_CALL = 64, SIGNIFICANT_DIGITS = 10, VALUE_SIZE = 40 };

static enum err make_parent(const char *path)
{
    char copy[RRD_PATH_SIZE];

    snprintf(copy, sizeof copy, "%s", path);
    return mkdir(dirname(copy), 0750) == 0 || errno == EEXIST ? ERR_OK : err_from_errno(errno);
}

static enum err sync_path(const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    enum err e = fd >= 0 && fsync(fd) == 0 ? ERR_OK : err_from_errno(errno);

    if (fd >= 0)
        close(fd);
    return e;
}

static enum err sync_parent(const char *path)
{
    char copy[RRD_PATH_SIZE];

    snprintf(copy, sizeof copy, "%s", path);
    return sync_path(dirname(copy));
}

/* Of a file that is on the disk. librrd's pages came in large pieces, see rrd_io_uncache(). */
static void uncache_all(const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);

    if (fd < 0)
        return;
    (void)posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
    close(fd);
}

/* is_synced: what it replaces may be deleted afterwards. */
static enum err put_in_place(const char *temporary, const char *path, bool is_synced)
{
    enum err e =
        chmod(temporary, 0640) ? err_from_errno(errno) : ERR_OK; /* librrd: 0644 whatever the umask */

    if (!e && is_synced)
        e = sync_path(temporary);
    if (!e && rename(temporary, path))
        e = err_from_errno(errno);
    return !e && is_synced ? sync_parent(path) : e;
}

enum err rrd_io_make(const char *temporary, const struct rrd_file *file, int64_t start, const char *old)
{
    char definitions[RRD_DS_MAX + RRD_ARCHIVES_MAX][DEFINITION_SIZE], name[RRD_DS_NAME_SIZE];
    const char *args[RRD_DS_MAX + RRD_ARCHIVES_MAX], *sources[] = {old, NULL};
    struct rrd_archive archives[RRD_ARCHIVES_MAX];
    size_t archive_count = rrd_layout_archives(file->storage, &file->keep, archives), n = 0;

    for (unsigned i = 0; i < file->count; i++, n++) {
        rrd_layout_ds_name(file->metrics[i], name);
        snprintf(definitions[n], DEFINITION_SIZE, "DS:%s:GAUGE:%d:U:U", name, RRD_HEARTBEAT);
    }
    for (size_t i = 0; i < archive_count; i++, n++)
        snprintf(definitions[n], DEFINITION_SIZE, "RRA:%s:0.5:%u:%u", rrd_cf_name(archives[i].cf),
                 archives[i].pdps, archives[i].rows);
    for (size_t i = 0; i < n; i++)
        args[i] = definitions[i];
    rrd_clear_error();
    errno = 0;
    if (rrd_create_r2(temporary, file->step, (time_t)start, 0, old ? sources : NULL, NULL, (int)n, args))
        return errno ? err_from_errno(errno) : ERR_MALFORMED;
    return ERR_OK;
}

enum err rrd_io_create(const char *path, const struct rrd_file *file, int64_t start, const char *old)
{
    char temporary[RRD_PATH_SIZE];
    enum err e = make_parent(path);

    if (e)
        return e;
    if (snprintf(temporary, sizeof temporary, "%s.new", path) >= (int)sizeof temporary)
        return ERR_LIMIT;
    e = old ? rrd_io_make(temporary, file, start, old) : rrd_io_make_empty(temporary, file, start);
    if (!e)
        e = put_in_place(temporary, path, old != NULL);
    if (!e && old)
        uncache_all(path);
    if (e)
        unlink(temporary);
    return e;
}

/* ---- numbers as text: half of what a value costs, if printf() does it ---- */

static size_t put_digits(char *to, uint64_t number)
{
    char digits[24];
    size_t n = 0;

    do
        digits[n++] = (char)('0' + number % 10);
    while (number /= 10);
    for (size_t i = 0; i < n; i++)
        to[i] = digits[n - 1 - i];
    return n;
}

/* 1 <= v < 1e9: nine to six decimals, so that at least as many digits count as with "%.10g" for the rest. */
static size_t put_fixed(char *to, double v)
{
    unsigned decimals = v < 1e6 ? 9 : 6;
    uint64_t scale = decimals == 9 ? 1000000000 : 1000000, number = (uint64_t)(v * (double)scale + 0.5),
             fraction = number % scale;
    size_t n = put_digits(to, number / scale);

    if (fraction == 0)
        return n;
    to[n++] = '.';
    for (uint64_t place = scale / 10; fraction; place /= 10) {
        to[n++] = (char)('0' + fraction / place);
        fraction %= place;
    }
    return n;
}

/* U = unknown. to has VALUE_SIZE bytes. */
static size_t put_value(char *to, double v)
{
    size_t n = 0;

    if (!isfinite(v)) {
        to[0] = 'U';
        return 1;
    }
    if (v < 0) {
        to[n++] = '-';
        v = -v;
    }
    if (v == (double)(uint32_t)fmin(v, 4e9))
        return n + put_digits(to + n, (uint64_t)v);
    if (v >= 1 && v < 1e9)
        return n + put_fixed(to + n, v);
    return n + (size_t)snprintf(to + n, VALUE_SIZE - n, "%.*g", SIGNIFICANT_DIGITS, v);
}

/* "time:value:value…" and a NUL, as librrd reads it. */
static void put_row(struct buf *out, int64_t time, const double *values, unsigned count)
{
    char row[VALUE_SIZE * (RRD_DS_MAX + 1)];
    size_t n = put_digits(row, time > 0 ? (uint64_t)time : 0);

    for (unsigned i = 0; i < count; i++) {
        row[n++] = ':';
        n += put_value(row + n, values[i]);
    }
    row[n++] = '\0';
    buf_put(out, row, n);
}

static enum err update_some(const char *path, const struct rrd_file *file, const int64_t *times,
                            const double *values, size_t count)
{
    const char *args[ROWS_A_CALL];
    size_t at[ROWS_A_CALL];
    struct buf text = BUF_INIT;
    enum err e;

    for (size_t i = 0; i < count; i++) {
        at[i] = text.len;
        put_row(&text, times[i], values + i * file->count, file->count);
    }
    e = buf_error(&text);
    for (size_t i = 0; !e && i < count; i++)
        args[i] = text.data + at[i];
    rrd_clear_error();
    if (!e && rrd_updatex_r(path, NULL, RRD_SKIP_PAST_UPDATES, (int)count, args))
        e = ERR_MALFORMED;
    buf_fini(&text);
    return e;
}

enum err rrd_io_update(const char *path, const struct rrd_file *file, const int64_t *times,
                       const double *values, size_t count)
{
    enum err e = ERR_OK;

    for (size_t done = 0; !e && done < count; done += ROWS_A_CALL) {
        size_t some = count - done < ROWS_A_CALL ? count - done : ROWS_A_CALL;
        e = update_some(path, file, times + done, values + done * file->count, some);
    }
    return e;
}
