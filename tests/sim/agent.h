/* SPDX-License-Identifier: GPL-3.0-or-later */
/* agent.h - a scripted SNMP agent for tests: request bytes in, reply bytes out, with the faults of real ones.
 */
#ifndef NW_TESTS_SIM_AGENT_H
#define NW_TESTS_SIM_AGENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "collector/poll.h"
#include "collector/snmp_pdu.h"
#include "collector/varbind.h"
#include "lib/base/buf.h"

struct agent; /* opaque */

enum agent_fault {
    AGENT_HONEST,
    AGENT_SAME_OID,   /* GETNEXT and GETBULK give the OID asked for, for ever */
    AGENT_DECREASING, /* … the one before */
    AGENT_PING_PONG,  /* … two in turn */
    AGENT_ENDLESS,    /* … always one more row */
    AGENT_EMPTY,      /* replies without varbinds */
    AGENT_GEN_ERR,    /* genErr for tables, with an index */
    AGENT_GEN_ERR_NO_INDEX,
    AGENT_TOO_BIG, /* tooBig for more than 8 varbinds */
    AGENT_GARBAGE, /* bytes that are no SNMP */
};

struct agent *agent_new(void);
void agent_free(struct agent *a);
void agent_set_fault(struct agent *a, enum agent_fault fault);
/* Adds or replaces. */
void agent_integer(struct agent *a, const char *oid, int64_t value);
void agent_number(struct agent *a, const char *oid, enum snmp_type type, uint64_t value);
void agent_text(struct agent *a, const char *oid, const char *value);
void agent_oid(struct agent *a, const char *oid, const char *value);
void agent_put(struct agent *a, const struct varbind *vb);
void agent_remove(struct agent *a, const char *oid);
/* sysDescr, sysObjectID, sysUpTime, sysName. */
void agent_system(struct agent *a, const char *name, const char *object_id, uint64_t uptime_cs);

/* False: no answer to that. out is cleared first. */
bool agent_answer(struct agent *a, const void *request, size_t len, struct buf *out);
/* The same of a bare PDU, which the caller has found in a message of its own: appends the Response PDU. */
void agent_answer_pdu(struct agent *a, const struct snmp_message *m, struct buf *out);
/* A request of a poll, as the client writes it, and the reply as it reads it: *m lies in *reply. ERR_TIMEOUT:
 * no answer; ERR_MALFORMED: one that is no SNMP. */
enum err agent_ask(struct agent *a, int version, const struct poll_request *ask, struct buf *reply,
                   struct snmp_message *m);
uint64_t agent_requests(const struct agent *a);

/* Writes a message or a bare PDU with these varbinds; for replies that no agent would give. */
void agent_write(struct buf *out, int version, const char *community, enum snmp_pdu_type type,
                 int32_t request_id, int error_status, int error_index, const struct varbind *varbinds,
                 size_t count);
void agent_write_pdu(struct buf *out, enum snmp_pdu_type type, int32_t request_id, int error_status,
                     int error_index, const struct varbind *varbinds, size_t count);

#endif
