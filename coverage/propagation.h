/* SPDX-License-Identifier: GPL-3.0-or-later */
/* propagation.h - path loss between an access point and a phone, and the chance that it is good enough. Pure.
 *
 * Site-general models L = 10 alpha lg d + beta + 10 gamma lg f + N(0, sigma), d in m, f in GHz, L in dB:
 * ITU-R P.1411-12 4.1.1 and 4.2.1 (outdoor; clutter included), ITU-R P.1238-11 (indoor).
 * 3GPP TR 38.901 UMi street canyon for comparison and for the probability of line of sight.
 * ITU-R P.2109-2 building entry loss. */
#ifndef NW_COVERAGE_PROPAGATION_H
#define NW_COVERAGE_PROPAGATION_H

#include <stdbool.h>

enum path_model {
    PATH_FREE_SPACE,
    PATH_P1411_LOS_URBAN, /* 4.1.1, both ends below the roofs: the default in line of sight */
    PATH_P1411_NLOS_HIGHRISE,
    PATH_P1411_NLOS_LOWRISE,     /* not valid at Wi-Fi frequencies; for comparison only */
    PATH_P1411_NLOS_RESIDENTIAL, /* the default without line of sight */
    PATH_P1411_ROOF_LOS,         /* 4.2.1, access point above the roofs */
    PATH_P1411_ROOF_NLOS,
    PATH_P1238_OFFICE_LOS,
    PATH_P1238_OFFICE_NLOS,
    PATH_P1238_CORRIDOR_LOS,
    PATH_P1238_CORRIDOR_NLOS,
    PATH_P1238_INDUSTRIAL_LOS,
    PATH_P1238_INDUSTRIAL_NLOS,
    PATH_MODEL_COUNT
};

struct path_info {
    const char *model, *param;        /* as in tables of reference values */
    double alpha, beta, gamma, sigma; /* dB; all 0 for free space */
    double f_min_ghz, f_max_ghz;      /* where the recommendation says that it holds */
    double d_min_m, d_max_m;
};

const struct path_info *path_info(enum path_model model);

/* Median loss in dB at distance d_m > 0 and frequency f_ghz > 0; also outside of the validity. */
double path_loss(enum path_model model, double f_ghz, double d_m);
bool path_is_valid(enum path_model model, double f_ghz, double d_m);

#define UMI_SIGMA_LOS  4.0  /* dB */
#define UMI_SIGMA_NLOS 7.82 /* dB */

/* TR 38.901 UMi street canyon: heights in m, d_m is the 2-D distance. */
double umi_loss_los(double f_ghz, double d_m, double h_bs_m, double h_ut_m);
double umi_loss_nlos(double f_ghz, double d_m, double h_bs_m, double h_ut_m);
/* 0.5 to 100 GHz, 10 m to 5 km, phone 1.5 to 22.5 m high. */
bool umi_is_valid(double f_ghz, double d_m, double h_ut_m);
/* Probability of line of sight, 0..1 (table 7.4.2-1). */
double umi_los_probability(double d_m);

enum building_kind { BUILDING_TRADITIONAL, BUILDING_EFFICIENT };
/* P.2109-2: loss in dB not exceeded with probability p (0 < p < 1), elevation angle in degrees. */
double building_entry_loss(enum building_kind kind, double f_ghz, double elevation_deg, double p);

/* Upper tail of the standard normal distribution. */
double normal_q(double x);

#endif
