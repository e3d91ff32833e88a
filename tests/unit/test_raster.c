/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_raster.c - squares, buildings, cells: what must hold for every city. Seeds are fixed. */
#include "tests/unit/cmocka_tests.h"

#include <math.h>

#include "coverage/grid.h"
#include "coverage/raster.h"
#include "lib/base/rng.h"

enum { HOUSES = 60, SERVERS = 12 };
#define SIDE  1500.0
#define WEST  4320000.0
#define SOUTH 3399000.0

/* A town of houses that stand in rows, so that they never overlap. */
static struct buildings *town(struct rng *rng)
{
    struct buildings *b;

    assert_ok(buildings_new(&b));
    for (int i = 0; i < HOUSES; i++) {
        double w = WEST + 100 + i % 8 * 160 + 40 * rng_unit(rng),
               s = SOUTH + 100 + i / 8 * 160 + 40 * rng_unit(rng);
        double wide = 10 + 60 * rng_unit(rng), high = 10 + 60 * rng_unit(rng), lean = 15 * rng_unit(rng);
        const double x[] = {w, w + wide, w + wide + lean, w + lean}, y[] = {s, s, s + high, s + high};
        assert_ok(buildings_add_ring(b, i, rng_below(rng, 4) ? NAN : 4 + 10 * rng_unit(rng), x, y, 4));
    }
    assert_ok(buildings_index(b));
    return b;
}

static struct raster_server random_server(struct rng *rng)
{
    struct raster_server s = {.easting = WEST + SIDE * rng_unit(rng),
                              .northing = SOUTH + SIDE * rng_unit(rng),
                              .bands = {0, 1},
                              .radio_count = 2,
                              .availability = rng_unit(rng),
                              .completeness = 1};
    bool is_indoor = rng_below(rng, 3) == 0;

    for (size_t i = 0; i < s.radio_count; i++) {
        s.radios[i] = (struct transmitter){
            .f_ghz = i ? 5.6 : 2.437,
            .eirp_dbm = 14 + 12 * rng_unit(rng),
            .height_m = 3 + 6 * rng_unit(rng),
            .is_indoor = is_indoor,
            .antenna = {.azimuth_deg = 360 * rng_unit(rng), .beamwidth_deg = rng_below(rng, 2) ? 90 : 0}};
        transmitter_prepare(&s.radios[i], 0);
    }
    return s;
}

static struct raster computed(const struct raster_server *servers, size_t count, const struct buildings *b,
                              int step, int threads)
{
    const struct raster_extent area = {WEST, SOUTH, WEST + SIDE, SOUTH + SIDE};
    struct raster r;

    assert_ok(raster_new(&area, step, -67, b, &r));
    assert_ok(raster_serve(&r, servers, count, NULL, threads));
    return r;
}

static size_t place_count(const struct raster *r)
{
    return (size_t)r->columns * (size_t)r->rows;
}

static void assert_same(const struct raster *a, const struct raster *b)
{
    assert_int_equal(place_count(a), place_count(b));
    for (size_t i = 0; i < place_count(a); i++) {
        const struct raster_place *p = &a->places[i], *q = &b->places[i];
        assert_true(p->delivered == q->delivered && p->delivered_indoors == q->delivered_indoors);
        assert_true(p->completeness == q->completeness && p->level_dbm == q->level_dbm && p->mbit == q->mbit);
        assert_true(p->best == q->best && p->servers == q->servers && p->is_valid == q->is_valid);
        for (int band = 0; band < RASTER_BANDS; band++)
            assert_true(p->outdoors[band] == q->outdoors[band] && p->indoors[band] == q->indoors[band]);
    }
}

/* ---- buildings ---- */

/* Without the index: every 5 cm of the path looked at. */
static bool walk_blocks(const struct buildings *b, struct plane_point from, struct plane_point to, int but)
{
    double length = hypot(to.x - from.x, to.y - from.y);

    for (double at = 0; at < length; at += 0.05) {
        int here =
            buildings_at(b, from.x + (to.x - from.x) * at / length, from.y + (to.y - from.y) * at / length);
        if (here != BUILDING_NONE && here != but)
            return true;
    }
    return false;
}

static void a_path_is_blocked_exactly_where_it_crosses_a_building(void **state)
{
    struct rng rng = {21};
    struct buildings *b;
    size_t blocked = 0, clear = 0, differences = 0;

    (void)state;
    assert_ok(buildings_new(&b));
    for (int i = 0; i < HOUSES; i++) {
        double w = WEST + i % 8 * 160 + 40 * rng_unit(&rng), s = SOUTH + i / 8 * 160 + 40 * rng_unit(&rng);
        const double x[] = {w, w + 50, w + 70, w + 20}, y[] = {s, s + 10, s + 60, s + 40};
        assert_ok(buildings_add_ring(b, i, NAN, x, y, 4));
    }
    assert_ok(buildings_index(b));
    for (int i = 0; i < 1500; i++) {
        struct plane_point from = {WEST - 100 + SIDE * rng_unit(&rng), SOUTH - 100 + SIDE * rng_unit(&rng),
                                   5};
        struct plane_point to = {from.x + 400 * (rng_unit(&rng) - 0.5), from.y + 400 * (rng_unit(&rng) - 0.5),
                                 1.5};
        struct buildings_but but = {BUILDING_NONE, buildings_at(b, to.x, to.y), 0};
        bool is_blocked = buildings_block(b, from, to, &but);
        if (buildings_at(b, from.x, from.y) != BUILDING_NONE)
            continue;
        is_blocked ? blocked++ : clear++;
        if (walk_blocks(b, from, to, but.end) != is_blocked)
            differences++;
    }
    assert_true(blocked > 100 && clear > 100);
    assert_true(differences <= 2); /* a corner cut by less than a step is not seen by the walk */
    buildings_free(b);
}

static void holes_heights_and_ones_own_walls_are_understood(void **state)
{
    const double outer[2][5] = {{0, 100, 100, 0, 0}, {0, 0, 100, 100, 0}};
    const double court[2][4] = {{40, 60, 60, 40}, {40, 40, 60, 60}};
    const struct buildings_but none = {BUILDING_NONE, BUILDING_NONE, 0}, in_it = {0, BUILDING_NONE, INFINITY};
    const struct buildings_but at_facade = {0, BUILDING_NONE, 5};
    struct buildings *b;

    (void)state;
    assert_ok(buildings_new(&b));
    assert_ok(buildings_add_ring(b, 0, 10, outer[0], outer[1], 5));
    assert_ok(buildings_add_ring(b, 0, 10, court[0], court[1], 4));
    assert_ok(buildings_index(b));
    assert_int_equal(buildings_at(b, 20, 20), 0);
    assert_int_equal(buildings_at(b, 50, 50), BUILDING_NONE);
    assert_int_equal(buildings_at(b, 101, 50), BUILDING_NONE);
    assert_true(
        buildings_block(b, (struct plane_point){-10, 50, 5}, (struct plane_point){110, 50, 1.5}, &none));
    assert_false(
        buildings_block(b, (struct plane_point){-10, 50, 40}, (struct plane_point){110, 50, 30}, &none));
    assert_false(
        buildings_block(b, (struct plane_point){45, 50, 5}, (struct plane_point){55, 50, 1.5}, &none));
    assert_false(
        buildings_block(b, (struct plane_point){20, 20, 5}, (struct plane_point){110, 50, 1.5}, &in_it));
    assert_false(
        buildings_block(b, (struct plane_point){1, 20, 5}, (struct plane_point){-50, 20, 1.5}, &at_facade));
    assert_true(
        buildings_block(b, (struct plane_point){1, 20, 5}, (struct plane_point){150, 20, 1.5}, &at_facade));
    buildings_free(b);
}

static void broken_footprints_are_refused(void **state)
{
    const double x[] = {0, 1, 1}, y[] = {0, 0, INFINITY}, far[] = {0, 1e7, 1e7}, flat[] = {0, 0, 1};
    struct buildings *b;

    (void)state;
    assert_ok(buildings_new(&b));
    assert_int_equal(buildings_add_ring(b, 0, NAN, x, y, 3), ERR_MALFORMED);
    assert_int_equal(buildings_add_ring(b, 0, NAN, x, flat, 2), ERR_MALFORMED);
    assert_int_equal(buildings_count(b), 0);
    assert_ok(buildings_index(b));
    assert_int_equal(buildings_at(b, 0, 0), BUILDING_NONE);
    buildings_free(b);
    assert_ok(buildings_new(&b));
    assert_ok(buildings_add_ring(b, 0, NAN, far, flat, 3));
    assert_int_equal(buildings_index(b), ERR_RANGE);
    buildings_free(b);
}

/* ---- squares ---- */

static void neither_threads_nor_a_part_computed_anew_change_a_square(void **state)
{
    struct rng rng = {31};
    struct buildings *b = town(&rng);
    struct raster_server servers[SERVERS];
    struct raster one, two, anew;
    struct raster_extent around = RASTER_EXTENT_EMPTY;

    (void)state;
    for (int i = 0; i < SERVERS; i++)
        servers[i] = random_server(&rng);
    one = computed(servers, SERVERS, b, 25, 1);
    two = computed(servers, SERVERS, b, 25, 3);
    assert_same(&one, &two);
    raster_extent_reach(&around, servers[3].easting, servers[3].northing);
    servers[3] = random_server(&rng);
    raster_extent_reach(&around, servers[3].easting, servers[3].northing);
    assert_ok(raster_serve(&one, servers, SERVERS, &around, 2));
    anew = computed(servers, SERVERS, b, 25, 1);
    assert_same(&one, &anew);
    raster_fini(&one);
    raster_fini(&two);
    raster_fini(&anew);
    buildings_free(b);
}

static void more_power_never_serves_a_square_less(void **state)
{
    struct rng rng = {32};
    struct buildings *b = town(&rng);
    struct raster_server servers[SERVERS];
    struct raster weak, strong;

    (void)state;
    for (int i = 0; i < SERVERS; i++)
        servers[i] = random_server(&rng);
    weak = computed(servers, SERVERS, b, 25, 1);
    for (int i = 0; i < SERVERS; i++)
        servers[i].radios[rng_below(&rng, 2)].eirp_dbm += 4 * rng_unit(&rng);
    strong = computed(servers, SERVERS, b, 25, 1);
    for (size_t i = 0; i < place_count(&weak); i++) {
        for (int band = 0; band < RASTER_BANDS; band++) {
            assert_true(strong.places[i].outdoors[band] >= weak.places[i].outdoors[band]);
            assert_true(strong.places[i].indoors[band] >= weak.places[i].indoors[band]);
        }
        assert_true(strong.places[i].delivered >= weak.places[i].delivered);
        assert_true(strong.places[i].mbit >= weak.places[i].mbit);
    }
    raster_fini(&weak);
    raster_fini(&strong);
    buildings_free(b);
}

static void one_access_point_less_never_serves_a_square_more(void **state)
{
    struct rng rng = {33};
    struct buildings *b = town(&rng);
    struct raster_server servers[SERVERS];

    (void)state;
    for (int i = 0; i < SERVERS; i++)
        servers[i] = random_server(&rng);
    for (size_t count = SERVERS; count > SERVERS - 4; count--) {
        struct raster with = computed(servers, count, b, 25, 1),
                      without = computed(servers, count - 1, b, 25, 1);
        for (size_t i = 0; i < place_count(&with); i++) {
            assert_true(raster_outdoors(&without.places[i]) <= raster_outdoors(&with.places[i]));
            assert_true(raster_indoors(&without.places[i]) <= raster_indoors(&with.places[i]));
            assert_true(without.places[i].delivered <= with.places[i].delivered);
            assert_true(without.places[i].delivered_indoors <= with.places[i].delivered_indoors);
            assert_true(without.places[i].servers <= with.places[i].servers);
        }
        raster_fini(&with);
        raster_fini(&without);
    }
    buildings_free(b);
}

static void assert_cell_is_sound(const struct grid_cell *c)
{
    double sum = 0;

    for (int i = 0; i < GRID_CLASSES; i++) {
        assert_true(c->classes[i] >= 0);
        sum += c->classes[i];
    }
    assert_float_equal(sum, 1, 1e-9);
    assert_true(c->delivered <= c->planned && c->delivered_indoors <= c->indoors);
    assert_true(c->sure <= c->median + 1e-12 && c->sure_indoors <= c->median_indoors + 1e-12);
    assert_true(c->planned <= 1 && c->median <= 1 && c->indoors >= 0);
    for (int band = 0; band < GRID_BANDS; band++)
        assert_true(c->by_band[band] <= c->planned + 1e-9);
}

static void shares_sum_to_one_and_delivered_never_exceeds_planned(void **state)
{
    struct rng rng = {34};
    struct buildings *b = town(&rng);
    struct raster_server servers[SERVERS];

    (void)state;
    for (int i = 0; i < SERVERS; i++)
        servers[i] = random_server(&rng);
    for (int variant = 0; variant < 3; variant++) {
        struct raster r = computed(servers, SERVERS, variant ? b : NULL, variant == 2 ? 10 : 25, 2);
        struct grid g;
        assert_ok(grid_from_raster(&r, &g));
        for (int i = 0; i < g.columns * g.rows; i++)
            assert_cell_is_sound(&g.cells[i]);
        grid_fini(&g);
        raster_fini(&r);
    }
    buildings_free(b);
}

static void cells_of_a_part_are_those_of_the_whole(void **state)
{
    struct rng rng = {36};
    struct raster_server servers[SERVERS];
    struct raster_extent around = RASTER_EXTENT_EMPTY;
    struct raster r;
    struct grid part, whole;

    (void)state;
    for (int i = 0; i < SERVERS; i++)
        servers[i] = random_server(&rng);
    r = computed(servers, SERVERS, NULL, 25, 1);
    assert_ok(grid_from_raster(&r, &part));
    raster_extent_reach(&around, servers[0].easting, servers[0].northing);
    servers[0].radios[1].eirp_dbm += 10;
    assert_ok(raster_serve(&r, servers, SERVERS, &around, 1));
    grid_update(&part, &r, &around);
    assert_ok(grid_from_raster(&r, &whole));
    assert_memory_equal(part.cells, whole.cells,
                        (size_t)whole.columns * (size_t)whole.rows * sizeof *whole.cells);
    grid_fini(&part);
    grid_fini(&whole);
    raster_fini(&r);
}

static void a_house_between_takes_the_street_behind_it_from_the_access_point(void **state)
{
    const double x[] = {WEST + 700, WEST + 720, WEST + 720, WEST + 700};
    const double y[] = {SOUTH + 400, SOUTH + 400, SOUTH + 600, SOUTH + 600};
    struct rng rng = {35};
    struct raster_server s = random_server(&rng);
    struct buildings *b;
    struct raster with, without;
    size_t behind, before, inside;

    (void)state;
    s.easting = WEST + 640;
    s.northing = SOUTH + 500;
    for (int i = 0; i < 2; i++) {
        s.radios[i].is_indoor = false;
        s.radios[i].antenna.beamwidth_deg = 0;
        transmitter_prepare(&s.radios[i], 0);
    }
    assert_ok(buildings_new(&b));
    assert_ok(buildings_add_ring(b, 0, NAN, x, y, 4));
    assert_ok(buildings_index(b));
    with = computed(&s, 1, b, 25, 1);
    without = computed(&s, 1, NULL, 25, 1);
    before = (size_t)20 * (size_t)with.columns + 26;
    inside = before + 2;
    behind = before + 4;
    assert_int_equal(with.building[inside], 0);
    assert_int_equal(with.building[behind], BUILDING_NONE);
    assert_true(with.places[before].level_dbm >= without.places[before].level_dbm);
    assert_true(with.places[behind].level_dbm < without.places[behind].level_dbm - 1);
    assert_true(raster_indoors(&with.places[inside]) < raster_outdoors(&with.places[inside]));
    raster_fini(&with);
    raster_fini(&without);
    buildings_free(b);
}

static void too_fine_a_raster_for_the_memory_is_refused(void **state)
{
    const struct raster_extent county = {WEST, SOUTH, WEST + 100000, SOUTH + 100000};
    struct raster r;

    (void)state;
    assert_int_equal(raster_new(&county, 25, -67, NULL, &r), ERR_LIMIT);
    assert_null(r.places);
}

RUN_TESTS("raster", cmocka_unit_test(a_path_is_blocked_exactly_where_it_crosses_a_building),
          cmocka_unit_test(holes_heights_and_ones_own_walls_are_understood),
          cmocka_unit_test(broken_footprints_are_refused),
          cmocka_unit_test(neither_threads_nor_a_part_computed_anew_change_a_square),
          cmocka_unit_test(more_power_never_serves_a_square_less),
          cmocka_unit_test(one_access_point_less_never_serves_a_square_more),
          cmocka_unit_test(shares_sum_to_one_and_delivered_never_exceeds_planned),
          cmocka_unit_test(cells_of_a_part_are_those_of_the_whole),
          cmocka_unit_test(a_house_between_takes_the_street_behind_it_from_the_access_point),
          cmocka_unit_test(too_fine_a_raster_for_the_memory_is_refused))
