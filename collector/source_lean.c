/* SPDX-License-Identifier: GPL-3.0-or-later */
/* source_lean.c - what a device keeps between polls that are told by its recipe: last values, and of each
 * counter its last raw reading and when that was. What else is known of counters is equal in equal devices
 * and kept once (decision 0051). Pure. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "collector/source_internal.h"

static size_t size_of(size_t values, size_t counters)
{
    return (values + counters) * sizeof(uint64_t) + counters * sizeof(uint16_t) + values;
}

void lean_free(struct source *s)
{
    shared_drop(s->book, s->frame);
    s->frame = NULL;
    pool_give(shared_pool(s->book), s->values, size_of(s->value_count, s->raw_count));
    s->values = NULL;
    s->value_count = s->raw_count = 0;
}

bool lean_room(struct source *s, struct shared_book *book, size_t values, size_t counters)
{
    if (s->values && s->book == book && s->value_count == values && s->raw_count == counters)
        return true;
    lean_free(s);
    s->book = book;
    s->values = pool_take(shared_pool(book), size_of(values, counters));
    if (!s->values)
        return false;
    s->raws = (void *)(s->values + values);
    s->raw_moments = (void *)(s->raws + counters);
    s->whys = (void *)(s->raw_moments + counters);
    s->value_count = values;
    s->raw_count = counters;
    return true;
}

static bool is_same_rate(double a, double b)
{
    return (isnan(a) && isnan(b)) || memcmp(&a, &b, sizeof a) == 0;
}

/* The counters stand in the order of the view's samples. False: a rate is not what was recorded, so it must
 * be kept beside. */
static bool fill_frame(const struct source *s, const struct device_view *view, struct frame *frame)
{
    size_t series = 0, at = 0;

    for (size_t i = 0; i < view->sample_count && series < s->value_count; i++) {
        const struct counter *c = &s->now.items[at];

        if (!source_is_journalled(&view->samples[i]))
            continue;
        if (view->samples[i].is_counter) {
            if (at == s->now.count || !is_same_rate(c->rate, s->values[series]))
                return false;
            frame[at++] = (struct frame){.key = c->key,
                                         .discontinuity = c->discontinuity,
                                         .ceiling = c->ceiling,
                                         .series = (uint32_t)series};
        }
        series++;
    }
    return at == s->now.count;
}

void lean_begin(struct source *s, const struct device_view *view)
{
    struct frame *frame =
        s->book && s->raw_count == s->now.count && s->now.count ? malloc(s->now.count * sizeof *frame) : NULL;

    if (frame && fill_frame(s, view, frame))
        s->frame = shared_take(s->book, frame, s->now.count * sizeof *frame);
    free(frame);
    if (!s->frame)
        return;
    for (size_t i = 0; i < s->now.count; i++) {
        s->raws[i] = s->now.items[i].raw;
        s->raw_moments[i] = (uint16_t)s->now.items[i].moment;
    }
    free(s->now.items);
    free(s->now.index);
    s->now = (struct counters){0};
}

void lean_end(struct source *s)
{
    const struct frame *frame;

    if (!s->frame)
        return;
    frame = lean_frame(s);
    s->now.items = calloc(s->raw_count + 1, sizeof *s->now.items);
    s->now.count = s->now.items ? s->raw_count : 0; /* without memory they are new ones */
    s->now.cap = s->now.items ? s->raw_count + 1 : 0;
    for (size_t i = 0; i < s->now.count; i++)
        s->now.items[i] = (struct counter){.key = frame[i].key,
                                           .moment = s->raw_moments[i],
                                           .raw = s->raws[i],
                                           .rate = s->values[frame[i].series],
                                           .discontinuity = frame[i].discontinuity,
                                           .ceiling = frame[i].ceiling};
    shared_drop(s->book, s->frame);
    s->frame = NULL;
}
