/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd_export.c - `netzwacht export series`: the history for other programs. */
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cli/command.h"
#include "cli/export_push.h"
#include "lib/base/crc32c.h"
#include "lib/base/log.h"
#include "lib/base/strx.h"
#include "lib/base/timex.h"
#include "lib/model/settings.h"
#include "lib/stores/export_text.h"

static const char usage[] =
    "Usage: netzwacht export series [OPTION]...\n"
    "Writes the history of metrics as CSV or OpenMetrics text, or sends it to a Prometheus remote-write "
    "receiver.\n"
    "A row's time is when it begins; unknown rows are empty cells in CSV, and gaps elsewhere.\n\n"
    "  -c, --config FILE         configuration (default " NW_SYSCONFDIR "/netzwacht.yaml)\n"
    "  -f, --format NAME         csv (default), openmetrics, remote-write\n"
    "  -o, --output FILE         default: standard output\n"
    "      --source PATTERN      devices, or probe/ID; * and ? match as in file names (default: all)\n"
    "      --entity PATTERN      e.g. 'if/*' (default: all)\n"
    "      --metric NAME,...     e.g. interface.in,interface.out (default: all that are stored)\n"
    "      --from, --to TIME     RFC 3339, or seconds since 1970 (default: the last 24 hours)\n"
    "      --step SECONDS        width of a row (default 300)\n"
    "      --aggregate NAME      average (default), min, max; csv also month_mean, month_p95, month_peak\n"
    "  -q, --quiet               no progress\n"
    "remote-write:\n"
    "      --url URL             e.g. http://127.0.0.1:9090/api/v1/write\n"
    "      --authorization-file FILE   value of the Authorization header, e.g. 'Bearer …'; mode 600\n"
    "      --ca-file FILE        certificates to trust instead of the system's\n"
    "      --resume FILE         keeps how far it came, and goes on from there\n"
    "      --patience SECONDS    how long a batch is tried again (default 600)\n"
    "      --help                this text\n\n"
    "Exit status: 0 done, 65 nothing is selected or a mistake in the configuration, 69 the receiver refused "
    "or\n"
    "stayed away, 73 the file cannot be written.\n";

enum format { FORMAT_CSV, FORMAT_OPENMETRICS, FORMAT_REMOTE_WRITE };
enum { METRICS_MAX = 64, BATCH_SAMPLES = 5000, STEP_MAX = 31 * 86400 };

struct options {
    const char *config, *output, *metrics, *from, *to, *resume, *authorization_file;
    enum format format;
    bool is_quiet;
    int64_t step, patience;
    struct export_query query;
    struct export_push_options push;
    enum metric list[METRICS_MAX];
};

struct run {
    const struct options *o;
    struct settings *settings;
    struct export *source;
    ns_t now, told; /* wall */
    FILE *to;
    char *authorization;
    uint32_t digest; /* of the question: a position belongs to one */
    uint64_t samples, batches;
};

/* ---- options ---- */

static bool refuse(const char *option, const char *text, const char *expected)
{
    fprintf(stderr, "netzwacht export: --%s %s: expected %s\n", option, text, expected);
    return false;
}

static bool parse_metrics(struct options *o)
{
    char *list = strdup(o->metrics ? o->metrics : ""), *rest = NULL;
    bool is_fine = list != NULL;

    for (char *name = list ? strtok_r(list, ",", &rest) : NULL; is_fine && name;
         name = strtok_r(NULL, ",", &rest)) {
        const struct metric_info *metric = metric_by_name(name);
        if (!metric || metric->storage == STORAGE_NOW || o->query.metric_count == METRICS_MAX)
            is_fine =
                refuse("metric", name, "up to 64 names of metrics that are stored, such as interface.in");
        else
            o->list[o->query.metric_count++] = metric->number;
    }
    free(list);
    o->query.metrics = o->list;
    return is_fine;
}

static bool parse_word(const char *option, const char *text, const char *const *words, size_t count, int *out)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(text, words[i]) == 0) {
            *out = (int)i;
            return true;
        }
    fprintf(stderr, "netzwacht export: --%s %s: expected one of", option, text);
    for (size_t i = 0; i < count; i++)
        fprintf(stderr, " %s", words[i]);
    fputc('\n', stderr);
    return false;
}

static bool parse_format(const char *text, struct options *o)
{
    static const char *const words[] = {"csv", "openmetrics", "remote-write"};
    int found = 0;
    bool is_fine = parse_word("format", text, words, ARRAY_LEN(words), &found);

    o->format = (enum format)found;
    return is_fine;
}

static bool parse_aggregate(const char *text, struct options *o)
{
    static const char *const words[] = {"average", "min", "max", "month_mean", "month_p95", "month_peak"};
    int found = 0;
    bool is_fine = parse_word("aggregate", text, words, ARRAY_LEN(words), &found);

    o->query.cf = (enum series_cf)found;
    return is_fine;
}

static bool parse_number(const char *option, const char *text, int64_t min, int64_t max, int64_t *out)
{
    if (strx_to_i64(text, out) == ERR_OK && *out >= min && *out <= max)
        return true;
    return refuse(option, text, "a whole number of seconds in range");
}

static bool take_option(int option, struct options *o)
{
    switch (option) {
    case 'c': o->config = optarg; return true;
    case 'f': return parse_format(optarg, o);
    case 'o': o->output = optarg; return true;
    case 'q': o->is_quiet = true; return true;
    case 'S': o->query.source = optarg; return true;
    case 'E': o->query.entity = optarg; return true;
    case 'M': o->metrics = optarg; return true;
    case 'b': o->from = optarg; return true;
    case 'e': o->to = optarg; return true;
    case 's': return parse_number("step", optarg, 1, STEP_MAX, &o->step);
    case 'a': return parse_aggregate(optarg, o);
    case 'u': o->push.url = optarg; return true;
    case 'A': o->authorization_file = optarg; return true;
    case 'C': o->push.ca_file = optarg; return true;
    case 'r': o->resume = optarg; return true;
    case 'p': return parse_number("patience", optarg, 0, 86400, &o->patience);
    default: fputs(usage, stderr); return false;
    }
}

/* What belongs together. */
static bool check_options(struct options *o)
{
    static const enum export_order orders[] = {EXPORT_BY_SERIES, EXPORT_BY_METRIC, EXPORT_BY_TIME};

    o->query.order = orders[o->format];
    o->query.step = o->step * SECONDS;
    o->push.patience = o->patience * SECONDS;
    if (o->format != FORMAT_CSV && o->query.cf >= SERIES_MONTH_MEAN)
        return refuse("aggregate", "month_*", "--format csv");
    if ((o->format == FORMAT_REMOTE_WRITE) != (o->push.url != NULL))
        return refuse("format", "remote-write", "--url with it, and with no other format");
    if (o->push.url && strncmp(o->push.url, "http://", 7) != 0 && strncmp(o->push.url, "https://", 8) != 0)
        return refuse("url", o->push.url, "http:// or https://");
    if (o->push.url && strchr(o->push.url, '@'))
        return refuse("url", "…", "no user or password in it; use --authorization-file");
    if (o->resume && o->format != FORMAT_REMOTE_WRITE)
        return refuse("resume", o->resume, "--format remote-write");
    if (o->resume && (!o->from || !o->to))
        return refuse("resume", o->resume, "--from and --to with it: the same ones each time");
    return parse_metrics(o);
}

static bool parse_options(int argc, char **argv, struct options *o, int *status)
{
    static const struct option options[] = {{"config", required_argument, NULL, 'c'},
                                            {"format", required_argument, NULL, 'f'},
                                            {"output", required_argument, NULL, 'o'},
                                            {"quiet", no_argument, NULL, 'q'},
                                            {"source", required_argument, NULL, 'S'},
                                            {"entity", required_argument, NULL, 'E'},
                                            {"metric", required_argument, NULL, 'M'},
                                            {"from", required_argument, NULL, 'b'},
                                            {"to", required_argument, NULL, 'e'},
                                            {"step", required_argument, NULL, 's'},
                                            {"aggregate", required_argument, NULL, 'a'},
                                            {"url", required_argument, NULL, 'u'},
                                            {"authorization-file", required_argument, NULL, 'A'},
                                            {"ca-file", required_argument, NULL, 'C'},
                                            {"resume", required_argument, NULL, 'r'},
                                            {"patience", required_argument, NULL, 'p'},
                                            {"help", no_argument, NULL, 'h'},
                                            {0}};
    int option;

    *status = EXIT_BAD_USAGE;
    while ((option = getopt_long(argc, argv, "c:f:o:qh", options, NULL)) != -1) {
        if (option == 'h') {
            fputs(usage, stdout);
            *status = EXIT_DONE;
            return false;
        }
        if (!take_option(option, o))
            return false;
    }
    if (optind != argc - 1 || strcmp(argv[optind], "series") != 0) {
        fputs(usage, stderr);
        return false;
    }
    return check_options(o);
}

static bool parse_times(struct options *o, ns_t now)
{
    o->query.to = now;
    if (o->to && timex_parse(o->to, &o->query.to))
        return refuse("to", o->to, "a time such as 2026-11-01T00:00:00+01:00");
    if (o->query.to > now)
        o->query.to = now;
    o->query.from = o->query.to - DAYS;
    if (o->from && timex_parse(o->from, &o->query.from))
        return refuse("from", o->from, "a time such as 2026-11-01T00:00:00+01:00");
    return o->query.from < o->query.to ||
           refuse("from", o->from ? o->from : "", "a time before --to and before now");
}

/* ---- progress, and how far it came ---- */

static void show_progress(struct run *r, bool is_done)
{
    ns_t now = (ns_t)time(NULL) * SECONDS;

    if (r->o->is_quiet || !isatty(STDERR_FILENO) || (!is_done && now == r->told))
        return;
    r->told = now;
    fprintf(stderr, "\r%5.1f %%  %" PRIu64 " samples%s", is_done ? 100 : export_share(r->source) * 100,
            r->samples, is_done ? "\n" : "");
}

/* Positions of other questions must not be taken: the times, the selection and the receiver stand in it. */
static uint32_t digest_of(const struct options *o)
{
    struct buf text = BUF_INIT;
    uint32_t digest;

    buf_printf(&text, "%s|%s|%s|%s|%" PRId64 "|%" PRId64 "|%d|%" PRId64, o->push.url,
               o->query.source ? o->query.source : "", o->query.entity ? o->query.entity : "",
               o->metrics ? o->metrics : "", o->from ? o->query.from : 0, o->to ? o->query.to : 0,
               (int)o->query.cf, o->step);
    digest = crc32c(0, text.data ? text.data : "", text.len);
    buf_fini(&text);
    return digest;
}

static enum err save_position(const struct run *r, const struct export_position *p)
{
    char *temporary = strx_printf("%s.new", r->o->resume);
    FILE *f = temporary ? fopen(temporary, "w") : NULL;
    enum err e = f ? ERR_OK : err_from_errno(errno);

    if (f && fprintf(f, "netzwacht-export-1 %08x %" PRId64 " %u\n", r->digest, p->window, p->number) < 0)
        e = ERR_NO_SPACE;
    if (f && (fflush(f) || fdatasync(fileno(f))))
        e = err_from_errno(errno);
    if (f && fclose(f) && !e)
        e = err_from_errno(errno);
    if (!e && rename(temporary, r->o->resume))
        e = err_from_errno(errno);
    if (e)
        log_error("%s cannot be written: %s", r->o->resume, err_text(e));
    free(temporary);
    return e;
}

/* ERR_CONFIG: the file belongs to another question, or is none of ours. */
static enum err resume(struct run *r)
{
    FILE *f = r->o->resume ? fopen(r->o->resume, "r") : NULL;
    struct export_position p = {0};
    unsigned digest = 0;
    enum err e = ERR_OK;

    if (!f)
        return r->o->resume && errno != ENOENT ? err_from_errno(errno) : ERR_OK;
    if (fscanf(f, "netzwacht-export-1 %8x %" SCNd64 " %" SCNu32, &digest, &p.window, &p.number) != 3 ||
        digest != r->digest) {
        log_error(
            "%s was kept for another export (other times, series or receiver): delete it, or name another",
            r->o->resume);
        e = ERR_CONFIG;
    }
    fclose(f);
    if (!e)
        export_resume(r->source, &p);
    return e;
}

/* ---- text ---- */

static enum err put_text(struct run *r, struct buf *text)
{
    enum err e = buf_error(text);

    if (!e && text->len && fwrite(text->data, 1, text->len, r->to) != text->len)
        e = ERR_NO_SPACE;
    buf_clear(text);
    return e;
}

static enum err write_text(struct run *r)
{
    struct buf text = BUF_INIT;
    struct export_part part;
    enum metric before = (enum metric)0;
    bool is_csv = r->o->format == FORMAT_CSV;
    enum err e = ERR_OK;

    if (is_csv)
        export_csv_head(&text);
    while (!e && !(e = export_next(r->source, r->now, &part))) {
        if (is_csv)
            export_csv_part(&part, &text);
        else
            export_openmetrics_part(&part, r->settings->instance, before, &text);
        before = part.metrics[part.columns - 1];
        r->samples += part.columns * part.result.rows;
        export_part_fini(&part);
        e = put_text(r, &text);
        show_progress(r, false);
    }
    if (e == ERR_END) {
        if (!is_csv)
            export_openmetrics_end(&text);
        e = put_text(r, &text);
    }
    buf_fini(&text);
    return e;
}

static enum err run_text(struct run *r)
{
    enum err e;

    r->to = r->o->output && strcmp(r->o->output, "-") != 0 ? fopen(r->o->output, "w") : stdout;
    if (!r->to) {
        log_error("%s: %s", r->o->output, err_text(err_from_errno(errno)));
        return ERR_IO;
    }
    e = write_text(r);
    if (fflush(r->to) && !e)
        e = err_from_errno(errno);
    if (r->to != stdout && fclose(r->to) && !e)
        e = err_from_errno(errno);
    if (e)
        log_error("%s: %s", r->o->output ? r->o->output : "standard output", err_text(e));
    return e;
}

/* ---- remote-write ---- */

static enum err send_batch(struct run *r, struct export_push *push, struct buf *batch,
                           const struct export_position *position)
{
    enum err e = buf_error(batch);

    if (!e && batch->len) {
        e = export_push_send(push, batch);
        r->batches++;
    }
    if (!e && r->o->resume)
        e = save_position(r, position);
    buf_clear(batch);
    return e;
}

static enum err push_all(struct run *r, struct export_push *push)
{
    struct buf batch = BUF_INIT;
    struct export_part part;
    struct export_position position = {0};
    size_t waiting = 0;
    enum err e = ERR_OK;

    while (!e && !(e = export_next(r->source, r->now, &part))) {
        size_t some = export_remote_write_part(&part, r->settings->instance, &batch);
        waiting += some;
        r->samples += some;
        position = part.position;
        export_part_fini(&part);
        if (waiting >= BATCH_SAMPLES) {
            e = send_batch(r, push, &batch, &position);
            waiting = 0;
        }
        show_progress(r, false);
    }
    if (e == ERR_END)
        e = position.number ? send_batch(r, push, &batch, &position) : ERR_OK;
    buf_fini(&batch);
    return e;
}

static enum err run_push(struct run *r)
{
    struct export_push_options options = r->o->push;
    struct export_push *push = NULL;
    enum err e = ERR_OK;

    if (r->o->authorization_file) {
        e = settings_read_secret(r->o->authorization_file, &r->authorization);
        if (e)
            log_error("%s: %s (chmod 600, readable by you)", r->o->authorization_file, err_text(e));
    }
    options.authorization = r->authorization;
    if (!e)
        e = export_push_new(&options, &push);
    if (!e)
        e = resume(r);
    if (!e)
        e = push_all(r, push);
    if (!e && !r->o->is_quiet)
        log_info("%" PRIu64 " samples of %zu series in %" PRIu64 " batches", r->samples,
                 export_series(r->source), r->batches);
    export_push_free(push);
    free(r->authorization);
    return e;
}

/* ---- all together ---- */

static enum err load_settings(const char *path, struct settings **out)
{
    struct conf_report *report;
    enum err e = conf_report_new(&report);

    if (e)
        return e;
    e = settings_load(path, report, out);
    if (!e && conf_report_count(report))
        e = ERR_CONFIG;
    fputs(conf_report_text(report), stderr);
    if (e && conf_report_count(report) == 0)
        log_error("%s: %s", path, err_text(e));
    conf_report_free(report);
    return e;
}

static int exit_status(enum err e)
{
    switch (e) {
    case ERR_OK: return EXIT_DONE;
    case ERR_NOT_FOUND:
    case ERR_CONFIG: return EXIT_BAD_DATA;
    case ERR_IO:
    case ERR_NO_SPACE: return EXIT_CANT_WRITE;
    case ERR_TIMEOUT:
    case ERR_DENIED: return EXIT_UNAVAILABLE;
    default: return err_exit_status(e);
    }
}

int cmd_export(int argc, char **argv)
{
    struct options o = {.config = NW_SYSCONFDIR "/netzwacht.yaml", .step = 300, .patience = 600};
    struct run r = {.o = &o, .now = (ns_t)time(NULL) * SECONDS};
    int status;
    enum err e;

    if (!parse_options(argc, argv, &o, &status))
        return status;
    if (!parse_times(&o, r.now))
        return EXIT_BAD_USAGE;
    e = load_settings(o.config, &r.settings);
    if (!e) {
        o.query.journal_dir = r.settings->journal_dir;
        o.query.rrd_dir = r.settings->rrd_dir;
        r.digest = digest_of(&o);
        e = export_open(&o.query, &r.source);
        if (e)
            log_error("%s: %s", r.settings->rrd_dir,
                      e == ERR_NOT_FOUND ? "holds no series that was asked for" : err_text(e));
    }
    if (!e)
        e = o.format == FORMAT_REMOTE_WRITE ? run_push(&r) : run_text(&r);
    if (!e)
        show_progress(&r, true);
    export_close(r.source);
    settings_free(r.settings);
    return exit_status(e);
}
