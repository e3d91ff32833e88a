/* SPDX-License-Identifier: GPL-3.0-or-later */
/* device_import.c - `netzwacht device import`: another system's inventory beside ours, and what is new in it
 * into a file of its own. */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/command.h"
#include "cli/device.h"
#include "cli/import_csv.h"
#include "cli/inventory_edit.h"
#include "lib/base/json_out.h"
#include "lib/base/log.h"
#include "lib/base/strx.h"

static const char usage[] =
    "Usage: netzwacht device import --from csv FILE... [OPTION]...\n"
    "Reads another system's inventory, compares it with ours and says what is new, changed, missing there "
    "or\n"
    "refused. Nothing is written without --apply; then everything goes into one file, imported-NAME.yaml, "
    "which\n"
    "the next import brings up to date. Other files of the inventory are never touched.\n\n"
    "  -c, --config FILE      configuration (default " NW_SYSCONFDIR "/netzwacht.yaml)\n"
    "      --from SOURCE      csv\n"
    "      --name NAME        what this source is called here (the word after --from)\n"
    "      --apply            write\n"
    "  -o, --output FILE      write there instead of the inventory's directory; implies --apply\n"
    "      --remove-missing   also remove from that file what the source no longer has\n"
    "      --json             as JSON\n"
    "      --help             this text\n\n"
    "Exit status: 0 all was taken, 1 something was refused, 65 the result would be wrong or the source "
    "cannot be\n"
    "understood, 66 no such file, 69 the source does not answer, 73 cannot be written, 77 the source "
    "refuses.\n";

enum { FILE_MAX = 64 * 1024 * 1024 };

struct options {
    const char *config, *from, *name, *output;
    char *const *operands;
    int operand_count;
    bool is_applied, removes_missing, as_json;
};

static enum err read_file(const char *path, struct buf *out)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    enum err e = fd < 0 ? err_from_errno(errno) : ERR_OK;

    buf_init(out, FILE_MAX);
    while (!e) {
        char piece[65536];
        ssize_t n = read(fd, piece, sizeof piece);
        if (n == 0)
            break;
        if (n > 0)
            buf_put(out, piece, (size_t)n);
        e = n > 0 ? buf_error(out) : errno == EINTR ? ERR_OK : err_from_errno(errno);
    }
    if (fd >= 0)
        close(fd);
    if (e)
        log_error("%s: %s", path, e == ERR_LIMIT ? "larger than 64 MiB" : err_text(e));
    return e;
}

static enum err read_tables(const struct options *o, struct draft *draft)
{
    enum err e = ERR_OK;

    for (int i = 0; !e && i < o->operand_count; i++) {
        struct buf text = BUF_INIT;

        e = read_file(o->operands[i], &text);
        if (!e)
            e = import_csv(draft, o->operands[i], text.data ? text.data : "", text.len);
        buf_fini(&text);
        if (e == ERR_MALFORMED)
            log_error("%s: %s", draft->remarks[draft->remark_count - 1].where,
                      draft->remarks[draft->remark_count - 1].text);
        else if (e == ERR_LIMIT)
            log_error("%s: more than %d rows", o->operands[i], DRAFT_ITEMS_MAX);
    }
    return e;
}

static enum err show(const struct options *o, const struct inventory_edit *edit, bool is_written)
{
    struct buf out = BUF_INIT;
    struct json_out json;
    enum err e;

    if (o->as_json) {
        json_init(&json, &out);
        json_object_begin(&json, NULL);
        json_string(&json, "source", o->name);
        inventory_edit_json(&json, edit, is_written);
        json_object_end(&json);
        buf_str(&out, "\n");
    } else {
        inventory_edit_show(&out, edit, is_written);
    }
    e = buf_error(&out);
    if (!e && (fwrite(out.data, 1, out.len, stdout) != out.len || fflush(stdout)))
        e = ERR_IO;
    buf_fini(&out);
    return e;
}

static int run(const struct options *o)
{
    struct inventory_edit edit;
    char *file = strx_printf("imported-%s.yaml", o->name);
    bool is_written = false;
    enum err e = file ? inventory_edit_open(&edit, o->config, o->output, file) : ERR_NOMEM;
    int status;

    if (!e)
        e = read_tables(o, edit.draft);
    if (!e)
        e = inventory_edit_compare(&edit, o->name, o->removes_missing);
    if (!e && o->is_applied && !edit.is_as_before) {
        e = inventory_edit_write(&edit);
        is_written = !e;
    }
    if (edit.diff && (!e || e == ERR_CONFIG) && show(o, &edit, is_written) && !e)
        e = ERR_IO;
    status = e == ERR_CONFIG ? EXIT_BAD_DATA : e == ERR_EXISTS ? EXIT_CANT_WRITE : err_exit_status(e);
    if (!e && edit.diff->counts[DIFF_REFUSED])
        status = EXIT_FINDING;
    inventory_edit_close(&edit);
    free(file);
    return status;
}

static int check_options(struct options *o)
{
    if (!o->from || strcmp(o->from, "csv") != 0) {
        log_error("--from: expected csv");
        return EXIT_BAD_USAGE;
    }
    if (!o->name)
        o->name = o->from;
    if (!strx_is_id(o->name)) {
        log_error("--name: expected an id: a-z, 0-9, '.', '_', '-'");
        return EXIT_BAD_USAGE;
    }
    if (!o->operand_count) {
        log_error("--from %s: expected FILE...", o->from);
        return EXIT_BAD_USAGE;
    }
    return EXIT_DONE;
}

int device_import(int argc, char **argv)
{
    static const struct option longs[] = {{"config", required_argument, NULL, 'c'},
                                          {"from", required_argument, NULL, 'f'},
                                          {"name", required_argument, NULL, 'n'},
                                          {"apply", no_argument, NULL, 'a'},
                                          {"output", required_argument, NULL, 'o'},
                                          {"remove-missing", no_argument, NULL, 'r'},
                                          {"json", no_argument, NULL, 'j'},
                                          {"help", no_argument, NULL, 'h'},
                                          {0}};
    struct options o = {.config = NW_SYSCONFDIR "/netzwacht.yaml"};
    int option, status;

    while ((option = getopt_long(argc, argv, "c:o:h", longs, NULL)) != -1) {
        switch (option) {
        case 'c': o.config = optarg; break;
        case 'f': o.from = optarg; break;
        case 'n': o.name = optarg; break;
        case 'a': o.is_applied = true; break;
        case 'o':
            o.output = optarg;
            o.is_applied = true;
            break;
        case 'r': o.removes_missing = true; break;
        case 'j': o.as_json = true; break;
        case 'h': fputs(usage, stdout); return EXIT_DONE;
        default: fputs(usage, stderr); return EXIT_BAD_USAGE;
        }
    }
    o.operands = argv + optind;
    o.operand_count = argc - optind;
    status = check_options(&o);
    return status ? status : run(&o);
}
