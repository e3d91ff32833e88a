/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rrd_map.h - which RRD file of another monitor belongs to which of our entities: a table with the columns
 * file, device and entity, in any order, further ones ignored. CSV (RFC 4180) with comma or semicolon, a byte
 * order mark is fine; no line breaks in cells. Pure. */
#ifndef NW_STORES_RRD_MAP_H
#define NW_STORES_RRD_MAP_H

#include <stddef.h>

#include "lib/base/err.h"

enum { RRD_MAP_ROWS_MAX = 200000, RRD_MAP_CELL_MAX = 512 };

struct rrd_map_row {
    char *file, *device, *entity; /* file: relative to the tree, no "..", not absolute */
    unsigned line;
};

struct rrd_map {
    struct rrd_map_row *rows;
    size_t count;
};

/* ERR_MALFORMED, ERR_LIMIT: *line receives where, *problem (a literal) what. */
enum err rrd_map_parse(const char *text, size_t len, struct rrd_map *out, unsigned *line,
                       const char **problem) NW_CHECKED;
void rrd_map_fini(struct rrd_map *map);

#endif
