/* SPDX-License-Identifier: GPL-3.0-or-later */
/* record.h - journal records packed and unpacked; the generated code is in journal.pb-c.h. Pure. */
#ifndef NW_MODEL_RECORD_H
#define NW_MODEL_RECORD_H

#include <stdbool.h>

#include "lib/base/buf.h"
#include "lib/base/err.h"
#include "lib/base/units.h"
#include "lib/model/journal.pb-c.h"

/* Appends the packed record to out. */
enum err record_pack(const Nw__Record *record, struct buf *out) NW_CHECKED;
/* ERR_MALFORMED if the bytes are no record. Free with record_free(). */
enum err record_unpack(const void *bytes, size_t len, Nw__Record **out) NW_CHECKED;
void record_free(Nw__Record *record);

/* Memory that records are unpacked into, one after the other: a series table has hundreds of parts, and
 * getting and freeing each takes longer than reading it. */
struct record_room;
enum err record_room_new(struct record_room **out) NW_CHECKED;
void record_room_free(struct record_room *room); /* NULL is fine */
/* As record_unpack(), but the record is good until the room's next one; no part may be taken out, and it is
 * not freed.
 */
enum err record_unpack_into(struct record_room *room, const void *bytes, size_t len,
                            Nw__Record **out) NW_CHECKED;

/* A record of one finding, or of what became of a command (problem: "" = none). Both must be initialised; the
 * texts are borrowed until it is packed. */
void record_put_finding(Nw__Record *record, Nw__Finding *body, const char *source, const char *kind,
                        const char *entity, const char *text);
void record_put_outcome(Nw__Record *record, Nw__Outcome *body, const char *command, const char *outcome,
                        const char *problem);

/* The hotspot or service whose samples these are: "x" of "probe/x" (active probes, a sensor's own figures)
 * and "funnel/x" (what a sensor saw of its clients); NULL: a device's. */
const char *record_target(const char *source);

/* When it was appended and which field of the oneof it is (NW__RECORD__BODY_…), without unpacking it: for
 * readers that need few of many records. false: not written in the order of the field numbers (protobuf-c
 * does so); unpack it then. */
bool record_peek(const void *bytes, size_t len, ns_t *wall, unsigned *field);

#endif
