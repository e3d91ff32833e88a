/* SPDX-License-Identifier: GPL-3.0-or-later */
/* buildings.c - walls in squares of 50 m. A path visits the squares that it crosses, in order, and ends at
 * the first wall. Pure apart from malloc. */
#include "coverage/buildings.h"

#include <math.h>
#include <stdlib.h>

#define SQUARE_M      50.0
#define SQUARES_MAX_M 200000.0 /* side of the whole; larger: a coordinate is wrong */

struct wall {
    double x1, y1, x2, y2;
    int building;
};

struct house {
    double west, south, east, north;
    double height_m; /* INFINITY: not known */
    size_t wall;     /* its first; the next one's first ends them */
};

struct list { /* numbers by square: those of square s are items[first[s]] … items[first[s + 1] - 1] */
    uint32_t *first, *items;
};

struct buildings {
    struct wall *walls;
    size_t wall_count, wall_room;
    struct house *houses;
    size_t count, room;
    double west, south, east, north;
    int columns, rows;
    struct list walls_in, houses_in; /* by square that their bounding boxes touch */
};

enum err buildings_new(struct buildings **out)
{
    struct buildings *b = calloc(1, sizeof *b);

    if (!b)
        return ERR_NOMEM;
    b->west = b->south = INFINITY;
    b->east = b->north = -INFINITY;
    *out = b;
    return ERR_OK;
}

void buildings_free(struct buildings *b)
{
    if (!b)
        return;
    free(b->walls);
    free(b->houses);
    free(b->walls_in.first);
    free(b->walls_in.items);
    free(b->houses_in.first);
    free(b->houses_in.items);
    free(b);
}

/* Makes room for one more item of size bytes. */
static enum err grow(void **items, size_t *room, size_t count, size_t size)
{
    size_t wanted = *room ? *room * 2 : 1024;
    void *larger;

    if (count < *room)
        return ERR_OK;
    larger = realloc(*items, wanted * size);
    if (!larger)
        return ERR_NOMEM;
    *items = larger;
    *room = wanted;
    return ERR_OK;
}

static enum err add_wall(struct buildings *b, const struct wall *w)
{
    void *walls = b->walls;
    enum err e = grow(&walls, &b->wall_room, b->wall_count, sizeof *b->walls);

    b->walls = walls;
    if (!e)
        b->walls[b->wall_count++] = *w;
    return e;
}

static enum err add_house(struct buildings *b, double height_m)
{
    void *houses = b->houses;
    enum err e = b->count == BUILDINGS_MAX ? ERR_LIMIT : grow(&houses, &b->room, b->count, sizeof *b->houses);

    b->houses = houses;
    if (!e)
        b->houses[b->count++] = (struct house){.west = INFINITY,
                                               .south = INFINITY,
                                               .east = -INFINITY,
                                               .north = -INFINITY,
                                               .height_m = isnan(height_m) ? INFINITY : height_m,
                                               .wall = b->wall_count};
    return e;
}

static bool ring_is_sound(const double *x, const double *y, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!isfinite(x[i]) || !isfinite(y[i]))
            return false;
    return count >= 3;
}

enum err buildings_add_ring(struct buildings *b, int building, double height_m, const double *x,
                            const double *y, size_t count)
{
    struct house *h;
    enum err e = ERR_OK;

    if (count > 1 && x[0] == x[count - 1] && y[0] == y[count - 1])
        count--;
    if (!ring_is_sound(x, y, count) || building < 0 || (size_t)building + 1 < b->count)
        return ERR_MALFORMED;
    while (!e && b->count <= (size_t)building)
        e = add_house(b, height_m);
    for (size_t i = 0; !e && i < count; i++) {
        size_t next = (i + 1) % count;
        h = &b->houses[building];
        e = add_wall(b, &(struct wall){x[i], y[i], x[next], y[next], building});
        h->west = fmin(h->west, x[i]);
        h->east = fmax(h->east, x[i]);
        h->south = fmin(h->south, y[i]);
        h->north = fmax(h->north, y[i]);
        b->west = fmin(b->west, x[i]);
        b->east = fmax(b->east, x[i]);
        b->south = fmin(b->south, y[i]);
        b->north = fmax(b->north, y[i]);
    }
    return e;
}

/* ---- the index ---- */

static int clamp(double at, int count)
{
    return at < 0 ? 0 : at >= count ? count - 1 : (int)at;
}

static int column_of(const struct buildings *b, double x)
{
    return clamp((x - b->west) / SQUARE_M, b->columns);
}

static int row_of(const struct buildings *b, double y)
{
    return clamp((y - b->south) / SQUARE_M, b->rows);
}

struct box {
    double west, south, east, north;
};

static struct box wall_box(const struct buildings *b, uint32_t number)
{
    const struct wall *w = &b->walls[number];

    return (struct box){fmin(w->x1, w->x2), fmin(w->y1, w->y2), fmax(w->x1, w->x2), fmax(w->y1, w->y2)};
}

static struct box house_box(const struct buildings *b, uint32_t number)
{
    const struct house *h = &b->houses[number];

    return (struct box){h->west, h->south, h->east, h->north};
}

/* Goes through the squares that the box touches: counts in cursor, and puts the number there if items is
 * given. */
static void enter(const struct buildings *b, struct box box, uint32_t number, uint32_t *cursor,
                  uint32_t *items)
{
    int right = column_of(b, box.east), top = row_of(b, box.north);

    for (int row = row_of(b, box.south); row <= top; row++)
        for (int column = column_of(b, box.west); column <= right; column++) {
            uint32_t *at = &cursor[(size_t)row * (size_t)b->columns + (size_t)column];
            if (items)
                items[*at] = number;
            ++*at;
        }
}

static enum err list_fill(const struct buildings *b, struct list *list, size_t count,
                          struct box (*box)(const struct buildings *b, uint32_t number))
{
    size_t squares = (size_t)b->columns * (size_t)b->rows, total = 0;
    uint32_t *cursor = calloc(squares + 1, sizeof *cursor);

    list->first = calloc(squares + 1, sizeof *list->first);
    if (!list->first || !cursor) {
        free(cursor);
        return ERR_NOMEM;
    }
    for (uint32_t i = 0; i < count; i++)
        enter(b, box(b, i), i, cursor, NULL);
    for (size_t s = 0; s < squares; s++) {
        list->first[s] = (uint32_t)total;
        total += cursor[s];
        cursor[s] = list->first[s];
    }
    list->first[squares] = (uint32_t)total;
    list->items = total < UINT32_MAX ? calloc(total + 1, sizeof *list->items) : NULL;
    for (uint32_t i = 0; list->items && i < count; i++)
        enter(b, box(b, i), i, cursor, list->items);
    free(cursor);
    return list->items ? ERR_OK : ERR_NOMEM;
}

enum err buildings_index(struct buildings *b)
{
    enum err e;

    if (!b->wall_count)
        return ERR_OK;
    if (b->east - b->west > SQUARES_MAX_M || b->north - b->south > SQUARES_MAX_M)
        return ERR_RANGE;
    b->columns = (int)((b->east - b->west) / SQUARE_M) + 1;
    b->rows = (int)((b->north - b->south) / SQUARE_M) + 1;
    e = list_fill(b, &b->walls_in, b->wall_count, wall_box);
    return e ? e : list_fill(b, &b->houses_in, b->count, house_box);
}

size_t buildings_count(const struct buildings *b)
{
    return b->count;
}

void buildings_box(const struct buildings *b, int building, double *west, double *south, double *east,
                   double *north)
{
    const struct house *h = &b->houses[building];

    *west = h->west;
    *south = h->south;
    *east = h->east;
    *north = h->north;
}

/* ---- what stands around a point ---- */

static bool house_contains(const struct buildings *b, uint32_t number, double x, double y)
{
    size_t end = number + 1 < b->count ? b->houses[number + 1].wall : b->wall_count;
    bool is_inside = false;

    for (size_t i = b->houses[number].wall; i < end; i++) {
        const struct wall *w = &b->walls[i];
        if ((w->y1 > y) != (w->y2 > y) && x < w->x1 + (y - w->y1) / (w->y2 - w->y1) * (w->x2 - w->x1))
            is_inside = !is_inside;
    }
    return is_inside;
}

int buildings_at(const struct buildings *b, double x, double y)
{
    size_t square;

    if (!b->wall_count || !(x >= b->west && x <= b->east && y >= b->south && y <= b->north))
        return BUILDING_NONE;
    square = (size_t)row_of(b, y) * (size_t)b->columns + (size_t)column_of(b, x);
    for (uint32_t i = b->houses_in.first[square]; i < b->houses_in.first[square + 1]; i++)
        if (house_contains(b, b->houses_in.items[i], x, y))
            return (int)b->houses_in.items[i];
    return BUILDING_NONE;
}

/* ---- what stands in the way ---- */

/* Where on the path, 0..1, it meets the wall; NAN: nowhere. */
static double meeting(struct plane_point from, struct plane_point to, const struct wall *w)
{
    double dx = to.x - from.x, dy = to.y - from.y, wx = w->x2 - w->x1, wy = w->y2 - w->y1;
    double across = dx * wy - dy * wx, t, u;

    if (across == 0)
        return NAN; /* along the wall */
    t = ((w->x1 - from.x) * wy - (w->y1 - from.y) * wx) / across;
    u = ((w->x1 - from.x) * dy - (w->y1 - from.y) * dx) / across;
    return t >= 0 && t <= 1 && u >= 0 && u <= 1 ? t : NAN;
}

static bool wall_blocks(const struct buildings *b, const struct wall *w, struct plane_point from,
                        struct plane_point to, const struct buildings_but *but)
{
    double t;

    if (w->building == but->end)
        return false;
    t = meeting(from, to, w);
    if (isnan(t) || (w->building == but->start && t * hypot(to.x - from.x, to.y - from.y) <= but->start_m))
        return false;
    return from.z + t * (to.z - from.z) <= b->houses[w->building].height_m;
}

static bool square_blocks(const struct buildings *b, int column, int row, struct plane_point from,
                          struct plane_point to, const struct buildings_but *but)
{
    size_t square = (size_t)row * (size_t)b->columns + (size_t)column;

    if (column < 0 || column >= b->columns || row < 0 || row >= b->rows)
        return false;
    for (uint32_t i = b->walls_in.first[square]; i < b->walls_in.first[square + 1]; i++)
        if (wall_blocks(b, &b->walls[b->walls_in.items[i]], from, to, but))
            return true;
    return false;
}

/* Share of the path, from its start, at which it leaves the square in one direction, and how much a square
 * is. */
struct stride {
    double next, each;
    int step;
};

static struct stride stride_of(double from, double to, double origin, int square)
{
    double length = to - from, edge = origin + (square + (length > 0)) * SQUARE_M;

    if (length == 0)
        return (struct stride){INFINITY, INFINITY, 0};
    return (struct stride){(edge - from) / length, SQUARE_M / fabs(length), length > 0 ? 1 : -1};
}

bool buildings_block(const struct buildings *b, struct plane_point from, struct plane_point to,
                     const struct buildings_but *but)
{
    struct stride x, y;
    int column, row;

    if (!b->wall_count)
        return false;
    column = (int)floor((from.x - b->west) / SQUARE_M);
    row = (int)floor((from.y - b->south) / SQUARE_M);
    x = stride_of(from.x, to.x, b->west, column);
    y = stride_of(from.y, to.y, b->south, row);
    for (;;) {
        if (square_blocks(b, column, row, from, to, but))
            return true;
        if (fmin(x.next, y.next) > 1)
            return false;
        if (x.next <= y.next) {
            column += x.step;
            x.next += x.each;
        } else {
            row += y.step;
            y.next += y.each;
        }
    }
}
