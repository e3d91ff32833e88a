/* SPDX-License-Identifier: GPL-3.0-or-later */
/* usm_list.h - what it costs net-snmp to find the user of a message. */
#ifndef NW_BENCH_USM_LIST_H
#define NW_BENCH_USM_LIST_H

#include <stddef.h>

/* Fills net-snmp's list with one user for each of count engines, more than before, and returns the CPU time
 * of finding one of them, on average, in microseconds. */
double usm_list_lookup(size_t count);

#endif
