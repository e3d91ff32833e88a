/* SPDX-License-Identifier: GPL-3.0-or-later */
/* files_io.h - files of one folder, served by name from a list made beforehand: a request never becomes a
 * path.
 *
 * The list is made anew when the folder's time stamp changes (looked at once a second at most); contents are
 * read when first asked for and again when the file changed. NAME.gz and NAME.br beside NAME are its
 * compressed forms. Names are [A-Za-z0-9._-] with '/' between folders, three levels deep; symbolic links are
 * not followed. */
#ifndef NW_DASHBOARDS_FILES_IO_H
#define NW_DASHBOARDS_FILES_IO_H

#include <stdbool.h>
#include <stddef.h>

#include "dashboards/http_io.h"
#include "lib/base/err.h"
#include "lib/base/units.h"

enum { FILES_MAX = 2000, FILE_BYTES_MAX = 32 * 1024 * 1024 };

struct files; /* opaque */

struct files_entry {
    const char *name, *type;         /* media type by extension */
    struct http_blob *body;          /* borrowed */
    struct http_blob *gzip, *brotli; /* NULL: not there */
    char etag[24];                   /* with quotes */
    bool is_immutable;               /* its name carries a hash of its content: Vite's assets/NAME-HASH.EXT */
};

/* A folder that does not exist (yet) is an empty list. */
enum err files_new(const char *folder, struct files **out) NW_CHECKED;
void files_free(struct files *f);
/* ERR_NOT_FOUND, ERR_LIMIT (too big), ERR_IO. *out is valid until the next call. */
enum err files_get(struct files *f, const char *name, ns_t mono, const struct files_entry **out) NW_CHECKED;

#endif
