/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_city_agent.c - the city's SNMP agent: requests built by hand, answers taken apart by hand. */
#include "tests/unit/cmocka_tests.h"

#include "city/agent.h"
#include "lib/base/buf.h"
#include "lib/base/wire.h"

/* ---- a small MIB: 1.3.6.1.1.N.0 for N = 1..9, N * 10 each; 1.3.6.1.2.0 a Counter64, 1.3.6.1.3.0 a long text
 * ---- */

static const uint32_t root[] = {1, 3, 6, 1};

static bool object_at(size_t i, struct agent_oid *oid, struct agent_value *v)
{
    memcpy(oid->id, root, sizeof root);
    if (i < 9) {
        *oid = (struct agent_oid){.len = 7, .id = {1, 3, 6, 1, 1, (uint32_t)i + 1, 0}};
        v->tag = AGENT_INTEGER;
        v->integer = (int64_t)(i + 1) * 10;
        return true;
    }
    if (i == 9) {
        *oid = (struct agent_oid){.len = 6, .id = {1, 3, 6, 1, 2, 0}};
        v->tag = AGENT_COUNTER64;
        v->number = UINT64_MAX;
        return true;
    }
    if (i == 10) {
        *oid = (struct agent_oid){.len = 6, .id = {1, 3, 6, 1, 3, 0}};
        v->tag = AGENT_STRING;
        memset(v->text, 'x', 200);
        v->bytes = v->text;
        v->len = 200;
        return true;
    }
    return false;
}

static void mib_get(void *ctx, const struct agent_oid *oid, struct agent_value *v)
{
    struct agent_oid at;

    (void)ctx;
    for (size_t i = 0; object_at(i, &at, v); i++) {
        if (agent_oid_compare(at.id, at.len, oid->id, oid->len) == 0)
            return;
        if (at.len - 1 <= oid->len && memcmp(at.id, oid->id, (at.len - 1) * sizeof *at.id) == 0) {
            v->tag = AGENT_NO_INSTANCE;
            return;
        }
    }
    v->tag = AGENT_NO_OBJECT;
}

static bool mib_next(void *ctx, const struct agent_oid *after, struct agent_oid *out, struct agent_value *v)
{
    struct agent_oid at;

    (void)ctx;
    for (size_t i = 0; object_at(i, &at, v); i++)
        if (agent_oid_compare(at.id, at.len, after->id, after->len) > 0) {
            *out = at;
            return true;
        }
    return false;
}

static const struct agent_view view = {mib_get, mib_next, NULL};

/* ---- requests ---- */

/* tag, length (below 65536) and content of b appended to out. */
static void wrap(struct buf *out, uint8_t tag, const struct buf *b)
{
    buf_u8(out, tag);
    if (b->len < 128)
        buf_u8(out, (uint8_t)b->len);
    else {
        buf_u8(out, 0x82);
        buf_be16(out, (uint16_t)b->len);
    }
    buf_put(out, b->data, b->len);
}

static void put_int(struct buf *out, int32_t v)
{
    buf_u8(out, 2);
    buf_u8(out, 4);
    buf_be32(out, (uint32_t)v);
}

/* oids: below 128 each, first two arcs 1.3; the list ends with a NULL. */
static size_t make_request(uint8_t version, const char *community, uint8_t pdu, int32_t second, int32_t third,
                           const char *const *oids, uint8_t *out)
{
    struct buf list = BUF_INIT, body = BUF_INIT, pdu_bytes = BUF_INIT, message = BUF_INIT, all = BUF_INIT;
    size_t len;

    for (; *oids; oids++) {
        struct buf name = BUF_INIT, varbind = BUF_INIT;
        const char *p = *oids;
        buf_u8(&name, 0x2b);
        for (p += 3; *p == '.'; p++) {
            unsigned sub = (unsigned)strtoul(p + 1, (char **)(uintptr_t)&p, 10);
            buf_u8(&name, (uint8_t)sub);
            p--;
        }
        wrap(&varbind, 6, &name);
        buf_put(&varbind, "\x05\x00", 2);
        wrap(&list, 0x30, &varbind);
        buf_fini(&name);
        buf_fini(&varbind);
    }
    put_int(&pdu_bytes, 4711);
    put_int(&pdu_bytes, second);
    put_int(&pdu_bytes, third);
    wrap(&pdu_bytes, 0x30, &list);
    buf_put(&message, "\x02\x01", 2);
    buf_u8(&message, version);
    buf_str(&body, community);
    wrap(&message, 4, &body);
    wrap(&message, pdu, &pdu_bytes);
    wrap(&all, 0x30, &message);
    assert_int_equal(buf_error(&all), ERR_OK);
    len = all.len;
    memcpy(out, all.data, len);
    buf_fini(&list);
    buf_fini(&body);
    buf_fini(&pdu_bytes);
    buf_fini(&message);
    buf_fini(&all);
    return len;
}

/* ---- answers ---- */

struct varbind {
    uint8_t oid[32], tag, value[256];
    size_t oid_len, value_len;
};

struct answer {
    int version, pdu;
    int32_t id, error, index;
    struct varbind list[64];
    size_t count;
};

static struct wire take(struct wire *w, uint8_t *tag)
{
    size_t len;

    *tag = wire_u8(w);
    len = wire_u8(w);
    if (len == 0x81)
        len = wire_u8(w);
    else if (len == 0x82)
        len = wire_be16(w);
    else
        assert_true(len < 0x80);
    return wire_sub(w, len);
}

static int32_t take_int(struct wire *w)
{
    uint8_t tag;
    struct wire c = take(w, &tag);
    int32_t v = wire_peek(&c, 0) & 0x80 ? -1 : 0;

    assert_int_equal(tag, 2);
    while (wire_left(&c))
        v = (int32_t)((uint32_t)v << 8 | wire_u8(&c));
    return v;
}

static void take_apart(const uint8_t *bytes, size_t len, struct answer *a)
{
    struct wire all, message, pdu, list;
    uint8_t tag;

    memset(a, 0, sizeof *a);
    wire_init(&all, bytes, len);
    message = take(&all, &tag);
    assert_int_equal(wire_left(&all), 0);
    a->version = take_int(&message);
    (void)take(&message, &tag);
    pdu = take(&message, &tag);
    a->pdu = tag;
    a->id = take_int(&pdu);
    a->error = take_int(&pdu);
    a->index = take_int(&pdu);
    list = take(&pdu, &tag);
    while (wire_left(&list)) {
        struct varbind *v = &a->list[a->count++];
        struct wire one = take(&list, &tag), oid = take(&one, &tag), value = take(&one, &v->tag);
        v->oid_len = wire_left(&oid);
        memcpy(v->oid, wire_bytes(&oid, v->oid_len), v->oid_len);
        v->value_len = wire_left(&value);
        if (v->value_len)
            memcpy(v->value, wire_bytes(&value, v->value_len), v->value_len);
        assert_int_equal(wire_left(&one), 0);
    }
    assert_int_equal(wire_error(&list), ERR_OK);
    assert_int_equal(wire_error(&message), ERR_OK);
    assert_int_equal(wire_error(&pdu), ERR_OK);
}

static size_t ask_raw(uint8_t version, const char *community, uint8_t pdu, int32_t second, int32_t third,
                      const char *const *oids, size_t size, struct answer *a)
{
    uint8_t request[4096], reply[4096];
    size_t varbinds, len = make_request(version, community, pdu, second, third, oids, request);

    len = agent_answer(&view, "public", request, len, reply, size, &varbinds);
    assert_true(len <= size);
    if (len)
        take_apart(reply, len, a);
    return len;
}

#define ASK(version, pdu, second, third, a, ...)                                                             \
    assert_true(ask_raw(version, "public", pdu, second, third, (const char *const[]){__VA_ARGS__, NULL},     \
                        1472, a) > 0)

static void get_gives_values_and_names_what_is_missing(void **state)
{
    struct answer a;

    (void)state;
    ASK(1, 0xa0, 0, 0, &a, "1.3.6.1.1.2.0", "1.3.6.1.1.2.7", "1.3.6.9.1");
    assert_int_equal(a.pdu, 0xa2);
    assert_int_equal(a.id, 4711);
    assert_int_equal(a.error, 0);
    assert_int_equal(a.count, 3);
    assert_int_equal(a.list[0].tag, AGENT_INTEGER);
    assert_int_equal(a.list[0].value[0], 20);
    assert_int_equal(a.list[1].tag, AGENT_NO_INSTANCE);
    assert_int_equal(a.list[2].tag, AGENT_NO_OBJECT);
    assert_memory_equal(a.list[1].oid, "\x2b\x06\x01\x01\x02\x07", 6);
}

static void getnext_walks_in_order_to_the_end_of_the_view(void **state)
{
    struct answer a;

    (void)state;
    ASK(1, 0xa1, 0, 0, &a, "1.3.6.1", "1.3.6.1.1.9.0", "1.3.6.1.3.0");
    assert_memory_equal(a.list[0].oid, "\x2b\x06\x01\x01\x01\x00", 6);
    assert_int_equal(a.list[1].tag, AGENT_COUNTER64);
    assert_int_equal(a.list[1].value_len, 9); /* 2^64 - 1 needs a leading zero */
    assert_memory_equal(a.list[1].value, "\x00\xff\xff\xff\xff\xff\xff\xff\xff", 9);
    assert_int_equal(a.list[2].tag, AGENT_END_OF_VIEW);
    assert_memory_equal(a.list[2].oid, "\x2b\x06\x01\x03\x00", 5);
}

static void getbulk_gives_non_repeaters_once_and_rows_of_the_rest(void **state)
{
    struct answer a;

    (void)state;
    ASK(1, 0xa5, 1, 3, &a, "1.3.6.1.1.5.0", "1.3.6.1.1.1.0", "1.3.6.1.1.7.0");
    assert_int_equal(a.count, 1 + 3 * 2);
    assert_int_equal(a.list[0].value[0], 60);
    assert_int_equal(a.list[1].value[0], 20);
    assert_int_equal(a.list[2].value[0], 80);
    assert_int_equal(a.list[3].value[0], 30);
    assert_int_equal(a.list[5].value[0], 40);
    assert_int_equal(a.list[6].tag, AGENT_COUNTER64);
}

static void getbulk_stops_after_the_row_in_which_all_are_over(void **state)
{
    struct answer a;

    (void)state;
    ASK(1, 0xa5, 0, 50, &a, "1.3.6.1.2.0", "1.3.6.1.3.0");
    assert_int_equal(a.count, 4);
    assert_int_equal(a.list[2].tag, AGENT_END_OF_VIEW);
    assert_int_equal(a.list[3].tag, AGENT_END_OF_VIEW);
}

static void getbulk_takes_negative_and_oversized_counts(void **state)
{
    struct answer a;

    (void)state;
    ASK(1, 0xa5, -1, -1, &a, "1.3.6.1.1.1.0");
    assert_int_equal(a.count, 0);
    ASK(1, 0xa5, 2147483647, 2147483647, &a, "1.3.6.1.1.1.0");
    assert_int_equal(a.count, 1);
}

static void a_full_message_cuts_getbulk_and_refuses_get(void **state)
{
    const char *const bulk[] = {"1.3.6.1", NULL}, *const texts[] = {"1.3.6.1.3.0", "1.3.6.1.3.0",
                                                                    "1.3.6.1.3.0", NULL};
    struct answer a;

    (void)state;
    assert_true(ask_raw(1, "public", 0xa5, 0, 50, bulk, 300, &a) > 0);
    assert_int_equal(a.error, 0);
    assert_in_range(a.count, 5, 10);
    assert_true(ask_raw(1, "public", 0xa0, 0, 0, texts, 484, &a) > 0);
    assert_int_equal(a.error, 1); /* tooBig */
    assert_int_equal(a.count, 0);
    assert_true(ask_raw(0, "public", 0xa0, 0, 0, texts, 484, &a) > 0);
    assert_int_equal(a.error, 1);
    assert_int_equal(a.count, 3); /* v1 echoes */
}

static void version_1_knows_no_exceptions_and_no_counter64(void **state)
{
    struct answer a;

    (void)state;
    ASK(0, 0xa0, 0, 0, &a, "1.3.6.1.1.1.0", "1.3.6.1.1.1.9");
    assert_int_equal(a.error, 2); /* noSuchName */
    assert_int_equal(a.index, 2);
    assert_int_equal(a.count, 2);
    assert_int_equal(a.list[0].tag, AGENT_NULL);
    ASK(0, 0xa1, 0, 0, &a, "1.3.6.1.1.9.0");
    assert_int_equal(a.error, 0);
    assert_int_equal(a.list[0].tag, AGENT_STRING); /* the Counter64 in between is skipped */
    ASK(0, 0xa1, 0, 0, &a, "1.3.6.1.3.0");
    assert_int_equal(a.error, 2);
}

static void a_set_is_refused(void **state)
{
    struct answer a;

    (void)state;
    ASK(1, 0xa3, 0, 0, &a, "1.3.6.1.1.1.0");
    assert_int_equal(a.error, 17);
    assert_int_equal(a.index, 1);
    ASK(0, 0xa3, 0, 0, &a, "1.3.6.1.1.1.0");
    assert_int_equal(a.error, 4);
}

static void strangers_meet_silence(void **state)
{
    const char *const oids[] = {"1.3.6.1.1.1.0", NULL};
    struct answer a;

    (void)state;
    assert_int_equal(ask_raw(1, "Public", 0xa0, 0, 0, oids, 1472, &a), 0);
    assert_int_equal(ask_raw(1, "", 0xa0, 0, 0, oids, 1472, &a), 0);
    assert_int_equal(ask_raw(3, "public", 0xa0, 0, 0, oids, 1472, &a), 0);
    assert_int_equal(ask_raw(1, "public", 0xa2, 0, 0, oids, 1472, &a), 0); /* a response */
    assert_int_equal(ask_raw(0, "public", 0xa5, 0, 9, oids, 1472, &a), 0); /* v1 has no GETBULK */
}

static void damaged_requests_never_crash_and_mostly_meet_silence(void **state)
{
    const char *const oids[] = {"1.3.6.1.1.1.0", "1.3.6.1.2.0", NULL};
    uint8_t good[256], reply[1472];
    size_t varbinds, len = make_request(1, "public", 0xa5, 1, 5, oids, good);

    (void)state;
    for (size_t cut = 0; cut < len; cut++) {
        uint8_t *exact = malloc(cut ? cut : 1);
        assert_non_null(exact);
        memcpy(exact, good, cut);
        assert_int_equal(agent_answer(&view, "public", exact, cut, reply, sizeof reply, &varbinds), 0);
        free(exact);
    }
    for (size_t at = 0; at < len; at++)
        for (int bit = 0; bit < 8; bit++) {
            good[at] ^= (uint8_t)(1 << bit);
            (void)agent_answer(&view, "public", good, len, reply, sizeof reply, &varbinds);
            good[at] ^= (uint8_t)(1 << bit);
        }
}

static void oids_are_compared_number_by_number(void **state)
{
    const uint32_t a[] = {1, 3, 10}, b[] = {1, 3, 9, 1};

    (void)state;
    assert_true(agent_oid_compare(a, 3, b, 4) > 0);
    assert_true(agent_oid_compare(b, 3, b, 4) < 0);
    assert_int_equal(agent_oid_compare(a, 3, a, 3), 0);
}

RUN_TESTS("city_agent", cmocka_unit_test(get_gives_values_and_names_what_is_missing),
          cmocka_unit_test(getnext_walks_in_order_to_the_end_of_the_view),
          cmocka_unit_test(getbulk_gives_non_repeaters_once_and_rows_of_the_rest),
          cmocka_unit_test(getbulk_stops_after_the_row_in_which_all_are_over),
          cmocka_unit_test(getbulk_takes_negative_and_oversized_counts),
          cmocka_unit_test(a_full_message_cuts_getbulk_and_refuses_get),
          cmocka_unit_test(version_1_knows_no_exceptions_and_no_counter64),
          cmocka_unit_test(a_set_is_refused), cmocka_unit_test(strangers_meet_silence),
          cmocka_unit_test(damaged_requests_never_crash_and_mostly_meet_silence),
          cmocka_unit_test(oids_are_compared_number_by_number))
