/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_snmp_pdu.c - our codec alone, and held against net-snmp's in both directions. */
#include "tests/unit/cmocka_tests.h"

#include <net-snmp/net-snmp-config.h>
#include <net-snmp/net-snmp-includes.h>

#include "collector/snmp_pdu.h"
#include "lib/base/rng.h"

static struct snmp_raw_oid raw_oid(const char *text, uint8_t *store)
{
    uint32_t ids[OID_MAX];
    size_t count = OID_MAX, len;

    assert_ok(oid_from_text(text, ids, &count));
    assert_ok(snmp_oid_encode(ids, count, store, &len));
    return (struct snmp_raw_oid){store, len};
}

static void random_oid(struct rng *rng, uint32_t *ids, size_t *count)
{
    *count = 2 + rng_below(rng, 20);
    ids[0] = rng_below(rng, 3);
    ids[1] = rng_below(rng, 40);
    for (size_t i = 2; i < *count; i++)
        ids[i] = rng_below(rng, 4) ? rng_below(rng, 300) : (uint32_t)(rng_u64(rng) >> rng_below(rng, 32));
}

static void oids_survive_encoding_and_keep_their_order(void **state)
{
    struct rng rng = {.state = 7};

    (void)state;
    for (int i = 0; i < 20000; i++) {
        uint32_t a[OID_MAX], b[OID_MAX], back[OID_MAX];
        uint8_t raw_a[SNMP_RAW_OID_MAX], raw_b[SNMP_RAW_OID_MAX];
        size_t a_len, b_len, len_a, len_b, count;

        random_oid(&rng, a, &a_len);
        random_oid(&rng, b, &b_len);
        for (size_t same = rng_below(&rng, 8); same-- > 0;) {
            if (same < a_len && same < b_len)
                b[same] = a[same];
        }
        assert_ok(snmp_oid_encode(a, a_len, raw_a, &len_a));
        assert_ok(snmp_oid_encode(b, b_len, raw_b, &len_b));
        assert_ok(snmp_oid_decode(raw_a, len_a, back, &count));
        assert_int_equal(count, a_len);
        assert_memory_equal(back, a, a_len * sizeof *a);
        struct snmp_raw_oid x = {raw_a, len_a}, y = {raw_b, len_b};
        assert_int_equal(snmp_raw_oid_compare(x, y), oid_compare(a, a_len, b, b_len));
        assert_int_equal(snmp_raw_oid_is_below(x, y), a_len > b_len && oid_has_prefix(a, a_len, b, b_len));
    }
}

/* What net-snmp reads in a request of ours is what was asked. */
static void net_snmp_reads_our_requests(void **state)
{
    struct rng rng = {.state = 11};

    (void)state;
    for (int i = 0; i < 2000; i++) {
        uint8_t raw[SNMP_ASK_MAX][SNMP_RAW_OID_MAX], bytes[8192], community[256];
        struct snmp_raw_oid oids[SNMP_ASK_MAX];
        uint32_t ids[SNMP_ASK_MAX][OID_MAX];
        size_t lens[SNMP_ASK_MAX], len, left, community_len = sizeof community;
        struct snmp_request r = {.version = (int)rng_below(&rng, 2),
                                 .community = (const uint8_t *)"secret",
                                 .community_len = 6,
                                 .type = rng_below(&rng, 2) ? SNMP_GET : SNMP_GETNEXT,
                                 .request_id = (int32_t)(rng_u64(&rng) & 0x7fffffff),
                                 .oids = oids,
                                 .count = 1 + rng_below(&rng, 60)};
        long version;

        if (r.version == 1 && rng_below(&rng, 3) == 0) {
            r.type = SNMP_GETBULK;
            r.max_repetitions = rng_below(&rng, 1000);
        }
        for (size_t k = 0; k < r.count; k++) {
            random_oid(&rng, ids[k], &lens[k]);
            oids[k].bytes = raw[k];
            assert_ok(snmp_oid_encode(ids[k], lens[k], raw[k], &oids[k].len));
        }
        assert_ok(snmp_request_encode(&r, bytes, sizeof bytes, &len));
        left = len;
        u_char *pdu_bytes = snmp_comstr_parse(bytes, &left, community, &community_len, &version);
        assert_non_null(pdu_bytes);
        assert_int_equal(version, r.version);
        assert_int_equal(community_len, 6);
        assert_memory_equal(community, "secret", 6);
        netsnmp_pdu *pdu = calloc(1, sizeof *pdu);
        assert_ok(snmp_pdu_parse(pdu, pdu_bytes, &left));
        assert_int_equal(pdu->command, r.type);
        assert_int_equal(pdu->reqid, r.request_id);
        assert_int_equal(pdu->errstat, 0);
        assert_int_equal(pdu->errindex, r.max_repetitions);
        size_t k = 0;
        for (netsnmp_variable_list *v = pdu->variables; v; v = v->next_variable, k++) {
            assert_true(k < r.count);
            assert_int_equal(v->name_length, lens[k]);
            for (size_t j = 0; j < lens[k]; j++)
                assert_int_equal(v->name[j], ids[k][j]);
        }
        assert_int_equal(k, r.count);
        snmp_free_pdu(pdu);
    }
}

static netsnmp_pdu *random_reply(struct rng *rng)
{
    static const u_char types[] = {ASN_INTEGER,         ASN_OCTET_STR, ASN_OBJECT_ID,    ASN_IPADDRESS,
                                   ASN_COUNTER,         ASN_GAUGE,     ASN_TIMETICKS,    ASN_COUNTER64,
                                   SNMP_NOSUCHINSTANCE, ASN_NULL,      SNMP_ENDOFMIBVIEW};
    netsnmp_pdu *pdu = snmp_pdu_create(SNMP_MSG_RESPONSE);

    pdu->version = SNMP_VERSION_2c;
    pdu->reqid = (long)(rng_u64(rng) & 0x7fffffff);
    for (uint32_t n = rng_below(rng, 20); n > 0; n--) {
        uint32_t ids[OID_MAX], value_ids[OID_MAX];
        oid name[OID_MAX], value_oid[OID_MAX];
        size_t count, value_count;
        u_char type = types[rng_below(rng, ARRAY_LEN(types))], text[300];
        long number = (long)(int32_t)rng_u64(rng) >> rng_below(rng, 31);
        struct counter64 big = {(u_long)(uint32_t)rng_u64(rng), (u_long)(uint32_t)rng_u64(rng)};

        random_oid(rng, ids, &count);
        random_oid(rng, value_ids, &value_count);
        for (size_t i = 0; i < count; i++)
            name[i] = ids[i];
        for (size_t i = 0; i < value_count; i++)
            value_oid[i] = value_ids[i];
        for (size_t i = 0; i < sizeof text; i++)
            text[i] = (u_char)rng_u64(rng);
        if (type == ASN_OCTET_STR)
            snmp_pdu_add_variable(pdu, name, count, type, text, rng_below(rng, sizeof text));
        else if (type == ASN_OBJECT_ID)
            snmp_pdu_add_variable(pdu, name, count, type, value_oid, value_count * sizeof(oid));
        else if (type == ASN_IPADDRESS)
            snmp_pdu_add_variable(pdu, name, count, type, text, 4);
        else if (type == ASN_COUNTER64)
            snmp_pdu_add_variable(pdu, name, count, type, &big, sizeof big);
        else if (type == ASN_NULL || type >= SNMP_NOSUCHOBJECT)
            snmp_pdu_add_variable(pdu, name, count, type, NULL, 0);
        else {
            if (type != ASN_INTEGER)
                number = (long)(uint32_t)number;
            snmp_pdu_add_variable(pdu, name, count, type, &number, sizeof number);
        }
    }
    return pdu;
}

static void same_value(const struct varbind *ours, const netsnmp_variable_list *theirs)
{
    assert_int_equal(ours->type, theirs->type);
    assert_int_equal(ours->oid_len, theirs->name_length);
    for (size_t i = 0; i < ours->oid_len; i++)
        assert_int_equal(ours->oid[i], theirs->name[i]);
    switch (ours->type) {
    case SNMP_INTEGER: assert_int_equal(ours->integer, *theirs->val.integer); break;
    case SNMP_COUNTER32:
    case SNMP_GAUGE32:
    case SNMP_TIMETICKS: assert_int_equal(ours->number, (uint32_t)*theirs->val.integer); break;
    case SNMP_COUNTER64:
        assert_int_equal(ours->number,
                         (uint64_t)theirs->val.counter64->high << 32 | theirs->val.counter64->low);
        break;
    case SNMP_OCTETS:
    case SNMP_IPADDRESS:
        assert_int_equal(ours->len, theirs->val_len);
        assert_memory_equal(ours->bytes, theirs->val.string, ours->len);
        break;
    case SNMP_OID:
        assert_int_equal(ours->len, theirs->val_len / sizeof(oid));
        for (size_t i = 0; i < ours->len; i++)
            assert_int_equal(ours->value_oid[i], theirs->val.objid[i]);
        break;
    default: break;
    }
}

static void same_varbinds(const struct snmp_message *m, const netsnmp_variable_list *theirs)
{
    struct snmp_raw_varbind raw;
    struct wire w;

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

static size_t build(netsnmp_pdu *pdu, uint8_t *bytes, size_t size)
{
    /* snmp_pdu_build() writes the PDU; the message around it is three lines. */
    size_t room = size - 64, left = room;
    u_char *pdu_bytes = bytes + 64, *end = snmp_pdu_build(pdu, pdu_bytes, &left);

    assert_non_null(end);
    size_t len = (size_t)(end - pdu_bytes), head = 0;
    uint8_t header[32];
    uint8_t inner[] = {0x02, 0x01, 0x01, 0x04, 0x06, 's', 'e', 'c', 'r', 'e', 't'};
    size_t total = len + sizeof inner;
    header[head++] = 0x30;
    header[head++] = 0x82;
    header[head++] = (uint8_t)(total >> 8);
    header[head++] = (uint8_t)total;
    memmove(bytes + head + sizeof inner, pdu_bytes, len);
    memcpy(bytes, header, head);
    memcpy(bytes + head, inner, sizeof inner);
    return head + total;
}

static void we_read_what_net_snmp_writes(void **state)
{
    struct rng rng = {.state = 13};

    (void)state;
    for (int i = 0; i < 2000; i++) {
        uint8_t bytes[16384];
        netsnmp_pdu *pdu = random_reply(&rng);
        size_t len = build(pdu, bytes, sizeof bytes);
        struct snmp_message m;

        assert_ok(snmp_message_parse(bytes, len, &m));
        assert_int_equal(m.version, 1);
        assert_int_equal(m.type, SNMP_RESPONSE);
        assert_int_equal(m.request_id, pdu->reqid);
        assert_int_equal(m.community_len, 6);
        same_varbinds(&m, pdu->variables);
        snmp_free_pdu(pdu);
    }
}

/* Damaged replies: where both accept, both must have read the same. (We are stricter: net-snmp accepts more.)
 */
static void where_both_accept_damage_both_read_the_same(void **state)
{
    struct rng rng = {.state = 17};
    int both = 0;

    (void)state;
    for (int i = 0; i < 30000; i++) {
        uint8_t bytes[16384];
        netsnmp_pdu *pdu = random_reply(&rng), *theirs = calloc(1, sizeof *theirs);
        size_t len = build(pdu, bytes, sizeof bytes), left, community_len = 256;
        struct snmp_message m;
        u_char community[256];
        long version;

        for (uint32_t n = 1 + rng_below(&rng, 3); n > 0; n--)
            bytes[rng_below(&rng, (uint32_t)len)] ^= (uint8_t)(1u << rng_below(&rng, 8));
        uint8_t *exact = malloc(len); /* an exact block, so that over-reads show */
        assert_non_null(exact);
        memcpy(exact, bytes, len);
        if (snmp_message_parse(exact, len, &m) == ERR_OK) {
            left = len;
            u_char *at = snmp_comstr_parse(bytes, &left, community, &community_len, &version);
            if (at && m.type == SNMP_RESPONSE && snmp_pdu_parse(theirs, at, &left) == 0 &&
                theirs->variables) {
                both++;
                assert_int_equal(m.request_id, (int32_t)theirs->reqid);
                same_varbinds(&m, theirs->variables);
            }
        }
        free(exact);
        snmp_free_pdu(theirs);
        snmp_free_pdu(pdu);
    }
    assert_true(both > 1000);
}

/* A reply of short varbinds, and the varbind list of the request that it answers. */
static size_t random_answer(struct rng *rng, uint8_t *reply, uint8_t *asked, size_t *asked_len)
{
    uint8_t raw[8][SNMP_RAW_OID_MAX], list[1024];
    struct snmp_raw_oid oids[8];
    size_t count = 1 + rng_below(rng, 8), list_len = 0, len;
    struct snmp_request r = {.version = 1, .type = SNMP_GET, .oids = oids, .count = count};
    struct snmp_message own;

    for (size_t i = 0; i < count; i++) {
        static const uint8_t types[] = {SNMP_INTEGER,   SNMP_COUNTER32,      SNMP_COUNTER64, SNMP_OCTETS,
                                        SNMP_TIMETICKS, SNMP_NO_SUCH_OBJECT, SNMP_OID,       SNMP_IPADDRESS};
        uint32_t ids[16] = {1, 3}, n = 3 + rng_below(rng, 13);
        uint8_t type = types[rng_below(rng, sizeof types)], value_len = (uint8_t)(1 + rng_below(rng, 4));

        for (uint32_t k = 2; k < n; k++)
            ids[k] = rng_below(rng, rng_below(rng, 4) ? 100 : UINT32_MAX);
        oids[i].bytes = raw[i];
        assert_ok(snmp_oid_encode(ids, n, raw[i], &oids[i].len));
        value_len = type == SNMP_NO_SUCH_OBJECT ? 0 : type == SNMP_IPADDRESS ? 4 : value_len;
        const uint8_t head[] = {0x30, (uint8_t)(oids[i].len + 4 + value_len), 6, (uint8_t)oids[i].len};
        memcpy(list + list_len, head, sizeof head);
        memcpy(list + list_len + 4, raw[i], oids[i].len);
        list_len += 4 + oids[i].len;
        list[list_len++] = type;
        list[list_len++] = value_len;
        for (uint32_t k = 0; k < value_len; k++)
            list[list_len++] = (uint8_t)rng_below(rng, 128);
    }
    assert_ok(snmp_request_encode(&r, reply, 2048, &len));
    assert_ok(snmp_message_parse(reply, len, &own));
    assert_int_equal(own.varbind_count, count);
    memcpy(asked, own.varbinds, own.varbinds_len);
    *asked_len = own.varbinds_len;
    memcpy(reply, list, list_len);
    return list_len;
}

static void what_answers_in_one_pass_passes_both_checks(void **state)
{
    struct rng rng = {.state = 23};
    int plain = 0, damaged = 0;

    (void)state;
    for (int i = 0; i < 100000; i++) {
        uint8_t reply[2048], asked[2048];
        size_t asked_len, len = random_answer(&rng, reply, asked, &asked_len);
        bool is_damaged = rng_below(&rng, 2);
        uint8_t *exact;

        if (is_damaged && rng_below(&rng, 4) == 0)
            len -= rng_below(&rng, (uint32_t)len);
        else if (is_damaged)
            reply[rng_below(&rng, (uint32_t)len)] ^= (uint8_t)(1u << rng_below(&rng, 8));
        exact = malloc(len); /* an exact block, so that over-reads show */
        assert_non_null(exact);
        memcpy(exact, reply, len);
        struct snmp_message m = {.varbinds = exact, .varbinds_len = len}, full = m;
        bool answers = snmp_message_answers(&m, asked, asked_len);
        if (!is_damaged)
            assert_true(answers);
        if (answers) {
            assert_ok(snmp_message_check(&full));
            assert_int_equal(m.varbind_count, full.varbind_count);
            assert_true(snmp_varbinds_answer(asked, asked_len, exact, len));
            *(is_damaged ? &damaged : &plain) += 1;
        }
        free(exact);
    }
    assert_true(plain > 40000 && damaged > 1000); /* a flipped bit of a value is no damage */
}

static void hostile_lengths_and_types_are_refused(void **state)
{
    static const struct {
        const char *what;
        uint8_t bytes[48];
        size_t len;
    } cases[] = {
        {"indefinite length", {0x30, 0x80, 0, 0}, 4},
        {"five octets of length", {0x30, 0x85, 0, 0, 0, 0, 2, 5, 0}, 9},
        {"4 GiB", {0x30, 0x84, 0xff, 0xff, 0xff, 0xff, 2, 1, 0}, 9},
        {"empty", {0}, 0},
        {"no version", {0x30, 0}, 2},
        {"version of nine octets", {0x30, 11, 2, 9, 0, 0, 0, 0, 0, 0, 0, 0, 1}, 13},
        {"SNMPv3", {0x30, 5, 2, 1, 3, 0x30, 0}, 7},
        {"a SET", {0x30, 18, 2, 1, 1, 4, 0, 0xa3, 11, 2, 1, 1, 2, 1, 0, 2, 1, 0, 0x30, 0}, 20},
        {"trailing byte", {0x30, 18, 2, 1, 1, 4, 0, 0xa2, 11, 2, 1, 1, 2, 1, 0, 2, 1, 0, 0x30, 0, 0}, 21},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct snmp_message m;

        if (snmp_message_parse(cases[i].bytes, cases[i].len, &m) == ERR_OK)
            fail_msg("accepted: %s", cases[i].what);
    }
}

static void oids_longer_than_128_or_with_padding_are_refused(void **state)
{
    uint8_t raw[200];
    uint32_t ids[OID_MAX];
    size_t count;

    (void)state;
    memset(raw, 1, sizeof raw);
    assert_ok(snmp_oid_decode(raw, 127, ids, &count));
    assert_int_equal(count, 128);
    assert_int_equal(snmp_oid_decode(raw, 128, ids, &count), ERR_MALFORMED);
    assert_int_equal(snmp_oid_decode((const uint8_t *)"\x2b\x80\x01", 3, ids, &count), ERR_MALFORMED);
    assert_int_equal(snmp_oid_decode((const uint8_t *)"\x2b\x81", 2, ids, &count), ERR_MALFORMED);
    assert_int_equal(snmp_oid_decode((const uint8_t *)"\x2b\x90\x80\x80\x80\x00", 6, ids, &count),
                     ERR_MALFORMED);
    assert_ok(snmp_oid_decode((const uint8_t *)"\x2b\x8f\xff\xff\xff\x7f", 6, ids, &count));
    assert_int_equal(ids[2], UINT32_MAX);
}

static void a_request_that_does_not_fit_is_refused(void **state)
{
    uint8_t store[SNMP_RAW_OID_MAX], small[39];
    struct snmp_raw_oid oid = raw_oid("1.3.6.1.2.1.1.3.0", store);
    struct snmp_request r = {.version = 1,
                             .community = (const uint8_t *)"public",
                             .community_len = 6,
                             .type = SNMP_GET,
                             .oids = &oid,
                             .count = 1};
    size_t len;

    (void)state;
    assert_int_equal(snmp_request_encode(&r, small, sizeof small, &len), ERR_LIMIT);
    uint8_t room[64];
    assert_ok(snmp_request_encode(&r, room, sizeof room, &len));
    assert_int_equal(len, 40);
}

RUN_TESTS("snmp_pdu", cmocka_unit_test(oids_survive_encoding_and_keep_their_order),
          cmocka_unit_test(net_snmp_reads_our_requests), cmocka_unit_test(we_read_what_net_snmp_writes),
          cmocka_unit_test(where_both_accept_damage_both_read_the_same),
          cmocka_unit_test(what_answers_in_one_pass_passes_both_checks),
          cmocka_unit_test(hostile_lengths_and_types_are_refused),
          cmocka_unit_test(oids_longer_than_128_or_with_padding_are_refused),
          cmocka_unit_test(a_request_that_does_not_fit_is_refused))
