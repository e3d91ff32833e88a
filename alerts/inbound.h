/* SPDX-License-Identifier: GPL-3.0-or-later */
/* inbound.h - what the NOC sends: receipts and commands, checked for size, depth and schema before anything
 * is believed (docs/schemas/noc-*.json). Pure. */
#ifndef NW_ALERTS_INBOUND_H
#define NW_ALERTS_INBOUND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/err.h"
#include "lib/base/units.h"

enum { INBOUND_MAX = 8 * 1024, INBOUND_DEPTH = 8, INBOUND_ID = 65, INBOUND_TEXT = 512 };

struct inbound_receipt {
    unsigned lane; /* 0 critical, 1 main */
    uint64_t upto;
    char client[INBOUND_ID];
};

struct inbound_command {
    char id[INBOUND_ID], client[INBOUND_ID];
    char by[128], to[128], comment[INBOUND_TEXT];
    char target[INBOUND_ID]; /* incident, scope or device */
    ns_t begin, until;       /* 0 = not given */
    bool announce;           /* maintenance */
    char text_de[INBOUND_TEXT], text_en[INBOUND_TEXT];
    unsigned lane; /* replay */
    uint64_t after;
};

/* ERR_LIMIT: too long or too deep; ERR_MALFORMED: no JSON object, or against the schema. */
enum err inbound_receipt_parse(const void *payload, size_t len, struct inbound_receipt *out) NW_CHECKED;
/* verb: the last part of the topic; ERR_NOT_FOUND: there is none of that name. */
enum err inbound_command_parse(const char *verb, const void *payload, size_t len,
                               struct inbound_command *out) NW_CHECKED;

#endif
