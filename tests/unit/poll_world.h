/* SPDX-License-Identifier: GPL-3.0-or-later */
/* poll_world.h - one device with 50 interfaces and a poll of it, without a network: the set-up of the tests
 * of poll.c. What to read of it is a plan of poll_world.c, not a profile. */
#ifndef NW_TESTS_POLL_WORLD_H
#define NW_TESTS_POLL_WORLD_H

#include "tests/unit/cmocka_tests.h"

#include "collector/poll.h"
#include "tests/sim/agent.h"

enum { REQUESTS_MAX = 100000 /* of a poll */ };

/* Of the plan; the columns have rows 3, 6, … 150. VENDOR: only of the device that calls itself ….99999.2. */
extern const uint32_t UPTIME[9], LOCATION[9], IF_DESCR[10], IF_IN[10], IF_OUT[10], VENDOR[8];
extern const struct device_profile OTHER;

struct world {
    struct agent *agent;
    struct poll *poll;
    struct varbind_set *varbinds;
    struct buf reply;
    int version;
    uint32_t boots; /* of its engine, as SNMPv3 tells them with each answer; 0 = not known */
    ns_t now;
    size_t requests, gets, walks, varbinds_most; /* of the last poll */
    size_t silent_after;                         /* requests that are answered; 0 = all */
    size_t lost_from, lost_to;                   /* requests of a poll that are lost, from 1 */
    size_t path_most;                            /* varbinds asked for that get through; 0 = all */
};

struct world *open_world(int version);
void close_world(struct world *w);
enum err exchange(struct world *w, const struct poll_request *ask, struct snmp_message *m);
/* Finishes a poll that has begun with *first. */
const struct poll_summary *go_on(struct world *w, enum poll_next next, struct poll_request *first);
const struct poll_summary *run_poll(struct world *w, bool is_careful);
/* What traps want, and nothing else. */
const struct poll_summary *run_wanted(struct world *w);
/* How many varbinds of the column the last poll knows. */
size_t rows(const struct world *w, const uint32_t *column, size_t len);

#endif
