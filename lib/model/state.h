/* SPDX-License-Identifier: GPL-3.0-or-later */
/* state.h - the one state that map, alerts, reports and the public page show, and its reason. Pure. */
#ifndef NW_MODEL_STATE_H
#define NW_MODEL_STATE_H

#include <stdbool.h>

#define STATE(number, symbol, code, de, en) symbol = (number),
enum state {
#include "lib/model/state_list.h"
};
#undef STATE
#define REASON(number, symbol, code, de, en) symbol = (number),
enum reason {
#include "lib/model/state_list.h"
};
#undef REASON

enum language { LANG_DE, LANG_EN };

const char *state_code(enum state s);   /* "usable"; a number that is not known: "unknown" */
const char *reason_code(enum reason r); /* "fibre"; a number that is not known: "none" */
const char *state_text(enum state s, enum language lang);
const char *reason_text(enum reason r, enum language lang);
bool state_from_code(const char *code, enum state *out);
bool reason_from_code(const char *code, enum reason *out);

/* Does a citizen get on-line here? usable and degraded: yes. Unknown never counts as up. */
bool state_is_up(enum state s);

#endif
