/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_snmp_salts.c - msgPrivacyParameters as they leave through the real socket: a salt that came twice with
 * one key would show what two messages have in common (RFC 3414, 8.1.1.1; RFC 3826, 3.1.4.1). */
#include "tests/unit/cmocka_tests.h"

#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "collector/snmp_io.h"
#include "lib/runtime/loop.h"

enum { RESTARTS = 4, AES_MESSAGES = 20000, DES_MESSAGES = 500 };

#define PATIENCE_MS 60000 /* of a machine under load */

static const uint8_t ENGINE[] = {0x80, 0, 0x1f, 0x88, 4, 's', 'a', 'l', 't'};

struct world {
    int agent; /* its socket */
    struct loop *loop;
    struct usm_user user;
    struct snmp_security security;
    struct snmp_peer peer;
    uint64_t *salts;
    size_t count;
};

static void on_done(void *ctx, enum err result, const struct snmp_message *reply, ns_t rtt)
{
    (void)ctx;
    (void)result;
    (void)reply;
    (void)rtt;
}

static struct world *open_world(enum snmp_auth auth, enum snmp_priv priv, size_t messages)
{
    struct world *w = calloc(1, sizeof *w);
    struct sockaddr_in here = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof here;

    assert_non_null(w);
    w->salts = calloc(RESTARTS * messages, sizeof *w->salts);
    assert_non_null(w->salts);
    assert_ok(usm_user_init(&w->user, "monitor", NULL, auth, "maplesyrup", priv, "pancakes!"));
    w->agent = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    assert_true(w->agent >= 0);
    assert_int_equal(bind(w->agent, (struct sockaddr *)&here, sizeof here), 0);
    assert_int_equal(getsockname(w->agent, (struct sockaddr *)&here, &len), 0);
    assert_ok(loop_new(NULL, &w->loop));
    w->peer = (struct snmp_peer){.address = {.ip = {127, 0, 0, 1}, .port_be = here.sin_port},
                                 .version = SNMP_WIRE_V3,
                                 .security = &w->security};
    return w;
}

static void close_world(struct world *w)
{
    loop_free(w->loop);
    close(w->agent);
    free(w->salts);
    free(w);
}

static uint64_t salt_of_next_message(struct world *w)
{
    uint8_t bytes[4096];
    struct pollfd p = {.fd = w->agent, .events = POLLIN};
    struct snmp_v3_message m;
    uint64_t salt = 0;
    ssize_t len;

    for (int waited = 0; poll(&p, 1, 0) == 0; waited++) {
        assert_true(waited < PATIENCE_MS);
        assert_ok(loop_turn(w->loop, 1));
    }
    len = recv(w->agent, bytes, sizeof bytes, 0);
    assert_true(len > 0);
    assert_ok(snmp_v3_parse(bytes, (size_t)len, &m));
    assert_int_equal(m.salt.len, SNMP_V3_SALT);
    memcpy(&salt, m.salt.bytes, sizeof salt);
    return salt;
}

/* One life of the collector: nothing of the one before is known, and the agent is still the same. */
static void live(struct world *w, size_t messages)
{
    static const uint8_t sys_name[] = {0x2b, 6, 1, 2, 1, 1, 5, 0};
    const struct snmp_raw_oid oid = {sys_name, sizeof sys_name};
    const struct snmp_io_options o = {.bind = "127.0.0.1", .window = 4, .timeout = 60 * SECONDS};
    const struct snmp_ask ask = {
        .peer = &w->peer, .type = SNMP_GET, .oids = &oid, .count = 1, .tries = 1, .done = on_done};
    struct snmp_io *io;

    w->security = (struct snmp_security){.user = &w->user};
    assert_ok(usm_engine_set(&w->security.engine, &w->user, ENGINE, sizeof ENGINE));
    usm_engine_resync(&w->security.engine, 3, 1000, loop_mono(w->loop));
    assert_ok(snmp_io_new(w->loop, &o, &io));
    for (size_t i = 0; i < messages; i++) {
        snmp_handle handle;

        assert_ok(snmp_io_ask(io, &ask, &handle));
        w->salts[w->count++] = salt_of_next_message(w);
        snmp_io_cancel(io, handle);
    }
    snmp_io_free(io);
}

static int by_value(const void *a, const void *b)
{
    uint64_t x, y;

    memcpy(&x, a, sizeof x);
    memcpy(&y, b, sizeof y);
    return (x > y) - (x < y);
}

static void check(enum snmp_auth auth, enum snmp_priv priv, size_t messages)
{
    struct world *w = open_world(auth, priv, messages);

    for (int i = 0; i < RESTARTS; i++)
        live(w, messages);
    qsort(w->salts, w->count, sizeof *w->salts, by_value);
    for (size_t i = 1; i < w->count; i++)
        assert_true(w->salts[i] != w->salts[i - 1]);
    close_world(w);
}

static void no_salt_of_aes_comes_twice_with_one_key_nor_after_a_restart(void **state)
{
    (void)state;
    check(SNMP_AUTH_SHA256, SNMP_PRIV_AES128, AES_MESSAGES);
}

/* Half of a DES salt is engineBoots, the other half begins at random: two lives of 500 messages meet once in
 * four million. */
static void no_salt_of_des_comes_twice_with_one_key_nor_after_a_restart(void **state)
{
    (void)state;
    check(SNMP_AUTH_MD5, SNMP_PRIV_DES, DES_MESSAGES);
}

RUN_TESTS("snmp salts", cmocka_unit_test(no_salt_of_aes_comes_twice_with_one_key_nor_after_a_restart),
          cmocka_unit_test(no_salt_of_des_comes_twice_with_one_key_nor_after_a_restart))
