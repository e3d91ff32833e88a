/* SPDX-License-Identifier: GPL-3.0-or-later */
/* allow.c - addresses and prefixes. Pure. */
#include "probes/allow.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/strx.h"

/* Ranges that nobody reaches by a wide prefix (RFC 6890). */
static const char *const reserved[] = {
    "0.0.0.0/8",    "127.0.0.0/8", "169.254.0.0/16", "224.0.0.0/4", "240.0.0.0/4", "::/128", "::1/128",
    "64:ff9b::/96", "fe80::/10",   "fec0::/10",      "ff00::/8",    "2002::/16", /* 6to4 hides an IPv4 one */
};

static const uint8_t mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

/* ::ffff:a.b.c.d is an IPv4 address in disguise. */
static void unmap(struct ip_address *a)
{
    if (!a->is_ipv6 || memcmp(a->bytes, mapped, sizeof mapped) != 0)
        return;
    memmove(a->bytes, a->bytes + 12, 4);
    memset(a->bytes + 4, 0, 12);
    a->is_ipv6 = false;
}

enum err ip_address_parse(const char *text, struct ip_address *out)
{
    struct ip_address a = {.is_ipv6 = strchr(text, ':') != NULL};

    if (inet_pton(a.is_ipv6 ? AF_INET6 : AF_INET, text, a.bytes) != 1)
        return ERR_MALFORMED;
    unmap(&a);
    *out = a;
    return ERR_OK;
}

enum err ip_address_from_sockaddr(const struct sockaddr *sa, struct ip_address *out)
{
    struct ip_address a = {.is_ipv6 = false};

    if (sa->sa_family == AF_INET) {
        struct sockaddr_in in;
        memcpy(&in, sa, sizeof in);
        memcpy(a.bytes, &in.sin_addr, 4);
    } else if (sa->sa_family == AF_INET6) {
        struct sockaddr_in6 in;
        memcpy(&in, sa, sizeof in);
        memcpy(a.bytes, &in.sin6_addr, 16);
        a.is_ipv6 = true;
        unmap(&a);
    } else {
        return ERR_TYPE;
    }
    *out = a;
    return ERR_OK;
}

socklen_t ip_address_to_sockaddr(const struct ip_address *a, uint16_t port, struct sockaddr_storage *out)
{
    struct sockaddr_in in4 = {.sin_family = AF_INET, .sin_port = htons(port)};
    struct sockaddr_in6 in6 = {.sin6_family = AF_INET6, .sin6_port = htons(port)};

    memset(out, 0, sizeof *out);
    if (a->is_ipv6) {
        memcpy(&in6.sin6_addr, a->bytes, 16);
        memcpy(out, &in6, sizeof in6);
        return sizeof in6;
    }
    memcpy(&in4.sin_addr, a->bytes, 4);
    memcpy(out, &in4, sizeof in4);
    return sizeof in4;
}

bool ip_address_equal(const struct ip_address *a, const struct ip_address *b)
{
    return a->is_ipv6 == b->is_ipv6 && memcmp(a->bytes, b->bytes, a->is_ipv6 ? 16 : 4) == 0;
}

static bool bit_of(const struct ip_address *a, unsigned i)
{
    return a->bytes[i / 8] >> (7 - i % 8) & 1;
}

bool ip_prefix_contains(const struct ip_prefix *p, const struct ip_address *a)
{
    if (p->address.is_ipv6 != a->is_ipv6)
        return false;
    for (unsigned i = 0; i < p->bits; i++)
        if (bit_of(&p->address, i) != bit_of(a, i))
            return false;
    return true;
}

enum err ip_prefix_parse(const char *text, struct ip_prefix *out)
{
    char address[64];
    const char *slash = strchr(text, '/');
    struct ip_prefix p;
    uint64_t bits;
    unsigned max;

    if (!strx_copy(address, sizeof address, text))
        return ERR_MALFORMED;
    if (slash)
        address[slash - text] = '\0';
    if (ip_address_parse(address, &p.address))
        return ERR_MALFORMED;
    max = p.address.is_ipv6 ? 128 : 32;
    bits = max;
    if (slash && (strx_to_u64(slash + 1, &bits) || bits > max))
        return ERR_MALFORMED;
    p.bits = (unsigned)bits;
    for (unsigned i = p.bits; i < max; i++)
        if (bit_of(&p.address, i))
            return ERR_MALFORMED;
    *out = p;
    return ERR_OK;
}

enum err allow_init(struct allow *a, const char *const *texts, size_t count, const char **bad)
{
    *a = (struct allow){0};
    if (count == 0)
        return ERR_OK;
    a->prefixes = calloc(count, sizeof *a->prefixes);
    if (!a->prefixes)
        return ERR_NOMEM;
    for (size_t i = 0; i < count; i++) {
        if (ip_prefix_parse(texts[i], &a->prefixes[i])) {
            if (bad)
                *bad = texts[i];
            allow_fini(a);
            return ERR_MALFORMED;
        }
    }
    a->count = count;
    return ERR_OK;
}

void allow_fini(struct allow *a)
{
    free(a->prefixes);
    *a = (struct allow){0};
}

/* The narrowest reserved range around the address; false if there is none. */
static bool find_reserved(const struct ip_address *address, struct ip_prefix *out)
{
    bool is_found = false;

    for (size_t i = 0; i < ARRAY_LEN(reserved); i++) {
        struct ip_prefix p;
        if (ip_prefix_parse(reserved[i], &p) || !ip_prefix_contains(&p, address))
            continue;
        if (!is_found || p.bits > out->bits)
            *out = p;
        is_found = true;
    }
    return is_found;
}

enum allow_verdict allow_check(const struct allow *a, const struct ip_address *address)
{
    struct ip_prefix range;
    bool is_reserved = find_reserved(address, &range), is_inside = false;

    for (size_t i = 0; i < a->count; i++) {
        if (!ip_prefix_contains(&a->prefixes[i], address))
            continue;
        is_inside = true;
        if (!is_reserved || a->prefixes[i].bits >= range.bits)
            return ALLOW_YES;
    }
    return is_inside || is_reserved ? ALLOW_RESERVED : ALLOW_OUTSIDE;
}
