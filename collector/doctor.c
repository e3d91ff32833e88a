/* SPDX-License-Identifier: GPL-3.0-or-later */
/* doctor.c - the reason for an agent's silence, step by step. Pure.
 *
 * SNMP v2c gives no sign of a wrong community: an agent that does not like it says nothing, exactly as one
 * that is not there (RFC 3584, 5.2.1 leaves an authenticationFailure trap to it). So silence stays "unknown",
 * and the steps say what can be excluded. SNMPv3 agents name their engine to anybody and answer with Reports
 * that say what is wrong (RFC 3414, 3.2), though not all do so for what they cannot decrypt. */
#include "collector/doctor.h"

#include <stdarg.h>
#include <stdio.h>

static struct doctor_step *add(struct doctor_findings *f, const char *name, enum doctor_verdict verdict,
                               const char *todo)
{
    struct doctor_step *s = &f->steps[f->count++];

    s->name = name;
    s->verdict = verdict;
    s->text[0] = '\0';
    snprintf(s->todo, sizeof s->todo, "%s", todo ? todo : "");
    return s;
}

static void NW_PRINTF(2, 3) say(struct doctor_step *s, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    vsnprintf(s->text, sizeof s->text, fmt, args);
    va_end(args);
}

const char *doctor_verdict_word(enum doctor_verdict v)
{
    switch (v) {
    case DOCTOR_OK: return "ok";
    case DOCTOR_FAILED: return "failed";
    case DOCTOR_UNKNOWN: break;
    }
    return "unknown";
}

static bool judge_name(const struct doctor_facts *x, struct doctor_findings *f)
{
    if (!x->name) {
        say(add(f, "name", DOCTOR_OK, NULL), x->is_literal ? "%s is an address" : "resolves to %s",
            x->address);
        return true;
    }
    if (x->name == ERR_AGAIN)
        say(add(f, "name", DOCTOR_UNKNOWN, "check the resolver (/etc/resolv.conf), or give the address"),
            "the name service does not answer");
    else
        say(add(f, "name", DOCTOR_FAILED, "check the spelling, or give the address"), "does not resolve: %s",
            x->name == ERR_NOT_FOUND ? "no such name" : err_text(x->name));
    return false;
}

static bool judge_route(const struct doctor_facts *x, struct doctor_findings *f)
{
    if (x->has_route)
        say(add(f, "route", DOCTOR_OK, NULL), x->source ? "from %s" : "there is one%s",
            x->source ? x->source : "");
    else
        say(add(f, "route", DOCTOR_FAILED, "add a route or bring the interface up (ip route get ADDRESS)"),
            "this machine has no route to %s", x->address);
    return x->has_route;
}

static void judge_silence(const struct doctor_facts *x, struct doctor_findings *f)
{
    say(add(f, "port", DOCTOR_UNKNOWN,
            x->user ? "on the device: is SNMPv3 on, on this port? in between: does a firewall drop UDP?"
                    : "on the device: is SNMP v2c on, on this port? in between: does a firewall drop UDP?"),
        "nothing came back from UDP port %ld, no refusal either", x->udp_port);
    if (x->host == DOCTOR_HOST_ALIVE)
        say(add(f, "host", DOCTOR_OK, NULL), "answers %s, so the device is up and the way there works",
            x->host_how);
    else
        say(add(f, "host", DOCTOR_UNKNOWN, "check power and uplink of the device"),
            "answers neither a ping nor TCP ports 22, 80, 443: off, unreachable, or filtered");
    if (x->user)
        return;
    say(add(f, "community", DOCTOR_UNKNOWN,
            "compare the community with the device's, and its list of allowed managers with the route's "
            "address"),
        "v2c cannot tell: an agent is silent on a wrong community, and so is no agent");
}

static bool judge_port(const struct doctor_facts *x, struct doctor_findings *f)
{
    switch (x->port) {
    case DOCTOR_PORT_SILENT: judge_silence(x, f); return false;
    case DOCTOR_PORT_CLOSED:
        say(add(f, "port", DOCTOR_FAILED, "switch SNMP on at the device, or give its port with --port"),
            "UDP port %ld is closed: the host answers by ICMP that nobody listens there", x->udp_port);
        return false;
    case DOCTOR_PORT_HOST_UNREACHABLE:
        say(add(f, "port", DOCTOR_UNKNOWN, "check power and uplink of the device, and the address"),
            "a router, or this machine, says that the host cannot be reached");
        return false;
    case DOCTOR_PORT_STRANGER:
        say(add(f, "port", DOCTOR_FAILED,
                "make the agent answer from the address that is asked (its source interface), or poll the "
                "other one"),
            "an answer came from another address or port; such answers are not taken");
        return false;
    case DOCTOR_PORT_ANSWERS:
    case DOCTOR_PORT_GARBAGE:
    case DOCTOR_PORT_UNFIT:
    case DOCTOR_PORT_REPORTS:
    case DOCTOR_PORT_MUTE: break;
    }
    say(add(f, "port", DOCTOR_OK, NULL), "something answers on UDP port %ld", x->udp_port);
    return true;
}

static bool judge_reply(const struct doctor_facts *x, struct doctor_findings *f)
{
    if (x->port == DOCTOR_PORT_GARBAGE)
        say(add(f, "reply", DOCTOR_FAILED,
                "is another service on this port? if it is the agent, update its firmware"),
            "what comes back is no SNMP message");
    else if (x->port == DOCTOR_PORT_UNFIT)
        say(add(f, "reply", DOCTOR_FAILED, "update the agent's firmware; such answers are not taken"),
            "an SNMP message that is no answer to the request (%s)", x->unfit ? x->unfit : "of another kind");
    else
        say(add(f, "reply", DOCTOR_OK, NULL), "a proper SNMP reply");
    return x->port == DOCTOR_PORT_ANSWERS;
}

static void judge_engine(const struct doctor_facts *x, struct doctor_findings *f)
{
    if (x->engine_id)
        say(add(f, "engine", DOCTOR_OK, NULL), "an SNMPv3 agent, engine ID %s", x->engine_id);
    else if (x->user)
        say(add(f, "engine", DOCTOR_FAILED, "is SNMPv3 on at the device, or v2c alone?"),
            "it did not tell its engine ID");
}

#define PRIV_TODO "compare priv (des, aes128 …; aes256 or aes256c) and its passphrase with the device's"

#define CONTEXT_TODO "leave the context away, or give the one that the device has"

/* What the Report names, and what to do about it. */
static void judge_report(const struct doctor_facts *x, struct doctor_findings *f)
{
    static const struct {
        const char *text, *todo;
    } reports[USM_REPORT_COUNT] = {
        [USM_REPORT_LEVEL] = {"unsupported security level: not with this auth and priv",
                              "give the user at the device the same auth and priv protocols as here"},
        [USM_REPORT_WINDOW] = {"not in time window: the agent does not accept our idea of its clock",
                               "does its engineBoots stand at 2147483647, or does another device use its "
                               "engine ID? set the engine ID at the device anew"},
        [USM_REPORT_USER] = {"unknown user: the agent has none of this name",
                             "compare the user's name; a device whose engine ID changed lost its users"},
        [USM_REPORT_ENGINE] = {"unknown engine ID: the agent does not know the one that it told",
                               "is there a proxy or a NAT with several agents behind this address?"},
        [USM_REPORT_DIGEST] = {"wrong digest: the auth passphrase or protocol is another one",
                               "compare auth (md5, sha1, sha256 …) and its passphrase with the device's"},
        [USM_REPORT_DECRYPT] = {"decryption error: the priv passphrase or protocol is another one",
                                PRIV_TODO},
        [USM_REPORT_CONTEXT] = {"unknown context: the agent has none of this name", CONTEXT_TODO},
        [USM_REPORT_OTHER] = {"a Report that says nothing known", "update the agent's firmware"},
    };
    enum usm_report kind = x->report ? x->report : USM_REPORT_OTHER;

    say(add(f, "user", DOCTOR_FAILED, reports[kind].todo), "%s (user %s)", reports[kind].text, x->user->name);
}

static void judge_mute(const struct doctor_facts *x, struct doctor_findings *f)
{
    switch (x->mute) {
    case DOCTOR_MUTE_PRIVACY:
        say(add(f, "user", DOCTOR_FAILED, PRIV_TODO),
            "decryption error: user and auth are right, but encrypted requests get no answer (user %s)",
            x->user->name);
        return;
    case DOCTOR_MUTE_CONTEXT:
        say(add(f, "user", DOCTOR_FAILED, CONTEXT_TODO),
            "unknown context: the agent answers without %s, and is silent with it (user %s)",
            x->user->context, x->user->name);
        return;
    case DOCTOR_MUTE_UNKNOWN: break;
    }
    say(add(f, "user", DOCTOR_UNKNOWN,
            "compare the user with the device's, and its list of allowed managers"),
        "the agent named its engine, then stayed silent to user %s", x->user->name);
}

static void judge_view(const struct doctor_facts *x, struct doctor_findings *f)
{
    if (x->is_denied)
        say(add(f, "view", DOCTOR_FAILED,
                "give the user's group a read view for this security level and context (VACM)"),
            "authorization error: the user may not read anything");
    else if (x->has_descr && x->has_object_id)
        say(add(f, "view", DOCTOR_OK, NULL), "sysDescr and sysObjectID can be read");
    else
        say(add(f, "view", DOCTOR_FAILED,
                x->user ? "let the user's view include 1.3.6.1.2.1.1 (system), better all of 1.3.6.1"
                        : "let the community's view include 1.3.6.1.2.1.1 (system), better all of 1.3.6.1"),
            "it answers, but %s cannot be read",
            x->has_descr       ? "sysObjectID"
            : x->has_object_id ? "sysDescr"
                               : "neither sysDescr nor sysObjectID");
}

static void judge_speed(const struct doctor_facts *x, struct doctor_findings *f)
{
    bool is_slow = x->rtt > DOCTOR_SLOW;

    if (!x->rtt)
        say(add(f, "speed", DOCTOR_UNKNOWN, "call this again; answers get lost"),
            "further requests stayed without an answer");
    else
        say(add(f, "speed", is_slow ? DOCTOR_FAILED : DOCTOR_OK,
                is_slow ? "check the load of device and uplink; raise collector.timeout if it stays like this"
                        : NULL),
            "%.2f ms for a small request%s", (double)x->rtt / 1e6, is_slow ? ", which is slow" : "");
}

static void judge_profile(const struct doctor_facts *x, struct doctor_findings *f)
{
    if (x->profile)
        say(add(f, "profile", DOCTOR_OK, NULL), "recognised as %s", x->profile);
    else
        say(add(f, "profile", DOCTOR_UNKNOWN, "a profile of its own adds vendor values: docs/profiles.md"),
            "no vendor profile matches; what standard MIBs give is read");
}

void doctor_judge(const struct doctor_facts *x, struct doctor_findings *f)
{
    f->count = 0;
    f->status = EXIT_UNAVAILABLE;
    if (!judge_name(x, f) || !judge_route(x, f) || !judge_port(x, f))
        return;
    f->status = EXIT_FINDING;
    judge_engine(x, f);
    if (x->port == DOCTOR_PORT_REPORTS) {
        judge_report(x, f);
        return;
    }
    if (x->port == DOCTOR_PORT_MUTE) {
        judge_mute(x, f);
        return;
    }
    if (!judge_reply(x, f))
        return;
    say(add(f, x->user ? "user" : "community", DOCTOR_OK, NULL), "accepted");
    judge_view(x, f);
    judge_speed(x, f);
    judge_profile(x, f);
    f->status = EXIT_DONE;
    /* A device without a vendor profile is a healthy one. */
    for (size_t i = 0; i + 1 < f->count; i++)
        if (f->steps[i].verdict != DOCTOR_OK)
            f->status = EXIT_FINDING;
}
