/* SPDX-License-Identifier: GPL-3.0-or-later */
/* agents.c - any number of equal SNMP agents for benchmarks: 24 interfaces with six counters each and six
 * scalars, so 150 varbinds a poll. Agent i answers at 127.64.0.1 + i. Usage: agents PORT [SECONDS] */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "city/agent.h"
#include "city/udp_io.h"
#include "lib/base/log.h"

enum { INTERFACES = 20, BASE_MAX = 12 };

struct column {
    uint32_t id[BASE_MAX];
    uint32_t len;
    bool is_scalar;
    enum agent_tag tag;
};

/* In lexicographic order. */
static const struct column columns[] = {
    {{1, 3, 6, 1, 2, 1, 1, 1}, 8, true, AGENT_STRING},
    {{1, 3, 6, 1, 2, 1, 1, 2}, 8, true, AGENT_OID},
    {{1, 3, 6, 1, 2, 1, 1, 3}, 8, true, AGENT_TIMETICKS},
    {{1, 3, 6, 1, 2, 1, 1, 5}, 8, true, AGENT_STRING},
    {{1, 3, 6, 1, 2, 1, 2, 2, 1, 14}, 10, false, AGENT_COUNTER32},     /* ifInErrors */
    {{1, 3, 6, 1, 2, 1, 2, 2, 1, 20}, 10, false, AGENT_COUNTER32},     /* ifOutErrors */
    {{1, 3, 6, 1, 2, 1, 31, 1, 1, 1, 1}, 11, false, AGENT_STRING},     /* ifName */
    {{1, 3, 6, 1, 2, 1, 31, 1, 1, 1, 6}, 11, false, AGENT_COUNTER64},  /* ifHCInOctets */
    {{1, 3, 6, 1, 2, 1, 31, 1, 1, 1, 7}, 11, false, AGENT_COUNTER64},  /* ifHCInUcastPkts */
    {{1, 3, 6, 1, 2, 1, 31, 1, 1, 1, 10}, 11, false, AGENT_COUNTER64}, /* ifHCOutOctets */
    {{1, 3, 6, 1, 2, 1, 31, 1, 1, 1, 11}, 11, false, AGENT_COUNTER64}, /* ifHCOutUcastPkts */
    {{1, 3, 6, 1, 4, 1, 2021, 4, 5}, 9, true, AGENT_INTEGER},          /* memTotalReal */
    {{1, 3, 6, 1, 4, 1, 2021, 4, 6}, 9, true, AGENT_INTEGER},          /* memAvailReal */
    {{1, 3, 6, 1, 4, 1, 2021, 10, 1, 5, 1}, 11, true, AGENT_INTEGER},  /* not asked for by any profile */
    {{1, 3, 6, 1, 4, 1, 2021, 11, 11}, 9, true, AGENT_INTEGER},        /* ssCpuIdle */
};

struct place {
    uint32_t agent; /* 127.x.y.z as a number */
    ns_t now;
};

static void fill(const struct place *p, size_t c, uint32_t row, struct agent_value *v)
{
    static const uint32_t object_id[] = {1, 3, 6, 1, 4, 1, 32473, 1, 150};
    uint64_t ms = (uint64_t)(p->now / MILLISECONDS);

    *v = (struct agent_value){.tag = columns[c].tag, .bytes = v->text};
    switch (columns[c].tag) {
    case AGENT_STRING:
        v->len = (size_t)snprintf(v->text, sizeof v->text, row ? "ge-0/0/%u" : "bench agent", row);
        break;
    case AGENT_OID:
        memcpy(v->oid, object_id, sizeof object_id);
        v->oid_len = sizeof object_id / sizeof *object_id;
        break;
    case AGENT_TIMETICKS: v->number = ms / 10; break;
    case AGENT_INTEGER: v->integer = 40 + (int64_t)(ms / 1000 % 50); break;
    default:
        v->number = ms * (row + p->agent % 97) * (c + 1) / (columns[c].tag == AGENT_COUNTER32 ? 1000 : 1);
    }
}

static void get(void *ctx, const struct agent_oid *oid, struct agent_value *v)
{
    for (size_t c = 0; c < sizeof columns / sizeof *columns; c++) {
        uint32_t last = oid->len ? oid->id[oid->len - 1] : 0;

        if (oid->len != columns[c].len + 1 ||
            memcmp(oid->id, columns[c].id, columns[c].len * sizeof *oid->id) != 0)
            continue;
        if (columns[c].is_scalar ? last == 0 : last >= 1 && last <= INTERFACES) {
            fill(ctx, c, last, v);
            return;
        }
    }
    v->tag = AGENT_NO_INSTANCE;
}

static bool next(void *ctx, const struct agent_oid *after, struct agent_oid *out, struct agent_value *v)
{
    struct agent_oid from = *after;

    for (size_t c = 0; c < sizeof columns / sizeof *columns; c++) {
        uint32_t first = columns[c].is_scalar ? 0 : 1, last = columns[c].is_scalar ? 0 : INTERFACES;

        memcpy(out->id, columns[c].id, columns[c].len * sizeof *out->id);
        out->len = columns[c].len + 1;
        for (uint32_t row = first; row <= last; row++) {
            out->id[out->len - 1] = row;
            if (agent_oid_compare(out->id, out->len, from.id, from.len) > 0) {
                fill(ctx, c, row, v);
                return true;
            }
        }
    }
    return false;
}

static size_t answer(void *ctx, uint32_t asked, const void *request, size_t len, void *reply, size_t size)
{
    struct place place = {asked, loop_wall(ctx)};
    struct agent_view view = {get, next, &place};
    size_t varbinds;

    return agent_answer(&view, "public", request, len, reply, size < 1472 ? size : 1472, &varbinds);
}

static void stop(void *ctx)
{
    loop_stop(ctx);
}

int main(int argc, char **argv)
{
    struct loop *l;
    struct loop_timer end;
    struct udp *udp;
    int port = argc > 1 ? atoi(argv[1]) : 0, seconds = argc > 2 ? atoi(argv[2]) : 600;

    log_init("agents");
    if (port < 1 || port > 65535 || seconds < 1 || loop_new(NULL, &l)) {
        fprintf(stderr, "usage: agents PORT [SECONDS]\n");
        return 64;
    }
    loop_timer_init(&end, stop, l);
    if (loop_timer_after(l, &end, (ns_t)seconds * SECONDS) || udp_new(l, (uint16_t)port, answer, l, &udp)) {
        fprintf(stderr, "agents: port %d cannot be used\n", port);
        return 71;
    }
    puts("ready");
    fflush(stdout);
    if (loop_run(l))
        return 71;
    udp_free(udp);
    loop_free(l);
    return 0;
}
