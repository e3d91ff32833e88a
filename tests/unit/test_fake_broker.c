/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_fake_broker.c - a broker that means harm: the whole of netzwacht-alerts without its main(), on a clock
 * of ours, so that the pause before each new connection costs nothing, against a socket that sends what a
 * broker never may.
 *
 * Nothing that it sends may be taken for a receipt, a command or a reason to end, and memory stays where it
 * was. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "alerts/alerts.h"
#include "alerts/db_io.h"
#include "lib/base/buf.h"
#include "lib/base/log.h"
#include "lib/base/rng.h"
#include "lib/base/strx.h"
#include "tests/unit/cmocka_tests.h"
#include "tests/unit/temp_dir.h"

#define START  (1795300000 * SECONDS)
#define PREFIX "netzwacht/v1/t/"

enum { GROWTH_MAX = 8 * 1024 * 1024, PATIENCE = 20000 };

/* ---- the daemon ---- */

struct victim {
    struct loop *loop;
    struct settings *settings;
    struct inventory *inventory;
    struct journal_writer *journal;
    struct alerts *alerts;
    struct conf_report *report;
    ns_t now;
    int listener, fd; /* the broker's ends; fd -1: nobody is connected */
    bool is_v3;
    struct buf heard;
};

static ns_t victim_clock(void *ctx)
{
    return ((struct victim *)ctx)->now;
}

static void write_file(const char *dir, const char *name, const char *text)
{
    char *path = strx_printf("%s/%s", dir, name);
    FILE *f = path ? fopen(path, "w") : NULL;

    assert_non_null(f);
    fputs(text, f);
    fclose(f);
    free(path);
}

static int listen_somewhere(int *port)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof at;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

    assert_true(fd >= 0);
    assert_ok(bind(fd, (struct sockaddr *)&at, sizeof at));
    assert_ok(listen(fd, 4));
    assert_ok(getsockname(fd, (struct sockaddr *)&at, &len));
    *port = ntohs(at.sin_port);
    return fd;
}

static void begin(struct victim *v, const char *dir)
{
    const struct loop_clock clock = {victim_clock, victim_clock, v};
    struct journal_options journal = {
        .partition = "alerts", .segment_bytes = 64 * MIB, .keep_bytes = GIB, .keep_age = 30 * DAYS};
    struct alerts_options o = {0};
    char *text, *path;
    int port;

    *v = (struct victim){.now = START, .fd = -1};
    v->listener = listen_somewhere(&port);
    write_file(dir, "inventory.yaml",
               "sites: [{id: s, name: S, lat: 53.7, lon: 10.0}]\n"
               "devices: [{id: core, name: C, address: 127.0.0.1, kind: switch, site: s, core: true}]\n"
               "hotspots: [{id: hs-1, name: H, site: s, device: core}]\n");
    text = strx_printf("instance: t\nstate_dir: state\ninventory: [inventory.yaml]\n"
                       "alerts: {mqtt: {host: 127.0.0.1, port: %d, tls: false}}\n",
                       port);
    write_file(dir, "netzwacht.yaml", text);
    path = strx_printf("%s/netzwacht.yaml", dir);
    assert_ok(conf_report_new(&v->report));
    assert_ok(settings_load(path, v->report, &v->settings));
    assert_ok(inventory_load((const char *const *)v->settings->inventory.items, v->settings->inventory.count,
                             NULL, v->report, &v->inventory));
    assert_ok(loop_new(&clock, &v->loop));
    mkdir(v->settings->state_dir, 0750);
    journal.dir = v->settings->journal_dir;
    assert_ok(journal_writer_open(&journal, v->now, &v->journal));
    o = (struct alerts_options){v->loop, v->settings, v->inventory, v->journal, 1, NULL};
    assert_ok(alerts_new(&o, &v->alerts));
    free(text);
    free(path);
}

static void finish(struct victim *v)
{
    alerts_free(v->alerts);
    journal_writer_close(v->journal);
    loop_free(v->loop);
    inventory_free(v->inventory);
    settings_free(v->settings);
    conf_report_free(v->report);
    if (v->fd >= 0)
        close(v->fd);
    close(v->listener);
    buf_fini(&v->heard);
}

/* ---- the broker ---- */

static void turn(struct victim *v)
{
    assert_ok(loop_turn(v->loop, MILLISECONDS / 5));
}

static void hang_up(struct victim *v)
{
    if (v->fd >= 0)
        close(v->fd);
    v->fd = -1;
    buf_clear(&v->heard);
}

/* What the daemon sent; it has read or written for a moment. */
static void hear(struct victim *v)
{
    char bytes[4096];
    ssize_t n;

    turn(v);
    while (v->fd >= 0 && (n = recv(v->fd, bytes, sizeof bytes, MSG_DONTWAIT)) > 0)
        buf_put(&v->heard, bytes, (size_t)n);
}

static bool has_heard(const struct victim *v, const char *what)
{
    return v->heard.len && memmem(v->heard.data, v->heard.len, what, strlen(what));
}

static void hear_until(struct victim *v, const char *what)
{
    for (int i = 0; i < PATIENCE && !has_heard(v, what); i++)
        hear(v);
    assert_true(has_heard(v, what));
}

static void send_bytes(struct victim *v, const void *bytes, size_t len)
{
    const char *at = bytes;

    while (len) {
        ssize_t n = send(v->fd, at, len, MSG_DONTWAIT | MSG_NOSIGNAL);
        if (n > 0) {
            at += n;
            len -= (size_t)n;
        }
        hear(v);
        if (n < 0 && errno != EAGAIN)
            return; /* it hung up: its right */
    }
}

/* A connection that has said CONNECT. */
static void answer_the_door(struct victim *v)
{
    size_t at = 1;

    hang_up(v);
    for (int i = 0; i < PATIENCE && v->fd < 0; i++) {
        v->now += i ? SECONDS : 11 * MINUTES; /* however much it was distrusted */
        turn(v);
        v->fd = accept4(v->listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    }
    assert_true(v->fd >= 0);
    hear_until(v, "MQTT");
    while (v->heard.data[at] & 0x80)
        at++;
    v->is_v3 = v->heard.data[at + 7] == 4; /* length, "MQTT", level */
}

static void connect_well(struct victim *v)
{
    answer_the_door(v);
    send_bytes(v, v->is_v3 ? "\x20\x02\x00\x00" : "\x20\x03\x00\x00\x00", v->is_v3 ? 4 : 5);
    hear_until(v, PREFIX "noc/command/+");
}

/* ---- packets ---- */

static void put_length(struct buf *b, size_t len)
{
    do {
        buf_u8(b, (uint8_t)((len & 0x7f) | (len > 0x7f ? 0x80 : 0)));
        len >>= 7;
    } while (len);
}

static void put_publish(const struct victim *v, struct buf *b, unsigned flags, const void *topic,
                        size_t topic_len, uint16_t id, const void *payload, size_t len)
{
    put_length((buf_u8(b, (uint8_t)(0x30 | flags)), b),
               2 + topic_len + (flags & 6 ? 2 : 0) + (v->is_v3 ? 0 : 1) + len);
    buf_be16(b, (uint16_t)topic_len);
    buf_put(b, topic, topic_len);
    if (flags & 6)
        buf_be16(b, id);
    if (!v->is_v3)
        buf_u8(b, 0);
    buf_put(b, payload, len);
}

static void publish_text(struct victim *v, const char *topic, const char *payload, size_t len)
{
    struct buf b = BUF_INIT;

    put_publish(v, &b, 2, topic, strlen(topic), 7, payload, len);
    send_bytes(v, b.data, b.len);
    buf_fini(&b);
}

/* One malformed packet on a connection of its own, and some turns to trip over it. */
static void one_packet(struct victim *v, const struct buf *packet)
{
    connect_well(v);
    send_bytes(v, packet->data, packet->len);
    for (int i = 0; i < 2; i++)
        hear(v);
}

/* Memory in use. Address sanitizer keeps what was freed for a while, so under it only what is allocated
 * counts. */
#ifdef __SANITIZE_ADDRESS__
size_t __sanitizer_get_current_allocated_bytes(void); /* its header is not in every distribution's package */
const char *__lsan_default_suppressions(void);

/* A handle that libmosquitto aborted in is given up (decision 0045). */
const char *__lsan_default_suppressions(void)
{
    return "leak:libmosquitto\n";
}

static size_t memory_in_use(void)
{
    return __sanitizer_get_current_allocated_bytes();
}
#else
static size_t memory_in_use(void)
{
    unsigned long size, pages = 0;
    FILE *f = fopen("/proc/self/statm", "r");

    assert_non_null(f);
    assert_int_equal(fscanf(f, "%lu %lu", &size, &pages), 2);
    fclose(f);
    return pages * 4096;
}
#endif

/* What it took, judged in its database: no receipt, no command, no event. */
static void nothing_was_taken(struct victim *v)
{
    struct db *db = NULL;
    char *path = strx_printf("%s/alerts.db", v->settings->state_dir), *outcome = NULL, *problem = NULL;
    uint64_t received = 1;

    connect_well(v); /* it is alive and comes back */
    assert_ok(db_open(path, &db));
    for (int lane = 0; lane < 2; lane++) {
        assert_ok(db_number(db, lane ? "received 1" : "received 0", &received));
        assert_int_equal(received, 0);
    }
    assert_int_equal(db_command(db, "evil", &outcome, &problem), ERR_NOT_FOUND);
    db_close(db);
    free(path);
}

/* ---- the cases ---- */

static unsigned every_type_with_every_flag(struct victim *v, struct rng *dice)
{
    unsigned cases = 0;

    for (unsigned first = 0; first < 256; first++) {
        for (size_t len = 0; len < 5; len++) {
            struct buf b = BUF_INIT;
            buf_u8(&b, (uint8_t)first);
            put_length(&b, len);
            for (size_t k = 0; k < len; k++)
                buf_u8(&b, (uint8_t)rng_below(dice, 256));
            one_packet(v, &b);
            buf_fini(&b);
            cases++;
        }
    }
    return cases;
}

static const char receipt[] = "{\"source\":\"main\",\"upto\":9,\"client\":\"noc\"}";
static const char maintenance[] =
    "{\"command\":\"evil\",\"client\":\"noc\",\"scope\":\"core\",\"end\":\"2099-01-01T00:00:00Z\"}";

static unsigned cut_off_and_over_long(struct victim *v)
{
    struct buf whole = BUF_INIT, b = BUF_INIT;
    unsigned cases = 0;

    connect_well(v);
    put_publish(v, &whole, 2, PREFIX "noc/command/maintenance", strlen(PREFIX "noc/command/maintenance"), 5,
                maintenance, sizeof maintenance - 1);
    for (size_t len = 1; len < whole.len; len++, cases++) {
        buf_clear(&b);
        buf_put(&b, whole.data, len);
        one_packet(v, &b);
    }
    for (unsigned k = 1; k <= 6; k++, cases++) { /* a length of k octets that never ends */
        buf_clear(&b);
        buf_u8(&b, 0x32);
        for (unsigned i = 0; i < k; i++)
            buf_u8(&b, 0xff);
        one_packet(v, &b);
    }
    buf_clear(&b);
    buf_put(&b, "\x32\xff\xff\xff\x7f", 5); /* 256 MiB announced, 100 KB sent */
    while (b.len < 100000)
        buf_str(&b, "netzwacht");
    one_packet(v, &b);
    buf_fini(&whole);
    buf_fini(&b);
    return cases + 1;
}

/* PUBLISH with topics, levels of QoS and lengths that may not be. */
static unsigned wrong_publishes(struct victim *v)
{
    static const struct {
        const char *bytes;
        size_t len;
    } topics[] = {{"", 0},
                  {"#", 1},
                  {PREFIX "+/command/close", 30},
                  {PREFIX "noc/\0command", 26},
                  {PREFIX "noc/receipt\xff", 27},
                  {"\xc0\x80", 2},
                  {"\xed\xa0\x80", 3},
                  {"$SYS/broker", 11},
                  {PREFIX "noc/command/", 27},
                  {PREFIX "noc/command/maintenance/x", 40},
                  {"netzwacht/v1/other/noc/command/maintenance", 42}};
    struct buf b = BUF_INIT;
    unsigned cases = 0;

    for (unsigned flags = 0; flags < 16; flags++)
        for (size_t t = 0; t < ARRAY_LEN(topics); t++)
            for (uint16_t id = 0; id < 2; id++, cases++) {
                buf_clear(&b);
                connect_well(v);
                put_publish(v, &b, flags, topics[t].bytes, topics[t].len, id, maintenance,
                            sizeof maintenance - 1);
                send_bytes(v, b.data, b.len);
                hear(v);
            }
    for (size_t announced = 0; announced < 0x10000;
         announced += 997, cases++) { /* topic longer than the packet */
        buf_clear(&b);
        buf_put(&b, "\x32\x10", 2);
        buf_be16(&b, (uint16_t)announced);
        buf_put(&b, PREFIX "noc/receipt", 14);
        one_packet(v, &b);
    }
    buf_fini(&b);
    return cases;
}

static unsigned wrong_welcomes(struct victim *v, struct rng *dice)
{
    unsigned cases = 0;

    for (unsigned code = 0; code < 256; code += 3, cases++) {
        char packet[] = {0x20, 0x03, 0x00, (char)code, 0x00};
        answer_the_door(v);
        send_bytes(v, packet, sizeof packet);
        hear(v);
    }
    for (; cases < 300; cases++) { /* a CONNACK of any length and content */
        struct buf b = BUF_INIT;
        size_t len = rng_below(dice, 40);
        answer_the_door(v);
        buf_u8(&b, 0x20);
        put_length(&b, len);
        for (size_t k = 0; k < len; k++)
            buf_u8(&b, (uint8_t)rng_below(dice, k < 2 ? 2 : 256));
        send_bytes(v, b.data, b.len);
        hear(v);
        buf_fini(&b);
    }
    return cases;
}

/* Payloads on the right topics: cut at each octet, of the wrong types, too long, too deep. */
static unsigned wrong_payloads(struct victim *v, struct rng *dice)
{
    static const char *const bad[] = {
        "{\"source\":\"main\",\"upto\":-1}",
        "{\"source\":\"main\",\"upto\":1e3}",
        "{\"source\":\"other\",\"upto\":1}",
        "{\"source\":\"main\",\"upto\":99999999999999999999}",
        "{\"source\":\"main\",\"upto\":\"1\"}",
        "[1]",
        "\"x\"",
        "{\"command\":\"evil\",\"client\":\"a/b\",\"scope\":\"core\",\"end\":\"2099-01-01T00:00:00Z\"}",
        "{\"command\":\"evil\",\"client\":\"n\",\"scope\":\"core\",\"end\":\"never\"}",
        "{\"command\":\"evil\",\"client\":\"n\",\"scope\":1,\"end\":\"2099-01-01T00:00:00Z\"}",
        "{\"command\":\"evil\",\"command\":\"evil\",\"client\":\"n\",\"scope\":\"core\",\"end\":\"2099-01-"
        "01T00:00:00Z\"}"};
    char big[9000];
    unsigned cases = 0;

    connect_well(v);
    for (size_t i = 0; i < ARRAY_LEN(bad); i++, cases += 2) {
        publish_text(v, PREFIX "noc/receipt", bad[i], strlen(bad[i]));
        publish_text(v, PREFIX "noc/command/maintenance", bad[i], strlen(bad[i]));
    }
    for (size_t len = 0; len < sizeof maintenance - 1; len++, cases++)
        publish_text(v, PREFIX "noc/command/maintenance", maintenance, len);
    for (size_t len = 0; len < sizeof receipt - 1; len++, cases++)
        publish_text(v, PREFIX "noc/receipt", receipt, len);
    publish_text(v, PREFIX "noc/receipt", receipt,
                 sizeof receipt - 1); /* well-formed, of what was never sent */
    for (int i = 0; i < 400; i++, cases++) {
        size_t len = 1 + rng_below(dice, 200);
        for (size_t k = 0; k < len; k++)
            big[k] = (char)rng_below(dice, 256);
        publish_text(v, i % 2 ? PREFIX "noc/receipt" : PREFIX "noc/command/comment", big, len);
    }
    memset(big, '[', sizeof big);
    publish_text(v, PREFIX "noc/command/list", big, 8000);
    memset(big, ' ', sizeof big);
    memcpy(big, maintenance, sizeof maintenance - 1);
    publish_text(v, PREFIX "noc/command/maintenance", big, sizeof big);
    return cases + 3;
}

static unsigned floods(struct victim *v)
{
    struct buf b = BUF_INIT;
    unsigned cases = 0;

    connect_well(v);
    for (; cases < 500; cases++) { /* retained poison under our own topics */
        char topic[80];
        snprintf(topic, sizeof topic, PREFIX "incident/i-%u", cases);
        buf_clear(&b);
        put_publish(v, &b, 1, topic, strlen(topic), 0, "{}", 2);
        send_bytes(v, b.data, b.len);
    }
    connect_well(v);
    buf_clear(&b);
    for (unsigned i = 0; i < 500; i++) /* PUBACK, PUBREC, PUBREL, PUBCOMP, SUBACK, UNSUBACK of nothing */
        buf_put(&b,
                (const char[]){(char)(const unsigned char[]){0x40, 0x50, 0x62, 0x70, 0x90, 0xb0}[i % 6], 3,
                               (char)(i >> 8), (char)i, 0},
                5);
    send_bytes(v, b.data, b.len);
    buf_fini(&b);
    return cases + 500;
}

static void a_broker_that_means_harm_is_not_believed(void **state)
{
    struct rng dice = {.state = 20261122};
    struct victim v;
    unsigned cases = 0;
    size_t before;

    begin(&v, *state);
    cases += wrong_welcomes(&v, &dice);
    before = memory_in_use();
    cases += every_type_with_every_flag(&v, &dice);
    cases += cut_off_and_over_long(&v);
    cases += wrong_publishes(&v);
    cases += wrong_payloads(&v, &dice);
    cases += floods(&v);
    nothing_was_taken(&v);
    assert_true(cases >= 3000);
    assert_true(memory_in_use() < before + GROWTH_MAX);
    finish(&v);
}

/* A broker of the old days refuses MQTT 5 in a packet of 3.1.1; another one stands there after the next loss.
 */
static void three_one_one_is_spoken_to_who_knows_no_better_and_to_nobody_else(void **state)
{
    struct victim v;

    begin(&v, *state);
    for (int round = 0; round < 3; round++) {
        answer_the_door(&v);
        assert_false(v.is_v3);
        send_bytes(&v, "\x20\x02\x00\x01", 4);
        answer_the_door(&v);
        assert_true(v.is_v3);
        send_bytes(&v, "\x20\x02\x00\x00", 4);
        hear_until(&v, PREFIX "noc/command/+");
    }
    connect_well(&v);
    assert_false(v.is_v3);
    finish(&v);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_broker_that_means_harm_is_not_believed, temp_dir_setup,
                                        temp_dir_teardown),
        cmocka_unit_test_setup_teardown(three_one_one_is_spoken_to_who_knows_no_better_and_to_nobody_else,
                                        temp_dir_setup, temp_dir_teardown)};
    const char *source = getenv("NETZWACHT_SOURCE");

    setenv("NETZWACHT_DATA_DIR", source ? source : ".", 1); /* alerts/rules.yaml of the source */
    log_set_level(LOG_LEVEL_ERROR);
    return cmocka_run_group_tests_name("fake broker", tests, NULL, NULL);
}
