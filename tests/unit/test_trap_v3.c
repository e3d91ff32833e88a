/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_trap_v3.c - notifications under SNMPv3, from a sender that is scripted here. That the messages are
 * what other implementations send and take is the business of tests/integration/traps.py. */
#include "tests/unit/cmocka_tests.h"

#include "collector/trap_v3.h"
#include "tests/sim/agent.h"

#define START  (1000 * SECONDS)
#define SECRET "maplesyrup"

enum { LEVELS = 3, BOOTS = 7, ENGINE_TIME = 500, PADDING_MAX = 1000 };

static const uint8_t OURS[] = {0x80, 0, 0, 0, 5, 'o', 'u', 'r', 's'},
                     THEIRS[] = {0x80, 0, 0x1f, 0x88, 4, 't', 'h', 'e', 'y'};

static struct usm_user open_user, auth_user, priv_user, stranger, impostor, twin;

struct world {
    struct trap_v3 *traps;
    struct trap_v3_sender sender;
    struct trap_v3_result result;
    ns_t now;
    /* what the sender says of itself in its next message */
    uint8_t engine_id[SNMP_ENGINE_ID_MAX];
    size_t engine_id_len;
    uint32_t boots, time;
    enum snmp_pdu_type type;
    bool is_reportable;
    uint32_t max_size;            /* 0 = as much as we can */
    uint8_t padding[PADDING_MAX]; /* one more varbind */
    uint32_t padding_len;
    uint8_t bytes[2048], work[4096];
    struct buf varbinds;
};

static int make_users(void **state)
{
    (void)state;
    assert_ok(usm_user_init(&open_user, "open", NULL, SNMP_AUTH_NONE, NULL, SNMP_PRIV_NONE, NULL));
    assert_ok(usm_user_init(&auth_user, "auth", NULL, SNMP_AUTH_SHA1, SECRET, SNMP_PRIV_NONE, NULL));
    assert_ok(usm_user_init(&priv_user, "priv", NULL, SNMP_AUTH_SHA256, SECRET, SNMP_PRIV_AES128, SECRET));
    assert_ok(usm_user_init(&stranger, "stranger", NULL, SNMP_AUTH_SHA256, SECRET, SNMP_PRIV_AES128, SECRET));
    assert_ok(
        usm_user_init(&impostor, "priv", NULL, SNMP_AUTH_SHA256, "not that one", SNMP_PRIV_AES128, SECRET));
    assert_ok(usm_user_init(&twin, "priv", NULL, SNMP_AUTH_MD5, "another one", SNMP_PRIV_DES, "another one"));
    return 0;
}

static void set_engine(struct world *w, const uint8_t *id, size_t len)
{
    memcpy(w->engine_id, id, len);
    w->engine_id_len = len;
}

static void write_varbinds(const struct world *w, struct buf *out, enum snmp_pdu_type type)
{
    static const uint32_t uptime[] = {1, 3, 6, 1, 2, 1, 1, 3, 0},
                          trap_oid[] = {1, 3, 6, 1, 6, 3, 1, 1, 4, 1, 0},
                          link_down[] = {1, 3, 6, 1, 6, 3, 1, 1, 5, 3}, descr[] = {1, 3, 6, 1, 2, 1, 1, 1, 0};
    const struct varbind vbs[] = {
        {.oid = uptime, .oid_len = 9, .type = SNMP_TIMETICKS, .number = 5},
        {.oid = trap_oid, .oid_len = 11, .type = SNMP_OID, .len = 10, .value_oid = link_down},
        {.oid = descr, .oid_len = 9, .type = SNMP_OCTETS, .len = w->padding_len, .bytes = w->padding}};

    agent_write(out, 1, "c", type, 9, 0, 0, vbs, w->padding_len ? 3 : 2);
}

static int begin(void **state)
{
    static struct world w;
    struct trap_v3_local local = {
        .id_len = sizeof OURS, .boots = BOOTS, .started = START - ENGINE_TIME * SECONDS};
    const struct usm_user *users[] = {&open_user, &auth_user, &priv_user, &twin};

    memset(&w, 0, sizeof w);
    memcpy(local.id, OURS, sizeof OURS);
    w.now = START;
    w.boots = 3;
    w.time = 40;
    w.type = SNMP_TRAP_V2;
    set_engine(&w, THEIRS, sizeof THEIRS);
    assert_ok(trap_v3_new(&local, 1, &w.traps));
    assert_ok(trap_v3_users(w.traps, users, ARRAY_LEN(users)));
    *state = &w;
    return 0;
}

static int end(void **state)
{
    struct world *w = *state;

    trap_v3_forget(&w->sender);
    trap_v3_free(w->traps);
    return 0;
}

/* As u would seal it for the engine that the world names. */
static size_t seal(struct world *w, const struct usm_user *u, uint8_t flags)
{
    struct usm_engine engine;
    struct snmp_message m;
    struct buf b = BUF_INIT;
    struct usm_outgoing o = {.msg_id = 77,
                             .flags = flags | (w->is_reportable ? SNMP_V3_REPORTABLE : 0),
                             .max_size = w->max_size,
                             .boots = w->boots,
                             .time = w->time,
                             .user = {(const uint8_t *)u->name, strlen(u->name)}};
    size_t len, header;

    memset(&engine, 0, sizeof engine);
    write_varbinds(w, &b, w->type);
    assert_ok(snmp_message_parse(b.data, b.len, &m));
    header = (size_t)(m.community - (const uint8_t *)b.data) + m.community_len;
    o.pdu = (struct snmp_octets){(const uint8_t *)b.data + header, b.len - header};
    if (w->engine_id_len)
        assert_ok(usm_engine_set(&engine, u, w->engine_id, w->engine_id_len));
    o.context_engine = (struct snmp_octets){w->engine_id, w->engine_id_len};
    assert_ok(usm_seal_message(&engine, u, &o, w->work, sizeof w->work, w->bytes, sizeof w->bytes, &len));
    buf_fini(&b);
    return len;
}

static enum snmp_reject send_as(struct world *w, const struct usm_user *u, uint8_t flags)
{
    size_t len = seal(w, u, flags);

    return trap_v3_receive(w->traps, w->now, &w->sender, w->bytes, len, &w->result);
}

static enum snmp_reject send(struct world *w, const struct usm_user *u)
{
    return send_as(w, u, usm_user_level(u));
}

/* What the reply says to u, who has verified it; the message in *m. */
static void read_reply(struct world *w, const struct usm_user *u, struct snmp_v3_message *m,
                       struct snmp_v3_scoped *scoped)
{
    static uint8_t scratch[4096];
    struct usm_engine engine = {0};

    assert_true(w->result.reply.len > 0);
    assert_ok(snmp_v3_parse(w->result.reply.bytes, w->result.reply.len, m));
    assert_int_equal(m->msg_id, 77);
    assert_false(m->flags & SNMP_V3_REPORTABLE);
    assert_int_equal(m->engine_id.len, sizeof OURS);
    assert_memory_equal(m->engine_id.bytes, OURS, sizeof OURS);
    assert_ok(usm_engine_set(&engine, u, OURS, sizeof OURS));
    assert_int_equal(usm_verify(&engine, u, m, w->result.reply.bytes, w->result.reply.len, scratch),
                     USM_GENUINE);
    assert_ok(usm_open(&engine, u, m, scratch, scoped));
}

static void assert_report(struct world *w, const struct usm_user *u, enum usm_report kind, uint8_t level)
{
    struct snmp_v3_message m;
    struct snmp_v3_scoped scoped;

    read_reply(w, u, &m, &scoped);
    assert_int_equal(scoped.pdu.type, SNMP_REPORT);
    assert_int_equal(usm_report_kind(&scoped.pdu), kind);
    assert_int_equal(m.flags, level);
    assert_int_equal(m.boots, BOOTS);
    assert_int_equal(m.time, ENGINE_TIME);
}

static void to_us(struct world *w)
{
    w->type = SNMP_INFORM;
    w->is_reportable = true;
    w->boots = BOOTS;
    w->time = ENGINE_TIME;
    set_engine(w, OURS, sizeof OURS);
}

/* ---- informs ---- */

static void who_asks_for_our_engine_gets_a_report_with_our_clock(void **state)
{
    struct world *w = *state;

    to_us(w);
    w->engine_id_len = 0;
    assert_int_equal(send_as(w, &open_user, 0), SNMP_REJECT_COUNT);
    assert_null(w->result.pdu);
    assert_report(w, &open_user, USM_REPORT_ENGINE, 0);
    set_engine(w, THEIRS, sizeof THEIRS); /* it knows another one of us, from before */
    assert_int_equal(send(w, &priv_user), SNMP_REJECT_ENGINE);
    assert_report(w, &priv_user, USM_REPORT_ENGINE, 0);
}

static void an_inform_is_answered_with_its_own_varbinds(void **state)
{
    const struct usm_user *users[] = {&open_user, &auth_user, &priv_user, &twin};
    struct world *w = *state;
    struct snmp_v3_message m;
    struct snmp_v3_scoped scoped;
    struct snmp_message asked;

    to_us(w);
    write_varbinds(w, &w->varbinds, SNMP_INFORM);
    assert_ok(snmp_message_parse(w->varbinds.data, w->varbinds.len, &asked));
    for (size_t i = 0; i < ARRAY_LEN(users); i++) {
        assert_int_equal(send(w, users[i]), SNMP_REJECT_COUNT);
        assert_int_equal(w->result.pdu->type, SNMP_INFORM);
        read_reply(w, users[i], &m, &scoped);
        assert_int_equal(m.flags, usm_user_level(users[i]));
        assert_int_equal(m.boots, BOOTS);
        assert_int_equal(scoped.pdu.type, SNMP_RESPONSE);
        assert_int_equal(scoped.pdu.request_id, 9);
        assert_int_equal(scoped.pdu.error_status, 0);
        assert_int_equal(scoped.pdu.varbinds_len, asked.varbinds_len);
        assert_memory_equal(scoped.pdu.varbinds, asked.varbinds, asked.varbinds_len);
    }
    buf_fini(&w->varbinds);
}

static void an_inform_gets_no_larger_answer_than_its_sender_can_take(void **state)
{
    struct world *w = *state;
    struct snmp_v3_message m;
    struct snmp_v3_scoped scoped;
    size_t len;

    to_us(w);
    w->padding_len = PADDING_MAX;
    assert_int_equal(send(w, &priv_user), SNMP_REJECT_COUNT);
    read_reply(w, &priv_user, &m, &scoped);
    assert_int_equal(scoped.pdu.varbind_count, 3);
    len = w->result.reply.len;
    for (int32_t room = 1; room >= -1; room--) {
        w->max_size = (uint32_t)((int32_t)len + room);
        assert_int_equal(send(w, &priv_user), SNMP_REJECT_COUNT); /* it is taken in any case */
        read_reply(w, &priv_user, &m, &scoped);
        assert_int_equal(scoped.pdu.type, SNMP_RESPONSE);
        assert_int_equal(scoped.pdu.request_id, 9);
        assert_int_equal(scoped.pdu.error_status, room < 0 ? SNMP_TOO_BIG : SNMP_NO_ERROR);
        assert_int_equal(scoped.pdu.error_index, 0);
        assert_int_equal(scoped.pdu.varbind_count, room < 0 ? 0 : 3);
        assert_true(w->result.reply.len <= w->max_size);
        assert_int_equal(m.max_size, SNMP_MESSAGE_MAX); /* ours, not an echo */
    }
}

static void two_answers_are_never_sealed_with_one_salt(void **state)
{
    struct world *w = *state;
    struct snmp_v3_message m;
    uint8_t before[SNMP_V3_SALT];

    to_us(w);
    assert_int_equal(send(w, &priv_user), SNMP_REJECT_COUNT);
    assert_ok(snmp_v3_parse(w->result.reply.bytes, w->result.reply.len, &m));
    memcpy(before, m.salt.bytes, sizeof before);
    assert_int_equal(send(w, &priv_user), SNMP_REJECT_COUNT);
    assert_ok(snmp_v3_parse(w->result.reply.bytes, w->result.reply.len, &m));
    assert_memory_not_equal(m.salt.bytes, before, sizeof before);
}

static void what_is_wrong_with_an_inform_is_reported(void **state)
{
    struct world *w = *state;

    to_us(w);
    assert_int_equal(send(w, &stranger), SNMP_REJECT_USER);
    assert_report(w, &stranger, USM_REPORT_USER, 0);
    assert_int_equal(send_as(w, &priv_user, SNMP_V3_AUTH), SNMP_REJECT_LEVEL);
    assert_report(w, &priv_user, USM_REPORT_LEVEL, 0);
    assert_int_equal(send_as(w, &auth_user, 0), SNMP_REJECT_LEVEL);
    assert_int_equal(send(w, &impostor), SNMP_REJECT_DIGEST);
    assert_report(w, &priv_user, USM_REPORT_DIGEST, 0);
    w->is_reportable = false;
    assert_int_equal(send(w, &impostor), SNMP_REJECT_DIGEST);
    assert_int_equal(w->result.reply.len, 0);
}

static void an_inform_out_of_time_gets_an_authentic_report(void **state)
{
    static const struct {
        uint32_t boots, time;
        enum snmp_reject verdict;
    } cases[] = {
        {BOOTS, ENGINE_TIME - 151, SNMP_REJECT_WINDOW}, {BOOTS, ENGINE_TIME + 151, SNMP_REJECT_WINDOW},
        {BOOTS, ENGINE_TIME - 150, SNMP_REJECT_COUNT},  {BOOTS, ENGINE_TIME + 150, SNMP_REJECT_COUNT},
        {BOOTS - 1, ENGINE_TIME, SNMP_REJECT_WINDOW},   {BOOTS + 1, ENGINE_TIME, SNMP_REJECT_WINDOW}};
    struct world *w = *state;

    to_us(w);
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        w->boots = cases[i].boots;
        w->time = cases[i].time;
        assert_int_equal(send(w, &priv_user), cases[i].verdict);
        if (cases[i].verdict == SNMP_REJECT_WINDOW)
            assert_report(w, &priv_user, USM_REPORT_WINDOW, SNMP_V3_AUTH);
    }
    assert_int_equal(send_as(w, &open_user, 0), SNMP_REJECT_COUNT); /* it has no clock */
}

/* ---- traps ---- */

static void a_trap_is_taken_at_every_level_and_never_answered(void **state)
{
    const struct usm_user *users[] = {&open_user, &auth_user, &priv_user, &twin};
    struct world *w = *state;

    for (size_t i = 0; i < ARRAY_LEN(users); i++) {
        assert_int_equal(send(w, users[i]), SNMP_REJECT_COUNT);
        assert_int_equal(w->result.pdu->type, SNMP_TRAP_V2);
        assert_int_equal(w->result.reply.len, 0);
    }
    w->type = SNMP_INFORM; /* that nobody may report on: it is none */
    assert_int_equal(send(w, &priv_user), SNMP_REJECT_PDU);
    w->engine_id_len = 0;
    assert_int_equal(send_as(w, &open_user, 0), SNMP_REJECT_ENGINE);
}

static void an_engine_is_remembered_only_behind_a_mac_that_fits(void **state)
{
    struct world *w = *state;

    assert_int_equal(send(w, &impostor), SNMP_REJECT_DIGEST);
    assert_int_equal(send(w, &stranger), SNMP_REJECT_USER);
    assert_int_equal(send_as(w, &priv_user, SNMP_V3_AUTH), SNMP_REJECT_LEVEL);
    assert_int_equal(send(w, &open_user), SNMP_REJECT_COUNT);
    assert_int_equal(w->sender.learned_count, 0);
    assert_int_equal(send(w, &priv_user), SNMP_REJECT_COUNT);
    assert_int_equal(w->sender.learned_count, 1);
    assert_non_null(w->result.fresh);
    assert_memory_equal(w->result.fresh->id, THEIRS, sizeof THEIRS);
    assert_int_equal(send(w, &priv_user), SNMP_REJECT_COUNT);
    assert_int_equal(w->sender.learned_count, 1);
    assert_null(w->result.fresh);
}

static void the_memory_of_engines_is_bounded(void **state)
{
    struct world *w = *state;

    for (int i = 0; i < 100; i++) {
        w->engine_id[8] = (uint8_t)i;
        w->now += SECONDS;
        assert_int_equal(send(w, &priv_user), SNMP_REJECT_COUNT);
    }
    assert_int_equal(w->sender.learned_count, TRAP_V3_ENGINES);
    w->boots--; /* of the newest it would be an old boot; the oldest is forgotten */
    assert_int_equal(send(w, &priv_user), SNMP_REJECT_WINDOW);
    w->engine_id[8] = 0;
    assert_int_equal(send(w, &priv_user), SNMP_REJECT_COUNT);
}

static void a_trap_is_late_by_the_clock_of_its_sender(void **state)
{
    struct world *w = *state;

    assert_int_equal(send(w, &auth_user), SNMP_REJECT_COUNT);
    w->now += 300 * SECONDS; /* the same one again: it is 340 there */
    assert_int_equal(send(w, &auth_user), SNMP_REJECT_WINDOW);
    w->time = 40 + 300 - 150;
    assert_int_equal(send(w, &auth_user), SNMP_REJECT_COUNT);
    w->time = 100000; /* in its future: its clock is believed (7b) */
    assert_int_equal(send(w, &auth_user), SNMP_REJECT_COUNT);
    w->boots = 4;
    w->time = 0;
    assert_int_equal(send(w, &auth_user), SNMP_REJECT_COUNT);
    w->boots = 3;
    w->time = 100000;
    assert_int_equal(send(w, &auth_user), SNMP_REJECT_WINDOW);
}

static void the_engine_that_is_polled_is_one_with_the_traps(void **state)
{
    struct world *w = *state;
    struct usm_engine polled = {0};

    assert_ok(usm_engine_set(&polled, &auth_user, THEIRS, sizeof THEIRS));
    assert_true(usm_engine_hear(&polled, 3, 1000, w->now));
    w->sender.user = &auth_user;
    w->sender.polled = &polled;
    assert_int_equal(send(w, &auth_user), SNMP_REJECT_WINDOW); /* 40 s: recorded long ago */
    w->boots = 4;
    assert_int_equal(send(w, &auth_user), SNMP_REJECT_COUNT);
    assert_int_equal(polled.boots, 4);
    assert_int_equal(w->sender.learned_count, 0);
}

static void a_new_configuration_keeps_the_clocks_of_the_users_that_stay(void **state)
{
    const struct usm_user same = priv_user, *users[] = {&open_user, &same};
    struct world *w = *state;
    struct trap_v3_sender fresh = {0};

    assert_int_equal(send(w, &auth_user), SNMP_REJECT_COUNT);
    assert_int_equal(send(w, &priv_user), SNMP_REJECT_COUNT);
    assert_ok(trap_v3_users(w->traps, users, ARRAY_LEN(users)));
    trap_v3_carry_over(w->traps, &fresh, &w->sender);
    assert_int_equal(w->sender.learned_count, 0);
    assert_int_equal(fresh.learned_count, 1);
    w->sender = fresh;
    w->boots = 2;
    assert_int_equal(send(w, &priv_user), SNMP_REJECT_WINDOW);
    assert_int_equal(send(w, &auth_user), SNMP_REJECT_USER);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
static const struct CMUnitTest tests[] = {TEST(who_asks_for_our_engine_gets_a_report_with_our_clock),
                                          TEST(an_inform_is_answered_with_its_own_varbinds),
                                          TEST(an_inform_gets_no_larger_answer_than_its_sender_can_take),
                                          TEST(two_answers_are_never_sealed_with_one_salt),
                                          TEST(what_is_wrong_with_an_inform_is_reported),
                                          TEST(an_inform_out_of_time_gets_an_authentic_report),
                                          TEST(a_trap_is_taken_at_every_level_and_never_answered),
                                          TEST(an_engine_is_remembered_only_behind_a_mac_that_fits),
                                          TEST(the_memory_of_engines_is_bounded),
                                          TEST(a_trap_is_late_by_the_clock_of_its_sender),
                                          TEST(the_engine_that_is_polled_is_one_with_the_traps),
                                          TEST(a_new_configuration_keeps_the_clocks_of_the_users_that_stay)};

int main(void)
{
    return cmocka_run_group_tests_name("trap_v3", tests, make_users, NULL);
}
