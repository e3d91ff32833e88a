/* SPDX-License-Identifier: GPL-3.0-or-later */
/* agent_v3.h - SNMPv3 around a scripted agent: an authoritative engine with one user (RFC 3414, 3.2), which
 * judges requests and answers, or reports what is wrong. Keys and sealing are collector/usm's: that other
 * implementations take its messages is the business of tests/integration/snmp_v3.py. */
#ifndef NW_TESTS_SIM_AGENT_V3_H
#define NW_TESTS_SIM_AGENT_V3_H

#include "collector/usm.h"
#include "tests/sim/agent.h"

struct agent_v3 {
    const struct usm_user *user; /* NULL: the agent speaks v2c */
    struct usm_engine engine;    /* its ID, the user's keys, its salt */
    uint32_t boots;
    ns_t booted;                        /* engineTime 0 */
    uint64_t reports[USM_REPORT_COUNT]; /* sent, by kind */
    uint64_t answers;
};

/* user: borrowed. now: its time is 0 then. */
void agent_v3_init(struct agent_v3 *v3, const struct usm_user *user, const uint8_t *id, size_t len,
                   uint32_t boots, ns_t now);
void agent_v3_restart(struct agent_v3 *v3, uint32_t boots, ns_t now);
/* False: no answer to that. out is cleared first. */
bool agent_v3_answer(struct agent_v3 *v3, struct agent *a, ns_t now, const void *request, size_t len,
                     struct buf *out);

/* What such an engine may say at all, and what others say in its name. flags: SNMP_V3_AUTH, SNMP_V3_PRIV.
 * out is cleared first. */
void agent_v3_seal(struct agent_v3 *v3, ns_t now, int32_t msg_id, uint8_t flags, const struct buf *pdu,
                   struct buf *out);
void agent_v3_report(struct agent_v3 *v3, ns_t now, int32_t msg_id, enum usm_report kind, uint8_t flags,
                     struct buf *out);

#endif
