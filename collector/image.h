/* SPDX-License-Identifier: GPL-3.0-or-later */
/* image.h - what a device is asked for and answers, but for the values: the packed GETs of an ordinary poll,
 * readily encoded, and which type stands where in their replies. Equal devices share one (shared.h), so that
 * a device owns its values alone (decision 0050). Pure.
 *
 *   groups (items of one least age: read in the same polls) → packets → runs (rows of one item, of one type)
 *
 * Varbinds are numbered in the order of poll_collect(): item after item of the read plan, row after row. */
#ifndef NW_COLLECTOR_IMAGE_H
#define NW_COLLECTOR_IMAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "collector/shared.h"
#include "collector/snmp_pdu.h"
#include "lib/base/units.h"

/* An item of the read plan that has instances. */
struct image_item {
    uint32_t first, count; /* varbinds */
    uint16_t place;        /* in the plan */
    uint16_t group;
};

struct image_run {
    uint32_t first; /* varbind */
    uint16_t count;
    uint16_t item; /* of the image */
    uint8_t type;  /* enum snmp_type */
    bool is_number;
    bool ends_item;
    uint8_t unused; /* here and below: no hole between members, for images are compared as bytes */
};

struct image_packet {
    uint32_t names_at, names_len; /* varbinds of the request */
    uint32_t run_at;
    uint16_t run_count;
    uint16_t count;     /* varbinds */
    uint16_t has_hello; /* two varbinds in front of the runs: sysObjectID and sysUpTime */
    uint16_t unused;
};

struct image_group {
    ns_t min_age;
    uint16_t packet_at, packet_count;
    uint16_t item_at, item_count; /* in image_group_items() */
};

/* The head of a shared.h string; what it is made of lies behind it. */
struct image {
    const void *plan; /* so that images of different plans are different */
    uint32_t varbind_count, names_at, types_at, items_at, group_items_at, runs_at, packets_at, groups_at;
    uint16_t item_count, packet_count, group_count;
    uint16_t most;          /* varbinds in one packet */
    uint16_t hello_item[2]; /* IMAGE_NO_ITEM: not in the plan */
    uint32_t unused;
};

enum { IMAGE_NO_ITEM = UINT16_MAX, IMAGE_GROUPS_MAX = 8 };

static inline const void *image_part(const struct image *m, uint32_t at)
{
    return (const uint8_t *)m + at;
}

static inline const uint8_t *image_names(const struct image *m)
{
    return image_part(m, m->names_at);
}

static inline const uint8_t *image_types(const struct image *m) /* of every varbind */
{
    return image_part(m, m->types_at);
}

static inline const struct image_item *image_items(const struct image *m)
{
    return image_part(m, m->items_at);
}

static inline const uint16_t *image_group_items(const struct image *m) /* in the order of groups */
{
    return image_part(m, m->group_items_at);
}

static inline const struct image_run *image_runs(const struct image *m)
{
    return image_part(m, m->runs_at);
}

static inline const struct image_packet *image_packets(const struct image *m)
{
    return image_part(m, m->packets_at);
}

static inline const struct image_group *image_groups(const struct image *m)
{
    return image_part(m, m->groups_at);
}

/* ---- making one ---- */

/* An item as the device answered it. */
struct image_source {
    const uint8_t *varbinds; /* as they came, checked; at least one */
    size_t len;
    ns_t min_age;
    uint16_t place;
    bool is_hello; /* comes with every poll's first packet, so it is not asked for on its own */
};

struct image_limits {
    uint32_t most;                   /* varbinds in a packet */
    size_t request_room, reply_room; /* bytes of OIDs, of the reply */
    size_t growth;                   /* bytes a value may grow */
    struct snmp_raw_oid hello[2];    /* asked for in front of the first packet */
};

/* sources: in the order of the plan. NULL: out of memory, or it is too large for one. The bytes are a struct
 * image. */
const struct shared *image_make(struct shared_book *b, const void *plan, const struct image_source *sources,
                                size_t count, const struct image_limits *limits);

/* A value that image_runs() call a number. */
bool image_is_number(uint32_t type);
uint64_t image_number(const struct snmp_raw_varbind *vb); /* INTEGER: two's complement */

#endif
