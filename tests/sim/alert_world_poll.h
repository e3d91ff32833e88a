/* SPDX-License-Identifier: GPL-3.0-or-later */
/* alert_world_poll.h - what alert_world.c lets the town's collector and probe do; tests do not include it. */
#ifndef NW_TESTS_ALERT_WORLD_POLL_H
#define NW_TESTS_ALERT_WORLD_POLL_H

#include <stddef.h>

#include "tests/sim/alert_world.h"

/* Polls that device now: gives its record to the engine and says when it is due again. */
void world_poll(struct world *w, size_t device);
/* A round of all services. */
void world_probe(struct world *w);
void world_beat(struct world *w);
/* The test is wrong: says why and aborts. */
_Noreturn void world_fail(const char *what);

#endif
