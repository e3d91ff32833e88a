/* SPDX-License-Identifier: GPL-3.0-or-later */
/* field.h - what a profile says about one value, table and device family, compiled. Known to the loader, the
 * matcher and the decoder, to nobody else. docs/profiles.md explains the meaning of each member to the people
 * who write profiles; the names are the same. */
#ifndef NW_COLLECTOR_FIELD_H
#define NW_COLLECTOR_FIELD_H

#include <regex.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "collector/profile.h"
#include "lib/base/units.h"
#include "lib/model/metric.h"
#include "lib/runtime/conf.h"

enum { FIELD_DEPTH_MAX = 4, TABLE_SLOTS_MAX = 96, TRAP_VALUES_MAX = 8 };

/* Which sub-identifiers of the row's index belong to the instance of a column: from..to, 1-based, negative
 * from the end; from 0 = none (the OID is whole). */
struct index_part {
    int16_t from, to;
};

struct word {
    const char *from; /* the raw value as text: "1", "Connected" */
    const char *to;
};

struct number_pair {
    const char *from;
    double to;
};

enum field_format { FORMAT_TEXT, FORMAT_MAC, FORMAT_NUMBER };

enum field_function {
    FUNCTION_NONE,
    FUNCTION_WATT_TO_DBM, /* after scaling: W in, dBm out; <= 0 is unknown */
    FUNCTION_CHANNEL,     /* radio channel in, Hz out; the band comes from `band` */
    FUNCTION_FAHRENHEIT,
    FUNCTION_SIGNED8, /* before everything else: an unsigned byte is a two's complement */
    FUNCTION_SIGNED16,
    FUNCTION_SIGNED32,
    FUNCTION_MINUS_ABS, /* a level that is sent without its sign: 94 and -94 are -94 */
    FUNCTION_BIG_ENDIAN /* the octets are an unsigned number */
};

enum field_sum { SUB_NONE, SUB_SUM, SUB_MEAN, SUB_MAX, SUB_MIN, SUB_COUNT };

struct field;

struct field_list {
    struct field *items;
    size_t count;
};

struct condition {
    uint32_t *oid; /* NULL: looks at the part of the row's index itself */
    uint32_t oid_len;
    struct index_part part;
    int slot;
    char **is, **not_;
    size_t is_count, not_count;
    regex_t *match;
    bool is_missing; /* holds if the instance is not there */
    bool is_string;  /* the index part are characters */
};

struct condition_list {
    struct condition *items;
    size_t count;
};

struct field {
    const char *attr;
    enum metric metric;
    const char *metric_name, *unit;
    uint32_t *oid; /* NULL: none */
    uint32_t oid_len;
    struct index_part part;
    int slot; /* >= 0: this is column number `slot` of the row; -1: look it up */
    const char *text;
    regex_t *match;
    struct word *words;
    size_t word_count;
    const char *otherwise;
    struct number_pair *map;
    size_t map_count;
    enum field_format format;
    enum field_function function;
    double scale, offset; /* value = raw * scale + offset; divide is folded into scale */
    double *unknown;      /* raw numbers that mean "no reading" */
    size_t unknown_count;
    double min, max;      /* of the result; NaN: the metric's */
    double unknown_below; /* raw numbers below are "no reading"; NaN: none */
    bool has_limits;      /* the ends of integer types are "no reading" */
    bool is_measured;     /* of a physical unit: has_limits applies */
    bool is_counter;
    enum field_sum sub; /* the value is made of all instances below the row's index */
    struct field_list times, percent_of, minus, plus, band, fallback;
    struct field_list si_scale, si_precision; /* ENTITY-SENSOR-MIB: at most one each */
    struct condition_list when;               /* else there is no such reading */
    struct condition_list present;            /* else it is unknown: not_present */
};

/* A column of a table that its fields name. */
struct slot {
    const uint32_t *oid;
    uint32_t oid_len;
    bool is_row; /* its instances make rows; the others only add to rows */
};

struct table {
    const char *name;
    const char *kind;
    const char *id; /* template; NULL: "<name>/{index}" */
    bool is_scalar; /* one row, OIDs are instances */
    bool is_listed; /* rows are entities even without any reading */
    ns_t age;
    struct field_list names; /* the first that gives a text */
    struct field_list attrs, readings;
    struct condition_list when;
    struct slot *slots;
    size_t slot_count;
    size_t order; /* of the reading numbers of the profile: readings are order .. order + count - 1 */
};

struct recogniser {
    uint32_t **prefixes; /* sysObjectID; none = any */
    uint32_t *prefix_lens;
    size_t prefix_count;
    regex_t *sys_descr;
    uint32_t *probe;
    uint32_t probe_len;
    regex_t *probe_match;
};

struct oid_list {
    uint32_t **ids;
    uint32_t *lens;
    size_t count;
};

/* In trap_rule.read, beside the kinds of tables: what LLDP says. */
#define TRAP_READS_NEIGHBOURS "neighbour"

/* A notification that devices of a family send, and what follows from it. */
struct trap_rule {
    const char *name;
    uint32_t *oid; /* of the notification; of a v1 trap as RFC 3584, 3.1 maps it */
    uint32_t oid_len;
    const char **read; /* kinds of the tables to read; none: the whole device */
    size_t read_count;
    bool is_walked;  /* rows may have come or gone: these tables are walked anew */
    bool is_dropped; /* about a single client: neither recorded nor followed */
    ns_t delay;
    struct oid_list keep; /* columns and scalars among the varbinds that are recorded */
};

struct profile {
    const char *name, *vendor;
    char *path;
    struct recogniser *match;
    size_t match_count;
    const char **uses;
    struct conf_pos *uses_at; /* in the report that the profile was read with */
    size_t use_count;
    struct oid_list drop; /* readings of lower profiles below these are left out */
    struct field_list vendors, model, version, serial;
    struct table *tables;
    size_t table_count;
    size_t reading_count;
    struct trap_rule *traps;
    size_t trap_count;
    bool has_lldp;
    void *arena; /* everything above */
};

/* Reads one file. ERR_CONFIG: reported; ERR_NOMEM. */
enum err profile_read_file(const char *path, struct conf_report *report, struct profile **out) NW_CHECKED;
/* The same from bytes, for tests and fuzzing. */
enum err profile_read(const char *file, const char *text, size_t len, struct conf_report *report,
                      struct profile **out) NW_CHECKED;
void profile_free(struct profile *p);

/* field.c: "none", "3", "-1", "2-7", "3-", "-2-"; NULL = the whole index. */
bool index_part_parse(const char *text, struct index_part *out);
/* The sub-identifiers of index that part names: *from and the number of them, 0 if they are not there. */
size_t index_part_of(struct index_part part, size_t index_len, size_t *from);

/* ---- the combination, as the decoder sees it ---- */

struct used_table {
    const struct table *table;
    const struct profile *profile;
    bool *is_active; /* by reading of the table: not replaced by a more specific profile */
};

struct device_profile {
    const struct profile **profiles; /* generic first */
    const char **names;
    size_t profile_count;
    struct used_table *tables;
    size_t table_count;
    struct read_item *items;
    size_t item_count;
    struct read_plan plan;
    struct read_item *survey_items;
    struct read_plan survey;
    bool has_lldp;
};

#endif
