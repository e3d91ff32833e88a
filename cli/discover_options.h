/* SPDX-License-Identifier: GPL-3.0-or-later */
/* discover_options.h - what `netzwacht discover` is told on its command line. */
#ifndef NW_CLI_DISCOVER_OPTIONS_H
#define NW_CLI_DISCOVER_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "collector/discover_range.h"
#include "lib/base/buf.h"

enum { DISCOVER_RANGES_MAX = 256 };

struct discover_options {
    struct discover_range ranges[DISCOVER_RANGES_MAX];
    const char *range_texts[DISCOVER_RANGES_MAX];
    size_t range_count;
    struct discover_prefix within[DISCOVER_RANGES_MAX];
    const char *within_texts[DISCOVER_RANGES_MAX];
    size_t within_count;
    const char *credentials, *output, *core, *state, *config;
    long port, rate;
    bool is_large, is_forced, wants_v3;
};

/* Returns EXIT_DONE, the exit status of a mistake (logged), or -1: help was printed. */
int discover_options_parse(int argc, char **argv, struct discover_options *out);

/* How many neighbours may be followed. */
size_t discover_options_follow_most(const struct discover_options *o);
/* What is asked of whom, for telling one search from another: ranges, port, prefixes. */
void discover_options_describe(const struct discover_options *o, struct buf *out);

#endif
