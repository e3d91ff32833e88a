/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rate.c - counters to rates. Pure: two readings in, a number or the reason why not out. */
#include "collector/rate.h"

#define UPTIME_WRAP_MS (UINT64_C(4294967296) * 10) /* TimeTicks are hundredths of a second */
#define UPTIME_SLACK   (5 * SECONDS)               /* agents that keep their time in coarse steps */

enum { ENGINE_SLACK = 5 /* s, likewise */ };

bool rate_is_restart(uint64_t before_ms, uint64_t now_ms, ns_t elapsed)
{
    uint64_t elapsed_ms = elapsed > 0 ? (uint64_t)(elapsed / MILLISECONDS) : 0;
    uint64_t slack_ms = (uint64_t)(UPTIME_SLACK / MILLISECONDS) + elapsed_ms / 10;
    uint64_t expected = before_ms + elapsed_ms;

    if (!before_ms || !now_ms)
        return false;
    if (now_ms < before_ms && expected + slack_ms >= UPTIME_WRAP_MS)
        now_ms += UPTIME_WRAP_MS;
    return now_ms < before_ms || now_ms + slack_ms < expected;
}

bool rate_is_new_boot(const struct rate_engine *before, const struct rate_engine *now)
{
    if (!before->boots || !now->boots)
        return false;
    return now->boots != before->boots || (uint64_t)now->time + ENGINE_SLACK < before->time;
}

void rate_span(const struct rate_reading *prev, const struct rate_reading *cur, ns_t max_gap_ns,
               struct rate_span *out)
{
    ns_t elapsed = cur->t_ns - prev->t_ns;

    *out = (struct rate_span){.error = ERR_GAP};
    if (elapsed <= 0 || elapsed > max_gap_ns)
        return;
    if (prev->discontinuity != cur->discontinuity ||
        rate_is_restart(prev->uptime_ms, cur->uptime_ms, elapsed) ||
        rate_is_new_boot(&prev->engine, &cur->engine))
        out->error = ERR_RESET;
    else
        out->error = ERR_OK;
    out->seconds = (double)elapsed / (double)SECONDS;
    /* Readings are timed by us, not by the agent: a full line looks fuller than full by that error. */
    out->slack = 1.05 + 0.5 * (double)SECONDS / (double)elapsed;
}

enum err rate_from_counter(const struct rate_reading *prev, const struct rate_reading *cur, int bits,
                           ns_t max_gap_ns, double ceiling, double *out)
{
    struct rate_span span;

    rate_span(prev, cur, max_gap_ns, &span);
    return rate_over_span(&span, prev->raw, cur->raw, bits, ceiling, out);
}
