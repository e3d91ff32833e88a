/* SPDX-License-Identifier: GPL-3.0-or-later */
/* footprint.h - how likely a phone is served by an access point at a distance, in the street and in a
 * building. Pure.
 *
 * Outdoors: ITU-R P.1411 4.1.1 (4.2.1 from above the roofs), or 3GPP TR 38.901 UMi; with and without line of
 * sight. Where nobody says which, both are mixed by the probability of line of sight (TR 38.901 UMi). Loss is
 * never below free space. A wall between outdoors and indoors costs the building entry loss of ITU-R P.2109
 * (traditional): its distribution for a phone in a building; its median for what an indoor access point sends
 * into the street. Under one roof with the access point: ITU-R P.1238 office without line of sight. The phone
 * transmits less than the access point: what its uplink cannot bridge is not served. */
#ifndef NW_COVERAGE_FOOTPRINT_H
#define NW_COVERAGE_FOOTPRINT_H

#include <stdbool.h>

#include "coverage/antenna.h"
#include "coverage/throughput.h"

/* What a planner assumes of phones; documented with every report. */
#define FOOTPRINT_BODY_LOSS_DB   3.0 /* hand and body */
#define FOOTPRINT_PHONE_EIRP_DBM 15.0
#define FOOTPRINT_PHONE_HEIGHT_M 1.5
#define FOOTPRINT_AP_GAIN_DBI    3.0
#define FOOTPRINT_AP_SENSITIVITY -82.0 /* dBm, MCS 0 at 20 MHz */
#define FOOTPRINT_RANGE_MAX_M    400.0 /* nobody is served farther away */
#define FOOTPRINT_ROOM_M         30.0 /* without footprints of buildings: under one roof within this distance */

/* The same for people: goes into every report that can carry it. */
#define FOOTPRINT_MODEL_TEXT                                                                                 \
    "ITU-R P.1411-12 4.1.1 (line of sight and residential without; 4.2.1 above the roofs), mixed by TR "     \
    "38.901 UMi P_LOS "                                                                                      \
    "where no footprints of buildings decide; ITU-R P.2109-2 entry loss of traditional buildings, "          \
    "P.1238-11 under one roof"
#define FOOTPRINT_UMI_TEXT                                                                                   \
    "3GPP TR 38.901 UMi street canyon, mixed by its P_LOS where no footprints of buildings decide; ITU-R "   \
    "P.2109-2 entry loss of traditional buildings, P.1238-11 under one roof"
#define FOOTPRINT_RULE_TEXT                                                                                  \
    "share of the cell served, by service probability of the best server in its squares; delivered: times "  \
    "measured availability"

enum footprint_model { FOOTPRINT_P1411, FOOTPRINT_UMI };
enum { FOOTPRINT_ENTRY_STEPS = 8 };

struct transmitter {
    double f_ghz;
    double eirp_dbm; /* in the main direction */
    double height_m;
    bool is_indoor, is_above_roofs;
    int model; /* enum footprint_model */
    struct antenna antenna;
    struct throughput_channel channel;
    double wall_db;                         /* these are transmitter_prepare()'s */
    double entry_db[FOOTPRINT_ENTRY_STEPS]; /* at the middles of equal shares of the distribution */
};

/* Computes what depends on the frequency alone; call it when the rest stands. entry_db: median building entry
 * loss as measured in this city; 0: P.2109's. */
void transmitter_prepare(struct transmitter *t, double entry_db);

/* Carrier that a band is computed with: 2.4 -> 2.437, 5 -> 5.6, 6 -> 6.1 GHz; another band is itself. */
double band_frequency(double band_ghz);
/* EIRP that German rules allow and planners use, for a radio whose power is not known. */
double band_default_eirp(double band_ghz, bool is_indoor);

enum footprint_sight { SIGHT_UNKNOWN, SIGHT_CLEAR, SIGHT_BLOCKED };

struct footprint_path {
    double d_m;         /* horizontal */
    double bearing_deg; /* from the access point, clockwise from north */
    enum footprint_sight sight;
    bool is_one_roof; /* the phone is in the access point's building, if that is indoors */
};

/* What one access point's radio is at one place; index 0: with line of sight, 1: without. */
struct footprint_link {
    double loss_db[2]; /* median, outdoors, antenna included */
    double sigma_db[2];
    double p_los;
    double room_db;  /* loss under one roof; NAN: not under one roof */
    bool is_valid;   /* the recommendation covers this frequency and distance */
    bool is_nothing; /* too far */
};

void footprint_link(const struct transmitter *t, const struct footprint_path *path,
                    struct footprint_link *out);

/* Probability, 0..1, that the level reaches threshold_dbm and the uplink holds, outdoors and in a building.
 */
double footprint_outdoors(const struct transmitter *t, const struct footprint_link *l, double threshold_dbm);
double footprint_indoors(const struct transmitter *t, const struct footprint_link *l, double threshold_dbm);
/* Median level outdoors in dBm, line of sight and without mixed by their probability. */
double footprint_level(const struct transmitter *t, const struct footprint_link *l);

#endif
