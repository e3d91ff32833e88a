/* SPDX-License-Identifier: GPL-3.0-or-later */
/* run_radius.c - one question to a RADIUS server. */
#include "probes/run_udp.h"

#include "probes/digest_io.h"
#include "probes/probe_radius.h"

static enum err compose(struct target *t)
{
    static const enum radius_method methods[] = {
        [RADIUS_ASK_STATUS] = RADIUS_STATUS, [RADIUS_ASK_PAP] = RADIUS_PAP, [RADIUS_ASK_CHAP] = RADIUS_CHAP};
    struct radius_question q = {.method = methods[t->account.method],
                                .secret = t->account.secret,
                                .user = t->account.user,
                                .password = t->account.password,
                                .nas_identifier = t->account.nas_identifier};
    enum err e = digest_random(q.authenticator, sizeof q.authenticator);

    if (!e)
        e = digest_random(&q.identifier, 1);
    return e ? e : radius_encode(&t->query, &q);
}

/* A test account that is turned away means what it means to a citizen: nobody gets in. */
static enum err judge(struct target *t, const void *bytes, size_t len, ns_t took, struct outcome *o)
{
    struct radius_verdict v;
    enum err e = radius_judge(bytes, len, &t->query, t->account.secret, &v);

    if (e)
        return e;
    o->values[0] = (double)took / 1e9;
    o->values[1] = v.code == RADIUS_ACCESS_ACCEPT || v.code == RADIUS_ACCOUNTING_RESPONSE;
    o->values[2] = v.code;
    if (v.code == RADIUS_ACCESS_REJECT) {
        o->finding = "radius_rejected";
        o->text = "the RADIUS server turns the test account away";
    } else if (v.code == RADIUS_ACCESS_CHALLENGE) {
        o->finding = "radius_challenge";
        o->text = "the RADIUS server asks the test account for more than its password";
    } else if (!v.is_signed) {
        o->finding = "radius_unsigned";
        o->text = "the RADIUS server's answers carry no Message-Authenticator and could be forged "
                  "(CVE-2024-3596)";
    }
    if (o->values[1] == 0)
        o->outcome = NW__OUTCOMES__OUTCOME_FAILED;
    return ERR_OK;
}

void run_radius_start(struct target *t)
{
    static const struct udp_dialogue dialogue = {
        .compose = compose,
        .judge = judge,
        .question = {"radius_question", "user, password or nas_identifier is too long, or MD5 is forbidden"},
        .timeout = {"radius_timeout", "the RADIUS server does not answer"},
        .unreachable = {"radius_unreachable", "no RADIUS server listens at that address"},
        .broken = {"radius_broken", "the RADIUS server's answer cannot be checked"},
        .unproven = {"radius_secret", "the RADIUS server's answers are not made with the shared secret"},
        .patience = 3 * SECONDS,
        .is_repeated = true};

    run_udp_start(t, &dialogue);
}
