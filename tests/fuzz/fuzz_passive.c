/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz_passive.c - a sensor's analysis on frames of the input, what it reports read back, and the reading of
 * reports on the input itself, as a parser that foreign bytes got hold of might send it. */
#include <string.h>

#include "probes/passive.h"
#include "probes/passive_report.h"
#include "tests/fuzz/fuzz.h"

static void read_all(const void *bytes, size_t len, bool is_ours)
{
    struct report r;
    struct wire w;
    enum err e;

    wire_init(&w, bytes, len);
    while (!(e = report_read(&w, &r)))
        MUST(r.kind > 0 && r.kind < REPORT_KINDS);
    MUST(!is_ours || (e == ERR_AGAIN && wire_left(&w) == 0));
}

static struct passive_plan *make_plan(void)
{
    static const uint8_t server[16] = {192, 0, 2, 1}, base[6] = {2, 0, 0, 0, 0, 0};
    struct passive_plan *plan;

    MUST(passive_plan_new(&plan) == ERR_OK);
    MUST(passive_plan_key(plan, 1, PASSIVE_VLAN, "\0\1", 2) == ERR_OK);
    MUST(passive_plan_key(plan, 2, PASSIVE_OPTION82, "ap", 2) == ERR_OK);
    MUST(passive_plan_server(plan, false, server) == ERR_OK);
    MUST(passive_plan_server(plan, true, server) == ERR_OK);
    MUST(passive_plan_ssid(plan, "MobyKlick", false) == ERR_OK);
    MUST(passive_plan_bssid(plan, base) == ERR_OK);
    return plan;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const int links[] = {1, 101, 105, 113, 127, 276};
    static const struct client_key key = {1, 2};
    static struct passive_plan *plan; /* the same for all inputs */
    struct passive *p;
    struct buf out = BUF_INIT;
    struct wire w;
    ns_t at = 1700000000 * SECONDS;

    read_all(data, size, false);
    if (!plan)
        plan = make_plan();
    wire_init(&w, data, size);
    MUST(passive_new(plan, links[wire_u8(&w) % ARRAY_LEN(links)], &key, SECONDS, &p) == ERR_OK);
    MUST(passive_tick(p, at, &(struct passive_health){0}, &out) == ERR_OK);
    while (wire_left(&w) > 2) {
        size_t len = wire_be16(&w);
        if (len > wire_left(&w))
            len = wire_left(&w);
        passive_feed(p, at += MILLISECONDS, wire_bytes(&w, len), len, len);
    }
    MUST(passive_tick(p, at + 20 * SECONDS, &(struct passive_health){0}, &out) == ERR_OK);
    read_all(out.data, out.len, true);
    buf_fini(&out);
    passive_free(p);
    return 0;
}
