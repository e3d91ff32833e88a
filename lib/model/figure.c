/* SPDX-License-Identifier: GPL-3.0-or-later */
/* figure.c - the table of figures. Pure. */
#include "lib/model/figure.h"

#include <string.h>

#include "lib/base/err.h"

static const struct figure figures[] = {
#define FIGURE(name, kind, class_, help) {name, FIGURE_##kind, FIGURE_##class_, help},
#include "lib/model/figure_list.h"
#undef FIGURE
};

size_t figure_count(void)
{
    return ARRAY_LEN(figures);
}

const struct figure *figure_at(size_t i)
{
    return &figures[i];
}

const struct figure *figure_by_name(const char *name)
{
    for (size_t i = 0; i < ARRAY_LEN(figures); i++)
        if (strcmp(figures[i].name, name) == 0)
            return &figures[i];
    return NULL;
}

void figure_put(struct figure_set *s, const char *name, double value)
{
    Nw__Counter *c = &s->counters[s->count];

    if (s->count == FIGURES_MAX)
        return;
    nw__counter__init(c);
    c->name = (char *)(uintptr_t)name;
    c->value = value;
    s->list[s->count++] = c;
}

void figure_set_give(struct figure_set *s, Nw__Heartbeat *beat)
{
    beat->counters = s->list;
    beat->n_counters = s->count;
    s->count = 0;
}

const char *figure_class_name(enum figure_class c)
{
    switch (c) {
    case FIGURE_DONE: return "done";
    case FIGURE_REJECTED: return "rejected";
    case FIGURE_LATE: return "late";
    case FIGURE_LOST: return "lost";
    case FIGURE_SHED: return "shed";
    case FIGURE_QUEUE: return "queue";
    case FIGURE_OTHER: return "other";
    }
    return "other";
}
