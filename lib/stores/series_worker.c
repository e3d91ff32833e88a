/* SPDX-License-Identifier: GPL-3.0-or-later */
/* series_worker.c - the parent's side of the worker: requests out, answers in, a new worker when one died.
 * Knows the loop and the socket pair; what is said on it is in series_message. */
#include "lib/stores/series.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/stores/series_child.h"
#include "lib/stores/series_message.h"

#define SPAWN_INTERVAL (1 * SECONDS)
#define ANSWER_MAX     (15 * SECONDS) /* beyond it the worker hangs, and is killed */

enum { REQUESTS_MAX = 256, READ_BYTES = 65536 };

struct request {
    struct request *next;
    uint64_t id;
    ns_t since; /* monotonic */
    series_fn *fn;
    void *ctx;
    struct buf bytes; /* the message, until a worker has it */
};

struct series_worker {
    struct loop *loop;
    char *journal_dir, *rrd_dir;
    pid_t pid; /* 0: none */
    int fd;
    ns_t spawned;
    uint64_t last_id;
    struct request *first; /* oldest first */
    size_t count;
    struct buf out, in;
    size_t out_at;
    struct loop_timer timer; /* to spawn, or to look for a hanging worker */
};

static void on_socket(void *ctx, int fd, uint32_t events);

/* ---- the process ---- */

static enum err spawn(struct series_worker *w)
{
    int pair[2];
    pid_t parent = getpid(), pid;
    enum err e;

    w->spawned = loop_mono(w->loop);
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, pair))
        return err_from_errno(errno);
    pid = fork();
    if (pid == 0)
        series_child_run(pair[1], parent, w->journal_dir, w->rrd_dir);
    close(pair[1]);
    if (pid < 0) {
        close(pair[0]);
        return ERR_NOMEM;
    }
    e = loop_fd_add(w->loop, pair[0], EPOLLIN | EPOLLOUT, on_socket, w);
    if (e) {
        close(pair[0]);
        kill(pid, SIGKILL);
        waitpid(pid, NULL, 0);
        return e;
    }
    w->pid = pid;
    w->fd = pair[0];
    return ERR_OK;
}

static void end_child(struct series_worker *w)
{
    if (!w->pid)
        return;
    loop_fd_remove(w->loop, w->fd);
    close(w->fd);
    kill(w->pid, SIGKILL);
    while (waitpid(w->pid, NULL, 0) < 0 && errno == EINTR)
        ;
    w->pid = 0;
    w->fd = -1;
    w->out_at = 0;
    buf_clear(&w->out);
    buf_clear(&w->in);
}

/* ---- requests ---- */

static void request_free(struct request *r)
{
    buf_fini(&r->bytes);
    free(r);
}

static struct request *take_request(struct series_worker *w, uint64_t id)
{
    for (struct request **p = &w->first; *p; p = &(*p)->next)
        if ((*p)->id == id) {
            struct request *r = *p;
            *p = r->next;
            w->count--;
            return r;
        }
    return NULL;
}

static void finish(struct series_worker *w, uint64_t id, enum err e, const struct series_result *result)
{
    struct request *r = take_request(w, id);

    if (!r)
        return; /* cancelled */
    r->fn(r->ctx, e, e ? NULL : result);
    request_free(r);
}

static void arm(struct series_worker *w)
{
    ns_t due;

    if (!w->first) {
        loop_timer_cancel(w->loop, &w->timer);
        return;
    }
    due = w->pid ? w->first->since + ANSWER_MAX : w->spawned + SPAWN_INTERVAL;
    (void)!loop_timer_set(w->loop, &w->timer, due); /* no memory: the next request tries again */
}

/* The worker is gone: what it was asked has no answer. */
static void fail_sent(struct series_worker *w)
{
    uint64_t last = w->last_id;

    while (w->first && w->first->id <= last && w->first->bytes.len == 0)
        finish(w, w->first->id, ERR_RESET, NULL);
    arm(w);
}

static void queue_unsent(struct series_worker *w)
{
    for (struct request *r = w->first; r; r = r->next)
        if (r->bytes.len) {
            buf_put(&w->out, r->bytes.data, r->bytes.len);
            buf_fini(&r->bytes);
        }
}

/* ---- talking ---- */

static bool send_some(struct series_worker *w)
{
    while (w->out_at < w->out.len) {
        ssize_t n = send(w->fd, w->out.data + w->out_at, w->out.len - w->out_at, MSG_NOSIGNAL);
        if (n < 0)
            return errno == EAGAIN || errno == EINTR;
        w->out_at += (size_t)n;
    }
    w->out_at = 0;
    buf_clear(&w->out);
    return loop_fd_change(w->loop, w->fd, EPOLLIN) == ERR_OK;
}

/* Hands out whole answers; false: the worker talks nonsense. */
static bool take_answers(struct series_worker *w)
{
    size_t used = 0;
    bool is_right = true;

    while (is_right) {
        struct series_result result = {0};
        uint64_t id = 0;
        size_t size = 0;
        enum err verdict = ERR_OK,
                 e = series_answer_parse(w->in.data + used, w->in.len - used, &size, &id, &verdict, &result);
        if (e == ERR_TRUNCATED)
            break;
        is_right = e == ERR_OK;
        if (is_right) {
            used += size;
            finish(w, id, verdict, &result);
        }
        series_result_fini(&result);
        if (!w->pid) /* ended by the callback */
            return true;
    }
    if (used) {
        memmove(w->in.data, w->in.data + used, w->in.len - used);
        w->in.len -= used;
    }
    return is_right && !buf_error(&w->in);
}

static bool receive_some(struct series_worker *w)
{
    for (;;) {
        char *room;
        ssize_t n;
        size_t before = w->in.len;
        room = buf_extend(&w->in, READ_BYTES);
        if (!room)
            return false;
        n = recv(w->fd, room, READ_BYTES, 0);
        w->in.len = before + (n > 0 ? (size_t)n : 0);
        if (n == 0)
            return false;
        if (n < 0)
            return errno == EAGAIN || errno == EINTR;
        if (!take_answers(w))
            return false;
        if (!w->pid)
            return true;
    }
}

static void on_socket(void *ctx, int fd, uint32_t events)
{
    struct series_worker *w = ctx;
    bool is_alive = true;

    (void)fd;
    if (events & EPOLLOUT)
        is_alive = send_some(w);
    if (is_alive && events & (EPOLLIN | EPOLLHUP | EPOLLERR))
        is_alive = receive_some(w);
    if (!is_alive && w->pid) {
        end_child(w);
        fail_sent(w);
    } else {
        arm(w);
    }
}

static void on_timer(void *ctx)
{
    struct series_worker *w = ctx;

    if (w->pid) { /* the oldest request waited too long */
        end_child(w);
        fail_sent(w);
        return;
    }
    if (spawn(w) == ERR_OK)
        queue_unsent(w);
    arm(w);
}

/* ---- the public side ---- */

enum err series_worker_new(struct loop *l, const char *journal_dir, const char *rrd_dir,
                           struct series_worker **out)
{
    struct series_worker *w = calloc(1, sizeof *w);
    enum err e;

    if (!w)
        return ERR_NOMEM;
    w->loop = l;
    w->fd = -1;
    buf_init(&w->in, SERIES_MESSAGE_MAX + READ_BYTES);
    loop_timer_init(&w->timer, on_timer, w);
    w->journal_dir = strdup(journal_dir);
    w->rrd_dir = strdup(rrd_dir);
    e = w->journal_dir && w->rrd_dir ? spawn(w) : ERR_NOMEM;
    if (e) {
        series_worker_free(w);
        return e;
    }
    *out = w;
    return ERR_OK;
}

void series_worker_free(struct series_worker *w)
{
    if (!w)
        return;
    end_child(w);
    loop_timer_cancel(w->loop, &w->timer);
    while (w->first)
        request_free(take_request(w, w->first->id));
    buf_fini(&w->out);
    buf_fini(&w->in);
    free(w->journal_dir);
    free(w->rrd_dir);
    free(w);
}

enum err series_request(struct series_worker *w, const struct series_query *query, series_fn *fn, void *ctx,
                        uint64_t *id)
{
    struct request *r, **end = &w->first;
    enum err e;

    if (w->count == REQUESTS_MAX)
        return ERR_LIMIT;
    r = calloc(1, sizeof *r);
    if (!r)
        return ERR_NOMEM;
    r->id = w->last_id + 1;
    r->since = loop_mono(w->loop);
    r->fn = fn;
    r->ctx = ctx;
    e = series_request_pack(r->id, loop_wall(w->loop), query, &r->bytes);
    if (!e && w->pid)
        e = loop_fd_change(w->loop, w->fd, EPOLLIN | EPOLLOUT);
    if (e) {
        request_free(r);
        return e;
    }
    w->last_id = r->id;
    while (*end)
        end = &(*end)->next;
    *end = r;
    w->count++;
    if (w->pid)
        queue_unsent(w);
    if (!loop_timer_is_armed(&w->timer))
        arm(w);
    if (id)
        *id = r->id;
    return ERR_OK;
}

void series_cancel(struct series_worker *w, uint64_t id)
{
    struct request *r = take_request(w, id);

    if (r)
        request_free(r);
}
