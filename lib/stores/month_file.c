/* SPDX-License-Identifier: GPL-3.0-or-later */
/* month_file.c - the two files that hold a month's figures. Takes nothing in them for granted. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/strx.h"
#include "lib/stores/month.h"
#include "lib/stores/rrd_index.h"

enum { FILE_BYTES_MAX = 4 << 20, CHUNK = 65536 };

/* ".../00000012.month" of ".../00000012.rrd". */
static void month_path(const char *rrd_dir, uint32_t number, const char *extension, char out[RRD_PATH_SIZE])
{
    char *dot;

    rrd_index_path(rrd_dir, number, out);
    dot = strrchr(out, '.');
    snprintf(dot, (size_t)(out + RRD_PATH_SIZE - dot), "%s", extension);
}

static enum err read_all(const char *path, struct buf *out)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    ssize_t n = 1;
    enum err e = fd < 0 ? err_from_errno(errno) : ERR_OK;

    buf_init(out, FILE_BYTES_MAX + CHUNK);
    while (!e && n > 0) {
        size_t before = out->len;
        char *room = buf_extend(out, CHUNK);
        if (!room)
            e = buf_error(out);
        else if ((n = read(fd, room, CHUNK)) < 0)
            e = err_from_errno(errno);
        out->len = before + (n > 0 ? (size_t)n : 0);
    }
    if (fd >= 0)
        close(fd);
    return e;
}

static enum err write_all(int fd, const struct buf *bytes)
{
    ssize_t n = write(fd, bytes->data, bytes->len);

    if (n < 0)
        return err_from_errno(errno);
    return (size_t)n == bytes->len ? ERR_OK : ERR_NO_SPACE;
}

/* ---- the month that runs ---- */

enum err month_load(const char *rrd_dir, uint32_t number, struct month *out)
{
    char path[RRD_PATH_SIZE];
    struct buf bytes = BUF_INIT;
    enum err e;

    month_path(rrd_dir, number, ".month", path);
    e = read_all(path, &bytes);
    if (!e)
        e = bytes.len ? month_unpack(bytes.data, bytes.len, out) : ERR_TRUNCATED;
    buf_fini(&bytes);
    return e;
}

/* Not synced: what a power cut takes is gathered again from the RRD file, which holds weeks. */
enum err month_save(const char *rrd_dir, uint32_t number, const struct month *m)
{
    char path[RRD_PATH_SIZE], temporary[RRD_PATH_SIZE];
    struct buf bytes = BUF_INIT;
    enum err e;
    int fd = -1;

    month_path(rrd_dir, number, ".month", path);
    month_path(rrd_dir, number, ".month.new", temporary);
    month_pack(m, &bytes);
    e = buf_error(&bytes);
    if (!e)
        fd = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0640);
    if (!e && fd < 0)
        e = err_from_errno(errno);
    if (!e)
        e = write_all(fd, &bytes);
    if (fd >= 0 && close(fd) && !e)
        e = err_from_errno(errno);
    if (!e && rename(temporary, path))
        e = err_from_errno(errno);
    if (e && fd >= 0)
        unlink(temporary);
    buf_fini(&bytes);
    return e;
}

/* ---- months that are over ---- */

static void each_line(const struct buf *text, month_line_fn *fn, void *ctx)
{
    struct month_line line;
    const char *at = text->data, *end;

    while (at && (end = memchr(at, '\n', text->len - (size_t)(at - text->data)))) {
        if (month_parse_line(at, (size_t)(end - at), &line) == ERR_OK)
            fn(ctx, &line);
        at = end + 1;
    }
}

enum err month_each_line(const char *rrd_dir, uint32_t number, month_line_fn *fn, void *ctx)
{
    char path[RRD_PATH_SIZE];
    struct buf text = BUF_INIT;
    enum err e;

    month_path(rrd_dir, number, ".months", path);
    e = read_all(path, &text);
    if (!e)
        each_line(&text, fn, ctx);
    buf_fini(&text);
    return e == ERR_NOT_FOUND ? ERR_OK : e;
}

/* What stands there already. */
struct known {
    const char *name;
    uint32_t known[RRD_DS_MAX];
    const struct month *m;
};

static void note_known(void *ctx, const struct month_line *line)
{
    struct known *k = ctx;

    for (unsigned i = 0; i < k->m->count; i++)
        if (k->m->sums[i].metric == line->metric && strcmp(k->name, line->name) == 0)
            k->known[i] = line->known;
}

static void put_new_lines(const struct month *m, const struct buf *old, struct buf *out)
{
    struct known known = {.m = m};
    struct month_line line;

    for (unsigned i = 0; i < m->count; i++) {
        if (!month_line_of(m, &m->sums[i], &line))
            continue;
        if (!known.name) {
            known.name = line.name;
            each_line(old, note_known, &known);
        }
        if (line.known > known.known[i])
            month_put_line(&line, out);
    }
}

enum err month_close(const char *rrd_dir, uint32_t number, const struct month *m)
{
    char path[RRD_PATH_SIZE];
    struct buf old = BUF_INIT, lines = BUF_INIT;
    enum err e;
    int fd = -1;

    month_path(rrd_dir, number, ".months", path);
    e = read_all(path, &old);
    if (e == ERR_NOT_FOUND)
        e = ERR_OK;
    if (!e && old.len &&
        old.data[old.len - 1] != '\n') /* torn by a crash: it does not check, and ends here */
        buf_str(&lines, "\n");
    if (!e) {
        put_new_lines(m, &old, &lines);
        e = buf_error(&lines);
    }
    if (!e && lines.len)
        fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0640);
    if (!e && lines.len && fd < 0)
        e = err_from_errno(errno);
    if (!e && lines.len)
        e = write_all(fd, &lines);
    if (!e && lines.len && fdatasync(fd)) /* once a month: kept for ten years */
        e = err_from_errno(errno);
    if (fd >= 0)
        close(fd);
    buf_fini(&old);
    buf_fini(&lines);
    return e;
}
