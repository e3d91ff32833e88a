/* SPDX-License-Identifier: GPL-3.0-or-later */
/* throughput.c - from level to rate. Pure arithmetic. */
#include "coverage/throughput.h"

#include <math.h>
#include <stdbool.h>
#include <stddef.h>

#include "lib/base/err.h"

#define NET_SHARE 0.6

static const struct {
    double sensitivity_dbm, mbit; /* 20 MHz, one stream */
} codings[] = {{-82, 8.6},  {-79, 17.2}, {-77, 25.8},  {-74, 34.4},  {-70, 51.6},  {-66, 68.8},
               {-65, 77.4}, {-64, 86.0}, {-59, 103.2}, {-57, 114.7}, {-54, 129.0}, {-52, 143.4}};

static const struct {
    int mhz;
    double factor, more_db;
} widths[] = {{20, 1, 0}, {40, 2.0, 3}, {80, 4.19, 6}, {160, 8.38, 9}};

static size_t width_index(const struct throughput_channel *c)
{
    for (size_t i = ARRAY_LEN(widths) - 1; i > 0; i--)
        if (c->width_mhz >= widths[i].mhz)
            return i;
    return 0;
}

int throughput_mcs(const struct throughput_channel *c, double level_dbm)
{
    bool is_measured = isfinite(c->noise_dbm) && c->noise_dbm != 0;
    double rise = is_measured ? fmax(c->noise_dbm - THROUGHPUT_NOISE_DBM, 0) : 0;
    double level = level_dbm - widths[width_index(c)].more_db - rise;
    int mcs = (int)ARRAY_LEN(codings) - 1;

    while (mcs >= 0 && !(level >= codings[mcs].sensitivity_dbm))
        mcs--;
    return mcs;
}

double throughput_physical(const struct throughput_channel *c, double level_dbm)
{
    int mcs = throughput_mcs(c, level_dbm);
    int streams = c->streams > 0 ? c->streams : 2;

    return mcs < 0 ? 0 : codings[mcs].mbit * streams * widths[width_index(c)].factor;
}

double throughput_net(const struct throughput_channel *c, double level_dbm, double users)
{
    double busy = isfinite(c->utilisation) ? fmin(fmax(c->utilisation, 0), 1) : 0;

    return NET_SHARE * throughput_physical(c, level_dbm) * (1 - busy) / fmax(users, 1);
}
