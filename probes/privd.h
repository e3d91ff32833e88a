/* SPDX-License-Identifier: GPL-3.0-or-later */
/* privd.h - giving up rights: what the two processes of a live capture do before the first foreign byte is
 * read. */
#ifndef NW_PROBES_PRIVD_H
#define NW_PROBES_PRIVD_H

#include "lib/base/err.h"

/* For good: root becomes nobody (65534), no supplementary groups, every capability gone, none to be gained
 * (no_new_privs), no core dumps. ERR_IO: the system refused; then nothing foreign may be read. */
enum err privd_drop_all(void) NW_CHECKED;

/* For the parser: from now on it may read, write, allocate memory and exit; any other system call kills it
 * (SIGSYS). ERR_UNSUPPORTED on an architecture without a filter. Descriptors other than 0 to 2 are closed. */
enum err privd_confine(void) NW_CHECKED;

#endif
