/* SPDX-License-Identifier: GPL-3.0-or-later */
/* store_private.h - what store.c and store_beat.c share. Nobody else includes it. */
#ifndef NW_COLLECTOR_STORE_PRIVATE_H
#define NW_COLLECTOR_STORE_PRIVATE_H

#include <stdbool.h>

#include "collector/store.h"
#include "collector/store_files.h"
#include "collector/store_months.h"
#include "collector/store_parts.h"
#include "collector/store_sources.h"
#include "lib/runtime/steady_clock.h"

enum { COUNTERS = 16 };

enum phase { PHASE_UNITS, PHASE_LIVE };

struct store {
    struct store_options o;
    struct store_files *files;
    struct store_sources *sources;
    struct store_months *months;
    struct journal_tail *tail;
    struct store_part *parts[STORE_PARTS_MAX];
    unsigned part_count;
    enum phase phase;
    struct loop_timer cycle_timer, slice_timer, phase_timer, clock_timer;
    struct steady_clock clock;
    bool is_cycling, is_final;
    bool is_waiting;  /* for the clock */
    size_t next_file; /* of the cycle */
    ns_t cycle_started, create_filled;
    int64_t create_left; /* bytes that may be created now */
    uint64_t values_at_cycle;
    uint64_t gaps, unreadable, cycles;
    bool was_failing;
    Nw__Counter counters[COUNTERS], *counter_list[COUNTERS];
    Nw__Lag lags[STORE_PARTS_MAX], *lag_list[STORE_PARTS_MAX];
};

/* Wall time that a jump of the system's clock does not move at once. */
ns_t store_now(struct store *s);

#endif
