/* SPDX-License-Identifier: GPL-3.0-or-later */
/* record_json.h - a journal record as a JSON object, for people and scripts. Pure.
 *
 * Every field of journal.proto appears under its own name, also those of messages to come; fields that have
 * their default value are left out. Times are RFC 3339, journal positions "segment:byte", states, reasons,
 * metrics and outcomes their codes, NaN null. */
#ifndef NW_MODEL_RECORD_JSON_H
#define NW_MODEL_RECORD_JSON_H

#include "lib/base/json_out.h"
#include "lib/model/record.h"

/* table (may be NULL): the one that a Samples record's values belong to; then they are written as
 * {"entity", "metric", "value"} instead of plain numbers. Writes an object under key (NULL: an element). */
void record_json_write(struct json_out *j, const char *key, const Nw__Record *record, const Nw__Table *table);

/* "heartbeat", "samples" …; "empty" for a record without a body that is known. */
const char *record_kind(const Nw__Record *record);

/* "7:40" */
void record_json_position(struct json_out *j, const char *key, uint64_t position);

#endif
