/* SPDX-License-Identifier: GPL-3.0-or-later */
/* agent.c - a scripted SNMP agent. Its BER writer is its own, so that the tests do not check a codec by
 * itself. */
#include "tests/sim/agent.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { OBJECTS_MAX = 20000 };

struct object {
    uint32_t oid[OID_MAX];
    uint32_t len;
    uint32_t type;
    uint64_t number;
    char *text;
    size_t text_len;
    uint32_t value_oid[OID_MAX];
    uint32_t value_len;
};

struct agent {
    struct object *objects; /* sorted */
    size_t count;
    enum agent_fault fault;
    uint64_t requests;
    uint32_t endless;
};

#define MUST(condition)                                                                                      \
    do {                                                                                                     \
        if (!(condition)) {                                                                                  \
            fprintf(stderr, "agent.c: %s\n", #condition);                                                    \
            abort();                                                                                         \
        }                                                                                                    \
    } while (0)

struct agent *agent_new(void)
{
    struct agent *a = calloc(1, sizeof *a);

    MUST(a);
    return a;
}

void agent_free(struct agent *a)
{
    if (!a)
        return;
    for (size_t i = 0; i < a->count; i++)
        free(a->objects[i].text);
    free(a->objects);
    free(a);
}

void agent_set_fault(struct agent *a, enum agent_fault fault)
{
    a->fault = fault;
}

enum err agent_ask(struct agent *a, int version, const struct poll_request *ask, struct buf *reply,
                   struct snmp_message *m)
{
    struct snmp_request r = {.version = version,
                             .community = (const uint8_t *)"c",
                             .community_len = 1,
                             .type = ask->type,
                             .request_id = 77,
                             .max_repetitions = ask->max_repetitions,
                             .oids = ask->oids,
                             .count = ask->count,
                             .names = ask->names,
                             .names_len = ask->names_len};
    uint8_t bytes[SNMP_REQUEST_MAX];
    size_t len;

    MUST(snmp_request_encode(&r, bytes, sizeof bytes, &len) == ERR_OK);
    if (!agent_answer(a, bytes, len, reply))
        return ERR_TIMEOUT;
    return snmp_message_parse(reply->data, reply->len, m) ? ERR_MALFORMED : ERR_OK;
}

uint64_t agent_requests(const struct agent *a)
{
    return a->requests;
}

static size_t place(const struct agent *a, const uint32_t *oid, size_t len)
{
    size_t lo = 0, hi = a->count;

    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;

        if (oid_compare(a->objects[mid].oid, a->objects[mid].len, oid, len) < 0)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo;
}

static bool is_at(const struct agent *a, size_t i, const uint32_t *oid, size_t len)
{
    return i < a->count && oid_compare(a->objects[i].oid, a->objects[i].len, oid, len) == 0;
}

static struct object *object_at(struct agent *a, const uint32_t *oid, size_t len)
{
    size_t i = place(a, oid, len);

    if (!is_at(a, i, oid, len)) {
        MUST(a->count < OBJECTS_MAX);
        a->objects = realloc(a->objects, (a->count + 1) * sizeof *a->objects);
        MUST(a->objects);
        memmove(&a->objects[i + 1], &a->objects[i], (a->count - i) * sizeof *a->objects);
        a->count++;
        a->objects[i] = (struct object){.len = (uint32_t)len};
        memcpy(a->objects[i].oid, oid, len * sizeof *oid);
    }
    free(a->objects[i].text);
    a->objects[i].text = NULL;
    return &a->objects[i];
}

static struct object *object(struct agent *a, const char *text)
{
    uint32_t oid[OID_MAX];
    size_t len = OID_MAX;

    MUST(oid_from_text(text, oid, &len) == ERR_OK);
    return object_at(a, oid, len);
}

void agent_put(struct agent *a, const struct varbind *vb)
{
    struct object *o = object_at(a, vb->oid, vb->oid_len);

    o->type = vb->type;
    switch (vb->type) {
    case SNMP_INTEGER: o->number = (uint64_t)vb->integer; break;
    case SNMP_OID:
        memcpy(o->value_oid, vb->value_oid, vb->len * sizeof *vb->value_oid);
        o->value_len = vb->len;
        break;
    case SNMP_OCTETS:
    case SNMP_IPADDRESS:
    case SNMP_OPAQUE:
        o->text = malloc(vb->len + 1);
        MUST(o->text);
        memcpy(o->text, vb->bytes, vb->len);
        o->text_len = vb->len;
        break;
    default: o->number = vb->number; break;
    }
}

void agent_integer(struct agent *a, const char *oid, int64_t value)
{
    struct object *o = object(a, oid);

    o->type = SNMP_INTEGER;
    o->number = (uint64_t)value;
}

void agent_number(struct agent *a, const char *oid, enum snmp_type type, uint64_t value)
{
    struct object *o = object(a, oid);

    o->type = type;
    o->number = value;
}

void agent_text(struct agent *a, const char *oid, const char *value)
{
    struct object *o = object(a, oid);

    o->type = SNMP_OCTETS;
    o->text = strdup(value);
    MUST(o->text);
    o->text_len = strlen(value);
}

void agent_oid(struct agent *a, const char *oid, const char *value)
{
    struct object *o = object(a, oid);
    size_t len = OID_MAX;

    o->type = SNMP_OID;
    MUST(oid_from_text(value, o->value_oid, &len) == ERR_OK);
    o->value_len = (uint32_t)len;
}

void agent_remove(struct agent *a, const char *text)
{
    uint32_t oid[OID_MAX];
    size_t len = OID_MAX, i;

    MUST(oid_from_text(text, oid, &len) == ERR_OK);
    i = place(a, oid, len);
    MUST(is_at(a, i, oid, len));
    free(a->objects[i].text);
    memmove(&a->objects[i], &a->objects[i + 1], (a->count - i - 1) * sizeof *a->objects);
    a->count--;
}

void agent_system(struct agent *a, const char *name, const char *object_id, uint64_t uptime_cs)
{
    agent_text(a, "1.3.6.1.2.1.1.1.0", "a scripted agent");
    agent_oid(a, "1.3.6.1.2.1.1.2.0", object_id);
    agent_number(a, "1.3.6.1.2.1.1.3.0", SNMP_TIMETICKS, uptime_cs);
    agent_text(a, "1.3.6.1.2.1.1.5.0", name);
}

/* ---- writing ---- */

static void put(struct buf *out, uint8_t tag, const void *contents, size_t len)
{
    buf_u8(out, tag);
    if (len < 128) {
        buf_u8(out, (uint8_t)len);
    } else {
        buf_u8(out, 0x82);
        buf_be16(out, (uint16_t)len);
    }
    buf_put(out, contents, len);
}

static void put_number(struct buf *out, uint8_t tag, uint64_t v, bool is_signed)
{
    uint8_t octets[9];
    size_t skip = 0;

    octets[0] = is_signed && v >> 63 ? 0xff : 0;
    for (size_t i = 0; i < 8; i++)
        octets[i + 1] = (uint8_t)(v >> 8 * (7 - i));
    while (skip < 8 && octets[skip] == (octets[skip + 1] & 0x80 ? 0xff : 0) &&
           (is_signed || octets[skip] == 0))
        skip++;
    put(out, tag, octets + skip, 9 - skip);
}

static void put_oid(struct buf *out, uint8_t tag, const uint32_t *ids, size_t count)
{
    struct buf raw = BUF_INIT;

    for (size_t i = 1; i < count; i++) {
        uint64_t id = i == 1 ? (uint64_t)ids[0] * 40 + ids[1] : ids[i];

        for (int shift = 28; shift > 0; shift -= 7) {
            if (id >> shift)
                buf_u8(&raw, (uint8_t)((id >> shift & 0x7f) | 0x80));
        }
        buf_u8(&raw, id & 0x7f);
    }
    put(out, tag, raw.data, raw.len);
    buf_fini(&raw);
}

static void put_varbind(struct buf *out, const struct varbind *vb)
{
    struct buf pair = BUF_INIT;

    put_oid(&pair, 0x06, vb->oid, vb->oid_len);
    switch (vb->type) {
    case SNMP_INTEGER: put_number(&pair, 0x02, (uint64_t)vb->integer, true); break;
    case SNMP_COUNTER32:
    case SNMP_GAUGE32:
    case SNMP_TIMETICKS:
    case SNMP_COUNTER64: put_number(&pair, (uint8_t)vb->type, vb->number, false); break;
    case SNMP_OID: put_oid(&pair, 0x06, vb->value_oid, vb->len); break;
    case SNMP_OCTETS:
    case SNMP_IPADDRESS:
    case SNMP_OPAQUE: put(&pair, (uint8_t)vb->type, vb->bytes, vb->len); break;
    default: put(&pair, (uint8_t)vb->type, "", 0); break;
    }
    put(out, 0x30, pair.data, pair.len);
    buf_fini(&pair);
}

void agent_write_pdu(struct buf *out, enum snmp_pdu_type type, int32_t request_id, int error_status,
                     int error_index, const struct varbind *varbinds, size_t count)
{
    struct buf list = BUF_INIT, pdu = BUF_INIT;

    for (size_t i = 0; i < count; i++)
        put_varbind(&list, &varbinds[i]);
    put_number(&pdu, 0x02, (uint64_t)(int64_t)request_id, true);
    put_number(&pdu, 0x02, (uint64_t)error_status, true);
    put_number(&pdu, 0x02, (uint64_t)error_index, true);
    put(&pdu, 0x30, list.len ? list.data : "", list.len);
    put(out, (uint8_t)type, pdu.data, pdu.len);
    buf_fini(&list);
    buf_fini(&pdu);
}

static void put_message(struct buf *out, int version, const char *community, const struct buf *pdu)
{
    struct buf message = BUF_INIT;

    put_number(&message, 0x02, (uint64_t)version, true);
    put(&message, 0x04, community, strlen(community));
    buf_put(&message, pdu->data, pdu->len);
    put(out, 0x30, message.data, message.len);
    buf_fini(&message);
}

void agent_write(struct buf *out, int version, const char *community, enum snmp_pdu_type type,
                 int32_t request_id, int error_status, int error_index, const struct varbind *varbinds,
                 size_t count)
{
    struct buf pdu = BUF_INIT;

    agent_write_pdu(&pdu, type, request_id, error_status, error_index, varbinds, count);
    put_message(out, version, community, &pdu);
    buf_fini(&pdu);
}

/* ---- answering ---- */

static struct varbind value_of(const struct object *o)
{
    struct varbind vb = {.oid = o->oid, .oid_len = o->len, .type = o->type};

    if (o->text) {
        vb.bytes = (const uint8_t *)o->text;
        vb.len = (uint32_t)o->text_len;
    } else if (o->type == SNMP_OID) {
        vb.value_oid = o->value_oid;
        vb.len = o->value_len;
    } else {
        vb.number = o->number;
    }
    return vb;
}

struct answer {
    struct agent *agent;
    struct varbind *varbinds;
    size_t count;
    uint32_t (*store)[OID_MAX]; /* OIDs of varbinds that no object has */
    int status, index;
};

static void add(struct answer *x, struct varbind vb)
{
    memcpy(x->store[x->count], vb.oid, vb.oid_len * sizeof *vb.oid);
    vb.oid = x->store[x->count];
    x->varbinds[x->count++] = vb;
}

static void get_one(struct answer *x, const struct varbind *asked, int version)
{
    size_t i = place(x->agent, asked->oid, asked->oid_len);

    if (is_at(x->agent, i, asked->oid, asked->oid_len)) {
        add(x, value_of(&x->agent->objects[i]));
        return;
    }
    add(x, (struct varbind){.oid = asked->oid, .oid_len = asked->oid_len, .type = SNMP_NO_SUCH_INSTANCE});
    if (version == 0 && !x->status) {
        x->status = SNMP_NO_SUCH_NAME;
        x->index = (int)x->count;
    }
}

/* The next row as this agent sees it; oid and len are moved on. */
static void next_one(struct answer *x, uint32_t *oid, uint32_t *len, int version)
{
    struct agent *a = x->agent;
    size_t i = place(a, oid, *len);
    struct varbind vb = {.oid = oid, .oid_len = *len, .type = SNMP_INTEGER, .integer = 1};

    if (is_at(a, i, oid, *len))
        i++;
    switch (a->fault) {
    case AGENT_SAME_OID: add(x, vb); return;
    case AGENT_ENDLESS:
        oid[*len] = 0;
        oid[*len < 12 ? (*len)++ : *len - 1] = ++a->endless;
        vb.oid_len = *len;
        add(x, vb);
        return;
    case AGENT_PING_PONG: i = a->count - 2 - (x->count & 1); break;
    case AGENT_DECREASING: i = i > 2 ? i - 2 : 0; break;
    default: break;
    }
    if (i >= a->count) {
        vb.type = SNMP_END_OF_MIB_VIEW;
        add(x, vb);
        if (version == 0 && !x->status) {
            x->status = SNMP_NO_SUCH_NAME;
            x->index = (int)x->count;
        }
        return;
    }
    add(x, value_of(&a->objects[i]));
    memcpy(oid, a->objects[i].oid, sizeof a->objects[i].oid);
    *len = a->objects[i].len;
}

static void fill(struct answer *x, const struct snmp_message *m)
{
    static uint32_t oids[SNMP_ASK_MAX][OID_MAX];
    uint32_t lens[SNMP_ASK_MAX], count = 0, rounds = m->type == SNMP_GETBULK ? (uint32_t)m->error_index : 1;
    uint32_t ids[OID_MAX], value_ids[OID_MAX];
    struct snmp_raw_varbind raw;
    struct varbind vb;
    struct wire w;

    wire_init(&w, m->varbinds, m->varbinds_len);
    while (count < SNMP_ASK_MAX && snmp_varbind_next(&w, &raw)) {
        snmp_varbind_decode(&raw, ids, value_ids, &vb);
        if (m->type == SNMP_GET)
            get_one(x, &vb, m->version);
        memcpy(oids[count], ids, sizeof ids);
        lens[count++] = vb.oid_len;
    }
    if (m->type == SNMP_GET)
        return;
    for (uint32_t r = 0; r < rounds; r++) {
        for (uint32_t i = 0; i < count && x->count < 200; i++)
            next_one(x, oids[i], &lens[i], m->version);
    }
}

void agent_answer_pdu(struct agent *a, const struct snmp_message *m, struct buf *out)
{
    struct answer x = {.agent = a};

    a->requests++;
    x.varbinds = calloc(256, sizeof *x.varbinds);
    x.store = calloc(256, sizeof *x.store);
    MUST(x.varbinds && x.store);
    if (m->type != SNMP_GET && a->fault == AGENT_GEN_ERR) {
        x.status = SNMP_GEN_ERR;
        x.index = 1;
    } else if (m->type != SNMP_GET && a->fault == AGENT_GEN_ERR_NO_INDEX) {
        x.status = SNMP_GEN_ERR;
    } else if (a->fault != AGENT_EMPTY || m->type == SNMP_GET) {
        fill(&x, m);
    }
    if (a->fault == AGENT_TOO_BIG && x.count > 8) {
        x.status = SNMP_TOO_BIG;
        x.index = 0;
    }
    if (x.status && m->version != 0)
        x.count = 0;
    if (x.status && m->version == 0) { /* v1 repeats the request's varbinds with NULL */
        for (size_t i = 0; i < x.count; i++)
            x.varbinds[i].type = SNMP_NULL;
    }
    agent_write_pdu(out, SNMP_RESPONSE, m->request_id, x.status, x.index, x.varbinds, x.count);
    free(x.varbinds);
    free(x.store);
}

bool agent_answer(struct agent *a, const void *request, size_t len, struct buf *out)
{
    char community[256] = {0};
    struct buf pdu = BUF_INIT;
    struct snmp_message m;

    buf_clear(out);
    if (snmp_message_parse(request, len, &m))
        return false;
    if (a->fault == AGENT_GARBAGE) {
        a->requests++;
        buf_str(out, "HTTP/1.1 400 Bad Request\r\n\r\n");
        return true;
    }
    memcpy(community, m.community, m.community_len < 255 ? m.community_len : 255);
    agent_answer_pdu(a, &m, &pdu);
    put_message(out, m.version, community, &pdu);
    buf_fini(&pdu);
    return true;
}
