/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd_demo.c - `netzwacht demo`: the simulated city, a private broker and all daemons in a directory of their
 * own.
 *
 *   city init -> broker passwords -> everything at once: city, broker, daemons, users, back-filled history
 *             -> history written: store -> all hotspots live: coverage -> until Ctrl-C
 *
 * Whatever happens to this process, a janitor ends the children and removes the directory. */
#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/command.h"
#include "cli/demo_plan.h"
#include "cli/janitor.h"
#include "cli/programs.h"
#include "cli/supervisor.h"
#include "lib/base/log.h"
#include "lib/base/map.h"
#include "lib/base/strx.h"
#include "lib/model/record.h"
#include "lib/model/state.h"
#include "lib/runtime/journal.h"
#include "lib/runtime/loop.h"

enum { ARGUMENTS_MAX = 24, LIVE_SEED = 1 };

#define GRACE               (8 * SECONDS)
#define COVERAGE_INTERVAL   (5 * MINUTES)
#define HISTORY_PER_HOTSPOT 5.2e6 /* bytes, switches and UPSs included (measured: 2.7 GB for 540) */

static const char usage[] =
    "Usage: netzwacht demo [OPTION]...\n"
    "A simulated city with all daemons and a dashboard, in a temporary directory below TMPDIR, or /var/tmp\n"
    "(3 GB for 540 hotspots). Ctrl-C leaves nothing behind.\n\n"
    "      --hotspots N       hotspots (default 540)\n"
    "      --nodes N          fibre nodes (default 60)\n"
    "      --days N           days of back-filled history (default 3)\n"
    "  -p, --port PORT        dashboard port (default 8080; the next free one is taken)\n"
    "      --seed N           another city (default 1)\n"
    "      --passwords FILE   write the log-ins there as well, one \"name password\" a line (0600)\n"
    "      --quiet-city       no scripted incidents\n"
    "      --mistakes         inventory, LLDP and PoE contradict each other, once in each way\n"
    "  -v, --verbose          show what the daemons log\n"
    "      --help             this text\n";

struct demo {
    struct demo_plan plan;
    struct loop *loop;
    struct supervisor *supervisor;
    struct janitor janitor;
    struct journal_tail *tail;
    struct map *live; /* hotspot id -> itself: seen in a state other than unknown */
    struct loop_timer coverage_timer;
    ns_t started;
    const char *passwords_file;
    bool is_quiet_city, has_mistakes, is_verbose, is_live, has_incident, is_stopping;
    enum err error;
};

static double seconds_since_start(const struct demo *d)
{
    return (double)(loop_mono(d->loop) - d->started) / (double)SECONDS;
}

static void stop(struct demo *d, enum err e)
{
    if (d->is_stopping)
        return;
    d->is_stopping = true;
    d->error = e;
    supervisor_stop(d->supervisor, GRACE);
}

/* ---- starting children ---- */

/* Starts a program of ours (or, if it has a slash, that path) with the arguments behind it; a NULL ends them.
 */
static enum err start_child(struct demo *d, enum child_kind kind, void (*done)(void *, int),
                            const char *program, ...)
{
    char *path = strchr(program, '/') ? strdup(program) : supervisor_find_program(program);
    char *argv[ARGUMENTS_MAX] = {path};
    va_list args;
    size_t n = 1;
    enum err e;

    va_start(args, program);
    while (n + 1 < ARGUMENTS_MAX && (argv[n] = va_arg(args, char *)))
        n++;
    va_end(args);
    e = path ? supervisor_start(d->supervisor, program, kind, argv, done) : ERR_NOT_FOUND;
    if (e)
        log_error("%s cannot be started: %s", program, err_text(e));
    else
        janitor_watch_group(&d->janitor, supervisor_group(d->supervisor));
    free(path);
    return e;
}

/* "<dir>/<name>", kept until the next call with the same slot. */
static char *in_dir(const struct demo *d, char out[128], const char *name)
{
    snprintf(out, 128, "%s/%s", d->plan.dir, name);
    return out;
}

static bool task_succeeded(const char *what, int wait_status)
{
    char how[64];

    if (WIFEXITED(wait_status) && WEXITSTATUS(wait_status) == 0)
        return true;
    supervisor_describe_exit(wait_status, how, sizeof how);
    log_error("%s: %s", what, how);
    return false;
}

static const char *find_mosquitto(void)
{
    static const char *const paths[] = {"/usr/sbin/mosquitto", "/usr/local/sbin/mosquitto",
                                        "/usr/bin/mosquitto"};

    for (size_t i = 0; i < ARRAY_LEN(paths); i++)
        if (access(paths[i], X_OK) == 0)
            return paths[i];
    return NULL;
}

/* ---- coverage: once all is live, then every few minutes ---- */

static void on_coverage_done(void *ctx, int wait_status)
{
    (void)ctx;
    (void)task_succeeded("coverage report", wait_status);
}

static void on_coverage_due(void *ctx)
{
    struct demo *d = ctx;
    char output[128];

    if (d->is_stopping)
        return;
    (void)start_child(d, CHILD_TASK, on_coverage_done, "netzwacht-report", "coverage", "-c", d->plan.config,
                      "--format", "geojson", "-o", in_dir(d, output, "state/coverage/coverage.geojson"),
                      NULL);
    if (loop_timer_after(d->loop, &d->coverage_timer, COVERAGE_INTERVAL))
        log_warning("no further coverage reports: out of memory");
}

/* ---- watching: which hotspots are live, the first incident ---- */

static void note_state(struct demo *d, const Nw__State *state)
{
    if (strcmp(state->kind, "hotspot") != 0 || state->state == STATE_UNKNOWN || d->is_live)
        return;
    if (map_set(d->live, state->id, d, NULL))
        return;
    if (map_count(d->live) >= d->plan.hotspots) {
        d->is_live = true;
        printf("  %u of %u hotspots live after %.1f s\n", d->plan.hotspots, d->plan.hotspots,
               seconds_since_start(d));
        fflush(stdout);
        on_coverage_due(d);
    }
}

static void note_incident(struct demo *d, const Nw__Incident *incident)
{
    if (d->has_incident || strcmp(incident->event, "opened") != 0)
        return;
    d->has_incident = true;
    printf("  first incident after %.1f s: %s\n", seconds_since_start(d), incident->text_en);
    fflush(stdout);
}

static void on_record(void *ctx, const char *partition, journal_pos pos, const void *bytes, size_t len)
{
    struct demo *d = ctx;
    Nw__Record *record;

    (void)partition;
    (void)pos;
    if (record_unpack(bytes, len, &record))
        return;
    if (record->body_case == NW__RECORD__BODY_STATE)
        note_state(d, record->state);
    else if (record->body_case == NW__RECORD__BODY_INCIDENT)
        note_incident(d, record->incident);
    record_free(record);
}

/* ---- what people need to know ---- */

static void print_welcome(const struct demo *d)
{
    const struct demo_plan *p = &d->plan;

    printf("\nnetzwacht demo: a simulated Norderstedt with %u hotspots and %u fibre nodes (seed %llu)\n\n",
           p->hotspots, p->nodes, (unsigned long long)p->seed);
    printf("  dashboard    http://127.0.0.1:%u/\n  public page  http://127.0.0.1:%u/status/\n\n",
           p->http_port, p->http_port);
    for (int i = 0; i < DEMO_USERS; i++)
        printf("  log-in       %-10s %s\n", demo_user_names[i], p->passwords[i]);
    printf("\n  alert stream mosquitto_sub -h 127.0.0.1 -p %u -v -t 'netzwacht/v1/norderstedt/event'\n",
           p->mqtt_port);
    printf("  the city     netzwacht-city ctl --dir %s/city status\n", p->dir);
    printf("  files        %s (removed at the end)\n\n  Ctrl-C ends everything.\n\n", p->dir);
    fflush(stdout);
}

static enum err write_passwords(const struct demo *d, const char *path, bool with_roles)
{
    FILE *file = fopen(path, "we");

    if (!file || fchmod(fileno(file), 0600)) {
        enum err e = err_from_errno(errno);
        if (file)
            fclose(file);
        return e;
    }
    for (int i = 0; i < DEMO_USERS; i++) {
        if (with_roles)
            fprintf(file, "%s %s %s\n", demo_user_names[i], demo_user_names[i], d->plan.passwords[i]);
        else
            fprintf(file, "%s %s\n", demo_user_names[i], d->plan.passwords[i]);
    }
    return fclose(file) ? err_from_errno(errno) : ERR_OK;
}

/* ---- the chain of steps ---- */

static void on_users_added(void *ctx, int wait_status)
{
    if (!task_succeeded("adding the demo users", wait_status))
        stop(ctx, ERR_IO);
}

static void on_history_written(void *ctx, int wait_status)
{
    struct demo *d = ctx;

    if (task_succeeded("back-filled history", wait_status)) /* without it graphs begin empty: go on */
        printf("  %u days of history written after %.1f s\n", d->plan.days, seconds_since_start(d));
    fflush(stdout);
    if (!d->is_stopping && start_child(d, CHILD_DAEMON, NULL, "netzwacht-store", "-c", d->plan.config, NULL))
        stop(d, ERR_NOT_FOUND);
}

static enum err start_city(struct demo *d)
{
    char city[128], journal[128], days[16];
    enum err e;

    in_dir(d, city, "city");
    snprintf(days, sizeof days, "%u", d->plan.days);
    e = start_child(d, CHILD_DAEMON, NULL, "netzwacht-city", "run", "--dir", city, NULL);
    if (!e)
        e = start_child(d, CHILD_TASK, on_history_written, "netzwacht-city", "backfill", "--dir", city,
                        "--journal", in_dir(d, journal, "state/journal"), "--days", days, NULL);
    return e;
}

static enum err start_daemons(struct demo *d)
{
    enum err e = ERR_OK;

    for (size_t i = 0; !e && i < ARRAY_LEN(netzwacht_daemons); i++)
        if (strcmp(netzwacht_daemons[i], "netzwacht-store") != 0) /* starts when the history is written */
            e = start_child(d, CHILD_DAEMON, NULL, netzwacht_daemons[i], "-c", d->plan.config, NULL);
    return e;
}

static enum err start_users(struct demo *d)
{
    char path[128];
    enum err e = write_passwords(d, in_dir(d, path, "users"), true);

    if (!e)
        e = start_child(d, CHILD_TASK, on_users_added, "netzwacht", "user", "import", "-c", d->plan.config,
                        path, NULL);
    return e;
}

static enum err watch_states(struct demo *d)
{
    static const struct journal_tail_fns fns = {.record = on_record};
    char journal[128];
    enum err e = journal_tail_new(d->loop, in_dir(d, journal, "state/journal"), &fns, d, &d->tail);

    return e ? e : journal_tail_add(d->tail, "alerts", 0, JOURNAL_FROM_OLDEST);
}

/* Its remarks on the configuration go to its log file, not between ours. */
static enum err start_broker(struct demo *d)
{
    char config[128], log[128];

    return start_child(d, CHILD_DAEMON, NULL, "/bin/sh", "-c", "exec \"$0\" -c \"$1\" 2>>\"$2\"",
                       find_mosquitto(), in_dir(d, config, "mosquitto.conf"), in_dir(d, log, "mosquitto.log"),
                       NULL);
}

static void on_broker_ready(void *ctx, int wait_status)
{
    struct demo *d = ctx;
    enum err e;

    if (!task_succeeded("mosquitto_passwd", wait_status)) {
        stop(d, ERR_IO);
        return;
    }
    e = start_city(d);
    if (!e)
        e = start_users(d);
    if (!e)
        e = start_broker(d);
    if (!e)
        e = start_daemons(d);
    if (!e)
        e = watch_states(d);
    if (e)
        stop(d, e);
    else
        print_welcome(d);
}

static void on_city_made(void *ctx, int wait_status)
{
    struct demo *d = ctx;
    char passwords[128];
    enum err e = task_succeeded("netzwacht-city init", wait_status) ? ERR_OK : ERR_IO;

    if (!e)
        e = demo_plan_write(&d->plan);
    if (!e)
        e = start_child(d, CHILD_TASK, on_broker_ready, "/usr/bin/mosquitto_passwd", "-U",
                        in_dir(d, passwords, "mosquitto.passwd"), NULL);
    if (e) {
        log_error("demo: %s", err_text(e));
        stop(d, e);
    }
}

static enum err make_city(struct demo *d)
{
    const struct demo_plan *p = &d->plan;
    char city[128], hotspots[16], nodes[16], seed[24], ports[4][8];
    const uint16_t numbers[] = {p->snmp_port, p->portal_port, p->portal_tls_port, p->dns_port};
    const char *quiet = d->is_quiet_city ? "--no-script" : NULL;

    snprintf(hotspots, sizeof hotspots, "%u", p->hotspots);
    snprintf(nodes, sizeof nodes, "%u", p->nodes);
    snprintf(seed, sizeof seed, "%llu", (unsigned long long)p->seed);
    for (size_t i = 0; i < ARRAY_LEN(numbers); i++)
        snprintf(ports[i], sizeof ports[i], "%u", numbers[i]);
    return start_child(d, CHILD_TASK, on_city_made, "netzwacht-city", "init", "--dir",
                       in_dir(d, city, "city"), "--hotspots", hotspots, "--nodes", nodes, "--seed", seed,
                       "--port", ports[0], "--portal-port", ports[1], "--portal-tls-port", ports[2],
                       "--dns-port", ports[3], d->has_mistakes ? "--mistakes" : quiet,
                       d->has_mistakes ? quiet : NULL, NULL);
}

/* ---- the process ---- */

static void on_ended(void *ctx, const char *name, int wait_status, bool is_restarting, ns_t delay)
{
    struct demo *d = ctx;
    char how[64];

    janitor_watch_group(&d->janitor, supervisor_group(d->supervisor));
    supervisor_describe_exit(wait_status, how, sizeof how);
    if (is_restarting)
        log_warning("%s: %s; starting it anew in %d s", name, how, (int)(delay / SECONDS));
}

static void on_stopped(void *ctx)
{
    loop_stop(((struct demo *)ctx)->loop);
}

static void on_signal(void *ctx, int signo)
{
    (void)signo;
    stop(ctx, ERR_OK);
}

/* The RRD files of a demo have their full size: they are those of an installation. */
static void warn_if_disk_is_small(const struct demo *d)
{
    double needed = d->plan.hotspots * HISTORY_PER_HOTSPOT;
    struct statvfs fs;

    if (statvfs(d->plan.dir, &fs) == 0 && (double)fs.f_bavail * (double)fs.f_frsize < needed)
        log_warning(
            "%s has less than %.1f GB free, which the history will take; set TMPDIR to a larger place",
            d->plan.dir, needed / 1e9);
}

static enum err prepare(struct demo *d)
{
    enum err e;

    if (!find_mosquitto()) {
        log_error("the demo needs a broker: apt-get install mosquitto mosquitto-clients");
        return ERR_NOT_FOUND;
    }
    e = demo_plan_init(&d->plan);
    if (e) {
        log_error("no directory or free port for the demo: %s", err_text(e));
        return e;
    }
    warn_if_disk_is_small(d);
    e = janitor_start(&d->janitor, d->plan.dir);
    if (!e && d->passwords_file)
        e = write_passwords(d, d->passwords_file, false);
    if (e)
        log_error("demo: %s", err_text(e));
    if (!d->is_verbose)
        setenv("NETZWACHT_LOG", "warning", 0);
    return e;
}

static enum err run(struct demo *d)
{
    static const struct supervisor_fns fns = {on_ended, on_stopped};
    enum err e = loop_new(NULL, &d->loop);

    d->live = map_new(LIVE_SEED);
    if (!e && !d->live)
        e = ERR_NOMEM;
    if (!e)
        e = supervisor_new(d->loop, &fns, d, &d->supervisor);
    for (size_t i = 0; !e && i < 3; i++)
        e = loop_signal_add(d->loop, (const int[]){SIGINT, SIGTERM, SIGHUP}[i], on_signal, d);
    if (!e) {
        d->started = loop_mono(d->loop);
        loop_timer_init(&d->coverage_timer, on_coverage_due, d);
        e = make_city(d);
    }
    if (!e)
        e = loop_run(d->loop);
    journal_tail_free(d->tail);
    supervisor_free(d->supervisor);
    loop_free(d->loop);
    map_free(d->live, NULL);
    return e ? e : d->error;
}

static bool parse_number(const char *text, uint64_t min, uint64_t max, uint64_t *out)
{
    if (strx_to_u64(text, out) == ERR_OK && *out >= min && *out <= max)
        return true;
    fprintf(stderr, "netzwacht demo: \"%s\": expected a number from %llu to %llu\n", text,
            (unsigned long long)min, (unsigned long long)max);
    return false;
}

static bool parse_options(struct demo *d, int argc, char **argv, int *status)
{
    static const struct option options[] = {{"hotspots", required_argument, NULL, 'n'},
                                            {"nodes", required_argument, NULL, 'f'},
                                            {"days", required_argument, NULL, 'd'},
                                            {"port", required_argument, NULL, 'p'},
                                            {"seed", required_argument, NULL, 's'},
                                            {"passwords", required_argument, NULL, 'w'},
                                            {"quiet-city", no_argument, NULL, 'q'},
                                            {"mistakes", no_argument, NULL, 'm'},
                                            {"verbose", no_argument, NULL, 'v'},
                                            {"help", no_argument, NULL, 'h'},
                                            {0}};
    uint64_t hotspots = 540, nodes = 60, days = 3, port = 8080, seed = 1;
    bool is_fine = true;
    int option;

    *status = EXIT_BAD_USAGE;
    while (is_fine && (option = getopt_long(argc, argv, "p:vh", options, NULL)) != -1) {
        switch (option) {
        case 'n': is_fine = parse_number(optarg, 10, 20000, &hotspots); break;
        case 'f': is_fine = parse_number(optarg, 10, 2000, &nodes); break;
        case 'd': is_fine = parse_number(optarg, 0, 60, &days); break;
        case 'p': is_fine = parse_number(optarg, 1, 65535, &port); break;
        case 's': is_fine = parse_number(optarg, 0, UINT64_MAX, &seed); break;
        case 'w': d->passwords_file = optarg; break;
        case 'q': d->is_quiet_city = true; break;
        case 'm': d->has_mistakes = true; break;
        case 'v': d->is_verbose = true; break;
        case 'h':
            fputs(usage, stdout);
            *status = EXIT_DONE;
            return false;
        default: fputs(usage, stderr); return false;
        }
    }
    d->plan = (struct demo_plan){.hotspots = (unsigned)hotspots,
                                 .nodes = (unsigned)nodes,
                                 .days = (unsigned)days,
                                 .http_port = (uint16_t)port,
                                 .seed = seed};
    return is_fine;
}

int cmd_demo(int argc, char **argv)
{
    struct demo d = {.janitor = {0, -1}};
    enum err e;
    int status;

    if (!parse_options(&d, argc, argv, &status))
        return status;
    e = prepare(&d);
    if (!e)
        e = run(&d);
    janitor_finish(&d.janitor);
    if (d.plan.dir[0])
        janitor_remove_tree(d.plan.dir); /* in case the janitor itself was killed */
    return err_exit_status(e);
}
