/* SPDX-License-Identifier: GPL-3.0-or-later */
/* store_parts.h - how far each partition has been read, and from where it would have to be read again. Pure.
 */
#ifndef NW_COLLECTOR_STORE_PARTS_H
#define NW_COLLECTOR_STORE_PARTS_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/err.h"
#include "lib/base/units.h"
#include "lib/runtime/journal.h"

enum { STORE_PARTS_MAX = 1024, CHECKPOINTS = 256 };

struct store_checkpoint {
    ns_t time; /* every later record is about this time or a later one */
    journal_pos pos;
};

struct store_part {
    char *name;
    bool is_history; /* records in no order of time: its cursor moves only when all of it is in files */
    ns_t newest;     /* time of the newest record */
    journal_pos read, cursor;
    struct store_checkpoint checkpoints[CHECKPOINTS];
    size_t count;
    ns_t every; /* between checkpoints: grows when they become too many */
};

/* A record of this time (0: it tells none) was read. When time goes back by more than a minute, its writer's
 * clock was put right: what lies ahead never was. */
void store_part_read(struct store_part *p, journal_pos pos, ns_t time);
/* Everything about times before safe is in files: the position that reading may begin behind. */
journal_pos store_part_cursor(struct store_part *p, ns_t safe);
bool store_part_is_history(const char *partition); /* "unit.history" */

#endif
