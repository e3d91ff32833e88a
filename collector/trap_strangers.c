/* SPDX-License-Identifier: GPL-3.0-or-later */
/* trap_strangers.c - a short list of addresses. */
#include "collector/trap_strangers.h"

#include <string.h>

#define KEPT (60 * MINUTES)

size_t trap_strangers_count(struct trap_strangers *s, ns_t now)
{
    for (size_t i = 0; i < s->count;)
        if (now - s->items[i].heard > KEPT)
            s->items[i] = s->items[--s->count];
        else
            i++;
    return s->count;
}

static bool is_same(const struct snmp_address *a, const struct snmp_address *b)
{
    return a->is_v6 == b->is_v6 && memcmp(a->ip, b->ip, sizeof a->ip) == 0;
}

bool trap_strangers_note(struct trap_strangers *s, const struct snmp_address *from, ns_t now)
{
    bool is_first = trap_strangers_count(s, now) == 0;
    size_t i = 0;

    while (i < s->count && !is_same(&s->items[i].address, from))
        i++;
    if (i == STRANGERS_MAX)
        return is_first;
    s->items[i].address = *from;
    s->items[i].heard = now;
    s->count += i == s->count;
    return is_first;
}
