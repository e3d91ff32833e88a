/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz_alerts.c - what alerts reads from others: receipts and commands of the NOC, rows of alerts.db, journal
 * records, rules. The first byte chooses. */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "alerts/engine.h"
#include "alerts/inbound.h"
#include "alerts/rules.h"
#include "alerts/scenario.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char town[] =
    "sites: [{id: s, name: S, lat: 53.7, lon: 10.0}]\n"
    "devices:\n"
    "  - {id: core, name: Core, address: 127.0.0.1, kind: switch, site: s, core: true}\n"
    "  - {id: ap, name: AP, address: 127.0.0.1, kind: ap, site: s, uplink: core, power: core}\n"
    "  - {id: wlc, name: WLC, address: 127.0.0.1, kind: controller, site: s, uplink: core}\n"
    "hotspots:\n"
    "  - {id: h-1, name: H, site: s, device: ap}\n"
    "  - {id: h-2, name: H, site: s, device: wlc, entity: \"ap/02:00:00:00:00:01\", uplink: core}\n"
    "services: [{id: portal, name: P, kind: portal, target: \"http://127.0.0.1/\"}]\n";
static const char rule_text[] = "rules:\n"
                                "  - {id: c, metric: wireless.clients, above: 80}\n"
                                "  - {id: d, kind: drop, metric: optic.rx_power, drop: 2}\n"
                                "  - {id: s, kind: sleeping, metric: wireless.clients}\n"
                                "  - {id: f, kind: flapping, metric: interface.oper, above: 1.5}\n"
                                "  - {id: b, kind: baseline, metric: wireless.clients}\n"
                                "  - {id: a, kind: drift, metric: optic.rx_power, per_week: 0.5}\n"
                                "  - {id: q, kind: silence, metric: temperature}\n"
                                "  - {id: p, kind: spectrum, metric: wireless.channel}\n"
                                "  - {id: r, kind: rate, metric: temperature, above: 20}\n"
                                "  - {id: o, kind: forecast, metric: poe.power, of: poe.budget}\n";

static void no_state(void *ctx, const struct object_state *s)
{
    (void)ctx;
    (void)s;
}

static void no_incident(void *ctx, const Nw__Incident *i, const char *key)
{
    (void)ctx;
    (void)i;
    (void)key;
}

static void no_reprobe(void *ctx, const char *device)
{
    (void)ctx;
    (void)device;
}

static void no_row(void *ctx, const char *kind, const char *key, const void *value, size_t len)
{
    (void)ctx;
    (void)kind;
    (void)key;
    (void)value;
    (void)len;
}

struct fixed {
    struct inventory *inventory;
    struct rules *rules;
};

/* Made once: a fuzz target runs millions of inputs. */
static const struct fixed *fixed(void)
{
    static struct fixed f;
    char path[] = "/tmp/netzwacht-fuzz-XXXXXX.yaml";
    const char *paths[] = {path};
    struct conf_report *report = NULL;
    int fd;

    if (f.rules)
        return &f;
    fd = mkstemps(path, 5);
    if (fd < 0 || write(fd, town, sizeof town - 1) < 0 || conf_report_new(&report) ||
        inventory_load(paths, 1, NULL, report, &f.inventory) ||
        rules_parse(rule_text, NULL, report, &f.rules))
        abort();
    close(fd);
    unlink(path);
    conf_report_free(report);
    return &f;
}

static void no_announcement(void *ctx, const Nw__Announcements *list)
{
    (void)ctx;
    (void)list;
}

static struct engine *new_engine(void)
{
    static const struct engine_sink sink = {.state = no_state,
                                            .incident = no_incident,
                                            .reprobe = no_reprobe,
                                            .row = no_row,
                                            .announced = no_announcement};
    const struct fixed *f = fixed();
    struct engine_options o = {f->inventory, f->rules, 60 * SECONDS, 60 * SECONDS, DAYS, &sink};
    struct engine *e = NULL;

    if (engine_new(&o, &e))
        abort();
    engine_begin(e, 1795300000 * SECONDS);
    return e;
}

static void try_row(const char *kind, const char *key, const uint8_t *data, size_t size)
{
    struct engine *e = new_engine();

    (void)!engine_restore(e, kind, key, data, size);
    (void)!engine_tick(e, 1795300000 * SECONDS);
    engine_free(e);
}

/* Records one behind the other, each with two bytes of length in front. */
static void try_records(const uint8_t *data, size_t size)
{
    struct engine *e = new_engine();
    ns_t now = 1795300000 * SECONDS;

    while (size > 3) {
        size_t len = (size_t)data[0] << 8 | data[1];
        const char *partition = data[2] & 1 ? "probe" : "collector";
        Nw__Record *r = NULL;
        data += 3;
        size -= 3;
        len = len < size ? len : size;
        if (record_unpack(data, len, &r) == ERR_OK)
            engine_record(e, partition, r);
        record_free(r);
        now += 5 * SECONDS;
        (void)!engine_tick(e, now);
        data += len;
        size -= len;
    }
    engine_free(e);
}

static void try_rules(const uint8_t *data, size_t size)
{
    struct conf_report *report = NULL;
    struct rules *r = NULL;
    char *text = malloc(size + 1);

    if (text && conf_report_new(&report) == ERR_OK) {
        memcpy(text, data, size);
        text[size] = '\0';
        if (rules_parse(rule_text, text, report, &r) == ERR_OK)
            rules_free(r);
    }
    conf_report_free(report);
    free(text);
}

/* Read, not played: a scenario may be a year long. */
static void try_scenario(const uint8_t *data, size_t size)
{
    char path[] = "/tmp/netzwacht-fuzz-XXXXXX.yaml";
    struct conf_report *report = NULL;
    struct scenario *s = NULL;
    int fd = mkstemps(path, 5);

    if (fd < 0)
        return;
    if (write(fd, data, size) == (ssize_t)size && conf_report_new(&report) == ERR_OK &&
        scenario_load(path, fixed()->inventory, report, &s) == ERR_OK)
        scenario_free(s);
    close(fd);
    unlink(path);
    conf_report_free(report);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct inbound_receipt receipt;
    struct inbound_command command;
    static const char *const verbs[] = {"shelve", "maintenance", "replay", "list", "assign"};

    if (size == 0)
        return 0;
    switch (data[0] % 16) {
    case 0: (void)!inbound_receipt_parse(data + 1, size - 1, &receipt); break;
    case 1:
        for (size_t i = 0; i < ARRAY_LEN(verbs); i++)
            (void)!inbound_command_parse(verbs[i], data + 1, size - 1, &command);
        break;
    case 2: try_row("node", "ap", data + 1, size - 1); break;
    case 3: try_row("state", "hotspot/h-1", data + 1, size - 1); break;
    case 4: try_row("incident", "i-1", data + 1, size - 1); break;
    case 5: try_row("watch", "d\ndevice\ncore\noptic/1", data + 1, size - 1); break;
    case 6: try_row("window", "w", data + 1, size - 1); break;
    case 7: try_row("meta", "engine", data + 1, size - 1); break;
    case 8: try_rules(data + 1, size - 1); break;
    case 10: try_row("usual", "h-1", data + 1, size - 1); break;
    case 11: try_row("past", "node:ap", data + 1, size - 1); break;
    case 12: try_row("watch", "f\ndevice\ncore\nif/1", data + 1, size - 1); break;
    case 13: try_row("watch", "b\nhotspot\nh-1\nradio/0", data + 1, size - 1); break;
    case 14: try_row("watch", "a\ndevice\ncore\noptic/1", data + 1, size - 1); break;
    case 15: try_scenario(data + 1, size - 1); break;
    default: try_records(data + 1, size - 1); break;
    }
    return 0;
}
