/* SPDX-License-Identifier: GPL-3.0-or-later */
/* adapt.h - how much one request may ask of a device: additive increase, multiplicative decrease. Pure.
 *
 *   most ──┐ tooBig, truncated: half; for ADAPT_MEMORY not as much again
 *          │ genErr for the whole, twice no answer: half
 *          ▼
 *        size ── a full request answered: one more ──► … ──► most
 *
 * What is refused by an answer is known. What stays unanswered may have been too large for the path, lost by
 * chance, or the device is gone: it is remembered like a refusal when a smaller request got through right
 * after it, and the same happened before without an answer of that size in between. */
#ifndef NW_COLLECTOR_ADAPT_H
#define NW_COLLECTOR_ADAPT_H

#include <stdint.h>

#include "lib/base/units.h"

#define ADAPT_MEMORY (1 * HOURS)

struct adapt {
    uint8_t size;    /* 1..most: what the next request may ask */
    uint8_t most;    /* what we ask of nobody */
    uint8_t refused; /* the least that was too much lately; 0 = nothing was */
    uint8_t suspect; /* the least that is not answered just now; 0 = none */
    uint8_t lost;    /* the least that was not, while less was; 0 = none */
    ns_t refused_at;
};

void adapt_init(struct adapt *a, uint32_t most);
/* What an earlier run learned; 0 or nonsense: nothing. */
void adapt_recall(struct adapt *a, uint32_t size);
/* 0: as much as we ask of anybody, else what was learned. */
uint32_t adapt_learned(const struct adapt *a);

/* What became of a request that asked for so much. */
void adapt_answered(struct adapt *a, ns_t now, uint32_t asked);
void adapt_refused(struct adapt *a, ns_t now, uint32_t asked); /* tooBig, cut off */
void adapt_failed(struct adapt *a, uint32_t asked);            /* genErr that names nothing */
void adapt_suspect(struct adapt *a, uint32_t asked);           /* no try of it was answered */
void adapt_lost(struct adapt *a, uint32_t asked);              /* asked twice, and no try was answered */

#endif
