/* SPDX-License-Identifier: GPL-3.0-or-later */
/* snmp_v3.c - the codec of SNMPv3's wrapping. */
#include "collector/snmp_v3.h"

#include "collector/ber.h"

enum { SECURITY_MODEL_USM = 3, MAX_SIZE_LEAST = 484, PADDING_MAX = 7 };

/* ---- reading ---- */

static struct snmp_octets read_octets(struct wire *w, size_t max)
{
    struct wire contents = ber_element(w, TAG_OCTETS);
    struct snmp_octets o = {.len = wire_left(&contents)};

    o.bytes = wire_bytes(&contents, o.len);
    if (!o.bytes)
        wire_fail(w, ERR_MALFORMED);
    else if (o.len > max)
        wire_fail(w, ERR_LIMIT);
    return o;
}

static uint32_t read_natural(struct wire *w)
{
    int64_t v = ber_integer(w);

    if (v < 0)
        wire_fail(w, ERR_RANGE);
    return v < 0 ? 0 : (uint32_t)v;
}

static enum err parse_header(struct wire *message, struct snmp_v3_message *m)
{
    struct wire header = ber_element(message, TAG_SEQUENCE);
    struct snmp_octets flags;
    uint32_t model;

    m->msg_id = (int32_t)read_natural(&header);
    m->max_size = read_natural(&header);
    flags = read_octets(&header, 1);
    model = read_natural(&header);
    if (wire_error(&header))
        return wire_error(&header);
    if (wire_left(&header) || flags.len != 1 || m->max_size < MAX_SIZE_LEAST)
        return ERR_MALFORMED;
    m->flags = flags.bytes[0];
    if ((m->flags & SNMP_V3_LEVEL) == SNMP_V3_PRIV)
        return ERR_MALFORMED;
    return model == SECURITY_MODEL_USM ? ERR_OK : ERR_UNSUPPORTED;
}

static enum err parse_security(struct wire *message, struct snmp_v3_message *m)
{
    struct snmp_octets whole = read_octets(message, SNMP_MESSAGE_MAX);
    struct wire w, fields;

    if (wire_error(message))
        return wire_error(message);
    wire_init(&w, whole.bytes, whole.len);
    fields = ber_element(&w, TAG_SEQUENCE);
    m->engine_id = read_octets(&fields, SNMP_ENGINE_ID_MAX);
    m->boots = read_natural(&fields);
    m->time = read_natural(&fields);
    m->user = read_octets(&fields, 32);
    m->mac = read_octets(&fields, SNMP_V3_MAC_MAX);
    m->salt = read_octets(&fields, SNMP_V3_SALT);
    if (wire_error(&fields))
        return wire_error(&fields);
    if (wire_left(&fields) || wire_left(&w))
        return ERR_MALFORMED;
    return m->flags & SNMP_V3_PRIV && m->salt.len != SNMP_V3_SALT ? ERR_MALFORMED : ERR_OK;
}

static enum err parse_data(struct wire *message, struct snmp_v3_message *m)
{
    if (m->flags & SNMP_V3_PRIV) {
        m->data = read_octets(message, SNMP_MESSAGE_MAX);
    } else {
        m->data.len = wire_left(message);
        m->data.bytes = wire_bytes(message, m->data.len);
    }
    return wire_error(message) ? wire_error(message) : wire_left(message) ? ERR_MALFORMED : ERR_OK;
}

enum err snmp_v3_parse(const void *bytes, size_t len, struct snmp_v3_message *out)
{
    struct snmp_v3_message m = {0};
    struct wire w, message;
    uint32_t version;
    enum err e;

    if (len > SNMP_MESSAGE_MAX)
        return ERR_LIMIT;
    wire_init(&w, bytes, len);
    message = ber_element(&w, TAG_SEQUENCE);
    version = read_natural(&message);
    if (wire_error(&message))
        return wire_error(&message);
    if (wire_left(&w))
        return ERR_MALFORMED;
    if (version != SNMP_WIRE_V3)
        return ERR_UNSUPPORTED;
    e = parse_header(&message, &m);
    if (!e)
        e = parse_security(&message, &m);
    if (!e)
        e = parse_data(&message, &m);
    if (!e)
        *out = m;
    return e;
}

enum err snmp_v3_scoped_parse(const void *bytes, size_t len, bool is_padded, struct snmp_v3_scoped *out)
{
    struct snmp_v3_scoped s;
    struct wire w, scoped;
    enum err e;

    wire_init(&w, bytes, len);
    scoped = ber_element(&w, TAG_SEQUENCE);
    s.context_engine = read_octets(&scoped, SNMP_ENGINE_ID_MAX);
    s.context = read_octets(&scoped, 255);
    if (wire_error(&scoped))
        return wire_error(&scoped);
    if (wire_left(&w) > (is_padded ? PADDING_MAX : 0))
        return ERR_MALFORMED;
    s.bytes.len = wire_left(&scoped);
    s.bytes.bytes = wire_bytes(&scoped, s.bytes.len);
    e = snmp_pdu_read(s.bytes.bytes, s.bytes.len, &s.pdu);
    if (!e)
        *out = s;
    return e;
}

/* ---- writing, from the end to the front ---- */

static void put_octets(struct ber_out *b, const struct snmp_octets *o)
{
    const uint8_t *end = b->at;

    ber_put(b, o->bytes, o->len);
    ber_put_header(b, TAG_OCTETS, end);
}

enum err snmp_v3_scoped_encode(const struct snmp_octets *engine, const struct snmp_octets *context,
                               const struct snmp_octets *pdu, uint8_t *out, size_t size, size_t *len)
{
    struct ber_out b;
    const uint8_t *end;

    ber_out_init(&b, out, size);
    end = b.at;
    ber_put(&b, pdu->bytes, pdu->len);
    put_octets(&b, context);
    put_octets(&b, engine);
    ber_put_header(&b, TAG_SEQUENCE, end);
    return ber_out_finish(&b, end, out, len);
}

/* Returns where the MAC lies. */
static const uint8_t *put_security(struct ber_out *b, const struct snmp_v3_message *m)
{
    static const uint8_t zeros[SNMP_V3_MAC_MAX];
    const struct snmp_octets place = {zeros, m->mac.len};
    const uint8_t *end = b->at, *mac;

    put_octets(b, &m->salt);
    put_octets(b, &place);
    mac = b->at + 2; /* behind tag and length: it is shorter than 128 */
    put_octets(b, &m->user);
    ber_put_integer(b, (int32_t)m->time);
    ber_put_integer(b, (int32_t)m->boots);
    put_octets(b, &m->engine_id);
    ber_put_header(b, TAG_SEQUENCE, end);
    ber_put_header(b, TAG_OCTETS, end);
    return mac;
}

enum err snmp_v3_encode(const struct snmp_v3_message *m, uint8_t *out, size_t size, size_t *len,
                        size_t *mac_at)
{
    struct ber_out b;
    const struct snmp_octets flags = {&m->flags, 1};
    const uint8_t *end, *mark, *mac;

    if (m->mac.len > SNMP_V3_MAC_MAX)
        return ERR_LIMIT;
    ber_out_init(&b, out, size);
    end = b.at;
    if (m->flags & SNMP_V3_PRIV)
        put_octets(&b, &m->data);
    else
        ber_put(&b, m->data.bytes, m->data.len);
    mac = put_security(&b, m);
    mark = b.at;
    ber_put_integer(&b, SECURITY_MODEL_USM);
    put_octets(&b, &flags);
    ber_put_integer(&b, m->max_size ? (int32_t)m->max_size : SNMP_MESSAGE_MAX);
    ber_put_integer(&b, m->msg_id);
    ber_put_header(&b, TAG_SEQUENCE, mark);
    ber_put_integer(&b, SNMP_WIRE_V3);
    ber_put_header(&b, TAG_SEQUENCE, end);
    *mac_at = m->mac.len ? (size_t)(mac - b.at) : 0;
    return ber_out_finish(&b, end, out, len);
}
