/* SPDX-License-Identifier: GPL-3.0-or-later */
/* http_parse.c - request targets, queries, cookies, entity tags. Pure; fuzzed by tests/fuzz/fuzz_http.c. */
#include "dashboards/http_parse.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "lib/base/strx.h"

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

/* Undoes the escapes of len bytes into out, which has room for them and a NUL. */
static enum err decode(const char *text, size_t len, bool plus_is_blank, char *out, size_t *out_len)
{
    size_t n = 0;

    for (size_t i = 0; i < len; i++) {
        char c = text[i];
        if (c == '%') {
            int high = i + 2 < len ? hex_digit(text[i + 1]) : -1;
            int low = i + 2 < len ? hex_digit(text[i + 2]) : -1;
            if (high < 0 || low < 0)
                return ERR_MALFORMED;
            c = (char)(high << 4 | low);
            i += 2;
        } else if (c == '+' && plus_is_blank) {
            c = ' ';
        }
        if ((unsigned char)c < 0x20 || c == 0x7f)
            return ERR_MALFORMED;
        out[n++] = c;
    }
    if (!strx_is_utf8(out, n))
        return ERR_MALFORMED;
    out[n] = '\0';
    *out_len = n;
    return ERR_OK;
}

/* One "name=value" of the query, decoded to *to, which moves on. */
static enum err parse_param(const char *text, size_t len, char **to, struct http_param *out)
{
    const char *equals = memchr(text, '=', len);
    size_t name_len = equals ? (size_t)(equals - text) : len, n;
    enum err e = decode(text, name_len, true, *to, &n);

    if (e)
        return e;
    out->name = *to;
    *to += n + 1;
    e = equals ? decode(equals + 1, len - name_len - 1, true, *to, &n) : decode("", 0, true, *to, &n);
    if (e)
        return e;
    out->value = *to;
    *to += n + 1;
    return ERR_OK;
}

static enum err parse_query(struct http_target *t, const char *query, size_t len, char *to)
{
    while (len > 0) {
        const char *amp = memchr(query, '&', len);
        size_t part = amp ? (size_t)(amp - query) : len;
        if (part > 0) {
            if (t->param_count == HTTP_PARAMS_MAX)
                return ERR_LIMIT;
            enum err e = parse_param(query, part, &to, &t->params[t->param_count]);
            if (e)
                return e;
            t->param_count++;
        }
        query += part + (amp != NULL);
        len -= part + (amp != NULL);
    }
    return ERR_OK;
}

enum err http_target_parse(const char *text, size_t len, struct http_target *out)
{
    const char *mark;
    size_t path_len, n;
    enum err e;

    if (len > HTTP_TARGET_MAX)
        return ERR_LIMIT;
    if (len == 0 || text[0] != '/' || memchr(text, '\0', len))
        return ERR_MALFORMED;
    memset(out, 0, sizeof *out);
    /* every parameter needs at most its own bytes and two NULs */
    out->memory = malloc(len + 2 * HTTP_PARAMS_MAX + 4);
    if (!out->memory)
        return ERR_NOMEM;
    mark = memchr(text, '?', len);
    path_len = mark ? (size_t)(mark - text) : len;
    e = decode(text, path_len, false, out->memory, &n);
    if (e)
        goto refused;
    out->path = out->memory;
    if (mark)
        e = parse_query(out, mark + 1, len - path_len - 1, out->memory + n + 1);
    if (e)
        goto refused;
    return ERR_OK;

refused:
    http_target_fini(out);
    return e;
}

void http_target_fini(struct http_target *t)
{
    free(t->memory);
    memset(t, 0, sizeof *t);
}

const char *http_target_param(const struct http_target *t, const char *name)
{
    for (size_t i = 0; i < t->param_count; i++)
        if (strcmp(t->params[i].name, name) == 0)
            return t->params[i].value;
    return NULL;
}

static bool is_cookie_octet(char c)
{
    return c > 0x20 && c < 0x7f && c != '"' && c != ',' && c != ';' && c != '\\';
}

bool http_cookie_get(const char *header, const char *name, char *out, size_t size)
{
    size_t name_len = strlen(name);

    while (*header) {
        size_t n;
        header += strspn(header, " \t;");
        if (strncmp(header, name, name_len) == 0 && header[name_len] == '=') {
            header += name_len + 1;
            for (n = 0; is_cookie_octet(header[n]); n++)
                ;
            if ((header[n] != '\0' && header[n] != ';') || n >= size)
                return false;
            memcpy(out, header, n);
            out[n] = '\0';
            return true;
        }
        header += strcspn(header, ";");
    }
    return false;
}

static bool consists_of(const char *text, size_t len, const char *marks)
{
    for (size_t i = 0; i < len; i++) {
        char c = text[i];
        bool is_alphanumeric = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
        if (!is_alphanumeric && (c == '\0' || !strchr(marks, c)))
            return false;
    }
    return true;
}

bool http_field_fits(const char *name, size_t name_len, const char *value, size_t value_len)
{
    if (name_len == 0 || !consists_of(name, name_len, "!#$%&'*+-.^_`|~"))
        return false;
    for (size_t i = 0; i < value_len; i++)
        if (((unsigned char)value[i] < 0x20 && value[i] != '\t') || value[i] == 0x7f)
            return false;
    return true;
}

bool http_host_fits(const char *host, size_t len)
{
    return consists_of(host, len, "-._~%!$&'()*+;=:[]");
}

bool http_etag_matches(const char *header, const char *etag)
{
    size_t len = strlen(etag);

    for (;;) {
        header += strspn(header, " \t,");
        if (*header == '\0')
            return false;
        if (*header == '*')
            return true;
        if (header[0] == 'W' && header[1] == '/')
            header += 2;
        if (strncmp(header, etag, len) == 0)
            return true;
        if (*header == '"')
            header += 1 + strcspn(header + 1, "\"");
        header += strcspn(header, ",");
    }
}

/* Finds a token of a comma-separated header; parameters are what stands behind it up to the comma. */
static const char *find_token(const char *header, const char *token, size_t *params_len)
{
    size_t len = strlen(token);

    for (;;) {
        header += strspn(header, " \t,");
        if (*header == '\0')
            return NULL;
        size_t part = strcspn(header, ",");
        if (part >= len && strncasecmp(header, token, len) == 0 &&
            (part == len || strchr("; \t", header[len]))) {
            *params_len = part - len;
            return header + len;
        }
        header += part;
    }
}

bool http_accepts(const char *header, const char *type)
{
    size_t len;

    return find_token(header, type, &len) != NULL;
}

bool http_accepts_coding(const char *header, const char *coding)
{
    size_t len;
    const char *params = find_token(header, coding, &len);
    const char *q = params ? memchr(params, '=', len) : NULL;

    if (!params)
        return false;
    if (!q)
        return true;
    for (q++; q < params + len; q++)
        if (*q >= '1' && *q <= '9')
            return true;
    return false;
}
