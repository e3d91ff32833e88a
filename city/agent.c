/* SPDX-License-Identifier: GPL-3.0-or-later */
/* agent.c - BER and the three reading requests of SNMPv1 and v2c. Pure: knows bytes and a view, no socket. */
#include "city/agent.h"

#include <string.h>

#include "lib/base/wire.h"

enum { VERSION_1 = 0, VERSION_2C = 1 };
enum { PDU_GET = 0xa0, PDU_NEXT = 0xa1, PDU_RESPONSE = 0xa2, PDU_SET = 0xa3, PDU_BULK = 0xa5 };
enum {
    ERROR_NONE = 0,
    ERROR_TOO_BIG = 1,
    ERROR_NO_SUCH_NAME = 2,
    ERROR_READ_ONLY = 4,
    ERROR_NOT_WRITABLE = 17
};
enum { TAG_SEQUENCE = 0x30, HEADER_MAX = 160, BULK_ROWS_MAX = 4096 };

struct request {
    int version;
    const uint8_t *community;
    size_t community_len;
    uint8_t pdu;
    int32_t id, second, third; /* error-status, error-index; GETBULK: non-repeaters, max-repetitions */
    const uint8_t *list;       /* the varbinds as they came, for errors that echo them */
    size_t list_len;
    size_t count;
    struct wire varbinds; /* cursor over list */
};

/* ---- reading ---- */

/* A tag and length; a cursor over the content. Definite lengths only. */
static struct wire read_tlv(struct wire *w, uint8_t *tag)
{
    size_t len;
    uint8_t first;

    *tag = wire_u8(w);
    first = wire_u8(w);
    len = first;
    if (first & 0x80) {
        unsigned octets = first & 0x7f;
        len = 0;
        if (octets == 0 || octets > 4)
            wire_fail(w, ERR_MALFORMED);
        for (; octets > 0 && !wire_error(w); octets--)
            len = len << 8 | wire_u8(w);
    }
    return wire_sub(w, len);
}

static struct wire read_expected(struct wire *w, uint8_t expected)
{
    uint8_t tag;
    struct wire content = read_tlv(w, &tag);

    if (tag != expected)
        wire_fail(w, ERR_MALFORMED);
    return content;
}

/* A signed 32-bit integer; overlong encodings are taken (some managers pad). */
static int32_t read_integer(struct wire *w)
{
    struct wire content = read_expected(w, AGENT_INTEGER);
    size_t len = wire_left(&content);
    int64_t value;

    if (wire_error(w) || len == 0 || len > 8) {
        wire_fail(w, ERR_MALFORMED);
        return 0;
    }
    value = wire_peek(&content, 0) & 0x80 ? -1 : 0;
    while (len-- > 0)
        value = (int64_t)((uint64_t)value << 8 | wire_u8(&content));
    if (value < INT32_MIN || value > INT32_MAX)
        wire_fail(w, ERR_RANGE);
    return (int32_t)value;
}

static void put_first_arcs(struct agent_oid *oid, uint32_t joint)
{
    uint32_t arc = joint < 40 ? 0 : joint < 80 ? 1 : 2;

    oid->id[0] = arc;
    oid->id[1] = joint - 40 * arc;
    oid->len = 2;
}

static void read_oid(struct wire *w, struct agent_oid *out)
{
    struct wire content = read_expected(w, AGENT_OID);
    bool is_first = true;

    out->len = 0;
    while (!wire_error(w) && wire_left(&content) > 0) {
        uint64_t sub = 0;
        uint8_t byte;
        do {
            byte = wire_u8(&content);
            sub = sub << 7 | (byte & 0x7f);
        } while ((byte & 0x80) && sub <= UINT32_MAX && !wire_error(&content));
        if (wire_error(&content) || sub > UINT32_MAX || out->len >= AGENT_OID_MAX) {
            wire_fail(w, ERR_MALFORMED);
            return;
        }
        if (is_first)
            put_first_arcs(out, (uint32_t)sub);
        else
            out->id[out->len++] = (uint32_t)sub;
        is_first = false;
    }
    if (out->len == 0) /* "": what some managers start a walk with */
        *out = (struct agent_oid){.len = 2, .id = {0, 0}};
}

/* One varbind's name; its value is of no interest. */
static void read_name(struct wire *list, struct agent_oid *out)
{
    struct wire varbind = read_expected(list, TAG_SEQUENCE);
    uint8_t tag;

    if (wire_error(list))
        return;
    read_oid(&varbind, out);
    (void)read_tlv(&varbind, &tag);
    if (wire_error(&varbind) || wire_left(&varbind) > 0)
        wire_fail(list, ERR_MALFORMED);
}

/* false: not for us, or malformed. */
static bool read_request(const void *bytes, size_t len, struct request *out)
{
    struct wire datagram, message, community, pdu, list;
    struct agent_oid name;

    wire_init(&datagram, bytes, len);
    message = read_expected(&datagram, TAG_SEQUENCE);
    if (wire_error(&datagram) || wire_left(&datagram) > 0)
        return false;
    out->version = read_integer(&message);
    community = read_expected(&message, AGENT_STRING);
    out->community_len = wire_left(&community);
    out->community = wire_bytes(&community, out->community_len);
    pdu = read_tlv(&message, &out->pdu);
    if (wire_error(&message) || wire_left(&message) > 0)
        return false;
    out->id = read_integer(&pdu);
    out->second = read_integer(&pdu);
    out->third = read_integer(&pdu);
    list = read_expected(&pdu, TAG_SEQUENCE);
    if (wire_error(&pdu) || wire_left(&pdu) > 0)
        return false;
    out->varbinds = list;
    out->list_len = wire_left(&list);
    out->list = list.data + list.pos;
    for (out->count = 0; wire_left(&list) > 0; out->count++) {
        if (out->count == AGENT_VARBINDS_MAX)
            return false;
        read_name(&list, &name);
    }
    return !wire_error(&list);
}

/* ---- writing: sizes first, so that every length is in its shortest form ---- */

struct writer {
    uint8_t *to;
    size_t len, cap;
};

static size_t length_size(size_t len)
{
    return len < 0x80 ? 1 : len < 0x100 ? 2 : len < 0x10000 ? 3 : 4;
}

static size_t put_length(uint8_t *to, size_t len)
{
    size_t n = length_size(len);

    if (n == 1) {
        to[0] = (uint8_t)len;
        return 1;
    }
    to[0] = (uint8_t)(0x80 | (n - 1));
    for (size_t i = 1; i < n; i++)
        to[i] = (uint8_t)(len >> 8 * (n - 1 - i));
    return n;
}

static size_t put_sub(uint8_t *to, uint32_t sub)
{
    size_t n = 1;

    for (uint32_t rest = sub >> 7; rest; rest >>= 7)
        n++;
    for (size_t i = n; i-- > 0; sub >>= 7)
        to[i] = (uint8_t)((sub & 0x7f) | (i == n - 1 ? 0 : 0x80));
    return n;
}

enum { OID_BYTES_MAX = AGENT_OID_MAX * 5 };

/* Content octets only. Needs OID_BYTES_MAX of room. */
static size_t put_oid(uint8_t *to, const uint32_t *id, size_t len)
{
    size_t n;

    if (len < 2)
        return put_sub(to, 0);
    n = put_sub(to, id[0] * 40 + id[1]);
    for (size_t i = 2; i < len; i++)
        n += put_sub(to + n, id[i]);
    return n;
}

/* Two's complement, shortest form. Needs 9 octets. */
static size_t put_signed(uint8_t *to, int64_t value)
{
    size_t n = 1;

    while (n < 8 && (value >> (8 * n - 1)) != 0 && (value >> (8 * n - 1)) != -1)
        n++;
    for (size_t i = 0; i < n; i++)
        to[i] = (uint8_t)(value >> 8 * (n - 1 - i));
    return n;
}

/* Shortest form that does not read as negative. Needs 9 octets. */
static size_t put_unsigned(uint8_t *to, uint64_t value)
{
    size_t n = 1;

    while (n < 9 && (n == 8 ? value >> 63 : value >> (8 * n - 1)))
        n++;
    for (size_t i = 0; i < n; i++)
        to[i] = n - 1 - i < 8 ? (uint8_t)(value >> 8 * (n - 1 - i)) : 0;
    return n;
}

/* Content octets of a value; strings are not copied but pointed to. */
static const uint8_t *value_content(const struct agent_value *v, uint8_t scratch[OID_BYTES_MAX], size_t *len)
{
    switch (v->tag) {
    case AGENT_INTEGER: *len = put_signed(scratch, v->integer); return scratch;
    case AGENT_STRING: *len = v->len; return (const uint8_t *)v->bytes;
    case AGENT_OID: *len = put_oid(scratch, v->oid, v->oid_len); return scratch;
    case AGENT_ADDRESS:
        for (int i = 0; i < 4; i++)
            scratch[i] = (uint8_t)(v->number >> (24 - 8 * i));
        *len = 4;
        return scratch;
    case AGENT_COUNTER32:
    case AGENT_GAUGE32:
    case AGENT_TIMETICKS: *len = put_unsigned(scratch, (uint32_t)v->number); return scratch;
    case AGENT_COUNTER64: *len = put_unsigned(scratch, v->number); return scratch;
    case AGENT_NULL:
    case AGENT_NO_OBJECT:
    case AGENT_NO_INSTANCE:
    case AGENT_END_OF_VIEW: break;
    }
    *len = 0;
    return scratch;
}

/* false: it does not fit. */
static bool put_varbind(struct writer *w, const struct agent_oid *name, const struct agent_value *value)
{
    uint8_t oid[OID_BYTES_MAX], scratch[OID_BYTES_MAX];
    size_t oid_len = put_oid(oid, name->id, name->len), len, inner;
    const uint8_t *content = value_content(value, scratch, &len);
    uint8_t *to = w->to + w->len;

    inner = 1 + length_size(oid_len) + oid_len + 1 + length_size(len) + len;
    if (w->len + 1 + length_size(inner) + inner > w->cap)
        return false;
    *to++ = TAG_SEQUENCE;
    to += put_length(to, inner);
    *to++ = AGENT_OID;
    to += put_length(to, oid_len);
    memcpy(to, oid, oid_len);
    to += oid_len;
    *to++ = (uint8_t)value->tag;
    to += put_length(to, len);
    if (len)
        memcpy(to, content, len);
    to += len;
    w->len = (size_t)(to - w->to);
    return true;
}

static size_t put_tagged_integer(uint8_t *to, int64_t value)
{
    size_t n = put_signed(to + 2, value);

    to[0] = AGENT_INTEGER;
    to[1] = (uint8_t)n;
    return n + 2;
}

/* The message around a list of varbinds that stands at reply + HEADER_MAX. Returns its size. */
static size_t wrap(const struct request *r, int error, int index, uint8_t *reply, size_t list_len)
{
    uint8_t fixed[32], version[12], header[HEADER_MAX];
    size_t fixed_len = 0, version_len = put_tagged_integer(version, r->version), pdu_len, message_len, n = 0;

    fixed_len += put_tagged_integer(fixed, r->id);
    fixed_len += put_tagged_integer(fixed + fixed_len, error);
    fixed_len += put_tagged_integer(fixed + fixed_len, index);
    pdu_len = fixed_len + 1 + length_size(list_len) + list_len;
    message_len = version_len + 1 + length_size(r->community_len) + r->community_len + 1 +
                  length_size(pdu_len) + pdu_len;

    header[n++] = TAG_SEQUENCE;
    n += put_length(header + n, message_len);
    memcpy(header + n, version, version_len);
    n += version_len;
    header[n++] = AGENT_STRING;
    n += put_length(header + n, r->community_len);
    memcpy(header + n, r->community, r->community_len); /* equals ours: at most 64 octets */
    n += r->community_len;
    header[n++] = PDU_RESPONSE;
    n += put_length(header + n, pdu_len);
    memcpy(header + n, fixed, fixed_len);
    n += fixed_len;
    header[n++] = TAG_SEQUENCE;
    n += put_length(header + n, list_len);
    memmove(reply + n, reply + HEADER_MAX, list_len);
    memcpy(reply, header, n);
    return n + list_len;
}

/* ---- the requests ---- */

struct answer {
    const struct agent_view *view;
    struct request *request;
    struct writer writer;
    int error, index;
    size_t varbinds;
};

/* An error that echoes the request's varbinds (RFC 1157, 4.1.2; RFC 3416, 4.2). */
static void echo(struct answer *a, int error, int index)
{
    a->error = error;
    a->index = index;
    a->varbinds = 0;
    a->writer.len = 0;
    if (a->request->list_len <= a->writer.cap) {
        memcpy(a->writer.to, a->request->list, a->request->list_len);
        a->writer.len = a->request->list_len;
    }
}

static void fail_too_big(struct answer *a)
{
    if (a->request->version == VERSION_1) {
        echo(a, ERROR_TOO_BIG, 0);
        return;
    }
    a->error = ERROR_TOO_BIG; /* v2c: an empty list */
    a->index = 0;
    a->varbinds = 0;
    a->writer.len = 0;
}

static bool is_exception(const struct agent_value *v)
{
    return v->tag == AGENT_NO_OBJECT || v->tag == AGENT_NO_INSTANCE || v->tag == AGENT_END_OF_VIEW;
}

/* The instance behind *name; in v1 there are no Counter64s. *name is left alone at the end of the view. */
static void next_value(const struct answer *a, struct agent_oid *name, struct agent_value *value)
{
    struct agent_oid at = {.len = name->len};

    memcpy(at.id, name->id, name->len * sizeof *name->id);
    do {
        if (!a->view->next(a->view->ctx, &at, &at, value)) {
            value->tag = AGENT_END_OF_VIEW;
            return;
        }
    } while (a->request->version == VERSION_1 && value->tag == AGENT_COUNTER64);
    name->len = at.len;
    memcpy(name->id, at.id, at.len * sizeof *at.id);
}

static void answer_get_or_next(struct answer *a)
{
    struct agent_value value;
    struct agent_oid name;

    for (size_t i = 0; i < a->request->count; i++) {
        read_name(&a->request->varbinds, &name);
        if (a->request->pdu == PDU_GET)
            a->view->get(a->view->ctx, &name, &value);
        else
            next_value(a, &name, &value);
        if (a->request->version == VERSION_1 && (is_exception(&value) || value.tag == AGENT_COUNTER64)) {
            echo(a, ERROR_NO_SUCH_NAME, (int)i + 1);
            return;
        }
        if (!put_varbind(&a->writer, &name, &value)) {
            fail_too_big(a);
            return;
        }
        a->varbinds++;
    }
}

/* RFC 3416, 4.2.3: non-repeaters once, the rest row by row until the message is full. */
static void answer_bulk(struct answer *a)
{
    struct request *r = a->request;
    size_t once = r->second < 0 ? 0 : (size_t)r->second, rows = r->third < 0 ? 0 : (size_t)r->third,
           repeaters;
    struct agent_oid names[AGENT_VARBINDS_MAX];
    struct agent_value value;

    if (once > r->count)
        once = r->count;
    repeaters = r->count - once;
    if (rows > BULK_ROWS_MAX)
        rows = BULK_ROWS_MAX;
    for (size_t i = 0; i < r->count; i++) {
        struct agent_oid *name = &names[i < once ? 0 : i - once];
        read_name(&r->varbinds, name);
        if (i >= once)
            continue;
        next_value(a, name, &value);
        if (!put_varbind(&a->writer, name, &value))
            return; /* as many as fit */
        a->varbinds++;
    }
    for (size_t row = 0; row < rows && repeaters; row++) {
        bool is_all_over = true;
        for (size_t i = 0; i < repeaters; i++) {
            next_value(a, &names[i], &value);
            is_all_over &= value.tag == AGENT_END_OF_VIEW;
            if (!put_varbind(&a->writer, &names[i], &value))
                return;
            a->varbinds++;
        }
        if (is_all_over)
            return;
    }
}

size_t agent_answer(const struct agent_view *view, const char *community, const void *request, size_t len,
                    void *reply, size_t size, size_t *varbinds)
{
    struct request r;
    struct answer a = {.view = view, .request = &r};
    size_t community_len = strlen(community);

    *varbinds = 0;
    if (size <= HEADER_MAX || community_len > 64 || !read_request(request, len, &r))
        return 0;
    if ((r.version != VERSION_1 && r.version != VERSION_2C) || r.community_len != community_len ||
        memcmp(r.community, community, community_len) != 0)
        return 0;
    a.writer = (struct writer){(uint8_t *)reply + HEADER_MAX, 0, size - HEADER_MAX};
    if (r.pdu == PDU_GET || r.pdu == PDU_NEXT)
        answer_get_or_next(&a);
    else if (r.pdu == PDU_BULK && r.version == VERSION_2C)
        answer_bulk(&a);
    else if (r.pdu == PDU_SET)
        echo(&a, r.version == VERSION_1 ? ERROR_READ_ONLY : ERROR_NOT_WRITABLE, r.count ? 1 : 0);
    else
        return 0;
    *varbinds = a.varbinds;
    return wrap(&r, a.error, a.index, reply, a.writer.len);
}

int agent_oid_compare(const uint32_t *a, size_t a_len, const uint32_t *b, size_t b_len)
{
    size_t n = a_len < b_len ? a_len : b_len;

    for (size_t i = 0; i < n; i++)
        if (a[i] != b[i])
            return a[i] < b[i] ? -1 : 1;
    return a_len == b_len ? 0 : a_len < b_len ? -1 : 1;
}
