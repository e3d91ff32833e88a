/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_snmp_client_v3.c - requests under SNMPv3 to a scripted agent: discovery, clocks, forgeries, Reports.
 * That the messages are what other implementations take is the business of tests/integration/snmp_v3.py. */
#include "tests/unit/cmocka_tests.h"

#include "collector/snmp_client.h"
#include "collector/usm.h"
#include "tests/sim/agent.h"

enum { DATAGRAM_MAX = SNMP_REQUEST_MAX + SNMP_V3_OVERHEAD, NOTICES = 3 };
#define START (1000 * SECONDS)

static const uint8_t ENGINE_A[] = {0x80, 0, 0x1f, 0x88, 4, 'A'},
                     ENGINE_B[] = {0x80, 0, 0x1f, 0x88, 4, 'B', 'B'};

/* What the agent is told to do wrong in its next message. */
struct twist {
    bool has_wrong_engine, has_wrong_user, has_wrong_mac, has_wrong_context, has_wrong_oid, has_wrong_msg_id,
        has_wrong_request_id, is_unprotected, is_garbled;
    int32_t time_off;
    int32_t boots_off;
};

struct world {
    struct snmp_client *client;
    struct usm_user user;
    struct snmp_security security;
    struct snmp_peer peer;
    /* the last datagram of ours */
    uint8_t sent[DATAGRAM_MAX];
    size_t sent_len, sent_count, probes;
    uint32_t next_id;
    /* what came of it */
    enum err result;
    int done_count, notices[NOTICES];
    uint32_t told_boots, told_time; /* of the engine, with the reply */
    /* the agent */
    struct agent *agent;
    struct usm_user its_user;
    struct usm_engine its_engine;
    bool tells_its_clock; /* in the answer to a discovery */
    bool is_deaf;
    uint8_t reply[4096];
    size_t reply_len;
};

static enum err transmit(void *ctx, const struct snmp_address *to, const void *bytes, size_t len)
{
    struct world *w = ctx;
    struct snmp_v3_message m;

    (void)to;
    if (w->is_deaf)
        return ERR_OK;
    assert_true(len <= sizeof w->sent);
    memcpy(w->sent, bytes, len);
    w->sent_len = len;
    w->sent_count++;
    assert_ok(snmp_v3_parse(bytes, len, &m));
    w->probes += m.engine_id.len == 0;
    return ERR_OK;
}

static uint32_t request_id(void *ctx)
{
    struct world *w = ctx;

    return w->next_id += 1000003;
}

static void on_notice(void *ctx, struct snmp_peer *peer, enum snmp_notice what)
{
    struct world *w = ctx;

    assert_ptr_equal(peer, &w->peer);
    w->notices[what]++;
}

static void on_done(void *ctx, enum err result, const struct snmp_message *reply, ns_t rtt)
{
    struct world *w = ctx;

    (void)rtt;
    w->result = result;
    w->done_count++;
    if (result)
        return;
    assert_int_equal(reply->varbind_count, 1);
    w->told_boots = reply->engine_boots;
    w->told_time = reply->engine_time;
}

static void become(struct world *w, const uint8_t *id, size_t len, uint32_t boots, uint32_t time, ns_t now)
{
    assert_ok(usm_engine_set(&w->its_engine, &w->its_user, id, len));
    usm_engine_resync(&w->its_engine, boots, time, now);
}

static struct world *open_world(enum snmp_auth auth, enum snmp_priv priv)
{
    struct world *w = calloc(1, sizeof *w);

    assert_non_null(w);
    const struct snmp_client_options o = {.window = 10,
                                          .timeout = 1 * SECONDS,
                                          .transmit = transmit,
                                          .request_id = request_id,
                                          .notice = on_notice,
                                          .ctx = w};

    assert_ok(snmp_client_new(&o, &w->client));
    assert_ok(usm_user_init(&w->user, "monitor", "ctx", auth, "maplesyrup", priv, "pancakes!"));
    w->its_user = w->user;
    w->security.user = &w->user;
    w->peer = (struct snmp_peer){.address = {.ip = {127, 0, 0, 1}, .port_be = 0xa127},
                                 .version = SNMP_WIRE_V3,
                                 .security = &w->security};
    w->agent = agent_new();
    agent_system(w->agent, "one", "1.3.6.1.4.1.1", 100);
    become(w, ENGINE_A, sizeof ENGINE_A, 5, 10000, START);
    w->tells_its_clock = true;
    return w;
}

static void close_world(struct world *w)
{
    snmp_client_free(w->client);
    agent_free(w->agent);
    free(w);
}

static uint64_t rejected(const struct world *w, enum snmp_reject kind)
{
    struct snmp_stats stats;

    snmp_client_stats(w->client, &stats);
    return stats.rejected[kind];
}

static struct snmp_stats stats_of(const struct world *w)
{
    struct snmp_stats stats;

    snmp_client_stats(w->client, &stats);
    return stats;
}

static const uint32_t SYS_NAME[] = {1, 3, 6, 1, 2, 1, 1, 5, 0}, SYS_UPTIME[] = {1, 3, 6, 1, 2, 1, 1, 3, 0};

static void ask(struct world *w, ns_t now, uint32_t tries)
{
    uint8_t raw[SNMP_RAW_OID_MAX];
    struct snmp_raw_oid oid = {raw, 0};
    struct snmp_ask a = {.peer = &w->peer,
                         .type = SNMP_GET,
                         .oids = &oid,
                         .count = 1,
                         .tries = tries,
                         .done = on_done,
                         .ctx = w};

    w->result = ERR_COUNT;
    w->done_count = 0;
    assert_ok(snmp_oid_encode(SYS_NAME, 9, raw, &oid.len));
    assert_ok(snmp_client_ask(w->client, now, &a, NULL));
}

/* ---- the agent ---- */

/* The PDU of a v2c message of the test agent's. */
static struct snmp_octets bare_pdu(const struct buf *message)
{
    const uint8_t *b = (const uint8_t *)message->data;
    size_t at = 2 + (b[1] & 0x80 ? b[1] & 0x7f : 0) + 3;

    at += 2 + b[at + 1];
    return (struct snmp_octets){b + at, message->len - at};
}

static void seal_reply(struct world *w, ns_t now, int32_t msg_id, struct snmp_octets pdu,
                       const struct usm_user *as, const struct twist *t)
{
    struct usm_user user = *as;
    struct usm_engine engine = w->its_engine;

    if (t->has_wrong_engine)
        assert_ok(usm_engine_set(&engine, &w->its_user, ENGINE_B, sizeof ENGINE_B));
    if (t->has_wrong_user)
        user.name[0] = 'x';
    if (t->has_wrong_context)
        user.context[0] = 'x';
    if (t->has_wrong_mac)
        engine.auth_key.bytes[0] ^= 1;
    if (t->is_garbled)
        engine.priv_key.bytes[0] ^= 1;
    if (t->is_unprotected)
        user.auth = SNMP_AUTH_NONE, user.priv = SNMP_PRIV_NONE;
    engine.boots += (uint32_t)t->boots_off;
    engine.time += (uint32_t)t->time_off;
    assert_ok(usm_seal(&engine, &user, now, msg_id ^ (t->has_wrong_msg_id ? 1 : 0), pdu, w->reply,
                       sizeof w->reply, &w->reply_len));
}

/* level: of the Report; SNMP_V3_AUTH or 0. */
static void report(struct world *w, ns_t now, enum usm_report kind, uint8_t level)
{
    uint32_t oid[] = {1, 3, 6, 1, 6, 3, 15, 1, 1, kind, 0};
    const uint32_t contexts[] = {1, 3, 6, 1, 6, 3, 12, 1, 5, 0};
    struct varbind vb = {.oid = oid, .oid_len = ARRAY_LEN(oid), .type = SNMP_COUNTER32, .number = 1};
    struct usm_user as = w->its_user;
    struct snmp_v3_message m;
    struct buf v2c = BUF_INIT;

    assert_ok(snmp_v3_parse(w->sent, w->sent_len, &m));
    if (kind == USM_REPORT_CONTEXT)
        vb.oid = contexts, vb.oid_len = ARRAY_LEN(contexts);
    if (!(level & SNMP_V3_AUTH))
        as.auth = SNMP_AUTH_NONE, as.name[0] = '\0';
    as.priv = SNMP_PRIV_NONE;
    agent_write(&v2c, 1, "c", SNMP_REPORT, 0, 0, 0, &vb, 1);
    seal_reply(w, now, m.msg_id, bare_pdu(&v2c), &as, &(struct twist){0});
    buf_fini(&v2c);
}

/* RFC 3414, 4: boots and time may be told or be 0. */
static void report_engine(struct world *w, ns_t now)
{
    struct snmp_v3_message m;
    uint8_t copy[sizeof w->reply];
    size_t mac_at;

    report(w, now, USM_REPORT_ENGINE, 0);
    memcpy(copy, w->reply, w->reply_len);
    assert_ok(snmp_v3_parse(copy, w->reply_len, &m));
    m.boots = w->tells_its_clock ? w->its_engine.boots : 0;
    m.time = w->tells_its_clock ? w->its_engine.time : 0;
    assert_ok(snmp_v3_encode(&m, w->reply, sizeof w->reply, &w->reply_len, &mac_at));
}

static void respond(struct world *w, ns_t now, const struct snmp_v3_message *m,
                    const struct snmp_v3_scoped *request, const struct twist *t)
{
    struct buf v2c = BUF_INIT;
    struct varbind vb = {
        .oid = t->has_wrong_oid ? SYS_UPTIME : SYS_NAME, .oid_len = 9, .type = SNMP_INTEGER, .integer = 1};

    agent_write(&v2c, 1, "c", SNMP_RESPONSE, request->pdu.request_id ^ (t->has_wrong_request_id ? 1 : 0), 0,
                0, &vb, 1);
    seal_reply(w, now, m->msg_id, bare_pdu(&v2c), &w->its_user, t);
    buf_fini(&v2c);
}

/* Makes the agent's answer to our last datagram as RFC 3414, 3.2 says; then it is twisted. */
static void answer(struct world *w, ns_t now, const struct twist *t)
{
    uint8_t scratch[DATAGRAM_MAX + 8];
    struct snmp_v3_message m;
    struct snmp_v3_scoped request;

    assert_ok(snmp_v3_parse(w->sent, w->sent_len, &m));
    switch (usm_verify(&w->its_engine, &w->its_user, &m, w->sent, w->sent_len, scratch)) {
    case USM_OTHER_ENGINE: report_engine(w, now); return;
    case USM_OTHER_USER: report(w, now, USM_REPORT_USER, 0); return;
    case USM_WRONG_DIGEST: report(w, now, USM_REPORT_DIGEST, 0); return;
    case USM_GENUINE: break;
    }
    int64_t time = w->its_engine.time + (now - w->its_engine.time_at) / SECONDS;
    if (m.flags & SNMP_V3_AUTH &&
        (m.boots != w->its_engine.boots || llabs((int64_t)m.time - time) > USM_WINDOW)) {
        report(w, now, USM_REPORT_WINDOW, SNMP_V3_AUTH);
        return;
    }
    if (usm_open(&w->its_engine, &w->its_user, &m, scratch, &request)) {
        report(w, now, USM_REPORT_DECRYPT, 0);
        return;
    }
    respond(w, now, &m, &request, t);
}

static void receive(struct world *w, ns_t now)
{
    snmp_client_receive(w->client, now, &w->peer.address, w->reply, w->reply_len);
}

/* Plays both sides until our request has ended or nothing is left to be said. */
static void converse(struct world *w, ns_t now)
{
    for (int i = 0; i < 8 && !w->done_count; i++) {
        size_t before = w->sent_count;

        answer(w, now, &(struct twist){0});
        receive(w, now);
        if (!w->done_count && w->sent_count == before)
            return;
    }
}

/* ---- discovery and clocks ---- */

static void a_peer_is_discovered_and_answers_at_each_level(void **state)
{
    static const struct {
        enum snmp_auth auth;
        enum snmp_priv priv;
    } levels[] = {{SNMP_AUTH_NONE, SNMP_PRIV_NONE},     {SNMP_AUTH_MD5, SNMP_PRIV_NONE},
                  {SNMP_AUTH_SHA512, SNMP_PRIV_NONE},   {SNMP_AUTH_SHA1, SNMP_PRIV_DES},
                  {SNMP_AUTH_SHA256, SNMP_PRIV_AES128}, {SNMP_AUTH_MD5, SNMP_PRIV_AES256},
                  {SNMP_AUTH_MD5, SNMP_PRIV_AES256C}};

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(levels); i++) {
        struct world *w = open_world(levels[i].auth, levels[i].priv);

        ask(w, START, 1);
        converse(w, START + 10 * SECONDS / 1000);
        assert_int_equal(w->result, ERR_OK);
        assert_int_equal(w->sent_count, 2); /* the discovery, the request */
        assert_int_equal(w->notices[SNMP_NOTICE_ENGINE_NEW], 1);
        ask(w, START + 60 * SECONDS, 1);
        converse(w, START + 60 * SECONDS);
        assert_int_equal(w->result, ERR_OK);
        assert_int_equal(w->sent_count, 3); /* what is known is not asked again */
        assert_int_equal(w->notices[SNMP_NOTICE_ENGINE_NEW], 1);
        /* Only what a MAC vouches for. */
        assert_int_equal(w->told_boots, levels[i].auth ? 5 : 0);
        assert_int_equal(w->told_time, levels[i].auth ? 10060 : 0);
        close_world(w);
    }
}

static void an_agent_that_hides_its_clock_tells_it_in_a_genuine_report(void **state)
{
    struct world *w = open_world(SNMP_AUTH_SHA256, SNMP_PRIV_AES128);

    (void)state;
    w->tells_its_clock = false;
    ask(w, START, 1);
    converse(w, START);
    assert_int_equal(w->result, ERR_OK);
    assert_int_equal(w->sent_count, 3);
    assert_int_equal(stats_of(w).clocks_set, 1);
    close_world(w);
}

static void a_restart_of_the_agent_costs_one_datagram_and_is_no_alarm(void **state)
{
    struct world *w = open_world(SNMP_AUTH_SHA1, SNMP_PRIV_DES);
    ns_t later = START + 60 * SECONDS;

    (void)state;
    ask(w, START, 1);
    converse(w, START);
    become(w, ENGINE_A, sizeof ENGINE_A, 6, 3, later);
    ask(w, later, 1);
    converse(w, later);
    assert_int_equal(w->result, ERR_OK);
    assert_int_equal(w->sent_count, 4);
    assert_int_equal(w->notices[SNMP_NOTICE_BOOTS_BACK], 0);
    close_world(w);
}

static void boots_that_go_back_are_counted_told_and_polled_on(void **state)
{
    struct world *w = open_world(SNMP_AUTH_SHA1, SNMP_PRIV_NONE);
    ns_t later = START + 60 * SECONDS;

    (void)state;
    ask(w, START, 1);
    converse(w, START);
    become(w, ENGINE_A, sizeof ENGINE_A, 1, 3, later);
    ask(w, later, 1);
    converse(w, later);
    assert_int_equal(w->result, ERR_OK);
    assert_int_equal(w->notices[SNMP_NOTICE_BOOTS_BACK], 1);
    assert_int_equal(stats_of(w).boots_back, 1);
    ask(w, later + 60 * SECONDS, 1);
    converse(w, later + 60 * SECONDS);
    assert_int_equal(w->result, ERR_OK);
    assert_int_equal(w->notices[SNMP_NOTICE_BOOTS_BACK], 1);
    close_world(w);
}

/* ---- forgeries ---- */

static void each_forged_reply_is_refused_and_the_genuine_one_taken(void **state)
{
    static const struct {
        struct twist twist;
        enum snmp_reject kind;
    } forged[] = {
        {{.has_wrong_engine = true}, SNMP_REJECT_ENGINE},
        {{.has_wrong_user = true}, SNMP_REJECT_USER},
        {{.has_wrong_mac = true}, SNMP_REJECT_DIGEST},
        {{.has_wrong_context = true}, SNMP_REJECT_CONTEXT},
        {{.has_wrong_oid = true}, SNMP_REJECT_OIDS},
        {{.has_wrong_msg_id = true}, SNMP_REJECT_REQUEST_ID},
        {{.has_wrong_request_id = true}, SNMP_REJECT_REQUEST_ID},
        {{.is_unprotected = true}, SNMP_REJECT_LEVEL},
        {{.is_garbled = true}, SNMP_REJECT_DECRYPT},
        {{.time_off = -151}, SNMP_REJECT_WINDOW},
        {{.boots_off = -1}, SNMP_REJECT_WINDOW},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(forged); i++) {
        struct world *w = open_world(SNMP_AUTH_SHA256, SNMP_PRIV_AES128);

        ask(w, START, 1);
        converse(w, START);
        ask(w, START + 60 * SECONDS, 1);
        answer(w, START + 60 * SECONDS, &forged[i].twist);
        receive(w, START + 60 * SECONDS);
        assert_int_equal(w->done_count, 0);
        assert_int_equal(rejected(w, forged[i].kind), 1);
        answer(w, START + 60 * SECONDS, &(struct twist){0});
        receive(w, START + 60 * SECONDS);
        assert_int_equal(w->done_count, 1);
        assert_int_equal(w->result, ERR_OK);
        receive(w, START + 60 * SECONDS);
        assert_int_equal(rejected(w, SNMP_REJECT_DOUBLED), 1);
        close_world(w);
    }
}

static void a_reply_from_elsewhere_or_of_another_version_is_refused(void **state)
{
    struct world *w = open_world(SNMP_AUTH_SHA256, SNMP_PRIV_AES128);
    struct snmp_address other = w->peer.address;
    struct buf v2c = BUF_INIT;
    struct varbind vb = {.oid = SYS_NAME, .oid_len = 9, .type = SNMP_INTEGER, .integer = 1};

    (void)state;
    ask(w, START, 1);
    converse(w, START);
    ask(w, START, 1);
    answer(w, START, &(struct twist){0});
    other.port_be ^= 1;
    snmp_client_receive(w->client, START, &other, w->reply, w->reply_len);
    assert_int_equal(rejected(w, SNMP_REJECT_PORT), 1);
    other = w->peer.address;
    other.ip[1] ^= 1;
    snmp_client_receive(w->client, START, &other, w->reply, w->reply_len);
    assert_int_equal(rejected(w, SNMP_REJECT_UNASKED), 1);
    for (int32_t id = 1; id < 10; id++) { /* also with the right id, whichever it is */
        buf_clear(&v2c);
        agent_write(&v2c, 1, "", SNMP_RESPONSE, (int32_t)(w->next_id - 1000003 * (uint32_t)(id - 1)), 0, 0,
                    &vb, 1);
        snmp_client_receive(w->client, START, &w->peer.address, v2c.data, v2c.len);
    }
    assert_int_equal(rejected(w, SNMP_REJECT_VERSION), 1);
    assert_int_equal(w->done_count, 0);
    receive(w, START);
    assert_int_equal(w->result, ERR_OK);
    buf_fini(&v2c);
    close_world(w);
}

static void a_peer_of_v2c_takes_no_message_of_v3(void **state)
{
    struct world *w = open_world(SNMP_AUTH_NONE, SNMP_PRIV_NONE);

    (void)state;
    ask(w, START, 1);
    converse(w, START);
    w->peer.security = NULL;
    w->peer.version = 1;
    w->peer.community = (const uint8_t *)"c";
    w->peer.community_len = 1;
    w->is_deaf = true;
    ask(w, START, 1);
    receive(w, START);
    assert_int_equal(w->done_count, 0);
    assert_int_equal(rejected(w, SNMP_REJECT_VERSION), 1);
    close_world(w);
}

/* ---- Reports ---- */

static void an_unauthenticated_report_ends_nothing(void **state)
{
    (void)state;
    for (enum usm_report kind = USM_REPORT_LEVEL; kind < USM_REPORT_OTHER; kind++) {
        struct world *w = open_world(SNMP_AUTH_SHA256, SNMP_PRIV_AES128);
        uint8_t genuine[sizeof w->reply];
        size_t len;

        ask(w, START, 1);
        converse(w, START);
        ask(w, START, 1);
        answer(w, START, &(struct twist){0});
        memcpy(genuine, w->reply, len = w->reply_len);
        report(w, START, kind, 0);
        receive(w, START);
        assert_int_equal(w->done_count, 0);
        assert_int_equal(rejected(w, SNMP_REJECT_REPORT), 1);
        assert_int_equal(stats_of(w).clocks_set, 0);
        if (kind == USM_REPORT_ENGINE) { /* it made us look again, so another message is on its way */
            converse(w, START);
        } else {
            memcpy(w->reply, genuine, w->reply_len = len);
            receive(w, START);
        }
        assert_int_equal(w->done_count, 1);
        assert_int_equal(w->result, ERR_OK);
        assert_int_equal(w->security.report, USM_REPORT_NONE);
        close_world(w);
    }
}

static void what_an_agent_reported_is_the_reason_if_it_never_answers(void **state)
{
    static const enum usm_report expected[] = {USM_REPORT_USER, USM_REPORT_DIGEST, USM_REPORT_DECRYPT};

    (void)state;
    for (int i = 0; i < 3; i++) {
        struct world *w = open_world(SNMP_AUTH_SHA256, SNMP_PRIV_AES128);
        ns_t now = START;

        assert_ok(usm_user_init(&w->its_user, i == 0 ? "another" : "monitor", "ctx", SNMP_AUTH_SHA256,
                                i == 1 ? "not that one" : "maplesyrup", SNMP_PRIV_AES128,
                                i == 2 ? "not that one" : "pancakes!"));
        become(w, ENGINE_A, sizeof ENGINE_A, 5, 10000, START);
        ask(w, now, 2);
        converse(w, now);
        assert_int_equal(w->done_count, 0);
        for (; !w->done_count && now < START + 60 * SECONDS; now += SECONDS / 10) {
            snmp_client_advance(w->client, now);
            converse(w, now);
        }
        assert_int_equal(w->result, ERR_DENIED);
        assert_int_equal(w->security.report, expected[i]);
        assert_int_equal(w->sent_count, 2); /* what has arrived is not repeated */
        close_world(w);
    }
}

static void another_engine_is_found_and_named_once_it_has_proven_itself(void **state)
{
    struct world *w = open_world(SNMP_AUTH_SHA256, SNMP_PRIV_AES128);
    ns_t later = START + 60 * SECONDS;

    (void)state;
    ask(w, START, 1);
    converse(w, START);
    become(w, ENGINE_B, sizeof ENGINE_B, 1, 77, later);
    ask(w, later, 1);
    converse(w, later);
    assert_int_equal(w->result, ERR_OK);
    assert_int_equal(w->notices[SNMP_NOTICE_ENGINE_NEW], 1);
    assert_int_equal(w->notices[SNMP_NOTICE_ENGINE_REPLACED], 1);
    assert_int_equal(w->notices[SNMP_NOTICE_BOOTS_BACK], 0);
    assert_int_equal(w->security.engine.id_len, sizeof ENGINE_B);
    assert_memory_equal(w->security.engine.id, ENGINE_B, sizeof ENGINE_B);
    close_world(w);
}

/* Somebody who sees our messages says that the engine is another one, and that it is B. */
static void put_on_trial(struct world *w, ns_t now)
{
    report(w, now, USM_REPORT_ENGINE, 0);
    receive(w, now);
    become(w, ENGINE_B, sizeof ENGINE_B, 1, 77, now);
    answer(w, now, &(struct twist){0});
    receive(w, now);
    become(w, ENGINE_A, sizeof ENGINE_A, 5, 10060, now);
    assert_int_equal(w->security.engine.id_len, sizeof ENGINE_B);
}

static void assert_is_asked(const struct world *w, const uint8_t *id, size_t len)
{
    struct snmp_v3_message m;

    assert_ok(snmp_v3_parse(w->sent, w->sent_len, &m));
    assert_int_equal(m.engine_id.len, len);
    assert_memory_equal(m.engine_id.bytes, id, len);
}

static void a_forged_engine_gives_way_at_the_agents_report_to_the_one_that_had_proven_itself(void **state)
{
    struct world *w = open_world(SNMP_AUTH_SHA256, SNMP_PRIV_AES128);
    ns_t later = START + 60 * SECONDS;

    (void)state;
    ask(w, START, 1);
    converse(w, START);
    ask(w, later, 1);
    put_on_trial(w, later);
    assert_is_asked(w, ENGINE_B, sizeof ENGINE_B);
    converse(w, later); /* it does not know B; A is asked again, in the same request */
    assert_int_equal(w->result, ERR_OK);
    assert_is_asked(w, ENGINE_A, sizeof ENGINE_A);
    assert_int_equal(stats_of(w).rediscoveries, 1);
    assert_int_equal(stats_of(w).unproven, 1);
    assert_int_equal(w->notices[SNMP_NOTICE_ENGINE_REPLACED], 0);
    assert_int_equal(w->notices[SNMP_NOTICE_ENGINE_NEW], 1);
    close_world(w);
}

static void an_engine_on_trial_that_is_silent_has_one_request(void **state)
{
    struct world *w = open_world(SNMP_AUTH_SHA256, SNMP_PRIV_AES128);
    ns_t now = START + 60 * SECONDS;

    (void)state;
    ask(w, START, 1);
    converse(w, START);
    for (int i = 0; i < 3; i++) {
        uint64_t salt = w->security.engine.salt;

        ask(w, now, 1);
        put_on_trial(w, now);
        for (int s = 0; s < 60 && !w->done_count; s++)
            snmp_client_advance(w->client, now += SECONDS);
        assert_int_equal(w->result, ERR_DENIED); /* as the Report said */
        ask(w, now, 1);
        assert_is_asked(w, ENGINE_A, sizeof ENGINE_A);
        become(w, ENGINE_A, sizeof ENGINE_A, 5, 10060, now);
        converse(w, now);
        assert_int_equal(w->result, ERR_OK);
        assert_true(w->security.engine.salt >= salt + 3); /* three messages, and none with an old one */
        now += 60 * SECONDS;
    }
    assert_int_equal(w->notices[SNMP_NOTICE_ENGINE_REPLACED], 0);
    close_world(w);
}

static void a_storm_of_unknown_engine_reports_starts_one_discovery_a_minute(void **state)
{
    struct world *w = open_world(SNMP_AUTH_SHA256, SNMP_PRIV_AES128);

    (void)state;
    ask(w, START, 1);
    converse(w, START);
    assert_int_equal(w->probes, 1);
    for (int second = 0; second < 180; second++) {
        ns_t now = START + second * SECONDS;

        ask(w, now, 1);
        for (int i = 0; i < 5; i++) {
            report(w, now, USM_REPORT_ENGINE, 0);
            receive(w, now);
        }
        converse(w, now);
        assert_int_equal(w->result, ERR_OK);
    }
    assert_int_equal(w->probes, 1 + 3);
    assert_int_equal(stats_of(w).rediscoveries, 3);
    assert_int_equal(w->notices[SNMP_NOTICE_ENGINE_REPLACED], 0);
    close_world(w);
}

static void a_request_is_repeated_as_it_was(void **state)
{
    struct world *w = open_world(SNMP_AUTH_SHA256, SNMP_PRIV_AES128);
    uint8_t first[DATAGRAM_MAX];
    size_t len;

    (void)state;
    ask(w, START, 1);
    converse(w, START);
    ask(w, START, 3);
    memcpy(first, w->sent, len = w->sent_len);
    snmp_client_advance(w->client, START + 5 * SECONDS);
    assert_int_equal(w->sent_count, 4);
    assert_int_equal(w->sent_len, len);
    assert_memory_equal(w->sent, first, len);
    close_world(w);
}

/* ---- the window ---- */

static void the_time_window_is_that_of_the_rfc(void **state)
{
    struct usm_engine e = {0};

    (void)state;
    assert_true(usm_engine_hear(&e, 3, 1000, START));
    assert_true(usm_engine_hear(&e, 3, 1010 - 150, START + 10 * SECONDS));
    assert_false(usm_engine_hear(&e, 3, 1010 - 151, START + 10 * SECONDS));
    assert_false(usm_engine_hear(&e, 2, 5000, START + 10 * SECONDS));
    assert_true(usm_engine_hear(&e, 3, 2000, START + 10 * SECONDS)); /* its clock is ahead of our idea */
    assert_true(usm_engine_hear(&e, 4, 1, START + 10 * SECONDS));
    assert_false(usm_engine_hear(&e, 3, 2001, START + 10 * SECONDS));
    assert_false(usm_engine_hear(&e, 0x7fffffff, 1, START)); /* RFC 3414, 2.2.2: latched */
    usm_engine_guess(&e, 1, 1, START);
    assert_int_equal(e.boots, 0x7fffffff); /* a guess does not replace what is known */
}

static void a_user_is_checked_before_it_is_used(void **state)
{
    char name[34];
    struct usm_user u, v;

    (void)state;
    memset(name, 'n', 33), name[33] = '\0';
    assert_int_equal(usm_user_init(&u, name, NULL, SNMP_AUTH_NONE, NULL, SNMP_PRIV_NONE, NULL), ERR_RANGE);
    assert_int_equal(usm_user_init(&u, "", NULL, SNMP_AUTH_NONE, NULL, SNMP_PRIV_NONE, NULL), ERR_RANGE);
    assert_int_equal(usm_user_init(&u, "a", NULL, SNMP_AUTH_NONE, NULL, SNMP_PRIV_DES, "12345678"),
                     ERR_RANGE);
    assert_int_equal(usm_user_init(&u, "a", NULL, SNMP_AUTH_MD5, "1234567", SNMP_PRIV_NONE, NULL), ERR_RANGE);
    assert_int_equal(usm_user_init(&u, "a", NULL, SNMP_AUTH_MD5, NULL, SNMP_PRIV_NONE, NULL), ERR_RANGE);
    assert_ok(usm_user_init(&u, "a", NULL, SNMP_AUTH_MD5, "12345678", SNMP_PRIV_NONE, NULL));
    assert_ok(usm_user_init(&v, "a", NULL, SNMP_AUTH_MD5, "12345678", SNMP_PRIV_NONE, NULL));
    assert_true(usm_user_is_same(&u, &v));
    assert_ok(usm_user_init(&v, "a", NULL, SNMP_AUTH_MD5, "123456789", SNMP_PRIV_NONE, NULL));
    assert_false(usm_user_is_same(&u, &v));
}

RUN_TESTS("snmp_client_v3", cmocka_unit_test(a_peer_is_discovered_and_answers_at_each_level),
          cmocka_unit_test(an_agent_that_hides_its_clock_tells_it_in_a_genuine_report),
          cmocka_unit_test(a_restart_of_the_agent_costs_one_datagram_and_is_no_alarm),
          cmocka_unit_test(boots_that_go_back_are_counted_told_and_polled_on),
          cmocka_unit_test(each_forged_reply_is_refused_and_the_genuine_one_taken),
          cmocka_unit_test(a_reply_from_elsewhere_or_of_another_version_is_refused),
          cmocka_unit_test(a_peer_of_v2c_takes_no_message_of_v3),
          cmocka_unit_test(an_unauthenticated_report_ends_nothing),
          cmocka_unit_test(what_an_agent_reported_is_the_reason_if_it_never_answers),
          cmocka_unit_test(another_engine_is_found_and_named_once_it_has_proven_itself),
          cmocka_unit_test(a_forged_engine_gives_way_at_the_agents_report_to_the_one_that_had_proven_itself),
          cmocka_unit_test(an_engine_on_trial_that_is_silent_has_one_request),
          cmocka_unit_test(a_storm_of_unknown_engine_reports_starts_one_discovery_a_minute),
          cmocka_unit_test(a_request_is_repeated_as_it_was),
          cmocka_unit_test(the_time_window_is_that_of_the_rfc),
          cmocka_unit_test(a_user_is_checked_before_it_is_used))
