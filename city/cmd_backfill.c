/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd_backfill.c - `netzwacht-city backfill`: writes the past days into the journal's partition unit.history.
 */
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "city/backfill.h"
#include "city/command.h"
#include "city/write.h"
#include "lib/base/log.h"
#include "lib/base/strx.h"
#include "lib/runtime/journal.h"

static const char usage[] =
    "Usage: netzwacht-city backfill --dir DIR --journal DIR [--days N] [--until SECONDS]\n"
    "Writes partition unit.history: samples and states of the city's past days, as netzwacht would have "
    "written\n"
    "them. It fills graphs and availability; it raises nothing.\n\n"
    "  --dir DIR         the city's directory\n"
    "  --journal DIR     the journal (<state>/journal)\n"
    "  --days N          3; at most 40\n"
    "  --until SECONDS   wall time at which the past ends (now)\n";

enum { DAYS_MAX = 40 };

struct sink {
    struct journal_writer *writer;
    ns_t mono;
    journal_pos *previous;
    uint32_t *table_segment;
};

static bool needs_table(void *ctx, int source, size_t len)
{
    struct sink *s = ctx;
    uint32_t segment = journal_segment(s->writer) + journal_will_rotate(s->writer, s->mono, len);
    bool is_needed = s->table_segment[source] != segment;

    s->table_segment[source] = segment;
    return is_needed;
}

static uint64_t previous(void *ctx, int source)
{
    struct sink *s = ctx;

    return s->previous[source];
}

static enum err put_record(void *ctx, int source, const void *bytes, size_t len)
{
    struct sink *s = ctx;
    journal_pos pos = 0;
    enum err e = journal_append(s->writer, s->mono, bytes, len, &pos);

    if (!e && source >= 0)
        s->previous[source] = pos;
    return e;
}

static ns_t monotonic(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * SECONDS + t.tv_nsec;
}

static enum err write_history(const struct city *c, struct sink *s, ns_t from, ns_t to)
{
    struct backfill_sink sink = {needs_table, previous, put_record, s};
    struct backfill_figures figures;
    struct journal_stats stats;
    ns_t began = monotonic();
    enum err e;

    s->previous = calloc(backfill_sources(c), sizeof *s->previous);
    s->table_segment = calloc(backfill_sources(c), sizeof *s->table_segment);
    if (!s->previous || !s->table_segment)
        return ERR_NOMEM;
    e = backfill_write(c, from, to, &sink, &figures);
    journal_writer_stats(s->writer, &stats);
    if (!e)
        printf("unit.history: %" PRIu64 " records, %" PRIu64 " values and %" PRIu64
               " state changes from %" PRIu64 " outages; %.1f days, %.1f MB in %.1f s\n",
               figures.records, figures.values, figures.states, figures.outages,
               (double)(to - from) / (double)DAYS, (double)stats.bytes / 1e6,
               (double)(monotonic() - began) / 1e9);
    return e;
}

static int backfill(const char *dir, const char *journal, ns_t from, ns_t to)
{
    struct journal_options options = {.dir = journal,
                                      .partition = "unit.history",
                                      .segment_bytes = 64 * MIB,
                                      .keep_bytes = 1024 * GIB,
                                      .keep_age = 3650 * DAYS};
    struct sink s = {.mono = monotonic()};
    struct city *c = NULL;
    char *community = NULL;
    enum err e = city_dir_open(dir, &c, &community);

    if (e)
        return err_exit_status(e);
    e = journal_writer_open(&options, s.mono, &s.writer);
    if (!e)
        e = write_history(c, &s, from, to);
    if (e)
        log_error("%s, unit.history: %s", journal,
                  e == ERR_NOT_FOUND ? "the directory above must be there first" : err_text(e));
    journal_writer_close(s.writer);
    free(s.previous);
    free(s.table_segment);
    city_free(c);
    free(community);
    return e ? EXIT_CANT_WRITE : EXIT_DONE;
}

int city_command_backfill(int argc, char **argv)
{
    static const struct option options[] = {
        {"dir", required_argument, NULL, 'd'},  {"journal", required_argument, NULL, 'j'},
        {"days", required_argument, NULL, 'n'}, {"until", required_argument, NULL, 'u'},
        {"help", no_argument, NULL, 'h'},       {NULL, 0, NULL, 0}};
    const char *dir = NULL, *journal = NULL;
    int64_t days = 3, until = time(NULL);
    int option;

    while ((option = getopt_long(argc, argv, "h", options, NULL)) != -1) {
        enum err e = ERR_OK;
        switch (option) {
        case 'd': dir = optarg; break;
        case 'j': journal = optarg; break;
        case 'n': e = strx_to_i64(optarg, &days); break;
        case 'u': e = strx_to_i64(optarg, &until); break;
        case 'h': fputs(usage, stdout); return EXIT_DONE;
        default: return EXIT_BAD_USAGE;
        }
        if (e || days < 1 || days > DAYS_MAX || until < DAYS_MAX * 86400 || until > 4102444800) {
            log_error("\"%s\" does not fit there; `netzwacht-city backfill --help`", optarg);
            return EXIT_BAD_USAGE;
        }
    }
    if (!dir || !journal || optind < argc) {
        fputs(usage, stderr);
        return EXIT_BAD_USAGE;
    }
    return backfill(dir, journal, (until - days * 86400) * SECONDS, until * SECONDS);
}
