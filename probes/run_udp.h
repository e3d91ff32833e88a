/* SPDX-License-Identifier: GPL-3.0-or-later */
/* run_udp.h - one question to one address over UDP and its answer: what name servers, RADIUS and time servers
 * have in common. Two tries from a fresh port each round; strangers' answers are counted and waited past. */
#ifndef NW_PROBES_RUN_UDP_H
#define NW_PROBES_RUN_UDP_H

#include "probes/prober_private.h"

struct udp_complaint {
    const char *finding, *text; /* as in struct outcome */
};

struct udp_dialogue {
    /* Writes the question into t->query (empty; with is_repeated: the first one). */
    enum err (*compose)(struct target *t);
    /* ERR_OK: *outcome is the round's. ERR_AGAIN: not the answer to this question. ERR_DENIED: likewise, but
     * `unproven` is what the round complains of if no better one comes. Others: broken. took: since the
     * question left. */
    enum err (*judge)(struct target *t, const void *bytes, size_t len, ns_t took, struct outcome *outcome);
    struct udp_complaint question, timeout, unreachable, broken, unproven;
    ns_t patience;    /* for one try, at most */
    bool is_repeated; /* the second try is the first one's bytes again (RFC 5080, 2.2.1) */
};

/* The round's outcome goes to target_finish(); its second value is "ok". */
void run_udp_start(struct target *t, const struct udp_dialogue *d);

#endif
