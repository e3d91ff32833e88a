/* SPDX-License-Identifier: GPL-3.0-or-later */
/* usm.h - SNMPv3's user-based security model (RFC 3414) as one manager needs it: a user, one agent's engine
 * as that user sees it, messages sealed and opened. Time is passed in; no socket, no table of users or
 * engines.
 *
 * Keys are made once for each (user, engine), so a message costs one HMAC and one run of the cipher. */
#ifndef NW_COLLECTOR_USM_H
#define NW_COLLECTOR_USM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "collector/snmp_v3.h"
#include "collector/usm_io.h"
#include "lib/base/err.h"
#include "lib/base/units.h"

#define USM_WINDOW 150 /* seconds (RFC 3414, 2.2.3) */

/* Shared by all devices with these credentials. Holds keys: usm_user_wipe() when done. */
struct usm_user {
    char name[SNMP_USER_MAX + 1], context[SNMP_CONTEXT_MAX + 1];
    enum snmp_auth auth;
    enum snmp_priv priv;                     /* SNMP_PRIV_NONE without auth */
    struct usm_key auth_master, priv_master; /* of the passphrases; for no engine in particular */
};

struct usm_engine {
    uint8_t id[SNMP_ENGINE_ID_MAX];
    size_t id_len;        /* 0 = not discovered */
    bool is_synced;       /* boots and time come from an authenticated message */
    uint32_t boots, time; /* the newest heard, s */
    ns_t time_at;         /* when that was; monotonic */
    struct usm_key auth_key, priv_key;
    uint64_t salt; /* of the last message sent; starts at random */
};

/* What an agent reports in place of an answer (RFC 3414, 5; RFC 3412, 5; RFC 3413, 4.1.2). */
enum usm_report {
    USM_REPORT_NONE,
    USM_REPORT_LEVEL,   /* usmStatsUnsupportedSecLevels */
    USM_REPORT_WINDOW,  /* usmStatsNotInTimeWindows */
    USM_REPORT_USER,    /* usmStatsUnknownUserNames */
    USM_REPORT_ENGINE,  /* usmStatsUnknownEngineIDs */
    USM_REPORT_DIGEST,  /* usmStatsWrongDigests */
    USM_REPORT_DECRYPT, /* usmStatsDecryptionErrors */
    USM_REPORT_CONTEXT, /* snmpUnknownContexts, snmpUnavailableContexts */
    USM_REPORT_OTHER,
    USM_REPORT_COUNT
};

/* Makes the master keys. Passphrases may be NULL where the protocol is none. ERR_RANGE: a passphrase shorter
 * than 8 characters, a name or context longer than 32, privacy without authentication. ERR_UNSUPPORTED: the
 * protocol is not built into net-snmp here. */
enum err usm_user_init(struct usm_user *u, const char *name, const char *context, enum snmp_auth auth,
                       const char *auth_passphrase, enum snmp_priv priv,
                       const char *priv_passphrase) NW_CHECKED;
void usm_user_wipe(struct usm_user *u);
bool usm_user_is_same(const struct usm_user *a, const struct usm_user *b);
uint8_t usm_user_level(const struct usm_user *u); /* SNMP_V3_AUTH | SNMP_V3_PRIV */

/* The engine becomes this one: keys are localised, its clock is not known yet. On an error it is unchanged.
 */
enum err usm_engine_set(struct usm_engine *e, const struct usm_user *u, const uint8_t *id,
                        size_t len) NW_CHECKED;
/* What an unauthenticated message says about the clock: good enough to ask with, until a better one says so.
 */
void usm_engine_guess(struct usm_engine *e, uint32_t boots, uint32_t time, ns_t now);
/* An authenticated message's clock. False: it lies outside the time window. */
bool usm_engine_hear(struct usm_engine *e, uint32_t boots, uint32_t time, ns_t now);
/* The clock of an authenticated Report that answers our own message, so it cannot be old. True: engineBoots
 * went back. */
bool usm_engine_resync(struct usm_engine *e, uint32_t boots, uint32_t time, ns_t now);

/* A message that any agent answers with a Report that names its engine (RFC 3414, 4). */
enum err usm_seal_discovery(int32_t msg_id, int32_t request_id, uint8_t *out, size_t size,
                            size_t *len) NW_CHECKED;
/* What a message carries beside its keys. Boots and time stand in it even when it is not authenticated. */
struct usm_outgoing {
    int32_t msg_id;
    uint8_t flags; /* SNMP_V3_AUTH, SNMP_V3_PRIV: as much as the user's keys give; SNMP_V3_REPORTABLE */
    uint32_t boots, time;
    uint32_t max_size; /* as in snmp_v3_message */
    struct snmp_octets user, context_engine, context, pdu;
};
/* Of this engine and, if authenticated, with its keys. work: at least 2 × (pdu.len + SNMP_V3_OVERHEAD).
 * u: whose protocols. ERR_LIMIT: does not fit. */
enum err usm_seal_message(struct usm_engine *e, const struct usm_user *u, const struct usm_outgoing *o,
                          uint8_t *work, size_t work_size, uint8_t *out, size_t size, size_t *len) NW_CHECKED;
/* A request. pdu: at most SNMP_REQUEST_MAX. */
enum err usm_seal(struct usm_engine *e, const struct usm_user *u, ns_t now, int32_t msg_id,
                  struct snmp_octets pdu, uint8_t *out, size_t size, size_t *len) NW_CHECKED;

enum usm_verdict { USM_GENUINE, USM_OTHER_ENGINE, USM_OTHER_USER, USM_WRONG_DIGEST };
/* Is m, parsed from bytes, a message of this engine to this user? Without SNMP_V3_AUTH in m->flags the MAC is
 * not looked at. scratch: len bytes. */
enum usm_verdict usm_verify(const struct usm_engine *e, const struct usm_user *u,
                            const struct snmp_v3_message *m, const void *bytes, size_t len, uint8_t *scratch);
/* Decrypts (into scratch: m->data.len + 8) and parses. ERR_MALFORMED …: with privacy, the key is another one.
 */
enum err usm_open(const struct usm_engine *e, const struct usm_user *u, const struct snmp_v3_message *m,
                  uint8_t *scratch, struct snmp_v3_scoped *out) NW_CHECKED;

enum usm_report usm_report_kind(const struct snmp_message *report);
const char *usm_report_name(enum usm_report kind); /* "SNMPv3 report: unknown user" … */

#endif
