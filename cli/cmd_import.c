/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd_import.c - `netzwacht import rrd`: the traffic history of LibreNMS or Cacti. */
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <getopt.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "cli/command.h"
#include "collector/store_import.h"
#include "lib/base/log.h"
#include "lib/base/map.h"
#include "lib/base/strx.h"
#include "lib/base/timex.h"
#include "lib/model/inventory.h"
#include "lib/model/settings.h"
#include "lib/runtime/journal.h"
#include "lib/stores/rrd_map.h"

static const char usage[] =
    "Usage: netzwacht import rrd --from librenms|cacti --map FILE [-c FILE] [--apply] DIR\n"
    "Takes the traffic of interfaces out of the RRD files below DIR into the history. Without --apply it "
    "only lists\n"
    "what maps and what does not.\n\n"
    "  -c, --config FILE   configuration (default " NW_SYSCONFDIR "/netzwacht.yaml)\n"
    "      --from NAME     librenms: data sources INOCTETS, OUTOCTETS, INERRORS, OUTERRORS;\n"
    "                      cacti: traffic_in, traffic_out, errors_in, errors_out\n"
    "      --map FILE      CSV with the columns file (below DIR), device (id of the inventory) and entity, "
    "such as\n"
    "                      if/ge-0/0/1; docs/operations.md says which SQL query prints it\n"
    "      --apply         write; netzwacht-store must be stopped. What our files know stays; doing it again "
    "is fine\n"
    "      --help          this text\n\n"
    "Exit status: 0 done, 1 some files could not be taken, 65 a mistake in table or configuration, 75 "
    "netzwacht-store\n"
    "runs.\n";

enum { SOURCES = 4, UNMAPPED_SHOWN = 20, MAP_BYTES_MAX = 64 << 20, WALK_FILES = 16 };

struct dialect {
    const char *name;
    const char *sources[SOURCES];
};

static const struct dialect dialects[] = {
    {"librenms", {"INOCTETS", "OUTOCTETS", "INERRORS", "OUTERRORS"}},
    {"cacti", {"traffic_in", "traffic_out", "errors_in", "errors_out"}},
};
static const enum metric metrics[SOURCES] = {METRIC_IF_IN, METRIC_IF_OUT, METRIC_IF_IN_ERRORS,
                                             METRIC_IF_OUT_ERRORS};
static const double scales[SOURCES] = {8, 8, 1, 1}; /* octets to bits */

struct options {
    const char *config, *map, *dir;
    const struct dialect *dialect;
    bool is_applied;
};

struct run {
    const struct options *o;
    struct settings *settings;
    struct inventory *inventory;
    struct rrd_map map;
    struct store_files *files;
    struct journal_writer *lock;
    ns_t now;
    size_t taken, refused;
    uint64_t values;
};

/* ---- one file ---- */

static enum err refuse(struct run *r, const struct rrd_map_row *row, const char *why)
{
    printf("no   %s -> %s %s: %s\n", row->file, row->device, row->entity, why);
    r->refused++;
    return ERR_OK;
}

/* From the first known value to the last update. */
static void print_row(const struct run *r, const struct rrd_map_row *row, const struct rrd_foreign *f,
                      uint64_t filled)
{
    char begin[TIMEX_RFC3339_SIZE], end[TIMEX_RFC3339_SIZE];
    int64_t first = f->last;

    for (unsigned i = 0; i < f->archive_count; i++) {
        const struct rrd_rows *rows = &f->archives[i].rows;
        for (size_t k = 0; k < rows->rows * rows->count; k++)
            if (isfinite(rows->values[k])) {
                int64_t t = rows->start + (int64_t)(k / rows->count) * rows->step;
                first = t < first ? t : first;
                break;
            }
    }
    timex_rfc3339(first * SECONDS, begin);
    timex_rfc3339(f->last * SECONDS, end);
    printf("%s  %s -> %s %s:", r->o->is_applied ? "done" : "yes", row->file, row->device, row->entity);
    for (unsigned i = 0; i < f->count; i++)
        printf(" %s", metric_info(metrics[f->asked[i]])->name);
    printf(", %.10s to %.10s", begin, end);
    if (r->o->is_applied)
        printf(", %" PRIu64 " values new", filled);
    putchar('\n');
}

static enum err take_file(struct run *r, const struct rrd_map_row *row)
{
    char *path = strx_printf("%s/%s", r->o->dir, row->file);
    struct rrd_foreign foreign = {0};
    uint64_t filled = 0;
    enum err e;

    if (!path)
        return ERR_NOMEM;
    e = rrd_io_foreign(path, r->o->dialect->sources, SOURCES, &foreign);
    free(path);
    if (e == ERR_NOMEM)
        return e;
    if (e)
        return refuse(r, row,
                      e == ERR_NOT_FOUND   ? "none of the data sources that are taken is a counter in it"
                      : e == ERR_MALFORMED ? "it is no RRD file, is missing or damaged"
                                           : err_text(e));
    if (r->o->is_applied) {
        struct store_import what = {row->device, row->entity, &foreign, metrics, scales, r->now};
        e = store_import(r->files, &what, &filled);
    }
    if (!e) {
        print_row(r, row, &foreign, filled);
        r->taken++;
        r->values += filled;
    }
    rrd_foreign_fini(&foreign);
    return e == ERR_MALFORMED
               ? refuse(r, row, "our own file is damaged: start netzwacht-store once, which puts it aside")
               : e;
}

static enum err take_all(struct run *r)
{
    enum err e = ERR_OK;

    for (size_t i = 0; !e && i < r->map.count; i++) {
        const struct rrd_map_row *row = &r->map.rows[i];
        if (!inventory_device(r->inventory, row->device))
            e = refuse(r, row, "the inventory has no such device");
        else
            e = take_file(r, row);
        if (e)
            log_error("%s: %s", row->file, e == ERR_LIMIT ? "store.budget is used up" : err_text(e));
    }
    return e;
}

/* ---- what the table leaves out ---- */

static struct {
    struct map *named;
    size_t root, count;
} unmapped; /* nftw(3) has no context */

static int on_file(const char *path, const struct stat *st, int flag, struct FTW *ftw)
{
    (void)st, (void)ftw;
    if (flag != FTW_F || !strx_ends_with(path, ".rrd") || map_get(unmapped.named, path + unmapped.root))
        return 0;
    if (unmapped.count++ < UNMAPPED_SHOWN)
        printf("     %s: not in the table\n", path + unmapped.root);
    return 0;
}

static enum err list_unmapped(const struct run *r)
{
    enum err e = ERR_OK;

    unmapped.named = map_new((uint64_t)r->now);
    unmapped.root = strlen(r->o->dir) + (strx_ends_with(r->o->dir, "/") ? 0 : 1);
    if (!unmapped.named)
        return ERR_NOMEM;
    for (size_t i = 0; !e && i < r->map.count; i++)
        e = map_set(unmapped.named, r->map.rows[i].file, r->map.rows, NULL);
    if (!e && nftw(r->o->dir, on_file, WALK_FILES, FTW_PHYS))
        e = err_from_errno(errno);
    if (unmapped.count > UNMAPPED_SHOWN)
        printf("     … and %zu more\n", unmapped.count - UNMAPPED_SHOWN);
    map_free(unmapped.named, NULL);
    if (e)
        log_error("%s: %s", r->o->dir, err_text(e));
    return e;
}

/* ---- options and files ---- */

static enum err read_map(struct run *r)
{
    struct buf text = BUF_INIT;
    const char *problem = NULL;
    unsigned line = 0;
    FILE *f = fopen(r->o->map, "r");
    enum err e = f ? ERR_OK : err_from_errno(errno);

    buf_init(&text, MAP_BYTES_MAX);
    while (f && !feof(f) && !ferror(f)) {
        size_t before = text.len;
        char *room = buf_extend(&text, 65536);
        text.len = before + (room ? fread(room, 1, 65536, f) : 0);
        if (!room)
            break;
    }
    if (f) {
        e = ferror(f) ? ERR_IO : buf_error(&text);
        fclose(f);
    }
    if (!e)
        e = rrd_map_parse(text.data ? text.data : "", text.len, &r->map, &line, &problem);
    if (problem)
        log_error("%s:%u: %s", r->o->map, line, problem);
    else if (e)
        log_error("%s: %s", r->o->map, err_text(e));
    buf_fini(&text);
    return e ? ERR_CONFIG : ERR_OK;
}

static enum err load(struct run *r)
{
    struct conf_report *report;
    enum err e = conf_report_new(&report);

    if (e)
        return e;
    e = settings_load(r->o->config, report, &r->settings);
    if (!e)
        e = inventory_load((const char *const *)r->settings->inventory.items, r->settings->inventory.count,
                           r->settings->districts, report, &r->inventory);
    if (!e && conf_report_count(report))
        e = ERR_CONFIG;
    fputs(conf_report_text(report), stderr);
    if (e && conf_report_count(report) == 0)
        log_error("%s: %s", r->o->config, err_text(e));
    conf_report_free(report);
    return e ? ERR_CONFIG : ERR_OK;
}

/* The store's partition has one writer: while we hold it, no netzwacht-store starts. */
static enum err open_store(struct run *r)
{
    struct journal_options options = {.dir = r->settings->journal_dir,
                                      .partition = "store",
                                      .segment_bytes = 64 * MIB,
                                      .keep_bytes = (uint64_t)r->settings->journal.size,
                                      .keep_age = r->settings->journal.keep};
    struct rrd_keep of_short, of_long;
    struct stat st;
    enum err e;

    if (!r->o->is_applied)
        return ERR_OK;
    if (stat(r->settings->rrd_dir, &st) == 0 && st.st_uid != geteuid()) {
        log_error(
            "%s belongs to another user: netzwacht-store could not write what you make there; run this as "
            "that user (sudo -u)",
            r->settings->rrd_dir);
        return ERR_DENIED;
    }
    e = journal_writer_open(&options, 0, &r->lock);
    if (e) {
        log_error("%s/store: %s%s", r->settings->journal_dir, err_text(e),
                  e == ERR_BUSY ? ": netzwacht-store runs; stop it first, it catches up afterwards" : "");
        return e;
    }
    e = store_files_open(r->settings->rrd_dir, (unsigned)(r->settings->store.step / SECONDS),
                         r->settings->store.budget, &r->files);
    if (e) {
        log_error("%s: %s", r->settings->rrd_dir, err_text(e));
        return e;
    }
    of_short = rrd_layout_keep(STORAGE_SHORT, &r->settings->store);
    of_long = rrd_layout_keep(STORAGE_LONG, &r->settings->store);
    store_files_keep(r->files, &of_short, &of_long);
    return ERR_OK;
}

static bool parse_options(int argc, char **argv, struct options *o, int *status)
{
    static const struct option options[] = {
        {"config", required_argument, NULL, 'c'}, {"from", required_argument, NULL, 'f'},
        {"map", required_argument, NULL, 'm'},    {"apply", no_argument, NULL, 'a'},
        {"help", no_argument, NULL, 'h'},         {0}};
    int option;

    *status = EXIT_BAD_USAGE;
    while ((option = getopt_long(argc, argv, "c:h", options, NULL)) != -1) {
        switch (option) {
        case 'c': o->config = optarg; break;
        case 'f':
            for (size_t i = 0; i < ARRAY_LEN(dialects); i++)
                if (strcmp(optarg, dialects[i].name) == 0)
                    o->dialect = &dialects[i];
            break;
        case 'm': o->map = optarg; break;
        case 'a': o->is_applied = true; break;
        case 'h':
            fputs(usage, stdout);
            *status = EXIT_DONE;
            return false;
        default: fputs(usage, stderr); return false;
        }
    }
    if (!o->dialect || !o->map || optind != argc - 2 || strcmp(argv[optind], "rrd") != 0) {
        fputs(usage, stderr);
        return false;
    }
    o->dir = argv[optind + 1];
    return true;
}

int cmd_import(int argc, char **argv)
{
    struct options o = {.config = NW_SYSCONFDIR "/netzwacht.yaml"};
    struct run r = {.o = &o, .now = (ns_t)time(NULL) * SECONDS};
    int status;
    enum err e;

    if (!parse_options(argc, argv, &o, &status))
        return status;
    e = load(&r);
    if (!e)
        e = read_map(&r);
    if (!e)
        e = open_store(&r);
    if (!e)
        e = take_all(&r);
    if (!e)
        e = list_unmapped(&r);
    if (!e)
        printf("%zu files %s, %zu not, %zu more without a line in the table\n", r.taken,
               o.is_applied ? "taken" : "can be taken", r.refused, unmapped.count);
    if (!e && o.is_applied)
        printf("%" PRIu64 " values were unknown before; start netzwacht-store again\n", r.values);
    store_files_close(r.files);
    if (r.lock)
        journal_writer_close(r.lock);
    rrd_map_fini(&r.map);
    inventory_free(r.inventory);
    settings_free(r.settings);
    if (e)
        return e == ERR_CONFIG ? EXIT_BAD_DATA : e == ERR_BUSY ? EXIT_TRY_AGAIN : err_exit_status(e);
    return r.refused ? EXIT_FINDING : EXIT_DONE;
}
