/* SPDX-License-Identifier: GPL-3.0-or-later */
/* worker.c - a thread, a queue in, a queue out, an eventfd that wakes the loop. */
#include "dashboards/worker.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

struct task {
    struct task *next;
    void (*job)(void *ctx);
    void (*done)(void *ctx);
    void *ctx;
};

struct queue {
    struct task *first, **end;
};

struct worker {
    struct loop *loop;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    struct queue in, out; /* guarded by lock */
    bool is_stopping;     /* guarded by lock */
    bool is_started;
    size_t waiting, max; /* the loop's: handed in and not yet done */
    int event;
};

static void push(struct queue *q, struct task *t)
{
    t->next = NULL;
    *q->end = t;
    q->end = &t->next;
}

static struct task *pop(struct queue *q)
{
    struct task *t = q->first;

    if (t) {
        q->first = t->next;
        if (!q->first)
            q->end = &q->first;
    }
    return t;
}

static void *work(void *arg)
{
    struct worker *w = arg;
    uint64_t one = 1;

    pthread_mutex_lock(&w->lock);
    while (!w->is_stopping) {
        struct task *t = pop(&w->in);
        if (!t) {
            pthread_cond_wait(&w->wake, &w->lock);
            continue;
        }
        pthread_mutex_unlock(&w->lock);
        t->job(t->ctx);
        pthread_mutex_lock(&w->lock);
        push(&w->out, t);
        if (write(w->event, &one, sizeof one) < 0)
            continue; /* the counter is full: the loop is awake anyway */
    }
    pthread_mutex_unlock(&w->lock);
    return NULL;
}

static void finish(struct worker *w)
{
    for (;;) {
        pthread_mutex_lock(&w->lock);
        struct task *t = pop(&w->out);
        pthread_mutex_unlock(&w->lock);
        if (!t)
            return;
        w->waiting--;
        t->done(t->ctx);
        free(t);
    }
}

static void on_event(void *ctx, int fd, uint32_t events NW_UNUSED)
{
    uint64_t count;

    if (read(fd, &count, sizeof count) > 0)
        finish(ctx);
}

enum err worker_new(struct loop *l, size_t queue_max, struct worker **out)
{
    struct worker *w = calloc(1, sizeof *w);
    sigset_t all, before;
    enum err e = ERR_IO;

    if (!w)
        return ERR_NOMEM;
    w->loop = l;
    w->max = queue_max;
    w->in.end = &w->in.first;
    w->out.end = &w->out.first;
    pthread_mutex_init(&w->lock, NULL);
    pthread_cond_init(&w->wake, NULL);
    w->event = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (w->event < 0)
        goto failed;
    e = loop_fd_add(l, w->event, EPOLLIN, on_event, w);
    if (e)
        goto failed;
    sigfillset(&all); /* signals are the loop's */
    pthread_sigmask(SIG_SETMASK, &all, &before);
    w->is_started = pthread_create(&w->thread, NULL, work, w) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    e = w->is_started ? ERR_OK : ERR_LIMIT;
    if (e)
        goto failed;
    *out = w;
    return ERR_OK;

failed:
    worker_free(w);
    return e;
}

void worker_free(struct worker *w)
{
    struct task *t;

    if (!w)
        return;
    pthread_mutex_lock(&w->lock);
    w->is_stopping = true;
    pthread_cond_signal(&w->wake);
    pthread_mutex_unlock(&w->lock);
    if (w->is_started)
        pthread_join(w->thread, NULL);
    while ((t = pop(&w->in)) != NULL)
        push(&w->out, t);
    finish(w);
    if (w->event >= 0) {
        loop_fd_remove(w->loop, w->event);
        close(w->event);
    }
    pthread_cond_destroy(&w->wake);
    pthread_mutex_destroy(&w->lock);
    free(w);
}

enum err worker_run(struct worker *w, void (*job)(void *ctx), void (*done)(void *ctx), void *ctx)
{
    struct task *t;

    if (w->waiting >= w->max)
        return ERR_LIMIT;
    t = malloc(sizeof *t);
    if (!t)
        return ERR_NOMEM;
    *t = (struct task){.job = job, .done = done, .ctx = ctx};
    w->waiting++;
    pthread_mutex_lock(&w->lock);
    push(&w->in, t);
    pthread_cond_signal(&w->wake);
    pthread_mutex_unlock(&w->lock);
    return ERR_OK;
}
