/* SPDX-License-Identifier: GPL-3.0-or-later */
/* discover_scan.h - asks every address of some ranges who it is, at a bounded rate, and follows LLDP
 * neighbours. What one agent is asked is a survey of collector/poll.h. */
#ifndef NW_CLI_DISCOVER_SCAN_H
#define NW_CLI_DISCOVER_SCAN_H

#include <stdbool.h>
#include <stdint.h>

#include "cli/discover_log.h"
#include "collector/access.h"
#include "collector/discover.h"
#include "collector/discover_frontier.h"

enum { SCAN_TRIES = 2 }; /* of each datagram */

struct scan; /* opaque */

struct scan_status {
    uint64_t done, total; /* addresses: of the ranges and followed; total may grow */
    size_t found;
    double rate;            /* addresses a second since this run began */
    ns_t left;              /* at that rate; -1 = not known yet */
    size_t refused, broken; /* addresses where nobody listens; that send what is no SNMP */
    size_t denied;          /* SNMPv3 agents that do not answer our user */
    size_t cut;             /* agents that stopped answering while they were read */
    size_t outside, beyond; /* neighbours not followed: not allowed; over the bounds */
    bool is_stopped;        /* by a signal */
};

typedef void scan_progress_fn(void *ctx, const struct scan_status *status);

struct scan_options { /* borrowed */
    const struct discover_range *ranges;
    size_t range_count;
    const struct discover_prefix *within; /* neighbours inside are followed */
    size_t within_count, follow_most;
    long port, rate; /* datagrams a second */
    const struct snmp_access *access;
    struct discover_log *log; /* NULL: nowhere */
    scan_progress_fn *progress;
    ns_t progress_every;
    void *ctx;
};

enum err scan_new(const struct scan_options *options, struct profile_set *profiles,
                  struct scan **out) NW_CHECKED;
void scan_free(struct scan *s);
/* Goes on where an earlier run was; takes the devices out of state. */
enum err scan_resume(struct scan *s, struct discover_state *state) NW_CHECKED;
/* Until everybody was asked, or SIGINT or SIGTERM. */
enum err scan_run(struct scan *s) NW_CHECKED;

struct discover_device *scan_devices(struct scan *s, size_t *count);
struct scan_status scan_status(const struct scan *s);

#endif
