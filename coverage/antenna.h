/* SPDX-License-Identifier: GPL-3.0-or-later */
/* antenna.h - how much less an antenna sends beside its main direction. Pure.
 *
 * 3GPP TR 36.814, table A.2.1.1-2: 12 (angle / beamwidth)^2 dB, at most 25 dB in the horizontal and 20 dB in
 * the vertical plane, at most 25 dB in sum. */
#ifndef NW_COVERAGE_ANTENNA_H
#define NW_COVERAGE_ANTENNA_H

struct antenna {
    double gain_dbi;        /* in the main direction */
    double azimuth_deg;     /* of the main direction, clockwise from north */
    double tilt_deg;        /* below the horizon */
    double beamwidth_deg;   /* horizontal, 3 dB; 0 = omnidirectional */
    double beamwidth_v_deg; /* vertical, 3 dB; 0 = the same upwards and downwards */
};

/* Loss against the main direction, 0..25 dB; bearing clockwise from north, elevation above the horizon. */
double antenna_loss(const struct antenna *a, double bearing_deg, double elevation_deg);

#endif
