/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_council.c - outages, causes, sites that are served, and numbers as Germans write them. */
#include <math.h>
#include <string.h>

#include "coverage/council_pages.h"
#include "lib/base/timex.h"
#include "tests/unit/cmocka_tests.h"
#include "tests/unit/inventory_of.h"

static const char town[] = "sites:\n"
                           "  - {id: mill, name: Mill, lat: 53.7, lon: 10.0}\n"
                           "  - {id: lido, name: Lido, lat: 53.7, lon: 10.01}\n"
                           "devices:\n"
                           "  - {id: ap-1, name: AP, address: 127.0.0.1, kind: ap, site: mill}\n"
                           "hotspots:\n"
                           "  - {id: hs-1, name: H1, site: mill, device: ap-1}\n"
                           "  - {id: hs-2, name: H2, site: mill, device: ap-1}\n"
                           "  - {id: hs-3, name: H3, site: lido, device: ap-1}\n";

struct world {
    struct inventory *inventory;
    struct history *history;
    journal_pos pos;
    ns_t begin; /* of October 2026 in Europe/Berlin */
};

static void world_open(struct world *w)
{
    *w = (struct world){.pos = 1ull << 32, .inventory = inventory_of(town, strlen(town))};
    assert_ok(history_open(NULL, &w->history));
    assert_ok(timex_parse("2026-10-01T00:00:00+02:00", &w->begin));
}

static void world_close(struct world *w)
{
    history_close(w->history);
    inventory_free(w->inventory);
}

/* at: hours since the month began. unit.history, for which nobody needs to have been looking. */
static void set_state(struct world *w, const char *hotspot, double at, enum state state, enum reason reason)
{
    Nw__Record r = NW__RECORD__INIT;
    Nw__State s = NW__STATE__INIT;
    struct buf b = BUF_INIT;

    s.kind = (char *)"hotspot";
    s.id = (char *)(uintptr_t)hotspot;
    s.state = state;
    s.reason = reason;
    s.since = (uint64_t)(w->begin + (ns_t)(at * (double)HOURS));
    r.wall = s.since;
    r.body_case = NW__RECORD__BODY_STATE;
    r.state = &s;
    assert_ok(record_pack(&r, &b));
    assert_ok(history_record(w->history, "unit.history", w->pos++, b.data, b.len));
    buf_fini(&b);
}

static struct council *council_of(struct world *w, double until)
{
    struct council *c = NULL;

    assert_ok(council_new(&(struct council_request){.inventory = w->inventory,
                                                    .history = w->history,
                                                    .month = w->begin,
                                                    .now = w->begin + (ns_t)(until * (double)HOURS)},
                          &c));
    return c;
}

static void all_usable(struct world *w)
{
    set_state(w, "hs-1", 0, STATE_USABLE, REASON_NONE);
    set_state(w, "hs-2", 0, STATE_USABLE, REASON_NONE);
    set_state(w, "hs-3", 0, STATE_USABLE, REASON_NONE);
}

static void an_outage_that_changes_its_cause_is_one_of_the_first_cause(void **state)
{
    struct world w;
    struct council *c;

    (void)state;
    world_open(&w);
    all_usable(&w);
    set_state(&w, "hs-1", 10, STATE_UNUSABLE, REASON_POWER);
    set_state(&w, "hs-1", 11, STATE_UNUSABLE, REASON_AP);
    set_state(&w, "hs-1", 14, STATE_USABLE, REASON_NONE);
    set_state(&w, "hs-1", 20, STATE_UNUSABLE, REASON_SWITCH);
    set_state(&w, "hs-1", 21, STATE_MAINTENANCE, REASON_NONE);
    c = council_of(&w, 100);
    assert_int_equal(c->city.outages.count, 2);
    assert_int_equal(c->city.outages.total, 5 * HOURS);
    assert_int_equal(c->city.outages.longest, 4 * HOURS);
    assert_int_equal(c->causes[CAUSE_POWER].total, 4 * HOURS);
    assert_int_equal(c->causes[CAUSE_FIBRE].total, HOURS);
    assert_int_equal(c->causes[CAUSE_ACCESS_POINT].count, 0);
    assert_int_equal(c->worst_count, 1);
    assert_string_equal(c->worst[0].site->id, "mill");
    council_free(c);
    world_close(&w);
}

static void a_site_is_served_while_one_of_its_hotspots_is(void **state)
{
    struct world w;
    struct council *c;

    (void)state;
    world_open(&w);
    all_usable(&w);
    set_state(&w, "hs-1", 10, STATE_UNUSABLE, REASON_AP);
    set_state(&w, "hs-2", 30, STATE_UNUSABLE, REASON_AP); /* both: ten hours */
    set_state(&w, "hs-1", 40, STATE_USABLE, REASON_NONE);
    set_state(&w, "hs-3", 50, STATE_UNKNOWN, REASON_NO_DATA); /* neither up nor down */
    set_state(&w, "hs-3", 60, STATE_MAINTENANCE, REASON_NONE);
    c = council_of(&w, 100);
    assert_int_equal(c->sites, 2);
    assert_int_equal(c->served.down, 10 * HOURS);
    assert_int_equal(c->served.up, (90 + 50) * HOURS);
    assert_int_equal(c->served.unknown, 10 * HOURS);
    assert_int_equal(c->served.maintenance, 40 * HOURS);
    council_free(c);
    world_close(&w);
}

static void a_month_has_the_hours_of_its_time_zone_and_ends_now(void **state)
{
    struct world w;
    struct council *c;

    (void)state;
    world_open(&w);
    c = council_of(&w, 3 * 24);
    assert_string_equal(c->months[COUNCIL_THIS].name, "2026-10");
    assert_string_equal(c->months[COUNCIL_BEFORE].name, "2026-09");
    assert_string_equal(c->months[COUNCIL_YEAR_AGO].name, "2025-10");
    assert_int_equal(c->months[COUNCIL_THIS].to - c->months[COUNCIL_THIS].from, (31 * 24 + 1) * HOURS);
    assert_int_equal(c->until, w.begin + 3 * DAYS);
    assert_true(isnan(council_hours_down(c, COUNCIL_THIS)));
    council_free(c);
    world_close(&w);
}

static void down_is_scaled_to_thirty_days_of_what_was_measured(void **state)
{
    struct world w;
    struct council *c;

    (void)state;
    world_open(&w);
    all_usable(&w);
    set_state(&w, "hs-1", 90, STATE_UNUSABLE, REASON_AP);
    c = council_of(&w, 100); /* 10 of 300 hours */
    assert_float_equal(council_hours_down(c, COUNCIL_THIS), 24, 1e-9);
    council_free(c);
    world_close(&w);
}

static void numbers_are_written_as_in_german(void **state)
{
    static const struct {
        double value;
        int decimals;
        const char *text;
    } rows[] = {{99.4249, 2, "99,42"}, {1234567, 0, "1.234.567"},
                {999.5, 0, "1.000"},   {-0.26, 1, "−0,3"},
                {-0.01, 1, "0,0"},     {NAN, 1, "–"},
                {1e15, 0, "–"},        {12, 0, "12"}};
    char text[32];

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        council_number(rows[i].value, rows[i].decimals, text);
        assert_string_equal(text, rows[i].text);
    }
    council_month_name("2026-03", text);
    assert_string_equal(text, "März 2026");
}

RUN_TESTS("test_council", cmocka_unit_test(an_outage_that_changes_its_cause_is_one_of_the_first_cause),
          cmocka_unit_test(a_site_is_served_while_one_of_its_hotspots_is),
          cmocka_unit_test(a_month_has_the_hours_of_its_time_zone_and_ends_now),
          cmocka_unit_test(down_is_scaled_to_thirty_days_of_what_was_measured),
          cmocka_unit_test(numbers_are_written_as_in_german))
