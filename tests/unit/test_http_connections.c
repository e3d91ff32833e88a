/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_http_connections.c - a server with few places, and many who want one. */
#include <arpa/inet.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "cmocka_tests.h"
#include "dashboards/http_io.h"
#include "lib/base/units.h"

enum { PLACES = 20, CLIENTS = 200, TURNS = 20000 };

struct bench {
    struct loop *loop;
    struct http_server *server;
    struct http_request *held[PLACES * 2]; /* requests that are not answered yet */
    size_t held_count;
    bool is_holding;
    int clients[CLIENTS];
    size_t client_count;
};

static void on_request(void *ctx, struct http_request *r)
{
    struct bench *b = ctx;

    if (b->is_holding)
        b->held[b->held_count++] = r;
    else
        http_reply(r, 200, NULL, 0, NULL);
}

static void on_gone(void *ctx, struct http_request *r)
{
    struct bench *b = ctx;

    for (size_t i = 0; i < b->held_count; i++)
        if (b->held[i] == r)
            b->held[i] = NULL;
}

static int set_up(void **state)
{
    static const struct http_fns fns = {.request = on_request, .gone = on_gone};
    const struct http_options options = {.address = "127.0.0.1", .max_connections = PLACES};
    struct bench *b = calloc(1, sizeof *b);

    *state = b;
    return !b || loop_new(NULL, &b->loop) != ERR_OK ||
           http_server_new(b->loop, &options, &fns, b, &b->server) != ERR_OK;
}

static int tear_down(void **state)
{
    struct bench *b = *state;

    for (size_t i = 0; i < b->client_count; i++)
        close(b->clients[i]);
    http_server_free(b->server);
    loop_free(b->loop);
    free(b);
    return 0;
}

static void turn(struct bench *b)
{
    assert_int_equal(loop_turn(b->loop, MILLISECONDS), ERR_OK);
}

static int connect_client(struct bench *b, const char *bytes)
{
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(http_server_port(b->server))};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    inet_pton(AF_INET, "127.0.0.1", &to.sin_addr);
    assert_true(fd >= 0 && connect(fd, (struct sockaddr *)&to, sizeof to) == 0);
    if (bytes[0])
        assert_int_equal(send(fd, bytes, strlen(bytes), MSG_NOSIGNAL), (ssize_t)strlen(bytes));
    return fd;
}

/* The answer's status; 0: closed without one. */
static int status_of(struct bench *b, int fd)
{
    char text[64] = "";

    for (int i = 0; i < TURNS; i++) {
        struct pollfd p = {.fd = fd, .events = POLLIN};
        turn(b);
        if (poll(&p, 1, 0) == 1) {
            ssize_t n = recv(fd, text, sizeof text - 1, 0);
            return n > 9 ? atoi(text + 9) : 0;
        }
    }
    fail_msg("no answer and no end");
    return -1;
}

static void flood(struct bench *b, const char *bytes)
{
    for (; b->client_count < CLIENTS; b->client_count++) {
        b->clients[b->client_count] = connect_client(b, bytes);
        turn(b);
    }
}

/* All that flood, and then one who asks at once. */
static void is_served_in_the_flood(struct bench *b, const char *bytes)
{
    struct http_stats stats;

    flood(b, bytes);
    for (int i = 0; i < PLACES * 2; i++) {
        int fd = connect_client(b, "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        assert_int_equal(status_of(b, fd), 200);
        close(fd);
        turn(b);
    }
    http_server_stats(b->server, &stats);
    assert_true(stats.connections <= PLACES + 1);
    assert_true(stats.displaced + stats.cut >=
                CLIENTS - PLACES); /* cut: a machine so slow that deadlines pass */
    assert_true(stats.displaced > 0);
    assert_int_equal(stats.refused, 0);
}

static void who_asks_at_once_is_answered_among_silent_clients(void **state)
{
    is_served_in_the_flood(*state, "");
}

static void who_asks_at_once_is_answered_among_half_headers(void **state)
{
    is_served_in_the_flood(*state, "GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ");
}

static void who_asks_at_once_is_answered_among_half_bodies(void **state)
{
    is_served_in_the_flood(*state, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{");
}

/* Nobody is pressed out whom we make wait: the newcomer is refused instead. */
static void a_request_in_work_keeps_its_place(void **state)
{
    struct bench *b = *state;
    struct http_stats stats;
    int fd[PLACES];

    b->is_holding = true;
    for (int i = 0; i < PLACES; i++) {
        fd[i] = connect_client(b, "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
        for (int k = 0; k < TURNS && b->held_count <= (size_t)i; k++)
            turn(b);
    }
    assert_int_equal(b->held_count, PLACES);
    int late = connect_client(b, "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    assert_int_equal(status_of(b, late), 0);
    close(late);
    http_server_stats(b->server, &stats);
    assert_int_equal(stats.displaced, 0);
    assert_int_equal(stats.refused, 1);
    for (int i = 0; i < PLACES; i++) {
        assert_non_null(b->held[i]);
        http_reply(b->held[i], 204, NULL, 0, NULL);
    }
    for (int i = 0; i < PLACES; i++) {
        assert_int_equal(status_of(b, fd[i]), 204);
        close(fd[i]);
    }
}

/* A shell gives a process 1,024 files: fewer than places. */
static void the_limit_of_files_is_raised_to_what_the_places_need(void **state)
{
    struct bench *b = *state;
    static const struct http_fns fns = {.request = on_request, .gone = on_gone};
    const struct http_options options = {.address = "127.0.0.1", .max_connections = 400};
    struct rlimit before, now;
    struct http_server *s = NULL;

    assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
    if (before.rlim_max < 400 + 512) {
        print_message("# this machine allows too few open files (ulimit -Hn)\n");
        skip();
    }
    now = before;
    now.rlim_cur = 300;
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &now), 0);
    assert_int_equal(http_server_new(b->loop, &options, &fns, b, &s), ERR_OK);
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &now), 0);
    assert_true(now.rlim_cur >= 400 + 256);
    http_server_free(s);
    setrlimit(RLIMIT_NOFILE, &before);
}

#define WITH_SERVER(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

RUN_TESTS("http_connections", WITH_SERVER(who_asks_at_once_is_answered_among_silent_clients),
          WITH_SERVER(who_asks_at_once_is_answered_among_half_headers),
          WITH_SERVER(who_asks_at_once_is_answered_among_half_bodies),
          WITH_SERVER(a_request_in_work_keeps_its_place),
          WITH_SERVER(the_limit_of_files_is_raised_to_what_the_places_need))
