/* SPDX-License-Identifier: GPL-3.0-or-later */
/* walk.h - reads table columns to their ends, several at a time, from agents that may lie. Pure: makes
 * requests, takes replies.
 *
 *   column:  RUNNING ─ an OID outside the column, endOfMibView, v1 noSuchName ──────────────► COMPLETE
 *               └──── an OID that does not grow, an empty reply, genErr, a bound reached ───► BROKEN
 *
 * A broken column keeps the rows that were read before: what grew strictly is good. One reply that does not
 * grow ends a column, so a loop costs one request. A request that got no answer is asked again by
 * walk_ask(): from the last OID on, as large as the device's size is by then. A reply with fewer rows than
 * asked for is no fault (RFC 3416, 4.2.3): the agent sent what fits. */
#ifndef NW_COLLECTOR_WALK_H
#define NW_COLLECTOR_WALK_H

#include <stdbool.h>
#include <stdint.h>

#include "collector/adapt.h"
#include "collector/snmp_pdu.h"
#include "lib/base/buf.h"
#include "lib/base/err.h"

enum {
    WALK_COLUMNS_MAX = 10,    /* at a time */
    WALK_ROWS_MAX = 65536,    /* a column: a controller's 7,500 access points have 45,000 BSSIDs */
    WALK_BYTES_MAX = 4 << 20, /* a column */
    WALK_VALUE_MAX = 4096,    /* bytes; longer values are left out */
    WALK_REPLY_VARBINDS = 40  /* asked for in one GETBULK */
};

/* What a poll asks next; oids point into store or into memory of the one who asks. */
struct poll_request {
    enum snmp_pdu_type type;
    struct snmp_raw_oid oids[SNMP_ASK_MAX];
    size_t count;
    uint32_t max_repetitions;
    uint8_t store[2048]; /* for OIDs that lie nowhere else */
    size_t store_used;
    const uint8_t *names; /* instead of oids: `count` varbinds without values, encoded */
    size_t names_len;     /* 0 = there are oids */
};

/* Adds an OID given as numbers; false if it does not fit any more, or is none. */
bool poll_request_add_ids(struct poll_request *r, const uint32_t *ids, size_t len);

enum walk_state { WALK_RUNNING, WALK_COMPLETE, WALK_BROKEN };

struct walk; /* opaque */

/* version: on the wire; v1 has no GETBULK and is asked with GETNEXT. size: varbinds in one reply, borrowed;
 * learns. */
struct walk *walk_new(int version, struct adapt *size);
void walk_free(struct walk *w);
/* ids: the column. ERR_LIMIT over WALK_COLUMNS_MAX. Call before the first walk_ask(). */
enum err walk_add(struct walk *w, const uint32_t *ids, size_t len) NW_CHECKED;
/* The next request; false if all columns have ended. *out borrows from w until walk_take(). */
bool walk_ask(struct walk *w, struct poll_request *out);
/* The reply to the last request. ERR_NOMEM: the column in hand is broken. */
void walk_take(struct walk *w, ns_t now, const struct snmp_message *reply);
/* Broken because there is ever more of it? */
bool walk_is_endless(const struct walk *w, size_t i);
/* Varbinds that the last request asked for. */
uint32_t walk_asked(const struct walk *w);
/* Column i, in the order of walk_add(). why: English, NULL unless broken. */
enum walk_state walk_column(const struct walk *w, size_t i, const struct buf **rows, uint32_t *row_count,
                            const char **why);
size_t walk_count(const struct walk *w);

#endif
