/* SPDX-License-Identifier: GPL-3.0-or-later */
/* doctor.h - from what was observed of one SNMP agent to the reason why it is silent, wrong or slow. Pure:
 * who observes is cli/cmd_doctor.c. */
#ifndef NW_COLLECTOR_DOCTOR_H
#define NW_COLLECTOR_DOCTOR_H

#include <stdbool.h>
#include <stddef.h>

#include "collector/usm.h"
#include "lib/base/err.h"
#include "lib/base/units.h"

enum { DOCTOR_STEPS_MAX = 10, DOCTOR_TEXT_SIZE = 256 };

enum doctor_port {
    DOCTOR_PORT_ANSWERS,          /* a reply that fits */
    DOCTOR_PORT_SILENT,           /* nothing came */
    DOCTOR_PORT_CLOSED,           /* ICMP port unreachable */
    DOCTOR_PORT_HOST_UNREACHABLE, /* another ICMP error, or no answer to ARP */
    DOCTOR_PORT_GARBAGE,          /* something came that is no SNMP reply */
    DOCTOR_PORT_STRANGER,         /* a reply from another address or port than asked */
    DOCTOR_PORT_UNFIT,            /* SNMP, but another community, version, request or OIDs */
    DOCTOR_PORT_REPORTS,          /* SNMPv3 Reports in place of a reply */
    DOCTOR_PORT_MUTE,             /* an SNMPv3 engine that named itself, then nothing */
};

enum doctor_host { DOCTOR_HOST_UNKNOWN, DOCTOR_HOST_ALIVE };

/* What an agent that is silent to the user as given does answer to. */
enum doctor_mute {
    DOCTOR_MUTE_UNKNOWN,
    DOCTOR_MUTE_PRIVACY, /* the user without privacy: what is encrypted it cannot read */
    DOCTOR_MUTE_CONTEXT, /* the user without a context */
};

/* What is not reached stays 0. Strings are borrowed. */
struct doctor_facts {
    enum err name;       /* of the look-up: ERR_OK, ERR_NOT_FOUND, ERR_AGAIN (the resolver is silent) */
    bool is_literal;     /* the target is an address */
    const char *address; /* resolved */
    long udp_port;
    bool has_route;
    const char *source; /* our address towards it, NULL = not known */
    enum doctor_port port;
    enum doctor_host host; /* asked only if the port is silent */
    const char *host_how;  /* "a ping", "TCP port 22" */
    const char *unfit;     /* of DOCTOR_PORT_UNFIT and _GARBAGE: what was wrong */
    bool has_descr, has_object_id;
    bool is_denied; /* error-status authorizationError */
    /* v3 */
    const struct usm_user *user; /* NULL = v1, v2c */
    const char *engine_id;       /* hexadecimal; NULL = did not name itself */
    enum usm_report report;      /* of DOCTOR_PORT_REPORTS */
    enum doctor_mute mute;       /* of DOCTOR_PORT_MUTE */
    ns_t rtt;                    /* the median; 0 = not measured */
    const char *profile;         /* the most specific; NULL = none matched */
};

enum doctor_verdict { DOCTOR_OK, DOCTOR_FAILED, DOCTOR_UNKNOWN };

struct doctor_step {
    const char *name; /* "name", "route", "port", "host", "engine", "reply", "community" or "user", "view",
                         "speed", "profile" */
    enum doctor_verdict verdict;
    char text[DOCTOR_TEXT_SIZE]; /* what is known */
    char todo[DOCTOR_TEXT_SIZE]; /* what to do about it; "" = nothing */
};

struct doctor_findings {
    struct doctor_step steps[DOCTOR_STEPS_MAX]; /* in the order in which they were reached */
    size_t count;
    int status; /* EXIT_DONE healthy, EXIT_FINDING it answers but not well, EXIT_UNAVAILABLE no answer */
};

#define DOCTOR_SLOW (500 * MILLISECONDS)

void doctor_judge(const struct doctor_facts *facts, struct doctor_findings *out);
const char *doctor_verdict_word(enum doctor_verdict v); /* "ok", "failed", "unknown" */

#endif
