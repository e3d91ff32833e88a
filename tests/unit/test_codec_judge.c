/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_codec_judge.c - our codec of SNMPv1 and v2c messages before two judges: net-snmp's, and a slow reader
 * in this file that follows the grammar of RFC 1157 and RFC 3416 octet by octet and names what it does not
 * like.
 *
 * Each generated or recorded message, whole or damaged, goes to all three. Ours accepts what the grammar
 * accepts, no more; who accepts has read the same varbinds. 200,000 messages, with NETZWACHT_LONG=1 five
 * million; NETZWACHT_SEED: of the generator. Where net-snmp judges otherwise, the figures name why.
 *
 * It accepts, and we refuse:
 * - left over: octets behind a PDU, a message or a varbind: whoever sends them means something else than we
 * read
 * - OID form: padding, nothing at all, sub-identifiers over 32 bits, which it cuts: two names for one object
 * - value size: a counter of more octets than it has, an address of other than four, a NULL with contents
 * - value type: tags that SMIv2 does not have: floats and 64-bit integers outside an Opaque
 * - integer: a request-id or error-status beyond 32 bits, which it cuts
 * - PDU type: a SET (we answer nothing), a Report outside SNMPv3
 * - tag: another one in the frame that it does not look at
 *
 * We accept, and it refuses: an Opaque that begins like one of its floats (0x9f) and is none. To us an Opaque
 * is octets. */
#include "tests/unit/cmocka_tests.h"

#include <glob.h>
#include <stdio.h>
#include <unistd.h>

#include <net-snmp/net-snmp-config.h>
#include <net-snmp/net-snmp-includes.h>
#undef MIB /* theirs is a file */

#include "collector/snmp_pdu.h"
#include "collector/snmprec.h"
#include "lib/base/rng.h"
#include "lib/base/strx.h"

enum { BYTES_MAX = 16384, VARBINDS_MOST = 12 };

/* ---- the grammar, read slowly ---- */

enum deviation {
    FITS,
    LENGTH_FORM,    /* indefinite, or of more than four octets */
    BEYOND,         /* an element ends behind what holds it */
    OTHER_TAG,      /* than the grammar has here */
    LEFT_OVER,      /* octets behind the last element */
    INTEGER_RANGE,  /* of the frame: no octet, more than eight, or a value beyond 32 bits */
    VERSION,        /* neither v1 nor v2c */
    PDU_TYPE,       /* a SET, a Report outside SNMPv3, or unknown */
    COMMUNITY_SIZE, /* over 255 octets */
    OID_FORM,       /* empty, unfinished, padded, over 128 sub-identifiers or over 32 bits in one */
    VALUE_SIZE,     /* more or fewer octets than its type can have */
    VALUE_TYPE,     /* none of SMIv2 */
    DEVIATIONS
};

static const char *const names[DEVIATIONS] = {
    "fits",    "form of a length", "ends too late", "tag",      "left over",  "integer",
    "version", "PDU type",         "community",     "OID form", "value size", "value type",
};

struct reader {
    const uint8_t *at;
    size_t left;
    enum deviation why; /* the first one */
};

static void deviate(struct reader *r, enum deviation why)
{
    if (!r->why)
        r->why = why;
    r->left = 0;
}

/* tag 0: any. The contents; r stands behind them. */
static struct reader element(struct reader *r, unsigned tag, unsigned *found)
{
    struct reader in = {0};
    size_t len, octets;

    if (r->why || r->left < 2) {
        deviate(r, r->left && tag && r->at[0] != tag ? OTHER_TAG : BEYOND);
        return in;
    }
    if (tag && r->at[0] != tag) {
        deviate(r, OTHER_TAG);
        return in;
    }
    if (found)
        *found = r->at[0];
    len = r->at[1];
    r->at += 2;
    r->left -= 2;
    if (len & 0x80) {
        octets = len & 0x7f;
        if (octets == 0 || octets > 4) {
            deviate(r, LENGTH_FORM);
            return in;
        }
        for (len = 0; octets && r->left; octets--, r->at++, r->left--)
            len = len << 8 | *r->at;
        if (octets)
            deviate(r, BEYOND);
    }
    if (len > r->left)
        deviate(r, BEYOND);
    if (r->why)
        return in;
    in = (struct reader){r->at, len, FITS};
    r->at += len;
    r->left -= len;
    return in;
}

static void frame_integer(struct reader *r, int64_t *value)
{
    struct reader in = element(r, 0x02, NULL);
    uint64_t v = in.left && in.at[0] & 0x80 ? UINT64_MAX : 0;

    *value = 0;
    if (r->why)
        return;
    if (in.left < 1 || in.left > 8) {
        deviate(r, INTEGER_RANGE);
        return;
    }
    for (size_t i = 0; i < in.left; i++)
        v = v << 8 | in.at[i];
    *value = (int64_t)v;
    if (*value < INT32_MIN || *value > INT32_MAX)
        deviate(r, INTEGER_RANGE);
}

static bool is_oid(const uint8_t *at, size_t left)
{
    unsigned sub_ids = 1;
    uint64_t id = 0;
    bool is_begun = false;

    if (left == 0)
        return false;
    for (size_t i = 0; i < left; i++) {
        if (!is_begun && at[i] == 0x80)
            return false;
        is_begun = true;
        id = id << 7 | (at[i] & 0x7f);
        if (id > UINT32_MAX)
            return false;
        if (at[i] & 0x80)
            continue;
        sub_ids++;
        is_begun = false;
        id = 0;
    }
    return !is_begun && sub_ids <= 128;
}

static enum deviation value(unsigned type, const struct reader *in)
{
    bool has_zero = in->left && in->at[0] == 0;

    switch (type) {
    case 0x02:
    case 0x41:
    case 0x42:
    case 0x43: return (in->left >= 1 && in->left <= 4) || (in->left == 5 && has_zero) ? FITS : VALUE_SIZE;
    case 0x46: return (in->left >= 1 && in->left <= 8) || (in->left == 9 && has_zero) ? FITS : VALUE_SIZE;
    case 0x04:
    case 0x44: return FITS;
    case 0x40: return in->left == 4 ? FITS : VALUE_SIZE;
    case 0x06: return is_oid(in->at, in->left) ? FITS : OID_FORM;
    case 0x05:
    case 0x80:
    case 0x81:
    case 0x82: return in->left == 0 ? FITS : VALUE_SIZE;
    default: return VALUE_TYPE;
    }
}

static enum deviation varbinds(struct reader *list)
{
    while (list->left && !list->why) {
        struct reader pair = element(list, 0x30, NULL);
        struct reader name = element(&pair, 0x06, NULL), v;
        unsigned type = 0;

        if (list->why)
            break;
        v = element(&pair, 0, &type);
        if (pair.why)
            return pair.why;
        if (pair.left)
            return LEFT_OVER;
        if (!is_oid(name.at, name.left))
            return OID_FORM;
        if (value(type, &v))
            return value(type, &v);
    }
    return list->why;
}

static enum deviation deviation_of(const uint8_t *bytes, size_t len)
{
    struct reader all = {bytes, len, FITS}, message = element(&all, 0x30, NULL), community, pdu, list, in;
    int64_t number;
    unsigned type = 0;

    if (all.why || all.left)
        return all.why ? all.why : LEFT_OVER;
    frame_integer(&message, &number);
    if (message.why)
        return message.why;
    if (number != 0 && number != 1)
        return VERSION;
    community = element(&message, 0x04, NULL);
    if (message.why)
        return message.why;
    if (community.left > 255)
        return COMMUNITY_SIZE;
    pdu = element(&message, 0, &type);
    if (message.why || message.left)
        return message.why ? message.why : LEFT_OVER;
    if (type == 0xa4) {
        in = element(&pdu, 0x06, NULL);
        (void)element(&pdu, 0x40, NULL);
        frame_integer(&pdu, &number);
        frame_integer(&pdu, &number);
        (void)element(&pdu, 0x43, NULL);
        if (!pdu.why && !is_oid(in.at, in.left))
            return OID_FORM;
    } else if (type >= 0xa0 && type <= 0xa7 && type != 0xa3) {
        for (int i = 0; i < 3; i++)
            frame_integer(&pdu, &number);
    } else {
        return PDU_TYPE;
    }
    list = element(&pdu, 0x30, NULL);
    if (pdu.why || pdu.left)
        return pdu.why ? pdu.why : LEFT_OVER;
    return varbinds(&list);
}

/* ---- messages ---- */

struct message {
    uint8_t bytes[BYTES_MAX];
    size_t len;
};

static void put(struct message *m, const void *bytes, size_t len)
{
    if (len && m->len + len <= sizeof m->bytes) {
        memcpy(m->bytes + m->len, bytes, len);
        m->len += len;
    }
}

/* is_odd: sometimes a length in more octets than it takes, as some agents write it. */
static void put_element(struct rng *rng, struct message *m, uint8_t tag, const struct message *in,
                        bool is_odd)
{
    uint8_t head[6] = {tag, (uint8_t)in->len};
    size_t octets = in->len < 128 ? 0 : in->len < 256 ? 1 : 2, n = 2;

    if (is_odd && rng_below(rng, 12) == 0)
        octets += rng_below(rng, (uint32_t)(5 - octets));
    if (octets) {
        head[1] = (uint8_t)(0x80 | octets);
        for (size_t i = octets; i-- > 0;)
            head[n++] = (uint8_t)((uint64_t)in->len >> 8 * i);
    }
    put(m, head, n);
    put(m, in->bytes, in->len);
}

/* A number in as few octets as it takes, now and then in some more. */
static void put_number(struct rng *rng, struct message *m, uint8_t tag, int64_t v, bool is_odd)
{
    struct message in = {.len = 0};
    size_t octets = 1;
    uint8_t b;

    while (octets < 8 && (v >> (8 * octets - 1)) != 0 && (v >> (8 * octets - 1)) != -1)
        octets++;
    if (is_odd && rng_below(rng, 20) == 0)
        octets += rng_below(rng, 3);
    for (size_t i = octets; i-- > 0;) {
        b = (uint8_t)(i < 8 ? v >> 8 * i : v >> 63);
        put(&in, &b, 1);
    }
    put_element(rng, m, tag, &in, is_odd);
}

static void put_oid(struct rng *rng, struct message *m, bool is_odd)
{
    struct message in = {.len = 0};
    uint32_t ids[OID_MAX] = {rng_below(rng, 3), rng_below(rng, 40)}, count = 2 + rng_below(rng, 16);
    uint8_t raw[SNMP_RAW_OID_MAX];
    size_t len;

    if (is_odd && rng_below(rng, 50) == 0)
        count = 120 + rng_below(rng, 9);
    for (size_t i = 2; i < count; i++)
        ids[i] = rng_below(rng, 4) ? rng_below(rng, 300) : (uint32_t)(rng_u64(rng) >> rng_below(rng, 64));
    assert_ok(snmp_oid_encode(ids, count, raw, &len));
    put(&in, raw, len);
    put_element(rng, m, 0x06, &in, is_odd);
}

static void put_value(struct rng *rng, struct message *m, bool is_odd)
{
    static const uint8_t types[] = {0x02, 0x04, 0x05, 0x06, 0x40, 0x41, 0x42,
                                    0x43, 0x44, 0x46, 0x80, 0x81, 0x82};
    uint8_t type = types[rng_below(rng, sizeof types)], octet;
    struct message in = {.len = 0};
    uint64_t number = rng_u64(rng) >> rng_below(rng, 64);

    switch (type) {
    case 0x02: put_number(rng, m, type, (int32_t)number, is_odd); return;
    case 0x41:
    case 0x42:
    case 0x43: put_number(rng, m, type, (uint32_t)number, is_odd); return;
    case 0x46: put_number(rng, m, type, (int64_t)number, is_odd); return;
    case 0x06: put_oid(rng, m, is_odd); return;
    case 0x44:
        if (rng_below(rng, 2)) {
            put(&in, "\x9f\x78\x04", 3);
            put(&in, &number, 4);
            break;
        }
        /* fall through */
    case 0x04:
        for (uint32_t n = rng_below(rng, rng_below(rng, 8) ? 24 : 600); n > 0; n--) {
            octet = (uint8_t)rng_u64(rng);
            put(&in, &octet, 1);
        }
        break;
    case 0x40: put(&in, &number, 4); break;
    default: break;
    }
    put_element(rng, m, type, &in, is_odd);
}

static void put_varbind(struct rng *rng, struct message *list, bool is_odd)
{
    struct message pair = {.len = 0};

    put_oid(rng, &pair, is_odd);
    put_value(rng, &pair, is_odd);
    put_element(rng, list, 0x30, &pair, is_odd);
}

/* The message around a list of varbinds. */
static void wrap(struct rng *rng, uint8_t type, const struct message *list, bool is_odd, struct message *out)
{
    struct message pdu = {.len = 0}, all = {.len = 0}, community = {.len = 0}, address = {.len = 0};

    if (type == 0xa4) {
        put_oid(rng, &pdu, is_odd);
        put(&address, "\x7f\0\0\1", 4);
        put_element(rng, &pdu, 0x40, &address, is_odd);
        put_number(rng, &pdu, 0x02, rng_below(rng, 7), is_odd);
        put_number(rng, &pdu, 0x02, rng_below(rng, 1000), is_odd);
        put_number(rng, &pdu, 0x43, (uint32_t)rng_u64(rng), is_odd);
    } else {
        put_number(rng, &pdu, 0x02, (int32_t)rng_u64(rng), is_odd);
        put_number(rng, &pdu, 0x02, rng_below(rng, 19), is_odd);
        put_number(rng, &pdu, 0x02, rng_below(rng, 60), is_odd);
    }
    put_element(rng, &pdu, 0x30, list, is_odd);
    put_number(rng, &all, 0x02, type == 0xa4 ? 0 : rng_below(rng, 8) ? 1 : 0, is_odd);
    put(&community, "public and then some more", rng_below(rng, 26));
    put_element(rng, &all, 0x04, &community, is_odd);
    put_element(rng, &all, type, &pdu, is_odd);
    out->len = 0;
    put_element(rng, out, 0x30, &all, is_odd);
}

static void generate(struct rng *rng, struct message *out)
{
    static const uint8_t types[] = {0xa0, 0xa1, 0xa2, 0xa2, 0xa2, 0xa2, 0xa4, 0xa5, 0xa6, 0xa7};
    struct message list = {.len = 0};
    bool is_odd = rng_below(rng, 2);

    for (uint32_t n = rng_below(rng, VARBINDS_MOST); n > 0; n--)
        put_varbind(rng, &list, is_odd);
    wrap(rng, types[rng_below(rng, sizeof types)], &list, is_odd, out);
}

/* As the wire, a bad agent or an attacker would. */
static void damage(struct rng *rng, struct message *m)
{
    static const uint8_t telling[] = {0, 1, 0x7f, 0x80, 0x81, 0x82, 0x84, 0x85, 0xff, 0x30, 0x02, 0x04, 0x06};
    uint32_t at, len = (uint32_t)m->len, some;

    for (uint32_t times = 1 + rng_below(rng, 3); times > 0 && m->len > 1; times--) {
        len = (uint32_t)m->len;
        at = rng_below(rng, len);
        switch (rng_below(rng, 8)) {
        case 0: m->len = at + 1; break;
        case 1: m->bytes[at] = telling[rng_below(rng, sizeof telling)]; break;
        case 2: m->bytes[at]++; break;
        case 3: m->bytes[at]--; break;
        case 4: /* an octet goes */
            memmove(m->bytes + at, m->bytes + at + 1, len - at - 1);
            m->len--;
            break;
        case 5: /* some come twice */
            some = 1 + rng_below(rng, len - at < 16 ? len - at : 16);
            if (len + some > sizeof m->bytes)
                break;
            memmove(m->bytes + at + some, m->bytes + at, len - at);
            m->len += some;
            break;
        default: m->bytes[at] ^= (uint8_t)(1u << rng_below(rng, 8));
        }
    }
}

/* ---- the comparison ---- */

static void same_oid(const uint32_t *ours, size_t len, const oid *theirs, size_t their_len)
{
    assert_int_equal(len, their_len);
    for (size_t i = 0; i < len; i++)
        assert_int_equal(ours[i], theirs[i]);
}

/* It has unpacked an Opaque: 9f 78, four octets of IEEE 754, most significant first. */
static void same_float(const struct varbind *ours, const netsnmp_variable_list *theirs)
{
    uint32_t bits;

    memcpy(&bits, theirs->val.floatVal, sizeof bits);
    assert_int_equal(ours->len, 7);
    assert_int_equal(ours->bytes[1], 0x78);
    for (unsigned i = 0; i < 4; i++)
        assert_int_equal(ours->bytes[3 + i], bits >> (24 - 8 * i) & 0xff);
}

static void same_value(const struct varbind *ours, const netsnmp_variable_list *theirs)
{
    same_oid(ours->oid, ours->oid_len, theirs->name, theirs->name_length);
    if (ours->type == SNMP_OPAQUE && theirs->type == ASN_OPAQUE_FLOAT) {
        same_float(ours, theirs);
        return;
    }
    if (ours->type == SNMP_OPAQUE && theirs->type != ASN_OPAQUE) {
        assert_int_equal(ours->bytes[0], 0x9f); /* its other types in an Opaque */
        assert_int_equal(ours->bytes[1], theirs->type);
        return;
    }
    assert_int_equal(ours->type, theirs->type);
    switch (ours->type) {
    /* an unsigned value that an agent sends as INTEGER stays what it is with us */
    case SNMP_INTEGER: assert_int_equal((int32_t)ours->integer, (int32_t)*theirs->val.integer); break;
    case SNMP_COUNTER32:
    case SNMP_GAUGE32:
    case SNMP_TIMETICKS: assert_int_equal(ours->number, (uint32_t)*theirs->val.integer); break;
    case SNMP_COUNTER64:
        assert_int_equal(ours->number >> 32, theirs->val.counter64->high);
        assert_int_equal(ours->number & UINT32_MAX, theirs->val.counter64->low);
        break;
    case SNMP_OCTETS:
    case SNMP_IPADDRESS:
    case SNMP_OPAQUE:
        assert_int_equal(ours->len, theirs->val_len);
        assert_memory_equal(ours->bytes, theirs->val.string, ours->len);
        break;
    case SNMP_OID:
        same_oid(ours->value_oid, ours->len, theirs->val.objid, theirs->val_len / sizeof(oid));
        break;
    default: break;
    }
}

static void same_message(const struct snmp_message *m, const netsnmp_pdu *pdu)
{
    const netsnmp_variable_list *theirs = pdu->variables;
    struct snmp_raw_varbind raw;
    struct wire w;

    assert_int_equal(m->type, pdu->command);
    if (m->type == SNMP_TRAP_V1) {
        uint32_t ids[OID_MAX];
        size_t count;
        assert_ok(snmp_oid_decode(m->enterprise.bytes, m->enterprise.len, ids, &count));
        same_oid(ids, count, pdu->enterprise, pdu->enterprise_length);
        assert_int_equal(m->generic_trap, pdu->trap_type);
        assert_int_equal(m->specific_trap, pdu->specific_type);
    } else {
        assert_int_equal(m->request_id, (int32_t)pdu->reqid);
        assert_int_equal(m->error_status, pdu->errstat);
        assert_int_equal(m->error_index, pdu->errindex);
    }
    wire_init(&w, m->varbinds, m->varbinds_len);
    while (snmp_varbind_next(&w, &raw)) {
        uint32_t ids[OID_MAX], value_ids[OID_MAX];
        struct varbind vb;

        assert_non_null(theirs);
        snmp_varbind_decode(&raw, ids, value_ids, &vb);
        same_value(&vb, theirs);
        theirs = theirs->next_variable;
    }
    assert_null(theirs);
}

/* net-snmp looks into an Opaque: 0x9f and a tag, then a float, a double or a 64-bit integer. */
static bool has_tagged_opaque(const struct snmp_message *m)
{
    struct snmp_raw_varbind raw;
    struct wire w;

    wire_init(&w, m->varbinds, m->varbinds_len);
    while (snmp_varbind_next(&w, &raw))
        if (raw.type == SNMP_OPAQUE && raw.value_len >= 2 && raw.value[0] == 0x9f)
            return true;
    return false;
}

struct figures {
    uint64_t all, both, neither, ours_only;
    uint64_t theirs_only[DEVIATIONS];
};

static void judge(const struct message *message, struct figures *f)
{
    static u_char copy[BYTES_MAX + 512]; /* net-snmp is not to be trusted with an exact block */
    uint8_t *exact = malloc(message->len);
    netsnmp_pdu *pdu = calloc(1, sizeof *pdu);
    enum deviation why = deviation_of(message->bytes, message->len);
    size_t left = message->len, community_len = SNMP_COMMUNITY_MAX + 1;
    u_char community[SNMP_COMMUNITY_MAX + 1], *at;
    long version = -1;
    struct snmp_message m;
    bool is_ours, is_theirs;

    assert_non_null(exact);
    assert_non_null(pdu);
    memcpy(exact, message->bytes, message->len); /* so that over-reads show */
    memcpy(copy, message->bytes, message->len);
    memset(copy + message->len, 0, 512);
    is_ours = snmp_message_parse(exact, message->len, &m) == ERR_OK;
    if (is_ours != (why == FITS))
        fail_msg("message %llu: we %s it, the grammar says: %s", (unsigned long long)f->all,
                 is_ours ? "accept" : "refuse", names[why]);
    at = snmp_comstr_parse(copy, &left, community, &community_len, &version);
    is_theirs = at && (version == 0 || version == 1) && snmp_pdu_parse(pdu, at, &left) == 0;
    f->all++;
    if (is_ours && is_theirs) {
        f->both++;
        assert_int_equal(m.version, version);
        assert_int_equal(m.community_len, community_len);
        assert_memory_equal(m.community, community, community_len);
        same_message(&m, pdu);
    } else if (is_ours) {
        f->ours_only++;
        if (!has_tagged_opaque(&m))
            fail_msg("message %llu: net-snmp refuses what we accept", (unsigned long long)f->all);
    } else if (is_theirs) {
        f->theirs_only[why]++;
    } else {
        f->neither++;
    }
    snmp_free_pdu(pdu);
    free(exact);
}

static void print_figures(const char *what, const struct figures *f)
{
    printf("# %s: %llu messages, both %llu, neither %llu, ours alone %llu, net-snmp alone", what,
           (unsigned long long)f->all, (unsigned long long)f->both, (unsigned long long)f->neither,
           (unsigned long long)f->ours_only);
    for (unsigned i = 0; i < DEVIATIONS; i++)
        if (f->theirs_only[i])
            printf(" %s %llu", names[i], (unsigned long long)f->theirs_only[i]);
    printf("\n");
}

/* net-snmp says on stderr what it does not like, a million times. */
static void quieten(void)
{
    static bool is_done;

    if (!is_done)
        (void)netsnmp_register_loghandler(NETSNMP_LOGHANDLER_NONE, LOG_DEBUG);
    is_done = true;
}

static uint64_t seed(void)
{
    const char *text = getenv("NETZWACHT_SEED");

    return text ? strtoull(text, NULL, 10) : 20261122;
}

static uint64_t how_many(void)
{
    return getenv("NETZWACHT_LONG") ? 5000000 : 200000;
}

static void generated_messages_are_read_alike_or_refused_for_a_reason(void **state)
{
    struct rng rng = {.state = seed()};
    struct figures f = {0};
    struct message m;

    (void)state;
    quieten();
    for (uint64_t n = how_many(); n > 0; n--) {
        generate(&rng, &m);
        if (rng_below(&rng, 4))
            damage(&rng, &m);
        judge(&m, &f);
    }
    print_figures("generated", &f);
    assert_true(f.both > f.all / 4 && f.neither > f.all / 8);
}

/* ---- recorded agents ---- */

static void put_recorded(struct rng *rng, struct message *list, const struct varbind *vb)
{
    struct message pair = {.len = 0}, in = {.len = 0};
    uint8_t raw[SNMP_RAW_OID_MAX];
    size_t len;

    if (snmp_oid_encode(vb->oid, vb->oid_len, raw, &len))
        return; /* recorded, but no OID of SNMP */
    put(&in, raw, len);
    put_element(rng, &pair, 0x06, &in, false);
    in.len = 0;
    switch (vb->type) {
    case SNMP_INTEGER: put_number(rng, &pair, SNMP_INTEGER, (int32_t)vb->integer, false); break;
    case SNMP_COUNTER32:
    case SNMP_GAUGE32:
    case SNMP_TIMETICKS: put_number(rng, &pair, (uint8_t)vb->type, (uint32_t)vb->number, false); break;
    case SNMP_COUNTER64: put_number(rng, &pair, SNMP_COUNTER64, (int64_t)vb->number, false); break;
    case SNMP_OID:
        if (snmp_oid_encode(vb->value_oid, vb->len, raw, &len))
            return;
        put(&in, raw, len);
        put_element(rng, &pair, SNMP_OID, &in, false);
        break;
    default: put(&in, vb->bytes, vb->len); put_element(rng, &pair, (uint8_t)vb->type, &in, false);
    }
    put_element(rng, list, 0x30, &pair, false);
}

struct replay {
    struct rng rng;
    struct varbind_set *set; /* of one line */
    struct message list;
    unsigned varbinds;
    struct figures whole, damaged;
};

static void flush_replies(struct replay *r)
{
    struct message whole, bad;

    if (r->varbinds == 0)
        return;
    wrap(&r->rng, SNMP_RESPONSE, &r->list, false, &whole);
    judge(&whole, &r->whole);
    for (int n = getenv("NETZWACHT_LONG") ? 40 : 2; n > 0; n--) {
        bad = whole;
        damage(&r->rng, &bad);
        judge(&bad, &r->damaged);
    }
    r->list.len = r->varbinds = 0;
}

static enum err replay_line(void *ctx, const char *line, size_t len)
{
    struct replay *r = ctx;
    const struct varbind *vb;

    varbind_set_clear(r->set);
    if (snmprec_read_line(line, len, NULL, r->set))
        return ERR_OK;
    varbind_set_sort(r->set);
    vb = varbind_set_at(r->set, 0);
    if (!vb || vb->len > 2000)
        return ERR_OK;
    if (r->varbinds == 25 || r->list.len > 4000)
        flush_replies(r);
    put_recorded(&r->rng, &r->list, vb);
    r->varbinds++;
    return ERR_OK;
}

static void recorded_agents_are_read_alike(void **state)
{
    const char *root = getenv("NETZWACHT_SOURCE"), *shared = getenv("NETZWACHT_SHARED");
    char *ours = strx_printf("%s/tests/data/recordings/*.snmprec", root ? root : ".");
    char *real = strx_printf("%s/recordings/*.snmprec", shared ? shared : "../shared");
    struct replay r = {.rng = {.state = seed()}, .set = varbind_set_new()};
    uint64_t too_long;
    glob_t files;

    (void)state;
    assert_non_null(ours);
    assert_non_null(real);
    assert_non_null(r.set);
    quieten();
    assert_int_equal(glob(ours, 0, NULL, &files), 0);
    if (access(shared ? shared : "../shared", F_OK) == 0)
        assert_int_equal(glob(real, GLOB_APPEND, NULL, &files), 0);
    for (size_t i = 0; i < files.gl_pathc; i++) {
        assert_ok(snmprec_each_line(files.gl_pathv[i], replay_line, &r, &too_long));
        flush_replies(&r);
    }
    print_figures("recorded", &r.whole);
    print_figures("recorded and damaged", &r.damaged);
    assert_true(r.whole.both == r.whole.all && r.whole.all >= files.gl_pathc);
    globfree(&files);
    varbind_set_free(r.set);
    free(ours);
    free(real);
}

RUN_TESTS("codec_judge", cmocka_unit_test(generated_messages_are_read_alike_or_refused_for_a_reason),
          cmocka_unit_test(recorded_agents_are_read_alike))
