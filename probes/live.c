/* SPDX-License-Identifier: GPL-3.0-or-later */
/* live.c - the watcher and the parser of a live capture, and the pipe between them.
 *
 * A message on the pipe: time (8 octets, little-endian), captured and wire length (4 each), the captured
 * octets. Length 0xffffffff ends, 0xfffffffe comes once a second (time: wall); the wire length then says how
 * many frames the kernel dropped. */
#include "probes/live.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/base/buf.h"
#include "lib/base/log.h"
#include "lib/base/wire.h"
#include "lib/runtime/loop.h"
#include "probes/pcap_io.h"
#include "probes/privd.h"

enum { HEAD = 16, FRAME_MAX = 65536, RESTARTS_MAX = 20, FRAMES_A_TURN = 1000 };
#define END_MARK  UINT32_MAX
#define TICK_MARK (UINT32_MAX - 1)
#define TICK      (1 * SECONDS)
#define PAUSE     (20 * MILLISECONDS)

/* ---- parser ---- */

static bool read_all(void *to, size_t len)
{
    for (size_t done = 0; done < len;) {
        ssize_t n = read(STDIN_FILENO, (char *)to + done, len - done);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        done += (size_t)n;
    }
    return true;
}

bool live_write(int fd, const void *from, size_t len)
{
    for (size_t done = 0; done < len;) {
        ssize_t n = write(fd, (const char *)from + done, len - done);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        done += (size_t)n;
    }
    return true;
}

/* Feeds what comes until the end mark; a pipe that ends without one gives no report. */
static enum err parse_all(const struct live_parser *p, void *state, uint8_t *frame)
{
    uint8_t head[HEAD];
    enum err e = ERR_OK;

    while (!e && read_all(head, sizeof head)) {
        struct wire w;
        ns_t at;
        uint32_t captured, wire_len;
        wire_init(&w, head, sizeof head);
        at = (ns_t)wire_le64(&w);
        captured = wire_le32(&w);
        wire_len = wire_le32(&w);
        if (captured == END_MARK)
            return p->finish ? p->finish(state, wire_len) : ERR_OK;
        if (captured == TICK_MARK)
            e = p->tick ? p->tick(state, at, wire_len) : ERR_OK;
        else if (captured > FRAME_MAX || !read_all(frame, captured))
            e = ERR_MALFORMED;
        else
            e = p->feed(state, at, frame, captured, wire_len);
    }
    return e ? e : ERR_END;
}

/* The child's whole life. Everything that asks the system for more than memory happens before
 * privd_confine(). */
static int parser_main(int pipe_end, const struct live_parser *p, const struct live_begin *b)
{
    uint8_t *frame = malloc(FRAME_MAX);
    void *state = NULL;
    int status = EXIT_UNAVAILABLE;
    enum err e;

    if (!frame || p->begin(p->ctx, b, &state) || dup2(pipe_end, STDIN_FILENO) < 0)
        goto unprepared;
    signal(SIGINT, SIG_IGN);
    signal(SIGTERM, SIG_IGN);
    e = privd_confine();
    if (!e || e == ERR_UNSUPPORTED)
        status = parse_all(p, state, frame) ? EXIT_FINDING : EXIT_DONE;
unprepared:
    if (state)
        p->end(state);
    free(frame);
    return status;
}

/* ---- watcher ---- */

struct watcher {
    const struct live_options *o;
    struct loop *loop;
    struct pcap_file *pcap;
    struct loop_timer end, pause, tick;
    ns_t parser_began;
    int pipe_end;
    pid_t parser;
    uint32_t restarts;
    enum err error;
};

static enum err start_parser(struct watcher *w)
{
    int ends[2];

    if (pipe2(ends, O_CLOEXEC))
        return err_from_errno(errno);
    w->parser_began = w->loop ? loop_mono(w->loop) : 0;
    w->parser = fork();
    if (w->parser == 0) {
        close(ends[1]);
        _exit(parser_main(
            ends[0], &w->o->parser,
            &(struct live_begin){pcap_file_link(w->pcap), pcap_file_link_name(w->pcap), w->restarts}));
    }
    close(ends[0]);
    w->pipe_end = ends[1];
    return w->parser < 0 ? err_from_errno(errno) : ERR_OK;
}

static bool send_message(struct watcher *w, ns_t at, uint32_t captured, uint32_t wire_len, const void *bytes)
{
    struct buf message = BUF_INIT;
    bool is_sent;

    buf_le64(&message, (uint64_t)at);
    buf_le32(&message, captured);
    buf_le32(&message, wire_len);
    if (captured < TICK_MARK)
        buf_put(&message, bytes, captured);
    is_sent = !buf_error(&message) && live_write(w->pipe_end, message.data, message.len);
    buf_fini(&message);
    return is_sent;
}

/* The parser is gone: a new one, at once. */
static enum err replace_parser(struct watcher *w)
{
    int status = 0;

    close(w->pipe_end);
    w->pipe_end = -1;
    (void)waitpid(w->parser, &status, 0);
    if (++w->restarts > RESTARTS_MAX) {
        log_error("capture: the parser died %d times, giving up", RESTARTS_MAX);
        return ERR_IO;
    }
    log_warning("capture: the parser died (status 0x%x), starting another", (unsigned)status);
    return start_parser(w);
}

static void give_up(struct watcher *w, enum err e)
{
    w->error = e;
    loop_stop(w->loop);
}

static void on_frames(void *ctx)
{
    struct watcher *w = ctx;
    struct pcap_frame f;
    enum err e = ERR_OK;

    for (int i = 0; i < FRAMES_A_TURN && !e; i++) {
        e = pcap_file_next(w->pcap, &f);
        if (e || f.captured > FRAME_MAX)
            continue;
        if (!send_message(w, f.at, (uint32_t)f.captured, (uint32_t)f.wire_len, f.bytes))
            e = replace_parser(w);
    }
    if (e && e != ERR_AGAIN) {
        give_up(w, e);
        return;
    }
    if (loop_timer_after(w->loop, &w->pause, e ? PAUSE : 0))
        give_up(w, ERR_NOMEM);
}

/* The one before has had its time: its end mark, its end, a new one. */
static enum err renew_parser(struct watcher *w)
{
    (void)!send_message(w, 0, END_MARK, pcap_file_dropped(w->pcap), NULL);
    close(w->pipe_end);
    w->pipe_end = -1;
    (void)waitpid(w->parser, NULL, 0);
    return start_parser(w);
}

static void on_tick(void *ctx)
{
    struct watcher *w = ctx;
    ns_t age = loop_mono(w->loop) - w->parser_began;
    enum err e = ERR_OK;

    if (!send_message(w, loop_wall(w->loop), TICK_MARK, pcap_file_dropped(w->pcap), NULL))
        e = replace_parser(w);
    else if (w->o->lifetime && age > w->o->lifetime)
        e = renew_parser(w);
    if (!e)
        e = loop_timer_after(w->loop, &w->tick, TICK);
    if (e)
        give_up(w, e);
}

static void on_end(void *ctx)
{
    loop_stop(((struct watcher *)ctx)->loop);
}

static void on_signal(void *ctx, int signo)
{
    (void)signo;
    on_end(ctx);
}

static enum err finish(struct watcher *w)
{
    int status = 0;

    if (!send_message(w, 0, END_MARK, pcap_file_dropped(w->pcap), NULL))
        log_warning("capture: the parser ended early");
    close(w->pipe_end);
    w->pipe_end = -1;
    if (waitpid(w->parser, &status, 0) < 0 || !WIFEXITED(status) || WEXITSTATUS(status) != EXIT_DONE)
        return ERR_IO;
    return ERR_OK;
}

static enum err watch(struct watcher *w)
{
    enum err e;

    signal(SIGPIPE, SIG_IGN);
    loop_timer_init(&w->end, on_end, w);
    loop_timer_init(&w->pause, on_frames, w);
    loop_timer_init(&w->tick, on_tick, w);
    e = loop_signal_add(w->loop, SIGINT, on_signal, w);
    if (!e)
        e = loop_signal_add(w->loop, SIGTERM, on_signal, w);
    if (!e && w->o->duration)
        e = loop_timer_after(w->loop, &w->end, w->o->duration);
    if (!e)
        e = loop_timer_after(w->loop, &w->pause, 0);
    if (!e)
        e = loop_timer_after(w->loop, &w->tick, TICK);
    if (!e)
        e = loop_run(w->loop);
    return e ? e : w->error;
}

enum err live_run(const struct live_options *o)
{
    struct watcher w = {.o = o, .pipe_end = -1};
    enum err e = pcap_live_open(o->interface, &w.pcap), ended;

    if (e)
        return e;
    e = privd_drop_all();
    if (e)
        log_error("capture: the rights that opening needed cannot be given up: %s", err_text(e));
    if (!e)
        e = loop_new(NULL, &w.loop);
    if (!e)
        e = start_parser(&w);
    if (!e) {
        log_info("listening on %s (%s)", o->interface, pcap_file_link_name(w.pcap));
        e = watch(&w);
        ended = finish(&w);
        e = e ? e : ended;
    }
    loop_free(w.loop);
    pcap_file_close(w.pcap);
    return e;
}
