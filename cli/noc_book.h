/* SPDX-License-Identifier: GPL-3.0-or-later */
/* noc_book.h - what a NOC's client knows of netzwacht's events: reads them, and says which come next. Pure.
 *
 * Per source (critical, main) the sequence has no gaps: the event behind the last stored one is the next, one
 * before it is a repetition, one beyond means that some are missing, and a replay has to be asked for. */
#ifndef NW_CLI_NOC_BOOK_H
#define NW_CLI_NOC_BOOK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/err.h"

enum { NOC_CHANGES = 8, NOC_LANES = 2, NOC_PAYLOAD_MAX = 64 * 1024, NOC_DEPTH = 8 };
extern const char *const noc_lane_words[NOC_LANES]; /* "critical" "main" */

/* What somebody did with it. */
struct noc_change {
    char at[32], action[16], by[64], to[64], comment[256];
};

/* An incident, from an event or from the reply to `list`; texts cut to fit. */
struct noc_incident {
    char id[80], severity[16], type[64], operator_state[16], assigned[128], changed[32];
    char text_de[512], text_en[512];
    char cause[192], runbook[256];          /* a name; a link or "" */
    char steps_de[1024], steps_en[1024];    /* what to check first, one step a line; "" in events and lists */
    struct noc_change history[NOC_CHANGES]; /* the newest, oldest of them first */
    size_t change_count;
    bool is_closed;
};

struct noc_event {
    unsigned lane;
    uint64_t sequence;
    char kind[32]; /* "opened" "changed" … */
    struct noc_incident incident;
};

/* ERR_LIMIT: too long or too deep; ERR_MALFORMED: no event as docs/schemas/event.json has it. */
enum err noc_event_read(const void *payload, size_t len, struct noc_event *out) NW_CHECKED;

struct noc_reply {
    char command[80], outcome[16], problem[512];
    uint64_t more;  /* list: incidents that did not fit */
    uint64_t first; /* replay: the first event that comes; 0: none */
};

/* each (may be NULL): the incidents of a `list`. Errors as above. */
enum err noc_reply_read(const void *payload, size_t len, struct noc_reply *out,
                        void (*each)(void *ctx, const struct noc_incident *i), void *ctx) NW_CHECKED;

/* All zero: nothing is known yet. */
struct noc_book {
    uint64_t upto[NOC_LANES];
    uint64_t
        oldest[NOC_LANES]; /* what the last replay begins with: what is missing before is kept no longer */
};

enum noc_verdict { NOC_NEXT, NOC_KNOWN, NOC_GAP };
/* NOC_NEXT: to be stored; the book has moved on to it. */
enum noc_verdict noc_book_take(struct noc_book *b, const struct noc_event *e);
/* The reply to the replay of this lane: it begins with `first`, 0: nothing comes. */
void noc_book_replayed(struct noc_book *b, unsigned lane, uint64_t first);

#endif
