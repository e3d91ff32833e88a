/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_coverage_oracle.c - path loss against the shared table of reference values, row by row. A program of
 * its own, because TAP can skip a whole program where the shared data is missing. */
#include "tests/unit/cmocka_tests.h"

#include <math.h>
#include <stdio.h>
#include <unistd.h>

#include "coverage/propagation.h"
#include "lib/base/strx.h"

#define NEAR 0.01 /* dB */

/* One row of the table of reference values, computed by us; NAN for a model that is not ours. */
static double our_value(const char *model, const char *param, double f_ghz, double d_m)
{
    double elevation, p, h_bs = strstr(param, "hBS=6") ? 6 : 10;

    for (int m = 0; m < PATH_MODEL_COUNT; m++)
        if (strcmp(path_info((enum path_model)m)->model, model) == 0 &&
            strcmp(path_info((enum path_model)m)->param, param) == 0)
            return path_loss((enum path_model)m, f_ghz, d_m);
    if (strcmp(model, "38.901 UMi LOS") == 0)
        return umi_loss_los(f_ghz, d_m, h_bs, 1.5);
    if (strcmp(model, "38.901 UMi NLOS") == 0)
        return umi_loss_nlos(f_ghz, d_m, h_bs, 1.5);
    if (strcmp(model, "38.901 UMi P_LOS") == 0)
        return umi_los_probability(d_m);
    if (strcmp(model, "P.2109-2") == 0 && sscanf(param, "%*s theta=%lf P=%lf", &elevation, &p) == 2)
        return building_entry_loss(strstr(param, "traditional") ? BUILDING_TRADITIONAL : BUILDING_EFFICIENT,
                                   f_ghz, elevation, p);
    return NAN;
}

static FILE *open_oracle(void)
{
    const char *shared = getenv("NETZWACHT_SHARED");
    char *path = strx_printf("%s/oracles/coverage_oracle.tsv", shared ? shared : "../shared");
    FILE *file = fopen(path, "r");

    free(path);
    return file;
}

static void every_row_of_the_coverage_oracle_is_met(void **state)
{
    FILE *file = open_oracle();
    char line[256], model[64], param[64];
    double f_ghz, d_m, value;
    int rows = 0;

    (void)state;
    assert_non_null(file);
    while (fgets(line, sizeof line, file)) {
        char *distance = NULL;
        if (sscanf(line, "%63[^\t]\t%63[^\t]\t%lf", model, param, &f_ghz) != 3) {
            param[0] = '\0'; /* free space has no parameter */
            if (sscanf(line, "%63[^\t]\t\t%lf", model, &f_ghz) != 2)
                continue;
        }
        distance = line;
        for (int tab = 0; tab < 3; tab++)
            distance = strchr(distance, '\t') + 1;
        d_m = strtod(distance, NULL);
        value = strtod(strchr(distance, '\t') + 1, NULL);
        if (fabs(our_value(model, param, f_ghz, d_m) - value) > (strstr(model, "P_LOS") ? 0.0001 : NEAR))
            fail_msg("%s: ours is %.4f", line, our_value(model, param, f_ghz, d_m));
        rows++;
    }
    fclose(file);
    assert_in_range(rows, 300, 100000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_row_of_the_coverage_oracle_is_met)};
    const char *shared = getenv("NETZWACHT_SHARED");

    if (access(shared ? shared : "../shared", F_OK) != 0) {
        puts("1..0 # SKIP no shared data at NETZWACHT_SHARED");
        return 0;
    }
    return cmocka_run_group_tests_name("coverage_oracle", tests, NULL, NULL);
}
