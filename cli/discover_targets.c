/* SPDX-License-Identifier: GPL-3.0-or-later */
/* discover_targets.c - the addresses that a search is busy with. */
#include "cli/discover_targets.h"

#include <stdlib.h>

enum err targets_add(struct targets *all, const struct snmp_access *access,
                     const struct poll_options *options, struct target **out)
{
    struct target *t = calloc(1, sizeof *t);
    enum err e = t ? snmp_access_apply(access, &t->peer) : ERR_NOMEM;

    if (!e)
        e = poll_new(options, &t->poll);
    if (e) {
        if (t)
            snmp_access_withdraw(&t->peer);
        free(t);
        return e;
    }
    t->older = all->newest;
    if (all->newest)
        all->newest->newer = t;
    else
        all->oldest = t;
    all->newest = t;
    all->count++;
    *out = t;
    return ERR_OK;
}

void targets_remove(struct targets *all, struct target *t)
{
    all->count--;
    if (t->older)
        t->older->newer = t->newer;
    else
        all->oldest = t->newer;
    if (t->newer)
        t->newer->older = t->older;
    else
        all->newest = t->older;
    poll_free(t->poll);
    snmp_access_withdraw(&t->peer);
    free(t);
}

void targets_clear(struct targets *all)
{
    all->head = all->tail = NULL;
    while (all->newest)
        targets_remove(all, all->newest);
}

void targets_enqueue(struct targets *all, struct target *t)
{
    t->next = NULL;
    if (all->tail)
        all->tail->next = t;
    else
        all->head = t;
    all->tail = t;
}

struct target *targets_dequeue(struct targets *all)
{
    struct target *t = all->head;

    if (t) {
        all->head = t->next;
        if (!all->head)
            all->tail = NULL;
    }
    return t;
}

uint64_t targets_first_number(const struct targets *all, uint64_t otherwise)
{
    const struct target *t = all->oldest;

    while (t && t->number == TARGET_FOLLOWED) /* the others were taken up in the order of their numbers */
        t = t->newer;
    return t ? t->number : otherwise;
}
