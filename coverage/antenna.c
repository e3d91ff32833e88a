/* SPDX-License-Identifier: GPL-3.0-or-later */
/* antenna.c - antenna patterns. Pure arithmetic. */
#include "coverage/antenna.h"

#include <math.h>

#define FRONT_TO_BACK_DB 25.0
#define SIDE_LOBE_DB     20.0

static double plane_loss(double angle_deg, double beamwidth_deg, double most)
{
    double relative = angle_deg / beamwidth_deg;

    return beamwidth_deg > 0 ? fmin(12 * relative * relative, most) : 0;
}

double antenna_loss(const struct antenna *a, double bearing_deg, double elevation_deg)
{
    double side = remainder(bearing_deg - a->azimuth_deg, 360);
    double loss = plane_loss(side, a->beamwidth_deg, FRONT_TO_BACK_DB) +
                  plane_loss(elevation_deg + a->tilt_deg, a->beamwidth_v_deg, SIDE_LOBE_DB);

    return fmin(loss, FRONT_TO_BACK_DB);
}
