/* SPDX-License-Identifier: GPL-3.0-or-later */
/* prober.c - targets from the inventory, one schedule for all, results into the journal. */
#include "probes/prober_private.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/log.h"
#include "lib/base/strx.h"
#include "lib/model/metric.h"
#include "lib/model/record.h"
#include "probes/tls_io.h"

enum { STARTS_A_TURN = 64, TABLE_ROOM = 1024 };
#define DEADLINE_MAX (10 * SECONDS)

static const struct {
    const char *word; /* in messages */
    void (*start)(struct target *t);
    enum metric metrics[PROBE_VALUES_MAX];
    size_t count;
} kinds[TARGET_KINDS] = {
    [TARGET_PING] = {"ping",
                     run_ping_start,
                     {METRIC_PING_RTT, METRIC_PING_JITTER, METRIC_PING_LOSS, METRIC_PING_SMOKE1,
                      METRIC_PING_SMOKE2, METRIC_PING_SMOKE3, METRIC_PING_SMOKE4, METRIC_PING_SMOKE5,
                      METRIC_PING_SMOKE6, METRIC_PING_SMOKE7, METRIC_PING_SMOKE8, METRIC_PING_SMOKE9,
                      METRIC_PING_SMOKE10},
                     PROBE_SMOKE_AT},
    [TARGET_DNS] = {"dns", run_dns_start, {METRIC_DNS_TIME, METRIC_DNS_OK, METRIC_DNS_RCODE}, 3},
    [TARGET_PORTAL] = {"portal",
                       run_web_start,
                       {METRIC_PORTAL_TIME, METRIC_PORTAL_OK, METRIC_PORTAL_STATUS, METRIC_CERTIFICATE_DAYS},
                       4},
    [TARGET_HTTP] = {"http",
                     run_steps_start,
                     {METRIC_HTTP_TIME, METRIC_HTTP_OK, METRIC_HTTP_STATUS, METRIC_CERTIFICATE_DAYS,
                      METRIC_HTTP_STEP, METRIC_HTTP_RESOLVE, METRIC_HTTP_CONNECT, METRIC_HTTP_TLS,
                      METRIC_HTTP_WAIT},
                     9},
    [TARGET_CANARY] = {"canary",
                       run_web_start,
                       {METRIC_HTTP_TIME, METRIC_HTTP_OK, METRIC_HTTP_STATUS, METRIC_CERTIFICATE_DAYS,
                        METRIC_INTERNET_OK},
                       5},
    [TARGET_RADIUS] = {"radius",
                       run_radius_start,
                       {METRIC_RADIUS_TIME, METRIC_RADIUS_OK, METRIC_RADIUS_CODE},
                       3},
    [TARGET_TCP] = {"tcp", run_tcp_start, {METRIC_TCP_TIME, METRIC_TCP_OK}, 2},
    [TARGET_TLS] = {"tls",
                    run_tcp_start,
                    {METRIC_TCP_TIME, METRIC_TCP_OK, METRIC_TLS_TIME, METRIC_TLS_OK, METRIC_CERTIFICATE_DAYS},
                    5},
    [TARGET_NTP] = {"ntp",
                    run_ntp_start,
                    {METRIC_NTP_TIME, METRIC_NTP_OK, METRIC_NTP_OFFSET, METRIC_NTP_STRATUM},
                    4},
};

/* How many values a round gives: of pings, each of them, too. */
static size_t value_count(const struct target *t)
{
    return kinds[t->kind].count + (t->kind == TARGET_PING ? (size_t)t->prober->env.settings->probe.pings : 0);
}

/* ---- journal ---- */

static void append(struct prober *p, Nw__Record *record, journal_pos *pos)
{
    (void)!p->env.append(p->env.append_ctx, record, pos); /* a full disk is told by the daemon */
}

static void append_finding(struct target *t, const char *kind, const char *text)
{
    Nw__Record record = NW__RECORD__INIT;
    Nw__Finding finding = NW__FINDING__INIT;

    record_put_finding(&record, &finding, t->source, kind, "probe", text);
    append(t->prober, &record, NULL);
}

/* Said when it begins, changes or ends; findings are literals. */
static void note_finding(struct target *t, const struct outcome *o)
{
    if (t->finding == o->finding || (t->finding && o->finding && strcmp(t->finding, o->finding) == 0))
        return;
    if (o->finding) {
        append_finding(t, o->finding, o->text);
        log_warning("%s: %s", t->id, o->text);
    } else {
        append_finding(t, "cleared", "what was found before is over");
        log_info("%s: works again", t->id);
    }
    t->finding = o->finding;
}

/* A table that never changes for a kind, a number of values and an interval; its number tells readers. */
static void fill_table(const struct target *t, Nw__Table *table, Nw__Entity *entity, Nw__Series *series)
{
    table->interval_ms = (uint32_t)(t->prober->interval / MILLISECONDS);
    table->version =
        (table->interval_ms * TARGET_KINDS + (uint32_t)t->kind) * PROBE_VALUES_MAX + (uint32_t)value_count(t);
    entity->id = (char *)(uintptr_t) "probe";
    entity->kind = (char *)(uintptr_t) "probe";
    entity->name = (char *)(uintptr_t)kinds[t->kind].word;
    for (size_t i = 0; i < value_count(t); i++) {
        nw__series__init(&series[i]);
        series[i].metric = kinds[t->kind].metrics[i];
    }
}

static void append_samples(struct target *t, const struct outcome *o)
{
    struct prober *p = t->prober;
    Nw__Record record = NW__RECORD__INIT;
    Nw__Samples samples = NW__SAMPLES__INIT;
    Nw__Table table = NW__TABLE__INIT;
    Nw__Entity entity = NW__ENTITY__INIT, *entities[1] = {&entity};
    Nw__Series series[PROBE_VALUES_MAX], *series_list[PROBE_VALUES_MAX];
    Nw__Quality reasons[PROBE_VALUES_MAX], *reason_list[PROBE_VALUES_MAX];
    double values[PROBE_VALUES_MAX];
    ns_t mono = loop_mono(p->env.loop);
    journal_pos pos = 0;

    fill_table(t, &table, &entity, series);
    samples.source = t->source;
    samples.previous = t->previous;
    samples.outcome = o->outcome;
    samples.started = (uint64_t)t->began_wall;
    samples.duration_us = (uint32_t)((mono - t->began_mono) / MICROSECONDS);
    samples.table_version = table.version;
    samples.misses = t->misses;
    samples.values = values;
    samples.unknown = reason_list;
    for (size_t i = 0; i < value_count(t); i++) {
        values[samples.n_values++] = o->values[i];
        series_list[i] = &series[i];
        if (!isnan(o->values[i]))
            continue;
        nw__quality__init(&reasons[i]);
        reasons[i].index = (uint32_t)i;
        reasons[i].reason = QUALITY_NO_ANSWER;
        reason_list[samples.n_unknown++] = &reasons[i];
    }
    if (t->table_segment != journal_segment(p->env.journal) ||
        journal_will_rotate(p->env.journal, mono, TABLE_ROOM)) {
        table.n_entities = 1;
        table.entities = entities;
        table.n_series = value_count(t);
        table.series = series_list;
        samples.table = &table;
    }
    record.body_case = NW__RECORD__BODY_SAMPLES;
    record.samples = &samples;
    append(p, &record, &pos);
    if (pos && samples.table)
        t->table_segment = journal_pos_segment(pos);
    if (pos)
        t->previous = pos;
}

void target_finish(struct target *t, const struct outcome *o)
{
    struct prober *p = t->prober;
    bool is_silent =
        o->outcome == NW__OUTCOMES__OUTCOME_TIMEOUT || o->outcome == NW__OUTCOMES__OUTCOME_REFUSED;

    t->is_running = false;
    t->misses = is_silent ? t->misses + 1 : 0;
    p->counts[PROBE_ROUNDS]++;
    p->counts[PROBE_ROUNDS_FAILED] += o->outcome != NW__OUTCOMES__OUTCOME_OK;
    append_samples(t, o);
    note_finding(t, o);
}

/* ---- running ---- */

static void start_round(struct target *t)
{
    struct prober *p = t->prober;

    if (t->is_running) {
        p->counts[PROBE_LATE]++;
        return;
    }
    t->is_running = true;
    t->began_mono = loop_mono(p->env.loop);
    t->began_wall = loop_wall(p->env.loop);
    kinds[t->kind].start(t);
}

static void on_schedule(void *ctx)
{
    struct prober *p = ctx;
    size_t index;
    ns_t when;

    for (int i = 0; i < STARTS_A_TURN && schedule_take(&p->schedule, loop_mono(p->env.loop), &index); i++)
        start_round(&p->targets[index]);
    when = schedule_when(&p->schedule);
    if (when >= 0 && loop_timer_set(p->env.loop, &p->timer, tick_after(when)))
        log_error("out of memory: no further probes");
}

enum err prober_run_now(struct prober *p, const char *id)
{
    struct target *t = p->by_id ? map_get(p->by_id, id) : NULL;

    if (!t)
        return ERR_NOT_FOUND;
    if (t->is_running)
        return ERR_BUSY;
    start_round(t);
    return ERR_OK;
}

/* ---- start and stop ---- */

static void target_fini(struct target *t)
{
    buf_fini(&t->query);
    probe_account_fini(&t->account);
    web_service_fini(&t->service);
    free(t->expected_prefixes);
    free(t->source);
}

/* Opens a ping socket if any target needs it; without the right to, pings stay out and one line says why. */
static enum err open_ping(struct prober *p, bool is_ipv6, struct ping_socket *s)
{
    bool is_needed = false;
    enum err e;

    for (size_t i = 0; i < p->target_count; i++)
        is_needed |= p->targets[i].kind == TARGET_PING && p->targets[i].address.is_ipv6 == is_ipv6;
    if (!is_needed)
        return ERR_OK;
    e = ping_socket_open(is_ipv6, s);
    if (e) {
        log_error(
            "no ICMP%s: %s; give the daemon CAP_NET_RAW, or its group a place in net.ipv4.ping_group_range",
            is_ipv6 ? "v6" : "", err_text(e));
        return ERR_OK;
    }
    return loop_fd_add(p->env.loop, s->fd, EPOLLIN, run_ping_on_socket, p);
}

/* Targets that cannot be pinged for want of a socket leave the schedule. */
static void drop_unpingable(struct prober *p)
{
    size_t kept = 0;

    for (size_t i = 0; i < p->target_count; i++) {
        struct target *t = &p->targets[i];
        const struct ping_socket *s = t->address.is_ipv6 ? &p->ping6 : &p->ping4;
        if (t->kind == TARGET_PING && s->fd < 0) {
            (void)map_remove(p->by_id, t->id);
            target_fini(t);
            continue;
        }
        p->targets[kept] = *t;
        (void)!map_set(p->by_id, t->id, &p->targets[kept], NULL); /* replaces: nothing is allocated */
        kept++;
    }
    p->target_count = kept;
}

static enum err read_allowed(struct prober *p)
{
    const struct conf_strings *allowed = &p->env.settings->probe.allowed;
    const char *bad = NULL;
    enum err e = allow_init(&p->allow, (const char *const *)allowed->items, allowed->count, &bad);

    if (e == ERR_MALFORMED) {
        log_error("probe.allowed: \"%s\" is no prefix (expected 10.0.0.0/8 or 2001:db8::/32, host bits zero)",
                  bad);
        return ERR_CONFIG;
    }
    return e;
}

static enum err set_up(struct prober *p)
{
    struct refusals r = {0};
    enum err e = read_allowed(p);

    if (e)
        return e;
    if (!p->env.settings->probe.enabled || p->allow.count == 0) {
        log_info("no probe is sent: %s", p->env.settings->probe.enabled
                                             ? "probe.allowed names no prefix that targets may lie in"
                                             : "probe.enabled is false");
        return ERR_OK;
    }
    e = prober_add_targets(p, &r);
    if (!e)
        e = open_ping(p, false, &p->ping4);
    if (!e)
        e = open_ping(p, true, &p->ping6);
    if (!e)
        e = curl_io_new(p->env.loop, &p->curl);
    if (!e)
        e = tls_context_new(&p->tls);
    if (!e) {
        drop_unpingable(p);
        prober_log_targets(p, &r);
        p->counts[PROBE_TARGETS] = (double)p->target_count;
        p->counts[PROBE_REFUSED_TARGETS] = (double)r.count;
        schedule_init(&p->schedule, p->target_count, p->interval, loop_mono(p->env.loop));
        if (p->target_count)
            e = loop_timer_after(p->env.loop, &p->timer, 0);
    }
    buf_fini(&r.named);
    return e;
}

enum err prober_new(const struct prober_env *env, struct prober **out)
{
    struct prober *p = calloc(1, sizeof *p);
    enum err e = ERR_NOMEM;

    if (!p)
        return ERR_NOMEM;
    p->env = *env;
    p->rng.state = env->seed;
    p->secret = rng_u64(&p->rng);
    p->identifier = (uint16_t)rng_u64(&p->rng);
    p->ping4.fd = p->ping6.fd = -1;
    p->interval = env->settings->probe.interval;
    p->deadline = p->interval * 4 / 5 < DEADLINE_MAX ? p->interval * 4 / 5 : DEADLINE_MAX;
    loop_timer_init(&p->timer, on_schedule, p);
    p->slots = calloc(PING_SEQUENCES, sizeof *p->slots);
    if (p->slots)
        e = set_up(p);
    if (e) {
        prober_free(p);
        return e;
    }
    *out = p;
    return ERR_OK;
}

static void close_ping(struct prober *p, struct ping_socket *s)
{
    loop_fd_remove(p->env.loop, s->fd);
    ping_socket_close(s);
}

void prober_free(struct prober *p)
{
    if (!p)
        return;
    loop_timer_cancel(p->env.loop, &p->timer);
    for (size_t i = 0; i < p->target_count; i++) {
        struct target *t = &p->targets[i];
        loop_timer_cancel(p->env.loop, &t->timer);
        run_tcp_stop(t);
        run_web_stop(t);
        run_steps_stop(t);
        target_fini(t);
    }
    close_ping(p, &p->ping4);
    close_ping(p, &p->ping6);
    curl_io_free(p->curl);
    tls_context_free(p->tls);
    map_free(p->by_id, NULL);
    allow_fini(&p->allow);
    free(p->targets);
    free(p->slots);
    free(p);
}

void prober_beat(struct prober *p, Nw__Heartbeat *beat)
{
    static const char *const names[PROBE_COUNTERS] = {"probe_rounds_total",
                                                      "probe_rounds_failed_total",
                                                      "probe_pings_sent_total",
                                                      "probe_pings_answered_total",
                                                      "probe_foreign_replies_total",
                                                      "probe_rounds_late_total",
                                                      "probe_targets",
                                                      "probe_targets_refused"};

    for (size_t i = 0; i < PROBE_COUNTERS; i++) {
        nw__counter__init(&p->counters[i]);
        p->counters[i].name = (char *)(uintptr_t)names[i];
        p->counters[i].value = p->counts[i];
        p->counter_list[i] = &p->counters[i];
    }
    beat->counters = p->counter_list;
    beat->n_counters = PROBE_COUNTERS;
}
