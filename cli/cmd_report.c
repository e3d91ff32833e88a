/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd_report.c - `netzwacht report`: becomes netzwacht-report. */
#include <errno.h>
#include <unistd.h>

#include "cli/command.h"
#include "cli/supervisor.h"
#include "lib/base/log.h"

int cmd_report(int argc, char **argv)
{
    char *program = supervisor_find_program("netzwacht-report");

    (void)argc;
    if (program) {
        execv(program, argv);
        log_error("%s cannot be started: %s", program, err_text(err_from_errno(errno)));
    } else {
        log_error("netzwacht-report is not installed beside netzwacht");
    }
    return EXIT_UNAVAILABLE;
}
