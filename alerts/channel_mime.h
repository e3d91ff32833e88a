/* SPDX-License-Identifier: GPL-3.0-or-later */
/* channel_mime.h - UTF-8 for mail: encoded words in headers, quoted-printable in bodies. Pure. */
#ifndef NW_ALERTS_CHANNEL_MIME_H
#define NW_ALERTS_CHANNEL_MIME_H

#include "lib/base/buf.h"
#include "lib/base/units.h"

/* A header's text (valid UTF-8, no control characters): as it is, or in encoded words of at most 75
 * characters, folded (RFC 2047, 2 and 5). name_len: characters that stand before it in the line. Ends without
 * CRLF. */
void channel_mime_words(struct buf *out, const char *text, size_t name_len);
/* text with \n to quoted-printable with CRLF, lines of at most 76 characters (RFC 2045, 6.7). */
void channel_mime_quoted(struct buf *out, const char *text, size_t len);
/* "Sun, 22 Nov 2026 12:31:05 +0100" (RFC 5322, 3.3), the clock of Berlin. */
void channel_mime_date(struct buf *out, ns_t wall);

#endif
