/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz_reply.c - the whole path of a reply: matching, the poll machine, walks, decode, rates, the record. The
 * input is a run of datagrams (length in two octets, big-endian, before each) that come in answer to
 * three polls of one device, the last one for traps. */
#include <stdio.h>
#include <string.h>

#include "collector/decode.h"
#include "collector/field.h"
#include "collector/poll.h"
#include "collector/snmp_client.h"
#include "collector/source.h"
#include "collector/trap.h"
#include "lib/base/strx.h"
#include "lib/base/wire.h"
#include "lib/model/record.h"
#include "tests/fuzz/fuzz.h"

enum { REQUESTS_MAX = 300 };

struct path {
    struct snmp_client *client;
    struct snmp_peer peer;
    const struct profile_set *profiles;
    struct poll *poll;
    struct wire input;
    ns_t now;
    int requests;
    bool is_over;
};

static enum err transmit(void *ctx, const struct snmp_address *to, const void *bytes, size_t len)
{
    (void)ctx;
    (void)to;
    (void)bytes;
    (void)len;
    return ERR_OK;
}

static uint32_t request_id(void *ctx)
{
    (void)ctx;
    return 1; /* so that recorded replies match */
}

static void on_reply(void *ctx, enum err result, const struct snmp_message *reply, ns_t rtt);

static void ask(struct path *p, const struct poll_request *request)
{
    struct snmp_ask a = {.peer = &p->peer,
                         .type = request->type,
                         .oids = request->oids,
                         .count = request->count,
                         .names = request->names,
                         .names_len = request->names_len,
                         .max_repetitions = request->max_repetitions,
                         .tries = 1,
                         .done = on_reply,
                         .ctx = p};

    if (++p->requests > REQUESTS_MAX || snmp_client_ask(p->client, p->now, &a, NULL)) {
        poll_abort(p->poll);
        p->is_over = true;
    }
}

static void on_reply(void *ctx, enum err result, const struct snmp_message *reply, ns_t rtt)
{
    struct path *p = ctx;
    struct poll_request request;

    (void)rtt;
    if (poll_step(p->poll, p->now, result, reply, &request) == POLL_ASK)
        ask(p, &request);
    else
        p->is_over = true;
}

/* A trap may come at any time, also in the middle of a poll. */
static void take_trap(struct path *p, const struct snmp_message *m, const struct trap *trap)
{
    const struct trap_rule *rule = trap_find_rule(p->profiles, poll_profile(p->poll), trap);
    struct trap_value values[TRAP_VALUES_MAX];
    size_t count = rule ? trap_read_values(m, rule, values, TRAP_VALUES_MAX) : 0;

    for (size_t i = 0; i < count; i++)
        MUST(strx_is_utf8(values[i].text, strlen(values[i].text)) && values[i].oid[0]);
    if (rule && !rule->is_dropped)
        poll_want(p->poll, rule);
}

/* The next datagram of the input, or the time-out where there is none. */
static void turn(struct path *p)
{
    size_t len;

    p->now += 1 * MILLISECONDS;
    if (wire_left(&p->input) < 2) {
        p->now += 60 * SECONDS;
        snmp_client_advance(p->client, p->now);
        return;
    }
    len = wire_be16(&p->input);
    if (len > wire_left(&p->input))
        len = wire_left(&p->input);
    const uint8_t *bytes = wire_bytes(&p->input, len);
    struct snmp_message m;
    struct trap trap;

    if (snmp_message_parse(bytes, len, &m) == ERR_OK && trap_read(&m, &trap) == ERR_OK)
        take_trap(p, &m, &trap);
    snmp_client_receive(p->client, p->now, &p->peer.address, bytes, len);
}

static void record(struct path *p, struct source *source, struct decoder *decoder)
{
    static struct varbind_set *varbinds;
    static struct source_scratch *scratch;
    struct reach reach = {0};
    const struct device_view *view = NULL;
    Nw__Record envelope = NW__RECORD__INIT;
    Nw__Samples *samples;
    struct buf packed = BUF_INIT;

    if (!varbinds)
        varbinds = varbind_set_new();
    if (!scratch)
        scratch = source_scratch_new();
    MUST(varbinds && scratch);
    varbind_set_clear(varbinds);
    poll_thaw(p->poll);
    MUST(poll_collect(p->poll, varbinds) == ERR_OK);
    if (poll_profile(p->poll))
        MUST(decode(decoder, poll_profile(p->poll), varbinds, &view) == ERR_OK);
    struct source_poll in = {.poll = p->poll,
                             .varbinds = varbinds,
                             .view = view,
                             .reach = &reach,
                             .started_wall = 1,
                             .now = p->now,
                             .interval = 60 * SECONDS};
    MUST(source_record(source, &in, true, scratch, &samples) == ERR_OK);
    MUST(samples->n_values <= samples->table->n_series);
    envelope.wall = 1;
    envelope.body_case = NW__RECORD__BODY_SAMPLES;
    envelope.samples = samples;
    MUST(record_pack(&envelope, &packed) == ERR_OK);
    buf_fini(&packed);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct profile_set *profiles;
    static struct decoder *decoder;
    static struct shared_book *shared;
    struct snmp_client_options o = {
        .window = 1, .timeout = 1 * SECONDS, .transmit = transmit, .request_id = request_id};
    struct path p = {.now = 100 * SECONDS};
    struct source *source;

    if (!profiles) {
        const char *root = getenv("NETZWACHT_SOURCE");
        char dir[4096];
        const char *dirs[] = {dir};
        struct conf_report *report;

        snprintf(dir, sizeof dir, "%s/profiles", root ? root : ".");
        MUST(conf_report_new(&report) == ERR_OK);
        MUST(profile_set_load(dirs, 1, report, &profiles) == ERR_OK);
        conf_report_free(report);
        decoder = decoder_new();
        shared = shared_book_new();
        MUST(decoder && shared);
    }
    struct poll_options po = {.profiles = profiles, .version = 1, .shared = shared};
    p.peer = (struct snmp_peer){.address = {.ip = {127, 0, 0, 1}, .port_be = 1},
                                .version = 1,
                                .community = (const uint8_t *)"c",
                                .community_len = 1};
    p.profiles = profiles;
    wire_init(&p.input, data, size);
    MUST(snmp_client_new(&o, &p.client) == ERR_OK);
    MUST(poll_new(&po, &p.poll) == ERR_OK);
    MUST(source_new("d", &source) == ERR_OK);
    for (int round = 0; round < 3; round++) {
        struct poll_request request;

        p.is_over = false;
        if ((round == 2 ? poll_begin_wanted(p.poll, p.now, p.now + 60 * SECONDS, &request)
                        : poll_begin(p.poll, p.now, p.now + 60 * SECONDS, false, &request)) == POLL_ASK)
            ask(&p, &request);
        else
            p.is_over = true;
        for (int i = 0; i < 2 * REQUESTS_MAX && !p.is_over; i++)
            turn(&p);
        if (p.is_over && !poll_is_running(p.poll))
            record(&p, source, decoder);
        poll_freeze(p.poll);
        p.now += 60 * SECONDS;
    }
    snmp_client_free(p.client);
    poll_free(p.poll);
    MUST(shared_count(shared) == 0);
    source_free(source);
    return 0;
}
