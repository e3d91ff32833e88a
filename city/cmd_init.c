/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd_init.c - `netzwacht-city init`: builds a city and writes its files. */
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "city/command.h"
#include "city/write.h"
#include "lib/base/log.h"
#include "lib/base/strx.h"

static const char usage[] =
    "Usage: netzwacht-city init --dir DIR [OPTION]...\n"
    "Builds a simulated city and writes inventory.yaml, districts.geojson, rules/firmware.yaml, community\n"
    "and city.json.\n\n"
    "  --dir DIR             where to (created)\n"
    "  --hotspots N          540\n"
    "  --nodes N             60: core, aggregation, access switches and UPSs\n"
    "  --seed N              1: the same numbers give the same city\n"
    "  --port P              10161: UDP port of all agents, on 127.16.0.0/12\n"
    "  --portal-port P       10180: captive portal, HTTP\n"
    "  --portal-tls-port P   captive portal, HTTPS (the one behind --portal-port)\n"
    "  --dns-port P          10153\n"
    "  --battery-seconds S   30: how long a UPS carries its cabinet\n"
    "  --drift-db-minute D   3: speed of the optical drift incident\n"
    "  --epoch SECONDS       wall time from which up-times count (now)\n"
    "  --no-script           `run` starts without the script of incidents\n"
    "  --dhcp                a DHCP server with two pools of addresses, too\n"
    "  --mistakes            inventory, LLDP and PoE contradict each other, once in each way "
    "(docs/city.md)\n";

enum {
    OPT_DIR = 256,
    OPT_HELP,
    OPT_NO_SCRIPT,
    OPT_MISTAKES,
    OPT_DHCP,
    OPT_HOTSPOTS,
    OPT_NODES,
    OPT_SEED,
    OPT_PORT,
    OPT_PORTAL,
    OPT_PORTAL_TLS,
    OPT_DNS,
    OPT_BATTERY,
    OPT_DRIFT,
    OPT_EPOCH
};

static const struct option options[] = {{"dir", required_argument, NULL, OPT_DIR},
                                        {"hotspots", required_argument, NULL, OPT_HOTSPOTS},
                                        {"nodes", required_argument, NULL, OPT_NODES},
                                        {"seed", required_argument, NULL, OPT_SEED},
                                        {"port", required_argument, NULL, OPT_PORT},
                                        {"portal-port", required_argument, NULL, OPT_PORTAL},
                                        {"portal-tls-port", required_argument, NULL, OPT_PORTAL_TLS},
                                        {"dns-port", required_argument, NULL, OPT_DNS},
                                        {"battery-seconds", required_argument, NULL, OPT_BATTERY},
                                        {"drift-db-minute", required_argument, NULL, OPT_DRIFT},
                                        {"epoch", required_argument, NULL, OPT_EPOCH},
                                        {"no-script", no_argument, NULL, OPT_NO_SCRIPT},
                                        {"mistakes", no_argument, NULL, OPT_MISTAKES},
                                        {"dhcp", no_argument, NULL, OPT_DHCP},
                                        {"help", no_argument, NULL, OPT_HELP},
                                        {NULL, 0, NULL, 0}};

/* false: the number is none. */
static bool take_option(int option, const char *text, struct city_params *p)
{
    int64_t seconds = 0;

    switch (option) {
    case OPT_HOTSPOTS: return strx_to_i64(text, &p->hotspots) == ERR_OK;
    case OPT_NODES: return strx_to_i64(text, &p->nodes) == ERR_OK;
    case OPT_SEED: return strx_to_u64(text, &p->seed) == ERR_OK;
    case OPT_PORT: return strx_to_i64(text, &p->port) == ERR_OK;
    case OPT_PORTAL: return strx_to_i64(text, &p->portal_port) == ERR_OK;
    case OPT_PORTAL_TLS: return strx_to_i64(text, &p->portal_tls_port) == ERR_OK;
    case OPT_DNS: return strx_to_i64(text, &p->dns_port) == ERR_OK;
    case OPT_BATTERY: return strx_to_double(text, &p->battery_s) == ERR_OK;
    case OPT_DRIFT: return strx_to_double(text, &p->drift_db_minute) == ERR_OK;
    case OPT_EPOCH:
        if (strx_to_i64(text, &seconds) || seconds < 0 || seconds > 4102444800)
            return false;
        p->epoch = seconds * SECONDS;
        return true;
    default: return false;
    }
}

static int write_city(const char *dir, const struct city_params *params)
{
    struct city *c = NULL;
    size_t rows = 0, nodes = 0;
    enum err e = city_new(params, &c);

    if (e == ERR_RANGE && params->has_mistakes) {
        log_error("the city is too small for --mistakes; take more --hotspots and --nodes");
        return EXIT_BAD_USAGE;
    }
    if (e) {
        log_error("cannot build the city: %s", err_text(e));
        return err_exit_status(e);
    }
    e = city_dir_init(dir, c);
    for (size_t i = 0; i < c->hotspot_count; i++)
        rows += c->hotspots[i].is_row;
    for (size_t i = 0; i < c->device_count; i++)
        nodes += c->devices[i].role != ROLE_AP && c->devices[i].role != ROLE_DHCP;
    if (!e)
        printf("%s: Norderstedt (simuliert), seed %" PRIu64
               ": %zu hotspots (%zu of them rows of controllers), "
               "%zu fibre nodes and controllers, %zu sites\n",
               dir, params->seed, c->hotspot_count, rows, nodes, c->site_count);
    city_free(c);
    return e ? EXIT_CANT_WRITE : EXIT_DONE;
}

int city_command_init(int argc, char **argv)
{
    struct city_params params;
    const char *dir = NULL, *problem;
    int option;

    city_params_defaults(&params);
    params.epoch = (ns_t)time(NULL) * SECONDS;
    while ((option = getopt_long(argc, argv, "h", options, NULL)) != -1) {
        if (option == OPT_HELP || option == 'h') {
            fputs(usage, stdout);
            return EXIT_DONE;
        }
        if (option == '?')
            return EXIT_BAD_USAGE;
        if (option == OPT_DIR)
            dir = optarg;
        else if (option == OPT_NO_SCRIPT)
            params.is_scripted = false;
        else if (option == OPT_MISTAKES)
            params.has_mistakes = true;
        else if (option == OPT_DHCP)
            params.has_dhcp = true;
        else if (!take_option(option, optarg, &params)) {
            log_error("\"%s\" is not a number that fits there; `netzwacht-city init --help`", optarg);
            return EXIT_BAD_USAGE;
        }
    }
    if (params.portal_tls_port == 0)
        params.portal_tls_port = params.portal_port < 65535 ? params.portal_port + 1 : 65534;
    problem = !dir            ? "--dir DIR is needed"
              : optind < argc ? "there are arguments that nobody asked for"
                              : NULL;
    if (!problem)
        problem = city_params_problem(&params);
    if (problem) {
        log_error("%s; `netzwacht-city init --help`", problem);
        return EXIT_BAD_USAGE;
    }
    return write_city(dir, &params);
}
