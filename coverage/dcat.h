/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dcat.h - the record of our open data for a catalogue: DCAT-AP.de as JSON-LD. Pure. */
#ifndef NW_COVERAGE_DCAT_H
#define NW_COVERAGE_DCAT_H

#include "coverage/coverage.h"
#include "lib/base/buf.h"
#include "lib/model/settings.h"

/* What the settings must say before anything is published; NULL: nothing is missing. */
const char *dcat_missing(const struct open_data_settings *s);

/* Dataset with its distributions under s->base_url: coverage.gpkg, .geojson, .csv, .tif, .kml. modified: wall
 * time of the files. */
void dcat_write(const struct coverage *c, const struct open_data_settings *s, ns_t modified, struct buf *out);

#endif
