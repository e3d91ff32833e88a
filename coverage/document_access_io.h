/* SPDX-License-Identifier: GPL-3.0-or-later */
/* document_access_io.h - writes into a tagged PDF what cairo 1.16 cannot: its language, alternative texts,
 * scopes. */
#ifndef NW_COVERAGE_DOCUMENT_ACCESS_IO_H
#define NW_COVERAGE_DOCUMENT_ACCESS_IO_H

#include <stddef.h>

#include "lib/base/buf.h"
#include "lib/base/err.h"

struct document_figure {
    char *alternative;
    double left, bottom, right, top; /* on its page, points from the lower left (/BBox) */
};

/* In the order of the document. */
struct document_access {
    const char *language;
    const struct document_figure *figures;
    size_t figure_count;
    const char *scopes; /* a letter for each TH: 'c' column, 'r' row */
};

/* Appends the finished file to out. ERR_MALFORMED: no tagged PDF, or it has other figures or headers than
 * these. */
enum err document_access_add(const struct document_access *access, const struct buf *pdf,
                             struct buf *out) NW_CHECKED;

#endif
