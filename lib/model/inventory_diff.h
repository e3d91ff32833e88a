/* SPDX-License-Identifier: GPL-3.0-or-later */
/* inventory_diff.h - a draft from a foreign source beside the inventory that there is: what is new, what
 * differs field by field, what the source no longer has; and the text of the file that the source's items
 * live in, with all that taken over. Pure.
 *
 * An item of the source is the item of the inventory that carries its key (`source: LABEL:KEY`), else the one
 * with its serial number, its id, its name, its address (devices), its entity or device (hotspots), its ends
 * (links). So a device that was made anew at the source keeps its id and its history.
 *
 * Only what stands in the target file is changed. A field of which the source says nothing stays; so does
 * what was added to the file by hand. What stands in other files is compared, never written. */
#ifndef NW_MODEL_INVENTORY_DIFF_H
#define NW_MODEL_INVENTORY_DIFF_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/buf.h"
#include "lib/base/err.h"
#include "lib/model/inventory.h"
#include "lib/model/inventory_draft.h"

enum diff_state {
    DIFF_SAME,
    DIFF_NEW,
    DIFF_CHANGED,
    DIFF_ELSEWHERE, /* differs, but stands in a file that is not the import's: not written */
    DIFF_MISSING,   /* the target file has it from this source, the source no longer */
    DIFF_REFUSED,   /* draft_remark says why; what there is stays */
    DIFF_STATES
};

struct diff_field {
    const char *name;
    char *before, *after; /* as text; "" = nothing */
};

struct diff_item {
    enum diff_state state;
    enum inventory_kind kind;
    char *id;           /* here */
    const char *name;   /* borrowed, or NULL */
    struct conf_pos at; /* here; file NULL if new */
    struct diff_field *fields;
    size_t field_count;
    /* borrowed: */
    const struct draft_item *source; /* NULL if missing there */
    const void *present;             /* a struct site, device …; NULL if new */
};

struct inventory_diff {
    struct diff_item *items; /* by kind, in the order of the source; missing ones behind */
    size_t count;
    size_t counts[DIFF_STATES];
};

struct diff_options {
    const char *label;    /* of the source: "netbox"; NULL: items carry no source (`device add`) */
    const char *target;   /* as conf_pos.file has it: the file that the source's items live in */
    bool removes_missing; /* leave out of the text what the source no longer has */
};

/* Completes draft (ids, references, further remarks). *out borrows from draft and inv. */
enum err inventory_diff_new(struct draft *draft, const struct inventory *inv,
                            const struct diff_options *options, struct inventory_diff **out) NW_CHECKED;
void inventory_diff_free(struct inventory_diff *diff);

/* The lists of the target file, without a heading comment. */
void inventory_diff_write(struct buf *out, const struct inventory_diff *diff, const struct inventory *inv,
                          const struct diff_options *options);

#endif
