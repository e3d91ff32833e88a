/* SPDX-License-Identifier: GPL-3.0-or-later */
/* noc_book.c - events and replies of netzwacht-alerts as a NOC reads them (jansson). Pure. */
#include "cli/noc_book.h"

#include <jansson.h>
#include <string.h>

#include "lib/base/strx.h"

const char *const noc_lane_words[NOC_LANES] = {"critical", "main"};

static enum err parse(const void *payload, size_t len, json_t **out)
{
    if (len > NOC_PAYLOAD_MAX || strx_is_nested(payload, len, NOC_DEPTH))
        return ERR_LIMIT;
    *out = len ? json_loadb(payload, len, JSON_REJECT_DUPLICATES, NULL) : NULL;
    if (json_is_object(*out))
        return ERR_OK;
    json_decref(*out);
    *out = NULL;
    return ERR_MALFORMED;
}

/* A string member, cut to fit; anything else reads as "". */
static bool get_text(const json_t *o, const char *key, char *out, size_t size)
{
    const char *text = json_string_value(json_object_get(o, key));

    strx_copy(out, size, text ? text : "");
    return out[0] != '\0';
}

/* A count; anything else reads as 0. */
static uint64_t get_count(const json_t *o, const char *key)
{
    json_int_t value = json_integer_value(json_object_get(o, key));

    return value > 0 ? (uint64_t)value : 0;
}

static void read_history(const json_t *all, struct noc_incident *i)
{
    size_t count = json_array_size(all), first = count > NOC_CHANGES ? count - NOC_CHANGES : 0;

    for (size_t k = first; k < count; k++) {
        const json_t *one = json_array_get(all, k);
        struct noc_change *c = &i->history[i->change_count++];
        get_text(one, "at", c->at, sizeof c->at);
        get_text(one, "action", c->action, sizeof c->action);
        get_text(one, "by", c->by, sizeof c->by);
        get_text(one, "to", c->to, sizeof c->to);
        get_text(one, "comment", c->comment, sizeof c->comment);
    }
}

static bool read_incident(const json_t *o, struct noc_incident *i)
{
    const json_t *person = json_object_get(o, "operator"), *text = json_object_get(o, "text");

    get_text(o, "type", i->type, sizeof i->type);
    get_text(o, "changed", i->changed, sizeof i->changed);
    get_text(person, "state", i->operator_state, sizeof i->operator_state);
    get_text(person, "assigned", i->assigned, sizeof i->assigned);
    get_text(text, "de", i->text_de, sizeof i->text_de);
    get_text(text, "en", i->text_en, sizeof i->text_en);
    get_text(json_object_get(o, "cause"), "name", i->cause, sizeof i->cause);
    get_text(o, "runbook", i->runbook, sizeof i->runbook);
    get_text(json_object_get(o, "runbook_text"), "de", i->steps_de, sizeof i->steps_de);
    get_text(json_object_get(o, "runbook_text"), "en", i->steps_en, sizeof i->steps_en);
    read_history(json_object_get(o, "history"), i);
    i->is_closed = json_is_string(json_object_get(o, "closed"));
    return get_text(o, "id", i->id, sizeof i->id) && get_text(o, "severity", i->severity, sizeof i->severity);
}

static bool read_event(const json_t *o, struct noc_event *e)
{
    static const char prefix[] = "de.netzwacht.incident.";
    char type[64], source[128], sequence[24];
    const char *lane;

    if (!get_text(o, "type", type, sizeof type) || !get_text(o, "source", source, sizeof source) ||
        !get_text(o, "sequence", sequence, sizeof sequence) || !strx_starts_with(type, prefix) ||
        strx_to_u64(sequence, &e->sequence) || e->sequence == 0)
        return false;
    strx_copy(e->kind, sizeof e->kind, type + strlen(prefix));
    lane = strrchr(source, '/');
    lane = lane ? lane + 1 : "";
    for (e->lane = 0; e->lane < NOC_LANES && strcmp(lane, noc_lane_words[e->lane]) != 0;)
        e->lane++;
    return e->lane < NOC_LANES && read_incident(json_object_get(o, "data"), &e->incident);
}

enum err noc_event_read(const void *payload, size_t len, struct noc_event *out)
{
    struct noc_event event = {0};
    json_t *o = NULL;
    enum err e = parse(payload, len, &o);

    if (!e && !read_event(o, &event))
        e = ERR_MALFORMED;
    json_decref(o);
    if (!e)
        *out = event;
    return e;
}

enum err noc_reply_read(const void *payload, size_t len, struct noc_reply *out,
                        void (*each)(void *ctx, const struct noc_incident *i), void *ctx)
{
    struct noc_reply reply = {0};
    json_t *o = NULL, *one;
    const json_t *data;
    size_t k;
    enum err e = parse(payload, len, &o);

    if (!e && (!get_text(o, "command", reply.command, sizeof reply.command) ||
               !get_text(o, "outcome", reply.outcome, sizeof reply.outcome)))
        e = ERR_MALFORMED;
    if (!e) {
        get_text(json_object_get(o, "problem"), "detail", reply.problem, sizeof reply.problem);
        data = json_object_get(o, "data");
        reply.more = get_count(data, "more");
        reply.first = get_count(data, "first");
        json_array_foreach(json_object_get(data, "incidents"), k, one)
        {
            struct noc_incident i = {0};
            if (each && read_incident(one, &i))
                each(ctx, &i);
        }
        *out = reply;
    }
    json_decref(o);
    return e;
}

enum noc_verdict noc_book_take(struct noc_book *b, const struct noc_event *e)
{
    if (e->sequence <= b->upto[e->lane])
        return NOC_KNOWN;
    if (e->sequence != b->upto[e->lane] + 1 && e->sequence != b->oldest[e->lane])
        return NOC_GAP;
    b->upto[e->lane] = e->sequence;
    return NOC_NEXT;
}

void noc_book_replayed(struct noc_book *b, unsigned lane, uint64_t first)
{
    b->oldest[lane] = first;
}
