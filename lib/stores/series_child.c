/* SPDX-License-Identifier: GPL-3.0-or-later */
/* series_child.c - the worker's loop: reads requests, answers them, follows the journal in between. */
#include "lib/stores/series_child.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lib/base/buf.h"
#include "lib/base/wire.h"
#include "lib/stores/series.h"
#include "lib/stores/series_message.h"
#include "lib/stores/series_refresh.h"

enum {
    SOCKET_FD = 3,
    READ_BYTES = 65536,
    IDLE_MS = 500,
    IDLE_RECORDS = 20000, /* read between two looks at the socket */
    OPEN_FILES_MAX = 1100,
};

/* Nothing of the parent stays open: neither its sockets nor its databases. */
static void leave_parent(int fd, pid_t parent)
{
    sigset_t none;
    struct rlimit no_writing = {0, 0}, no_core = {0, 0}, files = {OPEN_FILES_MAX, OPEN_FILES_MAX};

    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(0);
    prctl(PR_SET_NAME, "netzwacht-rrd");
    for (int signo = 1; signo < NSIG; signo++)
        signal(signo, SIG_DFL);
    signal(SIGINT, SIG_IGN); /* Ctrl-C is for the parent */
    signal(SIGHUP, SIG_IGN);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    if (dup2(fd, SOCKET_FD) < 0)
        _exit(1);
    closefrom(SOCKET_FD + 1);
    setrlimit(RLIMIT_FSIZE, &no_writing);
    setrlimit(RLIMIT_CORE, &no_core);
    setrlimit(RLIMIT_NOFILE, &files);
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    (void)series_sandbox_enter();
}

static bool wait_for(short events, int timeout_ms)
{
    struct pollfd p = {.fd = SOCKET_FD, .events = events};

    return poll(&p, 1, timeout_ms) > 0;
}

static void send_all(const struct buf *bytes)
{
    size_t sent = 0;

    while (sent < bytes->len) {
        ssize_t n = send(SOCKET_FD, bytes->data + sent, bytes->len - sent, MSG_NOSIGNAL);
        if (n > 0)
            sent += (size_t)n;
        else if (n < 0 && errno == EAGAIN)
            (void)wait_for(POLLOUT, -1);
        else if (n == 0 || errno != EINTR)
            _exit(0);
    }
}

static void answer(struct series *s, const struct series_request_parsed *r)
{
    struct series_result result = {0};
    struct buf bytes = BUF_INIT;
    enum err e = series_read(s, &r->query, r->now, &result);

    if (series_answer_pack(r->id, e, &result, &bytes)) {
        buf_clear(&bytes);
        if (series_answer_pack(r->id, ERR_LIMIT, NULL, &bytes))
            _exit(1);
    }
    send_all(&bytes);
    buf_fini(&bytes);
    series_result_fini(&result);
}

static void answer_whole(struct series *s, struct buf *in)
{
    struct series_request_parsed request;
    size_t size;
    enum err e;

    while (!(e = series_request_parse(in->data, in->len, &size, &request))) {
        memmove(in->data, in->data + size, in->len - size);
        in->len -= size;
        answer(s, &request);
        series_request_fini(&request);
    }
    if (e != ERR_TRUNCATED)
        _exit(1);
}

static void receive(struct buf *in)
{
    size_t before = in->len;
    char *room = buf_extend(in, READ_BYTES);
    ssize_t n = room ? recv(SOCKET_FD, room, READ_BYTES, 0) : 0;

    in->len = before + (n > 0 ? (size_t)n : 0);
    if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR))
        _exit(0); /* the parent is gone */
}

noreturn void series_child_run(int fd, pid_t parent, const char *journal_dir, const char *rrd_dir)
{
    struct series *s = NULL;
    struct buf in = BUF_INIT;
    bool has_more = true;

    leave_parent(fd, parent);
    if (series_open(journal_dir, rrd_dir, &s))
        _exit(1);
    for (;;) {
        if (wait_for(POLLIN, has_more ? 0 : IDLE_MS)) {
            receive(&in);
            answer_whole(s, &in);
        } else {
            has_more = series_refresh(s, IDLE_RECORDS) == ERR_AGAIN;
        }
    }
}
