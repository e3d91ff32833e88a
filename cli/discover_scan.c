/* SPDX-License-Identifier: GPL-3.0-or-later */
/* discover_scan.c - the search: a queue of targets, a timer that gives turns, one poll machine a target.
 *
 *   range, frontier ──► target ─(its turn: one datagram)─► waits ─ answer ──► the poll machine's next request
 * ─┐ ▲                                 └─ silence, tries left ──────────────────────────►│
 *                          └───────────────────────────────── queue
 * ◄───────────────────────────────────────────┘
 *
 * Each datagram takes one turn of the rate timer, repetitions included. Who is being read goes before new
 * addresses, so that few are open at a time. */
#include "cli/discover_scan.h"

#include <arpa/inet.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "cli/discover_targets.h"
#include "collector/decode.h"
#include "collector/poll.h"
#include "collector/snmp_io.h"
#include "lib/base/log.h"
#include "lib/base/map.h"

enum { WINDOW = 4096 };
#define WAIT       (1 * SECONDS)
#define READ_LIMIT (30 * MINUTES) /* of one agent: a large controller at a low rate */
#define TICK_EVERY (500 * MILLISECONDS)

struct scan {
    struct scan_options options;
    struct loop *loop;
    struct snmp_io *io;
    struct loop_timer turn, tick;
    struct profile_set *profiles;
    struct decoder *decoder;
    struct varbind_set *answers;
    struct frontier *frontier;
    struct map *read; /* addresses whose device an earlier run read */
    struct targets targets;
    size_t range;                    /* next new address */
    uint64_t at, asked, total, skip; /* asked, total: of the ranges; the first skip were done earlier */
    uint64_t begun_at, logged;       /* done when this run began; and what the log says */
    size_t followed;
    struct discover_device *devices;
    size_t device_count, device_cap;
    struct scan_status status;
    ns_t next_send, next_progress, begun;
    struct buf lines;
    enum err failure;
};

static void fail(struct scan *s, enum err e)
{
    if (!s->failure)
        s->failure = e;
    loop_stop(s->loop);
}

/* ---- targets ---- */

static struct target *target_new(struct scan *s, const struct snmp_address *address, uint64_t number,
                                 int64_t depth)
{
    struct poll_options options = {
        .profiles = s->profiles, .version = s->options.access->version, .is_survey = true};
    struct target *t;
    ns_t now = loop_mono(s->loop);

    if (targets_add(&s->targets, s->options.access, &options, &t)) {
        fail(s, ERR_NOMEM);
        return NULL;
    }
    t->scan = s;
    t->number = number;
    t->depth = depth;
    t->tries = SCAN_TRIES;
    t->peer.address = *address;
    t->peer.address.port_be = htons((uint16_t)s->options.port);
    if (poll_begin(t->poll, now, now + READ_LIMIT, true, &t->request) != POLL_ASK) {
        targets_remove(&s->targets, t);
        fail(s, ERR_NOMEM);
        return NULL;
    }
    return t;
}

/* An earlier range has it, too, or an earlier run read it. */
static bool is_known(const struct scan *s, const struct snmp_address *address)
{
    char text[DISCOVER_ADDRESS_SIZE];

    for (size_t i = 0; i < s->range; i++)
        if (discover_range_has(&s->options.ranges[i], address))
            return true;
    discover_address_text(address, text);
    return map_get(s->read, text);
}

/* The next address that nobody asked yet; NULL at the end, or without memory. */
static struct target *next_target(struct scan *s)
{
    struct frontier_step step;

    if (frontier_next(s->frontier, &step))
        return target_new(s, &step.address, TARGET_FOLLOWED, step.depth);
    while (s->range < s->options.range_count) {
        const struct discover_range *r = &s->options.ranges[s->range];
        struct snmp_address address;

        if (s->at == r->count) {
            s->range++;
            s->at = 0;
            continue;
        }
        address = discover_range_at(r, s->at++);
        if (++s->asked > s->skip && !is_known(s, &address))
            return target_new(s, &address, s->asked - 1, 0);
    }
    return NULL;
}

/* ---- the log ---- */

/* So many addresses of the ranges have ended, without a gap. */
static uint64_t ended_count(const struct scan *s)
{
    uint64_t ended = targets_first_number(&s->targets, s->asked);

    return ended > s->skip ? ended : s->skip;
}

static void log_lines(struct scan *s)
{
    if (s->options.log && discover_log_append(s->options.log, &s->lines))
        fail(s, ERR_IO);
    buf_clear(&s->lines);
}

static void log_done(struct scan *s)
{
    uint64_t ended = ended_count(s);

    if (!s->options.log || ended == s->logged)
        return;
    s->logged = ended;
    discover_state_put_done(&s->lines, ended);
    log_lines(s);
}

/* ---- what was found ---- */

static enum err keep_device(struct scan *s, const struct discover_device *d)
{
    if (s->device_count == s->device_cap) {
        size_t cap = s->device_cap ? 2 * s->device_cap : 64;
        struct discover_device *grown = realloc(s->devices, cap * sizeof *grown);

        if (!grown)
            return ERR_NOMEM;
        s->devices = grown;
        s->device_cap = cap;
    }
    s->devices[s->device_count++] = *d;
    return frontier_add(s->frontier, d);
}

static enum err add_device(struct scan *s, const struct target *t)
{
    const struct device_profile *profile = poll_profile(t->poll);
    const struct device_view *view;
    struct discover_device d;
    enum err e;

    varbind_set_clear(s->answers);
    e = poll_collect(t->poll, s->answers);
    if (!e && !profile) /* an agent that refuses even sysDescr is one all the same */
        e = profile_match(s->profiles, s->answers, NULL, &profile);
    if (!e)
        e = decode(s->decoder, profile, s->answers, &view);
    if (e)
        return e;
    e = discover_read(&t->peer.address, profile, s->answers, view, &d);
    d.depth = t->depth;
    d.is_cut = poll_summary(t->poll)->outcome != POLL_OK;
    if (!e)
        discover_state_put_device(&s->lines, &d);
    if (e)
        discover_device_fini(&d);
    return e ? e : keep_device(s, &d);
}

/* It told its engine ID, which takes no user, and then nothing else. */
static bool is_denied(const struct target *t, enum err result)
{
    return t->peer.security && t->peer.security->engine.id_len && !t->peer.security->is_proven &&
           (result == ERR_DENIED || result == ERR_TIMEOUT);
}

static void end_target(struct target *t, enum err result)
{
    struct scan *s = t->scan;
    size_t found = s->device_count;
    char address[DISCOVER_ADDRESS_SIZE];
    enum err e = ERR_OK;

    discover_address_text(&t->peer.address, address);
    if (is_denied(t, result)) {
        s->status.denied++;
        log_warning("%s: an SNMPv3 agent that does not answer this user%s%s", address,
                    t->peer.security->report ? ": " : "", usm_report_name(t->peer.security->report));
    } else if (poll_summary(t->poll)->is_answered) {
        s->status.cut += result == ERR_TIMEOUT || result == ERR_UNREACHABLE;
        e = add_device(s, t);
    } else {
        s->status.refused += result == ERR_UNREACHABLE;
        s->status.broken += result == ERR_MALFORMED;
    }
    if (t->number == TARGET_FOLLOWED) {
        s->followed++;
        if (s->device_count == found)
            discover_state_put_silent(&s->lines, address);
    }
    targets_remove(&s->targets, t);
    log_lines(s);
    if (e)
        fail(s, e);
}

/* ---- one datagram and its answer ---- */

static void on_reply(void *ctx, enum err result, const struct snmp_message *reply, ns_t rtt)
{
    struct target *t = ctx;
    struct scan *s = t->scan;

    (void)rtt;
    if (result == ERR_TIMEOUT && --t->tries > 0) {
        targets_enqueue(&s->targets, t);
        return;
    }
    if (!result)
        t->tries = SCAN_TRIES;
    if (poll_step(t->poll, loop_mono(s->loop), result, reply, &t->request) == POLL_ASK)
        targets_enqueue(&s->targets, t);
    else
        end_target(t, result);
}

static void ask(struct scan *s, struct target *t)
{
    struct snmp_ask question = {.peer = &t->peer,
                                .type = t->request.type,
                                .oids = t->request.oids,
                                .count = t->request.count,
                                .max_repetitions = t->request.max_repetitions,
                                .tries = 1,
                                .wait = WAIT,
                                .done = on_reply,
                                .ctx = t};
    snmp_handle handle;
    enum err e = snmp_io_ask(s->io, &question, &handle);

    if (!e)
        return;
    if (e != ERR_UNREACHABLE)
        fail(s, e);
    end_target(t, e);
}

/* ---- the timers ---- */

static void on_turn(void *ctx)
{
    struct scan *s = ctx;
    struct target *t = targets_dequeue(&s->targets);
    ns_t now = loop_mono(s->loop), gap = SECONDS / s->options.rate;

    if (!t)
        t = next_target(s);
    if (t)
        ask(s, t);
    if (!t && s->targets.count == 0)
        loop_stop(s->loop);
    if (s->failure)
        return;
    /* What a late turn missed is made up for, but never more than a tenth of a second of it at once. */
    s->next_send += gap;
    if (s->next_send < now - 100 * MILLISECONDS)
        s->next_send = now;
    s->failure = loop_timer_set(s->loop, &s->turn, s->next_send);
    if (s->failure)
        loop_stop(s->loop);
}

struct scan_status scan_status(const struct scan *s)
{
    struct scan_status st = s->status;
    double seconds = s->loop ? (double)(loop_mono(s->loop) - s->begun) / SECONDS : 0;
    uint64_t now;

    st.done = s->followed + ended_count(s);
    st.total = s->total + frontier_count(s->frontier);
    st.found = s->device_count;
    st.outside = frontier_outside(s->frontier);
    st.beyond = frontier_cut(s->frontier);
    now = st.done - s->begun_at;
    st.rate = seconds > 0 ? (double)now / seconds : 0;
    st.left = now && seconds > 1 ? (ns_t)((double)(st.total - st.done) / st.rate * SECONDS) : -1;
    return st;
}

static void on_tick(void *ctx)
{
    struct scan *s = ctx;
    struct scan_status status = scan_status(s);
    ns_t now = loop_mono(s->loop);

    log_done(s);
    if (s->options.log)
        discover_log_sync(s->options.log);
    if (s->options.progress && now >= s->next_progress) {
        s->next_progress = now + s->options.progress_every;
        s->options.progress(s->options.ctx, &status);
    }
    if (!s->failure)
        s->failure = loop_timer_after(s->loop, &s->tick, TICK_EVERY);
    if (s->failure)
        loop_stop(s->loop);
}

static void on_signal(void *ctx, int signo)
{
    struct scan *s = ctx;

    (void)signo;
    s->status.is_stopped = true;
    loop_stop(s->loop);
}

/* ---- the search ---- */

enum err scan_new(const struct scan_options *options, struct profile_set *profiles, struct scan **out)
{
    struct scan *s = calloc(1, sizeof *s);
    struct frontier_options frontier = {.within = options->within,
                                        .within_count = options->within_count,
                                        .ranges = options->ranges,
                                        .range_count = options->range_count,
                                        .most = options->follow_most};
    enum err e;

    if (!s)
        return ERR_NOMEM;
    s->options = *options;
    s->profiles = profiles;
    for (size_t i = 0; i < options->range_count; i++)
        s->total += options->ranges[i].count;
    s->decoder = decoder_new();
    s->answers = varbind_set_new();
    s->read = map_new(0x72656164);
    e = s->decoder && s->answers && s->read ? frontier_new(&frontier, &s->frontier) : ERR_NOMEM;
    if (e) {
        scan_free(s);
        return e;
    }
    *out = s;
    return ERR_OK;
}

void scan_free(struct scan *s)
{
    if (!s)
        return;
    if (s->loop) {
        loop_timer_cancel(s->loop, &s->turn);
        loop_timer_cancel(s->loop, &s->tick);
    }
    snmp_io_free(s->io);
    targets_clear(&s->targets);
    loop_free(s->loop);
    decoder_free(s->decoder);
    varbind_set_free(s->answers);
    frontier_free(s->frontier);
    map_free(s->read, NULL);
    for (size_t i = 0; i < s->device_count; i++)
        discover_device_fini(&s->devices[i]);
    free(s->devices);
    buf_fini(&s->lines);
    free(s);
}

enum err scan_resume(struct scan *s, struct discover_state *state)
{
    enum err e = ERR_OK;

    s->skip = s->logged = state->done;
    for (size_t i = 0; !e && i < state->silent_count; i++)
        e = frontier_mark(s->frontier, state->silent[i]);
    s->followed = state->silent_count;
    for (size_t i = 0; !e && i < state->device_count; i++) {
        s->followed += state->devices[i].depth > 0;
        if (state->devices[i].depth > 0)
            e = frontier_mark(s->frontier, state->devices[i].address);
        if (!e)
            e = map_set(s->read, state->devices[i].address, s, NULL);
    }
    for (size_t i = 0; !e && i < state->device_count; i++) {
        e = keep_device(s, &state->devices[i]);
        state->devices[i] = (struct discover_device){0}; /* it moved */
    }
    s->begun_at = s->followed + s->skip;
    return e;
}

static enum err begin(struct scan *s)
{
    struct snmp_io_options io = {.window = WINDOW, .timeout = WAIT};
    enum err e = loop_new(NULL, &s->loop);

    if (!e)
        e = snmp_io_new(s->loop, &io, &s->io);
    if (!e)
        e = loop_signal_add(s->loop, SIGINT, on_signal, s);
    if (!e)
        e = loop_signal_add(s->loop, SIGTERM, on_signal, s);
    if (e)
        return e;
    loop_timer_init(&s->turn, on_turn, s);
    loop_timer_init(&s->tick, on_tick, s);
    s->begun = s->next_send = loop_mono(s->loop);
    s->next_progress = s->begun + s->options.progress_every;
    e = loop_timer_set(s->loop, &s->turn, s->next_send);
    return e ? e : loop_timer_after(s->loop, &s->tick, TICK_EVERY);
}

enum err scan_run(struct scan *s)
{
    struct scan_status status;
    enum err e = begin(s);

    if (!e)
        e = loop_run(s->loop);
    if (!e)
        e = s->failure;
    if (e)
        return e;
    log_done(s);
    if (!s->status.is_stopped && s->options.log) {
        discover_state_put_end(&s->lines);
        log_lines(s);
    }
    status = scan_status(s);
    if (s->options.progress)
        s->options.progress(s->options.ctx, &status);
    return s->failure;
}

struct discover_device *scan_devices(struct scan *s, size_t *count)
{
    *count = s->device_count;
    return s->devices;
}
