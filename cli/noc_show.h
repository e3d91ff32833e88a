/* SPDX-License-Identifier: GPL-3.0-or-later */
/* noc_show.h - incidents on the terminal of a NOC. Names and texts come from a network: what could steer a
 * terminal is made visible. */
#ifndef NW_CLI_NOC_SHOW_H
#define NW_CLI_NOC_SHOW_H

#include "cli/noc_book.h"
#include "lib/model/state.h"

/* One line: time, id, severity, what people say, text, who looks after it. */
void noc_show_line(const struct noc_incident *i, enum language lang);
/* … with what to check first, and what people did. */
void noc_show_whole(const struct noc_incident *i, enum language lang);

#endif
