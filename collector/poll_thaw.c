/* SPDX-License-Identifier: GPL-3.0-or-later */
/* poll_thaw.c - of a frozen device the items that it would have if it never had been frozen: what the poll
 * under way took stays taken, the rest is asked for in the general way. Pure. */
#include <stdlib.h>

#include "collector/ber.h"
#include "collector/poll_internal.h"

enum { NAME_ROOM = SNMP_RAW_OID_MAX + 16 };

static void put_value(struct ber_out *b, uint32_t type, union poll_value value)
{
    const uint8_t *end = b->at;
    uint64_t v = value.number;
    bool is_negative = type == SNMP_INTEGER && v >> 63, is_done = false;

    if (!image_is_number(type)) {
        ber_put(b, value.bytes->bytes, value.bytes->len);
        ber_put_header(b, (uint8_t)type, end);
        return;
    }
    while (!is_done) {
        uint8_t octet = (uint8_t)v;

        v = v >> 8 | (is_negative ? UINT64_C(0xff) << 56 : 0);
        ber_put_u8(b, octet);
        is_done = is_negative ? v == UINT64_MAX && octet & 0x80 : v == 0 && !(octet & 0x80);
    }
    ber_put_header(b, (uint8_t)type, end);
}

/* The varbind as it came, or as it would have come from an agent that pads no numbers. */
static void put_varbind(struct buf *out, struct snmp_raw_oid oid, uint32_t type, union poll_value value)
{
    uint8_t bytes[NAME_ROOM + WALK_VALUE_MAX];
    const uint8_t *end, *oid_end;
    struct ber_out b;

    ber_out_init(&b, bytes, sizeof bytes);
    end = b.at;
    put_value(&b, type, value);
    oid_end = b.at;
    ber_put(&b, oid.bytes, oid.len);
    ber_put_header(&b, TAG_OID, oid_end);
    ber_put_header(&b, TAG_SEQUENCE, end);
    if (b.is_full)
        out->error = ERR_LIMIT;
    buf_put(out, b.at, (size_t)(end - b.at));
}

/* Appends to each item's buffer what a packet has of it. */
static void rebuild_packet(const struct frozen *f, const struct image_packet *packet, struct buf *raws)
{
    const struct image *m = frozen_image(f);
    const struct image_run *run = image_runs(m) + packet->run_at;
    struct snmp_raw_varbind name;
    struct wire w;

    wire_init(&w, image_names(m) + packet->names_at, packet->names_len);
    for (size_t i = 0; packet->has_hello && i < 2 && snmp_varbind_again(&w, &name); i++) {
        uint16_t item = m->hello_item[i];
        uint32_t first = item == IMAGE_NO_ITEM ? 0 : image_items(m)[item].first;

        if (item != IMAGE_NO_ITEM)
            put_varbind(&raws[item], name.oid, image_types(m)[first], f->values[first]);
    }
    for (size_t r = 0; r < packet->run_count; r++, run++)
        for (uint32_t i = run->first; i < run->first + run->count && snmp_varbind_again(&w, &name); i++)
            put_varbind(&raws[run->item], name.oid, run->type, f->values[i]);
}

static void rebuild_item(const struct poll *p, size_t i, struct buf *raw, struct item *it)
{
    const struct frozen *f = p->frozen;
    const struct image_item *from = &image_items(frozen_image(f))[i];

    it->len = it->cap = (uint32_t)raw->len;
    it->raw = (uint8_t *)buf_take(raw);
    it->read_at = f->read_at[i];
    it->is_known = true;
    it->is_due = f->due >> from->group & 1;
    it->has_changed = frozen_has_changed(f, i);
    for (size_t k = 0; k < 2; k++)
        it->is_hello |= frozen_image(f)->hello_item[k] == i;
}

/* The place of a varbind of this item. */
static struct cursor behind_row(const struct poll *p, size_t item, uint32_t varbind)
{
    struct cursor c = {item, 0};
    struct snmp_raw_varbind vb;
    struct wire w;

    wire_init(&w, p->items[item].raw, p->items[item].len);
    for (uint32_t i = image_items(frozen_image(p->frozen))[item].first;
         i < varbind && snmp_varbind_again(&w, &vb); i++)
        c.offset += vb.tlv_len;
    return c;
}

/* What of the poll under way was read: whole items, and of one its first rows, behind which it goes on. */
static void mark_read(struct poll *p, const struct frozen *f)
{
    const struct image *m = frozen_image(f);
    const struct image_run *last = NULL;
    uint32_t rows = 0;

    for (uint16_t k = 0; k <= f->packet && k < m->packet_count; k++) {
        const struct image_packet *packet = &image_packets(m)[k];
        const struct image_run *run = image_runs(m) + packet->run_at;
        uint16_t runs = k < f->packet ? packet->run_count : f->run;
        bool is_due = false;

        for (size_t g = 0; g < m->group_count; g++)
            is_due |= f->due >> g & 1 && k >= image_groups(m)[g].packet_at &&
                      k < image_groups(m)[g].packet_at + image_groups(m)[g].packet_count;
        if (!is_due)
            continue;
        for (size_t i = 0; packet->has_hello && !p->has_hello && i < 2; i++)
            if (m->hello_item[i] != IMAGE_NO_ITEM)
                p->items[m->hello_item[i]].is_done = true;
        for (uint16_t r = 0; r < runs; r++) {
            p->items[run[r].item].is_done |= run[r].ends_item;
            last = run[r].ends_item ? NULL : &run[r];
            rows = run[r].count;
        }
        if (k == f->packet && f->row) {
            last = &run[f->run];
            rows = f->row;
        }
    }
    if (last)
        p->at = behind_row(p, last->item, last->first + rows);
}

/* Without memory nothing is known of the device any more; it is recognised anew. */
static bool rebuild(struct poll *p)
{
    const struct frozen *f = p->frozen;
    const struct image *m = frozen_image(f);
    struct buf *raws = calloc(m->item_count, sizeof *raws);
    bool is_whole = raws != NULL;

    p->items = calloc(m->item_count + 1u, sizeof *p->items);
    p->places = calloc(m->item_count + 1u, sizeof *p->places);
    is_whole &= p->items && p->places;
    for (uint16_t k = 0; is_whole && k < m->packet_count; k++)
        rebuild_packet(f, &image_packets(m)[k], raws);
    for (size_t i = 0; is_whole && i < m->item_count; i++) {
        is_whole = !buf_error(&raws[i]);
        p->places[i] = image_items(m)[i].place;
        p->item_count = i + 1;
        if (is_whole)
            rebuild_item(p, i, &raws[i], &p->items[i]);
        p->kept += p->items[i].len;
    }
    for (size_t i = 0; raws && i < m->item_count; i++)
        buf_fini(&raws[i]);
    free(raws);
    return is_whole;
}

void poll_thaw(struct poll *p)
{
    struct frozen *f = p->frozen;

    if (!f)
        return;
    p->at = (struct cursor){0, 0};
    if (rebuild(p)) {
        mark_read(p, f);
    } else {
        poll_free_items(p);
        p->is_identify_due = true;
    }
    if (p->state == FROZEN) {
        const struct image *m = frozen_image(f);

        p->state = GET;
        p->is_wrap_due = true;
        p->batch = f->packet < m->packet_count ? image_packets(m)[f->packet].count : 0u;
        p->batch -= p->has_hello && p->batch >= 2 ? 2 : 0;
    }
    poll_drop_frozen(p);
}
