/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd_journal.c - `netzwacht journal cat`: records as JSON lines, one object a line, to look at and to pipe.
 */
#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/command.h"
#include "lib/base/json_out.h"
#include "lib/base/log.h"
#include "lib/base/map.h"
#include "lib/base/strx.h"
#include "lib/model/record_json.h"
#include "lib/model/settings.h"
#include "lib/runtime/journal.h"
#include "lib/runtime/loop.h"

struct cat {
    struct loop *loop;
    struct map *tables; /* "partition source" -> Nw__Record with the table */
    bool has_failed;    /* standard output is closed */
    size_t gaps;
};

static void print_usage(FILE *to)
{
    fputs("Usage: netzwacht journal cat [-c FILE | --dir DIR] [--follow | --new] [PARTITION]...\n"
          "Prints the records of the journal as JSON, one a line: one partition after the other, oldest "
          "first.\n\n"
          "  -c, --config FILE   configuration, default " NW_SYSCONFDIR "/netzwacht.yaml\n"
          "      --dir DIR       the journal itself, <state>/journal, instead\n"
          "  -f, --follow        go on with records as they come, from the newest segment\n"
          "  -n, --new           the same without what stands there already\n"
          "  -h, --help          this text\n\n"
          "Without PARTITION (collector, probe, alerts, …) every partition is printed.\n"
          "A gap or damage in the journal is told on standard error; the exit status is then 1.\n",
          to);
}

/* ---- records ---- */

static void free_record(void *record)
{
    record_free(record);
}

/* The table that this record's values belong to; *kept: the map keeps the record. */
static const Nw__Table *table_of(struct cat *c, const char *partition, Nw__Record *record, bool *kept)
{
    char key[640];
    void *old = NULL;
    const Nw__Record *known;

    if (record->body_case != NW__RECORD__BODY_SAMPLES)
        return NULL;
    snprintf(key, sizeof key, "%s %s", partition, record->samples->source);
    if (record->samples->table) {
        *kept = map_set(c->tables, key, record, &old) == ERR_OK;
        record_free(old);
        return record->samples->table;
    }
    known = map_get(c->tables, key);
    if (!known || known->samples->table->version != record->samples->table_version)
        return NULL;
    return known->samples->table;
}

static void print_line(struct cat *c, const struct buf *line)
{
    if (buf_error(line) || fwrite(line->data, 1, line->len, stdout) != line->len || putchar('\n') == EOF) {
        c->has_failed = true;
        loop_stop(c->loop);
    }
}

static void on_record(void *ctx, const char *partition, journal_pos pos, const void *bytes, size_t len)
{
    struct cat *c = ctx;
    struct buf line = BUF_INIT;
    struct json_out j;
    Nw__Record *record = NULL;
    const Nw__Table *table;
    bool kept = false;
    enum err e = c->has_failed ? ERR_IO : record_unpack(bytes, len, &record);

    if (c->has_failed)
        return;
    json_init(&j, &line);
    json_object_begin(&j, NULL);
    json_string(&j, "partition", partition);
    record_json_position(&j, "position", pos);
    if (e) {
        json_string(&j, "error", err_text(e));
    } else {
        table = table_of(c, partition, record, &kept);
        record_json_write(&j, "record", record, table);
    }
    json_object_end(&j);
    print_line(c, &line);
    buf_fini(&line);
    if (!kept)
        record_free(record);
}

static void on_gap(void *ctx, const char *partition)
{
    struct cat *c = ctx;

    c->gaps++;
    log_warning("records of partition %s are missing here", partition);
}

static void on_idle(void *ctx)
{
    struct cat *c = ctx;

    if (fflush(stdout) == EOF) {
        c->has_failed = true;
        loop_stop(c->loop);
    }
}

static void on_stop(void *ctx, int signo)
{
    (void)signo;
    loop_stop(ctx);
}

/* ---- running ---- */

static enum err add_all(struct journal_tail *t, enum journal_start from)
{
    static const char *const known[] = {"collector", "probe",  "store", "alerts",
                                        "dashboard", "public", "cli"};
    enum err e = ERR_OK;

    for (size_t i = 0; !e && i < ARRAY_LEN(known); i++)
        e = journal_tail_add(t, known[i], 0, from);
    return e ? e : journal_tail_add_units(t, from);
}

static enum err add_one(struct journal_tail *t, const char *dir, const char *partition,
                        enum journal_start from)
{
    char *path = strx_printf("%s/%s", dir, partition);
    enum err e = path ? ERR_OK : ERR_NOMEM;

    if (!e && access(path, R_OK | X_OK))
        e = err_from_errno(errno);
    if (!e)
        e = journal_tail_add(t, partition, 0, from);
    free(path);
    if (e == ERR_EXISTS) /* named twice */
        return ERR_OK;
    if (e)
        log_error("partition %s in %s cannot be read: %s", partition, dir, err_text(e));
    return e;
}

static enum err cat_run(struct cat *c, const char *dir, char **partitions, int count, enum journal_start from)
{
    static const struct journal_tail_fns fns = {on_record, on_gap, on_idle};
    struct journal_tail *tail = NULL;
    enum err e = loop_new(NULL, &c->loop);

    c->tables = map_new((uint64_t)getpid());
    if (!e && !c->tables)
        e = ERR_NOMEM;
    if (!e)
        e = loop_signal_add(c->loop, SIGINT, on_stop, c->loop);
    if (!e)
        e = loop_signal_add(c->loop, SIGTERM, on_stop, c->loop);
    if (!e)
        e = journal_tail_new(c->loop, dir, &fns, c, &tail);
    if (!e && count == 0)
        e = add_all(tail, from);
    for (int i = 0; !e && i < count; i++)
        e = add_one(tail, dir, partitions[i], from);
    if (!e)
        e = journal_tail_catch_up(tail);
    if (!e && from != JOURNAL_FROM_OLDEST && !c->has_failed)
        e = loop_run(c->loop);
    journal_tail_free(tail);
    loop_free(c->loop);
    map_free(c->tables, free_record);
    return e;
}

/* malloc'ed; NULL: reported. */
static char *journal_dir_of(const char *config)
{
    struct conf_report *report = NULL;
    struct settings *s = NULL;
    char *dir = NULL;

    if (conf_report_new(&report))
        return NULL;
    if (settings_load(config, report, &s))
        fputs(conf_report_text(report), stderr);
    else
        dir = strdup(s->journal_dir);
    settings_free(s);
    conf_report_free(report);
    return dir;
}

static int cat(const char *config, const char *given_dir, char **partitions, int count,
               enum journal_start from)
{
    struct cat c = {0};
    char *dir = given_dir ? strdup(given_dir) : journal_dir_of(config);
    enum err e;

    if (!dir)
        return EXIT_BAD_CONFIG;
    signal(SIGPIPE, SIG_IGN);
    if (access(dir, R_OK | X_OK)) {
        e = err_from_errno(errno);
        log_error("%s: %s%s", dir, err_text(e),
                  e == ERR_DENIED ? ": become a member of the group netzwacht, or use sudo" : "");
    } else {
        e = cat_run(&c, dir, partitions, count, from);
    }
    free(dir);
    if (c.has_failed)
        return EXIT_CANT_WRITE;
    return e ? err_exit_status(e) : c.gaps ? EXIT_FINDING : EXIT_DONE;
}

int cmd_journal(int argc, char **argv)
{
    static const struct option options[] = {
        {"config", required_argument, NULL, 'c'}, {"dir", required_argument, NULL, 'd'},
        {"follow", no_argument, NULL, 'f'},       {"new", no_argument, NULL, 'n'},
        {"help", no_argument, NULL, 'h'},         {NULL, 0, NULL, 0}};
    const char *config = NW_SYSCONFDIR "/netzwacht.yaml", *dir = NULL;
    enum journal_start from = JOURNAL_FROM_OLDEST;
    int option;

    while ((option = getopt_long(argc, argv, "c:fnh", options, NULL)) != -1)
        switch (option) {
        case 'c': config = optarg; break;
        case 'd': dir = optarg; break;
        case 'f': from = JOURNAL_FROM_SEGMENT_BACK; break;
        case 'n': from = JOURNAL_FROM_END; break;
        case 'h': print_usage(stdout); return EXIT_DONE;
        default: print_usage(stderr); return EXIT_BAD_USAGE;
        }
    if (optind >= argc || strcmp(argv[optind], "cat") != 0) {
        print_usage(stderr);
        return EXIT_BAD_USAGE;
    }
    return cat(config, dir, argv + optind + 1, argc - optind - 1, from);
}
