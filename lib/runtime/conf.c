/* SPDX-License-Identifier: GPL-3.0-or-later */
/* conf.c - reads YAML through schema tables. The only file that knows libyaml; uses its document API, because
 * nodes keep their positions. */
#include "lib/runtime/conf.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <yaml.h>

#include "lib/base/map.h"
#include "lib/base/strx.h"
#include "lib/base/units.h"

enum {
    FILE_MAX = 32 * 1024 * 1024,
    NODES_MAX = 2000000,
    DEPTH_MAX = 32,
    MESSAGES_MAX = 100,
    SCALAR_MAX = 4096
};

/* ---- the report ---- */

struct conf_report {
    struct buf text;
    size_t count;
    char **files;
    size_t file_count;
};

enum err conf_report_new(struct conf_report **out)
{
    struct conf_report *r = calloc(1, sizeof *r);

    if (!r)
        return ERR_NOMEM;
    *out = r;
    return ERR_OK;
}

void conf_report_free(struct conf_report *r)
{
    if (!r)
        return;
    for (size_t i = 0; i < r->file_count; i++)
        free(r->files[i]);
    free(r->files);
    buf_fini(&r->text);
    free(r);
}

const char *conf_report_file(struct conf_report *r, const char *name)
{
    char **grown;

    for (size_t i = 0; i < r->file_count; i++)
        if (strcmp(r->files[i], name) == 0)
            return r->files[i];
    grown = realloc(r->files, (r->file_count + 1) * sizeof *grown);
    if (!grown)
        return NULL;
    r->files = grown;
    r->files[r->file_count] = strdup(name);
    return r->files[r->file_count] ? r->files[r->file_count++] : NULL;
}

void conf_report_add(struct conf_report *r, struct conf_pos at, const char *fmt, ...)
{
    va_list args;

    if (++r->count > MESSAGES_MAX)
        return;
    if (r->count == MESSAGES_MAX) {
        buf_str(&r->text, "… and more; the first ones are usually the cause\n");
        return;
    }
    buf_printf(&r->text, "%s:%u:%u: ", at.file ? at.file : "-", at.line, at.column);
    va_start(args, fmt);
    buf_vprintf(&r->text, fmt, args);
    va_end(args);
    buf_str(&r->text, "\n");
}

size_t conf_report_count(const struct conf_report *r)
{
    return r->count;
}

const char *conf_report_text(const struct conf_report *r)
{
    return r->text.data ? r->text.data : "";
}

/* ---- reading one document ---- */

struct reading {
    yaml_document_t *document;
    struct conf_report *report;
    const char *file;
    enum err error; /* ERR_NOMEM sticks; everything else goes to the report */
};

static enum err read_mapping(struct reading *r, const yaml_node_t *node, const struct conf_schema *schema,
                             void *out, int depth);
static enum err fill_defaults(const struct conf_schema *schema, void *out);

static struct conf_pos mark_pos(const struct reading *r, yaml_mark_t mark)
{
    return (struct conf_pos){r->file, (unsigned)mark.line + 1, (unsigned)mark.column + 1};
}

static struct conf_pos node_pos(const struct reading *r, const yaml_node_t *node)
{
    return mark_pos(r, node->start_mark);
}

static const char *scalar_text(const yaml_node_t *node)
{
    return (const char *)node->data.scalar.value;
}

static bool scalar_is_null(const yaml_node_t *node)
{
    const char *text = scalar_text(node);

    return node->data.scalar.style == YAML_PLAIN_SCALAR_STYLE &&
           (!*text || strcmp(text, "~") == 0 || strcmp(text, "null") == 0);
}

/* A number followed by one of the units: "90s" with {"s", 1}, {"min", 60}. */
struct unit {
    const char *name;
    double factor;
};

static const struct unit duration_units[] = {{"ns", 1e-9},  {"us", 1e-6}, {"ms", 1e-3}, {"s", 1},
                                             {"min", 60},   {"m", 60},    {"h", 3600},  {"d", 86400},
                                             {"w", 604800}, {NULL, 0}};
static const struct unit size_units[] = {{"B", 1},        {"KiB", 0x1p10}, {"MiB", 0x1p20},
                                         {"GiB", 0x1p30}, {"TiB", 0x1p40}, {NULL, 0}};

/* ERR_MALFORMED without a unit, unless the number is 0. */
static enum err parse_with_unit(const char *text, const struct unit *units, double *out)
{
    size_t digits = strspn(text, "0123456789.");
    char number[32];
    double value;

    if (digits == 0 || digits >= sizeof number)
        return ERR_MALFORMED;
    memcpy(number, text, digits);
    number[digits] = '\0';
    if (strx_to_double(number, &value))
        return ERR_MALFORMED;
    text += digits + strspn(text + digits, " ");
    if (!*text && value == 0) {
        *out = 0;
        return ERR_OK;
    }
    for (; units->name; units++) {
        if (strcmp(text, units->name) == 0) {
            *out = value * units->factor;
            return ERR_OK;
        }
    }
    return ERR_MALFORMED;
}

static bool in_range(const struct conf_field *field, double value)
{
    return (field->min == 0 && field->max == 0) || (value >= field->min && value <= field->max);
}

static void say_range(const struct conf_field *field, const char *what, char *out, size_t size)
{
    if (field->min == 0 && field->max == 0)
        snprintf(out, size, "%s", what);
    else
        snprintf(out, size, "%s from %g to %g", what, field->min, field->max);
}

static enum err set_bool(const char *text, bool *out)
{
    static const char *const yes[] = {"true", "yes", "on"}, *const no[] = {"false", "no", "off"};

    for (size_t i = 0; i < ARRAY_LEN(yes); i++) {
        if (strcmp(text, yes[i]) == 0 || strcmp(text, no[i]) == 0) {
            *out = strcmp(text, yes[i]) == 0;
            return ERR_OK;
        }
    }
    return ERR_MALFORMED;
}

static enum err set_number(const struct conf_field *field, const char *text, void *at, char *expected,
                           size_t size)
{
    double value = 0;
    int64_t whole;

    switch (field->type) {
    case CONF_INT:
        say_range(field, "a whole number", expected, size);
        if (strx_to_i64(text, &whole) || !in_range(field, (double)whole))
            return ERR_RANGE;
        *(int64_t *)at = whole;
        return ERR_OK;
    case CONF_DOUBLE:
        say_range(field, "a number", expected, size);
        if (strx_to_double(text, &value) || !in_range(field, value))
            return ERR_RANGE;
        *(double *)at = value;
        return ERR_OK;
    case CONF_DURATION:
        say_range(field, "a duration such as 500ms, 60s, 5min, 2h or 30d, in seconds", expected, size);
        if (parse_with_unit(text, duration_units, &value) || !in_range(field, value))
            return ERR_RANGE;
        *(int64_t *)at = (int64_t)llround(value * 1e9);
        return ERR_OK;
    default: /* CONF_BYTES */
        say_range(field, "a size such as 64KiB, 100MiB or 5GiB, in bytes", expected, size);
        if (parse_with_unit(text, size_units, &value) || !in_range(field, value))
            return ERR_RANGE;
        *(int64_t *)at = (int64_t)value;
        return ERR_OK;
    }
}

static enum err set_enum(const struct conf_field *field, const char *text, int *out, char *expected,
                         size_t size)
{
    size_t n = (size_t)snprintf(expected, size, "one of");

    for (int i = 0; field->words[i]; i++) {
        if (strcmp(field->words[i], text) == 0) {
            *out = i;
            return ERR_OK;
        }
        if (n < size)
            n += (size_t)snprintf(expected + n, size - n, "%s %s", i ? "," : "", field->words[i]);
    }
    return ERR_RANGE;
}

/* Puts a scalar into its member. On ERR_RANGE or ERR_MALFORMED, expected says what would have been right. */
static enum err set_scalar(const struct conf_field *field, const char *text, void *at, char *expected,
                           size_t size)
{
    const char *wanted = field->check ? field->check(text) : NULL;
    char *copy;

    if (wanted) {
        strx_copy(expected, size, wanted);
        return ERR_RANGE;
    }
    switch (field->type) {
    case CONF_STRING:
    case CONF_ID:
        strx_copy(expected, size,
                  field->type == CONF_ID
                      ? "an id: a-z, 0-9, '.', '_', '-', at most 64 characters, first a letter or digit"
                      : "a text of at most 4096 bytes");
        if (strlen(text) > SCALAR_MAX || (field->type == CONF_ID && !strx_is_id(text)))
            return ERR_RANGE;
        copy = strdup(text);
        if (!copy)
            return ERR_NOMEM;
        free(*(char **)at);
        *(char **)at = copy;
        return ERR_OK;
    case CONF_BOOL: strx_copy(expected, size, "true or false"); return set_bool(text, at);
    case CONF_ENUM: return set_enum(field, text, at, expected, size);
    default: return set_number(field, text, at, expected, size);
    }
}

enum err conf_set(const struct conf_field *field, const char *text, void *item, char *expected, size_t size)
{
    return set_scalar(field, text, (char *)item + field->offset, expected, size);
}

static enum err read_scalar(struct reading *r, const yaml_node_t *node, const struct conf_field *field,
                            void *at)
{
    char expected[512] = "a single value";
    enum err e = ERR_TYPE;

    if (node->type == YAML_SCALAR_NODE) {
        if (scalar_is_null(node) && !field->is_required)
            return ERR_OK;
        if (strlen(scalar_text(node)) != node->data.scalar.length)
            strx_copy(expected, sizeof expected, "text without NUL bytes");
        else
            e = set_scalar(field, scalar_text(node), at, expected, sizeof expected);
    }
    if (e && e != ERR_NOMEM)
        conf_report_add(r->report, node_pos(r, node), "%s: expected %s", field->name, expected);
    return e == ERR_NOMEM ? e : ERR_OK;
}

static enum err add_string(struct reading *r, const yaml_node_t *node, const struct conf_field *field,
                           struct conf_strings *list)
{
    char **items;
    struct conf_pos *at;

    if (node->type != YAML_SCALAR_NODE) {
        conf_report_add(r->report, node_pos(r, node), "%s: expected a text or a list of texts", field->name);
        return ERR_OK;
    }
    items = realloc(list->items, (list->count + 1) * sizeof *items);
    if (!items)
        return ERR_NOMEM;
    list->items = items;
    at = realloc(list->at, (list->count + 1) * sizeof *at);
    if (!at)
        return ERR_NOMEM;
    list->at = at;
    list->items[list->count] = strdup(scalar_text(node));
    if (!list->items[list->count])
        return ERR_NOMEM;
    list->at[list->count++] = node_pos(r, node);
    return ERR_OK;
}

static enum err read_strings(struct reading *r, const yaml_node_t *node, const struct conf_field *field,
                             struct conf_strings *list)
{
    enum err e = ERR_OK;

    if (node->type != YAML_SEQUENCE_NODE)
        return add_string(r, node, field, list);
    for (yaml_node_item_t *i = node->data.sequence.items.start; !e && i < node->data.sequence.items.top; i++)
        e = add_string(r, yaml_document_get_node(r->document, *i), field, list);
    return e;
}

static enum err read_pairs(struct reading *r, const yaml_node_t *node, const struct conf_field *field,
                           struct conf_pairs *pairs)
{
    if (node->type != YAML_MAPPING_NODE) {
        conf_report_add(r->report, node_pos(r, node), "%s: expected a mapping of keys to single values",
                        field->name);
        return ERR_OK;
    }
    for (yaml_node_pair_t *p = node->data.mapping.pairs.start; p < node->data.mapping.pairs.top; p++) {
        const yaml_node_t *key = yaml_document_get_node(r->document, p->key);
        const yaml_node_t *value = yaml_document_get_node(r->document, p->value);
        struct conf_pair *items;
        if (key->type != YAML_SCALAR_NODE || value->type != YAML_SCALAR_NODE) {
            conf_report_add(r->report, node_pos(r, key), "%s: expected single values only", field->name);
            continue;
        }
        items = realloc(pairs->items, (pairs->count + 1) * sizeof *items);
        if (!items)
            return ERR_NOMEM;
        pairs->items = items;
        items[pairs->count] =
            (struct conf_pair){strdup(scalar_text(key)), strdup(scalar_text(value)), node_pos(r, key)};
        pairs->count++;
        if (!items[pairs->count - 1].key || !items[pairs->count - 1].value)
            return ERR_NOMEM;
    }
    return ERR_OK;
}

static enum err read_list(struct reading *r, const yaml_node_t *node, const struct conf_field *field,
                          struct conf_list *list, int depth)
{
    size_t count, size = field->sub->size;
    enum err e = ERR_OK;

    if (node->type == YAML_SCALAR_NODE && scalar_is_null(node))
        return ERR_OK;
    if (node->type != YAML_SEQUENCE_NODE) {
        conf_report_add(r->report, node_pos(r, node), "%s: expected a list", field->name);
        return ERR_OK;
    }
    count = (size_t)(node->data.sequence.items.top - node->data.sequence.items.start);
    if (count == 0)
        return ERR_OK;
    list->items = calloc(count, size);
    if (!list->items)
        return ERR_NOMEM;
    for (size_t i = 0; !e && i < count; i++) {
        const yaml_node_t *item = yaml_document_get_node(r->document, node->data.sequence.items.start[i]);
        void *at = (char *)list->items + list->count++ * size;
        e = fill_defaults(field->sub, at);
        if (!e)
            e = read_mapping(r, item, field->sub, at, depth + 1);
    }
    return e;
}

static enum err read_value(struct reading *r, const yaml_node_t *node, const struct conf_field *field,
                           void *at, int depth)
{
    switch (field->type) {
    case CONF_MAP:
        if (node->type == YAML_SCALAR_NODE && scalar_is_null(node))
            return ERR_OK;
        return read_mapping(r, node, field->sub, at, depth + 1);
    case CONF_LIST: return read_list(r, node, field, at, depth);
    case CONF_STRINGS: return read_strings(r, node, field, at);
    case CONF_PAIRS: return read_pairs(r, node, field, at);
    default: return read_scalar(r, node, field, at);
    }
}

static const struct conf_field *find_field(const struct conf_schema *schema, const char *name)
{
    for (const struct conf_field *f = schema->fields; f->name; f++)
        if (f->type != CONF_POSITION && strcmp(f->name, name) == 0)
            return f;
    return NULL;
}

static void report_unknown_key(struct reading *r, const yaml_node_t *key, const struct conf_schema *schema)
{
    struct buf known = BUF_INIT;

    for (const struct conf_field *f = schema->fields; f->name; f++)
        if (f->type != CONF_POSITION)
            buf_printf(&known, "%s%s", known.len ? ", " : "", f->name);
    conf_report_add(r->report, node_pos(r, key), "unknown key \"%s\"; known here: %s",
                    key->type == YAML_SCALAR_NODE ? scalar_text(key) : "(not a text)",
                    known.data ? known.data : "none");
    buf_fini(&known);
}

static bool has_key_before(struct reading *r, const yaml_node_t *node, const yaml_node_pair_t *until,
                           const char *name)
{
    for (yaml_node_pair_t *p = node->data.mapping.pairs.start; p < until; p++) {
        const yaml_node_t *key = yaml_document_get_node(r->document, p->key);
        if (key->type == YAML_SCALAR_NODE && strcmp(scalar_text(key), name) == 0)
            return true;
    }
    return false;
}

static bool has_key(struct reading *r, const yaml_node_t *node, const char *name)
{
    return has_key_before(r, node, node->data.mapping.pairs.top, name);
}

static enum err read_pair(struct reading *r, const yaml_node_t *mapping, const yaml_node_pair_t *pair,
                          const struct conf_schema *schema, void *out, int depth)
{
    const yaml_node_t *key = yaml_document_get_node(r->document, pair->key);
    const struct conf_field *field =
        key->type == YAML_SCALAR_NODE ? find_field(schema, scalar_text(key)) : NULL;

    if (!field) {
        report_unknown_key(r, key, schema);
        return ERR_OK;
    }
    if (has_key_before(r, mapping, pair, field->name)) {
        conf_report_add(r->report, node_pos(r, key), "\"%s\" stands here a second time", field->name);
        return ERR_OK;
    }
    return read_value(r, yaml_document_get_node(r->document, pair->value), field, (char *)out + field->offset,
                      depth);
}

/* out holds the fallbacks already. */
static enum err read_mapping(struct reading *r, const yaml_node_t *node, const struct conf_schema *schema,
                             void *out, int depth)
{
    enum err e = ERR_OK;

    for (const struct conf_field *f = schema->fields; f->name; f++)
        if (f->type == CONF_POSITION)
            *(struct conf_pos *)((char *)out + f->offset) = node_pos(r, node);
    if (depth > DEPTH_MAX) {
        conf_report_add(r->report, node_pos(r, node), "nested more than %d levels deep", DEPTH_MAX);
        return ERR_OK;
    }
    if (node->type != YAML_MAPPING_NODE) {
        conf_report_add(r->report, node_pos(r, node), "expected keys and values (\"key: value\")");
        return ERR_OK;
    }
    for (yaml_node_pair_t *p = node->data.mapping.pairs.start; !e && p < node->data.mapping.pairs.top; p++)
        e = read_pair(r, node, p, schema, out, depth);
    for (const struct conf_field *f = schema->fields; !e && f->name; f++)
        if (f->is_required && !has_key(r, node, f->name))
            conf_report_add(r->report, node_pos(r, node), "\"%s\" is missing here", f->name);
    return e;
}

/* ---- fallbacks and freeing ---- */

static enum err fill_defaults(const struct conf_schema *schema, void *out)
{
    char expected[512];
    enum err e = ERR_OK;

    memset(out, 0, schema->size);
    for (const struct conf_field *f = schema->fields; !e && f->name; f++) {
        void *at = (char *)out + f->offset;
        if (f->type == CONF_MAP)
            e = fill_defaults(f->sub, at);
        else if (f->fallback && f->type < CONF_MAP)
            e = set_scalar(f, f->fallback, at, expected, sizeof expected);
    }
    return e;
}

enum err conf_defaults(const struct conf_schema *schema, void *out)
{
    enum err e = fill_defaults(schema, out);

    if (e)
        conf_free(schema, out);
    return e;
}

static void free_strings(struct conf_strings *list)
{
    for (size_t i = 0; i < list->count; i++)
        free(list->items[i]);
    free(list->items);
    free(list->at);
}

static void free_pairs(struct conf_pairs *pairs)
{
    for (size_t i = 0; i < pairs->count; i++) {
        free(pairs->items[i].key);
        free(pairs->items[i].value);
    }
    free(pairs->items);
}

static void free_list(const struct conf_schema *sub, struct conf_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        conf_free(sub, (char *)list->items + i * sub->size);
    free(list->items);
}

void conf_free(const struct conf_schema *schema, void *out)
{
    for (const struct conf_field *f = schema->fields; f->name; f++) {
        void *at = (char *)out + f->offset;
        switch (f->type) {
        case CONF_STRING:
        case CONF_ID: free(*(char **)at); break;
        case CONF_MAP: conf_free(f->sub, at); break;
        case CONF_LIST: free_list(f->sub, at); break;
        case CONF_STRINGS: free_strings(at); break;
        case CONF_PAIRS: free_pairs(at); break;
        default: break;
        }
    }
    memset(out, 0, schema->size);
}

/* ---- parsing ---- */

/* libyaml's document loader expands nothing, but an alias makes two parents share a node: bombs begin so. A
 * scan of the events refuses them, and everything too large, before a document is built. */
static bool events_are_acceptable(struct reading *r, const char *text, size_t len)
{
    yaml_parser_t parser;
    yaml_event_t event;
    size_t nodes = 0, documents = 0;
    int depth = 0;
    bool is_done = false, is_fine = true;

    if (!yaml_parser_initialize(&parser)) {
        r->error = ERR_NOMEM;
        return false;
    }
    yaml_parser_set_input_string(&parser, (const unsigned char *)text, len);
    while (!is_done && is_fine) {
        const char *problem = NULL;
        if (!yaml_parser_parse(&parser, &event)) {
            conf_report_add(r->report, mark_pos(r, parser.problem_mark), "not valid YAML: %s",
                            parser.problem ? parser.problem : "cannot be read");
            is_fine = false;
            break;
        }
        nodes++;
        if (event.type == YAML_DOCUMENT_START_EVENT && ++documents > 1)
            problem = "a second document begins here; one file holds one";
        if (event.type == YAML_ALIAS_EVENT)
            problem = "aliases (*name) are not supported; write the value out";
        if (event.type == YAML_MAPPING_START_EVENT || event.type == YAML_SEQUENCE_START_EVENT)
            depth++;
        if (event.type == YAML_MAPPING_END_EVENT || event.type == YAML_SEQUENCE_END_EVENT)
            depth--;
        if (depth > DEPTH_MAX)
            problem = "nested too deep";
        if (nodes > NODES_MAX)
            problem = "too many values in one file; split it";
        if (problem) {
            conf_report_add(r->report, mark_pos(r, event.start_mark), "%s", problem);
            is_fine = false;
        }
        is_done = event.type == YAML_STREAM_END_EVENT;
        yaml_event_delete(&event);
    }
    yaml_parser_delete(&parser);
    return is_fine;
}

static enum err read_document(struct reading *r, const char *text, size_t len,
                              const struct conf_schema *schema, void *out)
{
    yaml_document_t document;
    yaml_parser_t parser;
    const yaml_node_t *root;
    enum err e = ERR_OK;

    if (!events_are_acceptable(r, text, len))
        return r->error;
    if (!yaml_parser_initialize(&parser))
        return ERR_NOMEM;
    yaml_parser_set_input_string(&parser, (const unsigned char *)text, len);
    if (yaml_parser_load(&parser, &document)) {
        r->document = &document;
        root = yaml_document_get_root_node(&document);
        if (root && !(root->type == YAML_SCALAR_NODE && scalar_is_null(root)))
            e = read_mapping(r, root, schema, out, 0);
        r->document = NULL;
        yaml_document_delete(&document);
    } else {
        e = ERR_NOMEM; /* the events were fine a moment ago */
    }
    yaml_parser_delete(&parser);
    return e;
}

enum err conf_read(const char *file, const char *text, size_t len, const struct conf_schema *schema,
                   void *out, struct conf_report *report)
{
    struct reading r = {.report = report};
    size_t before = conf_report_count(report);
    enum err e = fill_defaults(schema, out);

    r.file = conf_report_file(report, file);
    if (!r.file)
        e = ERR_NOMEM;
    if (!e && len > FILE_MAX)
        conf_report_add(report, (struct conf_pos){r.file, 1, 1}, "larger than %d MiB",
                        FILE_MAX / (1024 * 1024));
    else if (!e)
        e = read_document(&r, text, len, schema, out);
    if (e)
        return e;
    return conf_report_count(report) > before ? ERR_CONFIG : ERR_OK;
}

static enum err read_all(int fd, struct buf *text)
{
    for (;;) {
        char piece[16384];
        ssize_t n = read(fd, piece, sizeof piece);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return err_from_errno(errno);
        if (n == 0)
            return buf_error(text);
        buf_put(text, piece, (size_t)n);
        if (buf_error(text))
            return buf_error(text);
    }
}

enum err conf_read_file(const char *path, const struct conf_schema *schema, void *out,
                        struct conf_report *report)
{
    struct buf text;
    enum err e, defaults = fill_defaults(schema, out);
    int fd = open(path, O_RDONLY | O_CLOEXEC);

    if (defaults) {
        if (fd >= 0)
            close(fd);
        return defaults;
    }
    buf_init(&text, FILE_MAX + 1);
    e = fd < 0 ? err_from_errno(errno) : read_all(fd, &text);
    if (fd >= 0)
        close(fd);
    if (e)
        conf_report_add(report, (struct conf_pos){conf_report_file(report, path), 1, 1}, "cannot be read: %s",
                        err_text(e));
    else {
        conf_free(schema, out);
        e = conf_read(path, text.data ? text.data : "", text.len, schema, out, report);
    }
    buf_fini(&text);
    return e;
}
