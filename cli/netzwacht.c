/* SPDX-License-Identifier: GPL-3.0-or-later */
/* netzwacht.c - main() of netzwacht(1): finds the command and runs it. */
#include <stdio.h>
#include <string.h>

#include "cli/command.h"
#include "config.h"
#include "lib/base/log.h"

static const struct {
    const char *name;
    command_fn *run;
    const char *summary;
} commands[] = {
#define COMMAND(name, function, summary) {name, function, summary},
#include "cli/command_list.h"
#undef COMMAND
    {NULL, NULL, NULL}};

static void print_usage(FILE *to)
{
    fprintf(to, "Usage: netzwacht COMMAND [OPTION]...\n"
                "Monitor for public Wi-Fi hotspots and the fibre network under them.\n\nCommands:\n");
    for (size_t i = 0; commands[i].name; i++)
        fprintf(to, "  %-16s %s\n", commands[i].name, commands[i].summary);
    fprintf(to, "\n`netzwacht COMMAND --help` explains a command; netzwacht(1) is the manual.\n");
}

int main(int argc, char **argv)
{
    log_init("netzwacht");
    if (argc < 2) {
        print_usage(stderr);
        return EXIT_BAD_USAGE;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) {
        print_usage(stdout);
        return EXIT_DONE;
    }
    if (strcmp(argv[1], "--version") == 0) {
        printf("netzwacht %s\n", PACKAGE_VERSION);
        return EXIT_DONE;
    }
    for (size_t i = 0; commands[i].name; i++)
        if (strcmp(argv[1], commands[i].name) == 0)
            return commands[i].run(argc - 1, argv + 1);
    fprintf(stderr, "netzwacht: there is no command \"%s\"; `netzwacht --help` lists them\n", argv[1]);
    return EXIT_BAD_USAGE;
}
