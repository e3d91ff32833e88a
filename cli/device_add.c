/* SPDX-License-Identifier: GPL-3.0-or-later */
/* device_add.c - `netzwacht device add`: one device by options, into a file of its own; asks it who it is. */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/command.h"
#include "cli/device.h"
#include "cli/inventory_edit.h"
#include "cli/poll_live.h"
#include "cli/profiles.h"
#include "collector/decode.h"
#include "collector/discover.h"
#include "lib/base/log.h"
#include "lib/base/strx.h"

static const char usage[] =
    "Usage: netzwacht device add --id ID --address ADDRESS [OPTION]...\n"
    "Adds one device to added.yaml in the inventory's directory. If it answers over SNMP, what is not given "
    "is\n"
    "asked of it: name, kind, model, serial. Nothing is written without --apply.\n\n"
    "  -c, --config FILE       configuration (default " NW_SYSCONFDIR "/netzwacht.yaml)\n"
    "      --id ID             a-z, 0-9, '.', '_', '-'\n"
    "      --address ADDRESS   IPv4, IPv6 or a name\n"
    "      --name, --port, --kind, --site, --credentials, --profile, --model, --serial, --uplink,\n"
    "      --uplink-port, --power, --core yes|no   as in the inventory\n"
    "      --no-ask            send nothing\n"
    "      --apply             write\n"
    "  -o, --output FILE       write there; implies --apply\n"
    "      --help              this text\n\n"
    "Exit status: 0 done, 64 an option is wrong, 65 the result would be wrong, 73 it exists or cannot be "
    "written.\n";

/* What a device may be told by options: its fields in the inventory, and the options' long names. */
static const struct {
    const char *option, *field;
} fields[] = {{"id", "id"},
              {"address", "address"},
              {"name", "name"},
              {"port", "port"},
              {"kind", "kind"},
              {"site", "site"},
              {"credentials", "credentials"},
              {"profile", "profile"},
              {"model", "model"},
              {"serial", "serial"},
              {"uplink", "uplink"},
              {"uplink-port", "uplink_port"},
              {"power", "power"},
              {"core", "core"}};

enum { FIELD_BASE = 256, OTHER_OPTIONS = 6 };

struct options {
    const char *config, *output, *values[ARRAY_LEN(fields)];
    bool is_applied, is_silent;
};

/* ---- asking the device ---- */

static enum err put_missing(struct inventory_edit *edit, struct draft_item *item, const char *field,
                            const char *text)
{
    return draft_has(item, field) ? ERR_OK : draft_put(edit->draft, item, field, text);
}

static enum err take_identity(struct inventory_edit *edit, struct draft_item *item, struct varbind_set *set,
                              const struct device_profile *profile)
{
    struct decoder *decoder = decoder_new();
    const struct device_view *view;
    const char *why;
    enum err e = decoder ? decode(decoder, profile, set, &view) : ERR_NOMEM;

    if (!e)
        e = put_missing(edit, item, "name", view->identity.sys_name);
    if (!e)
        e = put_missing(edit, item, "model", view->identity.model);
    if (!e)
        e = put_missing(edit, item, "serial", view->identity.serial);
    if (!e)
        e = put_missing(edit, item, "kind", device_kind_words[discover_kind(profile, set, &why)]);
    decoder_free(decoder);
    return e;
}

/* A device that does not answer is added as the options say. */
static enum err ask(struct inventory_edit *edit, struct draft_item *item)
{
    const struct device *d = item->values;
    const struct credentials *c = settings_credentials(edit->settings, d->credentials);
    struct live_options live = {.target = d->address, .port = (long)d->port, .profile = d->profile};
    const struct device_profile *profile;
    struct profile_set *profiles = NULL;
    struct varbind_set *set = varbind_set_new();
    struct snmp_access access = {0};
    const char *problem = "there are no such credentials";
    enum err e = set ? ERR_OK : ERR_NOMEM;

    if (!c || snmp_access_load(c, &access, &problem)) {
        log_info("%s is not asked who it is: credentials \"%s\": %s", d->address, d->credentials, problem);
        varbind_set_free(set);
        return e;
    }
    live.access = &access;
    if (!e)
        e = profiles_load(NULL, 0, &profiles);
    if (!e) {
        e = poll_live(&live, profiles, set, &profile);
        if (e && e != ERR_NOMEM)
            log_info("%s did not say who it is; it is added as the options say", d->address);
        e = e == ERR_NOMEM ? e : e ? ERR_OK : take_identity(edit, item, set, profile);
    }
    varbind_set_free(set);
    profile_set_free(profiles);
    snmp_access_fini(&access);
    return e;
}

/* ---- the item ---- */

static int fill(const struct options *o, struct draft_item *item)
{
    char expected[DRAFT_EXPECTED_SIZE];

    for (size_t i = 0; i < ARRAY_LEN(fields); i++) {
        enum err e = o->values[i] ? draft_set(item, fields[i].field, o->values[i], expected) : ERR_OK;
        if (e) {
            log_error("--%s: expected %s", fields[i].option, e == ERR_NOMEM ? "more memory" : expected);
            return EXIT_BAD_USAGE;
        }
    }
    return EXIT_DONE;
}

static enum err compare(struct inventory_edit *edit, const char *id)
{
    const struct device *there = inventory_device(edit->inventory, id);

    if (there) {
        log_error("the device \"%s\" is there already: %s:%u", id, there->at.file, there->at.line);
        return ERR_EXISTS;
    }
    return inventory_edit_compare(edit, NULL, false);
}

static int run(const struct options *o)
{
    struct inventory_edit edit;
    struct draft_item *item;
    struct buf out = BUF_INIT;
    bool is_written = false;
    enum err e = inventory_edit_open(&edit, o->config, o->output, "added.yaml");
    int status = EXIT_DONE;

    if (!e)
        e = draft_add(edit.draft, INVENTORY_DEVICE, o->values[0], "the device", &item);
    if (!e)
        status = fill(o, item);
    if (!e && !status && !o->is_silent)
        e = ask(&edit, item);
    if (!e && !status)
        e = compare(&edit, o->values[0]);
    if (!e && !status && o->is_applied) {
        e = inventory_edit_write(&edit);
        is_written = !e;
    }
    if (!e && !status) {
        inventory_edit_show(&out, &edit, is_written);
        fwrite(out.data, 1, out.len, stdout);
        status = edit.diff->counts[DIFF_NEW] == 1 ? EXIT_DONE : EXIT_BAD_DATA;
    }
    buf_fini(&out);
    inventory_edit_close(&edit);
    return status            ? status
           : e == ERR_CONFIG ? EXIT_BAD_DATA
           : e == ERR_EXISTS ? EXIT_CANT_WRITE
                             : err_exit_status(e);
}

static void make_options(struct option *out)
{
    static const struct option others[OTHER_OPTIONS] = {
        {"config", required_argument, NULL, 'c'}, {"no-ask", no_argument, NULL, 'n'},
        {"apply", no_argument, NULL, 'a'},        {"output", required_argument, NULL, 'o'},
        {"help", no_argument, NULL, 'h'},         {0}};

    for (size_t i = 0; i < ARRAY_LEN(fields); i++)
        *out++ = (struct option){fields[i].option, required_argument, NULL, FIELD_BASE + (int)i};
    memcpy(out, others, sizeof others);
}

int device_add(int argc, char **argv)
{
    struct option longs[ARRAY_LEN(fields) + OTHER_OPTIONS];
    struct options o = {.config = NW_SYSCONFDIR "/netzwacht.yaml"};
    int option;

    make_options(longs);
    while ((option = getopt_long(argc, argv, "c:o:h", longs, NULL)) != -1) {
        switch (option) {
        case 'c': o.config = optarg; break;
        case 'n': o.is_silent = true; break;
        case 'a': o.is_applied = true; break;
        case 'o':
            o.output = optarg;
            o.is_applied = true;
            break;
        case 'h': fputs(usage, stdout); return EXIT_DONE;
        case '?': fputs(usage, stderr); return EXIT_BAD_USAGE;
        default: o.values[option - FIELD_BASE] = optarg;
        }
    }
    if (optind < argc || !o.values[0] || !o.values[1]) {
        fputs(usage, stderr);
        return EXIT_BAD_USAGE;
    }
    return run(&o);
}
