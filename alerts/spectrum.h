/* SPDX-License-Identifier: GPL-3.0-or-later */
/* spectrum.h - what a Wi-Fi radio may do in Germany: band, place, mean EIRP.
 *
 * Sources: BNetzA general assignments for WLAN: 2400-2483.5 MHz (EN 300 328), 5150-5350 and 5470-5725 MHz
 * (Commission Implementing Decision (EU) 2022/179), 5725-5850/5875 MHz short-range devices (ERC/REC 70-03),
 * 5945-6425 MHz (EU) 2021/1067. Only what the operator of a fixed access point must keep is checked. Pure. */
#ifndef NW_ALERTS_SPECTRUM_H
#define NW_ALERTS_SPECTRUM_H

#include <stdbool.h>

enum spectrum_fault {
    SPECTRUM_OK,
    SPECTRUM_FORBIDDEN,   /* no Wi-Fi there in Germany */
    SPECTRUM_INDOOR_ONLY, /* a fixed antenna outdoors on 5150-5350 or 5945-6425 MHz */
    SPECTRUM_TOO_STRONG,  /* over the limit of the band */
    SPECTRUM_UNPROVEN     /* 5725-5875 MHz, where 25 mW are allowed and access points send more; its power is
                             not known */
};
extern const char *const spectrum_fault_words[]; /* by enum spectrum_fault, NULL-terminated */

/* Hz of a channel number in the band (2.4, 5 or 6 GHz); NAN if there is no such channel. band NAN: channels
 * 1-14 are taken for 2.4 GHz, others for 5 GHz (the numbers overlap with 6 GHz). */
double spectrum_frequency(double channel, double band_ghz);

/* frequency_hz: centre of the (primary) channel; NAN: SPECTRUM_OK. eirp_dbm: mean EIRP, or what is known of
 * it at least; NAN: not checked. *limit_dbm (may be NULL): of that band, NAN if there is none. */
enum spectrum_fault spectrum_check(double frequency_hz, double eirp_dbm, bool is_outdoor, double *limit_dbm);

enum country_verdict {
    COUNTRY_UNTOLD, /* no country: empty, a region ("EU", "00" for the world), a number, words */
    COUNTRY_SAME,
    COUNTRY_OTHER
};

/* told: as agents say it: ISO 3166-1 alpha-2, mostly followed by nothing, a space, or the third octet of
 * dot11CountryString (IEEE 802.11: I indoor, O outdoor). ASCII case does not matter. */
enum country_verdict spectrum_country(const char *told, const char *expected);

/* Must a radio look out for radar there? 5250-5350 and 5470-5725 MHz (EN 301 893). */
bool spectrum_needs_dfs(double frequency_hz);

#endif
