/* SPDX-License-Identifier: GPL-3.0-or-later */
/* janitor.h - a process that outlives this one by a moment, to leave nothing behind.
 *
 * It waits until this process is gone (kill -9 included), ends the process group it was told, and removes
 * the directory. Terminal signals do not reach it: it has a session of its own. */
#ifndef NW_CLI_JANITOR_H
#define NW_CLI_JANITOR_H

#include <sys/types.h>

#include "lib/base/err.h"

struct janitor {
    pid_t pid;
    int fd; /* the end that closes when we die; group ids go through it */
};

/* directory must be absolute; it and everything in it is removed at the end. */
enum err janitor_start(struct janitor *j, const char *directory) NW_CHECKED;
/* The process group to end, whenever it changes. */
void janitor_watch_group(struct janitor *j, pid_t group);
/* Lets it do its work now and waits for it. */
void janitor_finish(struct janitor *j);

/* rm -r, without following links. */
void janitor_remove_tree(const char *directory);

#endif
