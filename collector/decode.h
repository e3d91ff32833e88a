/* SPDX-License-Identifier: GPL-3.0-or-later */
/* decode.h - from what an agent answered to entities and samples. Pure.
 *
 * Gets the varbinds that device_profile_plan() asked for (those of slow tables from an earlier poll, if they
 * were not asked this time) and gives what they mean: who the device is, what it consists of, readings in
 * base units. Time is linear in the number of varbinds (times log). Text from the agent is valid UTF-8
 * without control characters and at most VIEW_TEXT_MAX bytes.
 *
 * Counters are handed on raw (is_counter): turning them into rates is collector/rate.h's job, which knows the
 * time between two polls. */
#ifndef NW_COLLECTOR_DECODE_H
#define NW_COLLECTOR_DECODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "collector/profile.h"
#include "collector/varbind.h"
#include "lib/base/err.h"
#include "lib/model/metric.h"

enum {
    VIEW_TEXT_MAX = 1024,
    VIEW_ENTITIES_MAX = 200000,
    VIEW_SAMPLES_MAX = 1000000,
    VIEW_NO_ENTITY = UINT32_MAX,
    VIEW_NO_SOURCE = UINT32_MAX,
};

/* Members are "" if not known, never NULL. */
struct view_identity {
    const char *sys_object_id, *sys_descr, *sys_name, *vendor, *model, *version, *serial;
    double uptime_s; /* NaN = unknown */
};

enum view_attr_type { VIEW_ATTR_NULL, VIEW_ATTR_TEXT, VIEW_ATTR_NUMBER };

struct view_attr {
    const char *key;
    enum view_attr_type type;
    const char *text; /* of a number: its decimal text */
    double number;
};

/* Ids are unique within the view and stable between polls:
 *   interfaces   "if/<ifName>"; "if/index.<ifIndex>" where the name is empty or not unique
 *   others       "<kind or table>/<key>", the key as the profile says (name, MAC) or the row's index
 * so an interface keeps its id, and its history, when the agent renumbers ifIndex. */
struct view_entity {
    const char *id, *kind, *name;
    const struct view_attr *attrs;
    size_t attr_count;
};

/* How a reading's number was reckoned beyond its own field: value = number * times + plus, of `total` in
 * percent. */
struct view_factors {
    double times, plus;
    double total; /* 0 = no percentage */
};

struct view_sample {
    uint32_t entity;         /* index into entities */
    enum metric metric;      /* METRIC_NONE: shown by `netzwacht poll`, not journalled */
    const char *metric_name; /* that of the metric list, or the profile's own */
    const char *unit;
    double value; /* base unit; NaN if unknown, for a state sent as a word, and for a counter */
    enum quality_reason quality;
    const char *text; /* the agent's word or the enumeration's label; NULL = none */
    /* The varbinds it was read from: indices for varbind_set_at(), the first is the reading itself. */
    const uint32_t *sources;
    size_t source_count;
    /* Counters: rate = (difference of raw) * scale / seconds, unit per the metric list. */
    bool is_counter;
    uint8_t width; /* bits: 32 or 64 */
    uint64_t raw;
    double scale;
    /* For collector/recipe.h: which field gave it, with what; field NULL: it depends on more than one
     * instance or on what a single one cannot tell. */
    const struct field *field;
    struct view_factors factors;
    uint32_t outvoted; /* the varbind that had gone before if it had had a value; VIEW_NO_SOURCE = none */
};

/* LLDP: which system hangs on which interface. Only systems that say they are a bridge, router or access
 * point; end systems (telephones, PCs) are persons' devices and are left out. */
struct view_neighbour {
    uint32_t entity; /* the local interface, or VIEW_NO_ENTITY */
    const char *system_name, *chassis_id, *port_id, *port_descr;
    const char *address; /* of its management (lldpRemManAddr), IPv4 if there is one; "" */
};

/* POWER-ETHERNET-MIB (RFC 3621): what a port does that can feed others. Ports whose interface is known. */
struct view_poe {
    uint32_t entity; /* the interface */
    int status; /* pethPsePortDetectionStatus: 1 disabled, 2 searching, 3 delivering, 4 fault, 5 test, 6 */
};

struct device_view {
    struct view_identity identity;
    const struct view_entity *entities;
    size_t entity_count;
    const struct view_sample *samples; /* ascending by entity */
    size_t sample_count;
    const struct view_neighbour *neighbours;
    size_t neighbour_count;
    const char *chassis_id; /* its own, as LLDP tells it to others; "" */
    const struct view_poe *poe;
    size_t poe_count;
    /* Equal for two polls that gave the same entities (ids, kinds, names), series (entity, metric) and
     * identity in the same order: then only values changed, and no new series table is due. Attributes are
     * not part of it, uptime neither. */
    uint64_t structure;
    bool is_cut; /* a bound was reached: something is left out */
};

struct field;
struct decoder; /* opaque: memory that is reused from poll to poll */

struct decoder *decoder_new(void); /* NULL: out of memory */
void decoder_free(struct decoder *d);

/* *out belongs to the decoder and is valid until its next decode(). It borrows strings from profile only, so
 * varbinds may be cleared (sources are then indices into nothing). ERR_NOMEM. */
enum err decode(struct decoder *d, const struct device_profile *profile, const struct varbind_set *varbinds,
                const struct device_view **out) NW_CHECKED;

struct reading {
    double value; /* NaN if unknown, and of a counter */
    enum quality_reason quality;
    uint64_t raw; /* of a counter */
    uint8_t width;
};

/* Reckons one sample again from a new varbind, everything else being as it was; field and factors are those
 * of the sample. False: only decode() can tell. */
bool decode_again(const struct field *field, const struct view_factors *factors, const struct varbind *vb,
                  struct reading *out);

#endif
