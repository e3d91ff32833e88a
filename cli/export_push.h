/* SPDX-License-Identifier: GPL-3.0-or-later */
/* export_push.h - sends batches of samples to a Prometheus remote-write receiver, one after the other. */
#ifndef NW_CLI_EXPORT_PUSH_H
#define NW_CLI_EXPORT_PUSH_H

#include "lib/base/buf.h"
#include "lib/base/err.h"
#include "lib/base/units.h"

struct export_push; /* opaque */

struct export_push_options {
    const char *url;
    const char *authorization; /* value of the header, or NULL */
    const char *ca_file;       /* NULL: the system's */
    ns_t patience;             /* how long one batch is tried again */
};

enum err export_push_new(const struct export_push_options *o, struct export_push **out) NW_CHECKED;
void export_push_free(struct export_push *p);

/* Sends a WriteRequest, and again with growing pauses while the receiver cannot be reached or answers 5xx or
 * 429. ERR_DENIED: it will never take this (4xx, no such name, a certificate that is not trusted);
 * ERR_TIMEOUT: patience is at its end. What is wrong was logged. */
enum err export_push_send(struct export_push *p, const struct buf *write_request) NW_CHECKED;

#endif
