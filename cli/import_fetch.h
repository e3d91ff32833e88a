/* SPDX-License-Identifier: GPL-3.0-or-later */
/* import_fetch.h - fetches the pages that a reader names, one after the other.
 *
 * Only GET; redirects and next pages on the same origin alone, because the token goes along; 64 MiB a page,
 * 4000 pages. "Try again later" (429, 503) is obeyed up to a minute, five times. */
#ifndef NW_CLI_IMPORT_FETCH_H
#define NW_CLI_IMPORT_FETCH_H

#include <stdbool.h>

#include "cli/import_rest.h"
#include "lib/base/units.h"
#include "lib/model/inventory_draft.h"

struct fetch_options {
    const char *url;        /* base, as import_url_problem() wants it */
    const char *token_file; /* mode 0600; its first line is the token, or NAME=token */
    const char *ca_file;    /* NULL: the system's certificates */
    ns_t timeout;           /* of a page */
    bool allows_plain;      /* http:// to other hosts than this one: the token can be read on the way */
};

/* What goes wrong is logged, with what to do. ERR_DENIED: the token is not accepted, or cannot be read;
 * ERR_UNREACHABLE, ERR_TIMEOUT, ERR_AGAIN: no answer; ERR_MALFORMED, ERR_LIMIT: no sense in it. draft
 * is read for the progress alone. */
enum err import_fetch(const struct fetch_options *options, const struct import_reader *reader,
                      const struct draft *draft) NW_CHECKED;

#endif
