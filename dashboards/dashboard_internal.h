/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dashboard_internal.h - what dashboard.c and dashboard_reload.c share. */
#ifndef NW_DASHBOARDS_DASHBOARD_INTERNAL_H
#define NW_DASHBOARDS_DASHBOARD_INTERNAL_H

#include "dashboards/api.h"
#include "dashboards/dashboard.h"
#include "dashboards/tail.h"
#include "lib/model/figure.h"

enum { DASHBOARD_INCIDENTS = 20000 }; /* open ones that are read from history */

struct program {
    struct dashboard d; /* first: handlers know only this */
    struct tail *tail;
    const struct tail *former; /* while its successor reads: what it handed out was told already */
    struct throttle *by_session;
    bool has_alerts_position;
    bool has_told_history;
    struct figure_set figures;
};

static inline struct program *program_of(struct dashboard *d)
{
    return (struct program *)(void *)d;
}

/* A history_incident_fn; ctx is the snapshot. */
bool dashboard_put_incident(void *ctx, uint64_t row, const Nw__Incident *incident);
/* A mistake is said with its place, and there are no rules then. ERR_NOMEM. */
enum err dashboard_read_rules(struct dashboard *d) NW_CHECKED;
/* Reads the journal into the dashboard's snapshot. */
enum err dashboard_start_tail(struct program *p, struct tail **out) NW_CHECKED;

#endif
