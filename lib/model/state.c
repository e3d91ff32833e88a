/* SPDX-License-Identifier: GPL-3.0-or-later */
/* state.c - names of states and reasons. Pure. */
#include "lib/model/state.h"

#include <stddef.h>
#include <string.h>

#include "lib/base/err.h"

struct word {
    const char *code, *de, *en;
};

#define STATE(number, symbol, code, de, en) [number] = {code, de, en},
static const struct word states[] = {
#include "lib/model/state_list.h"
};
#undef STATE
#define REASON(number, symbol, code, de, en) [number] = {code, de, en},
static const struct word reasons[] = {
#include "lib/model/state_list.h"
};
#undef REASON

/* A number from a newer writer falls back to entry 0. */
static const struct word *word_at(const struct word *words, size_t count, unsigned number)
{
    return &words[number < count ? number : 0];
}

static bool find_code(const struct word *words, size_t count, const char *code, int *out)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(words[i].code, code) == 0) {
            *out = (int)i;
            return true;
        }
    }
    return false;
}

const char *state_code(enum state s)
{
    return word_at(states, ARRAY_LEN(states), s)->code;
}

const char *reason_code(enum reason r)
{
    return word_at(reasons, ARRAY_LEN(reasons), r)->code;
}

const char *state_text(enum state s, enum language lang)
{
    const struct word *w = word_at(states, ARRAY_LEN(states), s);

    return lang == LANG_DE ? w->de : w->en;
}

const char *reason_text(enum reason r, enum language lang)
{
    const struct word *w = word_at(reasons, ARRAY_LEN(reasons), r);

    return lang == LANG_DE ? w->de : w->en;
}

bool state_from_code(const char *code, enum state *out)
{
    int i;

    if (!find_code(states, ARRAY_LEN(states), code, &i))
        return false;
    *out = (enum state)i;
    return true;
}

bool reason_from_code(const char *code, enum reason *out)
{
    int i;

    if (!find_code(reasons, ARRAY_LEN(reasons), code, &i))
        return false;
    *out = (enum reason)i;
    return true;
}

bool state_is_up(enum state s)
{
    return s == STATE_USABLE || s == STATE_DEGRADED;
}
