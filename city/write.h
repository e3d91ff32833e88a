/* SPDX-License-Identifier: GPL-3.0-or-later */
/* write.h - the city's files: what `init` writes and `run` reads again.
 *
 *   DIR/inventory.yaml (inventory-2.yaml … where one file would exceed conf's bounds), districts.geojson,
 *   community (0600), city.json (the parameters: the city follows from them) */
#ifndef NW_CITY_WRITE_H
#define NW_CITY_WRITE_H

#include "city/plan.h"
#include "lib/base/buf.h"
#include "lib/base/err.h"

#define CITY_SCHEMA "netzwacht.city/1"

enum { CITY_HOTSPOTS_PER_FILE = 4000 };

/* Pure: the texts. Hotspots [first, first + count) and their devices; the first file holds all else too. */
enum err city_write_inventory(const struct city *c, size_t first, size_t count, struct buf *out) NW_CHECKED;
enum err city_write_districts(struct buf *out) NW_CHECKED;
/* One object for each contradiction that the mistakes make, as GET /api/v1/topology must tell them. */
enum err city_write_mistakes(const struct city *c, struct buf *out) NW_CHECKED;
enum err city_write_params(const struct city_params *p, struct buf *out) NW_CHECKED;
/* *problem (a literal, or NULL) says what is wrong on ERR_MALFORMED or ERR_RANGE. */
enum err city_read_params(const char *text, size_t len, struct city_params *out,
                          const char **problem) NW_CHECKED;

/* Writes everything under dir (created, 0750). Reports by log_error(). */
enum err city_dir_init(const char *dir, const struct city *c) NW_CHECKED;
/* Reads city.json and builds the city; reads the community, malloc'ed. Reports by log_error(). */
enum err city_dir_open(const char *dir, struct city **out, char **community) NW_CHECKED;

#endif
