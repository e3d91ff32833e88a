/* SPDX-License-Identifier: GPL-3.0-or-later */
/* import_fetch.c - page after page over curl_io.
 *
 *   ask ─ 200 ─► reader takes it ─► next page, or done
 *    ├─ 301, 302, 307, 308 to the same origin ─► ask there (at most 5 times a page)
 *    ├─ 429, 503 ─► wait as asked, at most a minute ─► ask again (at most 5 times a page)
 *    └─ anything else: the end, with the reason in the log */
#include "cli/import_fetch.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/log.h"
#include "lib/base/strx.h"
#include "lib/model/settings.h"
#include "lib/runtime/curl_io.h"
#include "lib/runtime/loop.h"

enum { REDIRECTS_MAX = 5, RETRIES_MAX = 5 };
#define BODY_MAX (64 * MIB)
#define WAIT_MAX (60 * SECONDS)

struct fetch {
    const struct fetch_options *options;
    const struct import_reader *reader;
    const struct draft *draft;
    struct loop *loop;
    struct curl_io *curl;
    struct loop_timer timer;
    char *token, *header;
    char *url; /* of the page being asked for */
    int redirects, retries, pages;
    enum err result;
};

static void end(struct fetch *f, enum err e)
{
    f->result = e;
    loop_stop(f->loop);
}

static void ask(struct fetch *f);

static void on_time(void *ctx)
{
    ask(ctx);
}

static void on_interrupt(void *ctx, int signo)
{
    (void)signo;
    log_error("interrupted; nothing is written");
    end(ctx, ERR_AGAIN);
}

/* The next page that the reader names, on the origin that the token is for. */
static void go_on(struct fetch *f)
{
    const char *next = f->reader->next(f->reader->ctx);
    char *url = next ? import_url_join(f->options->url, next) : NULL;

    if (!next) {
        end(f, ERR_OK);
    } else if (!url) {
        end(f, ERR_NOMEM);
    } else if (!import_url_same_origin(url, f->options->url)) {
        log_error("%s: names a next page on another host, %s: refused. Behind a proxy the server has to know "
                  "its own "
                  "name and that it is reached over https",
                  f->options->url, url);
        end(f, ERR_MALFORMED);
    } else if (++f->pages > IMPORT_PAGES_MAX) {
        log_error("%s: more than %d pages", f->options->url, IMPORT_PAGES_MAX);
        end(f, ERR_LIMIT);
    } else {
        free(f->url);
        f->url = url;
        f->redirects = f->retries = 0;
        ask(f);
        return;
    }
    free(url);
}

static void show_progress(const struct fetch *f)
{
    if (isatty(STDERR_FILENO))
        fprintf(stderr, "\r%s: %d pages, %zu items ", f->reader->system, f->pages, f->draft->count);
}

static void take(struct fetch *f, const struct curl_response *r)
{
    char problem[IMPORT_PROBLEM_SIZE] = "";
    enum err e = ERR_LIMIT;

    if (r->is_body_cut)
        snprintf(problem, sizeof problem, "larger than 64 MiB");
    else
        e = f->reader->take(f->reader->ctx, r->body, r->body_len, problem);
    if (e) {
        log_error("%s: %s", f->url, *problem ? problem : err_text(e));
        end(f, e);
        return;
    }
    show_progress(f);
    go_on(f);
}

static void follow(struct fetch *f, const struct curl_response *r)
{
    if (!r->location || !import_url_same_origin(r->location, f->options->url) ||
        ++f->redirects > REDIRECTS_MAX) {
        log_error("%s: redirects to %s: %s", f->url, r->location ? r->location : "nowhere",
                  f->redirects > REDIRECTS_MAX
                      ? "too often"
                      : "not followed, because the token would go there; name the right URL");
        end(f, ERR_MALFORMED);
        return;
    }
    free(f->url);
    f->url = strdup(r->location);
    if (f->url)
        ask(f);
    else
        end(f, ERR_NOMEM);
}

static void wait_and_ask(struct fetch *f, const struct curl_response *r)
{
    ns_t wait = r->retry_after ? r->retry_after : SECONDS << f->retries;

    if (++f->retries > RETRIES_MAX || wait > WAIT_MAX) {
        log_error("%s: the server is busy (status %ld, asks to wait %lld s); try again later", f->url,
                  r->status, (long long)(wait / SECONDS));
        end(f, ERR_AGAIN);
        return;
    }
    log_info("%s: the server is busy, waiting %lld s", f->url, (long long)(wait / SECONDS));
    if (loop_timer_after(f->loop, &f->timer, wait))
        end(f, ERR_NOMEM);
}

static void say_error(struct fetch *f, const struct curl_response *r)
{
    const char *what = err_text(r->error);

    if (r->is_tls_error)
        what = "its certificate is not trusted, or TLS fails; --ca FILE names your own certificate authority";
    else if (r->error == ERR_DENIED)
        what = "http:// is for this host alone, because the token can be read on the way: use https://, or "
               "--allow-plain";
    else if (r->error == ERR_NOT_FOUND)
        what = "there is no host of that name";
    log_error("%s: %s", f->url, what);
}

static void on_response(void *ctx, const struct curl_response *r)
{
    struct fetch *f = ctx;

    if (r->error) {
        say_error(f, r);
        end(f, r->error == ERR_NOMEM || r->error == ERR_TIMEOUT || r->error == ERR_DENIED ? r->error
                                                                                          : ERR_UNREACHABLE);
    } else if (r->status == 200) {
        take(f, r);
    } else if (r->status == 429 || r->status == 503) {
        wait_and_ask(f, r);
    } else if (r->status >= 300 && r->status < 400) {
        follow(f, r);
    } else if (r->status == 404 && f->reader->take_nothing &&
               !f->reader->take_nothing(f->reader->ctx, r->body, r->body_len)) {
        go_on(f);
    } else if (r->status == 401 || r->status == 403) {
        log_error("%s: status %ld: the token is not accepted, or may not read this", f->url, r->status);
        end(f, ERR_DENIED);
    } else {
        log_error("%s: status %ld%s", f->url, r->status,
                  r->status == 404 ? "; is this the address of the system, without /api?" : "");
        end(f, ERR_UNREACHABLE);
    }
}

/* A plain connection may go to this host alone, whatever the name resolves to. */
static bool is_loopback(void *ctx, const struct sockaddr *address)
{
    const struct sockaddr_in *v4 = (const void *)address;
    const struct sockaddr_in6 *v6 = (const void *)address;

    (void)ctx;
    if (address->sa_family == AF_INET)
        return ntohl(v4->sin_addr.s_addr) >> 24 == 127;
    return address->sa_family == AF_INET6 && IN6_IS_ADDR_LOOPBACK(&v6->sin6_addr);
}

static void ask(struct fetch *f)
{
    bool is_guarded = import_url_is_plain(f->url) && !f->options->allows_plain;
    const char *const headers[] = {f->header, NULL};
    const struct curl_request q = {.url = f->url,
                                   .accept = "application/json",
                                   .headers = headers,
                                   .timeout = f->options->timeout,
                                   .max_body = BODY_MAX,
                                   .is_verified = true,
                                   .ca_file = f->options->ca_file,
                                   .may_connect = is_guarded ? is_loopback : NULL};
    enum err e = curl_io_start(f->curl, &q, on_response, f, NULL);

    if (e) {
        log_error("%s: %s", f->url, err_text(e));
        end(f, e);
    }
}

/* The token may stand alone, or as in an environment file: NETBOX_TOKEN="…". */
static enum err read_token(struct fetch *f)
{
    const char *path = f->options->token_file, *from;
    enum err e = settings_read_secret(path, &f->token);
    size_t name, len;

    if (e) {
        log_error("%s: %s", path,
                  e == ERR_DENIED
                      ? "others may read it, or you may not: chmod 0600, and run this as its owner"
                      : err_text(e));
        return e == ERR_NOT_FOUND ? ERR_DENIED : e;
    }
    name = strspn(f->token, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_");
    from = name && f->token[name] == '=' ? f->token + name + 1 : f->token;
    len = strlen(from);
    if (len > 1 && (*from == '"' || *from == '\'') && from[len - 1] == *from) {
        from++;
        len -= 2;
    }
    if (!len || len > 512 || strcspn(from, " \t\r\n") < len) {
        log_error("%s: expected the API token, or NAME=token, in its first line", path);
        return ERR_DENIED;
    }
    memmove(f->token, from, len);
    f->token[len] = '\0';
    f->header = strx_printf("%s%s", f->reader->header(f->token), f->token);
    return f->header ? ERR_OK : ERR_NOMEM;
}

static void wipe(char *secret)
{
    if (secret)
        explicit_bzero(secret, strlen(secret));
    free(secret);
}

enum err import_fetch(const struct fetch_options *options, const struct import_reader *reader,
                      const struct draft *draft)
{
    struct fetch f = {.options = options, .reader = reader, .draft = draft};
    enum err e = read_token(&f);

    if (!e)
        e = loop_new(NULL, &f.loop);
    if (!e)
        e = curl_io_new(f.loop, &f.curl);
    if (!e)
        e = loop_signal_add(f.loop, SIGINT, on_interrupt, &f);
    if (!e) {
        loop_timer_init(&f.timer, on_time, &f);
        go_on(&f);
        e = f.result ? f.result : f.pages ? loop_run(f.loop) : ERR_OK;
        if (!e)
            e = f.result;
        if (f.pages && isatty(STDERR_FILENO))
            fputs("\n", stderr);
        loop_timer_cancel(f.loop, &f.timer);
    }
    curl_io_free(f.curl);
    loop_free(f.loop);
    free(f.url);
    wipe(f.token);
    wipe(f.header);
    return e;
}
