/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rrd_io_fill.c - fills in what an RRD file does not know. librrd takes nothing older than the newest row, so
 * this knows where a row lies in a file (rrd_format.h). */
#include "lib/stores/rrd_io.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define RRD_EXPORT_DEPRECATED /* the layout of the header */
#include <rrd.h>

struct fill {
    const struct rrd_file *file;
    int64_t last;
    uint8_t *bytes; /* the whole file */
    size_t size;
    rrd_fill_fn *fn;
    void *ctx;
    uint64_t filled;
};

static enum err read_file(const char *path, struct fill *f)
{
    size_t got = 0;
    ssize_t n = 1;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);

    if (fd < 0)
        return err_from_errno(errno);
    f->size = (size_t)rrd_layout_size(f->file->storage, &f->file->keep, f->file->count);
    f->bytes = malloc(f->size);
    while (f->bytes && got < f->size && (n = read(fd, f->bytes + got, f->size - got)) > 0)
        got += (size_t)n;
    close(fd);
    if (!f->bytes)
        return ERR_NOMEM;
    return got == f->size ? ERR_OK : ERR_IO;
}

/* rows: where the archive's rows begin; its newest one is number `current`. */
static enum err fill_archive(struct fill *f, const struct rrd_archive *archive, uint8_t *rows, size_t current)
{
    int64_t width = (int64_t)f->file->step * archive->pdps, end = f->last / width * width;
    double *values = malloc(archive->rows * sizeof *values), known;

    if (!values)
        return ERR_NOMEM;
    for (unsigned ds = 0; ds < f->file->count; ds++) {
        for (size_t i = 0; i < archive->rows; i++)
            values[i] = NAN;
        f->fn(f->ctx, ds, archive->cf, end - width * (int64_t)archive->rows, width, archive->rows, values);
        for (size_t i = 0; i < archive->rows; i++) { /* the oldest row follows the newest one in the ring */
            size_t row = (current + 1 + i) % archive->rows;
            uint8_t *cell = rows + (row * f->file->count + ds) * sizeof known;
            memcpy(&known, cell, sizeof known);
            if (!isnan(known) || !isfinite(values[i]))
                continue;
            memcpy(cell, &values[i], sizeof known);
            f->filled++;
        }
    }
    free(values);
    return ERR_OK;
}

static enum err fill_all(struct fill *f)
{
    struct rrd_archive archives[RRD_ARCHIVES_MAX];
    size_t count = rrd_layout_archives(f->file->storage, &f->file->keep, archives);
    size_t header = rrd_io_header_size(f->file);
    const uint8_t *pointers = f->bytes + header - count * sizeof(rra_ptr_t);
    uint8_t *rows = f->bytes + header;
    enum err e = ERR_OK;

    for (size_t i = 0; !e && i < count; i++) {
        rra_ptr_t pointer;
        memcpy(&pointer, pointers + i * sizeof pointer, sizeof pointer);
        e = fill_archive(f, &archives[i], rows, pointer.cur_row);
        rows += (size_t)archives[i].rows * f->file->count * sizeof(double);
    }
    return e;
}

static enum err write_file(const char *path, const struct fill *f)
{
    char temporary[RRD_PATH_SIZE];
    enum err e = ERR_OK;
    int fd;

    if (snprintf(temporary, sizeof temporary, "%s.fill", path) >= (int)sizeof temporary)
        return ERR_LIMIT;
    fd = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0640);
    if (fd < 0)
        return err_from_errno(errno);
    for (size_t done = 0; !e && done < f->size;) {
        ssize_t n = write(fd, f->bytes + done, f->size - done);
        if (n < 0)
            e = err_from_errno(errno);
        else
            done += (size_t)n;
    }
    if (!e && fsync(fd))
        e = err_from_errno(errno);
    if (close(fd) && !e)
        e = err_from_errno(errno);
    if (!e && rename(temporary, path))
        e = err_from_errno(errno);
    if (e)
        unlink(temporary);
    return e;
}

enum err rrd_io_fill(const char *path, const struct rrd_file *file, rrd_fill_fn *fn, void *ctx,
                     uint64_t *filled)
{
    struct fill f = {.file = file, .fn = fn, .ctx = ctx};
    enum err e = rrd_io_check(path, file, &f.last);

    if (!e)
        e = read_file(path, &f);
    if (!e)
        e = fill_all(&f);
    if (!e && f.filled)
        e = write_file(path, &f);
    free(f.bytes);
    if (!e)
        *filled = f.filled;
    return e;
}
