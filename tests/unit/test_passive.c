/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_passive.c - funnel per hotspot, k, causes, rogues, imitators, baselines, reports. */
#include "tests/unit/cmocka_tests.h"

#include <math.h>
#include <string.h>

#include "lib/base/rng.h"
#include "probes/blame.h"
#include "probes/client_key.h"
#include "probes/passive.h"
#include "probes/passive_report.h"

enum { ETHERNET = 1, IEEE80211 = 105, RADIOTAP = 127 };
#define BEGIN (1700000000 * SECONDS)
#define STEP  (60 * SECONDS)

static const struct client_key key = {1, 2};

/* ---- frames ---- */

static void ethernet(struct buf *b, unsigned client, uint16_t vlan, uint16_t type)
{
    buf_put(b, "\xff\xff\xff\xff\xff\xff\x02\xc1\x1e\x00\x00", 11);
    buf_u8(b, (uint8_t)client);
    if (vlan) {
        buf_be16(b, 0x8100);
        buf_be16(b, vlan);
    }
    buf_be16(b, type);
}

static void ipv4_udp(struct buf *b, uint32_t from, uint32_t to, uint16_t port_from, uint16_t port_to,
                     size_t payload)
{
    buf_be32(b, 0x45000000u | (uint32_t)(28 + payload));
    buf_be32(b, 0);
    buf_be32(b, 0x40110000);
    buf_be32(b, from);
    buf_be32(b, to);
    buf_be16(b, port_from);
    buf_be16(b, port_to);
    buf_be16(b, (uint16_t)(8 + payload));
    buf_be16(b, 0);
}

struct dhcp {
    unsigned client;
    uint8_t type;
    uint16_t vlan;
    const char *circuit;
    uint32_t server; /* 0: none told */
};

static struct buf dhcp_frame(const struct dhcp *d)
{
    struct buf b = BUF_INIT, options = BUF_INIT;
    size_t circuit = d->circuit ? strlen(d->circuit) : 0;

    buf_put(&options, "\x63\x82\x53\x63\x35\x01", 6);
    buf_u8(&options, d->type);
    if (d->server) {
        buf_be16(&options, 0x3604);
        buf_be32(&options, d->server);
    }
    if (circuit) {
        buf_u8(&options, 82);
        buf_u8(&options, (uint8_t)(circuit + 2));
        buf_u8(&options, 1);
        buf_u8(&options, (uint8_t)circuit);
        buf_put(&options, d->circuit, circuit);
    }
    buf_u8(&options, 255);
    ethernet(&b, d->client, d->vlan, 0x0800);
    ipv4_udp(&b, 0x0a000001, 0xffffffff, 68, 67, 236 + options.len);
    buf_be32(&b, 0x01010600);
    buf_be32(&b, 7000 + d->client);
    buf_be32(&b, 0);
    buf_be32(&b, 0);
    buf_be32(&b, 0xc0000200 + d->client); /* yiaddr */
    buf_be32(&b, 0);
    buf_be32(&b, 0);
    buf_put(&b, "\x02\xc1\x1e\x00\x00", 5);
    buf_u8(&b, (uint8_t)d->client);
    memset(buf_extend(&b, 202), 0, 202);
    buf_put(&b, options.data, options.len);
    buf_fini(&options);
    assert_ok(buf_error(&b));
    return b;
}

static struct buf beacon_frame(const char *ssid, const uint8_t bssid[6], bool is_secured, int8_t signal)
{
    struct buf b = BUF_INIT;

    buf_put(&b, "\0\0\x09\0\x20\0\0\0", 8); /* radiotap: the signal alone */
    buf_u8(&b, (uint8_t)signal);
    buf_put(&b, "\x80\0\0\0\xff\xff\xff\xff\xff\xff", 10);
    buf_put(&b, bssid, 6);
    buf_put(&b, bssid, 6);
    buf_put(&b, "\0\0\0\0\0\0\0\0\0\0\x64\0", 12);
    buf_u8(&b, is_secured ? 0x11 : 0x01);
    buf_u8(&b, 0);
    buf_u8(&b, 0);
    buf_u8(&b, (uint8_t)strlen(ssid));
    buf_str(&b, ssid);
    buf_put(&b, "\x03\x01\x06", 3);
    assert_ok(buf_error(&b));
    return b;
}

/* ---- a sensor ---- */

struct world {
    struct passive_plan *plan;
    struct passive *passive;
    ns_t now;
    struct buf out;
    struct report_phase phases[64];
    struct report_imitator imitators[64];
    size_t phase_count, imitator_count;
    struct report_figures figures;
};

static void begin(struct world *w, int link)
{
    static const uint8_t server[16] = {10, 0, 0, 1};
    static const uint8_t base[6] = {0x00, 0x11, 0x22, 0x33, 0x44, 0x50};

    *w = (struct world){.now = BEGIN};
    assert_ok(passive_plan_new(&w->plan));
    assert_ok(passive_plan_key(w->plan, 1, PASSIVE_VLAN, "\x00\x0b", 2));
    assert_ok(passive_plan_key(w->plan, 2, PASSIVE_OPTION82, "ap-2", 4));
    assert_int_equal(passive_plan_key(w->plan, 3, PASSIVE_OPTION82, "ap-2", 4), ERR_EXISTS);
    assert_ok(passive_plan_server(w->plan, false, server));
    assert_ok(passive_plan_ssid(w->plan, "MobyKlick", false));
    assert_ok(passive_plan_ssid(w->plan, "MobyKlick-secure", true));
    assert_ok(passive_plan_bssid(w->plan, base));
    assert_ok(passive_new(w->plan, link, &key, STEP, &w->passive));
    assert_ok(passive_tick(w->passive, w->now, &(struct passive_health){0}, &w->out));
}

static void end(struct world *w)
{
    passive_free(w->passive);
    passive_plan_free(w->plan);
    buf_fini(&w->out);
}

static void feed(struct world *w, struct buf frame)
{
    w->now += MILLISECONDS;
    passive_feed(w->passive, w->now, frame.data, frame.len, frame.len);
    buf_fini(&frame);
}

static void send(struct world *w, struct dhcp d)
{
    feed(w, dhcp_frame(&d));
}

/* The report of the time until the next full interval. */
static void report(struct world *w)
{
    struct wire wire;
    struct report r;
    enum err e;

    w->now += STEP;
    w->phase_count = w->imitator_count = 0;
    buf_clear(&w->out);
    assert_ok(
        passive_tick(w->passive, w->now, &(struct passive_health){.dropped = 3, .restarts = 1}, &w->out));
    wire_init(&wire, w->out.data, w->out.len);
    while (!(e = report_read(&wire, &r))) {
        if (r.kind == REPORT_PHASE)
            w->phases[w->phase_count++] = r.phase;
        else if (r.kind == REPORT_IMITATOR)
            w->imitators[w->imitator_count++] = r.imitator;
        else if (r.kind == REPORT_FIGURES)
            w->figures = r.figures;
    }
    assert_int_equal(e, ERR_AGAIN);
    assert_int_equal(wire_left(&wire), 0);
    assert_true(w->figures.end == w->now);
}

static void on_line(struct world *w, unsigned first, unsigned count, uint16_t vlan, const char *circuit)
{
    for (unsigned i = first; i < first + count; i++) {
        send(w, (struct dhcp){i, 1, vlan, circuit, 0});
        send(w, (struct dhcp){i, 2, vlan, circuit, 0x0a000001});
        send(w, (struct dhcp){i, 3, vlan, circuit, 0});
        w->now += 20 * MILLISECONDS;
        send(w, (struct dhcp){i, 5, vlan, circuit, 0x0a000001});
    }
}

/* ---- tests ---- */

static void a_hotspot_is_known_by_vlan_and_by_option_82(void **state)
{
    struct world w;

    (void)state;
    begin(&w, ETHERNET);
    on_line(&w, 1, 6, 11, NULL);
    on_line(&w, 21, 5, 0, "ap-2");
    on_line(&w, 41, 7, 99, "ap-77");
    report(&w);
    assert_int_equal(w.phase_count, 3);
    assert_int_equal(w.phases[0].hotspot, PASSIVE_ELSEWHERE);
    assert_int_equal(w.phases[0].attempts, 7);
    assert_int_equal(w.phases[1].hotspot, 1);
    assert_int_equal(w.phases[1].attempts, 6);
    assert_int_equal(w.phases[1].success, 6);
    assert_int_equal(w.phases[2].hotspot, 2);
    assert_int_equal(w.phases[2].attempts, 5);
    assert_in_range(w.phases[2].p50, 21 * MILLISECONDS, 25 * MILLISECONDS);
    assert_int_equal(w.figures.elsewhere, 7);
    assert_int_equal(w.figures.dropped, 3);
    assert_int_equal(w.figures.restarts, 1);
    report(&w);
    assert_int_equal(w.phase_count, 0);
    end(&w);
}

static void fewer_than_five_clients_are_never_told(void **state)
{
    struct world w;

    (void)state;
    begin(&w, ETHERNET);
    for (int i = 0; i < 30; i++)
        on_line(&w, 1, 4, 11, NULL); /* the same four, over and over */
    report(&w);
    assert_int_equal(w.phase_count, 0);
    assert_int_equal(w.figures.withheld, 1);
    on_line(&w, 5, 1, 11, NULL); /* the fifth opens the gate, for all of them */
    report(&w);
    assert_int_equal(w.phase_count, 1);
    assert_int_equal(w.phases[0].attempts, 121);
    on_line(&w, 1, 4, 11, NULL);
    for (int i = 0; i < 17; i++)
        report(&w); /* nobody else for a quarter of an hour: forgotten */
    on_line(&w, 5, 4, 11, NULL);
    report(&w);
    assert_int_equal(w.phase_count, 0);
    end(&w);
}

static void a_failure_has_its_cause(void **state)
{
    struct world w;

    (void)state;
    begin(&w, ETHERNET);
    for (unsigned i = 1; i <= 5; i++) /* nobody there answers anybody */
        send(&w, (struct dhcp){i, 1, 11, NULL, 0});
    for (unsigned i = 21; i <= 23; i++) {
        send(&w, (struct dhcp){i, 3, 0, "ap-2", 0});
        send(&w, (struct dhcp){i, 6, 0, "ap-2", 0x0a000001}); /* NAK */
    }
    on_line(&w, 31, 2, 0, "ap-2");
    for (unsigned i = 41; i <= 44; i++) /* the server lives, and has nothing for these */
        send(&w, (struct dhcp){i, 1, 0, "ap-2", 0});
    report(&w);
    assert_int_equal(w.phase_count, 2);
    assert_int_equal(w.phases[0].causes[CAUSE_SILENCE], 5);
    assert_int_equal(w.phases[0].success, 0);
    assert_true(w.phases[0].p50 == -1);
    assert_int_equal(w.phases[1].attempts, 9);
    assert_int_equal(w.phases[1].success, 2);
    assert_int_equal(w.phases[1].causes[CAUSE_REFUSED], 3);
    assert_int_equal(w.phases[1].causes[CAUSE_POOL], 4);
    end(&w);
}

static void a_server_that_nobody_knows_is_rogue_and_is_counted_once(void **state)
{
    struct world w;

    (void)state;
    begin(&w, ETHERNET);
    on_line(&w, 1, 3, 11, NULL);
    report(&w);
    assert_int_equal(w.figures.rogue_servers, 0);
    for (unsigned i = 1; i <= 9; i++)
        send(&w, (struct dhcp){i, 2, 11, NULL, 0xc0a80001 + i % 2});
    report(&w);
    assert_int_equal(w.figures.rogue_servers, 2);
    report(&w);
    assert_int_equal(w.figures.rogue_servers, 0);
    end(&w);
}

static void networks_that_imitate_ours_are_found_and_ours_are_not(void **state)
{
    static const uint8_t own[6] = {0x02, 0x11, 0x22, 0x33, 0x44, 0x5f}, other[6] = {0x0a, 1, 2, 3, 4, 5};
    struct world w;

    (void)state;
    begin(&w, RADIOTAP);
    feed(&w, beacon_frame("MobyKlick", own, false, -40));
    feed(&w, beacon_frame("MobyKlick-secure", own, true, -40));
    feed(&w, beacon_frame("Nachbar", other, true, -30));
    report(&w);
    assert_int_equal(w.figures.imitators, 0);
    feed(&w, beacon_frame("MobyKlick", other, false, -70));
    feed(&w, beacon_frame("MobyKlick", other, false, -61));
    feed(&w, beacon_frame("moby klick", other, false, -80));
    feed(&w, beacon_frame("MobyKlick-secure", own, false, -50));
    report(&w);
    assert_int_equal(w.imitator_count, 3);
    assert_int_equal(w.imitators[0].why, IMITATION_OTHER_SECURITY);
    assert_int_equal(w.imitators[1].why, IMITATION_UNKNOWN_SENDER);
    assert_int_equal(w.imitators[1].signal, -61);
    assert_int_equal(w.imitators[1].channel, 6);
    assert_int_equal(w.imitators[2].why, IMITATION_LOOKALIKE);
    report(&w);
    assert_int_equal(w.figures.imitators, 0);
    end(&w);
}

static void a_flood_of_made_up_senders_does_not_hide_the_first_one(void **state)
{
    uint8_t mac[6] = {0x0a, 1, 2, 3, 4, 5};
    struct world w;
    bool is_there = false;

    (void)state;
    begin(&w, RADIOTAP);
    feed(&w, beacon_frame("MobyKlick", mac, false, -33));
    for (unsigned i = 0; i < 20000; i++) {
        const uint8_t made_up[6] = {0x0e, 0, 0, (uint8_t)(i >> 16), (uint8_t)(i >> 8), (uint8_t)i};
        feed(&w, beacon_frame("MobyKlick", made_up, false, -60));
        if (i % 500 == 0)
            feed(&w, beacon_frame("MobyKlick", mac, false, -33));
    }
    report(&w);
    assert_int_equal(w.imitator_count, PASSIVE_IMITATORS_MAX);
    assert_true(w.figures.imitators >= 20000);
    for (size_t i = 0; i < w.imitator_count; i++)
        is_there |= memcmp(w.imitators[i].bssid, mac, 6) == 0;
    assert_true(is_there);
    end(&w);
}

static void a_phase_that_leaves_its_baseline_is_blamed_and_a_new_habit_is_learned(void **state)
{
    struct blame fast = {0}, steady = {0};
    double excess[2];

    (void)state;
    for (int i = 0; i < 40; i++) {
        assert_true(blame_take(&fast, 97 + i % 3, 0.05 + 0.001 * (i % 4)) == 0);
        assert_true(blame_take(&steady, 60 + i % 20, 0.5) == 0);
    }
    excess[0] = blame_take(&fast, 98, 0.8); /* slower */
    excess[1] = blame_take(&steady, 61, 0.5);
    assert_int_equal(blame_pick(excess, 2), 0);
    excess[0] = blame_take(&fast, 98, 0.05);
    excess[1] = blame_take(&steady, 5, NAN); /* hardly anybody gets through */
    assert_int_equal(blame_pick(excess, 2), 1);
    excess[1] = blame_take(&steady, 65, 0.5);
    assert_int_equal(blame_pick(excess, 2), 2);
    for (int i = 0; i < BLAME_GIVEN_UP + 12; i++)
        (void)blame_take(&fast, 98, 0.8);
    assert_true(blame_take(&fast, 98, 0.8) == 0);
}

static void digests_are_those_of_siphash_2_4(void **state)
{
    /* the vector of the paper's appendix A */
    const struct client_key paper = {0x0706050403020100, 0x0f0e0d0c0b0a0908};
    uint8_t input[15];

    (void)state;
    for (uint8_t i = 0; i < sizeof input; i++)
        input[i] = i;
    assert_true(client_digest(&paper, input, sizeof input) == 0xa129ca6149be45e5);
    assert_true(client_digest(&key, input, sizeof input) != client_digest(&paper, input, sizeof input));
}

static void reports_that_make_no_sense_are_refused(void **state)
{
    struct report_phase phase = {.hotspot = 1, .phase = FUNNEL_PHASES, .attempts = 1};
    struct rng rng = {.state = 7};
    struct buf b = BUF_INIT;
    struct report r;
    struct wire w;

    (void)state;
    report_put_phase(&b, &phase); /* a phase that there is not */
    wire_init(&w, b.data, b.len);
    assert_int_equal(report_read(&w, &r), ERR_MALFORMED);
    buf_clear(&b);
    phase = (struct report_phase){.attempts = 1, .success = 2};
    report_put_phase(&b, &phase);
    wire_init(&w, b.data, b.len);
    assert_int_equal(report_read(&w, &r), ERR_MALFORMED);
    wire_init(&w, b.data, b.len - 1);
    assert_int_equal(report_read(&w, &r), ERR_AGAIN);
    for (int i = 0; i < 20000; i++) {
        uint8_t bytes[128];
        for (size_t k = 0; k < sizeof bytes; k++)
            bytes[k] = (uint8_t)rng_below(&rng, k == 0 ? 6 : 256);
        wire_init(&w, bytes, sizeof bytes);
        if (report_read(&w, &r) == ERR_OK)
            assert_true(r.kind < REPORT_KINDS && w.pos <= sizeof bytes);
    }
    buf_fini(&b);
}

static void damaged_frames_do_a_sensor_no_harm(void **state)
{
    struct rng rng = {.state = 11};
    struct world w;

    (void)state;
    begin(&w, ETHERNET);
    for (int i = 0; i < 30000; i++) {
        struct buf b =
            dhcp_frame(&(struct dhcp){(unsigned)i % 200, (uint8_t)(1 + i % 6), 11, "ap-2", 0x0a000001});
        for (int k = 0; k < 4; k++)
            b.data[rng_below(&rng, (uint32_t)b.len)] = (char)rng_below(&rng, 256);
        b.len -= rng_below(&rng, 20);
        feed(&w, b);
    }
    report(&w);
    assert_int_equal(w.figures.frames, 30000);
    assert_true(w.figures.malformed > 100);
    end(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_hotspot_is_known_by_vlan_and_by_option_82),
        cmocka_unit_test(fewer_than_five_clients_are_never_told),
        cmocka_unit_test(a_failure_has_its_cause),
        cmocka_unit_test(a_server_that_nobody_knows_is_rogue_and_is_counted_once),
        cmocka_unit_test(networks_that_imitate_ours_are_found_and_ours_are_not),
        cmocka_unit_test(a_flood_of_made_up_senders_does_not_hide_the_first_one),
        cmocka_unit_test(a_phase_that_leaves_its_baseline_is_blamed_and_a_new_habit_is_learned),
        cmocka_unit_test(digests_are_those_of_siphash_2_4),
        cmocka_unit_test(reports_that_make_no_sense_are_refused),
        cmocka_unit_test(damaged_frames_do_a_sensor_no_harm),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
