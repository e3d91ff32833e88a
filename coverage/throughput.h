/* SPDX-License-Identifier: GPL-3.0-or-later */
/* throughput.h - what a level is worth to one phone, in Mbit/s. Pure.
 *
 * Minimum sensitivities and data rates of IEEE 802.11ax (MCS 0 to 11, 20 MHz, guard interval 0.8 us); 3 dB
 * more are needed for each doubling of the width, and as many as the noise lies above THROUGHPUT_NOISE_DBM.
 * Net is 0.6 of the physical rate, in the air time that is left. */
#ifndef NW_COVERAGE_THROUGHPUT_H
#define NW_COVERAGE_THROUGHPUT_H

#define THROUGHPUT_NOISE_DBM -95.0

struct throughput_channel {
    int width_mhz;      /* 20, 40, 80, 160; 0 = 20 */
    int streams;        /* spatial, 1 to 8; 0 = 2 */
    double noise_dbm;   /* as the access point tells; NAN or 0 = THROUGHPUT_NOISE_DBM */
    double utilisation; /* of the channel, 0..1, as measured; NAN = 0 */
};

/* Index of the fastest coding that the level carries, 0..11; -1: none. */
int throughput_mcs(const struct throughput_channel *c, double level_dbm);
/* Rate on the air, Mbit/s; 0 where nothing is carried. */
double throughput_physical(const struct throughput_channel *c, double level_dbm);
/* Net rate of one user among `users` active ones (at least 1), Mbit/s. */
double throughput_net(const struct throughput_channel *c, double level_dbm, double users);

#endif
