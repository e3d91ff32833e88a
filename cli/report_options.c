/* SPDX-License-Identifier: GPL-3.0-or-later */
/* report_options.c - the command line of netzwacht-report. */
#include "cli/report_options.h"

#include "config.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/strx.h"
#include "lib/base/timex.h"

const char report_usage[] =
    "Usage: netzwacht report coverage     [-c FILE] [--format geojson|gpkg|csv|tif|kml] [-o FILE] [--from "
    "TIME] "
    "[--to TIME]\n"
    "       netzwacht report population   [-c FILE] [--population FILE] [--places FILE] [-o FILE]\n"
    "       netzwacht report places       [-c FILE] [--places FILE] [-o FILE]\n"
    "       netzwacht report whatif       [-c FILE] [--off ID] [--move ID=LAT,LON] [--add "
    "LAT,LON[,HEIGHT][,indoor]]\n"
    "                                     [--eirp ID=GHZ:DBM] … [--format geojson|csv] [-o FILE]\n"
    "       netzwacht report sites        [-c FILE] --candidates FILE [--count N] [--target SHARE] [--format "
    "csv|geojson]\n"
    "       netzwacht report dcat         [-c FILE] [-o FILE]\n"
    "       netzwacht report availability [-c FILE] [--format csv] [-o FILE] [--from TIME] [--to TIME]\n"
    "       netzwacht report incidents    [-c FILE] [--format csv] [-o FILE] [--from TIME] [--to TIME]\n"
    "       netzwacht report council      [-c FILE] [--format pdf|csv] [-o FILE] [--month YYYY-MM]\n\n"
    "coverage      share of each 100 m cell (EPSG:3035) that is served, as planned and as delivered: the "
    "footprint\n"
    "              of each hotspot, times its measured availability\n"
    "population    share of inhabitants, and of places by kind, served at -67, -70 and -75 dBm\n"
    "places        what each point of interest has\n"
    "whatif        what changes if access points are switched off, moved, added, stronger or weaker\n"
    "sites         which candidate poles to build next, by inhabitants gained\n"
    "dcat          the record of the coverage for a catalogue of open data (DCAT-AP.de, JSON-LD)\n"
    "availability  seconds up, degraded, down, unknown and in maintenance per hotspot; unknown never counts "
    "as up\n"
    "incidents     number and affected user-minutes of the incidents that were opened, by type, district and "
    "site\n"
    "council       availability, outages, causes and coverage of a month for the city council, in German: a "
    "tagged PDF,\n"
    "              and beside it a CSV with all of its figures\n\n"
    "  -c, --config FILE   configuration (default " NW_SYSCONFDIR "/netzwacht.yaml)\n"
    "  -f, --format NAME   geojson (default for coverage and whatif), gpkg, csv, tif (cloud optimised), "
    "kml,\n"
    "                      pdf (default for council)\n"
    "      --crs EPSG      reference system of tif: 3035 (default) or 25832\n"
    "  -o, --output FILE   default: standard output\n"
    "      --excel de      CSV as Excel opens it in Germany: semicolons, decimal commas, byte order mark\n"
    "      --from, --to    RFC 3339 times, e.g. 2026-11-01T00:00:00+01:00 (default: the last 30 days)\n"
    "      --buildings FILE    footprints: GeoPackage, Shapefile, GeoJSON, GML, FlatGeobuf\n"
    "      --population FILE   inhabitants per 100 m cell: CSV of the Zensus\n"
    "      --places FILE       points of interest: CSV with name, kind, lat, lon\n"
    "      --candidates FILE   poles: CSV with name, lat, lon\n"
    "      --count N           at most so many sites (default 10)\n"
    "      --target SHARE      end when so many inhabitants are reached, 0 to 1 (default 1)\n"
    "      --off, --move, --add, --eirp   changes, applied in this order of the command line\n"
    "      --threshold DBM     level that counts as served\n"
    "      --step M            squares of 25 m or 10 m\n"
    "  -m, --month YYYY-MM council: the month (default: the last whole one)\n"
    "      --help          this text\n"
    "      --version       the version\n";

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
        [REPORT_GEOJSON] = "geojson", [REPORT_GPKG] = "gpkg", [REPORT_CSV] = "csv",
        [REPORT_PDF] = "pdf",         [REPORT_TIF] = "tif",   [REPORT_KML] = "kml"};

    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        if (strcmp(text, names[i]) == 0) {
            *out = (enum report_format)i;
            return true;
        }
    }
    fprintf(stderr, "netzwacht report: --format %s: expected geojson, gpkg, csv, tif, kml or pdf\n", text);
    return false;
}

/* *out: noon in the middle of it. */
static bool parse_month(const char *text, ns_t *out)
{
    char noon[sizeof "2026-10-15T12:00:00Z"];

    if (strlen(text) == 7) {
        snprintf(noon, sizeof noon, "%s-15T12:00:00Z", text);
        if (timex_parse(noon, out) == ERR_OK)
            return true;
    }
    fprintf(stderr, "netzwacht report: --month %s: expected a month such as 2026-10\n", text);
    return false;
}

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

static bool parse_excel(const char *text, bool *out)
{
    *out = strcmp(text, "de") == 0;
    if (!*out)
        fprintf(stderr, "netzwacht report: --excel %s: expected de\n", text);
    return *out;
}

static bool parse_crs(const char *text, int *out)
{
    *out = strcmp(text, "3035") == 0 ? 3035 : strcmp(text, "25832") == 0 ? 25832 : 0;
    if (!*out)
        fprintf(stderr, "netzwacht report: --crs %s: expected 3035 or 25832\n", text);
    return *out != 0;
}

static bool parse_change(enum whatif_kind kind, const char *text, struct report_request *r,
                         struct report_options *o)
{
    static const char *const forms[] = {[WHATIF_OFF] = "--off ID",
                                        [WHATIF_MOVE] = "--move ID=LAT,LON",
                                        [WHATIF_ADD] = "--add LAT,LON[,HEIGHT][,indoor]",
                                        [WHATIF_POWER] = "--eirp ID=GHZ:DBM"};

    if (r->change_count == WHATIF_CHANGES_MAX) {
        fprintf(stderr, "netzwacht report: more than %d changes\n", WHATIF_CHANGES_MAX);
        return false;
    }
    if (whatif_parse(kind, text, &o->changes[r->change_count])) {
        fprintf(stderr, "netzwacht report: %s: expected %s\n", text, forms[kind]);
        return false;
    }
    r->changes = o->changes;
    r->change_count++;
    return true;
}

enum {
    OPTION_BUILDINGS = 256,
    OPTION_POPULATION,
    OPTION_PLACES,
    OPTION_THRESHOLD,
    OPTION_STEP,
    OPTION_EXCEL,
    OPTION_CRS,
    OPTION_CANDIDATES,
    OPTION_COUNT,
    OPTION_TARGET,
    OPTION_CHANGE /* the first of those by enum whatif_kind */
};

/* One option of the planning reports; false: it was wrong, and that was said. */
static bool take_planning(int option, const char *text, struct report_request *r, struct report_options *o)
{
    double number = 0;
    bool is_fine = true;

    switch (option) {
    case OPTION_BUILDINGS: o->buildings = text; break;
    case OPTION_POPULATION: o->population = text; break;
    case OPTION_PLACES: o->places = text; break;
    case OPTION_CANDIDATES: r->candidates = text; break;
    case OPTION_THRESHOLD: is_fine = parse_number("threshold", text, -110, -20, &o->threshold_dbm); break;
    case OPTION_STEP: is_fine = parse_step(text, &o->step_m); break;
    case OPTION_EXCEL: is_fine = parse_excel(text, &r->is_german); break;
    case OPTION_CRS: is_fine = parse_crs(text, &r->epsg); break;
    case OPTION_COUNT:
        is_fine = parse_number("count", text, 1, 10000, &number);
        r->most = (size_t)number;
        break;
    case OPTION_TARGET: is_fine = parse_number("target", text, 0, 1, &r->target); break;
    default: is_fine = parse_change((enum whatif_kind)(option - OPTION_CHANGE), text, r, o); break;
    }
    return is_fine;
}

bool report_options_parse(int argc, char **argv, struct report_request *r, struct report_options *o,
                          int *status)
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
                                            {"excel", required_argument, NULL, OPTION_EXCEL},
                                            {"crs", required_argument, NULL, OPTION_CRS},
                                            {"candidates", required_argument, NULL, OPTION_CANDIDATES},
                                            {"count", required_argument, NULL, OPTION_COUNT},
                                            {"target", required_argument, NULL, OPTION_TARGET},
                                            {"off", required_argument, NULL, OPTION_CHANGE + WHATIF_OFF},
                                            {"move", required_argument, NULL, OPTION_CHANGE + WHATIF_MOVE},
                                            {"add", required_argument, NULL, OPTION_CHANGE + WHATIF_ADD},
                                            {"eirp", required_argument, NULL, OPTION_CHANGE + WHATIF_POWER},
                                            {"month", required_argument, NULL, 'm'},
                                            {"help", no_argument, NULL, 'h'},
                                            {"version", no_argument, NULL, 'v'},
                                            {0}};
    bool is_fine = true;
    int option;

    *status = EXIT_BAD_USAGE;
    while (is_fine && (option = getopt_long(argc, argv, "c:f:o:m:h", options, NULL)) != -1) {
        switch (option) {
        case 'c': o->config = optarg; break;
        case 'f': is_fine = parse_format(optarg, &r->format); break;
        case 'o': r->output = strcmp(optarg, "-") == 0 ? NULL : optarg; break;
        case 'b': is_fine = parse_time("from", optarg, &r->from); break;
        case 'e': is_fine = parse_time("to", optarg, &r->to); break;
        case 'm':
            is_fine = parse_month(optarg, &r->from);
            r->to = r->from + 1;
            break;
        case 'h':
            fputs(report_usage, stdout);
            *status = EXIT_DONE;
            return false;
        case 'v':
            printf("netzwacht-report %s\n", PACKAGE_VERSION);
            *status = EXIT_DONE;
            return false;
        case '?': fputs(report_usage, stderr); return false;
        default: is_fine = take_planning(option, optarg, r, o); break;
        }
    }
    if (is_fine && r->from >= r->to) {
        fprintf(stderr, "netzwacht report: --from must lie before --to\n");
        return false;
    }
    return is_fine;
}
