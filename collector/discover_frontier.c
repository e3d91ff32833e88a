/* SPDX-License-Identifier: GPL-3.0-or-later */
/* discover_frontier.c - which LLDP neighbours are asked next. Pure. */
#include "collector/discover_frontier.h"

#include <stdlib.h>

#include "lib/base/map.h"

struct frontier {
    struct frontier_options options;
    struct map *met; /* by address: those to ask, asked, outside and cut */
    struct frontier_step *steps;
    size_t step_count, step_cap, at;
    size_t count, outside, cut;
};

enum err frontier_new(const struct frontier_options *options, struct frontier **out)
{
    struct frontier *f = calloc(1, sizeof *f);

    if (!f)
        return ERR_NOMEM;
    f->options = *options;
    f->met = map_new(0x66726f6e);
    if (!f->met) {
        free(f);
        return ERR_NOMEM;
    }
    *out = f;
    return ERR_OK;
}

void frontier_free(struct frontier *f)
{
    if (!f)
        return;
    map_free(f->met, NULL);
    free(f->steps);
    free(f);
}

enum err frontier_mark(struct frontier *f, const char *address)
{
    if (map_get(f->met, address))
        return ERR_OK;
    f->count++;
    return map_set(f->met, address, f, NULL);
}

static bool is_in_ranges(const struct frontier *f, const struct snmp_address *a)
{
    for (size_t i = 0; i < f->options.range_count; i++)
        if (discover_range_has(&f->options.ranges[i], a))
            return true;
    return false;
}

static bool is_allowed(const struct frontier *f, const struct snmp_address *a)
{
    for (size_t i = 0; i < f->options.within_count; i++)
        if (discover_prefix_has(&f->options.within[i], a))
            return true;
    return false;
}

static enum err push(struct frontier *f, const struct snmp_address *a, int64_t depth)
{
    if (f->step_count == f->step_cap) {
        size_t cap = f->step_cap ? 2 * f->step_cap : 64;
        struct frontier_step *more = realloc(f->steps, cap * sizeof *more);

        if (!more)
            return ERR_NOMEM;
        f->steps = more;
        f->step_cap = cap;
    }
    f->steps[f->step_count++] = (struct frontier_step){*a, depth};
    f->count++;
    return ERR_OK;
}

static enum err add_one(struct frontier *f, const char *text, int64_t depth)
{
    char address[DISCOVER_ADDRESS_SIZE];
    struct snmp_address a;

    if (!discover_address_parse(text, &a) || is_in_ranges(f, &a))
        return ERR_OK;
    discover_address_text(&a, address);
    if (map_get(f->met, address))
        return ERR_OK;
    if (map_set(f->met, address, f, NULL))
        return ERR_NOMEM;
    if (!is_allowed(f, &a)) {
        f->outside++;
        return ERR_OK;
    }
    if (depth > DISCOVER_DEPTH_MAX || f->count >= f->options.most) {
        f->cut++;
        return ERR_OK;
    }
    return push(f, &a, depth);
}

enum err frontier_add(struct frontier *f, const struct discover_device *d)
{
    const struct discover_neighbour *n = d->neighbours.items;
    enum err e = ERR_OK;

    for (size_t i = 0; !e && i < d->neighbours.count; i++)
        e = add_one(f, n[i].address, d->depth + 1);
    return e;
}

bool frontier_next(struct frontier *f, struct frontier_step *out)
{
    if (f->at == f->step_count)
        return false;
    *out = f->steps[f->at++];
    return true;
}

size_t frontier_count(const struct frontier *f)
{
    return f->count;
}

size_t frontier_outside(const struct frontier *f)
{
    return f->outside;
}

size_t frontier_cut(const struct frontier *f)
{
    return f->cut;
}
