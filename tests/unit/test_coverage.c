/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_coverage.c - path loss against published values, the grid, and what must hold for every city. */
#include "tests/unit/cmocka_tests.h"

#include <math.h>
#include <stdio.h>

#include "coverage/export.h"
#include "coverage/gdal_geo.h"
#include "coverage/grid.h"
#include "coverage/propagation.h"
#include "lib/base/rng.h"

#define NEAR 0.01 /* dB */

/* ---- formulas ---- */

static void reference_points_of_the_recommendations_are_met(void **state)
{
    (void)state;
    assert_float_equal(path_loss(PATH_P1411_LOS_URBAN, 2.437, 100), 79.76, NEAR);
    assert_float_equal(umi_loss_nlos(5.6, 100, 10, 1.5), 108.99, NEAR);
    assert_float_equal(building_entry_loss(BUILDING_TRADITIONAL, 2.437, 0, 0.5), 15.21, NEAR);
    assert_float_equal(building_entry_loss(BUILDING_EFFICIENT, 5.6, 0, 0.5), 31.9, 0.05);
    assert_float_equal(path_loss(PATH_FREE_SPACE, 2.412, 100), 80.0953, 0.001);
    assert_float_equal(normal_q(0), 0.5, 1e-12);
    assert_float_equal(normal_q(1.6448536), 0.05, 1e-7);
}

static void service_never_grows_with_distance_nor_shrinks_with_power(void **state)
{
    struct rng rng = {4};

    (void)state;
    for (int i = 0; i < 2000; i++) {
        struct transmitter t = {.f_ghz = band_frequency((const double[]){2.4, 5, 6}[rng_below(&rng, 3)]),
                                .eirp_dbm = 10 + 20 * rng_unit(&rng),
                                .height_m = 3 + 10 * rng_unit(&rng),
                                .is_indoor = rng_below(&rng, 2)};
        struct transmitter stronger = t;
        double d = 1 + 350 * rng_unit(&rng), p = footprint_probability(&t, d, -67);
        stronger.eirp_dbm += 3;
        assert_true(p >= 0 && p <= 1);
        assert_true(footprint_probability(&t, d + 5, -67) <= p + 1e-12);
        assert_true(footprint_probability(&stronger, d, -67) >= p - 1e-12);
        assert_true(footprint_probability(&t, d, -60) <= p + 1e-12);
    }
}

/* ---- the grid ---- */

static void cell_codes_are_those_of_the_regulation(void **state)
{
    char code[GRID_CODE_SIZE];

    (void)state;
    grid_cell_code(4320500, 3399800, code);
    assert_string_equal(code, "CRS3035RES100mN3399800E4320500");
}

static void the_town_hall_lies_where_the_survey_says(void **state)
{
    struct gdal_transform *laea, *utm;
    double x = 9.9926, y = 53.7064, e = 9.9926, n = 53.7064;

    (void)state;
    assert_ok(gdal_transform_new(EPSG_WGS84, EPSG_LAEA, &laea));
    assert_ok(gdal_transform_new(EPSG_WGS84, EPSG_UTM32, &utm));
    assert_ok(gdal_transform_points(laea, &x, &y, 1));
    assert_ok(gdal_transform_points(utm, &e, &n, 1));
    assert_float_equal(x, 4320511.261, 0.001);
    assert_float_equal(y, 3399884.067, 0.001);
    assert_float_equal(e, 565520.465, 0.001);
    assert_float_equal(n, 5951313.844, 0.001);
    gdal_transform_free(laea);
    gdal_transform_free(utm);
}

static struct grid_server server_at(double easting, double northing, double availability)
{
    return (struct grid_server){.easting = easting,
                                .northing = northing,
                                .radios = {{2.437, 20, 5, false}, {5.6, 30, 5, false}},
                                .bands = {0, 1},
                                .radio_count = 2,
                                .availability = availability,
                                .completeness = isnan(availability) ? 0 : 1};
}

static double sum_planned(const struct grid *g)
{
    double sum = 0;

    for (int i = 0; i < g->columns * g->rows; i++)
        sum += g->cells[i].planned;
    return sum;
}

static double sum_delivered(const struct grid *g)
{
    double sum = 0;

    for (int i = 0; i < g->columns * g->rows; i++) {
        assert_true(g->cells[i].delivered <= g->cells[i].planned + 1e-12);
        sum += g->cells[i].delivered;
    }
    return sum;
}

static struct grid compute(const struct grid_server *servers, size_t count)
{
    const struct grid_extent area = {4320000, 3399000, 4322000, 3401000};
    struct grid g;

    assert_ok(grid_compute(servers, count, &area, -67, &g));
    return g;
}

static void availability_lowers_what_is_delivered_in_proportion(void **state)
{
    struct grid_server one = server_at(4321000, 3400000, 1), quarter = server_at(4321000, 3400000, 0.25);
    struct grid full = compute(&one, 1), part = compute(&quarter, 1);

    (void)state;
    assert_true(sum_planned(&full) > 1);
    assert_float_equal(sum_delivered(&full), sum_planned(&full), 1e-9);
    assert_float_equal(sum_delivered(&part), 0.25 * sum_planned(&full), 1e-9);
    grid_fini(&full);
    grid_fini(&part);
}

static void an_unmeasured_server_promises_but_delivers_nothing_provable(void **state)
{
    struct grid_server unknown = server_at(4321000, 3400000, NAN);
    struct grid g = compute(&unknown, 1);

    (void)state;
    assert_true(sum_planned(&g) > 1);
    assert_float_equal(sum_delivered(&g), 0, 1e-12);
    for (int i = 0; i < g.columns * g.rows; i++)
        if (g.cells[i].planned > 0.01)
            assert_float_equal(g.cells[i].completeness, 0, 1e-12);
    grid_fini(&g);
}

static void removing_a_server_never_adds_coverage(void **state)
{
    struct grid_server servers[6];
    struct rng rng = {11};

    (void)state;
    for (int i = 0; i < 6; i++)
        servers[i] =
            server_at(4320200 + 1600 * rng_unit(&rng), 3399200 + 1600 * rng_unit(&rng), rng_unit(&rng));
    for (size_t count = 6; count > 1; count--) {
        struct grid with = compute(servers, count), without = compute(servers, count - 1);
        assert_true(sum_planned(&without) <= sum_planned(&with) + 1e-9);
        assert_true(sum_delivered(&without) <= sum_delivered(&with) + 1e-9);
        grid_fini(&with);
        grid_fini(&without);
    }
}

/* The square under the mast, by hand: its 16 places are served nearly surely, the one 300 m off hardly. */
static void the_cell_under_the_mast_is_served_and_the_far_one_is_not(void **state)
{
    struct grid_server one = server_at(4321050, 3400050, 1);
    struct grid g = compute(&one, 1);
    int column = (4321000 - g.easting) / GRID_CELL_M, row = (3400000 - g.northing) / GRID_CELL_M;
    const struct grid_cell *here = &g.cells[row * g.columns + column], *far = here + 3;

    (void)state;
    assert_int_equal(here->easting, 4321000);
    assert_int_equal(here->northing, 3400000);
    assert_true(here->planned > 0.9);
    assert_int_equal(here->servers, 1);
    assert_int_equal(here->best, 0);
    assert_true(far->planned < 0.3);
    assert_true(here->level_dbm > -50 && here->level_dbm < -20);
    grid_fini(&g);
}

static void a_position_on_another_continent_is_an_error_not_a_huge_grid(void **state)
{
    struct grid_server servers[] = {server_at(4321050, 3400050, 1), server_at(8321050, 3400050, 1)};
    const struct grid_extent none = GRID_EXTENT_EMPTY;
    struct grid g;

    (void)state;
    assert_int_equal(grid_compute(servers, 2, &none, -67, &g), ERR_RANGE);
    assert_ok(grid_compute(servers, 0, &none, -67, &g));
    assert_null(g.cells);
}

/* ---- exports ---- */

static void spreadsheets_get_no_formula_from_a_hotspot_name(void **state)
{
    const struct hotspot h = {.id = (char *)"hs-1", .name = (char *)"=cmd|' /C calc'!A0"};
    const struct availability_row row = {.hotspot = &h,
                                         .site_name = "Bad, \"Alt\"",
                                         .time = {.up = 90 * SECONDS,
                                                  .degraded = 10 * SECONDS,
                                                  .down = 10 * SECONDS,
                                                  .unknown = 100 * SECONDS},
                                         .outages = 2,
                                         .longest_outage = 6 * SECONDS};
    struct buf text = BUF_INIT;

    (void)state;
    export_availability_csv(&row, 1, 0, 200 * SECONDS, &text);
    assert_ok(buf_error(&text));
    assert_non_null(strstr(text.data,
                           "\r\nhs-1,\"'=cmd|' /C calc'!A0\",\"Bad, \"\"Alt\"\"\",,1970-01-01T00:00:00.000Z,"
                           "1970-01-01T00:03:20.000Z,90.000,50.000,90,10,10,100,0,2,6\r\n"));
    buf_fini(&text);
}

RUN_TESTS("coverage", cmocka_unit_test(reference_points_of_the_recommendations_are_met),
          cmocka_unit_test(service_never_grows_with_distance_nor_shrinks_with_power),
          cmocka_unit_test(cell_codes_are_those_of_the_regulation),
          cmocka_unit_test(the_town_hall_lies_where_the_survey_says),
          cmocka_unit_test(availability_lowers_what_is_delivered_in_proportion),
          cmocka_unit_test(an_unmeasured_server_promises_but_delivers_nothing_provable),
          cmocka_unit_test(removing_a_server_never_adds_coverage),
          cmocka_unit_test(the_cell_under_the_mast_is_served_and_the_far_one_is_not),
          cmocka_unit_test(a_position_on_another_continent_is_an_error_not_a_huge_grid),
          cmocka_unit_test(spreadsheets_get_no_formula_from_a_hotspot_name))
