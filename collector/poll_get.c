/* SPDX-License-Identifier: GPL-3.0-or-later */
/* poll_get.c - reads known instances by packed GETs, and takes what comes. Pure. */
#include <string.h>

#include "collector/poll_internal.h"
#include "lib/base/octets.h"

enum {
    SCALAR_GUESS = 40, /* bytes of a scalar that was never read */
};

/* ---- asking ---- */

/* Moves c to the next instance; false at the end. */
static bool cursor_settle(const struct poll *p, struct cursor *c)
{
    if (c->offset && c->offset < p->items[c->item].len)
        return true; /* within a column */
    while (c->item < p->item_count) {
        if (poll_is_for_get(p, c->item) && (c->offset == 0 || c->offset < p->items[c->item].len))
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
    const struct read_item *item = poll_planned(p, c->item);
    struct snmp_raw_varbind vb;
    struct cursor next = {c->item + 1, 0};
    size_t expected = SCALAR_GUESS, oid_len = item->oid_len + 8;
    bool is_new = item->is_scalar && !p->items[c->item].len;

    if (!is_new) {
        if (!cursor_read(p, c, &vb, &next))
            return false;
        expected = vb.tlv_len;
        oid_len = vb.oid.len;
    }
    if (item->is_scalar)
        next = (struct cursor){c->item + 1, 0};
    expected += VALUE_GROWTH;
    if (ask->count && (*reply_bytes + expected > REPLY_ROOM || *request_bytes + oid_len + 8 > REQUEST_ROOM))
        return false;
    if (!is_new)
        ask->oids[ask->count++] = vb.oid;
    else if (!poll_request_add_ids(ask, item->oid, item->oid_len))
        return false;
    *reply_bytes += expected;
    *request_bytes += oid_len + 8;
    *c = next;
    return true;
}

/* Is this the head of a varbind whose lengths take one octet each? */
static bool is_short(const uint8_t *varbind)
{
    return !((varbind[1] | varbind[3]) & 0x80);
}

/* The usual rows of a column, up to its last one, without looking at each from all sides: adds what
 * add_instance() would. */
static void add_plain_rows(struct poll *p, struct poll_request *ask, struct cursor *c, size_t *reply_bytes,
                           size_t *request_bytes)
{
    const struct item *it = &p->items[c->item];
    const uint8_t *at = it->raw + c->offset, *end = it->raw + it->len;
    size_t reply = *reply_bytes, request = *request_bytes;

    if (c->offset == 0)
        return;
    while (ask->count < p->get_size.size && is_short(at) && at + 2 + at[1] < end) {
        size_t expected = 2u + at[1] + VALUE_GROWTH, oid_len = at[3];

        if (reply + expected > REPLY_ROOM || request + oid_len + 8 > REQUEST_ROOM)
            break;
        ask->oids[ask->count++] = (struct snmp_raw_oid){at + 4, oid_len};
        p->batch++;
        reply += expected;
        request += oid_len + 8;
        at += 2 + at[1];
    }
    c->offset = (size_t)(at - it->raw);
    *reply_bytes = reply;
    *request_bytes = request;
}

enum poll_next poll_ask_get(struct poll *p, ns_t now, struct poll_request *ask)
{
    size_t reply_bytes = 60, request_bytes = 60;

    if (now >= p->deadline) {
        poll_complain(p, "the poll takes longer than its time", NULL);
        return poll_break_off(p, now);
    }
    p->state = GET;
    ask->type = SNMP_GET;
    ask->count = ask->store_used = ask->names_len = 0;
    ask->max_repetitions = 0;
    if (p->has_hello) {
        poll_request_add_ids(ask, poll_sys_object_id, 9);
        poll_request_add_ids(ask, poll_sys_uptime, 9);
    }
    p->end = p->at;
    p->batch = 0;
    while (!(p->has_hello && p->is_careful) && ask->count < p->get_size.size && cursor_settle(p, &p->end)) {
        add_plain_rows(p, ask, &p->end, &reply_bytes, &request_bytes);
        if (ask->count >= p->get_size.size || !add_instance(p, ask, &p->end, &reply_bytes, &request_bytes))
            break;
        p->batch++;
    }
    if (ask->count) {
        p->summary.requests++;
        return POLL_ASK;
    }
    if (p->is_wrap_due) {
        p->is_wrap_due = false;
        p->at = (struct cursor){0, 0};
        return poll_ask_get(p, now, ask);
    }
    return poll_ask_walk(p, now, ask);
}

static void note_restart(struct poll *p, ns_t now)
{
    p->summary.is_restarted = true;
    p->rewalk_at = now;
    poll_forget_ages(p);
}

void poll_take_engine(struct poll *p, ns_t now, const struct snmp_message *reply)
{
    const struct rate_engine engine = {reply->engine_boots, reply->engine_time};

    if (rate_is_new_boot(&p->engine, &engine))
        note_restart(p, now);
    p->engine = p->summary.engine = engine;
}

void poll_take_uptime(struct poll *p, ns_t now, const struct snmp_raw_varbind *vb)
{
    uint32_t ids[OID_MAX], value_ids[OID_MAX];
    struct varbind value;
    uint64_t uptime;

    if (vb->type != SNMP_TIMETICKS)
        return;
    snmp_varbind_decode(vb, ids, value_ids, &value);
    uptime = value.number * 10;
    /* Going back is a restart, or the wrap after 497 days; walking the tables anew is right for both. */
    if (p->uptime_ms && uptime < p->uptime_ms)
        note_restart(p, now);
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
    poll_take_uptime(p, now, uptime);
    if (id->type != SNMP_OID)
        return p->sys_object_id_len == 0;
    return id->value_len == p->sys_object_id_len &&
           (!id->value_len || memcmp(id->value, p->sys_object_id, p->sys_object_id_len) == 0);
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
        const struct read_item *item = poll_planned(p, i);
        const struct snmp_raw_varbind *vb =
            item->oid_len == 9 && item->oid[7] == poll_sys_uptime[7] ? uptime : id;

        if (p->items[i].is_hello && vb && has_value(vb))
            poll_store(p, &p->items[i], vb->tlv, vb->tlv_len, now);
        else if (p->items[i].is_hello)
            poll_store(p, &p->items[i], NULL, 0, now);
    }
}

/* A value as long as before takes its place; the first one of another length moves the column to p->fresh. */
static void take_row(struct poll *p, struct item *it, const struct snmp_raw_varbind *old,
                     const struct snmp_raw_varbind *vb)
{
    if (p->at.offset == 0)
        it->has_moved = it->has_lost_row = false;
    if (!it->has_moved && has_value(vb) && vb->tlv_len == old->tlv_len) {
        if (!octets_equal(old->tlv, vb->tlv, vb->tlv_len)) {
            octets_copy(it->raw + p->at.offset, vb->tlv, vb->tlv_len);
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
        poll_store(p, it, p->fresh.data, p->fresh.len, now);
    } else if (!it->has_moved) {
        it->read_at = now;
        it->is_too_old = false;
        it->is_done = true;
        poll_forget_part(p, it);
    }
}

void poll_keep_get(struct poll *p, ns_t now)
{
    const struct item *it;

    if (p->at.item >= p->item_count || p->at.offset == 0)
        return;
    it = &p->items[p->at.item];
    if (!it->has_moved)
        poll_store_part(p, p->at.item, it->raw, p->at.offset, now);
    else if (!buf_error(&p->fresh))
        poll_store_part(p, p->at.item, p->fresh.data, p->fresh.len, now);
}

/* The usual rows of a column, up to its last one: values as long as before take their places. How many. */
static size_t take_plain_rows(struct poll *p, struct wire *w, size_t most)
{
    struct item *it = &p->items[p->at.item];
    uint8_t *old = it->raw + p->at.offset, *end = it->raw + it->len;
    const uint8_t *got = w->data + w->pos;
    size_t left = wire_left(w), taken = 0;

    if (p->at.offset == 0 || it->has_moved)
        return 0;
    while (taken < most && is_short(old) && old + 2 + old[1] < end && left >= 2u + old[1]) {
        size_t len = 2u + old[1];
        uint32_t type;

        if (got[1] != old[1] || got[3] != old[3])
            break;
        type = got[4 + got[3]];
        if (type == SNMP_NULL || type >= SNMP_NO_SUCH_OBJECT)
            break;
        if (!octets_equal(old, got, len)) {
            octets_copy(old, got, len);
            it->has_changed = true;
        }
        old += len;
        got += len;
        left -= len;
        taken++;
    }
    p->at.offset = (size_t)(old - it->raw);
    w->pos = (size_t)(got - w->data);
    return taken;
}

static void take_instance(struct poll *p, ns_t now, const struct snmp_raw_varbind *vb)
{
    struct item *it = &p->items[p->at.item];
    struct snmp_raw_varbind old;
    struct cursor next;

    if (poll_planned(p, p->at.item)->is_scalar) {
        it->is_absent = !has_value(vb);
        poll_store(p, it, vb->tlv, has_value(vb) ? vb->tlv_len : 0, now);
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

        if (!poll_planned(p, c.item)->is_scalar && !cursor_read(p, &c, &vb, &next))
            return;
        c = next;
    }
    if (!cursor_settle(p, &c))
        return;
    struct item *it = &p->items[c.item];
    it->is_due = false;
    p->is_structure_open = true;
    if (poll_planned(p, c.item)->is_scalar) {
        it->is_absent = true;
        poll_store(p, it, NULL, 0, p->begun);
    } else {
        it->is_walk_due = true;
        it->is_due = true; /* walked in this poll yet */
    }
    if (error != SNMP_NO_SUCH_NAME)
        poll_complain(p, "the agent reports an error for an object", poll_planned(p, c.item));
    if (c.item == p->at.item)
        p->at = (struct cursor){c.item + 1, 0};
}

static enum poll_next get_error(struct poll *p, ns_t now, const struct snmp_message *reply,
                                struct poll_request *ask)
{
    int64_t hello = p->has_hello ? 2 : 0;

    if (reply->error_status == SNMP_TOO_BIG || reply->error_index < 1) {
        size_t count = p->batch + (size_t)hello;

        if (count > 1 && p->get_size.size > 1) {
            poll_refuse_get(p, now, count, reply->error_status);
            if (p->has_hello && p->get_size.size < 3)
                p->is_careful = true;
            return poll_ask_get(p, now, ask);
        }
    }
    if (hello && (reply->error_index <= hello || p->batch == 0)) {
        /* An agent without sysObjectID or sysUpTime: go on without. */
        p->has_hello = p->is_careful = false;
        store_hello(p, now, NULL, NULL);
    } else {
        give_up_item(p, reply->error_index > hello ? reply->error_index - hello : 1, reply->error_status);
    }
    return poll_ask_get(p, now, ask);
}

enum poll_next poll_get_step(struct poll *p, ns_t now, const struct snmp_message *reply,
                             struct poll_request *ask)
{
    struct snmp_raw_varbind vb, second;
    struct wire w;

    if (reply->error_status != SNMP_NO_ERROR)
        return get_error(p, now, reply, ask);
    adapt_answered(&p->get_size, now, (uint32_t)p->batch + (p->has_hello ? 2 : 0));
    wire_init(&w, reply->varbinds, reply->varbinds_len);
    if (p->has_hello) {
        if (!snmp_varbind_again(&w, &vb) || !snmp_varbind_again(&w, &second))
            return poll_fail(p, now, ERR_MALFORMED);
        poll_take_engine(p, now, reply);
        if (!take_hello(p, now, &vb, &second))
            return poll_begin_identify(p, now, ask);
        store_hello(p, now, &vb, &second);
    }
    for (size_t i = 0; i < p->batch && cursor_settle(p, &p->at); i++) {
        i += take_plain_rows(p, &w, p->batch - i);
        if (i == p->batch || !snmp_varbind_again(&w, &vb))
            break;
        take_instance(p, now, &vb);
    }
    return poll_ask_get(p, now, ask);
}
