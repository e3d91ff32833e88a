/* SPDX-License-Identifier: GPL-3.0-or-later */
/* capture.h - the passive analysis of a stream of frames: counters, networks, funnel. Pure: frames in, text
 * out.
 *
 * Memory is bounded whatever arrives: the funnel's table, 4,096 networks, one note per kind of defect. */
#ifndef NW_PROBES_CAPTURE_H
#define NW_PROBES_CAPTURE_H

#include "lib/base/buf.h"
#include "lib/base/err.h"
#include "probes/frame.h"

struct capture; /* opaque */

/* link: the DLT_ number of the frames; link_name: libpcap's name of it (borrowed). */
enum err capture_new(int link, const char *link_name, uint64_t seed, struct capture **out) NW_CHECKED;
void capture_free(struct capture *c);

/* wire_len below captured counts as captured. */
enum err capture_feed(struct capture *c, ns_t at, const void *bytes, size_t captured,
                      size_t wire_len) NW_CHECKED;

/* Adds a sentence of the caller's to `notes` ("the file ends inside a record"); a literal. */
void capture_note(struct capture *c, const char *text);

/* Appends the analysis as JSON (docs/capture.md; schema netzwacht.capture/1) or as text for people. file: the
 * last component of the file's name. */
enum err capture_print_json(const struct capture *c, const char *file, struct buf *out) NW_CHECKED;
enum err capture_print_text(const struct capture *c, const char *file, struct buf *out) NW_CHECKED;

/* For tests: one counter. */
uint64_t capture_count(const struct capture *c, enum counter counter);
uint64_t capture_malformed(const struct capture *c);

#endif
