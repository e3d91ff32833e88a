/* SPDX-License-Identifier: GPL-3.0-or-later */
/* daemon.c - the main() that all daemons share. Knows the process: arguments, signals, environment. */
#include "cli/daemon.h"

#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "config.h"
#include "lib/base/log.h"
#include "lib/base/strx.h"
#include "lib/model/figure.h"
#include "lib/runtime/sd_notify.h"
#include "lib/runtime/steady_clock.h"

#define BEAT_INTERVAL   (1 * SECONDS)
#define EXPIRE_INTERVAL (60 * SECONDS)
#define SEGMENT_BYTES   (64 * MIB)
/* A segment begins with everybody's series table, which is as much as several polls (decision 0031). */
#define SEGMENT_INTERVALS 10
#define COMMANDS_KEPT     (30 * DAYS)  /* partitions of commands and reports by people: small */
#define ALERTS_KEPT       (800 * DAYS) /* 26 months: a report compares a month with that of last year */

enum { BOOT_ID_SIZE = 37, COUNTERS_MAX = 200 };

struct run {
    struct daemon d; /* first: daemon_append() gets from it to this */
    const struct daemon_info *info;
    const char *config_path;
    struct settings *settings;
    struct inventory *inventory;
    void *state;
    struct steady_clock clock;
    struct loop_timer beat_timer, expire_timer, flush_timer;
    struct buf packed;
    ns_t started; /* wall */
    char boot_id[BOOT_ID_SIZE];
    bool is_disk_full, was_suspect, is_watched;
};

/* ---- configuration ---- */

static void log_report(const struct conf_report *report)
{
    const char *text = conf_report_text(report);

    while (*text) {
        size_t len = strcspn(text, "\n");
        log_error("%.*s", (int)len, text);
        text += len + (text[len] == '\n');
    }
}

/* Both or none. */
static enum err load(const char *path, struct settings **settings, struct inventory **inventory)
{
    struct conf_report *report = NULL;
    struct settings *s = NULL;
    struct inventory *inv = NULL;
    enum err e = conf_report_new(&report);

    if (e)
        return e;
    e = settings_load(path, report, &s);
    if (!e)
        e = inventory_load((const char *const *)s->inventory.items, s->inventory.count, s->districts, report,
                           &inv);
    if (e) {
        log_report(report);
        if (conf_report_count(report) == 0)
            log_error("%s: %s", path, err_text(e));
        settings_free(s);
    } else {
        *settings = s;
        *inventory = inv;
    }
    conf_report_free(report);
    return e;
}

static void use(struct run *r, struct settings *s, struct inventory *inv)
{
    r->d.settings = r->settings = s;
    r->d.inventory = r->inventory = inv;
}

static void on_reload(void *ctx, int signo)
{
    struct run *r = ctx;
    struct settings *old = r->settings, *s = NULL;
    struct inventory *old_inventory = r->inventory, *inv = NULL;
    enum err e;

    (void)signo;
    if (!r->info->reload) {
        log_warning("a new configuration takes effect at the next start: restart %s", r->info->name);
        return;
    }
    if (load(r->config_path, &s, &inv)) {
        log_error("the new configuration is refused, the old one stays in force");
        return;
    }
    if (strcmp(s->state_dir, old->state_dir) != 0) {
        log_error("state_dir cannot change while running, the old configuration stays in force: restart %s",
                  r->info->name);
        goto refused;
    }
    use(r, s, inv);
    e = r->info->reload(&r->d, r->state);
    if (e) {
        log_error("the new configuration is refused, the old one stays in force: %s", err_text(e));
        use(r, old, old_inventory);
        goto refused;
    }
    settings_free(old);
    inventory_free(old_inventory);
    log_info("new configuration in force (%s)", s->hash);
    return;
refused:
    settings_free(s);
    inventory_free(inv);
}

/* ---- the daemon's own partition ---- */

static enum err make_state_directory(const char *path)
{
    return mkdir(path, 0750) == 0 || errno == EEXIST ? ERR_OK : err_from_errno(errno);
}

static ns_t kept_for(const char *partition, const struct settings *s)
{
    if (strcmp(partition, "alerts") == 0)
        return ALERTS_KEPT;
    if (strcmp(partition, "dashboard") == 0 || strcmp(partition, "cli") == 0 ||
        strcmp(partition, "public") == 0)
        return COMMANDS_KEPT;
    return s->journal.keep;
}

static enum err open_partition(struct run *r)
{
    struct journal_options options = {
        .dir = r->settings->journal_dir,
        .partition = r->info->partition,
        .segment_bytes =
            SEGMENT_BYTES < r->settings->journal.size / 4 ? SEGMENT_BYTES : r->settings->journal.size / 4,
        .segment_min_age = SEGMENT_INTERVALS * r->settings->collector.interval,
        .keep_bytes = r->settings->journal.size,
        .keep_age = kept_for(r->info->partition, r->settings),
        .gathers = strcmp(r->info->partition, "collector") == 0,
    };
    enum err e = make_state_directory(r->settings->state_dir);

    if (!e)
        e = journal_writer_open(&options, loop_mono(r->d.loop), &r->d.journal);
    if (e == ERR_BUSY)
        log_error("another %s writes %s/%s already: stop it first", r->info->name, options.dir,
                  options.partition);
    else if (e)
        log_error("%s/%s cannot be written: %s", options.dir, options.partition, err_text(e));
    return e;
}

/* Said when it begins and when it ends, not for every record in between. */
static void tell_disk(struct run *r, enum err e)
{
    struct journal_stats stats;

    if (r->is_disk_full == (e != ERR_OK))
        return;
    r->is_disk_full = e != ERR_OK;
    journal_writer_stats(r->d.journal, &stats);
    if (e)
        log_error("%s/%s: %s: the newest records wait in memory; make room on that file system",
                  r->settings->journal_dir, r->info->partition, err_text(e));
    else
        log_warning("%s/%s can be written again, %llu records are lost", r->settings->journal_dir,
                    r->info->partition, (unsigned long long)stats.failed);
}

/* At the end of the turn: what many replies brought leaves in one piece, and wakes readers once. */
static void on_flush(void *ctx)
{
    struct run *r = ctx;
    enum err e = journal_flush(r->d.journal);

    if (e)
        tell_disk(r, e);
}

enum err daemon_append(struct daemon *d, Nw__Record *record, journal_pos *pos)
{
    struct run *r = (struct run *)(void *)d;
    enum err e;

    if (!d->journal)
        return ERR_UNSUPPORTED;
    if (record->wall == 0)
        record->wall = (uint64_t)steady_clock_wall(&r->clock, loop_mono(d->loop), loop_wall(d->loop));
    buf_clear(&r->packed);
    e = record_pack(record, &r->packed);
    if (e)
        return e;
    e = journal_append(d->journal, loop_mono(d->loop), r->packed.data, r->packed.len, pos);
    if (e != ERR_LIMIT)
        tell_disk(r, e);
    if (!loop_timer_is_armed(&r->flush_timer) && loop_timer_after(d->loop, &r->flush_timer, 0))
        on_flush(r);
    return e;
}

/* ---- once a second ---- */

static double resident_bytes(void)
{
    unsigned long pages = 0;
    FILE *f = fopen("/proc/self/statm", "re");

    if (!f)
        return 0;
    if (fscanf(f, "%*u %lu", &pages) != 1)
        pages = 0;
    fclose(f);
    return (double)pages * (double)sysconf(_SC_PAGESIZE);
}

static double cpu_seconds(void)
{
    struct rusage own, children;

    getrusage(RUSAGE_SELF, &own);
    getrusage(RUSAGE_CHILDREN, &children);
    return (double)(own.ru_utime.tv_sec + own.ru_stime.tv_sec + children.ru_utime.tv_sec +
                    children.ru_stime.tv_sec) +
           (double)(own.ru_utime.tv_usec + own.ru_stime.tv_usec + children.ru_utime.tv_usec +
                    children.ru_stime.tv_usec) /
               1e6;
}

/* The figures that every daemon has. */
static void put_own(struct run *r, struct figure_set *own)
{
    struct journal_stats stats;
    struct statvfs fs;

    journal_writer_stats(r->d.journal, &stats);
    figure_put(own, "process_cpu_seconds_total", cpu_seconds());
    figure_put(own, "process_resident_memory_bytes", resident_bytes());
    figure_put(own, "journal_records_total", (double)stats.records);
    figure_put(own, "journal_bytes_total", (double)stats.bytes);
    figure_put(own, "journal_records_held", (double)stats.held);
    figure_put(own, "journal_records_lost_total", (double)stats.failed);
    figure_put(own, "journal_disk_bytes", (double)stats.disk_bytes);
    figure_put(own, "journal_limit_bytes", (double)r->settings->journal.size);
    if (statvfs(r->settings->state_dir, &fs) == 0) {
        figure_put(own, "state_free_bytes", (double)fs.f_bavail * (double)fs.f_frsize);
        figure_put(own, "state_size_bytes", (double)fs.f_blocks * (double)fs.f_frsize);
    }
}

/* Appends the figures that every daemon has to those that beat() gave. */
static void add_own(struct run *r, Nw__Heartbeat *beat, struct figure_set *own,
                    Nw__Counter *all[COUNTERS_MAX])
{
    Nw__Heartbeat more = NW__HEARTBEAT__INIT;
    size_t n = beat->n_counters;

    put_own(r, own);
    figure_set_give(own, &more);
    if (n > COUNTERS_MAX - more.n_counters)
        n = COUNTERS_MAX - more.n_counters;
    if (n)
        memcpy(all, beat->counters, n * sizeof(*all));
    memcpy(all + n, more.counters, more.n_counters * sizeof(*all));
    beat->counters = all;
    beat->n_counters = n + more.n_counters;
}

static void append_beat(struct run *r)
{
    Nw__Record record = NW__RECORD__INIT;
    Nw__Heartbeat beat = NW__HEARTBEAT__INIT;
    struct figure_set own = {.count = 0};
    Nw__Counter *all[COUNTERS_MAX];

    beat.daemon = (char *)(uintptr_t)r->info->name;
    beat.version = (char *)(uintptr_t)PACKAGE_VERSION;
    beat.monotonic = (uint64_t)loop_mono(r->d.loop);
    beat.boot_id = r->boot_id;
    beat.config_hash = r->settings->hash;
    beat.started = (uint64_t)r->started;
    beat.is_clock_suspect = r->clock.is_suspect;
    if (r->info->beat)
        r->info->beat(r->state, &beat);
    add_own(r, &beat, &own, all);
    record.body_case = NW__RECORD__BODY_HEARTBEAT;
    record.heartbeat = &beat;
    (void)!daemon_append(&r->d, &record, NULL); /* a full disk has been told by tell_disk() */
}

static void on_beat(void *ctx)
{
    struct run *r = ctx;
    struct loop *l = r->d.loop;

    (void)steady_clock_wall(&r->clock, loop_mono(l), loop_wall(l));
    if (r->clock.is_suspect != r->was_suspect) {
        r->was_suspect = r->clock.is_suspect;
        if (r->clock.is_suspect)
            log_warning("the system clock jumped: its time is not used, and nothing is deleted for its age, "
                        "until it has been steady for %lld s",
                        (long long)(3 * r->clock.step / SECONDS));
        else
            log_info("the system clock is steady again");
    }
    if (r->d.journal)
        append_beat(r);
    if (r->is_watched)
        sd_notify_send("WATCHDOG=1");
    if (loop_timer_set(l, &r->beat_timer, (loop_mono(l) / BEAT_INTERVAL + 1) * BEAT_INTERVAL))
        loop_stop(l);
}

static void on_expire(void *ctx)
{
    struct run *r = ctx;
    enum err e = ERR_OK;

    if (!r->clock.is_suspect)
        e = journal_expire(r->d.journal, loop_wall(r->d.loop), NULL);
    if (e)
        log_warning("old segments of %s/%s cannot be deleted: %s", r->settings->journal_dir,
                    r->info->partition, err_text(e));
    if (loop_timer_after(r->d.loop, &r->expire_timer, EXPIRE_INTERVAL))
        loop_stop(r->d.loop);
}

static void on_stop(void *ctx, int signo)
{
    struct run *r = ctx;

    (void)signo;
    loop_stop(r->d.loop);
}

/* ---- start ---- */

static enum err read_seed(uint64_t *seed)
{
    const char *given = getenv("NETZWACHT_SEED");

    if (given && strx_to_u64(given, seed) == ERR_OK)
        return ERR_OK;
    if (given)
        log_warning("NETZWACHT_SEED is no number and is ignored");
    return getrandom(seed, sizeof *seed, 0) == (ssize_t)sizeof *seed ? ERR_OK : err_from_errno(errno);
}

static void read_boot_id(char out[BOOT_ID_SIZE])
{
    FILE *f = fopen("/proc/sys/kernel/random/boot_id", "re");

    if (!f || !fgets(out, BOOT_ID_SIZE, f))
        out[0] = '\0';
    if (f)
        fclose(f);
}

/* NETZWACHT_PARENT_DEATH=<pid of the supervisor>: ends when that process ends. */
static bool follow_parent(void)
{
    const char *given = getenv("NETZWACHT_PARENT_DEATH");
    uint64_t parent;

    if (!given)
        return true;
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    /* it may have died before that call */
    return strx_to_u64(given, &parent) || parent < 2 || parent == (uint64_t)getppid();
}

static enum err add_signals(struct run *r)
{
    enum err e = loop_signal_add(r->d.loop, SIGTERM, on_stop, r);

    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN); /* a file size limit is a full disk */
    if (!e)
        e = loop_signal_add(r->d.loop, SIGINT, on_stop, r);
    if (!e)
        e = loop_signal_add(r->d.loop, SIGHUP, on_reload, r);
    return e;
}

static enum err start(struct run *r)
{
    enum err e = load(r->config_path, &r->settings, &r->inventory);

    if (e)
        return e;
    use(r, r->settings, r->inventory);
    steady_clock_init(&r->clock, r->settings->store.step);
    read_boot_id(r->boot_id);
    e = read_seed(&r->d.seed);
    if (!e)
        e = loop_new(NULL, &r->d.loop);
    if (!e)
        e = add_signals(r);
    if (e) {
        log_error("cannot start: %s", err_text(e));
        return e;
    }
    r->started = loop_wall(r->d.loop);
    if (r->info->partition && (e = open_partition(r)) != ERR_OK)
        return e;
    e = r->info->start(&r->d, &r->state);
    if (e)
        return e;
    loop_timer_init(&r->beat_timer, on_beat, r);
    loop_timer_init(&r->flush_timer, on_flush, r);
    loop_timer_init(&r->expire_timer, on_expire, r);
    e = loop_timer_after(r->d.loop, &r->beat_timer, 0);
    return !e && r->d.journal ? loop_timer_after(r->d.loop, &r->expire_timer, EXPIRE_INTERVAL) : e;
}

static void stop(struct run *r)
{
    if (r->state)
        r->info->stop(&r->d, r->state);
    journal_writer_close(r->d.journal);
    loop_free(r->d.loop);
    inventory_free(r->inventory);
    settings_free(r->settings);
    buf_fini(&r->packed);
}

static int run(const struct daemon_info *info, const char *config_path)
{
    struct run r = {.info = info, .config_path = config_path, .is_watched = sd_notify_is_watched()};
    enum err e;

    r.d.name = info->name;
    e = start(&r);
    if (!e) {
        log_info("started, configuration %s (%s)", config_path, r.settings->hash);
        sd_notify_send("READY=1");
        e = loop_run(r.d.loop);
        sd_notify_send("STOPPING=1");
        if (e)
            log_error("stopped: %s", err_text(e));
    }
    stop(&r);
    return err_exit_status(e);
}

static void print_usage(FILE *to, const struct daemon_info *info)
{
    fprintf(to,
            "Usage: %s [-c FILE]\n%s\n\n"
            "  -c, --config FILE   configuration, default " NW_SYSCONFDIR "/netzwacht.yaml\n"
            "  -h, --help          this text\n"
            "      --version       the version\n\n"
            "Runs in the foreground. SIGTERM stops it%s.\n"
            "NETZWACHT_LOG=error|warning|info|debug sets how much it says; %s(8) is the manual.\n",
            info->name, info->summary,
            info->reload ? ", SIGHUP makes it read its configuration again"
                         : "; a new configuration takes a restart",
            info->name);
}

int daemon_main(int argc, char **argv, const struct daemon_info *info)
{
    static const struct option options[] = {{"config", required_argument, NULL, 'c'},
                                            {"help", no_argument, NULL, 'h'},
                                            {"version", no_argument, NULL, 'V'},
                                            {NULL, 0, NULL, 0}};
    const char *path = NW_SYSCONFDIR "/netzwacht.yaml";
    int option;

    log_init(info->name);
    while ((option = getopt_long(argc, argv, "c:h", options, NULL)) != -1)
        switch (option) {
        case 'c': path = optarg; break;
        case 'h': print_usage(stdout, info); return EXIT_DONE;
        case 'V': printf("%s %s\n", info->name, PACKAGE_VERSION); return EXIT_DONE;
        default: print_usage(stderr, info); return EXIT_BAD_USAGE;
        }
    if (optind < argc) {
        fprintf(stderr, "%s: \"%s\" is not understood: it takes no arguments, see --help\n", info->name,
                argv[optind]);
        return EXIT_BAD_USAGE;
    }
    if (!follow_parent())
        return EXIT_UNAVAILABLE;
    umask(027);
    return run(info, path);
}
