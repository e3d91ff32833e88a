/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_tail.c - what a reader that starts knows is what one knows that has read every record. */
#include "tests/unit/cmocka_tests.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "dashboards/pulse.h"
#include "dashboards/snapshot.h"
#include "dashboards/tail.h"
#include "lib/base/crc32c.h"
#include "lib/base/rng.h"
#include "lib/model/metric.h"
#include "lib/runtime/loop.h"
#include "tests/unit/journal_place.h"
#include "tests/unit/temp_dir.h"

#define NOW  (1795000000 * SECONDS)
#define SPAN (4 * HOURS)

enum { DEVICES = 6, ROWS = 3, RECORDS = 3000, WORLDS = 30 };

static const char inventory_text[] =
    "sites:\n"
    "  - {id: lido, name: Freibad, district: harksheide, kind: public, lat: 53.71, lon: 10.01}\n"
    "devices:\n"
    "  - {id: d-0, address: 127.16.0.1, kind: router, core: true}\n"
    "  - {id: d-1, address: 127.16.0.2, kind: switch, uplink: d-0}\n"
    "  - {id: d-2, address: 127.16.0.3, kind: ap, uplink: d-1}\n"
    "  - {id: d-3, address: 127.16.0.4, kind: ap, uplink: d-1}\n"
    "  - {id: d-4, address: 127.16.0.5, kind: controller, uplink: d-0}\n"
    "hotspots:\n"
    "  - {id: h-2, name: Becken, site: lido, device: d-2}\n"
    "  - {id: h-3, name: Kasse, site: lido, device: d-3}\n"
    "  - {id: h-4, name: Kiosk, site: lido, device: d-4, entity: 'ap/1', uplink: d-1}\n";

/* ---- what is known ---- */

struct known {
    struct snapshot *snapshot;
    struct pulse *pulse;
    size_t events; /* of the last quarter of an hour */
    uint64_t event_sum;
    journal_pos announced; /* the last list */
    size_t records;
    ns_t now;
};

static void know(struct known *k, const char *partition, journal_pos pos, Nw__Record *record)
{
    bool is_event = record->body_case == NW__RECORD__BODY_STATE ||
                    record->body_case == NW__RECORD__BODY_INCIDENT ||
                    record->body_case == NW__RECORD__BODY_OUTCOME;

    k->records++;
    if (is_event && k->now - (ns_t)record->wall <= 15 * MINUTES) {
        k->events++;
        k->event_sum = k->event_sum * 31 + pos;
    }
    if (record->body_case == NW__RECORD__BODY_ANNOUNCEMENTS)
        k->announced = pos;
    if (record->body_case == NW__RECORD__BODY_HEARTBEAT && strcmp(partition, "unit.7") != 0)
        assert_ok(pulse_take(k->pulse, record->heartbeat->daemon, (ns_t)record->wall, record->heartbeat));
    assert_ok(snapshot_record(k->snapshot, partition, record, k->now));
}

static void describe_source(struct buf *b, const struct snap_source *s)
{
    if (!s) {
        buf_str(b, "nothing\n");
        return;
    }
    buf_printf(b, "at %lld outcome %u misses %u down %d us %u uptime %llu answered %lld interval %u clients",
               (long long)s->at, s->outcome, s->misses, s->is_down, s->duration_us,
               (unsigned long long)s->uptime_ms, (long long)s->answered, s->interval_ms);
    for (size_t i = 0; i < s->clients_count; i++)
        buf_printf(b, " %u:%zu", s->clients[i].series, s->clients[i].hotspot);
    buf_str(b, " values");
    for (size_t i = 0; i < s->value_count; i++)
        buf_printf(b, " %g", s->values[i]);
    for (size_t i = 0; i < s->unknown_count; i++)
        buf_printf(b, " %u=%u", s->unknown[i].index, s->unknown[i].reason);
    buf_printf(b, " table %u of %08x", s->table_version, s->table ? crc32c(0, s->table, s->table_len) : 0);
    for (size_t i = 0; i < s->assets.count; i++)
        buf_printf(b, " <%s %s %s>", s->assets.items[i].entity, s->assets.items[i].model,
                   s->assets.items[i].version);
    buf_str(b, "\n");
}

static void describe_states(struct buf *b, const struct snapshot *s)
{
    for (size_t i = 0; i < 3; i++) {
        const struct snap_state *state = snapshot_hotspot(s, i);
        buf_printf(b, "hotspot %d %d %lld %s %g %g\n", state->state, state->reason, (long long)state->since,
                   state->incident, state->clients, snapshot_clients(s, i));
    }
    for (size_t i = 0; i < 5; i++)
        buf_printf(b, "device %d %lld\n", snapshot_device(s, i)->state,
                   (long long)snapshot_device(s, i)->since);
}

static char *describe(const struct known *k)
{
    struct buf b = BUF_INIT;
    struct snap_incidents incidents;
    double points[PULSE_POINTS];
    char id[32];

    for (int i = 0; i < DEVICES; i++) {
        snprintf(id, sizeof id, "d-%d", i);
        describe_source(&b, snapshot_source(k->snapshot, id));
        snprintf(id, sizeof id, "probe/h-%d", i);
        describe_source(&b, snapshot_source(k->snapshot, id));
    }
    describe_states(&b, k->snapshot);
    snapshot_incidents(k->snapshot, &incidents);
    buf_printf(&b, "incidents %zu %zu %zu\n", incidents.open, incidents.critical, incidents.unacknowledged);
    for (size_t i = 0; i < snapshot_daemon_count(k->snapshot); i++) {
        const struct snap_daemon *d = snapshot_daemon(k->snapshot, i);
        bool is_known = pulse_points(k->pulse, d->name, PULSE_FIGURE, "polls_total", k->now, points);
        buf_printf(&b, "daemon %s of %s heard %lld:", d->name, d->partition, (long long)d->heard);
        for (int p = 0; is_known && p < PULSE_POINTS; p++)
            buf_printf(&b, " %g", points[p]);
        buf_str(&b, "\n");
    }
    buf_printf(&b, "events %zu %llx\n", k->events, (unsigned long long)k->event_sum);
    buf_printf(&b, "announced %llu\n", (unsigned long long)k->announced);
    return buf_take(&b);
}

static void assert_same(const char *wanted, const char *got, uint64_t seed)
{
    while (*wanted) {
        size_t a = strcspn(wanted, "\n"), b = strcspn(got, "\n");
        if (a != b || memcmp(wanted, got, a) != 0)
            fail_msg("seed %llu: known is\n%.*s\ninstead of\n%.*s", (unsigned long long)seed,
                     b < 400 ? (int)b : 400, got, a < 400 ? (int)a : 400, wanted);
        wanted += a + 1;
        got += b + 1;
    }
}

/* ---- a journal of anything ---- */

struct maker {
    struct rng rng;
    struct journal_writer *writers[4];
    ns_t wall;
};

static const char *const partitions[] = {"collector", "probe", "alerts", "unit.7", NULL};

static void put_record(struct maker *m, int partition, Nw__Record *r)
{
    struct buf bytes = BUF_INIT;

    r->wall = (uint64_t)m->wall;
    assert_ok(record_pack(r, &bytes));
    assert_ok(journal_append(m->writers[partition], m->wall, bytes.data, bytes.len, NULL));
    buf_fini(&bytes);
}

static void make_samples(struct maker *m)
{
    static const uint32_t outcomes[] = {NW__OUTCOMES__OUTCOME_OK, NW__OUTCOMES__OUTCOME_TIMEOUT,
                                        NW__OUTCOMES__OUTCOME_PARTIAL, NW__OUTCOMES__OUTCOME_FAILED};
    static const char *const versions[] = {"6.5.20", "6.5.28"};
    int partition = rng_below(&m->rng, 4) ? 0 : rng_below(&m->rng, 2) ? 1 : 3;
    Nw__Record r = NW__RECORD__INIT;
    Nw__Samples s = NW__SAMPLES__INIT;
    Nw__Table t = NW__TABLE__INIT;
    Nw__Identity identity = NW__IDENTITY__INIT;
    Nw__Entity entities[ROWS], *entity_list[ROWS];
    Nw__Series series[ROWS], *series_list[ROWS];
    Nw__Quality unknown = NW__QUALITY__INIT, *unknown_list[] = {&unknown};
    double values[ROWS];
    char source[32], names[ROWS][16];

    snprintf(source, sizeof source, partition ? "probe/h-%u" : "d-%u", rng_below(&m->rng, DEVICES));
    for (unsigned i = 0; i < ROWS; i++) {
        nw__entity__init(&entities[i]);
        nw__series__init(&series[i]);
        snprintf(names[i], sizeof names[i], i ? "ap/%u" : "chassis", i);
        entities[i].id = names[i];
        entities[i].kind = (char *)(uintptr_t)(i ? "ap" : "chassis");
        series[i].entity = i;
        series[i].metric = METRIC_CLIENTS;
        entity_list[i] = &entities[i];
        series_list[i] = &series[i];
        values[i] = rng_below(&m->rng, 1000);
    }
    identity.model = (char *)(uintptr_t)(rng_below(&m->rng, 8) ? "X1" : "");
    identity.version = (char *)(uintptr_t)versions[rng_below(&m->rng, 2)];
    t.identity = &identity;
    t.version = 1 + rng_below(&m->rng, 2);
    t.interval_ms = 10000;
    t.entities = entity_list;
    t.n_entities = ROWS - rng_below(&m->rng, 2);
    t.series = series_list;
    t.n_series = t.n_entities;
    unknown.index = 1;
    unknown.reason = 1 + rng_below(&m->rng, 4);
    s.source = source;
    s.started = (uint64_t)(m->wall - (rng_below(&m->rng, 10) ? 0 : rng_below(&m->rng, 100) * MINUTES));
    s.outcome = outcomes[rng_below(&m->rng, ARRAY_LEN(outcomes))];
    s.misses = rng_below(&m->rng, 4);
    s.is_down = s.misses == 3;
    s.uptime_ms = rng_below(&m->rng, 3) * 1000;
    s.values = values;
    s.n_values = rng_below(&m->rng, ROWS + 1);
    s.unknown = unknown_list;
    s.n_unknown = rng_below(&m->rng, 2);
    s.table = rng_below(&m->rng, 6) == 0 ? &t : NULL;
    r.body_case = NW__RECORD__BODY_SAMPLES;
    r.samples = &s;
    put_record(m, partition, &r);
}

static void make_state(struct maker *m)
{
    Nw__Record r = NW__RECORD__INIT;
    Nw__State s = NW__STATE__INIT;
    char id[16];
    bool is_device = rng_below(&m->rng, 2);

    snprintf(id, sizeof id, "%c-%u", is_device ? 'd' : 'h', rng_below(&m->rng, 6));
    s.kind = (char *)(uintptr_t)(is_device ? "device" : "hotspot");
    s.id = id;
    s.state = rng_below(&m->rng, 4);
    s.since = (uint64_t)m->wall;
    s.clients = rng_below(&m->rng, 50);
    r.body_case = NW__RECORD__BODY_STATE;
    r.state = &s;
    put_record(m, 2, &r);
}

static void make_incident(struct maker *m)
{
    static const char *const severities[] = {"critical", "minor"};
    static const char *const operators[] = {"none", "acknowledged"};
    Nw__Record r = NW__RECORD__INIT;
    Nw__Incident i = NW__INCIDENT__INIT;
    char id[16];

    snprintf(id, sizeof id, "i-%u", rng_below(&m->rng, 40));
    i.id = id;
    i.severity = (char *)(uintptr_t)severities[rng_below(&m->rng, 2)];
    i.operator_state = (char *)(uintptr_t)operators[rng_below(&m->rng, 2)];
    i.closed = rng_below(&m->rng, 2) ? (uint64_t)m->wall : 0;
    r.body_case = NW__RECORD__BODY_INCIDENT;
    r.incident = &i;
    put_record(m, 2, &r);
}

static void make_heartbeat(struct maker *m)
{
    static const char *const daemons[] = {"netzwacht-collector", "netzwacht-probe", "netzwacht-alerts",
                                          "netzwacht-probe"};
    Nw__Record r = NW__RECORD__INIT;
    Nw__Heartbeat h = NW__HEARTBEAT__INIT;
    Nw__Counter counter = NW__COUNTER__INIT, *counters[] = {&counter};
    unsigned partition = rng_below(&m->rng, 4);

    h.daemon = (char *)(uintptr_t)daemons[partition];
    counter.name = (char *)"polls_total";
    counter.value = (double)((m->wall - NOW + SPAN) / SECONDS);
    h.counters = counters;
    h.n_counters = 1;
    r.body_case = NW__RECORD__BODY_HEARTBEAT;
    r.heartbeat = &h;
    put_record(m, (int)partition, &r);
}

static void make_outcome(struct maker *m)
{
    Nw__Record r = NW__RECORD__INIT;
    Nw__Outcome o = NW__OUTCOME__INIT;

    record_put_outcome(&r, &o, "c-1", "done", "");
    put_record(m, (int)rng_below(&m->rng, 3), &r);
}

/* Once a day: long before what a start reads whole. */
static void make_announcements(struct maker *m)
{
    Nw__Record r = NW__RECORD__INIT;
    Nw__Announcements list = NW__ANNOUNCEMENTS__INIT;

    r.body_case = NW__RECORD__BODY_ANNOUNCEMENTS;
    r.announcements = &list;
    put_record(m, 2, &r);
}

static void make_journal(struct maker *m, const char *dir)
{
    for (int i = 0; i < 4; i++) {
        struct journal_options o = options(dir);
        o.partition = partitions[i];
        o.segment_bytes = rng_below(&m->rng, 4) ? 64 * MIB : 50000;
        assert_ok(journal_writer_open(&o, 0, &m->writers[i]));
    }
    for (int i = 0; i < RECORDS; i++) {
        m->wall = NOW - SPAN + i * (SPAN / RECORDS);
        if (i == 10 || i == 20)
            make_announcements(m);
        switch (rng_below(&m->rng, 8)) {
        case 0: make_state(m); break;
        case 1: make_incident(m); break;
        case 2:
        case 3: make_heartbeat(m); break;
        case 4: make_outcome(m); break;
        default: make_samples(m); break;
        }
    }
    for (int i = 0; i < 4; i++)
        journal_writer_close(m->writers[i]);
}

/* ---- the readers ---- */

/* Every record of a partition. */
static size_t know_all(struct known *k, const char *dir, const char *partition)
{
    struct journal_reader *reader = NULL;
    Nw__Record *record = NULL;
    const void *bytes;
    journal_pos pos;
    size_t len, count = 0;

    assert_ok(journal_reader_open(dir, partition, 0, JOURNAL_FROM_SEGMENT_BACK, &reader));
    for (; journal_read(reader, &bytes, &len, &pos) == ERR_OK; count++) {
        assert_ok(record_unpack(bytes, len, &record));
        know(k, partition, pos, record);
        record_free(record);
    }
    journal_reader_close(reader);
    return count;
}

static struct known newborn(const struct inventory *inventory)
{
    struct known k = {.now = NOW};

    assert_ok(snapshot_new(inventory, &k.snapshot));
    assert_ok(pulse_new(&k.pulse));
    return k;
}

static void forget(struct known *k)
{
    snapshot_free(k->snapshot);
    pulse_free(k->pulse);
}

static ns_t stopped_clock(void *ctx)
{
    (void)ctx;
    return NOW;
}

struct reader {
    struct known known;
    size_t bytes, idle;
};

static void on_bytes(void *ctx, const char *partition, journal_pos pos, const void *bytes, size_t len)
{
    (void)partition, (void)pos, (void)bytes, (void)len;
    ((struct reader *)ctx)->bytes++;
}

static void on_record(void *ctx, const char *partition, journal_pos pos, Nw__Record *record)
{
    know(&((struct reader *)ctx)->known, partition, pos, record);
}

static void on_idle(void *ctx)
{
    ((struct reader *)ctx)->idle++;
}

static const struct tail_fns reading = {.bytes = on_bytes, .record = on_record, .idle = on_idle};

static struct inventory *load_inventory(const char *dir)
{
    struct inventory *inventory = NULL;
    struct conf_report *report = NULL;
    char path[256];
    const char *paths[] = {path};

    snprintf(path, sizeof path, "%s/inventory.yaml", dir);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fputs(inventory_text, f);
    assert_ok(fclose(f));
    assert_ok(conf_report_new(&report));
    if (inventory_load(paths, 1, NULL, report, &inventory))
        fail_msg("%s", conf_report_text(report));
    conf_report_free(report);
    return inventory;
}

static void a_start_knows_what_all_records_say(void **state)
{
    static const char *const read[] = {"collector", "probe", "alerts", NULL};
    const struct loop_clock clock = {stopped_clock, stopped_clock, NULL};
    struct inventory *inventory = load_inventory(*state);

    for (uint64_t seed = 1; seed <= WORLDS; seed++) {
        struct known all = newborn(inventory);
        struct maker m = {.rng = {seed}};
        size_t records = 0;
        struct reader reader = {.known = newborn(inventory)};
        struct loop *l = NULL;
        struct tail *t = NULL;
        char dir[256];

        snprintf(dir, sizeof dir, "%s/%llu", (char *)*state, (unsigned long long)seed);
        make_journal(&m, dir);
        for (int i = 0; partitions[i]; i++)
            records += know_all(&all, dir, partitions[i]);
        assert_ok(loop_new(&clock, &l));
        assert_ok(tail_new(l, dir, read, true, &reading, &reader, &t));
        char *wanted = describe(&all), *got = describe(&reader.known);
        assert_same(wanted, got, seed);
        assert_int_equal(reader.bytes, records);
        assert_int_equal(reader.idle, 1);
        assert_true(reader.known.records < records);
        free(wanted);
        free(got);
        tail_free(t);
        loop_free(l);
        forget(&all);
        forget(&reader.known);
    }
    inventory_free(inventory);
}

RUN_TESTS("tail", cmocka_unit_test_setup_teardown(a_start_knows_what_all_records_say, temp_dir_setup,
                                                  temp_dir_teardown))
