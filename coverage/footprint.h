/* SPDX-License-Identifier: GPL-3.0-or-later */
/* footprint.h - how likely a phone in the street is served by an access point at a distance. Pure.
 *
 * Outdoor: P.1411 site-general, line of sight and residential without, mixed by the probability of line of
 * sight (TR 38.901 UMi), because there is no building data. An indoor access point counts outdoors with the
 * median building entry loss (P.2109, traditional) added. Loss is never below free space. The phone transmits
 * less than the access point: what its uplink cannot bridge is not served. */
#ifndef NW_COVERAGE_FOOTPRINT_H
#define NW_COVERAGE_FOOTPRINT_H

#include <stdbool.h>

/* What a planner assumes of phones; documented with every report. */
#define FOOTPRINT_BODY_LOSS_DB   3.0 /* hand and body */
#define FOOTPRINT_PHONE_EIRP_DBM 15.0
#define FOOTPRINT_PHONE_HEIGHT_M 1.5
#define FOOTPRINT_AP_GAIN_DBI    3.0
#define FOOTPRINT_AP_SENSITIVITY -82.0 /* dBm, MCS 0 at 20 MHz */
#define FOOTPRINT_RANGE_MAX_M    400.0 /* nobody is served farther away */

/* The same for people: goes into every report that can carry it. */
#define FOOTPRINT_MODEL_TEXT                                                                                 \
    "ITU-R P.1411-12 4.1.1 (line of sight and residential without), mixed by TR 38.901 UMi P_LOS; indoor "   \
    "access points with ITU-R P.2109-2 median entry loss"
#define FOOTPRINT_RULE_TEXT                                                                                  \
    "share of the cell served, by service probability of the best server at 16 places; delivered: times "    \
    "measured availability"

struct transmitter {
    double f_ghz;
    double eirp_dbm;
    double height_m;
    bool is_indoor;
};

/* Carrier that a band is computed with: 2.4 -> 2.437, 5 -> 5.6, 6 -> 6.1 GHz; another band is itself. */
double band_frequency(double band_ghz);
/* EIRP that German rules allow and planners use, for a radio whose power is not known. */
double band_default_eirp(double band_ghz, bool is_indoor);

/* Probability, 0..1, that the level at horizontal distance d_m reaches threshold_dbm and the uplink holds. */
double footprint_probability(const struct transmitter *t, double d_m, double threshold_dbm);
/* Median level in dBm, line of sight and without mixed by their probability. */
double footprint_level(const struct transmitter *t, double d_m);

#endif
