/* SPDX-License-Identifier: GPL-3.0-or-later */
/* main.c - main() of netzwacht-city: finds the command and runs it. */
#include <stdio.h>
#include <string.h>

#include "city/command.h"
#include "config.h"
#include "lib/base/err.h"
#include "lib/base/log.h"

static const struct {
    const char *name;
    int (*run)(int argc, char **argv);
    const char *summary;
} commands[] = {
    {"init", city_command_init, "build a city and write its inventory"},
    {"run", city_command_run, "let it live"},
    {"backfill", city_command_backfill, "write its past days into a journal"},
    {"ctl", city_command_ctl, "ask a running city, or break something in it"},
};

static void print_usage(FILE *to)
{
    fprintf(to, "Usage: netzwacht-city COMMAND [OPTION]...\n"
                "The simulated city of netzwacht: SNMP agents, captive portal, DNS and incidents on "
                "127.16.0.0/12.\n\n"
                "Commands:\n");
    for (size_t i = 0; i < ARRAY_LEN(commands); i++)
        fprintf(to, "  %-10s %s\n", commands[i].name, commands[i].summary);
    fprintf(to, "\n`netzwacht-city COMMAND --help` explains a command.\n");
}

int main(int argc, char **argv)
{
    log_init("netzwacht-city");
    if (argc < 2) {
        print_usage(stderr);
        return EXIT_BAD_USAGE;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) {
        print_usage(stdout);
        return EXIT_DONE;
    }
    if (strcmp(argv[1], "--version") == 0) {
        printf("netzwacht-city %s\n", PACKAGE_VERSION);
        return EXIT_DONE;
    }
    for (size_t i = 0; i < ARRAY_LEN(commands); i++)
        if (strcmp(argv[1], commands[i].name) == 0)
            return commands[i].run(argc - 1, argv + 1);
    fprintf(stderr, "netzwacht-city: there is no command \"%s\"; `netzwacht-city --help` lists them\n",
            argv[1]);
    return EXIT_BAD_USAGE;
}
