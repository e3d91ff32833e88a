/* SPDX-License-Identifier: GPL-3.0-or-later */
/* control_io.h - the unix socket DIR/city.sock: one line in, one line of JSON out, a connection each. */
#ifndef NW_CITY_CONTROL_IO_H
#define NW_CITY_CONTROL_IO_H

#include "city/control.h"
#include "lib/runtime/loop.h"

struct control_server; /* opaque */

/* Replaces a socket that a dead city left behind. ERR_BUSY: a living one answers there. after (may be NULL)
 * is called behind each command. */
enum err control_server_new(struct loop *l, const char *path, struct control *control, loop_fn *after,
                            void *ctx, struct control_server **out) NW_CHECKED;
void control_server_free(struct control_server *s); /* removes the socket */

/* The client's side: sends a line, appends the answer. ERR_UNREACHABLE: nobody is there. */
enum err control_ask(const char *path, const char *line, struct buf *out) NW_CHECKED;

#endif
