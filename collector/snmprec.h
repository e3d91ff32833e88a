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

/* Would the plan read this instance? */
bool read_plan_has(const struct read_plan *plan, const uint32_t *oid, size_t len);

#endif
