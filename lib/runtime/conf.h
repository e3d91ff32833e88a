/* SPDX-License-Identifier: GPL-3.0-or-later */
/* conf.h - YAML files read through schema tables: configuration, inventory, profiles, rules.
 *
 * A schema says which keys a mapping may have, what each must be and where in a struct it goes. Reading
 * goes on after an error, so that one run reports everything, each with file:line:column and what was
 * expected. Bounds: 32 MiB a file, 2,000,000 nodes, 32 levels, 100 messages; anchors and aliases are refused.
 *
 *   struct web { char *listen; int64_t port; struct conf_list users; };
 *   static const struct conf_field web_fields[] = {
 *       CONF_STRING_FIELD(struct web, listen, .fallback = "127.0.0.1"),
 *       CONF_INT_FIELD(struct web, port, 1, 65535, .fallback = "8080"),
 *       CONF_LIST_FIELD(struct web, users, &user_schema),
 *       CONF_END};
 *   static const struct conf_schema web_schema = CONF_SCHEMA(struct web, web_fields);
 */
#ifndef NW_RUNTIME_CONF_H
#define NW_RUNTIME_CONF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/buf.h"
#include "lib/base/err.h"

/* Where something stands; file is borrowed from the conf_report (valid until its fini). Line, column from 1.
 */
struct conf_pos {
    const char *file;
    unsigned line, column;
};

/* Collects messages "file:line:column: text". */
struct conf_report;

enum err conf_report_new(struct conf_report **out) NW_CHECKED;
void conf_report_free(struct conf_report *r);
void conf_report_add(struct conf_report *r, struct conf_pos at, const char *fmt, ...) NW_PRINTF(3, 4);
size_t conf_report_count(const struct conf_report *r);     /* all, also those past the bound */
const char *conf_report_text(const struct conf_report *r); /* lines; "" if none */
/* A copy of name that lives as long as the report, for conf_pos.file. NULL: out of memory. */
const char *conf_report_file(struct conf_report *r, const char *name);

enum conf_type {
    CONF_STRING,   /* char *            any scalar, at most 4096 bytes */
    CONF_ID,       /* char *            strx_is_id() */
    CONF_BOOL,     /* bool              true false yes no on off */
    CONF_INT,      /* int64_t           min..max */
    CONF_DOUBLE,   /* double            min..max */
    CONF_DURATION, /* ns_t (int64_t)    "500ms" "60s" "5min" "2h" "30d"; min..max in seconds */
    CONF_BYTES,    /* int64_t           "64KiB" "5GiB"; min..max in bytes */
    CONF_ENUM,     /* int               index into words */
    CONF_MAP,      /* struct of sub     embedded, always filled with its fallbacks */
    CONF_LIST,     /* struct conf_list  of structs of sub */
    CONF_STRINGS,  /* struct conf_strings; a single scalar is a list of one */
    CONF_PAIRS,    /* struct conf_pairs a mapping with keys of the writer's choice, values scalars */
    CONF_POSITION, /* struct conf_pos   not a key: receives where this mapping stands */
};

struct conf_list {
    void *items; /* count structs of the sub schema's size, one behind the other */
    size_t count;
};

struct conf_strings {
    char **items;
    struct conf_pos *at;
    size_t count;
};

struct conf_pair {
    char *key, *value;
    struct conf_pos at;
};

struct conf_pairs {
    struct conf_pair *items;
    size_t count;
};

struct conf_schema;

struct conf_field {
    const char *name; /* NULL ends the table */
    enum conf_type type;
    size_t offset;
    double min, max;          /* for numbers, durations, sizes */
    const char *fallback;     /* what a missing key means, as text; NULL: zero, NULL, empty */
    const char *const *words; /* CONF_ENUM: NULL-terminated */
    const struct conf_schema *sub;
    bool is_required;
    /* Further check of a value that passed; text is the scalar. Returns NULL or what was expected instead. */
    const char *(*check)(const char *text);
};

struct conf_schema {
    size_t size;
    const struct conf_field *fields;
};

#define CONF_SCHEMA(type, fields_)                                                                           \
    {                                                                                                        \
        sizeof(type), (fields_)                                                                              \
    }
#define CONF_FIELD(kind, type_, member, ...)                                                                 \
    {                                                                                                        \
        .name = #member, .type = (kind), .offset = offsetof(type_, member), __VA_ARGS__                      \
    }
#define CONF_STRING_FIELD(type, member, ...) CONF_FIELD(CONF_STRING, type, member, __VA_ARGS__)
#define CONF_ID_FIELD(type, member, ...)     CONF_FIELD(CONF_ID, type, member, __VA_ARGS__)
#define CONF_BOOL_FIELD(type, member, ...)   CONF_FIELD(CONF_BOOL, type, member, __VA_ARGS__)
#define CONF_INT_FIELD(type, member, lo, hi, ...)                                                            \
    CONF_FIELD(CONF_INT, type, member, .min = (double)(lo), .max = (double)(hi), __VA_ARGS__)
#define CONF_DOUBLE_FIELD(type, member, lo, hi, ...)                                                         \
    CONF_FIELD(CONF_DOUBLE, type, member, .min = (lo), .max = (hi), __VA_ARGS__)
#define CONF_DURATION_FIELD(type, member, lo_s, hi_s, ...)                                                   \
    CONF_FIELD(CONF_DURATION, type, member, .min = (lo_s), .max = (hi_s), __VA_ARGS__)
#define CONF_BYTES_FIELD(type, member, lo, hi, ...)                                                          \
    CONF_FIELD(CONF_BYTES, type, member, .min = (double)(lo), .max = (double)(hi), __VA_ARGS__)
#define CONF_ENUM_FIELD(type, member, words_, ...)                                                           \
    CONF_FIELD(CONF_ENUM, type, member, .words = (words_), __VA_ARGS__)
#define CONF_MAP_FIELD(type, member, sub_) CONF_FIELD(CONF_MAP, type, member, .sub = (sub_))
#define CONF_LIST_FIELD(type, member, sub_, ...)                                                             \
    CONF_FIELD(CONF_LIST, type, member, .sub = (sub_), __VA_ARGS__)
#define CONF_STRINGS_FIELD(type, member, ...) CONF_FIELD(CONF_STRINGS, type, member, __VA_ARGS__)
#define CONF_PAIRS_FIELD(type, member, ...)   CONF_FIELD(CONF_PAIRS, type, member, __VA_ARGS__)
#define CONF_POSITION_FIELD(type, member)     CONF_FIELD(CONF_POSITION, type, member, .min = 0)
#define CONF_END                                                                                             \
    {                                                                                                        \
        .name = NULL                                                                                         \
    }

/* Parses text (len bytes; `file` names it in messages) and fills out, a zeroed or uninitialised struct of
 * schema->size. Always leaves out in a state that conf_free() can take. ERR_CONFIG if anything was
 * reported, ERR_NOMEM. */
enum err conf_read(const char *file, const char *text, size_t len, const struct conf_schema *schema,
                   void *out, struct conf_report *report) NW_CHECKED;
/* The same from a file; a file that cannot be read is reported at line 1 and gives ERR_NOT_FOUND, ERR_DENIED
 * … */
enum err conf_read_file(const char *path, const struct conf_schema *schema, void *out,
                        struct conf_report *report) NW_CHECKED;
/* Fills out with the fallbacks alone. */
enum err conf_defaults(const struct conf_schema *schema, void *out) NW_CHECKED;
void conf_free(const struct conf_schema *schema, void *out);

/* Puts text into the member of item that field names, as if a file said so; scalars only. ERR_RANGE,
 * ERR_MALFORMED: expected says what would have been right, and the member is as before. */
enum err conf_set(const struct conf_field *field, const char *text, void *item, char *expected,
                  size_t size) NW_CHECKED;

#endif
