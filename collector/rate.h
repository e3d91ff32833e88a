/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rate.h - counters to rates. Pure. */
#ifndef NW_COLLECTOR_RATE_H
#define NW_COLLECTOR_RATE_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/err.h"
#include "lib/base/units.h"

/* snmpEngineBoots and snmpEngineTime (RFC 3411, SNMP-FRAMEWORK-MIB) from an authenticated message. */
struct rate_engine {
    uint32_t boots; /* 0 = not known: v1, v2c, noAuthNoPriv */
    uint32_t time;  /* s */
};

struct rate_reading {
    ns_t t_ns; /* monotonic, when it was read */
    uint64_t raw;
    uint64_t uptime_ms;        /* of the agent at that time; 0 = not known */
    struct rate_engine engine; /* likewise */
    uint32_t discontinuity;    /* ifCounterDiscontinuityTime (IF-MIB), ticks; 0 = none or not known */
};

/* Turns two counter readings into a rate.
 *   prev, cur    readings of the same instance; cur->t_ns must be later than prev->t_ns
 *   bits         32 or 64, the counter's width; decides how a wrap is undone (RFC 2578, 7.1.6)
 *   max_gap_ns   no rate over a longer span
 *   ceiling      units per second that are physically possible (ifSpeed / 8); 0 = not known
 *   *out         units per second, >= 0 and <= ceiling if there is one; left alone on error
 * Returns ERR_OK; ERR_RESET if the agent restarted or the counter started anew in between, or if it did
 * something else than count up; ERR_GAP if the span is not positive or exceeds max_gap_ns.
 * A decrease is taken for a wrap only if the step is below half of the counter's range and below the ceiling:
 * a 32-bit counter that wraps more than once between two polls cannot be told from one that did not.
 * Borrows everything, keeps nothing. */
enum err rate_from_counter(const struct rate_reading *prev, const struct rate_reading *cur, int bits,
                           ns_t max_gap_ns, double ceiling, double *out) NW_CHECKED;

/* What all counters that were read at the same two times have in common: the larger part of the work. */
struct rate_span {
    enum err error; /* ERR_GAP, ERR_RESET: no rate for any of them */
    double seconds, slack;
};

/* prev, cur: raw is not looked at. */
void rate_span(const struct rate_reading *prev, const struct rate_reading *cur, ns_t max_gap_ns,
               struct rate_span *out);
/* What a counter has counted up between two raw readings. */
static inline enum err rate_step(uint64_t before, uint64_t now, int bits, uint64_t *step)
{
    uint64_t range_half = bits == 32 ? UINT64_C(1) << 31 : UINT64_C(1) << 63;

    if (bits == 32 && (before > UINT32_MAX || now > UINT32_MAX))
        return ERR_RESET; /* the agent sent another type than before */
    if (now >= before) {
        *step = now - before;
        return ERR_OK;
    }
    *step = bits == 32 ? (uint32_t)(now - before) : now - before;
    return *step < range_half ? ERR_OK : ERR_RESET;
}

/* The rest of rate_from_counter(), of two raw readings at the ends of the span without a discontinuity. In
 * line: every counter of every poll passes here. */
static inline NW_CHECKED enum err rate_over_span(const struct rate_span *span, uint64_t prev, uint64_t cur,
                                                 int bits, double ceiling, double *out)
{
    uint64_t step;
    double rate;
    enum err e = span->error ? span->error : rate_step(prev, cur, bits, &step);

    if (e)
        return e;
    rate = (double)step / span->seconds;
    if (ceiling > 0 && rate > ceiling) {
        if (rate > ceiling * span->slack)
            return ERR_RESET;
        rate = ceiling;
    }
    *out = rate;
    return ERR_OK;
}

/* Did the agent restart between the two times? elapsed: by our clock. sysUpTime (TimeTicks) wraps after 497.1
 * days (RFC 3418), which is no restart. A time of 0 is not known: no. */
bool rate_is_restart(uint64_t before_ms, uint64_t now_ms, ns_t elapsed);
/* The same by its SNMPv3 engine, which counts its boots, so that one is seen, however short it was and
 * whatever sysUpTime says by then. Agents that forget the count begin their time anew. */
bool rate_is_new_boot(const struct rate_engine *before, const struct rate_engine *now);

#endif
