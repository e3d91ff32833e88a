/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rrd_layout.c - the archives of each storage class. Pure. */
#include "lib/stores/rrd_layout.h"

#include <stdio.h>
#include <string.h>

enum {
    LONG_STEPS = 5, /* the long class gathers as many steps of the short one */
    /* of the file format, rrd_format.h on a 64-bit machine */
    HEAD_BYTES = 128 + 16,
    DS_BYTES = 120 + 112,
    ARCHIVE_BYTES = 120 + 8,
    PREPARATION_BYTES = 80,
};

static const struct rrd_archive short_archives[] = {{RRD_AVERAGE, 1, 1440}, {RRD_AVERAGE, 5, 4032}};
static const struct rrd_archive long_archives[] = {{RRD_AVERAGE, 1, 11520}, {RRD_AVERAGE, 12, 17520},
                                                   {RRD_MAX, 12, 17520},    {RRD_AVERAGE, 288, 3650},
                                                   {RRD_MIN, 288, 3650},    {RRD_MAX, 288, 3650}};

const char *rrd_cf_name(enum rrd_cf cf)
{
    switch (cf) {
    case RRD_AVERAGE: return "AVERAGE";
    case RRD_MIN: return "MIN";
    case RRD_MAX: return "MAX";
    }
    return "AVERAGE";
}

const struct rrd_archive *rrd_layout_archives(enum storage_class storage, size_t *count)
{
    if (storage == STORAGE_LONG) {
        *count = ARRAY_LEN(long_archives);
        return long_archives;
    }
    *count = ARRAY_LEN(short_archives);
    return short_archives;
}

unsigned rrd_layout_step(enum storage_class storage, unsigned base)
{
    return storage == STORAGE_LONG ? LONG_STEPS * base : base;
}

void rrd_layout_ds_name(enum metric metric, char out[RRD_DS_NAME_SIZE])
{
    const struct metric_info *info = metric_info(metric);

    if (info)
        snprintf(out, RRD_DS_NAME_SIZE, "%s", info->name);
    else
        snprintf(out, RRD_DS_NAME_SIZE, "metric_%u", (unsigned)metric);
    for (char *c = out; *c; c++)
        if (*c == '.')
            *c = '_';
}

int64_t rrd_layout_size(enum storage_class storage, unsigned ds_count)
{
    size_t count;
    const struct rrd_archive *archives = rrd_layout_archives(storage, &count);
    int64_t size = HEAD_BYTES + (int64_t)ds_count * DS_BYTES;

    for (size_t i = 0; i < count; i++)
        size += ARCHIVE_BYTES + (int64_t)ds_count * (PREPARATION_BYTES + 8 * (int64_t)archives[i].rows);
    return size;
}
