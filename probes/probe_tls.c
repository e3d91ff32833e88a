/* SPDX-License-Identifier: GPL-3.0-or-later */
/* probe_tls.c - the judgement of a certificate. Pure. */
#include "probes/probe_tls.h"

#include <math.h>
#include <stddef.h>

static struct tls_verdict say(bool is_ok, const char *finding, const char *text, double days)
{
    return (struct tls_verdict){.is_ok = is_ok, .finding = finding, .text = text, .days = days};
}

/* The worst first: a name that is wrong stops people, a chain that is incomplete stops some of them. */
struct tls_verdict tls_judge(const struct tls_facts *f, ns_t wall)
{
    double days = f->expires ? (double)(f->expires - wall) / (double)DAYS : NAN;

    if (!f->expires)
        return say(false, "certificate_missing", "the server shows no certificate", days);
    if (f->is_name_checked && !f->is_name_right)
        return say(false, "certificate_name", "the certificate is made out to another name", days);
    if (days < 0)
        return say(true, "certificate_expired", "a certificate of the chain has expired", days);
    if (!f->is_trusted)
        return say(true, "certificate_untrusted",
                   "the certificate's chain leads to no root that this system trusts", days);
    if (f->is_old_protocol)
        return say(true, "tls_old", "the server speaks no newer protocol than TLS 1.1", days);
    return say(true, NULL, NULL, days);
}
