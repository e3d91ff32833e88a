/* SPDX-License-Identifier: GPL-3.0-or-later */
/* live.h - an interface that is listened on: two processes. What the parser makes of the frames is its
 * caller's.
 *
 *   interface ──pcap, kernel filter──► watcher ──pipe──► parser ──► standard output
 *                                      no rights         no rights, no files, no network (seccomp)
 *
 * The watcher opens the interface, sets the kernel's filter and snap length, gives up every right, and hands
 * frames on; it never looks into them. The parser is the one that touches foreign bytes: if it dies it is
 * replaced at once, and the report says how often. The filter lets only the protocols of the funnel through,
 * and on a monitor interface beacons alone: no probe requests, no data. */
#ifndef NW_PROBES_LIVE_H
#define NW_PROBES_LIVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/err.h"
#include "lib/base/units.h"

struct live_begin {
    int link; /* DLT_ number */
    const char *link_name;
    uint32_t restarts; /* parsers that died before this one */
};

/* What a parser does; each in the parser's process. Standard output is the only place that it can write to.
 */
struct live_parser {
    const void *ctx;
    /* Before the process is confined: the last time that it may ask the system for anything but memory. */
    enum err (*begin)(const void *ctx, const struct live_begin *b, void **state);
    enum err (*feed)(void *state, ns_t at, const void *bytes, size_t captured, size_t wire_len);
    /* Once a second, with the wall clock and what the kernel dropped since the watcher began. May be NULL. */
    enum err (*tick)(void *state, ns_t now, uint32_t dropped);
    /* At the end of the capture, or of the parser's lifetime. May be NULL. */
    enum err (*finish)(void *state, uint32_t dropped);
    void (*end)(void *state); /* frees it */
};

struct live_options {
    const char *interface;
    ns_t duration; /* 0: until SIGINT or SIGTERM */
    ns_t lifetime; /* of a parser, after which a new one follows; 0: no end */
    struct live_parser parser;
};

/* All of it to fd, over interruptions. */
bool live_write(int fd, const void *from, size_t len) NW_CHECKED;

/* Runs until the end. Problems are logged. ERR_NOT_FOUND: no such
 * interface; ERR_DENIED: not allowed to capture. */
enum err live_run(const struct live_options *o) NW_CHECKED;

#endif
