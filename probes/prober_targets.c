/* SPDX-License-Identifier: GPL-3.0-or-later */
/* prober_targets.c - what of the inventory is probed, and what is not, and why. */
#include "probes/prober_private.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/log.h"
#include "lib/base/strx.h"
#include "probes/probe_ntp.h"
#include "probes/probe_radius.h"

enum { DNS_PORT = 53, HTTPS_PORT = 443, NAMED_MAX = 3 };

static void refuse(struct refusals *r, const char *id, const char *why)
{
    if (r->count++ < NAMED_MAX)
        buf_printf(&r->named, "%s%s (%s)", r->named.len ? ", " : "", id, why);
}

static const char *why_not(const struct allow *allow, const struct ip_address *address)
{
    switch (allow_check(allow, address)) {
    case ALLOW_YES: return NULL;
    case ALLOW_OUTSIDE: return "outside probe.allowed";
    case ALLOW_RESERVED: return "a reserved range that probe.allowed does not name";
    }
    return "outside probe.allowed";
}

static struct target *add_target(struct prober *p, enum target_kind kind, const char *id)
{
    struct target *t = &p->targets[p->target_count];

    *t = (struct target){.prober = p, .kind = kind, .fd = -1, .source = strx_printf("probe/%s", id)};
    if (!t->source)
        return NULL;
    t->id = t->source + strlen("probe/");
    buf_init(&t->query, 1024);
    p->target_count++;
    return map_set(p->by_id, id, t, NULL) ? NULL : t;
}

static enum err add_hotspot(struct prober *p, const struct hotspot *h, struct refusals *r)
{
    const struct device *d = inventory_device(p->env.inventory, h->device);
    struct ip_address address;
    struct target *t;
    const char *why;

    if (!h->is_probed || !d)
        return ERR_OK;
    if (h->entity) {
        r->rows++;
        return ERR_OK;
    }
    why = ip_address_parse(d->address, &address) ? "its address is a name, not an address"
                                                 : why_not(&p->allow, &address);
    if (why) {
        refuse(r, h->id, why);
        return ERR_OK;
    }
    t = add_target(p, TARGET_PING, h->id);
    if (!t)
        return ERR_NOMEM;
    t->address = address;
    return ERR_OK;
}

/* "192.0.2.1", "192.0.2.1:53", "2001:db8::1", "[2001:db8::1]:53"; *port is the one if none is named. */
static enum err parse_endpoint(const char *text, struct ip_address *address, uint16_t *port)
{
    char host[64];
    const char *colon = strrchr(text, ':');
    uint64_t number = *port;
    size_t len = strlen(text);

    if (text[0] == '[') {
        const char *end = strchr(text, ']');
        if (!end || (end[1] && end[1] != ':'))
            return ERR_MALFORMED;
        colon = end[1] ? end + 1 : NULL;
        len = (size_t)(end - ++text);
    } else if (colon && strchr(text, ':') != colon) {
        colon = NULL; /* an IPv6 address without port */
    } else if (colon) {
        len = (size_t)(colon - text);
    }
    if (len >= sizeof host)
        return ERR_MALFORMED;
    memcpy(host, text, len);
    host[len] = '\0';
    if (colon && (strx_to_u64(colon + 1, &number) || number == 0 || number > UINT16_MAX))
        return ERR_MALFORMED;
    *port = (uint16_t)number;
    return ip_address_parse(host, address);
}

/* A service at an address of its own; *out is NULL if it is refused, for `why` or for where it lies. */
static enum err add_at_address(struct prober *p, enum target_kind kind, const struct service *s,
                               uint16_t port, const char *why, struct refusals *r, struct target **out)
{
    struct ip_address address;

    *out = NULL;
    if (!why && (!s->target || parse_endpoint(s->target, &address, &port)))
        why = "its target is no address, or address:port";
    if (!why && port == 0)
        why = "its target names no port";
    if (!why)
        why = why_not(&p->allow, &address);
    if (why) {
        refuse(r, s->id, why);
        return ERR_OK;
    }
    *out = add_target(p, kind, s->id);
    if (!*out)
        return ERR_NOMEM;
    (*out)->address = address;
    (*out)->port = port;
    return ERR_OK;
}

/* NULL, or what is wrong with the prefixes. ERR_NOMEM. */
static enum err read_expected(const struct service *s, struct target *t, const char **why)
{
    *why = NULL;
    t->expected = (struct dns_expectation){.is_absent = s->is_absent, .is_authentic = s->is_validated};
    if (s->expected.count == 0)
        return ERR_OK;
    t->expected_prefixes = calloc(s->expected.count, sizeof *t->expected_prefixes);
    if (!t->expected_prefixes)
        return ERR_NOMEM;
    for (size_t i = 0; i < s->expected.count; i++)
        if (ip_prefix_parse(s->expected.items[i], &t->expected_prefixes[i]))
            *why = "\"expected\" has something that is no address or prefix";
    t->expected.prefixes = t->expected_prefixes;
    t->expected.count = s->expected.count;
    return ERR_OK;
}

static enum err add_dns(struct prober *p, const struct service *s, struct refusals *r)
{
    struct target read = {0}, *t = NULL;
    const char *why;
    enum err e = read_expected(s, &read, &why);

    if (!s->question || !*s->question)
        why = "no question is configured";
    if (!e)
        e = add_at_address(p, TARGET_DNS, s, DNS_PORT, why, r, &t);
    if (!t) {
        free(read.expected_prefixes);
        return e;
    }
    t->question = s->question;
    t->record = s->record;
    t->expected = read.expected;
    t->expected_prefixes = read.expected_prefixes;
    return ERR_OK;
}

/* NULL, or why the account's files cannot be used. */
static const char *read_account(const struct radius_account *from, struct probe_account *to)
{
    *to = (struct probe_account){
        .method = from->method, .user = from->user, .nas_identifier = from->nas_identifier};
    if (settings_read_secret(from->secret_file, &to->secret))
        return "secret_file cannot be read, or others may read it, too (mode 0600)";
    if (from->password_file && settings_read_secret(from->password_file, &to->password))
        return "password_file cannot be read, or others may read it, too (mode 0600)";
    return *to->secret ? NULL : "secret_file is empty";
}

void probe_account_fini(struct probe_account *a)
{
    char *secrets[] = {a->secret, a->password};

    for (size_t i = 0; i < ARRAY_LEN(secrets); i++) {
        if (secrets[i])
            explicit_bzero(secrets[i], strlen(secrets[i]));
        free(secrets[i]);
    }
    *a = (struct probe_account){0};
}

static enum err add_radius(struct prober *p, const struct service *s, struct refusals *r)
{
    const struct conf_list *accounts = &p->env.settings->probe.radius;
    const struct radius_account *all = accounts->items;
    const char *why = "no entry of probe.radius names its secret";
    struct probe_account account = {0};
    struct target *t;
    enum err e;

    for (size_t i = 0; i < accounts->count; i++) {
        if (strcmp(all[i].service, s->id) != 0)
            continue;
        why = read_account(&all[i], &account);
        break;
    }
    e = add_at_address(p, TARGET_RADIUS, s, RADIUS_PORT, why, r, &t);
    if (t)
        t->account = account;
    else
        probe_account_fini(&account);
    return e;
}

/* Is this an address that portal_begin() takes? */
static enum err check_url(const char *url, bool *is_right)
{
    struct portal_run *run = malloc(sizeof *run);

    if (!run)
        return ERR_NOMEM;
    *is_right = portal_begin(run, PORTAL_LOGIN, url ? url : "") == ERR_OK;
    free(run);
    return ERR_OK;
}

/* Where the URL's name leads is checked when the socket is opened (run_web.c). */
static enum err add_web(struct prober *p, const struct service *s, struct refusals *r)
{
    enum target_kind kind = s->kind == SERVICE_PORTAL                    ? TARGET_PORTAL
                            : portal_kind_of(s->target) == PORTAL_CANARY ? TARGET_CANARY
                                                                         : TARGET_HTTP;
    struct web_service steps = {0};
    bool is_right = false;
    const char *why = NULL;
    struct target *t;
    enum err e = check_url(s->target, &is_right);

    if (!e && !is_right)
        why = "its target is no http or https URL";
    if (!e && !why && kind == TARGET_HTTP)
        e = web_service_init(&steps, s, &p->env.settings->probe.steps, &why);
    if (e)
        return e;
    if (why) {
        refuse(r, s->id, why);
        return ERR_OK;
    }
    t = add_target(p, kind, s->id);
    if (!t) {
        web_service_fini(&steps);
        return ERR_NOMEM;
    }
    t->url = s->target;
    t->service = steps;
    return ERR_OK;
}

static enum err add_tcp(struct prober *p, const struct service *s, struct refusals *r)
{
    bool is_tls = s->kind == SERVICE_TLS;
    struct target *t;
    enum err e = add_at_address(p, is_tls ? TARGET_TLS : TARGET_TCP, s, is_tls ? HTTPS_PORT : 0, NULL, r, &t);

    if (t)
        t->hostname = s->hostname;
    return e;
}

static enum err add_ntp(struct prober *p, const struct service *s, struct refusals *r)
{
    struct target *t;

    return add_at_address(p, TARGET_NTP, s, NTP_PORT, NULL, r, &t);
}

static enum err add_service(struct prober *p, const struct service *s, struct refusals *r)
{
    switch (s->kind) {
    case SERVICE_PORTAL:
    case SERVICE_HTTP: return add_web(p, s, r);
    case SERVICE_DNS: return add_dns(p, s, r);
    case SERVICE_SENSOR: return ERR_OK; /* listens, see sensor.h */
    case SERVICE_RADIUS: return add_radius(p, s, r);
    case SERVICE_TCP:
    case SERVICE_TLS: return add_tcp(p, s, r);
    case SERVICE_NTP: return add_ntp(p, s, r);
    default: r->unsupported++; return ERR_OK;
    }
}

enum err prober_add_targets(struct prober *p, struct refusals *r)
{
    size_t hotspot_count, service_count;
    const struct hotspot *hotspots = inventory_hotspots(p->env.inventory, &hotspot_count);
    const struct service *services = inventory_services(p->env.inventory, &service_count);
    enum err e = ERR_OK;

    p->targets = calloc(hotspot_count + service_count + 1, sizeof *p->targets);
    p->by_id = map_new(p->env.seed);
    if (!p->targets || !p->by_id)
        return ERR_NOMEM;
    for (size_t i = 0; !e && i < hotspot_count; i++)
        e = add_hotspot(p, &hotspots[i], r);
    for (size_t i = 0; !e && i < service_count; i++)
        e = add_service(p, &services[i], r);
    return e;
}

void prober_log_targets(const struct prober *p, const struct refusals *r)
{
    size_t count[TARGET_KINDS] = {0};

    for (size_t i = 0; i < p->target_count; i++)
        count[p->targets[i].kind]++;
    log_info("probing every %.0f s: hotspots by ICMP %zu, name servers %zu, portals %zu, web services %zu, "
             "RADIUS servers %zu, other services %zu",
             (double)p->interval / (double)SECONDS, count[TARGET_PING], count[TARGET_DNS],
             count[TARGET_PORTAL], count[TARGET_HTTP] + count[TARGET_CANARY], count[TARGET_RADIUS],
             count[TARGET_TCP] + count[TARGET_TLS] + count[TARGET_NTP]);
    if (r->rows)
        log_info("hotspots that are rows of a controller: %zu; they have no address of their own and are "
                 "judged by their controller and the services",
                 r->rows);
    if (r->unsupported)
        log_info("services of kind dhcp or other, which this version does not probe: %zu", r->unsupported);
    if (r->count)
        log_warning("targets that are not probed: %zu, %s%s", r->count, r->named.data ? r->named.data : "",
                    r->count > NAMED_MAX ? ", …" : "");
}
