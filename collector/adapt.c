/* SPDX-License-Identifier: GPL-3.0-or-later */
/* adapt.c - how much one request may ask of a device. Pure. */
#include "collector/adapt.h"

void adapt_init(struct adapt *a, uint32_t most)
{
    *a = (struct adapt){.size = (uint8_t)most, .most = (uint8_t)most};
}

void adapt_recall(struct adapt *a, uint32_t size)
{
    if (size >= 1 && size < a->most)
        a->size = (uint8_t)size;
}

uint32_t adapt_learned(const struct adapt *a)
{
    return a->size < a->most ? a->size : 0;
}

/* Less was asked than allowed: half of what was asked is what is known to be worth trying. */
static void halve(struct adapt *a, uint32_t asked)
{
    uint32_t from = asked < a->size ? asked : a->size;

    a->size = from > 1 ? (uint8_t)(from / 2) : 1;
}

static void remember(struct adapt *a, ns_t now, uint32_t asked)
{
    if (!a->refused || asked < a->refused)
        a->refused = (uint8_t)(asked < a->most ? asked : a->most);
    a->refused_at = now;
}

/* Less than `suspect` gets through: is it the size? */
static void judge_suspect(struct adapt *a, ns_t now)
{
    if (a->lost) {
        remember(a, now, a->suspect < a->lost ? a->suspect : a->lost);
        a->lost = 0;
    } else {
        a->lost = a->suspect;
    }
    a->suspect = 0;
}

void adapt_answered(struct adapt *a, ns_t now, uint32_t asked)
{
    if (a->suspect && asked < a->suspect)
        judge_suspect(a, now);
    a->suspect = 0;
    if (asked >= a->lost)
        a->lost = 0;
    if (a->refused && now - a->refused_at >= ADAPT_MEMORY)
        a->refused = 0;
    if (asked >= a->size && a->size < a->most && (!a->refused || a->size + 1 < a->refused))
        a->size++;
}

void adapt_refused(struct adapt *a, ns_t now, uint32_t asked)
{
    remember(a, now, asked);
    halve(a, asked);
}

void adapt_failed(struct adapt *a, uint32_t asked)
{
    halve(a, asked);
}

void adapt_suspect(struct adapt *a, uint32_t asked)
{
    if (asked > 1 && (!a->suspect || asked < a->suspect))
        a->suspect = (uint8_t)(asked < a->most ? asked : a->most);
}

void adapt_lost(struct adapt *a, uint32_t asked)
{
    adapt_suspect(a, asked);
    halve(a, asked);
}
