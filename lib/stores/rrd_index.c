/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rrd_index.c - reads the index of RRD files. Takes nothing in it for granted. Does not write. */
#include "lib/stores/rrd_index.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/crc32c.h"
#include "lib/base/map.h"
#include "lib/base/strx.h"

enum { CRC_DIGITS = 8, LINE_MAX_BYTES = 16384, READ_BYTES = 65536 };

struct rrd_index {
    char *path;
    uint64_t offset; /* behind the last whole line */
    struct rrd_file *files;
    size_t count, cap, damaged;
    uint32_t last_number;
    struct map *by_entity; /* "source\037entity" -> index + 1 of the first file */
};

/* ---- lines ---- */

static void put_escaped(struct buf *out, const char *id)
{
    if (!*id)
        buf_str(out, "-");
    for (const unsigned char *c = (const unsigned char *)id; *c; c++)
        if (*c <= ' ' || *c == '%' || *c >= 0x7f || (*c == '-' && c[1] == '\0' && c == (const void *)id))
            buf_printf(out, "%%%02x", *c);
        else
            buf_u8(out, *c);
}

static unsigned widths_of(enum storage_class storage)
{
    return storage == STORAGE_LONG ? 3 : 2;
}

/* Rows stand there only where they are not those of the class. */
static void put_class(struct buf *out, const struct rrd_file *file)
{
    bool is_default = true;

    buf_str(out, file->storage == STORAGE_LONG ? "long" : "short");
    for (unsigned i = 0; i < widths_of(file->storage); i++)
        is_default = is_default && file->keep.rows[i] == 0;
    for (unsigned i = 0; i < widths_of(file->storage) && !is_default; i++)
        buf_printf(out, "%c%u", i ? ',' : ':', file->keep.rows[i]);
}

void rrd_index_put_line(const struct rrd_file *file, struct buf *out)
{
    struct buf rest = BUF_INIT;

    buf_printf(&rest, "%u ", file->number);
    put_class(&rest, file);
    buf_printf(&rest, " %u ", file->step);
    put_escaped(&rest, file->source);
    buf_str(&rest, " ");
    put_escaped(&rest, file->entity);
    for (unsigned i = 0; i < file->count; i++)
        buf_printf(&rest, "%c%u", i ? ',' : ' ', (unsigned)file->metrics[i]);
    if (buf_error(&rest))
        out->error = buf_error(&rest);
    else
        buf_printf(out, "%08x %s\n", crc32c(0, rest.data, rest.len), rest.data);
    buf_fini(&rest);
}

/* malloc'ed; NULL: bad escape or out of memory. */
static char *unescape(const char *text)
{
    char *out = strdup(text), *to = out;
    unsigned value;

    if (!out || strcmp(text, "-") == 0) {
        if (out)
            out[0] = '\0';
        return out;
    }
    while (*text) {
        if (*text != '%') {
            *to++ = *text++;
            continue;
        }
        if (strspn(text + 1, "0123456789abcdef") < 2 || sscanf(text + 1, "%2x", &value) != 1 || value == 0) {
            free(out);
            return NULL;
        }
        *to++ = (char)value;
        text += 3;
    }
    *to = '\0';
    return out;
}

static enum err parse_number(const char *text, uint64_t min, uint64_t max, uint64_t *out)
{
    enum err e = text ? strx_to_u64(text, out) : ERR_MALFORMED;

    return !e && (*out < min || *out > max) ? ERR_RANGE : e;
}

static enum err parse_metrics(char *text, struct rrd_file *f)
{
    char *rest = NULL;
    uint64_t number;

    for (char *t = text ? strtok_r(text, ",", &rest) : NULL; t; t = strtok_r(NULL, ",", &rest)) {
        if (f->count == RRD_DS_MAX || parse_number(t, 1, 1000000, &number))
            return ERR_MALFORMED;
        f->metrics[f->count++] = (enum metric)number;
    }
    return f->count ? ERR_OK : ERR_MALFORMED;
}

/* "long", "short:1440,0" */
static enum err parse_class(char *text, struct rrd_file *f)
{
    char *rows = strchr(text, ':'), *rest = NULL;
    uint64_t number;
    unsigned count = 0;

    if (rows)
        *rows++ = '\0';
    if (strcmp(text, "short") != 0 && strcmp(text, "long") != 0)
        return ERR_MALFORMED;
    f->storage = strcmp(text, "long") == 0 ? STORAGE_LONG : STORAGE_SHORT;
    for (char *t = rows ? strtok_r(rows, ",", &rest) : NULL; t; t = strtok_r(NULL, ",", &rest)) {
        if (count == widths_of(f->storage) || parse_number(t, 0, RRD_ROWS_MAX, &number))
            return ERR_MALFORMED;
        f->keep.rows[count++] = (unsigned)number;
    }
    return rows && count != widths_of(f->storage) ? ERR_MALFORMED : ERR_OK;
}

/* text: the part that the checksum covers; cut up by this. */
static enum err parse_fields(char *text, struct rrd_file *f)
{
    char *field[6], *rest = NULL;
    uint64_t number, step;

    for (size_t i = 0; i < ARRAY_LEN(field); i++) {
        field[i] = strtok_r(i ? NULL : text, " ", &rest);
        if (!field[i])
            return ERR_MALFORMED;
    }
    if (parse_number(field[0], 1, RRD_FILES_MAX, &number) || parse_number(field[2], 1, 86400, &step))
        return ERR_MALFORMED;
    if (parse_class(field[1], f))
        return ERR_MALFORMED;
    f->number = (uint32_t)number;
    f->step = (unsigned)step;
    f->source = unescape(field[3]);
    f->entity = unescape(field[4]);
    if (!f->source || !f->entity)
        return ERR_MALFORMED;
    return parse_metrics(field[5], f);
}

enum err rrd_index_parse_line(const char *line, size_t len, struct rrd_file *out)
{
    struct rrd_file f = {0};
    char *copy;
    enum err e;

    if (len <= CRC_DIGITS + 1 || len > LINE_MAX_BYTES || memchr(line, '\0', len))
        return ERR_MALFORMED;
    copy = strndup(line, len);
    if (!copy)
        return ERR_NOMEM;
    copy[CRC_DIGITS] = '\0';
    if (line[CRC_DIGITS] != ' ' || strspn(copy, "0123456789abcdef") != CRC_DIGITS)
        e = ERR_MALFORMED;
    else if (strtoul(copy, NULL, 16) != crc32c(0, line + CRC_DIGITS + 1, len - CRC_DIGITS - 1))
        e = ERR_CRC;
    else
        e = parse_fields(copy + CRC_DIGITS + 1, &f);
    free(copy);
    if (e)
        rrd_file_fini(&f);
    else
        *out = f;
    return e;
}

void rrd_file_fini(struct rrd_file *file)
{
    free(file->source);
    free(file->entity);
    file->source = file->entity = NULL;
}

/* ---- the index in memory ---- */

static char *entity_key(const char *source, const char *entity)
{
    return strx_printf("%s\037%s", source, entity);
}

/* Does f hold what former holds, in its order, and more? */
static bool is_longer(const struct rrd_file *f, const struct rrd_file *former)
{
    return !former->replaced_by && former->count < f->count && former->storage == f->storage &&
           former->step == f->step && memcmp(&former->keep, &f->keep, sizeof f->keep) == 0 &&
           memcmp(former->metrics, f->metrics, former->count * sizeof *f->metrics) == 0;
}

/* Takes what f points to, on success. */
static enum err insert(struct rrd_index *x, struct rrd_file *f)
{
    char *key = NULL;
    size_t first, i;
    enum err e = ERR_OK;

    if (x->count == x->cap) {
        size_t cap = x->cap ? 2 * x->cap : 256;
        struct rrd_file *grown = realloc(x->files, cap * sizeof *grown);
        if (!grown)
            return ERR_NOMEM;
        x->files = grown;
        x->cap = cap;
    }
    key = entity_key(f->source, f->entity);
    if (!key)
        return ERR_NOMEM;
    f->next = f->replaces = f->replaced_by = 0;
    x->files[x->count] = *f;
    first = (size_t)(uintptr_t)map_get(x->by_entity, key);
    if (!first)
        e = map_set(x->by_entity, key, (void *)(uintptr_t)(x->count + 1), NULL);
    else {
        for (i = first - 1;; i = x->files[i].next - 1) {
            if (is_longer(f, &x->files[i])) {
                x->files[i].replaced_by = x->count + 1;
                x->files[x->count].replaces = i + 1;
            }
            if (!x->files[i].next)
                break;
        }
        x->files[i].next = x->count + 1;
    }
    free(key);
    if (e)
        return e;
    x->count++;
    if (f->number > x->last_number)
        x->last_number = f->number;
    return ERR_OK;
}

enum err rrd_index_add(struct rrd_index *x, const struct rrd_file *file)
{
    struct rrd_file copy = *file;
    enum err e;

    if (file->number <= x->last_number)
        return ERR_EXISTS;
    copy.source = strdup(file->source);
    copy.entity = strdup(file->entity);
    e = copy.source && copy.entity ? insert(x, &copy) : ERR_NOMEM;
    if (e)
        rrd_file_fini(&copy);
    return e;
}

static enum err take_line(struct rrd_index *x, const char *line, size_t len)
{
    struct rrd_file f;
    enum err e = rrd_index_parse_line(line, len, &f);

    if (e == ERR_NOMEM)
        return e;
    if (!e && f.number <= x->last_number) { /* what stands there already came from rrd_index_add() */
        rrd_file_fini(&f);
        return ERR_OK;
    }
    if (e) {
        x->damaged++;
        return ERR_OK;
    }
    e = insert(x, &f);
    if (e)
        rrd_file_fini(&f);
    return e;
}

/* Whole lines of what was read; *used receives their bytes. */
static enum err take_lines(struct rrd_index *x, const char *text, size_t len, size_t *used)
{
    const char *end;
    enum err e = ERR_OK;

    *used = 0;
    while (!e && (end = memchr(text + *used, '\n', len - *used))) {
        e = take_line(x, text + *used, (size_t)(end - (text + *used)));
        if (!e)
            *used = (size_t)(end - text) + 1;
    }
    if (!e && *used == 0 && len == READ_BYTES) { /* no line is that long */
        x->damaged++;
        *used = len;
    }
    return e;
}

enum err rrd_index_refresh(struct rrd_index *x)
{
    char *text = malloc(READ_BYTES);
    size_t used = 1;
    enum err e = text ? ERR_OK : ERR_NOMEM;
    int fd = e ? -1 : open(x->path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);

    if (!e && fd < 0)
        e = errno == ENOENT ? ERR_OK : err_from_errno(errno);
    while (!e && fd >= 0 && used > 0) {
        ssize_t n = pread(fd, text, READ_BYTES, (off_t)x->offset);
        if (n < 0)
            e = err_from_errno(errno);
        else
            e = take_lines(x, text, (size_t)n, &used);
        if (!e)
            x->offset += used;
    }
    if (fd >= 0)
        close(fd);
    free(text);
    return e;
}

enum err rrd_index_open(const char *rrd_dir, struct rrd_index **out)
{
    struct rrd_index *x = calloc(1, sizeof *x);
    enum err e;

    if (!x)
        return ERR_NOMEM;
    x->by_entity = map_new(crc32c(0, rrd_dir, strlen(rrd_dir)) ^ (uint64_t)(uintptr_t)x);
    x->path = strx_printf("%s/index", rrd_dir);
    e = x->by_entity && x->path ? rrd_index_refresh(x) : ERR_NOMEM;
    if (e) {
        rrd_index_close(x);
        return e;
    }
    *out = x;
    return ERR_OK;
}

void rrd_index_close(struct rrd_index *x)
{
    if (!x)
        return;
    for (size_t i = 0; i < x->count; i++)
        rrd_file_fini(&x->files[i]);
    free(x->files);
    map_free(x->by_entity, NULL);
    free(x->path);
    free(x);
}

size_t rrd_index_count(const struct rrd_index *x)
{
    return x->count;
}

const struct rrd_file *rrd_index_at(const struct rrd_index *x, size_t i)
{
    return &x->files[i];
}

uint32_t rrd_index_last_number(const struct rrd_index *x)
{
    return x->last_number;
}

size_t rrd_index_damaged(const struct rrd_index *x)
{
    return x->damaged;
}

uint64_t rrd_index_whole_bytes(const struct rrd_index *x)
{
    return x->offset;
}

static size_t first_of(const struct rrd_index *x, const char *source, const char *entity)
{
    char *key = entity_key(source, entity);
    size_t i = key ? (size_t)(uintptr_t)map_get(x->by_entity, key) : 0;

    free(key);
    return i;
}

const struct rrd_file *rrd_index_find(const struct rrd_index *x, const char *source, const char *entity,
                                      enum metric metric, unsigned *ds)
{
    const struct rrd_file *found = NULL;

    for (size_t i = first_of(x, source, entity); i; i = x->files[i - 1].next) {
        const struct rrd_file *f = &x->files[i - 1];
        if (f->replaced_by || (found && (found->storage == STORAGE_LONG || f->storage != STORAGE_LONG)))
            continue;
        for (unsigned k = 0; k < f->count; k++)
            if (f->metrics[k] == metric) {
                *ds = k;
                found = f;
                break;
            }
    }
    return found;
}

const struct rrd_file *rrd_index_next(const struct rrd_index *x, const char *source, const char *entity,
                                      const struct rrd_file *after)
{
    size_t i = after ? after->next : first_of(x, source, entity);

    return i ? &x->files[i - 1] : NULL;
}

const struct rrd_file *rrd_index_former(const struct rrd_index *x, const struct rrd_file *file)
{
    return file->replaces ? &x->files[file->replaces - 1] : NULL;
}

const struct rrd_file *rrd_index_with_room(const struct rrd_index *x, const char *source, const char *entity,
                                           enum storage_class storage)
{
    const struct rrd_file *newest = NULL;

    for (size_t i = first_of(x, source, entity); i; i = x->files[i - 1].next)
        if (x->files[i - 1].storage == storage && !x->files[i - 1].replaced_by &&
            x->files[i - 1].count < RRD_DS_MAX)
            newest = &x->files[i - 1];
    return newest;
}

void rrd_index_path(const char *rrd_dir, uint32_t number, char out[RRD_PATH_SIZE])
{
    snprintf(out, RRD_PATH_SIZE, "%s/%03u/%08u.rrd", rrd_dir, number / 1000, number);
}
