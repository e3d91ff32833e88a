/* SPDX-License-Identifier: GPL-3.0-or-later */
/* live.c - the watcher and the parser of a live capture, and the pipe between them.
 *
 * A message on the pipe: time (8 octets, little-endian), captured and wire length (4 each), the captured
 * octets. Length 0xffffffff ends: then captured says how many frames the kernel dropped, wire how often a
 * parser was replaced. */
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
#include "probes/capture.h"
#include "probes/pcap_io.h"
#include "probes/privd.h"

enum { HEAD = 16, FRAME_MAX = 65536, RESTARTS_MAX = 20, FRAMES_A_TURN = 1000 };
#define END_MARK UINT32_MAX
#define PAUSE    (20 * MILLISECONDS)

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

static bool write_all(int fd, const void *from, size_t len)
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

static void note_end(struct capture *c, uint32_t dropped, uint32_t restarts)
{
    if (dropped)
        capture_note(c, "the kernel dropped frames: this machine is too slow for this interface");
    if (restarts)
        capture_note(c, "the parser was replaced after a crash: what it had counted before is lost");
}

static enum err print_report(const struct capture *c, const struct live_options *o)
{
    struct buf out = BUF_INIT;
    enum err e =
        o->as_json ? capture_print_json(c, o->interface, &out) : capture_print_text(c, o->interface, &out);

    if (!e && !write_all(STDOUT_FILENO, out.data, out.len))
        e = ERR_IO;
    buf_fini(&out);
    return e;
}

/* Feeds what comes until the end mark; a pipe that ends without one gives no report. */
static enum err parse_all(struct capture *c, uint8_t *frame, const struct live_options *o)
{
    uint8_t head[HEAD];

    while (read_all(head, sizeof head)) {
        struct wire w;
        ns_t at;
        uint32_t captured, wire_len;
        enum err e;
        wire_init(&w, head, sizeof head);
        at = (ns_t)wire_le64(&w);
        captured = wire_le32(&w);
        wire_len = wire_le32(&w);
        if (captured == END_MARK) {
            note_end(c, (uint32_t)at, wire_len);
            return print_report(c, o);
        }
        if (captured > FRAME_MAX || !read_all(frame, captured))
            return ERR_MALFORMED;
        e = capture_feed(c, at, frame, captured, wire_len);
        if (e)
            return e;
    }
    return ERR_END;
}

/* The child's whole life. Everything that asks the system for more than memory happens before
 * privd_confine(). */
static int parser_main(int pipe_end, int link, const char *link_name, const struct live_options *o)
{
    struct capture *c = NULL;
    uint8_t *frame = malloc(FRAME_MAX);
    uint64_t seed = 0;
    int status = EXIT_UNAVAILABLE;
    enum err e;

    (void)!getrandom(&seed, sizeof seed, 0);
    if (!frame || capture_new(link, link_name, seed, &c) || dup2(pipe_end, STDIN_FILENO) < 0)
        goto unprepared;
    signal(SIGINT, SIG_IGN);
    signal(SIGTERM, SIG_IGN);
    e = privd_confine();
    if (!e || e == ERR_UNSUPPORTED)
        status = parse_all(c, frame, o) ? EXIT_FINDING : EXIT_DONE;
unprepared:
    capture_free(c);
    free(frame);
    return status;
}

/* ---- watcher ---- */

struct watcher {
    const struct live_options *o;
    struct loop *loop;
    struct pcap_file *pcap;
    struct loop_timer end, pause;
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
    w->parser = fork();
    if (w->parser == 0) {
        close(ends[1]);
        _exit(parser_main(ends[0], pcap_file_link(w->pcap), pcap_file_link_name(w->pcap), w->o));
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
    if (captured != END_MARK)
        buf_put(&message, bytes, captured);
    is_sent = !buf_error(&message) && write_all(w->pipe_end, message.data, message.len);
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

static void on_end(void *ctx)
{
    loop_stop(((struct watcher *)ctx)->loop);
}

static void on_signal(void *ctx, int signo)
{
    (void)signo;
    on_end(ctx);
}

/* The kernel's figure of dropped frames goes where the time stood. */
static enum err finish(struct watcher *w)
{
    int status = 0;

    if (!send_message(w, (ns_t)pcap_file_dropped(w->pcap), END_MARK, w->restarts, NULL))
        log_warning("capture: the parser ended early");
    close(w->pipe_end);
    w->pipe_end = -1;
    if (waitpid(w->parser, &status, 0) < 0 || !WIFEXITED(status) || WEXITSTATUS(status) != EXIT_DONE)
        return ERR_IO;
    return ERR_OK;
}

static enum err watch(struct watcher *w)
{
    enum err e = loop_new(NULL, &w->loop);

    if (e)
        return e;
    signal(SIGPIPE, SIG_IGN);
    loop_timer_init(&w->end, on_end, w);
    loop_timer_init(&w->pause, on_frames, w);
    e = loop_signal_add(w->loop, SIGINT, on_signal, w);
    if (!e)
        e = loop_signal_add(w->loop, SIGTERM, on_signal, w);
    if (!e && w->o->duration)
        e = loop_timer_after(w->loop, &w->end, w->o->duration);
    if (!e)
        e = loop_timer_after(w->loop, &w->pause, 0);
    if (!e)
        e = loop_run(w->loop);
    loop_free(w->loop);
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
        e = start_parser(&w);
    if (!e) {
        log_info("capturing on %s (%s); the report comes at the end", o->interface,
                 pcap_file_link_name(w.pcap));
        e = watch(&w);
        ended = finish(&w);
        e = e ? e : ended;
    }
    pcap_file_close(w.pcap);
    return e;
}
