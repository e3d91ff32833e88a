/* SPDX-License-Identifier: GPL-3.0-or-later */
/* raster.c - servers on squares. Pure apart from malloc and threads that share no square. */
#include "coverage/raster.h"

#include <pthread.h>
#include <stdlib.h>

enum { EXTENT_MAX_M = 200000, THREADS_MAX = 16 };

#define SERVES   0.5 /* probability from which a server counts as serving a place */
#define FACADE_M 5.0 /* a wall this near to an outdoor access point carries it */

void raster_extent_add(struct raster_extent *x, double easting, double northing)
{
    x->west = fmin(x->west, easting);
    x->east = fmax(x->east, easting);
    x->south = fmin(x->south, northing);
    x->north = fmax(x->north, northing);
}

void raster_extent_reach(struct raster_extent *x, double easting, double northing)
{
    raster_extent_add(x, easting - FOOTPRINT_RANGE_MAX_M, northing - FOOTPRINT_RANGE_MAX_M);
    raster_extent_add(x, easting + FOOTPRINT_RANGE_MAX_M, northing + FOOTPRINT_RANGE_MAX_M);
}

static int floor_to_cell(double metres)
{
    return (int)floor(metres / RASTER_CELL_M) * RASTER_CELL_M;
}

static double place_easting(const struct raster *r, int column)
{
    return r->easting + (column + 0.5) * r->step_m;
}

static double place_northing(const struct raster *r, int row)
{
    return r->northing + (row + 0.5) * r->step_m;
}

static void find_buildings(struct raster *r)
{
    for (int row = 0; row < r->rows; row++)
        for (int column = 0; column < r->columns; column++)
            r->building[(size_t)row * (size_t)r->columns + (size_t)column] =
                buildings_at(r->buildings, place_easting(r, column), place_northing(r, row));
}

enum err raster_new(const struct raster_extent *x, int step_m, double threshold_dbm,
                    const struct buildings *buildings, struct raster *out)
{
    struct raster r = {.step_m = step_m, .threshold_dbm = threshold_dbm, .buildings = buildings};
    size_t count;

    *out = r;
    if (!(x->west <= x->east))
        return ERR_OK;
    if (!(x->east - x->west <= EXTENT_MAX_M) || !(x->north - x->south <= EXTENT_MAX_M))
        return ERR_RANGE;
    r.easting = floor_to_cell(x->west);
    r.northing = floor_to_cell(x->south);
    r.columns = (floor_to_cell(x->east) - r.easting + RASTER_CELL_M) / step_m;
    r.rows = (floor_to_cell(x->north) - r.northing + RASTER_CELL_M) / step_m;
    count = (size_t)r.columns * (size_t)r.rows;
    if (count > RASTER_PLACES_MAX)
        return ERR_LIMIT;
    r.places = calloc(count, sizeof *r.places);
    r.building = buildings ? calloc(count, sizeof *r.building) : NULL;
    if (!r.places || (buildings && !r.building)) {
        raster_fini(&r);
        return ERR_NOMEM;
    }
    if (buildings)
        find_buildings(&r);
    *out = r;
    return ERR_OK;
}

void raster_fini(struct raster *r)
{
    free(r->places);
    free(r->building);
    r->places = NULL;
    r->building = NULL;
    r->columns = r->rows = 0;
}

/* ---- one server ---- */

/* A server among the squares: what does not change from one to the next. */
struct standing {
    const struct raster_server *server;
    uint32_t index;
    bool is_indoor;
    struct plane_point at;
    struct buildings_but but;
};

static struct standing stand(const struct raster *r, const struct raster_server *servers, size_t index)
{
    const struct raster_server *s = &servers[index];
    struct standing out = {.server = s,
                           .index = (uint32_t)index,
                           .is_indoor = s->radio_count && s->radios[0].is_indoor,
                           .at = {s->easting, s->northing, s->radio_count ? s->radios[0].height_m : 0},
                           .but = {.start = BUILDING_NONE, .end = BUILDING_NONE}};

    if (r->buildings)
        out.but.start = buildings_at(r->buildings, s->easting, s->northing);
    out.but.start_m = out.is_indoor ? INFINITY : FACADE_M;
    return out;
}

static struct footprint_path path_to(const struct raster *r, const struct standing *s, size_t place, double e,
                                     double n)
{
    double dx = e - s->at.x, dy = n - s->at.y;
    struct footprint_path path = {.d_m = hypot(dx, dy), .bearing_deg = atan2(dx, dy) * 180 / M_PI};
    struct buildings_but but = s->but;

    path.is_one_roof = path.d_m <= FOOTPRINT_ROOM_M;
    if (!r->buildings || path.d_m > FOOTPRINT_RANGE_MAX_M)
        return path;
    but.end = r->building[place];
    if (but.end != BUILDING_NONE && but.start != BUILDING_NONE)
        path.is_one_roof = but.end == but.start;
    path.sight =
        buildings_block(r->buildings, s->at, (struct plane_point){e, n, FOOTPRINT_PHONE_HEIGHT_M}, &but)
            ? SIGHT_BLOCKED
            : SIGHT_CLEAR;
    return path;
}

/* The best that one server's radios do at one place. */
struct service {
    double outdoors, indoors, level, mbit;
    bool is_valid;
};

static struct service serve_place(const struct raster *r, const struct raster_server *s,
                                  const struct footprint_path *path, struct raster_place *place)
{
    struct service best = {.level = -INFINITY};

    for (size_t i = 0; i < s->radio_count; i++) {
        const struct transmitter *t = &s->radios[i];
        int band = s->bands[i];
        struct footprint_link link;
        double outdoors, indoors, level;
        footprint_link(t, path, &link);
        outdoors = footprint_outdoors(t, &link, r->threshold_dbm);
        indoors = outdoors > 1e-9 || !isnan(link.room_db) ? footprint_indoors(t, &link, r->threshold_dbm) : 0;
        level = footprint_level(t, &link);
        best.outdoors = fmax(best.outdoors, outdoors);
        best.indoors = fmax(best.indoors, indoors);
        best.mbit = fmax(best.mbit, throughput_net(&t->channel, level, 1));
        if (level > best.level) {
            best.level = level;
            best.is_valid = link.is_valid;
        }
        place->outdoors[band] = fmaxf(place->outdoors[band], (float)outdoors);
        place->indoors[band] = fmaxf(place->indoors[band], (float)indoors);
    }
    return best;
}

static void add_service(const struct standing *s, const struct service *found, double planned_before,
                        struct raster_place *place)
{
    const struct raster_server *server = s->server;

    if (found->outdoors > planned_before)
        place->completeness = (float)server->completeness;
    if (!isnan(server->availability)) {
        place->delivered = fmaxf(place->delivered, (float)(found->outdoors * server->availability));
        place->delivered_indoors =
            fmaxf(place->delivered_indoors, (float)(found->indoors * server->availability));
    }
    place->mbit = fmaxf(place->mbit, (float)found->mbit);
    if (found->outdoors >= SERVES && place->servers < UINT16_MAX)
        place->servers++;
    if ((float)found->level > place->level_dbm) {
        place->level_dbm = (float)found->level;
        place->best = s->index;
        place->is_valid = found->is_valid;
    }
}

/* ---- all servers ---- */

/* Columns and rows, ends included; empty while right < left. */
struct window {
    int left, right, bottom, top;
};

static int clamp(double index, int count)
{
    return index < 0 ? 0 : index >= count ? count - 1 : (int)index;
}

static struct window window_of(const struct raster *r, const struct raster_extent *x)
{
    double left = floor((x->west - r->easting) / r->step_m),
           right = floor((x->east - r->easting) / r->step_m);
    double bottom = floor((x->south - r->northing) / r->step_m),
           top = floor((x->north - r->northing) / r->step_m);

    if (right < 0 || top < 0 || left >= r->columns || bottom >= r->rows || !(left <= right) ||
        !(bottom <= top))
        return (struct window){0, -1, 0, -1};
    return (struct window){clamp(left, r->columns), clamp(right, r->columns), clamp(bottom, r->rows),
                           clamp(top, r->rows)};
}

static void serve_window(const struct raster *r, const struct standing *s, const struct window *w)
{
    for (int row = w->bottom; row <= w->top; row++)
        for (int column = w->left; column <= w->right; column++) {
            size_t at = (size_t)row * (size_t)r->columns + (size_t)column;
            double e = place_easting(r, column), n = place_northing(r, row), planned;
            double dx = e - s->at.x, dy = n - s->at.y;
            struct footprint_path path;
            struct service found;
            if (dx * dx + dy * dy > FOOTPRINT_RANGE_MAX_M * FOOTPRINT_RANGE_MAX_M)
                continue;
            path = path_to(r, s, at, e, n);
            planned = raster_outdoors(&r->places[at]);
            found = serve_place(r, s->server, &path, &r->places[at]);
            add_service(s, &found, planned, &r->places[at]);
        }
}

struct task {
    const struct raster *raster;
    const struct raster_server *servers;
    size_t count;
    struct window window;
};

static void *run_task(void *arg)
{
    const struct task *t = arg;
    const struct raster *r = t->raster;

    for (int row = t->window.bottom; row <= t->window.top; row++)
        for (int column = t->window.left; column <= t->window.right; column++)
            r->places[(size_t)row * (size_t)r->columns + (size_t)column] =
                (struct raster_place){.level_dbm = -INFINITY, .best = RASTER_NO_SERVER};
    for (size_t i = 0; i < t->count; i++) {
        struct raster_extent reach = RASTER_EXTENT_EMPTY;
        struct window w;
        struct standing s;
        raster_extent_reach(&reach, t->servers[i].easting, t->servers[i].northing);
        w = window_of(r, &reach);
        w.left = w.left > t->window.left ? w.left : t->window.left;
        w.right = w.right < t->window.right ? w.right : t->window.right;
        w.bottom = w.bottom > t->window.bottom ? w.bottom : t->window.bottom;
        w.top = w.top < t->window.top ? w.top : t->window.top;
        if (w.left > w.right || w.bottom > w.top)
            continue;
        s = stand(r, t->servers, i);
        serve_window(r, &s, &w);
    }
    return NULL;
}

enum err raster_serve(struct raster *r, const struct raster_server *servers, size_t count,
                      const struct raster_extent *x, int threads)
{
    struct window all = {0, r->columns - 1, 0, r->rows - 1};
    struct window w = x ? window_of(r, x) : all;
    pthread_t ids[THREADS_MAX];
    struct task tasks[THREADS_MAX];
    int rows = w.top - w.bottom + 1, started = 0;

    if (count >= RASTER_NO_SERVER)
        return ERR_LIMIT;
    threads = threads < 1 ? 1 : threads > THREADS_MAX ? THREADS_MAX : threads;
    threads = threads > rows ? (rows > 0 ? rows : 1) : threads;
    for (int i = 0; i < threads; i++) {
        tasks[i] = (struct task){r, servers, count, w};
        tasks[i].window.bottom = w.bottom + (int)((int64_t)rows * i / threads);
        tasks[i].window.top = w.bottom + (int)((int64_t)rows * (i + 1) / threads) - 1;
    }
    while (started + 1 < threads && !pthread_create(&ids[started], NULL, run_task, &tasks[started + 1]))
        started++;
    run_task(&tasks[0]);
    for (int i = 0; i < started; i++)
        (void)pthread_join(ids[i], NULL);
    for (int i = started + 1; i < threads; i++) /* those that could not be started */
        run_task(&tasks[i]);
    return ERR_OK;
}

const struct raster_place *raster_at(const struct raster *r, double easting, double northing)
{
    double column = floor((easting - r->easting) / r->step_m),
           row = floor((northing - r->northing) / r->step_m);

    if (!(column >= 0 && column < r->columns && row >= 0 && row < r->rows))
        return NULL;
    return &r->places[(size_t)row * (size_t)r->columns + (size_t)column];
}

double raster_gain(const struct raster *r, const struct raster_server *server, raster_weight_fn *weight,
                   void *ctx)
{
    struct raster_extent reach = RASTER_EXTENT_EMPTY;
    struct standing s = stand(r, server, 0);
    struct window w;
    double gain = 0;

    raster_extent_reach(&reach, server->easting, server->northing);
    w = window_of(r, &reach);
    for (int row = w.bottom; row <= w.top; row++)
        for (int column = w.left; column <= w.right; column++) {
            size_t at = (size_t)row * (size_t)r->columns + (size_t)column;
            double e = place_easting(r, column), n = place_northing(r, row);
            struct raster_place scratch = {0};
            struct footprint_path path = path_to(r, &s, at, e, n);
            double more = serve_place(r, server, &path, &scratch).outdoors - raster_outdoors(&r->places[at]);
            if (more > 0)
                gain += weight(ctx, e, n) * more;
        }
    return gain;
}

static double best_band(const float by_band[RASTER_BANDS])
{
    return fmaxf(fmaxf(by_band[0], by_band[1]), by_band[2]);
}

double raster_outdoors(const struct raster_place *p)
{
    return best_band(p->outdoors);
}

double raster_indoors(const struct raster_place *p)
{
    return best_band(p->indoors);
}
