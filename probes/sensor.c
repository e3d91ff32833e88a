/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sensor.c - starts watchers, reads their reports, writes samples.
 *
 *   off ──fork──► runs ──its pipe ends, or it says nonsense──► waits 1 s ──► runs … */
#include "probes/sensor.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/base/log.h"
#include "lib/base/strx.h"
#include "probes/passive_report.h"
#include "probes/sensor_child.h"
#include "probes/sensor_plan.h"
#include "probes/sensor_samples.h"

enum { READ_ROOM = 65536, REPORTS_WAITING_MAX = 1024 * 1024 };
#define RESTART_AFTER (1 * SECONDS)

struct sensor {
    struct sensors *all;
    const struct service *service;
    struct sensor_samples *samples;
    struct buf input;
    struct loop_timer restart;
    pid_t pid;
    int fd;
    uint32_t dropped, parser_restarts; /* of the newest report */
};

struct sensors {
    struct sensor_env env;
    struct passive_plan *plan;
    struct sensor *items;
    size_t count;
    double reports, restarts, dropped, parser_restarts;
};

static void start_watcher(struct sensor *s);

static void on_restart(void *ctx)
{
    start_watcher(ctx);
}

static void end_watcher(struct sensor *s)
{
    if (s->fd >= 0) {
        loop_fd_remove(s->all->env.loop, s->fd);
        close(s->fd);
        s->fd = -1;
    }
    if (s->pid > 0) {
        kill(s->pid, SIGKILL); /* its parser sees the end of its pipe */
        (void)waitpid(s->pid, NULL, 0);
        s->pid = 0;
    }
    buf_clear(&s->input);
}

static void restart_watcher(struct sensor *s, const char *why)
{
    end_watcher(s);
    s->all->restarts++;
    log_warning("sensor %s: %s; it begins again", s->service->id, why);
    if (loop_timer_after(s->all->env.loop, &s->restart, RESTART_AFTER))
        log_error("sensor %s: out of memory, it stays off", s->service->id);
}

static void take_figures(struct sensor *s, const struct report_figures *f)
{
    struct sensors *all = s->all;

    all->reports++;
    all->dropped += f->dropped > s->dropped ? f->dropped - s->dropped : 0;
    all->parser_restarts += f->restarts > s->parser_restarts ? f->restarts - s->parser_restarts : 0;
    s->dropped = f->dropped;
    s->parser_restarts = f->restarts;
}

/* All whole messages; false: nonsense, from a parser that foreign bytes may have got hold of. */
static bool take_reports(struct sensor *s)
{
    struct report r;
    struct wire w;
    enum err e;

    wire_init(&w, s->input.data, s->input.len);
    while (!(e = report_read(&w, &r))) {
        if (r.kind == REPORT_FIGURES)
            take_figures(s, &r.figures);
        if (sensor_samples_take(s->samples, &r))
            return false;
    }
    if (w.pos > 0) {
        memmove(s->input.data, s->input.data + w.pos, s->input.len - w.pos);
        s->input.len -= w.pos;
    }
    return e == ERR_AGAIN;
}

static void on_report(void *ctx, int fd, uint32_t events)
{
    struct sensor *s = ctx;
    char room[READ_ROOM];
    ssize_t n;

    (void)events;
    while ((n = read(fd, room, sizeof room)) > 0) {
        buf_put(&s->input, room, (size_t)n);
        if (buf_error(&s->input) || !take_reports(s)) {
            restart_watcher(s, "its parser reports what makes no sense");
            return;
        }
    }
    if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR))
        restart_watcher(s, "its watcher ended");
}

static void run_child(struct sensor *s, int pipe_end)
{
    const struct sensor_child child = {.interface = s->service->target,
                                       .plan = s->all->plan,
                                       .interval = s->all->env.settings->sensor.interval};

    _exit(sensor_child_main(&child, pipe_end));
}

static void start_watcher(struct sensor *s)
{
    int ends[2];
    pid_t parent = getpid();

    if (pipe2(ends, O_CLOEXEC)) {
        restart_watcher(s, "no pipe");
        return;
    }
    s->pid = fork();
    if (s->pid == 0) {
        if (prctl(PR_SET_PDEATHSIG, SIGKILL) || getppid() != parent)
            _exit(EXIT_UNAVAILABLE);
        run_child(s, ends[1]);
    }
    close(ends[1]);
    s->fd = ends[0];
    if (s->pid < 0 || fcntl(s->fd, F_SETFL, O_NONBLOCK) ||
        loop_fd_add(s->all->env.loop, s->fd, EPOLLIN, on_report, s))
        restart_watcher(s, "it cannot be started");
}

/* ---- all of them ---- */

static enum err add_sensor(struct sensors *all, const struct service *service)
{
    struct sensor *s = &all->items[all->count];
    const struct sensor_samples_env env = {.settings = all->env.settings,
                                           .inventory = all->env.inventory,
                                           .journal = all->env.journal,
                                           .sensor = service->id,
                                           .append = all->env.append,
                                           .append_ctx = all->env.append_ctx};

    *s = (struct sensor){.all = all, .service = service, .fd = -1};
    buf_init(&s->input, REPORTS_WAITING_MAX);
    loop_timer_init(&s->restart, on_restart, s);
    all->count++;
    return sensor_samples_new(&env, &s->samples);
}

static enum err set_up(struct sensors *all)
{
    size_t count;
    const struct service *services = inventory_services(all->env.inventory, &count);
    enum err e = sensor_plan_make(all->env.settings, all->env.inventory, &all->plan);

    all->items = calloc(count + 1, sizeof *all->items);
    if (!e && !all->items)
        e = ERR_NOMEM;
    for (size_t i = 0; !e && i < count; i++)
        if (services[i].kind == SERVICE_SENSOR)
            e = add_sensor(all, &services[i]);
    for (size_t i = 0; !e && i < all->count; i++) {
        log_info("sensor %s listens on %s", all->items[i].service->id, all->items[i].service->target);
        start_watcher(&all->items[i]);
    }
    return e;
}

enum err sensors_new(const struct sensor_env *env, struct sensors **out)
{
    struct sensors *all = calloc(1, sizeof *all);
    enum err e;

    if (!all)
        return ERR_NOMEM;
    all->env = *env;
    e = env->settings->sensor.enabled ? set_up(all) : ERR_OK;
    if (e) {
        sensors_free(all);
        return e;
    }
    *out = all;
    return ERR_OK;
}

void sensors_free(struct sensors *all)
{
    if (!all)
        return;
    for (size_t i = 0; i < all->count; i++) {
        loop_timer_cancel(all->env.loop, &all->items[i].restart);
        end_watcher(&all->items[i]);
        buf_fini(&all->items[i].input);
        sensor_samples_free(all->items[i].samples);
    }
    passive_plan_free(all->plan);
    free(all->items);
    free(all);
}

size_t sensors_figures(const struct sensors *s, const char *names[SENSOR_COUNTERS],
                       double values[SENSOR_COUNTERS])
{
    static const char *const all[SENSOR_COUNTERS] = {
        "sensors", "sensor_reports_total", "sensor_watcher_restarts_total", "sensor_parser_restarts_total",
        "sensor_frames_dropped_total"};
    const double now[SENSOR_COUNTERS] = {(double)s->count, s->reports, s->restarts, s->parser_restarts,
                                         s->dropped};

    memcpy(names, all, sizeof all);
    memcpy(values, now, sizeof now);
    return SENSOR_COUNTERS;
}
