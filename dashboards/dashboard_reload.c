/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dashboard_reload.c - another configuration while sessions and streams go on: what is made of inventory and
 * settings is made anew beside the old, from the journal, and then takes its place. */
#include "dashboards/dashboard_internal.h"

#include <string.h>

#include "lib/base/log.h"

static bool is_same_text(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : a == b;
}

static bool needs_restart(const struct settings *a, const struct settings *b)
{
    const struct dashboard_settings *x = &a->dashboard, *y = &b->dashboard;

    return x->port != y->port || !is_same_text(x->listen, y->listen) ||
           !is_same_text(x->web_dir, y->web_dir) || !is_same_text(x->tls_certificate, y->tls_certificate) ||
           !is_same_text(x->tls_key, y->tls_key) || !is_same_text(a->journal_dir, b->journal_dir) ||
           !is_same_text(a->rrd_dir, b->rrd_dir) || !is_same_text(a->public_dir, b->public_dir) ||
           !is_same_text(a->public_page.directory, b->public_page.directory);
}

/* What is made of inventory and settings. */
struct view {
    const struct settings *settings;
    const struct inventory *inventory;
    struct snapshot *snapshot;
    struct firmware_rules *firmware;
    struct tail *tail;
};

static struct view view_of(const struct program *p)
{
    return (struct view){p->d.settings, p->d.inventory, p->d.snapshot, p->d.firmware, p->tail};
}

static void use_view(struct program *p, const struct view *v)
{
    p->d.settings = v->settings;
    p->d.inventory = v->inventory;
    p->d.snapshot = v->snapshot;
    p->d.firmware = v->firmware;
    p->tail = v->tail;
}

static void free_view(struct view *v)
{
    tail_free(v->tail);
    snapshot_free(v->snapshot);
    firmware_rules_free(v->firmware);
}

/* The view that p has now but for settings and inventory, all made anew. */
static enum err make_view(struct program *p)
{
    const struct history_filter open = {.open = 1, .limit = DASHBOARD_INCIDENTS};
    struct dashboard *d = &p->d;
    enum err e = snapshot_new(d->inventory, &d->snapshot);

    if (e == ERR_OK)
        e = dashboard_read_rules(d);
    if (e == ERR_OK)
        e = history_incidents(d->history, &open, dashboard_put_incident, d->snapshot);
    return e ? e : dashboard_start_tail(p, &p->tail);
}

/* What was kept of answers points into the former inventory. */
static void forget_answers(struct dashboard *d)
{
    network_free(d->network.network);
    d->network = (struct network_cache){0};
    api_map_free(d->map);
    d->map = NULL;
    api_availability_free(d->availability);
    d->availability = NULL;
}

enum err dashboard_reload(struct dashboard *d, const struct settings *settings,
                          const struct inventory *inventory)
{
    struct program *p = program_of(d);
    struct view former = view_of(p), fresh = {.settings = settings, .inventory = inventory};

    if (needs_restart(former.settings, settings)) {
        log_error("dashboard.listen, port, tls_certificate, tls_key and web_dir, the folders of journal and "
                  "RRD files and of the public page take a restart: restart netzwacht-dashboard");
        return ERR_UNSUPPORTED;
    }
    p->former = former.tail;
    use_view(p, &fresh);
    enum err e = make_view(p);
    fresh = view_of(p);
    p->former = NULL;
    if (e) {
        use_view(p, &former);
        free_view(&fresh);
        return e;
    }
    forget_answers(d);
    free_view(&former);
    api_events_reset(d);
    return ERR_OK;
}
