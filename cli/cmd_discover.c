/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd_discover.c - `netzwacht discover`: asks every address of the given ranges who it is, at a bounded rate,
 * and prints a proposed inventory. What the answers mean is collector/discover.h's business.
 *
 *   SYSTEM ─ answered ─► PROBES (what profiles recognise by) ─► NEIGHBOURS (--lldp) ─► done
 *      └─ silent twice, refused, garbage: no device
 *
 * Each datagram takes one turn of the rate timer, repetitions and walks included. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/command.h"
#include "cli/poll_live.h"
#include "cli/profiles.h"
#include "collector/decode.h"
#include "collector/discover.h"
#include "collector/snmp_io.h"
#include "collector/walk.h"
#include "lib/base/log.h"
#include "lib/base/strx.h"

enum {
    RANGES_MAX = 256,
    ADDRESSES_MAX = 4096, /* without --yes-large */
    RATE_DEFAULT = 50,
    RATE_MAX = 1000,
    TRIES = 2,
    WINDOW = 4096,
    PROBES_A_REQUEST = 16,
    NEIGHBOURS_MAX = 512, /* kept of one device */
};
#define WAIT           (1 * SECONDS)
#define PROGRESS_EVERY (500 * MILLISECONDS)

struct options {
    struct discover_range ranges[RANGES_MAX];
    size_t range_count;
    const char *credentials, *output, *core;
    long port, rate;
    bool is_large, has_lldp;
};

enum phase { PHASE_SYSTEM, PHASE_PROBES, PHASE_NEIGHBOURS };

struct scan;

struct target {
    struct scan *scan;
    struct target *next;          /* in the queue of those who want to ask */
    struct target *older, *newer; /* all that exist */
    struct snmp_peer peer;
    enum phase phase;
    int tries;
    size_t probe_at;
    struct varbind_set *answers;
    const struct device_profile *profile;
    struct walk *walk;
    size_t device; /* index, from PHASE_NEIGHBOURS on */
};

struct scan {
    const struct options *options;
    struct loop *loop;
    struct snmp_io *io;
    struct loop_timer timer;
    struct profile_set *profiles;
    struct decoder *decoder;
    char *community;
    struct target *head, *tail; /* waiting for their turn */
    struct target *newest;      /* of all */
    size_t range;               /* next new address */
    uint64_t at, asked, total;
    size_t alive; /* targets that exist */
    struct discover_device *devices;
    size_t device_count, device_cap;
    size_t refused, broken, lldp_cut;
    ns_t next_send, next_progress;
    bool has_terminal, is_stopped;
    enum err failure;
};

static void print_usage(FILE *to)
{
    fputs("Usage: netzwacht discover RANGE... --credentials FILE|- [OPTION]...\n\n"
          "Asks every address of the ranges (192.0.2.0/24, 2001:db8::/120, or one address) who it is over "
          "SNMP\n"
          "v2c, and prints a proposed inventory. Asks nothing else, changes nothing.\n\n"
          "  --port P             UDP port of the agents (161)\n"
          "  --credentials FILE   file with the community in its first line (mode 0600); - reads standard "
          "input\n"
          "  --rate N             datagrams per second, 1 to 1000 (50)\n"
          "  --lldp               also read LLDP neighbours and propose uplinks\n"
          "  --core ID            the device that the monitor hangs on, as it is called in the proposal: the "
          "uplinks\n"
          "                       lead there (else to the middle of what was found); implies --lldp\n"
          "  --yes-large          allow more than 4096 addresses\n"
          "  -o, --output FILE    write there instead of standard output; FILE must not exist yet\n\n"
          "SNMP v3 is not supported here yet. Ctrl-C ends the search and prints what was found so far.\n"
          "Exit status: 0 agents found, 69 no agent answered, 73 FILE exists, 77 no credentials.\n",
          to);
}

/* ---- the queue ---- */

static void enqueue(struct scan *s, struct target *t)
{
    t->next = NULL;
    if (s->tail)
        s->tail->next = t;
    else
        s->head = t;
    s->tail = t;
}

static struct target *dequeue(struct scan *s)
{
    struct target *t = s->head;

    if (t) {
        s->head = t->next;
        if (!s->head)
            s->tail = NULL;
    }
    return t;
}

static void target_free(struct target *t)
{
    if (!t)
        return;
    t->scan->alive--;
    if (t->older)
        t->older->newer = t->newer;
    if (t->newer)
        t->newer->older = t->older;
    else
        t->scan->newest = t->older;
    varbind_set_free(t->answers);
    walk_free(t->walk);
    free(t);
}

static void fail(struct scan *s, enum err e)
{
    s->failure = e;
    loop_stop(s->loop);
}

/* The next address that no earlier range had; NULL at the end, or without memory. */
static struct target *next_target(struct scan *s)
{
    while (s->range < s->options->range_count) {
        const struct discover_range *r = &s->options->ranges[s->range];
        struct snmp_address address;
        bool is_known = false;
        struct target *t;

        if (s->at == r->count) {
            s->range++;
            s->at = 0;
            continue;
        }
        address = discover_range_at(r, s->at++);
        s->asked++;
        for (size_t i = 0; i < s->range && !is_known; i++)
            is_known = discover_range_has(&s->options->ranges[i], &address);
        if (is_known)
            continue;
        t = calloc(1, sizeof *t);
        if (!t) {
            fail(s, ERR_NOMEM);
            return NULL;
        }
        address.port_be = htons((uint16_t)s->options->port);
        *t = (struct target){.scan = s, .tries = TRIES, .older = s->newest};
        if (s->newest)
            s->newest->newer = t;
        s->newest = t;
        t->peer = (struct snmp_peer){.address = address,
                                     .version = 1,
                                     .community = (const uint8_t *)s->community,
                                     .community_len = strlen(s->community)};
        s->alive++;
        return t;
    }
    return NULL;
}

/* ---- what was found ---- */

static char *copy_text(const char *text)
{
    return strdup(text ? text : "");
}

static enum err add_device(struct scan *s, struct target *t)
{
    const struct device_view *view;
    struct discover_device *d;
    const char *const *names;
    size_t count;
    enum err e;

    varbind_set_sort(t->answers);
    e = profile_match(s->profiles, t->answers, NULL, &t->profile);
    if (!e)
        e = decode(s->decoder, t->profile, t->answers, &view);
    if (e)
        return e;
    if (s->device_count == s->device_cap) {
        size_t cap = s->device_cap ? 2 * s->device_cap : 64;
        struct discover_device *grown = realloc(s->devices, cap * sizeof *grown);

        if (!grown)
            return ERR_NOMEM;
        s->devices = grown;
        s->device_cap = cap;
    }
    t->device = s->device_count;
    d = &s->devices[s->device_count++];
    *d = (struct discover_device){.address = t->peer.address, .uplink = DISCOVER_NONE};
    d->sys_name = copy_text(view->identity.sys_name);
    d->sys_descr = copy_text(view->identity.sys_descr);
    d->vendor = copy_text(view->identity.vendor);
    d->model = copy_text(view->identity.model);
    count = device_profile_names(t->profile, &names);
    d->profile = names[count - 1];
    d->kind = discover_kind(t->profile, t->answers, &d->why);
    return d->sys_name && d->sys_descr && d->vendor && d->model ? ERR_OK : ERR_NOMEM;
}

static enum err add_neighbours(struct scan *s, struct target *t)
{
    struct discover_device *d = &s->devices[t->device];
    const struct device_view *view;
    enum err e;

    varbind_set_clear(t->answers);
    for (size_t i = 0; i < walk_count(t->walk); i++) {
        const struct buf *rows;
        uint32_t row_count;
        const char *why;

        walk_column(t->walk, i, &rows, &row_count, &why);
        e = discover_take(
            &(struct snmp_message){.varbinds = (const uint8_t *)rows->data, .varbinds_len = rows->len},
            t->answers);
        if (e)
            return e;
    }
    varbind_set_sort(t->answers);
    e = decode(s->decoder, t->profile, t->answers, &view);
    if (e)
        return e;
    d->neighbours = calloc(NEIGHBOURS_MAX, sizeof *d->neighbours);
    if (!d->neighbours)
        return ERR_NOMEM;
    for (size_t i = 0; i < view->neighbour_count && d->neighbour_count < NEIGHBOURS_MAX; i++) {
        const struct view_neighbour *n = &view->neighbours[i];
        struct discover_neighbour *to = &d->neighbours[d->neighbour_count++];

        to->system_name = copy_text(n->system_name);
        to->port = n->entity == VIEW_NO_ENTITY ? NULL : copy_text(view->entities[n->entity].id);
        if (!to->system_name)
            return ERR_NOMEM;
    }
    return ERR_OK;
}

/* ---- the steps of one target ---- */

static enum err begin_walk(struct target *t)
{
    /* Exactly what the decoder needs to name neighbours and local ports. */
    static const uint32_t columns[][12] = {
        {1, 0, 8802, 1, 1, 2, 1, 4, 1, 1, 4},  {1, 0, 8802, 1, 1, 2, 1, 4, 1, 1, 5},
        {1, 0, 8802, 1, 1, 2, 1, 4, 1, 1, 6},  {1, 0, 8802, 1, 1, 2, 1, 4, 1, 1, 7},
        {1, 0, 8802, 1, 1, 2, 1, 4, 1, 1, 9},  {1, 0, 8802, 1, 1, 2, 1, 4, 1, 1, 12},
        {1, 0, 8802, 1, 1, 2, 1, 3, 7, 1, 3},  {1, 0, 8802, 1, 1, 2, 1, 3, 7, 1, 4},
        {1, 3, 6, 1, 2, 1, 31, 1, 1, 1, 1, 0}, {1, 3, 6, 1, 2, 1, 2, 2, 1, 2, 0},
    };
    static const size_t lengths[] = {11, 11, 11, 11, 11, 11, 11, 11, 11, 10};
    enum err e = ERR_OK;

    t->walk = walk_new(1);
    if (!t->walk)
        return ERR_NOMEM;
    for (size_t i = 0; !e && i < ARRAY_LEN(columns); i++)
        e = walk_add(t->walk, columns[i], lengths[i]);
    t->phase = PHASE_NEIGHBOURS;
    return e;
}

static const struct read_item *probe_item(const struct scan *s, size_t i)
{
    const struct read_plan *probes = profile_set_probe(s->profiles);

    if (i < probes->count)
        return &probes->items[i];
    i -= probes->count;
    return i < discover_plan.count ? &discover_plan.items[i] : NULL;
}

static bool add_oid(struct poll_request *r, const uint32_t *oid, size_t len)
{
    return poll_request_add_ids(r, oid, len);
}

/* False: nothing is left to ask. */
static bool make_request(struct target *t, struct poll_request *r)
{
    static const uint32_t system[][9] = {
        {1, 3, 6, 1, 2, 1, 1, 1, 0}, {1, 3, 6, 1, 2, 1, 1, 2, 0}, {1, 3, 6, 1, 2, 1, 1, 5, 0}};
    const struct read_item *item;

    r->type = SNMP_GET;
    r->max_repetitions = 0;
    r->count = r->store_used = 0;
    if (t->phase == PHASE_NEIGHBOURS)
        return walk_ask(t->walk, r);
    if (t->phase == PHASE_SYSTEM)
        for (size_t i = 0; i < ARRAY_LEN(system); i++)
            add_oid(r, system[i], ARRAY_LEN(system[i]));
    for (size_t i = 0; t->phase == PHASE_PROBES && i < PROBES_A_REQUEST; i++) {
        item = probe_item(t->scan, t->probe_at + i);
        if (!item || !add_oid(r, item->oid, item->oid_len))
            break;
    }
    return r->count > 0;
}

static void end_phase(struct target *t)
{
    struct scan *s = t->scan;
    enum err e = ERR_OK;

    if (t->phase == PHASE_PROBES)
        e = add_device(s, t);
    if (!e && t->phase == PHASE_PROBES && s->options->has_lldp) {
        e = begin_walk(t);
        if (!e) {
            enqueue(s, t);
            return;
        }
    } else if (!e && t->phase == PHASE_NEIGHBOURS) {
        e = add_neighbours(s, t);
    }
    target_free(t);
    if (e)
        fail(s, e);
}

static void take_reply(struct target *t, const struct snmp_message *reply)
{
    enum err e = ERR_OK;

    t->tries = TRIES;
    if (t->phase == PHASE_NEIGHBOURS) {
        walk_take(t->walk, reply);
    } else if (reply->error_status == SNMP_NO_ERROR) {
        if (!t->answers)
            t->answers = varbind_set_new();
        e = t->answers ? discover_take(reply, t->answers) : ERR_NOMEM;
    } else if (!t->answers) { /* an agent that refuses even sysDescr is one all the same */
        t->answers = varbind_set_new();
        e = t->answers ? ERR_OK : ERR_NOMEM;
    }
    if (t->phase == PHASE_PROBES)
        t->probe_at += PROBES_A_REQUEST;
    if (t->phase == PHASE_SYSTEM)
        t->phase = PHASE_PROBES;
    if (e) {
        fail(t->scan, e);
        target_free(t);
        return;
    }
    enqueue(t->scan, t);
}

static void on_reply(void *ctx, enum err result, const struct snmp_message *reply, ns_t rtt)
{
    struct target *t = ctx;
    struct scan *s = t->scan;

    (void)rtt;
    if (!result) {
        take_reply(t, reply);
    } else if (result == ERR_TIMEOUT && --t->tries > 0) {
        enqueue(s, t);
    } else if (t->phase != PHASE_SYSTEM) {
        s->lldp_cut += t->phase == PHASE_NEIGHBOURS;
        end_phase(t);
    } else {
        s->refused += result == ERR_UNREACHABLE;
        s->broken += result == ERR_MALFORMED;
        target_free(t);
    }
}

/* Sends what one target wants to ask; false if it had nothing to ask, so the turn is not used up. */
static bool ask(struct scan *s, struct target *t)
{
    struct poll_request r;
    snmp_handle handle;
    enum err e;

    if (!make_request(t, &r)) {
        end_phase(t);
        return false;
    }
    e = snmp_io_ask(s->io,
                    &(struct snmp_ask){.peer = &t->peer,
                                       .type = r.type,
                                       .oids = r.oids,
                                       .count = r.count,
                                       .max_repetitions = r.max_repetitions,
                                       .tries = 1,
                                       .wait = WAIT,
                                       .done = on_reply,
                                       .ctx = t},
                    &handle);
    if (e) {
        target_free(t);
        if (e != ERR_UNREACHABLE)
            fail(s, e);
        else
            s->refused++;
    }
    return true;
}

/* ---- the turn of the rate timer ---- */

static void show_progress(struct scan *s, bool is_last)
{
    if (!s->has_terminal || (!is_last && loop_mono(s->loop) < s->next_progress))
        return;
    s->next_progress = loop_mono(s->loop) + PROGRESS_EVERY;
    fprintf(stderr, "\r%llu of %llu addresses asked, %zu agents%s", (unsigned long long)s->asked,
            (unsigned long long)s->total, s->device_count, is_last ? "\n" : " ");
}

static void on_turn(void *ctx)
{
    struct scan *s = ctx;
    ns_t now = loop_mono(s->loop), gap = SECONDS / s->options->rate;
    bool is_sent = false;

    while (!is_sent && !s->failure) {
        struct target *t = dequeue(s);

        if (!t)
            t = next_target(s);
        if (!t)
            break;
        is_sent = ask(s, t);
    }
    show_progress(s, false);
    if (s->failure)
        return;
    if (!is_sent && s->alive == 0) {
        loop_stop(s->loop);
        return;
    }
    /* What a late turn missed is made up for, but never more than a tenth of a second of it at once. */
    s->next_send += gap;
    if (s->next_send < now - 100 * MILLISECONDS)
        s->next_send = now;
    s->failure = loop_timer_set(s->loop, &s->timer, s->next_send);
    if (s->failure)
        loop_stop(s->loop);
}

static void on_interrupt(void *ctx, int signo)
{
    struct scan *s = ctx;

    (void)signo;
    s->is_stopped = true;
    loop_stop(s->loop);
}

static enum err search(struct scan *s)
{
    struct snmp_io_options io = {.window = WINDOW, .timeout = WAIT};
    enum err e = loop_new(NULL, &s->loop);

    if (!e)
        e = snmp_io_new(s->loop, &io, &s->io);
    if (!e)
        e = loop_signal_add(s->loop, SIGINT, on_interrupt, s);
    if (!e) {
        loop_timer_init(&s->timer, on_turn, s);
        s->next_send = loop_mono(s->loop);
        e = loop_timer_set(s->loop, &s->timer, s->next_send);
    }
    if (!e)
        e = loop_run(s->loop);
    if (!e)
        show_progress(s, true);
    return e ? e : s->failure;
}

/* ---- the result ---- */

static enum err write_all(const struct options *o, const struct buf *text)
{
    int fd = o->output ? open(o->output, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644) : STDOUT_FILENO;
    FILE *f = fd < 0 ? NULL : o->output ? fdopen(fd, "w") : stdout;
    enum err e = ERR_OK;

    if (!f) {
        e = err_from_errno(errno);
        log_error("%s: %s", o->output, e == ERR_EXISTS ? "is there already; name another file" : err_text(e));
        return e;
    }
    if (fwrite(text->data, 1, text->len, f) != text->len || fflush(f))
        e = ERR_IO;
    if (o->output && fclose(f))
        e = ERR_IO;
    if (e)
        log_error("%s: %s", o->output ? o->output : "standard output", err_text(e));
    return e;
}

static enum err propose(struct scan *s)
{
    struct discover_tree tree = {0};
    struct buf out = BUF_INIT;
    enum err e = discover_make_ids(s->devices, s->device_count);

    if (!e && s->options->has_lldp)
        e = discover_make_tree(s->devices, s->device_count, s->options->core, &tree);
    if (e == ERR_NOT_FOUND)
        log_error("--core: no device that was found is called %s", s->options->core);
    if (!e) {
        if (s->is_stopped)
            buf_printf(&out, "# Interrupted: %llu of %llu addresses were asked.\n",
                       (unsigned long long)s->asked, (unsigned long long)s->total);
        discover_write(&out, s->devices, s->device_count, s->options->has_lldp ? &tree : NULL);
        e = buf_error(&out);
    }
    if (!e)
        e = write_all(s->options, &out);
    buf_fini(&out);
    free(tree.links);
    return e;
}

static enum err report(struct scan *s)
{
    if (s->broken)
        log_warning(
            "%zu addresses answered with something that is no SNMP: `netzwacht doctor ADDRESS` looks closer",
            s->broken);
    if (s->lldp_cut)
        log_warning("%zu agents stopped answering while their neighbours were read", s->lldp_cut);
    if (!s->device_count) {
        log_error("no agent answered (%llu addresses asked, %zu refused): check ranges, port and community; "
                  "`netzwacht doctor ADDRESS` looks at one",
                  (unsigned long long)s->asked, s->refused);
        return ERR_UNREACHABLE;
    }
    return propose(s);
}

/* ---- the command ---- */

static int add_range(struct options *o, const char *text)
{
    const char *why = NULL;

    if (o->range_count == RANGES_MAX) {
        log_error("at most %d ranges", RANGES_MAX);
        return EXIT_BAD_USAGE;
    }
    switch (discover_range_parse(text, &o->ranges[o->range_count])) {
    case ERR_OK: o->range_count++; return EXIT_DONE;
    case ERR_RANGE:
        why = "bits are set behind the prefix; write the network's first address, or no prefix";
        break;
    case ERR_LIMIT: why = "too large; a range has at most 2^20 addresses (/12, or /108 for IPv6)"; break;
    default: why = "expected an address or a range like 192.0.2.0/24"; break;
    }
    log_error("%s: %s", text, why);
    return EXIT_BAD_USAGE;
}

static int read_number(const char *name, const char *text, long max, long *out)
{
    int64_t n;

    if (strx_to_i64(text, &n) || n < 1 || n > max) {
        log_error("--%s: expected a number from 1 to %ld", name, max);
        return EXIT_BAD_USAGE;
    }
    *out = (long)n;
    return EXIT_DONE;
}

static int check_options(struct options *o)
{
    uint64_t total = 0;

    for (size_t i = 0; i < o->range_count; i++)
        total += o->ranges[i].count;
    if (total > ADDRESSES_MAX && !o->is_large) {
        log_error(
            "%llu addresses are more than %d: name smaller ranges, or add --yes-large (at %ld datagrams a "
            "second it may take %llu minutes)",
            (unsigned long long)total, ADDRESSES_MAX, o->rate,
            (unsigned long long)(total * TRIES / (uint64_t)o->rate / 60 + 1));
        return EXIT_BAD_USAGE;
    }
    if (o->output && access(o->output, F_OK) == 0) {
        log_error("%s: is there already; name another file", o->output);
        return EXIT_CANT_WRITE;
    }
    return EXIT_DONE;
}

static int parse_options(int argc, char **argv, struct options *o)
{
    static const struct option longs[] = {
        {"port", required_argument, NULL, 'p'},   {"credentials", required_argument, NULL, 'c'},
        {"rate", required_argument, NULL, 'r'},   {"lldp", no_argument, NULL, 'l'},
        {"core", required_argument, NULL, 'C'},   {"yes-large", no_argument, NULL, 'y'},
        {"output", required_argument, NULL, 'o'}, {"v3", optional_argument, NULL, '3'},
        {"help", no_argument, NULL, 'h'},         {NULL, 0, NULL, 0}};
    int c, status = EXIT_DONE;

    *o = (struct options){.port = 161, .rate = RATE_DEFAULT};
    while (!status && (c = getopt_long(argc, argv, "ho:", longs, NULL)) != -1) {
        switch (c) {
        case 'p': status = read_number("port", optarg, 65535, &o->port); break;
        case 'c': o->credentials = optarg; break;
        case 'r': status = read_number("rate", optarg, RATE_MAX, &o->rate); break;
        case 'l': o->has_lldp = true; break;
        case 'C':
            o->core = optarg;
            o->has_lldp = true;
            break;
        case 'y': o->is_large = true; break;
        case 'o': o->output = optarg; break;
        case '3':
            log_error("SNMP v3 is not supported by this command yet; it speaks v2c");
            return EXIT_BAD_USAGE;
        case 'h': print_usage(stdout); return -1;
        default: return EXIT_BAD_USAGE;
        }
    }
    for (int i = optind; !status && i < argc; i++)
        status = add_range(o, argv[i]);
    if (!status && !o->range_count) {
        print_usage(stderr);
        return EXIT_BAD_USAGE;
    }
    return status ? status : check_options(o);
}

static void scan_fini(struct scan *s)
{
    loop_timer_cancel(s->loop, &s->timer);
    snmp_io_free(s->io);
    while (s->newest)
        target_free(s->newest);
    loop_free(s->loop);
    decoder_free(s->decoder);
    for (size_t i = 0; i < s->device_count; i++)
        discover_device_fini(&s->devices[i]);
    free(s->devices);
    profile_set_free(s->profiles);
    if (s->community)
        explicit_bzero(s->community, strlen(s->community));
    free(s->community);
}

int cmd_discover(int argc, char **argv)
{
    struct options *o = calloc(1, sizeof *o);
    struct scan s = {.options = o, .has_terminal = isatty(STDERR_FILENO)};
    int status = o ? parse_options(argc, argv, o) : EXIT_FINDING;
    enum err e = ERR_OK;

    if (status) {
        free(o);
        return status == -1 ? EXIT_DONE : status;
    }
    for (size_t i = 0; i < o->range_count; i++)
        s.total += o->ranges[i].count;
    s.decoder = decoder_new();
    if (!s.decoder)
        e = ERR_NOMEM;
    if (!e)
        e = live_read_community(o->credentials, &s.community);
    if (!e)
        e = profiles_load(NULL, 0, &s.profiles);
    if (!e) {
        e = search(&s);
        if (e)
            log_error("discover: %s", err_text(e));
    }
    if (!e)
        e = report(&s);
    scan_fini(&s);
    free(o);
    return err_exit_status(e);
}
