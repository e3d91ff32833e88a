/* SPDX-License-Identifier: GPL-3.0-or-later */
/* footprint.c - service probability around one radio. Pure arithmetic. */
#include "coverage/footprint.h"

#include <math.h>

#include "coverage/propagation.h"

enum { BAND_COUNT = 3 };

static const struct {
    double band_ghz, f_ghz, outdoor_dbm, indoor_dbm;
} bands[BAND_COUNT] = {{2.4, 2.437, 20, 20}, {5, 5.6, 30, 23}, {6, 6.1, 14, 23}};

double band_frequency(double band_ghz)
{
    for (int i = 0; i < BAND_COUNT; i++)
        if (fabs(bands[i].band_ghz - band_ghz) < 0.5)
            return bands[i].f_ghz;
    return band_ghz;
}

double band_default_eirp(double band_ghz, bool is_indoor)
{
    for (int i = 0; i < BAND_COUNT; i++)
        if (fabs(bands[i].band_ghz - band_ghz) < 0.5)
            return is_indoor ? bands[i].indoor_dbm : bands[i].outdoor_dbm;
    return 14;
}

/* The 3-D distance, not below what P.1411 was measured at. */
static double slant_range(const struct transmitter *t, double d_m)
{
    return fmax(hypot(d_m, t->height_m - FOOTPRINT_PHONE_HEIGHT_M), path_info(PATH_P1411_LOS_URBAN)->d_min_m);
}

static double median_loss(const struct transmitter *t, enum path_model model, double d_m)
{
    double range = slant_range(t, d_m);
    double loss = fmax(path_loss(model, t->f_ghz, range), path_loss(PATH_FREE_SPACE, t->f_ghz, range));

    return t->is_indoor ? loss + building_entry_loss(BUILDING_TRADITIONAL, t->f_ghz, 0, 0.5) : loss;
}

static double largest_loss(const struct transmitter *t, double threshold_dbm)
{
    double downlink = t->eirp_dbm - threshold_dbm;
    double uplink = FOOTPRINT_PHONE_EIRP_DBM + FOOTPRINT_AP_GAIN_DBI - FOOTPRINT_AP_SENSITIVITY;

    return fmin(downlink, uplink) - FOOTPRINT_BODY_LOSS_DB;
}

static double model_probability(const struct transmitter *t, enum path_model model, double d_m,
                                double threshold_dbm)
{
    return normal_q((median_loss(t, model, d_m) - largest_loss(t, threshold_dbm)) / path_info(model)->sigma);
}

double footprint_probability(const struct transmitter *t, double d_m, double threshold_dbm)
{
    double p_los = umi_los_probability(d_m);

    if (d_m > FOOTPRINT_RANGE_MAX_M)
        return 0;
    return p_los * model_probability(t, PATH_P1411_LOS_URBAN, d_m, threshold_dbm) +
           (1 - p_los) * model_probability(t, PATH_P1411_NLOS_RESIDENTIAL, d_m, threshold_dbm);
}

double footprint_level(const struct transmitter *t, double d_m)
{
    double p_los = umi_los_probability(d_m);
    double loss = p_los * median_loss(t, PATH_P1411_LOS_URBAN, d_m) +
                  (1 - p_los) * median_loss(t, PATH_P1411_NLOS_RESIDENTIAL, d_m);

    return t->eirp_dbm - loss - FOOTPRINT_BODY_LOSS_DB;
}
