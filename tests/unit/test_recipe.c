/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_recipe.c - a poll reckoned by recipe must give what decoding it gives, to the last bit. Each recording
 * in tests/data (and NETZWACHT_SHARED, where it is there) becomes an agent whose values change at random; two
 * sources follow the same polls, one of them decodes every time. */
#include "tests/unit/cmocka_tests.h"

#include <dirent.h>
#include <math.h>
#include <stdio.h>

#include "collector/snmprec.h"
#include "collector/source.h"
#include "lib/base/rng.h"
#include "lib/base/strx.h"
#include "tests/sim/agent.h"

#define INTERVAL (60 * SECONDS)

enum { POLLS = 9, OBJECTS_MOST = 4000, RECORDINGS_LEAST = 100 };

struct follower {
    struct source *source;
    struct source_scratch *scratch;
    Nw__Samples *last;
};

struct world {
    struct profile_set *profiles;
    struct shared_book *shared;
    struct decoder *decoder;
    struct rng rng;
    /* of the recording in hand */
    struct varbind_set *recording, *varbinds;
    struct agent *agent;
    struct poll *poll;
    struct follower repeats, decodes;
    struct buf reply;
    ns_t now;
    uint64_t uptime_cs;
    /* over all */
    size_t recordings, polls, repeated, frozen, unequal;
};

/* ---- the agent ---- */

static const uint64_t odd_numbers[] = {0,     1,     127,        128,         255,
                                       32767, 65535, 2147483647, 2147483648u, 4294967295u};

static void change(struct world *w, const struct varbind *from, bool is_calm)
{
    struct varbind vb = *from;
    bool is_odd = rng_below(&w->rng, 8) == 0;
    uint64_t odd = odd_numbers[rng_below(&w->rng, ARRAY_LEN(odd_numbers))];

    switch (vb.type) {
    case SNMP_INTEGER:
        if (is_calm ||
            (vb.integer >= 0 && vb.integer <= 4)) /* an index, a size; most likely an enumeration */
            return;
        vb.integer = is_odd ? (int64_t)odd - 1 : vb.integer + (int64_t)rng_below(&w->rng, 7) - 3;
        vb.integer = vb.integer > INT32_MAX ? INT32_MAX : vb.integer;
        break;
    case SNMP_COUNTER64: vb.number += is_odd ? odd : rng_below(&w->rng, 100000); break;
    case SNMP_COUNTER32:
    case SNMP_GAUGE32: vb.number = (uint32_t)(is_odd ? odd : vb.number + rng_below(&w->rng, 1000)); break;
    default: return;
    }
    agent_put(w->agent, &vb);
}

/* Now and then something that a recipe must not survive: an enumeration, a text, an instance that goes. */
static void disturb(struct world *w)
{
    const struct varbind *from =
        varbind_set_at(w->recording, rng_below(&w->rng, (uint32_t)varbind_set_count(w->recording)));
    struct varbind vb = *from;
    char oid[OID_TEXT_SIZE];

    if (vb.oid[7] == 1 && vb.oid_len == 9)
        return; /* the system group stays: another device is another test's */
    if (vb.type == SNMP_INTEGER) {
        vb.integer = 1 + rng_below(&w->rng, 3);
        agent_put(w->agent, &vb);
    } else if (vb.type == SNMP_OCTETS) {
        char text[24];

        vb.bytes = (const uint8_t *)text;
        vb.len = (uint32_t)snprintf(text, sizeof text, "%u", rng_below(&w->rng, 90));
        agent_put(w->agent, &vb);
    } else if (rng_below(&w->rng, 2)) {
        agent_put(w->agent, &vb); /* it may be gone already */
        oid_to_text(vb.oid, vb.oid_len, oid, sizeof oid);
        agent_remove(w->agent, oid);
    }
}

static void move_on(struct world *w, int poll)
{
    static const uint32_t uptime[] = {1, 3, 6, 1, 2, 1, 1, 3, 0};
    struct varbind ticks = {.oid = uptime, .oid_len = 9, .type = SNMP_TIMETICKS};

    w->now += INTERVAL;
    w->uptime_cs += 6000;
    ticks.number = w->uptime_cs;
    for (size_t i = 0; poll && i < varbind_set_count(w->recording); i++)
        if (rng_below(&w->rng, 4))
            change(w, varbind_set_at(w->recording, i), poll % 3 != 0);
    for (int i = poll % 4 == 3 ? 3 : 0; i > 0; i--)
        disturb(w);
    agent_put(w->agent, &ticks);
}

/* ---- a poll, and what both make of it ---- */

static void run_poll(struct world *w)
{
    struct poll_request ask;
    enum poll_next next = poll_begin(w->poll, w->now, w->now + 60 * SECONDS, false, &ask);

    while (next == POLL_ASK) {
        struct snmp_message m;

        assert_ok(agent_ask(w->agent, 1, &ask, &w->reply, &m));
        next = poll_step(w->poll, w->now, ERR_OK, &m, &ask);
    }
}

static void record(struct world *w, struct follower *f, bool may_repeat)
{
    static const struct reach reach;
    const struct device_view *view = NULL;
    struct source_poll in = {
        .poll = w->poll, .reach = &reach, .started_wall = 1, .now = w->now, .interval = INTERVAL};
    enum err e = may_repeat ? source_repeat(f->source, &in, f->scratch, &f->last) : ERR_NOT_FOUND;

    w->repeated += may_repeat && !e;
    if (e != ERR_NOT_FOUND) {
        assert_ok(e);
        return;
    }
    varbind_set_clear(w->varbinds);
    poll_thaw(w->poll);
    assert_ok(poll_collect(w->poll, w->varbinds));
    assert_ok(decode(w->decoder, poll_profile(w->poll), w->varbinds, &view));
    in.varbinds = w->varbinds;
    in.view = view;
    assert_ok(source_record(f->source, &in, false, f->scratch, &f->last));
}

static bool is_same(double a, double b)
{
    return isnan(a) ? isnan(b) : memcmp(&a, &b, sizeof a) == 0;
}

static bool are_equal(const Nw__Samples *a, const Nw__Samples *b)
{
    if (a->n_values != b->n_values || a->n_unknown != b->n_unknown || a->table_version != b->table_version ||
        a->uptime_ms != b->uptime_ms || a->outcome != b->outcome)
        return false;
    for (size_t i = 0; i < a->n_values; i++)
        if (!is_same(a->values[i], b->values[i]))
            return false;
    for (size_t i = 0; i < a->n_unknown; i++)
        if (a->unknown[i]->index != b->unknown[i]->index || a->unknown[i]->reason != b->unknown[i]->reason)
            return false;
    return true;
}

static void open_follower(struct follower *f)
{
    assert_ok(source_new("device-1", &f->source));
    f->scratch = source_scratch_new();
    assert_non_null(f->scratch);
}

static void close_follower(struct follower *f)
{
    source_free(f->source);
    source_scratch_free(f->scratch);
}

static void follow(struct world *w, const char *path)
{
    struct poll_options o = {.profiles = w->profiles, .version = 1, .shared = w->shared};
    struct snmprec_stats stats = {0};

    varbind_set_clear(w->recording);
    if (snmprec_read_file(path, NULL, w->recording, &stats) || varbind_set_count(w->recording) == 0 ||
        varbind_set_count(w->recording) > OBJECTS_MOST)
        return;
    w->recordings++;
    w->agent = agent_new();
    for (size_t i = 0; i < varbind_set_count(w->recording); i++)
        agent_put(w->agent, varbind_set_at(w->recording, i));
    assert_ok(poll_new(&o, &w->poll));
    open_follower(&w->repeats);
    open_follower(&w->decodes);
    for (int i = 0; i < POLLS; i++) {
        move_on(w, i);
        run_poll(w);
        w->frozen += poll_is_frozen(w->poll);
        record(w, &w->repeats, true);
        record(w, &w->decodes, false);
        poll_freeze(w->poll);
        w->polls++;
        if (!are_equal(w->repeats.last, w->decodes.last)) {
            print_error("%s: poll %d differs\n", path, i);
            w->unequal++;
        }
    }
    close_follower(&w->repeats);
    close_follower(&w->decodes);
    poll_free(w->poll);
    agent_free(w->agent);
}

static void follow_all(struct world *w, const char *dir)
{
    struct dirent **names;
    int count = scandir(dir, &names, NULL, alphasort);

    for (int i = 0; i < count; i++) {
        char path[4096];

        snprintf(path, sizeof path, "%s/%s", dir, names[i]->d_name);
        if (strx_ends_with(path, ".snmprec"))
            follow(w, path);
        free(names[i]);
    }
    if (count >= 0)
        free(names);
}

static void a_repeated_poll_equals_a_decoded_one(void **state)
{
    struct world w = {.rng = {20261122}, .now = 1000 * SECONDS, .uptime_cs = 1000000};
    const char *root = getenv("NETZWACHT_SOURCE"), *shared = getenv("NETZWACHT_SHARED");
    char path[4096];
    const char *dirs[] = {path};
    struct conf_report *report;

    (void)state;
    snprintf(path, sizeof path, "%s/profiles", root ? root : ".");
    assert_ok(conf_report_new(&report));
    assert_ok(profile_set_load(dirs, 1, report, &w.profiles));
    conf_report_free(report);
    w.decoder = decoder_new();
    w.shared = shared_book_new();
    assert_non_null(w.shared);
    w.recording = varbind_set_new();
    w.varbinds = varbind_set_new();
    assert_true(w.decoder && w.recording && w.varbinds);
    snprintf(path, sizeof path, "%s/tests/data/recordings", root ? root : ".");
    follow_all(&w, path);
    assert_true(w.recordings >= RECORDINGS_LEAST);
    snprintf(path, sizeof path, "%s/recordings", shared ? shared : "../shared");
    follow_all(&w, path);
    print_message("# %zu recordings, %zu polls, %zu of them repeated, %zu frozen\n", w.recordings, w.polls,
                  w.repeated, w.frozen);
    assert_int_equal(w.unequal, 0);
    assert_true(w.repeated > w.polls / 4);
    assert_true(w.frozen > w.polls / 4);
    assert_int_equal(shared_count(w.shared), 0);
    shared_book_free(w.shared);
    varbind_set_free(w.recording);
    varbind_set_free(w.varbinds);
    decoder_free(w.decoder);
    profile_set_free(w.profiles);
    buf_fini(&w.reply);
}

RUN_TESTS("recipe", cmocka_unit_test(a_repeated_poll_equals_a_decoded_one))
