/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ogc_query.c - reads and compares boxes and times. Pure. */
#include "dashboards/ogc_query.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

#include "lib/base/strx.h"
#include "lib/base/timex.h"

enum { NUMBERS_MAX = 6, NUMBER_SIZE = 32, TIME_SIZE = 40 };

/* The piece up to `end` goes to out; false: it is too long. */
static bool cut(const char *text, size_t len, char *out, size_t size)
{
    if (len >= size)
        return false;
    memcpy(out, text, len);
    out[len] = '\0';
    return true;
}

static enum err read_numbers(const char *text, double numbers[NUMBERS_MAX], size_t *count)
{
    char piece[NUMBER_SIZE];

    for (*count = 0; *count < NUMBERS_MAX; text++) {
        size_t len = strcspn(text, ",");
        if (!cut(text, len, piece, sizeof piece) || strx_to_double(piece, &numbers[*count]) != ERR_OK ||
            !isfinite(numbers[*count]))
            return ERR_MALFORMED;
        ++*count;
        text += len;
        if (*text == '\0')
            return ERR_OK;
    }
    return ERR_MALFORMED;
}

enum err ogc_box_parse(const char *text, struct ogc_box *out)
{
    double n[NUMBERS_MAX];
    size_t count;
    enum err e = read_numbers(text, n, &count);

    if (e)
        return e;
    if (count != 4 && count != 6)
        return ERR_MALFORMED;
    const struct ogc_box box = {n[0], n[1], n[count / 2], n[count / 2 + 1]};
    if (fabs(box.west) > 180 || fabs(box.east) > 180 || fabs(box.south) > 90 || fabs(box.north) > 90 ||
        box.south > box.north)
        return ERR_RANGE;
    *out = box;
    return ERR_OK;
}

static enum err read_end(const char *text, size_t len, ns_t open, ns_t *out)
{
    char piece[TIME_SIZE];

    if (!cut(text, len, piece, sizeof piece))
        return ERR_MALFORMED;
    if (piece[0] == '\0' || strcmp(piece, "..") == 0) {
        *out = open;
        return ERR_OK;
    }
    return timex_parse(piece, out) == ERR_OK ? ERR_OK : ERR_MALFORMED;
}

enum err ogc_time_parse(const char *text, struct ogc_time *out)
{
    const char *slash = strchr(text, '/');
    struct ogc_time time;
    enum err e;

    if (!slash) {
        if (timex_parse(text, &time.from) != ERR_OK)
            return ERR_MALFORMED;
        *out = (struct ogc_time){time.from, time.from};
        return ERR_OK;
    }
    e = read_end(text, (size_t)(slash - text), INT64_MIN, &time.from);
    if (e == ERR_OK)
        e = read_end(slash + 1, strlen(slash + 1), INT64_MAX, &time.to);
    if (e)
        return e;
    if (time.from > time.to)
        return ERR_RANGE;
    *out = time;
    return ERR_OK;
}

bool ogc_box_overlaps(const struct ogc_box *query, const struct ogc_box *feature)
{
    bool is_beside = query->west <= query->east ? feature->west > query->east || feature->east < query->west
                                                : feature->west > query->east && feature->east < query->west;

    return !is_beside && feature->south <= query->north && feature->north >= query->south;
}

struct ogc_box ogc_box_empty(void)
{
    return (struct ogc_box){INFINITY, INFINITY, -INFINITY, -INFINITY};
}

void ogc_box_widen(struct ogc_box *box, double lon, double lat)
{
    box->west = fmin(box->west, lon);
    box->south = fmin(box->south, lat);
    box->east = fmax(box->east, lon);
    box->north = fmax(box->north, lat);
}

struct ogc_box ogc_box_of(const struct ogc_point *points, size_t count)
{
    struct ogc_box box = ogc_box_empty();

    for (size_t i = 0; i < count; i++)
        ogc_box_widen(&box, points[i].lon, points[i].lat);
    return box;
}
