/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_city_files.c - what the city writes and says: inventory, parameters, DNS, portal, control, back-filled
 * past. */
#include "tests/unit/cmocka_tests.h"

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <unistd.h>

#include "city/backfill.h"
#include "city/control.h"
#include "city/dns.h"
#include "city/hardware.h"
#include "city/portal.h"
#include "city/write.h"
#include "lib/model/firmware.h"
#include "lib/model/metric.h"
#include "lib/model/record.h"
#include "lib/model/state.h"

static struct city *make_city(int64_t hotspots, int64_t nodes)
{
    struct city_params p;
    struct city *c = NULL;

    city_params_defaults(&p);
    p.hotspots = hotspots;
    p.nodes = nodes;
    p.portal_tls_port = 10181;
    p.epoch = 1795000000 * SECONDS;
    assert_ok(city_new(&p, &c));
    return c;
}

static void write_to(const char *path, const struct buf *b)
{
    FILE *f = fopen(path, "w");

    assert_non_null(f);
    assert_int_equal(fwrite(b->data, 1, b->len, f), b->len);
    assert_int_equal(fclose(f), 0);
}

static void the_product_reads_the_inventory_without_a_complaint(void **state)
{
    char dir[] = "/tmp/netzwacht-test-XXXXXX", yaml[64], geojson[64];
    struct conf_report *report = NULL;
    struct inventory *inv = NULL;
    struct city *c = make_city(540, 60);
    struct buf b = BUF_INIT;
    const char *paths[] = {yaml};
    size_t count;

    (void)state;
    assert_ok(conf_report_new(&report));
    assert_non_null(mkdtemp(dir));
    snprintf(yaml, sizeof yaml, "%s/inventory.yaml", dir);
    snprintf(geojson, sizeof geojson, "%s/districts.geojson", dir);
    assert_ok(city_write_inventory(c, 0, 4000, &b));
    write_to(yaml, &b);
    buf_clear(&b);
    assert_ok(city_write_districts(&b));
    write_to(geojson, &b);
    assert_ok(inventory_load(paths, 1, geojson, report, &inv));
    (void)inventory_hotspots(inv, &count);
    assert_int_equal(count, 540);
    (void)inventory_devices(inv, &count);
    assert_int_equal(count, c->device_count);
    (void)inventory_districts(inv, &count);
    assert_int_equal(count, 5);
    for (size_t i = 0; i < c->hotspot_count; i++) {
        const struct hotspot *h = inventory_hotspot(inv, c->hotspots[i].id);
        const struct district *d;
        assert_non_null(h);
        d = inventory_district(inv, hotspot_district_id(inv, h));
        assert_true(district_contains(d, hotspot_position(inv, h)));
        assert_string_equal(hotspot_uplink(inv, h)->id, c->devices[c->hotspots[i].access].id);
    }
    inventory_free(inv);
    conf_report_free(report);
    buf_fini(&b);
    city_free(c);
    unlink(yaml);
    unlink(geojson);
    rmdir(dir);
}

static void a_large_city_is_split_over_files_that_hold_each_hotspot_once(void **state)
{
    struct city *c = make_city(9000, 900);
    size_t found = 0;

    (void)state;
    for (size_t first = 0; first < c->hotspot_count; first += CITY_HOTSPOTS_PER_FILE) {
        struct buf b = BUF_INIT;
        assert_ok(city_write_inventory(c, first, CITY_HOTSPOTS_PER_FILE, &b));
        assert_true(b.len < 8 << 20); /* conf's bound */
        for (const char *p = b.data; (p = strstr(p, "{id: hs-")); p++)
            found++;
        buf_fini(&b);
    }
    assert_int_equal(found, 9000);
    city_free(c);
}

static void parameters_survive_the_file(void **state)
{
    struct city_params p, q;
    struct buf b = BUF_INIT;
    const char *problem = NULL;

    (void)state;
    city_params_defaults(&p);
    p.seed = UINT64_MAX - 1;
    p.portal_tls_port = 4711;
    p.epoch = 1795000000 * SECONDS;
    assert_ok(city_write_params(&p, &b));
    assert_ok(city_read_params(b.data, b.len, &q, &problem));
    assert_true(p.seed == q.seed && p.epoch == q.epoch && q.portal_tls_port == 4711 && q.hotspots == 540 &&
                q.is_scripted);
    for (size_t cut = 0; cut + 2 < b.len; cut++)
        assert_int_not_equal(city_read_params(b.data, cut, &q, &problem), ERR_OK);
    assert_int_equal(city_read_params("{\"schema\":\"other/1\"}", 20, &q, &problem), ERR_MALFORMED);
    assert_non_null(problem);
    buf_fini(&b);
}

/* ---- DNS ---- */

static size_t make_query(const char *name, uint16_t type, uint8_t *out)
{
    size_t n = 12;

    memcpy(out, "\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00", 12);
    while (*name) {
        size_t len = strcspn(name, ".");
        out[n++] = (uint8_t)len;
        memcpy(out + n, name, len);
        n += len;
        name += len + (name[len] == '.');
    }
    out[n++] = 0;
    out[n++] = (uint8_t)(type >> 8);
    out[n++] = (uint8_t)type;
    out[n++] = 0;
    out[n++] = 1;
    return n;
}

static void dns_knows_its_own_name_only(void **state)
{
    uint8_t query[300], reply[DNS_REPLY_MAX];
    size_t len = make_query("PORTAL.norderstedt.example", 1, query), n;

    (void)state;
    n = dns_answer(query, len, CITY_PORTAL_NAME, 0x7f100003, false, reply);
    assert_int_equal(n, len + 16);
    assert_memory_equal(reply, "\x12\x34\x85\x00\x00\x01\x00\x01", 8);
    assert_memory_equal(reply + n - 4, "\x7f\x10\x00\x03", 4);
    assert_int_equal(dns_answer(query, len, CITY_PORTAL_NAME, 0, true, reply), len);
    assert_int_equal(reply[3], 2); /* SERVFAIL */
    len = make_query(CITY_PORTAL_NAME, 28, query);
    assert_int_equal(dns_answer(query, len, CITY_PORTAL_NAME, 0, false, reply), len);
    assert_int_equal(reply[3], 0); /* no AAAA, but the name is there */
    len = make_query("www.example", 1, query);
    assert_int_equal(dns_answer(query, len, CITY_PORTAL_NAME, 0, false, reply), len);
    assert_int_equal(reply[3], 3); /* NXDOMAIN */
}

static void dns_is_silent_to_anything_but_a_question(void **state)
{
    uint8_t query[300], reply[DNS_REPLY_MAX];
    size_t len = make_query(CITY_PORTAL_NAME, 1, query);

    (void)state;
    for (size_t cut = 0; cut < len; cut++)
        assert_int_equal(dns_answer(query, cut, CITY_PORTAL_NAME, 0, false, reply), 0);
    query[2] |= 0x80; /* an answer */
    assert_int_equal(dns_answer(query, len, CITY_PORTAL_NAME, 0, false, reply), 0);
}

/* ---- portal ---- */

static char *ask_portal(const char *request)
{
    struct buf b = BUF_INIT;

    assert_true(portal_answer(request, strlen(request), "http://p", &b));
    return buf_take(&b);
}

static void the_portal_speaks_rfc_8908_and_catches_canaries(void **state)
{
    char *text = ask_portal("GET /api/captive?x=1 HTTP/1.1\r\nHost: p\r\n\r\n");

    (void)state;
    assert_non_null(strstr(text, "200 OK"));
    assert_non_null(strstr(text, "application/captive+json"));
    assert_non_null(strstr(text, "{\"captive\":true,\"user-portal-url\":\"http://p/\""));
    free(text);
    text = ask_portal("GET /generate_204 HTTP/1.1\r\n\r\n");
    assert_non_null(strstr(text, "302 Found"));
    assert_non_null(strstr(text, "Location: http://p/\r\n"));
    free(text);
    text = ask_portal("POST /login HTTP/1.1\r\n\r\n");
    assert_non_null(strstr(text, "303"));
    free(text);
    text = ask_portal("HEAD / HTTP/1.1\r\n\r\n");
    assert_null(strstr(text, "<html"));
    free(text);
}

static void the_portal_waits_for_the_end_and_refuses_garbage(void **state)
{
    struct buf b = BUF_INIT;
    char *text;

    (void)state;
    assert_false(portal_answer("GET / HTTP/1.1\r\n", 16, "http://p", &b));
    text = ask_portal("garbage\r\n\r\n");
    assert_non_null(strstr(text, "400"));
    free(text);
    text = ask_portal("DELETE / HTTP/1.1\r\n\r\n");
    assert_non_null(strstr(text, "405"));
    free(text);
    text = ask_portal("GET /nowhere HTTP/1.1\r\n\r\n");
    assert_non_null(strstr(text, "404"));
    free(text);
    buf_fini(&b);
}

/* ---- control ---- */

static void ignore_line(void *ctx, const char *line, size_t len)
{
    (void)ctx;
    (void)line;
    (void)len;
}

static json_t *tell(struct control *c, const char *line)
{
    struct buf b = BUF_INIT;
    json_t *answer;

    control_answer(c, line, 1795000100 * SECONDS, &b);
    answer = json_loadb(b.data, b.len, 0, NULL);
    assert_non_null(answer);
    buf_fini(&b);
    return answer;
}

static bool is_ok(struct control *c, const char *line)
{
    json_t *answer = tell(c, line);
    bool result = json_is_true(json_object_get(answer, "ok"));

    if (!result)
        assert_non_null(json_string_value(json_object_get(answer, "problem")));
    json_decref(answer);
    return result;
}

static void commands_are_answered_in_json_and_nonsense_in_words(void **state)
{
    struct city *city = make_city(40, 12);
    struct control c = {0};
    json_t *answer;

    (void)state;
    assert_ok(sim_new(city, 1795000000 * SECONDS, &c.sim));
    assert_ok(incidents_new(c.sim, ignore_line, NULL, &c.incidents));
    assert_true(is_ok(&c, "incident fibre-cut on"));
    answer = tell(&c, "status");
    assert_true(json_integer_value(json_object_get(answer, "agents_silent")) > 0);
    assert_int_equal(json_array_size(json_object_get(answer, "incidents")), 1);
    json_decref(answer);
    assert_true(is_ok(&c, "incident fibre-cut off"));
    assert_true(is_ok(&c, "script on"));
    assert_true(c.is_script_on);
    assert_true(is_ok(&c, "delay 250"));
    assert_int_equal(c.delay_ms, 250);
    assert_false(is_ok(&c, "delay 10001"));
    assert_false(is_ok(&c, "loss -1"));
    assert_false(is_ok(&c, ""));
    assert_false(is_ok(&c, "kill nobody"));
    assert_false(is_ok(&c, "incident fibre-cut maybe"));
    assert_false(is_ok(&c, "incident earthquake on"));
    assert_false(is_ok(&c, "a b c d e f g h"));
    answer = tell(&c, "counts core-1");
    assert_int_equal(json_object_size(json_object_get(answer, "agents")), 1);
    json_decref(answer);
    incidents_free(c.incidents);
    sim_free(c.sim);
    city_free(city);
}

/* ---- hardware ---- */

static size_t count_model(const struct city *c, const char *model)
{
    size_t count = 0;

    for (size_t i = 0; i < c->device_count; i++)
        count += strcmp(city_hardware_of(c, (int)i).model, model) == 0;
    return count;
}

static void models_and_versions_follow_from_the_seed(void **state)
{
    struct city *one = make_city(540, 60), *same = make_city(540, 60);
    char a[CITY_SERIAL_SIZE], b[CITY_SERIAL_SIZE];

    (void)state;
    for (size_t i = 0; i < one->device_count; i++) {
        struct city_hardware h = city_hardware_of(one, (int)i);
        assert_string_not_equal(h.model, "");
        assert_string_equal(h.model, city_hardware_of(same, (int)i).model);
        assert_string_equal(h.version, city_hardware_of(same, (int)i).version);
        city_serial(one, (int)i, 0, a);
        city_serial(same, (int)i, 0, b);
        assert_string_equal(a, b);
        city_serial(same, (int)i, 1, b);
        assert_string_not_equal(a, b);
    }
    assert_in_range(count_model(one, "UAP-SIM-1"), 30, 80); /* 15 % of 360 */
    assert_in_range(count_model(one, "UAP-SIM-2"), 140, 220);
    assert_in_range(count_model(one, "UAP-SIM-3"), 90, 165);
    city_free(same);
    city_free(one);
}

static void rate(const struct city *c, const struct firmware_rules *rules,
                 size_t statuses[FIRMWARE_STATUS_COUNT], size_t supports[SUPPORT_COUNT])
{
    for (size_t i = 0; i < c->device_count; i++) {
        struct city_hardware h = city_hardware_of(c, (int)i);
        const struct firmware_rule *rule = firmware_rule_for(rules, "any", h.model);
        statuses[firmware_status_of(rule, h.version)]++;
        supports[firmware_support_of(rule, c->params.epoch / DAYS)]++;
    }
}

static void its_rules_show_every_kind_of_finding(void **state)
{
    struct city *c = make_city(540, 60);
    size_t statuses[FIRMWARE_STATUS_COUNT] = {0}, supports[SUPPORT_COUNT] = {0};
    struct firmware_rules *rules = NULL;
    struct conf_report *report;
    struct buf b = BUF_INIT;

    (void)state;
    assert_ok(city_write_firmware(c, &b));
    assert_ok(conf_report_new(&report));
    if (firmware_rules_parse("firmware.yaml", b.data, b.len, report, &rules))
        fail_msg("%s", conf_report_text(report));
    rate(c, rules, statuses, supports);
    for (int i = 0; i < FIRMWARE_STATUS_COUNT; i++)
        if (i != FIRMWARE_UNRATED && statuses[i] == 0)
            fail_msg("no box is %s", firmware_status_words[i]);
    for (int i = 0; i < SUPPORT_COUNT; i++)
        if (supports[i] == 0)
            fail_msg("of no box the support is \"%s\"", firmware_support_words[i]);
    assert_true(statuses[FIRMWARE_CURRENT] > statuses[FIRMWARE_TOO_OLD]);
    firmware_rules_free(rules);
    conf_report_free(report);
    buf_fini(&b);
    city_free(c);
}

static void a_swapped_device_has_another_serial_number_and_has_just_started(void **state)
{
    struct city *city = make_city(40, 12);
    struct control c = {0};
    int device = city_device_by_id(city, "core-1");

    (void)state;
    assert_ok(sim_new(city, 1795000000 * SECONDS, &c.sim));
    assert_ok(incidents_new(c.sim, ignore_line, NULL, &c.incidents));
    assert_false(is_ok(&c, "swap nobody"));
    assert_false(is_ok(&c, "swap"));
    assert_int_equal(c.sim->devices[device].swaps, 0);
    ns_t boot = c.sim->devices[device].boot;
    assert_true(is_ok(&c, "swap core-1"));
    assert_int_equal(c.sim->devices[device].swaps, 1);
    assert_true(c.sim->devices[device].boot > boot);
    incidents_free(c.incidents);
    sim_free(c.sim);
    city_free(city);
}

static void a_moved_access_point_is_listed_by_one_controller_and_an_unlisted_one_by_none(void **state)
{
    struct city *city = make_city(300, 60);
    struct control c = {0};
    int one = city_device_by_id(city, "wlc-1"), two = city_device_by_id(city, "wlc-2");

    (void)state;
    assert_true(one >= 0 && two >= 0);
    assert_ok(sim_new(city, 1795000000 * SECONDS, &c.sim));
    assert_ok(incidents_new(c.sim, ignore_line, NULL, &c.incidents));
    struct sim_device *from = &c.sim->devices[one], *to = &c.sim->devices[two];
    size_t before = from->row_count, there = to->row_count;
    int hotspot = from->rows[before / 2];
    char line[64];

    snprintf(line, sizeof line, "move %s wlc-2", city->hotspots[hotspot].id);
    assert_true(is_ok(&c, line));
    assert_int_equal(from->row_count, before - 1);
    assert_int_equal(to->row_count, there + 1);
    for (size_t i = 1; i < to->row_count; i++)
        assert_true(memcmp(city->hotspots[to->rows[i - 1]].mac, city->hotspots[to->rows[i]].mac, 6) < 0);
    snprintf(line, sizeof line, "unlist %s", city->hotspots[hotspot].id);
    assert_true(is_ok(&c, line));
    assert_int_equal(to->row_count, there);
    snprintf(line, sizeof line, "move %s wlc-1", city->hotspots[hotspot].id);
    assert_true(is_ok(&c, line));
    assert_int_equal(from->row_count, before);
    assert_int_equal(from->rows[before / 2], hotspot);
    snprintf(line, sizeof line, "move %s core-1", city->hotspots[hotspot].id);
    assert_false(is_ok(&c, line));
    assert_false(is_ok(&c, "unlist nobody"));
    incidents_free(c.incidents);
    sim_free(c.sim);
    city_free(city);
}

/* ---- the back-filled past ---- */

struct seen {
    uint64_t records, tables, states, values, silent;
    size_t table_values[2048]; /* by source */
    ns_t last;
    bool is_first_table_missing;
};

static bool wants_table(void *ctx, int source, size_t len)
{
    struct seen *s = ctx;

    (void)len;
    return s->table_values[source] == 0;
}

static uint64_t no_previous(void *ctx, int source)
{
    (void)ctx;
    (void)source;
    return 0;
}

static enum err look_at(void *ctx, int source, const void *bytes, size_t len)
{
    struct seen *s = ctx;
    Nw__Record *r = NULL;

    assert_ok(record_unpack(bytes, len, &r));
    assert_true((ns_t)r->wall >= s->last);
    s->last = (ns_t)r->wall;
    s->records++;
    if (r->body_case == NW__RECORD__BODY_STATE) {
        s->states++;
        assert_true(r->state->since == r->wall);
    } else {
        Nw__Samples *m = r->samples;
        assert_int_equal(r->body_case, NW__RECORD__BODY_SAMPLES);
        if (m->table) {
            s->tables++;
            s->table_values[source] = m->table->n_series;
            for (size_t i = 0; i < m->table->n_series; i++) {
                const struct metric_info *info = metric_info((enum metric)m->table->series[i]->metric);
                assert_non_null(info);
                assert_int_not_equal(info->storage, STORAGE_NOW);
                assert_true(m->table->series[i]->entity < m->table->n_entities);
                assert_true(isnan(m->values[i]) || (m->values[i] >= info->min && m->values[i] <= info->max));
            }
        }
        assert_int_equal(m->n_values, s->table_values[source]);
        s->values += m->n_values;
        s->silent += m->outcome == NW__OUTCOMES__OUTCOME_TIMEOUT;
    }
    record_free(r);
    return ERR_OK;
}

static void the_past_is_in_order_typed_and_has_a_few_outages(void **state)
{
    struct city *c = make_city(120, 20);
    struct seen seen = {0};
    struct backfill_sink sink = {wants_table, no_previous, look_at, &seen};
    struct backfill_figures figures;
    ns_t to = 1795000000 * SECONDS;
    size_t rows = 0;

    (void)state;
    assert_ok(backfill_write(c, to - 3 * DAYS, to, &sink, &figures));
    assert_int_equal(figures.records, seen.records);
    assert_int_equal(figures.values, seen.values);
    assert_int_equal(figures.states, seen.states);
    for (size_t i = 0; i < c->hotspot_count; i++)
        rows += c->hotspots[i].is_row;
    assert_int_equal(seen.tables, backfill_sources(c) - rows);
    assert_int_equal(seen.records - seen.states, seen.tables * (3 * 144 + 1));
    assert_true(seen.states > c->hotspot_count + c->device_count); /* all usable at first, then some not */
    assert_true(figures.outages > 10);
    assert_true(seen.silent > 0);
    assert_true((double)seen.silent < 0.02 * (double)seen.records);
    city_free(c);
}

RUN_TESTS("city_files", cmocka_unit_test(the_product_reads_the_inventory_without_a_complaint),
          cmocka_unit_test(a_large_city_is_split_over_files_that_hold_each_hotspot_once),
          cmocka_unit_test(parameters_survive_the_file), cmocka_unit_test(dns_knows_its_own_name_only),
          cmocka_unit_test(dns_is_silent_to_anything_but_a_question),
          cmocka_unit_test(the_portal_speaks_rfc_8908_and_catches_canaries),
          cmocka_unit_test(the_portal_waits_for_the_end_and_refuses_garbage),
          cmocka_unit_test(commands_are_answered_in_json_and_nonsense_in_words),
          cmocka_unit_test(models_and_versions_follow_from_the_seed),
          cmocka_unit_test(its_rules_show_every_kind_of_finding),
          cmocka_unit_test(a_swapped_device_has_another_serial_number_and_has_just_started),
          cmocka_unit_test(a_moved_access_point_is_listed_by_one_controller_and_an_unlisted_one_by_none),
          cmocka_unit_test(the_past_is_in_order_typed_and_has_a_few_outages))
