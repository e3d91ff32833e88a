/* SPDX-License-Identifier: GPL-3.0-or-later */
/* 104-third-of-packets-lost.c - 500 living agents behind a bad network for an hour: 30 % of the packets lost
 * each way, 2 s ± 0.5 s of delay, 5 % doubled, order mixed by the jitter. Nobody is called down. */
#include "tests/unit/cmocka_tests.h"

#include <stdio.h>

#include "tests/sim/world.h"

static void no_living_agent_is_called_down_by_losses(void **state)
{
    static struct sim w;
    uint64_t polls = 0, answered = 0, fewest = UINT64_MAX;

    (void)state;
    sim_open(&w, 500, 60, 104);
    w.network = (struct sim_network){
        .loss_permille = 300, .delay = 2 * SECONDS, .jitter = 500 * MILLISECONDS, .double_permille = 50};
    sim_run(&w, 1 * HOURS);
    for (size_t i = 0; i < w.count; i++) {
        polls += w.devices[i].polls;
        answered += w.devices[i].answered;
        if (w.devices[i].polls < fewest)
            fewest = w.devices[i].polls;
    }
    printf("# %llu polls, %llu answered (%.1f %%), at least %llu of a device, %llu times down\n",
           (unsigned long long)polls, (unsigned long long)answered, 100.0 * (double)answered / (double)polls,
           (unsigned long long)fewest, (unsigned long long)w.times_down);
    assert_true(fewest >= 40); /* one that takes longer than its minute leaves out a turn */
    assert_true(polls >= 57 * w.count);
    assert_int_equal(w.times_down, 0);
    assert_true(answered * 1000 >= polls * 925); /* 1 - 0.51^4 = 93.2 % */
    sim_close(&w);
}

RUN_TESTS("third of packets lost", cmocka_unit_test(no_living_agent_is_called_down_by_losses))
