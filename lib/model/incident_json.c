/* SPDX-License-Identifier: GPL-3.0-or-later */
/* incident_json.c - writes an incident as JSON. Pure. */
#include "lib/model/incident_json.h"

#include "lib/model/runbook.h"
#include "lib/model/state.h"

static void put_or_null(struct json_out *j, const char *key, const char *text)
{
    json_string(j, key, text[0] ? text : NULL);
}

/* Without a cause the trouble is the monitor's own. */
static void put_cause(struct json_out *j, const Nw__Member *cause)
{
    json_object_begin(j, "cause");
    json_string(j, "kind", cause ? cause->kind : "monitor");
    json_string(j, "id", cause ? cause->id : "");
    json_string(j, "name", cause ? cause->name : "");
    json_object_end(j);
}

static void put_members(struct json_out *j, const Nw__Incident *i, enum incident_json_form form)
{
    size_t count = i->n_members < INCIDENT_JSON_MEMBERS_MAX ? i->n_members : INCIDENT_JSON_MEMBERS_MAX;

    json_array_begin(j, "members");
    for (size_t k = 0; k < count; k++) {
        const Nw__Member *m = i->members[k];
        json_object_begin(j, NULL);
        json_string(j, "kind", m->kind);
        json_string(j, "id", m->id);
        if (form == INCIDENT_JSON_API)
            json_string(j, "name", m->name);
        json_string(j, "state", state_code((enum state)m->state));
        json_string(j, "reason", reason_code((enum reason)m->reason));
        json_object_end(j);
    }
    json_array_end(j);
    if (i->n_members > count)
        json_uint(j, "members_more", i->n_members - count);
}

/* What an operator said and when; both or neither. */
static void put_operator(struct json_out *j, const Nw__Incident *i)
{
    bool is_set = i->operator_at != 0;

    json_object_begin(j, "operator");
    json_string(j, "state", i->operator_state[0] ? i->operator_state : "none");
    put_or_null(j, "by", is_set ? i->operator_by : "");
    json_time(j, "at", (ns_t)i->operator_at);
    put_or_null(j, "comment", is_set ? i->operator_comment : "");
    put_or_null(j, "assigned", i->assigned);
    json_object_end(j);
}

static void put_change(const Nw__Change *c, struct buf *out)
{
    struct json_out j;

    json_init(&j, out);
    json_object_begin(&j, NULL);
    json_time(&j, "at", (ns_t)c->at);
    json_string(&j, "by", c->by);
    json_string(&j, "via", c->via);
    json_string(&j, "action", c->verb);
    put_or_null(&j, "comment", c->comment);
    put_or_null(&j, "to", c->to);
    json_time(&j, "until", (ns_t)c->until);
    json_object_end(&j);
}

/* The newest ones that fit, oldest of them first: comments are people's, and may be long. */
static void put_history(struct json_out *j, const Nw__Incident *i)
{
    struct buf one[INCIDENT_JSON_CHANGES_MAX] = {BUF_INIT};
    size_t count = 0, bytes = 0;

    while (count < i->n_history && count < INCIDENT_JSON_CHANGES_MAX) {
        put_change(i->history[i->n_history - 1 - count], &one[count]);
        bytes += one[count].len;
        if (buf_error(&one[count]) || bytes > INCIDENT_JSON_HISTORY_BYTES)
            break;
        count++;
    }
    json_array_begin(j, "history");
    for (size_t k = count; k > 0; k--)
        json_raw(j, NULL, one[k - 1].data);
    json_array_end(j);
    if (i->n_history + i->history_more > count)
        json_uint(j, "history_more", i->n_history + i->history_more - count);
    for (size_t k = 0; k < INCIDENT_JSON_CHANGES_MAX; k++)
        buf_fini(&one[k]);
}

static void put_evidence(struct json_out *j, const Nw__Incident *i)
{
    json_array_begin(j, "evidence");
    for (size_t k = 0; k < i->n_evidence; k++) {
        const Nw__Evidence *v = i->evidence[k];
        json_object_begin(j, NULL);
        json_string(j, "metric", v->metric);
        json_string(j, "entity", v->entity);
        json_double(j, "value", v->value);
        json_double(j, "limit", v->limit);
        json_time(j, "at", (ns_t)v->at);
        json_object_end(j);
    }
    json_array_end(j);
}

void incident_json_put(struct json_out *j, const Nw__Incident *i, enum incident_json_form form)
{
    json_string(j, "id", i->id);
    json_string(j, "source", i->source);
    json_uint(j, "sequence", i->lane_sequence);
    json_string(j, "severity", i->severity);
    json_fixed(j, "priority", i->priority, 1);
    json_fixed(j, "user_minutes", i->user_minutes, 1);
    json_string(j, "type", i->type);
    put_cause(j, i->cause);
    put_members(j, i, form);
    json_time(j, "opened", (ns_t)i->opened);
    json_time(j, "changed", (ns_t)i->changed);
    json_time(j, "closed", (ns_t)i->closed);
    put_operator(j, i);
    put_history(j, i);
    json_bool(j, "flapping", i->is_flapping);
    put_evidence(j, i);
    put_or_null(j, "rule", i->rule);
    put_or_null(j, "runbook", i->runbook);
    json_object_begin(j, "text");
    json_string(j, "de", i->text_de);
    json_string(j, "en", i->text_en);
    json_object_end(j);
}

const char *incident_runbook(const Nw__Incident *i, enum language lang)
{
    const char *own = lang == LANG_DE ? i->runbook_de : i->runbook_en;
    const struct runbook *shipped = own[0] ? NULL : runbook_shipped(i->rule, i->type);

    if (!shipped)
        return own;
    return lang == LANG_DE ? shipped->de : shipped->en;
}

void incident_json_put_runbook(struct json_out *j, const Nw__Incident *i)
{
    json_object_begin(j, "runbook_text");
    json_string(j, "de", incident_runbook(i, LANG_DE));
    json_string(j, "en", incident_runbook(i, LANG_EN));
    json_object_end(j);
}
