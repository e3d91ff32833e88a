/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rrd_layout.c - the archives of each storage class. Pure. */
#include "lib/stores/rrd_layout.h"

#include <stdio.h>
#include <string.h>

#include "lib/base/units.h"
#include "lib/model/settings.h"

enum {
    LONG_STEPS = 5, /* the long class gathers as many steps of the short one */
    /* of the file format, rrd_format.h on a 64-bit machine */
    HEAD_BYTES = 128 + 16,
    DS_BYTES = 120 + 112,
    ARCHIVE_BYTES = 120 + 8,
    PREPARATION_BYTES = 80,
};

/* width: which of rrd_keep.rows holds */
struct design {
    struct rrd_archive archive;
    unsigned width;
};

static const struct design short_design[] = {{{RRD_AVERAGE, 1, 1440}, 0}, {{RRD_AVERAGE, 5, 4032}, 1}};
static const struct design long_design[] = {{{RRD_AVERAGE, 1, 11520}, 0}, {{RRD_AVERAGE, 12, 17520}, 1},
                                            {{RRD_MAX, 12, 17520}, 1},    {{RRD_AVERAGE, 288, 3650}, 2},
                                            {{RRD_MIN, 288, 3650}, 2},    {{RRD_MAX, 288, 3650}, 2}};

const char *rrd_cf_name(enum rrd_cf cf)
{
    switch (cf) {
    case RRD_AVERAGE: return "AVERAGE";
    case RRD_MIN: return "MIN";
    case RRD_MAX: return "MAX";
    }
    return "AVERAGE";
}

static const struct design *design_of(enum storage_class storage, size_t *count)
{
    *count = storage == STORAGE_LONG ? ARRAY_LEN(long_design) : ARRAY_LEN(short_design);
    return storage == STORAGE_LONG ? long_design : short_design;
}

size_t rrd_layout_archives(enum storage_class storage, const struct rrd_keep *keep,
                           struct rrd_archive out[RRD_ARCHIVES_MAX])
{
    size_t count;
    const struct design *design = design_of(storage, &count);

    for (size_t i = 0; i < count; i++) {
        out[i] = design[i].archive;
        if (keep->rows[design[i].width])
            out[i].rows = keep->rows[design[i].width];
    }
    return count;
}

struct rrd_keep rrd_layout_keep(enum storage_class storage, const struct store_settings *settings)
{
    const int64_t short_times[] = {settings->keep_minutes, settings->keep_short};
    const int64_t long_times[] = {settings->keep_long, settings->keep_hours, settings->keep_days};
    const int64_t *times = storage == STORAGE_LONG ? long_times : short_times;
    ns_t step = rrd_layout_step(storage, (unsigned)(settings->step / SECONDS)) * SECONDS;
    size_t count;
    const struct design *design = design_of(storage, &count);
    struct rrd_keep keep = {0};

    for (size_t i = 0; i < count; i++) {
        ns_t width = step * design[i].archive.pdps, time = times[design[i].width];
        ns_t rows = (time + width - 1) / width;
        keep.rows[design[i].width] = rows > RRD_ROWS_MAX ? RRD_ROWS_MAX : (unsigned)rows;
    }
    return keep;
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

int64_t rrd_layout_size(enum storage_class storage, const struct rrd_keep *keep, unsigned ds_count)
{
    struct rrd_archive archives[RRD_ARCHIVES_MAX];
    size_t count = rrd_layout_archives(storage, keep, archives);
    int64_t size = HEAD_BYTES + (int64_t)ds_count * DS_BYTES;

    for (size_t i = 0; i < count; i++)
        size += ARCHIVE_BYTES + (int64_t)ds_count * (PREPARATION_BYTES + 8 * (int64_t)archives[i].rows);
    return size;
}
