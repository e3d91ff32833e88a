/* SPDX-License-Identifier: GPL-3.0-or-later */
/* discover_state.h - where a search stands, as text, so that an interrupted one goes on. Pure: who keeps the
 * file is cli/discover_scan.c.
 *
 * One line for each thing that happened, appended when it happened; each line is whole or the file's last:
 *
 *   search {asks: "192.0.2.0/24 port 161", salt: "6e65747a", check: 12345}     the first line
 *   device {address: "192.0.2.7", port: 161, …}                                 an agent, read to its end
 *   silent {address: "198.51.100.9"}                                            a followed neighbour that is
 * none done {count: 130}                                                           of the ranges' addresses
 *   end {}
 *
 * The credentials are not in it: 16 bits of a salted checksum notice a mix-up and are too few to guess from.
 */
#ifndef NW_COLLECTOR_DISCOVER_STATE_H
#define NW_COLLECTOR_DISCOVER_STATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "collector/discover.h"
#include "lib/base/buf.h"
#include "lib/base/err.h"

enum { DISCOVER_STATE_MAX = 512 << 20, DISCOVER_STATE_LINE_MAX = 16 << 20 }; /* bytes */

/* What a search asks, and of whom. */
struct discover_question {
    char *asks;
    char *salt;
    int64_t check; /* discover_check() */
};

struct discover_state {
    struct discover_question question;
    struct discover_device *devices;
    size_t device_count, device_cap;
    char **silent;
    size_t silent_count, silent_cap;
    uint64_t done; /* the first so many addresses of the ranges were asked and have ended */
    bool has_ended;
    size_t good; /* bytes: whole lines; what follows was cut off in writing */
};

/* Of the credentials: 0..65535. */
int64_t discover_check(const char *salt, const void *secret, size_t len);

void discover_state_put_question(struct buf *out, const struct discover_question *q);
void discover_state_put_device(struct buf *out, const struct discover_device *d);
void discover_state_put_silent(struct buf *out, const char *address);
void discover_state_put_done(struct buf *out, uint64_t count);
void discover_state_put_end(struct buf *out);

/* Reads all that stands in a file called file. ERR_CONFIG: *why (English, free()) says what is wrong, with
 * its line. *out is to be freed in any case. */
enum err discover_state_read(const char *file, const char *text, size_t len, struct discover_state *out,
                             char **why) NW_CHECKED;
void discover_state_fini(struct discover_state *s);

#endif
