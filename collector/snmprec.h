/* SPDX-License-Identifier: GPL-3.0-or-later */
/* snmprec.h - recordings of agents as snmpsim writes them: "OID|tag|value" lines. Reads lines one by one, so
 * a file may be of any size; what is kept is what the plan asks for. */
#ifndef NW_COLLECTOR_SNMPREC_H
#define NW_COLLECTOR_SNMPREC_H

#include <stddef.h>
#include <stdint.h>

#include "collector/profile.h"
#include "collector/varbind.h"
#include "lib/base/err.h"

struct snmprec_stats {
    uint64_t lines;
    uint64_t skipped; /* not understood: no OID, unknown tag, bad number */
    bool is_cut;      /* the set was full */
};

/* One line without its end, NUL-free or not. ERR_OK: added; ERR_NOT_FOUND: not in the plan (plan NULL: all
 * are); ERR_MALFORMED; ERR_LIMIT; ERR_NOMEM. */
enum err snmprec_read_line(const char *line, size_t len, const struct read_plan *plan,
                           struct varbind_set *to) NW_CHECKED;

/* Adds what the plan asks for; sorts the set. ERR_NOT_FOUND, ERR_DENIED, ERR_IO; ERR_UNSUPPORTED for a packed
 * (.xz, .gz, .bz2) file. */
enum err snmprec_read_file(const char *path, const struct read_plan *plan, struct varbind_set *to,
                           struct snmprec_stats *stats) NW_CHECKED;

/* One line without its end. What it returns other than ERR_OK ends the reading. */
typedef enum err snmprec_line_fn(void *ctx, const char *line, size_t len);

/* Hands over every line but comments and empty ones. *too_long: lines over 1 MiB, which are left out. Errors
 * as above, and those of fn. */
enum err snmprec_each_line(const char *path, snmprec_line_fn *fn, void *ctx, uint64_t *too_long) NW_CHECKED;
/* The OID that a line begins with; len: in room, out used. ERR_MALFORMED. */
enum err snmprec_line_oid(const char *line, size_t line_len, uint32_t *ids, size_t *len) NW_CHECKED;

/* Would the plan read this instance? */
bool read_plan_has(const struct read_plan *plan, const uint32_t *oid, size_t len);

#endif
