/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd_doctor.c - `netzwacht doctor`: looks at one SNMP agent and names the reason for its silence. Observes
 * only; what the observations mean is collector/doctor.h's business. */
#include <arpa/inet.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/command.h"
#include "cli/credentials.h"
#include "cli/doctor_host.h"
#include "cli/profiles.h"
#include "collector/discover_range.h"
#include "collector/doctor.h"
#include "collector/poll.h"
#include "collector/snmp_io.h"
#include "collector/walk.h"
#include "lib/base/json_out.h"
#include "lib/base/log.h"
#include "lib/base/strx.h"

enum { TRIES = 3, RTT_SAMPLES = 3, PROBES_A_REQUEST = 16 };
#define WAIT (1 * SECONDS)

struct options {
    const char *target, *credentials;
    long port;
    bool is_json;
};

struct doctor {
    struct loop *loop;
    struct snmp_io *io;
    struct snmp_access access;
    struct snmp_peer peer;
    char engine_id[2 * SNMP_ENGINE_ID_MAX + 1];
    struct varbind_set *answers;
    struct doctor_facts facts;
    /* of the last request */
    enum err result;
    ns_t rtt;
};

static void print_usage(FILE *to)
{
    fputs("Usage: netzwacht doctor TARGET --credentials FILE|- [--port P] [--json]\n\n"
          "Looks at one SNMP agent (v2c or v3) and says why it is silent, wrong or slow: one line for each "
          "step, "
          "with ok,\n"
          "failed or unknown, what is known, and what to do.\n\n"
          "  --port P             UDP port of the agent (161)\n"
          "  --credentials FILE   file (mode 0600) with the community in its first line, or with an SNMPv3 "
          "user\n"
          "                       (netzwacht(1), CREDENTIALS); - reads standard input\n"
          "  --json               one JSON object\n\n"
          "To a silent agent it also sends a ping and asks for TCP ports 22, 80 and 443.\n"
          "Exit status: 0 healthy, 1 it answers, but something is wrong, 69 no answer, 77 no credentials.\n",
          to);
}

/* ---- requests, one at a time ---- */

static void on_reply(void *ctx, enum err result, const struct snmp_message *reply, ns_t rtt)
{
    struct doctor *d = ctx;

    d->result = result;
    d->rtt = rtt;
    d->facts.is_denied |= !result && reply->error_status == SNMP_AUTHORIZATION_ERROR;
    if (!result && reply->error_status == SNMP_NO_ERROR) {
        d->result = poll_take(reply->varbinds, reply->varbinds_len, d->answers);
        varbind_set_sort(d->answers);
    }
    loop_stop(d->loop);
}

static enum err get_from(struct doctor *d, struct snmp_peer *peer, const struct poll_request *r,
                         uint32_t tries)
{
    snmp_handle handle;
    struct snmp_ask ask = {.peer = peer,
                           .type = SNMP_GET,
                           .oids = r->oids,
                           .count = r->count,
                           .tries = tries,
                           .wait = WAIT,
                           .done = on_reply,
                           .ctx = d};
    enum err e = snmp_io_ask(d->io, &ask, &handle);

    return e ? e : loop_run(d->loop);
}

static enum err get(struct doctor *d, const struct poll_request *r, uint32_t tries)
{
    return get_from(d, &d->peer, r, tries);
}

static const uint32_t sys_descr[] = {1, 3, 6, 1, 2, 1, 1, 1, 0};
static const uint32_t sys_object_id[] = {1, 3, 6, 1, 2, 1, 1, 2, 0};
static const uint32_t sys_uptime[] = {1, 3, 6, 1, 2, 1, 1, 3, 0};

static void request_system(struct poll_request *r)
{
    r->count = r->store_used = 0;
    poll_request_add_ids(r, sys_descr, ARRAY_LEN(sys_descr));
    poll_request_add_ids(r, sys_object_id, ARRAY_LEN(sys_object_id));
}

/* ---- the observations ---- */

/* Is the agent's answer to this user authentic, whatever it says? */
static enum err understands(struct doctor *d, const struct usm_user *user, bool *out)
{
    struct snmp_security security = {.user = user};
    struct snmp_peer peer = {.address = d->peer.address, .version = d->peer.version, .security = &security};
    struct poll_request r;
    enum err e;

    request_system(&r);
    e = get_from(d, &peer, &r, TRIES);
    *out = !e && (d->result == ERR_OK || security.engine.is_synced);
    d->facts.is_denied = false;
    explicit_bzero(&security, sizeof security);
    return e;
}

/* An agent need not report what it cannot decrypt, nor a context that it does not have. */
static enum err explain_silence(struct doctor *d)
{
    struct usm_user plain = *d->access.user;
    bool is_understood = false;
    enum err e = ERR_OK;

    if (plain.context[0]) {
        plain.context[0] = '\0';
        e = understands(d, &plain, &is_understood);
        if (is_understood)
            d->facts.mute = DOCTOR_MUTE_CONTEXT;
    }
    if (!e && !is_understood && plain.priv != SNMP_PRIV_NONE) {
        plain.priv = SNMP_PRIV_NONE;
        e = understands(d, &plain, &is_understood);
        if (is_understood)
            d->facts.mute = DOCTOR_MUTE_PRIVACY;
    }
    usm_user_wipe(&plain);
    return e;
}

static void note_engine(struct doctor *d)
{
    const struct usm_engine *engine = &d->peer.security->engine;

    for (size_t i = 0; i < engine->id_len; i++)
        snprintf(d->engine_id + 2 * i, 3, "%02x", engine->id[i]);
    d->facts.engine_id = engine->id_len ? d->engine_id : NULL;
}

/* Why the first request got no answer that could be taken. */
static enum doctor_port explain(struct doctor *d)
{
    struct snmp_stats stats;

    if (d->result == ERR_DENIED) {
        d->facts.report = d->peer.security->report;
        return DOCTOR_PORT_REPORTS;
    }
    if (d->result == ERR_TIMEOUT && d->facts.engine_id)
        return DOCTOR_PORT_MUTE;
    snmp_io_stats(d->io, &stats);
    for (int kind = SNMP_REJECT_PDU; kind < SNMP_REJECT_COUNT; kind++)
        if (stats.rejected[kind]) {
            d->facts.unfit = snmp_reject_name((enum snmp_reject)kind);
            return DOCTOR_PORT_UNFIT;
        }
    if (stats.rejected[SNMP_REJECT_MALFORMED] || d->result == ERR_MALFORMED)
        return DOCTOR_PORT_GARBAGE;
    if (stats.rejected[SNMP_REJECT_UNASKED] || stats.rejected[SNMP_REJECT_PORT])
        return DOCTOR_PORT_STRANGER;
    return d->result == ERR_UNREACHABLE ? doctor_why_refused(&d->peer.address) : DOCTOR_PORT_SILENT;
}

static int by_size(const void *a, const void *b)
{
    ns_t x = *(const ns_t *)a, y = *(const ns_t *)b;

    return (x > y) - (x < y);
}

static enum err measure(struct doctor *d)
{
    ns_t rtts[RTT_SAMPLES];
    size_t n = 0;

    for (int i = 0; i < RTT_SAMPLES; i++) {
        struct poll_request r = {.type = SNMP_GET};
        enum err e;

        poll_request_add_ids(&r, sys_uptime, ARRAY_LEN(sys_uptime));
        e = get(d, &r, 1);
        if (e)
            return e;
        if (!d->result)
            rtts[n++] = d->rtt > 0 ? d->rtt : 1;
    }
    qsort(rtts, n, sizeof *rtts, by_size);
    d->facts.rtt = n ? rtts[n / 2] : 0;
    return ERR_OK;
}

static enum err recognise(struct doctor *d, struct profile_set *profiles)
{
    const struct read_plan *probes = profile_set_probe(profiles);
    const struct device_profile *profile;
    const char *const *names;
    size_t count;
    enum err e = ERR_OK;

    for (size_t at = 0; !e && at < probes->count; at += PROBES_A_REQUEST) {
        struct poll_request r = {.type = SNMP_GET};

        for (size_t i = at; i < probes->count && i < at + PROBES_A_REQUEST; i++)
            poll_request_add_ids(&r, probes->items[i].oid, probes->items[i].oid_len);
        e = get(d, &r, TRIES);
    }
    if (!e)
        e = profile_match(profiles, d->answers, NULL, &profile);
    if (e)
        return e;
    count = device_profile_names(profile, &names);
    d->facts.profile = count > 1 ? names[count - 1] : NULL;
    return ERR_OK;
}

static enum err observe_agent(struct doctor *d, struct profile_set *profiles)
{
    struct poll_request r;
    const struct varbind *vb;
    enum err e;

    request_system(&r);
    e = get(d, &r, TRIES);
    if (e)
        return e;
    if (d->peer.security)
        note_engine(d);
    if (d->result) {
        d->facts.port = explain(d);
        if (d->facts.port == DOCTOR_PORT_SILENT)
            d->facts.host_how = doctor_sign_of_life(&d->peer.address);
        d->facts.host = d->facts.host_how ? DOCTOR_HOST_ALIVE : DOCTOR_HOST_UNKNOWN;
        return d->facts.port == DOCTOR_PORT_MUTE ? explain_silence(d) : ERR_OK;
    }
    d->facts.port = DOCTOR_PORT_ANSWERS;
    vb = varbind_set_find(d->answers, sys_descr, ARRAY_LEN(sys_descr));
    d->facts.has_descr = vb && vb->type == SNMP_OCTETS;
    vb = varbind_set_find(d->answers, sys_object_id, ARRAY_LEN(sys_object_id));
    d->facts.has_object_id = vb && vb->type == SNMP_OID;
    e = measure(d);
    return e ? e : recognise(d, profiles);
}

/* ---- the result ---- */

static enum err print_findings(const struct options *o, const struct doctor_findings *f)
{
    struct buf out = BUF_INIT;
    struct json_out j;

    json_init(&j, &out);
    if (o->is_json) {
        json_object_begin(&j, NULL);
        json_string(&j, "target", o->target);
        json_int(&j, "port", o->port);
        json_bool(&j, "healthy", f->status == EXIT_DONE);
        json_bool(&j, "answers", f->status != EXIT_UNAVAILABLE);
        json_array_begin(&j, "steps");
    }
    for (size_t i = 0; i < f->count; i++) {
        const struct doctor_step *s = &f->steps[i];
        const char *word = doctor_verdict_word(s->verdict);

        if (!o->is_json) {
            buf_printf(&out, "%-8s %-10s %s%s%s\n", word, s->name, s->text, *s->todo ? " - " : "", s->todo);
            continue;
        }
        json_object_begin(&j, NULL);
        json_string(&j, "step", s->name);
        json_string(&j, "verdict", word);
        json_string(&j, "text", s->text);
        json_string(&j, "todo", *s->todo ? s->todo : NULL);
        json_object_end(&j);
    }
    if (o->is_json) {
        json_array_end(&j);
        json_object_end(&j);
        buf_str(&out, "\n");
    }
    return buf_print(&out, stdout);
}

static int parse_options(int argc, char **argv, struct options *o)
{
    static const struct option longs[] = {{"port", required_argument, NULL, 'p'},
                                          {"credentials", required_argument, NULL, 'c'},
                                          {"json", no_argument, NULL, 'j'},
                                          {"help", no_argument, NULL, 'h'},
                                          {NULL, 0, NULL, 0}};
    int64_t port;
    int c;

    *o = (struct options){.port = 161};
    while ((c = getopt_long(argc, argv, "h", longs, NULL)) != -1) {
        switch (c) {
        case 'p':
            if (strx_to_i64(optarg, &port) || port < 1 || port > 65535) {
                log_error("--port: expected a number from 1 to 65535");
                return EXIT_BAD_USAGE;
            }
            o->port = (long)port;
            break;
        case 'c': o->credentials = optarg; break;
        case 'j': o->is_json = true; break;
        case 'h': print_usage(stdout); return -1;
        default: return EXIT_BAD_USAGE;
        }
    }
    if (optind + 1 != argc) {
        print_usage(stderr);
        return EXIT_BAD_USAGE;
    }
    o->target = argv[optind];
    return EXIT_DONE;
}

static bool is_literal(const char *text)
{
    uint8_t ip[16];

    return inet_pton(AF_INET, text, ip) == 1 || inet_pton(AF_INET6, text, ip) == 1;
}

static enum err examine(struct doctor *d, const struct options *o, struct profile_set *profiles,
                        struct doctor_findings *out)
{
    struct snmp_io_options io = {.window = 4, .timeout = WAIT};
    char address[DISCOVER_ADDRESS_SIZE] = "", source[DISCOVER_ADDRESS_SIZE];
    enum err e = ERR_OK;

    d->facts.udp_port = o->port;
    d->facts.is_literal = is_literal(o->target);
    d->facts.name = snmp_io_resolve(o->target, o->port, &d->peer.address);
    if (d->facts.name == ERR_NOMEM)
        return ERR_NOMEM;
    if (!d->facts.name) {
        discover_address_text(&d->peer.address, address);
        d->facts.address = address;
        d->facts.has_route = doctor_route(&d->peer.address, source);
        d->facts.source = *source ? source : NULL;
    }
    if (!d->facts.name && d->facts.has_route) {
        e = loop_new(NULL, &d->loop);
        if (!e)
            e = snmp_io_new(d->loop, &io, &d->io);
        if (!e)
            e = observe_agent(d, profiles);
    }
    if (!e)
        doctor_judge(&d->facts, out);
    return e;
}

int cmd_doctor(int argc, char **argv)
{
    struct doctor d = {0};
    struct doctor_findings findings;
    struct profile_set *profiles = NULL;
    struct options o;
    int status = parse_options(argc, argv, &o);
    enum err e;

    if (status)
        return status == -1 ? EXIT_DONE : status;
    e = credentials_read(o.credentials, &d.access);
    if (!e)
        e = snmp_access_apply(&d.access, &d.peer);
    if (!e) {
        d.facts.user = d.access.user;
        d.answers = varbind_set_new();
        e = d.answers ? profiles_load(NULL, 0, &profiles) : ERR_NOMEM;
    }
    if (!e) {
        e = examine(&d, &o, profiles, &findings);
        if (!e)
            e = print_findings(&o, &findings);
        if (e)
            log_error("doctor: %s", err_text(e));
    }
    snmp_io_free(d.io);
    loop_free(d.loop);
    varbind_set_free(d.answers);
    profile_set_free(profiles);
    snmp_access_withdraw(&d.peer);
    snmp_access_fini(&d.access);
    return e ? err_exit_status(e) : findings.status;
}
