/* SPDX-License-Identifier: GPL-3.0-or-later */
/* snmp_client_slots.c - the slots of requests: free list, queue, hash by address and port, heap of time-outs.
 */
#include <stdlib.h>
#include <string.h>

#include "collector/snmp_client_internal.h"

enum {
    SLOTS_START = 64,
    BUCKETS_START = 256,
    SLOTS_WARM = 1024 /* keep the memory of their requests; the others are for the start, or a storm */
};

/* ---- the heap of due times ---- */

static void heap_place(struct snmp_client *c, uint32_t at, uint32_t slot)
{
    c->heap[at] = slot;
    c->slots[slot].heap_at = at;
}

static void heap_up(struct snmp_client *c, uint32_t at)
{
    uint32_t slot = c->heap[at];

    for (; at > 1 && c->slots[c->heap[at / 2]].due > c->slots[slot].due; at /= 2)
        heap_place(c, at, c->heap[at / 2]);
    heap_place(c, at, slot);
}

static void heap_down(struct snmp_client *c, uint32_t at)
{
    uint32_t slot = c->heap[at], child;

    for (; (child = 2 * at) <= c->heap_count; at = child) {
        if (child < c->heap_count && c->slots[c->heap[child + 1]].due < c->slots[c->heap[child]].due)
            child++;
        if (c->slots[c->heap[child]].due >= c->slots[slot].due)
            break;
        heap_place(c, at, c->heap[child]);
    }
    heap_place(c, at, slot);
}

void client_heap_remove(struct snmp_client *c, uint32_t slot)
{
    uint32_t at = c->slots[slot].heap_at, last;

    if (!at)
        return;
    c->slots[slot].heap_at = 0;
    last = c->heap[c->heap_count--];
    if (last == slot)
        return;
    heap_place(c, at, last);
    heap_up(c, at);
    heap_down(c, c->slots[last].heap_at);
}

void client_heap_add(struct snmp_client *c, uint32_t slot)
{
    heap_place(c, ++c->heap_count, slot);
    heap_up(c, c->heap_count);
}

/* ---- finding a slot by address and port ---- */

bool client_is_same_address(const struct snmp_address *a, const struct snmp_address *b)
{
    return a->port_be == b->port_be && a->is_v6 == b->is_v6 && memcmp(a->ip, b->ip, sizeof a->ip) == 0 &&
           (!a->scope || !b->scope || a->scope == b->scope);
}

uint32_t client_hash_address(const struct snmp_address *a)
{
    uint64_t words[2], h;

    memcpy(words, a->ip, sizeof words);
    h = (words[0] ^ words[1] * 0x9e3779b97f4a7c15u ^ a->port_be) * 0xbf58476d1ce4e5b9u;
    return (uint32_t)(h >> 32 ^ h >> 51);
}

uint32_t *client_bucket(const struct snmp_client *c, const struct snmp_address *a)
{
    return &c->buckets[client_hash_address(a) & (c->bucket_count - 1)];
}

void client_chain_add(struct snmp_client *c, uint32_t slot)
{
    uint32_t *head = client_bucket(c, &c->slots[slot].peer->address);

    c->slots[slot].next = *head;
    *head = slot;
}

static void chain_remove(struct snmp_client *c, uint32_t slot)
{
    uint32_t *at = client_bucket(c, &c->slots[slot].peer->address);

    while (*at && *at != slot)
        at = &c->slots[*at].next;
    if (*at)
        *at = c->slots[slot].next;
    c->slots[slot].next = NO_SLOT;
}

/* ---- slots ---- */

static bool grow_buckets(struct snmp_client *c, uint32_t count)
{
    uint32_t *buckets = calloc(count, sizeof *buckets);

    if (!buckets)
        return false;
    free(c->buckets);
    c->buckets = buckets;
    c->bucket_count = count;
    for (uint32_t i = 1; i < c->slot_count; i++) {
        if (c->slots[i].state == SLOT_FIRST_WAIT || c->slots[i].state == SLOT_WAITING)
            client_chain_add(c, i);
    }
    return true;
}

bool client_grow_slots(struct snmp_client *c)
{
    uint32_t old = c->slot_count, count = old ? old * 2 : SLOTS_START;
    struct slot *slots = realloc(c->slots, count * sizeof *slots);
    uint32_t *heap;

    if (!slots)
        return false;
    c->slots = slots;
    heap = realloc(c->heap, (count + 1) * sizeof *heap);
    if (!heap)
        return false;
    c->heap = heap;
    memset(slots + old, 0, (count - old) * sizeof *slots);
    for (uint32_t i = count; i-- > (old ? old : 1);) {
        slots[i].next = c->free_head;
        c->free_head = i;
    }
    c->slot_count = count;
    if (count > c->bucket_count)
        return grow_buckets(c, c->bucket_count ? c->bucket_count * 2 : BUCKETS_START);
    return true;
}

uint32_t client_slot_take(struct snmp_client *c)
{
    uint32_t slot;

    if (!c->free_head && !client_grow_slots(c))
        return NO_SLOT;
    slot = c->free_head;
    c->free_head = c->slots[slot].next;
    c->slots[slot].next = NO_SLOT;
    return slot;
}

/* ---- waiting for the window, or for the line ---- */

static void list_add(struct snmp_client *c, uint32_t *head, uint32_t *tail, uint32_t slot)
{
    c->slots[slot].next = NO_SLOT;
    if (*tail)
        c->slots[*tail].next = slot;
    else
        *head = slot;
    *tail = slot;
}

static void list_remove(struct snmp_client *c, uint32_t *head, uint32_t *tail, uint32_t slot)
{
    uint32_t *at = head, before = NO_SLOT;

    while (*at && *at != slot) {
        before = *at;
        at = &c->slots[*at].next;
    }
    if (!*at)
        return;
    *at = c->slots[slot].next;
    if (*tail == slot)
        *tail = before;
}

void client_queue_add(struct snmp_client *c, uint32_t slot)
{
    c->slots[slot].state = SLOT_QUEUED;
    list_add(c, &c->queue_head, &c->queue_tail, slot);
    c->stats.queued++;
}

uint32_t client_queue_take(struct snmp_client *c)
{
    uint32_t slot = c->queue_head;

    list_remove(c, &c->queue_head, &c->queue_tail, slot);
    c->slots[slot].next = NO_SLOT;
    c->stats.queued--;
    return slot;
}

bool client_line_holds(struct snmp_client *c, uint32_t slot)
{
    struct snmp_line *line = c->slots[slot].peer->line;

    if (!line || !line->limit || line->in_first_wait < line->limit)
        return false;
    c->slots[slot].state = SLOT_HELD;
    list_add(c, &line->held_head, &line->held_tail, slot);
    c->stats.held++;
    return true;
}

void client_first_wait_begin(struct snmp_client *c, uint32_t slot)
{
    struct snmp_line *line = c->slots[slot].peer->line;

    c->slots[slot].state = SLOT_FIRST_WAIT;
    c->in_first_wait++;
    if (line)
        line->in_first_wait++;
}

/* The next one of the line waited longest: it goes in front of the queue. */
void client_first_wait_end(struct snmp_client *c, uint32_t slot)
{
    struct snmp_line *line = c->slots[slot].peer->line;
    uint32_t next;

    c->in_first_wait--;
    if (!line)
        return;
    line->in_first_wait--;
    next = line->held_head;
    if (!next)
        return;
    list_remove(c, &line->held_head, &line->held_tail, next);
    c->slots[next].state = SLOT_QUEUED;
    c->slots[next].next = c->queue_head;
    c->queue_head = next;
    if (!c->queue_tail)
        c->queue_tail = next;
    c->stats.queued++;
}

static void release_unsent(struct snmp_client *c, uint32_t slot)
{
    struct slot *s = &c->slots[slot];

    if (s->state == SLOT_HELD) {
        list_remove(c, &s->peer->line->held_head, &s->peer->line->held_tail, slot);
        return;
    }
    list_remove(c, &c->queue_head, &c->queue_tail, slot);
    c->stats.queued--;
}

void client_slot_release(struct snmp_client *c, uint32_t slot)
{
    struct slot *s = &c->slots[slot];

    if (s->state == SLOT_QUEUED || s->state == SLOT_HELD) {
        release_unsent(c, slot);
    } else {
        chain_remove(c, slot);
        client_heap_remove(c, slot);
        c->in_flight--;
        if (s->state == SLOT_FIRST_WAIT)
            client_first_wait_end(c, slot);
    }
    if (slot >= SLOTS_WARM) {
        free(s->datagram);
        s->datagram = NULL;
        s->datagram_cap = 0;
    }
    s->state = SLOT_FREE;
    s->generation++;
    s->next = c->free_head;
    c->free_head = slot;
}
