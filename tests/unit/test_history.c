/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_history.c - intervals, availability, incidents and commands from journal records. */
#include "tests/unit/cmocka_tests.h"

#include <math.h>
#include <sqlite3.h>
#include <stdio.h>
#include <unistd.h>

#include "lib/stores/history.h"
#include "tests/unit/temp_dir.h"

#define T0 (1700000000 * SECONDS)

static journal_pos next_pos(void **state)
{
    *state = (char *)*state + 1;
    return (journal_pos)(uintptr_t)*state + (1ull << 32);
}

static void feed(struct history *h, const char *partition, journal_pos pos, Nw__Record *r)
{
    struct buf b = BUF_INIT;

    assert_ok(record_pack(r, &b));
    assert_ok(history_record(h, partition, pos, b.data, b.len));
    buf_fini(&b);
}

static void feed_state(struct history *h, const char *partition, journal_pos pos, enum state state,
                       ns_t since)
{
    Nw__Record r = NW__RECORD__INIT;
    Nw__State s = NW__STATE__INIT;

    s.kind = (char *)"hotspot";
    s.id = (char *)"hs-1";
    s.state = state;
    s.since = (uint64_t)since;
    s.incident = (char *)(state == STATE_UNUSABLE ? "inc-1" : "");
    r.wall = (uint64_t)since;
    r.body_case = NW__RECORD__BODY_STATE;
    r.state = &s;
    feed(h, partition, pos, &r);
}

static void feed_heartbeat(struct history *h, journal_pos pos, ns_t wall)
{
    Nw__Record r = NW__RECORD__INIT;
    Nw__Heartbeat b = NW__HEARTBEAT__INIT;

    r.wall = (uint64_t)wall;
    r.body_case = NW__RECORD__BODY_HEARTBEAT;
    r.heartbeat = &b;
    feed(h, "alerts", pos, &r);
}

/* alerts is alive from begin to end. */
static void beat(struct history *h, void **state, ns_t begin, ns_t end)
{
    for (ns_t at = begin; at <= end; at += 30 * SECONDS)
        feed_heartbeat(h, next_pos(state), at);
}

static struct availability availability(struct history *h, ns_t from, ns_t to, ns_t now)
{
    struct availability a;

    assert_ok(history_availability(h, "hotspot", "hs-1", from, to, now, &a));
    assert_int_equal(a.up + a.down + a.unknown + a.maintenance, (to < now ? to : now) - from);
    return a;
}

static void unknown_never_counts_as_up(void **state)
{
    struct history *h;
    struct availability a;

    assert_ok(history_open(NULL, &h));
    a = availability(h, T0, T0 + HOURS, T0 + HOURS);
    assert_int_equal(a.unknown, HOURS);
    assert_true(isnan(availability_share(&a)));
    feed_state(h, "alerts", next_pos(state), STATE_USABLE, T0);
    beat(h, state, T0, T0 + 10 * MINUTES);
    feed_state(h, "alerts", next_pos(state), STATE_UNKNOWN, T0 + 10 * MINUTES);
    beat(h, state, T0 + 10 * MINUTES, T0 + 20 * MINUTES);
    feed_state(h, "alerts", next_pos(state), STATE_UNUSABLE, T0 + 20 * MINUTES);
    beat(h, state, T0 + 20 * MINUTES, T0 + 30 * MINUTES);
    a = availability(h, T0 - 10 * MINUTES, T0 + 30 * MINUTES, T0 + 30 * MINUTES);
    assert_int_equal(a.up, 10 * MINUTES);
    assert_int_equal(a.down, 10 * MINUTES);
    assert_int_equal(a.unknown, 20 * MINUTES);
    assert_true(availability_share(&a) == 0.5);
    assert_true(availability_completeness(&a) == 0.5);
    history_close(h);
}

static void time_in_which_nobody_looked_is_unknown(void **state)
{
    struct history *h;
    struct interval *intervals;
    struct availability a;
    size_t count;

    assert_ok(history_open(NULL, &h));
    feed_state(h, "alerts", next_pos(state), STATE_USABLE, T0);
    beat(h, state, T0, T0 + 10 * MINUTES);
    beat(h, state, T0 + 40 * MINUTES, T0 + 60 * MINUTES); /* alerts was down for half an hour */
    assert_ok(history_intervals(h, "hotspot", "hs-1", T0, T0 + HOURS, T0 + HOURS, 100, &intervals, &count));
    assert_int_equal(count, 3);
    assert_int_equal(intervals[1].state, STATE_UNKNOWN);
    assert_int_equal(intervals[1].reason, REASON_MONITOR_BLIND);
    assert_int_equal(intervals[1].from, T0 + 10 * MINUTES);
    assert_int_equal(intervals[1].to, T0 + 40 * MINUTES);
    free(intervals);
    a = availability(h, T0, T0 + 2 * HOURS, T0 + 2 * HOURS); /* nothing was heard for the second hour */
    assert_int_equal(a.up, 30 * MINUTES);
    assert_int_equal(a.unknown, 90 * MINUTES);
    history_close(h);
}

static void a_quick_restart_is_no_gap(void **state)
{
    struct history *h;
    struct availability a;

    assert_ok(history_open(NULL, &h));
    feed_state(h, "alerts", next_pos(state), STATE_USABLE, T0);
    beat(h, state, T0, T0 + 10 * MINUTES);
    beat(h, state, T0 + 10 * MINUTES + 45 * SECONDS, T0 + 20 * MINUTES + 45 * SECONDS);
    a = availability(h, T0, T0 + 20 * MINUTES, T0 + 20 * MINUTES);
    assert_int_equal(a.up, 20 * MINUTES);
    history_close(h);
}

static void back_filled_states_may_come_late(void **state)
{
    struct history *h;
    struct interval *intervals;
    size_t count;

    assert_ok(history_open(NULL, &h));
    feed_state(h, "alerts", next_pos(state), STATE_USABLE, T0);
    feed_state(h, "unit.history", next_pos(state), STATE_UNUSABLE, T0 - 2 * HOURS);
    feed_state(h, "unit.history", next_pos(state), STATE_USABLE, T0 - 3 * HOURS);
    feed_state(h, "unit.history", next_pos(state), STATE_MAINTENANCE, T0 - HOURS);
    assert_ok(history_intervals(h, "hotspot", "hs-1", T0 - 4 * HOURS, T0, T0, 100, &intervals, &count));
    assert_int_equal(count, 4);
    assert_int_equal(intervals[0].state, STATE_UNKNOWN);
    assert_int_equal(intervals[0].reason, REASON_NO_DATA);
    assert_int_equal(intervals[1].state, STATE_USABLE);
    assert_int_equal(intervals[2].state, STATE_UNUSABLE);
    assert_string_equal(intervals[2].incident, "inc-1");
    assert_int_equal(intervals[3].state, STATE_MAINTENANCE);
    free(intervals);
    assert_ok(history_intervals(h, "hotspot", "hs-1", T0 - 4 * HOURS, T0, T0, 2, &intervals, &count));
    assert_int_equal(count, 2);
    assert_int_equal(intervals[1].state, STATE_MAINTENANCE);
    free(intervals);
    history_close(h);
}

static void a_record_read_twice_changes_nothing(void **state)
{
    struct history *h;
    journal_pos pos = next_pos(state);

    assert_ok(history_open(NULL, &h));
    feed_state(h, "alerts", pos, STATE_USABLE, T0);
    feed_state(h, "alerts", pos, STATE_UNUSABLE, T0); /* the same place: was read before */
    beat(h, state, T0, T0 + MINUTES);
    assert_int_equal(availability(h, T0, T0 + MINUTES, T0 + MINUTES).up, MINUTES);
    history_close(h);
}

static void the_offsets_survive_with_the_rows(void **state)
{
    struct history *h;
    char path[256];
    void *counter = NULL;
    journal_pos pos;

    snprintf(path, sizeof path, "%s/history/history.db", (const char *)*state);
    assert_ok(history_open(path, &h));
    pos = next_pos(&counter);
    feed_state(h, "alerts", pos, STATE_USABLE, T0);
    beat(h, &counter, T0, T0 + MINUTES);
    assert_ok(history_commit(h));
    history_close(h);
    assert_ok(history_open(path, &h));
    feed_state(h, "alerts", pos, STATE_UNUSABLE, T0);
    assert_int_equal(availability(h, T0, T0 + MINUTES, T0 + MINUTES).up, MINUTES);
    history_close(h);
}

static void days_have_23_24_and_25_hours(void **state)
{
    static const struct {
        int64_t utc;
        int hours;
        const char *date;
    } days[] = {{1774738800, 23, "2026-03-29"},
                {1795305600, 24, "2026-11-22"},
                {1792882800 + 3600, 25, "2026-10-25"}};
    ns_t begin, end;
    char date[11], clock[6];

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(days); i++) {
        availability_day((days[i].utc + 3600) * SECONDS, &begin, &end, date);
        assert_string_equal(date, days[i].date);
        assert_int_equal((end - begin) / HOURS, days[i].hours);
    }
    availability_local((ns_t)1795305600 * SECONDS, date, clock);
    assert_string_equal(clock, "01:00");
    availability_local((ns_t)1782864000 * SECONDS, date, clock); /* 2026-07-01 00:00 UTC */
    assert_string_equal(date, "2026-07-01");
    assert_string_equal(clock, "02:00");
}

/* ---- incidents ---- */

static void feed_incident(struct history *h, journal_pos pos, const char *id, uint64_t sequence,
                          const char *event, ns_t closed)
{
    Nw__Record r = NW__RECORD__INIT;
    Nw__Incident i = NW__INCIDENT__INIT;
    Nw__Member cause = NW__MEMBER__INIT, member = NW__MEMBER__INIT, *members[] = {&member};

    cause.kind = (char *)"device";
    cause.id = (char *)"sw-1";
    cause.name = (char *)"Schrank";
    member.kind = (char *)"hotspot";
    member.id = (char *)"hs-1";
    i.id = (char *)(uintptr_t)id;
    i.sequence = sequence;
    i.event = (char *)(uintptr_t)event;
    i.severity = (char *)"major";
    i.type = (char *)"fibre_cut";
    i.cause = &cause;
    i.members = members;
    i.n_members = 1;
    i.opened = (uint64_t)T0;
    i.changed = (uint64_t)(T0 + (ns_t)sequence);
    i.closed = (uint64_t)closed;
    i.text_de = (char *)"Glasfaser am Schrank";
    r.wall = (uint64_t)T0;
    r.body_case = NW__RECORD__BODY_INCIDENT;
    r.incident = &i;
    feed(h, "alerts", pos, &r);
}

struct found {
    size_t count;
    uint64_t row;
    char first[65];
};

static bool on_incident(void *ctx, uint64_t row, const Nw__Incident *i)
{
    struct found *f = ctx;

    if (f->count++ == 0)
        snprintf(f->first, sizeof f->first, "%s", i->id);
    f->row = row;
    return true;
}

static size_t count_of(struct history *h, struct history_filter f, struct found *out)
{
    *out = (struct found){0};
    f.limit = f.limit ? f.limit : 100;
    assert_ok(history_incidents(h, &f, on_incident, out));
    return out->count;
}

static void on_event(void *ctx, const struct history_event *event)
{
    struct found *f = ctx;

    f->count++;
    snprintf(f->first, sizeof f->first, "%s", event->event);
}

static void incidents_are_found_by_filters_newest_first(void **state)
{
    struct history *h;
    struct found f;
    Nw__Incident *i;

    assert_ok(history_open(NULL, &h));
    feed_incident(h, next_pos(state), "inc-1", 1, "opened", 0);
    feed_incident(h, next_pos(state), "inc-2", 2, "opened", 0);
    feed_incident(h, next_pos(state), "inc-1", 3, "closed", T0 + HOURS);
    feed_incident(h, next_pos(state), "inc-1", 1, "opened", 0); /* appended again after a crash */
    assert_int_equal(count_of(h, (struct history_filter){.open = -1}, &f), 2);
    assert_string_equal(f.first, "inc-2");
    assert_int_equal(count_of(h, (struct history_filter){.open = 1}, &f), 1);
    assert_int_equal(count_of(h, (struct history_filter){.open = 0}, &f), 1);
    assert_string_equal(f.first, "inc-1");
    assert_int_equal(count_of(h, (struct history_filter){.open = -1, .severity = "minor,major"}, &f), 2);
    assert_int_equal(count_of(h, (struct history_filter){.open = -1, .severity = "majo"}, &f), 0);
    assert_int_equal(count_of(h, (struct history_filter){.open = -1, .member = "hs-1"}, &f), 2);
    assert_int_equal(count_of(h, (struct history_filter){.open = -1, .member = "hs"}, &f), 0);
    assert_int_equal(count_of(h, (struct history_filter){.open = -1, .text = "SCHRANK"}, &f), 2);
    assert_int_equal(count_of(h, (struct history_filter){.open = -1, .text = "' OR 1=1 --"}, &f), 0);
    assert_int_equal(count_of(h, (struct history_filter){.open = -1, .limit = 1}, &f), 1);
    assert_int_equal(count_of(h, (struct history_filter){.open = -1, .before = f.row}, &f), 1);
    assert_string_equal(f.first, "inc-1");
    assert_ok(history_incident(h, "inc-1", &i));
    assert_int_equal(i->sequence, 3);
    nw__incident__free_unpacked(i, NULL);
    assert_int_equal(history_incident(h, "inc-9", &i), ERR_NOT_FOUND);
    f = (struct found){0};
    assert_ok(history_incident_log(h, "inc-1", on_event, &f));
    assert_int_equal(f.count, 2);
    assert_string_equal(f.first, "closed");
    history_close(h);
}

/* ---- commands ---- */

static bool on_command(void *ctx, uint64_t row, const struct history_command *c)
{
    (void)row;
    snprintf(ctx, 64, "%s %s %s", c->verb, c->outcome, c->problem);
    return true;
}

static void feed_outcome(struct history *h, const char *partition, journal_pos pos, const char *id)
{
    Nw__Record r = NW__RECORD__INIT;
    Nw__Outcome o = NW__OUTCOME__INIT;

    o.command = (char *)(uintptr_t)id;
    o.outcome = (char *)"done";
    r.wall = (uint64_t)T0;
    r.body_case = NW__RECORD__BODY_OUTCOME;
    r.outcome = &o;
    feed(h, partition, pos, &r);
}

static void an_outcome_finds_its_command_in_either_order(void **state)
{
    struct history *h;
    Nw__Record r = NW__RECORD__INIT;
    Nw__Command c = NW__COMMAND__INIT;
    char text[64];

    assert_ok(history_open(NULL, &h));
    c.id = (char *)"c-1";
    c.verb = (char *)"acknowledge";
    r.wall = (uint64_t)T0;
    r.body_case = NW__RECORD__BODY_COMMAND;
    r.command = &c;
    feed(h, "dashboard", next_pos(state), &r);
    assert_ok(history_command(h, "c-1", on_command, text));
    assert_string_equal(text, "acknowledge pending ");
    feed_outcome(h, "alerts", next_pos(state), "c-1");
    assert_ok(history_command(h, "c-1", on_command, text));
    assert_string_equal(text, "acknowledge done ");
    c.id = (char *)"c-2";
    feed_outcome(h, "alerts", next_pos(state), "c-2");
    feed(h, "dashboard", next_pos(state), &r);
    assert_ok(history_command(h, "c-2", on_command, text));
    assert_string_equal(text, "acknowledge done ");
    feed_outcome(h, "collector", next_pos(state), "reprobe-1");
    assert_int_equal(history_command(h, "reprobe-1", on_command, text), ERR_NOT_FOUND);
    history_close(h);
}

static void feed_window(struct history *h, const char *partition, journal_pos pos, const char *id,
                        const char *by, const char *via)
{
    Nw__Record r = NW__RECORD__INIT;
    Nw__Command c = NW__COMMAND__INIT;

    c.id = (char *)(uintptr_t)id;
    c.by = (char *)(uintptr_t)by;
    c.via = (char *)(uintptr_t)via;
    c.verb = (char *)"maintenance";
    c.until = (uint64_t)(T0 + HOURS);
    c.announce = true;
    c.text_de = (char *)"Umbau";
    r.wall = (uint64_t)T0;
    r.body_case = NW__RECORD__BODY_COMMAND;
    r.command = &c;
    feed(h, partition, pos, &r);
}

static bool on_window(void *ctx, uint64_t row, const struct history_command *c)
{
    (void)row;
    snprintf(ctx, 64, "%s %s", c->via, c->is_announced ? c->text_de : "-");
    return true;
}

static void assert_window(struct history *h, const char *id, const char *expected)
{
    char text[64] = "";

    assert_ok(history_command(h, id, on_window, text));
    assert_string_equal(text, expected);
}

static void feed_end(struct history *h, journal_pos pos, const char *id, const char *window)
{
    Nw__Record r = NW__RECORD__INIT;
    Nw__Command c = NW__COMMAND__INIT;

    c.id = (char *)(uintptr_t)id;
    c.verb = (char *)"maintenance_end";
    c.via = (char *)"cli";
    c.target = (char *)(uintptr_t)window;
    r.wall = (uint64_t)T0;
    r.body_case = NW__RECORD__BODY_COMMAND;
    r.command = &c;
    feed(h, "cli", pos, &r);
}

static void the_end_of_a_window_is_found_whoever_ended_it(void **state)
{
    struct history *h;
    char text[64];

    assert_ok(history_open(NULL, &h));
    feed_window(h, "alerts", next_pos(state), "m-1", "NOC", "mqtt");
    assert_window(h, "m-1", "mqtt Umbau");
    feed_end(h, next_pos(state), "e-1", "m-2");
    assert_int_equal(history_command_of(h, "maintenance_end", "m-1", on_command, text), ERR_NOT_FOUND);
    feed_end(h, next_pos(state), "e-2", "m-1");
    assert_ok(history_command_of(h, "maintenance_end", "m-1", on_command, text));
    assert_string_equal(text, "maintenance_end pending ");
    history_close(h);
}

/* ---- hardware and firmware ---- */

static void note(struct history *h, ns_t at, const char *entity, const char *model, const char *version,
                 const char *serial)
{
    const struct history_asset a = {"ap-1", entity, model, version, serial};

    assert_ok(history_asset(h, at, &a));
}

static void on_change(void *ctx, const struct history_change *c)
{
    buf_printf(ctx, "%lld %s%s:%s>%s ", (long long)((c->at - T0) / SECONDS), c->entity, c->what, c->before,
               c->after);
}

static void assert_changes(struct history *h, const char *entity, size_t limit, const char *expected)
{
    struct buf b = BUF_INIT;

    buf_str(&b, "");
    assert_ok(history_asset_changes(h, "ap-1", entity, limit, on_change, &b));
    assert_string_equal(b.data ? b.data : "", expected);
    buf_fini(&b);
}

static void a_changed_serial_number_and_firmware_are_told_with_their_time(void **state)
{
    struct history *h;

    (void)state;
    assert_ok(history_open(NULL, &h));
    note(h, T0, "", "NL-3", "1.0", "A1");
    assert_changes(h, NULL, 10, "");
    note(h, T0 + 1 * SECONDS, "", "NL-3", "1.1", "A1");
    note(h, T0 + 2 * SECONDS, "", "NL-3", "1.1", "A2");
    note(h, T0 + 3 * SECONDS, "ap/a", "X", "2", "");
    note(h, T0 + 4 * SECONDS, "ap/a", "X", "3", "");
    assert_changes(h, NULL, 10, "4 ap/aversion:2>3 2 serial:A1>A2 1 version:1.0>1.1 ");
    assert_changes(h, "", 10, "2 serial:A1>A2 1 version:1.0>1.1 ");
    assert_changes(h, "ap/a", 10, "4 ap/aversion:2>3 ");
    assert_changes(h, NULL, 1, "4 ap/aversion:2>3 ");
    history_close(h);
}

static void what_is_not_known_is_no_change(void **state)
{
    struct history *h;

    (void)state;
    assert_ok(history_open(NULL, &h));
    note(h, T0, "", "", "", "");
    note(h, T0 + 1 * SECONDS, "", "NL-3", "1.0", "A1");
    note(h, T0 + 2 * SECONDS, "", "", "", "");
    note(h, T0 + 3 * SECONDS, "", "NL-3", "1.0", "A1");
    assert_changes(h, NULL, 10, "");
    note(h, T0 + 4 * SECONDS, "", "", "1.2", "");
    assert_changes(h, NULL, 10, "4 version:1.0>1.2 ");
    history_close(h);
}

/* After a restart the dashboard reads the last hours again. */
static void an_identity_read_again_is_no_change(void **state)
{
    struct history *h;
    char path[256];

    snprintf(path, sizeof path, "%s/history.db", (char *)*state);
    for (int round = 0; round < 2; round++) {
        assert_ok(history_open(path, &h));
        note(h, T0, "", "NL-3", "1.0", "A1");
        note(h, T0 + 1 * SECONDS, "", "NL-3", "1.1", "A1");
        note(h, T0 + 2 * SECONDS, "", "NL-3", "1.1", "A1");
        assert_changes(h, NULL, 10, "1 version:1.0>1.1 ");
        history_close(h);
    }
}

static void an_asset_that_changes_all_the_time_fills_no_disk(void **state)
{
    struct history *h;
    struct buf b = BUF_INIT;
    char version[16];
    size_t lines = 0;

    (void)state;
    assert_ok(history_open(NULL, &h));
    note(h, T0, "ap/other", "", "1", "");
    note(h, T0 + 1, "ap/other", "", "2", "");
    for (int i = 0; i < 300; i++) {
        snprintf(version, sizeof version, "1.%d", i);
        note(h, T0 + i * SECONDS, "", "NL-3", version, "A1");
    }
    assert_ok(history_asset_changes(h, "ap-1", "", 1000, on_change, &b));
    for (const char *p = b.data; (p = strchr(p, '>')) != NULL; p++)
        lines++;
    assert_int_equal(lines, 200);
    assert_true(strncmp(b.data, "299 version:1.298>1.299 ", 24) == 0);
    assert_changes(h, "ap/other", 10, "0 ap/otherversion:1>2 ");
    buf_fini(&b);
    history_close(h);
}

/* What netzwacht 0.1 wrote stays, and takes up the new tables. */
static void feed_report(struct history *h, journal_pos pos, ns_t wall, double lat, const char *category)
{
    Nw__Record r = NW__RECORD__INIT;
    Nw__CitizenReport report = NW__CITIZEN_REPORT__INIT;

    report.lat = lat;
    report.lon = 10;
    report.category = (char *)(uintptr_t)category;
    r.wall = (uint64_t)wall;
    r.body_case = NW__RECORD__BODY_REPORT;
    r.report = &report;
    feed(h, "public", pos, &r);
}

static bool list_report(void *ctx, uint64_t row, const struct history_report *r)
{
    buf_printf(ctx, "%llu:%s@%.1f ", (unsigned long long)row, r->category, r->lat);
    return true;
}

static void assert_reports(struct history *h, ns_t after, const char *categories, uint64_t before,
                           const char *expected)
{
    struct buf list = BUF_INIT;

    buf_str(&list, "");
    assert_ok(history_reports(h, after, categories, before, 10, list_report, &list));
    assert_string_equal(list.data ? list.data : "", expected);
    buf_fini(&list);
}

static void reports_of_citizens_are_listed_newest_first_and_forgotten_when_old(void **state)
{
    struct history *h;

    (void)state;
    assert_ok(history_open(NULL, &h));
    feed_report(h, 10, T0, 53.7, "broken");
    feed_report(h, 20, T0 + DAYS, 53.8, "dead_spot");
    feed_report(h, 20, T0 + DAYS, 53.8, "dead_spot"); /* read again */
    feed_report(h, 30, T0 + 2 * DAYS, NAN, "slow");   /* nowhere */
    feed_report(h, 40, T0 + 3 * DAYS, 53.9, "slow");
    assert_reports(h, 0, NULL, 0, "3:slow@53.9 2:dead_spot@53.8 1:broken@53.7 ");
    assert_reports(h, 0, "broken,dead_spot", 0, "2:dead_spot@53.8 1:broken@53.7 ");
    assert_reports(h, T0 + DAYS, NULL, 3, "2:dead_spot@53.8 ");
    assert_ok(history_drop_reports(h, T0 + DAYS));
    assert_reports(h, 0, NULL, 0, "3:slow@53.9 2:dead_spot@53.8 ");
    history_close(h);
}

static void a_database_of_the_first_version_is_taken_over(void **state)
{
    struct history *h;
    sqlite3 *db;
    char path[256];

    snprintf(path, sizeof path, "%s/history.db", (char *)*state);
    assert_ok(history_open(path, &h));
    feed_state(h, "alerts", 5, STATE_USABLE, T0);
    assert_ok(history_commit(h));
    history_close(h);
    assert_ok(sqlite3_open(path, &db));
    assert_ok(sqlite3_exec(
        db,
        "DROP TABLE assets; DROP TABLE asset_changes; DROP TABLE reports; DROP INDEX commands_of;"
        "ALTER TABLE commands DROP COLUMN announce;"
        "ALTER TABLE commands DROP COLUMN text_de;"
        "ALTER TABLE commands DROP COLUMN text_en; PRAGMA user_version = 1",
        NULL, NULL, NULL));
    assert_ok(sqlite3_close(db));
    assert_ok(history_open(path, &h));
    note(h, T0, "", "NL-3", "1.0", "A1");
    note(h, T0 + 1 * SECONDS, "", "NL-3", "1.0", "A2");
    assert_changes(h, NULL, 10, "1 serial:A1>A2 ");
    feed_window(h, "alerts", 6, "m-1", "NOC", "mqtt");
    assert_window(h, "m-1", "mqtt Umbau");
    feed_report(h, 7, T0, 53.7, "slow");
    assert_reports(h, 0, NULL, 0, "1:slow@53.7 ");
    history_close(h);
}

/* A report reads what a daemon is writing, goes on from there for itself, and leaves no trace. */
static void a_copy_goes_on_by_itself(void **state)
{
    struct history *h, *copy;
    char path[256];
    ns_t now = T0 + 2 * MINUTES;

    snprintf(path, sizeof path, "%s/nothing.db", (char *)*state);
    assert_int_equal(history_open_copy(path, &copy), ERR_NOT_FOUND);
    assert_int_equal(access(path, F_OK), -1);
    snprintf(path, sizeof path, "%s/history.db", (char *)*state);
    assert_ok(history_open(path, &h));
    feed_state(h, "alerts", 5, STATE_USABLE, T0);
    feed_heartbeat(h, 6, T0 + MINUTES);
    assert_ok(history_commit(h));
    feed_state(h, "alerts", 7, STATE_UNUSABLE, T0 + MINUTES); /* not committed yet */
    assert_ok(history_open_copy(path, &copy));
    assert_int_equal(availability(copy, T0, T0 + MINUTES, now).up, MINUTES);
    feed_state(copy, "alerts", 5, STATE_UNUSABLE, T0); /* the offsets came along: it is known */
    feed_heartbeat(copy, 8, now);
    assert_ok(history_commit(copy));
    assert_int_equal(availability(copy, T0, now, now).up, 2 * MINUTES);
    history_close(copy);
    assert_ok(history_commit(h));
    assert_int_equal(availability(h, T0, now, now).up, MINUTES);
    history_close(h);
}

RUN_TESTS(
    "history", cmocka_unit_test(unknown_never_counts_as_up),
    cmocka_unit_test(time_in_which_nobody_looked_is_unknown), cmocka_unit_test(a_quick_restart_is_no_gap),
    cmocka_unit_test(back_filled_states_may_come_late), cmocka_unit_test(a_record_read_twice_changes_nothing),
    cmocka_unit_test_setup_teardown(the_offsets_survive_with_the_rows, temp_dir_setup, temp_dir_teardown),
    cmocka_unit_test(a_changed_serial_number_and_firmware_are_told_with_their_time),
    cmocka_unit_test(what_is_not_known_is_no_change),
    cmocka_unit_test_setup_teardown(an_identity_read_again_is_no_change, temp_dir_setup, temp_dir_teardown),
    cmocka_unit_test(an_asset_that_changes_all_the_time_fills_no_disk),
    cmocka_unit_test_setup_teardown(a_database_of_the_first_version_is_taken_over, temp_dir_setup,
                                    temp_dir_teardown),
    cmocka_unit_test(reports_of_citizens_are_listed_newest_first_and_forgotten_when_old),
    cmocka_unit_test(days_have_23_24_and_25_hours),
    cmocka_unit_test(incidents_are_found_by_filters_newest_first),
    cmocka_unit_test(an_outcome_finds_its_command_in_either_order),
    cmocka_unit_test(the_end_of_a_window_is_found_whoever_ended_it),
    cmocka_unit_test_setup_teardown(a_copy_goes_on_by_itself, temp_dir_setup, temp_dir_teardown))
