/* SPDX-License-Identifier: GPL-3.0-or-later */
/* value.c - numbers out of what agents send. Pure, no allocation. */
#include "collector/value.h"

#include <ctype.h>
#include <math.h>
#include <string.h>
#include <strings.h>

/* Spellings of units in agents' texts. Longer ones first where one begins like the other; compared without
 * case except where the case decides (mW and MW). */
static const struct spelling {
    const char *text, *unit;
    double factor;
    bool is_cased;
} spellings[] = {
    {"degrees C", "Cel", 1, false},
    {"degree C", "Cel", 1, false},
    {"deg C", "Cel", 1, false},
    {"Celsius", "Cel", 1, false},
    {"degrees F", "[degF]", 1, false},
    {"deg F", "[degF]", 1, false},
    {"Fahrenheit", "[degF]", 1, false},
    {"\xc2\xb0"
     "C",
     "Cel", 1, false},
    {"\xc2\xb0"
     "F",
     "[degF]", 1, false},
    {"\xb0"
     "C",
     "Cel", 1, false},
    {"C", "Cel", 1, true},
    {"F", "[degF]", 1, true},
    {"dBm", "dBm", 1, false},
    {"dBi", "dB", 1, false},
    {"dB", "dB", 1, false},
    {"mVolts", "V", 1e-3, false},
    {"Volts", "V", 1, false},
    {"Volt", "V", 1, false},
    {"mV", "V", 1e-3, true},
    {"uV", "V", 1e-6, true},
    {"kV", "V", 1e3, true},
    {"VA", "VA", 1, true},
    {"kVA", "VA", 1e3, true},
    {"V", "V", 1, false},
    {"mAmps", "A", 1e-3, false},
    {"Amps", "A", 1, false},
    {"mA", "A", 1e-3, true},
    {"uA", "A", 1e-6, true},
    {"A", "A", 1, false},
    {"mWatts", "W", 1e-3, false},
    {"Watts", "W", 1, false},
    {"Watt", "W", 1, false},
    {"mW", "W", 1e-3, true},
    {"uW", "W", 1e-6, true},
    {"nW", "W", 1e-9, true},
    {"kW", "W", 1e3, true},
    {"W", "W", 1, true},
    {"GHz", "Hz", 1e9, false},
    {"MHz", "Hz", 1e6, false},
    {"kHz", "Hz", 1e3, false},
    {"Hz", "Hz", 1, false},
    {"Gbps", "bit/s", 1e9, false},
    {"Mbps", "bit/s", 1e6, false},
    {"kbps", "bit/s", 1e3, false},
    {"Mbit/s", "bit/s", 1e6, false},
    {"Gbit/s", "bit/s", 1e9, false},
    {"Kbytes", "By", 1024, false},
    {"KiB", "By", 1024, false},
    {"MiB", "By", 1048576, false},
    {"GiB", "By", 1073741824, false},
    {"KB", "By", 1024, false},
    {"MB", "By", 1048576, false},
    {"GB", "By", 1073741824, false},
    {"RPM", "rpm", 1, false},
    {"secs", "s", 1, false},
    {"sec", "s", 1, false},
    {"minutes", "s", 60, false},
    {"mins", "s", 60, false},
    {"min", "s", 60, false},
    {"ms", "s", 1e-3, true},
    {"s", "s", 1, true},
    {"km", "m", 1e3, true},
    {"nm", "m", 1e-9, true},
    {"m", "m", 1, true},
    {"%", "%", 1, false},
};

/* The unit that text begins with, blanks skipped; NULL if none. A letter behind it makes it another word. */
static const struct spelling *unit_at(const char *text, size_t len)
{
    size_t skip = 0;

    while (skip < len && (text[skip] == ' ' || text[skip] == '\t'))
        skip++;
    text += skip;
    len -= skip;
    for (size_t i = 0; i < ARRAY_LEN(spellings); i++) {
        const struct spelling *s = &spellings[i];
        size_t n = strlen(s->text);
        bool is_equal;

        if (n > len)
            continue;
        is_equal = s->is_cased ? memcmp(text, s->text, n) == 0 : strncasecmp(text, s->text, n) == 0;
        if (is_equal && (n == len || !isalpha((unsigned char)text[n]) || s->text[0] == '%'))
            return s;
    }
    return NULL;
}

/* A decimal number at text: sign, digits, fraction, exponent. Returns how many bytes it takes, 0: none. */
static size_t number_at(const char *text, size_t len, double *out)
{
    size_t i = 0, digits = 0;
    double value = 0, place = 1;
    bool is_negative = false;

    if (i < len && (text[i] == '-' || text[i] == '+'))
        is_negative = text[i++] == '-';
    for (; i < len && isdigit((unsigned char)text[i]); i++, digits++)
        value = value * 10 + (text[i] - '0');
    if (digits && i + 1 < len && text[i] == '.' && isdigit((unsigned char)text[i + 1]))
        for (i++; i < len && isdigit((unsigned char)text[i]); i++) {
            place /= 10;
            value += (text[i] - '0') * place;
        }
    if (digits == 0 || digits > 30)
        return 0;
    if (i + 2 < len && (text[i] == 'e' || text[i] == 'E') && (text[i + 1] == '-' || text[i + 1] == '+') &&
        isdigit((unsigned char)text[i + 2])) {
        int exponent = 0;
        bool is_small = text[i + 1] == '-';

        for (i += 2; i < len && isdigit((unsigned char)text[i]); i++)
            exponent = exponent < 300 ? exponent * 10 + (text[i] - '0') : 300;
        value *= pow(10, is_small ? -exponent : exponent);
    }
    *out = is_negative ? -value : value;
    return i;
}

enum quality_reason value_from_text(const char *text, size_t len, const char *unit, double *out,
                                    bool *has_unit)
{
    bool has_plain = false, has_other = false, is_first = true;
    double plain = 0, number;

    for (size_t i = 0; i < len;) {
        size_t n = number_at(text + i, len - i, &number);
        const struct spelling *s;

        if (n == 0 || (i && isalpha((unsigned char)text[i - 1]))) {
            i += n ? n : 1; /* a digit inside a word ("CPU1") is no reading */
            continue;
        }
        if (i + n + 1 < len && text[i + n] == '.' && isdigit((unsigned char)text[i + n + 1])) {
            for (i += n; i < len && (text[i] == '.' || isdigit((unsigned char)text[i]));)
                i++; /* "1.4.12" is a version or an address; its last part is no "12 V" */
            is_first = false;
            continue;
        }
        i += n;
        if (!unit) {
            *out = number;
            *has_unit = false;
            return QUALITY_OK;
        }
        s = unit_at(text + i, len - i);
        if (s && strcmp(s->unit, unit) == 0) {
            *out = number * s->factor;
            *has_unit = true;
            return QUALITY_OK;
        }
        if (s)
            has_other = true;
        else if (is_first) {
            has_plain = true;
            plain = number;
        }
        is_first = false;
    }
    *has_unit = false;
    if (has_plain) {
        *out = plain;
        return QUALITY_OK;
    }
    return has_other ? QUALITY_UNIT_UNKNOWN : QUALITY_UNPARSABLE;
}

/* Net-SNMP's opaque-wrapped floats: 9f 78 04 + IEEE single, 9f 79 08 + double (draft-perkins-opaque-01). */
static bool opaque_number(const struct varbind *vb, double *out)
{
    uint64_t bits = 0;
    size_t size;

    if (vb->len < 3 || vb->bytes[0] != 0x9f)
        return false;
    size = vb->bytes[2];
    if (vb->len != 3 + size || !((vb->bytes[1] == 0x78 && size == 4) || (vb->bytes[1] == 0x79 && size == 8)))
        return false;
    for (size_t i = 0; i < size; i++)
        bits = bits << 8 | vb->bytes[3 + i];
    if (size == 4) {
        uint32_t half = (uint32_t)bits;
        float f;

        memcpy(&f, &half, sizeof f);
        *out = (double)f;
    } else {
        memcpy(out, &bits, sizeof *out);
    }
    return isfinite(*out);
}

bool value_from_varbind(const struct varbind *vb, double *out)
{
    switch (vb->type) {
    case SNMP_INTEGER: *out = (double)vb->integer; return true;
    case SNMP_COUNTER32:
    case SNMP_GAUGE32:
    case SNMP_TIMETICKS:
    case SNMP_COUNTER64: *out = (double)vb->number; return true;
    case SNMP_OPAQUE: return opaque_number(vb, out);
    default: return false;
    }
}

double value_channel_hz(double channel, double band_ghz)
{
    if (!(channel >= 1 && channel <= 233))
        return 0;
    if (band_ghz < 3)
        return channel > 14 ? 0 : channel > 13 ? 2484e6 : (2407 + 5 * channel) * 1e6;
    if (band_ghz < 5.9)
        return channel > 196 ? 0 : (5000 + 5 * channel) * 1e6;
    return (5950 + 5 * channel) * 1e6;
}

double value_si_factor(double scale, double precision)
{
    if (!(scale >= 1 && scale <= 17) || !(precision >= -8 && precision <= 9))
        return NAN;
    return pow(10, 3 * (scale - 9) - precision);
}

bool value_is_type_limit(double raw)
{
    static const double limits[] = {65535, 32767, -32768, 2147483647.0, -2147483648.0, 4294967295.0};

    for (size_t i = 0; i < ARRAY_LEN(limits); i++)
        if (raw == limits[i])
            return true;
    return false;
}
