/* SPDX-License-Identifier: GPL-3.0-or-later */
/* wrong_clock.c - LD_PRELOAD: CLOCK_REALTIME is off by the seconds that the file $NETZWACHT_CLOCK says now.
 * Built by clock.py; faketime(1) would move CLOCK_MONOTONIC, too, which no clock that is set does. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

int clock_gettime(clockid_t id, struct timespec *ts)
{
    static int (*real)(clockid_t, struct timespec *);
    const char *path = getenv("NETZWACHT_CLOCK");
    long long off = 0;
    FILE *f;

    if (!real)
        real = (int (*)(clockid_t, struct timespec *))dlsym(RTLD_NEXT, "clock_gettime");
    if (real(id, ts))
        return -1;
    if (id == CLOCK_REALTIME && path && (f = fopen(path, "re"))) {
        if (fscanf(f, "%lld", &off) == 1)
            ts->tv_sec += off;
        fclose(f);
    }
    return 0;
}
