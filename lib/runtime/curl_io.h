/* SPDX-License-Identifier: GPL-3.0-or-later */
/* curl_io.h - outgoing HTTP, mail and byte streams, each with or without TLS, on our loop; nobody else
 * includes curl.h.
 *
 * Many transfers at once, none blocks. Only the protocols named here, no proxy, no netrc, no cookies kept
 * (unless the caller keeps them), no redirect followed (the caller decides), every connection a new one. The
 * address is checked when the socket is made, that is after name resolution: a name that resolves elsewhere
 * the second time is caught. */
#ifndef NW_RUNTIME_CURL_IO_H
#define NW_RUNTIME_CURL_IO_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>

#include "lib/base/buf.h"
#include "lib/base/err.h"
#include "lib/base/units.h"
#include "lib/runtime/loop.h"

struct curl_io;       /* opaque */
struct curl_transfer; /* opaque */

/* A mail instead of an HTTP request: url is smtp:// or smtps://, body the whole message (RFC 5322). */
struct curl_mail {
    const char *from;        /* of the envelope */
    const char *const *to;   /* NULL at the end; those that the server refuses do not keep it from the rest */
    bool is_starttls_needed; /* smtp:// only: without STARTTLS nothing is said */
};

struct curl_request {
    const char *url;
    const char *accept;       /* Accept header, NULL: */
    const char *content_type; /* with body: its type; "application/json" if NULL */
    const void *body;         /* not NULL: a POST; copied */
    size_t body_len;
    const char *authorization;  /* value of the Authorization header, or NULL */
    const char *const *headers; /* further ones, "Name: value", NULL at the end; or NULL */
    ns_t timeout;               /* of the whole transfer; required, at least 1 ms */
    size_t max_body;            /* of the response: what is beyond is not read; required */
    bool is_verified;           /* refuse a certificate that is not trusted, expired, or for another name */
    const char *ca_file;        /* NULL: the system's */
    const char *certificate_file, *key_file; /* a client's; or NULL */
    const char *user, *password;             /* Basic (HTTP) or AUTH (mail); or NULL */
    const struct curl_mail *mail;            /* or NULL */
    /* HTTP: what the servers of earlier requests want to have back, lines of Netscape's cookie file. Read
     * now, replaced when the response has come; whom a cookie goes to, libcurl decides by its domain. NULL:
     * none. */
    struct buf *cookies;
    /* May this address be connected to? NULL: any. */
    bool (*may_connect)(void *ctx, const struct sockaddr *address);
};

struct curl_response {
    enum err
        error; /* ERR_OK; ERR_TIMEOUT, ERR_UNREACHABLE, ERR_NOT_FOUND (name), ERR_DENIED (may_connect said
                  no), ERR_MALFORMED (no HTTP, TLS trouble), ERR_RANGE (URL), ERR_LIMIT, ERR_NOMEM */
    bool is_tls_error;
    bool is_login_denied; /* mail: the server does not know this user with this password */
    bool is_no_tls;       /* mail: STARTTLS is needed, and not offered */
    bool is_mail_refused; /* 5xx to the message itself, after it was sent */
    char refusal[160];    /* mail: the server's first reply of 4xx or 5xx, printable; "" if there was none */
    long status;          /* of HTTP; of mail: the last reply's code */
    ns_t retry_after;     /* what the server asks to wait; 0: nothing */
    const char *location; /* absolute, or NULL */
    const char *content_type; /* or NULL */
    const void *body;         /* never NULL */
    size_t body_len;
    bool is_body_cut;
    ns_t duration;
    /* HTTP, since the start: the name was resolved, the connection stood, TLS stood, the first byte came; 0:
     * it did not come to that. */
    ns_t resolved, connected, secured, first_byte;
    ns_t certificate_expires;    /* wall time, of the server's own certificate; 0: no TLS */
    bool is_certificate_trusted; /* its chain leads to a trusted root and nothing in it has expired */
};

/* Everything in response is valid during the call only. Never called from within curl_io_start(). */
typedef void curl_done_fn(void *ctx, const struct curl_response *response);

enum err curl_io_new(struct loop *l, struct curl_io **out) NW_CHECKED;
/* Ends all transfers without calling anybody. */
void curl_io_free(struct curl_io *io);

/* request is copied as needed. *out (may be NULL) is valid until done has been called. */
enum err curl_io_start(struct curl_io *io, const struct curl_request *request, curl_done_fn *done, void *ctx,
                       struct curl_transfer **out) NW_CHECKED;
void curl_io_cancel(struct curl_transfer *t); /* done is not called */

#endif
