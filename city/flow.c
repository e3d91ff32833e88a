/* SPDX-License-Identifier: GPL-3.0-or-later */
/* flow.c - waves of traffic. Pure. */
#include "city/flow.h"

#include <math.h>
#include <string.h>

enum { LOCAL_HOURS_AHEAD = 1 /* of UTC: the town keeps winter time all year */ };

static const double periods[FLOW_WAVES] = {86400, 43200, 28800, 5400, 1260, 313, 67};
static const double noise[FLOW_WAVES] = {0, 0, 0, 0.04, 0.03, 0.025, 0.02};

/* How busy a place is at each hour of the local day. A street never empties: phones stay on at home. */
static const uint8_t hours[PLACE_COUNT][24] = {
    [PLACE_STREET] = {6, 5, 5, 5, 5, 5, 6, 7, 8, 8, 8, 9, 10, 10, 9, 10, 11, 12, 12, 12, 11, 9, 8, 7},
    [PLACE_STOP] = {2, 1, 1, 1, 2, 5, 10, 13, 12, 8, 7, 7, 8, 10, 10, 11, 13, 13, 10, 8, 6, 5, 4, 3},
    [PLACE_SCHOOL] = {0, 0, 0, 0, 0, 0, 2, 9, 14, 15, 15, 15, 14, 12, 9, 7, 4, 2, 1, 1, 0, 0, 0, 0},
    [PLACE_SHOP] = {0, 0, 0, 0, 0, 1, 3, 5, 7, 10, 12, 13, 13, 12, 12, 12, 13, 14, 12, 8, 3, 1, 0, 0},
    [PLACE_LIDO] = {0, 0, 0, 0, 0, 0, 1, 2, 3, 5, 8, 11, 14, 16, 17, 17, 15, 12, 8, 4, 1, 0, 0, 0},
    [PLACE_TOWN_HALL] = {0, 0, 0, 0, 0, 0, 1, 4, 9, 12, 12, 11, 9, 9, 10, 10, 9, 6, 3, 2, 1, 1, 0, 0},
    [PLACE_LIBRARY] = {0, 0, 0, 0, 0, 0, 0, 1, 3, 7, 10, 11, 11, 11, 12, 13, 13, 12, 9, 4, 1, 0, 0, 0},
    [PLACE_HALL] = {0, 0, 0, 0, 0, 0, 1, 3, 4, 5, 6, 6, 6, 7, 8, 10, 12, 14, 15, 14, 10, 5, 1, 0},
    [PLACE_CABINET] = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1},
};

static double omega(int wave)
{
    return 2 * M_PI / periods[wave];
}

/* The first harmonics of the hourly table, as shares of its mean, shrunk until the quietest moment with the
 * worst of the noise is still above zero. */
static void day_waves(enum place place, struct flow *f)
{
    double sum = 0, lowest = 0, room = 0.99, shrink;

    for (int h = 0; h < 24; h++)
        sum += hours[place][h];
    for (int k = 0; k < FLOW_DAY_WAVES; k++)
        for (int h = 0; h < 24; h++) { /* the middle of the local hour, as seconds of a UTC day */
            double t = (h + 0.5 - LOCAL_HOURS_AHEAD) * 3600;
            f->re[k] += 2 * hours[place][h] / sum * cos(omega(k) * t);
            f->im[k] += 2 * hours[place][h] / sum * sin(omega(k) * t);
        }
    for (int k = 0; k < FLOW_WAVES; k++)
        room -= noise[k];
    for (int step = 0; step < 288; step++) {
        double level = 0;
        for (int k = 0; k < FLOW_DAY_WAVES; k++)
            level += f->re[k] * cos(omega(k) * step * 300) + f->im[k] * sin(omega(k) * step * 300);
        lowest = level < lowest ? level : lowest;
    }
    shrink = -lowest > room ? room / -lowest : 1;
    for (int k = 0; k < FLOW_DAY_WAVES; k++) {
        f->re[k] *= shrink;
        f->im[k] *= shrink;
    }
}

struct flow flow_of_place(enum place place, double mean, uint64_t seed, uint32_t who)
{
    struct flow f = {.mean = 1};

    day_waves(place, &f);
    for (int k = FLOW_DAY_WAVES; k < FLOW_WAVES; k++) {
        double phase = 2 * M_PI * city_hash_unit(seed, 30, who, (uint32_t)k);
        f.re[k] = noise[k] * cos(phase);
        f.im[k] = noise[k] * sin(phase);
    }
    return flow_scaled(&f, mean);
}

struct flow flow_scaled(const struct flow *f, double factor)
{
    struct flow out = {.mean = 0};

    flow_add(&out, f, factor);
    return out;
}

struct flow flow_constant(double mean)
{
    return (struct flow){.mean = mean};
}

void flow_add(struct flow *to, const struct flow *f, double factor)
{
    to->mean += f->mean * factor;
    for (int k = 0; k < FLOW_WAVES; k++) {
        to->re[k] += f->re[k] * factor;
        to->im[k] += f->im[k] * factor;
    }
}

double flow_rate(const struct flow *f, double t)
{
    double rate = f->mean;

    for (int k = 0; k < FLOW_WAVES; k++)
        rate += f->re[k] * cos(omega(k) * t) + f->im[k] * sin(omega(k) * t);
    return rate > 0 ? rate : 0;
}

double flow_integral(const struct flow *f, double from, double to)
{
    double sum = f->mean * (to - from);

    for (int k = 0; k < FLOW_WAVES; k++) {
        double w = omega(k);
        if (f->re[k] == 0 && f->im[k] == 0)
            continue;
        sum += (f->re[k] * (sin(w * to) - sin(w * from)) - f->im[k] * (cos(w * to) - cos(w * from))) / w;
    }
    return sum;
}

double meter_read(const struct meter *m, double t)
{
    return m->sum + (t > m->since ? flow_integral(&m->flow, m->since, t) : 0);
}

void meter_change(struct meter *m, double t, const struct flow *delta, double factor)
{
    m->sum = meter_read(m, t);
    m->since = t;
    flow_add(&m->flow, delta, factor);
}
