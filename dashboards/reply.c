/* SPDX-License-Identifier: GPL-3.0-or-later */
/* reply.c - headers and files of answers. */
#include "dashboards/reply.h"

#include <stdio.h>
#include <string.h>

#include "lib/base/strx.h"

/* The operators' pages: our own files only; no HTML from text (Trusted Types, the policy is
 * web/src/trusted.ts). The citizens' pages have one script, which makes no HTML either; only the page that is
 * made for it may stand in another site's frame, and it has none. */
#define CSP                                                                                                  \
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "    \
    "font-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; "    \
    "require-trusted-types-for 'script'; trusted-types default"
#define CSP_PUBLIC                                                                                           \
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "          \
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'; require-trusted-types-for 'script'; "      \
    "trusted-types 'none'"
#define CSP_EMBED                                                                                            \
    "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; "            \
    "frame-ancestors *"

static const char *policy_of(enum reply_kind kind)
{
    switch (kind) {
    case REPLY_PUBLIC: return CSP_PUBLIC;
    case REPLY_EMBED: return CSP_EMBED;
    case REPLY_PRIVATE:
    case REPLY_APP: break;
    }
    return CSP;
}

size_t reply_headers(struct http_header *out, enum reply_kind kind, bool is_tls)
{
    size_t n = 0;

    out[n++] = (struct http_header){"Content-Security-Policy", policy_of(kind)};
    out[n++] = (struct http_header){"X-Content-Type-Options", "nosniff"};
    out[n++] = (struct http_header){"Referrer-Policy", "no-referrer"};
    out[n++] =
        (struct http_header){"Permissions-Policy",
                             kind == REPLY_PUBLIC ? "camera=(), geolocation=(self), microphone=(), payment=()"
                                                  : "camera=(), geolocation=(), microphone=(), payment=()"};
    if (kind != REPLY_EMBED)
        out[n++] = (struct http_header){"X-Frame-Options", "DENY"};
    if (kind == REPLY_PRIVATE || kind == REPLY_APP) {
        out[n++] = (struct http_header){"Cross-Origin-Opener-Policy", "same-origin"};
        out[n++] = (struct http_header){"Cross-Origin-Resource-Policy", "same-origin"};
    }
    if (kind == REPLY_PRIVATE)
        out[n++] = (struct http_header){"Cache-Control", "no-cache, private"};
    if (is_tls)
        out[n++] = (struct http_header){"Strict-Transport-Security", "max-age=63072000"};
    return n;
}

enum reply_kind reply_kind_of_public(const char *name)
{
    return strcmp(name, "embed.html") == 0 || strcmp(name, "embed-en.html") == 0 ? REPLY_EMBED : REPLY_PUBLIC;
}

static const char *cache_rule(const struct files_entry *entry, enum reply_kind kind)
{
    if (entry->is_immutable)
        return "public, max-age=31536000, immutable";
    return kind == REPLY_APP || kind == REPLY_PRIVATE ? "no-cache" : "public, max-age=5";
}

/* One form of the file; coding NULL: as it is. */
struct form {
    const char *coding, *ending;
    struct http_blob *body;
};

static struct form choose(const struct files_entry *entry, const char *accepted)
{
    if (accepted && entry->brotli && http_accepts_coding(accepted, "br"))
        return (struct form){"br", "-br", entry->brotli};
    if (accepted && entry->gzip && http_accepts_coding(accepted, "gzip"))
        return (struct form){"gzip", "-gz", entry->gzip};
    return (struct form){NULL, "", entry->body};
}

void reply_file(struct http_request *r, const struct files_entry *entry, enum reply_kind kind, bool is_tls)
{
    struct http_header headers[REPLY_HEADERS_MAX];
    const char *known = http_request_header(r, "If-None-Match");
    const struct form form = choose(entry, http_request_header(r, "Accept-Encoding"));
    size_t n = reply_headers(headers, kind == REPLY_PRIVATE ? REPLY_APP : kind, is_tls);
    char etag[sizeof entry->etag + 4];

    snprintf(etag, sizeof etag, "%.*s%s\"", (int)strlen(entry->etag) - 1, entry->etag, form.ending);
    headers[n++] = (struct http_header){"Content-Type", entry->type};
    headers[n++] = (struct http_header){"ETag", etag};
    headers[n++] = (struct http_header){"Cache-Control", cache_rule(entry, kind)};
    if (entry->gzip || entry->brotli)
        headers[n++] = (struct http_header){"Vary", "Accept-Encoding"};
    if (known && http_etag_matches(known, etag)) {
        http_reply(r, 304, headers, n, NULL);
        return;
    }
    if (form.coding)
        headers[n++] = (struct http_header){"Content-Encoding", form.coding};
    http_reply(r, 200, headers, n, http_blob_ref(form.body));
}
