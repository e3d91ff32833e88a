/* SPDX-License-Identifier: GPL-3.0-or-later */
/* supervisor.h - child processes on a loop: started, started anew when they crash, stopped together.
 *
 * A child gets SIGTERM when this process dies (PR_SET_PDEATHSIG) and is in the process group of the first
 * child, so that a janitor can end what is left. */
#ifndef NW_CLI_SUPERVISOR_H
#define NW_CLI_SUPERVISOR_H

#include <stdbool.h>
#include <sys/types.h>

#include "lib/base/err.h"
#include "lib/base/units.h"
#include "lib/runtime/loop.h"

struct supervisor; /* opaque */

struct supervisor_fns {
    /* A child ended by itself. is_restarting: it will be started anew after `delay`. May be NULL. */
    void (*ended)(void *ctx, const char *name, int wait_status, bool is_restarting, ns_t delay);
    /* After supervisor_stop(): no child is left. */
    void (*stopped)(void *ctx);
};

enum child_kind {
    CHILD_DAEMON, /* runs until stopped; started anew after 1 s, 2 s … 30 s */
    CHILD_TASK    /* ends by itself once */
};

enum err supervisor_new(struct loop *l, const struct supervisor_fns *fns, void *ctx,
                        struct supervisor **out) NW_CHECKED;
/* Children that still run are killed. */
void supervisor_free(struct supervisor *s);

/* Starts argv[0] (a path; argv is copied). done is called when a task ends; may be NULL. */
enum err supervisor_start(struct supervisor *s, const char *name, enum child_kind kind, char *const *argv,
                          void (*done)(void *ctx, int wait_status)) NW_CHECKED;

/* SIGTERM to all, SIGKILL after `grace`; then fns->stopped(). */
void supervisor_stop(struct supervisor *s, ns_t grace);

/* All children's process group; 0 before the first. */
pid_t supervisor_group(const struct supervisor *s);

/* "exit status 78", "killed by signal 9 (Killed)". */
void supervisor_describe_exit(int wait_status, char *out, size_t size);

/* Where a program of ours lies: beside this one (build tree), else in sbindir or bindir. malloc'ed; NULL: not
 * found. */
char *supervisor_find_program(const char *name);

#endif
