/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dashboard.h - netzwacht-dashboard: tails the journal, answers HTTP. cli/dashboard_main.c puts it on a
 * daemon.
 */
#ifndef NW_DASHBOARDS_DASHBOARD_H
#define NW_DASHBOARDS_DASHBOARD_H

#include "lib/base/err.h"
#include "lib/model/inventory.h"
#include "lib/model/record.h"
#include "lib/model/settings.h"
#include "lib/runtime/loop.h"

struct dashboard; /* opaque here; api.h has it for the handlers */

struct dashboard_options {
    struct loop *loop;
    const struct settings *settings;   /* borrowed until dashboard_free() */
    const struct inventory *inventory; /* likewise */
    /* Appends to the dashboard's partition and makes it durable. */
    enum err (*append)(void *ctx, Nw__Record *record);
    void *append_ctx;
};

/* Reads the journal up to now, then listens. Says by log_error() what is wrong before it fails. */
enum err dashboard_new(const struct dashboard_options *options, struct dashboard **out) NW_CHECKED;
void dashboard_free(struct dashboard *d);
/* Another inventory and other settings from now on; both borrowed until dashboard_free() or the next call,
 * the old ones may go. Reads the journal as at a start. Sessions and event streams go on; pages are told to
 * read their lists again. ERR_UNSUPPORTED, and said: a setting that takes a restart differs. On an error
 * nothing has changed. */
enum err dashboard_reload(struct dashboard *d, const struct settings *settings,
                          const struct inventory *inventory) NW_CHECKED;
/* Lag of its reading and figures of the server; borrowed until the next call. */
void dashboard_beat(struct dashboard *d, Nw__Heartbeat *beat);

#endif
