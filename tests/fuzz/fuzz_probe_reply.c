/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz_probe_reply.c - what strangers answer to active probes. First octet: 0 DNS answer, 1 echo reply, 2
 * portal (a status octet, then the body as RFC 8908 document), 3 a URL to follow, 4 a prefix, 5 a question, 6
 * RADIUS answer. */
#include <stdlib.h>
#include <string.h>

#include "probes/allow.h"
#include "probes/probe_dns.h"
#include "probes/probe_icmp.h"
#include "probes/probe_ntp.h"
#include "probes/probe_portal.h"
#include "probes/probe_radius.h"
#include "probes/probe_steps.h"
#include "tests/fuzz/fuzz.h"

enum { KINDS = 9 };

static void judge_dns(const uint8_t *data, size_t size)
{
    struct buf query = BUF_INIT;
    struct dns_verdict v;
    const struct ip_prefix expected = {.bits = size % 33};
    const struct dns_expectation e = {
        .prefixes = &expected, .count = size & 1, .is_absent = size & 2, .is_authentic = size & 4};

    MUST(dns_encode_query(&query, 0x3412, "portal.example", DNS_TYPE_A) == ERR_OK);
    if (!dns_judge_answer(data, size, &query, &e, &v))
        MUST(v.answers <= 256 && v.rcode <= 15);
    buf_fini(&query);
}

/* Nobody guesses sixteen octets of MD5. */
static void judge_radius(const uint8_t *data, size_t size)
{
    const struct radius_question q = {.method = RADIUS_PAP,
                                      .secret = "secret",
                                      .user = "user",
                                      .password = "password",
                                      .nas_identifier = "fuzz",
                                      .identifier = 0x34};
    struct buf request = BUF_INIT;
    struct radius_verdict v;

    MUST(radius_encode(&request, &q) == ERR_OK);
    MUST(radius_judge(data, size, &request, q.secret, &v) != ERR_OK);
    buf_fini(&request);
}

static void judge_ntp(const uint8_t *data, size_t size)
{
    struct ntp_verdict v;

    if (!ntp_judge(data, size, 0x1122334455667788u, 1700000000 * SECONDS, SECONDS, &v))
        MUST(v.judgement != NTP_TELLS || (v.stratum >= 1 && v.stratum <= 15 && v.offset_s < 3e9));
}

static void decode_ping(const uint8_t *data, size_t size)
{
    uint16_t id, sequence;
    uint64_t cookie;

    for (int i = 0; i < 4; i++)
        (void)!icmp_decode(data, size, i & 1, i & 2, &id, &sequence, &cookie);
}

static void follow_portal(const uint8_t *data, size_t size, const char *location)
{
    struct portal_run *run = malloc(sizeof *run);
    struct portal_response p = {
        .status = 200, .content_type = "application/captive+json", .location = location};
    int fetched = 0;

    MUST(run);
    if (location)
        p.status = 302;
    p.body = data;
    p.body_len = size;
    MUST(portal_begin(run, PORTAL_LOGIN, "http://p.example/") == ERR_OK);
    while (portal_take(run, &p, 1)) {
        MUST(strncmp(portal_url(run), "http", 4) == 0 || strncmp(portal_url(run), "HTTP", 4) == 0 ||
             location || size);
        MUST(++fetched <= PORTAL_HOPS + 2);
    }
    free(run);
}

/* Whatever pages say, a round of two steps ends. */
static void go_steps(const uint8_t *data, size_t size)
{
    static const struct web_field field = {"a", "b"};
    static const struct web_step steps[] = {
        {.url = "http://p.example/", .lacks = "x"},
        {.url = "http://p.example/", .fields = &field, .field_count = 1, .contains = "y"}};
    static const struct web_phases phases;
    struct web_run *run = malloc(sizeof *run);
    struct portal_response p = {.location = size && data[0] & 1 ? "http://p.example/" : NULL};
    int fetched = 0;

    MUST(run);
    p.status = size ? 200 + (data[0] >> 1) * 4 : 0;
    p.body = data;
    p.body_len = size;
    MUST(web_begin(run, steps, 2) == ERR_OK);
    while (web_take(run, &p, &phases, 1))
        MUST(++fetched <= 2 * (PORTAL_HOPS + 3));
    free(run);
}

static void with_text(const uint8_t *data, size_t size, int what)
{
    char *text = malloc(size + 1);
    struct ip_prefix prefix;
    struct buf query = BUF_INIT;

    MUST(text);
    memcpy(text, data, size);
    text[size] = '\0';
    if (what == 3)
        follow_portal(data, 0, text);
    else if (what == 4)
        (void)!ip_prefix_parse(text, &prefix);
    else
        (void)!dns_encode_query(&query, 1, text, DNS_TYPE_A);
    buf_fini(&query);
    free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint8_t *exact;

    if (size < 1)
        return 0;
    exact = malloc(size);
    MUST(exact);
    memcpy(exact, data + 1, size - 1);
    switch (data[0] % KINDS) {
    case 0: judge_dns(exact, size - 1); break;
    case 1: decode_ping(exact, size - 1); break;
    case 2: follow_portal(exact, size - 1, NULL); break;
    case 6: judge_radius(exact, size - 1); break;
    case 7: judge_ntp(exact, size - 1); break;
    case 8: go_steps(exact, size - 1); break;
    default: with_text(exact, size - 1, data[0] % KINDS);
    }
    free(exact);
    return 0;
}
