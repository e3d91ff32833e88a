/* SPDX-License-Identifier: GPL-3.0-or-later */
/* poll.h - reads one device: who it is, what its profile asks for. A state machine without socket and clock:
 * it says what to ask next and is told what came.
 *
 *  IDLE ─poll_begin()─► IDENTIFY ─(profile chosen)─► GET ─────────────────► WALK ─(all columns ended)─► IDLE
 *           │            who is it?                   ▲  scalars and known    │  columns not known yet,
 *           └─(known)──────────────────────────────────┘  instances, packed    │  or due to be walked again
 *                                                       │                      │
 *                        another sysObjectID: IDENTIFY ◄┘       no answer, deadline: IDLE, the rest failed
 *
 * What was read stays here as it came (BER), one run of bytes for each item of the read plan. Once a column's
 * instances are known they are fetched by packed GETs, which costs a fraction of a walk; columns are walked
 * again when an instance vanished, when the agent restarted, and every POLL_REWALK. The tables in which a
 * controller lists its access points are walked at every poll, so that a new row is seen at once; when rows
 * came or went, the next poll walks the other tables too.
 *
 * An item that was due and could not be read has no values: the last poll's are not passed off as new. Of one
 * that could be read in part the rows that were read have theirs; the others stay as old as they are.
 *
 * Who answered in this poll and then does not is asked once more for the same, then for half of it; how much
 * a device is asked for at a time is learned from that and from what it refuses (adapt.h). */
#ifndef NW_COLLECTOR_POLL_H
#define NW_COLLECTOR_POLL_H

#include <stdbool.h>
#include <stdint.h>

#include "collector/profile.h"
#include "collector/rate.h"
#include "collector/shared.h"
#include "collector/snmp_pdu.h"
#include "collector/varbind.h"
#include "collector/walk.h"
#include "lib/base/err.h"
#include "lib/base/units.h"

#define POLL_REWALK     (10 * MINUTES)
#define POLL_WALK_LIMIT (4 * MINUTES) /* for all walks of one poll; its deadline is usually earlier */
#define POLL_BYTES_MAX  (48u << 20)   /* of one device's answers; a column that goes beyond is broken */

enum poll_outcome { /* numbers as in journal.proto, Outcomes */
                    POLL_OK = 0,
                    POLL_PARTIAL = 1,
                    POLL_TIMEOUT = 2,
                    POLL_REFUSED = 3,
                    POLL_BROKEN = 4,
};

enum poll_next { POLL_ASK, POLL_FINISHED };

struct poll_summary {
    enum poll_outcome outcome;
    bool is_answered;              /* a miss otherwise */
    bool is_walk_broken;           /* at least one column */
    bool is_list_read;             /* the tables that list access points were due and read to their ends */
    bool is_restarted;             /* sysUpTime went back, or the SNMPv3 engine tells of a boot */
    bool is_new_kind;              /* another profile than in the poll before (and at the first one) */
    const char *why;               /* English, of the first broken column or failure; NULL if all is well */
    const struct read_item *where; /* its column or scalar; NULL = of none in particular */
    uint64_t uptime_ms;            /* sysUpTime; 0 = not known */
    struct rate_engine engine;     /* at the same time */
    uint32_t requests;
};

struct poll; /* opaque: one device */

struct poll_options {
    struct profile_set *profiles; /* borrowed */
    const char *profile;          /* borrowed; force this one; NULL = recognise */
    int version;                  /* on the wire */
    ns_t rewalk_offset;           /* spreads walks of many devices: 0..POLL_REWALK */
    struct shared_book *shared;   /* borrowed; NULL: nothing is shared, so poll_freeze() does nothing */
    bool is_survey;               /* device_profile_survey() instead of all, walks as long as they take */
};

enum err poll_new(const struct poll_options *options, struct poll **out) NW_CHECKED;
void poll_free(struct poll *p);

/* Starts a poll. is_careful: the last one went without an answer, so the first request is a small one (large
 * replies may be what gets lost). ERR_OK with *next: POLL_ASK and *ask filled, or POLL_FINISHED. */
enum poll_next poll_begin(struct poll *p, ns_t now, ns_t deadline, bool is_careful, struct poll_request *ask);
/* The next poll reads the tables that the trap is about, however young what is known of them. False: the
 * device has no such table, or is not recognised yet. */
bool poll_want(struct poll *p, const struct trap_rule *rule);
/* Polls from now on leave it wanted: it is to be read later, too. */
void poll_keep_wanted(struct poll *p, bool is_kept);
/* A poll of what is wanted and of nothing else; the rest keeps its values and their times. Like poll_begin(),
 * which it becomes where the device has to be recognised first. */
enum poll_next poll_begin_wanted(struct poll *p, ns_t now, ns_t deadline, struct poll_request *ask);
/* What became of the request: result as snmp_done_fn gives it. */
enum poll_next poll_step(struct poll *p, ns_t now, enum err result, const struct snmp_message *reply,
                         struct poll_request *ask);
/* What the device was found to answer at a time: varbinds of a GET, of the reply to a GETBULK; 0 = as many as
 * anybody is asked for. */
void poll_learned(const struct poll *p, uint32_t *get, uint32_t *walk);
void poll_recall(struct poll *p, uint32_t get, uint32_t walk);
/* Tables younger than this are not read again, whatever the profile says; 0 = as it says. Scalars and what
 * traps ask for are. */
void poll_slow_down(struct poll *p, ns_t table_age);
bool poll_is_running(const struct poll *p);
/* Gives up a poll under way; a later poll_begin() starts anew. */
void poll_abort(struct poll *p);

/* ---- frozen ---- */

/* After a poll that was read to its end: keeps of the device its values alone; the rest is one copy for all
 * devices that are equal. Later polls ask for the same until something else comes, or is wanted, and then
 * thaw by themselves. What cannot be frozen, for lack of memory or because tables are to be walked, stays as
 * it is. */
void poll_freeze(struct poll *p);
/* The items are there again, as if it never had been frozen. Must come before poll_collect(), poll_has_read()
 * and poll_read_at(). */
void poll_thaw(struct poll *p);
bool poll_is_frozen(const struct poll *p);
/* As in its options. */
struct shared_book *poll_shared(const struct poll *p);

/* The OID of summary->where, "" if there is none. */
const char *poll_where(const struct poll_summary *summary, char out[OID_TEXT_SIZE]);
/* Of the last finished poll. */
const struct poll_summary *poll_summary(const struct poll *p);
/* NULL until the device was recognised. */
const struct device_profile *poll_profile(const struct poll *p);
/* ERR_LIMIT: not all of it fits into the set; what fits is there and sorted.
 * Adds everything that is known and sorts: also what was due and could not be read, as of an earlier poll, so
 * that what the device consists of does not change with a lost packet. Clear the set before. */
enum err poll_collect(const struct poll *p, struct varbind_set *out) NW_CHECKED;
/* Adds the varbinds of a reply as it came; exceptions (noSuchObject …) are left out. Sort the set afterwards.
 */
enum err poll_take(const void *bytes, size_t len, struct varbind_set *set) NW_CHECKED;
/* Of types that image_is_number() as image_number() gives it, of others the contents octets. */
union poll_value {
    uint64_t number;
    const struct shared *bytes;
};

/* An item of the read plan as it stands after a poll. */
struct poll_item {
    const uint8_t *varbinds; /* as they came, one behind the other; checked */
    size_t len;
    ns_t read_at;
    bool is_read;     /* in the last poll */
    bool has_changed; /* then: its bytes are others than before */
    /* of a frozen poll, instead of varbinds: row by row */
    const union poll_value *values;
    const uint8_t *types; /* enum snmp_type */
    uint32_t count;
};

/* place: in the plan of poll_profile(); of an item without instances everything is 0. */
struct poll_item poll_item(const struct poll *p, size_t place);
/* Did the last poll find the instances of the one before, of the same kind of device? */
bool poll_has_same_instances(const struct poll *p);
/* False: the item that this OID belongs to was due in the last poll and could not be read. */
bool poll_has_read(const struct poll *p, const uint32_t *oid, size_t len);
/* When the item that this OID belongs to was read; 0 if there is none. */
ns_t poll_read_at(const struct poll *p, const uint32_t *oid, size_t len);

#endif
