/* SPDX-License-Identifier: GPL-3.0-or-later */
/* inbound.c - reads what the NOC sends (jansson). Pure. */
#include "alerts/inbound.h"

#include <jansson.h>
#include <stdbool.h>
#include <string.h>

#include "lib/base/strx.h"
#include "lib/base/timex.h"

static enum err parse(const void *payload, size_t len, json_t **out)
{
    if (len > INBOUND_MAX || !payload || strx_is_nested(payload, len, INBOUND_DEPTH))
        return len ? ERR_LIMIT : ERR_MALFORMED;
    *out = json_loadb(payload, len, JSON_REJECT_DUPLICATES, NULL);
    if (!json_is_object(*out)) {
        json_decref(*out);
        *out = NULL;
        return ERR_MALFORMED;
    }
    return ERR_OK;
}

enum need { OPTIONAL, REQUIRED };

/* A string member of at most size-1 bytes; a null one is absent. */
static bool get_text(const json_t *o, const char *key, enum need need, char *out, size_t size)
{
    const json_t *v = json_object_get(o, key);

    if (!v || json_is_null(v))
        return need == OPTIONAL;
    if (!json_is_string(v) || json_string_length(v) >= size ||
        (need == REQUIRED && json_string_length(v) == 0))
        return false;
    return strx_copy(out, size, json_string_value(v));
}

static bool get_time(const json_t *o, const char *key, enum need need, ns_t *out)
{
    const json_t *v = json_object_get(o, key);

    if (!v || json_is_null(v))
        return need == OPTIONAL;
    return json_is_string(v) && timex_parse(json_string_value(v), out) == ERR_OK;
}

static bool get_bool(const json_t *o, const char *key, bool *out)
{
    const json_t *v = json_object_get(o, key);

    *out = json_is_true(v);
    return !v || json_is_null(v) || json_is_boolean(v);
}

static bool get_lane(const json_t *o, unsigned *out)
{
    const json_t *v = json_object_get(o, "source");

    if (!json_is_string(v))
        return false;
    *out = strcmp(json_string_value(v), "critical") == 0 ? 0 : 1;
    return *out == 0 || strcmp(json_string_value(v), "main") == 0;
}

static bool get_sequence(const json_t *o, const char *key, uint64_t *out)
{
    const json_t *v = json_object_get(o, key);

    if (!json_is_integer(v) || json_integer_value(v) < 0)
        return false;
    *out = (uint64_t)json_integer_value(v);
    return true;
}

/* An id of a client's choice: printable, so that it may stand in a topic and a log. */
static bool is_plain(const char *s)
{
    for (; *s; s++)
        if ((unsigned char)*s <= ' ' || (unsigned char)*s >= 0x7f || strchr("+#/\"\\", *s))
            return false;
    return true;
}

enum err inbound_receipt_parse(const void *payload, size_t len, struct inbound_receipt *out)
{
    struct inbound_receipt r = {0};
    json_t *o = NULL;
    enum err e = parse(payload, len, &o);

    if (e)
        return e;
    if (!get_lane(o, &r.lane) || !get_sequence(o, "upto", &r.upto) ||
        !get_text(o, "client", OPTIONAL, r.client, sizeof r.client))
        e = ERR_MALFORMED;
    json_decref(o);
    if (!e)
        *out = r;
    return e;
}

struct verb {
    const char *name;
    const char *target_key; /* NULL: none */
    bool needs_comment, needs_end;
    bool may_lack_target;
};

static const struct verb verbs[] = {{.name = "acknowledge", .target_key = "incident"},
                                    {.name = "comment", .target_key = "incident", .needs_comment = true},
                                    {.name = "assign", .target_key = "incident"},
                                    {.name = "close", .target_key = "incident"},
                                    {.name = "shelve", .target_key = "incident", .needs_comment = true},
                                    {.name = "unshelve", .target_key = "incident"},
                                    {.name = "maintenance", .target_key = "scope", .needs_end = true},
                                    {.name = "maintenance_end", .target_key = "window"},
                                    {.name = "reprobe", .target_key = "device"},
                                    {.name = "replay"},
                                    {.name = "list", .target_key = "incident", .may_lack_target = true}};

static bool read_command(const struct verb *verb, const json_t *o, struct inbound_command *c)
{
    bool is_shelve = strcmp(verb->name, "shelve") == 0;
    bool is_window = strcmp(verb->name, "maintenance") == 0;
    bool is_replay = strcmp(verb->name, "replay") == 0;

    if (!get_text(o, "command", REQUIRED, c->id, sizeof c->id) || !is_plain(c->id) ||
        !get_text(o, "client", REQUIRED, c->client, sizeof c->client) || !is_plain(c->client) ||
        !get_text(o, "by", OPTIONAL, c->by, sizeof c->by) ||
        !get_text(o, "comment", verb->needs_comment ? REQUIRED : OPTIONAL, c->comment, sizeof c->comment))
        return false;
    if (verb->target_key && !get_text(o, verb->target_key, verb->may_lack_target ? OPTIONAL : REQUIRED,
                                      c->target, sizeof c->target))
        return false;
    if (strcmp(verb->name, "assign") == 0 && !get_text(o, "to", REQUIRED, c->to, sizeof c->to))
        return false;
    if (is_window && (!get_bool(o, "announce", &c->announce) ||
                      !get_text(o, "text_de", OPTIONAL, c->text_de, sizeof c->text_de) ||
                      !get_text(o, "text_en", OPTIONAL, c->text_en, sizeof c->text_en)))
        return false;
    if (is_replay)
        return get_lane(o, &c->lane) && get_sequence(o, "after", &c->after);
    return get_time(o, "begin", OPTIONAL, &c->begin) &&
           get_time(o, is_shelve ? "until" : "end", is_shelve || verb->needs_end ? REQUIRED : OPTIONAL,
                    &c->until);
}

enum err inbound_command_parse(const char *verb, const void *payload, size_t len, struct inbound_command *out)
{
    struct inbound_command c = {0};
    const struct verb *found = NULL;
    json_t *o = NULL;
    enum err e;

    for (size_t i = 0; i < ARRAY_LEN(verbs); i++)
        if (strcmp(verbs[i].name, verb) == 0)
            found = &verbs[i];
    if (!found)
        return ERR_NOT_FOUND;
    e = parse(payload, len, &o);
    if (e)
        return e;
    if (!read_command(found, o, &c))
        e = ERR_MALFORMED;
    json_decref(o);
    if (!c.by[0])
        strx_copy(c.by, sizeof c.by, c.client);
    if (!e)
        *out = c;
    return e;
}
