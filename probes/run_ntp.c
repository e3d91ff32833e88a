/* SPDX-License-Identifier: GPL-3.0-or-later */
/* run_ntp.c - one question to a time server. */
#include "probes/run_udp.h"

#include <math.h>

#include "probes/digest_io.h"
#include "probes/probe_ntp.h"

#define OFFSET_MAX_S 1.0 /* certificates, logs and one-time passwords begin to suffer */

static enum err compose(struct target *t)
{
    uint8_t packet[NTP_PACKET];
    enum err e = digest_random(&t->cookie, sizeof t->cookie);

    ntp_encode(packet, t->cookie);
    buf_put(&t->query, packet, sizeof packet);
    t->sent_wall = loop_wall(t->prober->env.loop) +
                   (loop_mono_now(t->prober->env.loop) - loop_mono(t->prober->env.loop));
    return e ? e : buf_error(&t->query);
}

static enum err judge(struct target *t, const void *bytes, size_t len, ns_t took, struct outcome *o)
{
    struct ntp_verdict v;
    enum err e = ntp_judge(bytes, len, t->cookie, t->sent_wall, took, &v);

    if (e)
        return e;
    o->values[0] = (double)took / 1e9;
    o->values[1] = v.judgement == NTP_TELLS;
    o->values[2] = v.offset_s;
    o->values[3] = v.stratum;
    if (v.judgement == NTP_UNSYNCHRONISED) {
        o->finding = "ntp_unsynchronised";
        o->text = "the time server says that its own clock is not synchronised";
    } else if (v.judgement == NTP_REFUSED) {
        o->finding = "ntp_refused";
        o->text = "the time server refuses to serve this host (kiss-o'-death)";
    } else if (fabs(v.offset_s) > OFFSET_MAX_S) {
        o->finding = "ntp_offset";
        o->text = "the time server's clock and this host's differ by more than a second";
    }
    if (v.judgement != NTP_TELLS)
        o->outcome = NW__OUTCOMES__OUTCOME_FAILED;
    return ERR_OK;
}

void run_ntp_start(struct target *t)
{
    static const struct udp_dialogue dialogue = {
        .compose = compose,
        .judge = judge,
        .question = {"ntp_question", "no unpredictable numbers are to be had for the question"},
        .timeout = {"ntp_timeout", "the time server does not answer"},
        .unreachable = {"ntp_unreachable", "no time server listens at that address"},
        .broken = {"ntp_broken", "the time server's answer cannot be read"},
        .patience = SECONDS};

    run_udp_start(t, &dialogue);
}
