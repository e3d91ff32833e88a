/* SPDX-License-Identifier: GPL-3.0-or-later */
/* collector.c - the daemon's life: devices from the inventory, sockets, counters, a new configuration. */
#include "collector/collector.h"

#include <malloc.h>
#include <stdlib.h>
#include <string.h>

#include "collector/collector_internal.h"
#include "collector/plan.h"
#include "lib/base/log.h"

/* After a start every device is polled within this, or a quarter of its interval; from then on in its slot.
 */
#define START_SPREAD  (5 * SECONDS)
#define TIDY_INTERVAL (10 * MINUTES)

/* ---- a device ---- */

static void unit_fini(struct unit *u)
{
    if (u->request)
        snmp_io_cancel(u->c->io, u->request);
    loop_timer_cancel(u->c->o.loop, &u->timer);
    poll_free(u->poll);
    source_free(u->source);
    snmp_access_withdraw(&u->peer);
    trap_v3_forget(&u->notifier);
    free(u->waiting);
    free(u->id);
    free(u->name);
}

const struct access *fleet_access(struct fleet *f, const struct settings *s, const struct credentials *c)
{
    struct access *a = &f->access[c - (const struct credentials *)s->credentials.items];

    if (!a->is_read) {
        a->is_read = true;
        a->error = snmp_access_load(c, &a->with, &a->problem);
    }
    return a;
}

static enum err give_access(struct unit *u, struct fleet *f, const struct settings *s, const char *name)
{
    const struct credentials *c = settings_credentials(s, name);
    const struct access *a;

    if (!c) {
        u->problem = "its credentials are not in the configuration";
        return ERR_OK;
    }
    a = fleet_access(f, s, c);
    if (a->error == ERR_NOMEM)
        return ERR_NOMEM;
    if (a->error) {
        u->problem = a->problem;
        return ERR_OK;
    }
    return snmp_access_apply(&a->with, &u->peer);
}

static enum err unit_init(struct unit *u, struct collector *c, struct fleet *fleet, const struct settings *s,
                          const struct device *d, size_t i, size_t count)
{
    struct poll_options options = {.profiles = fleet->profiles, .profile = d->profile, .shared = c->shared};
    ns_t interval = d->interval ? d->interval : s->collector.interval;
    ns_t now = loop_mono(c->o.loop), spread;
    enum err e;

    u->c = c;
    loop_timer_init(&u->timer, unit_on_timer, u);
    u->interval = interval;
    spread = interval / 4 < START_SPREAD ? interval / 4 : START_SPREAD;
    u->due = plan_slot(i, count, interval, now);
    u->first = plan_start(plan_first(i, count, now, spread), u->due, interval);
    u->id = strdup(d->id);
    u->name = strdup(d->name ? d->name : d->id);
    if (!u->id || !u->name)
        return ERR_NOMEM;
    e = give_access(u, fleet, s, d->credentials);
    if (e)
        return e;
    if (!u->problem) {
        e = snmp_io_resolve(d->address, d->port, &u->peer.address);
        if (e == ERR_NOMEM)
            return e;
        if (e)
            u->problem = "its address cannot be resolved";
    }
    if (!u->problem && d->profile && !profile_set_has(fleet->profiles, d->profile))
        u->problem = "there is no profile of the name that the inventory gives";
    if (u->problem)
        log_error("%s (%s) is not polled: %s", d->id, d->address, u->problem);
    options.version = u->peer.version;
    options.rewalk_offset = plan_first(i, count, 0, POLL_REWALK);
    e = poll_new(&options, &u->poll);
    return e ? e : source_new(u->id, &u->source);
}

/* ---- all devices ---- */

static void fleet_fini(struct fleet *f)
{
    for (size_t i = 0; i < f->count; i++)
        unit_fini(&f->units[i]);
    free(f->units);
    free(f->standings);
    if (f->by_id)
        map_free(f->by_id, NULL);
    if (f->by_address)
        map_free(f->by_address, NULL);
    if (f->by_engine)
        map_free(f->by_engine, NULL);
    for (size_t i = 0; i < f->access_count; i++)
        snmp_access_fini(&f->access[i].with);
    free(f->access);
    profile_set_free(f->profiles);
    *f = (struct fleet){0};
}

static void log_report(const struct conf_report *report)
{
    const char *text = conf_report_text(report);

    while (*text) {
        size_t len = strcspn(text, "\n");

        log_error("%.*s", (int)len, text);
        text += len + (text[len] == '\n');
    }
}

static enum err load_profiles(const struct settings *s, struct profile_set **out)
{
    struct conf_report *report = NULL;
    char *shipped = settings_data_path("profiles");
    const char **dirs = calloc(s->profile_dirs.count + 1, sizeof *dirs);
    enum err e = shipped && dirs ? conf_report_new(&report) : ERR_NOMEM;

    if (e)
        goto done;
    dirs[0] = shipped;
    for (size_t i = 0; i < s->profile_dirs.count; i++)
        dirs[i + 1] = s->profile_dirs.items[i];
    e = profile_set_load(dirs, s->profile_dirs.count + 1, report, out);
    log_report(report);

done:
    if (report)
        conf_report_free(report);
    free(shipped);
    free(dirs);
    return e;
}

static void link_parents(struct fleet *f, const struct settings *s, const struct inventory *inv)
{
    for (size_t i = 0; i < f->count; i++) {
        const struct device *d = inventory_device(inv, f->units[i].id);

        f->units[i].parent = d && d->uplink ? map_get(f->by_id, d->uplink) : NULL;
        f->units[i].peer.line = f->units[i].parent ? &f->units[i].parent->line : NULL;
        f->units[i].line.limit = (uint32_t)s->collector.uplink_window;
    }
}

/* In the order of their slots: what is polled at the same time lies together in memory. */
static enum err add_units(struct fleet *f, struct collector *c, const struct settings *s,
                          const struct device *devices, size_t count)
{
    const char **uplinks = calloc(count ? count : 1, sizeof *uplinks);
    size_t *order = calloc(count ? count : 1, sizeof *order);
    enum err e = uplinks && order ? ERR_OK : ERR_NOMEM;

    for (size_t i = 0; !e && i < count; i++)
        uplinks[i] = devices[i].uplink;
    if (!e)
        e = plan_order(uplinks, count, order);
    for (size_t i = 0; !e && i < count; i++) {
        struct unit *u = &f->units[f->count++];

        e = unit_init(u, c, f, s, &devices[order[i]], i, count);
        if (!e)
            e = map_set(f->by_id, u->id, u, NULL);
        if (!e)
            e = notices_add(f, u);
    }
    free(uplinks);
    free(order);
    return e;
}

static enum err fleet_init(struct fleet *f, struct collector *c, const struct settings *s,
                           const struct inventory *inv)
{
    const struct device *devices;
    size_t count;
    enum err e = load_profiles(s, &f->profiles);

    if (e)
        return e;
    devices = inventory_devices(inv, &count);
    f->by_id = map_new(c->o.seed);
    f->by_address = map_new(c->o.seed + 1);
    f->by_engine = map_new(c->o.seed + 2);
    f->units = calloc(count ? count : 1, sizeof *f->units);
    f->standings = calloc(count ? count : 1, sizeof *f->standings);
    f->access = calloc(s->credentials.count + 1, sizeof *f->access);
    f->access_count = f->access ? s->credentials.count : 0;
    if (!f->by_id || !f->by_address || !f->by_engine || !f->units || !f->standings || !f->access)
        e = ERR_NOMEM;
    if (!e)
        e = add_units(f, c, s, devices, count);
    if (e)
        fleet_fini(f);
    else
        link_parents(f, s, inv);
    return e;
}

static void fleet_start(struct fleet *f)
{
    for (size_t i = 0; i < f->count; i++) {
        struct unit *u = &f->units[i];

        unit_note(u);
        if (!u->problem && loop_timer_set(u->c->o.loop, &u->timer, u->first))
            log_error("%s is not polled: out of memory", u->id);
        else if (u->problem)
            unit_append_finding(u, "not_polled", "", u->problem);
    }
}

/* Recognising, walking and decoding thousands of devices at the start takes memory that polling them does not
 * take; it lies in holes between what stays, and free() gives back no holes. */
static void on_tidy(void *ctx)
{
    struct collector *c = ctx;

    malloc_trim(0);
    c->tidy_after = 2 * c->tidy_after < TIDY_INTERVAL ? 2 * c->tidy_after : TIDY_INTERVAL;
    if (loop_timer_after(c->o.loop, &c->tidy, c->tidy_after))
        log_warning("out of memory for a timer: memory is not given back any more");
}

/* ---- life ---- */

enum err collector_new(const struct collector_options *options, struct collector **out)
{
    struct collector *c = calloc(1, sizeof *c);
    const struct collector_settings *s = &options->settings->collector;
    struct snmp_io_options io = {
        .bind = s->bind, .window = (uint32_t)s->window, .timeout = s->timeout, .notice = identity_notice};
    enum err e = ERR_NOMEM;

    if (!c)
        return ERR_NOMEM;
    c->o = *options;
    c->decoder = decoder_new();
    c->varbinds = varbind_set_new();
    c->scratch = source_scratch_new();
    c->shared = shared_book_new();
    if (!c->decoder || !c->varbinds || !c->scratch || !c->shared ||
        roster_new(c->o.seed, tell_roster, c, &c->roster))
        goto failed;
    e = snmp_io_new(c->o.loop, &io, &c->io);
    if (e) {
        log_error("no socket to poll from%s%s: %s", s->bind ? " at collector.bind " : "",
                  s->bind ? s->bind : "", err_text(e));
        goto failed;
    }
    e = fleet_init(&c->fleet, c, c->o.settings, c->o.inventory);
    if (e)
        goto failed;
    recover(c);
    e = orders_open(c);
    if (!e)
        e = notices_open(c);
    if (e)
        goto failed;
    fleet_start(&c->fleet);
    loop_timer_init(&c->tidy, on_tidy, c);
    c->tidy_after = START_SPREAD + c->o.settings->collector.interval;
    e = loop_timer_after(c->o.loop, &c->tidy, c->tidy_after);
    if (e)
        goto failed;
    log_info("%zu devices, %zu profiles", c->fleet.count, profile_set_count(c->fleet.profiles));
    *out = c;
    return ERR_OK;

failed:
    collector_free(c);
    return e;
}

void collector_free(struct collector *c)
{
    if (!c)
        return;
    loop_timer_cancel(c->o.loop, &c->tidy);
    orders_close(c);
    notices_free(c);
    if (c->own)
        journal_reader_close(c->own);
    fleet_fini(&c->fleet);
    snmp_io_free(c->io);
    decoder_free(c->decoder);
    varbind_set_free(c->varbinds);
    source_scratch_free(c->scratch);
    shared_book_free(c->shared);
    listing_fini(&c->listing);
    roster_free(c->roster);
    free(c);
}

/* What a new configuration does not change about a device. */
static void carry_over(struct fleet *f, struct unit *to, struct unit *from)
{
    uint32_t get, walk;

    identity_carry_over(f, to, from);
    poll_learned(from->poll, &get, &walk);
    poll_recall(to->poll, get, walk);
    to->peer.rtt = from->peer.rtt;
    to->peer.rtt_variation = from->peer.rtt_variation;
    to->pace = from->pace;
    to->told_slowed = from->told_slowed;
    if (to->c->notices.v3)
        trap_v3_carry_over(to->c->notices.v3, &to->notifier, &from->notifier);
    to->reach = from->reach;
    to->was_down = from->was_down;
    to->previous = from->previous;
}

/* What was decided at the start and can change: the trap port is opened anew, a new source address is not
 * taken. */
static void reopen(struct collector *c, const struct collector_settings *old,
                   const struct collector_settings *fresh)
{
    bool is_same_bind = strcmp(old->bind ? old->bind : "", fresh->bind ? fresh->bind : "") == 0;

    if (!is_same_bind)
        log_warning("collector.bind takes a restart: polls still leave from the old address");
    if (is_same_bind && old->trap_port == fresh->trap_port)
        return;
    notices_close(c);
    if (notices_open(c))
        log_warning("no traps are received until collector.trap_port is mended");
}

enum err collector_reload(struct collector *c, const struct settings *settings,
                          const struct inventory *inventory)
{
    struct fleet fresh = {0};
    enum err e = fleet_init(&fresh, c, settings, inventory);

    if (!e)
        e = notices_users(c, &fresh, settings);
    if (e) {
        fleet_fini(&fresh);
        return e;
    }
    for (size_t i = 0; i < fresh.count; i++) {
        struct unit *old = map_get(c->fleet.by_id, fresh.units[i].id);

        if (old)
            carry_over(&fresh, &fresh.units[i], old);
    }
    for (size_t i = 0; i < c->fleet.count; i++)
        if (!map_get(fresh.by_id, c->fleet.units[i].id))
            roster_drop(c->roster, c->fleet.units[i].id);
    const struct settings *old = c->o.settings;
    fleet_fini(&c->fleet);
    c->fleet = fresh;
    c->o.settings = settings;
    c->o.inventory = inventory;
    reopen(c, &old->collector, &settings->collector);
    snmp_io_tune(c->io, (uint32_t)settings->collector.window, settings->collector.timeout);
    fleet_start(&c->fleet);
    log_info("new configuration: %zu devices", c->fleet.count);
    return ERR_OK;
}

/* ---- figures ---- */

void collector_count(struct collector *c, Nw__Heartbeat *beat, const char *name, double value)
{
    size_t i = beat->n_counters;

    if (i == COUNTERS)
        return;
    c->counters[i] = (Nw__Counter)NW__COUNTER__INIT;
    c->counters[i].name = (char *)(uintptr_t)name;
    c->counters[i].value = value;
    c->counter_list[i] = &c->counters[i];
    beat->n_counters++;
}

void unit_note(const struct unit *u)
{
    uint32_t get, walk;

    poll_learned(u->poll, &get, &walk);
    u->c->fleet.standings[u - u->c->fleet.units] =
        (uint8_t)((u->reach.is_down ? STANDS_DOWN : 0) | (u->reach.misses ? STANDS_SILENT : 0) |
                  (u->is_walk_broken ? STANDS_BROKEN : 0) | (u->is_cut ? STANDS_CUT : 0) |
                  (u->problem ? STANDS_LEFT_OUT : 0) | (u->shares_engine ? STANDS_SHARING : 0) |
                  (u->pace.factor > 1 ? STANDS_SLOWED : 0) | (get || walk ? STANDS_SMALL : 0));
}

/* How many devices have this bit, of so many that have each combination of bits. */
static double with_bit(const size_t *by_standing, enum standing bit)
{
    size_t count = 0;

    for (size_t s = 0; s <= UINT8_MAX; s++)
        count += s & bit ? by_standing[s] : 0;
    return (double)count;
}

static void put_fleet(struct collector *c, Nw__Heartbeat *beat)
{
    size_t by[UINT8_MAX + 1] = {0};

    for (size_t i = 0; i < c->fleet.count; i++)
        by[c->fleet.standings[i]]++;
    collector_count(c, beat, "devices", (double)c->fleet.count);
    collector_count(c, beat, "devices_down", with_bit(by, STANDS_DOWN));
    collector_count(c, beat, "devices_silent", with_bit(by, STANDS_SILENT));
    collector_count(c, beat, "devices_walk_broken", with_bit(by, STANDS_BROKEN));
    collector_count(c, beat, "devices_cut", with_bit(by, STANDS_CUT));
    collector_count(c, beat, "devices_slowed", with_bit(by, STANDS_SLOWED));
    collector_count(c, beat, "devices_asked_for_less", with_bit(by, STANDS_SMALL));
    collector_count(c, beat, "devices_not_polled", with_bit(by, STANDS_LEFT_OUT));
    collector_count(c, beat, "devices_sharing_engine_id", with_bit(by, STANDS_SHARING));
}

static void put_lateness(struct collector *c, Nw__Heartbeat *beat)
{
    collector_count(c, beat, "poll_lateness_max_seconds", (double)c->lateness_max / (double)SECONDS);
    c->lateness_max = 0;
    collector_count(c, beat, "poll_answered_total", (double)c->lateness.count);
    for (size_t i = 0; i < LATENESS_BOUNDS; i++)
        collector_count(c, beat, lateness_bounds[i].counter, (double)c->lateness.within[i]);
}

void collector_beat(struct collector *c, Nw__Heartbeat *beat)
{
    static const char *const rejected[SNMP_REJECT_COUNT] = {
        [SNMP_REJECT_MALFORMED] = "snmp_rejected_malformed_total",
        [SNMP_REJECT_UNASKED] = "snmp_rejected_unasked_total",
        [SNMP_REJECT_PORT] = "snmp_rejected_port_total",
        [SNMP_REJECT_LATE] = "snmp_rejected_late_total",
        [SNMP_REJECT_DOUBLED] = "snmp_rejected_doubled_total",
        [SNMP_REJECT_PDU] = "snmp_rejected_pdu_total",
        [SNMP_REJECT_REQUEST_ID] = "snmp_rejected_request_id_total",
        [SNMP_REJECT_VERSION] = "snmp_rejected_version_total",
        [SNMP_REJECT_COMMUNITY] = "snmp_rejected_community_total",
        [SNMP_REJECT_OIDS] = "snmp_rejected_oids_total",
        [SNMP_REJECT_VARBINDS] = "snmp_rejected_varbinds_total",
        [SNMP_REJECT_ENGINE] = "snmp_rejected_engine_total",
        [SNMP_REJECT_USER] = "snmp_rejected_user_total",
        [SNMP_REJECT_LEVEL] = "snmp_rejected_level_total",
        [SNMP_REJECT_DIGEST] = "snmp_rejected_digest_total",
        [SNMP_REJECT_WINDOW] = "snmp_rejected_window_total",
        [SNMP_REJECT_DECRYPT] = "snmp_rejected_decrypt_total",
        [SNMP_REJECT_CONTEXT] = "snmp_rejected_context_total",
        [SNMP_REJECT_REPORT] = "snmp_rejected_report_total",
    };
    struct snmp_stats stats;

    snmp_io_stats(c->io, &stats);
    beat->n_counters = 0;
    beat->counters = c->counter_list;
    put_fleet(c, beat);
    collector_count(c, beat, "polls_total", (double)c->polls);
    collector_count(c, beat, "poll_misses_total", (double)c->misses);
    collector_count(c, beat, "polls_decoded_total", (double)c->decoded);
    collector_count(c, beat, "polls_slowed_total", (double)c->slowed);
    put_lateness(c, beat);
    collector_count(c, beat, "findings_total", (double)c->findings);
    notices_beat(c, beat);
    collector_count(c, beat, "snmp_requests_total", (double)stats.requests);
    collector_count(c, beat, "snmp_datagrams_sent_total", (double)stats.datagrams_out);
    collector_count(c, beat, "snmp_datagrams_unsent_total", (double)stats.unsent);
    collector_count(c, beat, "snmp_datagrams_dropped_total", (double)stats.dropped);
    collector_count(c, beat, "snmp_replies_total", (double)stats.replies);
    collector_count(c, beat, "snmp_timeouts_total", (double)stats.timeouts);
    collector_count(c, beat, "snmp_varbinds_total", (double)stats.varbinds);
    collector_count(c, beat, "snmp_v3_discoveries_total", (double)stats.discoveries);
    collector_count(c, beat, "snmp_v3_rediscoveries_total", (double)stats.rediscoveries);
    collector_count(c, beat, "snmp_v3_unproven_total", (double)stats.unproven);
    collector_count(c, beat, "snmp_v3_clocks_set_total", (double)stats.clocks_set);
    collector_count(c, beat, "snmp_v3_boots_back_total", (double)stats.boots_back);
    collector_count(c, beat, "snmp_in_flight", (double)stats.in_flight);
    collector_count(c, beat, "snmp_queued", (double)stats.queued);
    collector_count(c, beat, "snmp_held_for_uplink_total", (double)stats.held);
    for (size_t i = 0; i < SNMP_REJECT_COUNT; i++)
        collector_count(c, beat, rejected[i], (double)stats.rejected[i]);
}
