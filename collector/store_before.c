/* SPDX-License-Identifier: GPL-3.0-or-later */
/* store_before.c - files before a jump of the clock. Knows the file system; librrd only through rrd_io. */
#include "collector/store_before.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/stores/rrd_io.h"

#define KEPT_FOR (3 * DAYS)

enum { PATH_SIZE = RRD_PATH_SIZE + 16, CHUNK = 1 << 20 };

struct paths {
    char before[PATH_SIZE], month[PATH_SIZE], month_before[PATH_SIZE];
};

static struct paths paths_of(const char *path)
{
    struct paths p;
    const char *dot = strrchr(path, '.');
    int stem = dot ? (int)(dot - path) : (int)strlen(path);

    snprintf(p.before, sizeof p.before, "%s.before", path);
    snprintf(p.month, sizeof p.month, "%.*s.month", stem, path);
    snprintf(p.month_before, sizeof p.month_before, "%.*s.month.before", stem, path);
    return p;
}

static enum err copy_bytes(int from, int to)
{
    ssize_t n;

    while ((n = copy_file_range(from, NULL, to, NULL, CHUNK, 0)) > 0)
        ;
    if (n < 0 || fsync(to))
        return err_from_errno(errno);
    return ERR_OK;
}

static enum err copy_file(const char *path, const char *copy)
{
    char temporary[PATH_SIZE + 4];
    int from = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW), to = -1;
    enum err e = from < 0 ? err_from_errno(errno) : ERR_OK;

    snprintf(temporary, sizeof temporary, "%s.new", copy);
    if (!e)
        to = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0640);
    if (!e && to < 0)
        e = err_from_errno(errno);
    if (!e)
        e = copy_bytes(from, to);
    if (from >= 0)
        close(from);
    if (to >= 0 && close(to) && !e)
        e = err_from_errno(errno);
    if (!e && rename(temporary, copy))
        e = err_from_errno(errno);
    if (e && to >= 0)
        unlink(temporary);
    return e;
}

enum err store_before_keep(const char *path, const struct rrd_file *file, int64_t last, bool is_replaced)
{
    struct paths p = paths_of(path);
    int64_t kept;
    enum err e = ERR_OK;

    if (rrd_io_check(p.before, file, &kept) == ERR_OK && kept > last)
        return ERR_OK;
    unlink(p.before);
    unlink(p.month_before);
    if (is_replaced && link(path, p.before))
        e = err_from_errno(errno);
    else if (!is_replaced)
        e = copy_file(path, p.before);
    /* month_save() replaces its file. Without one, or without a link, the rows tell it again. */
    if (!e)
        (void)!link(p.month, p.month_before);
    return e;
}

bool store_before_restore(const char *path, const struct rrd_file *file, int64_t after, int64_t until,
                          int64_t *last)
{
    struct paths p = paths_of(path);
    int64_t kept;

    if (rrd_io_check(p.before, file, &kept) || kept <= after || kept > until || rename(p.before, path))
        return false;
    if (rename(p.month_before, p.month))
        unlink(p.month); /* of the wrong time */
    *last = kept;
    return true;
}

void store_before_expire(const char *path)
{
    struct paths p = paths_of(path);
    struct stat kept, used;

    /* Both times by the same clock, however wrong it is. */
    if (lstat(p.before, &kept) || lstat(path, &used) ||
        (used.st_mtim.tv_sec - kept.st_ctim.tv_sec) * SECONDS < KEPT_FOR)
        return;
    unlink(p.before);
    unlink(p.month_before);
}
