/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd_ctl.c - `netzwacht-city ctl`: tells a running city what shall go wrong. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "city/command.h"
#include "city/control_io.h"
#include "lib/base/log.h"
#include "lib/base/strx.h"

static const char usage[] =
    "Usage: netzwacht-city ctl --dir DIR COMMAND\n"
    "Asks or tells a running city something; the answer is one line of JSON.\n\n"
    "  status                          what is on, how many agents are silent\n"
    "  counts [AGENT]                  requests and varbinds answered, by agent\n"
    "  list                            the names of incidents\n"
    "  kill AGENT, revive AGENT        a device's id, or a hotspot's with an agent of its own\n"
    "  swap DEVICE                     another box of the same model: new serial number, started anew\n"
    "  move HOTSPOT CONTROLLER         its access point is listed by this controller from now on, and by no "
    "other\n"
    "  unlist HOTSPOT                  no controller lists its access point any more\n"
    "  incident NAME [TARGET] on|off   without TARGET: one is chosen, or all are ended\n"
    "  script on|off                   the demo's script of incidents\n"
    "  delay MS                        agents answer that late (0 to 10000)\n"
    "  loss PERMILLE                   so many requests never arrive\n\n"
    "Ends with 1 if the city refused.\n";

static int ask(const char *dir, const char *line)
{
    char *path = strx_printf("%s/city.sock", dir);
    struct buf answer = BUF_INIT;
    enum err e = path ? control_ask(path, line, &answer) : ERR_NOMEM;
    int status = EXIT_DONE;

    if (e) {
        log_error("%s/city.sock: %s%s", dir, err_text(e),
                  e == ERR_UNREACHABLE ? "; `netzwacht-city run --dir DIR` starts the city" : "");
        status = EXIT_UNAVAILABLE;
    } else {
        fwrite(answer.data, 1, answer.len, stdout);
        if (!answer.data || !strx_starts_with(answer.data, "{\"ok\":true"))
            status = EXIT_FINDING;
    }
    buf_fini(&answer);
    free(path);
    return status;
}

int city_command_ctl(int argc, char **argv)
{
    struct buf line = BUF_INIT;
    int status;

    if (argc == 2 && (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)) {
        fputs(usage, stdout);
        return EXIT_DONE;
    }
    if (argc < 4 || strcmp(argv[1], "--dir") != 0) {
        fputs(usage, stderr);
        return EXIT_BAD_USAGE;
    }
    for (int i = 3; i < argc; i++)
        buf_printf(&line, "%s%s", i > 3 ? " " : "", argv[i]);
    if (buf_error(&line) || line.len > CONTROL_LINE_MAX || strchr(line.data, '\n')) {
        log_error("a command is one line of at most %d characters", CONTROL_LINE_MAX);
        status = EXIT_BAD_USAGE;
    } else
        status = ask(argv[2], line.data);
    buf_fini(&line);
    return status;
}
