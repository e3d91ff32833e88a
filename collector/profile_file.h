/* SPDX-License-Identifier: GPL-3.0-or-later */
/* profile_file.h - what a profile file looks like: its mappings as lib/runtime/conf reads them, before they
 * are compiled. The names are those of the keys (docs/profiles.md). */
#ifndef NW_COLLECTOR_PROFILE_FILE_H
#define NW_COLLECTOR_PROFILE_FILE_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/runtime/conf.h"

struct y_condition {
    char *oid, *index, *match;
    struct conf_strings is, is_not;
    bool missing, string;
    struct conf_pos at;
};

struct y_field {
    char *attr, *metric, *unit, *oid, *index, *text, *match, *otherwise;
    struct conf_pairs words, map;
    int format, function, sub;
    double scale, divide, offset;
    struct conf_strings unknown;
    char *min, *max, *unknown_below, *si_scale, *si_precision;
    bool limits, counter;
    struct conf_list times, percent_of, plus, minus, band, fallback, when, present;
    struct conf_pos at;
};

struct y_table {
    char *table, *kind, *id;
    bool scalar, listed;
    int64_t age;
    struct conf_strings rows;
    struct conf_list name, attrs, readings, when;
    struct conf_pos at;
};

struct y_match {
    struct conf_strings sys_object_id;
    char *sys_descr, *probe, *probe_match;
    struct conf_pos at;
};

struct y_trap {
    char *trap, *oid;
    struct conf_strings read, keep;
    bool walk, drop;
    int64_t delay;
    struct conf_pos at;
};

struct y_profile {
    char *profile, *comment;
    struct conf_list match, vendor, model, version, serial, tables, traps;
    struct conf_strings uses, drop;
    bool lldp;
    struct conf_pos at;
};

/* Of a struct y_profile. Single values are checked while they are read; what belongs together is checked by
 * the compiler. */
extern const struct conf_schema profile_file_schema;

/* For lists, whose members conf does not check: NULL, or what was expected instead. */
const char *profile_file_oid(const char *text);      /* any numeric OID */
const char *profile_file_read_oid(const char *text); /* one that may be read */
const char *profile_file_kind(const char *text);

#endif
