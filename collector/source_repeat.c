/* SPDX-License-Identifier: GPL-3.0-or-later */
/* source_repeat.c - records of polls in which only readings changed: the last values, and by recipe the new
 * ones. Pure. */
#include <string.h>

#include "collector/source_internal.h"

void source_forget(struct source *s)
{
    recipe_free(s->recipe);
    s->recipe = NULL;
}

/* Without memory the next poll is decoded like this one. */
void source_learn(struct source *s, const struct source_poll *in, struct source_scratch *t)
{
    size_t count = t->samples.n_values - OWN_SERIES;

    source_forget(s);
    if (!lean_room(s, poll_shared(in->poll), count, s->now.count))
        return;
    if (!t->book && !(t->book = recipe_book_new()))
        return;
    if (recipe_learn(t->book, in->poll, in->varbinds, in->view, &s->recipe))
        return;
    counters_end(s);
    memcpy(s->values, t->values + OWN_SERIES, count * sizeof *s->values);
    memset(s->whys, QUALITY_OK, count);
    for (size_t i = 0; i < t->samples.n_unknown; i++) {
        if (t->qualities[i].index >= OWN_SERIES)
            s->whys[t->qualities[i].index - OWN_SERIES] = (uint8_t)t->qualities[i].reason;
    }
    lean_begin(s, in->view);
}

static void repeat_reading(void *ctx, uint32_t series, double value, enum quality_reason quality)
{
    struct source *s = ((struct meter *)ctx)->source;

    if (series >= s->value_count)
        return; /* beyond what a record takes */
    s->values[series] = value;
    s->whys[series] = (uint8_t)quality;
}

enum err source_repeat(struct source *s, const struct source_poll *in, struct source_scratch *t,
                       Nw__Samples **out)
{
    struct meter meter;
    const struct recipe_sink sink = {&meter, repeat_reading, counter_repeat, counters_repeat};
    enum err e;

    if (poll_summary(in->poll)->outcome != POLL_OK ||
        (s->is_table_pending && in->now - s->table_at >= ATTRIBUTES_AGE) || !recipe_fits(s->recipe, in->poll))
        return ERR_NOT_FOUND;
    moments_tidy(s);
    meter_init(&meter, s, in);
    if (!recipe_apply(s->recipe, in->poll, &sink))
        return ERR_NOT_FOUND;
    e = source_begin(s, in, s->value_count, t);
    return e ? e : source_put_all(t, s->values, s->whys, s->value_count) ? source_end(s, t, out) : ERR_NOMEM;
}
