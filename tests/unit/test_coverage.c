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

static struct transmitter random_transmitter(struct rng *rng)
{
    struct transmitter t = {.f_ghz = band_frequency((const double[]){2.4, 5, 6}[rng_below(rng, 3)]),
                            .eirp_dbm = 10 + 20 * rng_unit(rng),
                            .height_m = 3 + 10 * rng_unit(rng),
                            .is_indoor = rng_below(rng, 2),
                            .is_above_roofs = rng_below(rng, 2),
                            .model = (int)rng_below(rng, 2)};

    transmitter_prepare(&t, 0);
    return t;
}

static void service_never_grows_with_distance_nor_shrinks_with_power(void **state)
{
    struct rng rng = {4};

    (void)state;
    for (int i = 0; i < 4000; i++) {
        struct transmitter t = random_transmitter(&rng), stronger = t;
        struct footprint_path path = {.d_m = 1 + 350 * rng_unit(&rng),
                                      .sight = (enum footprint_sight)rng_below(&rng, 3)};
        struct footprint_path farther = path;
        struct footprint_link near, far;
        double outdoors, indoors;
        stronger.eirp_dbm += 3;
        farther.d_m += 5;
        footprint_link(&t, &path, &near);
        footprint_link(&t, &farther, &far);
        outdoors = footprint_outdoors(&t, &near, -67);
        indoors = footprint_indoors(&t, &near, -67);
        assert_true(indoors >= 0 && outdoors <= 1);
        assert_true(indoors <= outdoors + 1e-12);
        assert_true(footprint_outdoors(&t, &far, -67) <= outdoors + 1e-12);
        assert_true(footprint_indoors(&t, &far, -67) <= indoors + 1e-12);
        assert_true(footprint_outdoors(&stronger, &near, -67) >= outdoors - 1e-12);
        assert_true(footprint_indoors(&stronger, &near, -67) >= indoors - 1e-12);
        assert_true(footprint_outdoors(&t, &near, -60) <= outdoors + 1e-12);
    }
}

static void a_wall_in_the_way_never_helps(void **state)
{
    struct rng rng = {5};

    (void)state;
    for (int i = 0; i < 2000; i++) {
        struct transmitter t = random_transmitter(&rng);
        double p[3], d = 10 + 350 * rng_unit(&rng);
        for (int sight = SIGHT_UNKNOWN; sight <= SIGHT_BLOCKED; sight++) {
            struct footprint_path path = {.d_m = d, .sight = (enum footprint_sight)sight};
            struct footprint_link link;
            footprint_link(&t, &path, &link);
            p[sight] = footprint_outdoors(&t, &link, -67);
        }
        assert_true(p[SIGHT_BLOCKED] <= p[SIGHT_UNKNOWN] + 1e-12 &&
                    p[SIGHT_UNKNOWN] <= p[SIGHT_CLEAR] + 1e-12);
    }
}

static void more_transmit_power_does_not_help_a_phone_that_is_not_heard(void **state)
{
    struct transmitter loud = {.f_ghz = 5.6, .eirp_dbm = 60, .height_m = 5}, louder = loud;
    struct footprint_path path = {.d_m = 250, .sight = SIGHT_BLOCKED};
    struct footprint_link link;

    (void)state;
    louder.eirp_dbm = 70;
    transmitter_prepare(&loud, 0);
    transmitter_prepare(&louder, 0);
    footprint_link(&loud, &path, &link);
    assert_true(footprint_level(&loud, &link) > -80);
    assert_true(footprint_outdoors(&loud, &link, -67) < 0.5);
    assert_float_equal(footprint_outdoors(&louder, &link, -67), footprint_outdoors(&loud, &link, -67), 1e-12);
}

static void antennas_send_less_beside_their_main_direction(void **state)
{
    const struct antenna sector = {
        .gain_dbi = 8, .azimuth_deg = 350, .tilt_deg = 10, .beamwidth_deg = 60, .beamwidth_v_deg = 20};
    const struct antenna all_around = {.gain_dbi = 3};

    (void)state;
    assert_float_equal(antenna_loss(&sector, 350, -10), 0, 1e-9);
    assert_float_equal(antenna_loss(&sector, 20, -10), 3, 1e-9); /* half a beamwidth, across north */
    assert_float_equal(antenna_loss(&sector, 350, 0), 3, 1e-9);
    assert_float_equal(antenna_loss(&sector, 170, -10), 25, 1e-9);
    assert_float_equal(antenna_loss(&sector, 170, 80), 25, 1e-9);
    assert_float_equal(antenna_loss(&all_around, 123, -45), 0, 1e-9);
}

static void rates_are_those_of_the_standard(void **state)
{
    const struct throughput_channel narrow = {.width_mhz = 20, .streams = 1},
                                    wide = {.width_mhz = 80, .streams = 2};
    const struct throughput_channel busy = {
        .width_mhz = 20, .streams = 1, .utilisation = 0.25, .noise_dbm = -90};

    (void)state;
    assert_int_equal(throughput_mcs(&narrow, -82), 0);
    assert_int_equal(throughput_mcs(&narrow, -82.1), -1);
    assert_int_equal(throughput_mcs(&narrow, -40), 11);
    assert_float_equal(throughput_physical(&narrow, -64), 86.0, 1e-9);
    assert_float_equal(throughput_physical(&wide, -58), 86.0 * 2 * 4.19, 1e-9); /* -64 at 20 MHz */
    assert_float_equal(throughput_physical(&narrow, -90), 0, 1e-9);
    assert_float_equal(throughput_net(&narrow, -64, 3), 0.6 * 86.0 / 3, 1e-9);
    assert_float_equal(throughput_net(&busy, -59, 1), 0.6 * 86.0 * 0.75, 1e-9); /* 5 dB more noise */
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

static struct raster_server server_at(double easting, double northing, double availability)
{
    struct raster_server s = {.easting = easting,
                              .northing = northing,
                              .radios = {{.f_ghz = 2.437, .eirp_dbm = 20, .height_m = 5},
                                         {.f_ghz = 5.6, .eirp_dbm = 30, .height_m = 5}},
                              .bands = {0, 1},
                              .radio_count = 2,
                              .availability = availability,
                              .completeness = isnan(availability) ? 0 : 1};

    transmitter_prepare(&s.radios[0], 0);
    transmitter_prepare(&s.radios[1], 0);
    return s;
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

static enum err compute_grid(const struct raster_server *servers, size_t count,
                             const struct raster_extent *area, struct grid *out)
{
    struct raster_extent x = *area;
    struct raster r;
    enum err e;

    for (size_t i = 0; i < count; i++)
        raster_extent_reach(&x, servers[i].easting, servers[i].northing);
    e = raster_new(&x, 25, -67, NULL, &r);
    if (!e)
        e = raster_serve(&r, servers, count, NULL, 2);
    if (!e)
        e = grid_from_raster(&r, out);
    raster_fini(&r);
    return e;
}

static struct grid compute(const struct raster_server *servers, size_t count)
{
    const struct raster_extent area = {4320000, 3399000, 4322000, 3401000};
    struct grid g;

    assert_ok(compute_grid(servers, count, &area, &g));
    return g;
}

static void availability_lowers_what_is_delivered_in_proportion(void **state)
{
    struct raster_server one = server_at(4321000, 3400000, 1), quarter = server_at(4321000, 3400000, 0.25);
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
    struct raster_server unknown = server_at(4321000, 3400000, NAN);
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
    struct raster_server servers[6];
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
    struct raster_server one = server_at(4321050, 3400050, 1);
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
    struct raster_server servers[] = {server_at(4321050, 3400050, 1), server_at(8321050, 3400050, 1)};
    const struct raster_extent none = RASTER_EXTENT_EMPTY;
    struct grid g;

    (void)state;
    assert_int_equal(compute_grid(servers, 2, &none, &g), ERR_RANGE);
    assert_ok(compute_grid(servers, 0, &none, &g));
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
    struct csv_out csv;

    (void)state;
    csv_init(&csv, &text);
    export_availability_csv(&row, 1, 0, 200 * SECONDS, &csv);
    assert_ok(buf_error(&text));
    assert_non_null(strstr(text.data,
                           "\r\nhs-1,\"'=cmd|' /C calc'!A0\",\"Bad, \"\"Alt\"\"\",,1970-01-01T00:00:00.000Z,"
                           "1970-01-01T00:03:20.000Z,90.000,50.000,90,10,10,100,0,2,6\r\n"));
    buf_clear(&text);
    csv_init_german(&csv, &text);
    export_availability_csv(&row, 1, 0, 200 * SECONDS, &csv);
    assert_non_null(strstr(text.data,
                           "\r\nhs-1;\"'=cmd|' /C calc'!A0\";\"Bad, \"\"Alt\"\"\";;1970-01-01T00:00:00.000Z;"
                           "1970-01-01T00:03:20.000Z;90,000;50,000;90;10;10;100;0;2;6\r\n"));
    assert_memory_equal(text.data, "\xef\xbb\xbfhotspot;name;", 16);
    buf_fini(&text);
}

RUN_TESTS("coverage", cmocka_unit_test(reference_points_of_the_recommendations_are_met),
          cmocka_unit_test(service_never_grows_with_distance_nor_shrinks_with_power),
          cmocka_unit_test(a_wall_in_the_way_never_helps),
          cmocka_unit_test(more_transmit_power_does_not_help_a_phone_that_is_not_heard),
          cmocka_unit_test(antennas_send_less_beside_their_main_direction),
          cmocka_unit_test(rates_are_those_of_the_standard),
          cmocka_unit_test(cell_codes_are_those_of_the_regulation),
          cmocka_unit_test(the_town_hall_lies_where_the_survey_says),
          cmocka_unit_test(availability_lowers_what_is_delivered_in_proportion),
          cmocka_unit_test(an_unmeasured_server_promises_but_delivers_nothing_provable),
          cmocka_unit_test(removing_a_server_never_adds_coverage),
          cmocka_unit_test(the_cell_under_the_mast_is_served_and_the_far_one_is_not),
          cmocka_unit_test(a_position_on_another_continent_is_an_error_not_a_huge_grid),
          cmocka_unit_test(spreadsheets_get_no_formula_from_a_hotspot_name))
