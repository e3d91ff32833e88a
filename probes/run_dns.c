/* SPDX-License-Identifier: GPL-3.0-or-later */
/* run_dns.c - one DNS question to one server. */
#include "probes/run_udp.h"

#include "probes/probe_dns.h"

static enum err compose(struct target *t)
{
    return dns_encode_query(&t->query, (uint16_t)rng_u64(&t->prober->rng), t->question,
                            t->record == DNS_RECORD_AAAA ? DNS_TYPE_AAAA : DNS_TYPE_A);
}

static enum err judge(struct target *t, const void *bytes, size_t len, ns_t took, struct outcome *o)
{
    struct dns_verdict v;
    enum err e = dns_judge_answer(bytes, len, &t->query, &t->expected, &v);

    if (e)
        return e;
    o->outcome = NW__OUTCOMES__OUTCOME_FAILED;
    o->values[0] = (double)took / 1e9;
    o->values[2] = v.rcode;
    switch (v.judgement) {
    case DNS_ANSWERED:
    case DNS_TRUNCATED:
        o->outcome = NW__OUTCOMES__OUTCOME_OK;
        o->values[1] = 1;
        break;
    case DNS_WRONG:
        o->finding = "dns_wrong";
        o->text = "the name server answers with an address that is not the service's";
        break;
    case DNS_INVENTED:
        o->finding = "dns_hijack";
        o->text = "the name server answers for a name that does not exist";
        break;
    case DNS_UNPROVEN:
        o->finding = "dns_not_validated";
        o->text = "the name server does not say that the answer was validated (DNSSEC)";
        break;
    case DNS_EMPTY:
        o->finding = "dns_empty";
        o->text = "the name server knows no address for the question";
        break;
    case DNS_REFUSED:
        o->finding = "dns_rcode";
        o->text = "the name server answers with an error code";
        break;
    }
    return ERR_OK;
}

void run_dns_start(struct target *t)
{
    static const struct udp_dialogue dialogue = {
        .compose = compose,
        .judge = judge,
        .question = {"dns_question", "the configured question is no domain name"},
        .timeout = {"dns_timeout", "the name server does not answer"},
        .unreachable = {"dns_unreachable", "no name server listens at that address"},
        .broken = {"dns_broken", "the name server's answer cannot be read"},
        .patience = SECONDS};

    run_udp_start(t, &dialogue);
}
