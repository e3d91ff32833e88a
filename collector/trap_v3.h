/* SPDX-License-Identifier: GPL-3.0-or-later */
/* trap_v3.h - traps and informs under SNMPv3: who is the engine, is it genuine, what is answered. Pure.
 *
 *   trap     its sender is the authoritative engine (RFC 3412, 3): its engine ID localises the keys, its
 * clock must not be late (RFC 3414, 3.2, 7b). Nothing is ever answered. inform   we are: its sender asks for
 * our engine ID, boots and time first (RFC 3414, 4), seals the inform with keys of our engine ID, and gets
 * the Response, or a Report that says what was wrong.
 *
 *   engine ID not ours ── reportable? ─ no ──► MAC by the sender's engine ──► window 7b ──► decrypt ──► trap
 *                              └─ yes ─► Report unknownEngineIDs (the discovery)
 *   engine ID ours ──► user ──► level ──► MAC ──► window 7a ──► decrypt ──► inform, Response
 *                        └───────┴─────────┴──────────┴─────────────┴─► Report of that kind
 *
 * An engine ID that is not known yet is remembered only behind a MAC that fits, and no more than
 * TRAP_V3_ENGINES of them for each sender: the least recently heard one gives way. */
#ifndef NW_COLLECTOR_TRAP_V3_H
#define NW_COLLECTOR_TRAP_V3_H

#include "collector/snmp_client.h"
#include "collector/usm.h"
#include "lib/base/err.h"
#include "lib/base/units.h"

enum { TRAP_V3_ENGINES = 4 };

/* We, as the authoritative engine of informs. */
struct trap_v3_local {
    uint8_t id[SNMP_ENGINE_ID_MAX];
    size_t id_len;
    uint32_t boots; /* 1..2^31-1; at the last one nothing is in the time window (RFC 3414, 2.2.3) */
    ns_t started;   /* engineTime 0; monotonic */
};

/* What is known of a sender's engines; one for each device, zeroed at first. */
struct trap_v3_sender {
    const struct usm_user *user; /* of the device's own credentials, borrowed; NULL = they are not v3 */
    struct usm_engine *polled;   /* as polling knows it, borrowed; NULL, or id_len 0 = not yet */
    struct trap_v3_engine *learned;
    size_t learned_count;
};

struct trap_v3_result {
    const struct snmp_message *pdu; /* of a trap or an inform that was taken; until the next call */
    struct snmp_octets reply;       /* Response or Report, len 0 = none; until the next call */
    const struct usm_engine
        *fresh; /* an engine that the MAC has just proved, NULL = none; until the next call */
};

struct trap_v3; /* opaque */

/* seed: where salts begin. */
enum err trap_v3_new(const struct trap_v3_local *local, uint64_t seed, struct trap_v3 **out) NW_CHECKED;
void trap_v3_free(struct trap_v3 *t);

/* Everybody who may send: several may share a name. Borrowed until the next call of this. */
enum err trap_v3_users(struct trap_v3 *t, const struct usm_user *const *users, size_t count) NW_CHECKED;

/* bytes are a message of version 3 from `sender`'s address. Returns SNMP_REJECT_COUNT for what is taken:
 * out->pdu is a trap, or an inform that out->reply answers; or out->reply alone tells who asked who we are.
 * Anything else: why not; out->reply may hold a Report. */
enum snmp_reject trap_v3_receive(struct trap_v3 *t, ns_t now, struct trap_v3_sender *sender,
                                 const void *bytes, size_t len, struct trap_v3_result *out);

/* Wipes and frees what was learned. */
void trap_v3_forget(struct trap_v3_sender *sender);
/* What `from` learned goes on as `to`'s, as far as `t` still has the users. */
void trap_v3_carry_over(const struct trap_v3 *t, struct trap_v3_sender *to, struct trap_v3_sender *from);

#endif
