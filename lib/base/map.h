/* SPDX-License-Identifier: GPL-3.0-or-later */
/* map.h - a hash map from strings to pointers or numbers, insertion order kept for iteration.
 *
 * Keys are copied, values are the caller's. Deletion leaves no hole in the order. The hash is seeded per
 * map (keys come from the network). */
#ifndef NW_BASE_MAP_H
#define NW_BASE_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/err.h"

struct map; /* opaque */

struct map *map_new(uint64_t seed);
/* free_value may be NULL; it is called for every value left. */
void map_free(struct map *m, void (*free_value)(void *));

size_t map_count(const struct map *m);
/* The value, or NULL. */
void *map_get(const struct map *m, const char *key);
/* Inserts or replaces; *old (may be NULL) receives the value replaced, or NULL. */
enum err map_set(struct map *m, const char *key, void *value, void **old) NW_CHECKED;
/* The value removed, or NULL. */
void *map_remove(struct map *m, const char *key);
/* Entry i of map_count() in insertion order; valid until the next change. */
void *map_at(const struct map *m, size_t i, const char **key);

#endif
