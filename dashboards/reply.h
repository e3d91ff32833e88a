/* SPDX-License-Identifier: GPL-3.0-or-later */
/* reply.h - headers that every answer carries, and files as answers; for netzwacht-dashboard and
 * netzwacht-public. */
#ifndef NW_DASHBOARDS_REPLY_H
#define NW_DASHBOARDS_REPLY_H

#include <stdbool.h>
#include <stddef.h>

#include "dashboards/files_io.h"
#include "dashboards/http_io.h"

enum reply_kind {
    REPLY_PRIVATE, /* of the API: for one reader */
    REPLY_APP,     /* a file of the operators' pages */
    REPLY_PUBLIC,  /* a citizens' page: its own script, no frame around it */
    REPLY_EMBED    /* the page that any site may show in a frame: no script */
};

enum { REPLY_HEADERS_MAX = 20 };

/* Returns how many were written to out, at most 10. */
size_t reply_headers(struct http_header *out, enum reply_kind kind, bool is_tls);

/* A file with its type, cache rule and entity tag: as Brotli or gzip if the reader takes it and the file is
 * there as such, each with a tag of its own (RFC 9110, 8.8.3). 304 if the reader has it. */
void reply_file(struct http_request *r, const struct files_entry *entry, enum reply_kind kind, bool is_tls);

/* REPLY_EMBED for the names that netzwacht-public gives to those pages, else REPLY_PUBLIC. */
enum reply_kind reply_kind_of_public(const char *name);

#endif
