/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_snmp_client.c - who may answer (the spoof matrix), repetition, the window. */
#include "tests/unit/cmocka_tests.h"

#include "collector/snmp_client.h"
#include "tests/sim/agent.h"

enum { SENT_MAX = 1000 };

struct world {
    struct snmp_client *client;
    struct snmp_peer peer;
    struct {
        struct snmp_address to;
        uint8_t bytes[SNMP_REQUEST_MAX];
        size_t len;
    } sent[SENT_MAX];
    size_t sent_count;
    uint32_t next_id;
    enum err result;
    int done_count;
    size_t varbinds;
    struct agent *agent;
    struct buf reply;
};

static enum err transmit(void *ctx, const struct snmp_address *to, const void *bytes, size_t len)
{
    struct world *w = ctx;

    assert_true(w->sent_count < SENT_MAX);
    w->sent[w->sent_count].to = *to;
    memcpy(w->sent[w->sent_count].bytes, bytes, len);
    w->sent[w->sent_count++].len = len;
    return ERR_OK;
}

static uint32_t request_id(void *ctx)
{
    struct world *w = ctx;

    return w->next_id += 1000003;
}

static void on_done(void *ctx, enum err result, const struct snmp_message *reply, ns_t rtt)
{
    struct world *w = ctx;

    (void)rtt;
    w->result = result;
    w->done_count++;
    w->varbinds = reply ? reply->varbind_count : 0;
}

static struct world *open_world(uint32_t window)
{
    struct world *w = calloc(1, sizeof *w);
    struct snmp_client_options o = {
        .window = window, .timeout = 1 * SECONDS, .transmit = transmit, .request_id = request_id, .ctx = w};

    assert_non_null(w);
    assert_ok(snmp_client_new(&o, &w->client));
    w->peer = (struct snmp_peer){.address = {.ip = {127, 0, 0, 1}, .port_be = 0xa127},
                                 .version = 1,
                                 .community = (const uint8_t *)"secret",
                                 .community_len = 6};
    w->agent = agent_new();
    agent_system(w->agent, "one", "1.3.6.1.4.1.1", 100);
    w->result = ERR_COUNT;
    return w;
}

static void close_world(struct world *w)
{
    snmp_client_free(w->client);
    agent_free(w->agent);
    buf_fini(&w->reply);
    free(w);
}

static const uint32_t SYS_NAME[] = {1, 3, 6, 1, 2, 1, 1, 5, 0}, SYS_UPTIME[] = {1, 3, 6, 1, 2, 1, 1, 3, 0};

static void ask_peer(struct world *w, struct snmp_peer *peer, ns_t now, uint32_t tries, snmp_handle *handle)
{
    static uint8_t raw[2][SNMP_RAW_OID_MAX];
    struct snmp_raw_oid oids[2] = {{raw[0], 0}, {raw[1], 0}};
    struct snmp_ask ask = {
        .peer = peer, .type = SNMP_GET, .oids = oids, .count = 2, .tries = tries, .done = on_done, .ctx = w};

    assert_ok(snmp_oid_encode(SYS_NAME, 9, raw[0], &oids[0].len));
    assert_ok(snmp_oid_encode(SYS_UPTIME, 9, raw[1], &oids[1].len));
    assert_ok(snmp_client_ask(w->client, now, &ask, handle));
}

static uint64_t rejected(const struct world *w, enum snmp_reject kind)
{
    struct snmp_stats stats;

    snmp_client_stats(w->client, &stats);
    return stats.rejected[kind];
}

/* The genuine answer to the last datagram. */
static void answer(struct world *w)
{
    assert_true(
        agent_answer(w->agent, w->sent[w->sent_count - 1].bytes, w->sent[w->sent_count - 1].len, &w->reply));
}

static void receive(struct world *w, struct snmp_address from, ns_t now)
{
    snmp_client_receive(w->client, now, &from, w->reply.data, w->reply.len);
}

/* What others could be made to believe (net-snmp takes the first five of these): each is refused, under a
 * counter of its own, and the genuine answer is still taken afterwards. */
static void eight_of_eight_forgeries_are_refused_and_counted_and_the_genuine_reply_is_taken(void **state)
{
    static const enum snmp_reject kinds[] = {SNMP_REJECT_UNASKED, SNMP_REJECT_PORT,     SNMP_REJECT_COMMUNITY,
                                             SNMP_REJECT_OIDS,    SNMP_REJECT_VARBINDS, SNMP_REJECT_VERSION,
                                             SNMP_REJECT_LATE,    SNMP_REJECT_DOUBLED};

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
        struct world *w = open_world(10);
        struct snmp_address from = w->peer.address;
        struct varbind vbs[3] = {{.oid = SYS_NAME, .oid_len = 9, .type = SNMP_INTEGER, .integer = 666},
                                 {.oid = SYS_UPTIME, .oid_len = 9, .type = SNMP_INTEGER, .integer = 666},
                                 {.oid = SYS_NAME, .oid_len = 9, .type = SNMP_INTEGER, .integer = 666}};
        struct snmp_message before, m;
        int version = 1, done = 1;
        const char *community = "secret";
        size_t count = 2;

        ask_peer(w, &w->peer, 0, 1, NULL); /* the earlier request: given up, or answered */
        assert_ok(snmp_message_parse(w->sent[0].bytes, w->sent[0].len, &before));
        int32_t id = before.request_id;
        if (kinds[i] == SNMP_REJECT_DOUBLED) {
            answer(w);
            receive(w, from, 5);
        } else {
            snmp_client_advance(w->client, 5 * SECONDS);
        }
        assert_int_equal(w->done_count, 1);
        ask_peer(w, &w->peer, 6 * SECONDS, 1, NULL);
        assert_ok(snmp_message_parse(w->sent[1].bytes, w->sent[1].len, &m));
        if (kinds[i] != SNMP_REJECT_LATE && kinds[i] != SNMP_REJECT_DOUBLED)
            id = m.request_id;
        switch (i) {
        case 0: from.ip[3] = 2; break;
        case 1: from.port_be ^= 1; break;
        case 2: community = "Secret"; break;
        case 3: vbs[1].oid = SYS_NAME; break;
        case 4: count = 3; break;
        case 5: version = 0; break;
        case 6:
        case 7: break;
        }
        buf_clear(&w->reply);
        agent_write(&w->reply, version, community, SNMP_RESPONSE, id, 0, 0, vbs, count);
        receive(w, from, 6 * SECONDS + 10);
        assert_int_equal(w->done_count, done);
        for (int kind = 0; kind < SNMP_REJECT_COUNT; kind++)
            assert_int_equal(rejected(w, (enum snmp_reject)kind), kind == (int)kinds[i]);
        answer(w);
        receive(w, w->peer.address, 6 * SECONDS + 20);
        assert_int_equal(w->done_count, done + 1);
        assert_int_equal(w->result, ERR_OK);
        assert_int_equal(w->varbinds, 2);
        close_world(w);
    }
}

static void other_messages_that_are_no_answer_are_refused_and_counted(void **state)
{
    static const enum snmp_reject kinds[] = {SNMP_REJECT_REQUEST_ID, SNMP_REJECT_PDU, SNMP_REJECT_MALFORMED,
                                             SNMP_REJECT_VARBINDS};

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
        struct world *w = open_world(10);
        struct snmp_message m;
        struct varbind vbs[2] = {{.oid = SYS_NAME, .oid_len = 9, .type = SNMP_INTEGER, .integer = 666},
                                 {.oid = SYS_UPTIME, .oid_len = 9, .type = SNMP_INTEGER, .integer = 666}};

        ask_peer(w, &w->peer, 0, 1, NULL);
        assert_ok(snmp_message_parse(w->sent[0].bytes, w->sent[0].len, &m));
        buf_clear(&w->reply);
        agent_write(&w->reply, 1, "secret", i == 1 ? SNMP_GET : SNMP_RESPONSE, m.request_id ^ (i == 0), 0, 0,
                    vbs, i == 3 ? 1 : 2);
        if (i == 2)
            w->reply.len -= 3;
        receive(w, w->peer.address, 10);
        assert_int_equal(w->done_count, 0);
        assert_int_equal(rejected(w, kinds[i]), 1);
        answer(w);
        receive(w, w->peer.address, 20);
        assert_int_equal(w->done_count, 1);
        assert_int_equal(w->result, ERR_OK);
        close_world(w);
    }
}

static void a_request_is_repeated_and_a_late_answer_to_its_first_try_counts(void **state)
{
    struct world *w = open_world(10);

    (void)state;
    ask_peer(w, &w->peer, 0, 4, NULL);
    answer(w);
    assert_int_equal(w->sent_count, 1);
    assert_true(snmp_client_due(w->client) == 1 * SECONDS);
    snmp_client_advance(w->client, 1 * SECONDS);
    snmp_client_advance(w->client, 2 * SECONDS);
    assert_int_equal(w->sent_count, 3);
    assert_memory_equal(w->sent[0].bytes, w->sent[2].bytes, w->sent[0].len);
    receive(w, w->peer.address, 2 * SECONDS + 5);
    assert_int_equal(w->result, ERR_OK);
    assert_true(w->peer.rtt == 0); /* whose answer was it? (Karn) */
    assert_int_equal(w->peer.backoff, 1);
    close_world(w);
}

static void silence_ends_after_all_tries_and_says_why(void **state)
{
    struct world *w = open_world(10);

    (void)state;
    ask_peer(w, &w->peer, 0, 4, NULL);
    for (ns_t t = 0; t < 10 * SECONDS && !w->done_count; t += 100 * MILLISECONDS)
        snmp_client_advance(w->client, t);
    assert_int_equal(w->sent_count, 4);
    assert_int_equal(w->result, ERR_TIMEOUT);
    ask_peer(w, &w->peer, 20 * SECONDS, 1, NULL);
    snmp_client_refused(w->client, 20 * SECONDS, &w->peer.address);
    snmp_client_advance(w->client, 30 * SECONDS);
    assert_int_equal(w->result, ERR_UNREACHABLE);
    ask_peer(w, &w->peer, 40 * SECONDS, 1, NULL);
    snmp_client_receive(w->client, 41 * SECONDS, &w->peer.address, "hello", 5);
    snmp_client_advance(w->client, 50 * SECONDS);
    assert_int_equal(w->result, ERR_MALFORMED);
    close_world(w);
}

static void waits_follow_the_measured_round_trip(void **state)
{
    struct world *w = open_world(10);

    (void)state;
    for (int i = 0; i < 50; i++) {
        ns_t t = i * 10 * SECONDS;

        ask_peer(w, &w->peer, t, 4, NULL);
        answer(w);
        receive(w, w->peer.address, t + 400 * MILLISECONDS);
    }
    assert_true(w->peer.rtt > 399 * MILLISECONDS && w->peer.rtt < 401 * MILLISECONDS);
    ns_t wait = snmp_peer_timeout(&w->peer, 1 * SECONDS);
    assert_true(wait >= 400 * MILLISECONDS && wait < 450 * MILLISECONDS);
    w->peer.rtt = 10 * SECONDS;
    assert_true(snmp_peer_timeout(&w->peer, 1 * SECONDS) == 4 * SECONDS);
    close_world(w);
}

/* RFC 6298, 2.2, 2.3 and 5.5, and Karn's rule: figures worked out by hand. */
static void the_round_trip_is_smoothed_as_rfc_6298_says(void **state)
{
    struct world *w = open_world(10);
    struct snmp_peer *p = &w->peer;

    (void)state;
    ask_peer(w, p, 0, 4, NULL);
    answer(w);
    receive(w, p->address, 400 * MILLISECONDS);
    assert_true(p->rtt == 400 * MILLISECONDS && p->rtt_variation == 200 * MILLISECONDS);
    assert_true(snmp_peer_timeout(p, SECONDS) == 1200 * MILLISECONDS); /* SRTT + 4 RTTVAR */
    ask_peer(w, p, 10 * SECONDS, 4, NULL);
    answer(w);
    receive(w, p->address, 10 * SECONDS + 800 * MILLISECONDS);
    assert_true(p->rtt == 450 * MILLISECONDS);           /* 7/8 × 400 + 1/8 × 800 */
    assert_true(p->rtt_variation == 250 * MILLISECONDS); /* 3/4 × 200 + 1/4 × |400 - 800| */
    /* Answered at its second try: whose answer it is nobody knows, so nothing is measured, and the longer
     * wait stays for the next request. */
    ask_peer(w, p, 20 * SECONDS, 4, NULL);
    assert_true(snmp_client_due(w->client) == 20 * SECONDS + 1450 * MILLISECONDS);
    snmp_client_advance(w->client, 20 * SECONDS + 1450 * MILLISECONDS);
    answer(w);
    receive(w, p->address, 20 * SECONDS + 1451 * MILLISECONDS);
    assert_true(p->rtt == 450 * MILLISECONDS && p->rtt_variation == 250 * MILLISECONDS);
    ask_peer(w, p, 30 * SECONDS, 4, NULL);
    assert_true(snmp_client_due(w->client) == 30 * SECONDS + 2900 * MILLISECONDS);
    answer(w);
    receive(w, p->address, 30 * SECONDS + 450 * MILLISECONDS);
    ask_peer(w, p, 40 * SECONDS, 4, NULL);
    assert_true(snmp_client_due(w->client) < 41 * SECONDS + 450 * MILLISECONDS);
    close_world(w);
}

/* 5 peers behind one line that takes 2, and one elsewhere. */
static void a_line_bounds_the_requests_to_its_peers_and_to_no_others(void **state)
{
    struct world *w = open_world(100);
    struct snmp_peer peers[6];
    struct snmp_line line = {.limit = 2};
    struct snmp_stats stats;
    snmp_handle held[6];

    (void)state;
    for (uint8_t i = 0; i < 6; i++) {
        peers[i] = w->peer;
        peers[i].address.ip[3] = (uint8_t)(10 + i);
        peers[i].line = i < 5 ? &line : NULL;
        ask_peer(w, &peers[i], 0, 4, &held[i]);
    }
    assert_int_equal(w->sent_count, 3);
    assert_memory_equal(&w->sent[2].to, &peers[5].address,
                        sizeof peers[5].address); /* passes the held ones */
    snmp_client_cancel(w->client, held[2]);
    assert_true(agent_answer(w->agent, w->sent[0].bytes, w->sent[0].len, &w->reply));
    receive(w, w->sent[0].to, 1); /* an answer makes room */
    assert_int_equal(w->sent_count, 4);
    assert_memory_equal(&w->sent[3].to, &peers[3].address, sizeof peers[3].address);
    snmp_client_advance(w->client, 1 * SECONDS); /* as do those that do not answer */
    assert_int_equal(w->sent_count, 4 + 2 + 1);
    snmp_client_stats(w->client, &stats);
    assert_int_equal(stats.held, 3);
    assert_int_equal(stats.queued, 0);
    for (ns_t t = 1; t < 60; t++)
        snmp_client_advance(w->client, t * SECONDS);
    assert_int_equal(line.in_first_wait, 0);
    assert_int_equal(w->done_count, 5);
    close_world(w);
}

static void peers_that_do_not_answer_leave_the_window(void **state)
{
    struct world *w = open_world(2);
    struct snmp_peer peers[6];

    (void)state;
    for (uint8_t i = 0; i < 6; i++) {
        peers[i] = w->peer;
        peers[i].address.ip[3] = (uint8_t)(10 + i);
        ask_peer(w, &peers[i], 0, 4, NULL);
    }
    assert_int_equal(w->sent_count, 2);
    snmp_client_advance(w->client, 1 * SECONDS); /* two repeated, the next two take their places */
    assert_int_equal(w->sent_count, 6);
    answer(w);
    receive(w, w->sent[w->sent_count - 1].to, 1 * SECONDS + 1);
    assert_int_equal(w->done_count, 1);
    assert_int_equal(w->sent_count, 7); /* an answer makes room at once */
    close_world(w);
}

static void a_cancelled_request_calls_nobody(void **state)
{
    struct world *w = open_world(1);
    struct snmp_peer other = w->peer;
    snmp_handle first, queued;

    (void)state;
    other.address.ip[3] = 9;
    ask_peer(w, &w->peer, 0, 4, &first);
    ask_peer(w, &other, 0, 4, &queued);
    answer(w);
    snmp_client_cancel(w->client, queued);
    snmp_client_cancel(w->client, first);
    snmp_client_cancel(w->client, first);
    receive(w, w->peer.address, 5);
    snmp_client_advance(w->client, 100 * SECONDS);
    assert_int_equal(w->done_count, 0);
    assert_true(snmp_client_due(w->client) == INT64_MAX);
    close_world(w);
}

static void many_requests_in_flight_are_told_apart(void **state)
{
    struct world *w = open_world(SENT_MAX);
    struct snmp_peer *peers = calloc(900, sizeof *peers);

    (void)state;
    assert_non_null(peers);
    for (int i = 0; i < 900; i++) {
        peers[i] = w->peer;
        peers[i].address.ip[2] = (uint8_t)(i / 250);
        peers[i].address.ip[3] = (uint8_t)(i % 250);
        ask_peer(w, &peers[i], 0, 1, NULL);
    }
    assert_int_equal(w->sent_count, 900);
    for (int i = 899; i >= 0; i--) {
        assert_true(agent_answer(w->agent, w->sent[i].bytes, w->sent[i].len, &w->reply));
        receive(w, w->sent[i].to, 10);
    }
    assert_int_equal(w->done_count, 900);
    assert_int_equal(w->result, ERR_OK);
    free(peers);
    close_world(w);
}

RUN_TESTS("snmp_client",
          cmocka_unit_test(eight_of_eight_forgeries_are_refused_and_counted_and_the_genuine_reply_is_taken),
          cmocka_unit_test(other_messages_that_are_no_answer_are_refused_and_counted),
          cmocka_unit_test(the_round_trip_is_smoothed_as_rfc_6298_says),
          cmocka_unit_test(a_line_bounds_the_requests_to_its_peers_and_to_no_others),
          cmocka_unit_test(a_request_is_repeated_and_a_late_answer_to_its_first_try_counts),
          cmocka_unit_test(silence_ends_after_all_tries_and_says_why),
          cmocka_unit_test(waits_follow_the_measured_round_trip),
          cmocka_unit_test(peers_that_do_not_answer_leave_the_window),
          cmocka_unit_test(a_cancelled_request_calls_nobody),
          cmocka_unit_test(many_requests_in_flight_are_told_apart))
