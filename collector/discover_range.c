/* SPDX-License-Identifier: GPL-3.0-or-later */
/* discover_range.c - ranges of addresses. Pure. */
#include "collector/discover_range.h"

#include <arpa/inet.h>
#include <string.h>

#include "lib/base/strx.h"

enum { TEXT_MAX = 64 };

bool discover_address_parse(const char *text, struct snmp_address *out)
{
    memset(out, 0, sizeof *out);
    if (inet_pton(AF_INET, text, out->ip) == 1)
        return true;
    out->is_v6 = 1;
    return inet_pton(AF_INET6, text, out->ip) == 1;
}

void discover_address_text(const struct snmp_address *a, char out[DISCOVER_ADDRESS_SIZE])
{
    if (!inet_ntop(a->is_v6 ? AF_INET6 : AF_INET, a->ip, out, DISCOVER_ADDRESS_SIZE))
        out[0] = '\0';
}

/* Clears the last bits of an address; says whether they were clear. */
static bool clear_host(struct snmp_address *a, uint32_t bits)
{
    bool was_clear = true;

    for (int i = (a->is_v6 ? 16 : 4) - 1; i >= 0 && bits; i--) {
        uint8_t mask = bits >= 8 ? 0xff : (uint8_t)((1u << bits) - 1);

        was_clear = was_clear && !(a->ip[i] & mask);
        a->ip[i] &= (uint8_t)~mask;
        bits -= bits >= 8 ? 8 : bits;
    }
    return was_clear;
}

enum err discover_prefix_parse(const char *text, struct discover_prefix *out)
{
    char address[TEXT_MAX];
    const char *slash = strchr(text, '/');
    size_t len = slash ? (size_t)(slash - text) : strlen(text);
    struct discover_prefix p;
    uint64_t prefix, width;

    if (len >= sizeof address)
        return ERR_MALFORMED;
    memcpy(address, text, len);
    address[len] = '\0';
    if (!discover_address_parse(address, &p.base))
        return ERR_MALFORMED;
    prefix = width = p.base.is_v6 ? 128 : 32;
    if (slash && (strx_to_u64(slash + 1, &prefix) || prefix > width))
        return ERR_MALFORMED;
    p.bits = (uint32_t)(width - prefix);
    if (!clear_host(&p.base, p.bits))
        return ERR_RANGE;
    *out = p;
    return ERR_OK;
}

bool discover_prefix_has(const struct discover_prefix *p, const struct snmp_address *a)
{
    struct snmp_address network = *a;

    clear_host(&network, p->bits);
    return a->is_v6 == p->base.is_v6 && memcmp(network.ip, p->base.ip, a->is_v6 ? 16 : 4) == 0;
}

/* The last 32 bits: a range never reaches beyond them. */
static uint32_t low_bits(const struct snmp_address *a)
{
    const uint8_t *p = a->ip + (a->is_v6 ? 12 : 0);

    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static void set_low_bits(struct snmp_address *a, uint32_t value)
{
    uint8_t *p = a->ip + (a->is_v6 ? 12 : 0);

    for (int i = 0; i < 4; i++)
        p[i] = (uint8_t)(value >> (24 - 8 * i));
}

enum err discover_range_parse(const char *text, struct discover_range *out)
{
    struct discover_prefix p;
    enum err e = discover_prefix_parse(text, &p);

    if (e)
        return e;
    if (p.bits > DISCOVER_BITS_MAX)
        return ERR_LIMIT;
    out->base = p.base;
    out->count = UINT64_C(1) << p.bits;
    if (!p.base.is_v6 && p.bits >= 2) {
        set_low_bits(&out->base, low_bits(&out->base) + 1);
        out->count -= 2;
    }
    return ERR_OK;
}

struct snmp_address discover_range_at(const struct discover_range *r, uint64_t i)
{
    struct snmp_address a = r->base;

    set_low_bits(&a, low_bits(&a) + (uint32_t)i);
    return a;
}

bool discover_range_has(const struct discover_range *r, const struct snmp_address *a)
{
    uint32_t first = low_bits(&r->base), at = low_bits(a);

    if (r->base.is_v6 != a->is_v6 || (a->is_v6 && memcmp(r->base.ip, a->ip, 12) != 0))
        return false;
    return at >= first && at - first < r->count;
}
