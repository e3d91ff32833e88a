/* SPDX-License-Identifier: GPL-3.0-or-later */
/* 109-v3-storm.c - a thousand SNMPv3 agents restart at once; somebody who sees every request answers each of
 * them sooner than the agent, with all that can be forged without keys; engine IDs are shared and boot
 * counters lost. Nobody is called down, nothing forged is taken, and what the cryptography costs is bounded
 * by what was asked. */
#include "tests/unit/cmocka_tests.h"

#include <stdio.h>

#include "tests/sim/world.h"

enum { DEVICES = 1000, INTERVAL = 60 };

static struct sim w;

/* ---- the collector's cryptography, counted ---- */

static struct {
    uint64_t macs, ciphers, keys, passphrases;
} cost;

enum err __real_usm_io_mac(enum snmp_auth auth, const struct usm_key *key, const uint8_t *bytes, size_t len,
                           uint8_t *mac);
enum err __wrap_usm_io_mac(enum snmp_auth auth, const struct usm_key *key, const uint8_t *bytes, size_t len,
                           uint8_t *mac);
enum err __real_usm_io_localise(enum snmp_auth auth, const struct usm_key *master, const uint8_t *engine_id,
                                size_t engine_id_len, struct usm_key *out);
enum err __wrap_usm_io_localise(enum snmp_auth auth, const struct usm_key *master, const uint8_t *engine_id,
                                size_t engine_id_len, struct usm_key *out);
enum err __real_usm_io_encrypt(enum snmp_priv priv, const struct usm_key *key, const uint8_t *iv,
                               const uint8_t *plain, size_t len, uint8_t *out, size_t *out_len);
enum err __wrap_usm_io_encrypt(enum snmp_priv priv, const struct usm_key *key, const uint8_t *iv,
                               const uint8_t *plain, size_t len, uint8_t *out, size_t *out_len);
enum err __real_usm_io_decrypt(enum snmp_priv priv, const struct usm_key *key, const uint8_t *iv,
                               const uint8_t *cipher, size_t len, uint8_t *out, size_t *out_len);
enum err __wrap_usm_io_decrypt(enum snmp_priv priv, const struct usm_key *key, const uint8_t *iv,
                               const uint8_t *cipher, size_t len, uint8_t *out, size_t *out_len);
enum err __real_usm_io_master_key(enum snmp_auth auth, const char *passphrase, struct usm_key *out);
enum err __wrap_usm_io_master_key(enum snmp_auth auth, const char *passphrase, struct usm_key *out);

enum err __wrap_usm_io_mac(enum snmp_auth auth, const struct usm_key *key, const uint8_t *bytes, size_t len,
                           uint8_t *mac)
{
    cost.macs += w.is_collectors_turn;
    return __real_usm_io_mac(auth, key, bytes, len, mac);
}

enum err __wrap_usm_io_localise(enum snmp_auth auth, const struct usm_key *master, const uint8_t *engine_id,
                                size_t engine_id_len, struct usm_key *out)
{
    cost.keys += w.is_collectors_turn;
    return __real_usm_io_localise(auth, master, engine_id, engine_id_len, out);
}

enum err __wrap_usm_io_encrypt(enum snmp_priv priv, const struct usm_key *key, const uint8_t *iv,
                               const uint8_t *plain, size_t len, uint8_t *out, size_t *out_len)
{
    cost.ciphers += w.is_collectors_turn;
    return __real_usm_io_encrypt(priv, key, iv, plain, len, out, out_len);
}

enum err __wrap_usm_io_decrypt(enum snmp_priv priv, const struct usm_key *key, const uint8_t *iv,
                               const uint8_t *cipher, size_t len, uint8_t *out, size_t *out_len)
{
    cost.ciphers += w.is_collectors_turn;
    return __real_usm_io_decrypt(priv, key, iv, cipher, len, out, out_len);
}

enum err __wrap_usm_io_master_key(enum snmp_auth auth, const char *passphrase, struct usm_key *out)
{
    cost.passphrases += w.is_collectors_turn;
    return __real_usm_io_master_key(auth, passphrase, out);
}

/* ---- the city ---- */

static enum sim_access access_of(size_t i)
{
    return (enum sim_access)(SIM_OPEN + i % 3);
}

/* Of all devices. */
static size_t with_keys(void)
{
    size_t count = 0;

    for (size_t i = 0; i < w.count; i++)
        count += access_of(i) != SIM_OPEN;
    return count;
}

static void open_city(size_t count)
{
    w = (struct sim){0};
    for (size_t i = 0; i < count; i++)
        w.devices[i].access = access_of(i);
    sim_open(&w, count, INTERVAL, 109);
    w.network = (struct sim_network){.delay = 20 * MILLISECONDS, .jitter = 10 * MILLISECONDS};
    cost = (typeof(cost)){0};
}

static void restart(size_t i, uint32_t boots)
{
    w.devices[i].booted = w.now;
    agent_v3_restart(w.devices[i].v3, boots, w.now);
}

static void assert_all_answered(uint64_t polls_at_least)
{
    for (size_t i = 0; i < w.count; i++) {
        assert_int_equal(w.devices[i].misses, 0);
        assert_true(w.devices[i].answered >= polls_at_least);
    }
    assert_int_equal(w.times_down, 0);
}

static void a_thousand_agents_that_restart_at_once_cost_one_datagram_each(void **state)
{
    double datagrams;

    (void)state;
    open_city(DEVICES);
    sim_run(&w, 3 * MINUTES);
    assert_all_answered(2);
    assert_true(sim_figure(&w, "snmp_v3_discoveries_total") == DEVICES);
    assert_true(sim_figure(&w, "snmp_v3_clocks_set_total") == 0);
    for (size_t i = 0; i < DEVICES; i++)
        restart(i, 6);
    sim_run(&w, 3 * MINUTES);
    assert_all_answered(5);
    for (size_t i = 0; i < DEVICES; i++)
        assert_int_equal(w.devices[i].v3->reports[USM_REPORT_WINDOW], access_of(i) != SIM_OPEN);
    assert_true(sim_figure(&w, "snmp_v3_clocks_set_total") == (double)with_keys());
    assert_true(sim_figure(&w, "snmp_v3_discoveries_total") == DEVICES);
    assert_true(sim_figure(&w, "snmp_v3_rediscoveries_total") == 0);
    assert_true(sim_figure(&w, "snmp_v3_boots_back_total") == 0);
    assert_true(sim_figure(&w, "snmp_rejected_report_total") == 0);
    assert_int_equal(w.engine_findings, 0);
    /* A MAC for what is sent and one for what comes, keys once for each engine. */
    datagrams = sim_figure(&w, "snmp_datagrams_sent_total");
    printf("# %.0f datagrams sent: %llu MACs, %llu runs of the cipher, %llu keys\n", datagrams,
           (unsigned long long)cost.macs, (unsigned long long)cost.ciphers, (unsigned long long)cost.keys);
    assert_true((double)cost.macs <= 2 * datagrams);
    assert_true(cost.ciphers < cost.macs);
    assert_int_equal(cost.keys, DEVICES / 3 * 1 + DEVICES / 3 * 2); /* of auth: one; of priv: two */
    assert_int_equal(cost.passphrases, 0);
    sim_close(&w);
}

/* ---- somebody on the way ---- */

static struct {
    struct agent_v3 nobody;    /* without keys, under the agent's engine ID */
    struct agent_v3 pretender; /* with keys of another passphrase */
    struct agent_v3 engine;    /* that he would have us believe to be the agent's */
    struct usm_user wrong;
    struct buf bytes, pdu;
    uint64_t requests, sent, sealed, probes;
    bool is_silent;
} forger;

static void send_forged(const struct snmp_address *from)
{
    sim_forge(&w, from, forger.bytes.data, forger.bytes.len);
    forger.sent++;
}

static void pose_as(struct agent_v3 *as, const struct agent_v3 *victim)
{
    memcpy(as->engine.id, victim->engine.id, victim->engine.id_len);
    as->engine.id_len = victim->engine.id_len;
    agent_v3_restart(as, 2, w.now - 5 * SECONDS); /* an older boot than the agent's */
}

static void forge_reports(size_t device, int32_t msg_id)
{
    static const enum usm_report kinds[] = {USM_REPORT_ENGINE, USM_REPORT_WINDOW, USM_REPORT_DIGEST,
                                            USM_REPORT_USER};
    struct snmp_address from = sim_address(device), elsewhere = from;

    pose_as(&forger.nobody, w.devices[device].v3);
    for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
        agent_v3_report(&forger.nobody, w.now, msg_id, kinds[i], 0, &forger.bytes);
        send_forged(&from);
    }
    agent_v3_report(&forger.nobody, w.now, msg_id ^ 1, USM_REPORT_ENGINE, 0, &forger.bytes);
    send_forged(&from);
    elsewhere.port_be ^= 1;
    send_forged(&elsewhere);
    elsewhere = from;
    elsewhere.ip[0] = 10;
    send_forged(&elsewhere);
}

/* With a MAC, by a key that is not the agent's. */
static void forge_sealed(size_t device, const struct snmp_v3_message *m)
{
    const uint32_t name[] = {1, 3, 6, 1, 2, 1, 1, 5, 0};
    const struct varbind vb = {
        .oid = name, .oid_len = 9, .type = SNMP_OCTETS, .len = 6, .bytes = (const uint8_t *)"forged"};
    const struct snmp_address from = sim_address(device);

    pose_as(&forger.pretender, w.devices[device].v3);
    agent_v3_report(&forger.pretender, w.now, m->msg_id, USM_REPORT_WINDOW, SNMP_V3_AUTH, &forger.bytes);
    send_forged(&from);
    buf_clear(&forger.pdu);
    agent_write_pdu(&forger.pdu, SNMP_RESPONSE, 1, 0, 0, &vb, 1);
    agent_v3_seal(&forger.pretender, w.now, m->msg_id, m->flags & SNMP_V3_LEVEL, &forger.pdu, &forger.bytes);
    send_forged(&from);
    forger.sealed += 2;
    agent_v3_seal(&forger.nobody, w.now, m->msg_id, 0, &forger.pdu, &forger.bytes);
    send_forged(&from);
}

static void forge(struct sim *sim, size_t device, const void *bytes, size_t len)
{
    const struct snmp_address from = sim_address(device);
    struct snmp_v3_message m;

    (void)sim;
    if (forger.is_silent)
        return;
    assert_ok(snmp_v3_parse(bytes, len, &m));
    if (m.engine_id.len == 0) { /* who are you? */
        agent_v3_report(&forger.engine, w.now, m.msg_id, USM_REPORT_ENGINE, 0, &forger.bytes);
        send_forged(&from);
        forger.probes++;
        return;
    }
    forger.requests++;
    forge_reports(device, m.msg_id);
    if (m.flags & SNMP_V3_AUTH)
        forge_sealed(device, &m);
}

static void open_forger(void)
{
    static const uint8_t id[] = {0x80, 0, 0x1f, 0x88, 4, 'm', 'e'};

    forger = (typeof(forger)){.is_silent = true};
    assert_ok(usm_user_init(&forger.wrong, "sim", NULL, SNMP_AUTH_SHA256, "a guess of the secret",
                            SNMP_PRIV_AES128, "a guess of the secret"));
    agent_v3_init(&forger.nobody, sim_user(SIM_OPEN), id, sizeof id, 1, 0);
    agent_v3_init(&forger.pretender, &forger.wrong, id, sizeof id, 1, 0);
    agent_v3_init(&forger.engine, sim_user(SIM_OPEN), id, sizeof id, 1, 0);
    w.on_request = forge;
}

static void close_forger(void)
{
    buf_fini(&forger.bytes);
    buf_fini(&forger.pdu);
}

/* What is forged is refused, but for the answers to probes; what comes for a message that was given up for
 * another one since is refused by its id. */
static void assert_each_kind_is_counted(void)
{
    static const char *const kinds[] = {"report", "digest", "level", "request_id", "port", "unasked"};
    double sum = 0;

    for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
        char name[40];

        snprintf(name, sizeof name, "snmp_rejected_%s_total", kinds[i]);
        printf("# %s: %.0f\n", kinds[i], sim_figure(&w, name));
        assert_true(sim_figure(&w, name) >= (double)forger.requests / 4);
        sum += sim_figure(&w, name);
    }
    assert_true(sum >= (double)(forger.sent - forger.probes));
    assert_true(sim_figure(&w, "snmp_v3_unproven_total") == (double)forger.probes);
}

static void whatever_is_forged_on_the_way_no_device_is_down_and_each_kind_is_counted(void **state)
{
    enum { MINUTES_OF_IT = 10, COUNT = 300 };
    double discoveries;

    (void)state;
    open_city(COUNT);
    open_forger();
    sim_run(&w, 2 * MINUTES);
    assert_all_answered(1);
    discoveries = sim_figure(&w, "snmp_v3_discoveries_total");
    cost = (typeof(cost)){0};
    forger.is_silent = false;
    sim_run(&w, MINUTES_OF_IT * MINUTES);
    forger.is_silent = true;
    sim_run(&w, 1 * MINUTES);
    printf("# %llu forged; %.0f re-discoveries; %llu MACs, %llu keys\n", (unsigned long long)forger.sent,
           sim_figure(&w, "snmp_v3_rediscoveries_total"), (unsigned long long)cost.macs,
           (unsigned long long)cost.keys);
    assert_all_answered(MINUTES_OF_IT);
    assert_int_equal(w.engine_findings, 0);
    /* No more than one re-discovery a device and minute, and none that was not one of those. */
    assert_true(sim_figure(&w, "snmp_v3_rediscoveries_total") <= COUNT * (MINUTES_OF_IT + 1));
    assert_true(sim_figure(&w, "snmp_v3_rediscoveries_total") >= COUNT * (MINUTES_OF_IT - 2));
    assert_true(sim_figure(&w, "snmp_v3_discoveries_total") - discoveries ==
                sim_figure(&w, "snmp_v3_rediscoveries_total"));
    assert_true(sim_figure(&w, "snmp_v3_clocks_set_total") == 0);
    assert_true(sim_figure(&w, "snmp_v3_boots_back_total") == 0);
    assert_each_kind_is_counted();
    /* One MAC for a datagram that claims to have one, none for the others. */
    assert_true((double)cost.macs <= 2 * sim_figure(&w, "snmp_datagrams_sent_total") + (double)forger.sealed);
    /* Keys are made for what answered a probe, and for nobody else. */
    assert_true(cost.keys <= 2 * 2 * forger.probes);
    close_forger();
    sim_close(&w);
}

/* A forged Report stops the repetition of what has arrived, so each loss counts. */
static void with_lost_packets_no_device_is_down_either(void **state)
{
    (void)state;
    open_city(300);
    open_forger();
    w.network.loss_permille = 50;
    sim_run(&w, 2 * MINUTES);
    forger.is_silent = false;
    sim_run(&w, 10 * MINUTES);
    assert_int_equal(w.times_down, 0);
    assert_int_equal(w.engine_findings, 0);
    assert_true(sim_figure(&w, "snmp_v3_rediscoveries_total") <= 300 * 11);
    close_forger();
    sim_close(&w);
}

/* ---- engines that are not as they should be ---- */

static void shared_engine_ids_and_lost_boot_counters_are_told_and_polled(void **state)
{
    enum { COUNT = 60, SHARING = 30, BACK = 12 };
    static const uint8_t cloned[] = {0x80, 0, 0x1f, 0x88, 4, 'c', 'l', 'o', 'n', 'e'};
    size_t back = 0;

    (void)state;
    open_city(COUNT);
    for (size_t i = 0; i < SHARING; i++) /* each with a clock of its own */
        agent_v3_init(w.devices[i].v3, sim_user(access_of(i)), cloned, sizeof cloned, 3 + (uint32_t)i,
                      -(ns_t)i * HOURS);
    sim_run(&w, 5 * MINUTES);
    assert_all_answered(4);
    assert_int_equal(w.engine_findings, SHARING - 1);
    assert_true(sim_figure(&w, "devices_sharing_engine_id") == SHARING - 1);
    assert_true(sim_figure(&w, "snmp_v3_clocks_set_total") == 0);
    for (size_t i = COUNT - BACK; i < COUNT; i++) {
        restart(i, 1); /* it was at 5 */
        back += access_of(i) != SIM_OPEN;
    }
    sim_run(&w, 5 * MINUTES);
    assert_all_answered(9);
    assert_true(sim_figure(&w, "snmp_v3_boots_back_total") == (double)back);
    assert_int_equal(w.engine_findings, SHARING - 1 + back);
    assert_true(sim_figure(&w, "snmp_v3_rediscoveries_total") == 0);
    sim_close(&w);
}

RUN_TESTS("v3 storm", cmocka_unit_test(a_thousand_agents_that_restart_at_once_cost_one_datagram_each),
          cmocka_unit_test(whatever_is_forged_on_the_way_no_device_is_down_and_each_kind_is_counted),
          cmocka_unit_test(with_lost_packets_no_device_is_down_either),
          cmocka_unit_test(shared_engine_ids_and_lost_boot_counters_are_told_and_polled))
