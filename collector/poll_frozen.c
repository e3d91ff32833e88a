/* SPDX-License-Identifier: GPL-3.0-or-later */
/* poll_frozen.c - polls of devices of which only values change: the same packets each time, and one pass over
 * their replies. Whatever else comes thaws the device (poll_thaw.c). Pure. */
#include <stdlib.h>
#include <string.h>

#include "collector/poll_internal.h"

static size_t words_of(const struct image *m)
{
    return (m->item_count + 63u) / 64;
}

bool poll_is_frozen(const struct poll *p)
{
    return p->frozen != NULL;
}

struct shared_book *poll_shared(const struct poll *p)
{
    return p->options.shared;
}

/* ---- freezing ---- */

static size_t size_of(const struct image *m)
{
    const struct frozen *f = NULL;

    return sizeof *f + m->varbind_count * sizeof *f->values + m->item_count * sizeof *f->read_at +
           words_of(m) * sizeof *f->changed;
}

static void drop(struct shared_book *b, struct frozen *f)
{
    const struct shared *image;
    const struct image *m;

    if (!f)
        return;
    image = f->image;
    m = frozen_image(f);
    for (uint32_t i = 0; i < m->varbind_count; i++) {
        if (!image_is_number(image_types(m)[i]))
            shared_drop(b, f->values[i].bytes);
    }
    pool_give(shared_pool(b), f, size_of(m));
    shared_drop(b, image);
}

void poll_drop_frozen(struct poll *p)
{
    drop(p->options.shared, p->frozen);
    p->frozen = NULL;
}

/* Does it have values, which nothing but the next poll will change? */
static bool is_calm(const struct poll *p, size_t i)
{
    const struct item *it = &p->items[i];
    bool is_known = poll_planned(p, i)->is_scalar || (it->is_known && !it->is_walk_due);

    return it->len && is_known && !poll_planned(p, i)->is_list && !it->is_wanted && !it->is_walk_wanted &&
           !it->broken && !it->endless && !it->is_too_old && it->read_at;
}

/* What it can be asked for at a time is as much as it ever will be, for now. */
static bool is_grown(const struct adapt *a)
{
    return a->size == a->most || (a->refused && a->size + 1 >= a->refused);
}

static bool can_freeze(const struct poll *p)
{
    if (p->frozen || !p->options.shared || p->options.is_survey || p->state != IDLE || !p->plan ||
        p->summary.outcome != POLL_OK || !p->summary.uptime_ms || !p->sys_object_id || p->is_structure_open ||
        p->has_other_rows || p->is_identify_due || p->part_count || !is_grown(&p->get_size))
        return false;
    for (size_t i = 0; i < p->item_count; i++) {
        if (!is_calm(p, i))
            return false;
    }
    return true;
}

static const struct shared *make_image(const struct poll *p)
{
    uint8_t names[2][SNMP_RAW_OID_MAX];
    struct image_limits limits = {.most = p->get_size.size,
                                  .request_room = REQUEST_ROOM,
                                  .reply_room = REPLY_ROOM,
                                  .growth = VALUE_GROWTH,
                                  .hello = {{names[0], 0}, {names[1], 0}}};
    struct image_source *sources = calloc(p->item_count + 1, sizeof *sources);
    const struct shared *made = NULL;

    if (!sources)
        return NULL;
    for (size_t i = 0; i < p->item_count; i++)
        sources[i] = (struct image_source){.varbinds = p->items[i].raw,
                                           .len = p->items[i].len,
                                           .min_age = poll_planned(p, i)->min_age,
                                           .place = p->places[i],
                                           .is_hello = p->items[i].is_hello};
    if (!snmp_oid_encode(poll_sys_object_id, 9, names[0], &limits.hello[0].len) &&
        !snmp_oid_encode(poll_sys_uptime, 9, names[1], &limits.hello[1].len))
        made = image_make(p->options.shared, p->plan, sources, p->item_count, &limits);
    free(sources);
    return made;
}

static bool take_values(struct shared_book *b, struct frozen *f, const struct poll *p)
{
    union poll_value *value = f->values;
    bool is_whole = true;

    for (size_t i = 0; i < p->item_count; i++) {
        struct snmp_raw_varbind vb;
        struct wire w;

        f->read_at[i] = p->items[i].read_at;
        wire_init(&w, p->items[i].raw, p->items[i].len);
        for (; snmp_varbind_again(&w, &vb); value++) {
            if (image_is_number(vb.type))
                value->number = image_number(&vb);
            else
                is_whole &= (value->bytes = shared_take(b, vb.value, vb.value_len)) != NULL;
        }
    }
    return is_whole;
}

void poll_freeze(struct poll *p)
{
    const struct device_profile *profile = p->profile;
    const struct read_plan *plan = p->plan;
    const struct shared *made = can_freeze(p) ? make_image(p) : NULL;
    const struct image *m;
    struct frozen *f;

    if (!made)
        return;
    m = (const void *)made->bytes;
    f = pool_take(shared_pool(p->options.shared), size_of(m));
    if (!f) {
        shared_drop(p->options.shared, made);
        return;
    }
    *f = (struct frozen){.image = made, .packet = m->packet_count};
    f->read_at = (void *)(f->values + m->varbind_count);
    f->changed = (void *)(f->read_at + m->item_count);
    memset(f->values, 0, m->varbind_count * sizeof *f->values);
    memset(f->changed, 0, words_of(m) * sizeof *f->changed);
    if (!take_values(p->options.shared, f, p)) {
        drop(p->options.shared, f);
        return;
    }
    poll_free_items(p);
    p->profile = profile;
    p->plan = plan;
    p->frozen = f;
}

/* ---- a poll ---- */

static bool is_group_due(const struct frozen *f, const struct image_group *group, ns_t now)
{
    const uint16_t *items = image_group_items(frozen_image(f)) + group->item_at;

    if (!group->min_age)
        return true;
    for (size_t i = 0; i < group->item_count; i++) {
        if (now - f->read_at[items[i]] >= group->min_age - group->min_age / 10)
            return true;
    }
    return false;
}

bool poll_frozen_begin(struct poll *p, ns_t now)
{
    struct frozen *f = p->frozen;
    const struct image *m = frozen_image(f);

    if (p->is_careful || p->is_narrow || p->is_identify_due || now >= p->rewalk_at || p->has_other_rows ||
        p->table_age || p->get_size.size < m->most)
        return false;
    f->due = 0;
    for (size_t g = 0; g < m->group_count; g++)
        f->due |= (uint8_t)(is_group_due(f, &image_groups(m)[g], now) << g);
    memset(f->changed, 0, words_of(m) * sizeof *f->changed);
    f->packet = f->run = f->row = 0;
    return true;
}

/* The next packet of a group that is due. */
static bool find_packet(struct frozen *f)
{
    const struct image *m = frozen_image(f);

    for (size_t g = 0; g < m->group_count; g++) {
        const struct image_group *group = &image_groups(m)[g];

        if (f->packet >= group->packet_at + group->packet_count)
            continue;
        if (f->due >> g & 1)
            return true;
        f->packet = (uint16_t)(group->packet_at + group->packet_count);
    }
    return false;
}

static enum poll_next finish(struct poll *p)
{
    p->state = IDLE;
    p->summary.outcome = POLL_OK;
    return POLL_FINISHED;
}

enum poll_next poll_frozen_ask(struct poll *p, ns_t now, struct poll_request *ask)
{
    const struct image *m = frozen_image(p->frozen);
    const struct image_packet *packet;

    p->state = FROZEN;
    if (now >= p->deadline) {
        poll_complain(p, "the poll takes longer than its time", NULL);
        return poll_break_off(p, now);
    }
    if (!find_packet(p->frozen))
        return finish(p);
    packet = &image_packets(m)[p->frozen->packet];
    ask->type = SNMP_GET;
    ask->max_repetitions = 0;
    ask->store_used = 0;
    ask->count = packet->count;
    ask->names = image_names(m) + packet->names_at;
    ask->names_len = packet->names_len;
    p->summary.requests++;
    return POLL_ASK;
}

/* ---- taking a reply ---- */

static void mark_changed(struct frozen *f, size_t item)
{
    f->changed[item / 64] |= UINT64_C(1) << item % 64;
}

static bool take_bytes(const struct poll *p, union poll_value *value, const struct snmp_raw_varbind *vb,
                       bool *is_other)
{
    const struct shared *bytes;

    if (vb->value_len == value->bytes->len &&
        (!vb->value_len || memcmp(vb->value, value->bytes->bytes, vb->value_len) == 0))
        return true;
    bytes = vb->value_len <= WALK_VALUE_MAX ? shared_take(p->options.shared, vb->value, vb->value_len) : NULL;
    if (!bytes)
        return false;
    shared_drop(p->options.shared, value->bytes);
    value->bytes = bytes;
    *is_other = true;
    return true;
}

/* As image_number(), of a value that ends here and has 1 to 9 octets, in a varbind whose lengths take one
 * octet each: eight octets in front of its end lie within it. */
static inline uint64_t number_before(const uint8_t *end, size_t len, bool is_signed)
{
    unsigned unused = len < sizeof(uint64_t) ? 64 - 8 * (unsigned)len : 0;
    uint64_t v;

    memcpy(&v, end - sizeof v, sizeof v);
    v = be64toh(v) << unused;
    return is_signed ? (uint64_t)((int64_t)v >> unused) : v >> unused;
}

/* The usual rows of a run of numbers; how many. */
static uint16_t take_numbers(const struct image_run *run, union poll_value *value, struct wire *w,
                             uint64_t *difference)
{
    const uint8_t *at = w->data + w->pos, *end = w->data + w->len;
    bool is_signed = run->type == SNMP_INTEGER;
    uint16_t row = 0;

    for (; row < run->count && end - at >= 8 && !((at[1] | at[3]) & 0x80); row++, value++) {
        size_t oid_len = at[3], len = 2u + at[1], value_len = len - oid_len - 6;
        uint64_t number;

        if ((size_t)(end - at) < len || oid_len + 7 > len || at[4 + oid_len] != run->type ||
            at[5 + oid_len] != value_len || value_len > 9)
            break;
        at += len;
        number = number_before(at, value_len, is_signed);
        *difference |= number ^ value->number;
        value->number = number;
    }
    w->pos = (size_t)(at - w->data);
    return row;
}

/* False: something else than a value of its type came for row f->row. */
static bool take_run(struct poll *p, const struct image_run *run, struct wire *w)
{
    struct frozen *f = p->frozen;
    union poll_value *values = f->values + run->first;
    struct snmp_raw_varbind vb;
    uint64_t difference = 0;
    bool is_other = false;
    uint16_t row = run->is_number ? take_numbers(run, values, w, &difference) : 0;

    for (; row < run->count; row++) {
        if (!snmp_varbind_again(w, &vb) || vb.type != run->type)
            break;
        if (run->is_number) {
            uint64_t number = image_number(&vb);

            difference |= number ^ values[row].number;
            values[row].number = number;
        } else if (!take_bytes(p, &values[row], &vb, &is_other)) {
            break;
        }
    }
    if (difference || is_other)
        mark_changed(f, run->item);
    f->row = row < run->count ? row : 0;
    return row == run->count;
}

/* False: another device, or one that has restarted. */
static bool take_hello(struct poll *p, ns_t now, const struct snmp_message *reply, struct wire *w)
{
    struct frozen *f = p->frozen;
    const struct image *m = frozen_image(f);
    struct snmp_raw_varbind id, uptime;
    uint16_t item = m->hello_item[1];
    const struct rate_engine engine = {reply->engine_boots, reply->engine_time};

    if (!snmp_varbind_again(w, &id) || !snmp_varbind_again(w, &uptime) || id.type != SNMP_OID ||
        uptime.type != SNMP_TIMETICKS || id.value_len != p->sys_object_id_len ||
        memcmp(id.value, p->sys_object_id, id.value_len) != 0 || image_number(&uptime) * 10 < p->uptime_ms ||
        rate_is_new_boot(&p->engine, &engine))
        return false;
    p->has_hello = false;
    poll_take_engine(p, now, reply);
    poll_take_uptime(p, now, &uptime);
    if (m->hello_item[0] != IMAGE_NO_ITEM)
        f->read_at[m->hello_item[0]] = now;
    if (item != IMAGE_NO_ITEM) {
        union poll_value *value = &f->values[image_items(m)[item].first];

        f->read_at[item] = now;
        if (value->number != image_number(&uptime))
            mark_changed(f, item);
        value->number = image_number(&uptime);
    }
    return true;
}

static bool take_packet(struct poll *p, ns_t now, const struct image_packet *packet,
                        const struct snmp_message *reply)
{
    struct frozen *f = p->frozen;
    const struct image_run *run = image_runs(frozen_image(f)) + packet->run_at;
    struct wire w;

    wire_init(&w, reply->varbinds, reply->varbinds_len);
    if (reply->error_status != SNMP_NO_ERROR || (packet->has_hello && !take_hello(p, now, reply, &w)))
        return false;
    for (f->run = 0; f->run < packet->run_count; f->run++, run++) {
        if (!take_run(p, run, &w))
            return false;
        if (run->ends_item)
            f->read_at[run->item] = now;
    }
    f->packet++;
    f->run = 0;
    return true;
}

enum poll_next poll_frozen_step(struct poll *p, ns_t now, const struct snmp_message *reply,
                                struct poll_request *ask)
{
    const struct image_packet *packet = &image_packets(frozen_image(p->frozen))[p->frozen->packet];

    if (take_packet(p, now, packet, reply)) {
        adapt_answered(&p->get_size, now, packet->count);
        return poll_frozen_ask(p, now, ask);
    }
    poll_thaw(p);
    return p->plan ? poll_ask_get(p, now, ask) : poll_fail(p, now, ERR_NOMEM);
}

/* ---- what is known ---- */

struct poll_item poll_frozen_item(const struct poll *p, size_t place)
{
    const struct frozen *f = p->frozen;
    const struct image *m = frozen_image(f);
    const struct image_item *items = image_items(m);
    size_t lo = 0, hi = m->item_count;

    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;

        if (items[mid].place < place)
            lo = mid + 1;
        else
            hi = mid;
    }
    if (lo == m->item_count || items[lo].place != place)
        return (struct poll_item){0};
    return (struct poll_item){.read_at = f->read_at[lo],
                              .is_read = f->due >> items[lo].group & 1,
                              .has_changed = frozen_has_changed(f, lo),
                              .values = f->values + items[lo].first,
                              .types = image_types(m) + items[lo].first,
                              .count = items[lo].count};
}
