/* SPDX-License-Identifier: GPL-3.0-or-later */
/* world.c - a network of scripted agents under the real collector, on a fake clock. */
#include "tests/sim/world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "collector/snmp_io.h"
#include "lib/base/log.h"
#include "lib/base/rng.h"
#include "lib/base/strx.h"

#define STEP  (10 * MILLISECONDS)
#define EPOCH ((ns_t)1800000000 * SECONDS)
#define BOOT  (5 * HOURS)

#define MUST(condition)                                                                                      \
    do {                                                                                                     \
        if (!(condition)) {                                                                                  \
            printf("# world.c: %s\n", #condition);                                                           \
            abort();                                                                                         \
        }                                                                                                    \
    } while (0)

/* ---- the network: takes the place of snmp_io.c ---- */

struct snmp_io {
    struct snmp_client *client;
    struct loop_timer timer;
    struct rng rng;
    struct snmp_io_options options;
};

struct packet {
    struct loop_timer timer;
    struct sim_device *device; /* NULL: forged */
    struct snmp_address from;
    struct buf bytes;
    bool is_reply;
};

/* snmp_io.h's functions get no context of the test: one world at a time. */
static struct sim *the_world;
static struct snmp_io *the_io;

static bool happens(uint32_t permille)
{
    return rng_below(&the_io->rng, 1000) < permille;
}

struct snmp_address sim_address(size_t i)
{
    return (struct snmp_address){.ip = {127, 16, (uint8_t)(i >> 8), (uint8_t)i}, .port_be = 0x2710};
}

static void rearm(void)
{
    ns_t due = snmp_client_due(the_io->client);

    if (due == INT64_MAX)
        loop_timer_cancel(the_world->loop, &the_io->timer);
    else
        MUST(loop_timer_set(the_world->loop, &the_io->timer, due) == ERR_OK);
}

static void on_timer(void *ctx)
{
    (void)ctx;
    snmp_client_advance(the_io->client, loop_mono(the_world->loop));
    rearm();
}

static void deliver(struct sim_device *d, const void *bytes, size_t len, bool is_reply);

static int32_t id_of(const void *bytes, size_t len)
{
    struct snmp_message m;
    struct snmp_v3_message v3;

    if (snmp_message_parse(bytes, len, &m) == ERR_OK)
        return m.request_id;
    return snmp_v3_parse(bytes, len, &v3) ? 0 : v3.msg_id;
}

static bool answer(struct sim_device *d, const struct buf *request, struct buf *reply)
{
    struct sim *w = the_world;
    size_t i = (size_t)(d - w->devices);

    if (d->is_dead)
        return false;
    if (w->has_one_agent) {
        char name[16];

        snprintf(name, sizeof name, "d%04zu", i);
        agent_text(d->agent, "1.3.6.1.2.1.1.5.0", name);
    }
    agent_number(d->agent, "1.3.6.1.2.1.1.3.0", SNMP_TIMETICKS,
                 (uint64_t)((w->now - d->booted) / (10 * MILLISECONDS)) & UINT32_MAX);
    if (w->prepare)
        w->prepare(w, i);
    return (d->v3 ? agent_v3_answer(d->v3, d->agent, w->now, request->data, request->len, reply)
                  : agent_answer(d->agent, request->data, request->len, reply)) &&
           (!d->reply_most || reply->len <= d->reply_most);
}

static void receive(const struct packet *p)
{
    if (p->device && id_of(p->bytes.data, p->bytes.len) == p->device->open_id)
        p->device->open_id = 0;
    snmp_client_receive(the_io->client, loop_mono(the_world->loop), &p->from, p->bytes.data, p->bytes.len);
    rearm();
}

static bool ask_agent(const struct packet *p, struct buf *reply)
{
    bool is_answered;

    the_world->is_collectors_turn = false;
    is_answered = answer(p->device, &p->bytes, reply);
    the_world->is_collectors_turn = true;
    return is_answered;
}

static void on_arrival(void *ctx)
{
    struct packet *p = ctx;
    struct buf reply = BUF_INIT;

    if (!the_io) {
        /* the collector is gone: what was on its way arrives nowhere */
    } else if (p->is_reply) {
        receive(p);
    } else if (ask_agent(p, &reply)) {
        deliver(p->device, reply.data, reply.len, true);
    }
    buf_fini(&reply);
    buf_fini(&p->bytes);
    free(p);
}

static void put_on_way(struct sim_device *d, const struct snmp_address *from, const void *bytes, size_t len,
                       bool is_reply, ns_t way)
{
    struct packet *p = calloc(1, sizeof *p);

    MUST(p);
    loop_timer_init(&p->timer, on_arrival, p);
    p->device = d;
    p->from = *from;
    p->is_reply = is_reply;
    buf_put(&p->bytes, bytes, len);
    MUST(loop_timer_after(the_world->loop, &p->timer, way) == ERR_OK);
}

static void send_one(struct sim_device *d, const void *bytes, size_t len, bool is_reply)
{
    const struct sim_network *n = &the_world->network;
    const struct snmp_address from = sim_address((size_t)(d - the_world->devices));
    ns_t way = (d->delay ? d->delay : n->delay) / 2;

    if (n->jitter)
        way += ((ns_t)rng_below(&the_io->rng, 2000) - 1000) * n->jitter / 2000;
    if (n->held_permille && happens(n->held_permille))
        way += (ns_t)rng_below(&the_io->rng, (uint32_t)(n->held_most / MILLISECONDS)) * MILLISECONDS;
    put_on_way(d, &from, bytes, len, is_reply, way);
}

void sim_forge(struct sim *w, const struct snmp_address *from, const void *bytes, size_t len)
{
    (void)w;
    put_on_way(NULL, from, bytes, len, true, MILLISECONDS);
}

static void deliver(struct sim_device *d, const void *bytes, size_t len, bool is_reply)
{
    const struct sim_network *n = &the_world->network;

    if (!happens(n->loss_permille))
        send_one(d, bytes, len, is_reply);
    if (happens(n->double_permille))
        send_one(d, bytes, len, is_reply);
}

static void note_request(struct sim_device *d, int32_t id)
{
    uint32_t behind = 0;

    d->overlaps += d->open_id && d->open_id != id;
    d->open_id = id;
    if (!d->uplink)
        return;
    for (size_t i = 0; i < the_world->count; i++)
        behind += the_world->devices[i].uplink && the_world->devices[i].open_id;
    if (behind > the_world->behind_most)
        the_world->behind_most = behind;
}

static enum err transmit(void *ctx, const struct snmp_address *to, const void *bytes, size_t len)
{
    size_t i = (size_t)to->ip[2] << 8 | to->ip[3];

    (void)ctx;
    MUST(i < the_world->count);
    the_world->devices[i].datagrams++;
    note_request(&the_world->devices[i], id_of(bytes, len));
    deliver(&the_world->devices[i], bytes, len, false);
    if (the_world->on_request) {
        the_world->is_collectors_turn = false;
        the_world->on_request(the_world, i, bytes, len);
        the_world->is_collectors_turn = true;
    }
    return ERR_OK;
}

static uint32_t request_id(void *ctx)
{
    (void)ctx;
    return (uint32_t)rng_u64(&the_io->rng);
}

static void on_notice(void *ctx, struct snmp_peer *peer, enum snmp_notice what)
{
    (void)ctx;
    if (the_io->options.notice)
        the_io->options.notice(the_io->options.notice_ctx, peer, what);
}

enum err snmp_io_new(struct loop *l, const struct snmp_io_options *options, struct snmp_io **out)
{
    struct snmp_client_options o = {.window = options->window,
                                    .timeout = options->timeout,
                                    .transmit = transmit,
                                    .request_id = request_id,
                                    .notice = on_notice};

    (void)l;
    the_io = calloc(1, sizeof *the_io);
    MUST(the_io);
    the_io->rng.state = the_world->random;
    the_io->options = *options;
    loop_timer_init(&the_io->timer, on_timer, NULL);
    *out = the_io;
    return snmp_client_new(&o, &the_io->client);
}

void snmp_io_free(struct snmp_io *io)
{
    if (!io)
        return;
    loop_timer_cancel(the_world->loop, &io->timer);
    snmp_client_free(io->client);
    free(io);
    the_io = NULL;
}

void snmp_io_tune(struct snmp_io *io, uint32_t window, ns_t timeout)
{
    snmp_client_tune(io->client, window, timeout);
}

enum err snmp_io_ask(struct snmp_io *io, const struct snmp_ask *ask, snmp_handle *handle)
{
    enum err e = snmp_client_ask(io->client, loop_mono(the_world->loop), ask, handle);

    rearm();
    return e;
}

void snmp_io_cancel(struct snmp_io *io, snmp_handle handle)
{
    snmp_client_cancel(io->client, handle);
}

void snmp_io_stats(const struct snmp_io *io, struct snmp_stats *out)
{
    snmp_client_stats(io->client, out);
}

enum err snmp_io_resolve(const char *address, int64_t port, struct snmp_address *out)
{
    unsigned high, low;

    (void)port;
    MUST(sscanf(address, "127.16.%u.%u", &high, &low) == 2);
    *out = sim_address(high << 8 | low);
    return ERR_OK;
}

/* ---- the journal, as the world sees it ---- */

static void take_samples(struct sim *w, const Nw__Samples *s)
{
    unsigned i;

    MUST(sscanf(s->source, "d%u", &i) == 1 && i < w->count);
    struct sim_device *d = &w->devices[i];
    d->polls++;
    if (d->started && (ns_t)s->started - d->started > d->period_most)
        d->period_most = (ns_t)s->started - d->started;
    if ((ns_t)s->duration_us * MICROSECONDS > d->duration_most)
        d->duration_most = (ns_t)s->duration_us * MICROSECONDS;
    d->started = (ns_t)s->started;
    d->get_varbinds = s->get_varbinds;
    d->bulk_varbinds = s->bulk_varbinds;
    d->slowed = s->slowed;
    d->is_walk_broken = s->is_walk_broken;
    d->answered += s->misses == 0;
    d->partial += s->outcome == NW__OUTCOMES__OUTCOME_PARTIAL;
    d->misses = s->misses;
    if (s->misses == 1)
        d->first_miss_at = w->now;
    if (s->is_down && !d->is_down) {
        w->times_down++;
        d->down_at = w->now;
    }
    if (!s->is_down && d->is_down)
        d->up_at = w->now;
    d->is_down = s->is_down;
    /* Never another agent's values. */
    if (s->table && s->table->identity->sys_name[0])
        MUST(strcmp(s->table->identity->sys_name, s->source) == 0);
    if (w->on_samples)
        w->on_samples(w, i, s);
}

static ns_t sim_mono(void *ctx)
{
    return BOOT + ((struct sim *)ctx)->now;
}

static ns_t sim_wall(void *ctx)
{
    return EPOCH + ((struct sim *)ctx)->now;
}

static enum err append(void *ctx, Nw__Record *record, journal_pos *pos)
{
    struct sim *w = ctx;

    if (record->body_case == NW__RECORD__BODY_SAMPLES)
        take_samples(w, record->samples);
    if (record->body_case == NW__RECORD__BODY_FINDING) {
        w->findings++;
        w->engine_findings += strx_starts_with(record->finding->kind, "engine_");
    }
    if (!w->is_journalled) {
        if (pos)
            *pos = (journal_pos)1 << 32 | 1;
        return ERR_OK;
    }
    record->wall = (uint64_t)sim_wall(w);
    buf_clear(&w->packed);
    MUST(record_pack(record, &w->packed) == ERR_OK);
    return journal_append(w->journal, sim_mono(w), w->packed.data, w->packed.len, pos);
}

/* ---- the world ---- */

static void write_file(const struct sim *w, const char *name, const struct buf *text)
{
    char path[128];
    FILE *f;

    snprintf(path, sizeof path, "%s/%s", w->dir, name);
    f = fopen(path, "w");
    MUST(f && fwrite(text->data, 1, text->len, f) == text->len && fclose(f) == 0);
    MUST(chmod(path, 0600) == 0);
}

static const struct {
    const char *name, *line;
    enum snmp_auth auth;
    enum snmp_priv priv;
} accesses[] = {
    [SIM_V2C] = {"default", "version: v2c, community_file: community", SNMP_AUTH_NONE, SNMP_PRIV_NONE},
    [SIM_OPEN] = {"open", "version: v3, user: sim", SNMP_AUTH_NONE, SNMP_PRIV_NONE},
    [SIM_AUTH] = {"auth", "version: v3, user: sim, auth: sha256, auth_file: secret", SNMP_AUTH_SHA256,
                  SNMP_PRIV_NONE},
    [SIM_PRIV] = {"priv",
                  "version: v3, user: sim, auth: sha256, auth_file: secret, priv: aes128, priv_file: secret",
                  SNMP_AUTH_SHA256, SNMP_PRIV_AES128},
};
#define SECRET "a secret of eight characters or more"

const struct usm_user *sim_user(enum sim_access access)
{
    static struct usm_user users[ARRAY_LEN(accesses)];
    struct usm_user *u = &users[access];

    if (!u->name[0])
        MUST(usm_user_init(u, "sim", NULL, accesses[access].auth, SECRET, accesses[access].priv, SECRET) ==
             ERR_OK);
    return u;
}

static void write_configuration(const struct sim *w, int interval)
{
    struct buf b = BUF_INIT;

    buf_printf(&b, "instance: sim\nstate_dir: .\ninventory: inventory.yaml\ncredentials:\n");
    for (size_t i = 0; i < ARRAY_LEN(accesses); i++)
        buf_printf(&b, "  - {name: %s, %s}\n", accesses[i].name, accesses[i].line);
    buf_printf(&b, "collector: {interval: %ds, window: 512, trap_port: %d}\n", interval, w->has_traps);
    write_file(w, "netzwacht.yaml", &b);
    buf_clear(&b);
    buf_str(&b, "secret\n");
    write_file(w, "community", &b);
    buf_clear(&b);
    buf_str(&b, SECRET "\n");
    write_file(w, "secret", &b);
    buf_clear(&b);
    buf_str(&b, "sites:\n  - {id: s, name: S, lat: 53.7, lon: 9.99}\ndevices:\n");
    for (size_t i = 0; i < w->count; i++) {
        buf_printf(&b, "  - {id: d%04zu, name: D, address: 127.16.%zu.%zu, kind: switch, site: s", i, i >> 8,
                   i & 255);
        if (w->devices[i].uplink)
            buf_printf(&b, ", uplink: %s", w->devices[i].uplink);
        if (w->devices[i].access)
            buf_printf(&b, ", credentials: %s", accesses[w->devices[i].access].name);
        buf_str(&b, "}\n");
    }
    MUST(buf_error(&b) == ERR_OK);
    write_file(w, "inventory.yaml", &b);
    buf_fini(&b);
}

static void load_configuration(struct sim *w)
{
    struct conf_report *report;
    char path[128];

    snprintf(path, sizeof path, "%s/netzwacht.yaml", w->dir);
    MUST(conf_report_new(&report) == ERR_OK);
    enum err e = settings_load(path, report, &w->settings);
    if (!e)
        e = inventory_load((const char *const *)w->settings->inventory.items, w->settings->inventory.count,
                           NULL, report, &w->inventory);
    if (e)
        printf("# %s", conf_report_text(report));
    MUST(e == ERR_OK);
    conf_report_free(report);
}

static void open_collector(struct sim *w)
{
    struct journal_options jo = {.dir = w->settings->journal_dir,
                                 .partition = "collector",
                                 .segment_bytes = 64 * MIB,
                                 .keep_bytes = GIB,
                                 .keep_age = DAYS};
    struct collector_options co = {.loop = w->loop,
                                   .settings = w->settings,
                                   .inventory = w->inventory,
                                   .append = append,
                                   .ctx = w,
                                   .seed = w->seed};

    MUST(journal_writer_open(&jo, sim_mono(w), &w->journal) == ERR_OK);
    co.journal = w->journal;
    MUST(collector_new(&co, &w->collector) == ERR_OK);
}

static void close_collector(struct sim *w)
{
    collector_free(w->collector);
    w->collector = NULL;
    journal_writer_close(w->journal);
    w->journal = NULL;
}

/* Engine ID: net-snmp's enterprise number, text, the device's number. */
static void open_engine(struct sim_device *d, size_t i)
{
    const uint8_t id[] = {0x80, 0, 0x1f, 0x88, 4, 'd', (uint8_t)(i >> 8), (uint8_t)i};

    d->v3 = malloc(sizeof *d->v3);
    MUST(d->v3);
    agent_v3_init(d->v3, sim_user(d->access), id, sizeof id, 5, d->booted);
}

static void open_agents(struct sim *w)
{
    for (size_t i = 0; i < w->count; i++) {
        char name[16];

        w->devices[i].booted = w->devices[i].booted ? w->devices[i].booted : -1000 * SECONDS;
        if (w->devices[i].access)
            open_engine(&w->devices[i], i);
        if (i && w->has_one_agent) {
            w->devices[i].agent = w->devices[0].agent;
            continue;
        }
        snprintf(name, sizeof name, "d%04zu", i);
        w->devices[i].agent = agent_new();
        agent_system(w->devices[i].agent, name, "1.3.6.1.4.1.99999.1", 100000);
    }
}

void sim_open(struct sim *w, size_t count, int interval, uint64_t seed)
{
    const char *given = getenv("NETZWACHT_SEED"), *source = getenv("NETZWACHT_SOURCE");
    struct loop_clock clock = {sim_mono, sim_wall, w};

    if (given)
        MUST(strx_to_u64(given, &seed) == ERR_OK);
    printf("# seed %llu\n", (unsigned long long)seed);
    log_set_level(LOG_LEVEL_ERROR);
    if (source)
        MUST(setenv("NETZWACHT_DATA_DIR", source, 1) == 0);
    the_world = w;
    w->seed = w->random = seed;
    w->is_collectors_turn = true;
    w->count = count;
    strx_copy(w->dir, sizeof w->dir, "/tmp/netzwacht-sim-XXXXXX");
    MUST(count <= SIM_DEVICES_MAX && mkdtemp(w->dir));
    open_agents(w);
    write_configuration(w, interval);
    load_configuration(w);
    MUST(loop_new(&clock, &w->loop) == ERR_OK);
    open_collector(w);
}

void sim_run(struct sim *w, ns_t duration)
{
    ns_t end = w->now + duration;

    while (w->now < end) {
        w->now += STEP;
        MUST(loop_turn(w->loop, 0) == ERR_OK);
    }
}

void sim_restart(struct sim *w)
{
    close_collector(w);
    for (size_t i = 0; i < w->count; i++)
        w->devices[i].open_id = 0;
    open_collector(w);
}

double sim_figure(struct sim *w, const char *name)
{
    Nw__Heartbeat beat = NW__HEARTBEAT__INIT;

    collector_beat(w->collector, &beat);
    for (size_t i = 0; i < beat.n_counters; i++)
        if (strcmp(beat.counters[i]->name, name) == 0)
            return beat.counters[i]->value;
    printf("# there is no figure %s\n", name);
    abort();
}

void sim_close(struct sim *w)
{
    char command[160];

    close_collector(w);
    /* Packets under way own themselves until they arrive. */
    sim_run(w, w->network.held_most + 10 * SECONDS);
    loop_free(w->loop);
    settings_free(w->settings);
    inventory_free(w->inventory);
    for (size_t i = 0; i < (w->has_one_agent ? 1 : w->count); i++)
        agent_free(w->devices[i].agent);
    for (size_t i = 0; i < w->count; i++)
        free(w->devices[i].v3);
    buf_fini(&w->packed);
    snprintf(command, sizeof command, "rm -rf '%s'", w->dir);
    if (system(command))
        printf("# %s is left over\n", w->dir);
}
