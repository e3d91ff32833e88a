/* SPDX-License-Identifier: GPL-3.0-or-later */
/* import_csv.h - reads a table (CSV, RFC 4180) of sites, devices, hotspots or links. Pure.
 *
 * The first row names the columns, in English or German; they may stand in any order. Comma or semicolon,
 * CRLF or LF, quoted cells with line breaks, a byte order mark; UTF-8. Numbers with point or comma.
 *
 *   typ;kennung;name;stadtteil;art;breite;laenge;adresse;port;standort;uplink;uplink-port;strom;geraet
 *
 * Without a column `type` a table with `address` holds devices, one with `device` or `entity` hotspots, one
 * with `from` and `to` links, any other sites. A row without `id` is known by its name. */
#ifndef NW_CLI_IMPORT_CSV_H
#define NW_CLI_IMPORT_CSV_H

#include <stddef.h>

#include "lib/base/err.h"
#include "lib/model/inventory_draft.h"

enum { CSV_COLUMNS_MAX = 64, CSV_CELL_MAX = 4096 };

/* Adds the rows of text (len bytes; file names it in remarks) to draft. A wrong row is refused with a remark
 * "file:line:column". ERR_MALFORMED: the whole file is refused, the last remark says why; ERR_LIMIT: more
 * rows than DRAFT_ITEMS_MAX; ERR_NOMEM. */
enum err import_csv(struct draft *draft, const char *file, const char *text, size_t len) NW_CHECKED;

#endif
