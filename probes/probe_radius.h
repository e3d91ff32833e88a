/* SPDX-License-Identifier: GPL-3.0-or-later */
/* probe_radius.h - a question to a RADIUS server and its judged answer: Status-Server (RFC 5997), or an
 * Access-Request with a test account (RFC 2865; PAP or CHAP). Pure.
 *
 * Every request begins with a Message-Authenticator (RFC 3579, 3.2), and a reply counts only if its Response
 * Authenticator is made with the shared secret. That alone is forgeable (Blast-RADIUS, CVE-2024-3596): a
 * reply with a Message-Authenticator must have a right one, and one without is said to be so. */
#ifndef NW_PROBES_PROBE_RADIUS_H
#define NW_PROBES_PROBE_RADIUS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/buf.h"
#include "lib/base/err.h"

enum { RADIUS_PORT = 1812, RADIUS_AUTHENTICATOR = 16, RADIUS_PASSWORD_MAX = 128, RADIUS_TEXT_MAX = 253 };

enum radius_method { RADIUS_STATUS, RADIUS_PAP, RADIUS_CHAP };

struct radius_question {
    enum radius_method method;
    const char *secret;         /* shared with the server */
    const char *user;           /* PAP, CHAP: up to RADIUS_TEXT_MAX octets */
    const char *password;       /* up to RADIUS_PASSWORD_MAX octets */
    const char *nas_identifier; /* who asks, up to RADIUS_TEXT_MAX octets */
    uint8_t identifier;
    uint8_t authenticator[RADIUS_AUTHENTICATOR]; /* unpredictable, and never used before */
};

enum radius_code {
    RADIUS_ACCESS_REQUEST = 1,
    RADIUS_ACCESS_ACCEPT = 2,
    RADIUS_ACCESS_REJECT = 3,
    RADIUS_ACCOUNTING_RESPONSE = 5,
    RADIUS_ACCESS_CHALLENGE = 11,
    RADIUS_STATUS_SERVER = 12
};

struct radius_verdict {
    uint8_t code;   /* enum radius_code: of the answer */
    bool is_signed; /* with a Message-Authenticator */
};

/* ERR_RANGE: user, password or nas_identifier too long or empty. ERR_UNSUPPORTED: no MD5 here. */
enum err radius_encode(struct buf *out, const struct radius_question *q) NW_CHECKED;

/* request: what radius_encode() wrote. ERR_AGAIN: no answer to it. ERR_DENIED: an answer that does not prove
 * the shared secret. */
enum err radius_judge(const void *bytes, size_t len, const struct buf *request, const char *secret,
                      struct radius_verdict *out) NW_CHECKED;

#endif
