/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd_privacy_report.c - `netzwacht privacy-report`: what netzwacht knows of persons, why and for how long.
 */
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "cli/command.h"
#include "lib/base/log.h"
#include "probes/privacy.h"

static const char usage[] =
    "Usage: netzwacht privacy-report [--lang de|en] [--json]\n"
    "Lists every field about persons that the programs touch: purpose, place, retention, and\n"
    "whether it is stored at all. For the record of processing activities (GDPR art. 30).\n\n"
    "      --lang LANG  de or en (default en)\n"
    "      --json       one JSON object\n"
    "      --help       this text\n";

int cmd_privacy_report(int argc, char **argv)
{
    static const struct option options[] = {{"lang", required_argument, NULL, 'l'},
                                            {"json", no_argument, NULL, 'j'},
                                            {"help", no_argument, NULL, 'h'},
                                            {NULL, 0, NULL, 0}};
    enum language lang = LANG_EN;
    bool as_json = false;
    struct buf out = BUF_INIT;
    int option;
    enum err e;

    while ((option = getopt_long(argc, argv, "h", options, NULL)) != -1) {
        if (option == 'h') {
            fputs(usage, stdout);
            return EXIT_DONE;
        }
        if (option == 'j') {
            as_json = true;
        } else if (option == 'l' && (strcmp(optarg, "de") == 0 || strcmp(optarg, "en") == 0)) {
            lang = strcmp(optarg, "de") == 0 ? LANG_DE : LANG_EN;
        } else {
            if (option == 'l')
                log_error("privacy-report: --lang is de or en, not \"%s\"", optarg);
            return EXIT_BAD_USAGE;
        }
    }
    e = as_json ? privacy_print_json(lang, &out) : privacy_print_text(lang, &out);
    if (!e && (fwrite(out.data, 1, out.len, stdout) != out.len || fflush(stdout)))
        e = ERR_IO;
    buf_fini(&out);
    return e ? err_exit_status(e) : EXIT_DONE;
}
