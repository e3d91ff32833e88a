/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd_check.c - `netzwacht check`: every mistake in configuration, inventory, profiles, alarm and firmware
 * rules, and what the history will take. */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "alerts/escalation.h"
#include "alerts/rules.h"
#include "cli/command.h"
#include "collector/profile.h"
#include "lib/base/log.h"
#include "lib/model/firmware.h"
#include "lib/model/inventory.h"
#include "lib/model/metric.h"
#include "lib/model/settings.h"
#include "lib/stores/rrd_layout.h"

static const char usage[] =
    "Usage: netzwacht check [-c FILE]\n"
    "Reads the configuration and everything it names, and reports each mistake as file:line:column.\n\n"
    "  -c, --config FILE   configuration (default " NW_SYSCONFDIR "/netzwacht.yaml)\n"
    "      --help          this text\n\n"
    "Exit status: 0 all is well, 65 something is wrong.\n";

/* How many series a hotspot or a device has at most by default, and what ten years of a
 * month's figures take (docs/operations.md). */
#define LONG_PER_HOTSPOT 10
#define SHORT_PER_DEVICE 20
#define MONTHS_BYTES     17e3

/* What a device's poll takes in the journal at most by default: 150 values of 10.2 bytes, and the rest. */
#define POLL_BYTES 1700.0

/* Polls of journal.keep, in all partitions of values; one at most journal.size and the two newest segments.
 */
static void print_journal(const struct settings *s, const struct inventory *inv)
{
    size_t devices, hotspots;
    double keep = (double)s->journal.keep, bytes;

    inventory_devices(inv, &devices);
    inventory_hotspots(inv, &hotspots);
    bytes = (double)devices * POLL_BYTES * keep / (double)s->collector.interval;
    if (s->probe.enabled)
        bytes += (double)hotspots * POLL_BYTES / 10 * keep / (double)s->probe.interval;
    printf("journal: about %.2f GB for %.1f h (journal.keep; a partition at most %.1f GB, journal.size)%s\n",
           bytes / 1e9, keep / (double)HOURS, (double)s->journal.size / 1e9,
           bytes > (double)s->journal.size ? ": more than journal.size, so less than journal.keep is kept"
                                           : "");
}

/* One series in a file of ten. */
static double series_bytes(const struct settings *s, enum storage_class storage)
{
    struct rrd_keep keep = rrd_layout_keep(storage, &s->store);

    return (double)rrd_layout_size(storage, &keep, 10) / 10;
}

static void print_kept(const struct settings *s, const char *name, enum storage_class storage)
{
    struct rrd_keep keep = rrd_layout_keep(storage, &s->store);
    struct rrd_archive archives[RRD_ARCHIVES_MAX];
    size_t count = rrd_layout_archives(storage, &keep, archives);
    double step = rrd_layout_step(storage, (unsigned)(s->store.step / SECONDS));

    printf("%s:", name);
    for (size_t i = 0; i < count; i++)
        if (archives[i].cf == RRD_AVERAGE)
            printf(" %.0f s for %.4g d,", step * archives[i].pdps,
                   step * archives[i].pdps * archives[i].rows / 86400);
    printf(" %.0f kB a series\n", series_bytes(s, storage) / 1e3);
}

static void print_summary(const struct settings *s, const struct inventory *inv)
{
    size_t sites, devices, hotspots, services, districts;
    double bytes;

    inventory_sites(inv, &sites);
    inventory_devices(inv, &devices);
    inventory_hotspots(inv, &hotspots);
    inventory_services(inv, &services);
    inventory_districts(inv, &districts);
    bytes = (double)hotspots * LONG_PER_HOTSPOT * (series_bytes(s, STORAGE_LONG) + MONTHS_BYTES) +
            (double)devices * SHORT_PER_DEVICE * series_bytes(s, STORAGE_SHORT);
    printf("%s: %zu hotspots, %zu devices, %zu sites, %zu services in %zu districts\n", s->instance, hotspots,
           devices, sites, services, districts);
    print_journal(s, inv);
    printf("history: at most about %.1f GB (budget %.1f GB)%s\n", bytes / 1e9, (double)s->store.budget / 1e9,
           bytes > (double)s->store.budget
               ? ": over the budget; raise store.budget or give the disk more room"
               : "");
    print_kept(s, "kept, short class", STORAGE_SHORT);
    print_kept(s, "kept, long class", STORAGE_LONG);
}

static void check_secret(struct conf_pos at, const char *key, const char *path, struct conf_report *report)
{
    char *secret = NULL;
    enum err e = path ? settings_read_secret(path, &secret) : ERR_OK;

    if (e)
        conf_report_add(report, at, "%s: %s: %s (chmod 600, readable by the collector's user)", key, path,
                        err_text(e));
    if (!e && path && strcmp(key, "community_file") != 0 && strlen(secret) < SNMP_PASSPHRASE_MIN)
        conf_report_add(report, at, "%s: %s: a passphrase has at least %d characters (RFC 3414, 11.2)", key,
                        path, SNMP_PASSPHRASE_MIN);
    if (secret)
        explicit_bzero(secret, strlen(secret));
    free(secret);
}

static void check_channel_secret(const struct channel_settings *c, const char *key, const char *path,
                                 struct conf_report *report)
{
    char *secret = NULL;
    enum err e = path ? settings_read_secret(path, &secret) : ERR_OK;

    if (e)
        conf_report_add(report, c->at, "%s: %s: %s (chmod 600, readable by the user of netzwacht-alerts)",
                        key, path, err_text(e));
    if (secret)
        explicit_bzero(secret, strlen(secret));
    free(secret);
}

static void check_channel(const struct channel_settings *c, struct conf_report *report)
{
    const struct {
        const char *key, *path;
    } files[] = {
        {"ca_file", c->ca_file}, {"certificate_file", c->certificate_file}, {"key_file", c->key_file}};

    check_channel_secret(c, "secret_file", c->secret_file, report);
    check_channel_secret(c, "password_file", c->password_file, report);
    for (size_t i = 0; i < ARRAY_LEN(files); i++)
        if (files[i].path && access(files[i].path, R_OK))
            conf_report_add(report, c->at, "%s: %s: %s", files[i].key, files[i].path,
                            err_text(err_from_errno(errno)));
}

/* Credentials that a device names must exist, and their secrets be readable and private. */
static void check_secrets(const struct settings *s, const struct inventory *inv, struct conf_report *report)
{
    size_t count;
    const struct device *devices = inventory_devices(inv, &count);
    const struct credentials *all = s->credentials.items;
    const struct channel_settings *channels = s->alerts.channels.items;

    for (size_t i = 0; i < count; i++)
        if (!settings_credentials(s, devices[i].credentials))
            conf_report_add(report, devices[i].at, "credentials: there is none named \"%s\" in %s",
                            devices[i].credentials, s->path);
    for (size_t i = 0; i < s->credentials.count; i++) {
        check_secret(all[i].at, "community_file", all[i].community_file, report);
        check_secret(all[i].at, "auth_file", all[i].auth_file, report);
        check_secret(all[i].at, "priv_file", all[i].priv_file, report);
    }
    for (size_t i = 0; i < s->alerts.channels.count; i++)
        check_channel(&channels[i], report);
}

/* The shipped profiles and those of the site. */
static enum err check_profiles(const struct settings *s, struct conf_report *report)
{
    char *shipped = settings_data_path("profiles");
    const char **dirs = calloc(s->profile_dirs.count + 1, sizeof *dirs);
    struct profile_set *profiles = NULL;
    enum err e = shipped && dirs ? ERR_OK : ERR_NOMEM;

    if (!e) {
        dirs[0] = shipped;
        for (size_t i = 0; i < s->profile_dirs.count; i++)
            dirs[i + 1] = s->profile_dirs.items[i];
        e = profile_set_load(dirs, s->profile_dirs.count + 1, report, &profiles);
    }
    profile_set_free(profiles);
    free(shipped);
    free(dirs);
    return e;
}

/* The shipped alarm rules with the site's own over them. Mistakes go to report. */
static enum err check_rules(const struct settings *s, const struct inventory *inv, struct conf_report *report)
{
    char *shipped = settings_data_path("alerts/rules.yaml");
    struct rules *rules = NULL;
    enum err e = shipped ? rules_load(shipped, s->alerts.rules, report, &rules) : ERR_NOMEM;

    if (!e)
        e = escalation_check_names(rules, s, inv, report);
    rules_free(rules);
    free(shipped);
    return e;
}

/* What the site wants to run on which model; none is shipped. */
static enum err check_firmware(const struct settings *s, struct conf_report *report)
{
    struct firmware_rules *rules = NULL;
    enum err e = s->firmware ? firmware_rules_load(s->firmware, report, &rules) : ERR_OK;

    firmware_rules_free(rules);
    return e;
}

static enum err check(const char *path, struct conf_report *report)
{
    struct settings *settings = NULL;
    struct inventory *inventory = NULL;
    enum err e = settings_load(path, report, &settings);

    if (!e)
        e = inventory_load((const char *const *)settings->inventory.items, settings->inventory.count,
                           settings->districts, report, &inventory);
    if (!e) {
        check_secrets(settings, inventory, report);
        e = check_profiles(settings, report);
    }
    if (!e)
        e = check_rules(settings, inventory, report);
    if (!e)
        e = check_firmware(settings, report);
    if (!e && conf_report_count(report))
        e = ERR_CONFIG;
    if (!e)
        print_summary(settings, inventory);
    inventory_free(inventory);
    settings_free(settings);
    return e;
}

int cmd_check(int argc, char **argv)
{
    static const struct option options[] = {
        {"config", required_argument, NULL, 'c'}, {"help", no_argument, NULL, 'h'}, {0}};
    const char *path = NW_SYSCONFDIR "/netzwacht.yaml";
    struct conf_report *report;
    enum err e;
    int option;

    while ((option = getopt_long(argc, argv, "c:h", options, NULL)) != -1) {
        switch (option) {
        case 'c': path = optarg; break;
        case 'h': fputs(usage, stdout); return EXIT_DONE;
        default: fputs(usage, stderr); return EXIT_BAD_USAGE;
        }
    }
    if (conf_report_new(&report))
        return EXIT_FINDING;
    e = check(path, report);
    fputs(conf_report_text(report), stderr);
    if (e && conf_report_count(report) == 0)
        log_error("%s: %s", path, err_text(e));
    conf_report_free(report);
    return e ? EXIT_BAD_DATA : EXIT_DONE;
}
