/* SPDX-License-Identifier: GPL-3.0-or-later */
/* month.c - gathers the figures of a month; lines and bytes of the two files. Pure. */
#include "lib/stores/month.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/crc32c.h"
#include "lib/base/strx.h"
#include "lib/base/wire.h"
#include "lib/stores/availability.h"

enum { CRC_DIGITS = 8, CRC_BYTES = 4, LINE_MAX_BYTES = 256, FIELDS = 8 };

static const uint8_t magic[8] = {'n', 'w', 'm', 'o', 'n', 't', 'h', '1'};

bool month_is_kept(const struct metric_info *metric)
{
    return metric && (metric->storage == STORAGE_LONG || metric->number == METRIC_IF_IN ||
                      metric->number == METRIC_IF_OUT);
}

void month_begin(struct month *m, int64_t t)
{
    char name[MONTH_NAME_SIZE];
    ns_t begin, end;

    availability_month(t * SECONDS, &begin, &end, name);
    m->begin = m->until = begin / SECONDS;
    m->end = end / SECONDS;
    m->slot = MONTH_SLOT;
    m->count = 0;
}

struct month_sums *month_sums_of(struct month *m, enum metric metric)
{
    for (unsigned i = 0; i < m->count; i++)
        if (m->sums[i].metric == metric)
            return &m->sums[i];
    if (m->count == RRD_DS_MAX)
        return NULL;
    m->sums[m->count] = (struct month_sums){.metric = metric};
    return &m->sums[m->count++];
}

/* ---- the highest values ---- */

static void sift_down(double *heap, uint32_t count)
{
    uint32_t i = 0;

    for (;;) {
        uint32_t child = 2 * i + 1;
        double swap;
        if (child >= count)
            return;
        if (child + 1 < count && heap[child + 1] < heap[child])
            child++;
        if (heap[i] <= heap[child])
            return;
        swap = heap[i];
        heap[i] = heap[child];
        heap[child] = swap;
        i = child;
    }
}

static void sift_up(double *heap, uint32_t i)
{
    while (i > 0 && heap[i] < heap[(i - 1) / 2]) {
        double swap = heap[i];
        heap[i] = heap[(i - 1) / 2];
        heap[(i - 1) / 2] = swap;
        i = (i - 1) / 2;
    }
}

void month_add(struct month_sums *sums, int64_t t, double value)
{
    if (!isfinite(value))
        return;
    if (sums->known == 0 || value > sums->peak) {
        sums->peak = value;
        sums->peak_at = t;
    }
    sums->known++;
    sums->sum += value;
    if (sums->top_count < MONTH_TOP_MAX) {
        sums->top[sums->top_count] = value;
        sift_up(sums->top, sums->top_count++);
    } else if (value > sums->top[0]) {
        sums->top[0] = value;
        sift_down(sums->top, sums->top_count);
    }
}

static int by_value_down(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x < y) - (x > y);
}

bool month_line_of(const struct month *m, const struct month_sums *sums, struct month_line *out)
{
    double top[MONTH_TOP_MAX];
    uint32_t above = sums->known - (sums->known * 95 + 99) / 100; /* values above the nearest rank */
    ns_t begin, end;

    if (sums->known == 0 || above >= sums->top_count)
        return false;
    memcpy(top, sums->top, sums->top_count * sizeof *top);
    qsort(top, sums->top_count, sizeof *top, by_value_down);
    *out = (struct month_line){.metric = sums->metric,
                               .slots = (uint32_t)((m->end - m->begin) / m->slot),
                               .known = sums->known,
                               .mean = sums->sum / sums->known,
                               .p95 = top[above],
                               .peak = sums->peak,
                               .peak_at = sums->peak_at};
    availability_month(m->begin * SECONDS, &begin, &end, out->name);
    return true;
}

/* ---- lines ---- */

void month_put_line(const struct month_line *line, struct buf *out)
{
    char text[LINE_MAX_BYTES];

    snprintf(text, sizeof text, "%s %u %u %u %.17g %.17g %.17g %lld", line->name, (unsigned)line->metric,
             line->slots, line->known, line->mean, line->p95, line->peak, (long long)line->peak_at);
    buf_printf(out, "%08x %s\n", crc32c(0, text, strlen(text)), text);
}

static bool is_name(const char *text)
{
    return strlen(text) == MONTH_NAME_SIZE - 1 && strspn(text, "0123456789") == 4 && text[4] == '-' &&
           strspn(text + 5, "0123456789") == 2;
}

static bool parse_fields(char *text, struct month_line *out)
{
    char *field[FIELDS], *rest = NULL;
    uint64_t metric, slots, known;

    for (size_t i = 0; i < FIELDS; i++) {
        field[i] = strtok_r(i ? NULL : text, " ", &rest);
        if (!field[i])
            return false;
    }
    if (!is_name(field[0]) || strx_to_u64(field[1], &metric) || strx_to_u64(field[2], &slots) ||
        strx_to_u64(field[3], &known) || strx_to_double(field[4], &out->mean) ||
        strx_to_double(field[5], &out->p95) || strx_to_double(field[6], &out->peak) ||
        strx_to_i64(field[7], &out->peak_at))
        return false;
    if (metric == 0 || metric > 1000000 || slots == 0 || slots > MONTH_SLOTS_MAX || known == 0 ||
        known > slots || !isfinite(out->mean) || !isfinite(out->p95) || !isfinite(out->peak))
        return false;
    memcpy(out->name, field[0], MONTH_NAME_SIZE);
    out->metric = (enum metric)metric;
    out->slots = (uint32_t)slots;
    out->known = (uint32_t)known;
    return true;
}

enum err month_parse_line(const char *line, size_t len, struct month_line *out)
{
    char text[LINE_MAX_BYTES];
    struct month_line got;

    if (len <= CRC_DIGITS + 1 || len >= sizeof text || memchr(line, '\0', len) || line[CRC_DIGITS] != ' ' ||
        strspn(line, "0123456789abcdef") != CRC_DIGITS)
        return ERR_MALFORMED;
    if (strtoul(line, NULL, 16) != crc32c(0, line + CRC_DIGITS + 1, len - CRC_DIGITS - 1))
        return ERR_CRC;
    memcpy(text, line + CRC_DIGITS + 1, len - CRC_DIGITS - 1);
    text[len - CRC_DIGITS - 1] = '\0';
    if (!parse_fields(text, &got))
        return ERR_MALFORMED;
    *out = got;
    return ERR_OK;
}

/* ---- the month that runs ---- */

static double get_finite(struct wire *w)
{
    double v = wire_le_double(w);

    if (!isfinite(v))
        wire_fail(w, ERR_MALFORMED);
    return v;
}

void month_pack(const struct month *m, struct buf *out)
{
    size_t begin = out->len;

    buf_put(out, magic, sizeof magic);
    buf_le64(out, (uint64_t)m->begin);
    buf_le64(out, (uint64_t)m->end);
    buf_le64(out, (uint64_t)m->slot);
    buf_le64(out, (uint64_t)m->until);
    buf_le32(out, m->count);
    for (unsigned i = 0; i < m->count; i++) {
        const struct month_sums *s = &m->sums[i];
        buf_le32(out, (uint32_t)s->metric);
        buf_le32(out, s->known);
        buf_le_double(out, s->sum);
        buf_le_double(out, s->peak);
        buf_le64(out, (uint64_t)s->peak_at);
        buf_le32(out, s->top_count);
        for (uint32_t k = 0; k < s->top_count; k++)
            buf_le_double(out, s->top[k]);
    }
    if (!buf_error(out))
        buf_le32(out, crc32c(0, out->data + begin, out->len - begin));
}

static void unpack_sums(struct wire *w, struct month_sums *s)
{
    s->metric = (enum metric)wire_le32(w);
    s->known = wire_le32(w);
    s->sum = get_finite(w);
    s->peak = get_finite(w);
    s->peak_at = (int64_t)wire_le64(w);
    s->top_count = wire_le32(w);
    if (s->known > MONTH_SLOTS_MAX || s->top_count > MONTH_TOP_MAX || s->top_count > s->known)
        wire_fail(w, ERR_MALFORMED);
    for (uint32_t k = 0; !wire_error(w) && k < s->top_count; k++)
        s->top[k] = get_finite(w);
}

enum err month_unpack(const void *bytes, size_t len, struct month *out)
{
    struct month expected = {0};
    const uint8_t *head;
    struct wire w;

    if (len < sizeof magic + CRC_BYTES)
        return ERR_TRUNCATED;
    wire_init(&w, (const uint8_t *)bytes + len - CRC_BYTES, CRC_BYTES);
    if (wire_le32(&w) != crc32c(0, bytes, len - CRC_BYTES))
        return ERR_CRC;
    wire_init(&w, bytes, len - CRC_BYTES);
    head = wire_bytes(&w, sizeof magic);
    if (!head || memcmp(head, magic, sizeof magic) != 0)
        return ERR_MALFORMED;
    out->begin = (int64_t)wire_le64(&w);
    out->end = (int64_t)wire_le64(&w);
    out->slot = (int64_t)wire_le64(&w);
    out->until = (int64_t)wire_le64(&w);
    out->count = wire_le32(&w);
    if (out->count > RRD_DS_MAX || out->begin < 0 || out->begin > INT64_MAX / SECONDS)
        return ERR_MALFORMED;
    month_begin(&expected, out->begin);
    if (expected.begin != out->begin || expected.end != out->end || out->slot < MONTH_SLOT ||
        out->slot > 86400 || out->until < out->begin || out->until > out->end)
        return ERR_MALFORMED;
    for (unsigned i = 0; !wire_error(&w) && i < out->count; i++)
        unpack_sums(&w, &out->sums[i]);
    if (!wire_error(&w) && wire_left(&w))
        return ERR_MALFORMED;
    return wire_error(&w);
}
