/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_rate_histories.c - a million readings of counters with all that happens to counters, through poll,
 * profile and record as in the daemon, judged by what really flowed: no rate above the line's speed, a reset
 * is a gap, and what nothing happened to is right. Once more with agents of SNMPv3, whose reboots sysUpTime
 * does not always show. */
#include "tests/unit/cmocka_tests.h"

#include <math.h>
#include <stdio.h>

#include "collector/source.h"
#include "lib/base/rng.h"
#include "lib/base/strx.h"
#include "tests/sim/agent.h"

enum { PORTS = 50, SERIES_MAX = 1000, SAMPLES = 1000000, SAMPLES_V3 = 250000 };

#define INTERVAL  (60 * SECONDS)
#define TICK_WRAP (UINT64_C(1) << 32) /* sysUpTime, hundredths of a second */

static const double SPEEDS_MBIT[] = {10, 100, 1000, 10000};

struct direction {
    uint64_t raw;      /* what the counter says */
    uint64_t flowed;   /* octets since the last poll */
    uint64_t sum;      /* octets since it was read */
    ns_t elapsed;      /* likewise */
    bool is_disturbed; /* the step is not what flowed, and nobody can know */
    bool is_reset;     /* … and the agent says so: there must be no rate */
    bool is_back;      /* … and it has stepped back by 1 since the last poll: neither */
};

struct port {
    uint32_t index;
    double speed; /* Mbit/s */
    bool has_hc;
    uint64_t discontinuity;
    struct direction in, out;
};

struct tally {
    size_t samples, unread, parts, clean, right, resets, gaps_of_resets, wraps32, uptime_wraps, reboots,
        hidden_reboots, renumberings, back_by_one;
};

struct world {
    struct rng rng;
    struct agent *agent;
    struct profile_set *profiles;
    struct poll *poll;
    struct varbind_set *varbinds;
    struct decoder *decoder;
    struct source *source;
    struct source_scratch *scratch;
    struct reach reach;
    struct buf reply;
    ns_t now, elapsed;
    uint64_t uptime_cs;
    uint32_t boots; /* of its SNMPv3 engine; 0 = it speaks v2c */
    ns_t booted;
    struct port ports[PORTS];
    size_t port_of[SERIES_MAX]; /* of a series; PORTS = of none */
    bool is_in[SERIES_MAX];
    size_t series, polls;
    int silent_after; /* requests of this poll that are answered; 0 = all */
    ns_t names_known; /* what stands where is learned again at this time; 0 = it is known */
    struct tally tally;
};

static bool happens(struct world *w, uint32_t per_ten_thousand)
{
    return rng_below(&w->rng, 10000) < per_ten_thousand;
}

/* ---- the agent ---- */

static void put(struct world *w, const char *column, uint32_t index, enum snmp_type type, uint64_t value)
{
    char oid[64];

    snprintf(oid, sizeof oid, "%s.%u", column, index);
    agent_number(w->agent, oid, type, value);
}

static void put_names(struct world *w)
{
    for (size_t i = 0; i < PORTS; i++) {
        char oid[64], name[16];

        snprintf(oid, sizeof oid, "1.3.6.1.2.1.31.1.1.1.1.%u", w->ports[i].index);
        snprintf(name, sizeof name, "p%zu", i);
        agent_text(w->agent, oid, name);
        put(w, "1.3.6.1.2.1.31.1.1.1.15", w->ports[i].index, SNMP_GAUGE32, (uint64_t)w->ports[i].speed);
    }
}

static void put_counters(struct world *w)
{
    agent_number(w->agent, "1.3.6.1.2.1.1.3.0", SNMP_TIMETICKS, w->uptime_cs % TICK_WRAP);
    for (size_t i = 0; i < PORTS; i++) {
        const struct port *p = &w->ports[i];

        if (p->has_hc) {
            put(w, "1.3.6.1.2.1.31.1.1.1.6", p->index, SNMP_COUNTER64, p->in.raw);
            put(w, "1.3.6.1.2.1.31.1.1.1.10", p->index, SNMP_COUNTER64, p->out.raw);
        } else {
            put(w, "1.3.6.1.2.1.2.2.1.10", p->index, SNMP_COUNTER32, p->in.raw & UINT32_MAX);
            put(w, "1.3.6.1.2.1.2.2.1.16", p->index, SNMP_COUNTER32, p->out.raw & UINT32_MAX);
        }
        put(w, "1.3.6.1.2.1.31.1.1.1.19", p->index, SNMP_TIMETICKS, p->discontinuity);
    }
}

static void build_agent(struct world *w)
{
    agent_free(w->agent);
    w->agent = agent_new();
    agent_system(w->agent, "one", "1.3.6.1.4.1.99999.1", w->uptime_cs);
    put_names(w);
    put_counters(w);
}

static void start_direction(struct world *w, struct direction *d)
{
    uint32_t kind = rng_below(&w->rng, 3);

    /* Anywhere, just before a wrap, or at the beginning. */
    d->raw = kind == 0 ? rng_u64(&w->rng) : kind == 1 ? UINT64_MAX - rng_below(&w->rng, 1u << 30) : 0;
}

static struct world *open_world(uint32_t boots)
{
    struct world *w = calloc(1, sizeof *w);
    const char *root = getenv("NETZWACHT_SOURCE"), *seed = getenv("NETZWACHT_SEED");
    char dir[4096];
    const char *dirs[] = {dir};
    struct conf_report *report;
    uint64_t given = 20261122;

    assert_non_null(w);
    if (seed)
        assert_ok(strx_to_u64(seed, &given));
    printf("# seed %llu\n", (unsigned long long)given);
    w->rng.state = given;
    snprintf(dir, sizeof dir, "%s/profiles", root ? root : ".");
    assert_ok(conf_report_new(&report));
    assert_ok(profile_set_load(dirs, 1, report, &w->profiles));
    conf_report_free(report);
    struct poll_options o = {.profiles = w->profiles, .profile = "generic", .version = 1};
    assert_ok(poll_new(&o, &w->poll));
    assert_ok(source_new("device-1", &w->source));
    w->varbinds = varbind_set_new();
    w->decoder = decoder_new();
    w->scratch = source_scratch_new();
    w->now = 1000 * SECONDS;
    w->uptime_cs = TICK_WRAP - 100000;
    w->boots = boots;
    for (size_t i = 0; i < PORTS; i++) {
        struct port *p = &w->ports[i];

        p->index = (uint32_t)i + 1;
        p->has_hc = i % 3 != 0;
        p->speed = SPEEDS_MBIT[p->has_hc ? i % 4 : i % 2]; /* who has no HC is slow: RFC 2863, 3.1.6 */
        start_direction(w, &p->in);
        start_direction(w, &p->out);
    }
    build_agent(w);
    return w;
}

static void close_world(struct world *w)
{
    source_free(w->source);
    source_scratch_free(w->scratch);
    decoder_free(w->decoder);
    varbind_set_free(w->varbinds);
    poll_free(w->poll);
    profile_set_free(w->profiles);
    agent_free(w->agent);
    buf_fini(&w->reply);
    free(w);
}

/* ---- what happens between two polls ---- */

static void flow(struct world *w, const struct port *p, struct direction *d)
{
    double most = p->speed * 1e6 / 8;

    double load = happens(w, 1000) ? 0 : happens(w, 1000) ? most : rng_unit(&w->rng) * most;

    d->flowed = (uint64_t)(load * (double)w->elapsed / (double)SECONDS);
    d->sum += d->flowed;
    d->is_back = false;
    d->elapsed += w->elapsed;
    if (!p->has_hc && (d->raw & UINT32_MAX) + d->flowed > UINT32_MAX)
        w->tally.wraps32++;
    if (!p->has_hc && d->sum >= UINT64_C(1) << 31)
        d->is_disturbed = true; /* may have been two wraps */
    d->raw += d->flowed;
}

static void restart_counter(struct world *w, struct direction *d, bool is_told)
{
    d->raw = rng_below(&w->rng, 100000);
    d->is_disturbed = true;
    d->is_reset |= is_told;
}

static void disturb(struct world *w, struct port *p)
{
    if (happens(w, 20)) { /* the line card, or the driver */
        p->discontinuity = w->uptime_cs % TICK_WRAP;
        restart_counter(w, &p->in, true);
        restart_counter(w, &p->out, true);
    }
    if (happens(w, 5)) { /* … that does not tell */
        restart_counter(w, &p->in, false);
        restart_counter(w, &p->out, false);
    }
    if (happens(w, 20)) {
        p->in.raw -= p->in.sum + 1;
        p->in.is_disturbed = true;
        p->in.is_back = true;
        w->tally.back_by_one++;
    }
}

/* Of a v3 agent every other one is not to be seen in sysUpTime: it is by now where it would be anyway. */
static void reboot(struct world *w)
{
    if (w->boots && happens(w, 5000))
        w->tally.hidden_reboots++;
    else
        w->uptime_cs = rng_below(&w->rng, 3000);
    if (w->boots && happens(w, 8000))
        w->boots++; /* others do not remember the count */
    w->booted = w->now;
    for (size_t i = 0; i < PORTS; i++) {
        w->ports[i].discontinuity = 0;
        restart_counter(w, &w->ports[i].in, true);
        restart_counter(w, &w->ports[i].out, true);
    }
    w->tally.reboots++;
}

static void renumber(struct world *w)
{
    for (size_t i = PORTS - 1; i > 0; i--) {
        size_t j = rng_below(&w->rng, (uint32_t)i + 1);
        uint32_t other = w->ports[j].index;

        w->ports[j].index = w->ports[i].index;
        w->ports[i].index = other;
    }
    build_agent(w);
    w->tally.renumberings++;
}

static void live(struct world *w)
{
    uint64_t before = w->uptime_cs;

    w->elapsed = happens(w, 50)   ? (ns_t)(2 + rng_below(&w->rng, 30)) * MINUTES /* polls missed */
                 : happens(w, 10) ? 2 * SECONDS                                  /* out of turn */
                                  : INTERVAL;
    w->elapsed += (ns_t)rng_below(&w->rng, 2000) * MILLISECONDS - SECONDS;
    w->now += w->elapsed;
    w->uptime_cs += (uint64_t)(w->elapsed / (10 * MILLISECONDS));
    w->tally.uptime_wraps += before / TICK_WRAP != w->uptime_cs / TICK_WRAP;
    for (size_t i = 0; i < PORTS; i++) {
        flow(w, &w->ports[i], &w->ports[i].in);
        flow(w, &w->ports[i], &w->ports[i].out);
        disturb(w, &w->ports[i]);
    }
    if (happens(w, w->boots ? 100 : 20))
        reboot(w);
    else if (happens(w, 10))
        w->uptime_cs =
            (w->uptime_cs / TICK_WRAP + 1) * TICK_WRAP - rng_below(&w->rng, 20000); /* 497 days on */
    if (happens(w, 10)) {
        renumber(w);
        /* Together with a restart it is seen at once; else when the names are read again. */
        w->names_known = w->now + 2 * POLL_REWALK;
    }
    put_counters(w);
}

/* ---- polling and judging ---- */

static void note_table(struct world *w, const Nw__Samples *s)
{
    if (!s->table)
        return;
    w->series = s->table->n_series;
    assert_true(w->series < SERIES_MAX);
    for (size_t i = 0; i < w->series; i++) {
        const Nw__Series *one = s->table->series[i];
        unsigned port;

        w->port_of[i] = PORTS;
        w->is_in[i] = one->metric == METRIC_IF_IN;
        if ((w->is_in[i] || one->metric == METRIC_IF_OUT) &&
            sscanf(s->table->entities[one->entity]->id, "if/p%u", &port) == 1)
            w->port_of[i] = port;
    }
}

static const Nw__Samples *poll_and_record(struct world *w)
{
    struct poll_request ask;
    enum poll_next next = poll_begin(w->poll, w->now, w->now + 30 * SECONDS, false, &ask);
    Nw__Samples *samples;
    int requests = 0;

    while (next == POLL_ASK) {
        struct snmp_message m;

        if (w->silent_after && ++requests > w->silent_after) {
            next = poll_step(w->poll, w->now, ERR_TIMEOUT, NULL, &ask);
            continue;
        }
        assert_ok(agent_ask(w->agent, 1, &ask, &w->reply, &m));
        m.engine_boots = w->boots;
        m.engine_time = w->boots ? (uint32_t)((w->now - w->booted) / SECONDS) : 0;
        next = poll_step(w->poll, w->now, ERR_OK, &m, &ask);
    }
    (void)reach_polled(&w->reach, true);
    struct source_poll in = {.poll = w->poll,
                             .varbinds = w->varbinds,
                             .reach = &w->reach,
                             .started_wall = 1,
                             .rtt = 1,
                             .now = w->now,
                             .interval = INTERVAL};
    if (w->polls && source_repeat(w->source, &in, w->scratch, &samples) == ERR_OK)
        return samples;
    varbind_set_clear(w->varbinds);
    assert_ok(poll_collect(w->poll, w->varbinds));
    assert_ok(decode(w->decoder, poll_profile(w->poll), w->varbinds, &in.view));
    assert_ok(source_record(w->source, &in, w->polls == 0, w->scratch, &samples));
    return samples;
}

static bool was_read(const struct world *w, const struct port *p, bool is_in)
{
    const uint32_t hc[] = {1, 3, 6, 1, 2, 1, 31, 1, 1, 1, is_in ? 6 : 10, p->index},
                   discontinuity[] = {1, 3, 6, 1, 2, 1, 31, 1, 1, 1, 19, p->index},
                   plain[] = {1, 3, 6, 1, 2, 1, 2, 2, 1, is_in ? 10 : 16, p->index};

    if (!poll_has_read(w->poll, discontinuity, 12))
        return false; /* the counter may be another one by now */
    return p->has_hc ? poll_has_read(w->poll, hc, 12) : poll_has_read(w->poll, plain, 11);
}

static void judge(struct world *w, const struct port *p, const struct direction *d, double rate)
{
    double most = p->speed * 1e6, truth = 8 * (double)d->sum / ((double)d->elapsed / (double)SECONDS);

    w->tally.samples++;
    if (!isnan(rate) && (rate < 0 || rate > 1.01 * most))
        fail_msg("poll %zu: %.0f bit/s over a line of %.0f", w->polls, rate, most);
    if (w->names_known)
        return;
    if (d->is_reset || d->is_back) {
        w->tally.resets++;
        w->tally.gaps_of_resets += isnan(rate);
    }
    if (d->is_disturbed || d->elapsed > 15 * MINUTES)
        return;
    w->tally.clean++;
    if (fabs(rate - truth) <= 8 + 0.001 * most)
        w->tally.right++;
    else if (!isnan(rate))
        fail_msg("poll %zu: %.0f bit/s, but %.0f flowed", w->polls, rate, truth);
}

/* What was not read has no rate now, and one over all of the time when it is read. */
static void take(struct world *w, const struct port *p, bool is_in, struct direction *d, double rate)
{
    if (!was_read(w, p, is_in)) {
        assert_true(isnan(rate) || w->names_known);
        w->tally.unread++;
        return;
    }
    judge(w, p, d, rate);
    d->sum = 0;
    d->elapsed = 0;
    d->is_disturbed = d->is_reset = false;
}

static void live_through(struct world *w, size_t samples)
{
    const struct tally *t = &w->tally;

    note_table(w, poll_and_record(w));
    assert_true(w->series > 2 * PORTS);
    for (w->polls = 1; t->samples < samples; w->polls++) {
        live(w);
        w->silent_after = happens(w, 300) ? 1 + (int)rng_below(&w->rng, 5) : 0;
        const Nw__Samples *s = poll_and_record(w);
        size_t unread = t->unread, read = t->samples;
        note_table(w, s);
        for (size_t i = 0; i < w->series && i < s->n_values; i++) {
            struct port *p = w->port_of[i] < PORTS ? &w->ports[w->port_of[i]] : NULL;

            if (p)
                take(w, p, w->is_in[i], w->is_in[i] ? &p->in : &p->out, s->values[i]);
        }
        w->tally.parts += t->unread > unread && t->samples > read;
        if (w->names_known && w->now >= w->names_known && poll_summary(w->poll)->outcome == POLL_OK)
            w->names_known = 0;
    }
    printf("# %zu readings: %zu undisturbed, %zu of them right; %zu resets, %zu of them gaps\n", t->samples,
           t->clean, t->right, t->resets, t->gaps_of_resets);
    printf("# %zu polls gave a part; %zu readings were missing\n", t->parts, t->unread);
    printf("# %zu wraps of 32 bits, %zu of sysUpTime, %zu reboots, %zu of them hidden, %zu renumberings, %zu "
           "steps back by 1\n",
           t->wraps32, t->uptime_wraps, t->reboots, t->hidden_reboots, t->renumberings, t->back_by_one);
    assert_int_equal(t->gaps_of_resets, t->resets);
    assert_true(t->clean > t->samples * 9 / 10);
    assert_int_equal(t->right, t->clean);
}

static void a_million_readings_make_no_spike_and_are_right_where_nothing_happened(void **state)
{
    struct world *w = open_world(0);
    const struct tally *t = &w->tally;

    (void)state;
    live_through(w, SAMPLES);
    assert_true(t->parts > 20 && t->unread > 1000);
    assert_true(t->resets > 1000 && t->wraps32 > 1000 && t->uptime_wraps > 3 && t->back_by_one > 100);
    assert_true(t->reboots > 5 && t->renumberings > 3);
    close_world(w);
}

static void reboots_that_sysuptime_hides_are_gaps_with_snmpv3_and_its_wrap_is_none(void **state)
{
    struct world *w = open_world(1);
    const struct tally *t = &w->tally;

    (void)state;
    live_through(w, SAMPLES_V3);
    assert_true(t->reboots > 10 && t->hidden_reboots > 5 && t->uptime_wraps > 1 && t->resets > 500);
    close_world(w);
}

RUN_TESTS("rate histories",
          cmocka_unit_test(a_million_readings_make_no_spike_and_are_right_where_nothing_happened),
          cmocka_unit_test(reboots_that_sysuptime_hides_are_gaps_with_snmpv3_and_its_wrap_is_none))
