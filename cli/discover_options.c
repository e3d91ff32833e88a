/* SPDX-License-Identifier: GPL-3.0-or-later */
/* discover_options.c - the command line of `netzwacht discover`. */
#include "cli/discover_options.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/discover_scan.h"
#include "lib/base/log.h"
#include "lib/base/strx.h"

enum {
    ADDRESSES_MAX = 4096, /* without --yes-large */
    FOLLOW_MAX = 65536,   /* with it */
    RATE_DEFAULT = 50,
    RATE_MAX = 1000,
};

static void print_usage(FILE *to)
{
    fputs(
        "Usage: netzwacht discover RANGE... --credentials FILE|- [OPTION]...\n\n"
        "Asks every address of the ranges (192.0.2.0/24, 2001:db8::/120, or one address) over SNMP v2c or\n"
        "v3 who it is, who its LLDP neighbours are, which ports feed them, which access points it controls,\n"
        "and prints a proposed inventory with a tree of uplinks. Changes nothing.\n\n"
        "  --port P             UDP port of the agents (161)\n"
        "  --credentials FILE   file (mode 0600) with the community in its first line, or with an SNMPv3\n"
        "                       user (netzwacht(1), CREDENTIALS); - reads standard input\n"
        "  --v3                 insist on an SNMPv3 user; agents that do not know it are named, too\n"
        "  --rate N             datagrams per second, 1 to 1000 (50)\n"
        "  --core ID            the device that the monitor hangs on, as the proposal calls it: uplinks\n"
        "                       lead there (else to the middle of what was found)\n"
        "  --follow             also ask LLDP neighbours, by management address, inside the ranges\n"
        "  --within CIDR        and inside this network, and nowhere else (may be repeated)\n"
        "  -c, --config FILE    netzwacht.yaml: propose only what its inventory does not have, and say\n"
        "                       where it is contradicted; its credentials \"default\" are used\n"
        "  --state FILE         keep there what was found: the same command goes on where it was\n"
        "  --yes-large          allow more than 4096 addresses\n"
        "  -o, --output FILE    write there instead of standard output; FILE must not exist yet\n"
        "  --force              write over FILE\n\n"
        "Ctrl-C ends the search and prints what was found so far.\n"
        "Exit status: 0 agents found, 1 with -c: the inventory is contradicted, 69 no agent answered,\n"
        "73 FILE exists, 77 no credentials, 78 the --state FILE is of another search, or broken.\n",
        to);
}

static const char *explain(enum err e)
{
    switch (e) {
    case ERR_RANGE: return "bits are set behind the prefix; write the network's first address, or no prefix";
    case ERR_LIMIT: return "too large; a range has at most 2^20 addresses (/12, or /108 for IPv6)";
    default: return "expected an address or a range like 192.0.2.0/24";
    }
}

static int too_many(const char *what)
{
    log_error("at most %d %s", DISCOVER_RANGES_MAX, what);
    return EXIT_BAD_USAGE;
}

static int add_range(struct discover_options *o, const char *text)
{
    enum err e;

    if (o->range_count == DISCOVER_RANGES_MAX)
        return too_many("ranges");
    o->range_texts[o->range_count] = text;
    e = discover_range_parse(text, &o->ranges[o->range_count]);
    if (e) {
        log_error("%s: %s", text, explain(e));
        return EXIT_BAD_USAGE;
    }
    o->range_count++;
    return EXIT_DONE;
}

static int add_prefix(struct discover_options *o, const char *text)
{
    enum err e;

    if (o->within_count == DISCOVER_RANGES_MAX)
        return too_many("--within");
    o->within_texts[o->within_count] = text;
    e = discover_prefix_parse(text, &o->within[o->within_count]);
    if (e) {
        log_error("--within %s: %s", text, explain(e));
        return EXIT_BAD_USAGE;
    }
    o->within_count++;
    return EXIT_DONE;
}

static int read_number(const char *name, const char *text, long max, long *out)
{
    int64_t n;

    if (strx_to_i64(text, &n) || n < 1 || n > max) {
        log_error("--%s: expected a number from 1 to %ld", name, max);
        return EXIT_BAD_USAGE;
    }
    *out = (long)n;
    return EXIT_DONE;
}

static int check_options(const struct discover_options *o)
{
    uint64_t total = 0;

    for (size_t i = 0; i < o->range_count; i++)
        total += o->ranges[i].count;
    if (total > ADDRESSES_MAX && !o->is_large) {
        log_error(
            "%llu addresses are more than %d: name smaller ranges, or add --yes-large (at %ld datagrams a "
            "second it may take %llu minutes)",
            (unsigned long long)total, ADDRESSES_MAX, o->rate,
            (unsigned long long)(total * SCAN_TRIES / (uint64_t)o->rate / 60 + 1));
        return EXIT_BAD_USAGE;
    }
    if (o->output && !o->is_forced && access(o->output, F_OK) == 0) {
        log_error("%s: is there already; name another file, or add --force", o->output);
        return EXIT_CANT_WRITE;
    }
    return EXIT_DONE;
}

static int take_option(struct discover_options *o, int c)
{
    switch (c) {
    case 'p': return read_number("port", optarg, 65535, &o->port);
    case 'a': o->credentials = optarg; return EXIT_DONE;
    case 'r': return read_number("rate", optarg, RATE_MAX, &o->rate);
    case 'C': o->core = optarg; return EXIT_DONE;
    case 'F': return EXIT_DONE; /* inside the ranges everybody is asked: only --within adds to that */
    case 'w': return add_prefix(o, optarg);
    case 's': o->state = optarg; return EXIT_DONE;
    case 'c': o->config = optarg; return EXIT_DONE;
    case 'y': o->is_large = true; return EXIT_DONE;
    case 'o': o->output = optarg; return EXIT_DONE;
    case 'f': o->is_forced = true; return EXIT_DONE;
    case '3': o->wants_v3 = true; return EXIT_DONE;
    case 'h': print_usage(stdout); return -1;
    default: return EXIT_BAD_USAGE;
    }
}

int discover_options_parse(int argc, char **argv, struct discover_options *o)
{
    static const struct option longs[] = {
        {"port", required_argument, NULL, 'p'},  {"credentials", required_argument, NULL, 'a'},
        {"rate", required_argument, NULL, 'r'},  {"core", required_argument, NULL, 'C'},
        {"follow", no_argument, NULL, 'F'},      {"within", required_argument, NULL, 'w'},
        {"state", required_argument, NULL, 's'}, {"config", required_argument, NULL, 'c'},
        {"yes-large", no_argument, NULL, 'y'},   {"output", required_argument, NULL, 'o'},
        {"force", no_argument, NULL, 'f'},       {"v3", no_argument, NULL, '3'},
        {"help", no_argument, NULL, 'h'},        {NULL, 0, NULL, 0}};
    int c, status = EXIT_DONE;

    *o = (struct discover_options){.port = 161, .rate = RATE_DEFAULT};
    while (!status && (c = getopt_long(argc, argv, "hc:o:", longs, NULL)) != -1)
        status = take_option(o, c);
    for (int i = optind; !status && i < argc; i++)
        status = add_range(o, argv[i]);
    if (!status && !o->range_count) {
        print_usage(stderr);
        return EXIT_BAD_USAGE;
    }
    return status ? status : check_options(o);
}

size_t discover_options_follow_most(const struct discover_options *o)
{
    return o->is_large ? FOLLOW_MAX : ADDRESSES_MAX;
}

void discover_options_describe(const struct discover_options *o, struct buf *out)
{
    for (size_t i = 0; i < o->range_count; i++)
        buf_printf(out, "%s ", o->range_texts[i]);
    for (size_t i = 0; i < o->within_count; i++)
        buf_printf(out, "--within %s ", o->within_texts[i]);
    buf_printf(out, "--port %ld", o->port);
}
