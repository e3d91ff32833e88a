/* SPDX-License-Identifier: GPL-3.0-or-later */
/* public.h - netzwacht-public: writes the citizens' page every few seconds as static files. cli/public_main.c
 * puts it on a daemon. Reads partitions alerts (states, incidents), collector (connected devices, shown as
 * classes) and unit.* (back-filled history); shares nothing else with the operators' side. With public.port
 * it also takes reports of citizens and appends them to its own partition. */
#ifndef NW_DASHBOARDS_PUBLIC_H
#define NW_DASHBOARDS_PUBLIC_H

#include "lib/base/err.h"
#include "lib/model/inventory.h"
#include "lib/model/record.h"
#include "lib/model/settings.h"
#include "lib/runtime/loop.h"

struct public_writer; /* opaque */

/* Appends to the partition of netzwacht-public, and syncs it. */
typedef enum err public_append_fn(void *ctx, Nw__Record *record);

struct public_options {
    struct loop *loop;
    const struct settings *settings;
    const struct inventory *inventory;
    public_append_fn *append;
    void *append_ctx;
};

enum err public_new(const struct public_options *options, struct public_writer **out) NW_CHECKED;
void public_free(struct public_writer *p);
void public_beat(struct public_writer *p, Nw__Heartbeat *beat);

#endif
