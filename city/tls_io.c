/* SPDX-License-Identifier: GPL-3.0-or-later */
/* tls_io.c - OpenSSL behind a few calls. */
#include "city/tls_io.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <unistd.h>

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

struct tls_server {
    SSL_CTX *valid, *expired;
    bool is_expired;
};

struct tls_connection {
    SSL *ssl;
};

enum { VALID_DAYS = 90, EXPIRED_SINCE_DAYS = 2, EXPIRED_BEGAN_DAYS = 92 };

static const char authority_name[] = "Netzwacht simulated city, test authority";

/* ---- certificates ---- */

static bool add_extension(X509 *cert, X509 *issuer, int nid, const char *value)
{
    X509V3_CTX ctx;
    X509_EXTENSION *ext;
    bool is_added;

    X509V3_set_ctx(&ctx, issuer, cert, NULL, NULL, 0);
    ext = X509V3_EXT_conf_nid(NULL, &ctx, nid, value);
    is_added = ext && X509_add_ext(cert, ext, -1);
    X509_EXTENSION_free(ext);
    return is_added;
}

static bool set_name(X509_NAME *name, const char *text)
{
    return X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, (const unsigned char *)text, -1, -1, 0) == 1;
}

/* alt NULL: an authority's certificate, signed by itself. from, to: seconds since 1970. NULL on error. */
static X509 *make_certificate(EVP_PKEY *key, const char *name, const char *alt, X509 *issuer,
                              EVP_PKEY *issuer_key, int64_t from, int64_t to)
{
    X509 *cert = X509_new();
    bool is_made;

    if (!cert)
        return NULL;
    if (!issuer)
        issuer = cert;
    is_made =
        X509_set_version(cert, 2) && ASN1_INTEGER_set_int64(X509_get_serialNumber(cert), from ^ to) &&
        ASN1_TIME_set(X509_getm_notBefore(cert), (time_t)from) &&
        ASN1_TIME_set(X509_getm_notAfter(cert), (time_t)to) && X509_set_pubkey(cert, key) &&
        set_name(X509_get_subject_name(cert), name) &&
        X509_set_issuer_name(cert, X509_get_subject_name(issuer)) &&
        add_extension(cert, issuer, NID_basic_constraints, alt ? "critical,CA:FALSE" : "critical,CA:TRUE") &&
        add_extension(cert, issuer, NID_subject_key_identifier, "hash") &&
        add_extension(cert, issuer, NID_authority_key_identifier, "keyid:always") && /* RFC 5280, 4.2.1.1 */
        (alt || add_extension(cert, issuer, NID_key_usage, "critical,keyCertSign,cRLSign")) &&
        (!alt || add_extension(cert, issuer, NID_subject_alt_name, alt)) &&
        X509_sign(cert, issuer_key, EVP_sha256());
    if (!is_made) {
        X509_free(cert);
        return NULL;
    }
    return cert;
}

static SSL_CTX *make_context(X509 *cert, EVP_PKEY *key)
{
    SSL_CTX *ctx = cert ? SSL_CTX_new(TLS_server_method()) : NULL;

    if (ctx && SSL_CTX_set_min_proto_version(ctx, TLS1_2_VERSION) &&
        SSL_CTX_use_certificate(ctx, cert) == 1 && SSL_CTX_use_PrivateKey(ctx, key) == 1) {
        SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
        SSL_CTX_set_mode(ctx, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
        return ctx;
    }
    SSL_CTX_free(ctx);
    return NULL;
}

static enum err write_certificate(const char *path, X509 *cert)
{
    FILE *f = fopen(path, "we");
    enum err e = ERR_OK;

    if (!f)
        return err_from_errno(errno);
    if (!PEM_write_X509(f, cert))
        e = ERR_IO;
    if (fclose(f) && !e)
        e = err_from_errno(errno);
    return e;
}

enum err tls_server_new(const char *name, uint32_t address, const char *ca_path, ns_t wall,
                        struct tls_server **out)
{
    const int64_t day = 86400, now = wall / SECONDS;
    struct tls_server *s = calloc(1, sizeof *s);
    EVP_PKEY *ca_key = EVP_EC_gen("P-256"), *key = EVP_EC_gen("P-256");
    X509 *ca = NULL, *valid = NULL, *expired = NULL;
    char alt[256], ip[INET_ADDRSTRLEN] = "";
    struct in_addr in = {htonl(address)};
    enum err e = ERR_NOMEM;

    if (!s || !ca_key || !key || !inet_ntop(AF_INET, &in, ip, sizeof ip))
        goto done;
    snprintf(alt, sizeof alt, "DNS:%s,IP:%s", name, ip);
    ca = make_certificate(ca_key, authority_name, NULL, NULL, ca_key, now - day, now + 3650 * day);
    if (!ca)
        goto done;
    valid = make_certificate(key, name, alt, ca, ca_key, now - day, now + VALID_DAYS * day);
    expired = make_certificate(key, name, alt, ca, ca_key, now - EXPIRED_BEGAN_DAYS * day,
                               now - EXPIRED_SINCE_DAYS * day);
    s->valid = make_context(valid, key);
    s->expired = make_context(expired, key);
    if (!s->valid || !s->expired)
        goto done;
    e = write_certificate(ca_path, ca);
done:
    X509_free(ca);
    X509_free(valid);
    X509_free(expired);
    EVP_PKEY_free(ca_key);
    EVP_PKEY_free(key);
    if (e)
        tls_server_free(s);
    else
        *out = s;
    return e;
}

void tls_server_free(struct tls_server *s)
{
    if (!s)
        return;
    SSL_CTX_free(s->valid);
    SSL_CTX_free(s->expired);
    free(s);
}

void tls_server_set_expired(struct tls_server *s, bool is_expired)
{
    s->is_expired = is_expired;
}

/* ---- connections ---- */

struct tls_connection *tls_connection_new(struct tls_server *s, int fd)
{
    struct tls_connection *c = calloc(1, sizeof *c);

    if (!c)
        return NULL;
    c->ssl = SSL_new(s->is_expired ? s->expired : s->valid);
    if (!c->ssl || SSL_set_fd(c->ssl, fd) != 1) {
        tls_connection_free(c);
        return NULL;
    }
    SSL_set_accept_state(c->ssl);
    return c;
}

void tls_connection_free(struct tls_connection *c)
{
    if (!c)
        return;
    if (c->ssl && SSL_is_init_finished(c->ssl))
        (void)SSL_shutdown(c->ssl);
    SSL_free(c->ssl);
    ERR_clear_error();
    free(c);
}

static enum err judge(struct tls_connection *c, int result, uint32_t *events)
{
    int reason = SSL_get_error(c->ssl, result);

    ERR_clear_error();
    switch (reason) {
    case SSL_ERROR_WANT_READ: *events = EPOLLIN; return ERR_AGAIN;
    case SSL_ERROR_WANT_WRITE: *events = EPOLLOUT; return ERR_AGAIN;
    case SSL_ERROR_ZERO_RETURN: return ERR_END;
    default: return ERR_IO;
    }
}

enum err tls_read(struct tls_connection *c, void *to, size_t size, size_t *n, uint32_t *events)
{
    int result = SSL_read(c->ssl, to, size > INT_MAX ? INT_MAX : (int)size);

    if (result <= 0)
        return judge(c, result, events);
    *n = (size_t)result;
    return ERR_OK;
}

enum err tls_write(struct tls_connection *c, const void *from, size_t size, size_t *n, uint32_t *events)
{
    int result = SSL_write(c->ssl, from, size > INT_MAX ? INT_MAX : (int)size);

    if (result <= 0)
        return judge(c, result, events);
    *n = (size_t)result;
    return ERR_OK;
}
