/* SPDX-License-Identifier: GPL-3.0-or-later */
/* 130-ten-thousand-agents-one-day.c - 24 hours with 10,000 agents of which some reboot, die, return, lose
 * packets: the memory of the collector does not grow after the second hour. In `make check` 300 agents for
 * three hours; NETZWACHT_LONG=1 is the day, NETZWACHT_AGENTS=1000 a day with fewer. */
#include "tests/unit/cmocka_tests.h"

#include <stdio.h>
#include <unistd.h>

#include "lib/base/rng.h"
#include "lib/base/strx.h"
#include "tests/sim/world.h"

static struct sim w;
static struct rng rng = {.state = 130};

/* KiB. */
static long resident(void)
{
    FILE *f = fopen("/proc/self/statm", "r");
    long pages = 0;

    assert_non_null(f);
    assert_int_equal(fscanf(f, "%*d %ld", &pages), 1);
    fclose(f);
    return pages * (sysconf(_SC_PAGESIZE) / 1024);
}

/* Two ports; whose counters they are follows from the device's number and the time. */
static void put_counters(struct sim *sim, size_t device)
{
    static const char *const oids[] = {"1.3.6.1.2.1.31.1.1.1.6.1", "1.3.6.1.2.1.31.1.1.1.10.1",
                                       "1.3.6.1.2.1.31.1.1.1.6.2", "1.3.6.1.2.1.31.1.1.1.10.2"};
    const struct sim_device *d = &sim->devices[device];

    for (size_t i = 0; i < ARRAY_LEN(oids); i++)
        agent_number(d->agent, oids[i], SNMP_COUNTER64,
                     (uint64_t)((sim->now - d->booted) / MILLISECONDS) * (device % 97 + i + 1));
}

static void give_ports(struct agent *a)
{
    agent_text(a, "1.3.6.1.2.1.31.1.1.1.1.1", "eth0");
    agent_text(a, "1.3.6.1.2.1.31.1.1.1.1.2", "eth1");
    agent_number(a, "1.3.6.1.2.1.31.1.1.1.15.1", SNMP_GAUGE32, 1000);
    agent_number(a, "1.3.6.1.2.1.31.1.1.1.15.2", SNMP_GAUGE32, 1000);
    agent_integer(a, "1.3.6.1.2.1.2.2.1.8.1", 1);
    agent_integer(a, "1.3.6.1.2.1.2.2.1.8.2", 1);
}

/* Ten minutes in which one in fifty is dead and one in a hundred reboots. */
static void live_ten_minutes(void)
{
    for (size_t i = 0; i < w.count; i++) {
        w.devices[i].is_dead = rng_below(&rng, 50) == 0;
        if (rng_below(&rng, 100) == 0)
            w.devices[i].booted = w.now;
    }
    sim_run(&w, 10 * MINUTES);
}

static size_t agents(bool is_long)
{
    const char *given = getenv("NETZWACHT_AGENTS");
    uint64_t count = is_long ? SIM_DEVICES_MAX : 300;

    if (given)
        assert_ok(strx_to_u64(given, &count));
    return (size_t)count;
}

static void memory_does_not_grow_after_the_second_hour(void **state)
{
    bool is_long = getenv("NETZWACHT_LONG") != NULL;
    int hours = is_long ? 24 : 3;
    uint64_t polls = 0, answered = 0;
    long settled = 0, now;

    (void)state;
    w = (struct sim){.has_one_agent = true, .prepare = put_counters};
    sim_open(&w, agents(is_long), 60, 130);
    w.network = (struct sim_network){
        .loss_permille = 2, .delay = 20 * MILLISECONDS, .jitter = 20 * MILLISECONDS, .double_permille = 1};
    give_ports(w.devices[0].agent);
    for (int hour = 1; hour <= hours; hour++) {
        for (int i = 0; i < 6; i++)
            live_ten_minutes();
        now = resident();
        if (hour == 2)
            settled = now;
        printf("# hour %d: %ld KiB\n", hour, now);
    }
    for (size_t i = 0; i < w.count; i++) {
        polls += w.devices[i].polls;
        answered += w.devices[i].answered;
    }
    printf("# %zu agents, %d hours: %llu polls, %llu answered, %llu times down; %ld KiB more than after two "
           "hours\n",
           w.count, hours, (unsigned long long)polls, (unsigned long long)answered,
           (unsigned long long)w.times_down, now - settled);
    assert_true(answered > w.count * (size_t)hours * 50);
    assert_true(now - settled <= 1024);
    sim_close(&w);
}

RUN_TESTS("ten thousand agents, one day", cmocka_unit_test(memory_does_not_grow_after_the_second_hour))
