/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd_run.c - `netzwacht-city run`: the living city on one loop: agents, DNS, portal, incidents, control. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "city/agent.h"
#include "city/command.h"
#include "city/control_io.h"
#include "city/dns.h"
#include "city/mib.h"
#include "city/udp_io.h"
#include "city/web_io.h"
#include "city/write.h"
#include "lib/base/log.h"
#include "lib/base/strx.h"

static const char usage[] =
    "Usage: netzwacht-city run --dir DIR [--script demo|none]\n"
    "Runs the city that `netzwacht-city init` built, until SIGTERM or SIGINT.\n\n"
    "  --dir DIR         the city's directory; DIR/city-log.jsonl receives the truth about every incident,\n"
    "                    DIR/city.sock takes commands (`netzwacht-city ctl`)\n"
    "  --script demo     something always goes wrong, and is mended again; none: only on command\n";

#define TICK       (200 * MILLISECONDS)
#define DNS_SLOW   (600 * MILLISECONDS) /* the probe gives up after a second */
#define LEAP_MAX_S 1.0                  /* a script that was stopped goes on where it was */

struct run {
    struct loop *loop;
    struct city *city;
    char *community;
    struct sim *sim;
    struct control control;
    struct control_server *control_server;
    struct udp *snmp, *dns;
    struct tls_server *tls;
    struct web *http, *https;
    char http_base[64], https_base[64];
    struct loop_timer timer;
    ns_t last_tick;
    int log_fd;
};

static size_t on_snmp(void *ctx, uint32_t asked, const void *request, size_t len, void *reply, size_t size)
{
    struct run *r = ctx;
    int device = city_device_at(r->city, asked);
    struct mib_agent agent = {r->sim, device, loop_wall(r->loop)};
    struct agent_view view = mib_view(&agent);
    size_t max, answer, varbinds;

    if (device < 0 || !sim_answers(r->sim, device)) {
        r->control.silent++;
        return 0;
    }
    max = mib_message_max(mib_family(r->city->devices[device].role));
    answer = agent_answer(&view, r->community, request, len, reply, size < max ? size : max, &varbinds);
    if (answer == 0) {
        r->control.silent++;
        return 0;
    }
    r->control.requests++;
    r->control.varbinds += varbinds;
    r->sim->devices[device].requests++;
    r->sim->devices[device].varbinds += varbinds;
    return answer;
}

static size_t on_dns(void *ctx, uint32_t asked, const void *request, size_t len, void *reply, size_t size)
{
    struct run *r = ctx;

    if (asked != city_dns_address || size < DNS_REPLY_MAX)
        return 0;
    return dns_answer(request, len, CITY_PORTAL_NAME, city_portal_address, r->sim->is_dns_failing, reply);
}

/* What the simulation says, carried to where it is needed outside of it. */
static void on_change(void *ctx)
{
    struct run *r = ctx;

    tls_server_set_expired(r->tls, r->sim->is_certificate_expired);
    udp_set_weather(r->dns, r->sim->is_dns_slow ? DNS_SLOW : 0, 0);
    udp_set_weather(r->snmp, r->control.delay_ms * MILLISECONDS, r->control.loss_permille);
}

static void on_tick(void *ctx)
{
    struct run *r = ctx;
    ns_t mono = loop_mono(r->loop);
    double passed = (double)(mono - r->last_tick) / 1e9;

    r->last_tick = mono;
    incidents_tick(r->control.incidents, loop_wall(r->loop));
    if (r->control.is_script_on)
        script_play(&r->control.script, r->control.incidents, passed > LEAP_MAX_S ? LEAP_MAX_S : passed,
                    loop_wall(r->loop));
    on_change(r);
    if (loop_timer_after(r->loop, &r->timer, TICK))
        loop_stop(r->loop);
}

static void on_log(void *ctx, const char *line, size_t len)
{
    struct run *r = ctx;

    if (write(r->log_fd, line, len) != (ssize_t)len)
        log_warning("city-log.jsonl: an incident is not in it: %s", strerror(errno));
}

static void on_signal(void *ctx, int signo)
{
    struct run *r = ctx;

    (void)signo;
    loop_stop(r->loop);
}

static enum err port_failed(const char *what, int64_t port, enum err e)
{
    log_error("%s, port %" PRId64 ": %s; `netzwacht-city init` takes another", what, port,
              e == ERR_BUSY ? "it is in use" : err_text(e));
    return e;
}

static enum err start_portal(struct run *r, const char *dir)
{
    const struct city_params *p = &r->city->params;
    char *ca = strx_printf("%s/portal-ca.pem", dir);
    enum err e = ca ? tls_server_new(CITY_PORTAL_NAME, city_portal_address, ca, loop_wall(r->loop), &r->tls)
                    : ERR_NOMEM;

    free(ca);
    if (e) {
        log_error("the portal's certificates cannot be made: %s", err_text(e));
        return e;
    }
    snprintf(r->http_base, sizeof r->http_base, "http://127.16.0.3:%" PRId64, p->portal_port);
    snprintf(r->https_base, sizeof r->https_base, "https://127.16.0.3:%" PRId64, p->portal_tls_port);
    e = web_new(r->loop, city_portal_address, (uint16_t)p->portal_port, NULL, r->http_base, &r->http);
    if (e)
        return port_failed("portal", p->portal_port, e);
    e = web_new(r->loop, city_portal_address, (uint16_t)p->portal_tls_port, r->tls, r->https_base, &r->https);
    return e ? port_failed("portal over TLS", p->portal_tls_port, e) : ERR_OK;
}

static enum err start_control(struct run *r, const char *dir)
{
    char *log = strx_printf("%s/city-log.jsonl", dir), *sock = strx_printf("%s/city.sock", dir);
    enum err e = ERR_NOMEM;

    if (!log || !sock)
        goto done;
    r->log_fd = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0640);
    e = r->log_fd < 0 ? err_from_errno(errno) : ERR_OK;
    if (e) {
        log_error("cannot write %s: %s", log, strerror(errno));
        goto done;
    }
    e = incidents_new(r->sim, on_log, r, &r->control.incidents);
    if (!e)
        e = control_server_new(r->loop, sock, &r->control, on_change, r, &r->control_server);
    if (e)
        log_error("%s: %s", sock, e == ERR_BUSY ? "this city is running already" : err_text(e));
done:
    free(log);
    free(sock);
    return e;
}

static enum err start(struct run *r, const char *dir)
{
    const struct city_params *p = &r->city->params;
    enum err e = sim_new(r->city, loop_wall(r->loop), &r->sim);

    if (e)
        return e;
    r->control.sim = r->sim;
    r->control.started = loop_wall(r->loop);
    e = start_control(r, dir);
    if (e)
        return e;
    e = udp_new(r->loop, (uint16_t)p->port, on_snmp, r, &r->snmp);
    if (e)
        return port_failed("agents", p->port, e);
    e = udp_new(r->loop, (uint16_t)p->dns_port, on_dns, r, &r->dns);
    if (e)
        return port_failed("DNS", p->dns_port, e);
    e = start_portal(r, dir);
    if (!e)
        e = loop_signal_add(r->loop, SIGTERM, on_signal, r);
    if (!e)
        e = loop_signal_add(r->loop, SIGINT, on_signal, r);
    loop_timer_init(&r->timer, on_tick, r);
    r->last_tick = loop_mono(r->loop);
    if (!e)
        e = loop_timer_after(r->loop, &r->timer, TICK);
    return e;
}

static void stop(struct run *r)
{
    web_free(r->http);
    web_free(r->https);
    tls_server_free(r->tls);
    udp_free(r->snmp);
    udp_free(r->dns);
    control_server_free(r->control_server);
    incidents_free(r->control.incidents);
    sim_free(r->sim);
    if (r->log_fd >= 0)
        close(r->log_fd);
    city_free(r->city);
    free(r->community);
    loop_free(r->loop);
}

static int run_city(const char *dir, const char *script)
{
    struct run r = {.log_fd = -1};
    enum err e = loop_new(NULL, &r.loop);

    if (!e)
        e = city_dir_open(dir, &r.city, &r.community);
    if (!e) {
        r.control.is_script_on = script ? strcmp(script, "demo") == 0 : r.city->params.is_scripted;
        e = start(&r, dir);
    }
    if (!e) {
        log_info("Norderstedt (simuliert): %zu agents on UDP port %" PRId64 ", %zu hotspots, script %s",
                 r.city->device_count, r.city->params.port, r.city->hotspot_count,
                 r.control.is_script_on ? "on" : "off");
        e = loop_run(r.loop);
    }
    stop(&r);
    return e ? err_exit_status(e) : EXIT_DONE;
}

int city_command_run(int argc, char **argv)
{
    const char *dir = NULL, *script = NULL, *parent_death = getenv("NETZWACHT_PARENT_DEATH");

    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0) {
            fputs(usage, stdout);
            return EXIT_DONE;
        }
        if (strcmp(argv[i], "--dir") == 0 && i + 1 < argc)
            dir = argv[++i];
        else if (strcmp(argv[i], "--script") == 0 && i + 1 < argc)
            script = argv[++i];
        else
            dir = NULL, i = argc;
    }
    if (!dir || (script && strcmp(script, "demo") != 0 && strcmp(script, "none") != 0)) {
        fputs(usage, stderr);
        return EXIT_BAD_USAGE;
    }
    if (parent_death && strcmp(parent_death, "1") == 0)
        (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    signal(SIGPIPE, SIG_IGN);
    return run_city(dir, script);
}
