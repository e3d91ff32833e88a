/* SPDX-License-Identifier: GPL-3.0-or-later */
/* control.h - the city's control commands as text in, JSON out. Pure: changes only the simulation.
 *
 *   status | counts [AGENT] | list | kill AGENT | revive AGENT
 *   incident NAME [TARGET] on|off | script on|off | delay MS | loss PERMILLE
 *
 * AGENT is a device id, or the id of a hotspot with an agent of its own. Answers {"ok": true, …} or
 * {"ok": false, "problem": "…"}. */
#ifndef NW_CITY_CONTROL_H
#define NW_CITY_CONTROL_H

#include "city/incident.h"
#include "lib/base/buf.h"

enum { CONTROL_LINE_MAX = 512 };

struct control {
    struct sim *sim;
    struct incidents *incidents;
    struct script script;
    bool is_script_on;
    ns_t started;                     /* wall */
    unsigned delay_ms, loss_permille; /* of the way to the agents: carried out by whoever holds the socket */
    uint64_t requests, varbinds, silent; /* silent: datagrams that got no answer */
};

/* line: without its newline. */
void control_answer(struct control *c, const char *line, ns_t now, struct buf *out);

#endif
