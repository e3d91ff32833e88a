/* SPDX-License-Identifier: GPL-3.0-or-later */
/* poll.c - the state machine that reads one device; see poll.h for the picture. Pure. */
#include "collector/poll_internal.h"

#include <stdlib.h>
#include <string.h>

#include "collector/field.h"

enum {
    PROBES_MAX = 256,
    IDENTIFICATIONS_MAX = 2,
};

const uint32_t poll_sys_object_id[] = {1, 3, 6, 1, 2, 1, 1, 2, 0};
const uint32_t poll_sys_uptime[] = {1, 3, 6, 1, 2, 1, 1, 3, 0};

enum err poll_new(const struct poll_options *options, struct poll **out)
{
    struct poll *p = calloc(1, sizeof *p);

    if (!p)
        return ERR_NOMEM;
    p->options = *options;
    adapt_init(&p->get_size, SNMP_ASK_MAX); /* the rooms of a request and its reply are reached first */
    adapt_init(&p->walk_size, WALK_REPLY_VARBINDS);
    p->is_identify_due = true;
    buf_init(&p->fresh, WALK_BYTES_MAX);
    *out = p;
    return ERR_OK;
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

static void forget_id(struct poll *p)
{
    pool_give(shared_pool(p->options.shared), p->sys_object_id, p->sys_object_id_len);
    p->sys_object_id = NULL;
    p->sys_object_id_len = 0;
}

void poll_free(struct poll *p)
{
    if (!p)
        return;
    end_work(p);
    poll_drop_frozen(p);
    poll_free_items(p);
    forget_id(p);
    free(p);
}

void poll_learned(const struct poll *p, uint32_t *get, uint32_t *walk)
{
    *get = adapt_learned(&p->get_size);
    *walk = adapt_learned(&p->walk_size);
}

void poll_recall(struct poll *p, uint32_t get, uint32_t walk)
{
    adapt_recall(&p->get_size, get);
    adapt_recall(&p->walk_size, walk);
}

void poll_slow_down(struct poll *p, ns_t table_age)
{
    p->table_age = table_age;
}

void poll_keep_wanted(struct poll *p, bool is_kept)
{
    p->keeps_wanted = is_kept;
}

bool poll_is_running(const struct poll *p)
{
    return p->state != IDLE;
}

void poll_abort(struct poll *p)
{
    if (p->state == FROZEN)
        poll_thaw(p);
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

/* ---- the end of a poll ---- */

void poll_complain(struct poll *p, const char *why, const struct read_item *item)
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

        if (!poll_planned(p, i)->is_list || poll_planned(p, i)->min_age)
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

enum poll_next poll_finish(struct poll *p)
{
    bool is_partial = false;

    for (size_t i = 0; i < p->item_count; i++) {
        struct item *it = &p->items[i];

        is_partial |= it->is_due && !it->is_done;
        if (it->broken) {
            p->summary.is_walk_broken = true;
            poll_complain(p, it->broken, poll_planned(p, i));
        }
    }
    p->summary.is_list_read = p->summary.is_answered && is_list_read(p);
    if (p->summary.is_answered) {
        is_partial |= p->summary.is_walk_broken;
        p->summary.outcome = !p->plan || !has_values(p) ? POLL_BROKEN : is_partial ? POLL_PARTIAL : POLL_OK;
        if (p->summary.outcome == POLL_BROKEN)
            poll_complain(p, "the agent answers, but has none of the objects asked for", NULL);
    }
    if (p->is_structure_open)
        poll_drop_empty_items(p);
    end_work(p);
    return POLL_FINISHED;
}

/* Are these varbinds of the very instances that the item has? */
static bool has_same_rows(const struct item *it, const struct buf *rows)
{
    return snmp_varbinds_answer(it->raw, it->len, rows->data, rows->len);
}

static void store_column(struct poll *p, size_t nth, ns_t now)
{
    size_t i = p->walking[nth];
    struct item *it = &p->items[i];
    const struct buf *rows;
    const char *why;
    uint32_t count;
    enum walk_state state = walk_column(p->walk, nth, &rows, &count, &why);
    size_t len = rows->len;

    if (state == WALK_RUNNING && it->endless < 2) {
        poll_store_part(p, i, rows->data, rows->len, now);
        return;
    }
    if (state == WALK_RUNNING) {
        state = WALK_BROKEN;
        why = "the table has no end that is reached within a poll, twice in a row";
    } else {
        it->endless = walk_is_endless(p->walk, nth) ? 2 : 0;
    }
    if (it->endless && count > ROWS_OF_ENDLESS)
        len = 0;
    if (!has_same_rows(it, rows)) {
        p->has_new_instances = true;
        p->has_other_rows |= it->is_known && poll_planned(p, i)->is_list;
    }
    it->broken = state == WALK_BROKEN ? why : NULL;
    poll_store(p, it, rows->data, len, now);
    it->is_known = true;
    it->is_walk_due = false;
}

static void store_walk(struct poll *p, ns_t now)
{
    for (size_t i = 0; i < walk_count(p->walk); i++)
        store_column(p, i, now);
    p->is_structure_open = true;
    walk_free(p->walk);
    p->walk = NULL;
}

enum poll_next poll_break_off(struct poll *p, ns_t now)
{
    if (p->state == FROZEN)
        poll_thaw(p);
    if (p->state == GET)
        poll_keep_get(p, now);
    if (p->state == WALK && p->walk)
        store_walk(p, now);
    return poll_finish(p);
}

enum poll_next poll_fail(struct poll *p, ns_t now, enum err result)
{
    if (result == ERR_DENIED) {
        p->summary.is_answered = true; /* it is there, so it is not down; but it tells nothing */
        poll_complain(p, "the agent answers with SNMPv3 reports alone", NULL);
    }
    if (!p->summary.is_answered)
        p->summary.outcome = result == ERR_UNREACHABLE ? POLL_REFUSED
                             : result == ERR_MALFORMED ? POLL_BROKEN
                                                       : POLL_TIMEOUT;
    if (result == ERR_MALFORMED)
        poll_complain(
            p, "what the agent sends is no answer to what was asked (not SNMP, another version or community)",
            NULL);
    else if (p->summary.is_answered && result != ERR_DENIED)
        poll_complain(p, "the agent stopped answering in the middle of a poll", NULL);
    return poll_break_off(p, now);
}

/* ---- IDENTIFY ---- */

static enum poll_next ask_identity(struct poll *p, struct poll_request *ask)
{
    const struct read_plan *probe = profile_set_probe(p->options.profiles);
    uint32_t most = p->is_careful && !p->summary.is_answered && p->get_size.size > 3 ? 3 : p->get_size.size;

    p->state = IDENTIFY;
    ask->type = SNMP_GET;
    ask->max_repetitions = 0;
    ask->count = ask->store_used = ask->names_len = 0;
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

enum poll_next poll_begin_identify(struct poll *p, ns_t now, struct poll_request *ask)
{
    if (++p->identifications > IDENTIFICATIONS_MAX) {
        poll_complain(p, "the agent's sysObjectID changes from request to request", NULL);
        return poll_finish(p);
    }
    varbind_set_free(p->probed);
    free(p->probe_is_absent);
    p->probed = varbind_set_new();
    p->probe_is_absent = calloc(PROBES_MAX, sizeof *p->probe_is_absent);
    if (!p->probed || !p->probe_is_absent)
        return poll_fail(p, now, ERR_NOMEM);
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

/* A GET that was answered by an error for the whole of it. */
void poll_refuse_get(struct poll *p, ns_t now, size_t asked, int64_t error)
{
    if (error == SNMP_TOO_BIG)
        adapt_refused(&p->get_size, now, (uint32_t)asked);
    else
        adapt_failed(&p->get_size, (uint32_t)asked);
}

/* id: NULL = the agent has none. Without memory the device is identified again at its next poll. */
static void remember_id(struct poll *p, const struct varbind *id)
{
    uint8_t raw[SNMP_RAW_OID_MAX];
    size_t len;

    forget_id(p);
    if (!id || id->type != SNMP_OID || snmp_oid_encode(id->value_oid, id->len, raw, &len))
        return;
    p->sys_object_id = pool_take(shared_pool(p->options.shared), len);
    if (!p->sys_object_id)
        return;
    memcpy(p->sys_object_id, raw, len);
    p->sys_object_id_len = len;
}

static enum poll_next choose_profile(struct poll *p, ns_t now, struct poll_request *ask)
{
    const struct device_profile *profile;
    enum err e;

    varbind_set_sort(p->probed);
    remember_id(p, varbind_set_find(p->probed, poll_sys_object_id, 9));
    e = profile_match(p->options.profiles, p->probed, p->options.profile, &profile);
    varbind_set_free(p->probed);
    p->probed = NULL;
    if (e) {
        poll_complain(p, "no profile fits", NULL);
        return poll_fail(p, now, e);
    }
    if (profile != p->profile) {
        poll_free_items(p);
        p->profile = profile;
        p->plan = p->options.is_survey ? device_profile_survey(profile) : device_profile_plan(profile);
        p->summary.is_new_kind = p->has_new_instances = true;
    }
    if (!poll_forget_items(p)) {
        poll_free_items(p);
        return poll_fail(p, now, ERR_NOMEM);
    }
    p->is_identify_due = false;
    p->is_narrow = false;
    p->rewalk_at = (p->rewalk_at ? now : now - POLL_REWALK / 2 + p->options.rewalk_offset) + POLL_REWALK;
    poll_choose_items(p, now);
    p->at = (struct cursor){0, 0};
    return poll_ask_get(p, now, ask);
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
        if (p->probe_count > 1 && p->get_size.size > 1) {
            poll_refuse_get(p, now, p->probe_count, reply->error_status);
            return ask_identity(p, ask);
        }
    } else if (poll_take(reply->varbinds, reply->varbinds_len, p->probed)) {
        return poll_fail(p, now, ERR_NOMEM);
    }
    p->probe_at += p->probe_count;
    for (; p->probe_at < probe->count && p->probe_at < PROBES_MAX; p->probe_at++) {
        if (!p->probe_is_absent[p->probe_at])
            return ask_identity(p, ask);
    }
    return choose_profile(p, now, ask);
}

/* ---- WALK ---- */

static bool begin_walk(struct poll *p)
{
    size_t count = 0;

    for (size_t i = 0; i < p->item_count && count < WALK_COLUMNS_MAX; i++) {
        if (!poll_is_for_walk(p, i))
            continue;
        if (!p->walk)
            p->walk = walk_new(p->options.version, &p->walk_size);
        if (!p->walk || walk_add(p->walk, poll_planned(p, i)->oid, poll_planned(p, i)->oid_len))
            continue;
        p->walking[count++] = (uint16_t)i;
    }
    return count > 0;
}

/* The time of the poll is over, and of the columns in hand some have not ended. */
static void count_endless(struct poll *p)
{
    for (size_t i = 0; i < walk_count(p->walk); i++) {
        struct item *it = &p->items[p->walking[i]];
        const struct buf *rows;
        const char *why;
        uint32_t count;

        if (walk_column(p->walk, i, &rows, &count, &why) == WALK_RUNNING && count && it->endless < 2)
            it->endless++;
    }
}

enum poll_next poll_ask_walk(struct poll *p, ns_t now, struct poll_request *ask)
{
    p->state = WALK;
    if (!p->walk_begun)
        p->walk_begun = now;
    for (;;) {
        if (!p->walk && !begin_walk(p))
            return poll_finish(p);
        if (now >= p->deadline || (!p->options.is_survey && now - p->walk_begun > POLL_WALK_LIMIT)) {
            poll_complain(p, "reading the tables takes too long", poll_planned(p, p->walking[0]));
            count_endless(p);
            return poll_break_off(p, now);
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
    if (!poll_open_items(p))
        return; /* in the next poll, then */
    p->has_other_rows = false;
    for (size_t i = 0; i < p->item_count; i++)
        p->items[i].is_walk_due |=
            !poll_planned(p, i)->is_scalar && p->items[i].is_known && p->items[i].endless < 2;
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
    p->stalls = 0;
    p->has_new_instances = p->is_asked_in_vain = p->is_wrap_due = false;
    p->is_careful = is_careful;
    p->has_hello = true;
    p->at = (struct cursor){0, 0};
    if (p->frozen && poll_frozen_begin(p, now))
        return poll_frozen_ask(p, now, ask);
    poll_thaw(p);
    if (p->is_identify_due || !p->plan || (now >= p->rewalk_at && !p->is_narrow)) {
        p->is_narrow = false;
        poll_expect_items(p, now);
        return poll_begin_identify(p, now, ask);
    }
    if (p->has_other_rows)
        walk_all(p);
    poll_choose_items(p, now);
    return poll_ask_get(p, now, ask);
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
    bool *marks;
    size_t count = 0;

    p->is_asked_in_vain |= p->state == FROZEN;
    poll_thaw(p);
    marks = p->plan ? calloc(p->plan->count ? p->plan->count : 1, sizeof *marks) : NULL;
    if (!marks || device_profile_mark(p->profile, rule, marks, &count))
        count = 0;
    if (count && rule->is_walked && p->state == IDLE && !poll_open_items(p))
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

static uint32_t asked(const struct poll *p)
{
    if (p->state == WALK)
        return walk_asked(p->walk);
    return (uint32_t)(p->state == IDENTIFY ? p->probe_count : p->batch + (p->has_hello ? 2 : 0));
}

static enum poll_next ask_again(struct poll *p, ns_t now, struct poll_request *ask)
{
    switch (p->state) {
    case IDENTIFY: return ask_identity(p, ask);
    case GET: return poll_ask_get(p, now, ask);
    case WALK: return poll_ask_walk(p, now, ask);
    case FROZEN:
    case IDLE: break;
    }
    return POLL_FINISHED;
}

/* An agent that answered in this poll: the request or its reply was lost, or is too large for the path. Asked
 * again, and once more with half of it; a walk goes on behind its last OID. One that did not answer yet is
 * missed; the next poll begins with a small request and finds out. */
static enum poll_next no_answer(struct poll *p, ns_t now, enum err result, struct poll_request *ask)
{
    bool is_lost = result == ERR_TIMEOUT || result == ERR_MALFORMED;
    bool is_late = now - p->begun > (p->deadline - p->begun) / 2; /* four tries can take long */

    p->is_asked_in_vain = false;
    if (p->state == FROZEN)
        poll_thaw(p);
    if (is_lost && p->summary.is_answered && p->stalls++)
        adapt_lost(p->state == WALK ? &p->walk_size : &p->get_size, asked(p));
    else if (is_lost && !p->summary.is_answered && !p->is_careful)
        adapt_suspect(&p->get_size, asked(p));
    if (!p->summary.is_answered || !is_lost || p->stalls > STALLS_MAX || is_late)
        return poll_fail(p, now, result);
    return ask_again(p, now, ask);
}

enum poll_next poll_step(struct poll *p, ns_t now, enum err result, const struct snmp_message *reply,
                         struct poll_request *ask)
{
    if (p->state == IDLE)
        return POLL_FINISHED;
    if (result != ERR_OK)
        return no_answer(p, now, result, ask);
    p->summary.is_answered = true;
    p->stalls = 0;
    if (p->is_asked_in_vain) {
        p->is_asked_in_vain = false;
        return ask_again(p, now, ask);
    }
    switch (p->state) {
    case IDENTIFY: return identify_step(p, now, reply, ask);
    case GET: return poll_get_step(p, now, reply, ask);
    case WALK: walk_take(p->walk, now, reply); return poll_ask_walk(p, now, ask);
    case FROZEN: return poll_frozen_step(p, now, reply, ask);
    case IDLE: break;
    }
    return POLL_FINISHED;
}
