/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rrd_io_write.c - creates and updates RRD files, for the store alone. Knows librrd. */
#include "lib/stores/rrd_io.h"

#include <errno.h>
#include <libgen.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <rrd.h>

#include "lib/base/buf.h"

enum { DEFINITION_SIZE = 64, ARCHIVES_MAX = 8, ROWS_A_CALL = 64, SIGNIFICANT_DIGITS = 10 };

static enum err make_parent(const char *path)
{
    char copy[RRD_PATH_SIZE];

    snprintf(copy, sizeof copy, "%s", path);
    return mkdir(dirname(copy), 0750) == 0 || errno == EEXIST ? ERR_OK : err_from_errno(errno);
}

enum err rrd_io_create(const char *path, const struct rrd_file *file, int64_t start, const char *old)
{
    char definitions[RRD_DS_MAX + ARCHIVES_MAX][DEFINITION_SIZE], name[RRD_DS_NAME_SIZE],
        temporary[RRD_PATH_SIZE];
    const char *args[RRD_DS_MAX + ARCHIVES_MAX], *sources[] = {old, NULL};
    size_t archive_count, n = 0;
    const struct rrd_archive *archives = rrd_layout_archives(file->storage, &archive_count);
    enum err e = make_parent(path);

    if (e)
        return e;
    if (snprintf(temporary, sizeof temporary, "%s.new", path) >= (int)sizeof temporary)
        return ERR_LIMIT;
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
        e = errno ? err_from_errno(errno) : ERR_MALFORMED;
    else if (chmod(temporary, 0640) || rename(temporary, path)) /* librrd sets 0644 whatever the umask */
        e = err_from_errno(errno);
    if (e)
        unlink(temporary);
    return e;
}

/* "time:value:value…" as librrd reads it; U = unknown. */
static void put_row(struct buf *out, int64_t time, const double *values, unsigned count)
{
    buf_printf(out, "%lld", (long long)time);
    for (unsigned i = 0; i < count; i++) {
        double v = values[i];
        if (isfinite(v) && v == (double)(int32_t)v) /* most are whole numbers, and this is much cheaper */
            buf_printf(out, ":%d", (int)v);
        else if (isfinite(v))
            buf_printf(out, ":%.*g", SIGNIFICANT_DIGITS, v);
        else
            buf_str(out, ":U");
    }
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
        buf_put(&text, "", 1);
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
