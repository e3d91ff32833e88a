/* SPDX-License-Identifier: GPL-3.0-or-later */
/* field.c - parts of a row's index. Pure. */
#include "collector/field.h"

#include <stdlib.h>
#include <string.h>

/* "none", "3", "-1", "2-7", "3-", "-2-" */
bool index_part_parse(const char *text, struct index_part *out)
{
    char *end;
    long from, to;

    if (!text) {
        *out = (struct index_part){1, -1};
        return true;
    }
    if (strcmp(text, "none") == 0) {
        *out = (struct index_part){0, 0};
        return true;
    }
    from = to = strtol(text, &end, 10);
    if (end == text || from == 0 || labs(from) > OID_MAX)
        return false;
    if (*end == '-') {
        const char *rest = end + 1;

        to = *rest ? strtol(rest, &end, 10) : -1;
        if (*rest && (end == rest || to == 0 || labs(to) > OID_MAX))
            return false;
        if (!*rest)
            end++;
    }
    *out = (struct index_part){(int16_t)from, (int16_t)to};
    return *end == '\0';
}

size_t index_part_of(struct index_part part, size_t index_len, size_t *from)
{
    long n = (long)index_len, first = part.from < 0 ? n + part.from : part.from - 1;
    long last = part.to < 0 ? n + part.to : part.to - 1;

    if (part.from == 0 || first < 0 || last >= n || first > last)
        return 0;
    *from = (size_t)first;
    return (size_t)(last - first + 1);
}
