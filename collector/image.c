/* SPDX-License-Identifier: GPL-3.0-or-later */
/* image.c - packs what a device answered into packets for its next polls. */
#include "collector/image.h"

#include <string.h>

#include "collector/ber.h"
#include "lib/base/buf.h"

enum {
    HEAD_BYTES = 60, /* around the varbinds of a message */
    NAME_BYTES = 8,  /* around an OID in a request */
    VARBINDS_MAX = 1 << 20,
};

/* The parts, before they are put together. */
struct draft {
    struct buf names, types, items, group_items, runs, packets, groups;
    struct image head;
    ns_t ages[IMAGE_GROUPS_MAX];
    const struct image_source *sources;
    const struct image_limits *limits;
    /* the packet in hand */
    struct image_packet packet;
    size_t request_bytes, reply_bytes;
    uint32_t run_count;
    struct image_run run; /* in hand; count 0 = none */
};

bool image_is_number(uint32_t type)
{
    return type == SNMP_INTEGER || type == SNMP_COUNTER32 || type == SNMP_GAUGE32 || type == SNMP_TIMETICKS ||
           type == SNMP_COUNTER64;
}

uint64_t image_number(const struct snmp_raw_varbind *vb)
{
    return vb->type == SNMP_INTEGER ? (uint64_t)ber_signed(vb->value, vb->value_len)
                                    : snmp_varbind_unsigned(vb);
}

/* ---- items and their groups ---- */

static bool find_group(struct draft *d, ns_t min_age, uint16_t *out)
{
    for (*out = 0; *out < d->head.group_count; ++*out) {
        if (d->ages[*out] == min_age)
            return true;
    }
    if (d->head.group_count == IMAGE_GROUPS_MAX)
        return false;
    d->ages[d->head.group_count++] = min_age;
    return true;
}

static bool add_items(struct draft *d, size_t count)
{
    d->head.group_count = 1; /* what is read in every poll */
    d->head.hello_item[0] = d->head.hello_item[1] = IMAGE_NO_ITEM;
    for (size_t i = 0; i < count; i++) {
        const struct image_source *from = &d->sources[i];
        struct image_item item = {.first = d->head.varbind_count, .place = from->place};
        struct snmp_raw_varbind vb;
        struct wire w;

        if (!find_group(d, from->is_hello ? 0 : from->min_age, &item.group))
            return false;
        wire_init(&w, from->varbinds, from->len);
        for (; snmp_varbind_again(&w, &vb); item.count++) {
            buf_u8(&d->types, (uint8_t)vb.type);
            if (from->is_hello)
                d->head.hello_item[vb.type == SNMP_TIMETICKS] = (uint16_t)i;
        }
        d->head.varbind_count += item.count;
        buf_put(&d->items, &item, sizeof item);
        if (!item.count || (from->is_hello && item.count != 1) || d->head.varbind_count > VARBINDS_MAX)
            return false;
    }
    d->head.item_count = (uint16_t)count;
    return true;
}

/* ---- packets ---- */

static void end_run(struct draft *d, bool ends_item)
{
    if (!d->run.count)
        return;
    d->run.ends_item = ends_item;
    buf_put(&d->runs, &d->run, sizeof d->run);
    d->run_count++;
    d->packet.run_count++;
    d->run.count = 0;
}

static void put_name(struct draft *d, struct snmp_raw_oid oid)
{
    uint8_t bytes[SNMP_RAW_OID_MAX + 16];
    const uint8_t *end, *name_end;
    struct ber_out b;

    ber_out_init(&b, bytes, sizeof bytes);
    end = b.at;
    ber_put_u8(&b, 0);
    ber_put_u8(&b, TAG_NULL);
    name_end = b.at;
    ber_put(&b, oid.bytes, oid.len);
    ber_put_header(&b, TAG_OID, name_end);
    ber_put_header(&b, TAG_SEQUENCE, end);
    buf_put(&d->names, b.at, (size_t)(end - b.at));
    d->packet.count++;
    if (d->packet.count > d->head.most)
        d->head.most = d->packet.count;
}

static void begin_packet(struct draft *d)
{
    d->packet = (struct image_packet){.names_at = (uint32_t)d->names.len, .run_at = d->run_count};
    d->request_bytes = d->reply_bytes = HEAD_BYTES;
}

static void end_packet(struct draft *d)
{
    end_run(d, false);
    d->packet.names_len = (uint32_t)d->names.len - d->packet.names_at;
    if (d->packet.count) {
        buf_put(&d->packets, &d->packet, sizeof d->packet);
        d->head.packet_count++;
    }
    begin_packet(d);
}

static void put_varbind(struct draft *d, uint32_t number, size_t item, const struct snmp_raw_varbind *vb)
{
    size_t expected = vb->tlv_len + d->limits->growth, name = vb->oid.len + NAME_BYTES;

    if (d->packet.count &&
        (d->packet.count >= d->limits->most ||
         (d->packet.run_count + d->run.count && (d->reply_bytes + expected > d->limits->reply_room ||
                                                 d->request_bytes + name > d->limits->request_room))))
        end_packet(d);
    if (d->run.count && d->run.type != vb->type)
        end_run(d, false);
    if (!d->run.count)
        d->run = (struct image_run){.first = number,
                                    .item = (uint16_t)item,
                                    .type = (uint8_t)vb->type,
                                    .is_number = image_is_number(vb->type)};
    put_name(d, vb->oid);
    d->run.count++;
    d->reply_bytes += expected;
    d->request_bytes += name;
}

static void add_packets(struct draft *d, uint16_t g)
{
    const struct image_item *items = (const void *)d->items.data;
    struct image_group group = {.min_age = d->ages[g],
                                .packet_at = d->head.packet_count,
                                .item_at = (uint16_t)(d->group_items.len / sizeof group.item_at)};

    begin_packet(d);
    for (size_t i = 0; g == 0 && i < 2; i++)
        put_name(d, d->limits->hello[i]);
    d->packet.has_hello = g == 0;
    for (size_t i = 0; i < d->head.item_count; i++) {
        uint32_t number = items[i].first;
        uint16_t place = (uint16_t)i;
        struct snmp_raw_varbind vb;
        struct wire w;

        if (items[i].group != g)
            continue;
        buf_put(&d->group_items, &place, sizeof place);
        group.item_count++;
        wire_init(&w, d->sources[i].varbinds, d->sources[i].len);
        while (!d->sources[i].is_hello && snmp_varbind_again(&w, &vb))
            put_varbind(d, number++, i, &vb);
        end_run(d, true);
    }
    end_packet(d);
    group.packet_count = (uint16_t)(d->head.packet_count - group.packet_at);
    buf_put(&d->groups, &group, sizeof group);
}

/* ---- the whole ---- */

static uint32_t put_part(struct buf *out, const struct buf *part)
{
    static const uint8_t padding[8];
    uint32_t at;

    buf_put(out, padding, -out->len & 7);
    at = (uint32_t)out->len;
    buf_put(out, part->data, part->len);
    return at;
}

static const struct shared *put_together(struct draft *d, struct shared_book *b)
{
    const struct shared *made = NULL;
    struct buf out = BUF_INIT;

    buf_put(&out, &d->head, sizeof d->head);
    d->head.groups_at = put_part(&out, &d->groups);
    d->head.packets_at = put_part(&out, &d->packets);
    d->head.runs_at = put_part(&out, &d->runs);
    d->head.items_at = put_part(&out, &d->items);
    d->head.group_items_at = put_part(&out, &d->group_items);
    d->head.types_at = put_part(&out, &d->types);
    d->head.names_at = put_part(&out, &d->names);
    if (!buf_error(&out)) {
        memcpy(out.data, &d->head, sizeof d->head);
        made = shared_take(b, out.data, out.len);
    }
    buf_fini(&out);
    return made;
}

const struct shared *image_make(struct shared_book *b, const void *plan, const struct image_source *sources,
                                size_t count, const struct image_limits *limits)
{
    struct draft d = {.sources = sources, .limits = limits};
    struct buf *parts[] = {&d.names, &d.types, &d.items, &d.group_items, &d.runs, &d.packets, &d.groups};
    const struct shared *made = NULL;
    bool is_good = count && count < IMAGE_NO_ITEM && limits->most >= 3;

    d.head.plan = plan;
    if (is_good && add_items(&d, count)) {
        for (uint16_t g = 0; g < d.head.group_count; g++)
            add_packets(&d, g);
        for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
            is_good &= !buf_error(parts[i]);
        if (is_good)
            made = put_together(&d, b);
    }
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        buf_fini(parts[i]);
    return made;
}
