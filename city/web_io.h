/* SPDX-License-Identifier: GPL-3.0-or-later */
/* web_io.h - serves the captive portal on a loop, over HTTP or HTTPS. One request a connection, at most 256
 * connections at a time, each at most 10 s. */
#ifndef NW_CITY_WEB_IO_H
#define NW_CITY_WEB_IO_H

#include "city/tls_io.h"
#include "lib/runtime/loop.h"

struct web; /* opaque: a listener and its connections */

/* tls NULL: plain HTTP. base: what the portal calls itself, borrowed ("http://127.16.0.3:10180"). ERR_BUSY:
 * the port is in use. */
enum err web_new(struct loop *l, uint32_t address, uint16_t port, struct tls_server *tls, const char *base,
                 struct web **out) NW_CHECKED;
void web_free(struct web *w);

#endif
