/* SPDX-License-Identifier: GPL-3.0-or-later */
/* import_rest.c - which URL may follow which. Pure. */
#include "cli/import_rest.h"

#include <string.h>
#include <strings.h>

#include "lib/base/strx.h"

enum { URL_MAX = 2048 };

bool import_url_is_plain(const char *url)
{
    return strncasecmp(url, "http://", 7) == 0;
}

/* Behind "scheme://", or NULL. */
static const char *authority(const char *url)
{
    if (strncasecmp(url, "https://", 8) == 0)
        return url + 8;
    return import_url_is_plain(url) ? url + 7 : NULL;
}

const char *import_url_problem(const char *url)
{
    const char *host = authority(url);
    size_t len = host ? strcspn(host, "/?#") : 0;

    if (!host || !len)
        return "expected a URL like https://netbox.example/";
    if (strlen(url) > URL_MAX)
        return "longer than 2048 bytes";
    for (const char *p = url; *p; p++)
        if (*p <= ' ' || *p == 0x7f || *p == '\\')
            return "expected a URL without blanks, control characters or backslashes";
    if (memchr(host, '@', len))
        return "expected no user or password in the URL; the token goes into a file, see --token-file";
    return NULL;
}

/* The port as text; the host's length in *host_len. */
static const char *port_of(const char *url, const char *host, size_t *host_len, size_t *port_len)
{
    size_t len = strcspn(host, "/?#");
    const char *colon = NULL;

    for (size_t i = 0; i < len; i++)
        colon = host[i] == ':' ? host + i : host[i] == ']' ? NULL : colon; /* [::1] has colons of its own */
    *host_len = colon ? (size_t)(colon - host) : len;
    *port_len = colon ? len - *host_len - 1 : 0;
    if (*port_len)
        return colon + 1;
    *port_len = import_url_is_plain(url) ? 2 : 3;
    return import_url_is_plain(url) ? "80" : "443";
}

bool import_url_same_origin(const char *a, const char *b)
{
    const char *host_a = authority(a), *host_b = authority(b), *port_a, *port_b;
    size_t host_len_a, host_len_b, port_len_a, port_len_b;

    if (import_url_problem(a) || import_url_problem(b) || import_url_is_plain(a) != import_url_is_plain(b))
        return false;
    port_a = port_of(a, host_a, &host_len_a, &port_len_a);
    port_b = port_of(b, host_b, &host_len_b, &port_len_b);
    return host_len_a == host_len_b && strncasecmp(host_a, host_b, host_len_a) == 0 &&
           port_len_a == port_len_b && strncmp(port_a, port_b, port_len_a) == 0;
}

char *import_url_join(const char *base, const char *path)
{
    size_t len = strlen(base);

    if (*path != '/')
        return strx_printf("%s", path);
    while (len && base[len - 1] == '/')
        len--;
    return strx_printf("%.*s%s", (int)len, base, path);
}
