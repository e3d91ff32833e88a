/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd_discover.c - `netzwacht discover`: searches, shows how far it is, prints a proposed inventory. The
 * search is discover_scan.c, what answers mean is collector/discover.h's business. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/command.h"
#include "cli/credentials.h"
#include "cli/discover_options.h"
#include "cli/discover_scan.h"
#include "cli/profiles.h"
#include "lib/base/log.h"

/* ---- progress ---- */

struct progress {
    bool has_terminal;
};

static void put_left(struct buf *out, ns_t left)
{
    long seconds = (long)(left / SECONDS);

    if (left < 0)
        return;
    if (seconds < 60)
        buf_printf(out, ", %ld s left", seconds + 1);
    else
        buf_printf(out, ", %ld:%02ld left", seconds / 3600, seconds / 60 % 60 + 1);
}

/* One line that rewrites itself on a terminal; else a line each time. */
static void show_progress(void *ctx, const struct scan_status *s)
{
    const struct progress *p = ctx;
    struct buf line = BUF_INIT;

    buf_printf(&line, "%llu of %llu addresses, %zu agents, %.0f addresses/s", (unsigned long long)s->done,
               (unsigned long long)s->total, s->found, s->rate);
    if (s->done < s->total && !s->is_stopped)
        put_left(&line, s->left);
    if (!buf_error(&line) && p->has_terminal)
        fprintf(stderr, "\r%s\x1b[K%s", line.data, s->done == s->total || s->is_stopped ? "\n" : "");
    else if (!buf_error(&line))
        fprintf(stderr, "%s\n", line.data);
    fflush(stderr);
    buf_fini(&line);
}

/* ---- the result ---- */

static enum err write_all(const struct discover_options *o, const struct buf *text)
{
    int flags = O_WRONLY | O_CREAT | O_CLOEXEC | (o->is_forced ? O_TRUNC : O_EXCL);
    int fd = o->output ? open(o->output, flags, 0644) : STDOUT_FILENO;
    FILE *f = fd < 0 ? NULL : o->output ? fdopen(fd, "w") : stdout;
    enum err e = ERR_OK;

    if (!f) {
        e = err_from_errno(errno);
        log_error("%s: %s", o->output,
                  e == ERR_EXISTS ? "is there already; name another file, or add --force" : err_text(e));
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

static enum err propose(struct scan *s, const struct discover_options *o)
{
    struct scan_status status = scan_status(s);
    struct discover_tree tree = {0};
    struct buf out = BUF_INIT;
    size_t count;
    struct discover_device *devices = scan_devices(s, &count);
    enum err e = discover_make_ids(devices, count);

    if (!e)
        e = discover_make_tree(devices, count, o->core, &tree);
    if (e == ERR_NOT_FOUND)
        log_error("--core: no device that was found is called %s", o->core);
    if (!e) {
        if (status.is_stopped)
            buf_printf(&out, "# Interrupted: %llu of %llu addresses were asked.\n",
                       (unsigned long long)status.done, (unsigned long long)status.total);
        discover_write(&out, devices, count, &tree);
        e = buf_error(&out);
    }
    if (!e)
        e = write_all(o, &out);
    buf_fini(&out);
    free(tree.links);
    return e;
}

static void say_what_is_odd(const struct scan_status *s, const struct discover_options *o)
{
    if (s->is_stopped && o->state)
        log_warning("interrupted; the same command goes on where it was (--state %s)", o->state);
    else if (s->is_stopped)
        log_warning("interrupted; with --state FILE a search can go on where it was");
    if (s->broken)
        log_warning(
            "%zu addresses answered with something that is no SNMP: `netzwacht doctor ADDRESS` looks closer",
            s->broken);
    if (s->cut)
        log_warning("%zu agents stopped answering while they were read", s->cut);
    if (s->beyond)
        log_warning("%zu neighbours were not followed: at most %zu addresses, %d neighbours away from the "
                    "ranges%s",
                    s->beyond, discover_options_follow_most(o), DISCOVER_DEPTH_MAX,
                    o->is_large ? "" : "; --yes-large allows more");
}

static enum err report(struct scan *s, const struct discover_options *o)
{
    struct scan_status status = scan_status(s);

    say_what_is_odd(&status, o);
    if (status.found)
        return propose(s, o);
    log_error("no agent answered (%llu addresses asked, %zu refused, %zu denied): check ranges, port and "
              "credentials; `netzwacht doctor ADDRESS` looks at one",
              (unsigned long long)status.done, status.refused, status.denied);
    return ERR_UNREACHABLE;
}

/* ---- the command ---- */

static enum err open_log(const struct discover_options *o, const struct snmp_access *access,
                         struct discover_state *state, struct discover_log **log)
{
    struct buf asks = BUF_INIT, secret = BUF_INIT;
    enum err e;

    if (!o->state)
        return ERR_OK;
    discover_options_describe(o, &asks);
    credentials_put(access, &secret);
    e = buf_error(&asks) ? buf_error(&asks) : buf_error(&secret);
    if (!e)
        e = discover_log_open(o->state, asks.data, secret.data, state, log);
    if (!e && (state->done || state->device_count))
        log_info("%s: %llu addresses and %zu agents are known already", o->state,
                 (unsigned long long)state->done, state->device_count);
    buf_fini(&asks);
    if (secret.data)
        explicit_bzero(secret.data, secret.len);
    buf_fini(&secret);
    return e;
}

static enum err search(const struct discover_options *o, const struct snmp_access *access,
                       struct profile_set *profiles)
{
    struct progress progress = {.has_terminal = isatty(STDERR_FILENO)};
    struct scan_options options = {.ranges = o->ranges,
                                   .range_count = o->range_count,
                                   .within = o->within,
                                   .within_count = o->within_count,
                                   .follow_most = discover_options_follow_most(o),
                                   .port = o->port,
                                   .rate = o->rate,
                                   .access = access,
                                   .progress = show_progress,
                                   .progress_every = progress.has_terminal ? SECONDS / 2 : 10 * SECONDS,
                                   .ctx = &progress};
    struct discover_state state = {0};
    struct scan *s = NULL;
    enum err e = open_log(o, access, &state, &options.log);

    if (e)
        return e;
    e = scan_new(&options, profiles, &s);
    if (!e)
        e = scan_resume(s, &state);
    if (!e && !state.has_ended)
        e = scan_run(s);
    if (e)
        log_error("discover: %s", err_text(e));
    else
        e = report(s, o);
    scan_free(s);
    discover_state_fini(&state);
    discover_log_close(options.log);
    return e;
}

int cmd_discover(int argc, char **argv)
{
    struct discover_options *o = calloc(1, sizeof *o);
    int status = o ? discover_options_parse(argc, argv, o) : EXIT_FINDING;
    struct profile_set *profiles = NULL;
    struct snmp_access access;
    enum err e;

    if (status) {
        free(o);
        return status == -1 ? EXIT_DONE : status;
    }
    e = credentials_read(o->credentials, &access);
    if (!e && o->wants_v3 && !access.user) {
        log_error(
            "--v3: %s holds a community and no SNMPv3 user; netzwacht(1), CREDENTIALS, says how to write one",
            o->credentials);
        e = ERR_MALFORMED;
    }
    if (!e)
        e = profiles_load(NULL, 0, &profiles);
    if (!e)
        e = search(o, &access, profiles);
    profile_set_free(profiles);
    snmp_access_fini(&access);
    free(o);
    return err_exit_status(e);
}
