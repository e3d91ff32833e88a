/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd_up.c - `netzwacht up`: all daemons in the foreground under one supervisor. */
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/command.h"
#include "cli/programs.h"
#include "cli/supervisor.h"
#include "lib/base/log.h"
#include "lib/runtime/loop.h"

static const char usage[] =
    "Usage: netzwacht up [-c FILE]\n"
    "Runs all daemons in the foreground; one that crashes is started anew. Ctrl-C ends them.\n\n"
    "  -c, --config FILE   configuration (default " NW_SYSCONFDIR "/netzwacht.yaml)\n"
    "      --help          this text\n\n"
    "In production use the systemd units instead: each daemon then has its own user.\n";

struct up {
    struct loop *loop;
    struct supervisor *supervisor;
    bool is_refused; /* a daemon refused its configuration: no use in going on */
};

static void on_ended(void *ctx, const char *name, int wait_status, bool is_restarting, ns_t delay)
{
    struct up *up = ctx;
    char how[64];

    supervisor_describe_exit(wait_status, how, sizeof how);
    if (WIFEXITED(wait_status) && WEXITSTATUS(wait_status) == EXIT_BAD_CONFIG) {
        log_error("%s: %s; ending, because the configuration is wrong (netzwacht check -c FILE explains it)",
                  name, how);
        up->is_refused = true;
        supervisor_stop(up->supervisor, 5 * SECONDS);
        return;
    }
    if (is_restarting)
        log_warning("%s: %s; starting it anew in %d s", name, how, (int)(delay / SECONDS));
}

static void on_stopped(void *ctx)
{
    loop_stop(((struct up *)ctx)->loop);
}

static void on_signal(void *ctx, int signo)
{
    (void)signo;
    supervisor_stop(((struct up *)ctx)->supervisor, 5 * SECONDS);
}

static enum err start_daemons(struct up *up, const char *config)
{
    for (size_t i = 0; i < ARRAY_LEN(netzwacht_daemons); i++) {
        char *program = supervisor_find_program(netzwacht_daemons[i]);
        char *argv[] = {program, (char *)"-c", (char *)config, NULL};
        enum err e = program
                         ? supervisor_start(up->supervisor, netzwacht_daemons[i], CHILD_DAEMON, argv, NULL)
                         : ERR_NOT_FOUND;
        free(program);
        if (e) {
            log_error("%s cannot be started: %s", netzwacht_daemons[i], err_text(e));
            return e;
        }
    }
    return ERR_OK;
}

static enum err run(struct up *up, const char *config)
{
    static const struct supervisor_fns fns = {on_ended, on_stopped};
    enum err e = loop_new(NULL, &up->loop);

    if (!e)
        e = supervisor_new(up->loop, &fns, up, &up->supervisor);
    if (!e)
        e = loop_signal_add(up->loop, SIGINT, on_signal, up);
    if (!e)
        e = loop_signal_add(up->loop, SIGTERM, on_signal, up);
    if (!e)
        e = start_daemons(up, config);
    if (!e)
        e = loop_run(up->loop);
    supervisor_free(up->supervisor);
    loop_free(up->loop);
    return e;
}

int cmd_up(int argc, char **argv)
{
    static const struct option options[] = {
        {"config", required_argument, NULL, 'c'}, {"help", no_argument, NULL, 'h'}, {0}};
    const char *config = NW_SYSCONFDIR "/netzwacht.yaml";
    struct up up = {0};
    enum err e;
    int option;

    while ((option = getopt_long(argc, argv, "c:h", options, NULL)) != -1) {
        switch (option) {
        case 'c': config = optarg; break;
        case 'h': fputs(usage, stdout); return EXIT_DONE;
        default: fputs(usage, stderr); return EXIT_BAD_USAGE;
        }
    }
    e = run(&up, config);
    return up.is_refused ? EXIT_BAD_CONFIG : err_exit_status(e);
}
