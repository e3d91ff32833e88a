/* SPDX-License-Identifier: GPL-3.0-or-later */
/* baseline.c - medians by hour of the week. Pure. */
#include "alerts/baseline.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "alerts/median.h"

enum { DAYS_OF_WEEK = 7, WORKING_DAYS = 5, POOL_MAX = WORKING_DAYS * BASELINE_WEEKS, FORMAT = 1 };

/* ---- learning ---- */

static bool close_hour(struct baseline *b)
{
    float *means = b->means[b->slot];

    if (!b->samples || b->is_spoiled)
        return false;
    if (b->count[b->slot] == BASELINE_WEEKS) {
        memmove(means, means + 1, (BASELINE_WEEKS - 1) * sizeof *means);
        b->count[b->slot]--;
    }
    means[b->count[b->slot]++] = (float)(b->sum / b->samples);
    return true;
}

static bool enter_hour(struct baseline *b, int64_t hour, int slot)
{
    bool is_learned;

    if (hour == b->hour)
        return false;
    is_learned = close_hour(b);
    b->hour = hour;
    b->slot = slot;
    b->sum = 0;
    b->samples = 0;
    b->is_spoiled = false;
    return is_learned;
}

bool baseline_add(struct baseline *b, int64_t hour, int slot, double value)
{
    bool is_learned;

    if (hour < b->hour)
        return false; /* the clock went back: this hour has been counted */
    is_learned = enter_hour(b, hour, slot);
    b->sum += value;
    b->samples++;
    return is_learned;
}

bool baseline_spoil(struct baseline *b, int64_t hour, int slot)
{
    bool is_learned = hour > b->hour && enter_hour(b, hour, slot);

    b->is_spoiled = true;
    return is_learned;
}

/* ---- asking ---- */

static size_t pool(const struct baseline *b, int slot, bool is_alone, double values[POOL_MAX])
{
    int day = slot / 24, hour = slot % 24;
    int first = day < WORKING_DAYS ? 0 : WORKING_DAYS,
        last = day < WORKING_DAYS ? WORKING_DAYS : DAYS_OF_WEEK;
    size_t count = 0;

    for (int d = is_alone ? day : first; d < (is_alone ? day + 1 : last); d++)
        for (int w = 0; w < b->count[d * 24 + hour]; w++)
            values[count++] = (double)b->means[d * 24 + hour][w];
    return count;
}

bool baseline_usual(const struct baseline *b, int slot, double *median, double *spread)
{
    double values[POOL_MAX];
    size_t count = pool(b, slot, b->count[slot] >= BASELINE_LEAST, values);

    if (count < BASELINE_LEAST)
        return false;
    *median = median_of(values, count);
    for (size_t i = 0; i < count; i++)
        values[i] = fabs(values[i] - *median);
    *spread = MAD_TO_SIGMA * median_of(values, count);
    return true;
}

int baseline_hours_known(const struct baseline *b)
{
    int known = 0;

    for (int slot = 0; slot < HOURS_OF_WEEK; slot++)
        known += b->count[slot] > 0;
    return known;
}

/* ---- rows ---- */

void baseline_put(const struct baseline *b, struct buf *out)
{
    buf_u8(out, FORMAT);
    buf_le64(out, (uint64_t)b->hour);
    buf_u8(out, (uint8_t)b->slot);
    buf_le_double(out, b->sum);
    buf_le32(out, b->samples);
    buf_u8(out, b->is_spoiled);
    for (int slot = 0; slot < HOURS_OF_WEEK; slot++) {
        buf_u8(out, b->count[slot]);
        for (int w = 0; w < b->count[slot]; w++) {
            uint32_t bits;
            memcpy(&bits, &b->means[slot][w], sizeof bits);
            buf_le32(out, bits);
        }
    }
}

static void get_slots(struct baseline *b, struct wire *in)
{
    for (int slot = 0; slot < HOURS_OF_WEEK && !wire_error(in); slot++) {
        uint8_t count = wire_u8(in);
        if (count > BASELINE_WEEKS)
            wire_fail(in, ERR_MALFORMED);
        for (int w = 0; w < count && !wire_error(in); w++) {
            uint32_t bits = wire_le32(in);
            memcpy(&b->means[slot][w], &bits, sizeof bits);
            if (!isfinite(b->means[slot][w]))
                wire_fail(in, ERR_MALFORMED);
        }
        b->count[slot] = count;
    }
}

enum err baseline_get(struct baseline *b, struct wire *in)
{
    memset(b, 0, sizeof *b);
    if (wire_u8(in) != FORMAT)
        wire_fail(in, ERR_MALFORMED);
    b->hour = (int64_t)wire_le64(in);
    b->slot = wire_u8(in);
    b->sum = wire_le_double(in);
    b->samples = wire_le32(in);
    b->is_spoiled = wire_u8(in);
    if (b->slot >= HOURS_OF_WEEK || !isfinite(b->sum))
        wire_fail(in, ERR_MALFORMED);
    get_slots(b, in);
    if (!wire_error(in))
        return ERR_OK;
    memset(b, 0, sizeof *b);
    return ERR_MALFORMED;
}
