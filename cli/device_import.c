/* SPDX-License-Identifier: GPL-3.0-or-later */
/* device_import.c - `netzwacht device import`: another system's inventory beside ours, and what is new in it
 * into a file of its own. */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/command.h"
#include "cli/device.h"
#include "cli/import_csv.h"
#include "cli/import_fetch.h"
#include "cli/import_librenms.h"
#include "cli/import_netbox.h"
#include "cli/inventory_edit.h"
#include "lib/base/json_out.h"
#include "lib/base/log.h"
#include "lib/base/strx.h"

static const char usage[] =
    "Usage: netzwacht device import --from csv FILE... [OPTION]...\n"
    "       netzwacht device import --from netbox|librenms URL --token-file FILE [OPTION]...\n"
    "       netzwacht device import --districts FILE.geojson [OPTION]...\n"
    "Reads another system's inventory, compares it with ours and says what is new, changed, missing there "
    "or\n"
    "refused. Nothing is written without --apply; then everything goes into one file, imported-NAME.yaml, "
    "which\n"
    "the next import brings up to date. Other files of the inventory are never touched.\n\n"
    "  -c, --config FILE      configuration (default " NW_SYSCONFDIR "/netzwacht.yaml)\n"
    "      --from SOURCE      csv, netbox or librenms\n"
    "      --token-file FILE  mode 0600, the API token in its first line, alone or as NAME=token\n"
    "      --ca FILE          trust this certificate authority (PEM) instead of the system's\n"
    "      --allow-plain      allow http:// to other hosts; the token can be read on the way\n"
    "      --timeout SECONDS  for each page, 1 to 3600 (120)\n"
    "      --core DEVICE      the device that the monitor hangs on, by name: uplinks lead there\n"
    "      --credentials NAME of new devices, as in the configuration (default)\n"
    "      --districts FILE   compare and take over districts instead, GeoJSON in WGS84\n"
    "      --id-property P, --name-property P   what a feature calls its id and name (id, name)\n"
    "      --name NAME        what this source is called here (the word after --from)\n"
    "      --apply            write\n"
    "  -o, --output FILE      write there instead of the inventory's directory; implies --apply\n"
    "      --remove-missing   also remove from that file what the source no longer has\n"
    "      --json             as JSON\n"
    "      --help             this text\n\n"
    "Exit status: 0 all was taken, 1 something was refused, 65 the result would be wrong or the source "
    "cannot be\n"
    "understood, 66 no such file, 69 the source does not answer, 73 cannot be written, 75 the source is "
    "busy, 77 it\n"
    "does not accept the token.\n";

enum { FILE_MAX = 64 * 1024 * 1024 };

struct options {
    const char *config, *from, *name, *output, *core, *credentials;
    struct fetch_options fetch;
    struct districts_options districts;
    char *const *operands;
    int operand_count;
    bool is_applied, removes_missing, as_json;
};

static enum err read_file(const char *path, struct buf *out)
{
    enum err e;

    buf_init(out, FILE_MAX);
    e = buf_read_file(out, path);
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

/* The core that we know, as the source knows it if it came from there; NULL: none. */
static const char *known_core(const struct options *o, const struct inventory *inv)
{
    size_t count, label = strlen(o->name);
    const struct device *all = inventory_devices(inv, &count);

    for (size_t i = 0; i < count; i++) {
        const char *source = all[i].source;
        if (all[i].is_core && source && strncmp(source, o->name, label) == 0 && source[label] == ':')
            return source + label + 1;
        if (all[i].is_core)
            return all[i].id;
    }
    return NULL;
}

static enum err read_system(const struct options *o, struct inventory_edit *edit)
{
    const char *core = o->core ? o->core : known_core(o, edit->inventory);
    struct import_reader reader;
    struct netbox *netbox = NULL;
    struct librenms *librenms = NULL;
    enum err e = strcmp(o->from, "netbox") == 0 ? import_netbox_new(edit->draft, core, &netbox, &reader)
                                                : import_librenms_new(edit->draft, core, &librenms, &reader);

    if (!e)
        e = import_fetch(&o->fetch, &reader, edit->draft);
    import_netbox_free(netbox);
    import_librenms_free(librenms);
    return e;
}

static enum err read_source(const struct options *o, struct inventory_edit *edit)
{
    struct draft *draft = edit->draft;
    enum err e = strcmp(o->from, "csv") == 0 ? read_tables(o, draft) : read_system(o, edit);

    for (size_t i = 0; !e && o->credentials && i < draft->count; i++)
        if (draft->items[i]->kind == INVENTORY_DEVICE)
            e = draft_guess(draft, draft->items[i], "credentials", o->credentials);
    return e;
}

static enum err show(const struct options *o, const struct inventory_edit *edit, bool is_written)
{
    struct buf out = BUF_INIT;
    struct json_out json;

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
    return buf_print(&out, stdout);
}

static int run(const struct options *o)
{
    struct inventory_edit edit;
    char *file = strx_printf("imported-%s.yaml", o->name);
    bool is_written = false;
    enum err e = file ? inventory_edit_open(&edit, o->config, o->output, file) : ERR_NOMEM;
    int status;

    if (!e)
        e = read_source(o, &edit);
    if (!e)
        e = inventory_edit_compare(&edit, o->name, o->removes_missing);
    if (!e && o->is_applied && !edit.is_as_before) {
        e = inventory_edit_write(&edit);
        is_written = !e;
    }
    if (edit.diff && (!e || e == ERR_CONFIG) && show(o, &edit, is_written) && !e)
        e = ERR_IO;
    status = e == ERR_CONFIG || e == ERR_LIMIT ? EXIT_BAD_DATA : err_exit_status(e);
    if (!e && edit.diff->counts[DIFF_REFUSED])
        status = EXIT_FINDING;
    inventory_edit_close(&edit);
    free(file);
    return status;
}

static int check_system(struct options *o)
{
    const char *problem;

    if (o->operand_count != 1) {
        log_error("--from %s: expected one URL, https://netbox.example/", o->from);
        return EXIT_BAD_USAGE;
    }
    o->fetch.url = o->operands[0];
    problem = import_url_problem(o->fetch.url);
    if (problem) {
        log_error("%s: %s", strchr(o->fetch.url, '@') ? "the URL" : o->fetch.url, problem);
        return EXIT_BAD_USAGE;
    }
    if (!o->fetch.token_file) {
        log_error("--from %s: expected --token-file FILE, a file of mode 0600 with the API token", o->from);
        return EXIT_BAD_USAGE;
    }
    return EXIT_DONE;
}

static int check_options(struct options *o)
{
    bool is_csv = o->from && strcmp(o->from, "csv") == 0;

    if (!o->from || (!is_csv && strcmp(o->from, "netbox") != 0 && strcmp(o->from, "librenms") != 0)) {
        log_error("--from: expected csv, netbox or librenms");
        return EXIT_BAD_USAGE;
    }
    if (!o->name)
        o->name = o->from;
    if (!strx_is_id(o->name)) {
        log_error("--name: expected an id: a-z, 0-9, '.', '_', '-'");
        return EXIT_BAD_USAGE;
    }
    if (is_csv && !o->operand_count) {
        log_error("--from csv: expected FILE...");
        return EXIT_BAD_USAGE;
    }
    return is_csv ? EXIT_DONE : check_system(o);
}

static int read_timeout(struct options *o, const char *text)
{
    int64_t seconds;

    if (strx_to_i64(text, &seconds) || seconds < 1 || seconds > 3600) {
        log_error("--timeout: expected seconds, 1 to 3600");
        return EXIT_BAD_USAGE;
    }
    o->fetch.timeout = seconds * SECONDS;
    return EXIT_DONE;
}

static int run_districts(struct options *o)
{
    if (o->from || o->operand_count || o->removes_missing) {
        log_error("--districts FILE.geojson stands alone, without --from");
        return EXIT_BAD_USAGE;
    }
    o->districts.config = o->config;
    o->districts.output = o->output;
    o->districts.is_applied = o->is_applied;
    o->districts.as_json = o->as_json;
    return device_districts(&o->districts);
}

int device_import(int argc, char **argv)
{
    static const struct option longs[] = {{"config", required_argument, NULL, 'c'},
                                          {"from", required_argument, NULL, 'f'},
                                          {"token-file", required_argument, NULL, 't'},
                                          {"ca", required_argument, NULL, 'C'},
                                          {"allow-plain", no_argument, NULL, 'P'},
                                          {"timeout", required_argument, NULL, 'T'},
                                          {"core", required_argument, NULL, 'k'},
                                          {"credentials", required_argument, NULL, 'K'},
                                          {"districts", required_argument, NULL, 'd'},
                                          {"id-property", required_argument, NULL, 'i'},
                                          {"name-property", required_argument, NULL, 'N'},
                                          {"name", required_argument, NULL, 'n'},
                                          {"apply", no_argument, NULL, 'a'},
                                          {"output", required_argument, NULL, 'o'},
                                          {"remove-missing", no_argument, NULL, 'r'},
                                          {"json", no_argument, NULL, 'j'},
                                          {"help", no_argument, NULL, 'h'},
                                          {0}};
    struct options o = {.config = NW_SYSCONFDIR "/netzwacht.yaml", .fetch.timeout = 120 * SECONDS};
    int option, status = EXIT_DONE;

    while (!status && (option = getopt_long(argc, argv, "c:o:h", longs, NULL)) != -1) {
        switch (option) {
        case 'c': o.config = optarg; break;
        case 'f': o.from = optarg; break;
        case 't': o.fetch.token_file = optarg; break;
        case 'C': o.fetch.ca_file = optarg; break;
        case 'P': o.fetch.allows_plain = true; break;
        case 'T': status = read_timeout(&o, optarg); break;
        case 'k': o.core = optarg; break;
        case 'K': o.credentials = optarg; break;
        case 'd': o.districts.input = optarg; break;
        case 'i': o.districts.id_property = optarg; break;
        case 'N': o.districts.name_property = optarg; break;
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
    if (!status && o.districts.input)
        return run_districts(&o);
    if (!status)
        status = check_options(&o);
    return status ? status : run(&o);
}
