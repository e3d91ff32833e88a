/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_record_json.c - journal records as JSON text. */
#include "config.h"
#include "tests/unit/cmocka_tests.h"

#include <math.h>

#include "lib/model/metric.h"
#include "lib/model/record_json.h"
#include "lib/model/state.h"

#define WALL 1795000000500000000u

static void assert_writes(const Nw__Record *record, const Nw__Table *table, const char *expected)
{
    struct buf text = BUF_INIT;
    struct json_out j;

    json_init(&j, &text);
    record_json_write(&j, NULL, record, table);
    assert_ok(buf_error(&text));
    assert_string_equal(text.data, expected);
    buf_fini(&text);
}

static void states_and_times_are_written_as_people_read_them(void **state)
{
    Nw__Record record = NW__RECORD__INIT;
    Nw__State s = NW__STATE__INIT;

    (void)state;
    s.kind = (char *)"hotspot";
    s.id = (char *)"hs-0001";
    s.state = STATE_UNKNOWN; /* zero is written: it says something */
    s.reason = REASON_FIBRE;
    s.since = WALL;
    s.clients = NAN;
    record.wall = WALL;
    record.body_case = NW__RECORD__BODY_STATE;
    record.state = &s;
    assert_writes(&record, NULL,
                  "{\"wall\":\"2026-11-18T11:06:40.500Z\",\"kind\":\"state\",\"state\":{\"kind\":\"hotspot\","
                  "\"id\":\"hs-0001\",\"state\":\"unknown\",\"reason\":\"fibre\","
                  "\"since\":\"2026-11-18T11:06:40.500Z\",\"clients\":null}}");
}

static void values_are_named_by_their_table(void **state)
{
    Nw__Record record = NW__RECORD__INIT;
    Nw__Samples samples = NW__SAMPLES__INIT;
    Nw__Table table = NW__TABLE__INIT;
    Nw__Entity entity = NW__ENTITY__INIT, *entities[] = {&entity};
    Nw__Series one = NW__SERIES__INIT, stray = NW__SERIES__INIT, *series[] = {&one, &stray};
    Nw__Quality why = NW__QUALITY__INIT, *unknown[] = {&why};
    double values[] = {-7.25, NAN};

    (void)state;
    entity.id = (char *)"if/<1>";
    one.metric = METRIC_OPTIC_RX;
    stray.entity = 9;
    stray.metric = 4711;
    table.entities = entities;
    table.n_entities = 1;
    table.series = series;
    table.n_series = 2;
    why.index = 1;
    why.reason = QUALITY_SENTINEL;
    samples.source = (char *)"sw-1";
    samples.previous = 7ull << 32 | 40;
    samples.values = values;
    samples.n_values = 2;
    samples.unknown = unknown;
    samples.n_unknown = 1;
    samples.outcome = NW__OUTCOMES__OUTCOME_PARTIAL;
    record.wall = WALL;
    record.body_case = NW__RECORD__BODY_SAMPLES;
    record.samples = &samples;
    assert_writes(
        &record, &table,
        "{\"wall\":\"2026-11-18T11:06:40.500Z\",\"kind\":\"samples\",\"samples\":{\"source\":\"sw-1\","
        "\"previous\":\"7:40\",\"outcome\":\"OUTCOME_PARTIAL\",\"values\":[{\"entity\":\"if/"
        "\\u003c1\\u003e\",\"metric\":\"optic.rx_power\",\"value\":-7.25},{\"metric\":4711,"
        "\"value\":null}],\"unknown\":[{\"index\":1,\"reason\":\"sentinel\"}]}}");
}

static void a_record_without_a_known_body_is_written_too(void **state)
{
    Nw__Record record = NW__RECORD__INIT;

    (void)state;
    record.wall = WALL;
    assert_writes(&record, NULL, "{\"wall\":\"2026-11-18T11:06:40.500Z\",\"kind\":\"empty\"}");
}

RUN_TESTS("record_json", cmocka_unit_test(states_and_times_are_written_as_people_read_them),
          cmocka_unit_test(values_are_named_by_their_table),
          cmocka_unit_test(a_record_without_a_known_body_is_written_too))
