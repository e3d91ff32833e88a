/* SPDX-License-Identifier: GPL-3.0-or-later */
/* series_message.h - what dashboard and series worker say to each other: length (le32, of the rest), then
 *   request  id u64 · now, from, to, step i64 · cf u8 · columns u8 · each: metric u32, source, entity (u16
 * length, bytes) answer   id u64 · enum err u32 · start, step i64 · rows, columns u32 · completeness, values
 * f64 Both sides check everything: the worker may be damaged by what it reads. Pure. */
#ifndef NW_STORES_SERIES_MESSAGE_H
#define NW_STORES_SERIES_MESSAGE_H

#include <stddef.h>
#include <stdint.h>

#include "lib/base/buf.h"
#include "lib/base/err.h"
#include "lib/stores/series.h"

enum { SERIES_MESSAGE_MAX = 16 * 1024 * 1024, SERIES_NAME_MAX = 512 };

/* ERR_RANGE: a query that series_read() would refuse, or a name over SERIES_NAME_MAX. */
enum err series_request_pack(uint64_t id, ns_t now, const struct series_query *q, struct buf *out) NW_CHECKED;

struct series_request_parsed {
    uint64_t id;
    ns_t now;                  /* wall: the worker reads no clock */
    struct series_query query; /* columns points into this struct, names into text */
    struct series_column columns[SERIES_COLUMNS_MAX];
    struct buf text;
};

/* ERR_TRUNCATED: not all there yet; *size receives the bytes of the whole message. Free with
 * series_request_fini(). */
enum err series_request_parse(const void *bytes, size_t len, size_t *size,
                              struct series_request_parsed *out) NW_CHECKED;
void series_request_fini(struct series_request_parsed *r);

/* result may be NULL when verdict is an error. ERR_LIMIT: too large. */
enum err series_answer_pack(uint64_t id, enum err verdict, const struct series_result *result,
                            struct buf *out) NW_CHECKED;
enum err series_answer_parse(const void *bytes, size_t len, size_t *size, uint64_t *id, enum err *verdict,
                             struct series_result *out) NW_CHECKED;

#endif
