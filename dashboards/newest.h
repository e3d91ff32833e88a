/* SPDX-License-Identifier: GPL-3.0-or-later */
/* newest.h - which of the journal's records still say something about now: what a reader that starts needs of
 * a journal that holds hundreds of thousands. Pure.
 *
 * The reader notes all of them in its order, by their heads alone, and then unpacks those listed, in the same
 * order: the snapshot, the last minutes' events and the last hour's figures are then what all records would
 * have made of them. Kept are
 *   - of each source, the last samples, the last that had an answer, the last that knew the uptime, and every
 *     one with a series table that differs from the table before;
 *   - of each thing the last state, of each incident the last record, the last list of announcements;
 *   - everything but samples of the last NEWEST_EVENTS, and heartbeats of the last NEWEST_FIGURES;
 *   - of each daemon the last heartbeat.
 * Known limit: an access point in the tables of several controllers, none of which has figures of it now,
 * counts as its own device's again after a start. */
#ifndef NW_DASHBOARDS_NEWEST_H
#define NW_DASHBOARDS_NEWEST_H

#include <stddef.h>
#include <stdint.h>

#include "dashboards/events.h"
#include "lib/base/err.h"
#include "lib/base/units.h"
#include "lib/model/record_head.h"

#define NEWEST_EVENTS  EVENTS_KEPT
#define NEWEST_FIGURES (62 * MINUTES) /* an hour of steps, the one before and the one that runs */

struct newest; /* opaque */

enum err newest_new(ns_t now, struct newest **out) NW_CHECKED;
void newest_free(struct newest *n);

/* The next record of the reader, at pos of a partition that the reader numbers as it likes. */
enum err newest_note(struct newest *n, size_t partition, uint64_t pos,
                     const struct record_head *head) NW_CHECKED;

struct newest_place {
    size_t partition;
    uint64_t pos;
    size_t number; /* of the note, from 0 */
};

/* In the order of the notes, each once; borrowed until the next note. */
enum err newest_list(struct newest *n, const struct newest_place **out, size_t *count) NW_CHECKED;

#endif
