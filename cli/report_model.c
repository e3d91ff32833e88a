/* SPDX-License-Identifier: GPL-3.0-or-later */
/* report_model.c - `netzwacht model pathloss --tsv FILE` and `netzwacht model cell --tsv FILE`. */
#include "cli/report_model.h"

#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "coverage/model_table.h"
#include "lib/base/log.h"

enum { TABLE_MAX = 64 * 1024 * 1024 };

static const char usage[] =
    "Usage: netzwacht model pathloss --tsv FILE\n"
    "       netzwacht model cell     --tsv FILE\n\n"
    "pathloss  columns model, param, f_GHz, d_m: prints them with value (dB, or a probability) and note\n"
    "cell      columns lat, lon (WGS84): prints them with laea_E, laea_N (EPSG:3035), the code of the 100 m\n"
    "          cell, utm32_E, utm32_N (EPSG:25832), in metres\n\n"
    "  -t, --tsv FILE      table with tabs (or commas) and a row of column names; \"-\" is standard input\n"
    "      --help          this text\n\n"
    "A row that cannot be computed keeps its place, with nan and a note; the status is 65 then.\n";

static enum err read_table(const char *path, struct buf *text)
{
    buf_init(text, TABLE_MAX);
    return strcmp(path, "-") == 0 ? buf_read(text, stdin) : buf_read_file(text, path);
}

static int print_table(const char *path, bool is_cell)
{
    struct buf text, out = BUF_INIT;
    size_t bad = 0;
    unsigned line = 0;
    enum err e = read_table(path, &text);

    if (!e && text.len == 0)
        e = ERR_END;
    if (!e)
        e = is_cell ? model_table_cells(text.data, text.len, &out, &bad, &line)
                    : model_table_pathloss(text.data, text.len, &out, &bad, &line);
    if (e == ERR_MALFORMED || e == ERR_LIMIT || e == ERR_END)
        log_error("%s:%u: expected a table with the columns %s", path, line,
                  is_cell ? "lat, lon" : "model, param, f_GHz, d_m");
    else if (e)
        log_error("%s: %s", path, err_text(e));
    if (e)
        buf_fini(&out);
    else
        e = buf_print(&out, stdout);
    buf_fini(&text);
    if (bad)
        log_warning("%s: %zu rows cannot be computed", path, bad);
    return e == ERR_END || (!e && bad) ? EXIT_BAD_DATA : err_exit_status(e);
}

int report_model_main(int argc, char **argv)
{
    static const struct option options[] = {
        {"tsv", required_argument, NULL, 't'}, {"help", no_argument, NULL, 'h'}, {0}};
    const char *path = NULL;
    int option;

    while ((option = getopt_long(argc, argv, "t:h", options, NULL)) != -1) {
        switch (option) {
        case 't': path = optarg; break;
        case 'h': fputs(usage, stdout); return EXIT_DONE;
        default: fputs(usage, stderr); return EXIT_BAD_USAGE;
        }
    }
    if (path && optind + 1 == argc && strcmp(argv[optind], "pathloss") == 0)
        return print_table(path, false);
    if (path && optind + 1 == argc && strcmp(argv[optind], "cell") == 0)
        return print_table(path, true);
    fputs(usage, stderr);
    return EXIT_BAD_USAGE;
}
