/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_alerts.c - the pure parts around the engine: rules, outbox, what the NOC sends, payloads, alerts.db.
 */
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "alerts/db_io.h"
#include "alerts/event_json.h"
#include "alerts/inbound.h"
#include "alerts/outbox.h"
#include "alerts/rules.h"
#include "lib/base/strx.h"
#include "tests/unit/cmocka_tests.h"

/* ---- rules ---- */

static const char shipped[] = "rules:\n"
                              "  - {id: hot, metric: temperature, above: 80, clear: 70}\n"
                              "  - {id: weak, metric: optic.rx_power, below: -26}\n";

static enum err parse_rules(const char *own, struct rules **out, char said[2048])
{
    struct conf_report *report = NULL;
    enum err e;

    assert_ok(conf_report_new(&report));
    e = rules_parse(shipped, own, report, out);
    strx_copy(said, 2048, conf_report_text(report));
    conf_report_free(report);
    return e;
}

static void own_rules_replace_the_shipped_ones_of_the_same_id(void **state)
{
    struct rules *r = NULL;
    char said[2048];

    (void)state;
    assert_ok(parse_rules("rules:\n  - {id: hot, metric: temperature, above: 60}\n"
                          "  - {id: new, metric: cpu.utilization, above: 90}\nguards: {group_min: 4}\n",
                          &r, said));
    assert_int_equal(rules_count(r), 3);
    assert_true(rules_at(r, 0)->above == 60 && rules_at(r, 0)->clear == 60);
    assert_string_equal(rules_at(r, 2)->id, "new");
    assert_int_equal(rules_at(r, 1)->metric, METRIC_OPTIC_RX);
    assert_int_equal(r->guards.group_min, 4);
    assert_int_equal(r->guards.heartbeat_polls, 2);
    rules_free(r);
}

static void every_mistake_in_the_rules_is_reported_where_it_stands(void **state)
{
    struct rules *r = NULL;
    char said[2048];

    (void)state;
    assert_int_equal(parse_rules("rules:\n  - {id: a, metric: no.such, above: 1}\n"
                                 "  - {id: b, metric: cpu.utilization}\n"
                                 "  - {id: c, metric: cpu.utilization, above: 5, clear: 6}\n"
                                 "  - {id: d, metric: cpu.utilization, above: 5}\n"
                                 "  - {id: d, metric: cpu.utilization, above: 5}\n",
                                 &r, said),
                     ERR_CONFIG);
    assert_non_null(strstr(said, "own:2:"));
    assert_non_null(strstr(said, "no.such"));
    assert_non_null(strstr(said, "exactly one of"));
    assert_non_null(strstr(said, "good side"));
    assert_non_null(strstr(said, "there already"));
    assert_int_equal(
        parse_rules("rules: [{id: a, metric: cpu.utilization, above: 1, tpye: limit}]\n", &r, said),
        ERR_CONFIG);
    assert_non_null(strstr(said, "tpye"));
}

static void every_incident_type_has_both_languages_and_its_own_code(void **state)
{
    (void)state;
    for (int i = 0; i < INCIDENT_TYPE_COUNT; i++) {
        const struct incident_type_info *a = incident_type_info(i);
        assert_true(a->code[0] && a->de[0] && a->en[0] && strcmp(a->de, a->en) != 0);
        for (int k = 0; k < i; k++)
            assert_string_not_equal(incident_type_info(k)->code, a->code);
    }
}

/* ---- outbox ---- */

static unsigned send_all(struct outbox *o, ns_t now, uint64_t *first)
{
    unsigned lane, count = 0;
    uint64_t after;

    while (outbox_next(o, &lane, &after)) {
        if (!count)
            *first = after + 1;
        outbox_sent(o, lane, after + 1, (int)(100 + lane * 1000 + after), now);
        count++;
    }
    return count;
}

static void at_most_twenty_events_fly_without_puback(void **state)
{
    struct outbox o;
    uint64_t first = 0;

    (void)state;
    outbox_init(&o, 60 * SECONDS, (uint64_t[]){0, 50}, (uint64_t[]){0, 0});
    assert_int_equal(send_all(&o, 0, &first), 20);
    assert_true(outbox_acknowledged(&o, 1100, true));
    assert_false(outbox_acknowledged(&o, 1100, true));
    assert_int_equal(send_all(&o, 0, &first), 1);
    assert_int_equal(first, 21);
}

static void a_critical_event_overtakes_the_queue_of_the_other_lane(void **state)
{
    struct outbox o;
    unsigned lane;
    uint64_t after;

    (void)state;
    outbox_init(&o, 60 * SECONDS, (uint64_t[]){0, 5}, (uint64_t[]){0, 0});
    assert_true(outbox_next(&o, &lane, &after));
    assert_int_equal(lane, 1);
    outbox_committed(&o, 0, 1);
    assert_true(outbox_next(&o, &lane, &after));
    assert_int_equal(lane, 0);
}

static void without_a_receipt_everything_above_the_last_one_goes_again_with_longer_pauses(void **state)
{
    struct outbox o;
    uint64_t first = 0;
    ns_t now = 0, pause = 60 * SECONDS;

    (void)state;
    outbox_init(&o, pause, (uint64_t[]){0, 3}, (uint64_t[]){0, 0});
    assert_int_equal(send_all(&o, now, &first), 3);
    assert_true(outbox_receipt(&o, 1, 1, now));
    for (int round = 0; round < 8; round++) {
        o.flying_count = 0; /* all acknowledged */
        outbox_tick(&o, now + pause - 1);
        assert_int_equal(send_all(&o, now, &first), 0);
        now += pause;
        outbox_tick(&o, now);
        assert_int_equal(send_all(&o, now, &first), 2);
        assert_int_equal(first, 2);
        pause = 2 * pause < 15 * MINUTES ? 2 * pause : 15 * MINUTES;
    }
    assert_int_equal(pause, 15 * MINUTES);
    assert_true(outbox_receipt(&o, 1, 3, now));
    outbox_tick(&o, now + DAYS);
    assert_int_equal(send_all(&o, now, &first), 0);
    assert_int_equal(outbox_waiting(&o), 0);
}

static void a_receipt_for_what_never_was_is_refused_and_an_old_one_changes_nothing(void **state)
{
    struct outbox o;

    (void)state;
    outbox_init(&o, SECONDS, (uint64_t[]){0, 3}, (uint64_t[]){0, 2});
    assert_false(outbox_receipt(&o, 1, 4, 0));
    assert_true(outbox_receipt(&o, 1, 1, 0));
    assert_int_equal(o.lanes[1].received, 2);
}

static void acknowledge_all(struct outbox *o)
{
    while (o->flying_count)
        assert_true(outbox_acknowledged(o, o->flying[0].id, true));
}

static void a_reconnect_repeats_what_the_broker_may_have_had_in_memory_alone(void **state)
{
    struct outbox o;
    uint64_t first = 0;

    (void)state;
    outbox_init(&o, 10 * MINUTES, (uint64_t[]){0, 4}, (uint64_t[]){0, 0});
    outbox_tick(&o, 0);
    send_all(&o, 0, &first);
    acknowledge_all(&o);
    assert_true(outbox_receipt(&o, 1, 1, 0));
    outbox_disconnected(&o);
    assert_int_equal(send_all(&o, 0, &first), 3);
    assert_int_equal(first, 2);
    assert_true(outbox_acknowledged(&o, 1101, true)); /* sequence 2 */
    outbox_tick(&o, OUTBOX_SETTLES);
    outbox_tick(&o, 2 * OUTBOX_SETTLES - 1);
    outbox_disconnected(&o);
    assert_int_equal(send_all(&o, 0, &first), 3);
    assert_int_equal(first, 2);
    acknowledge_all(&o);
    outbox_tick(&o, 2 * OUTBOX_SETTLES);
    outbox_tick(&o, 3 * OUTBOX_SETTLES);
    outbox_disconnected(&o);
    assert_int_equal(send_all(&o, 0, &first), 0);
}

/* What the shipped broker has in memory alone must not be settled. */
static void the_broker_profile_saves_before_the_outbox_settles(void **state)
{
    const char *source = getenv("NETZWACHT_SOURCE");
    char *path = strx_printf("%s/packaging/mosquitto/netzwacht.conf", source ? source : "."), line[256];
    FILE *f = path ? fopen(path, "r") : NULL;
    long seconds = 0;

    (void)state;
    assert_non_null(f);
    while (fgets(line, sizeof line, f))
        if (strncmp(line, "autosave_interval ", 18) == 0)
            seconds = strtol(line + 18, NULL, 10);
    fclose(f);
    free(path);
    assert_in_range(seconds, 1, OUTBOX_SETTLES / SECONDS - 10);
}

static void an_event_that_nobody_hears_waits_for_somebody(void **state)
{
    struct outbox o;
    uint64_t first = 0;

    (void)state;
    outbox_init(&o, DAYS, (uint64_t[]){0, 90}, (uint64_t[]){0, 0});
    assert_int_equal(send_all(&o, 0, &first), 20);
    for (int id = 1100; id < 1120; id++)
        assert_true(outbox_acknowledged(&o, id, id == 1100));
    assert_int_equal(send_all(&o, 0, &first), 0);
    outbox_tick(&o, SECONDS);
    assert_int_equal(send_all(&o, SECONDS, &first), 20);
    assert_int_equal(first, 2);
}

static void what_had_no_puback_goes_again_after_a_reconnect_however_late(void **state)
{
    struct outbox o;
    uint64_t first = 0;

    (void)state;
    outbox_init(&o, DAYS, (uint64_t[]){0, 4}, (uint64_t[]){0, 0});
    send_all(&o, 0, &first);
    assert_true(outbox_acknowledged(&o, 1100, true)); /* sequence 1 */
    for (unsigned i = 0; i < 4; i++)
        outbox_tick(&o, i * OUTBOX_SETTLES);
    outbox_disconnected(&o);
    assert_int_equal(send_all(&o, 0, &first), 3);
    assert_int_equal(first, 2);
}

static void a_replay_that_is_cut_off_goes_on_after_the_reconnect(void **state)
{
    struct outbox o;
    uint64_t first = 0;

    (void)state;
    outbox_init(&o, DAYS, (uint64_t[]){0, 9}, (uint64_t[]){0, 9});
    outbox_replay(&o, 1, 5);
    assert_int_equal(send_all(&o, 0, &first), 4);
    assert_true(outbox_acknowledged(&o, 1105, true)); /* sequence 6 */
    outbox_disconnected(&o);
    assert_int_equal(send_all(&o, 0, &first), 4);
    assert_int_equal(first, 6);
}

/* ---- what the NOC sends ---- */

static void receipts_against_the_schema_are_refused(void **state)
{
    struct inbound_receipt r = {0};
    static const char good[] = "{\"source\":\"critical\",\"upto\":7,\"client\":\"noc\"}";
    static const char *const bad[] = {"",
                                      "{}",
                                      "[]",
                                      "{\"source\":\"other\",\"upto\":7}",
                                      "{\"source\":\"main\",\"upto\":-1}",
                                      "{\"source\":\"main\",\"upto\":1.5}",
                                      "{\"source\":\"main\",\"upto\":\"7\"}",
                                      "{\"source\":\"main\",\"upto\":7",
                                      "{\"source\":\"main\",\"upto\":7,\"upto\":8}",
                                      "{\"source\":\"main\",\"upto\":99999999999999999999}"};

    (void)state;
    assert_ok(inbound_receipt_parse(good, strlen(good), &r));
    assert_int_equal(r.lane, 0);
    assert_int_equal(r.upto, 7);
    for (size_t i = 0; i < ARRAY_LEN(bad); i++)
        assert_int_not_equal(inbound_receipt_parse(bad[i], strlen(bad[i]), &r), ERR_OK);
}

static void commands_are_bounded_in_size_and_depth(void **state)
{
    struct inbound_command c;
    char *deep = strx_printf("{\"command\":\"a\",\"client\":\"n\",\"incident\":\"i\",\"x\":%s%s}",
                             "[[[[[[[[[[", "]]]]]]]]]]");
    static char long_one[INBOUND_MAX + 2];

    (void)state;
    assert_int_equal(inbound_command_parse("acknowledge", deep, strlen(deep), &c), ERR_LIMIT);
    free(deep);
    memset(long_one, ' ', sizeof long_one);
    assert_int_equal(inbound_command_parse("acknowledge", long_one, sizeof long_one, &c), ERR_LIMIT);
    assert_int_equal(inbound_command_parse("format", "{}", 2, &c), ERR_NOT_FOUND);
}

static void a_shelving_carries_its_time_and_its_reason(void **state)
{
    struct inbound_command c;
    static const char good[] =
        "{\"command\":\"s1\",\"client\":\"noc\",\"by\":\"M\\u00fcller\",\"incident\":\"i-1\","
        "\"comment\":\"Bagger\",\"until\":\"2026-11-22T06:00:00Z\"}";
    static const char without[] =
        "{\"command\":\"s1\",\"client\":\"noc\",\"incident\":\"i-1\",\"comment\":\"B\"}";

    (void)state;
    assert_ok(inbound_command_parse("shelve", good, strlen(good), &c));
    assert_string_equal(c.target, "i-1");
    assert_string_equal(c.by, "Müller");
    assert_int_equal(c.until, (ns_t)1795327200 * SECONDS);
    assert_int_equal(inbound_command_parse("shelve", without, strlen(without), &c), ERR_MALFORMED);
}

static void a_client_cannot_smuggle_a_topic_in_its_name(void **state)
{
    struct inbound_command c;
    static const char *const bad[] = {"a/b", "+", "#", "a b", ""};

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        char text[128];
        snprintf(text, sizeof text, "{\"command\":\"x\",\"client\":\"%s\"}", bad[i]);
        assert_int_equal(inbound_command_parse("list", text, strlen(text), &c), ERR_MALFORMED);
    }
}

/* ---- payloads ---- */

static void more_than_two_hundred_members_are_counted_not_listed(void **state)
{
    Nw__Incident i = NW__INCIDENT__INIT;
    Nw__Member m = NW__MEMBER__INIT, *members[250];
    struct buf out = BUF_INIT;
    size_t listed = 0;

    (void)state;
    m.kind = (char *)(uintptr_t) "hotspot";
    m.id = (char *)(uintptr_t) "hs-1";
    for (size_t k = 0; k < ARRAY_LEN(members); k++)
        members[k] = &m;
    i.members = members;
    i.n_members = ARRAY_LEN(members);
    i.lane_sequence = 1;
    event_json_event("norderstedt", &i, SECONDS, &out);
    assert_ok(buf_error(&out));
    assert_true(out.len < EVENT_PAYLOAD_MAX);
    for (const char *p = out.data; (p = strstr(p, "hs-1")); p++)
        listed++;
    assert_int_equal(listed, 200);
    assert_non_null(strstr(out.data, "\"members_more\":50"));
    buf_fini(&out);
}

/* ---- alerts.db ---- */

static struct db *open_temporary(char dir[32], char path[64])
{
    struct db *db = NULL;

    strx_copy(dir, 32, "/tmp/netzwacht-db-XXXXXX");
    assert_non_null(mkdtemp(dir));
    snprintf(path, 64, "%s/alerts.db", dir);
    assert_ok(db_open(path, &db));
    return db;
}

static void remove_temporary(const char *dir)
{
    static const char *const names[] = {"alerts.db", "alerts.db-wal", "alerts.db-shm"};
    char path[80];

    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        snprintf(path, sizeof path, "%s/%s", dir, names[i]);
        unlink(path);
    }
    rmdir(dir);
}

static void nothing_of_a_batch_is_there_before_the_commit_and_all_of_it_after(void **state)
{
    char dir[32], path[64];
    struct db *db = open_temporary(dir, path);
    struct buf body = BUF_INIT;
    uint64_t value = 7;
    struct stat st;

    (void)state;
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0640);
    db_put_number(db, "sequence", 42);
    db_put_event(db, 1, 1, SECONDS, "{}", 2);
    db_put_row(db, "node", "ap-1", "x", 1);
    assert_int_equal(db_event_after(db, 1, 0, &value, &body), ERR_NOT_FOUND);
    db_close(db); /* as a crash before the commit */
    assert_ok(db_open(path, &db));
    assert_ok(db_number(db, "sequence", &value));
    assert_int_equal(value, 0);
    db_put_number(db, "sequence", 42);
    db_put_event(db, 1, 1, SECONDS, "{}", 2);
    assert_ok(db_commit(db));
    assert_true(db_is_empty(db));
    db_close(db);
    assert_ok(db_open(path, &db));
    assert_ok(db_number(db, "sequence", &value));
    assert_int_equal(value, 42);
    assert_ok(db_event_after(db, 1, 0, &value, &body));
    assert_int_equal(value, 1);
    assert_int_equal(db_event_after(db, 1, 1, &value, &body), ERR_NOT_FOUND);
    db_close(db);
    buf_fini(&body);
    remove_temporary(dir);
}

static off_t size_of(const char *path)
{
    struct stat st;

    return stat(path, &st) ? 0 : st.st_size;
}

/* Commits some events of four pages each; how often the database itself grew within a commit. */
static unsigned commit_and_count(struct db *db, const char *path, bool is_tidied)
{
    static const char body[16 * 1024];
    unsigned grown = 0;

    for (uint64_t k = 1; k <= 1000; k++) {
        off_t before = size_of(path);
        db_put_event(db, is_tidied, k, SECONDS, body, sizeof body);
        assert_ok(db_commit(db));
        grown += size_of(path) != before;
        if (is_tidied)
            db_tidy(db);
    }
    return grown;
}

static void a_commit_does_not_wait_for_the_log_to_be_moved(void **state)
{
    char dir[32], path[64], log[80];
    struct db *db = open_temporary(dir, path);

    (void)state;
    snprintf(log, sizeof log, "%s-wal", path);
    assert_int_equal(commit_and_count(db, path, true), 0);
    assert_true(size_of(path) > 10 * MIB);
    assert_true(size_of(log) < 3 * MIB);
    assert_int_not_equal(commit_and_count(db, path, false), 0); /* who never tidies has a bounded log, too */
    assert_true(size_of(log) < 6 * MIB);
    db_close(db);
    remove_temporary(dir);
}

static void a_file_that_is_no_database_is_named_as_damaged(void **state)
{
    char dir[32], path[64];
    struct db *db = open_temporary(dir, path);
    FILE *f;

    (void)state;
    db_close(db);
    f = fopen(path, "w");
    assert_non_null(f);
    for (int i = 0; i < 1000; i++)
        fputs("this is no database\n", f);
    fclose(f);
    assert_int_equal(db_open(path, &db), ERR_MALFORMED);
    remove_temporary(dir);
}

static void a_repeated_command_finds_its_first_outcome(void **state)
{
    char dir[32], path[64], *outcome = NULL, *problem = NULL;
    struct db *db = open_temporary(dir, path);

    (void)state;
    assert_int_equal(db_command(db, "c-1", &outcome, &problem), ERR_NOT_FOUND);
    db_put_command(db, "c-1", 10 * SECONDS, "refused", "No.");
    assert_ok(db_commit(db));
    assert_ok(db_command(db, "c-1", &outcome, &problem));
    assert_string_equal(outcome, "refused");
    assert_string_equal(problem, "No.");
    free(outcome);
    free(problem);
    db_expire_commands(db, 20 * SECONDS);
    assert_ok(db_commit(db));
    assert_int_equal(db_command(db, "c-1", &outcome, &problem), ERR_NOT_FOUND);
    db_close(db);
    remove_temporary(dir);
}

RUN_TESTS("alerts", cmocka_unit_test(own_rules_replace_the_shipped_ones_of_the_same_id),
          cmocka_unit_test(every_mistake_in_the_rules_is_reported_where_it_stands),
          cmocka_unit_test(every_incident_type_has_both_languages_and_its_own_code),
          cmocka_unit_test(at_most_twenty_events_fly_without_puback),
          cmocka_unit_test(a_critical_event_overtakes_the_queue_of_the_other_lane),
          cmocka_unit_test(without_a_receipt_everything_above_the_last_one_goes_again_with_longer_pauses),
          cmocka_unit_test(a_receipt_for_what_never_was_is_refused_and_an_old_one_changes_nothing),
          cmocka_unit_test(a_reconnect_repeats_what_the_broker_may_have_had_in_memory_alone),
          cmocka_unit_test(the_broker_profile_saves_before_the_outbox_settles),
          cmocka_unit_test(an_event_that_nobody_hears_waits_for_somebody),
          cmocka_unit_test(what_had_no_puback_goes_again_after_a_reconnect_however_late),
          cmocka_unit_test(a_replay_that_is_cut_off_goes_on_after_the_reconnect),
          cmocka_unit_test(receipts_against_the_schema_are_refused),
          cmocka_unit_test(commands_are_bounded_in_size_and_depth),
          cmocka_unit_test(a_shelving_carries_its_time_and_its_reason),
          cmocka_unit_test(a_client_cannot_smuggle_a_topic_in_its_name),
          cmocka_unit_test(more_than_two_hundred_members_are_counted_not_listed),
          cmocka_unit_test(nothing_of_a_batch_is_there_before_the_commit_and_all_of_it_after),
          cmocka_unit_test(a_commit_does_not_wait_for_the_log_to_be_moved),
          cmocka_unit_test(a_file_that_is_no_database_is_named_as_damaged),
          cmocka_unit_test(a_repeated_command_finds_its_first_outcome))
