/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd_device.c - `netzwacht device`: which part is meant, and `device list`. */
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cli/command.h"
#include "cli/device.h"
#include "lib/base/json_out.h"
#include "lib/base/log.h"
#include "lib/model/inventory.h"
#include "lib/model/settings.h"

static const char usage[] =
    "Usage: netzwacht device list [OPTION]...\n"
    "       netzwacht device add --id ID --address ADDRESS [OPTION]...\n"
    "       netzwacht device import --from csv|netbox|librenms SOURCE... [OPTION]...\n"
    "       netzwacht device import --districts FILE [OPTION]...\n"
    "Looks at the devices of the inventory and adds to them. `device add` and `device import` show what they "
    "would\n"
    "do and write with --apply only. `netzwacht device PART --help` explains each.\n";

static const char list_usage[] =
    "Usage: netzwacht device list [OPTION]...\n"
    "Lists the devices of the inventory, or those that all filters fit.\n\n"
    "  -c, --config FILE   configuration (default " NW_SYSCONFDIR "/netzwacht.yaml)\n"
    "      --kind KIND     ap, controller, switch, olt, ups, router or other\n"
    "      --site ID       on this site\n"
    "      --district ID   on the sites of this district\n"
    "      --profile NAME  with this profile forced\n"
    "      --json          as JSON\n"
    "      --help          this text\n\n"
    "Exit status: 0, also if none fits; 65 the inventory has mistakes.\n";

struct filter {
    const char *config, *site, *district, *profile;
    int kind; /* -1: any */
    bool as_json;
};

static const char *district_of(const struct inventory *inv, const struct device *d)
{
    const struct site *s = inventory_site(inv, d->site);

    return s && s->district ? s->district : "";
}

static bool fits(const struct filter *f, const struct inventory *inv, const struct device *d)
{
    return (f->kind < 0 || d->kind == f->kind) && (!f->site || (d->site && strcmp(d->site, f->site) == 0)) &&
           (!f->district || strcmp(district_of(inv, d), f->district) == 0) &&
           (!f->profile || (d->profile && strcmp(d->profile, f->profile) == 0));
}

static void put_json(struct json_out *json, const struct inventory *inv, const struct device *d)
{
    json_object_begin(json, NULL);
    json_string(json, "id", d->id);
    json_string(json, "name", d->name);
    json_string(json, "kind", device_kind_words[d->kind]);
    json_string(json, "address", d->address);
    json_int(json, "port", d->port);
    json_string(json, "site", d->site);
    json_string(json, "district", *district_of(inv, d) ? district_of(inv, d) : NULL);
    json_string(json, "credentials", d->credentials);
    json_string(json, "profile", d->profile);
    json_string(json, "model", d->model);
    json_string(json, "serial", d->serial);
    json_string(json, "uplink", d->uplink);
    json_string(json, "uplink_port", d->uplink_port);
    json_string(json, "power", d->power);
    json_bool(json, "core", d->is_core);
    json_string(json, "source", d->source);
    json_string(json, "file", d->at.file);
    json_uint(json, "line", d->at.line);
    json_object_end(json);
}

static void put_row(const struct inventory *inv, const struct device *d)
{
    printf("%-24s %-10s %-24s %-20s %-16s %-20s %s\n", d->id, device_kind_words[d->kind], d->address,
           d->site ? d->site : "-", *district_of(inv, d) ? district_of(inv, d) : "-",
           d->uplink ? d->uplink : "-", d->name);
}

static enum err print_devices(const struct filter *f, const struct inventory *inv)
{
    struct buf out = BUF_INIT;
    struct json_out json;
    size_t count, shown = 0;
    const struct device *all = inventory_devices(inv, &count);
    enum err e;

    json_init(&json, &out);
    json_array_begin(&json, NULL);
    if (!f->as_json)
        printf("%-24s %-10s %-24s %-20s %-16s %-20s %s\n", "ID", "KIND", "ADDRESS", "SITE", "DISTRICT",
               "UPLINK", "NAME");
    for (size_t i = 0; i < count; i++) {
        if (!fits(f, inv, &all[i]))
            continue;
        shown++;
        if (f->as_json)
            put_json(&json, inv, &all[i]);
        else
            put_row(inv, &all[i]);
    }
    json_array_end(&json);
    e = buf_error(&out);
    if (!e && f->as_json)
        printf("%.*s\n", (int)out.len, out.data);
    else if (!e)
        printf("%zu of %zu devices\n", shown, count);
    buf_fini(&out);
    return e;
}

static int list(const struct filter *f)
{
    struct conf_report *report = NULL;
    struct settings *settings = NULL;
    struct inventory *inv = NULL;
    enum err e = conf_report_new(&report);

    if (!e)
        e = settings_load(f->config, report, &settings);
    if (!e)
        e = inventory_load((const char *const *)settings->inventory.items, settings->inventory.count,
                           settings->districts, report, &inv);
    if (!e && f->site && !inventory_site(inv, f->site))
        log_warning("there is no site \"%s\"", f->site);
    if (!e)
        e = print_devices(f, inv);
    else if (report)
        fputs(conf_report_text(report), stderr);
    inventory_free(inv);
    settings_free(settings);
    conf_report_free(report);
    return e == ERR_CONFIG ? EXIT_BAD_DATA : err_exit_status(e);
}

static int kind_of(const char *word)
{
    for (int i = 0; device_kind_words[i]; i++)
        if (strcmp(device_kind_words[i], word) == 0)
            return i;
    return -1;
}

int device_list(int argc, char **argv)
{
    static const struct option options[] = {
        {"config", required_argument, NULL, 'c'},  {"kind", required_argument, NULL, 'k'},
        {"site", required_argument, NULL, 's'},    {"district", required_argument, NULL, 'd'},
        {"profile", required_argument, NULL, 'p'}, {"json", no_argument, NULL, 'j'},
        {"help", no_argument, NULL, 'h'},          {0}};
    struct filter f = {.config = NW_SYSCONFDIR "/netzwacht.yaml", .kind = -1};
    int option;

    while ((option = getopt_long(argc, argv, "c:h", options, NULL)) != -1) {
        switch (option) {
        case 'c': f.config = optarg; break;
        case 'k':
            f.kind = kind_of(optarg);
            if (f.kind < 0) {
                log_error("--kind: expected ap, controller, switch, olt, ups, router or other");
                return EXIT_BAD_USAGE;
            }
            break;
        case 's': f.site = optarg; break;
        case 'd': f.district = optarg; break;
        case 'p': f.profile = optarg; break;
        case 'j': f.as_json = true; break;
        case 'h': fputs(list_usage, stdout); return EXIT_DONE;
        default: fputs(list_usage, stderr); return EXIT_BAD_USAGE;
        }
    }
    if (optind < argc) {
        fputs(list_usage, stderr);
        return EXIT_BAD_USAGE;
    }
    return list(&f);
}

int cmd_device(int argc, char **argv)
{
    static const struct {
        const char *name;
        int (*run)(int argc, char **argv);
    } parts[] = {{"list", device_list}, {"add", device_add}, {"import", device_import}};

    for (size_t i = 0; argc > 1 && i < ARRAY_LEN(parts); i++)
        if (strcmp(argv[1], parts[i].name) == 0)
            return parts[i].run(argc - 1, argv + 1);
    if (argc > 1 && (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)) {
        fputs(usage, stdout);
        return EXIT_DONE;
    }
    fputs(usage, stderr);
    return EXIT_BAD_USAGE;
}
