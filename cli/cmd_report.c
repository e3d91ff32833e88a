/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd_report.c - `netzwacht report` and `netzwacht model`: become netzwacht-report. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/command.h"
#include "cli/supervisor.h"
#include "lib/base/log.h"

/* Becomes netzwacht-report with these arguments. */
static int become(char **argv)
{
    char *program = supervisor_find_program("netzwacht-report");

    if (program) {
        execv(program, argv);
        log_error("%s cannot be started: %s", program, err_text(err_from_errno(errno)));
    } else {
        log_error("netzwacht-report is not installed beside netzwacht");
    }
    free(program);
    return EXIT_UNAVAILABLE;
}

int cmd_report(int argc, char **argv)
{
    (void)argc;
    return become(argv);
}

int cmd_model(int argc, char **argv)
{
    char **all = calloc((size_t)argc + 2, sizeof *all);
    int status;

    if (!all)
        return err_exit_status(ERR_NOMEM);
    all[0] = argv[0]; /* "model" stands for the program and is its first argument */
    memcpy(all + 1, argv, (size_t)argc * sizeof *all);
    status = become(all);
    free(all);
    return status;
}
