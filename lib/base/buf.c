/* SPDX-License-Identifier: GPL-3.0-or-later */
/* buf.c - a growing run of bytes. Pure apart from malloc. */
#include "lib/base/buf.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_CAPACITY = 128 };

void buf_init(struct buf *b, size_t max)
{
    *b = (struct buf){.max = max};
}

void buf_fini(struct buf *b)
{
    free(b->data);
    *b = (struct buf){.max = b->max};
}

enum err buf_print(struct buf *b, FILE *to)
{
    enum err e = buf_error(b);

    if (!e && (fwrite(b->data, 1, b->len, to) != b->len || fflush(to)))
        e = ERR_IO;
    buf_fini(b);
    return e;
}

enum err buf_read(struct buf *b, FILE *from)
{
    char piece[65536];
    size_t n;

    while (!buf_error(b) && (n = fread(piece, 1, sizeof piece, from)) > 0)
        buf_put(b, piece, n);
    return buf_error(b) ? buf_error(b) : ferror(from) ? ERR_IO : ERR_OK;
}

enum err buf_read_file(struct buf *b, const char *path)
{
    FILE *from = fopen(path, "re");
    enum err e;

    if (!from)
        return err_from_errno(errno);
    e = buf_read(b, from);
    fclose(from);
    return e;
}

void buf_clear(struct buf *b)
{
    b->len = 0;
    b->error = ERR_OK;
    if (b->data)
        b->data[0] = '\0';
}

enum err buf_error(const struct buf *b)
{
    return b->error;
}

char *buf_take(struct buf *b)
{
    char *data;

    if (!b->error && !b->data)
        buf_put(b, "", 0);
    if (b->error) {
        buf_fini(b);
        return NULL;
    }
    data = b->data;
    *b = (struct buf){.max = b->max};
    return data;
}

/* Room for len more bytes and the NUL. */
static enum err reserve(struct buf *b, size_t len)
{
    size_t need, cap;
    char *data;

    if (b->error)
        return b->error;
    if (len > SIZE_MAX / 2 - b->len || (b->max && b->len + len > b->max))
        return b->error = ERR_LIMIT;
    need = b->len + len + 1;
    if (need <= b->cap)
        return ERR_OK;
    cap = b->cap ? b->cap : FIRST_CAPACITY;
    while (cap < need)
        cap *= 2;
    data = realloc(b->data, cap);
    if (!data)
        return b->error = ERR_NOMEM;
    b->data = data;
    b->cap = cap;
    return ERR_OK;
}

void *buf_extend(struct buf *b, size_t len)
{
    char *start;

    if (reserve(b, len))
        return NULL;
    start = b->data + b->len;
    b->len += len;
    b->data[b->len] = '\0';
    return start;
}

void buf_put(struct buf *b, const void *data, size_t len)
{
    void *room = buf_extend(b, len);

    if (room && len)
        memcpy(room, data, len);
}

void buf_str(struct buf *b, const char *s)
{
    buf_put(b, s, strlen(s));
}

/* Into the room that there is; once more where that was too small. */
void buf_vprintf(struct buf *b, const char *fmt, va_list args)
{
    size_t room = b->error ? 0 : b->cap - b->len;
    va_list again;
    int len;

    va_copy(again, args);
    len = vsnprintf(room ? b->data + b->len : NULL, room, fmt, again);
    va_end(again);
    if (len < 0 || reserve(b, (size_t)len)) {
        if (room)
            b->data[b->len] = '\0';
        return;
    }
    if ((size_t)len >= room)
        vsnprintf(b->data + b->len, (size_t)len + 1, fmt, args);
    b->len += (size_t)len;
}

void buf_printf(struct buf *b, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    buf_vprintf(b, fmt, args);
    va_end(args);
}

void buf_u8(struct buf *b, uint8_t v)
{
    buf_put(b, &v, 1);
}

void buf_be16(struct buf *b, uint16_t v)
{
    uint8_t bytes[] = {(uint8_t)(v >> 8), (uint8_t)v};

    buf_put(b, bytes, sizeof bytes);
}

void buf_be32(struct buf *b, uint32_t v)
{
    buf_be16(b, (uint16_t)(v >> 16));
    buf_be16(b, (uint16_t)v);
}

void buf_le32(struct buf *b, uint32_t v)
{
    uint8_t bytes[] = {(uint8_t)v, (uint8_t)(v >> 8), (uint8_t)(v >> 16), (uint8_t)(v >> 24)};

    buf_put(b, bytes, sizeof bytes);
}

void buf_le64(struct buf *b, uint64_t v)
{
    buf_le32(b, (uint32_t)v);
    buf_le32(b, (uint32_t)(v >> 32));
}

void buf_le_double(struct buf *b, double v)
{
    uint64_t bits;

    memcpy(&bits, &v, sizeof bits);
    buf_le64(b, bits);
}
