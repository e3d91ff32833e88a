/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_public.c - the citizens' pages of a city of any size: lists, bars, open data, words of the operator.
 */
#include "tests/unit/cmocka_tests.h"

#include <stdio.h>

#include "dashboards/http_io.h"
#include "dashboards/public_days.h"
#include "dashboards/public_io.h"
#include "dashboards/public_maintenance.h"
#include "dashboards/public_page.h"
#include "dashboards/public_parts.h"
#include "dashboards/public_server.h"
#include "dashboards/report_form.h"
#include "tests/unit/temp_dir.h"

#define T0 (1700000000 * SECONDS)

enum { DISTRICTS = 40, HOTSPOTS = 5000, INCIDENTS = 100 };

struct town {
    char *dir;
    struct public_hotspot hotspots[HOTSPOTS];
    const struct public_hotspot *sorted[HOTSPOTS];
    char names[HOTSPOTS][48], ids[HOTSPOTS][16], district_names[DISTRICTS][32];
    struct geo_point corners[DISTRICTS][5];
    struct geo_ring rings[DISTRICTS];
    struct district outlines[DISTRICTS];
    struct public_district districts[DISTRICTS];
    struct public_day days[DISTRICTS + 1][PUBLIC_DAYS];
    struct public_incident incidents[INCIDENTS];
    struct public_model m;
    struct buf page;
};

static void fill_days(struct public_day *days, unsigned seed)
{
    for (int i = 0; i < PUBLIC_DAYS; i++) {
        snprintf(days[i].date, sizeof days[i].date, "2023-%02d-%02d", 8 + i / 30, 1 + i % 30);
        days[i].a =
            (struct availability){.up = (ns_t)(23 * HOURS + (seed * 31 + (unsigned)i * 17) % 60 * MINUTES),
                                  .down = (ns_t)((seed * 13 + (unsigned)i * 7) % 90 * SECONDS),
                                  .unknown = (ns_t)((seed + (unsigned)i) % 9 * MINUTES)};
    }
}

static void fill_district(struct town *t, size_t d)
{
    double lat = 53.6 + 0.02 * (double)(d / 8), lon = 9.9 + 0.03 * (double)(d % 8);
    const struct geo_point corners[5] = {
        {lat, lon}, {lat, lon + 0.03}, {lat + 0.02, lon + 0.03}, {lat + 0.02, lon}, {lat, lon}};

    memcpy(t->corners[d], corners, sizeof corners);
    t->rings[d] = (struct geo_ring){.points = t->corners[d], .count = 5};
    snprintf(t->district_names[d], sizeof t->district_names[d], "Stadtteil-%zu", d);
    t->outlines[d] = (struct district){
        .id = t->district_names[d], .name = t->district_names[d], .rings = &t->rings[d], .ring_count = 1};
    fill_days(t->days[d + 1], (unsigned)d);
    t->districts[d] = (struct public_district){.outline = &t->outlines[d], .days = t->days[d + 1]};
    public_days_sum(t->days[d + 1], 30, &t->districts[d].availability);
}

static void fill_hotspot(struct town *t, size_t i)
{
    static const char *const beginnings[] = {"Ärztehaus", "Rathaus",   "Übergang", "Öffentliche Bücherei",
                                             "5. Straße", "zum Markt", "Ost"};

    snprintf(t->names[i], sizeof t->names[i], "%s %zu", beginnings[i % ARRAY_LEN(beginnings)], i);
    snprintf(t->ids[i], sizeof t->ids[i], "hs-%04zu", i);
    t->hotspots[i] =
        (struct public_hotspot){.id = t->ids[i],
                                .name = t->names[i],
                                .site = "",
                                .district = i % DISTRICTS,
                                .at = {53.6 + 0.00002 * (double)i, 9.9 + 0.0004 * (double)(i * 7919 % 600)},
                                .state = (enum state)(i % 5),
                                .reason = REASON_FIBRE,
                                .since = T0 - (ns_t)i * MINUTES,
                                .load = LOAD_MEDIUM};
    t->sorted[i] = &t->hotspots[i];
}

static int setup(void **state)
{
    void *dir = NULL;
    struct town *t = calloc(1, sizeof *t);

    if (!t || temp_dir_setup(&dir) != 0)
        return -1;
    t->dir = dir;
    fill_days(t->days[0], 99);
    for (size_t d = 0; d < DISTRICTS; d++)
        fill_district(t, d);
    for (size_t i = 0; i < HOTSPOTS; i++)
        fill_hotspot(t, i);
    for (size_t i = 0; i < INCIDENTS; i++)
        t->incidents[i] = (struct public_incident){.id = t->ids[i],
                                                   .opened = T0 - (ns_t)i * HOURS,
                                                   .closed = i % 3 ? T0 - (ns_t)i * MINUTES : 0,
                                                   .changed = T0 - (ns_t)i * MINUTES,
                                                   .reason = REASON_FIBRE,
                                                   .affected = i + 1,
                                                   .districts = t->district_names[i % DISTRICTS]};
    public_sort_by_name(t->sorted, HOTSPOTS);
    t->m = (struct public_model){.title = "Teststadt",
                                 .instance = "teststadt",
                                 .now = T0,
                                 .hotspots = t->hotspots,
                                 .by_name = t->sorted,
                                 .hotspot_count = HOTSPOTS,
                                 .districts = t->districts,
                                 .district_count = DISTRICTS,
                                 .days = t->days[0],
                                 .incidents = t->incidents,
                                 .incident_count = INCIDENTS};
    *state = t;
    return 0;
}

static int teardown(void **state)
{
    struct town *t = *state;
    void *dir = t->dir;

    buf_fini(&t->page);
    free(t);
    return temp_dir_teardown(&dir);
}

static size_t size_of(const struct town *t, const char *name)
{
    char path[256];
    struct stat st;

    snprintf(path, sizeof path, "%s/%s", t->dir, name);
    assert_ok(stat(path, &st));
    return (size_t)st.st_size;
}

static size_t occurrences(const char *text, const char *word)
{
    size_t count = 0;

    for (const char *p = text; (p = strstr(p, word)) != NULL; p += strlen(word))
        count++;
    return count;
}

static void the_first_page_of_5000_hotspots_in_40_districts_stays_under_150_kb(void **state)
{
    struct town *t = *state;

    public_page_index(&t->page, &t->m, LANG_DE);
    assert_ok(buf_error(&t->page));
    assert_null(strstr(t->page.data, t->names[17])); /* hotspots have pages of their own */
    assert_ok(public_io_write(t->dir, "index.html", t->page.data, t->page.len));
    print_message("# index.html: %zu bytes, gzip %zu, brotli %zu\n", size_of(t, "index.html"),
                  size_of(t, "index.html.gz"), size_of(t, "index.html.br"));
    assert_in_range(size_of(t, "index.html.gz"), 1, 150 * 1024 - 1);
    assert_in_range(size_of(t, "index.html.br"), 1, size_of(t, "index.html.gz") - 1);
}

static void every_hotspot_stands_under_its_letter_umlauts_with_their_vowels(void **state)
{
    struct town *t = *state;
    size_t rows = 0;

    for (size_t letter = 0; letter < PUBLIC_LETTERS; letter++) {
        buf_clear(&t->page);
        public_page_letter(&t->page, &t->m, letter, LANG_EN);
        rows += occurrences(t->page.data, "<tr><th scope=\"row\">");
    }
    assert_int_equal(rows, HOTSPOTS);
    assert_int_equal(public_letter_of("Ärztehaus"), 0);
    assert_int_equal(public_letter_of("übergang"), 'u' - 'a');
    assert_int_equal(public_letter_of("zum Markt"), 25);
    assert_int_equal(public_letter_of("5. Straße"), 26);
    assert_int_equal(public_letter_of(""), 26);
    buf_clear(&t->page);
    public_page_letter(&t->page, &t->m, 'o' - 'a', LANG_DE);
    const char *east = strstr(t->page.data, ">Ost 13<"),
               *library = strstr(t->page.data, ">Öffentliche Bücherei 10<");
    assert_true(library && east && library < east); /* Öf before Os */
    assert_non_null(strstr(t->page.data, "href=\"orte-o.html\" aria-current=\"page\">O<"));
    assert_null(strstr(t->page.data, "orte-b.html")); /* nothing begins with it */
}

static void bars_show_faults_of_seconds_and_leave_out_what_was_not_measured(void **state)
{
    struct town *t = *state;
    struct public_day days[PUBLIC_DAYS] = {0};

    for (int i = 0; i < PUBLIC_DAYS; i++)
        snprintf(days[i].date, sizeof days[i].date, "2023-10-%02d", 1 + i % 30);
    public_put_days(&t->page, days, false, LANG_DE);
    assert_non_null(strstr(t->page.data, "class=\"up\" d=\"\"")); /* nothing known, nothing drawn */
    assert_null(strstr(t->page.data, "100"));
    buf_clear(&t->page);
    days[0].a = (struct availability){.up = DAYS};
    days[1].a = (struct availability){.up = 12 * HOURS, .unknown = 12 * HOURS};
    days[2].a = (struct availability){.up = DAYS - 10 * MINUTES, .down = 10 * MINUTES};
    public_put_days(&t->page, days, true, LANG_DE);
    assert_non_null(strstr(t->page.data,
                           "class=\"up\" d=\"M0 0.0v30.0h2v-30.0M3 15.0v15.0h2v-15.0M6 4.0v26.0h2v-26.0\""));
    assert_non_null(strstr(t->page.data, "class=\"down\" d=\"M6 0.0v4.0h2v-4.0\""));
    assert_non_null(strstr(t->page.data, "schlechtester Tag: 03.10.2023 (99,30\xc2\xa0%)"));
    assert_int_equal(occurrences(t->page.data, "<tr class=\"day\">"), PUBLIC_DAYS);
}

static void open_data_carries_its_licence_and_the_same_rows_in_all_forms(void **state)
{
    struct town *t = *state;

    public_page_hotspots_json(&t->page, &t->m);
    assert_non_null(strstr(t->page.data, "\"licence\":null"));
    t->m.licence =
        (struct public_licence){"dl-de/by-2-0", "https://www.govdata.de/dl-de/by-2-0", "Teststadt"};
    buf_clear(&t->page);
    public_page_hotspots_json(&t->page, &t->m);
    assert_non_null(strstr(t->page.data, "\"licence\":{\"name\":\"dl-de/by-2-0\""));
    assert_int_equal(occurrences(t->page.data, "\"load\":\"medium\""), HOTSPOTS);
    buf_clear(&t->page);
    public_page_hotspots_geojson(&t->page, &t->m);
    assert_int_equal(occurrences(t->page.data, "\"type\":\"Feature\""), HOTSPOTS);
    buf_clear(&t->page);
    public_page_hotspots_csv(&t->page, &t->m);
    assert_int_equal(occurrences(t->page.data, "\r\n"), HOTSPOTS + 1);
    buf_clear(&t->page);
    public_page_availability_csv(&t->page, &t->m);
    assert_int_equal(occurrences(t->page.data, "\r\n"), (DISTRICTS + 1) * PUBLIC_DAYS + 1);
    buf_clear(&t->page);
    public_page_data(&t->page, &t->m, LANG_DE);
    assert_non_null(strstr(t->page.data, "<a href=\"https://www.govdata.de/dl-de/by-2-0\">dl-de/by-2-0</a>"));
    assert_non_null(strstr(t->page.data, "&lt;iframe src=&quot;ADRESSE-DIESER-SEITE/embed.html&quot;"));
    t->m.url = "https://wlan.example/status/";
    buf_clear(&t->page);
    public_page_data(&t->page, &t->m, LANG_EN);
    assert_non_null(strstr(t->page.data, "https://wlan.example/status/embed-en.html"));
}

static void statements_are_linked_or_made_into_pages_and_left_out_if_not_given(void **state)
{
    struct town *t = *state;

    public_page_index(&t->page, &t->m, LANG_DE);
    assert_null(strstr(t->page.data, "Impressum"));
    t->m.statements[STATEMENT_IMPRINT].text = "# Anbieter\r\nStadt <b>\nMarkt 1\r\n\r\nTelefon 1\n\n\n";
    t->m.statements[STATEMENT_PRIVACY].address = "https://example.org/dsgvo";
    buf_clear(&t->page);
    public_page_index(&t->page, &t->m, LANG_DE);
    assert_non_null(strstr(t->page.data, "<a href=\"impressum.html\">Impressum</a>"));
    assert_non_null(strstr(t->page.data, "<a href=\"https://example.org/dsgvo\">Datenschutz</a>"));
    assert_null(strstr(t->page.data, "barrierefreiheit.html"));
    buf_clear(&t->page);
    public_page_statement(&t->page, &t->m, STATEMENT_IMPRINT);
    assert_non_null(
        strstr(t->page.data, "<h2>Anbieter</h2>\n<p>Stadt &lt;b&gt;<br>\nMarkt 1</p>\n<p>Telefon 1</p>\n"));
}

static void the_feed_changes_when_something_happens_and_not_with_the_clock(void **state)
{
    struct town *t = *state;
    struct public_span span = {T0 + HOURS, T0 + 2 * HOURS};
    struct public_maintenance window = {.places = (char *)"Freibad",
                                        .text_de = (char *)"",
                                        .text_en = (char *)"New gear",
                                        .spans = &span,
                                        .span_count = 1};
    struct public_maintenance_list list = {&window, 1};
    struct buf later = BUF_INIT;

    t->m.maintenance = &list;
    public_page_feed(&t->page, &t->m);
    assert_int_equal(occurrences(t->page.data, "<entry>"), INCIDENTS + 1);
    assert_non_null(strstr(t->page.data, "Angekündigte Wartung: Freibad, 15.11.2023 ab 00:13 Uhr"));
    assert_non_null(strstr(t->page.data, "1 Hotspot betroffen"));
    t->m.now += 10 * SECONDS;
    public_page_feed(&later, &t->m);
    assert_string_equal(t->page.data, later.data);
    buf_fini(&later);
}

static void the_page_for_frames_has_no_script_and_leaves_the_frame(void **state)
{
    struct town *t = *state;

    public_page_embed(&t->page, &t->m, LANG_EN);
    assert_null(strstr(t->page.data, "<script"));
    assert_non_null(strstr(t->page.data, "<a href=\"en.html\" target=\"_blank\" rel=\"noopener\">"));
    assert_non_null(strstr(t->page.data, "Stadtteil-0: "));
    assert_in_range(t->page.len, 1, 16384);
}

static void days_are_those_of_berlin_also_when_clocks_are_changed(void **state)
{
    struct town *t = *state;
    struct conf_report *report;
    struct inventory *inventory = NULL;
    struct history *history;
    struct public_days *days;
    char path[256];
    const char *paths[] = {path};
    const ns_t now = 1698660000 * SECONDS; /* 2023-10-30, 11:00 CET; the day before had 25 hours */

    snprintf(path, sizeof path, "%s/inventory.yaml", t->dir);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fputs("sites: [{id: a, name: A, lat: 53.7, lon: 10.0}]\n"
          "hotspots: [{id: hs-1, name: Eins, site: a, entity: \"ap/00:00:00:00:00:01\"},\n"
          "  {id: hs-2, name: Zwei, site: a, published: false, entity: \"ap/00:00:00:00:00:02\"}]\n",
          f);
    fclose(f);
    assert_ok(conf_report_new(&report));
    enum err e = inventory_load(paths, 1, NULL, report, &inventory);
    if (e)
        fail_msg("%s", conf_report_text(report));
    assert_ok(history_open(NULL, &history));
    assert_ok(public_days_new(inventory, &days));
    public_days_update(days, history, now, SECONDS);
    const struct public_day *city = public_days_city(days);
    assert_string_equal(city[PUBLIC_DAYS - 1].date, "2023-10-30");
    assert_string_equal(city[PUBLIC_DAYS - 2].date, "2023-10-29");
    assert_true(city[PUBLIC_DAYS - 1].a.unknown == 11 * HOURS); /* one hotspot is published */
    assert_true(city[PUBLIC_DAYS - 2].a.unknown == 25 * HOURS);
    assert_true(city[PUBLIC_DAYS - 3].a.unknown == 24 * HOURS);
    public_days_update(days, history, now + 14 * HOURS, 2 * MINUTES); /* past midnight: all anew */
    assert_string_equal(city[PUBLIC_DAYS - 1].date, "2023-10-31");
    assert_true(city[PUBLIC_DAYS - 2].a.unknown == DAYS);
    public_days_free(days);
    history_close(history);
    inventory_free(inventory);
    conf_report_free(report);
}

/* ---- reports ---- */

static bool reads(const struct town *t, const char *query, struct report *out)
{
    struct http_target form;

    assert_ok(http_target_parse(query, strlen(query), &form));
    bool is_read = report_read(&form, &t->m, out);
    http_target_fini(&form);
    return is_read;
}

static void a_report_is_a_place_of_the_city_and_one_of_five_words(void **state)
{
    static const char *const wrong[] = {"/?category=broken",
                                        "/?hotspot=hs-0007",
                                        "/?hotspot=hs-9999&category=broken",
                                        "/?hotspot=&category=broken",
                                        "/?hotspot=hs-0007&category=%3Cb%3E",
                                        "/?lat=53.7&category=slow",
                                        "/?lat=48.1&lon=11.5&category=dead_spot",
                                        "/?lat=nan&lon=10&category=dead_spot",
                                        "/?lat=53.7&lon=1e999&category=dead_spot",
                                        "/?hotspot=nothing&lat=53.65&lon=10.0&category=dead_spot"};
    struct town *t = *state;
    struct report r;

    for (size_t i = 0; i < ARRAY_LEN(wrong); i++)
        if (reads(t, wrong[i], &r))
            fail_msg("%s is a report", wrong[i]);
    assert_true(reads(t, "/?hotspot=hs-0007&category=broken", &r));
    assert_string_equal(r.hotspot, "hs-0007");
    assert_true(r.lat == t->hotspots[7].at.lat);
    assert_true(reads(t, "/?lat=53.65123456&lon=10.00098765&category=dead_spot", &r));
    assert_string_equal(r.hotspot, "");
    assert_true(r.lat == 53.651 && r.lon == 10.001); /* no finer than 100 m, whatever was sent */
}

static void a_click_into_the_map_is_where_the_mark_stands(void **state)
{
    struct town *t = *state;
    struct geo_point corner, middle;

    assert_true(public_map_locate(&t->m, 0, 0.5, 0.5, &middle));
    assert_true(public_map_locate(&t->m, 0, 0, 0, &corner));
    assert_true(corner.lat > middle.lat && corner.lon < middle.lon); /* north is above, west on the left */
    assert_false(public_map_locate(&t->m, 0, -0.1, 0.5, &corner));
    assert_false(public_map_locate(&t->m, 0, 0.5, 1.5, &corner));
    public_page_district_map(&t->page, &t->m, 0);
    assert_int_equal(occurrences(t->page.data, "<use "), HOTSPOTS / DISTRICTS);
    /* the first mark of the map, found again by its pixels */
    const char *mark = strstr(t->page.data, "translate(");
    double x, y;
    assert_int_equal(sscanf(mark, "translate(%lf %lf)", &x, &y), 2);
    assert_true(public_map_locate(&t->m, 0, x / 800, y / 800, &corner));
    assert_in_range((corner.lat - t->hotspots[0].at.lat) * 1e6 + 1000, 0, 2000);
    assert_in_range((corner.lon - t->hotspots[0].at.lon) * 1e6 + 1000, 0, 2000);
}

static void put_form(struct town *t, const char *query)
{
    struct http_target request;

    buf_clear(&t->page);
    assert_ok(http_target_parse(query, strlen(query), &request));
    report_page(&t->page, &t->m, &request, "0123");
    http_target_fini(&request);
    assert_ok(buf_error(&t->page));
}

static void the_form_leads_from_district_to_place_to_category_without_script(void **state)
{
    struct town *t = *state;

    t->m.has_form = true;
    put_form(t, "/status/report?lang=en");
    assert_int_equal(occurrences(t->page.data, "report?lang=en&amp;district="), DISTRICTS);
    put_form(t, "/status/report?district=Stadtteil-3");
    assert_int_equal(occurrences(t->page.data, "<option value=\"hs-"), HOTSPOTS / DISTRICTS);
    assert_non_null(strstr(t->page.data, "type=\"image\" name=\"at\" src=\"map-Stadtteil-3.svg\""));
    assert_non_null(strstr(t->page.data, "name=\"token\" value=\"0123\""));
    assert_null(strstr(t->page.data, "<script"));
    put_form(t, "/status/report?district=Stadtteil-3&at.x=100&at.y=120");
    assert_non_null(strstr(t->page.data, "name=\"lat\" value=\"53."));
    assert_non_null(strstr(t->page.data, "Nächster Hotspot:"));
    put_form(t, "/status/report?district=Stadtteil-3&at.x=9999&at.y=-3"); /* outside: choose again */
    assert_null(strstr(t->page.data, "name=\"lat\""));
    put_form(t, "/status/report?district=%22%3E%3Cb%3E");
    assert_null(strstr(t->page.data, "<b>"));
    buf_clear(&t->page);
    public_page_index(&t->page, &t->m, LANG_DE);
    assert_non_null(strstr(t->page.data, "<a href=\"report?lang=de\">"));
}

static void a_household_is_an_address_or_64_bits(void **state)
{
    char a[HTTP_ADDRESS_SIZE], b[HTTP_ADDRESS_SIZE];

    (void)state;
    public_server_who("2001:db8:1:2:3:4:5:6", a);
    public_server_who("2001:db8:1:2:ffff::1", b);
    assert_string_equal(a, b);
    public_server_who("2001:db8:1:3::1", b);
    assert_string_not_equal(a, b);
    public_server_who("192.0.2.7", a);
    assert_string_equal(a, "192.0.2.7");
}

#define IN_TOWN(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

RUN_TESTS("public", IN_TOWN(the_first_page_of_5000_hotspots_in_40_districts_stays_under_150_kb),
          IN_TOWN(every_hotspot_stands_under_its_letter_umlauts_with_their_vowels),
          IN_TOWN(bars_show_faults_of_seconds_and_leave_out_what_was_not_measured),
          IN_TOWN(open_data_carries_its_licence_and_the_same_rows_in_all_forms),
          IN_TOWN(statements_are_linked_or_made_into_pages_and_left_out_if_not_given),
          IN_TOWN(the_feed_changes_when_something_happens_and_not_with_the_clock),
          IN_TOWN(the_page_for_frames_has_no_script_and_leaves_the_frame),
          IN_TOWN(days_are_those_of_berlin_also_when_clocks_are_changed),
          IN_TOWN(a_report_is_a_place_of_the_city_and_one_of_five_words),
          IN_TOWN(a_click_into_the_map_is_where_the_mark_stands),
          IN_TOWN(the_form_leads_from_district_to_place_to_category_without_script),
          cmocka_unit_test(a_household_is_an_address_or_64_bits))
