/* SPDX-License-Identifier: GPL-3.0-or-later */
/* worker.h - one thread beside the loop for what blocks: password hashes. */
#ifndef NW_DASHBOARDS_WORKER_H
#define NW_DASHBOARDS_WORKER_H

#include "lib/base/err.h"
#include "lib/runtime/loop.h"

struct worker; /* opaque */

enum err worker_new(struct loop *l, size_t queue_max, struct worker **out) NW_CHECKED;
/* Waits for the job at work; jobs that wait are dropped, `done` is called for all of them. */
void worker_free(struct worker *w);
/* job runs in the thread and touches nothing but ctx; done runs on the loop afterwards. ERR_LIMIT: too many
 * wait; neither is called then. */
enum err worker_run(struct worker *w, void (*job)(void *ctx), void (*done)(void *ctx), void *ctx) NW_CHECKED;

#endif
