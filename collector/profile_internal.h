/* SPDX-License-Identifier: GPL-3.0-or-later */
/* profile_internal.h - what the files of the profile set share: the set, and building read plans. */
#ifndef NW_COLLECTOR_PROFILE_INTERNAL_H
#define NW_COLLECTOR_PROFILE_INTERNAL_H

#include "collector/field.h"
#include "collector/profile.h"

struct profile_set {
    struct profile **items; /* by name */
    size_t count;
    struct device_profile **combined; /* one per profile that was ever matched: [i] = items[i] on top; [count]
                                         = generic alone */
    struct read_item *probe_items;
    struct read_plan probe;
};

enum { SYS_OID_LEN = 9 };
extern const uint32_t profile_sys_descr[SYS_OID_LEN], profile_sys_object_id[SYS_OID_LEN];

/* profile.c: NULL if there is none; at may be NULL. */
const struct profile *profile_set_find(const struct profile_set *set, const char *name, size_t *at);

/* profile_match.c */
void device_profile_free(struct device_profile *d);

/* profile_plan.c: items are added in any order, then finished once. items is the caller's to free. */
struct plan_builder {
    struct read_item *items;
    size_t count, cap;
    bool is_settled; /* what is added now; see read_item */
};

enum err plan_add(struct plan_builder *b, const uint32_t *oid, uint32_t len, bool is_scalar,
                  ns_t age) NW_CHECKED;
/* What the profiles and tables of d ask for. */
enum err plan_device(struct plan_builder *b, const struct device_profile *d) NW_CHECKED;
/* What device_profile_survey() says. */
enum err plan_survey(struct plan_builder *b, const struct device_profile *d) NW_CHECKED;
/* Sorted; an item that a column above it reads anyway goes, its age passes on. */
void plan_finish(struct plan_builder *b, struct read_plan *plan);

#endif
