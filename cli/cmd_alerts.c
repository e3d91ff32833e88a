/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd_alerts.c - `netzwacht alerts test-channel`: sends one test message to a channel of alerts.channels, the
 * way netzwacht-alerts does, past its queue, and says what happened. */
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "alerts/channel_send.h"
#include "alerts/channel_text.h"
#include "cli/command.h"
#include "lib/base/log.h"
#include "lib/base/strx.h"
#include "lib/model/inventory.h"
#include "lib/model/settings.h"

static const char usage[] =
    "Usage: netzwacht alerts test-channel [-c FILE] NAME\n"
    "Sends a test message to the channel NAME of alerts.channels and says what became of it.\n\n"
    "  -c, --config FILE   configuration (default " NW_SYSCONFDIR "/netzwacht.yaml)\n"
    "      --help          this text\n\n"
    "Run it as the user of netzwacht-alerts, who may read the secrets.\n"
    "Exit status: 0 the receiver took it, 1 it refused it for good, 66 there is no such channel,\n"
    "69 it could not be reached or does not let us in, 78 the configuration is wrong.\n";

struct test {
    struct loop *loop;
    struct curl_io *curl;
    struct channel_result result;
};

static void on_result(void *ctx, const struct channel_result *r)
{
    struct test *t = ctx;

    t->result = *r;
    loop_stop(t->loop);
}

/* An incident that nobody has, open since now. */
static enum err make_message(const struct channel_place *p, ns_t now, struct buf *out)
{
    Nw__Incident i = NW__INCIDENT__INIT;
    struct buf id = BUF_INIT, de = BUF_INIT, en = BUF_INIT;
    struct channel_event e = {.incident = &i, .time = now};

    buf_printf(&id, "%s/test/%lld", p->settings->instance, (long long)(now / SECONDS));
    buf_printf(&de, "Testmeldung an den Kanal %s: nichts ist gestört", p->channel->name);
    buf_printf(&en, "Test message to the channel %s: nothing is wrong", p->channel->name);
    if (buf_error(&id) || buf_error(&de) || buf_error(&en))
        return ERR_NOMEM;
    i.id = strrchr(id.data, '/') + 1;
    i.source = (char *)(uintptr_t) "test";
    i.event = (char *)(uintptr_t) "test";
    i.type = (char *)(uintptr_t) "test";
    i.severity = (char *)(uintptr_t) "warning";
    i.lane_sequence = (uint64_t)(now / SECONDS);
    i.opened = i.changed = (uint64_t)now;
    i.text_de = de.data;
    i.text_en = en.data;
    e.id = e.first_id = id.data;
    channel_text(p, &e, out);
    buf_fini(&id);
    buf_fini(&de);
    buf_fini(&en);
    return buf_error(out);
}

static enum err send_test(struct test *t, const struct channel_place *p)
{
    struct channel_sender *sender = NULL;
    struct buf message = BUF_INIT, lot = BUF_INIT;
    enum err e = curl_io_new(t->loop, &t->curl);

    if (!e)
        e = channel_sender_new(t->loop, t->curl, p->channel, on_result, t, &sender);
    if (!e)
        e = make_message(p, loop_wall(t->loop), &message);
    if (!e) {
        channel_sender_add(sender, &lot, &message);
        channel_sender_start(sender, &lot);
        e = loop_run(t->loop);
    }
    curl_io_free(t->curl);
    channel_sender_free(sender);
    buf_fini(&message);
    buf_fini(&lot);
    return e;
}

static int say(const struct channel_settings *c, const struct channel_result *r)
{
    static const char *const verdicts[] = {[CHANNEL_ACCEPTED] = "accepted",
                                           [CHANNEL_REFUSED] = "refused for good",
                                           [CHANNEL_AGAIN] = "not delivered"};

    printf("channel %s (%s): %s: %s%s%s\n", c->name, channel_kind_words[c->kind], c->url,
           verdicts[r->verdict], r->said[0] ? ": " : "", r->said);
    if (r->verdict == CHANNEL_ACCEPTED && strx_starts_with(c->url, "udp://"))
        printf("(UDP: nobody can say whether it arrived; look at the receiver)\n");
    return r->verdict == CHANNEL_ACCEPTED  ? EXIT_DONE
           : r->verdict == CHANNEL_REFUSED ? EXIT_FINDING
                                           : EXIT_UNAVAILABLE;
}

static const struct channel_settings *find(const struct settings *s, const char *name)
{
    const struct channel_settings *all = s->alerts.channels.items;

    for (size_t k = 0; k < s->alerts.channels.count; k++)
        if (strcmp(all[k].name, name) == 0)
            return &all[k];
    fprintf(stderr, "%s: alerts.channels has no channel \"%s\"; it has:", s->path, name);
    for (size_t k = 0; k < s->alerts.channels.count; k++)
        fprintf(stderr, " %s", all[k].name);
    fputs("\n", stderr);
    return NULL;
}

static int test_channel(const char *path, const char *name)
{
    struct conf_report *report = NULL;
    struct settings *settings = NULL;
    const struct channel_settings *channel = NULL;
    struct test t = {NULL, NULL, {0}};
    char host[256] = "";
    int status = EXIT_BAD_CONFIG;
    enum err e = conf_report_new(&report);

    if (!e)
        e = settings_load(path, report, &settings);
    if (!e && !(channel = find(settings, name))) {
        status = EXIT_NO_INPUT;
        goto done;
    }
    signal(SIGPIPE, SIG_IGN); /* a receiver that hangs up */
    if (gethostname(host, sizeof host - 1))
        host[0] = '\0';
    if (!e)
        e = loop_new(NULL, &t.loop);
    if (!e)
        e = send_test(&t, &(struct channel_place){settings, channel, NULL, host});
    if (!e)
        status = say(channel, &t.result);
    else if (conf_report_count(report))
        fputs(conf_report_text(report), stderr);
    else
        log_error("%s: %s", path, err_text(e));
done:
    loop_free(t.loop);
    settings_free(settings);
    conf_report_free(report);
    return status;
}

int cmd_alerts(int argc, char **argv)
{
    static const struct option options[] = {
        {"config", required_argument, NULL, 'c'}, {"help", no_argument, NULL, 'h'}, {0}};
    const char *path = NW_SYSCONFDIR "/netzwacht.yaml";
    int option;

    while ((option = getopt_long(argc, argv, "c:h", options, NULL)) != -1) {
        switch (option) {
        case 'c': path = optarg; break;
        case 'h': fputs(usage, stdout); return EXIT_DONE;
        default: fputs(usage, stderr); return EXIT_BAD_USAGE;
        }
    }
    if (argc - optind != 2 || strcmp(argv[optind], "test-channel") != 0) {
        fputs(usage, stderr);
        return EXIT_BAD_USAGE;
    }
    return test_channel(path, argv[optind + 1]);
}
