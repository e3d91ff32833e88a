/* SPDX-License-Identifier: GPL-3.0-or-later */
/* reach.h - when is a device down? Pure.
 *
 *            answered                                  answered
 *          ┌─────────┐            ┌──────────────────────────────────────────────┐
 *          ▼         │ miss       │                                              │
 *         UP ────────┴──► MISSING ─ 3rd miss in a row ─► CONFIRMING ─ 6 of 6 ─► DOWN ─┐ miss: one datagram
 *          ▲               │  ▲                          │                       ▲    │ an interval
 *          │               └──┘ miss, again after        │ answered               └────┘
 *          └───────────────     miss_interval  ◄─────────┘
 *
 * 3 polls of 4 tries each and 6 confirmations, all unanswered: with 30 % of the packets lost each way that
 * happens to a living device once in 180,000 polls, where the three misses alone happen once in 3,200. */
#ifndef NW_COLLECTOR_REACH_H
#define NW_COLLECTOR_REACH_H

#include <stdbool.h>
#include <stdint.h>

enum { REACH_MISSES = 3, REACH_CONFIRMATIONS = 6, REACH_TRIES = 4 };

struct reach {
    uint32_t misses;        /* polls in a row without any answer */
    uint32_t confirmations; /* failed ones */
    bool is_down;
};

enum reach_next {
    REACH_AT_INTERVAL, /* the next poll at its ordinary time */
    REACH_SOON,        /* the next poll after miss_interval */
    REACH_CONFIRM,     /* send the confirmations now */
    REACH_AT_ONCE,     /* a confirmation was answered: poll now */
};

enum reach_next reach_polled(struct reach *r, bool is_answered);
enum reach_next reach_confirmed(struct reach *r, bool is_answered);
/* Datagrams that a poll may spend on getting a first answer. */
uint32_t reach_tries(const struct reach *r);

#endif
