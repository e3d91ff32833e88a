/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_snapshot.c - what is now, recent events, and the public page made of it. */
#include "tests/unit/cmocka_tests.h"

#include <math.h>
#include <stdio.h>

#include "dashboards/events.h"
#include "dashboards/public_maintenance.h"
#include "dashboards/public_page.h"
#include "dashboards/snapshot.h"
#include "lib/model/metric.h"
#include "tests/unit/temp_dir.h"

#define T0 (1700000000 * SECONDS)

static const char inventory_text[] =
    "sites:\n"
    "  - {id: lido, name: Freibad, district: harksheide, kind: public, lat: 53.71, lon: 10.01}\n"
    "devices:\n"
    "  - {id: core, address: 127.16.0.1, kind: router, core: true}\n"
    "  - {id: ap-1, address: 127.16.0.3, kind: ap, uplink: core}\n"
    "  - {id: wlc-1, address: 127.16.0.4, kind: controller, uplink: core}\n"
    "hotspots:\n"
    "  - {id: hs-1, name: Becken, site: lido, device: ap-1}\n"
    "  - {id: hs-2, name: Kiosk, site: lido, device: wlc-1, entity: 'ap/a', uplink: core}\n"
    "  - {id: hs-3, name: Kasse, site: lido, device: wlc-1, entity: 'ap/b', uplink: core}\n"
    "  - {id: hs-4, name: Liegewiese, site: lido, entity: 'ap/02:00:00:00:00:04', uplink: core}\n";
static const char districts_text[] = "{\"type\":\"FeatureCollection\",\"features\":[{\"type\":\"Feature\","
                                     "\"properties\":{\"id\":\"harksheide\","
                                     "\"name\":\"Harksheide\"},\"geometry\":{\"type\":\"Polygon\","
                                     "\"coordinates\":[[[10,53.7],[10.1,53.7],[10.1,53.8],"
                                     "[10,53.8],[10,53.7]]]}}]}";

struct world {
    void *dir;
    struct inventory *inventory;
    struct snapshot *snapshot;
};

static void put(const char *path, const char *text)
{
    FILE *f = fopen(path, "w");

    assert_non_null(f);
    fputs(text, f);
    assert_ok(fclose(f));
}

static int setup(void **state)
{
    struct world *w = calloc(1, sizeof *w);
    struct conf_report *report;
    char inventory[256], districts[256];
    const char *path = inventory;

    if (!w || temp_dir_setup(&w->dir))
        return -1;
    snprintf(inventory, sizeof inventory, "%s/inventory.yaml", (char *)w->dir);
    snprintf(districts, sizeof districts, "%s/districts.geojson", (char *)w->dir);
    put(inventory, inventory_text);
    put(districts, districts_text);
    assert_ok(conf_report_new(&report));
    if (inventory_load(&path, 1, districts, report, &w->inventory))
        fail_msg("%s", conf_report_text(report));
    conf_report_free(report);
    assert_ok(snapshot_new(w->inventory, &w->snapshot));
    *state = w;
    return 0;
}

static int teardown(void **state)
{
    struct world *w = *state;

    snapshot_free(w->snapshot);
    inventory_free(w->inventory);
    temp_dir_teardown(&w->dir);
    free(w);
    return 0;
}

static void feed_state_of(struct world *w, const char *partition, const char *kind, const char *id,
                          enum state state, ns_t since)
{
    Nw__Record r = NW__RECORD__INIT;
    Nw__State s = NW__STATE__INIT;

    s.kind = (char *)(uintptr_t)kind;
    s.id = (char *)(uintptr_t)id;
    s.state = state;
    s.since = (uint64_t)since;
    s.clients = NAN;
    r.wall = (uint64_t)since;
    r.body_case = NW__RECORD__BODY_STATE;
    r.state = &s;
    assert_ok(snapshot_record(w->snapshot, partition, &r, since));
}

static void feed_state(struct world *w, const char *partition, const char *id, enum state state, ns_t since)
{
    feed_state_of(w, partition, "hotspot", id, state, since);
}

struct entity_row {
    const char *id, *kind;
    enum metric metric;
};

/* One round of a device with one series per entity. */
static void feed_samples(struct world *w, const char *partition, const char *source,
                         const struct entity_row *rows, double *values, size_t count, ns_t at, ns_t now)
{
    Nw__Record r = NW__RECORD__INIT;
    Nw__Samples s = NW__SAMPLES__INIT;
    Nw__Table t = NW__TABLE__INIT;
    Nw__Entity entities[8], *entity_list[8];
    Nw__Series series[8], *series_list[8];

    for (size_t i = 0; rows && i < count; i++) {
        nw__entity__init(&entities[i]);
        nw__series__init(&series[i]);
        entities[i].id = (char *)(uintptr_t)rows[i].id;
        entities[i].kind = (char *)(uintptr_t)rows[i].kind;
        series[i].entity = (uint32_t)i;
        series[i].metric = rows[i].metric;
        entity_list[i] = &entities[i];
        series_list[i] = &series[i];
    }
    t.entities = entity_list;
    t.n_entities = count;
    t.series = series_list;
    t.n_series = count;
    s.source = (char *)(uintptr_t)source;
    s.started = (uint64_t)at;
    s.values = values;
    s.n_values = count;
    s.table = rows ? &t : NULL;
    r.wall = (uint64_t)at;
    r.body_case = NW__RECORD__BODY_SAMPLES;
    r.samples = &s;
    assert_ok(snapshot_record(w->snapshot, partition, &r, now));
}

static void a_state_is_unknown_until_alerts_says_otherwise(void **state)
{
    struct world *w = *state;

    assert_int_equal(snapshot_hotspot(w->snapshot, 0)->state, STATE_UNKNOWN);
    assert_int_equal(snapshot_hotspot(w->snapshot, 0)->since, 0);
    feed_state(w, "alerts", "hs-1", STATE_USABLE, T0);
    assert_int_equal(snapshot_hotspot(w->snapshot, 0)->state, STATE_USABLE);
    assert_int_equal(snapshot_hotspot(w->snapshot, 0)->since, T0);
    feed_state(w, "alerts", "hs-of-another-city", STATE_USABLE, T0);
    assert_int_equal(snapshot_hotspot(w->snapshot, 1)->state, STATE_UNKNOWN);
}

static void a_place_has_the_state_that_alerts_gives_it(void **state)
{
    struct world *w = *state;

    assert_int_equal(snapshot_site(w->snapshot, 0)->state, STATE_UNKNOWN);
    feed_state_of(w, "alerts", "site", "lido", STATE_DEGRADED, T0);
    feed_state_of(w, "alerts", "site", "of-another-city", STATE_UNUSABLE, T0);
    assert_int_equal(snapshot_site(w->snapshot, 0)->state, STATE_DEGRADED);
    assert_int_equal(snapshot_site(w->snapshot, 0)->since, T0);
    assert_int_equal(snapshot_hotspot(w->snapshot, 0)->state, STATE_UNKNOWN);
}

static void back_filled_history_is_not_now(void **state)
{
    struct world *w = *state;
    const struct entity_row rows[] = {{"radio/0", "radio", METRIC_CLIENTS}};
    double old[] = {99}, fresh[] = {4};

    feed_state(w, "unit.history", "hs-1", STATE_UNUSABLE, T0 - DAYS);
    assert_int_equal(snapshot_hotspot(w->snapshot, 0)->state, STATE_UNKNOWN);
    feed_samples(w, "unit.history", "ap-1", rows, old, 1, T0 - DAYS, T0);
    assert_null(snapshot_source(w->snapshot, "ap-1"));
    feed_samples(w, "unit.probe-7", "ap-1", rows, fresh, 1, T0 - MINUTES, T0);
    assert_non_null(snapshot_source(w->snapshot, "ap-1"));
}

static void clients_of_radios_and_ssids_are_not_added_up_twice(void **state)
{
    struct world *w = *state;
    const struct entity_row rows[] = {{"radio/0", "radio", METRIC_CLIENTS},
                                      {"radio/1", "radio", METRIC_CLIENTS},
                                      {"ssid/0", "ssid", METRIC_CLIENTS}};
    double values[] = {3, 4, 7}, partly[] = {3, NAN, 7}, nothing[] = {NAN, NAN, NAN};

    feed_state(w, "alerts", "hs-1", STATE_USABLE, T0);
    assert_true(isnan(snapshot_clients(w->snapshot, 0)));
    feed_samples(w, "collector", "ap-1", rows, values, 3, T0, T0);
    assert_true(snapshot_clients(w->snapshot, 0) == 7);
    feed_samples(w, "collector", "ap-1", NULL, partly, 3, T0 + 1, T0 + 1);
    assert_true(snapshot_clients(w->snapshot, 0) == 3);
    feed_samples(w, "collector", "ap-1", NULL, nothing, 3, T0 + 2, T0 + 2);
    assert_true(isnan(snapshot_clients(w->snapshot, 0)));
    feed_samples(w, "collector", "ap-1", NULL, values, 3, T0 + 3, T0 + 3);
    feed_state(w, "alerts", "hs-1", STATE_UNUSABLE, T0 + 4);
    assert_true(isnan(snapshot_clients(w->snapshot, 0)));
}

static void rows_of_a_controller_go_to_their_hotspots(void **state)
{
    struct world *w = *state;
    const struct entity_row rows[] = {
        {"ap/b", "ap", METRIC_CLIENTS}, {"ap/a", "ap", METRIC_CLIENTS}, {"ap/c", "ap", METRIC_CLIENTS}};
    double values[] = {20, 10, 30};

    feed_state(w, "alerts", "hs-2", STATE_USABLE, T0);
    feed_state(w, "alerts", "hs-3", STATE_DEGRADED, T0);
    feed_samples(w, "collector", "wlc-1", rows, values, 3, T0, T0);
    assert_true(snapshot_clients(w->snapshot, 1) == 10);
    assert_true(snapshot_clients(w->snapshot, 2) == 20);
    assert_true(isnan(snapshot_clients(w->snapshot, 0)));
}

static void a_hotspot_is_where_the_controller_that_speaks_for_it_is(void **state)
{
    struct world *w = *state;
    const struct entity_row rows[] = {{"ap/02:00:00:00:00:04", "ap", METRIC_CLIENTS}};
    double known[] = {7}, muted[] = {NAN}, moved[] = {9};

    feed_state(w, "alerts", "hs-4", STATE_USABLE, T0);
    assert_null(snapshot_speaker(w->snapshot, 3)); /* it has no device of its own */
    feed_samples(w, "collector", "wlc-1", rows, known, 1, T0, T0);
    feed_samples(w, "collector", "core", rows, muted, 1, T0 + 1, T0 + 1);
    assert_true(snapshot_clients(w->snapshot, 3) == 7);
    assert_string_equal(snapshot_speaker(w->snapshot, 3)->id, "wlc-1");
    feed_samples(w, "collector", "core", rows, moved, 1, T0 + 2, T0 + 2);
    feed_samples(w, "collector", "wlc-1", rows, muted, 1, T0 + 3, T0 + 3);
    assert_true(snapshot_clients(w->snapshot, 3) == 9);
    assert_string_equal(snapshot_speaker(w->snapshot, 3)->id, "core");
    feed_samples(w, "collector", "core", rows, muted, 1, T0 + 4, T0 + 4);
    assert_true(isnan(snapshot_clients(w->snapshot, 3)));
}

static void late_samples_do_not_turn_time_back(void **state)
{
    struct world *w = *state;
    const struct entity_row rows[] = {{"radio/0", "radio", METRIC_CLIENTS}};
    double one[] = {1}, two[] = {2};

    feed_samples(w, "collector", "ap-1", rows, two, 1, T0 + 10, T0 + 10);
    feed_samples(w, "collector", "ap-1", rows, one, 1, T0, T0 + 11);
    assert_true(snapshot_source(w->snapshot, "ap-1")->values[0] == 2);
    assert_int_equal(snapshot_source(w->snapshot, "ap-1")->at, T0 + 10);
}

static void open_incidents_are_counted_until_they_close(void **state)
{
    struct world *w = *state;
    struct snap_incidents n;
    Nw__Incident i = NW__INCIDENT__INIT;

    i.id = (char *)"inc-1";
    i.severity = (char *)"critical";
    snapshot_incident(w->snapshot, &i);
    snapshot_incident(w->snapshot, &i);
    snapshot_incidents(w->snapshot, &n);
    assert_int_equal(n.open, 1);
    assert_int_equal(n.critical, 1);
    assert_int_equal(n.unacknowledged, 1);
    i.operator_state = (char *)"acknowledged";
    snapshot_incident(w->snapshot, &i);
    snapshot_incidents(w->snapshot, &n);
    assert_int_equal(n.unacknowledged, 0);
    i.closed = T0;
    snapshot_incident(w->snapshot, &i);
    snapshot_incidents(w->snapshot, &n);
    assert_int_equal(n.open, 0);
}

/* ---- events ---- */

static void events_after_an_id_are_given_again(void **state)
{
    struct events *e;
    struct buf frame = BUF_INIT, out = BUF_INIT;

    (void)state;
    assert_ok(events_new(&e));
    events_start(e, 100);
    for (uint64_t id = 101; id <= 105; id++) {
        buf_clear(&frame);
        events_frame(&frame, id, "state", "{\"a\":1}");
        assert_ok(events_push(e, id, T0, frame.data, frame.len));
    }
    assert_true(events_after(e, 103, &out));
    assert_string_equal(
        out.data, "id: 104\nevent: state\ndata: {\"a\":1}\n\nid: 105\nevent: state\ndata: {\"a\":1}\n\n");
    buf_clear(&out);
    assert_true(events_after(e, 100, &out));
    assert_true(events_after(e, 105, &out));
    assert_false(events_after(e, 99, &out));
    buf_fini(&frame);
    buf_fini(&out);
    events_free(e);
}

static void events_are_kept_for_at_least_ten_minutes(void **state)
{
    struct events *e;
    struct buf out = BUF_INIT;

    (void)state;
    assert_ok(events_new(&e));
    for (int i = 0; i < 30; i++)
        assert_ok(events_push(e, (uint64_t)i + 1, T0 + i * MINUTES, "x\n\n", 3));
    assert_true(events_after(e, 20, &out));
    assert_int_equal(out.len, 30);
    assert_false(events_after(e, 10, &out));
    assert_true(events_count(e) < 20);
    buf_fini(&out);
    events_free(e);
}

/* ---- the public page ---- */

static const char *const hostile[] = {"<script>alert(1)</script>",
                                      "\"><img src=x onerror=alert(1)>",
                                      "' onmouseover='x",
                                      "</title><svg/onload=alert(1)>",
                                      "&lt;b&gt;",
                                      "javascript:alert(1)<",
                                      "a\x01\x1b[31m<b>",
                                      "\xff\xfe<i>",
                                      "<!--",
                                      "]]>"};

static struct public_model model_of(struct world *w, struct public_hotspot *h, struct public_district *d,
                                    struct public_incident *i, const char *text)
{
    static const struct public_hotspot *sorted[1];

    sorted[0] = h;
    *h = (struct public_hotspot){.id = text,
                                 .name = text,
                                 .site = text,
                                 .district = 0,
                                 .at = {53.71, 10.01},
                                 .state = STATE_UNUSABLE,
                                 .reason = REASON_FIBRE,
                                 .since = T0,
                                 .load = LOAD_LOW};
    *d = (struct public_district){.outline = inventory_districts(w->inventory, &(size_t){0})};
    *i = (struct public_incident){
        .id = text, .opened = T0, .changed = T0, .reason = REASON_FIBRE, .affected = 3, .districts = text};
    return (struct public_model){.title = text,
                                 .instance = text,
                                 .now = T0,
                                 .hotspots = h,
                                 .hotspot_count = 1,
                                 .by_name = sorted,
                                 .url = text,
                                 .licence = {text, text, text},
                                 .statements = {{.text = text}, {.address = text}},
                                 .districts = d,
                                 .district_count = 1,
                                 .incidents = i,
                                 .incident_count = 1};
}

/* Any '<' of the text itself must have become an entity: what is left are the page's own tags. */
static void assert_harmless(const struct buf *page, const char *text)
{
    static const char *const never[] = {"<script>", "<img src=x", "<svg/", "<b>",  "<i>",
                                        "<!--",     "]]>",        "\x1b",  "\x01", "\"><img"};

    assert_ok(buf_error(page));
    for (size_t i = 0; i < ARRAY_LEN(never); i++)
        if (strstr(page->data, never[i]) && strstr(text, never[i]))
            fail_msg("%s stands in the page", never[i]);
    assert_null(strstr(page->data, "' onmouseover"));
}

struct announcement {
    Nw__Announcement pb, *items[1];
    Nw__Span spans[3], *span_list[3];
    char *hotspots[3];
    Nw__Announcements list;
};

/* One that ran yesterday, runs now, and will in 15 days: at the lido. */
static void announce(struct announcement *a, char *text)
{
    const ns_t begins[] = {T0 - DAYS, T0 - HOURS, T0 + 15 * DAYS};

    *a = (struct announcement){.hotspots = {"hs-1", "hs-2", "gone"}};
    nw__announcement__init(&a->pb);
    nw__announcements__init(&a->list);
    a->pb.id = "wlc-1";
    a->pb.text_de = text;
    a->pb.hotspots = a->hotspots;
    a->pb.n_hotspots = 3;
    for (size_t i = 0; i < 3; i++) {
        nw__span__init(&a->spans[i]);
        a->spans[i].begin = (uint64_t)begins[i];
        a->spans[i].until = (uint64_t)(begins[i] + 2 * HOURS);
        a->span_list[i] = &a->spans[i];
    }
    a->pb.spans = a->span_list;
    a->pb.n_spans = 3;
    a->items[0] = &a->pb;
    a->list.items = a->items;
    a->list.n_items = 1;
}

static void announced_maintenance_says_where_and_when_and_never_at_what(void **state)
{
    struct world *w = *state;
    struct public_maintenance_list list = {0};
    struct announcement a;
    struct buf page = BUF_INIT;

    announce(&a, "Neue Technik");
    assert_ok(public_maintenance_fill(&a.list, w->inventory, T0, &list));
    assert_int_equal(list.count, 1);
    assert_int_equal(list.items[0].span_count, 1);
    assert_string_equal(list.items[0].places, "Freibad (Harksheide)");
    public_maintenance_html(&page, &list, LANG_DE);
    assert_non_null(strstr(page.data, ">14.11.2023, 22:13</time> – <time datetime=\"2023-11-14T23:13"));
    assert_non_null(strstr(page.data, ">15.11.2023, 00:13</time> Uhr"));
    assert_null(strstr(page.data, "wlc-1"));
    buf_clear(&page);
    public_maintenance_json(&page, &list, T0);
    assert_non_null(strstr(page.data, "\"places\":\"Freibad (Harksheide)\""));
    assert_non_null(strstr(page.data, "\"en\":\"Neue Technik\"")); /* one language serves both */
    assert_null(strstr(page.data, "wlc-1"));
    buf_clear(&page);
    a.pb.is_everywhere = true;
    assert_ok(public_maintenance_fill(&a.list, w->inventory, T0, &list));
    public_maintenance_html(&page, &list, LANG_EN);
    assert_non_null(strstr(page.data, "Whole city"));
    assert_non_null(strstr(page.data, "<td lang=\"de\">Neue Technik</td>"));
    public_maintenance_fini(&list);
    buf_fini(&page);
}

static void maintenance_of_what_is_not_published_or_is_over_is_not_shown(void **state)
{
    struct world *w = *state;
    struct public_maintenance_list list = {0};
    struct announcement a;
    struct buf page = BUF_INIT;

    announce(&a, "");
    assert_ok(public_maintenance_fill(&a.list, w->inventory, T0 + HOURS, &list));
    assert_int_equal(list.count, 0); /* it has just ended */
    for (size_t i = 0; i < 2; i++)
        ((struct hotspot *)(uintptr_t)inventory_hotspot(w->inventory, a.hotspots[i]))->is_published = false;
    assert_ok(public_maintenance_fill(&a.list, w->inventory, T0, &list));
    assert_int_equal(list.count, 0);
    public_maintenance_html(&page, &list, LANG_DE);
    assert_int_equal(page.len, 0);
    public_maintenance_fini(&list);
    buf_fini(&page);
}

static void hostile_names_are_escaped_on_every_page(void **state)
{
    struct world *w = *state;
    struct public_hotspot h;
    struct public_district d;
    struct public_incident i;
    struct buf page = BUF_INIT;

    for (size_t k = 0; k < ARRAY_LEN(hostile); k++) {
        struct public_model m = model_of(w, &h, &d, &i, hostile[k]);
        struct public_span span = {T0, T0 + HOURS};
        struct public_maintenance one = {(char *)(uintptr_t)hostile[k], (char *)(uintptr_t)hostile[k],
                                         (char *)(uintptr_t)hostile[k], &span, 1};
        struct public_maintenance_list maintenance = {&one, 1};
        m.maintenance = &maintenance;
        void (*const render[])(struct buf *, const struct public_model *) = {
            public_page_hotspots_json,    public_page_incidents_json, public_page_maintenance_json,
            public_page_hotspots_geojson, public_page_feed,           public_page_map};
        for (size_t r = 0; r < ARRAY_LEN(render); r++) {
            buf_clear(&page);
            render[r](&page, &m);
            assert_harmless(&page, hostile[k]);
        }
        for (int lang = LANG_DE; lang <= LANG_EN; lang++) {
            buf_clear(&page);
            public_page_index(&page, &m, (enum language)lang);
            assert_harmless(&page, hostile[k]);
            buf_clear(&page);
            public_page_district(&page, &m, 0, (enum language)lang);
            assert_harmless(&page, hostile[k]);
            buf_clear(&page);
            public_page_letter(&page, &m, public_letter_of(hostile[k]), (enum language)lang);
            assert_harmless(&page, hostile[k]);
            buf_clear(&page);
            public_page_embed(&page, &m, (enum language)lang);
            public_page_data(&page, &m, (enum language)lang);
            public_page_statement(&page, &m, STATEMENT_IMPRINT);
            assert_harmless(&page, hostile[k]);
        }
    }
    buf_fini(&page);
}

static void load_is_a_class_and_never_a_number(void **state)
{
    (void)state;
    assert_int_equal(load_class(NAN), LOAD_UNKNOWN);
    assert_int_equal(load_class(0), LOAD_LOW);
    assert_int_equal(load_class(4), LOAD_LOW);
    assert_int_equal(load_class(5), LOAD_MEDIUM);
    assert_int_equal(load_class(20), LOAD_HIGH);
}

static void the_page_says_when_nobody_is_looking(void **state)
{
    struct world *w = *state;
    struct public_hotspot h;
    struct public_district d;
    struct public_incident i;
    struct public_model m = model_of(w, &h, &d, &i, "Teststadt");
    struct buf page = BUF_INIT;

    public_page_index(&page, &m, LANG_DE);
    assert_null(strstr(page.data, "keine Daten"));
    assert_non_null(strstr(page.data, "14.11.2023, 23:13 Uhr")); /* T0 in Berlin */
    buf_clear(&page);
    m.is_blind = true;
    public_page_index(&page, &m, LANG_DE);
    assert_non_null(strstr(page.data, "keine Daten"));
    buf_fini(&page);
}

#define WITH_WORLD(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

RUN_TESTS("snapshot", WITH_WORLD(a_state_is_unknown_until_alerts_says_otherwise),
          WITH_WORLD(a_place_has_the_state_that_alerts_gives_it), WITH_WORLD(back_filled_history_is_not_now),
          WITH_WORLD(clients_of_radios_and_ssids_are_not_added_up_twice),
          WITH_WORLD(rows_of_a_controller_go_to_their_hotspots),
          WITH_WORLD(a_hotspot_is_where_the_controller_that_speaks_for_it_is),
          WITH_WORLD(late_samples_do_not_turn_time_back),
          WITH_WORLD(open_incidents_are_counted_until_they_close),
          cmocka_unit_test(events_after_an_id_are_given_again),
          cmocka_unit_test(events_are_kept_for_at_least_ten_minutes),
          WITH_WORLD(announced_maintenance_says_where_and_when_and_never_at_what),
          WITH_WORLD(maintenance_of_what_is_not_published_or_is_over_is_not_shown),
          WITH_WORLD(hostile_names_are_escaped_on_every_page),
          cmocka_unit_test(load_is_a_class_and_never_a_number),
          WITH_WORLD(the_page_says_when_nobody_is_looking))
