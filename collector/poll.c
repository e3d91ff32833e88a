/* SPDX-License-Identifier: GPL-3.0-or-later */
/* poll.c - the state machine that reads one device; see poll.h for the picture. Pure. */
#include "collector/poll.h"

#include <stdlib.h>
#include <string.h>

#include "collector/field.h"

enum {
    VARBINDS_START = SNMP_ASK_MAX, /* in one GET; the rooms below are reached first */
    VARBINDS_LEAST = 5,            /* after losses; tooBig goes down to 1 */
    REQUEST_ROOM = 1300,           /* bytes of OIDs in a GET, so that it fits into SNMP_REQUEST_MAX */
    REPLY_ROOM = 1400,             /* bytes expected back: one Ethernet frame */
    SCALAR_GUESS = 40,             /* bytes of a scalar that was never read */
    VALUE_GROWTH = 2,              /* bytes a value may have grown since it was read last */
    PROBES_MAX = 256,
    IDENTIFICATIONS_MAX = 2,
};

static const uint32_t OID_SYS_OBJECT_ID[] = {1, 3, 6, 1, 2, 1, 1, 2, 0};
static const uint32_t OID_SYS_UPTIME[] = {1, 3, 6, 1, 2, 1, 1, 3, 0};

enum state { IDLE, IDENTIFY, GET, WALK };

struct item {
    uint8_t *raw; /* varbinds as they came */
    uint32_t len, cap;
    ns_t read_at;         /* 0 = never */
    bool is_too_old;      /* whatever its age: the agent has restarted since */
    bool is_known;        /* column: its instances are those in raw */
    bool has_lost_row;    /* while it is being read: an instance is gone, */
    bool has_moved;       /* its varbinds grow in p->fresh */
    bool is_walk_due;     /* walk it at the next poll that it is due in */
    bool is_absent;       /* scalar: the agent has none */
    bool is_due, is_done; /* in this poll */
    bool has_changed;     /* likewise */
    /* by a trap, at the next poll; nothing of the poll under way changes */
    bool is_wanted, is_walk_wanted;
    const char *broken; /* why the last walk of it broke; NULL = it did not */
    bool is_hello;      /* sysObjectID or sysUpTime: every poll begins with them */
};

/* A place in the list of instances to GET. */
struct cursor {
    size_t item, offset;
};

struct poll {
    struct poll_options options;
    const struct device_profile *profile;
    const struct read_plan *plan;
    /* Those of the plan's items that may have something to ask for, in its order: a device has few of all
     * that a profile asks for. The others are known to be empty until the structure is looked at again. */
    struct item *items;
    uint16_t *places; /* of items in the plan */
    size_t item_count;
    size_t kept;            /* bytes in items */
    bool is_structure_open; /* items may be others at the end of this poll */
    bool has_other_rows;    /* access points came or went: every table is walked in the next poll */
    enum state state;
    ns_t deadline, begun, walk_begun, rewalk_at;
    /* IDENTIFY */
    struct varbind_set *probed;
    size_t probe_at, probe_count; /* the batch in hand */
    bool *probe_is_absent;        /* PROBES_MAX; v1: named by noSuchName */
    bool is_identify_due;
    bool has_new_instances; /* in this poll */
    int identifications;    /* likewise */
    /* GET */
    struct cursor at, end; /* of the batch in hand */
    size_t batch;
    bool has_hello, is_careful;
    bool is_narrow; /* this poll reads what is wanted only */
    uint32_t varbinds_max;
    struct buf fresh; /* the column in hand */
    uint8_t sys_object_id[SNMP_RAW_OID_MAX];
    size_t sys_object_id_len;
    uint64_t uptime_ms;
    ns_t uptime_at;
    /* WALK */
    struct walk *walk;
    size_t walking[WALK_COLUMNS_MAX];
    struct poll_summary summary;
};

enum err poll_new(const struct poll_options *options, struct poll **out)
{
    struct poll *p = calloc(1, sizeof *p);

    if (!p)
        return ERR_NOMEM;
    p->options = *options;
    p->varbinds_max = VARBINDS_START;
    p->is_identify_due = true;
    buf_init(&p->fresh, WALK_BYTES_MAX);
    *out = p;
    return ERR_OK;
}

static void free_items(struct poll *p)
{
    for (size_t i = 0; i < p->item_count; i++)
        free(p->items[i].raw);
    free(p->items);
    free(p->places);
    p->items = NULL;
    p->places = NULL;
    p->item_count = p->kept = 0;
    p->plan = NULL;
    p->profile = NULL;
}

static void end_work(struct poll *p)
{
    p->state = IDLE;
    walk_free(p->walk);
    p->walk = NULL;
    buf_fini(&p->fresh);
    varbind_set_free(p->probed);
    p->probed = NULL;
    free(p->probe_is_absent);
    p->probe_is_absent = NULL;
}

void poll_free(struct poll *p)
{
    if (!p)
        return;
    end_work(p);
    free_items(p);
    free(p);
}

bool poll_is_running(const struct poll *p)
{
    return p->state != IDLE;
}

void poll_abort(struct poll *p)
{
    end_work(p);
}

const struct poll_summary *poll_summary(const struct poll *p)
{
    return &p->summary;
}

const char *poll_where(const struct poll_summary *summary, char out[OID_TEXT_SIZE])
{
    out[0] = '\0';
    if (summary->where)
        oid_to_text(summary->where->oid, summary->where->oid_len, out, OID_TEXT_SIZE);
    return out;
}

const struct device_profile *poll_profile(const struct poll *p)
{
    return p->profile;
}

/* ---- which items there are ---- */

static bool is_hello(const struct read_item *item)
{
    return oid_compare(item->oid, item->oid_len, OID_SYS_OBJECT_ID, 9) == 0 ||
           oid_compare(item->oid, item->oid_len, OID_SYS_UPTIME, 9) == 0;
}

/* What the plan says of items[i]. */
static const struct read_item *planned(const struct poll *p, size_t i)
{
    return &p->plan->items[p->places[i]];
}

/* What lists access points is walked every time, unless that went wrong: then when everything is. */
static bool is_walk_needed(const struct poll *p, size_t i)
{
    const struct item *it = &p->items[i];

    return !it->is_known || it->is_walk_due || (planned(p, i)->is_list && !it->broken);
}

static bool is_known_empty(const struct poll *p, size_t i)
{
    const struct item *it = &p->items[i];

    if (it->len || it->broken)
        return false;
    return planned(p, i)->is_scalar ? it->is_absent : !is_walk_needed(p, i);
}

/* Without memory to shrink the arrays stay as they are. */
static void drop_empty_items(struct poll *p)
{
    struct item *items;
    uint16_t *places;
    size_t kept = 0;

    for (size_t i = 0; i < p->item_count; i++) {
        if (is_known_empty(p, i)) {
            free(p->items[i].raw);
            continue;
        }
        p->items[kept] = p->items[i];
        p->places[kept++] = p->places[i];
    }
    p->item_count = kept;
    items = realloc(p->items, (kept + 1) * sizeof *items);
    places = realloc(p->places, (kept + 1) * sizeof *places);
    p->items = items ? items : p->items;
    p->places = places ? places : p->places;
    p->is_structure_open = false;
}

/* Every item of the plan; those that were dropped are known to be empty. */
static bool open_structure(struct poll *p)
{
    size_t count = p->plan->count;
    struct item *items = calloc(count + 1, sizeof *items);
    uint16_t *places = calloc(count + 1, sizeof *places);

    if (!items || !places || count > UINT16_MAX) {
        free(items);
        free(places);
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        places[i] = (uint16_t)i;
        items[i].is_known = items[i].is_absent = true;
        items[i].is_hello = is_hello(&p->plan->items[i]);
    }
    for (size_t i = 0; i < p->item_count; i++)
        items[p->places[i]] = p->items[i];
    free(p->items);
    free(p->places);
    p->items = items;
    p->places = places;
    p->item_count = count;
    p->is_structure_open = true;
    return true;
}

/* All of it is walked or asked for anew; what is known stays until then. */
static bool forget_structure(struct poll *p)
{
    if (!open_structure(p))
        return false;
    for (size_t i = 0; i < p->item_count; i++) {
        p->items[i].is_walk_due = true;
        p->items[i].is_absent = false;
        p->items[i].broken = NULL;
    }
    return true;
}

/* ---- the end of a poll ---- */

static void complain(struct poll *p, const char *why, const struct read_item *item)
{
    if (p->summary.why)
        return;
    p->summary.why = why;
    p->summary.where = item;
}

/* Was every column that lists access points due, and read to its end? */
static bool is_list_read(const struct poll *p)
{
    bool is_any = false;

    for (size_t i = 0; i < p->item_count; i++) {
        const struct item *it = &p->items[i];

        if (!planned(p, i)->is_list || planned(p, i)->min_age)
            continue;
        if (!it->is_done || it->broken)
            return false;
        is_any = true;
    }
    return is_any;
}

static bool has_values(const struct poll *p)
{
    for (size_t i = 0; i < p->item_count; i++) {
        if (p->items[i].len)
            return true;
    }
    return false;
}

/* What was due and is not done has no values. */
static enum poll_next finish(struct poll *p)
{
    bool is_partial = false;

    for (size_t i = 0; i < p->item_count; i++) {
        struct item *it = &p->items[i];

        is_partial |= it->is_due && !it->is_done;
        if (it->broken) {
            p->summary.is_walk_broken = true;
            complain(p, it->broken, planned(p, i));
        }
    }
    p->summary.is_list_read = p->summary.is_answered && is_list_read(p);
    if (p->summary.is_answered) {
        is_partial |= p->summary.is_walk_broken;
        p->summary.outcome = !p->plan || !has_values(p) ? POLL_BROKEN : is_partial ? POLL_PARTIAL : POLL_OK;
        if (p->summary.outcome == POLL_BROKEN)
            complain(p, "the agent answers, but has none of the objects asked for", NULL);
    }
    if (p->is_structure_open)
        drop_empty_items(p);
    end_work(p);
    return POLL_FINISHED;
}

static enum poll_next fail(struct poll *p, enum err result)
{
    if (result == ERR_DENIED) {
        p->summary.is_answered = true; /* it is there, so it is not down; but it tells nothing */
        complain(p, "the agent answers with SNMPv3 reports alone", NULL);
    }
    if (!p->summary.is_answered)
        p->summary.outcome = result == ERR_UNREACHABLE ? POLL_REFUSED
                             : result == ERR_MALFORMED ? POLL_BROKEN
                                                       : POLL_TIMEOUT;
    if (result == ERR_MALFORMED)
        complain(
            p, "what the agent sends is no answer to what was asked (not SNMP, another version or community)",
            NULL);
    else if (p->summary.is_answered && result != ERR_DENIED)
        complain(p, "the agent stopped answering in the middle of a poll", NULL);
    return finish(p);
}

/* ---- items ---- */

static void item_store(struct poll *p, struct item *it, const void *bytes, size_t len, ns_t now)
{
    bool has_changed = it->len != len || (len && memcmp(it->raw, bytes, len) != 0);

    if (p->kept - it->len + len > POLL_BYTES_MAX) {
        it->broken = "the device has more values than are kept";
        return; /* not done, so unknown */
    }
    if (!it->len != !len)
        p->has_new_instances = true;
    if (it->cap < len || it->cap > len * 2 + 64) {
        uint8_t *fit = len ? realloc(it->raw, len) : NULL;

        if (len && !fit)
            return; /* not done, so unknown */
        if (!len)
            free(it->raw);
        it->raw = fit;
        it->cap = (uint32_t)len;
    }
    if (len)
        memcpy(it->raw, bytes, len);
    p->kept += len - it->len;
    it->len = (uint32_t)len;
    it->read_at = now;
    it->is_too_old = false;
    it->is_done = true;
    it->has_changed |= has_changed;
}

/* Is it read by GET in this poll, and does it have anything to ask for? */
static bool is_for_get(const struct poll *p, size_t i)
{
    const struct item *it = &p->items[i];

    if (!it->is_due || it->is_done || it->is_hello)
        return false;
    if (planned(p, i)->is_scalar)
        return !it->is_absent;
    return !is_walk_needed(p, i) && it->len;
}

static bool is_for_walk(const struct poll *p, size_t i)
{
    const struct item *it = &p->items[i];

    return it->is_due && !it->is_done && !planned(p, i)->is_scalar && is_walk_needed(p, i);
}

/* Marks what this poll reads. */
static void choose_items(struct poll *p, ns_t now)
{
    for (size_t i = 0; i < p->item_count; i++) {
        struct item *it = &p->items[i];
        ns_t min_age = planned(p, i)->min_age;

        /* A tenth early counts as due, so that an age of five intervals is not six for a jitter's sake. */
        bool is_old = !it->read_at || it->is_too_old || now - it->read_at >= min_age - min_age / 10;
        it->is_due = it->is_wanted || (!p->is_narrow && is_old);
        if (it->is_walk_wanted) {
            it->is_walk_due = true;
            it->is_absent = false;
        }
        it->is_wanted = it->is_walk_wanted = false;
        it->is_done = it->has_changed = false;
        if (!it->is_due)
            continue;
        if (planned(p, i)->is_scalar ? it->is_absent : !is_walk_needed(p, i) && !it->len) {
            it->read_at = now; /* there is nothing to ask for, and that is known */
            it->is_done = true;
        }
    }
}

/* ---- IDENTIFY ---- */

static enum poll_next ask_get(struct poll *p, ns_t now, struct poll_request *ask);

static enum poll_next ask_identity(struct poll *p, struct poll_request *ask)
{
    const struct read_plan *probe = profile_set_probe(p->options.profiles);
    uint32_t most = p->is_careful && !p->summary.is_answered && p->varbinds_max > 3 ? 3 : p->varbinds_max;

    p->state = IDENTIFY;
    ask->type = SNMP_GET;
    ask->max_repetitions = 0;
    ask->count = ask->store_used = 0;
    p->probe_count = 0;
    while (p->probe_at + p->probe_count < probe->count && p->probe_at + p->probe_count < PROBES_MAX &&
           ask->count < most) {
        const struct read_item *item = &probe->items[p->probe_at + p->probe_count];

        if (!p->probe_is_absent[p->probe_at + p->probe_count] &&
            !poll_request_add_ids(ask, item->oid, item->oid_len))
            break;
        p->probe_count++;
    }
    p->summary.requests++;
    return POLL_ASK;
}

static enum poll_next begin_identify(struct poll *p, struct poll_request *ask)
{
    if (++p->identifications > IDENTIFICATIONS_MAX) {
        complain(p, "the agent's sysObjectID changes from request to request", NULL);
        return finish(p);
    }
    varbind_set_free(p->probed);
    free(p->probe_is_absent);
    p->probed = varbind_set_new();
    p->probe_is_absent = calloc(PROBES_MAX, sizeof *p->probe_is_absent);
    if (!p->probed || !p->probe_is_absent)
        return fail(p, ERR_NOMEM);
    p->probe_at = 0;
    return ask_identity(p, ask);
}

enum err poll_take(const void *bytes, size_t len, struct varbind_set *set)
{
    uint32_t ids[OID_MAX], value_ids[OID_MAX];
    struct snmp_raw_varbind raw;
    struct varbind vb;
    struct wire w;
    enum err e = ERR_OK;

    wire_init(&w, bytes, len);
    while (!e && snmp_varbind_again(&w, &raw)) {
        snmp_varbind_decode(&raw, ids, value_ids, &vb);
        if (vb.type != SNMP_NULL && vb.type < SNMP_NO_SUCH_OBJECT)
            e = varbind_set_add(set, &vb);
    }
    return e;
}

static enum poll_next choose_profile(struct poll *p, ns_t now, struct poll_request *ask)
{
    const struct device_profile *profile;
    enum err e;

    varbind_set_sort(p->probed);
    const struct varbind *id = varbind_set_find(p->probed, OID_SYS_OBJECT_ID, 9);
    p->sys_object_id_len = 0;
    if (id && id->type == SNMP_OID &&
        snmp_oid_encode(id->value_oid, id->len, p->sys_object_id, &p->sys_object_id_len))
        p->sys_object_id_len = 0;
    e = profile_match(p->options.profiles, p->probed, p->options.profile, &profile);
    varbind_set_free(p->probed);
    p->probed = NULL;
    if (e) {
        complain(p, "no profile fits", NULL);
        return fail(p, e);
    }
    if (profile != p->profile) {
        free_items(p);
        p->profile = profile;
        p->plan = p->options.is_survey ? device_profile_survey(profile) : device_profile_plan(profile);
        p->summary.is_new_kind = p->has_new_instances = true;
    }
    if (!forget_structure(p)) {
        free_items(p);
        return fail(p, ERR_NOMEM);
    }
    p->is_identify_due = false;
    p->is_narrow = false;
    p->rewalk_at = (p->rewalk_at ? now : now - POLL_REWALK / 2 + p->options.rewalk_offset) + POLL_REWALK;
    choose_items(p, now);
    p->at = (struct cursor){0, 0};
    return ask_get(p, now, ask);
}

static enum poll_next identify_step(struct poll *p, ns_t now, const struct snmp_message *reply,
                                    struct poll_request *ask)
{
    const struct read_plan *probe = profile_set_probe(p->options.profiles);

    /* cppcheck-suppress ctunullpointer ; poll_step() comes here with ERR_OK only: there is a reply */
    if (reply->error_status != SNMP_NO_ERROR) {
        /* v1 names the first object that it does not have: ask again without it. */
        size_t nth = 0, i;

        for (i = p->probe_at; i < p->probe_at + p->probe_count; i++) {
            if (!p->probe_is_absent[i] && (int64_t)++nth == reply->error_index)
                break;
        }
        if (i < p->probe_at + p->probe_count) {
            p->probe_is_absent[i] = true;
            return ask_identity(p, ask);
        }
        if (p->probe_count > 1 && p->varbinds_max > 1) {
            p->varbinds_max = p->probe_count > 2 ? (uint32_t)p->probe_count / 2 : 1;
            return ask_identity(p, ask);
        }
    } else if (poll_take(reply->varbinds, reply->varbinds_len, p->probed)) {
        return fail(p, ERR_NOMEM);
    }
    p->probe_at += p->probe_count;
    for (; p->probe_at < probe->count && p->probe_at < PROBES_MAX; p->probe_at++) {
        if (!p->probe_is_absent[p->probe_at])
            return ask_identity(p, ask);
    }
    return choose_profile(p, now, ask);
}

/* ---- GET ---- */

/* Moves c to the next instance; false at the end. */
static bool cursor_settle(const struct poll *p, struct cursor *c)
{
    if (c->offset && c->offset < p->items[c->item].len)
        return true; /* within a column */
    while (c->item < p->item_count) {
        if (is_for_get(p, c->item) && (c->offset == 0 || c->offset < p->items[c->item].len))
            return true;
        c->item++;
        c->offset = 0;
    }
    return false;
}

/* The instance under the cursor; *next is the place behind it. */
static bool cursor_read(const struct poll *p, const struct cursor *c, struct snmp_raw_varbind *vb,
                        struct cursor *next)
{
    const struct item *it = &p->items[c->item];
    struct wire w;

    wire_init(&w, it->raw + c->offset, it->len - c->offset);
    if (!snmp_varbind_again(&w, vb))
        return false;
    *next = (struct cursor){c->item, c->offset + vb->tlv_len};
    return true;
}

static bool add_instance(struct poll *p, struct poll_request *ask, struct cursor *c, size_t *reply_bytes,
                         size_t *request_bytes)
{
    const struct read_item *item = planned(p, c->item);
    struct snmp_raw_varbind vb;
    struct cursor next = {c->item + 1, 0};
    size_t expected = SCALAR_GUESS, oid_len;

    if (item->is_scalar) {
        if (p->items[c->item].len)
            expected = p->items[c->item].len;
        oid_len = item->oid_len + 8;
    } else {
        if (!cursor_read(p, c, &vb, &next))
            return false;
        expected = vb.tlv_len;
        oid_len = vb.oid.len;
    }
    expected += VALUE_GROWTH;
    if (ask->count && (*reply_bytes + expected > REPLY_ROOM || *request_bytes + oid_len + 8 > REQUEST_ROOM))
        return false;
    if (!item->is_scalar)
        ask->oids[ask->count++] = vb.oid;
    else if (!poll_request_add_ids(ask, item->oid, item->oid_len))
        return false;
    *reply_bytes += expected;
    *request_bytes += oid_len + 8;
    *c = next;
    return true;
}

static enum poll_next ask_walk(struct poll *p, ns_t now, struct poll_request *ask);

/* The next batch of instances; the first one of a poll begins with who and since when. */
static enum poll_next ask_get(struct poll *p, ns_t now, struct poll_request *ask)
{
    size_t reply_bytes = 60, request_bytes = 60;

    if (now >= p->deadline) {
        complain(p, "the poll takes longer than its time", NULL);
        return finish(p);
    }
    p->state = GET;
    ask->type = SNMP_GET;
    ask->count = ask->store_used = 0;
    ask->max_repetitions = 0;
    if (p->has_hello) {
        poll_request_add_ids(ask, OID_SYS_OBJECT_ID, 9);
        poll_request_add_ids(ask, OID_SYS_UPTIME, 9);
    }
    p->end = p->at;
    p->batch = 0;
    while (!(p->has_hello && p->is_careful) && ask->count < p->varbinds_max && cursor_settle(p, &p->end)) {
        if (!add_instance(p, ask, &p->end, &reply_bytes, &request_bytes))
            break;
        p->batch++;
    }
    if (ask->count) {
        p->summary.requests++;
        return POLL_ASK;
    }
    return ask_walk(p, now, ask);
}

/* What restarted may run other software, or be another box in the same place: everything is due. */
static void forget_ages(struct poll *p)
{
    for (size_t i = 0; i < p->item_count; i++)
        p->items[i].is_too_old = true;
}

static void take_uptime(struct poll *p, ns_t now, const struct snmp_raw_varbind *vb)
{
    uint32_t ids[OID_MAX], value_ids[OID_MAX];
    struct varbind value;
    uint64_t uptime;

    if (vb->type != SNMP_TIMETICKS)
        return;
    snmp_varbind_decode(vb, ids, value_ids, &value);
    uptime = value.number * 10;
    /* Going back is a restart, or the wrap after 497 days; walking the tables anew is right for both. */
    if (p->uptime_ms && uptime < p->uptime_ms) {
        p->summary.is_restarted = true;
        p->rewalk_at = now;
        forget_ages(p);
    }
    p->uptime_ms = uptime;
    p->uptime_at = now;
    p->summary.uptime_ms = uptime ? uptime : 1;
}

/* False: another device answers under this address. */
static bool take_hello(struct poll *p, ns_t now, const struct snmp_raw_varbind *id,
                       const struct snmp_raw_varbind *uptime)
{
    p->has_hello = false;
    p->is_careful = false;
    take_uptime(p, now, uptime);
    if (id->type != SNMP_OID)
        return p->sys_object_id_len == 0;
    return id->value_len == p->sys_object_id_len &&
           memcmp(id->value, p->sys_object_id, p->sys_object_id_len) == 0;
}

static bool has_value(const struct snmp_raw_varbind *vb)
{
    return vb->type != SNMP_NULL && vb->type < SNMP_NO_SUCH_OBJECT && vb->value_len <= WALK_VALUE_MAX;
}

/* Both usually stand in the plan as well. NULL: the agent has none. */
static void store_hello(struct poll *p, ns_t now, const struct snmp_raw_varbind *id,
                        const struct snmp_raw_varbind *uptime)
{
    for (size_t i = 0; i < p->item_count; i++) {
        const struct read_item *item = planned(p, i);
        const struct snmp_raw_varbind *vb =
            item->oid_len == 9 && item->oid[7] == OID_SYS_UPTIME[7] ? uptime : id;

        if (p->items[i].is_hello && vb && has_value(vb))
            item_store(p, &p->items[i], vb->tlv, vb->tlv_len, now);
        else if (p->items[i].is_hello)
            item_store(p, &p->items[i], NULL, 0, now);
    }
}

/* A value as long as before takes its place; the first one of another length moves the column to p->fresh. */
static void take_row(struct poll *p, struct item *it, const struct snmp_raw_varbind *old,
                     const struct snmp_raw_varbind *vb)
{
    if (p->at.offset == 0)
        it->has_moved = it->has_lost_row = false;
    if (!it->has_moved && has_value(vb) && vb->tlv_len == old->tlv_len) {
        if (memcmp(old->tlv, vb->tlv, vb->tlv_len) != 0) {
            memcpy(it->raw + p->at.offset, vb->tlv, vb->tlv_len);
            it->has_changed = true;
        }
        return;
    }
    if (!it->has_moved) {
        buf_clear(&p->fresh);
        buf_put(&p->fresh, it->raw, p->at.offset);
        it->has_moved = true;
    }
    if (has_value(vb))
        buf_put(&p->fresh, vb->tlv, vb->tlv_len);
    else
        it->has_lost_row = true;
}

static void end_column(struct poll *p, struct item *it, ns_t now)
{
    it->is_walk_due = it->has_lost_row; /* see what else changed */
    p->has_new_instances |= it->has_lost_row;
    if (it->has_moved && !buf_error(&p->fresh)) {
        item_store(p, it, p->fresh.data, p->fresh.len, now);
    } else if (!it->has_moved) {
        it->read_at = now;
        it->is_too_old = false;
        it->is_done = true;
    }
}

static void take_instance(struct poll *p, ns_t now, const struct snmp_raw_varbind *vb)
{
    struct item *it = &p->items[p->at.item];
    struct snmp_raw_varbind old;
    struct cursor next;

    if (planned(p, p->at.item)->is_scalar) {
        it->is_absent = !has_value(vb);
        item_store(p, it, vb->tlv, has_value(vb) ? vb->tlv_len : 0, now);
        p->at = (struct cursor){p->at.item + 1, 0};
        return;
    }
    if (!cursor_read(p, &p->at, &old, &next))
        return;
    take_row(p, it, &old, vb);
    p->at = next;
    if (next.offset < it->len)
        return;
    end_column(p, it, now);
    p->at = (struct cursor){next.item + 1, 0};
}

/* The item that the agent named cannot be had in this poll. */
static void give_up_item(struct poll *p, int64_t nth, int64_t error)
{
    struct cursor c = p->at;
    struct snmp_raw_varbind vb;

    for (; nth > 1 && cursor_settle(p, &c); nth--) {
        struct cursor next = {c.item + 1, 0};

        if (!planned(p, c.item)->is_scalar && !cursor_read(p, &c, &vb, &next))
            return;
        c = next;
    }
    if (!cursor_settle(p, &c))
        return;
    struct item *it = &p->items[c.item];
    it->is_due = false;
    p->is_structure_open = true;
    if (planned(p, c.item)->is_scalar) {
        it->is_absent = true;
        item_store(p, it, NULL, 0, p->begun);
    } else {
        it->is_walk_due = true;
        it->is_due = true; /* walked in this poll yet */
    }
    if (error != SNMP_NO_SUCH_NAME)
        complain(p, "the agent reports an error for an object", planned(p, c.item));
    if (c.item == p->at.item)
        p->at = (struct cursor){c.item + 1, 0};
}

static enum poll_next get_error(struct poll *p, ns_t now, const struct snmp_message *reply,
                                struct poll_request *ask)
{
    int64_t hello = p->has_hello ? 2 : 0;

    if (reply->error_status == SNMP_TOO_BIG || reply->error_index < 1) {
        size_t count = p->batch + (size_t)hello;

        if (count > 1 && p->varbinds_max > 1) {
            p->varbinds_max = count > 2 ? (uint32_t)count / 2 : 1;
            if (p->has_hello && p->varbinds_max < 3)
                p->is_careful = true;
            return ask_get(p, now, ask);
        }
    }
    if (hello && (reply->error_index <= hello || p->batch == 0)) {
        /* An agent without sysObjectID or sysUpTime: go on without. */
        p->has_hello = p->is_careful = false;
        store_hello(p, now, NULL, NULL);
    } else {
        give_up_item(p, reply->error_index > hello ? reply->error_index - hello : 1, reply->error_status);
    }
    return ask_get(p, now, ask);
}

static enum poll_next get_step(struct poll *p, ns_t now, const struct snmp_message *reply,
                               struct poll_request *ask)
{
    struct snmp_raw_varbind vb, second;
    struct wire w;

    if (reply->error_status != SNMP_NO_ERROR)
        return get_error(p, now, reply, ask);
    wire_init(&w, reply->varbinds, reply->varbinds_len);
    if (p->has_hello) {
        if (!snmp_varbind_again(&w, &vb) || !snmp_varbind_again(&w, &second))
            return fail(p, ERR_MALFORMED);
        if (!take_hello(p, now, &vb, &second))
            return begin_identify(p, ask);
        store_hello(p, now, &vb, &second);
    }
    for (size_t i = 0; i < p->batch && cursor_settle(p, &p->at) && snmp_varbind_again(&w, &vb); i++)
        take_instance(p, now, &vb);
    return ask_get(p, now, ask);
}

/* ---- WALK ---- */

/* Are these varbinds of the very instances that the item has? */
static bool has_same_rows(const struct item *it, const struct buf *rows)
{
    return snmp_varbinds_answer(it->raw, it->len, rows->data, rows->len);
}

static void store_walk(struct poll *p, ns_t now)
{
    for (size_t i = 0; i < walk_count(p->walk); i++) {
        struct item *it = &p->items[p->walking[i]];
        const struct buf *rows;
        const char *why;
        uint32_t count;
        enum walk_state state = walk_column(p->walk, i, &rows, &count, &why);

        if (!has_same_rows(it, rows)) {
            p->has_new_instances = true;
            p->has_other_rows |= it->is_known && planned(p, p->walking[i])->is_list;
        }
        it->broken = state == WALK_BROKEN ? why : NULL;
        item_store(p, it, rows->data, rows->len, now);
        it->is_known = true;
        it->is_walk_due = false;
    }
    p->is_structure_open = true;
    walk_free(p->walk);
    p->walk = NULL;
}

static bool begin_walk(struct poll *p)
{
    size_t count = 0;

    for (size_t i = 0; i < p->item_count && count < WALK_COLUMNS_MAX; i++) {
        if (!is_for_walk(p, i))
            continue;
        if (!p->walk)
            p->walk = walk_new(p->options.version);
        if (!p->walk || walk_add(p->walk, planned(p, i)->oid, planned(p, i)->oid_len))
            continue;
        p->walking[count++] = i;
    }
    return count > 0;
}

static enum poll_next ask_walk(struct poll *p, ns_t now, struct poll_request *ask)
{
    p->state = WALK;
    if (!p->walk_begun)
        p->walk_begun = now;
    for (;;) {
        if (!p->walk && !begin_walk(p))
            return finish(p);
        if (now >= p->deadline || (!p->options.is_survey && now - p->walk_begun > POLL_WALK_LIMIT)) {
            complain(p, "reading the tables takes too long", planned(p, p->walking[0]));
            return finish(p);
        }
        if (walk_ask(p->walk, ask)) {
            p->summary.requests++;
            return POLL_ASK;
        }
        store_walk(p, now);
    }
}

/* ---- the machine ---- */

/* Access points came or went: what other tables say of them is walked, too. */
static void walk_all(struct poll *p)
{
    if (!open_structure(p))
        return; /* in the next poll, then */
    p->has_other_rows = false;
    for (size_t i = 0; i < p->item_count; i++)
        p->items[i].is_walk_due |= !planned(p, i)->is_scalar && p->items[i].is_known;
}

static enum poll_next begin(struct poll *p, ns_t now, ns_t deadline, bool is_careful,
                            struct poll_request *ask)
{
    end_work(p);
    p->summary = (struct poll_summary){.outcome = POLL_TIMEOUT};
    p->begun = now;
    p->deadline = deadline;
    p->walk_begun = 0;
    p->identifications = 0;
    p->has_new_instances = false;
    p->is_careful = is_careful;
    p->has_hello = true;
    p->at = (struct cursor){0, 0};
    if (p->is_identify_due || !p->plan || (now >= p->rewalk_at && !p->is_narrow)) {
        p->is_narrow = false;
        return begin_identify(p, ask);
    }
    if (p->has_other_rows)
        walk_all(p);
    choose_items(p, now);
    return ask_get(p, now, ask);
}

enum poll_next poll_begin(struct poll *p, ns_t now, ns_t deadline, bool is_careful, struct poll_request *ask)
{
    p->is_narrow = false;
    return begin(p, now, deadline, is_careful, ask);
}

enum poll_next poll_begin_wanted(struct poll *p, ns_t now, ns_t deadline, struct poll_request *ask)
{
    p->is_narrow = true;
    return begin(p, now, deadline, false, ask);
}

bool poll_want(struct poll *p, const struct trap_rule *rule)
{
    bool *marks = p->plan ? calloc(p->plan->count ? p->plan->count : 1, sizeof *marks) : NULL;
    size_t count = 0;

    if (!marks || device_profile_mark(p->profile, rule, marks, &count))
        count = 0;
    if (count && rule->is_walked && p->state == IDLE && !open_structure(p))
        count = 0;
    p->has_other_rows |= count && rule->is_walked && p->state != IDLE;
    for (size_t i = 0; count && i < p->item_count; i++) {
        if (!marks[p->places[i]])
            continue;
        p->items[i].is_wanted = true;
        p->items[i].is_walk_wanted |= rule->is_walked;
    }
    free(marks);
    return count > 0;
}

static enum poll_next no_answer(struct poll *p, enum err result)
{
    /* Large requests that vanish may be too large for the path. */
    if (p->summary.is_answered && p->state == GET && p->batch > VARBINDS_LEAST && result == ERR_TIMEOUT)
        p->varbinds_max = p->batch / 2 > VARBINDS_LEAST ? (uint32_t)p->batch / 2 : VARBINDS_LEAST;
    return fail(p, result);
}

enum poll_next poll_step(struct poll *p, ns_t now, enum err result, const struct snmp_message *reply,
                         struct poll_request *ask)
{
    if (p->state == IDLE)
        return POLL_FINISHED;
    if (result != ERR_OK)
        return no_answer(p, result);
    p->summary.is_answered = true;
    switch (p->state) {
    case IDENTIFY: return identify_step(p, now, reply, ask);
    case GET: return get_step(p, now, reply, ask);
    case WALK: walk_take(p->walk, reply); return ask_walk(p, now, ask);
    case IDLE: break;
    }
    return POLL_FINISHED;
}

/* ---- what is known ---- */

enum err poll_collect(const struct poll *p, struct varbind_set *out)
{
    enum err e = ERR_OK;

    for (size_t i = 0; !e && i < p->item_count; i++) {
        const struct item *it = &p->items[i];

        if (it->len)
            e = poll_take(it->raw, it->len, out);
    }
    varbind_set_sort(out);
    return e;
}

struct poll_item poll_item(const struct poll *p, size_t place)
{
    size_t lo = 0, hi = p->item_count;

    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;

        if (p->places[mid] < place)
            lo = mid + 1;
        else
            hi = mid;
    }
    if (lo == p->item_count || p->places[lo] != place)
        return (struct poll_item){0};
    const struct item *it = &p->items[lo];
    return (struct poll_item){it->raw, it->len, it->read_at, it->is_done, it->has_changed};
}

bool poll_has_same_instances(const struct poll *p)
{
    return !p->has_new_instances;
}

/* NULL if no item of the plan covers it. */
static const struct item *find_item(const struct poll *p, const uint32_t *oid, size_t len)
{
    size_t lo = 0, hi = p->item_count;

    while (lo < hi) { /* the last item that is not behind oid */
        size_t mid = lo + (hi - lo) / 2;

        if (oid_compare(planned(p, mid)->oid, planned(p, mid)->oid_len, oid, len) <= 0)
            lo = mid + 1;
        else
            hi = mid;
    }
    if (!lo || !oid_has_prefix(oid, len, planned(p, lo - 1)->oid, planned(p, lo - 1)->oid_len))
        return NULL;
    return &p->items[lo - 1];
}

bool poll_has_read(const struct poll *p, const uint32_t *oid, size_t len)
{
    const struct item *it = find_item(p, oid, len);

    return !it || !it->is_due || it->is_done;
}

ns_t poll_read_at(const struct poll *p, const uint32_t *oid, size_t len)
{
    const struct item *it = find_item(p, oid, len);

    return it ? it->read_at : 0;
}
