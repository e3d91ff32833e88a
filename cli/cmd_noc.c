/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd_noc.c - `netzwacht noc`: a NOC at a terminal, and the reference for others who write one.
 *
 * watch: a persistent session on `event`; events go to the file, the file to the disk, then the receipt out:
 * one for all that came together. What came before is known from the file. A gap, and a broker that does not
 * know our session any more, ask for a replay behind the last stored event. The other verbs send one command
 * and wait for the reply on noc/reply/<client>. docs/alerts.md and docs/asyncapi.yaml are the contract. */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "cli/command.h"
#include "cli/noc_book.h"
#include "cli/noc_show.h"
#include "lib/base/json_out.h"
#include "lib/base/log.h"
#include "lib/base/strx.h"
#include "lib/base/timex.h"
#include "lib/model/settings.h"
#include "lib/model/state.h"
#include "lib/runtime/mqtt_io.h"

static const char usage[] =
    "Usage: netzwacht noc watch --instance NAME --host ADDRESS --file FILE [OPTION]...\n"
    "       netzwacht noc list --instance NAME --host ADDRESS [OPTION]...\n"
    "       netzwacht noc show ID --instance NAME --host ADDRESS [OPTION]...\n"
    "       netzwacht noc acknowledge|comment|assign|shelve|unshelve|close ID --instance NAME --host ADDRESS "
    "[OPTION]...\n"
    "Receives events over MQTT as the NOC, keeps them in FILE and confirms them; lists and changes open "
    "incidents.\n\n"
    "      --instance NAME       the installation, as in its netzwacht.yaml\n"
    "      --host ADDRESS        of the broker\n"
    "      --port N              default 8883, without TLS 1883\n"
    "      --client ID           MQTT client id of watch (default noc); its session outlives the connection\n"
    "      --user NAME, --password-file FILE\n"
    "      --ca FILE, --cert FILE, --key FILE\n"
    "      --no-tls              a trusted network only\n"
    "      --file FILE           watch: every event, one line of JSON each; only ever appended to\n"
    "      --by NAME             who gives the command (default: the log-in name)\n"
    "      --comment TEXT        why; shelve and comment need it\n"
    "      --to NAME             assign: to whom\n"
    "      --until TIME          shelve: RFC 3339, at most 24 hours away\n"
    "      --lang de|en          default en\n"
    "      --help                this text\n\n"
    "Exit status: 0 done, 1 refused, 69 no broker or no reply within 15 s.\n";

#define PATIENCE     (15 * SECONDS)
#define REPLAY_AGAIN (10 * SECONDS)

enum {
    ID_SIZE = 80,
    TOPIC_SIZE = 256,
    KEEPALIVE_S = 15,
    SESSION_S = 30 * 86400,
    COMING_MAX = 1024 * 1024,
    TLS_PORT = 8883,
    PLAIN_PORT = 1883
};

struct options {
    const char *verb, *incident, *instance, *host, *user, *password_file, *ca, *cert, *key, *file;
    const char *client, *by, *comment, *to, *until;
    int port;
    bool no_tls;
    enum language lang;
};

struct noc {
    const struct options *o;
    struct loop *loop;
    struct mqtt *mqtt;
    struct loop_timer timer, store_timer;
    char prefix[128], client[ID_SIZE], command[ID_SIZE];
    struct noc_book book;
    int file;
    struct buf coming; /* whole lines of the file, not on the disk yet */
    bool is_receipt_due[NOC_LANES];
    struct {
        char command[ID_SIZE]; /* of the replay that is under way, "" = none */
        ns_t again_at;
    } replay[NOC_LANES];
    unsigned refused;
    int status;
};

/* ---- sending ---- */

static void begin_body(const struct noc *n, struct json_out *j, struct buf *body, const char *command)
{
    json_init(j, body);
    json_object_begin(j, NULL);
    json_string(j, "command", command);
    json_string(j, "client", n->client);
}

static void publish(struct noc *n, const char *tail, const struct buf *body)
{
    char topic[TOPIC_SIZE];

    snprintf(topic, sizeof topic, "%s%s", n->prefix, tail);
    if (buf_error(body) || mqtt_publish(n->mqtt, topic, body->data, body->len, 1, false, NULL))
        log_debug("%s is not sent now", topic); /* the event, or the gap, will come again */
}

static void send_receipt(struct noc *n, unsigned lane)
{
    struct buf body = BUF_INIT;
    struct json_out j;

    json_init(&j, &body);
    json_object_begin(&j, NULL);
    json_string(&j, "source", noc_lane_words[lane]);
    json_uint(&j, "upto", n->book.upto[lane]);
    json_string(&j, "client", n->client);
    json_object_end(&j);
    publish(n, "noc/receipt", &body);
    buf_fini(&body);
}

static void make_command_id(const char *what, char out[ID_SIZE])
{
    uint64_t noise = 0;

    if (getrandom(&noise, sizeof noise, 0) != (ssize_t)sizeof noise)
        noise = (uint64_t)getpid();
    snprintf(out, ID_SIZE, "%s-%016" PRIx64, what, noise);
}

static void ask_for_replay(struct noc *n, unsigned lane)
{
    struct buf body = BUF_INIT;
    struct json_out j;

    if (n->replay[lane].command[0] && loop_mono(n->loop) < n->replay[lane].again_at)
        return;
    make_command_id("replay", n->replay[lane].command);
    n->replay[lane].again_at = loop_mono(n->loop) + REPLAY_AGAIN;
    begin_body(n, &j, &body, n->replay[lane].command);
    json_string(&j, "source", noc_lane_words[lane]);
    json_uint(&j, "after", n->book.upto[lane]);
    json_object_end(&j);
    publish(n, "noc/command/replay", &body);
    buf_fini(&body);
}

static void send_command(struct noc *n)
{
    const struct options *o = n->o;
    struct buf body = BUF_INIT;
    struct json_out j;
    char tail[64];

    begin_body(n, &j, &body, n->command);
    json_string(&j, "by", o->by);
    if (o->incident)
        json_string(&j, "incident", o->incident);
    if (o->comment)
        json_string(&j, "comment", o->comment);
    if (o->to)
        json_string(&j, "to", o->to);
    if (o->until)
        json_string(&j, "until", o->until);
    json_object_end(&j);
    snprintf(tail, sizeof tail, "noc/command/%s", strcmp(o->verb, "show") == 0 ? "list" : o->verb);
    publish(n, tail, &body);
    buf_fini(&body);
}

/* ---- receiving ---- */

static void show_line(void *ctx, const struct noc_incident *i)
{
    const struct noc *n = ctx;

    noc_show_line(i, n->o->lang);
}

static void give_up(struct noc *n)
{
    log_error("%s cannot be written: %s: events wait at netzwacht", n->o->file, strerror(errno));
    n->status = EXIT_CANT_WRITE;
    loop_stop(n->loop);
}

/* On the disk before the receipt, which covers all that came together. */
static void store(void *ctx)
{
    struct noc *n = ctx;

    if (n->status == EXIT_CANT_WRITE)
        return;
    if (n->coming.len &&
        (buf_error(&n->coming) || write(n->file, n->coming.data, n->coming.len) != (ssize_t)n->coming.len ||
         fdatasync(n->file) != 0)) {
        give_up(n);
        return;
    }
    buf_clear(&n->coming);
    fflush(stdout);
    for (unsigned lane = 0; lane < NOC_LANES; lane++) {
        if (n->is_receipt_due[lane])
            send_receipt(n, lane);
        n->is_receipt_due[lane] = false;
    }
}

/* After what else has been received already. */
static void store_soon(struct noc *n, unsigned lane)
{
    n->is_receipt_due[lane] = true;
    if (n->coming.len >= COMING_MAX)
        store(n);
    else if (!loop_timer_is_armed(&n->store_timer) && loop_timer_after(n->loop, &n->store_timer, 0))
        store(n);
}

static void take_event(struct noc *n, const struct mqtt_message *m)
{
    struct noc_book before = n->book;
    struct noc_event event;

    if (noc_event_read(m->payload, m->len, &event) || memchr(m->payload, '\n', m->len)) {
        if (n->refused++ == 0)
            log_warning("a message on %s is no event and is dropped (further ones are only counted)",
                        m->topic);
        return;
    }
    switch (noc_book_take(&n->book, &event)) {
    case NOC_GAP: ask_for_replay(n, event.lane); return;
    case NOC_KNOWN: break; /* the receipt was lost */
    case NOC_NEXT:
        if (event.sequence != before.upto[event.lane] + 1)
            log_warning("%s: events %" PRIu64 " to %" PRIu64 " are no longer kept by netzwacht",
                        noc_lane_words[event.lane], before.upto[event.lane] + 1, event.sequence - 1);
        buf_put(&n->coming, m->payload, m->len);
        buf_u8(&n->coming, '\n');
        show_line(n, &event.incident);
        break;
    }
    store_soon(n, event.lane);
}

struct shown {
    struct noc *noc;
    size_t count;
};

static void show(void *ctx, const struct noc_incident *i)
{
    struct shown *s = ctx;

    noc_show_whole(i, s->noc->o->lang);
    s->count++;
}

static void show_one(struct noc *n, const struct mqtt_message *m)
{
    struct noc_reply reply;
    struct shown s = {n, 0};

    if (noc_reply_read(m->payload, m->len, &reply, show, &s) == ERR_OK && s.count)
        return;
    log_error("there is no open incident %s; `netzwacht noc list` lists them", n->o->incident);
    n->status = EXIT_FINDING;
}

static void take_reply(struct noc *n, const struct mqtt_message *m)
{
    struct noc_reply reply;
    bool is_show = strcmp(n->o->verb, "show") == 0, is_list = strcmp(n->o->verb, "list") == 0;

    if (noc_reply_read(m->payload, m->len, &reply, NULL, NULL))
        return;
    for (unsigned lane = 0; lane < NOC_LANES; lane++)
        if (n->replay[lane].command[0] && strcmp(reply.command, n->replay[lane].command) == 0) {
            noc_book_replayed(&n->book, lane, reply.first);
            n->replay[lane].command[0] = '\0';
        }
    if (strcmp(reply.command, n->command) != 0)
        return;
    if (is_list && noc_reply_read(m->payload, m->len, &reply, show_line, n) == ERR_OK && reply.more)
        printf(n->o->lang == LANG_DE ? "… und %" PRIu64 " weitere\n" : "… and %" PRIu64 " more\n",
               reply.more);
    n->status = strcmp(reply.outcome, "done") == 0 ? EXIT_DONE : EXIT_FINDING;
    if (is_show && n->status == EXIT_DONE)
        show_one(n, m);
    if (n->status != EXIT_DONE)
        log_error("%s: %s", reply.outcome, reply.problem);
    loop_stop(n->loop);
}

static void on_message(void *ctx, const struct mqtt_message *m)
{
    struct noc *n = ctx;

    if (strx_ends_with(m->topic, "/event"))
        take_event(n, m);
    else
        take_reply(n, m);
}

static void on_connected(void *ctx)
{
    struct noc *n = ctx;
    char topic[TOPIC_SIZE];

    snprintf(topic, sizeof topic, "%snoc/reply/%s", n->prefix, n->client);
    if (mqtt_subscribe(n->mqtt, topic, 1))
        log_warning("no subscription to %s", topic);
    if (n->o->file) {
        snprintf(topic, sizeof topic, "%sevent", n->prefix);
        if (mqtt_subscribe(n->mqtt, topic, 1))
            log_warning("no subscription to %s", topic);
        for (unsigned lane = 0; lane < NOC_LANES; lane++)
            if (n->book.upto[lane])
                send_receipt(n, lane); /* of what the last run stored */
        for (unsigned lane = 0; lane < NOC_LANES && !mqtt_has_session(n->mqtt); lane++)
            ask_for_replay(n, lane);
    } else {
        send_command(n);
    }
}

static void on_disconnected(void *ctx)
{
    (void)ctx;
}

static void on_acknowledged(void *ctx, int id, bool nobody_hears)
{
    (void)ctx;
    (void)id;
    (void)nobody_hears;
}

/* ---- the file ---- */

/* What is stored already; a line that was cut off in a crash goes. */
static enum err read_file(struct noc *n)
{
    FILE *file;
    char *line = NULL;
    size_t size = 0;
    ssize_t len;
    off_t whole = 0;
    struct noc_event event;
    enum err e = ERR_OK;

    n->file = open(n->o->file, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0640);
    file = n->file < 0 ? NULL : fopen(n->o->file, "re");
    if (!file)
        return err_from_errno(errno);
    while (!e && (len = getline(&line, &size, file)) > 0 && line[len - 1] == '\n') {
        whole += len;
        if (noc_event_read(line, (size_t)len - 1, &event))
            e = ERR_MALFORMED;
        else if (event.sequence > n->book.upto[event.lane])
            n->book.upto[event.lane] = event.sequence;
    }
    free(line);
    fclose(file);
    if (!e && ftruncate(n->file, whole))
        e = err_from_errno(errno);
    return e;
}

/* ---- running ---- */

static void on_stop(void *ctx, int signo)
{
    (void)signo;
    loop_stop(ctx);
}

static void on_timeout(void *ctx)
{
    struct noc *n = ctx;

    log_error(mqtt_is_connected(n->mqtt) ? "no reply: does netzwacht-alerts run, and may %s send commands?"
                                         : "no connection to the broker for %s",
              n->client);
    loop_stop(n->loop);
}

static enum err connect_broker(struct noc *n)
{
    const struct options *o = n->o;
    const struct mqtt_fns fns = {on_connected, on_disconnected, on_message, on_acknowledged};
    char *password = NULL;
    struct mqtt_options m = {.host = o->host,
                             .port = o->port     ? o->port
                                     : o->no_tls ? PLAIN_PORT
                                                 : TLS_PORT,
                             .client_id = n->client,
                             .user = o->user,
                             .tls = !o->no_tls,
                             .ca_file = o->ca,
                             .certificate_file = o->cert,
                             .key_file = o->key,
                             .keepalive_s = KEEPALIVE_S,
                             .session_s = o->file ? SESSION_S : 0,
                             .seed = (uint64_t)getpid()};
    enum err e = o->password_file ? settings_read_secret(o->password_file, &password) : ERR_OK;

    if (e)
        log_error("%s: %s: it must exist, with mode 0600", o->password_file, err_text(e));
    m.password = password;
    if (!e && (e = mqtt_new(n->loop, &m, &fns, n, &n->mqtt)))
        log_error("MQTT: %s: check --ca, --cert and --key", err_text(e));
    if (password)
        explicit_bzero(password, strlen(password));
    free(password);
    return e;
}

static int run(const struct options *o)
{
    struct noc n = {.o = o, .file = -1, .status = o->file ? EXIT_DONE : EXIT_UNAVAILABLE};
    enum err e = loop_new(NULL, &n.loop);

    snprintf(n.prefix, sizeof n.prefix, "netzwacht/v1/%s/", o->instance);
    if (o->file)
        snprintf(n.client, sizeof n.client, "%s", o->client);
    else
        snprintf(n.client, sizeof n.client, "%.50s-%ld", o->client, (long)getpid());
    make_command_id(o->verb, n.command);
    loop_timer_init(&n.timer, on_timeout, &n);
    loop_timer_init(&n.store_timer, store, &n);
    if (!e && o->file && (e = read_file(&n)))
        log_error("%s: %s%s", o->file, err_text(e), e == ERR_MALFORMED ? ": not a file of events" : "");
    if (!e)
        e = loop_signal_add(n.loop, SIGINT, on_stop, n.loop);
    if (!e)
        e = loop_signal_add(n.loop, SIGTERM, on_stop, n.loop);
    if (!e)
        e = connect_broker(&n);
    if (!e && !o->file)
        e = loop_timer_after(n.loop, &n.timer, PATIENCE);
    if (!e)
        e = loop_run(n.loop);
    if (n.mqtt)
        store(&n);
    mqtt_free(n.mqtt);
    buf_fini(&n.coming);
    if (n.file >= 0)
        close(n.file);
    loop_free(n.loop);
    return e ? err_exit_status(e) : n.status;
}

/* ---- options ---- */

static bool take_option(struct options *o, int c)
{
    uint64_t number;

    switch (c) {
    case 'i': o->instance = optarg; return true;
    case 'h': o->host = optarg; return true;
    case 'p':
        if (strx_to_u64(optarg, &number) || number < 1 || number > 65535)
            return false;
        o->port = (int)number;
        return true;
    case 'C': o->client = optarg; return true;
    case 'u': o->user = optarg; return true;
    case 'P': o->password_file = optarg; return true;
    case 'a': o->ca = optarg; return true;
    case 'c': o->cert = optarg; return true;
    case 'k': o->key = optarg; return true;
    case 'n': o->no_tls = true; return true;
    case 'f': o->file = optarg; return true;
    case 'b': o->by = optarg; return true;
    case 'm': o->comment = optarg; return true;
    case 't': o->to = optarg; return true;
    case 'U': o->until = optarg; return true;
    case 'l': o->lang = strcmp(optarg, "de") == 0 ? LANG_DE : LANG_EN; return true;
    default: return false;
    }
}

/* What the verb needs; NULL: complete. */
static const char *missing(const struct options *o)
{
    static const char *const verbs[] = {"acknowledge", "comment", "assign", "shelve", "unshelve", "close"};
    bool is_show = strcmp(o->verb, "show") == 0, is_change = false;
    ns_t until;

    for (size_t i = 0; i < ARRAY_LEN(verbs); i++)
        is_change |= strcmp(o->verb, verbs[i]) == 0;
    if (!is_change && !is_show && strcmp(o->verb, "watch") != 0 && strcmp(o->verb, "list") != 0)
        return "a verb: watch, list, show, acknowledge, comment, assign, shelve, unshelve or close";
    if (!o->instance || !strx_is_id(o->instance))
        return "--instance NAME";
    if (!o->host)
        return "--host ADDRESS";
    if ((strcmp(o->verb, "watch") == 0) != (o->file != NULL))
        return o->file ? "watch with --file" : "--file FILE";
    if ((is_change || is_show) != (o->incident != NULL))
        return is_change || is_show ? "the incident's id" : "no further argument";
    if (strcmp(o->verb, "assign") == 0 && !o->to)
        return "--to NAME";
    if ((strcmp(o->verb, "comment") == 0 || strcmp(o->verb, "shelve") == 0) && !o->comment)
        return "--comment TEXT";
    if (strcmp(o->verb, "shelve") == 0 && (!o->until || timex_parse(o->until, &until)))
        return "--until TIME, as 2026-11-22T18:00:00Z";
    return NULL;
}

int cmd_noc(int argc, char **argv)
{
    static const struct option longs[] = {
        {"instance", required_argument, NULL, 'i'}, {"host", required_argument, NULL, 'h'},
        {"port", required_argument, NULL, 'p'},     {"client", required_argument, NULL, 'C'},
        {"user", required_argument, NULL, 'u'},     {"password-file", required_argument, NULL, 'P'},
        {"ca", required_argument, NULL, 'a'},       {"cert", required_argument, NULL, 'c'},
        {"key", required_argument, NULL, 'k'},      {"no-tls", no_argument, NULL, 'n'},
        {"file", required_argument, NULL, 'f'},     {"by", required_argument, NULL, 'b'},
        {"comment", required_argument, NULL, 'm'},  {"to", required_argument, NULL, 't'},
        {"until", required_argument, NULL, 'U'},    {"lang", required_argument, NULL, 'l'},
        {"help", no_argument, NULL, 'H'},           {NULL, 0, NULL, 0}};
    const char *login = getenv("USER");
    struct options o = {.client = "noc", .by = login ? login : "noc", .lang = LANG_EN, .verb = ""};
    const char *wanted;
    int c;

    while ((c = getopt_long(argc, argv, "", longs, NULL)) != -1) {
        if (c == 'H') {
            fputs(usage, stdout);
            return EXIT_DONE;
        }
        if (!take_option(&o, c)) {
            fputs(usage, stderr);
            return EXIT_BAD_USAGE;
        }
    }
    o.verb = optind < argc ? argv[optind] : "";
    o.incident = optind + 1 < argc ? argv[optind + 1] : NULL;
    wanted = optind + 2 < argc ? "one incident at a time" : missing(&o);
    if (wanted) {
        log_error("noc: expected %s; `netzwacht noc --help` explains", wanted);
        return EXIT_BAD_USAGE;
    }
    return run(&o);
}
