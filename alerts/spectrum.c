/* SPDX-License-Identifier: GPL-3.0-or-later */
/* spectrum.c - the table of German Wi-Fi bands. Pure. */
#include "alerts/spectrum.h"

#include <math.h>
#include <stddef.h>

#include "lib/base/err.h"

const char *const spectrum_fault_words[] = {"spectrum.ok",          "spectrum.forbidden",
                                            "spectrum.indoor_only", "spectrum.too_strong",
                                            "spectrum.unproven",    NULL};

/* MHz; limits of mean EIRP with transmit power control. */
static const struct band {
    double low, high, limit_dbm;
    bool is_indoor_only, needs_proof;
} bands[] = {
    {2400, 2483.5, 20, false, false}, {5150, 5350, 23, true, false},
    {5470, 5725, 30, false, false},   {5725, 5875, 14, false, true}, /* short-range devices: 25 mW */
    {5945, 6425, 23, true, false}, /* low power indoor; very low power is for portable ones alone */
};

double spectrum_frequency(double channel, double band_ghz)
{
    bool is_low = isnan(band_ghz) ? channel <= 14 : band_ghz < 4;

    if (!(channel >= 1 && channel <= 233))
        return NAN;
    if (is_low)
        return channel == 14 ? 2484e6 : channel < 14 ? (2407 + 5 * channel) * 1e6 : NAN;
    return ((!isnan(band_ghz) && band_ghz > 5.9 ? 5950 : 5000) + 5 * channel) * 1e6;
}

enum spectrum_fault spectrum_check(double frequency_hz, double eirp_dbm, bool is_outdoor, double *limit_dbm)
{
    double mhz = frequency_hz / 1e6;
    const struct band *b = NULL;

    for (size_t i = 0; i < ARRAY_LEN(bands); i++)
        if (mhz >= bands[i].low && mhz <= bands[i].high)
            b = &bands[i];
    if (limit_dbm)
        *limit_dbm = b ? b->limit_dbm : NAN;
    if (isnan(mhz))
        return SPECTRUM_OK;
    if (!b)
        return SPECTRUM_FORBIDDEN;
    if (b->is_indoor_only && is_outdoor)
        return SPECTRUM_INDOOR_ONLY;
    if (isnan(eirp_dbm))
        return b->needs_proof ? SPECTRUM_UNPROVEN : SPECTRUM_OK;
    /* half a dB for the rounding of agents */
    return eirp_dbm > b->limit_dbm + 0.5 ? SPECTRUM_TOO_STRONG : SPECTRUM_OK;
}

static char upper(char c)
{
    return c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
}

static bool is_letter(char c)
{
    return upper(c) >= 'A' && upper(c) <= 'Z';
}

enum country_verdict spectrum_country(const char *told, const char *expected)
{
    static const char *const regions[] = {"EU", "WW", "XX", "ZZ"};
    char code[3] = "";

    if (!is_letter(told[0]) || !is_letter(told[1]))
        return COUNTRY_UNTOLD;
    if (told[2] &&
        (is_letter(told[2]) ? told[3] || !(upper(told[2]) == 'I' || upper(told[2]) == 'O') : told[2] != ' '))
        return COUNTRY_UNTOLD; /* a word: "Default" */
    code[0] = upper(told[0]);
    code[1] = upper(told[1]);
    for (size_t i = 0; i < ARRAY_LEN(regions); i++)
        if (code[0] == regions[i][0] && code[1] == regions[i][1])
            return COUNTRY_UNTOLD;
    return code[0] == upper(expected[0]) && code[1] == upper(expected[1]) ? COUNTRY_SAME : COUNTRY_OTHER;
}

bool spectrum_needs_dfs(double frequency_hz)
{
    double mhz = frequency_hz / 1e6;

    return (mhz > 5250 && mhz <= 5350) || (mhz >= 5470 && mhz <= 5725);
}
