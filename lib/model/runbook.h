/* SPDX-License-Identifier: GPL-3.0-or-later */
/* runbook.h - the steps that netzwacht ships for whoever gets an alarm (runbook_list.h). Pure. */
#ifndef NW_MODEL_RUNBOOK_H
#define NW_MODEL_RUNBOOK_H

#include <stddef.h>

/* Bytes of one language, and of a link. */
enum { RUNBOOK_TEXT_MAX = 1000, RUNBOOK_LINK_MAX = 255 };

struct runbook {
    const char *key;     /* a rule's id or a type of incident */
    const char *de, *en; /* one step a line */
};

/* The steps of this rule, else those of this type; NULL: there are none. rule: id or "". */
const struct runbook *runbook_shipped(const char *rule, const char *type);
/* All of them; for tests. */
const struct runbook *runbook_all(size_t *count);

#endif
