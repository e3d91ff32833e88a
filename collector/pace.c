/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pace.c - how often the tables of a device are read. Pure. */
#include "collector/pace.h"

enum { FORGETTING = 1024 };

void pace_polled(struct pace *p, ns_t rtt)
{
    uint32_t factor = p->factor ? p->factor : 1;

    if (!rtt)
        return;
    if (!p->rtt_minimum || rtt < p->rtt_minimum)
        p->rtt_minimum = rtt;
    else
        p->rtt_minimum += (rtt - p->rtt_minimum) / FORGETTING;
    if (rtt > PACE_LEAST && rtt > PACE_RISE * p->rtt_minimum)
        factor *= 2;
    else if (rtt <= PACE_LEAST || rtt < 2 * p->rtt_minimum)
        factor /= 2;
    p->factor = factor < 1 ? 1 : factor > PACE_MOST ? PACE_MOST : factor;
}

ns_t pace_table_age(const struct pace *p, ns_t interval)
{
    return p->factor > 1 ? (ns_t)p->factor * interval : 0;
}
