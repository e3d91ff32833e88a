/* SPDX-License-Identifier: GPL-3.0-or-later */
/* figure.h - the figures that daemons put into their heartbeats, as a table. Pure. */
#ifndef NW_MODEL_FIGURE_H
#define NW_MODEL_FIGURE_H

#include <stddef.h>

#include "lib/model/record.h"

enum figure_kind { FIGURE_COUNTER, FIGURE_GAUGE };

/* What a figure says about work; figure_list.h explains them. */
enum figure_class {
    FIGURE_DONE,
    FIGURE_REJECTED,
    FIGURE_LATE,
    FIGURE_LOST,
    FIGURE_SHED,
    FIGURE_QUEUE,
    FIGURE_OTHER
};

struct figure {
    const char *name; /* as in the heartbeat: "polls_total" */
    enum figure_kind kind;
    enum figure_class class_;
    const char *help; /* English, one sentence */
};

/* NULL: this version does not know it (a newer writer's). */
const struct figure *figure_by_name(const char *name);
/* 0 <= i < figure_count(). */
size_t figure_count(void);
const struct figure *figure_at(size_t i);

/* The figures of one heartbeat, as a daemon collects them. */
enum { FIGURES_MAX = 64 };
struct figure_set {
    Nw__Counter counters[FIGURES_MAX], *list[FIGURES_MAX];
    size_t count;
};
/* name is borrowed until the next figure_set_give(); what is beyond FIGURES_MAX is left out. */
void figure_put(struct figure_set *s, const char *name, double value);
/* Hands the figures over to the heartbeat, borrowed until the next figure_put(), and begins anew. */
void figure_set_give(struct figure_set *s, Nw__Heartbeat *beat);

const char *figure_class_name(enum figure_class c); /* "done", "rejected", … */

#endif
