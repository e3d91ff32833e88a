/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_capture.c - frame readers, funnel and sketch on frames made here. The judge of all counters is tshark,
 * in tests/integration/capture.py; here stand the rules that need no judge. */
#include "tests/unit/cmocka_tests.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/base/rng.h"
#include "probes/capture.h"
#include "probes/funnel.h"
#include "probes/privacy.h"
#include "probes/privd.h"
#include "probes/sketch.h"

enum { ETHERNET = 1, RADIOTAP = 127 };

/* A secret that must never be printed: the client's hardware address. */
#define CLIENT "\x02\xc1\x1e\x47\xab\xcd"

static void ethernet(struct buf *b, uint16_t type)
{
    buf_put(b, "\x02\x00\x00\x00\x00\x01", 6);
    buf_put(b, CLIENT, 6);
    buf_be16(b, type);
}

static void ipv4_udp(struct buf *b, uint16_t from, uint16_t to, uint16_t payload)
{
    buf_u8(b, 0x45);
    buf_u8(b, 0);
    buf_be16(b, (uint16_t)(28 + payload));
    buf_be32(b, 0);
    buf_u8(b, 64);
    buf_u8(b, 17);
    buf_be16(b, 0);
    buf_be32(b, 0x0a010203);
    buf_be32(b, 0x0a010204);
    buf_be16(b, from);
    buf_be16(b, to);
    buf_be16(b, (uint16_t)(8 + payload));
    buf_be16(b, 0);
}

static struct buf dns_frame(uint16_t id, bool is_response, unsigned rcode)
{
    struct buf b = BUF_INIT;

    ethernet(&b, 0x0800);
    if (is_response)
        ipv4_udp(&b, 53, 4711, 12);
    else
        ipv4_udp(&b, 4711, 53, 12);
    if (is_response) { /* the way back */
        memcpy(b.data + 26, "\x0a\x01\x02\x04\x0a\x01\x02\x03", 8);
    }
    buf_be16(&b, id);
    buf_be16(&b, (uint16_t)((is_response ? 0x8180 : 0x0100) | rcode));
    buf_be32(&b, 0);
    buf_be32(&b, 0);
    assert_ok(buf_error(&b));
    return b;
}

static struct buf dhcp_frame(uint8_t type)
{
    struct buf b = BUF_INIT;

    ethernet(&b, 0x0800);
    ipv4_udp(&b, 68, 67, 236 + 4 + 4);
    buf_put(&b, "\x01\x01\x06\x00\xde\xad\xbe\xef", 8);
    memset(buf_extend(&b, 20), 0, 20);
    buf_put(&b, CLIENT, 6);
    memset(buf_extend(&b, 202), 0, 202);
    buf_be32(&b, 0x63825363);
    buf_u8(&b, 53);
    buf_u8(&b, 1);
    buf_u8(&b, type);
    buf_u8(&b, 255);
    assert_ok(buf_error(&b));
    return b;
}

static struct capture *capture_on(int link)
{
    struct capture *c;

    assert_ok(capture_new(link, "EN10MB", 1, &c));
    return c;
}

static void feed(struct capture *c, ns_t at, struct buf b)
{
    /* an exact-size block, so that a sanitizer sees a read beyond it */
    void *exact = malloc(b.len);

    memcpy(exact, b.data, b.len);
    assert_ok(capture_feed(c, at, exact, b.len, b.len));
    free(exact);
    buf_fini(&b);
}

static char *as_json(const struct capture *c)
{
    struct buf out = BUF_INIT;

    assert_ok(capture_print_json(c, "x.pcap", &out));
    return buf_take(&out);
}

static void query_and_response_are_not_mixed_up(void **state)
{
    struct capture *c = capture_on(ETHERNET);
    char *text;

    (void)state;
    for (int i = 0; i < 3; i++)
        feed(c, i * SECONDS, dns_frame((uint16_t)i, false, 0));
    feed(c, 5 * MILLISECONDS, dns_frame(0, true, 0));
    feed(c, SECONDS + 7 * MILLISECONDS, dns_frame(1, true, 3));
    assert_int_equal(capture_count(c, COUNT_DNS_QUERY), 3);
    assert_int_equal(capture_count(c, COUNT_DNS_RESPONSE), 2);
    assert_int_equal(capture_count(c, COUNT_DNS_NXDOMAIN), 1);
    assert_int_equal(capture_count(c, COUNT_DNS_SERVFAIL), 0);
    text = as_json(c);
    assert_non_null(strstr(text, "\"dns\":{\"transactions\":3,\"success\":1,\"p50_ms\":5.00"));
    free(text);
    capture_free(c);
}

static void no_client_address_reaches_the_output(void **state)
{
    static const char *const secrets[] = {"c11e47abcd", "02:c1:1e", "10.1.2.3", "0a010203", "deadbeef"};
    struct capture *c = capture_on(ETHERNET);
    struct buf text = BUF_INIT;

    (void)state;
    for (uint8_t type = 1; type <= 9; type++)
        feed(c, 0, dhcp_frame(type));
    assert_int_equal(capture_count(c, COUNT_DHCP4_NAK), 1);
    assert_int_equal(capture_count(c, COUNT_DHCP4_OTHER), 1);
    assert_ok(capture_print_json(c, "x.pcap", &text));
    assert_ok(capture_print_text(c, "x.pcap", &text));
    assert_non_null(strstr(text.data, "nak 1")); /* the search finds what is there */
    for (size_t i = 0; i < ARRAY_LEN(secrets); i++)
        assert_null(strstr(text.data, secrets[i]));
    buf_fini(&text);
    capture_free(c);
}

static void a_cut_frame_counts_nowhere_and_is_not_malformed(void **state)
{
    struct capture *c = capture_on(ETHERNET);
    struct buf b = dhcp_frame(1);

    (void)state;
    assert_ok(capture_feed(c, 0, b.data, 100, b.len));
    assert_int_equal(capture_count(c, COUNT_DHCP4_DISCOVER), 0);
    assert_int_equal(capture_malformed(c), 0);
    assert_ok(
        capture_feed(c, 0, b.data, 100, 100)); /* the same bytes, all of them: IP says more than there is */
    assert_int_equal(capture_malformed(c), 1);
    buf_fini(&b);
    capture_free(c);
}

static void an_option_beyond_the_message_is_malformed(void **state)
{
    struct capture *c = capture_on(ETHERNET);
    struct buf b = dhcp_frame(5);

    (void)state;
    b.data[b.len - 3] = 9; /* option 53 of nine bytes, two are there */
    feed(c, 0, b);
    assert_int_equal(capture_malformed(c), 1);
    assert_int_equal(capture_count(c, COUNT_DHCP4_ACK), 0);
    assert_int_equal(capture_count(c, COUNT_DHCP4_OTHER), 0);
    capture_free(c);
}

static void retransmissions_are_one_transaction_and_late_answers_none(void **state)
{
    struct capture *c = capture_on(ETHERNET);
    char *text;

    (void)state;
    feed(c, 0, dhcp_frame(1));
    feed(c, 4 * SECONDS, dhcp_frame(1));
    feed(c, 11 * SECONDS, dhcp_frame(5)); /* too late: 11 s after the first */
    feed(c, 20 * SECONDS, dhcp_frame(3)); /* a new one */
    feed(c, 20 * SECONDS + 250 * MILLISECONDS, dhcp_frame(5));
    feed(c, 20 * SECONDS + 300 * MILLISECONDS, dhcp_frame(5)); /* nothing is open any more */
    text = as_json(c);
    assert_non_null(strstr(text, "\"dhcp4\":{\"transactions\":2,\"success\":1,"));
    free(text);
    capture_free(c);
}

static struct buf beacon_frame(unsigned number)
{
    struct buf b = BUF_INIT;

    buf_put(&b, "\x00\x00\x08\x00\x00\x00\x00\x00", 8); /* radiotap without fields */
    buf_put(&b, "\x80\x00\x00\x00\xff\xff\xff\xff\xff\xff", 10);
    for (int i = 0; i < 2; i++) {
        buf_be16(&b, 0x0200);
        buf_be32(&b, number);
    }
    buf_be16(&b, 0);
    memset(buf_extend(&b, 10), 0, 10);
    buf_put(&b, "\x11\x00", 2);
    buf_put(&b, "\x00\x04\xb2\xe2\xca\xd4\x03\x01\x06", 9);
    assert_ok(buf_error(&b));
    return b;
}

static void a_beacon_flood_fills_a_bounded_table(void **state)
{
    struct capture *c = capture_on(RADIOTAP);
    char *text;

    (void)state;
    for (unsigned i = 0; i < 10000; i++)
        feed(c, 0, beacon_frame(i));
    text = as_json(c);
    assert_int_equal(capture_count(c, COUNT_WLAN_BEACON), 10000);
    assert_non_null(strstr(text, "more networks than the table holds"));
    assert_non_null(strstr(
        text,
        "{\"bssid\":\"02:00:00:00:00:07\",\"ssid\":\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\","
        "\"ssid_hex\":\"b2e2cad4\",\"channel\":6,\"privacy\":true}"));
    free(text);
    capture_free(c);
}

static void a_flood_of_transactions_stays_in_its_table(void **state)
{
    struct funnel *fn;
    struct funnel_event e = {.verb = FUNNEL_OPENS, .phase = FUNNEL_TCP};

    (void)state;
    assert_ok(funnel_new(7, &fn));
    for (uint32_t i = 0; i < 200000; i++) {
        memcpy(e.key, &i, sizeof i);
        funnel_feed(fn, &e, (ns_t)i);
    }
    assert_int_equal(funnel_summary(fn, FUNNEL_TCP).transactions, 200000);
    assert_true(funnel_evicted(fn) > 200000 - 65536 - 1);
    e.verb = FUNNEL_CLOSES_WELL; /* the newest is still known */
    funnel_feed(fn, &e, 200000);
    assert_int_equal(funnel_summary(fn, FUNNEL_TCP).success, 1);
    funnel_free(fn);
}

static void percentiles_stay_within_two_per_mille(void **state)
{
    static struct sketch s;
    struct rng r = {.state = 3};
    static ns_t all[9999];

    (void)state;
    assert_int_equal(sketch_percentile(&s, 50), -1);
    for (size_t i = 0; i < ARRAY_LEN(all); i++) {
        ns_t v = (ns_t)(1e3 * (1 + rng_unit(&r) * rng_unit(&r) * 9e6));
        size_t place = i;
        sketch_add(&s, v);
        for (; place > 0 && all[place - 1] > v; place--)
            all[place] = all[place - 1];
        all[place] = v;
    }
    for (unsigned percent = 1; percent < 100; percent++) {
        ns_t exact = all[(ARRAY_LEN(all) * percent + 99) / 100 - 1];
        assert_float_equal((double)sketch_percentile(&s, percent) / (double)exact, 1, 0.002);
    }
}

static void the_privacy_report_says_everything_in_both_languages(void **state)
{
    (void)state;
    for (int lang = LANG_DE; lang <= LANG_EN; lang++) {
        struct buf text = BUF_INIT, json = BUF_INIT;
        assert_ok(privacy_print_text((enum language)lang, &text));
        assert_ok(privacy_print_json((enum language)lang, &json));
        assert_null(strstr(text.data, "(null)"));
        assert_null(strstr(json.data, "null"));
        assert_non_null(strstr(text.data, lang == LANG_DE ? "wird nicht gespeichert" : "not stored"));
        assert_non_null(strstr(json.data, "\"is_stored\":true"));
        buf_fini(&text);
        buf_fini(&json);
    }
}

/* What a confined process does next; returns how it ended. */
static int status_after(void (*forbidden)(void))
{
    int status = 0;
    pid_t child = fork();

    if (child == 0) {
        if (privd_confine() == ERR_OK)
            forbidden();
        _exit(7);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    return status;
}

static void opens_a_socket(void)
{
    (void)!socket(AF_INET, SOCK_DGRAM, 0);
}

static void opens_a_file(void)
{
    (void)!open("/etc/hostname", O_RDONLY);
}

static void runs_a_program(void)
{
    (void)!execl("/bin/true", "true", (char *)NULL);
}

static void does_what_it_may(void)
{
    char *p = malloc(1 << 20);

    if (p && write(1, "", 0) == 0)
        memset(p, 1, 1 << 20);
    free(p);
}

static void a_confined_parser_dies_of_sockets_files_and_programs(void **state)
{
    static void (*const forbidden[])(void) = {opens_a_socket, opens_a_file, runs_a_program};
    int status = status_after(does_what_it_may);

    (void)state;
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 7);
    for (size_t i = 0; i < ARRAY_LEN(forbidden); i++) {
        status = status_after(forbidden[i]);
        assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS);
    }
}

/* Random damage to good frames, every link type: the readers must survive it and stay inside the block. */
static void damaged_frames_do_no_harm(void **state)
{
    static const int links[] = {1, 12, 101, 105, 113, 119, 127, 228, 229, 276, 999};
    struct rng r = {.state = 20261122};

    (void)state;
    for (size_t l = 0; l < ARRAY_LEN(links); l++) {
        struct capture *c = capture_on(links[l]);
        for (int i = 0; i < 4000; i++) {
            struct buf b = i % 3 == 0 ? dhcp_frame(1) : i % 3 == 1 ? dns_frame(1, true, 0) : beacon_frame(5);
            for (uint32_t k = rng_below(&r, 12); k > 0; k--)
                b.data[rng_below(&r, (uint32_t)b.len)] = (char)rng_u64(&r);
            b.len -= rng_below(&r, (uint32_t)b.len);
            feed(c, i, b);
        }
        capture_free(c);
    }
}

RUN_TESTS("capture", cmocka_unit_test(query_and_response_are_not_mixed_up),
          cmocka_unit_test(no_client_address_reaches_the_output),
          cmocka_unit_test(a_cut_frame_counts_nowhere_and_is_not_malformed),
          cmocka_unit_test(an_option_beyond_the_message_is_malformed),
          cmocka_unit_test(retransmissions_are_one_transaction_and_late_answers_none),
          cmocka_unit_test(a_beacon_flood_fills_a_bounded_table),
          cmocka_unit_test(a_flood_of_transactions_stays_in_its_table),
          cmocka_unit_test(percentiles_stay_within_two_per_mille),
          cmocka_unit_test(a_confined_parser_dies_of_sockets_files_and_programs),
          cmocka_unit_test(the_privacy_report_says_everything_in_both_languages),
          cmocka_unit_test(damaged_frames_do_no_harm))
