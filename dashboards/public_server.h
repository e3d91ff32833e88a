/* SPDX-License-Identifier: GPL-3.0-or-later */
/* public_server.h - netzwacht-public's own server: the files under /status/, and the form for reports.
 *
 * Against spam, without cookies: a token of the form (good for two hours, once, and not within three
 * seconds), a field that people do not see, 5 reports an address at once and one every two minutes after that
 * (IPv6: a /64), 60 of everybody and one every ten seconds. Addresses are kept in memory for that, and
 * nowhere else. */
#ifndef NW_DASHBOARDS_PUBLIC_SERVER_H
#define NW_DASHBOARDS_PUBLIC_SERVER_H

#include "dashboards/public_page.h"
#include "dashboards/report_form.h"
#include "lib/base/err.h"
#include "lib/runtime/loop.h"

struct public_server; /* opaque */

struct public_server_options {
    struct loop *loop;
    const char *address, *folder; /* of the files */
    int64_t port;
    /* What the pages say now; NULL: they are not written yet. Borrowed until the next event of the loop. */
    const struct public_model *(*model)(void *ctx);
    /* Keeps a report. */
    enum err (*take)(void *ctx, const struct report *report);
    void *ctx;
};

/* Says what is wrong before it fails. */
enum err public_server_new(const struct public_server_options *options,
                           struct public_server **out) NW_CHECKED;
void public_server_free(struct public_server *s); /* NULL is fine */
void public_server_counts(const struct public_server *s, uint64_t *taken, uint64_t *refused);

/* The part of an address that one household has: IPv6 is cut to 64 bits. out: HTTP_ADDRESS_SIZE bytes
 * (http_io.h). */
void public_server_who(const char *address, char *out);

#endif
