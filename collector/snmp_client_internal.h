/* SPDX-License-Identifier: GPL-3.0-or-later */
/* snmp_client_internal.h - what snmp_client*.c share: requests in slots. */
#ifndef NW_COLLECTOR_SNMP_CLIENT_INTERNAL_H
#define NW_COLLECTOR_SNMP_CLIENT_INTERNAL_H

#include "collector/snmp_client.h"

enum { NO_SLOT = 0, PASTS = 4096 /* requests that are remembered, a power of two */ };

/* A request that is over. */
struct past {
    uint32_t id; /* request-id, with v3 msgID */
    uint32_t address;
    bool was_answered;
};

enum slot_state { SLOT_FREE, SLOT_QUEUED, SLOT_HELD, SLOT_FIRST_WAIT, SLOT_WAITING };

struct slot {
    enum slot_state state;
    uint32_t generation;
    uint32_t next; /* free list, queue, or hash chain */
    uint32_t heap_at;
    int32_t request_id;
    uint32_t sent, tries, count, max_repetitions;
    ns_t first_sent, due, wait;
    bool was_refused, was_garbled;
    /* v3 */
    bool is_probing;  /* the message on its way asks for the engine ID */
    uint8_t restarts; /* sent anew, because of a Report */
    int32_t msg_id;
    enum usm_report report; /* the last one that came instead of an answer */
    enum snmp_pdu_type type;
    struct snmp_peer *peer;
    snmp_done_fn *done;
    void *ctx;
    uint8_t *datagram;
    uint32_t datagram_len, datagram_cap;
    uint32_t message_at;                /* v3: the bare PDU lies in front of the message; v1, v2c: 0 */
    uint32_t varbinds_at, varbinds_len; /* in the datagram: contents of the varbind list */
};

struct snmp_client {
    struct snmp_client_options options;
    struct slot *slots; /* [0] unused, so that 0 means none */
    uint32_t slot_count, free_head;
    uint32_t *buckets, bucket_count;
    uint32_t queue_head, queue_tail;
    uint32_t *heap, heap_count; /* heap[0] unused */
    uint32_t in_first_wait, in_flight;
    struct snmp_stats stats;
    struct past pasts[PASTS]; /* by request-id */
    uint8_t *scratch;         /* v3: a message decrypted; NULL until there is one */
};

/* ---- snmp_client_slots.c ---- */

bool client_grow_slots(struct snmp_client *c);
uint32_t client_slot_take(struct snmp_client *c); /* NO_SLOT: out of memory */
void client_slot_release(struct snmp_client *c, uint32_t slot);
void client_heap_add(struct snmp_client *c, uint32_t slot);
void client_heap_remove(struct snmp_client *c, uint32_t slot);
bool client_is_same_address(const struct snmp_address *a, const struct snmp_address *b);
uint32_t client_hash_address(const struct snmp_address *a);
/* The head of the chain that requests to this address hang on. */
uint32_t *client_bucket(const struct snmp_client *c, const struct snmp_address *a);
void client_chain_add(struct snmp_client *c, uint32_t slot);
/* The requests that wait for the window, in the order in which they came. */
void client_queue_add(struct snmp_client *c, uint32_t slot);
uint32_t client_queue_take(struct snmp_client *c);
/* True: its line is full, so it waits for that. */
bool client_line_holds(struct snmp_client *c, uint32_t slot);
/* Its first wait begins; ends, by an answer or by its second try. */
void client_first_wait_begin(struct snmp_client *c, uint32_t slot);
void client_first_wait_end(struct snmp_client *c, uint32_t slot);

/* ---- snmp_client.c ---- */

enum err client_reserve(struct slot *s, size_t size) NW_CHECKED;
/* Remembers where the varbinds of our own PDU lie. */
void client_note_varbinds(struct slot *s, const struct snmp_message *own);
void client_send_try(struct snmp_client *c, ns_t now, uint32_t slot);
void client_fill_window(struct snmp_client *c, ns_t now);
/* SNMP_REJECT_COUNT: it answers this request. */
enum snmp_reject client_judge_pdu(const struct slot *s, const struct snmp_message *m);
void client_finish(struct snmp_client *c, ns_t now, uint32_t slot, enum err result,
                   const struct snmp_message *m);

/* Counts what is not taken. id: its request-id, with v3 its msgID; -1 = not known. */
void client_reject(struct snmp_client *c, enum snmp_reject verdict, const struct snmp_address *from,
                   int32_t id);

/* ---- snmp_client_v3.c ---- */

enum err client_v3_encode(struct snmp_client *c, ns_t now, struct slot *s,
                          const struct snmp_request *r) NW_CHECKED;
/* A datagram that is no message of v1 or v2c. */
void client_v3_receive(struct snmp_client *c, ns_t now, const struct snmp_address *from, const void *bytes,
                       size_t len);

#endif
