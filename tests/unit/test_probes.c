/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_probes.c - verdicts of the active probes on made-up bytes and times: allow list, ICMP, DNS, portal,
 * schedule. */
#include "tests/unit/cmocka_tests.h"

#include <math.h>
#include <stdio.h>

#include "probes/allow.h"
#include "probes/probe_dns.h"
#include "probes/probe_icmp.h"
#include "probes/probe_portal.h"
#include "probes/schedule.h"

/* ---- allow list ---- */

static enum allow_verdict ask(const char *const *prefixes, size_t count, const char *text)
{
    struct allow a;
    struct ip_address address;
    enum allow_verdict v;

    assert_ok(allow_init(&a, prefixes, count, NULL));
    assert_ok(ip_address_parse(text, &address));
    v = allow_check(&a, &address);
    allow_fini(&a);
    return v;
}

static void reserved_ranges_stay_closed_behind_a_wide_prefix(void **state)
{
    static const char *const everything[] = {"0.0.0.0/0", "::/0"};
    static const char *const closed[] = {"127.0.0.1",
                                         "127.255.255.254",
                                         "169.254.169.254",
                                         "0.0.0.0",
                                         "224.0.0.1",
                                         "255.255.255.255",
                                         "::1",
                                         "::",
                                         "::ffff:127.0.0.1",
                                         "fe80::1",
                                         "ff02::1",
                                         "64:ff9b::7f00:1",
                                         "2002:7f00:1::",
                                         "::ffff:169.254.169.254"};

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(closed); i++)
        assert_int_equal(ask(everything, 2, closed[i]), ALLOW_RESERVED);
    assert_int_equal(ask(everything, 2, "10.1.2.3"), ALLOW_YES);
    assert_int_equal(ask(everything, 2, "2001:db8::1"), ALLOW_YES);
}

static void a_reserved_range_opens_only_as_far_as_it_is_named(void **state)
{
    static const char *const demo[] = {"127.16.0.0/12"};

    (void)state;
    assert_int_equal(ask(demo, 1, "127.16.0.3"), ALLOW_YES);
    assert_int_equal(ask(demo, 1, "127.31.255.255"), ALLOW_YES);
    assert_int_equal(ask(demo, 1, "127.32.0.0"), ALLOW_RESERVED);
    assert_int_equal(ask(demo, 1, "127.0.0.1"), ALLOW_RESERVED);
    assert_int_equal(ask(demo, 1, "::ffff:127.16.0.3"), ALLOW_YES);
    assert_int_equal(ask(demo, 1, "10.0.0.1"), ALLOW_OUTSIDE);
    assert_int_equal(ask(demo, 0, "10.0.0.1"), ALLOW_OUTSIDE);
}

static void addresses_have_one_spelling(void **state)
{
    static const char *const wrong[] = {"2130706433", "0177.0.0.1", "127.1",      "0x7f.0.0.1", "127.0.0.1 ",
                                        "",           "localhost",  "fe80::1%lo", "1.2.3.4.5"};
    struct ip_address a;

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(wrong); i++)
        assert_int_equal(ip_address_parse(wrong[i], &a), ERR_MALFORMED);
}

static void a_prefix_with_host_bits_is_refused_by_name(void **state)
{
    static const char *const texts[] = {"10.0.0.0/8", "10.0.0.1/8"};
    static const char *const wrong[] = {"10.0.0.0/33", "10.0.0.0/", "10.0.0.0/-1", "::/129", "example/8"};
    const char *bad = NULL;
    struct allow a;
    struct ip_prefix p;

    (void)state;
    assert_int_equal(allow_init(&a, texts, 2, &bad), ERR_MALFORMED);
    assert_string_equal(bad, "10.0.0.1/8");
    for (size_t i = 0; i < ARRAY_LEN(wrong); i++)
        assert_int_equal(ip_prefix_parse(wrong[i], &p), ERR_MALFORMED);
}

/* ---- ICMP ---- */

static void an_echo_request_has_the_checksum_of_rfc_1071(void **state)
{
    uint8_t message[ICMP_MESSAGE];
    uint32_t sum = 0;

    (void)state;
    icmp_encode(message, false, 0x1234, 7, 0x1122334455667788);
    for (size_t i = 0; i < sizeof message; i += 2)
        sum += (uint32_t)message[i] << 8 | message[i + 1];
    while (sum >> 16)
        sum = (sum & 0xffff) + (sum >> 16);
    assert_int_equal(sum, 0xffff);
    assert_int_equal(message[0], 8);
}

static void only_an_echo_reply_is_taken_for_one(void **state)
{
    uint8_t packet[20 + ICMP_MESSAGE] = {0x45};
    uint16_t id, sequence;
    uint64_t cookie;

    (void)state;
    icmp_encode(packet + 20, false, 0x1234, 7, 99);
    assert_int_equal(icmp_decode(packet, sizeof packet, false, true, &id, &sequence, &cookie), ERR_TYPE);
    packet[20] = 0;
    assert_ok(icmp_decode(packet, sizeof packet, false, true, &id, &sequence, &cookie));
    assert_int_equal(id, 0x1234);
    assert_int_equal(sequence, 7);
    assert_int_equal(cookie, 99);
    assert_ok(icmp_decode(packet + 20, ICMP_MESSAGE, false, false, &id, &sequence, &cookie));
    assert_int_equal(icmp_decode(packet + 20, ICMP_MESSAGE, true, false, &id, &sequence, &cookie), ERR_TYPE);
    assert_int_equal(icmp_decode(packet, 30, false, true, &id, &sequence, &cookie), ERR_TRUNCATED);
    packet[0] = 0x42; /* a header of 8 bytes */
    assert_int_equal(icmp_decode(packet, sizeof packet, false, true, &id, &sequence, &cookie), ERR_MALFORMED);
}

enum { PINGS = 5 };

static struct icmp_round round_of(const int *rtt_ms)
{
    struct icmp_round r;

    icmp_round_begin(&r, PINGS);
    for (unsigned i = 0; i < PINGS; i++) {
        ns_t now = (ns_t)i * SECONDS;
        assert_int_equal(icmp_round_sent(&r, now), i);
        if (rtt_ms[i] >= 0)
            assert_true(icmp_round_answered(&r, i, now + rtt_ms[i] * MILLISECONDS));
    }
    return r;
}

static void a_round_gives_median_jitter_and_loss(void **state)
{
    struct icmp_round r = round_of((const int[]){10, 30, 20, 26, 10});
    struct icmp_verdict v = icmp_round_judge(&r);
    double j = 0;

    (void)state;
    for (size_t i = 0; i < 4; i++) /* RFC 3550 6.4.1 by hand: differences 20 10 6 16 ms */
        j += (((const double[]){20, 10, 6, 16})[i] - j) / 16;
    assert_float_equal(v.rtt_s, 0.020, 1e-9);
    assert_float_equal(v.jitter_s, j / 1000, 1e-9);
    assert_float_equal(v.loss_percent, 0, 1e-9);
    assert_true(icmp_round_is_complete(&r));
    r = round_of((const int[]){-1, 10, -1, 20, -1});
    v = icmp_round_judge(&r);
    assert_float_equal(v.rtt_s, 0.015, 1e-9);
    assert_float_equal(v.loss_percent, 60, 1e-9);
    assert_false(icmp_round_is_complete(&r));
}

static void silence_is_loss_and_no_figure(void **state)
{
    struct icmp_round r = round_of((const int[]){-1, -1, -1, -1, -1});
    struct icmp_verdict v = icmp_round_judge(&r);

    (void)state;
    assert_true(isnan(v.rtt_s));
    assert_true(isnan(v.jitter_s));
    assert_float_equal(v.loss_percent, 100, 1e-9);
}

static void the_smoke_is_every_answer_in_order(void **state)
{
    struct icmp_round r = round_of((const int[]){10, -1, 20, 5, -1});
    double smoke[ICMP_PINGS];

    (void)state;
    icmp_round_smoke(&r, smoke);
    assert_float_equal(smoke[0], 0.005, 1e-9);
    assert_float_equal(smoke[1], 0.010, 1e-9);
    assert_float_equal(smoke[2], 0.020, 1e-9);
    assert_true(isnan(smoke[3]) && isnan(smoke[4]));
}

static void a_duplicate_reply_counts_once(void **state)
{
    struct icmp_round r = round_of((const int[]){5, -1, -1, -1, -1});

    (void)state;
    assert_false(icmp_round_answered(&r, 0, 9 * SECONDS));
    assert_false(icmp_round_answered(&r, PINGS, 9 * SECONDS));
    assert_float_equal(icmp_round_judge(&r).loss_percent, 80, 1e-9);
}

/* ---- DNS ---- */

static struct buf query_for(const char *name)
{
    struct buf q = BUF_INIT;

    assert_ok(dns_encode_query(&q, 0xbeef, name, DNS_TYPE_A));
    return q;
}

/* An answer to q with the given flags and `answers` A records. */
static struct buf answer_to(const struct buf *q, uint16_t flags, unsigned answers)
{
    struct buf a = BUF_INIT;

    buf_put(&a, q->data, 2);
    buf_be16(&a, flags);
    buf_be16(&a, 1);
    buf_be16(&a, (uint16_t)answers);
    buf_be32(&a, 0);
    buf_put(&a, q->data + 12, q->len - 12);
    for (unsigned i = 0; i < answers; i++) {
        buf_be16(&a, 0xc00c);
        buf_be16(&a, DNS_TYPE_A);
        buf_be16(&a, 1);
        buf_be32(&a, 60);
        buf_be16(&a, 4);
        buf_be32(&a, 0xc0000201 + i);
    }
    assert_ok(buf_error(&a));
    return a;
}

static enum err judge(const struct buf *a, const struct buf *q, struct dns_verdict *v)
{
    static const struct dns_expectation anything;

    return dns_judge_answer(a->data, a->len, q, &anything, v);
}

static enum dns_judgement judge_by(const struct dns_expectation *expected, uint16_t flags, unsigned answers)
{
    struct buf q = query_for("portal.example"), a = answer_to(&q, flags, answers);
    struct dns_verdict v;

    assert_ok(dns_judge_answer(a.data, a.len, &q, expected, &v));
    buf_fini(&q);
    buf_fini(&a);
    return v.judgement;
}

static void every_address_must_lie_where_it_is_expected(void **state)
{
    struct ip_prefix prefixes[2];
    struct dns_expectation expected = {.prefixes = prefixes, .count = 1};

    (void)state;
    assert_ok(ip_prefix_parse("192.0.2.1", &prefixes[0]));
    assert_ok(ip_prefix_parse("192.0.2.0/30", &prefixes[1]));
    assert_int_equal(judge_by(&expected, 0x8180, 1), DNS_ANSWERED);
    assert_int_equal(judge_by(&expected, 0x8180, 2), DNS_WRONG); /* 192.0.2.1 and .2 */
    assert_int_equal(judge_by(&expected, 0x8180, 0), DNS_EMPTY);
    expected.count = 2;
    assert_int_equal(judge_by(&expected, 0x8180, 2), DNS_ANSWERED);
    assert_int_equal(judge_by(&expected, 0x8180, 4), DNS_WRONG);
}

static void an_address_of_a_name_that_does_not_exist_is_a_lie(void **state)
{
    const struct dns_expectation absent = {.is_absent = true};

    (void)state;
    assert_int_equal(judge_by(&absent, 0x8183, 0), DNS_ANSWERED);
    assert_int_equal(judge_by(&absent, 0x8180, 0), DNS_ANSWERED);
    assert_int_equal(judge_by(&absent, 0x8180, 1), DNS_INVENTED);
    assert_int_equal(judge_by(&absent, 0x8182, 0), DNS_REFUSED); /* SERVFAIL says nothing */
}

static void an_answer_that_should_be_validated_needs_the_ad_flag(void **state)
{
    const struct dns_expectation validated = {.is_authentic = true};

    (void)state;
    assert_int_equal(judge_by(&validated, 0x81a0, 1), DNS_ANSWERED);
    assert_int_equal(judge_by(&validated, 0x8180, 1), DNS_UNPROVEN);
}

static void a_right_answer_is_counted(void **state)
{
    struct buf q = query_for("portal.example."), a = answer_to(&q, 0x8180, 2);
    struct dns_verdict v;

    (void)state;
    assert_ok(judge(&a, &q, &v));
    assert_int_equal(v.judgement, DNS_ANSWERED);
    assert_int_equal(v.answers, 2);
    a.data[13] ^= 0x20; /* a server may change the case of the name */
    assert_ok(judge(&a, &q, &v));
    buf_fini(&q);
    buf_fini(&a);
}

static void an_answer_with_another_id_question_or_direction_is_not_ours(void **state)
{
    struct buf q = query_for("portal.example"), a = answer_to(&q, 0x8180, 1),
               query = answer_to(&q, 0x0100, 1);
    struct buf other = query_for("partal.example"), spoof = answer_to(&other, 0x8180, 1);
    struct dns_verdict v;

    (void)state;
    a.data[1] ^= 1;
    assert_int_equal(judge(&a, &q, &v), ERR_AGAIN);
    assert_int_equal(judge(&query, &q, &v), ERR_AGAIN);
    assert_int_equal(judge(&spoof, &q, &v), ERR_AGAIN);
    buf_fini(&q);
    buf_fini(&a);
    buf_fini(&query);
    buf_fini(&other);
    buf_fini(&spoof);
}

static void rcodes_emptiness_and_truncation_are_told_apart(void **state)
{
    struct buf q = query_for("portal.example"), a = answer_to(&q, 0x8183, 0);
    struct dns_verdict v;

    (void)state;
    assert_ok(judge(&a, &q, &v));
    assert_int_equal(v.judgement, DNS_REFUSED);
    assert_int_equal(v.rcode, 3);
    buf_fini(&a);
    a = answer_to(&q, 0x8180, 0);
    assert_ok(judge(&a, &q, &v));
    assert_int_equal(v.judgement, DNS_EMPTY);
    buf_fini(&a);
    a = answer_to(&q, 0x8380, 1);
    assert_ok(judge(&a, &q, &v));
    assert_int_equal(v.judgement, DNS_TRUNCATED);
    buf_fini(&a);
    a = answer_to(&q, 0x8180, 3);
    a.len -= 5;
    assert_int_equal(judge(&a, &q, &v), ERR_MALFORMED);
    buf_fini(&a);
    buf_fini(&q);
}

static void only_domain_names_become_questions(void **state)
{
    static const char *const wrong[] = {
        "a..b", ".a", "0123456789012345678901234567890123456789012345678901234567890123.example"};

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
        struct buf q = BUF_INIT;
        assert_int_equal(dns_encode_query(&q, 1, wrong[i], DNS_TYPE_A), ERR_RANGE);
        buf_fini(&q);
    }
}

/* ---- portal ---- */

#define NOW ((ns_t)1800000000 * SECONDS)

static struct portal_response page(long status, const char *location, const char *type, const char *body)
{
    return (struct portal_response){.status = status,
                                    .location = location,
                                    .content_type = type,
                                    .body = body,
                                    .body_len = strlen(body),
                                    .duration = 20 * MILLISECONDS};
}

static void a_portal_is_followed_from_its_api_to_its_page(void **state)
{
    struct portal_run r;
    struct portal_response api = page(200, NULL, "application/captive+json",
                                      "{\"captive\":true,\"user-portal-url\":\"https://p.example/login\"}");
    struct portal_response login = page(200, NULL, "text/html", "<html>");

    (void)state;
    login.certificate_expires = NOW + 30 * DAYS;
    assert_ok(portal_begin(&r, PORTAL_LOGIN, "http://p.example/api"));
    assert_true(portal_take(&r, &api, NOW));
    assert_string_equal(portal_url(&r), "https://p.example/login");
    assert_false(portal_take(&r, &login, NOW));
    assert_int_equal(r.verdict.problem, PORTAL_FINE);
    assert_true(r.verdict.is_captive);
    assert_int_equal(r.verdict.duration, 40 * MILLISECONDS);
    assert_float_equal(r.verdict.certificate_days, 30, 1e-6);
}

static enum portal_problem verdict_on(enum portal_kind kind, const char *url, struct portal_response p)
{
    struct portal_run r;

    assert_ok(portal_begin(&r, kind, url));
    assert_false(portal_take(&r, &p, NOW));
    return r.verdict.problem;
}

static void an_api_that_breaks_rfc_8908_is_named(void **state)
{
    const char *type = "application/captive+json", *url = "http://p.example/";

    (void)state;
    assert_int_equal(verdict_on(PORTAL_LOGIN, url, page(200, NULL, type, "{\"captive\":\"yes\"}")),
                     PORTAL_API_BROKEN);
    assert_int_equal(verdict_on(PORTAL_LOGIN, url, page(200, NULL, type, "{\"capt")), PORTAL_API_BROKEN);
    assert_int_equal(verdict_on(PORTAL_LOGIN, url, page(200, NULL, type, "[true]")), PORTAL_API_BROKEN);
    assert_int_equal(verdict_on(PORTAL_LOGIN, url, page(200, NULL, type, "{\"captive\":true}")),
                     PORTAL_NO_LOGIN_PAGE);
    assert_int_equal(verdict_on(PORTAL_LOGIN, url, page(200, NULL, type, "{\"captive\":false}")),
                     PORTAL_FINE);
    assert_int_equal(
        verdict_on(PORTAL_LOGIN, url,
                   page(200, NULL, type, "{\"captive\":true,\"user-portal-url\":\"file:///etc/passwd\"}")),
        PORTAL_FORBIDDEN);
}

static void redirects_in_a_circle_are_a_loop(void **state)
{
    struct portal_run r;
    struct portal_response to_b = page(302, "http://p.example/b", NULL, ""),
                           to_a = page(302, "http://p.example/a", NULL, "");

    (void)state;
    assert_ok(portal_begin(&r, PORTAL_LOGIN, "http://p.example/a"));
    assert_true(portal_take(&r, &to_b, NOW));
    assert_false(portal_take(&r, &to_a, NOW));
    assert_int_equal(r.verdict.problem, PORTAL_LOOP);
    assert_int_equal(verdict_on(PORTAL_LOGIN, "http://p.example/a", to_a), PORTAL_LOOP);
}

static void the_sixth_redirect_is_not_followed(void **state)
{
    struct portal_run r;
    char url[64];

    (void)state;
    assert_ok(portal_begin(&r, PORTAL_SERVICE, "http://p.example/0"));
    for (int i = 1; i <= PORTAL_HOPS; i++) {
        snprintf(url, sizeof url, "http://p.example/%d", i);
        struct portal_response p = page(302, url, NULL, "");
        assert_true(portal_take(&r, &p, NOW));
    }
    struct portal_response last = page(302, "http://p.example/last", NULL, "");
    assert_false(portal_take(&r, &last, NOW));
    assert_int_equal(r.verdict.problem, PORTAL_FAR);
}

static void redirects_leave_http_for_nothing_else(void **state)
{
    (void)state;
    assert_int_equal(
        verdict_on(PORTAL_LOGIN, "http://p.example/", page(302, "gopher://127.0.0.1/", NULL, "")),
        PORTAL_FORBIDDEN);
}

static void canaries_expect_exactly_what_the_internet_says(void **state)
{
    const char *url = "http://c.example/generate_204";

    (void)state;
    assert_int_equal(portal_kind_of(url), PORTAL_CANARY);
    assert_int_equal(portal_kind_of("https://www.example/"), PORTAL_SERVICE);
    assert_int_equal(verdict_on(PORTAL_CANARY, url, page(204, NULL, NULL, "")), PORTAL_FINE);
    assert_int_equal(verdict_on(PORTAL_CANARY, url, page(302, "http://p.example/", NULL, "")),
                     PORTAL_CAPTURED);
    assert_int_equal(verdict_on(PORTAL_CANARY, url, page(200, NULL, NULL, "log in")), PORTAL_CAPTURED);
    url = "http://c.example/hotspot-detect.html";
    assert_int_equal(verdict_on(PORTAL_CANARY, url, page(200, NULL, NULL, "<BODY>Success</BODY>")),
                     PORTAL_FINE);
}

static void failures_keep_their_names(void **state)
{
    struct portal_response p = {.error = ERR_TIMEOUT, .body = ""};
    const char *url = "https://p.example/";

    (void)state;
    assert_int_equal(verdict_on(PORTAL_LOGIN, url, p), PORTAL_TIMEOUT);
    p.error = ERR_UNREACHABLE;
    assert_int_equal(verdict_on(PORTAL_LOGIN, url, p), PORTAL_UNREACHABLE);
    p.error = ERR_DENIED;
    assert_int_equal(verdict_on(PORTAL_LOGIN, url, p), PORTAL_FORBIDDEN);
    p.error = ERR_MALFORMED;
    p.is_tls_error = true;
    assert_int_equal(verdict_on(PORTAL_LOGIN, url, p), PORTAL_TLS);
    assert_int_equal(verdict_on(PORTAL_LOGIN, url, page(503, NULL, NULL, "busy")), PORTAL_STATUS);
    assert_int_equal(verdict_on(PORTAL_LOGIN, url, page(200, NULL, "text/html", "")), PORTAL_EMPTY);
}

static void an_expired_certificate_counts_negative_days_and_fails_nothing(void **state)
{
    struct portal_run r;
    struct portal_response p = page(200, NULL, "text/html", "hello");

    (void)state;
    p.certificate_expires = NOW - 2 * DAYS;
    assert_ok(portal_begin(&r, PORTAL_SERVICE, "https://p.example/"));
    assert_false(portal_take(&r, &p, NOW));
    assert_int_equal(r.verdict.problem, PORTAL_FINE);
    assert_float_equal(r.verdict.certificate_days, -2, 1e-6);
}

static void only_web_addresses_are_begun(void **state)
{
    struct portal_run r;

    (void)state;
    assert_int_equal(portal_begin(&r, PORTAL_LOGIN, "file:///etc/passwd"), ERR_RANGE);
    assert_int_equal(portal_begin(&r, PORTAL_LOGIN, ""), ERR_RANGE);
}

/* ---- schedule ---- */

static void targets_are_spread_and_do_not_drift(void **state)
{
    struct schedule s;
    size_t index;

    (void)state;
    schedule_init(&s, 4, 8 * SECONDS, 100 * SECONDS);
    for (size_t round = 0; round < 3; round++) {
        for (size_t i = 0; i < 4; i++) {
            ns_t due = 100 * SECONDS + (ns_t)(8 * round + 2 * i) * SECONDS;
            assert_int_equal(schedule_when(&s), due);
            assert_false(schedule_take(&s, due - 1, &index));
            assert_true(schedule_take(&s, due + 900 * MILLISECONDS, &index));
            assert_int_equal(index, i);
        }
    }
}

static void after_a_standstill_each_target_is_due_once(void **state)
{
    struct schedule s;
    size_t index, taken = 0;
    ns_t now = 1000 * SECONDS;

    (void)state;
    schedule_init(&s, 10, 10 * SECONDS, 0);
    while (schedule_take(&s, now, &index))
        taken++;
    assert_in_range(taken, 1, 11);
    assert_in_range(schedule_when(&s), now, now + SECONDS);
    schedule_init(&s, 0, 10 * SECONDS, 0);
    assert_false(schedule_take(&s, now, &index));
    assert_int_equal(schedule_when(&s), -1);
}

RUN_TESTS("probes", cmocka_unit_test(reserved_ranges_stay_closed_behind_a_wide_prefix),
          cmocka_unit_test(a_reserved_range_opens_only_as_far_as_it_is_named),
          cmocka_unit_test(addresses_have_one_spelling),
          cmocka_unit_test(a_prefix_with_host_bits_is_refused_by_name),
          cmocka_unit_test(an_echo_request_has_the_checksum_of_rfc_1071),
          cmocka_unit_test(only_an_echo_reply_is_taken_for_one),
          cmocka_unit_test(a_round_gives_median_jitter_and_loss),
          cmocka_unit_test(silence_is_loss_and_no_figure),
          cmocka_unit_test(the_smoke_is_every_answer_in_order),
          cmocka_unit_test(a_duplicate_reply_counts_once), cmocka_unit_test(a_right_answer_is_counted),
          cmocka_unit_test(every_address_must_lie_where_it_is_expected),
          cmocka_unit_test(an_address_of_a_name_that_does_not_exist_is_a_lie),
          cmocka_unit_test(an_answer_that_should_be_validated_needs_the_ad_flag),
          cmocka_unit_test(an_answer_with_another_id_question_or_direction_is_not_ours),
          cmocka_unit_test(rcodes_emptiness_and_truncation_are_told_apart),
          cmocka_unit_test(only_domain_names_become_questions),
          cmocka_unit_test(a_portal_is_followed_from_its_api_to_its_page),
          cmocka_unit_test(an_api_that_breaks_rfc_8908_is_named),
          cmocka_unit_test(redirects_in_a_circle_are_a_loop),
          cmocka_unit_test(the_sixth_redirect_is_not_followed),
          cmocka_unit_test(redirects_leave_http_for_nothing_else),
          cmocka_unit_test(canaries_expect_exactly_what_the_internet_says),
          cmocka_unit_test(failures_keep_their_names),
          cmocka_unit_test(an_expired_certificate_counts_negative_days_and_fails_nothing),
          cmocka_unit_test(only_web_addresses_are_begun),
          cmocka_unit_test(targets_are_spread_and_do_not_drift),
          cmocka_unit_test(after_a_standstill_each_target_is_due_once))
