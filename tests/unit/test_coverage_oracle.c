/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_coverage_oracle.c - path loss and cells against the shared tables of reference values, row by row. A
 * program of its own, because TAP can skip a whole program where the shared data is missing. */
#include "tests/unit/cmocka_tests.h"

#include <math.h>
#include <stdio.h>
#include <unistd.h>

#include "coverage/model_table.h"
#include "lib/base/csv_in.h"
#include "lib/base/strx.h"

static void read_oracle(const char *name, struct buf *text)
{
    const char *shared = getenv("NETZWACHT_SHARED");
    char *path = strx_printf("%s/oracles/%s", shared ? shared : "../shared", name);

    buf_init(text, 0);
    assert_ok(buf_read_file(text, path));
    free(path);
}

/* Both tables side by side, row by row. */
static void compare_tables(struct buf *ours, struct buf *theirs,
                           bool (*is_near)(const struct csv_in *a, const struct csv_in *b),
                           size_t rows_at_least)
{
    struct csv_in a, b;
    size_t rows = 0;

    assert_ok(csv_in_begin(&a, ours->data, ours->len));
    assert_ok(csv_in_begin(&b, theirs->data, theirs->len));
    for (; csv_in_row(&b) == ERR_OK; rows++) {
        assert_ok(csv_in_row(&a));
        if (!is_near(&a, &b))
            fail_msg("row %u: %s %s %s %s: %s %s %s", b.line, csv_in_cell(&b, 0), csv_in_cell(&b, 1),
                     csv_in_cell(&b, 2), csv_in_cell(&b, 3), csv_in_cell(&a, 4), csv_in_cell(&a, 5),
                     csv_in_cell(&a, 6));
    }
    assert_int_equal(csv_in_row(&a), ERR_END);
    assert_true(rows >= rows_at_least);
}

static bool number_is_near(const struct csv_in *a, const struct csv_in *b, int column, double tolerance)
{
    double x, y;

    return csv_in_number(a, column, &x) && csv_in_number(b, column, &y) && fabs(x - y) <= tolerance;
}

static bool text_is_same(const struct csv_in *a, const struct csv_in *b, int column)
{
    return strcmp(csv_in_cell(a, column), csv_in_cell(b, column)) == 0;
}

static bool loss_is_near(const struct csv_in *a, const struct csv_in *b)
{
    bool is_probability = strstr(csv_in_cell(b, 0), "P_LOS") != NULL;

    return text_is_same(a, b, 0) && text_is_same(a, b, 1) && text_is_same(a, b, 5) &&
           number_is_near(a, b, 4, is_probability ? 0.0001 : 0.01);
}

static bool cell_is_same(const struct csv_in *a, const struct csv_in *b)
{
    return text_is_same(a, b, 4) && number_is_near(a, b, 2, 0.00101) && number_is_near(a, b, 3, 0.00101) &&
           number_is_near(a, b, 5, 0.00101) && number_is_near(a, b, 6, 0.00101);
}

static void every_row_of_the_coverage_oracle_is_met(void **state)
{
    struct buf text, copy = BUF_INIT, out = BUF_INIT;
    unsigned line;
    size_t bad;

    (void)state;
    read_oracle("coverage_oracle.tsv", &text);
    buf_put(&copy, text.data, text.len);
    assert_ok(model_table_pathloss(copy.data, copy.len, &out, &bad, &line));
    assert_int_equal(bad, 0);
    compare_tables(&out, &text, loss_is_near, 410);
    buf_fini(&text);
    buf_fini(&copy);
    buf_fini(&out);
}

static void every_row_of_the_geo_oracle_is_met(void **state)
{
    struct buf text, copy = BUF_INIT, out = BUF_INIT;
    unsigned line;
    size_t bad;

    (void)state;
    read_oracle("geo_oracle.tsv", &text);
    buf_put(&copy, text.data, text.len);
    assert_ok(model_table_cells(copy.data, copy.len, &out, &bad, &line));
    assert_int_equal(bad, 0);
    compare_tables(&out, &text, cell_is_same, 17);
    buf_fini(&text);
    buf_fini(&copy);
    buf_fini(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_row_of_the_coverage_oracle_is_met),
                                       cmocka_unit_test(every_row_of_the_geo_oracle_is_met)};
    const char *shared = getenv("NETZWACHT_SHARED");

    if (access(shared ? shared : "../shared", F_OK) != 0) {
        puts("1..0 # SKIP no shared data at NETZWACHT_SHARED");
        return 0;
    }
    return cmocka_run_group_tests_name("coverage_oracle", tests, NULL, NULL);
}
