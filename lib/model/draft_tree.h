/* SPDX-License-Identifier: GPL-3.0-or-later */
/* draft_tree.h - cables and neighbours of a foreign source as uplinks: what is nearer to the core is the
 * parent of what is farther; connections beside the tree become links. Pure. */
#ifndef NW_MODEL_DRAFT_TREE_H
#define NW_MODEL_DRAFT_TREE_H

#include "lib/base/err.h"
#include "lib/model/inventory_draft.h"

enum { DRAFT_EDGES_MAX = 400000 };

struct draft_tree; /* opaque */

enum err draft_tree_new(struct draft_tree **out) NW_CHECKED;
void draft_tree_free(struct draft_tree *t);

/* a and b are the source's keys of devices; a port is an entity ("if/ge-0/0/1") or NULL. Each connection may
 * be told any number of times, from either end. ERR_LIMIT: more than DRAFT_EDGES_MAX. */
enum err draft_tree_add(struct draft_tree *t, const char *a, const char *port_a, const char *b,
                        const char *port_b) NW_CHECKED;

/* Refers devices (and hotspots that are no devices of the source) to their parents, as seen from the device
 * with the key core, and adds links. An uplink that is referred to already stays. */
enum err draft_tree_apply(struct draft_tree *t, struct draft *draft, const char *core) NW_CHECKED;

#endif
