/* SPDX-License-Identifier: GPL-3.0-or-later */
/* agents.c - any number of equal SNMP agents for benchmarks: 20 interfaces with a name and six counters each
 * and nine scalars, so 149 varbinds, of which a poll reads 148. Agent i answers at 127.64.0.1 + i.
 *
 * Usage: agents PORT [SECONDS [LOSS_PERCENT [DEAD_PERCENT [DELAY_MS [LEDGER]]]]]
 * LOSS_PERCENT of the requests and of the replies are lost; replies leave DELAY_MS after the request. SIGUSR1
 * prints what was received and sent so far. At SIGUSR2 DEAD_PERCENT of the agents die. From fixed seeds.
 * With a LEDGER, the first agents count each value that they give away, and write at SIGTERM what it was:
 * lines of "agent OID gets nexts", gets by name, nexts by GETNEXT and GETBULK. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "city/agent.h"
#include "city/udp_io.h"
#include "lib/base/log.h"
#include "lib/base/rng.h"

enum { INTERFACES = 20, BASE_MAX = 12, COUNTED_AGENTS = 16, PERCENT = 100, DELAY_MAX_MS = 10000 };

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

enum { COLUMNS = sizeof columns / sizeof *columns };

#define FIRST_AGENT 0x7f400001u /* 127.64.0.1 */

struct ledger {
    uint32_t gets[COUNTED_AGENTS][COLUMNS][INTERFACES + 1], nexts[COUNTED_AGENTS][COLUMNS][INTERFACES + 1];
};

struct place {
    uint32_t agent; /* 127.x.y.z as a number */
    ns_t now;
    struct ledger *ledger;
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
    const struct place *p = ctx;

    for (size_t c = 0; c < COLUMNS; c++) {
        uint32_t last = oid->len ? oid->id[oid->len - 1] : 0;

        if (oid->len != columns[c].len + 1 ||
            memcmp(oid->id, columns[c].id, columns[c].len * sizeof *oid->id) != 0)
            continue;
        if (columns[c].is_scalar ? last == 0 : last >= 1 && last <= INTERFACES) {
            fill(p, c, last, v);
            if (p->agent - FIRST_AGENT < COUNTED_AGENTS)
                p->ledger->gets[p->agent - FIRST_AGENT][c][last]++;
            return;
        }
    }
    v->tag = AGENT_NO_INSTANCE;
}

static bool next(void *ctx, const struct agent_oid *after, struct agent_oid *out, struct agent_value *v)
{
    const struct place *p = ctx;
    struct agent_oid from = *after;

    for (size_t c = 0; c < COLUMNS; c++) {
        uint32_t first = columns[c].is_scalar ? 0 : 1, last = columns[c].is_scalar ? 0 : INTERFACES;

        memcpy(out->id, columns[c].id, columns[c].len * sizeof *out->id);
        out->len = columns[c].len + 1;
        for (uint32_t row = first; row <= last; row++) {
            out->id[out->len - 1] = row;
            if (agent_oid_compare(out->id, out->len, from.id, from.len) > 0) {
                fill(p, c, row, v);
                if (p->agent - FIRST_AGENT < COUNTED_AGENTS)
                    p->ledger->nexts[p->agent - FIRST_AGENT][c][row]++;
                return true;
            }
        }
    }
    return false;
}

struct bench {
    struct loop *loop;
    struct udp *udp;
    struct rng rng;
    uint32_t loss, dead; /* per cent */
    bool have_died;
    struct ledger ledger;
};

/* Evenly among the addresses: of each hundred neighbours `dead` are. */
static bool is_dead(const struct bench *b, uint32_t agent)
{
    return b->have_died && agent * b->dead % PERCENT < b->dead;
}

static size_t answer(void *ctx, uint32_t asked, const void *request, size_t len, void *reply, size_t size)
{
    struct bench *b = ctx;
    struct place place = {asked, loop_wall(b->loop), &b->ledger};
    struct agent_view view = {get, next, &place};
    size_t varbinds;

    if (is_dead(b, asked))
        return 0;
    if (b->loss && rng_below(&b->rng, PERCENT) < b->loss)
        return 0;
    return agent_answer(&view, "public", request, len, reply, size < 1472 ? size : 1472, &varbinds);
}

static void write_ledger(const struct ledger *ledger, const char *path)
{
    FILE *f = fopen(path, "w");

    for (size_t a = 0; f && a < COUNTED_AGENTS; a++)
        for (size_t c = 0; c < COLUMNS; c++)
            for (size_t row = 0; row <= INTERFACES; row++) {
                if (!ledger->gets[a][c][row] && !ledger->nexts[a][c][row])
                    continue;
                fprintf(f, "%zu ", a);
                for (size_t i = 0; i < columns[c].len; i++)
                    fprintf(f, "%u.", columns[c].id[i]);
                fprintf(f, "%zu %u %u\n", row, ledger->gets[a][c][row], ledger->nexts[a][c][row]);
            }
    if (!f || fclose(f))
        fprintf(stderr, "agents: %s cannot be written\n", path);
}

static void stop(void *ctx)
{
    struct bench *b = ctx;

    loop_stop(b->loop);
}

static void on_signal(void *ctx, int signo)
{
    struct bench *b = ctx;
    struct udp_stats stats;

    switch (signo) {
    case SIGTERM: loop_stop(b->loop); return;
    case SIGUSR2: b->have_died = true; return;
    default:
        udp_read_stats(b->udp, &stats);
        printf("received %llu sent %llu\n", (unsigned long long)(stats.received + stats.lost),
               (unsigned long long)stats.sent);
        fflush(stdout);
    }
}

/* false: not a number from least to most. A missing argument is `usual`. */
static bool read_number(char **argv, int argc, int i, long usual, long least, long most, long *out)
{
    char *end;

    *out = usual;
    if (i >= argc)
        return true;
    *out = strtol(argv[i], &end, 10);
    return *argv[i] && !*end && *out >= least && *out <= most;
}

int main(int argc, char **argv)
{
    static struct bench b = {.rng = {1}};
    struct loop_timer end;
    long port, seconds, loss, dead, delay;

    log_init("agents");
    if (argc > 7 || !read_number(argv, argc, 1, 0, 1, 65535, &port) || port == 0 ||
        !read_number(argv, argc, 2, 600, 1, 86400, &seconds) ||
        !read_number(argv, argc, 3, 0, 0, PERCENT - 1, &loss) ||
        !read_number(argv, argc, 4, 0, 0, PERCENT, &dead) ||
        !read_number(argv, argc, 5, 0, 0, DELAY_MAX_MS, &delay) || loop_new(NULL, &b.loop)) {
        fprintf(stderr, "usage: agents PORT [SECONDS [LOSS_PERCENT [DEAD_PERCENT [DELAY_MS [LEDGER]]]]]\n");
        return 64;
    }
    b.loss = (uint32_t)loss;
    b.dead = (uint32_t)dead;
    loop_timer_init(&end, stop, &b);
    if (loop_signal_add(b.loop, SIGTERM, on_signal, &b) || loop_signal_add(b.loop, SIGUSR1, on_signal, &b) ||
        loop_signal_add(b.loop, SIGUSR2, on_signal, &b) ||
        loop_timer_after(b.loop, &end, seconds * SECONDS) ||
        udp_new(b.loop, (uint16_t)port, answer, &b, &b.udp)) {
        fprintf(stderr, "agents: port %ld cannot be used\n", port);
        return 71;
    }
    udp_set_weather(b.udp, delay * MILLISECONDS, b.loss * 10);
    puts("ready");
    fflush(stdout);
    if (loop_run(b.loop))
        return 71;
    if (argc > 6)
        write_ledger(&b.ledger, argv[6]);
    udp_free(b.udp);
    loop_free(b.loop);
    return 0;
}
