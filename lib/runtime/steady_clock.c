/* SPDX-License-Identifier: GPL-3.0-or-later */
/* steady_clock.c - believes the wall clock only as long as the monotonic one agrees. Pure. */
#include "lib/runtime/steady_clock.h"

enum { AGREEING_STEPS = 3 };

void steady_clock_init(struct steady_clock *c, ns_t step)
{
    *c = (struct steady_clock){.step = step};
}

static bool is_near(const struct steady_clock *c, ns_t a, ns_t b)
{
    return a - b <= c->step && b - a <= c->step;
}

ns_t steady_clock_wall(struct steady_clock *c, ns_t mono, ns_t wall)
{
    ns_t base = wall - mono;

    if (!c->is_started || is_near(c, base, c->base)) {
        c->base = base;
        c->is_started = true;
        c->is_suspect = false;
        return wall;
    }
    if (!c->is_suspect || !is_near(c, base, c->candidate)) {
        c->is_suspect = true;
        c->candidate = base;
        c->since = mono;
    } else if (mono - c->since >= AGREEING_STEPS * c->step) {
        c->base = base;
        c->is_suspect = false;
    }
    return mono + c->base;
}
