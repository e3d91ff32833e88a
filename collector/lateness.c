/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lateness.c - a histogram in steps of 1, 2, 5. Pure. */
#include "collector/lateness.h"

const struct lateness_bound lateness_bounds[LATENESS_BOUNDS] = {
    {1 * MILLISECONDS, "poll_answered_within_1ms_total"},
    {2 * MILLISECONDS, "poll_answered_within_2ms_total"},
    {5 * MILLISECONDS, "poll_answered_within_5ms_total"},
    {10 * MILLISECONDS, "poll_answered_within_10ms_total"},
    {20 * MILLISECONDS, "poll_answered_within_20ms_total"},
    {50 * MILLISECONDS, "poll_answered_within_50ms_total"},
    {100 * MILLISECONDS, "poll_answered_within_100ms_total"},
    {200 * MILLISECONDS, "poll_answered_within_200ms_total"},
    {500 * MILLISECONDS, "poll_answered_within_500ms_total"},
    {1 * SECONDS, "poll_answered_within_1s_total"},
    {2 * SECONDS, "poll_answered_within_2s_total"},
    {5 * SECONDS, "poll_answered_within_5s_total"},
};

void lateness_add(struct lateness *l, ns_t late)
{
    l->count++;
    for (size_t i = LATENESS_BOUNDS; i-- > 0 && late <= lateness_bounds[i].most;)
        l->within[i]++;
}
