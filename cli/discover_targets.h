/* SPDX-License-Identifier: GPL-3.0-or-later */
/* discover_targets.h - the addresses that a search is busy with: all of them in the order in which they were
 * taken up, and those that wait for their turn to send. */
#ifndef NW_CLI_DISCOVER_TARGETS_H
#define NW_CLI_DISCOVER_TARGETS_H

#include <stddef.h>
#include <stdint.h>

#include "collector/access.h"
#include "collector/poll.h"
#include "collector/snmp_client.h"
#include "lib/base/err.h"

#define TARGET_FOLLOWED UINT64_MAX /* number of an address that is not of the ranges */

struct scan;

struct target {
    struct scan *scan;
    struct target *next; /* in the queue */
    struct target *older, *newer;
    struct snmp_peer peer;
    uint64_t number; /* of the ranges' addresses */
    int64_t depth;
    int tries;
    struct poll *poll;
    struct poll_request request;
};

struct targets {
    struct target *head, *tail; /* waiting for their turn */
    struct target *oldest, *newest;
    size_t count;
};

/* A new target with its poll machine; the caller fills in what else it needs. ERR_NOMEM. */
enum err targets_add(struct targets *all, const struct snmp_access *access,
                     const struct poll_options *options, struct target **out) NW_CHECKED;
/* t must not be in the queue. */
void targets_remove(struct targets *all, struct target *t);
void targets_clear(struct targets *all);

void targets_enqueue(struct targets *all, struct target *t);
/* NULL: nobody waits. */
struct target *targets_dequeue(struct targets *all);

/* The least number of all; `otherwise` if none is of the ranges. */
uint64_t targets_first_number(const struct targets *all, uint64_t otherwise);

#endif
