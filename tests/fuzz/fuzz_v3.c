/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz_v3.c - the reply path of SNMPv3, with keys that are known here, so that what lies behind MAC and
 * cipher is reached, too. The input: an octet for the user's level, then datagrams, each with an octet for
 * its kind and a length in two octets (big-endian) before it. Without the keys nothing is ever taken for an
 * answer. */
#include <stdlib.h>
#include <string.h>

#include "collector/snmp_client.h"
#include "collector/usm.h"
#include "lib/base/wire.h"
#include "tests/fuzz/fuzz.h"

enum kind {
    KIND_RAW,     /* the datagram as it is */
    KIND_SEALED,  /* a PDU; boots and time before it, in four octets each */
    KIND_SIGNED,  /* the same without privacy: Reports of the clock */
    KIND_DAMAGED, /* sealed, then an octet changed: where, in two octets, and how, in one, before it */
    KINDS
};

enum { DATAGRAMS_MAX = 16, REQUESTS = 3 };

static const uint8_t ENGINE[] = {0x80, 0, 0x1f, 0x88, 4, 'f', 'u', 'z', 'z'};

struct path {
    struct snmp_client *client;
    struct snmp_security security;
    struct snmp_peer peer;
    struct usm_engine its_engine;
    bool is_forged; /* what is received now cannot be an answer */
    bool is_over;
    ns_t now;
};

static enum err transmit(void *ctx, const struct snmp_address *to, const void *bytes, size_t len)
{
    struct snmp_v3_message m;

    (void)ctx;
    (void)to;
    MUST(snmp_v3_parse(bytes, len, &m) == ERR_OK);
    return ERR_OK;
}

static uint32_t request_id(void *ctx)
{
    (void)ctx;
    return 1; /* so that recorded replies match */
}

static void on_done(void *ctx, enum err result, const struct snmp_message *reply, ns_t rtt)
{
    struct path *p = ctx;

    (void)rtt;
    MUST(!result == !!reply);
    MUST(result || !p->is_forged);
    p->is_over = true;
}

static void ask(struct path *p)
{
    static const uint8_t sys_name[] = {0x2b, 6, 1, 2, 1, 1, 5, 0};
    const struct snmp_raw_oid oid = {sys_name, sizeof sys_name};
    const struct snmp_ask a = {.peer = &p->peer,
                               .type = SNMP_GETNEXT,
                               .oids = &oid,
                               .count = 1,
                               .tries = 2,
                               .done = on_done,
                               .ctx = p};

    p->is_over = false;
    MUST(snmp_client_ask(p->client, p->now, &a, NULL) == ERR_OK);
}

static const struct usm_user *user_of(uint8_t level)
{
    static struct usm_user users[4];

    if (!users[0].name[0]) {
        MUST(!usm_user_init(&users[0], "u", NULL, SNMP_AUTH_NONE, NULL, SNMP_PRIV_NONE, NULL));
        MUST(!usm_user_init(&users[1], "u", "ctx", SNMP_AUTH_SHA1, "passphrase", SNMP_PRIV_NONE, NULL));
        MUST(!usm_user_init(&users[2], "u", NULL, SNMP_AUTH_SHA256, "passphrase", SNMP_PRIV_AES128,
                            "passphrase"));
        MUST(!usm_user_init(&users[3], "u", NULL, SNMP_AUTH_MD5, "passphrase", SNMP_PRIV_DES, "passphrase"));
    }
    return &users[level & 3];
}

/* 0: it does not fit. */
static size_t seal(struct path *p, enum kind kind, struct wire *w, uint8_t *out, size_t size)
{
    struct usm_user user = *p->security.user;
    struct snmp_octets pdu;
    uint32_t boots = wire_be32(w) & 0x7fffffff, time = wire_be32(w) & 0x7fffffff;
    size_t len = 0;

    if (kind == KIND_SIGNED)
        user.priv = SNMP_PRIV_NONE;
    pdu.len = wire_left(w);
    pdu.bytes = wire_bytes(w, pdu.len);
    usm_engine_resync(&p->its_engine, boots, time, p->now);
    if (wire_error(w) || usm_seal(&p->its_engine, &user, p->now, 1, pdu, out, size, &len))
        return 0;
    return len;
}

static void receive(struct path *p, enum kind kind, struct wire *w)
{
    uint8_t sealed[2 * SNMP_REQUEST_MAX], *exact;
    const uint8_t *bytes = sealed;
    uint16_t at = kind == KIND_DAMAGED ? wire_be16(w) : 0;
    uint8_t change = kind == KIND_DAMAGED ? wire_u8(w) : 0;
    size_t len;

    if (kind == KIND_RAW) {
        len = wire_left(w);
        bytes = wire_bytes(w, len);
    } else {
        len = seal(p, kind, w, sealed, sizeof sealed);
    }
    if (len && change)
        sealed[at % len] ^= change;
    exact = malloc(len ? len : 1);
    MUST(exact);
    if (len)
        memcpy(exact, bytes, len);
    p->is_forged = (kind == KIND_RAW || change) && p->security.user->auth != SNMP_AUTH_NONE;
    snmp_client_receive(p->client, p->now, &p->peer.address, exact, len);
    p->is_forged = true; /* and a time-out is none either */
    free(exact);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct path p = {.now = 1000 * SECONDS, .is_forged = true};
    const struct snmp_client_options o = {
        .window = 4, .timeout = 1 * SECONDS, .transmit = transmit, .request_id = request_id, .ctx = &p};
    struct wire w;

    wire_init(&w, data, size);
    p.security.user = user_of(wire_u8(&w));
    p.peer = (struct snmp_peer){
        .address = {.ip = {127, 0, 0, 1}, .port_be = 1}, .version = SNMP_WIRE_V3, .security = &p.security};
    MUST(usm_engine_set(&p.its_engine, p.security.user, ENGINE, sizeof ENGINE) == ERR_OK);
    MUST(snmp_client_new(&o, &p.client) == ERR_OK);
    ask(&p);
    for (int i = 0; i < DATAGRAMS_MAX && wire_left(&w); i++) {
        enum kind kind = (enum kind)(wire_u8(&w) % KINDS);
        struct wire datagram = wire_sub(&w, wire_be16(&w));

        if (p.is_over)
            ask(&p);
        receive(&p, kind, &datagram);
        p.now += 2 * SECONDS;
        snmp_client_advance(p.client, p.now);
    }
    p.now += 100 * SECONDS;
    for (int i = 0; i < REQUESTS && !p.is_over; i++)
        snmp_client_advance(p.client, p.now += 10 * SECONDS);
    MUST(p.is_over); /* whatever came, a request ends */
    snmp_client_free(p.client);
    return 0;
}
