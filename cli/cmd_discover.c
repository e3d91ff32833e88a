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
#include "collector/discover_network.h"
#include "lib/base/log.h"
#include "lib/model/settings.h"

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

static void put_heading(struct buf *out, const struct scan_status *status, const struct inventory *inv)
{
    if (status->is_stopped)
        buf_printf(out, "# Interrupted: %llu of %llu addresses were asked.\n",
                   (unsigned long long)status->done, (unsigned long long)status->total);
    buf_printf(
        out,
        "# A proposal of `netzwacht discover`%s. What SNMP does not tell has to be added by hand: sites\n"
        "# (with lat and lon), a UPS's uplink and what it feeds, credentials other than \"default\".\n"
        "# Uplinks are read from LLDP, seen from the core, or else from the middle of the network.\n",
        inv ? ": what the inventory does not have" : "");
}

static enum err put_all(struct buf *out, const struct discover_network *n, const struct scan_status *status,
                        size_t *contradictions)
{
    struct buf lines = BUF_INIT;

    put_heading(out, status, n->inventory);
    *contradictions = discover_put_contradictions(&lines, n);
    if (*contradictions) {
        buf_printf(out, "#\n# %zu contradictions:\n", *contradictions);
        buf_put(out, lines.data, lines.len);
        buf_str(out, "#\n");
    }
    if (buf_error(&lines))
        out->error = buf_error(&lines);
    buf_fini(&lines);
    discover_put_proposal(out, n);
    return buf_error(out);
}

static enum err propose(struct scan *s, const struct discover_options *o, const struct inventory *inv,
                        size_t *contradictions)
{
    struct scan_status status = scan_status(s);
    struct discover_context context = {.inventory = inv,
                                       .asked = o->ranges,
                                       .asked_count = status.is_stopped ? 0 : o->range_count,
                                       .port = o->port,
                                       .core = o->core};
    struct discover_network *network = NULL;
    struct buf out = BUF_INIT;
    size_t count;
    struct discover_device *devices = scan_devices(s, &count);
    enum err e = discover_network_new(devices, count, &context, &network);

    if (e == ERR_NOT_FOUND)
        log_error("--core: no device is called %s", o->core);
    if (!e)
        e = put_all(&out, network, &status, contradictions);
    if (!e)
        e = write_all(o, &out);
    if (!e && *contradictions)
        log_warning("%zu contradictions: they stand at the beginning of the proposal", *contradictions);
    buf_fini(&out);
    discover_network_free(network);
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

static enum err report(struct scan *s, const struct discover_options *o, const struct inventory *inv,
                       size_t *contradictions)
{
    struct scan_status status = scan_status(s);

    say_what_is_odd(&status, o);
    if (status.found)
        return propose(s, o, inv, contradictions);
    log_error("no agent answered (%llu addresses asked, %zu refused, %zu denied): check ranges, port and "
              "credentials; `netzwacht doctor ADDRESS` looks at one",
              (unsigned long long)status.done, status.refused, status.denied);
    return ERR_UNREACHABLE;
}

/* ---- the command ---- */

struct world {
    struct settings *settings; /* with -c */
    struct inventory *inventory;
    struct profile_set *profiles;
    struct snmp_access access;
};

/* With -c: the inventory that there is; and credentials, where --credentials names none. */
static enum err load_config(const char *path, struct world *w)
{
    struct conf_report *report = NULL;
    enum err e = conf_report_new(&report);

    if (!e)
        e = settings_load(path, report, &w->settings);
    if (!e)
        e = inventory_load((const char *const *)w->settings->inventory.items, w->settings->inventory.count,
                           w->settings->districts, report, &w->inventory);
    if (e == ERR_CONFIG)
        log_error("%s`netzwacht check -c %s` lists all mistakes", conf_report_text(report), path);
    conf_report_free(report);
    return e;
}

static enum err load_access(const struct discover_options *o, struct world *w)
{
    const struct credentials *known = w->settings ? settings_credentials(w->settings, "default") : NULL;
    const char *problem;
    enum err e;

    if (o->credentials || !known) {
        e = credentials_read(o->credentials, &w->access);
    } else {
        e = snmp_access_load(known, &w->access, &problem);
        if (e)
            log_error("%s: credentials \"default\": %s", o->config, problem);
    }
    if (!e && o->wants_v3 && !w->access.user) {
        log_error(
            "--v3: %s holds a community and no SNMPv3 user; netzwacht(1), CREDENTIALS, says how to write one",
            o->credentials ? o->credentials : o->config);
        e = ERR_MALFORMED;
    }
    return e;
}

static enum err load(const struct discover_options *o, struct world *w)
{
    enum err e = o->config ? load_config(o->config, w) : ERR_OK;

    if (!e)
        e = load_access(o, w);
    return e ? e : profiles_load(NULL, 0, &w->profiles);
}

static void world_fini(struct world *w)
{
    profile_set_free(w->profiles);
    inventory_free(w->inventory);
    settings_free(w->settings);
    snmp_access_fini(&w->access);
}

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

static enum err search(const struct discover_options *o, const struct world *w, size_t *contradictions)
{
    struct progress progress = {.has_terminal = isatty(STDERR_FILENO)};
    struct scan_options options = {.ranges = o->ranges,
                                   .range_count = o->range_count,
                                   .within = o->within,
                                   .within_count = o->within_count,
                                   .follow_most = discover_options_follow_most(o),
                                   .port = o->port,
                                   .rate = o->rate,
                                   .access = &w->access,
                                   .progress = show_progress,
                                   .progress_every = progress.has_terminal ? SECONDS / 2 : 10 * SECONDS,
                                   .ctx = &progress};
    struct discover_state state = {0};
    struct scan *s = NULL;
    enum err e = open_log(o, &w->access, &state, &options.log);

    if (e)
        return e;
    e = scan_new(&options, w->profiles, &s);
    if (!e)
        e = scan_resume(s, &state);
    if (!e && !state.has_ended)
        e = scan_run(s);
    if (e)
        log_error("discover: %s", err_text(e));
    else
        e = report(s, o, w->inventory, contradictions);
    scan_free(s);
    discover_state_fini(&state);
    discover_log_close(options.log);
    return e;
}

int cmd_discover(int argc, char **argv)
{
    struct discover_options *o = calloc(1, sizeof *o);
    int status = o ? discover_options_parse(argc, argv, o) : EXIT_FINDING;
    struct world w = {0};
    size_t contradictions = 0;
    enum err e;

    if (status) {
        free(o);
        return status == -1 ? EXIT_DONE : status;
    }
    e = load(o, &w);
    if (!e)
        e = search(o, &w, &contradictions);
    if (!e && w.inventory && contradictions)
        status = EXIT_FINDING;
    world_fini(&w);
    free(o);
    return e ? err_exit_status(e) : status;
}
