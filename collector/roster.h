/* SPDX-License-Identifier: GPL-3.0-or-later */
/* roster.h - which access points there are, whatever controller lists them, and which controller speaks for
 * each.
 *
 * An access point is its base MAC ("ap/<mac>"). Several controllers may list it: a failover pair, the one
 * that it left. One of them speaks for it, the others' rows are unknown (elsewhere), so that nobody
 * downstream has to choose. Of those that answer the speaker is one that says up; among equals it does not
 * change. One that begins to say down while there are other controllers is believed an interval later, at its
 * next regular poll (traps cause polls in between): by then every other one has had time to say that the
 * access point is there.
 *
 *   LISTED ─ a complete list without it ─► MISSING ─ one an interval later, nobody else lists it ─► VANISHED
 *      ▲                                      │ another controller lists it: forgotten here        │
 *      └──────────── listed again ────────────┴────────────────────────────────────────────────────┘
 *
 * A list that broke off says nothing of those that it lacks. Who is missing or has vanished stays as a ghost
 * of its last controller until ROSTER_FORGET. Serial numbers do not make an access point, they are compared:
 * what contradicts is told, nothing is merged. Pure. */
#ifndef NW_COLLECTOR_ROSTER_H
#define NW_COLLECTOR_ROSTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/err.h"
#include "lib/base/units.h"
#include "lib/model/metric.h"

#define ROSTER_FORGET     (90 * DAYS)
#define ROSTER_TELL_AGAIN DAYS /* of one access point's serial number */

enum { ROSTER_MAX = 60000, ROSTER_LISTERS = 4 /* controllers of one access point */ };

struct roster; /* opaque */

enum roster_event {
    ROSTER_REPLACED,    /* another serial number than before; detail: the old one */
    ROSTER_SAME_SERIAL, /* the serial number of another access point; detail: its id */
    ROSTER_MOVED,       /* detail: the controller that it left */
    ROSTER_VANISHED,
    ROSTER_FORGOTTEN,
};
/* Called from the functions below. controller: whose poll told. */
typedef void roster_fn(void *ctx, enum roster_event event, const char *controller, const char *ap,
                       const char *detail);

enum err roster_new(uint64_t seed, roster_fn *tell, void *ctx, struct roster **out) NW_CHECKED;
void roster_free(struct roster *r);
/* Has this controller ever listed any? */
bool roster_knows(const struct roster *r, const char *controller);

/* ---- one poll of a controller: begin, each of its rows, end ---- */

struct roster_poll {
    const char *controller; /* device id */
    ns_t now, wall;         /* monotonic, and for since when it is missing */
    ns_t interval;          /* between its regular polls: what it says is believed for three of them */
    bool is_complete;       /* its list was read to the end */
};

enum roster_state { ROSTER_UP, ROSTER_DOWN, ROSTER_UNSURE };

struct roster_row {
    const char *id;            /* "ap/<mac>" */
    const char *name, *serial; /* "" = not known */
    enum roster_state state;
};

/* ERR_NOMEM: this poll's rows all speak. */
enum err roster_begin(struct roster *r, const struct roster_poll *poll) NW_CHECKED;
/* QUALITY_OK: this controller speaks for it; else why what the row says is unknown. */
enum quality_reason roster_take(struct roster *r, const struct roster_row *row);
/* What roster_take() said of an access point in this poll; QUALITY_OK for one that it does not know. */
enum quality_reason roster_voice(const struct roster *r, const char *id);

struct roster_ghost {
    const char *id, *name, *serial;
    ns_t since; /* wall */
    enum quality_reason why;
};
/* Access points that this controller listed before and does not list now; *out is valid until the next
 * roster_begin(). */
size_t roster_end(struct roster *r, const struct roster_ghost **out);

/* The controller did not answer: others may speak for its access points. */
void roster_silent(struct roster *r, const char *controller);

/* ---- a restart, a new inventory ---- */

/* The controller's rows as an earlier run wrote them: drop, then each row. gone: wall, 0 = it was listed. */
void roster_drop(struct roster *r, const char *controller);
void roster_recall(struct roster *r, const char *controller, const char *id, const char *name,
                   const char *serial, ns_t gone);

#endif
