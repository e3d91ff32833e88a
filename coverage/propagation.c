/* SPDX-License-Identifier: GPL-3.0-or-later */
/* propagation.c - path loss formulas. Pure arithmetic. */
#include "coverage/propagation.h"

#include <math.h>

#define SPEED_OF_LIGHT 299792458.0 /* m/s */

static const struct path_info paths[PATH_MODEL_COUNT] = {
    [PATH_FREE_SPACE] = {"fspl", "", 0, 0, 0, 0, 0, 1e6, 0, 1e9},
    [PATH_P1411_LOS_URBAN] = {"P.1411-12 4.1.1", "los_urban", 2.12, 29.2, 2.11, 5.06, 0.8, 82, 5, 660},
    [PATH_P1411_NLOS_HIGHRISE] = {"P.1411-12 4.1.1", "nlos_highrise", 4.00, 10.2, 2.36, 7.60, 0.8, 82, 30,
                                  715},
    [PATH_P1411_NLOS_LOWRISE] = {"P.1411-12 4.1.1", "nlos_lowrise", 5.06, -4.68, 2.02, 9.33, 10, 73, 30, 250},
    [PATH_P1411_NLOS_RESIDENTIAL] = {"P.1411-12 4.1.1", "nlos_residential", 3.01, 18.8, 2.07, 3.07, 0.8, 73,
                                     30, 170},
    [PATH_P1411_ROOF_LOS] = {"P.1411-12 4.2.1", "los", 2.29, 28.6, 1.96, 3.48, 2.2, 73, 55, 1200},
    [PATH_P1411_ROOF_NLOS] = {"P.1411-12 4.2.1", "nlos_highrise", 4.39, -6.27, 2.30, 6.89, 2.2, 66.5, 260,
                              1200},
    [PATH_P1238_OFFICE_LOS] = {"P.1238 site-general", "office_los", 1.46, 34.62, 2.03, 3.76, 0.3, 83.5, 2,
                               27},
    [PATH_P1238_OFFICE_NLOS] = {"P.1238 site-general", "office_nlos", 2.46, 29.53, 2.38, 5.04, 0.3, 82, 4,
                                30},
    [PATH_P1238_CORRIDOR_LOS] = {"P.1238 site-general", "corridor_los", 1.63, 28.12, 2.25, 4.07, 0.3, 83.5, 2,
                                 160},
    [PATH_P1238_CORRIDOR_NLOS] = {"P.1238 site-general", "corridor_nlos", 2.77, 29.27, 2.48, 7.63, 0.625,
                                  83.5, 4, 94},
    [PATH_P1238_INDUSTRIAL_LOS] = {"P.1238 site-general", "industrial_los", 2.31, 24.52, 2.06, 2.69, 0.625,
                                   70.28, 2, 101},
    [PATH_P1238_INDUSTRIAL_NLOS] = {"P.1238 site-general", "industrial_nlos", 3.79, 21.01, 1.34, 9.05, 0.625,
                                    70.28, 5, 108},
};

const struct path_info *path_info(enum path_model model)
{
    return &paths[model];
}

static double free_space_loss(double f_ghz, double d_m)
{
    return 20 * log10(4 * M_PI * d_m * f_ghz * 1e9 / SPEED_OF_LIGHT);
}

double path_loss(enum path_model model, double f_ghz, double d_m)
{
    const struct path_info *p = &paths[model];

    if (model == PATH_FREE_SPACE)
        return free_space_loss(f_ghz, d_m);
    return 10 * p->alpha * log10(d_m) + p->beta + 10 * p->gamma * log10(f_ghz);
}

bool path_is_valid(enum path_model model, double f_ghz, double d_m)
{
    const struct path_info *p = &paths[model];

    return f_ghz >= p->f_min_ghz && f_ghz <= p->f_max_ghz && d_m >= p->d_min_m && d_m <= p->d_max_m;
}

double umi_loss_los(double f_ghz, double d_m, double h_bs_m, double h_ut_m)
{
    double rise = h_bs_m - h_ut_m, d3 = hypot(d_m, rise);
    double breakpoint = 4 * (h_bs_m - 1) * (h_ut_m - 1) * f_ghz * 1e9 / SPEED_OF_LIGHT;

    if (d_m <= breakpoint)
        return 32.4 + 21 * log10(d3) + 20 * log10(f_ghz);
    return 32.4 + 40 * log10(d3) + 20 * log10(f_ghz) - 9.5 * log10(breakpoint * breakpoint + rise * rise);
}

double umi_loss_nlos(double f_ghz, double d_m, double h_bs_m, double h_ut_m)
{
    double d3 = hypot(d_m, h_bs_m - h_ut_m);
    double nlos = 22.4 + 35.3 * log10(d3) + 21.3 * log10(f_ghz) - 0.3 * (h_ut_m - 1.5);

    return fmax(umi_loss_los(f_ghz, d_m, h_bs_m, h_ut_m), nlos);
}

bool umi_is_valid(double f_ghz, double d_m, double h_ut_m)
{
    return f_ghz >= 0.5 && f_ghz <= 100 && d_m >= 10 && d_m <= 5000 && h_ut_m >= 1.5 && h_ut_m <= 22.5;
}

double umi_los_probability(double d_m)
{
    return d_m <= 18 ? 1 : 18 / d_m + exp(-d_m / 36) * (1 - 18 / d_m);
}

double normal_q(double x)
{
    return 0.5 * erfc(x / M_SQRT2);
}

/* Inverse of the standard normal distribution by bisection: 60 halvings of [-9, 9] are beyond double's need
 * here. */
static double normal_quantile(double p)
{
    double lo = -9, hi = 9;

    for (int i = 0; i < 60; i++) {
        double mid = (lo + hi) / 2;
        if (1 - normal_q(mid) < p)
            lo = mid;
        else
            hi = mid;
    }
    return (lo + hi) / 2;
}

double building_entry_loss(enum building_kind kind, double f_ghz, double elevation_deg, double p)
{
    /* P.2109-2 table 1: r s t (median), u v (sigma 1), w x (mu 2), y z (sigma 2) */
    static const struct {
        double r, s, t, u, v, w, x, y, z;
    } kinds[] = {[BUILDING_TRADITIONAL] = {12.64, 3.72, 0.96, 9.6, 2, 9.1, -3, 4.5, -2},
                 [BUILDING_EFFICIENT] = {28.19, -3, 8.48, 13.5, 3.8, 27.8, -2.9, 9.4, -2.1}};
    double lg = log10(f_ghz), quantile = normal_quantile(p);
    double mu1 = kinds[kind].r + kinds[kind].s * lg + kinds[kind].t * lg * lg + 0.212 * fabs(elevation_deg);
    double mu2 = kinds[kind].w + kinds[kind].x * lg;
    double a = quantile * (kinds[kind].u + kinds[kind].v * lg) + mu1;
    double b = quantile * (kinds[kind].y + kinds[kind].z * lg) + mu2;

    return 10 * log10(pow(10, a / 10) + pow(10, b / 10) + pow(10, -0.3));
}
