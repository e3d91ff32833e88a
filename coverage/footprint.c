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

void transmitter_prepare(struct transmitter *t, double entry_db)
{
    double median = building_entry_loss(BUILDING_TRADITIONAL, t->f_ghz, 0, 0.5);
    double more = entry_db > 0 ? entry_db - median : 0;

    t->wall_db = t->is_indoor ? median + more : 0;
    for (int i = 0; i < FOOTPRINT_ENTRY_STEPS; i++) {
        double p = (i + 0.5) / FOOTPRINT_ENTRY_STEPS;
        t->entry_db[i] = fmax(building_entry_loss(BUILDING_TRADITIONAL, t->f_ghz, 0, p) + more, 0);
    }
}

/* ---- one path ---- */

static void p1411_link(const struct transmitter *t, double d_m, struct footprint_link *l)
{
    enum path_model models[] = {t->is_above_roofs ? PATH_P1411_ROOF_LOS : PATH_P1411_LOS_URBAN,
                                t->is_above_roofs ? PATH_P1411_ROOF_NLOS : PATH_P1411_NLOS_RESIDENTIAL};
    /* The 3-D distance, not below what P.1411 was measured at. */
    double range =
        fmax(hypot(d_m, t->height_m - FOOTPRINT_PHONE_HEIGHT_M), path_info(PATH_P1411_LOS_URBAN)->d_min_m);

    for (int i = 0; i < 2; i++) {
        l->loss_db[i] =
            fmax(path_loss(models[i], t->f_ghz, range), path_loss(PATH_FREE_SPACE, t->f_ghz, range));
        l->sigma_db[i] = path_info(models[i])->sigma;
    }
    l->loss_db[1] =
        fmax(l->loss_db[1], l->loss_db[0]); /* the formulas cross below 15 m, from roofs below 45 m */
    l->is_valid = path_is_valid(models[l->p_los >= 0.5 ? 0 : 1], t->f_ghz, range);
}

static void umi_link(const struct transmitter *t, double d_m, struct footprint_link *l)
{
    double h_bs = fmax(t->height_m, 2); /* the breakpoint is not defined below 1 m */
    double free_space =
        path_loss(PATH_FREE_SPACE, t->f_ghz, fmax(hypot(d_m, h_bs - FOOTPRINT_PHONE_HEIGHT_M), 1));

    l->loss_db[0] = fmax(umi_loss_los(t->f_ghz, d_m, h_bs, FOOTPRINT_PHONE_HEIGHT_M), free_space);
    l->loss_db[1] = fmax(umi_loss_nlos(t->f_ghz, d_m, h_bs, FOOTPRINT_PHONE_HEIGHT_M), free_space);
    l->sigma_db[0] = UMI_SIGMA_LOS;
    l->sigma_db[1] = UMI_SIGMA_NLOS;
    l->is_valid = umi_is_valid(t->f_ghz, d_m, FOOTPRINT_PHONE_HEIGHT_M);
}

static double beside_main_direction(const struct transmitter *t, const struct footprint_path *path)
{
    double rise = FOOTPRINT_PHONE_HEIGHT_M - t->height_m;

    if (t->antenna.beamwidth_deg <= 0 && t->antenna.beamwidth_v_deg <= 0)
        return 0;
    return antenna_loss(&t->antenna, path->bearing_deg, atan2(rise, fmax(path->d_m, 0.1)) * 180 / M_PI);
}

void footprint_link(const struct transmitter *t, const struct footprint_path *path, struct footprint_link *l)
{
    double more = beside_main_direction(t, path) + t->wall_db;

    *l = (struct footprint_link){.room_db = NAN, .is_nothing = path->d_m > FOOTPRINT_RANGE_MAX_M};
    if (l->is_nothing)
        return;
    l->p_los = path->sight == SIGHT_UNKNOWN ? umi_los_probability(path->d_m) : path->sight == SIGHT_CLEAR;
    if (t->model == FOOTPRINT_UMI)
        umi_link(t, path->d_m, l);
    else
        p1411_link(t, path->d_m, l);
    l->loss_db[0] += more;
    l->loss_db[1] += more;
    if (t->is_indoor && path->is_one_roof) {
        double range = fmax(path->d_m, path_info(PATH_P1238_OFFICE_NLOS)->d_min_m);
        l->room_db = path_loss(PATH_P1238_OFFICE_NLOS, t->f_ghz, range) + more - t->wall_db;
    }
}

/* ---- what comes of it ---- */

static double largest_loss(const struct transmitter *t, double threshold_dbm)
{
    double gain = t->antenna.gain_dbi != 0 ? t->antenna.gain_dbi : FOOTPRINT_AP_GAIN_DBI;
    double downlink = t->eirp_dbm - threshold_dbm;
    double uplink = FOOTPRINT_PHONE_EIRP_DBM + gain - FOOTPRINT_AP_SENSITIVITY;

    return fmin(downlink, uplink) - FOOTPRINT_BODY_LOSS_DB;
}

/* Mixed by the probability of line of sight, with that much more loss than outdoors. The recommendations give
 * paths without line of sight the smaller spread in places; they still never serve better than those with. */
static double mixed_probability(const struct footprint_link *l, double more_db, double most_db)
{
    double clear = normal_q((l->loss_db[0] + more_db - most_db) / l->sigma_db[0]);
    double blocked = l->p_los < 1 ? normal_q((l->loss_db[1] + more_db - most_db) / l->sigma_db[1]) : 0;

    return l->p_los * clear + (1 - l->p_los) * fmin(blocked, clear);
}

double footprint_outdoors(const struct transmitter *t, const struct footprint_link *l, double threshold_dbm)
{
    return l->is_nothing ? 0 : mixed_probability(l, 0, largest_loss(t, threshold_dbm));
}

double footprint_indoors(const struct transmitter *t, const struct footprint_link *l, double threshold_dbm)
{
    double most = largest_loss(t, threshold_dbm), sum = 0;

    if (l->is_nothing)
        return 0;
    if (!isnan(l->room_db))
        return normal_q((l->room_db - most) / path_info(PATH_P1238_OFFICE_NLOS)->sigma);
    for (int i = 0; i < FOOTPRINT_ENTRY_STEPS; i++) {
        double p = mixed_probability(l, t->entry_db[i], most);
        if (p < 1e-9)
            break; /* entry losses ascend */
        sum += p;
    }
    return sum / FOOTPRINT_ENTRY_STEPS;
}

double footprint_level(const struct transmitter *t, const struct footprint_link *l)
{
    double loss = l->p_los * l->loss_db[0] + (1 - l->p_los) * l->loss_db[1];

    return l->is_nothing ? -INFINITY : t->eirp_dbm - loss - FOOTPRINT_BODY_LOSS_DB;
}
