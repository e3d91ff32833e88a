/* SPDX-License-Identifier: GPL-3.0-or-later */
/* snmp_pdu.c - the codec: BER as far as SNMP uses it. Knows no socket, no clock, allocates nothing.
 *
 * Own code rather than net-snmp's, because libnetsnmp parses into lists allocated per varbind (2 to 3 times
 * the cost of the whole poll path) and drags global state along; a unit test holds both against each other.
 */
#include "collector/snmp_pdu.h"

#include <string.h>

#include "collector/ber.h"
#include "lib/base/octets.h"

/* ---- reading ---- */

/* Every sub-identifier in one octet: what most OIDs are. */
static bool has_small_ids(const uint8_t *raw, size_t len)
{
    uint8_t any = 0;

    for (size_t i = 0; i < len; i++)
        any |= raw[i];
    return !(any & 0x80);
}

/* Sub-identifiers of at most 32 bits, at most OID_MAX of them, no padding (X.690, 8.19.2). */
static bool is_valid_oid(const uint8_t *raw, size_t len)
{
    size_t count = 1; /* the first one stands for two */

    if (len == 0 || len > SNMP_RAW_OID_MAX || raw[len - 1] & 0x80)
        return false;
    if (len < OID_MAX && has_small_ids(raw, len))
        return true;
    for (size_t i = 0; i < len; i++) {
        uint64_t id = raw[i] & 0x7f;

        if (raw[i] == 0x80)
            return false;
        while (raw[i] & 0x80) { /* ends: the last octet has no such bit */
            id = id << 7 | (raw[++i] & 0x7f);
            if (id > UINT32_MAX)
                return false;
        }
        if (++count > OID_MAX)
            return false;
    }
    return true;
}

/* Lengths that a value of this type may have on the wire. */
static bool is_valid_value(uint32_t type, const uint8_t *value, size_t len)
{
    switch (type) {
    case SNMP_INTEGER:
        /* Agents exist that send an unsigned 32-bit value as INTEGER with a leading zero octet. */
        return (len >= 1 && len <= 4) || (len == 5 && value[0] == 0);
    case SNMP_COUNTER32:
    case SNMP_GAUGE32:
    case SNMP_TIMETICKS: return (len >= 1 && len <= 4) || (len == 5 && value[0] == 0);
    case SNMP_COUNTER64: return (len >= 1 && len <= 8) || (len == 9 && value[0] == 0);
    case SNMP_OCTETS:
    case SNMP_OPAQUE: return true;
    case SNMP_IPADDRESS: return len == 4;
    case SNMP_OID: return is_valid_oid(value, len);
    case SNMP_NULL:
    case SNMP_NO_SUCH_OBJECT:
    case SNMP_NO_SUCH_INSTANCE:
    case SNMP_END_OF_MIB_VIEW: return len == 0;
    default: return false;
    }
}

bool snmp_varbind_read_long(struct wire *w, struct snmp_raw_varbind *out)
{
    struct wire pair, oid;
    size_t begin = w->pos;

    if (wire_error(w) || wire_left(w) == 0)
        return false;

    out->tlv = w->data + w->pos;
    pair = ber_element(w, TAG_SEQUENCE);
    out->tlv_len = w->pos - begin;
    oid = ber_element(&pair, TAG_OID);
    out->oid.len = wire_left(&oid);
    out->oid.bytes = wire_bytes(&oid, out->oid.len);
    out->type = wire_u8(&pair);
    out->value_len = ber_length(&pair);
    out->value = wire_bytes(&pair, out->value_len);
    if (!wire_error(&pair) && !wire_error(&oid) && wire_left(&pair) == 0)
        return !wire_error(w);
    wire_fail(w, wire_error(&pair) ? wire_error(&pair) : ERR_MALFORMED);
    return false;
}

bool snmp_varbind_next(struct wire *w, struct snmp_raw_varbind *out)
{
    if (!snmp_varbind_again(w, out))
        return false;
    if (!is_valid_oid(out->oid.bytes, out->oid.len) ||
        !is_valid_value(out->type, out->value, out->value_len)) {
        wire_fail(w, ERR_MALFORMED);
        return false;
    }
    return true;
}

static enum err open_varbinds(struct wire *pdu, struct snmp_message *out)
{
    struct wire list = ber_element(pdu, TAG_SEQUENCE);

    out->varbinds_len = wire_left(&list);
    out->varbinds = wire_bytes(&list, out->varbinds_len);
    return wire_error(pdu) || !out->varbinds || wire_left(pdu) ? ERR_MALFORMED : ERR_OK;
}

enum err snmp_message_check(struct snmp_message *m)
{
    struct snmp_raw_varbind vb;
    struct wire walk;

    m->varbind_count = 0;
    wire_init(&walk, m->varbinds, m->varbinds_len);
    while (snmp_varbind_next(&walk, &vb))
        m->varbind_count++;
    return wire_error(&walk);
}

/* Trap-PDU of RFC 1157, 4.1.6: enterprise, agent-addr, generic-trap, specific-trap, time-stamp, varbinds. */
static enum err parse_v1_trap(struct wire *pdu, struct snmp_message *out)
{
    struct wire oid = ber_element(pdu, TAG_OID);

    out->enterprise.len = wire_left(&oid);
    out->enterprise.bytes = wire_bytes(&oid, out->enterprise.len);
    struct wire address = ber_element(pdu, SNMP_IPADDRESS);
    (void)address;
    out->generic_trap = (int32_t)ber_integer(pdu);
    out->specific_trap = (int32_t)ber_integer(pdu);
    struct wire ticks = ber_element(pdu, SNMP_TIMETICKS);
    (void)ticks;
    if (wire_error(pdu))
        return wire_error(pdu);
    if (!out->enterprise.bytes || !is_valid_oid(out->enterprise.bytes, out->enterprise.len))
        return ERR_MALFORMED;
    return open_varbinds(pdu, out);
}

static enum err open_pdu(struct wire *message, struct snmp_message *out)
{
    out->type = wire_u8(message);
    struct wire pdu = wire_sub(message, ber_length(message));

    if (wire_error(message))
        return wire_error(message);
    if (wire_left(message))
        return ERR_MALFORMED;
    switch (out->type) {
    case SNMP_TRAP_V1: return parse_v1_trap(&pdu, out);
    case SNMP_GET:
    case SNMP_GETNEXT:
    case SNMP_GETBULK:
    case SNMP_RESPONSE:
    case SNMP_INFORM:
    case SNMP_TRAP_V2:
    case SNMP_REPORT:
        if (out->type == SNMP_REPORT && out->version != SNMP_WIRE_V3)
            return ERR_UNSUPPORTED;
        out->request_id = (int32_t)ber_integer(&pdu);
        out->error_status = ber_integer(&pdu);
        out->error_index = ber_integer(&pdu);
        if (wire_error(&pdu))
            return wire_error(&pdu);
        return open_varbinds(&pdu, out);
    default: return ERR_UNSUPPORTED;
    }
}

enum err snmp_message_open(const void *bytes, size_t len, struct snmp_message *out)
{
    struct wire w, message, community;
    struct snmp_message m = {0};
    enum err e;

    if (len > SNMP_MESSAGE_MAX)
        return ERR_LIMIT;
    wire_init(&w, bytes, len);
    message = ber_element(&w, TAG_SEQUENCE);
    if (wire_error(&w))
        return wire_error(&w);
    if (wire_left(&w))
        return ERR_MALFORMED;
    int64_t version = ber_integer(&message);
    if (wire_error(&message))
        return wire_error(&message);
    if (version != 0 && version != 1)
        return ERR_UNSUPPORTED;
    m.version = (int)version;
    community = ber_element(&message, TAG_OCTETS);
    m.community_len = wire_left(&community);
    m.community = wire_bytes(&community, m.community_len);
    if (wire_error(&message) || !m.community)
        return ERR_MALFORMED;
    if (m.community_len > SNMP_COMMUNITY_MAX)
        return ERR_LIMIT;
    e = open_pdu(&message, &m);
    if (e)
        return e;
    *out = m;
    return ERR_OK;
}

enum err snmp_message_parse(const void *bytes, size_t len, struct snmp_message *out)
{
    struct snmp_message m;
    enum err e = snmp_message_open(bytes, len, &m);

    if (!e)
        e = snmp_message_check(&m);
    if (!e)
        *out = m;
    return e;
}

enum err snmp_pdu_read(const void *bytes, size_t len, struct snmp_message *out)
{
    struct wire w;
    struct snmp_message m = {.version = SNMP_WIRE_V3};
    enum err e;

    wire_init(&w, bytes, len);
    e = open_pdu(&w, &m);
    if (!e)
        e = snmp_message_check(&m);
    if (e)
        return e;
    *out = m;
    return ERR_OK;
}

static uint64_t read_unsigned(const uint8_t *bytes, size_t len)
{
    uint64_t v = 0;

    for (size_t i = 0; i < len; i++)
        v = v << 8 | bytes[i];
    return v;
}

/* Checked before: no padding, no overflow, room for all. */
static size_t split_oid(const uint8_t *raw, size_t len, uint32_t *ids)
{
    uint32_t id = 0, root;
    size_t n = 0;

    for (size_t i = 0; i < len; i++) {
        id = id << 7 | (raw[i] & 0x7f);
        if (raw[i] & 0x80)
            continue;
        if (n == 0) {
            root = id < 40 ? 0 : id < 80 ? 1 : 2;
            ids[n++] = root;
            id -= 40 * root;
        }
        ids[n++] = id;
        id = 0;
    }
    return n;
}

void snmp_varbind_decode(const struct snmp_raw_varbind *raw, uint32_t *ids, uint32_t *value_ids,
                         struct varbind *out)
{
    snmp_varbind_decode_value(raw, value_ids, out);
    out->oid = ids;
    out->oid_len = (uint32_t)split_oid(raw->oid.bytes, raw->oid.len, ids);
}

void snmp_varbind_decode_value(const struct snmp_raw_varbind *raw, uint32_t *value_ids, struct varbind *out)
{
    *out = (struct varbind){.type = raw->type};
    switch (raw->type) {
    case SNMP_INTEGER: out->integer = ber_signed(raw->value, raw->value_len); break;
    case SNMP_COUNTER32:
    case SNMP_GAUGE32:
    case SNMP_TIMETICKS:
    case SNMP_COUNTER64: out->number = read_unsigned(raw->value, raw->value_len); break;
    case SNMP_OID:
        out->value_oid = value_ids;
        out->len = (uint32_t)split_oid(raw->value, raw->value_len, value_ids);
        break;
    default:
        out->bytes = raw->value;
        out->len = (uint32_t)raw->value_len;
        break;
    }
}

/* ---- OIDs ---- */

static size_t put_sub_id(uint32_t id, uint8_t *out)
{
    size_t octets = 1;

    for (uint32_t rest = id >> 7; rest; rest >>= 7)
        octets++;
    for (size_t i = 0; i < octets; i++)
        out[i] = (uint8_t)((id >> 7 * (octets - 1 - i) & 0x7f) | (i + 1 < octets ? 0x80 : 0));
    return octets;
}

enum err snmp_oid_encode(const uint32_t *ids, size_t count, uint8_t *out, size_t *len)
{
    size_t used = 0;

    if (count < 2 || ids[0] > 2 || (ids[0] < 2 && ids[1] > 39) || ids[1] > UINT32_MAX - 80)
        return ERR_MALFORMED;
    if (count > OID_MAX)
        return ERR_LIMIT;
    used += put_sub_id(ids[0] * 40 + ids[1], out);
    for (size_t i = 2; i < count; i++)
        used += put_sub_id(ids[i], out + used);
    *len = used;
    return ERR_OK;
}

enum err snmp_oid_decode(const uint8_t *raw, size_t len, uint32_t *ids, size_t *count)
{
    if (!is_valid_oid(raw, len))
        return ERR_MALFORMED;
    *count = split_oid(raw, len, ids);
    return ERR_OK;
}

int snmp_raw_oid_compare(struct snmp_raw_oid a, struct snmp_raw_oid b)
{
    size_t i = 0, common = a.len < b.len ? a.len : b.len, start = 0;
    size_t a_octets, b_octets;

    while (i < common && a.bytes[i] == b.bytes[i]) {
        if (!(a.bytes[i] & 0x80))
            start = i + 1;
        i++;
    }
    if (i == a.len || i == b.len)
        return a.len < b.len ? -1 : a.len > b.len;
    /* Both differ inside the sub-identifier that begins at start: more octets make the larger number. */
    for (a_octets = start; a.bytes[a_octets] & 0x80; a_octets++)
        ;
    for (b_octets = start; b.bytes[b_octets] & 0x80; b_octets++)
        ;
    if (a_octets != b_octets)
        return a_octets < b_octets ? -1 : 1;
    return a.bytes[i] < b.bytes[i] ? -1 : 1;
}

bool snmp_raw_oid_is_below(struct snmp_raw_oid a, struct snmp_raw_oid prefix)
{
    /* A checked prefix ends with the end of a sub-identifier, so comparing octets is enough. */
    return a.len > prefix.len && memcmp(a.bytes, prefix.bytes, prefix.len) == 0;
}

bool snmp_varbinds_answer(const void *asked, size_t asked_len, const void *got, size_t got_len)
{
    struct snmp_raw_varbind a, g;
    struct wire question, answer;

    wire_init(&question, asked, asked_len);
    wire_init(&answer, got, got_len);
    while (snmp_varbind_again(&question, &a)) {
        if (!snmp_varbind_again(&answer, &g) || a.oid.len != g.oid.len ||
            memcmp(a.oid.bytes, g.oid.bytes, a.oid.len) != 0)
            return false;
    }
    return wire_left(&answer) == 0;
}

/* The usual lengths of numbers, without asking is_valid_value(). */
static bool is_usual_number(uint32_t type, size_t len)
{
    static const uint8_t most[SNMP_COUNTER64 + 1] = {[SNMP_INTEGER] = 4,
                                                     [SNMP_COUNTER32] = 4,
                                                     [SNMP_GAUGE32] = 4,
                                                     [SNMP_TIMETICKS] = 4,
                                                     [SNMP_COUNTER64] = 8};

    return type < sizeof most && len - 1 < most[type]; /* 0 - 1 is a large number */
}

bool snmp_message_answers(struct snmp_message *m, const void *asked, size_t asked_len)
{
    const uint8_t *a = asked, *g = m->varbinds;
    size_t a_left = asked_len, g_left = m->varbinds_len, count = 0;

    while (a_left) {
        size_t oid_len = a[3], len, value_len;

        if (a[1] & 0x80 || g_left < oid_len + 6)
            return false;
        value_len = g[oid_len + 5];
        len = oid_len + 6 + value_len;
        if (g_left < len || len - 2 >= 0x80 || g[1] != len - 2 || g[0] != TAG_SEQUENCE ||
            !octets_equal(a + 2, g + 2, oid_len + 2) ||
            (!is_usual_number(g[oid_len + 4], value_len) &&
             !is_valid_value(g[oid_len + 4], g + oid_len + 6, value_len)))
            return false;
        a += oid_len + 6;
        a_left -= oid_len + 6;
        g += len;
        g_left -= len;
        count++;
    }
    m->varbind_count = count;
    return g_left == 0;
}

/* ---- writing ---- */

enum { OID_SHORT = 0x7f - 6 }; /* up to here every length around an OID without a value takes one octet */

/* Usual OIDs, from the front: this is most of what a request costs. False: write it the long way. */
static bool put_short_names(struct ber_out *b, const struct snmp_request *r)
{
    size_t size = 0, longest = 0;
    uint8_t *at;

    for (size_t i = 0; i < r->count; i++) {
        size += r->oids[i].len + 6;
        longest = r->oids[i].len > longest ? r->oids[i].len : longest;
    }
    if (longest > OID_SHORT || (size_t)(b->at - b->begin) < size)
        return false;
    at = b->at -= size;
    for (size_t i = 0; i < r->count; i++) {
        uint8_t len = (uint8_t)r->oids[i].len;
        const uint8_t head[4] = {TAG_SEQUENCE, (uint8_t)(len + 4), TAG_OID, len};

        memcpy(at, head, sizeof head);
        octets_copy(at + 4, r->oids[i].bytes, len);
        at[4 + len] = TAG_NULL;
        at[5 + len] = 0;
        at += len + 6;
    }
    return true;
}

static void put_names(struct ber_out *b, const struct snmp_request *r)
{
    const uint8_t *mark;

    for (size_t i = r->count; i-- > 0;) {
        mark = b->at;
        ber_put_u8(b, 0);
        ber_put_u8(b, TAG_NULL);
        const uint8_t *name_end = b->at;
        ber_put(b, r->oids[i].bytes, r->oids[i].len);
        ber_put_header(b, TAG_OID, name_end);
        ber_put_header(b, TAG_SEQUENCE, mark);
    }
}

static void put_pdu(struct ber_out *b, const struct snmp_request *r)
{
    const uint8_t *end = b->at;

    if (r->names_len)
        ber_put(b, r->names, r->names_len);
    else if (!put_short_names(b, r))
        put_names(b, r);
    ber_put_header(b, TAG_SEQUENCE, end);
    ber_put_integer(b, r->type == SNMP_GETBULK ? (int32_t)r->max_repetitions : 0);
    ber_put_integer(b, 0); /* error-status, or non-repeaters */
    ber_put_integer(b, r->request_id);
    ber_put_header(b, (uint8_t)r->type, end);
}

enum err snmp_pdu_write(const struct snmp_request *r, uint8_t *out, size_t size, size_t *len)
{
    struct ber_out b;
    const uint8_t *end;

    ber_out_init(&b, out, size);
    end = b.at;
    put_pdu(&b, r);
    return ber_out_finish(&b, end, out, len);
}

enum err snmp_request_encode(const struct snmp_request *r, uint8_t *out, size_t size, size_t *len)
{
    struct ber_out b;
    const uint8_t *end, *mark;

    ber_out_init(&b, out, size);
    end = b.at;
    put_pdu(&b, r);
    mark = b.at;
    ber_put(&b, r->community, r->community_len);
    ber_put_header(&b, TAG_OCTETS, mark);
    ber_put_integer(&b, r->version);
    ber_put_header(&b, TAG_SEQUENCE, end);
    return ber_out_finish(&b, end, out, len);
}
