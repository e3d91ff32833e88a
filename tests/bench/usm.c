/* SPDX-License-Identifier: GPL-3.0-or-later */
/* usm.c - what SNMPv3 costs: CPU time of one message of 1,000 octets, sealed and opened, for 1 to 10,000
 * engines; and beside it what net-snmp would pay for finding the user alone. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "collector/usm.h"
#include "tests/bench/usm_list.h"

enum { ROUNDS = 5, MESSAGES = 20000, PDU_SIZE = 1000 };

static double cpu_us(void)
{
    struct timespec t;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

/* A GET of so many OIDs that it has about PDU_SIZE octets. */
static struct snmp_octets make_pdu(uint8_t *out, size_t size)
{
    static const uint8_t name[] = {0x2b, 6, 1, 2, 1, 2, 2, 1, 10, 1};
    struct snmp_raw_oid oids[SNMP_ASK_MAX];
    struct snmp_request r = {.type = SNMP_GET, .request_id = 1, .oids = oids, .count = SNMP_ASK_MAX};
    struct snmp_octets pdu = {out, 0};

    for (size_t i = 0; i < SNMP_ASK_MAX; i++)
        oids[i] = (struct snmp_raw_oid){name, sizeof name};
    if (snmp_pdu_write(&r, out, size, &pdu.len))
        abort();
    return pdu;
}

static void turn(struct usm_engine *e, const struct usm_user *u, struct snmp_octets pdu)
{
    static uint8_t out[2 * SNMP_REQUEST_MAX], scratch[2 * SNMP_REQUEST_MAX];
    struct snmp_v3_message m;
    struct snmp_v3_scoped scoped;
    size_t len;

    if (usm_seal(e, u, 0, 1, pdu, out, sizeof out, &len) || snmp_v3_parse(out, len, &m) ||
        usm_verify(e, u, &m, out, len, scratch) != USM_GENUINE || usm_open(e, u, &m, scratch, &scoped))
        abort();
}

static void measure(enum snmp_auth auth, enum snmp_priv priv, size_t count)
{
    struct usm_engine *engines = calloc(count, sizeof *engines);
    struct usm_user u;
    uint8_t bytes[SNMP_REQUEST_MAX];
    struct snmp_octets pdu = make_pdu(bytes, sizeof bytes);
    double best = 1e9;

    if (!engines || usm_user_init(&u, "monitor", NULL, auth, "maplesyrup", priv, "pancakes!"))
        abort();
    for (size_t i = 0; i < count; i++) {
        const uint8_t id[] = {0x80, 0, 0x1f, 0x88, 4, (uint8_t)(i >> 16), (uint8_t)(i >> 8), (uint8_t)i};

        if (usm_engine_set(&engines[i], &u, id, sizeof id))
            abort();
        usm_engine_resync(&engines[i], 1, 1, 0);
    }
    for (int round = 0; round < ROUNDS; round++) {
        double begun = cpu_us(), each;

        for (size_t i = 0; i < MESSAGES; i++)
            turn(&engines[i % count], &u, pdu);
        each = (cpu_us() - begun) / MESSAGES / 2;
        best = each < best ? each : best;
    }
    printf("%-7s %-8s %8zu %10.2f\n", snmp_auth_words[auth], snmp_priv_words[priv], count, best);
    free(engines);
}

/* A trap of an engine that nobody knows, until its MAC is found wrong: keys are localised for it. */
static double forged(enum snmp_auth auth, enum snmp_priv priv)
{
    uint8_t bytes[SNMP_REQUEST_MAX], out[2 * SNMP_REQUEST_MAX], scratch[2 * SNMP_REQUEST_MAX],
        id[] = {0x80, 0, 0x1f, 0x88, 4, 0, 0, 0};
    struct snmp_octets pdu = make_pdu(bytes, sizeof bytes);
    struct usm_user theirs, ours;
    struct usm_engine e = {0};
    struct snmp_v3_message m;
    double best = 1e9;
    size_t len;

    if (usm_user_init(&ours, "monitor", NULL, auth, "maplesyrup", priv, "pancakes!") ||
        usm_user_init(&theirs, "monitor", NULL, auth, "not that one", priv, "pancakes!") ||
        usm_engine_set(&e, &theirs, id, sizeof id) ||
        usm_seal(&e, &theirs, 0, 1, pdu, out, sizeof out, &len) || snmp_v3_parse(out, len, &m))
        abort();
    for (int round = 0; round < ROUNDS; round++) {
        double begun = cpu_us(), each;

        for (int i = 0; i < MESSAGES; i++) {
            struct usm_engine fresh = {0};

            if (usm_engine_set(&fresh, &ours, m.engine_id.bytes, m.engine_id.len) ||
                usm_verify(&fresh, &ours, &m, out, len, scratch) != USM_WRONG_DIGEST)
                abort();
        }
        each = (cpu_us() - begun) / MESSAGES;
        best = each < best ? each : best;
    }
    return best;
}

int main(void)
{
    static const struct {
        enum snmp_auth auth;
        enum snmp_priv priv;
    } pairs[] = {{SNMP_AUTH_SHA1, SNMP_PRIV_NONE},
                 {SNMP_AUTH_MD5, SNMP_PRIV_DES},
                 {SNMP_AUTH_SHA256, SNMP_PRIV_AES128},
                 {SNMP_AUTH_SHA512, SNMP_PRIV_AES256}};

    printf("%-7s %-8s %8s %10s\n", "auth", "priv", "engines", "us/message");
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        for (size_t count = 1; count <= 10000; count *= 100)
            measure(pairs[i].auth, pairs[i].priv, count);
    printf("\n%-7s %-8s %19s\n", "auth", "priv", "us/forged trap");
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        printf("%-7s %-8s %19.2f\n", snmp_auth_words[pairs[i].auth], snmp_priv_words[pairs[i].priv],
               forged(pairs[i].auth, pairs[i].priv));
    printf("\n%-16s %8s %10s\n", "net-snmp's list", "engines", "us/lookup");
    for (size_t count = 1; count <= 10000; count *= 100)
        printf("%-16s %8zu %10.2f\n", "usm_get_user", count, usm_list_lookup(count));
    return 0;
}
