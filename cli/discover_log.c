/* SPDX-License-Identifier: GPL-3.0-or-later */
/* discover_log.c - the file of a search's state: opened for one, read, appended to. */
#include "cli/discover_log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/log.h"
#include "lib/base/strx.h"

struct discover_log {
    int fd;
    const char *path; /* borrowed */
    bool is_unsynced;
};

static enum err complain(const struct discover_log *l, enum err e)
{
    log_error("--state %s: %s", l->path, e == ERR_BUSY ? "another search is using it" : err_text(e));
    return e;
}

/* All of it; NUL bytes at the end are what a loss of power left of lines that never reached the disk. */
static enum err read_all(struct discover_log *l, struct buf *text)
{
    struct stat st;
    ssize_t got = 1;

    if (fstat(l->fd, &st))
        return err_from_errno(errno);
    if (!S_ISREG(st.st_mode))
        return ERR_TYPE;
    if (st.st_size > DISCOVER_STATE_MAX)
        return ERR_LIMIT;
    while (got > 0) {
        void *to = buf_extend(text, 65536);

        if (!to)
            return buf_error(text);
        got = read(l->fd, to, 65536);
        text->len -= 65536 - (got > 0 ? (size_t)got : 0);
        if (got < 0 && errno == EINTR)
            got = 1;
    }
    while (text->len && text->data[text->len - 1] == '\0')
        text->len--;
    return got < 0 ? err_from_errno(errno) : ERR_OK;
}

static enum err begin(struct discover_log *l, const char *asks, const char *secret)
{
    unsigned char noise[8];
    struct buf salt = BUF_INIT, line = BUF_INIT;
    struct discover_question q = {.asks = (char *)asks};
    enum err e = getrandom(noise, sizeof noise, 0) == sizeof noise ? ERR_OK : ERR_IO;

    if (!e) {
        strx_put_hex(&salt, noise, sizeof noise);
        e = buf_error(&salt);
    }
    if (!e) {
        q.salt = salt.data;
        q.check = discover_check(q.salt, secret, strlen(secret));
        discover_state_put_question(&line, &q);
        e = discover_log_append(l, &line);
    }
    buf_fini(&salt);
    buf_fini(&line);
    return e;
}

static enum err compare(const struct discover_log *l, const struct discover_state *state, const char *asks,
                        const char *secret)
{
    const struct discover_question *q = &state->question;

    if (strcmp(q->asks, asks) != 0)
        log_error("--state %s: is of another search (%s), this one asks: %s; name another file", l->path,
                  q->asks, asks);
    else if (q->check != discover_check(q->salt, secret, strlen(secret)))
        log_error("--state %s: was made with other credentials; name another file", l->path);
    else
        return ERR_OK;
    return ERR_CONFIG;
}

/* What is there must be of the same search; a line that was cut off in writing goes. */
static enum err resume(struct discover_log *l, const struct buf *text, const char *asks, const char *secret,
                       struct discover_state *state)
{
    char *why;
    enum err e = discover_state_read(l->path, text->data, text->len, state, &why);

    if (why)
        log_error("%s", why);
    free(why);
    if (!e)
        e = compare(l, state, asks, secret);
    if (!e && ftruncate(l->fd, (off_t)state->good))
        e = complain(l, err_from_errno(errno));
    return e;
}

enum err discover_log_open(const char *path, const char *asks, const char *secret,
                           struct discover_state *state, struct discover_log **out)
{
    struct discover_log *l = calloc(1, sizeof *l);
    struct buf text = BUF_INIT;
    enum err e = ERR_OK;

    *state = (struct discover_state){0};
    if (!l)
        return ERR_NOMEM;
    l->path = path;
    l->fd = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (l->fd < 0 || flock(l->fd, LOCK_EX | LOCK_NB))
        e = complain(l, errno == EWOULDBLOCK ? ERR_BUSY : err_from_errno(errno));
    if (!e) {
        e = read_all(l, &text);
        if (e)
            complain(l, e);
    }
    if (!e && text.len)
        e = resume(l, &text, asks, secret, state);
    else if (!e)
        e = ftruncate(l->fd, 0) ? complain(l, err_from_errno(errno)) : begin(l, asks, secret);
    buf_fini(&text);
    if (e) {
        discover_state_fini(state);
        discover_log_close(l);
        return e;
    }
    *out = l;
    return ERR_OK;
}

enum err discover_log_append(struct discover_log *l, struct buf *lines)
{
    size_t at = 0;
    enum err e = buf_error(lines);

    while (!e && at < lines->len) {
        ssize_t n = write(l->fd, lines->data + at, lines->len - at);

        if (n < 0 && errno != EINTR)
            e = err_from_errno(errno);
        at += n > 0 ? (size_t)n : 0;
    }
    l->is_unsynced = true;
    buf_clear(lines);
    return e ? complain(l, e) : ERR_OK;
}

void discover_log_sync(struct discover_log *l)
{
    if (l->is_unsynced && fdatasync(l->fd))
        log_warning("--state %s: %s", l->path, err_text(err_from_errno(errno)));
    l->is_unsynced = false;
}

void discover_log_close(struct discover_log *l)
{
    if (!l)
        return;
    if (l->fd >= 0) {
        discover_log_sync(l);
        close(l->fd);
    }
    free(l);
}
