/* SPDX-License-Identifier: GPL-3.0-or-later */
/* command.h - the commands of netzwacht-city; argv[0] is the command's own name. Each returns an exit status.
 */
#ifndef NW_CITY_COMMAND_H
#define NW_CITY_COMMAND_H

int city_command_init(int argc, char **argv);
int city_command_run(int argc, char **argv);
int city_command_backfill(int argc, char **argv);
int city_command_ctl(int argc, char **argv);

#endif
