/* SPDX-License-Identifier: GPL-3.0-or-later */
/* inventory_match.h - which item of a draft is which item of the inventory; for inventory_diff.c. Pure. */
#ifndef NW_MODEL_INVENTORY_MATCH_H
#define NW_MODEL_INVENTORY_MATCH_H

#include "lib/model/inventory_draft.h"

struct inventory_match {
    const void **present;           /* of each item of the draft: its item of the inventory, or NULL */
    size_t *owner[INVENTORY_KINDS]; /* of each item of the inventory: index in the draft + 1, or 0 */
};

enum err inventory_match_init(struct inventory_match *m, const struct draft *draft,
                              const struct inventory *inv) NW_CHECKED;
void inventory_match_fini(struct inventory_match *m);

/* Matches the items of one kind; their references to other kinds must be ids already. label as in
 * diff_options. */
enum err inventory_match_kind(struct inventory_match *m, enum inventory_kind kind, const struct draft *draft,
                              const struct inventory *inv, const char *label) NW_CHECKED;

#endif
