/* SPDX-License-Identifier: GPL-3.0-or-later */
/* incident.c - the book of incidents: one per cause (key), its members, what is said about it and when.
 *
 *   opened ──► members join and leave, said together at most once per digest ──► nobody left for one interval
 *   ──► closed: exactly one recovery, and only if the opening was said
 *
 * Who comes back again and again is flapping (flap.c). Pure apart from malloc. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alerts/engine_private.h"
#include "lib/base/strx.h"
#include "lib/base/timex.h"

const char *const object_kind_words[] = {"hotspot", "device", "service", "site", "monitor"};
const char *const lane_words[] = {"critical", "main"};

/* ---- finding and opening ---- */

struct incident *incident_find(struct engine *e, const char *key)
{
    for (struct incident *i = e->incidents; i; i = i->next)
        if (strcmp(i->key, key) == 0)
            return i;
    return NULL;
}

struct incident *incident_by_id(struct engine *e, const char *id)
{
    for (struct incident *i = e->incidents; i; i = i->next)
        if (strcmp(i->id, id) == 0)
            return i;
    return NULL;
}

static void append(struct engine *e, struct incident *i)
{
    struct incident **at = &e->incidents;

    while (*at)
        at = &(*at)->next;
    *at = i;
}

void incident_rename(struct engine *e, struct incident *i, const char *key, enum incident_type type,
                     enum object_kind cause_kind, const char *cause_id, const char *cause_name,
                     int cause_node)
{
    (void)e;
    if (i->type != type || strcmp(i->cause_id, cause_id) != 0)
        i->needs_say = true;
    strx_copy(i->key, sizeof i->key, key);
    i->type = type;
    i->cause_kind = cause_kind;
    strx_copy(i->cause_id, sizeof i->cause_id, cause_id);
    strx_copy(i->cause_name, sizeof i->cause_name, cause_name);
    i->cause_node = cause_node;
}

ns_t incident_interval(const struct engine *e, const struct incident *i)
{
    return i->cause_node >= 0 ? node_interval(e, i->cause_node) : e->o.interval;
}

struct incident *incident_open(struct engine *e, const char *key, enum incident_type type,
                               enum object_kind cause_kind, const char *cause_id, const char *cause_name,
                               int cause_node)
{
    struct incident *i = incident_find(e, key);
    char day[TIMEX_RFC3339_SIZE];

    if (i)
        return i;
    i = calloc(1, sizeof *i);
    if (!i)
        return NULL;
    timex_rfc3339(e->now, day);
    snprintf(i->id, sizeof i->id, "i-%.4s%.2s%.2s-%06llu", day, day + 5, day + 8,
             (unsigned long long)++e->incident_number);
    incident_rename(e, i, key, type, cause_kind, cause_id, cause_name, cause_node);
    i->opened = i->changed = e->now;
    strx_copy(i->op_state, sizeof i->op_state, "none");
    flap_remember(e, i);
    append(e, i);
    row_meta(e);
    return i;
}

void incident_free(struct incident *i)
{
    if (!i)
        return;
    free(i->members.items);
    free(i->now.items);
    free(i->changes);
    free(i);
}

void incident_evidence(struct incident *i, const char *metric, const char *entity, double value, double limit,
                       ns_t at)
{
    struct evidence *v = NULL;

    for (size_t k = 0; k < i->evidence_count; k++)
        if (strcmp(i->evidence[k].metric, metric) == 0 && strcmp(i->evidence[k].entity, entity) == 0)
            v = &i->evidence[k];
    if (!v && i->evidence_count < EVIDENCE_MAX)
        v = &i->evidence[i->evidence_count++];
    if (!v)
        return;
    strx_copy(v->metric, sizeof v->metric, metric);
    strx_copy(v->entity, sizeof v->entity, entity);
    v->value = value;
    v->limit = limit;
    v->at = at;
}

void incident_fall(struct incident *i, const char *metric, const char *entity, double fall)
{
    for (size_t k = 0; k < i->evidence_count; k++)
        if (strcmp(i->evidence[k].metric, metric) == 0 && strcmp(i->evidence[k].entity, entity) == 0)
            i->evidence[k].fall = fall;
}

void incident_member(struct incident *i, enum object_kind kind, size_t index, enum state state,
                     enum reason reason)
{
    struct member_list *l = &i->now;

    i->is_active = true;
    if (l->count == l->cap) {
        size_t cap = l->cap ? l->cap * 2 : 16;
        struct member *grown = realloc(l->items, cap * sizeof *grown);
        if (!grown)
            return; /* the count is short, the incident stands */
        l->items = grown;
        l->cap = cap;
    }
    l->items[l->count++] = (struct member){kind, index, state, reason};
}

enum reason incident_reason(const struct engine *e, const struct incident *i)
{
    switch (i->type) {
    case INCIDENT_FIBRE_CUT: return REASON_FIBRE;
    case INCIDENT_POWER_CUT:
    case INCIDENT_ON_BATTERY: return REASON_POWER;
    case INCIDENT_MONITOR_BLIND: return REASON_MONITOR_BLIND;
    default: break;
    }
    if (i->cause_node < 0)
        return REASON_AP;
    switch (e->topo->nodes[i->cause_node].kind) {
    case DEVICE_AP: return REASON_AP;
    case DEVICE_CONTROLLER: return REASON_CONTROLLER;
    case DEVICE_UPS: return REASON_POWER;
    default: return REASON_SWITCH;
    }
}

/* ---- how bad ---- */

static enum severity severity_of(const struct engine *e, const struct incident *i)
{
    const struct guard_settings *g = &e->o.rules->guards;
    enum severity s = i->rule_severity ? i->rule_severity : incident_type_info(i->type)->severity;

    if (i->rule_severity || i->type == INCIDENT_ON_BATTERY)
        return s;
    if (i->type == INCIDENT_FIBRE_CUT && i->now.count == 0)
        return SEVERITY_MINOR; /* a ring has another way: nobody is harmed yet */
    if (s == SEVERITY_MINOR && i->hotspots >= (size_t)g->major_hotspots)
        s = SEVERITY_MAJOR;
    if (s == SEVERITY_MAJOR && i->hotspots >= (size_t)g->critical_hotspots)
        s = SEVERITY_CRITICAL;
    return s;
}

static void weigh(const struct engine *e, struct incident *i)
{
    enum severity before = i->severity;

    i->hotspots = 0;
    for (size_t k = 0; k < i->now.count; k++)
        i->hotspots += i->now.items[k].kind == OBJECT_HOTSPOT;
    people_count(e, i);
    i->severity = severity_of(e, i);
    /* While it stands it only gets worse: a recovery in steps is no news. */
    if (i->is_announced && i->severity < before)
        i->severity = before;
    if (i->is_announced && i->severity != before)
        i->needs_say = true;
}

/* ---- saying ---- */

/* How many are without service now; once it is over, how many ever were. */
static size_t hotspots_affected(const struct incident *i)
{
    size_t count = 0;

    for (size_t k = 0; i->closed && k < i->members.count; k++)
        count += i->members.items[k].kind == OBJECT_HOTSPOT;
    return i->closed ? count : i->hotspots;
}

/* One decimal, with the comma or point of the language. */
static void put_decimal(double value, enum language lang, struct buf *out)
{
    size_t before = out->len;
    char *point;

    buf_printf(out, "%.1f", value);
    point = lang == LANG_DE && out->data ? strchr(out->data + before, '.') : NULL;
    if (point)
        *point = ',';
}

static void fill_text(const char *format, enum language lang, const struct incident *i, struct buf *out)
{
    const struct evidence *v = i->evidence_count ? &i->evidence[0] : NULL;

    for (const char *p = format; *p;) {
        if (strx_starts_with(p, "{name}")) {
            buf_str(out, i->cause_name);
            p += strlen("{name}");
        } else if (strx_starts_with(p, "{hotspots}")) {
            buf_printf(out, "%zu", hotspots_affected(i));
            p += strlen("{hotspots}");
        } else if (strx_starts_with(p, "{value}")) {
            put_decimal(!v ? 0 : i->type == INCIDENT_OPTICAL_DRIFT ? v->fall : v->value, lang, out);
            p += strlen("{value}");
        } else if (strx_starts_with(p, "{count}")) {
            buf_printf(out, "%.0f", v ? v->value : 0);
            p += strlen("{count}");
        } else if (strx_starts_with(p, "{limit}")) {
            put_decimal(v ? v->limit : 0, lang, out);
            p += strlen("{limit}");
        } else {
            buf_put(out, p++, 1);
        }
    }
}

/* A record of i, made of borrowed pieces. */
struct paper {
    Nw__Incident pb;
    Nw__Member cause, *members, **member_list;
    Nw__Evidence evidence[EVIDENCE_MAX], *evidence_list[EVIDENCE_MAX];
    Nw__Change *changes, **change_list;
    struct buf de, en;
};

static void paper_members(const struct engine *e, const struct incident *i, struct paper *p)
{
    const struct member_list *l = &i->members;

    p->members = calloc(l->count + 1, sizeof *p->members);
    p->member_list = calloc(l->count + 1, sizeof *p->member_list);
    if (!p->members || !p->member_list)
        return;
    for (size_t k = 0; k < l->count; k++) {
        const char *id, *name;
        nw__member__init(&p->members[k]);
        object_name(e, l->items[k].kind, l->items[k].index, &id, &name);
        p->members[k].kind = (char *)object_kind_words[l->items[k].kind];
        p->members[k].id = (char *)id;
        p->members[k].name = (char *)name;
        p->members[k].state = l->items[k].state;
        p->members[k].reason = l->items[k].reason;
        p->member_list[k] = &p->members[k];
    }
    p->pb.members = p->member_list;
    p->pb.n_members = l->count;
}

static void paper_evidence(const struct incident *i, struct paper *p)
{
    for (size_t k = 0; k < i->evidence_count; k++) {
        nw__evidence__init(&p->evidence[k]);
        p->evidence[k].metric = (char *)i->evidence[k].metric;
        p->evidence[k].entity = (char *)i->evidence[k].entity;
        p->evidence[k].value = i->evidence[k].value;
        p->evidence[k].limit = i->evidence[k].limit;
        p->evidence[k].at = (uint64_t)i->evidence[k].at;
        p->evidence_list[k] = &p->evidence[k];
    }
    p->pb.evidence = p->evidence_list;
    p->pb.n_evidence = i->evidence_count;
}

static void paper_changes(const struct incident *i, struct paper *p)
{
    p->changes = calloc(i->change_count + 1, sizeof *p->changes);
    p->change_list = calloc(i->change_count + 1, sizeof *p->change_list);
    if (!p->changes || !p->change_list)
        return;
    for (size_t k = 0; k < i->change_count; k++) {
        nw__change__init(&p->changes[k]);
        p->changes[k].at = (uint64_t)i->changes[k].at;
        p->changes[k].by = (char *)i->changes[k].by;
        p->changes[k].via = (char *)i->changes[k].via;
        p->changes[k].verb = (char *)i->changes[k].verb;
        p->changes[k].comment = (char *)i->changes[k].comment;
        p->changes[k].to = (char *)i->changes[k].to;
        p->changes[k].until = (uint64_t)i->changes[k].until;
        p->change_list[k] = &p->changes[k];
    }
    p->pb.history = p->change_list;
    p->pb.n_history = i->change_count;
    p->pb.history_more = (uint32_t)i->changes_dropped;
}

static void paper_runbook(const struct engine *e, const struct incident *i, struct paper *p)
{
    struct runbook_settings own = rules_runbook(e->o.rules, i->rule, i->type);

    p->pb.rule = (char *)i->rule;
    if (own.link)
        p->pb.runbook = own.link;
    if (own.de) {
        p->pb.runbook_de = own.de;
        p->pb.runbook_en = own.en;
    }
}

static void paper_fill(const struct engine *e, const struct incident *i, const char *event, struct paper *p)
{
    *p = (struct paper){0};
    nw__incident__init(&p->pb);
    nw__member__init(&p->cause);
    p->pb.id = (char *)i->id;
    p->pb.source = (char *)lane_words[i->lane];
    p->pb.event = (char *)event;
    p->pb.severity = (char *)severity_words[i->closed ? SEVERITY_CLEARED : i->severity];
    p->pb.type = (char *)incident_type_info(i->type)->code;
    p->pb.priority = i->closed ? 0 : i->priority;
    p->pb.user_minutes = i->user_minutes;
    p->cause.kind = (char *)object_kind_words[i->cause_kind];
    p->cause.id = (char *)i->cause_id;
    p->cause.name = (char *)i->cause_name;
    p->pb.cause = &p->cause;
    paper_members(e, i, p);
    paper_evidence(i, p);
    p->pb.opened = (uint64_t)i->opened;
    p->pb.changed = (uint64_t)i->changed;
    p->pb.closed = (uint64_t)i->closed;
    p->pb.operator_state = (char *)i->op_state;
    p->pb.operator_by = (char *)i->op_by;
    p->pb.operator_at = (uint64_t)i->op_at;
    p->pb.operator_comment = (char *)i->op_comment;
    p->pb.assigned = (char *)i->assigned;
    if (i->change_count)
        paper_changes(i, p);
    p->pb.is_flapping = i->is_flapping;
    paper_runbook(e, i, p);
    fill_text(incident_type_info(i->type)->de, LANG_DE, i, &p->de);
    fill_text(incident_type_info(i->type)->en, LANG_EN, i, &p->en);
    p->pb.text_de = p->de.data ? p->de.data : (char *)"";
    p->pb.text_en = p->en.data ? p->en.data : (char *)"";
}

static void paper_free(struct paper *p)
{
    free(p->members);
    free(p->member_list);
    free(p->changes);
    free(p->change_list);
    buf_fini(&p->de);
    buf_fini(&p->en);
}

static void say(struct engine *e, struct incident *i, const char *event, const struct escalation_step *step)
{
    struct paper p;

    i->changed = e->now;
    i->last_event = e->now;
    i->needs_say = false;
    i->digest_due = 0;
    paper_fill(e, i, event, &p);
    e->sink.incident(e->sink.ctx, &p.pb, i->key);
    if (step && e->sink.escalated)
        e->sink.escalated(e->sink.ctx, &p.pb, step);
    paper_free(&p);
    incident_save(e, i);
}

void incident_say(struct engine *e, struct incident *i, const char *event)
{
    say(e, i, event, NULL);
}

void incident_escalate(struct engine *e, struct incident *i, const struct escalation_step *step)
{
    say(e, i, "changed", step);
}

void engine_open_incidents(const struct engine *e, void (*each)(void *ctx, const Nw__Incident *incident),
                           void *ctx)
{
    for (const struct incident *i = e->incidents; i; i = i->next) {
        struct paper p;
        if (!i->is_announced)
            continue;
        paper_fill(e, i, "changed", &p);
        each(ctx, &p.pb);
        paper_free(&p);
    }
}

/* ---- a tick ---- */

void incidents_begin(struct engine *e)
{
    for (struct incident *i = e->incidents; i; i = i->next) {
        i->now.count = 0;
        i->is_active = false;
    }
}

static int by_object(const void *a, const void *b)
{
    const struct member *x = a, *y = b;

    if (x->kind != y->kind)
        return x->kind < y->kind ? -1 : 1;
    if (x->index != y->index)
        return x->index < y->index ? -1 : 1;
    return 0;
}

static void sort_members(struct member_list *l)
{
    size_t kept = 0;

    if (l->count < 2)
        return;
    qsort(l->items, l->count, sizeof *l->items, by_object);
    for (size_t k = 1; k < l->count; k++)
        if (by_object(&l->items[kept], &l->items[k]) != 0)
            l->items[++kept] = l->items[k];
    l->count = kept + 1;
}

struct difference {
    size_t joined, left, altered;
};

static struct difference compare(const struct member_list *before, const struct member_list *now)
{
    struct difference d = {0};
    size_t i = 0, k = 0;

    while (i < before->count || k < now->count) {
        int order = i == before->count ? 1
                    : k == now->count  ? -1
                                       : by_object(&before->items[i], &now->items[k]);
        d.left += order < 0;
        d.joined += order > 0;
        if (order == 0 && (before->items[i].state != now->items[k].state ||
                           before->items[i].reason != now->items[k].reason))
            d.altered++;
        i += order <= 0;
        k += order >= 0;
    }
    return d;
}

static void keep_members(struct incident *i)
{
    struct member_list spare = i->members;

    i->members = i->now;
    i->now = spare;
}

static ns_t quiet_time(const struct engine *e, const struct incident *i)
{
    ns_t interval = incident_interval(e, i);

    if (i->is_flapping)
        return e->o.rules->guards.flap_polls * interval / 4;
    return i->rule_severity ? 0 : interval;
}

static void settle_active(struct engine *e, struct incident *i)
{
    struct difference d;

    sort_members(&i->now);
    if (i->quiet_since) {
        i->quiet_since = 0;
        flap_note(e, i);
    }
    flap_rest(e, i);
    weigh(e, i);
    if (!i->is_announced) {
        i->is_announced = true;
        i->lane = i->severity >= SEVERITY_CRITICAL ? LANE_CRITICAL : LANE_MAIN;
        keep_members(i);
        incident_say(e, i, "opened");
        return;
    }
    d = compare(&i->members, &i->now);
    if ((d.joined || d.left || d.altered) && !i->digest_due) {
        ns_t pause = 2 * e->o.interval > 10 * SECONDS ? 2 * e->o.interval : 10 * SECONDS;
        i->digest_due = i->last_event + pause > e->now ? i->last_event + pause : e->now;
        if (d.left) /* a recovery is under way: wait whether it is the whole one */
            i->digest_due = e->now + pause;
    }
    if (!i->needs_say && !(i->digest_due && e->now >= i->digest_due))
        return;
    if (!d.joined && !d.left && !d.altered && !i->needs_say) {
        i->digest_due = 0;
        return;
    }
    keep_members(i);
    incident_say(e, i,
                 i->needs_say || (!d.joined && !d.left) ? "changed"
                 : d.joined                             ? "member_joined"
                                                        : "member_left");
}

/* Returns true if it is over and may be freed. */
static bool settle_quiet(struct engine *e, struct incident *i)
{
    if (!i->quiet_since) {
        i->quiet_since = e->now;
        if (i->is_announced)
            incident_save(e, i);
    }
    if (e->now - i->quiet_since < quiet_time(e, i) && i->is_announced)
        return false;
    i->closed = e->now;
    i->hotspots = 0;
    flap_keep(e, i);
    if (i->is_announced)
        incident_say(e, i, "closed"); /* the members as they were told last */
    e->sink.row(e->sink.ctx, "incident", i->id, NULL, 0);
    return true;
}

static void forget(struct engine *e, const struct incident *i)
{
    for (size_t n = 0; n < e->topo->node_count; n++) {
        if (e->facts[n].blame == i)
            e->facts[n].blame = NULL;
    }
    if (e->blind == i)
        e->blind = NULL;
}

void incidents_settle(struct engine *e)
{
    struct incident **at = &e->incidents;

    while (*at) {
        struct incident *i = *at;
        shelving_expire(e, i);
        if (i->is_active) {
            settle_active(e, i);
            escalation_judge(e, i);
        } else if (settle_quiet(e, i)) {
            *at = i->next;
            forget(e, i);
            incident_free(i);
            continue;
        }
        at = &(*at)->next;
    }
}
