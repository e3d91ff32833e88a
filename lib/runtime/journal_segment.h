/* SPDX-License-Identifier: GPL-3.0-or-later */
/* journal_segment.h - how a segment file looks inside: for journal.c and journal_reader.c alone (and tests).
 *
 *   offset  size  segment header, integers little-endian
 *   0       8     "NWJRNL\r\n"
 *   8       2     format version
 *   10      2     oldest reader version that understands this segment
 *   12      4     segment number, as in the file's name
 *   16      8     the writer's segment_min_age, ns
 *   24      8     wall time of creation, ns since 1970, by the file system's clock
 *   32      4     CRC-32C of bytes 0..31
 *   36      4     0
 *   40            frames: length (4) · CRC-32C of the record (4) · record */
#ifndef NW_RUNTIME_JOURNAL_SEGMENT_H
#define NW_RUNTIME_JOURNAL_SEGMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/buf.h"
#include "lib/base/err.h"
#include "lib/base/units.h"

enum {
    JOURNAL_VERSION = 1,
    JOURNAL_HEADER_SIZE = 40,
    JOURNAL_FRAME_SIZE = 8, /* of what stands before a record */
    JOURNAL_NAME_SIZE = sizeof "0123456789.seg",
};

struct journal_header {
    uint16_t version, oldest_reader;
    uint32_t number;
    ns_t min_age, created;
};

void journal_header_pack(const struct journal_header *h, struct buf *out);
/* ERR_TRUNCATED: fewer than JOURNAL_HEADER_SIZE bytes; ERR_MALFORMED; ERR_CRC; ERR_UNSUPPORTED: only for
 * newer readers. */
enum err journal_header_parse(const void *bytes, size_t len, struct journal_header *out) NW_CHECKED;

/* The 8 bytes before a record; 0 < len <= JOURNAL_RECORD_MAX. */
void journal_frame_head(const void *record, size_t len, uint8_t head[JOURNAL_FRAME_SIZE]);
/* The frame at the start of bytes. ERR_TRUNCATED: it is not all there, *need (may be NULL) receives the bytes
 * that it takes as far as is known; ERR_MALFORMED: length 0 or over JOURNAL_RECORD_MAX; ERR_CRC: *len is set
 * nevertheless. */
enum err journal_frame_parse(const void *bytes, size_t size, const void **record, size_t *len,
                             size_t *need) NW_CHECKED;

/* [a-z0-9.-]{1,64}, not beginning with a point. */
bool journal_partition_is_valid(const char *name);
void journal_segment_name(uint32_t number, char out[JOURNAL_NAME_SIZE]);

/* Segment numbers of a directory, ascending; *numbers is the caller's to free. No segments: count 0. */
enum err journal_segments_list(int dir_fd, uint32_t **numbers, size_t *count) NW_CHECKED;

#endif
