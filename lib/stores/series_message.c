/* SPDX-License-Identifier: GPL-3.0-or-later */
/* series_message.c - packs and parses what goes over the worker's socket. Pure. */
#include "lib/stores/series_message.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/wire.h"

enum { LENGTH_BYTES = 4 };

/* ---- lengths ---- */

static size_t begin_message(struct buf *out)
{
    buf_le32(out, 0);
    return out->len;
}

static enum err end_message(struct buf *out, size_t begin)
{
    size_t len = out->len - begin;

    if (buf_error(out))
        return buf_error(out);
    if (len > SERIES_MESSAGE_MAX)
        return ERR_LIMIT;
    for (int i = 0; i < LENGTH_BYTES; i++)
        out->data[begin - LENGTH_BYTES + (size_t)i] = (char)(len >> 8 * i);
    return ERR_OK;
}

/* A cursor over the whole message; ERR_TRUNCATED if it is not all there. */
static enum err open_message(const void *bytes, size_t len, size_t *size, struct wire *out)
{
    struct wire w;
    uint32_t length;

    wire_init(&w, bytes, len);
    length = wire_le32(&w);
    if (wire_error(&w))
        return ERR_TRUNCATED;
    if (length > SERIES_MESSAGE_MAX)
        return ERR_LIMIT;
    if (wire_left(&w) < length)
        return ERR_TRUNCATED;
    *size = LENGTH_BYTES + length;
    *out = wire_sub(&w, length);
    return ERR_OK;
}

/* ---- requests ---- */

static enum err put_name(struct buf *out, const char *name)
{
    size_t len = strlen(name);

    if (len > SERIES_NAME_MAX)
        return ERR_RANGE;
    buf_u8(out, (uint8_t)len);
    buf_u8(out, (uint8_t)(len >> 8));
    buf_put(out, name, len);
    return ERR_OK;
}

enum err series_request_pack(uint64_t id, ns_t now, const struct series_query *q, struct buf *out)
{
    size_t begin = begin_message(out);
    enum err e = ERR_OK;

    if (q->from < 0 || q->from >= q->to || q->column_count == 0 || q->column_count > SERIES_COLUMNS_MAX)
        return ERR_RANGE;
    buf_le64(out, id);
    buf_le64(out, (uint64_t)now);
    buf_le64(out, (uint64_t)q->from);
    buf_le64(out, (uint64_t)q->to);
    buf_le64(out, (uint64_t)q->step);
    buf_u8(out, (uint8_t)q->cf);
    buf_u8(out, (uint8_t)q->column_count);
    for (size_t i = 0; !e && i < q->column_count; i++) {
        buf_le32(out, (uint32_t)q->columns[i].metric);
        e = put_name(out, q->columns[i].source);
        if (!e)
            e = put_name(out, q->columns[i].entity);
    }
    return e ? e : end_message(out, begin);
}

/* The offset of the copy in text; SIZE_MAX on error. */
static size_t get_name(struct wire *w, struct buf *text)
{
    size_t len = wire_le16(w), at = text->len;
    const uint8_t *bytes = wire_bytes(w, len);

    if (!bytes || len > SERIES_NAME_MAX || memchr(bytes, '\0', len))
        return SIZE_MAX;
    buf_put(text, bytes, len);
    buf_put(text, "", 1);
    return buf_error(text) ? SIZE_MAX : at;
}

static enum err parse_columns(struct wire *w, struct series_request_parsed *r)
{
    size_t source[SERIES_COLUMNS_MAX], entity[SERIES_COLUMNS_MAX];

    for (size_t i = 0; i < r->query.column_count; i++) {
        r->columns[i].metric = (enum metric)wire_le32(w);
        source[i] = get_name(w, &r->text);
        entity[i] = get_name(w, &r->text);
        if (source[i] == SIZE_MAX || entity[i] == SIZE_MAX)
            return ERR_MALFORMED;
    }
    for (size_t i = 0; i < r->query.column_count; i++) { /* the text does not move any more */
        r->columns[i].source = r->text.data + source[i];
        r->columns[i].entity = r->text.data + entity[i];
    }
    r->query.columns = r->columns;
    return wire_error(w) || wire_left(w) ? ERR_MALFORMED : ERR_OK;
}

enum err series_request_parse(const void *bytes, size_t len, size_t *size, struct series_request_parsed *out)
{
    struct wire w;
    unsigned cf;
    enum err e = open_message(bytes, len, size, &w);

    if (e)
        return e;
    memset(out, 0, sizeof *out);
    out->id = wire_le64(&w);
    out->now = (ns_t)wire_le64(&w);
    out->query.from = (ns_t)wire_le64(&w);
    out->query.to = (ns_t)wire_le64(&w);
    out->query.step = (ns_t)wire_le64(&w);
    cf = wire_u8(&w);
    out->query.cf = (enum series_cf)cf;
    out->query.column_count = wire_u8(&w);
    if (wire_error(&w) || cf > SERIES_MONTH_PEAK || out->query.column_count > SERIES_COLUMNS_MAX)
        return ERR_MALFORMED;
    e = parse_columns(&w, out);
    if (e)
        series_request_fini(out);
    return e;
}

void series_request_fini(struct series_request_parsed *r)
{
    buf_fini(&r->text);
}

/* ---- answers ---- */

enum err series_answer_pack(uint64_t id, enum err verdict, const struct series_result *result,
                            struct buf *out)
{
    static const struct series_result none = {0};
    const struct series_result *r = result && !verdict ? result : &none;
    size_t begin = begin_message(out);

    if ((r->rows + 1) * (r->columns + 1) * sizeof(double) > SERIES_MESSAGE_MAX - 64)
        return ERR_LIMIT;
    buf_le64(out, id);
    buf_le32(out, (uint32_t)verdict);
    buf_le64(out, (uint64_t)r->start);
    buf_le64(out, (uint64_t)r->step);
    buf_le32(out, (uint32_t)r->rows);
    buf_le32(out, (uint32_t)r->columns);
    for (size_t i = 0; i < r->rows; i++)
        buf_le_double(out, r->completeness[i]);
    for (size_t i = 0; i < r->rows * r->columns; i++)
        buf_le_double(out, r->values[i]);
    return end_message(out, begin);
}

enum err series_answer_parse(const void *bytes, size_t len, size_t *size, uint64_t *id, enum err *verdict,
                             struct series_result *out)
{
    struct series_result r = {0};
    struct wire w;
    uint32_t number;
    enum err e = open_message(bytes, len, size, &w);

    if (e)
        return e;
    *id = wire_le64(&w);
    number = wire_le32(&w);
    r.start = (ns_t)wire_le64(&w);
    r.step = (ns_t)wire_le64(&w);
    r.rows = wire_le32(&w);
    r.columns = wire_le32(&w);
    if (wire_error(&w) || number >= ERR_COUNT || r.rows > SERIES_ROWS_MAX || r.columns > SERIES_COLUMNS_MAX ||
        wire_left(&w) != r.rows * (r.columns + 1) * sizeof(double))
        return ERR_MALFORMED;
    r.completeness = malloc((r.rows + 1) * sizeof *r.completeness);
    r.values = malloc((r.rows * r.columns + 1) * sizeof *r.values);
    if (!r.completeness || !r.values) {
        series_result_fini(&r);
        return ERR_NOMEM;
    }
    for (size_t i = 0; i < r.rows; i++)
        r.completeness[i] = wire_le_double(&w);
    for (size_t i = 0; i < r.rows * r.columns; i++)
        r.values[i] = wire_le_double(&w);
    *verdict = (enum err)number;
    *out = r;
    return ERR_OK;
}
