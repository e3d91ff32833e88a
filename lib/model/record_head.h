/* SPDX-License-Identifier: GPL-3.0-or-later */
/* record_head.h - what a journal record is about, found without unpacking it: for readers that pass over
 * hundreds of thousands and need few. Pure. */
#ifndef NW_MODEL_RECORD_HEAD_H
#define NW_MODEL_RECORD_HEAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/err.h"
#include "lib/base/units.h"
#include "lib/model/record.h"

/* Bytes inside the record; data is not ended by a zero. */
struct record_part {
    const uint8_t *data; /* NULL: not there */
    size_t len;
};

struct record_head {
    ns_t wall;
    unsigned body; /* NW__RECORD__BODY_…; 0: none that we know */
    /* Samples: source; State: kind and id; Incident: id; Heartbeat: daemon. Empty of all others. */
    struct record_part kind, id;
    /* Of Samples alone; as in journal.proto. */
    ns_t started;
    uint64_t previous; /* journal_pos */
    uint32_t outcome;
    bool has_uptime;
    struct record_part table; /* packed Nw__Table */
};

/* As a string; ERR_LIMIT: size bytes do not hold it. */
enum err record_part_text(struct record_part part, char *out, size_t size) NW_CHECKED;

/* ERR_MALFORMED, ERR_TRUNCATED: the bytes are no record. That they can be unpacked is not said by ERR_OK. */
enum err record_head_read(const void *bytes, size_t len, struct record_head *out) NW_CHECKED;

#endif
