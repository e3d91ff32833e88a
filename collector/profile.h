/* SPDX-License-Identifier: GPL-3.0-or-later */
/* profile.h - device knowledge: reads profiles/NAME.yaml, recognises a device, says what to read from it.
 *
 *   profile_set_load() once  →  read profile_set_probe() from the agent  →  profile_match()
 *   →  read device_profile_plan()  →  decode() (decode.h), every poll
 *
 * The profile `generic` (standard MIBs) is merged under every vendor profile; a reading of a more specific
 * profile replaces the generic reading of the same OID. The format is described in docs/profiles.md. Pure
 * apart from reading the files. */
#ifndef NW_COLLECTOR_PROFILE_H
#define NW_COLLECTOR_PROFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "collector/varbind.h"
#include "lib/base/err.h"
#include "lib/base/units.h"
#include "lib/runtime/conf.h"

struct profile_set;    /* all profiles; read-only after loading */
struct device_profile; /* the profiles of one kind of device, combined; shared by all devices that match alike
                        */

/* What to ask an agent for. Sorted by OID, no item lies below another one. */
struct read_item {
    const uint32_t *oid;
    uint32_t oid_len;
    bool is_scalar; /* GET exactly this OID (it ends with its instance); else walk the column below it */
    ns_t min_age;   /* ask no more often than this; 0 = at every poll */
    bool
        is_list; /* column of a table that lists access points: rows come and go, so it is walked each time */
    bool is_settled; /* names, conditions, attributes or other readings hang on it: a change means decoding
                        anew */
};

struct read_plan {
    const struct read_item *items;
    size_t count;
};

/* Reads every *.yaml of the directories; of two profiles of one name, the one of the later directory wins.
 * A profile with a mistake is left out, and so is one that uses it; all mistakes go to report
 * (file:line:column): unknown keys, OIDs, metrics, units, regular expressions, columns that identify clients.
 * ERR_OK then, too: one wrong file must not stop a daemon. Who wants to be strict looks at the report.
 * ERR_NOT_FOUND, ERR_DENIED …: a directory cannot be read. */
enum err profile_set_load(const char *const *dirs, size_t dir_count, struct conf_report *report,
                          struct profile_set **out) NW_CHECKED;
void profile_set_free(struct profile_set *set);
size_t profile_set_count(const struct profile_set *set);
/* i < profile_set_count(), in order of name. */
const char *profile_set_name(const struct profile_set *set, size_t i);
/* Is there a profile of this name? For checking the inventory's `profile:`. */
bool profile_set_has(const struct profile_set *set, const char *name);

/* What must be read before a device can be recognised: sysDescr, sysObjectID, and the OIDs that profiles
 * probe for (each a scalar: GET; what is not there is not there). */
const struct read_plan *profile_set_probe(const struct profile_set *set);

/* Recognises a device. name forces one profile (NULL: recognise). A device that nothing matches gets
 * `generic` alone. *out is owned by the set and cached: equal combinations give the same pointer, so a
 * pointer compare tells whether a device changed its kind. ERR_NOT_FOUND: no profile of that name. ERR_NOMEM.
 */
enum err profile_match(struct profile_set *set, const struct varbind_set *probed, const char *name,
                       const struct device_profile **out) NW_CHECKED;

const struct read_plan *device_profile_plan(const struct device_profile *p);
struct trap_rule;
/* Sets marks[i] for the items of the plan that the tables read which a trap is about; marks has plan->count
 * members. Returns how many; 0 if the device has no such table. ERR_NOMEM. */
enum err device_profile_mark(const struct device_profile *p, const struct trap_rule *rule, bool *marks,
                             size_t *count) NW_CHECKED;
/* A part of that, and a few standard scalars: who the device is, its interfaces' names, who hangs on them and
 * whom they feed, a controller's access points. For who wants to know a network, not to watch it. */
const struct read_plan *device_profile_survey(const struct device_profile *p);
/* Names of the profiles combined, generic first. */
size_t device_profile_names(const struct device_profile *p, const char *const **names);
/* Does a profile other than generic tell entities of this kind ("radio", "ups")? Says what a device is made
 * for. */
bool device_profile_has_kind(const struct device_profile *p, const char *kind);

#endif
