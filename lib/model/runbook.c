/* SPDX-License-Identifier: GPL-3.0-or-later */
/* runbook.c - finds the steps of an incident. Pure. */
#include "lib/model/runbook.h"

#include <string.h>

#include "lib/base/err.h"

#define RUNBOOK(key, de, en) {(key), (de), (en)},
static const struct runbook all[] = {
#include "lib/model/runbook_list.h"
};
#undef RUNBOOK

static const struct runbook *find(const char *key)
{
    for (size_t i = 0; i < ARRAY_LEN(all); i++)
        if (strcmp(all[i].key, key) == 0)
            return &all[i];
    return NULL;
}

const struct runbook *runbook_shipped(const char *rule, const char *type)
{
    const struct runbook *own = find(rule);

    return own ? own : find(type);
}

const struct runbook *runbook_all(size_t *count)
{
    *count = ARRAY_LEN(all);
    return all;
}
