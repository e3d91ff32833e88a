/* SPDX-License-Identifier: GPL-3.0-or-later */
/* tls_io.c - OpenSSL's handshake, and what it knows of the peer afterwards. */
#include "probes/tls_io.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <time.h>

struct tls_context {
    SSL_CTX *ctx;
};

struct tls_handshake {
    SSL *ssl;
    bool is_name_checked, is_name_right;
    char *name;
};

/* The server may be as old as it likes: that is for the verdict. */
enum err tls_context_new(struct tls_context **out)
{
    struct tls_context *c = calloc(1, sizeof *c);

    if (!c)
        return ERR_NOMEM;
    c->ctx = SSL_CTX_new(TLS_client_method());
    if (!c->ctx || SSL_CTX_set_min_proto_version(c->ctx, TLS1_VERSION) != 1 ||
        SSL_CTX_set_default_verify_paths(c->ctx) != 1) {
        tls_context_free(c);
        ERR_clear_error();
        return ERR_NOMEM;
    }
    SSL_CTX_set_security_level(c->ctx, 0);
    SSL_CTX_set_verify(c->ctx, SSL_VERIFY_NONE, NULL);
    SSL_CTX_set_session_cache_mode(c->ctx, SSL_SESS_CACHE_OFF);
    *out = c;
    return ERR_OK;
}

void tls_context_free(struct tls_context *c)
{
    if (!c)
        return;
    SSL_CTX_free(c->ctx);
    free(c);
}

enum err tls_handshake_new(struct tls_context *c, int fd, const char *name, struct tls_handshake **out)
{
    struct tls_handshake *h = calloc(1, sizeof *h);

    if (!h)
        return ERR_NOMEM;
    h->ssl = SSL_new(c->ctx);
    if (!h->ssl || SSL_set_fd(h->ssl, fd) != 1 || (name && SSL_set_tlsext_host_name(h->ssl, name) != 1)) {
        tls_handshake_free(h);
        ERR_clear_error();
        return ERR_NOMEM;
    }
    h->is_name_checked = name != NULL;
    if (name && !(h->name = strdup(name))) {
        tls_handshake_free(h);
        return ERR_NOMEM;
    }
    *out = h;
    return ERR_OK;
}

enum err tls_handshake_step(struct tls_handshake *h, uint32_t *events)
{
    int done = SSL_connect(h->ssl), why;

    if (done == 1) {
        X509 *own = SSL_get0_peer_certificate(h->ssl);
        h->is_name_right = h->name && own && X509_check_host(own, h->name, 0, 0, NULL) == 1;
        return ERR_OK;
    }
    why = SSL_get_error(h->ssl, done);
    ERR_clear_error();
    *events = why == SSL_ERROR_WANT_WRITE ? EPOLLOUT : EPOLLIN;
    return why == SSL_ERROR_WANT_READ || why == SSL_ERROR_WANT_WRITE ? ERR_AGAIN : ERR_MALFORMED;
}

static ns_t end_of(const X509 *certificate)
{
    struct tm tm = {0};

    return ASN1_TIME_to_tm(X509_get0_notAfter(certificate), &tm) == 1 ? (ns_t)timegm(&tm) * SECONDS : 0;
}

struct tls_facts tls_handshake_facts(const struct tls_handshake *h)
{
    STACK_OF(X509) *chain = SSL_get_peer_cert_chain(h->ssl);
    long verdict = SSL_get_verify_result(h->ssl);
    struct tls_facts f = {.is_trusted = verdict == X509_V_OK || verdict == X509_V_ERR_CERT_HAS_EXPIRED,
                          .is_name_checked = h->is_name_checked,
                          .is_name_right = h->is_name_right,
                          .is_old_protocol = SSL_version(h->ssl) < TLS1_2_VERSION};

    for (int i = 0; i < sk_X509_num(chain); i++) {
        ns_t end = end_of(sk_X509_value(chain, i));
        if (end && (!f.expires || end < f.expires))
            f.expires = end;
    }
    return f;
}

void tls_handshake_free(struct tls_handshake *h)
{
    if (!h)
        return;
    SSL_free(h->ssl);
    free(h->name);
    free(h);
}
