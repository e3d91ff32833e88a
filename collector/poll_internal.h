/* SPDX-License-Identifier: GPL-3.0-or-later */
/* poll_internal.h - what the files of the poll machine share: a device's items, the poll under way. Nobody
 * else includes it.
 *
 * poll.c: the machine, identification, walks; poll_get.c: reading known instances; poll_frozen.c: the same of
 * devices of which only values change; poll_thaw.c: and back; poll_items.c: what is known. */
#ifndef NW_COLLECTOR_POLL_INTERNAL_H
#define NW_COLLECTOR_POLL_INTERNAL_H

#include "collector/image.h"
#include "collector/poll.h"
#include "lib/base/buf.h"

enum {
    ROWS_OF_ENDLESS = 10000, /* kept of a column without an end; more are no table */
    ENDLESS_REST = 8,        /* identifications (POLL_REWALK) until it is walked again */
    STALLS_MAX = 2           /* requests in a row that get no answer, in a poll that had one before */
};

enum {
    REQUEST_ROOM = 1300, /* bytes of OIDs in a GET, so that it fits into SNMP_REQUEST_MAX */
    REPLY_ROOM = 1400,   /* bytes expected back: one Ethernet frame */
    VALUE_GROWTH = 2,    /* bytes a value may have grown since it was read last */
};

enum state { IDLE, IDENTIFY, GET, WALK, FROZEN };

/* Instead of items: a device of which only values are expected to change. */
struct frozen {
    const struct shared *image;
    uint64_t *changed;         /* a bit for each item: in the last poll */
    ns_t *read_at;             /* of each item */
    uint8_t due;               /* a bit for each group */
    uint16_t packet;           /* in hand; behind the last one: all are read */
    uint16_t run, row;         /* of it: what is to be taken next */
    union poll_value values[]; /* of each varbind */
};

static inline const struct image *frozen_image(const struct frozen *f)
{
    return (const void *)f->image->bytes;
}

static inline bool frozen_has_changed(const struct frozen *f, size_t item)
{
    return f->changed[item / 64] >> item % 64 & 1;
}

struct item {
    uint8_t *raw; /* varbinds as they came */
    uint32_t len, cap;
    ns_t read_at;         /* 0 = never */
    bool is_too_old;      /* whatever its age: the agent has restarted since */
    bool is_known;        /* column: its instances are those in raw */
    bool has_lost_row;    /* while it is being read: an instance is gone, */
    bool has_moved;       /* its varbinds grow in p->fresh */
    bool is_walk_due;     /* walk it at the next poll that it is due in */
    bool is_absent;       /* scalar: the agent has none */
    bool is_due, is_done; /* in this poll */
    bool has_changed;     /* likewise */
    /* by a trap, at the next poll; nothing of the poll under way changes */
    bool is_wanted, is_walk_wanted;
    uint8_t endless;    /* polls in a row that ended before its walk did; from the second on it rests */
    const char *broken; /* why the last walk of it broke; NULL = it did not */
    bool is_hello;      /* sysObjectID or sysUpTime: every poll begins with them */
};

/* Of an item that could be read in part: its first bytes are newer than the item. */
struct part {
    uint16_t place; /* in the plan */
    uint32_t len;
    ns_t read_at;
};

/* A place in the list of instances to GET. */
struct cursor {
    size_t item, offset;
};

struct poll {
    struct poll_options options;
    const struct device_profile *profile;
    const struct read_plan *plan;
    /* Those of the plan's items that may have something to ask for, in its order: a device has few of all
     * that a profile asks for. The others are known to be empty until the structure is looked at again. */
    struct item *items;
    uint16_t *places; /* of items in the plan */
    size_t item_count;
    size_t kept;        /* bytes in items */
    struct part *parts; /* until the item is read again */
    size_t part_count;
    bool is_structure_open; /* items may be others at the end of this poll */
    bool has_other_rows;    /* access points came or went: every table is walked in the next poll */
    enum state state;
    ns_t deadline, begun, walk_begun, rewalk_at;
    /* IDENTIFY */
    struct varbind_set *probed;
    size_t probe_at, probe_count; /* the batch in hand */
    bool *probe_is_absent;        /* PROBES_MAX; v1: named by noSuchName */
    bool is_identify_due;
    bool has_new_instances; /* in this poll */
    int identifications;    /* likewise */
    /* GET */
    struct cursor at, end; /* of the batch in hand */
    size_t batch;
    bool has_hello, is_careful;
    bool is_narrow;                   /* this poll reads what is wanted only */
    bool keeps_wanted;                /* what is wanted is read in this poll, and in the next one again */
    struct adapt get_size, walk_size; /* varbinds in a GET, in the reply to a GETBULK */
    uint32_t stalls;
    ns_t table_age;         /* least one of tables, if the profile's is less */
    struct buf fresh;       /* the column in hand */
    uint8_t *sys_object_id; /* raw; NULL = the agent has none */
    size_t sys_object_id_len;
    uint64_t uptime_ms;
    struct rate_engine engine;
    ns_t uptime_at;
    /* WALK */
    struct walk *walk;
    uint16_t walking[WALK_COLUMNS_MAX]; /* items */
    struct poll_summary summary;
    struct frozen *frozen; /* NULL = not; else there are no items */
    bool is_wrap_due;      /* it was thawed in this poll: items in front of p->at may be due, too */
    bool is_asked_in_vain; /* it was thawed meanwhile: the reply on its way answers what is not asked now */
};

extern const uint32_t poll_sys_object_id[9], poll_sys_uptime[9];

/* ---- poll_items.c ---- */
/* What the plan says of items[i]. */
const struct read_item *poll_planned(const struct poll *p, size_t i);
/* Every item of the plan; those that were dropped are known to be empty. False: out of memory, nothing
 * changed. */
bool poll_open_items(struct poll *p);
/* The same, and all of it is walked or asked for anew; what is known stays until then. */
bool poll_forget_items(struct poll *p);
void poll_drop_empty_items(struct poll *p);
void poll_free_items(struct poll *p);
/* Before it is known who answers: what there is to read of the device as it was. If the poll gets no further,
 * that was not read. */
void poll_expect_items(struct poll *p, ns_t now);
/* Marks what this poll reads. */
void poll_choose_items(struct poll *p, ns_t now);
/* What restarted may run other software, or be another box in the same place: everything is due. */
void poll_forget_ages(struct poll *p);
/* Is it read by GET in this poll, and does it have anything to ask for? */
bool poll_is_for_get(const struct poll *p, size_t i);
bool poll_is_for_walk(const struct poll *p, size_t i);
/* An item's new varbinds; too many of them, or no memory: it is not done. */
void poll_store(struct poll *p, struct item *it, const void *bytes, size_t len, ns_t now);
/* The first varbinds of item i, before it could not be read on: what it has behind the last of them stays, as
 * old as it is, and the item is not done. */
void poll_store_part(struct poll *p, size_t i, const void *bytes, size_t len, ns_t now);
/* The item's varbinds are of one age again. */
void poll_forget_part(struct poll *p, const struct item *it);

/* ---- poll_frozen.c ---- */
/* A poll of a frozen device begins. False: it must be thawed for that. */
bool poll_frozen_begin(struct poll *p, ns_t now);
enum poll_next poll_frozen_ask(struct poll *p, ns_t now, struct poll_request *ask);
enum poll_next poll_frozen_step(struct poll *p, ns_t now, const struct snmp_message *reply,
                                struct poll_request *ask);
void poll_drop_frozen(struct poll *p);
struct poll_item poll_frozen_item(const struct poll *p, size_t place);

/* ---- poll_get.c ---- */
void poll_take_uptime(struct poll *p, ns_t now, const struct snmp_raw_varbind *vb);
void poll_take_engine(struct poll *p, ns_t now, const struct snmp_message *reply);
/* The next batch of instances; the first one of a poll begins with who and since when. */
enum poll_next poll_ask_get(struct poll *p, ns_t now, struct poll_request *ask);
enum poll_next poll_get_step(struct poll *p, ns_t now, const struct snmp_message *reply,
                             struct poll_request *ask);
/* What of the column in hand was read. */
void poll_keep_get(struct poll *p, ns_t now);

/* ---- poll.c ---- */
/* For the summary: the first complaint counts. item: NULL = of none in particular. */
void poll_complain(struct poll *p, const char *why, const struct read_item *item);
/* What was due and is not done has no values. */
enum poll_next poll_finish(struct poll *p);
/* The poll ends before its time: what was read until now is kept. */
enum poll_next poll_break_off(struct poll *p, ns_t now);
enum poll_next poll_fail(struct poll *p, ns_t now, enum err result);
enum poll_next poll_begin_identify(struct poll *p, ns_t now, struct poll_request *ask);
/* A GET of so many varbinds was answered by an error for the whole of it. */
void poll_refuse_get(struct poll *p, ns_t now, size_t asked, int64_t error);
enum poll_next poll_ask_walk(struct poll *p, ns_t now, struct poll_request *ask);

#endif
