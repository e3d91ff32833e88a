/* SPDX-License-Identifier: GPL-3.0-or-later */
/* probe_commands.h - commands from the journal that the probe executes: "reprobe" of a hotspot or service
 * that it probes. Commands for other targets are left to the daemon whose they are. */
#ifndef NW_PROBES_PROBE_COMMANDS_H
#define NW_PROBES_PROBE_COMMANDS_H

#include "probes/prober.h"

struct probe_commands; /* opaque */

/* Tails dashboard, cli and alerts from their ends. prober is borrowed until replaced by probe_commands_use().
 */
enum err probe_commands_new(struct loop *l, const char *journal_dir, struct prober *prober,
                            enum err (*append)(void *ctx, Nw__Record *record, journal_pos *pos),
                            void *append_ctx, struct probe_commands **out) NW_CHECKED;
void probe_commands_use(struct probe_commands *c, struct prober *prober);
void probe_commands_free(struct probe_commands *c);

#endif
