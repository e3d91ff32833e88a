/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_rrd.c - layout, index and files of the RRD tree. */
#include "config.h"
#include "tests/unit/cmocka_tests.h"

#include <fcntl.h>
#include <math.h>

#include "lib/base/rng.h"
#include "lib/base/units.h"
#include "lib/model/settings.h"
#include "lib/stores/rrd_index.h"
#include "lib/stores/rrd_io.h"
#include "tests/unit/temp_dir.h"

static void every_metric_has_its_own_data_source_name(void **state)
{
    char a[RRD_DS_NAME_SIZE], b[RRD_DS_NAME_SIZE];

    (void)state;
    for (size_t i = 0; i < metric_count(); i++) {
        rrd_layout_ds_name(metric_at(i)->number, a);
        assert_int_equal(strspn(a, "abcdefghijklmnopqrstuvwxyz0123456789_"), strlen(a));
        for (size_t k = 0; k < i; k++) {
            rrd_layout_ds_name(metric_at(k)->number, b);
            if (metric_at(i)->storage != STORAGE_NOW && metric_at(k)->storage != STORAGE_NOW)
                assert_string_not_equal(a, b);
        }
    }
    rrd_layout_ds_name(METRIC_OPTIC_RX, a);
    assert_string_equal(a, "optic_rx_power");
}

static void sizes_are_those_of_the_design(void **state)
{
    static const struct rrd_keep usual = {0};

    (void)state;
    assert_in_range(rrd_layout_size(STORAGE_SHORT, &usual, 20) / 20, 43000, 45000);
    assert_in_range(rrd_layout_size(STORAGE_LONG, &usual, 10) / 10, 455000, 475000);
    assert_int_equal(rrd_layout_step(STORAGE_LONG, 60), 300);
}

static void retention_is_what_the_configuration_says(void **state)
{
    struct store_settings settings = {
        .step = 60 * SECONDS, .keep_short = 30 * DAYS, .keep_hours = 5 * 365 * DAYS};
    struct rrd_keep of_short = rrd_layout_keep(STORAGE_SHORT, &settings),
                    of_long = rrd_layout_keep(STORAGE_LONG, &settings);
    struct rrd_archive archives[RRD_ARCHIVES_MAX];

    (void)state;
    assert_int_equal(rrd_layout_archives(STORAGE_SHORT, &of_short, archives), 2);
    assert_int_equal(archives[0].rows, 1440);
    assert_int_equal(archives[1].rows, 30 * 288);
    assert_int_equal(rrd_layout_archives(STORAGE_LONG, &of_long, archives), 6);
    assert_int_equal(archives[0].rows, 11520);
    assert_int_equal(archives[1].rows, 5 * 365 * 24);
    assert_int_equal(archives[2].rows, 5 * 365 * 24);
    assert_int_equal(archives[5].rows, 3650);
    settings.step = SECONDS; /* rows of 5 s for 30 days are too many */
    of_short = rrd_layout_keep(STORAGE_SHORT, &settings);
    assert_int_equal(of_short.rows[1], RRD_ROWS_MAX);
}

static struct rrd_file sample_file(uint32_t number)
{
    return (struct rrd_file){.number = number,
                             .storage = STORAGE_SHORT,
                             .step = 60,
                             .source = (char *)"ap-0001",
                             .entity = (char *)"radio/0 50% \xc3\xa4",
                             .count = 2,
                             .metrics = {METRIC_RADIO_NOISE, METRIC_RADIO_SNR}};
}

static void an_index_line_reads_back_equal(void **state)
{
    struct rrd_file f = sample_file(17), got;
    struct buf line = BUF_INIT;

    (void)state;
    rrd_index_put_line(&f, &line);
    assert_ok(rrd_index_parse_line(line.data, line.len - 1, &got));
    assert_int_equal(got.number, 17);
    assert_string_equal(got.source, f.source);
    assert_string_equal(got.entity, f.entity);
    assert_int_equal(got.count, 2);
    assert_int_equal(got.metrics[1], METRIC_RADIO_SNR);
    rrd_file_fini(&got);
    for (size_t i = 0; i + 1 < line.len; i++) {
        line.data[i] ^= 1;
        assert_int_not_equal(rrd_index_parse_line(line.data, line.len - 1, &got), ERR_OK);
        line.data[i] ^= 1;
        assert_int_not_equal(rrd_index_parse_line(line.data, i, &got), ERR_OK);
    }
    buf_fini(&line);
    f.entity = (char *)"";
    rrd_index_put_line(&f, &line);
    assert_ok(rrd_index_parse_line(line.data, line.len - 1, &got));
    assert_string_equal(got.entity, "");
    rrd_file_fini(&got);
    buf_fini(&line);
}

static void put_file(const char *dir, const char *name, const char *text, size_t len)
{
    char path[256];
    FILE *f;

    snprintf(path, sizeof path, "%s/%s", dir, name);
    f = fopen(path, "ab");
    assert_int_equal(fwrite(text, 1, len, f), len);
    fclose(f);
}

static void an_index_waits_for_a_torn_line_and_passes_over_a_damaged_one(void **state)
{
    struct rrd_index *x = NULL;
    struct buf line = BUF_INIT;
    struct rrd_file one = sample_file(1), two = sample_file(2);
    const struct rrd_file *found;
    unsigned ds = 9;

    two.metrics[0] = METRIC_RADIO_RSSI;
    assert_ok(rrd_index_open(*state, &x));
    assert_int_equal(rrd_index_count(x), 0);
    rrd_index_put_line(&one, &line);
    put_file(*state, "index", line.data, line.len);
    put_file(*state, "index", "deadbeef nonsense\n", 18);
    buf_clear(&line);
    rrd_index_put_line(&two, &line);
    put_file(*state, "index", line.data, line.len - 5);
    assert_ok(rrd_index_refresh(x));
    assert_int_equal(rrd_index_count(x), 1);
    assert_int_equal(rrd_index_damaged(x), 1);
    put_file(*state, "index", line.data + line.len - 5, 5);
    assert_ok(rrd_index_refresh(x));
    assert_int_equal(rrd_index_count(x), 2);
    found = rrd_index_find(x, "ap-0001", one.entity, METRIC_RADIO_SNR, &ds);
    assert_int_equal(found->number, 1);
    assert_int_equal(ds, 1);
    found = rrd_index_find(x, "ap-0001", one.entity, METRIC_RADIO_RSSI, &ds);
    assert_int_equal(found->number, 2);
    assert_null(rrd_index_find(x, "ap-0001", "radio/1", METRIC_RADIO_RSSI, &ds));
    rrd_index_close(x);
    buf_fini(&line);
}

enum { START = 1795000200 };

static void make_file(const char *dir, const struct rrd_file *f, char path[256])
{
    snprintf(path, 256, "%s/000/00000017.rrd", dir);
    assert_ok(rrd_io_create(path, f, START, NULL));
}

static void rows_read_back_as_written_and_unknown_stays_unknown(void **state)
{
    struct rrd_file f = sample_file(17);
    struct rrd_rows rows = {0};
    char path[256];
    const int64_t times[] = {START + 60, START + 180, START + 240};
    const double values[] = {-91.5, 20, NAN, 21, -90, 22};
    int64_t last = 0;

    make_file(*state, &f, path);
    assert_ok(rrd_io_update(path, &f, times, values, 3));
    assert_ok(rrd_io_update(path, &f, times, values, 3)); /* once more: passed over */
    assert_ok(rrd_io_check(path, &f, &last));
    assert_int_equal(last, START + 240);
    assert_ok(rrd_io_fetch(path, &f, RRD_AVERAGE, 1, START, START + 600, &rows));
    assert_int_equal(rows.start, START);
    assert_int_equal(rows.step, 60);
    assert_int_equal(rows.rows, 4);
    assert_float_equal(rows.values[0], -91.5, 1e-9);
    assert_float_equal(rows.values[1], 20, 1e-9);
    assert_true(isnan(rows.values[2]) && isnan(rows.values[4]));
    assert_float_equal(rows.values[3], 21, 1e-9);
    assert_float_equal(rows.values[5], 21, 1e-9);
    assert_float_equal(rows.values[6], -90, 1e-9);
    free(rows.values);
    assert_int_equal(rrd_io_fetch(path, &f, RRD_MAX, 1, START, START + 60, &rows), ERR_NOT_FOUND);
}

static void a_file_keeps_the_rows_that_it_began_with(void **state)
{
    struct rrd_file f = sample_file(17), got;
    struct rrd_rows rows = {0};
    struct buf line = BUF_INIT;
    char path[256];
    int64_t times[40], last = 0;
    double values[80];

    f.keep = (struct rrd_keep){{100, 30 * 288, 0}};
    rrd_index_put_line(&f, &line);
    assert_non_null(strstr(line.data, " short:100,8640 60 "));
    assert_ok(rrd_index_parse_line(line.data, line.len - 1, &got));
    make_file(*state, &got, path);
    for (int i = 0; i < 40; i++) { /* 20 days: more than the class's own two weeks */
        times[i] = START / 300 * 300 + (i + 1) * 43200;
        values[2 * i] = values[2 * i + 1] = i;
    }
    assert_ok(rrd_io_update(path, &got, times, values, 40));
    assert_ok(rrd_io_fetch(path, &got, RRD_AVERAGE, 5, times[0], times[1], &rows));
    assert_int_equal(rows.rows, 144);
    assert_float_equal(rows.values[20], 1, 1e-9);
    free(rows.values);
    assert_ok(rrd_io_check(path, &got, &last));
    got.keep.rows[1] = 0;
    assert_int_equal(rrd_io_check(path, &got, &last), ERR_MALFORMED);
    rrd_file_fini(&got);
    assert_int_equal(rrd_index_parse_line("x", 1, &got), ERR_MALFORMED);
    buf_fini(&line);
}

static void numbers_of_every_size_keep_nine_digits(void **state)
{
    static const double numbers[] = {0,
                                     1,
                                     -1,
                                     0.5,
                                     -7.25,
                                     3.0000000004e-4,
                                     1e-9,
                                     123.456789,
                                     999999.999999999,
                                     1e6,
                                     1234567.891,
                                     -987654321.123,
                                     4.1e9,
                                     1.5e12,
                                     -1e18,
                                     1e300,
                                     0.9999999999,
                                     4294967296.0,
                                     12345678901.5};
    struct rrd_file f = sample_file(17);
    struct rrd_rows rows = {0};
    char path[256];
    int64_t times[ARRAY_LEN(numbers)];
    double values[2 * ARRAY_LEN(numbers)];

    make_file(*state, &f, path);
    for (size_t i = 0; i < ARRAY_LEN(numbers); i++) {
        times[i] = START + 60 * (int64_t)(i + 1);
        values[2 * i] = numbers[i];
        values[2 * i + 1] = -numbers[i] / 3;
    }
    assert_ok(rrd_io_update(path, &f, times, values, ARRAY_LEN(numbers)));
    assert_ok(rrd_io_fetch(path, &f, RRD_AVERAGE, 1, START, times[ARRAY_LEN(numbers) - 1], &rows));
    assert_int_equal(rows.rows, ARRAY_LEN(numbers));
    for (size_t i = 0; i < 2 * rows.rows; i++)
        assert_true(fabs(rows.values[i] - values[i]) <= fabs(values[i]) * 5e-10);
    free(rows.values);
}

static void a_file_is_rewritten_up_to_now_when_it_ends_in_the_future(void **state)
{
    struct rrd_file f = sample_file(17);
    struct rrd_rows rows = {0};
    char path[256];
    const int64_t times[] = {START + 60, START + 120, START + 7200}, later[] = {START + 180};
    const double values[] = {1, 2, 3, 4, 99, 99}, more[] = {5, 6};
    int64_t last = 0;

    make_file(*state, &f, path);
    assert_ok(rrd_io_update(path, &f, times, values, 3));
    assert_ok(rrd_io_create(path, &f, START + 120, path));
    assert_ok(rrd_io_check(path, &f, &last));
    assert_int_equal(last, START + 120);
    assert_ok(rrd_io_update(path, &f, later, more, 1));
    assert_ok(rrd_io_fetch(path, &f, RRD_AVERAGE, 1, START, START + 180, &rows));
    assert_int_equal(rows.rows, 3);
    for (int i = 0; i < 6; i++)
        assert_float_equal(rows.values[i], i + 1, 1e-9);
    free(rows.values);
}

/* D8: librrd aborts or divides by zero on such headers; none of them gets that far. */
static void damaged_headers_are_refused_before_librrd_sees_them(void **state)
{
    struct rrd_file f = sample_file(17);
    struct rng rng = {42};
    struct rrd_rows rows = {0};
    char path[256];
    uint8_t head[2048], bad[2048];
    int refused = 0, fd;

    make_file(*state, &f, path);
    fd = open(path, O_RDWR);
    assert_int_equal(pread(fd, head, sizeof head, 0), sizeof head);
    for (int i = 0; i < 300; i++) {
        enum err e;
        memcpy(bad, head, sizeof bad);
        for (uint32_t n = 1 + rng_below(&rng, 4); n; n--)
            bad[rng_below(&rng, 800)] ^= (uint8_t)(1 + rng_below(&rng, 255));
        assert_int_equal(pwrite(fd, bad, sizeof bad, 0), sizeof bad);
        e = rrd_io_fetch(path, &f, RRD_AVERAGE, 1, START, START + 600, &rows);
        refused += e != ERR_OK;
        if (!e)
            free(rows.values);
    }
    assert_in_range(refused, 100, 300);
    assert_int_equal(pwrite(fd, head, sizeof head, 0), sizeof head);
    assert_ok(ftruncate(fd, 5000));
    assert_int_equal(rrd_io_check(path, &f, NULL), ERR_MALFORMED);
    close(fd);
    unlink(path);
    assert_int_equal(rrd_io_check(path, &f, NULL), ERR_NOT_FOUND);
}

static uint8_t *read_whole(const char *path, size_t *size)
{
    FILE *f = fopen(path, "rb");
    uint8_t *bytes;

    assert_non_null(f);
    assert_int_equal(fseek(f, 0, SEEK_END), 0);
    *size = (size_t)ftell(f);
    rewind(f);
    bytes = malloc(*size);
    assert_non_null(bytes);
    assert_int_equal(fread(bytes, 1, *size, f), *size);
    fclose(f);
    return bytes;
}

/* Where the rings begin is random in librrd's files; the last thing in a header, 8 bytes an archive. */
static void assert_same_bytes(const char *ours, const char *librrds, const struct rrd_file *f)
{
    struct rrd_archive unused[RRD_ARCHIVES_MAX];
    size_t size, wanted, header = rrd_io_header_size(f),
                         rings = 8 * rrd_layout_archives(f->storage, &f->keep, unused);
    uint8_t *a = read_whole(ours, &size), *b = read_whole(librrds, &wanted);

    assert_int_equal(size, wanted);
    assert_memory_equal(a, b, header - rings);
    assert_memory_equal(a + header, b + header, size - header);
    free(a);
    free(b);
}

static void assert_same_rows(const char *ours, const char *librrds, const struct rrd_file *f, int64_t from,
                             int64_t to)
{
    struct rrd_archive archives[RRD_ARCHIVES_MAX];
    size_t count = rrd_layout_archives(f->storage, &f->keep, archives);

    for (size_t i = 0; i < count; i++) {
        struct rrd_rows a = {0}, b = {0};
        assert_ok(rrd_io_fetch(ours, f, archives[i].cf, archives[i].pdps, from, to, &a));
        assert_ok(rrd_io_fetch(librrds, f, archives[i].cf, archives[i].pdps, from, to, &b));
        assert_int_equal(a.rows, b.rows);
        assert_true(a.rows > 0);
        assert_int_equal(a.start, b.start);
        assert_memory_equal(a.values, b.values, a.rows * a.count * sizeof *a.values);
        free(a.values);
        free(b.values);
    }
}

/* More rows than the shortest archive has, some of them unknown. */
static void update_both(const char *ours, const char *librrds, const struct rrd_file *f, int64_t start,
                        struct rng *rng)
{
    double values[64 * RRD_DS_MAX];
    int64_t times[64];

    for (int n = 0; n < 40; n++) {
        for (int i = 0; i < 64; i++)
            times[i] = start + (int64_t)f->step * (n * 64 + i + 1);
        for (unsigned i = 0; i < 64 * f->count; i++)
            values[i] = rng_below(rng, 10) ? rng_unit(rng) * 1e6 : NAN;
        assert_ok(rrd_io_update(ours, f, times, values, 64));
        assert_ok(rrd_io_update(librrds, f, times, values, 64));
    }
}

/* Each shape comes twice in a row and again after more shapes than are remembered, always with other names
 * and another start. */
static void a_new_file_is_the_one_that_librrd_makes(void **state)
{
    struct rng rng = {7};
    char ours[256], librrds[256];

    snprintf(ours, sizeof ours, "%s/ours.rrd", (char *)*state);
    snprintf(librrds, sizeof librrds, "%s/librrds.rrd", (char *)*state);
    for (unsigned n = 0; n < 80; n++) {
        unsigned shape = n / 2 % 20;
        struct rrd_file f = {.number = n + 1,
                             .storage = shape % 4 == 3 ? STORAGE_LONG : STORAGE_SHORT,
                             .count = 1 + shape,
                             .keep = {{shape % 2 ? 1 + shape : 0, 100 * (shape % 3), 0}}};
        int64_t start = START + 90060 * (int64_t)n;

        f.step = rrd_layout_step(f.storage, shape % 5 ? 60 : 10);
        start = start / f.step * f.step;
        for (unsigned i = 0; i < f.count; i++)
            f.metrics[i] = metric_at((n + i) % metric_count())->number;
        assert_ok(rrd_io_make_empty(ours, &f, start));
        assert_ok(rrd_io_make(librrds, &f, start, NULL));
        assert_ok(rrd_io_check(ours, &f, NULL));
        assert_same_bytes(ours, librrds, &f);
        if (n % 7)
            continue;
        rrd_io_uncache(ours, &f);
        update_both(ours, librrds, &f, start, &rng);
        assert_same_rows(ours, librrds, &f, start, start + 3000 * (int64_t)f.step);
    }
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, temp_dir_setup, temp_dir_teardown)

RUN_TESTS("rrd", cmocka_unit_test(every_metric_has_its_own_data_source_name),
          cmocka_unit_test(sizes_are_those_of_the_design),
          cmocka_unit_test(retention_is_what_the_configuration_says),
          cmocka_unit_test(an_index_line_reads_back_equal),
          TEST(an_index_waits_for_a_torn_line_and_passes_over_a_damaged_one),
          TEST(rows_read_back_as_written_and_unknown_stays_unknown),
          TEST(a_file_keeps_the_rows_that_it_began_with), TEST(numbers_of_every_size_keep_nine_digits),
          TEST(a_file_is_rewritten_up_to_now_when_it_ends_in_the_future),
          TEST(a_new_file_is_the_one_that_librrd_makes),
          TEST(damaged_headers_are_refused_before_librrd_sees_them))
