/* SPDX-License-Identifier: GPL-3.0-or-later */
/* portal.h - the captive portal as a function: an HTTP request's bytes in, the answer's bytes out. Pure.
 *
 *   /api/captive     RFC 8908: application/captive+json
 *   /generate_204    what an operating system asks to find out whether it is captive: 302 to the portal
 *   /                the log-in page; POST /login answers 303 to /willkommen
 *   /internet        204, as after log-in */
#ifndef NW_CITY_PORTAL_H
#define NW_CITY_PORTAL_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/buf.h"

enum { PORTAL_REQUEST_MAX = 8192 };

/* false: the request is not complete yet (and shorter than PORTAL_REQUEST_MAX). base:
 * "http://127.16.0.3:10180". */
bool portal_answer(const char *request, size_t len, const char *base, struct buf *out);

#endif
