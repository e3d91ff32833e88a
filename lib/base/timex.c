/* SPDX-License-Identifier: GPL-3.0-or-later */
/* timex.c - RFC 3339 times. Pure. */
#include "lib/base/timex.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "lib/base/strx.h"

void timex_rfc3339(ns_t wall, char out[TIMEX_RFC3339_SIZE])
{
    time_t seconds = (time_t)(wall / SECONDS);
    int ms = (int)(wall % SECONDS / MILLISECONDS);
    char date[20];
    struct tm tm;

    if (ms < 0) {
        ms += 1000;
        seconds--;
    }
    if (!gmtime_r(&seconds, &tm) || strftime(date, sizeof date, "%Y-%m-%dT%H:%M:%S", &tm) == 0) {
        strx_copy(out, TIMEX_RFC3339_SIZE, "1970-01-01T00:00:00.000Z");
        return;
    }
    snprintf(out, TIMEX_RFC3339_SIZE, "%s.%03dZ", date, ms);
}

/* ".123456" -> nanoseconds; *text moves behind it. */
static ns_t parse_fraction(const char **text)
{
    ns_t unit = SECONDS / 10, sum = 0;

    if (**text != '.')
        return 0;
    for ((*text)++; **text >= '0' && **text <= '9'; (*text)++, unit /= 10)
        sum += (**text - '0') * unit;
    return sum;
}

/* "Z" or "+02:00" -> seconds east of UTC. */
static enum err parse_offset(const char *text, int *seconds_east)
{
    int hours, minutes, used = 0;
    char sign;

    if (strcmp(text, "Z") == 0 || strcmp(text, "z") == 0) {
        *seconds_east = 0;
        return ERR_OK;
    }
    if (sscanf(text, "%c%2d:%2d%n", &sign, &hours, &minutes, &used) != 3 || text[used] ||
        (sign != '+' && sign != '-') || hours > 23 || minutes > 59)
        return ERR_MALFORMED;
    *seconds_east = (hours * 3600 + minutes * 60) * (sign == '-' ? -1 : 1);
    return ERR_OK;
}

enum err timex_parse(const char *text, ns_t *wall)
{
    struct tm tm = {0};
    int used = 0, seconds_east;
    uint64_t seconds;
    ns_t fraction;

    if (strx_to_u64(text, &seconds) == ERR_OK) {
        if (seconds > (uint64_t)(INT64_MAX / SECONDS))
            return ERR_RANGE;
        *wall = (ns_t)seconds * SECONDS;
        return ERR_OK;
    }
    if (sscanf(text, "%4d-%2d-%2d%*1[Tt ]%2d:%2d:%2d%n", &tm.tm_year, &tm.tm_mon, &tm.tm_mday, &tm.tm_hour,
               &tm.tm_min, &tm.tm_sec, &used) != 6)
        return ERR_MALFORMED;
    if (tm.tm_year < 1970 || tm.tm_year > 2200 || tm.tm_mon < 1 || tm.tm_mon > 12 || tm.tm_mday < 1 ||
        tm.tm_mday > 31 || tm.tm_hour > 23 || tm.tm_min > 59 || tm.tm_sec > 60)
        return ERR_RANGE;
    text += used;
    fraction = parse_fraction(&text);
    if (parse_offset(text, &seconds_east))
        return ERR_MALFORMED;
    tm.tm_year -= 1900;
    tm.tm_mon -= 1;
    *wall = ((ns_t)timegm(&tm) - seconds_east) * SECONDS + fraction;
    return ERR_OK;
}
