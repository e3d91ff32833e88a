/* SPDX-License-Identifier: GPL-3.0-or-later */
/* command.h - the commands of netzwacht(1); each is one file cmd_NAME.c and one line in command_list.h. */
#ifndef NW_CLI_COMMAND_H
#define NW_CLI_COMMAND_H

#include "lib/base/err.h"

/* argv[0] is the command's own name, so getopt_long() works as in a main(). Returns the exit status
 * (enum exit_status). --help must work in each. */
typedef int command_fn(int argc, char **argv);

#define COMMAND(name, function, summary) command_fn function;
#include "cli/command_list.h"
#undef COMMAND

#endif
