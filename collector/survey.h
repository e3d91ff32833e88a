/* SPDX-License-Identifier: GPL-3.0-or-later */
/* survey.h - which columns a device answers that its profiles do not read: for people who write profiles.
 *
 * Every OID of a device is shown to the survey; it keeps, per column, how many rows there are and one
 * example. What the deny-list names is counted and nothing else, so its values need not be decoded at all;
 * addresses in other columns are hidden. Pure. */
#ifndef NW_COLLECTOR_SURVEY_H
#define NW_COLLECTOR_SURVEY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "collector/profile.h"
#include "collector/varbind.h"
#include "lib/base/buf.h"
#include "lib/base/err.h"

struct survey; /* opaque */

enum { SURVEY_COLUMNS_MAX = 20000 };

/* Both borrowed; profile is what reads the device, set tells what the profiles of other families would. */
enum err survey_new(const struct profile_set *set, const struct device_profile *profile,
                    struct survey **out) NW_CHECKED;
void survey_free(struct survey *s);

/* A name for an object, from a list of MIB objects. ERR_NOMEM. */
enum err survey_name(struct survey *s, const char *oid, const char *name) NW_CHECKED;

enum survey_want {
    SURVEY_COUNTED, /* the OID alone was enough */
    SURVEY_EXAMPLE, /* its value is wanted as the column's example: survey_example() */
};

/* One instance that the device answers. ERR_LIMIT over SURVEY_COLUMNS_MAX, ERR_NOMEM. */
enum err survey_add(struct survey *s, const uint32_t *oid, size_t len, enum survey_want *want) NW_CHECKED;
/* The value of the instance added last. */
void survey_example(struct survey *s, const struct varbind *vb);

/* Lines for people: OID, rows, example, name. */
void survey_write(struct survey *s, struct buf *to);

#endif
