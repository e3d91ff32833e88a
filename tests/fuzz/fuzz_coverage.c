/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz_coverage.c - tables of strangers for planning: inhabitants, path loss, changes on a command line; and
 * walls. The first byte chooses. */
#include <math.h>
#include <string.h>

#include "coverage/buildings.h"
#include "coverage/model_table.h"
#include "coverage/population.h"
#include "coverage/whatif.h"
#include "tests/fuzz/fuzz.h"

static struct raster small_raster(void)
{
    const struct raster_extent x = {4320000, 3399000, 4321000, 3400000};
    struct raster r;

    MUST(!raster_new(&x, 25, -67, NULL, &r));
    return r;
}

static void read_inhabitants(char *text, size_t len)
{
    struct raster r = small_raster();
    struct population p;
    struct grid g;

    MUST(!grid_from_raster(&r, &g));
    if (!population_read(text, len, &g, &p)) {
        MUST(p.used + p.suppressed + p.duplicates + p.elsewhere + p.broken == p.rows);
        MUST(p.total >= 0 && (p.broken == 0) == (p.broken_line == 0));
        population_fini(&p);
    }
    grid_fini(&g);
    raster_fini(&r);
}

static void read_losses(char *text, size_t len)
{
    struct buf out = BUF_INIT;
    unsigned line;
    size_t bad;

    if (!model_table_pathloss(text, len, &out, &bad, &line))
        MUST(out.len > 0);
    buf_fini(&out);
}

static void read_change(const char *text)
{
    struct whatif_change c;

    for (int kind = WHATIF_OFF; kind <= WHATIF_POWER; kind++)
        if (!whatif_parse((enum whatif_kind)kind, text, &c)) {
            MUST(c.kind == (enum whatif_kind)kind);
            MUST(kind == WHATIF_ADD || c.hotspot[0]);
            MUST(fabs(c.lat) <= 90 && fabs(c.lon) <= 180);
        }
}

/* Eight bytes a point in squares of 5 km; a path from the first to each. */
static void cross_walls(const uint8_t *data, size_t size)
{
    const struct buildings_but none = {BUILDING_NONE, BUILDING_NONE, 0};
    double x[64], y[64];
    struct buildings *b;
    size_t points = 0;

    MUST(!buildings_new(&b));
    for (; points < 64 && size >= (points + 1) * 8; points++) {
        float at[2];
        memcpy(at, data + points * 8, sizeof at);
        x[points] = fmod(at[0], 5000);
        y[points] = fmod(at[1], 5000);
    }
    for (size_t i = 0; i + 4 <= points; i += 4)
        (void)!buildings_add_ring(b, (int)(i / 4), NAN, x + i, y + i, 4);
    if (!buildings_index(b))
        for (size_t i = 0; i < points; i++)
            if (isfinite(x[i]) && isfinite(y[i]) && isfinite(x[0]) && isfinite(y[0])) {
                (void)buildings_block(b, (struct plane_point){x[0], y[0], 5},
                                      (struct plane_point){x[i], y[i], 1.5}, &none);
                MUST(buildings_at(b, x[i], y[i]) < (int)buildings_count(b));
            }
    buildings_free(b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text;

    if (!size)
        return 0;
    text = malloc(size); /* the rest and a NUL: an over-read shows */
    MUST(text);
    memcpy(text, data + 1, size - 1);
    text[size - 1] = '\0';
    switch (data[0] % 4) {
    case 0: read_inhabitants(text, size - 1); break;
    case 1: read_losses(text, size - 1); break;
    case 2: read_change(text); break;
    default: cross_walls(data + 1, size - 1); break;
    }
    free(text);
    return 0;
}
