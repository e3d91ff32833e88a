/* SPDX-License-Identifier: GPL-3.0-or-later */
/* allow.h - where probes may go: only into prefixes of the configuration, and never by accident to places
 * that a city's probe has no business with. Pure.
 *
 * Refused even inside an allowed prefix: this host (127/8, ::1), link-local, multicast, broadcast,
 * unspecified, and their IPv4-mapped and translated forms; unless an allowed prefix lies wholly inside such a
 * range, that is, somebody wrote it down on purpose (127.16.0.0/12 in the demo). So 0.0.0.0/0 does not open
 * 127.0.0.1. Every address is checked when a socket is opened to it, after each resolution and each redirect.
 */
#ifndef NW_PROBES_ALLOW_H
#define NW_PROBES_ALLOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#include "lib/base/err.h"

struct ip_address {
    uint8_t bytes[16]; /* IPv4: the first four */
    bool is_ipv6;
};

struct ip_prefix {
    struct ip_address address;
    unsigned bits;
};

struct allow {
    struct ip_prefix *prefixes;
    size_t count;
};

enum allow_verdict { ALLOW_YES, ALLOW_OUTSIDE, ALLOW_RESERVED };

/* Dotted quad or RFC 4291 text, nothing else: no names, no octal or decimal forms, no zone. IPv4-mapped
 * addresses (::ffff:a.b.c.d) come out as IPv4. */
enum err ip_address_parse(const char *text, struct ip_address *out) NW_CHECKED;
/* AF_INET or AF_INET6; ERR_TYPE otherwise. */
enum err ip_address_from_sockaddr(const struct sockaddr *sa, struct ip_address *out) NW_CHECKED;
socklen_t ip_address_to_sockaddr(const struct ip_address *a, uint16_t port, struct sockaddr_storage *out);
bool ip_address_equal(const struct ip_address *a, const struct ip_address *b);

/* "10.0.0.0/8", or an address for a prefix of one. ERR_MALFORMED; bits behind the prefix must be zero. */
enum err ip_prefix_parse(const char *text, struct ip_prefix *out) NW_CHECKED;

bool ip_prefix_contains(const struct ip_prefix *p, const struct ip_address *a);

/* texts are prefixes; *bad (may be NULL) receives the one that is none (ERR_MALFORMED). */
enum err allow_init(struct allow *a, const char *const *texts, size_t count, const char **bad) NW_CHECKED;
void allow_fini(struct allow *a);
enum allow_verdict allow_check(const struct allow *a, const struct ip_address *address);

#endif
