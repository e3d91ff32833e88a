/* SPDX-License-Identifier: GPL-3.0-or-later */
/* report_main.c - main() of netzwacht-report, which `netzwacht report` starts: GDAL stays out of
 * netzwacht(1). */
#include "config.h"

#include <getopt.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cli/report_model.h"
#include "coverage/report.h"
#include "lib/base/log.h"
#include "lib/base/strx.h"
#include "lib/base/timex.h"

#define DEFAULT_PERIOD (30 * DAYS)

static const char usage[] =
    "Usage: netzwacht report coverage     [-c FILE] [--format geojson|gpkg|csv] [-o FILE] [--from TIME] "
    "[--to TIME]\n"
    "       netzwacht report availability [-c FILE] [--format csv]              [-o FILE] [--from TIME] "
    "[--to TIME]\n"
    "       netzwacht report incidents    [-c FILE] [--format csv]              [-o FILE] [--from TIME] "
    "[--to TIME]\n\n"
    "coverage      share of each 100 m cell (EPSG:3035) that is served, as planned and as delivered: the "
    "footprint\n"
    "              of each hotspot, times its measured availability\n"
    "availability  seconds up, degraded, down, unknown and in maintenance per hotspot; unknown never counts "
    "as up\n"
    "incidents     number and affected user-minutes of the incidents that were opened, by type, district and "
    "site\n\n"
    "  -c, --config FILE   configuration (default " NW_SYSCONFDIR "/netzwacht.yaml)\n"
    "  -f, --format NAME   geojson (default for coverage), gpkg, csv\n"
    "  -o, --output FILE   default: standard output\n"
    "      --from, --to    RFC 3339 times, e.g. 2026-11-01T00:00:00+01:00 (default: the last 30 days)\n"
    "      --buildings FILE    footprints: GeoPackage, Shapefile, GeoJSON, GML, FlatGeobuf\n"
    "      --population FILE   inhabitants per 100 m cell: CSV of the Zensus\n"
    "      --places FILE       points of interest: CSV with name, kind, lat, lon\n"
    "      --threshold DBM     level that counts as served\n"
    "      --step M            squares of 25 m or 10 m\n"
    "      --help          this text\n"
    "      --version       the version\n";

static void show_progress(const char *step, double share)
{
    fprintf(stderr, "\r%-14s %3.0f %%%s", step, share * 100, strcmp(step, "done") == 0 ? "\n" : "");
}

static bool parse_time(const char *option, const char *text, ns_t *out)
{
    if (timex_parse(text, out) == ERR_OK)
        return true;
    fprintf(stderr, "netzwacht report: --%s %s: expected a time such as 2026-11-01T00:00:00+01:00\n", option,
            text);
    return false;
}

static bool parse_format(const char *text, enum report_format *out)
{
    static const char *const names[] = {
        [REPORT_GEOJSON] = "geojson", [REPORT_GPKG] = "gpkg", [REPORT_CSV] = "csv"};

    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        if (strcmp(text, names[i]) == 0) {
            *out = (enum report_format)i;
            return true;
        }
    }
    fprintf(stderr, "netzwacht report: --format %s: expected geojson, gpkg or csv\n", text);
    return false;
}

static void print_version(void)
{
    printf("netzwacht-report %s\n", PACKAGE_VERSION);
}

/* Settings that options override; NULL: as configured. */
struct overrides {
    const char *config, *buildings, *population, *places;
    double threshold_dbm; /* NAN: as configured */
    int64_t step_m;       /* 0: likewise */
};

static bool parse_number(const char *option, const char *text, double low, double high, double *out)
{
    if (strx_to_double(text, out) == ERR_OK && *out >= low && *out <= high)
        return true;
    fprintf(stderr, "netzwacht report: --%s %s: expected a number from %g to %g\n", option, text, low, high);
    return false;
}

static bool parse_step(const char *text, int64_t *out)
{
    if (strx_to_i64(text, out) == ERR_OK && (*out == 10 || *out == 25))
        return true;
    fprintf(stderr, "netzwacht report: --step %s: expected 10 or 25\n", text);
    return false;
}

enum { OPTION_BUILDINGS = 256, OPTION_POPULATION, OPTION_PLACES, OPTION_THRESHOLD, OPTION_STEP };

static bool parse_options(int argc, char **argv, struct report_request *r, struct overrides *o, int *status)
{
    static const struct option options[] = {{"config", required_argument, NULL, 'c'},
                                            {"format", required_argument, NULL, 'f'},
                                            {"output", required_argument, NULL, 'o'},
                                            {"from", required_argument, NULL, 'b'},
                                            {"to", required_argument, NULL, 'e'},
                                            {"buildings", required_argument, NULL, OPTION_BUILDINGS},
                                            {"population", required_argument, NULL, OPTION_POPULATION},
                                            {"places", required_argument, NULL, OPTION_PLACES},
                                            {"threshold", required_argument, NULL, OPTION_THRESHOLD},
                                            {"step", required_argument, NULL, OPTION_STEP},
                                            {"help", no_argument, NULL, 'h'},
                                            {"version", no_argument, NULL, 'v'},
                                            {0}};
    bool is_fine = true;
    int option;

    *status = EXIT_BAD_USAGE;
    while (is_fine && (option = getopt_long(argc, argv, "c:f:o:h", options, NULL)) != -1) {
        switch (option) {
        case 'c': o->config = optarg; break;
        case 'f': is_fine = parse_format(optarg, &r->format); break;
        case 'o': r->output = strcmp(optarg, "-") == 0 ? NULL : optarg; break;
        case 'b': is_fine = parse_time("from", optarg, &r->from); break;
        case 'e': is_fine = parse_time("to", optarg, &r->to); break;
        case OPTION_BUILDINGS: o->buildings = optarg; break;
        case OPTION_POPULATION: o->population = optarg; break;
        case OPTION_PLACES: o->places = optarg; break;
        case OPTION_THRESHOLD:
            is_fine = parse_number("threshold", optarg, -110, -20, &o->threshold_dbm);
            break;
        case OPTION_STEP: is_fine = parse_step(optarg, &o->step_m); break;
        case 'h':
            fputs(usage, stdout);
            *status = EXIT_DONE;
            return false;
        case 'v':
            print_version();
            *status = EXIT_DONE;
            return false;
        default: fputs(usage, stderr); return false;
        }
    }
    if (is_fine && r->from >= r->to) {
        fprintf(stderr, "netzwacht report: --from must lie before --to\n");
        return false;
    }
    return is_fine;
}

static enum err replace_text(char **setting, const char *text)
{
    char *copy = text ? strdup(text) : NULL;

    if (!text)
        return ERR_OK;
    if (!copy)
        return ERR_NOMEM;
    free(*setting);
    *setting = copy;
    return ERR_OK;
}

static enum err apply_overrides(const struct overrides *o, struct coverage_settings *s)
{
    enum err e = replace_text(&s->buildings, o->buildings);

    if (!e)
        e = replace_text(&s->population, o->population);
    if (!e)
        e = replace_text(&s->places, o->places);
    if (!isnan(o->threshold_dbm))
        s->threshold_dbm = o->threshold_dbm;
    if (o->step_m)
        s->step_m = o->step_m;
    return e;
}

static enum err run(struct report_request *r, const struct overrides *o,
                    enum err (*report)(const struct report_request *))
{
    struct conf_report *problems;
    struct settings *settings = NULL;
    struct inventory *inventory = NULL;
    enum err e = conf_report_new(&problems);

    if (e)
        return e;
    e = settings_load(o->config, problems, &settings);
    if (!e)
        e = apply_overrides(o, &settings->coverage);
    if (!e)
        e = inventory_load((const char *const *)settings->inventory.items, settings->inventory.count,
                           settings->districts, problems, &inventory);
    fputs(conf_report_text(problems), stderr);
    conf_report_free(problems);
    if (!e) {
        r->settings = settings;
        r->inventory = inventory;
        e = report(r);
    }
    inventory_free(inventory);
    settings_free(settings);
    return e;
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        enum err (*report)(const struct report_request *);
        enum report_format format;
    } reports[] = {{"coverage", report_coverage, REPORT_GEOJSON},
                   {"availability", report_availability, REPORT_CSV},
                   {"incidents", report_incidents, REPORT_CSV}};
    struct overrides o = {.config = NW_SYSCONFDIR "/netzwacht.yaml", .threshold_dbm = NAN};
    struct report_request r = {0};
    struct timespec now;
    int status;

    log_init("netzwacht-report");
    if (argc > 1 && strcmp(argv[1], "model") == 0)
        return report_model_main(argc - 1, argv + 1);
    clock_gettime(CLOCK_REALTIME, &now);
    r.now = (ns_t)now.tv_sec * SECONDS;
    r.to = r.now;
    r.from = r.now - DEFAULT_PERIOD;
    r.progress = isatty(STDERR_FILENO) ? show_progress : NULL;
    for (size_t i = 0; argc > 1 && i < ARRAY_LEN(reports); i++) {
        if (strcmp(argv[1], reports[i].name) != 0)
            continue;
        r.format = reports[i].format;
        if (!parse_options(argc - 1, argv + 1, &r, &o, &status))
            return status;
        return err_exit_status(run(&r, &o, reports[i].report));
    }
    if (argc > 1 && (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)) {
        fputs(usage, stdout);
        return EXIT_DONE;
    }
    if (argc > 1 && strcmp(argv[1], "--version") == 0) {
        print_version();
        return EXIT_DONE;
    }
    fputs(usage, stderr);
    return EXIT_BAD_USAGE;
}
