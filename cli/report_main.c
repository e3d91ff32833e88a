/* SPDX-License-Identifier: GPL-3.0-or-later */
/* report_main.c - main() of netzwacht-report, which `netzwacht report` starts: GDAL stays out of
 * netzwacht(1). */
#include "config.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cli/report_model.h"
#include "cli/report_options.h"
#include "coverage/report.h"
#include "lib/base/log.h"
#include "lib/base/strx.h"
#include "lib/stores/availability.h"

#define DEFAULT_PERIOD (30 * DAYS)

static void show_progress(const char *step, double share)
{
    fprintf(stderr, "\r%-14s %3.0f %%%s", step, share * 100, strcmp(step, "done") == 0 ? "\n" : "");
}

/* Time that goes into the files: SOURCE_DATE_EPOCH, if somebody wants the same bytes again; else now. */
static ns_t built_at(ns_t now)
{
    const char *text = getenv("SOURCE_DATE_EPOCH");
    uint64_t seconds;

    return text && strx_to_u64(text, &seconds) == ERR_OK && seconds < 1u << 31 ? (ns_t)seconds * SECONDS
                                                                               : now;
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

static enum err apply_overrides(const struct report_options *o, struct coverage_settings *s)
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

static enum err run(struct report_request *r, const struct report_options *o,
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

static void take_last_month(struct report_request *r)
{
    ns_t end;
    char name[8];

    availability_month(r->now, &r->from, &end, name);
    availability_month(r->from - 1, &r->from, &r->to, name);
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        enum err (*report)(const struct report_request *);
        enum report_format format;
        bool is_monthly;
    } reports[] = {{"coverage", report_coverage, REPORT_GEOJSON, false},
                   {"population", report_population, REPORT_CSV, false},
                   {"places", report_places, REPORT_CSV, false},
                   {"whatif", report_whatif, REPORT_GEOJSON, false},
                   {"sites", report_sites, REPORT_CSV, false},
                   {"dcat", report_dcat, REPORT_GEOJSON, false},
                   {"availability", report_availability, REPORT_CSV, false},
                   {"incidents", report_incidents, REPORT_CSV, false},
                   {"council", report_council, REPORT_PDF, true}};
    struct report_options o = {.config = NW_SYSCONFDIR "/netzwacht.yaml", .threshold_dbm = NAN};
    struct report_request r = {.most = 10, .target = 1, .epsg = 3035};
    struct timespec now;
    int status;

    log_init("netzwacht-report");
    if (argc > 1 && strcmp(argv[1], "model") == 0)
        return report_model_main(argc - 1, argv + 1);
    clock_gettime(CLOCK_REALTIME, &now);
    r.now = built_at((ns_t)now.tv_sec * SECONDS);
    r.to = r.now;
    r.from = r.now - DEFAULT_PERIOD;
    r.progress = isatty(STDERR_FILENO) ? show_progress : NULL;
    for (size_t i = 0; argc > 1 && i < ARRAY_LEN(reports); i++) {
        if (strcmp(argv[1], reports[i].name) != 0)
            continue;
        r.format = reports[i].format;
        if (reports[i].is_monthly)
            take_last_month(&r);
        if (!report_options_parse(argc - 1, argv + 1, &r, &o, &status))
            return status;
        return err_exit_status(run(&r, &o, reports[i].report));
    }
    if (argc > 1 && (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)) {
        fputs(report_usage, stdout);
        return EXIT_DONE;
    }
    if (argc > 1 && strcmp(argv[1], "--version") == 0) {
        printf("netzwacht-report %s\n", PACKAGE_VERSION);
        return EXIT_DONE;
    }
    fputs(report_usage, stderr);
    return EXIT_BAD_USAGE;
}
