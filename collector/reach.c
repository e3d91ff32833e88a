/* SPDX-License-Identifier: GPL-3.0-or-later */
/* reach.c - from misses to down and back. Pure. */
#include "collector/reach.h"

enum reach_next reach_polled(struct reach *r, bool is_answered)
{
    if (is_answered) {
        *r = (struct reach){0};
        return REACH_AT_INTERVAL;
    }
    if (r->misses < UINT32_MAX)
        r->misses++;
    if (r->is_down)
        return REACH_AT_INTERVAL;
    return r->misses < REACH_MISSES ? REACH_SOON : REACH_CONFIRM;
}

enum reach_next reach_confirmed(struct reach *r, bool is_answered)
{
    if (is_answered) {
        *r = (struct reach){0};
        return REACH_AT_ONCE;
    }
    r->confirmations = REACH_CONFIRMATIONS;
    r->is_down = true;
    return REACH_AT_INTERVAL;
}

uint32_t reach_tries(const struct reach *r)
{
    return r->is_down ? 1 : REACH_TRIES;
}
