/* SPDX-License-Identifier: GPL-3.0-or-later */
/* probe_tls.h - what a TCP connection, and the TLS handshake over it, say of a service. Pure.
 *
 *   connect ──► (tls) handshake ──► chain, name, days ──► verdict
 *
 * A certificate that has expired or leads to no trusted root is a finding, as with portals: days have a
 * metric of their own, and one cause shall raise one alarm. One that is made out to another name is a
 * failure: every client turns back there, and nothing else says so. */
#ifndef NW_PROBES_PROBE_TLS_H
#define NW_PROBES_PROBE_TLS_H

#include <stdbool.h>

#include "lib/base/err.h"
#include "lib/base/units.h"

struct tls_facts {        /* what tls_io saw of the peer */
    ns_t expires;         /* wall: the first end of validity in the chain that it sent; 0: it sent none */
    bool is_trusted;      /* leads to a root of this system; expiry aside */
    bool is_name_checked; /* a name was to be found in it */
    bool is_name_right;
    bool is_old_protocol; /* below TLS 1.2 */
};

struct tls_verdict {
    bool is_ok;
    const char *finding, *text; /* NULL: nothing to say */
    double days;                /* until `expires`; NaN: no certificate */
};

struct tls_verdict tls_judge(const struct tls_facts *facts, ns_t wall);

#endif
