/* SPDX-License-Identifier: GPL-3.0-or-later */
/* passive.c - transactions per hotspot, the figures of their phases, servers and routers that nobody knows.
 * Pure.
 *
 *   DISCOVER, REQUEST, SYN, query … ─► open ──answer──► success, or a cause
 *                                       └──10 s──────► silence, or an empty pool */
#include <stdlib.h>
#include <string.h>

#include "probes/passive_state.h"

enum { BUCKETS = 8192, WAYS = 8, SEEN_BUCKETS = 8192 };
enum { TIME_SHIFT = 14, TIME_STEPS = 16, TIME_BUCKETS = 21 * TIME_STEPS }; /* 16 us … 34 s, 16 an octave */
#define ANSWER_WITHIN (10 * SECONDS)
#define WAIT_FOR_K    (15 * MINUTES)
#define SERVER_ALIVE  (2 * MINUTES)

struct transaction {
    uint64_t digest; /* of its key; 0 = free */
    uint64_t client;
    ns_t started;
    uint16_t hotspot;
    uint8_t phase;
    bool has_offer;
};

struct sighting { /* where a client's address was last seen */
    uint64_t client;
    ns_t at;
    uint16_t hotspot;
};

struct phase_sum {
    ns_t since; /* of the first attempt in it; 0 = empty */
    uint32_t attempts, success, causes[FUNNEL_CAUSES];
    uint64_t clients[PASSIVE_K];
    uint8_t client_count; /* at most PASSIVE_K: more need not be told apart */
    uint16_t times[TIME_BUCKETS];
};

struct strangers { /* distinct senders of an interval */
    uint64_t digests[PASSIVE_SERVERS_MAX];
    uint32_t count;
};

struct passive {
    const struct passive_plan *plan;
    struct client_key key;
    int link;
    ns_t interval, begin, swept; /* begin: of the interval; 0 = no tick yet */
    size_t hotspots;
    struct report_figures figures;
    struct strangers servers, routers;
    struct brand brand;
    struct transaction table[BUCKETS][WAYS];
    struct sighting seen[SEEN_BUCKETS][WAYS];
    ns_t *dhcp_answered;      /* by hotspot: when a server last answered anybody there */
    struct phase_sum *phases; /* hotspots * FUNNEL_PHASES */
    struct frame frame;       /* scratch */
};

enum err passive_new(const struct passive_plan *plan, int link, const struct client_key *key, ns_t interval,
                     struct passive **out)
{
    struct passive *p = calloc(1, sizeof *p);

    if (!p)
        return ERR_NOMEM;
    p->plan = plan;
    p->key = *key;
    p->link = link;
    p->interval = interval;
    p->hotspots = plan->hotspots ? plan->hotspots : 1;
    p->dhcp_answered = calloc(p->hotspots, sizeof *p->dhcp_answered);
    p->phases = calloc(p->hotspots * FUNNEL_PHASES, sizeof *p->phases);
    if (!p->dhcp_answered || !p->phases) {
        passive_free(p);
        return ERR_NOMEM;
    }
    *out = p;
    return ERR_OK;
}

void passive_free(struct passive *p)
{
    if (!p)
        return;
    free(p->dhcp_answered);
    free(p->phases);
    free(p);
}

/* ---- where ---- */

static uint16_t hotspot_by_key(const struct passive_plan *plan, const struct frame *f)
{
    const struct {
        enum passive_key kind;
        const struct frame_site *site;
    } sites[] = {{PASSIVE_OPTION82, &f->circuit}, {PASSIVE_OPTION82, &f->remote}, {PASSIVE_NAS, &f->nas}};
    uint16_t hotspot = PASSIVE_ELSEWHERE;
    uint8_t vlan[2] = {(uint8_t)(f->vlan >> 8), (uint8_t)f->vlan};

    for (size_t i = 0; i < ARRAY_LEN(sites) && !hotspot; i++)
        if (sites[i].site->len)
            hotspot = plan_hotspot(plan, sites[i].kind, sites[i].site->bytes, sites[i].site->len);
    if (!hotspot && f->vlan)
        hotspot = plan_hotspot(plan, PASSIVE_VLAN, vlan, sizeof vlan);
    return hotspot;
}

static struct sighting *sighting_of(struct passive *p, uint64_t client, bool is_new)
{
    struct sighting *bucket = p->seen[client % SEEN_BUCKETS], *oldest = &bucket[0];

    for (size_t i = 0; i < WAYS; i++) {
        if (bucket[i].client == client)
            return &bucket[i];
        if (bucket[i].at < oldest->at)
            oldest = &bucket[i];
    }
    return is_new ? oldest : NULL;
}

static void remember(struct passive *p, uint64_t client, uint16_t hotspot, ns_t at)
{
    if (client && hotspot)
        *sighting_of(p, client, true) = (struct sighting){client, at, hotspot};
}

static uint64_t digest_of(const struct passive *p, const void *bytes, size_t len)
{
    uint64_t digest = client_digest(&p->key, bytes, len);

    return digest ? digest : 1; /* 0 means none */
}

/* An opener's client: by hardware address where it tells one, else by its IP address. */
static uint64_t client_of(const struct passive *p, const struct frame *f)
{
    switch (f->event.phase) {
    case FUNNEL_DHCP4:
    case FUNNEL_RADIUS: return f->client_len ? digest_of(p, f->client, f->client_len) : 0;
    case FUNNEL_EAP: return digest_of(p, f->mac_from, PART_MAC_LEN);
    case FUNNEL_KEY: return digest_of(p, f->mac_to, PART_MAC_LEN);
    default: return digest_of(p, f->ip_from, f->is_ipv6 ? FRAME_ADDRESS_LEN : 4);
    }
}

static uint16_t hotspot_of(struct passive *p, const struct frame *f, uint64_t client)
{
    uint16_t hotspot = hotspot_by_key(p->plan, f);
    const struct sighting *s = hotspot || !client ? NULL : sighting_of(p, client, false);

    return s ? s->hotspot : hotspot;
}

/* ---- figures of a phase ---- */

static unsigned time_bucket(ns_t duration)
{
    uint64_t v = (uint64_t)(duration > 0 ? duration : 0) >> TIME_SHIFT;
    unsigned octave, bucket;

    if (v < TIME_STEPS)
        return (unsigned)v;
    octave = 63u - (unsigned)__builtin_clzll(v);
    bucket = (octave - 3) * TIME_STEPS + (unsigned)(v >> (octave - 4)) - TIME_STEPS;
    return bucket < TIME_BUCKETS ? bucket : TIME_BUCKETS - 1;
}

static ns_t bucket_time(unsigned bucket)
{
    unsigned octave = bucket / TIME_STEPS + 3;
    uint64_t v = bucket < TIME_STEPS ? bucket : (uint64_t)(bucket % TIME_STEPS + TIME_STEPS) << (octave - 4);
    uint64_t width = bucket < TIME_STEPS ? 1 : (uint64_t)1 << (octave - 4);

    return (ns_t)((v << TIME_SHIFT) + (width << TIME_SHIFT) / 2);
}

static ns_t percentile(const struct phase_sum *s, unsigned percent)
{
    uint64_t count = 0, seen = 0, rank;

    for (unsigned i = 0; i < TIME_BUCKETS; i++)
        count += s->times[i];
    rank = (count * percent + 99) / 100;
    for (unsigned i = 0; count && i < TIME_BUCKETS; i++) {
        seen += s->times[i];
        if (seen >= rank)
            return bucket_time(i);
    }
    return -1;
}

static void note_client(struct phase_sum *s, uint64_t client)
{
    for (size_t i = 0; i < s->client_count; i++)
        if (s->clients[i] == client)
            return;
    if (client && s->client_count < PASSIVE_K)
        s->clients[s->client_count++] = client;
}

static struct phase_sum *count_attempt(struct passive *p, const struct transaction *t, ns_t at)
{
    struct phase_sum *s = &p->phases[(size_t)t->hotspot * FUNNEL_PHASES + t->phase];

    if (!s->since)
        s->since = at;
    s->attempts++;
    p->figures.elsewhere += t->hotspot == PASSIVE_ELSEWHERE;
    note_client(s, t->client);
    return s;
}

static void count_success(struct passive *p, const struct transaction *t, ns_t at)
{
    struct phase_sum *s = count_attempt(p, t, at);
    uint16_t *bucket = &s->times[time_bucket(at - t->started)];

    s->success++;
    *bucket += *bucket < UINT16_MAX;
}

static void count_failure(struct passive *p, const struct transaction *t, enum funnel_cause cause, ns_t at)
{
    count_attempt(p, t, at)->causes[cause]++;
}

/* Nobody answered in time. A DHCP server that answers others there has no address left for this one. */
static void count_silence(struct passive *p, const struct transaction *t)
{
    ns_t answered = p->dhcp_answered[t->hotspot];
    bool is_pool =
        t->phase == FUNNEL_DHCP4 && !t->has_offer && answered && answered > t->started - SERVER_ALIVE;

    count_failure(p, t, is_pool ? CAUSE_POOL : CAUSE_SILENCE, t->started + ANSWER_WITHIN);
}

/* ---- transactions ---- */

static struct transaction *find(struct passive *p, uint64_t digest, uint8_t phase)
{
    struct transaction *bucket = p->table[digest % BUCKETS];

    for (size_t i = 0; i < WAYS; i++)
        if (bucket[i].digest == digest && bucket[i].phase == phase)
            return &bucket[i];
    return NULL;
}

static struct transaction *make_room(struct passive *p, uint64_t digest)
{
    struct transaction *bucket = p->table[digest % BUCKETS], *oldest = &bucket[0];

    for (size_t i = 0; i < WAYS; i++) {
        if (!bucket[i].digest)
            return &bucket[i];
        if (bucket[i].started < oldest->started)
            oldest = &bucket[i];
    }
    count_silence(p, oldest);
    return oldest;
}

static void open_transaction(struct passive *p, const struct frame *f, uint64_t digest)
{
    uint64_t client = client_of(p, f);
    uint16_t hotspot = hotspot_of(p, f, client);
    struct transaction *t = find(p, digest, (uint8_t)f->event.phase);

    remember(p, client, hotspot, f->at);
    if (t && f->at - t->started <= ANSWER_WITHIN)
        return;
    if (t)
        count_silence(p, t);
    else
        t = make_room(p, digest);
    *t = (struct transaction){.digest = digest,
                              .client = client,
                              .started = f->at,
                              .hotspot = hotspot,
                              .phase = (uint8_t)f->event.phase};
}

static enum funnel_cause cause_of(const struct frame *f)
{
    if (f->event.phase != FUNNEL_DNS || f->hits[COUNT_DNS_REFUSED])
        return CAUSE_REFUSED;
    return f->hits[COUNT_DNS_NXDOMAIN] ? CAUSE_NAME : CAUSE_SERVER;
}

static void close_transaction(struct passive *p, const struct frame *f, uint64_t digest)
{
    struct transaction *t = find(p, digest, (uint8_t)f->event.phase);

    if (!t || f->at - t->started > ANSWER_WITHIN)
        return;
    if (f->event.verb == FUNNEL_CLOSES_WELL)
        count_success(p, t, f->at);
    else
        count_failure(p, t, cause_of(f), f->at);
    if (f->event.phase == FUNNEL_DHCP4 && f->event.verb == FUNNEL_CLOSES_WELL)
        remember(p, digest_of(p, f->lease, sizeof f->lease), t->hotspot, f->at);
    t->digest = 0;
}

/* A server's answers, whether or not they end a transaction. */
static void take_dhcp_answer(struct passive *p, const struct frame *f, uint64_t digest)
{
    struct transaction *t = find(p, digest, FUNNEL_DHCP4);

    if (t) {
        p->dhcp_answered[t->hotspot] = f->at;
        t->has_offer |= f->hits[COUNT_DHCP4_OFFER] != 0;
    }
}

static void take_event(struct passive *p, const struct frame *f)
{
    uint64_t digest;

    if (!f->event.verb && !f->hits[COUNT_DHCP4_OFFER])
        return;
    digest = digest_of(p, f->event.key, sizeof f->event.key);
    if (f->hits[COUNT_DHCP4_OFFER] || f->hits[COUNT_DHCP4_ACK])
        take_dhcp_answer(p, f, digest);
    switch (f->event.verb) {
    case FUNNEL_NOTHING: break;
    case FUNNEL_OPENS: open_transaction(p, f, digest); break;
    case FUNNEL_CLOSES_WELL:
    case FUNNEL_CLOSES_BADLY: close_transaction(p, f, digest); break;
    }
}

/* ---- who should not answer ---- */

static void take_stranger(struct passive *p, struct strangers *s, const struct plan_servers *known,
                          const uint8_t address[16])
{
    uint64_t digest;

    if (known->count == 0 || plan_allows(known, address))
        return;
    digest = digest_of(p, address, 16);
    for (size_t i = 0; i < s->count; i++)
        if (s->digests[i] == digest)
            return;
    if (s->count < PASSIVE_SERVERS_MAX)
        s->digests[s->count++] = digest;
}

static void take_servers(struct passive *p, const struct frame *f)
{
    uint8_t address[16] = {0};

    if (f->hits[COUNT_DHCP4_OFFER] || f->hits[COUNT_DHCP4_ACK] || f->hits[COUNT_DHCP4_NAK]) {
        memcpy(address, f->has_server ? f->server : f->ip_from, 4);
        take_stranger(p, &p->servers, &p->plan->servers, address);
    }
    if (f->hits[COUNT_ICMPV6_RA])
        take_stranger(p, &p->routers, &p->plan->routers, f->ip_from);
}

void passive_feed(struct passive *p, ns_t at, const void *bytes, size_t captured, size_t wire_len)
{
    static const uint8_t everybody[PART_MAC_LEN] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff};
    struct frame *f = &p->frame;

    frame_read(f, p->link, at, bytes, captured, wire_len > captured ? wire_len : captured);
    p->figures.frames++;
    p->figures.malformed += f->defect != DEFECT_NONE;
    if (f->is_unclean || f->is_foreign_radio)
        return;
    if (f->beacon.is_present)
        brand_take(&p->brand, p->plan, &f->beacon, at);
    if (f->is_nested)
        return;
    p->figures.arp += f->hits[COUNT_ARP_REQUEST] | f->hits[COUNT_ARP_REPLY];
    p->figures.broadcast += f->has_mac && memcmp(f->mac_to, everybody, PART_MAC_LEN) == 0;
    take_servers(p, f);
    take_event(p, f);
}

/* ---- reports ---- */

static void sweep(struct passive *p, ns_t now)
{
    struct transaction *t = &p->table[0][0];

    for (size_t i = 0; i < (size_t)BUCKETS * WAYS; i++) {
        if (!t[i].digest || now - t[i].started <= ANSWER_WITHIN)
            continue;
        count_silence(p, &t[i]);
        t[i].digest = 0;
    }
}

static void report_phase_sum(struct passive *p, size_t index, ns_t now, struct buf *out)
{
    struct phase_sum *s = &p->phases[index];
    struct report_phase r = {.hotspot = (uint16_t)(index / FUNNEL_PHASES),
                             .phase = (uint8_t)(index % FUNNEL_PHASES),
                             .attempts = s->attempts,
                             .success = s->success};

    if (!s->attempts)
        return;
    if (s->client_count < PASSIVE_K) {
        p->figures.withheld++;
        if (now - s->since > WAIT_FOR_K)
            *s = (struct phase_sum){0};
        return;
    }
    memcpy(r.causes, s->causes, sizeof r.causes);
    r.p50 = percentile(s, 50);
    r.p95 = percentile(s, 95);
    report_put_phase(out, &r);
    *s = (struct phase_sum){0};
}

static void report(struct passive *p, ns_t now, const struct passive_health *health, struct buf *out)
{
    report_put_begin(out, now);
    for (size_t i = 0; i < p->hotspots * FUNNEL_PHASES; i++)
        report_phase_sum(p, i, now, out);
    p->figures.imitators = brand_report(&p->brand, p->begin, now, out);
    p->figures.begin = p->begin;
    p->figures.end = now;
    p->figures.dropped = health->dropped;
    p->figures.restarts = health->restarts;
    p->figures.rogue_servers = p->servers.count;
    p->figures.rogue_routers = p->routers.count;
    report_put_figures(out, &p->figures);
    p->figures = (struct report_figures){0};
    p->servers.count = p->routers.count = 0;
}

enum err passive_tick(struct passive *p, ns_t now, const struct passive_health *health, struct buf *out)
{
    if (!p->begin || now < p->begin)
        p->begin = now;
    sweep(p, now);
    if (now - p->begin < p->interval)
        return ERR_OK;
    report(p, now, health, out);
    p->begin = now;
    return buf_error(out);
}
