/* SPDX-License-Identifier: GPL-3.0-or-later */
/* council_pictures.c - hours down by month, and the map of what was delivered. Pure. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "coverage/council_pages.h"

#define INK    0x1b2733u
#define SOFT   0x51606fu
#define RULE   0xc9d3dbu
#define ACCENT 0x0b4f6cu
#define PALE   0x9db8c6u

static void rectangle(struct canvas *c, double x, double y, double width, double height, unsigned rgb)
{
    const struct canvas_point corners[] = {{x, y}, {x + width, y}, {x + width, y + height}, {x, y + height}};

    canvas_polygon(c, corners, 4, rgb);
}

static void level(struct canvas *c, double from, double to, double y)
{
    const struct canvas_point ends[] = {{from, y}, {to, y}};

    canvas_line(c, ends, 2, 0.5, RULE);
}

/* ---- months ---- */

/* 1, 2 or 5 times a power of ten, so that at most five steps reach the greatest value. */
static double step_of(double greatest)
{
    double step = pow(10, floor(log10(greatest / 5)));

    if (step * 5 < greatest)
        step *= step * 10 < greatest ? 5 : 2;
    return step;
}

static void draw_bar(const struct council *council, struct canvas *c, int month, double x, double width,
                     double base, double height)
{
    const double hours = council_hours_down(council, month);
    char text[32], label[8];

    /* "10/26" */
    snprintf(label, sizeof label, "%.2s/%.2s", council->months[month].name + 5,
             council->months[month].name + 2);
    canvas_text(c, (struct canvas_point){x + width / 2, base + 12}, CANVAS_MIDDLE, 7.5, SOFT, label);
    if (isnan(hours)) {
        canvas_text(c, (struct canvas_point){x + width / 2, base - 4}, CANVAS_MIDDLE, 7.5, SOFT, "–");
        return;
    }
    rectangle(c, x, base - height, width, height, month == COUNCIL_THIS ? ACCENT : PALE);
    council_number(hours, hours < 10 ? 1 : 0, text);
    canvas_text(c, (struct canvas_point){x + width / 2, base - height - 3}, CANVAS_MIDDLE, 7.5, INK, text);
}

void council_draw_months(void *ctx, struct canvas *c, double width, double height)
{
    const struct council *council = ctx;
    const double left = 34, base = height - 18, top = 14, slot = (width - left) / COUNCIL_MONTHS;
    double greatest = 0, step;
    char text[32];

    for (int i = 0; i < COUNCIL_MONTHS; i++)
        greatest = fmax(greatest, council_hours_down(council, i));
    step = step_of(greatest > 0 ? greatest : 1);
    greatest = ceil((greatest > 0 ? greatest : 1) / step) * step;
    for (double v = 0; v <= greatest * 1.0001; v += step) {
        double y = base - v / greatest * (base - top);
        level(c, left, width, y);
        council_number(v, step < 1 ? 1 : 0, text);
        canvas_text(c, (struct canvas_point){left - 5, y + 3}, CANVAS_RIGHT, 7.5, SOFT, text);
    }
    canvas_text(c, (struct canvas_point){0, 7}, CANVAS_LEFT, 7.5, SOFT, "Stunden");
    for (int i = 0; i < COUNCIL_MONTHS; i++) {
        double hours = council_hours_down(council, i);
        draw_bar(council, c, i, left + slot * i + slot * 0.18, slot * 0.64, base,
                 isnan(hours) ? 0 : hours / greatest * (base - top));
    }
}

/* ---- map ---- */

enum { SHARES = 5 };
static const double share_limits[SHARES] = {0.05, 0.25, 0.5, 0.75, 0.9};
static const unsigned share_colours[SHARES] = {0xdceaf2u, 0xabcfe0u, 0x6fafcbu, 0x2f86adu, 0x0b4f6cu};
static const char *const share_names[SHARES] = {"ab 5 %", "ab 25 %", "ab 50 %", "ab 75 %", "ab 90 %"};
#define LAND 0xf4f2ecu

struct map {
    const struct council *council;
    struct canvas *canvas;
    double scale, left, top;                            /* of the cell in the north-west */
    int first_column, last_column, first_row, last_row; /* that districts take, or else all */
};

static bool is_inside(const struct coverage *c, int column, int row)
{
    return column >= 0 && row >= 0 && column < c->grid.columns && row < c->grid.rows &&
           c->districts[(size_t)row * (size_t)c->grid.columns + (size_t)column];
}

static void find_frame(struct map *m)
{
    const struct grid *g = &m->council->coverage->grid;

    m->first_column = g->columns;
    m->first_row = g->rows;
    m->last_column = m->last_row = -1;
    for (int row = 0; row < g->rows; row++)
        for (int column = 0; column < g->columns; column++)
            if (is_inside(m->council->coverage, column, row)) {
                m->first_column = column < m->first_column ? column : m->first_column;
                m->last_column = column > m->last_column ? column : m->last_column;
                m->first_row = row < m->first_row ? row : m->first_row;
                m->last_row = row;
            }
    if (m->last_row < 0) { /* no districts */
        m->first_column = m->first_row = 0;
        m->last_column = g->columns - 1;
        m->last_row = g->rows - 1;
    }
}

/* Of a corner of the grid. */
static struct canvas_point place(const struct map *m, double column, double row)
{
    return (struct canvas_point){m->left + (column - m->first_column) * m->scale,
                                 m->top + (m->last_row + 1 - row) * m->scale};
}

static void draw_cell(const struct map *m, int column, int row)
{
    const struct coverage *c = m->council->coverage;
    const size_t i = (size_t)row * (size_t)c->grid.columns + (size_t)column;
    const struct canvas_point at = place(m, column, row + 1);
    const double share = coverage_known(c->grid.cells[i].delivered, c->grid.cells[i].completeness);
    int class = SHARES - 1;

    while (class >= 0 && !(share >= share_limits[class]))
        class --;
    if (class < 0 && !c->districts[i])
        return;
    rectangle(m->canvas, at.x, at.y, m->scale + 0.2, m->scale + 0.2, class < 0 ? LAND : share_colours[class]);
}

/* Between two cells that belong to different districts. */
static void draw_borders(const struct map *m, int column, int row)
{
    const struct coverage *c = m->council->coverage;
    const struct district **d = c->districts;
    const size_t i = (size_t)row * (size_t)c->grid.columns + (size_t)column;

    if (column > 0 && d[i] != d[i - 1]) {
        const struct canvas_point ends[] = {place(m, column, row), place(m, column, row + 1)};
        canvas_line(m->canvas, ends, 2, 0.8, INK);
    }
    if (row > 0 && d[i] != d[i - (size_t)c->grid.columns]) {
        const struct canvas_point ends[] = {place(m, column, row), place(m, column + 1, row)};
        canvas_line(m->canvas, ends, 2, 0.8, INK);
    }
}

static void draw_hotspots(const struct map *m)
{
    const struct coverage *c = m->council->coverage;

    for (size_t i = 0; i < c->server_count; i++) {
        const double column = (c->servers[i].easting - c->grid.easting) / GRID_CELL_M;
        const double row = (c->servers[i].northing - c->grid.northing) / GRID_CELL_M;
        canvas_dot(m->canvas, place(m, column, row), 1.1, INK);
    }
}

static void draw_names(const struct map *m)
{
    const struct coverage *c = m->council->coverage;

    for (size_t k = 0; k < m->council->district_count; k++) {
        double columns = 0, rows = 0, count = 0;
        for (size_t i = 0; i < (size_t)c->grid.columns * (size_t)c->grid.rows; i++)
            if (c->districts[i] && strcmp(c->districts[i]->id, m->council->districts[k].id) == 0) {
                columns += (double)(i % (size_t)c->grid.columns) + 0.5;
                rows += (double)(i / (size_t)c->grid.columns) + 0.5;
                count++;
            }
        if (count > 0)
            canvas_label(m->canvas, place(m, columns / count, rows / count), 10, INK,
                         m->council->districts[k].name);
    }
}

static void draw_legend(const struct map *m, double x, double y)
{
    canvas_text(m->canvas, (struct canvas_point){x, y}, CANVAS_LEFT, 8, INK, "Anteil der Fläche, der");
    canvas_text(m->canvas, (struct canvas_point){x, y + 11}, CANVAS_LEFT, 8, INK, "wirklich versorgt war");
    for (int i = 0; i < SHARES; i++) {
        const double at = y + 22 + i * 14;
        rectangle(m->canvas, x, at, 14, 10, share_colours[SHARES - 1 - i]);
        canvas_text(m->canvas, (struct canvas_point){x + 20, at + 8}, CANVAS_LEFT, 8, INK,
                    share_names[SHARES - 1 - i]);
    }
    rectangle(m->canvas, x, y + 22 + SHARES * 14, 14, 10, LAND);
    canvas_text(m->canvas, (struct canvas_point){x + 20, y + 30 + SHARES * 14}, CANVAS_LEFT, 8, INK,
                "unversorgt");
    canvas_dot(m->canvas, (struct canvas_point){x + 7, y + 41 + SHARES * 14}, 1.6, INK);
    canvas_text(m->canvas, (struct canvas_point){x + 20, y + 44 + SHARES * 14}, CANVAS_LEFT, 8, INK,
                "Hotspot");
}

static void draw_scale(const struct map *m, double x, double y)
{
    const double kilometre = m->scale * 1000 / GRID_CELL_M;
    const struct canvas_point ends[] = {{x, y - 4}, {x, y}, {x + kilometre, y}, {x + kilometre, y - 4}};

    canvas_line(m->canvas, ends, 4, 0.8, INK);
    canvas_text(m->canvas, (struct canvas_point){x + kilometre / 2, y - 4}, CANVAS_MIDDLE, 8, INK, "1 km");
}

void council_draw_map(void *ctx, struct canvas *c, double width, double height)
{
    struct map m = {.council = ctx, .canvas = c};
    const double legend = 118;
    double columns, rows;

    find_frame(&m);
    columns = m.last_column - m.first_column + 1;
    rows = m.last_row - m.first_row + 1;
    m.scale = fmin((width - legend) / columns, height / rows);
    m.left = (width - legend - columns * m.scale) / 2;
    m.top = (height - rows * m.scale) / 2;
    for (int row = m.first_row; row <= m.last_row; row++)
        for (int column = m.first_column; column <= m.last_column; column++)
            draw_cell(&m, column, row);
    for (int row = m.first_row; row <= m.last_row; row++)
        for (int column = m.first_column; column <= m.last_column; column++)
            draw_borders(&m, column, row);
    draw_hotspots(&m);
    draw_names(&m);
    draw_legend(&m, width - legend + 16, 24);
    draw_scale(&m, width - legend + 16, height - 8);
}
