/* SPDX-License-Identifier: GPL-3.0-or-later */
/* discover_state.c - where a search stands, as lines of text. Pure. */
#include "collector/discover_state.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/crc32c.h"
#include "lib/base/strx.h"
#include "lib/runtime/conf_write.h"

struct silent_line {
    char *address;
};

struct done_line {
    int64_t count;
};

static const struct conf_field question_fields[] = {
    CONF_STRING_FIELD(struct discover_question, asks, .is_required = true),
    CONF_STRING_FIELD(struct discover_question, salt, .is_required = true),
    CONF_INT_FIELD(struct discover_question, check, 0, 65535, .is_required = true), CONF_END};
static const struct conf_field silent_fields[] = {
    CONF_STRING_FIELD(struct silent_line, address, .is_required = true), CONF_END};
static const struct conf_field done_fields[] = {
    CONF_INT_FIELD(struct done_line, count, 0, 1e12, .is_required = true), CONF_END};
static const struct conf_field end_fields[] = {CONF_END};
static const struct conf_schema question_schema = CONF_SCHEMA(struct discover_question, question_fields),
                                silent_schema = CONF_SCHEMA(struct silent_line, silent_fields),
                                done_schema = CONF_SCHEMA(struct done_line, done_fields),
                                end_schema = {1, end_fields};

int64_t discover_check(const char *salt, const void *secret, size_t len)
{
    return crc32c(crc32c(0, salt, strlen(salt)), secret, len) & 0xffff;
}

/* ---- writing ---- */

static void put_line(struct buf *out, const char *word, const struct conf_schema *schema, const void *item)
{
    buf_printf(out, "%s ", word);
    conf_put(out, schema, item);
    buf_str(out, "\n");
}

void discover_state_put_question(struct buf *out, const struct discover_question *q)
{
    put_line(out, "search", &question_schema, q);
}

void discover_state_put_device(struct buf *out, const struct discover_device *d)
{
    put_line(out, "device", &discover_device_schema, d);
}

void discover_state_put_silent(struct buf *out, const char *address)
{
    put_line(out, "silent", &silent_schema, &(struct silent_line){(char *)address});
}

void discover_state_put_done(struct buf *out, uint64_t count)
{
    put_line(out, "done", &done_schema, &(struct done_line){(int64_t)count});
}

void discover_state_put_end(struct buf *out)
{
    put_line(out, "end", &end_schema, "");
}

/* ---- reading ---- */

/* Makes room for one more; NULL: out of memory. */
static void *grow(void *array, size_t count, size_t *cap, size_t size)
{
    void **items = array, *more;

    if (count < *cap)
        return *items;
    more = realloc(*items, (*cap ? 2 * *cap : 64) * size);
    if (!more)
        return NULL;
    *cap = *cap ? 2 * *cap : 64;
    *items = more;
    return more;
}

static enum err take_device(struct discover_state *s, struct discover_device *d)
{
    if (!discover_address_parse(d->address, &d->peer)) {
        conf_free(&discover_device_schema, d);
        return ERR_MALFORMED;
    }
    d->peer.port_be = (uint16_t)((d->port & 0xff) << 8 | d->port >> 8);
    if (!grow(&s->devices, s->device_count, &s->device_cap, sizeof *s->devices)) {
        conf_free(&discover_device_schema, d);
        return ERR_NOMEM;
    }
    s->devices[s->device_count++] = *d;
    return ERR_OK;
}

static enum err take_silent(struct discover_state *s, struct silent_line *line)
{
    struct snmp_address a;
    enum err e = discover_address_parse(line->address, &a) ? ERR_OK : ERR_MALFORMED;

    if (!e && !grow(&s->silent, s->silent_count, &s->silent_cap, sizeof *s->silent))
        e = ERR_NOMEM;
    if (e)
        free(line->address);
    else
        s->silent[s->silent_count++] = line->address;
    return e;
}

/* One line without its newline; `number` from 1. */
static enum err read_line(const char *line, size_t len, size_t number, struct conf_report *report,
                          struct discover_state *s)
{
    static const struct {
        const char *word;
        const struct conf_schema *schema;
    } kinds[] = {{"search ", &question_schema},
                 {"device ", &discover_device_schema},
                 {"silent ", &silent_schema},
                 {"done ", &done_schema},
                 {"end ", &end_schema}};
    union {
        struct discover_question question;
        struct discover_device device;
        struct silent_line silent;
        struct done_line done;
        char end;
    } item;
    size_t kind = 0, word;
    enum err e;

    while (kind < ARRAY_LEN(kinds) &&
           (len < strlen(kinds[kind].word) || memcmp(line, kinds[kind].word, strlen(kinds[kind].word)) != 0))
        kind++;
    if (kind == ARRAY_LEN(kinds) || (kind == 0) != (number == 1) || len > DISCOVER_STATE_LINE_MAX)
        return ERR_MALFORMED;
    word = strlen(kinds[kind].word);
    e = conf_read("line", line + word, len - word, kinds[kind].schema, &item, report);
    if (e) {
        conf_free(kinds[kind].schema, &item);
        return e == ERR_CONFIG ? ERR_MALFORMED : e;
    }
    switch (kind) {
    case 0: s->question = item.question; break;
    case 1: return take_device(s, &item.device);
    case 2: return take_silent(s, &item.silent);
    case 3: s->done = (uint64_t)item.done.count > s->done ? (uint64_t)item.done.count : s->done; break;
    default: s->has_ended = true; break;
    }
    return ERR_OK;
}

static enum err explain(const char *file, size_t number, char **why)
{
    if (number == 1)
        *why = strx_printf("%s:1: is not the beginning of a search's state: name another file", file);
    else
        *why = strx_printf("%s:%zu: this line is broken; `head -n %zu %s` keeps what stands before it", file,
                           number, number - 1, file);
    return *why ? ERR_CONFIG : ERR_NOMEM;
}

enum err discover_state_read(const char *file, const char *text, size_t len, struct discover_state *out,
                             char **why)
{
    struct conf_report *report = NULL;
    size_t number = 1;
    enum err e = conf_report_new(&report);

    *out = (struct discover_state){0};
    *why = NULL;
    while (!e && out->good < len) {
        const char *line = text + out->good, *end = memchr(line, '\n', len - out->good);

        if (!end)
            break;
        e = read_line(line, (size_t)(end - line), number, report, out);
        if (e)
            break;
        out->good += (size_t)(end - line) + 1;
        number++;
    }
    conf_report_free(report);
    if (!e && number == 1)
        e = ERR_MALFORMED;
    return e == ERR_MALFORMED ? explain(file, number, why) : e;
}

void discover_state_fini(struct discover_state *s)
{
    conf_free(&question_schema, &s->question);
    for (size_t i = 0; i < s->device_count; i++)
        discover_device_fini(&s->devices[i]);
    for (size_t i = 0; i < s->silent_count; i++)
        free(s->silent[i]);
    free(s->devices);
    free(s->silent);
    *s = (struct discover_state){0};
}
