/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_channel_in.c - which events a channel gets, and what it still knows after a restart. The judge is what
 * stands in alerts.db; nothing is sent. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alerts/channels.h"
#include "lib/base/strx.h"
#include "tests/unit/cmocka_tests.h"
#include "tests/unit/temp_dir.h"

static ns_t stand_still(void *ctx)
{
    return *(ns_t *)ctx;
}

/* One channel, its database, and an incident that goes through its life. */
struct desk {
    char *path;
    ns_t now;
    struct loop *loop;
    struct db *db;
    struct settings settings;
    struct channel_settings channel;
    struct channels *channels;
    Nw__Incident incident;
};

static void open_desk(struct desk *d)
{
    const struct loop_clock clock = {stand_still, stand_still, &d->now};
    struct channels_options o = {.settings = &d->settings, .seed = 1};

    assert_ok(loop_new(&clock, &d->loop));
    assert_ok(db_open(d->path, &d->db));
    o.loop = d->loop;
    o.db = d->db;
    assert_ok(channels_new(&o, &d->channels));
}

static void close_desk(struct desk *d)
{
    channels_free(d->channels);
    db_close(d->db);
    loop_free(d->loop);
}

static void restart(struct desk *d)
{
    assert_ok(db_commit(d->db));
    close_desk(d);
    open_desk(d);
}

static void begin(struct desk *d, void **state, enum channel_kind kind)
{
    static char *to[] = {(char *)"noc@stadt.example"};

    memset(d, 0, sizeof *d);
    d->path = strx_printf("%s/alerts.db", (char *)*state);
    d->now = 1795300000 * SECONDS;
    d->channel = (struct channel_settings){.name = (char *)"desk",
                                           .kind = kind,
                                           .url = (char *)"http://127.0.0.1:1",
                                           .severity = 1,
                                           .automatic = true,
                                           .from = (char *)"wacht@stadt.example",
                                           .to = {to, NULL, 1},
                                           .storm_limit = 100,
                                           .storm_window = MINUTES,
                                           .repeat = MINUTES,
                                           .timeout = SECONDS};
    d->settings.instance = (char *)"stadt";
    d->settings.alerts.channels = (struct conf_list){&d->channel, 1};
    nw__incident__init(&d->incident);
    d->incident.id = (char *)"n-1";
    d->incident.source = (char *)"main";
    d->incident.severity = (char *)"minor";
    d->incident.type = (char *)"device_down";
    d->incident.text_de = d->incident.text_en = (char *)"AP";
    d->incident.opened = (uint64_t)d->now;
    open_desk(d);
}

static void end(struct desk *d)
{
    close_desk(d);
    free(d->path);
}

static void happens(struct desk *d, const char *event)
{
    d->incident.event = (char *)(uintptr_t)event;
    d->incident.lane_sequence++;
    d->incident.closed = strcmp(event, "closed") == 0 ? (uint64_t)d->now : 0;
    channels_event(d->channels, &d->incident, d->now, "{}");
}

/* Messages in the queue, committed. */
static unsigned queued(struct desk *d)
{
    struct channels_stats stats;

    assert_ok(db_commit(d->db));
    channels_stats(d->channels, &stats);
    return (unsigned)stats.waiting;
}

static void assert_newest_has(struct desk *d, const char *text)
{
    struct buf body = BUF_INIT;
    uint64_t number;
    unsigned attempts, count = queued(d);

    assert_ok(db_message_after(d->db,
                               d->channel.kind == CHANNEL_SMTP      ? "smtp desk"
                               : d->channel.kind == CHANNEL_WEBHOOK ? "desk"
                                                                    : "alertmanager desk",
                               count - 1, &number, &attempts, &body));
    if (!strstr(body.data, text))
        fail_msg("%s is not in %s", text, body.data);
    buf_fini(&body);
}

static void a_mail_channel_hears_of_openings_rises_and_closings(void **state)
{
    struct desk d;

    begin(&d, state, CHANNEL_SMTP);
    happens(&d, "opened");
    assert_int_equal(queued(&d), 1);
    happens(&d, "member_joined");
    happens(&d, "acknowledged");
    assert_int_equal(queued(&d), 1);
    d.incident.severity = (char *)"critical";
    happens(&d, "changed");
    assert_newest_has(&d, "CRITICAL");
    assert_int_equal(queued(&d), 2);
    d.incident.severity = (char *)"minor";
    happens(&d, "changed");
    assert_int_equal(queued(&d), 2);
    happens(&d, "closed");
    assert_int_equal(queued(&d), 3);
    happens(&d, "closed");
    assert_int_equal(queued(&d), 3);
    end(&d);
}

static void what_was_told_survives_a_restart(void **state)
{
    struct desk d;

    begin(&d, state, CHANNEL_SMTP);
    happens(&d, "opened");
    restart(&d);
    happens(&d, "changed");
    assert_int_equal(queued(&d), 1);
    happens(&d, "closed");
    assert_newest_has(&d, "In-Reply-To: <stadt/main/1@stadt.example>");
    restart(&d);
    happens(&d, "closed"); /* it is told of no incident any more */
    assert_int_equal(queued(&d), 2);
    end(&d);
}

static void what_an_older_version_told_is_told_to_the_end(void **state)
{
    struct desk d;

    begin(&d, state, CHANNEL_WEBHOOK);
    db_put_row(d.db, "told desk", "n-1", "", 0);
    restart(&d);
    d.incident.severity = (char *)"indeterminate"; /* below the channel's, so only because it was told */
    happens(&d, "changed");
    assert_int_equal(queued(&d), 1);
    happens(&d, "closed");
    assert_int_equal(queued(&d), 2);
    end(&d);
}

static void a_channel_that_is_not_automatic_gets_what_is_sent_to_its_name(void **state)
{
    struct desk d;

    begin(&d, state, CHANNEL_SMTP);
    d.channel.automatic = false;
    happens(&d, "opened");
    assert_int_equal(queued(&d), 0);
    assert_true(channels_deliver(d.channels, "desk", &d.incident, d.now));
    assert_newest_has(&d, "Message-ID: <stadt/main/1@stadt.example>");
    assert_false(channels_deliver(d.channels, "another", &d.incident, d.now));
    happens(&d, "acknowledged");
    assert_int_equal(queued(&d), 1);
    happens(&d, "closed"); /* who heard of the alarm hears of its end */
    assert_newest_has(&d, "BEHOBEN");
    end(&d);
}

static void a_storm_is_folded_and_its_digest_survives_a_restart(void **state)
{
    struct desk d;
    struct channels_stats stats;

    begin(&d, state, CHANNEL_SMTP);
    d.channel.storm_limit = 3;
    for (int i = 0; i < 200; i++) {
        char id[16];
        snprintf(id, sizeof id, "n-%d", i);
        d.incident.id = id;
        happens(&d, "opened");
    }
    assert_int_equal(queued(&d), 3);
    channels_stats(d.channels, &stats);
    assert_int_equal(stats.folded, 197);
    restart(&d);
    assert_int_equal(queued(&d), 3);
    assert_ok(loop_turn(d.loop, 0)); /* the window ended with the old process */
    assert_newest_has(&d, "Subject: [netzwacht] 197 weitere Meldungen");
    assert_newest_has(&d, "+ 97 weitere");
    assert_newest_has(&d, "[n-102]\r\n");
    assert_int_equal(queued(&d), 4);
    restart(&d);
    assert_ok(loop_turn(d.loop, 0));
    assert_int_equal(queued(&d), 4); /* and it comes once */
    end(&d);
}

static void an_alert_keeps_its_form_for_its_end(void **state)
{
    struct desk d;

    begin(&d, state, CHANNEL_ALERTMANAGER);
    happens(&d, "opened");
    restart(&d);
    d.incident.severity = (char *)"cleared";
    happens(&d, "closed");
    assert_newest_has(&d, "\"severity\":\"minor\"");
    assert_newest_has(&d, "\"endsAt\":");
    end(&d);
}

static void a_channel_of_another_kind_does_not_find_what_waited_for_the_old_one(void **state)
{
    struct desk d;

    begin(&d, state, CHANNEL_WEBHOOK);
    happens(&d, "opened");
    assert_int_equal(queued(&d), 1);
    d.channel.kind = CHANNEL_SMTP;
    restart(&d);
    assert_int_equal(queued(&d), 0);
    happens(&d, "closed");
    assert_int_equal(queued(&d), 0);
    end(&d);
}

#define CASE(function) cmocka_unit_test_setup_teardown(function, temp_dir_setup, temp_dir_teardown)
RUN_TESTS("channel_in", CASE(a_mail_channel_hears_of_openings_rises_and_closings),
          CASE(what_was_told_survives_a_restart), CASE(what_an_older_version_told_is_told_to_the_end),
          CASE(a_channel_that_is_not_automatic_gets_what_is_sent_to_its_name),
          CASE(a_storm_is_folded_and_its_digest_survives_a_restart),
          CASE(an_alert_keeps_its_form_for_its_end),
          CASE(a_channel_of_another_kind_does_not_find_what_waited_for_the_old_one))
