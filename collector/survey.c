/* SPDX-License-Identifier: GPL-3.0-or-later */
/* survey.c - groups instances into columns and writes down those that no profile reads. Pure.
 *
 * Without MIBs nothing in an OID tells where the column ends and the index begins. Three things help: a list
 * of names, the columns that any profile reads (their neighbours belong to the same table), and the custom
 * that a table's entry is number 1 below it. */
#include "collector/survey.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "collector/deny.h"
#include "collector/profile_internal.h"
#include "collector/snmprec.h"
#include "lib/base/map.h"
#include "lib/base/strx.h"

enum {
    EXAMPLE_SIZE = 48,
    PREFIX_LEAST = 6,
    INDEX_LONG = 8, /* from here on a 0 at the end is rather the end of an index than a scalar */
};

struct column {
    char oid[OID_TEXT_SIZE];
    uint64_t rows;
    char example[EXAMPLE_SIZE];
};

struct survey {
    const struct read_plan *plan;
    struct map *columns;
    struct map *names;   /* OID → name */
    struct map *entries; /* OIDs of tables' entries: that of a known column without its last number */
    struct map *readers; /* column → "profile: metric" */
    struct column *last;
    uint64_t denied, read;
};

static enum err keep_text(struct map *m, const char *oid, char *text)
{
    void *old = NULL;
    enum err e = text ? map_set(m, oid, text, &old) : ERR_NOMEM;

    free(e ? text : old);
    return e;
}

enum err survey_name(struct survey *s, const char *oid, const char *name)
{
    return keep_text(s->names, oid, strdup(name));
}

/* The columns of a profile: their entries, and what they are read as. */
static enum err learn_table(struct survey *s, const struct profile *p, const struct table *t)
{
    char oid[OID_TEXT_SIZE];
    enum err e = ERR_OK;

    for (size_t i = 0; !e && !t->is_scalar && i < t->slot_count; i++) {
        oid_to_text(t->slots[i].oid, t->slots[i].oid_len - 1, oid, sizeof oid);
        e = map_set(s->entries, oid, s, NULL);
    }
    for (size_t i = 0; !e && i < t->readings.count; i++) {
        const struct field *f = &t->readings.items[i];

        oid_to_text(f->oid, f->oid_len, oid, sizeof oid);
        if (!map_get(s->readers, oid))
            e = keep_text(s->readers, oid, strx_printf("%s: %s", p->name, f->metric_name));
    }
    return e;
}

enum err survey_new(const struct profile_set *set, const struct device_profile *profile, struct survey **out)
{
    struct survey *s = calloc(1, sizeof *s);
    enum err e = ERR_OK;

    if (!s)
        return ERR_NOMEM;
    s->plan = device_profile_plan(profile);
    s->columns = map_new(1);
    s->names = map_new(2);
    s->entries = map_new(3);
    s->readers = map_new(4);
    if (!s->columns || !s->names || !s->entries || !s->readers)
        e = ERR_NOMEM;
    for (size_t i = 0; i < set->count; i++)
        for (size_t k = 0; !e && k < set->items[i]->table_count; k++)
            e = learn_table(s, set->items[i], &set->items[i]->tables[k]);
    if (e)
        survey_free(s);
    else
        *out = s;
    return e;
}

void survey_free(struct survey *s)
{
    if (!s)
        return;
    if (s->columns)
        map_free(s->columns, free);
    if (s->names)
        map_free(s->names, free);
    if (s->entries)
        map_free(s->entries, NULL);
    if (s->readers)
        map_free(s->readers, free);
    free(s);
}

/* ---- columns ---- */

/* How many numbers of the OID are its column's; text is the OID and used as scratch. */
static size_t column_length(const struct survey *s, const uint32_t *oid, size_t len, char *text)
{
    size_t n = len;

    while (n > PREFIX_LEAST) {
        if (map_get(s->names, text))
            return n;
        if (n < len && map_get(s->entries, text))
            return n + 1;
        *strrchr(text, '.') = '\0';
        n--;
    }
    for (n = len > 3 ? len - 3 : 0; n > PREFIX_LEAST && oid[n] != 1;)
        n--;
    if (n <= PREFIX_LEAST || (oid[len - 1] == 0 && len - n < INDEX_LONG))
        return len - 1; /* a scalar, or as good as one */
    return n + 2;
}

static struct column *find_column(struct survey *s, const char *oid)
{
    struct column *c = map_get(s->columns, oid);

    if (c)
        return c;
    c = calloc(1, sizeof *c);
    if (!c)
        return NULL;
    strx_copy(c->oid, sizeof c->oid, oid);
    if (map_set(s->columns, oid, c, NULL)) {
        free(c);
        return NULL;
    }
    return c;
}

enum err survey_add(struct survey *s, const uint32_t *oid, size_t len, enum survey_want *want)
{
    char text[OID_TEXT_SIZE];

    *want = SURVEY_COUNTED;
    s->last = NULL;
    if (deny_reason(oid, len)) {
        s->denied++;
        return ERR_OK;
    }
    if (len < 2 || read_plan_has(s->plan, oid, len)) {
        s->read++;
        return ERR_OK;
    }
    oid_to_text(oid, len, text, sizeof text);
    len = column_length(s, oid, len, text);
    oid_to_text(oid, len, text, sizeof text);
    if (map_count(s->columns) == SURVEY_COLUMNS_MAX && !map_get(s->columns, text))
        return ERR_LIMIT;
    s->last = find_column(s, text);
    if (!s->last)
        return ERR_NOMEM;
    if (s->last->rows++ == 0)
        *want = SURVEY_EXAMPLE;
    return ERR_OK;
}

/* ---- examples ---- */

/* Six pairs of hexadecimal digits, four decimal numbers with dots, or an @: what names a device or a person.
 */
static bool has_address(const char *text)
{
    if (strlen(text) == 12 && strspn(text, "0123456789abcdefABCDEF") == 12)
        return true;
    for (const char *t = text; *t; t++) {
        unsigned a, b, c, d, e, f;
        int end = 0;

        if (*t == '@')
            return true;
        if ((sscanf(t, "%2x%*[:-]%2x%*[:-]%2x%*[:-]%2x%*[:-]%2x%*[:-]%2x%n", &a, &b, &c, &d, &e, &f, &end) ==
                 6 &&
             end > 10) ||
            (sscanf(t, "%3u.%3u.%3u.%3u%n", &a, &b, &c, &d, &end) == 4 && end > 6))
            return true;
    }
    return false;
}

static void put_octets(const struct varbind *vb, char *out)
{
    size_t len = vb->len, shown = EXAMPLE_SIZE - 8;
    char text[512];
    bool is_text;

    while (len && vb->bytes[len - 1] == '\0')
        len--;
    is_text = len < sizeof text && strx_is_utf8(vb->bytes, len);
    for (size_t i = 0; is_text && i < len; i++)
        is_text = !iscntrl(vb->bytes[i]);
    if (!is_text) {
        snprintf(out, EXAMPLE_SIZE, "(%" PRIu32 " octets)", vb->len);
        return;
    }
    memcpy(text, vb->bytes, len);
    text[len] = '\0';
    if (has_address(text)) {
        strx_copy(out, EXAMPLE_SIZE, "(hidden: an address)");
        return;
    }
    while (shown < len && shown && (text[shown] & 0xc0) == 0x80)
        shown--; /* not in the middle of a character */
    snprintf(out, EXAMPLE_SIZE, "\"%.*s%s\"", (int)shown, text, len > shown ? "..." : "");
}

void survey_example(struct survey *s, const struct varbind *vb)
{
    char *out = s->last ? s->last->example : NULL;

    if (!out)
        return;
    switch (vb->type) {
    case SNMP_INTEGER: snprintf(out, EXAMPLE_SIZE, "%" PRId64, vb->integer); return;
    case SNMP_COUNTER32:
    case SNMP_COUNTER64: snprintf(out, EXAMPLE_SIZE, "%" PRIu64 " (counter)", vb->number); return;
    case SNMP_GAUGE32: snprintf(out, EXAMPLE_SIZE, "%" PRIu64, vb->number); return;
    case SNMP_TIMETICKS: snprintf(out, EXAMPLE_SIZE, "%" PRIu64 " (centiseconds)", vb->number); return;
    case SNMP_OID: oid_to_text(vb->value_oid, vb->len, out, EXAMPLE_SIZE); return;
    case SNMP_OCTETS: put_octets(vb, out); return;
    case SNMP_OPAQUE: snprintf(out, EXAMPLE_SIZE, "(opaque, %" PRIu32 " octets)", vb->len); return;
    case SNMP_IPADDRESS: strx_copy(out, EXAMPLE_SIZE, "(hidden: an address)"); return;
    default: return;
    }
}

/* ---- writing ---- */

static int by_oid(const void *a, const void *b)
{
    const struct column *const *x = a, *const *y = b;
    uint32_t p[OID_MAX], q[OID_MAX];
    size_t p_len = OID_MAX, q_len = OID_MAX;

    if (oid_from_text((*x)->oid, p, &p_len) || oid_from_text((*y)->oid, q, &q_len))
        return 0;
    return oid_compare(p, p_len, q, q_len);
}

static void write_column(const struct survey *s, const struct column *c, struct buf *to)
{
    const char *name = map_get(s->names, c->oid), *reader = map_get(s->readers, c->oid);

    buf_printf(to, "    %-44s %6" PRIu64 " %s  %s", c->oid, c->rows, c->rows == 1 ? "value " : "values",
               c->example);
    if (name)
        buf_printf(to, "  %s", name);
    if (reader)
        buf_printf(to, "  [%s]", reader);
    buf_printf(to, "\n");
}

void survey_write(struct survey *s, struct buf *to)
{
    size_t count = map_count(s->columns);
    struct column **list = calloc(count ? count : 1, sizeof(struct column *));

    if (!list)
        return;
    for (size_t i = 0; i < count; i++)
        list[i] = map_at(s->columns, i, NULL);
    qsort(list, count, sizeof(struct column *), by_oid);
    buf_printf(to, "\nColumns that the device answers and no profile of it reads: %zu\n", count);
    for (size_t i = 0; i < count; i++)
        write_column(s, list[i], to);
    buf_printf(to,
               "%" PRIu64 " values are read; %" PRIu64
               " are of tables about people's devices (deny-list) and stay unread\n",
               s->read, s->denied);
    free(list);
}
