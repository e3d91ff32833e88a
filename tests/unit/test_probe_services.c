/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_probe_services.c - verdicts on certificates and on time servers' answers. */
#include "tests/unit/cmocka_tests.h"

#include <math.h>
#include <string.h>

#include "probes/probe_ntp.h"
#include "probes/probe_tls.h"

/* ---- certificates ---- */

#define NOW (1700000000 * SECONDS)

static const struct tls_facts good = {
    .expires = NOW + 30 * DAYS, .is_trusted = true, .is_name_checked = true, .is_name_right = true};

static void a_good_certificate_has_days_and_nothing_to_say(void **state)
{
    struct tls_verdict v = tls_judge(&good, NOW);

    (void)state;
    assert_true(v.is_ok);
    assert_null(v.finding);
    assert_float_equal(v.days, 30, 1e-6);
}

static void another_name_fails_and_outweighs_what_else_is_wrong(void **state)
{
    struct tls_facts f = good;
    struct tls_verdict v;

    (void)state;
    f.is_name_right = false;
    f.is_trusted = false;
    f.expires = NOW - DAYS;
    v = tls_judge(&f, NOW);
    assert_false(v.is_ok);
    assert_string_equal(v.finding, "certificate_name");
    f.is_name_checked = false;
    v = tls_judge(&f, NOW);
    assert_true(v.is_ok);
    assert_string_equal(v.finding, "certificate_expired");
    assert_float_equal(v.days, -1, 1e-6);
}

static void a_chain_without_root_and_an_old_protocol_are_findings(void **state)
{
    struct tls_facts f = good;
    struct tls_verdict v;

    (void)state;
    f.is_old_protocol = true;
    v = tls_judge(&f, NOW);
    assert_true(v.is_ok);
    assert_string_equal(v.finding, "tls_old");
    f.is_trusted = false;
    v = tls_judge(&f, NOW);
    assert_true(v.is_ok);
    assert_string_equal(v.finding, "certificate_untrusted");
}

static void no_certificate_at_all_fails(void **state)
{
    struct tls_facts f = good;
    struct tls_verdict v;

    (void)state;
    f.expires = 0;
    v = tls_judge(&f, NOW);
    assert_false(v.is_ok);
    assert_string_equal(v.finding, "certificate_missing");
    assert_true(isnan(v.days));
}

/* ---- time servers ---- */

#define COOKIE 0x1122334455667788u
enum { ORIGIN_AT = 24, RECEIVED_AT = 32, SENT_AT = 40 };

static void put64(uint8_t *to, uint64_t value)
{
    for (int i = 7; i >= 0; i--, value >>= 8)
        to[i] = (uint8_t)value;
}

/* An answer of a server whose clock shows `wall` when it gets and answers the question. */
static void answer_at(uint8_t packet[NTP_PACKET], int64_t seconds, double fraction)
{
    uint64_t stamp = (uint64_t)(seconds + 2208988800) << 32 | (uint64_t)(fraction * 4294967296.0);

    memset(packet, 0, NTP_PACKET);
    packet[0] = 4 << 3 | 4;
    packet[1] = 2;
    put64(packet + ORIGIN_AT, COOKIE);
    put64(packet + RECEIVED_AT, stamp);
    put64(packet + SENT_AT, stamp);
}

static void a_question_says_nothing_of_our_clock(void **state)
{
    uint8_t packet[NTP_PACKET], zeros[NTP_PACKET] = {0};

    (void)state;
    ntp_encode(packet, COOKIE);
    assert_int_equal(packet[0], 0x23); /* version 4, client */
    assert_memory_equal(packet + 1, zeros, SENT_AT - 1);
    assert_int_equal(packet[SENT_AT], 0x11);
    assert_int_equal(packet[SENT_AT + 7], 0x88);
}

static void the_offset_is_taken_at_half_way(void **state)
{
    uint8_t packet[NTP_PACKET];
    struct ntp_verdict v;

    (void)state;
    answer_at(packet, 1700000002, 0.5);
    assert_ok(ntp_judge(packet, sizeof packet, COOKIE, NOW, SECONDS, &v));
    assert_int_equal(v.judgement, NTP_TELLS);
    assert_int_equal(v.stratum, 2);
    assert_float_equal(v.offset_s, 2, 1e-6);
    answer_at(packet, 1699999990, 0.25);
    assert_ok(ntp_judge(packet, sizeof packet, COOKIE, NOW, SECONDS / 2, &v));
    assert_float_equal(v.offset_s, -10, 1e-6);
}

static void the_era_of_2036_changes_no_offset(void **state)
{
    const ns_t before = (ns_t)2085978495 * SECONDS; /* a second before the seconds since 1900 wrap */
    uint8_t packet[NTP_PACKET];
    struct ntp_verdict v;

    (void)state;
    answer_at(packet, 2085978497, 0);
    assert_ok(ntp_judge(packet, sizeof packet, COOKIE, before, 2 * SECONDS, &v));
    assert_float_equal(v.offset_s, 1, 1e-6);
}

static void only_the_answer_to_our_question_counts(void **state)
{
    uint8_t packet[NTP_PACKET];
    struct ntp_verdict v;

    (void)state;
    answer_at(packet, 1700000000, 0);
    assert_int_equal(ntp_judge(packet, sizeof packet, COOKIE + 1, NOW, 1, &v), ERR_AGAIN);
    assert_int_equal(ntp_judge(packet, sizeof packet - 1, COOKIE, NOW, 1, &v), ERR_AGAIN);
    packet[0] = 4 << 3 | 3; /* our own question, come back */
    assert_int_equal(ntp_judge(packet, sizeof packet, COOKIE, NOW, 1, &v), ERR_AGAIN);
}

static void a_server_that_does_not_know_or_will_not_say_is_named(void **state)
{
    uint8_t packet[NTP_PACKET];
    struct ntp_verdict v;

    (void)state;
    answer_at(packet, 1700000000, 0);
    packet[0] |= 3 << 6;
    assert_ok(ntp_judge(packet, sizeof packet, COOKIE, NOW, 1, &v));
    assert_int_equal(v.judgement, NTP_UNSYNCHRONISED);
    assert_true(isnan(v.offset_s));
    packet[0] = 4 << 3 | 4;
    packet[1] = 16;
    assert_ok(ntp_judge(packet, sizeof packet, COOKIE, NOW, 1, &v));
    assert_int_equal(v.judgement, NTP_UNSYNCHRONISED);
    packet[1] = 0;
    assert_ok(ntp_judge(packet, sizeof packet, COOKIE, NOW, 1, &v));
    assert_int_equal(v.judgement, NTP_REFUSED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_good_certificate_has_days_and_nothing_to_say),
        cmocka_unit_test(another_name_fails_and_outweighs_what_else_is_wrong),
        cmocka_unit_test(a_chain_without_root_and_an_old_protocol_are_findings),
        cmocka_unit_test(no_certificate_at_all_fails),
        cmocka_unit_test(a_question_says_nothing_of_our_clock),
        cmocka_unit_test(the_offset_is_taken_at_half_way),
        cmocka_unit_test(the_era_of_2036_changes_no_offset),
        cmocka_unit_test(only_the_answer_to_our_question_counts),
        cmocka_unit_test(a_server_that_does_not_know_or_will_not_say_is_named),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
