/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_channel_text.c - events as mail, syslog and alerts: encodings, escapes, hostile names, digests; and
 * the settings that ask for them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alerts/channel_digest.h"
#include "alerts/channel_mime.h"
#include "alerts/channel_text.h"
#include "lib/model/state.h"
#include "tests/unit/cmocka_tests.h"

#define AT ((ns_t)1795347065 * SECONDS) /* 2026-11-22T11:31:05Z */

static struct buf out = BUF_INIT;

static const char *text(void)
{
    assert_ok(buf_error(&out));
    return out.data;
}

static int clear(void **state)
{
    (void)state;
    buf_fini(&out);
    return 0;
}

/* ---- encodings ---- */

static void a_header_of_ascii_stays_as_it_is(void **state)
{
    (void)state;
    channel_mime_words(&out, "MINOR: AP 1 <x>", 9);
    assert_string_equal(text(), "MINOR: AP 1 <x>");
}

static void a_header_with_umlauts_is_encoded_words_that_split_no_character(void **state)
{
    (void)state;
    channel_mime_words(&out, "Glasfaserstrecke zu Straße in Norderstedt-Süd unterbrochen: ÄÄÄÄÄ 100 %", 9);
    assert_string_equal(text(), "=?UTF-8?Q?Glasfaserstrecke_zu_Stra=C3=9Fe_in_Norderstedt-S=C3=BC?=\r\n"
                                " =?UTF-8?Q?d_unterbrochen=3A_=C3=84=C3=84=C3=84=C3=84=C3=84_100_=25?=");
    for (const char *line = text(); line; line = strstr(line, "\r\n") ? strstr(line, "\r\n") + 2 : NULL)
        assert_true(strcspn(line, "\r") + (line == out.data ? 9 : 0) <= 76);
}

static void a_header_that_looks_encoded_is_encoded(void **state)
{
    (void)state;
    channel_mime_words(&out, "=?UTF-8?Q?x?=", 9);
    assert_string_equal(text(), "=?UTF-8?Q?=3D=3FUTF-8=3FQ=3Fx=3F=3D?=");
}

static void quoted_printable_keeps_lines_short_and_no_blank_at_an_end(void **state)
{
    char line[101];

    (void)state;
    memset(line, 'a', 100);
    line[100] = '\0';
    channel_mime_quoted(&out,
                        "Stra\xc3\x9f"
                        "e = 1 \n",
                        13);
    channel_mime_quoted(&out, line, 100);
    assert_memory_equal(text(), "Stra=C3=9Fe =3D 1=20\r\n", 22);
    assert_non_null(strstr(text(), "a=\r\na"));
    assert_int_equal(strcspn(text() + 22, "\r"), 76);
}

static void dates_are_those_of_a_clock_in_berlin(void **state)
{
    (void)state;
    channel_mime_date(&out, AT);
    assert_string_equal(text(), "Sun, 22 Nov 2026 12:31:05 +0100");
    clear(NULL);
    channel_mime_date(&out, AT - 150 * DAYS);
    assert_string_equal(text(), "Thu, 25 Jun 2026 13:31:05 +0200");
}

static void what_controls_a_line_or_its_direction_becomes_a_blank(void **state)
{
    (void)state;
    channel_text_clean(&out,
                       "a\r\nb\x1b[1m\xe2\x80\xae"
                       "c\xc2\x85"
                       "d\xff"
                       "e",
                       100);
    assert_string_equal(text(), "a  b [1m c d\xef\xbf\xbd"
                                "e");
    clear(NULL);
    channel_text_clean(&out, "ääää", 5);
    assert_string_equal(text(), "ää…");
}

/* ---- an incident ---- */

struct world {
    struct settings settings;
    struct channel_settings channel;
    Nw__Incident incident;
    Nw__Member cause, hotspot, *members[1];
    struct channel_place place;
    struct channel_event event;
};

static void begin(struct world *w, enum channel_kind kind)
{
    static char *to[] = {(char *)"noc@stadt.example"};

    memset(w, 0, sizeof *w);
    w->settings.instance = (char *)"stadt";
    w->settings.alerts.dashboard_url = (char *)"https://netz.example/";
    w->channel = (struct channel_settings){.name = (char *)"x",
                                           .kind = kind,
                                           .from = (char *)"wacht@stadt.example",
                                           .to = {to, NULL, 1},
                                           .facility = (char *)"local3",
                                           .storm_limit = 10,
                                           .storm_window = 10 * MINUTES};
    nw__member__init(&w->cause);
    nw__member__init(&w->hotspot);
    nw__incident__init(&w->incident);
    w->cause.kind = (char *)"device";
    w->cause.id = (char *)"sw-1";
    w->cause.name = (char *)"Switch \"1\"]\r\nBcc: x@y\r\n\r\n.\r\n";
    w->hotspot.kind = (char *)"hotspot";
    w->hotspot.id = (char *)"hs-1";
    w->hotspot.name = (char *)"Bücherei";
    w->members[0] = &w->hotspot;
    w->incident.id = (char *)"n/1";
    w->incident.source = (char *)"main";
    w->incident.event = (char *)"opened";
    w->incident.severity = (char *)"major";
    w->incident.type = (char *)"fibre_cut";
    w->incident.cause = &w->cause;
    w->incident.members = w->members;
    w->incident.n_members = 1;
    w->incident.opened = (uint64_t)AT;
    w->incident.text_de = (char *)"Strecke \"1\"]\r\nSubject: zu";
    w->incident.text_en = (char *)"Cut";
    w->place = (struct channel_place){&w->settings, &w->channel, NULL, "wacht 1"};
    w->event = (struct channel_event){
        .incident = &w->incident, .time = AT, .id = "stadt/main/12", .first_id = "stadt/main/12"};
}

static void no_name_can_add_a_header_or_end_a_mail(void **state)
{
    struct world w;
    char *headers;

    (void)state;
    begin(&w, CHANNEL_SMTP);
    channel_text(&w.place, &w.event, &out);
    headers = strndup(text(), (size_t)(strstr(text(), "\r\n\r\n") - text()));
    assert_string_equal(headers, "Date: Sun, 22 Nov 2026 12:31:05 +0100\r\n"
                                 "From: netzwacht <wacht@stadt.example>\r\n"
                                 "To: <noc@stadt.example>\r\n"
                                 "Subject: [netzwacht] MAJOR: Strecke \"1\"]  Subject: zu\r\n"
                                 "Auto-Submitted: auto-generated\r\n"
                                 "MIME-Version: 1.0\r\n"
                                 "Content-Type: text/plain; charset=utf-8\r\n"
                                 "Content-Transfer-Encoding: quoted-printable\r\n"
                                 "Message-ID: <stadt/main/12@stadt.example>");
    assert_null(strstr(text(), "\r\n.\r\n"));
    assert_non_null(strstr(text(), "Wo:          Switch \"1\"]  Bcc: x@y    .   [sw-1]\r\n"));
    assert_non_null(strstr(text(), "1 Hotspots: B=C3=BCcherei\r\n"));
    assert_non_null(strstr(text(), "https://netz.example/#/incidents/n%2F1\r\n"));
    free(headers);
}

static void a_mail_says_what_to_check_first_until_it_is_over(void **state)
{
    struct world w;

    (void)state;
    begin(&w, CHANNEL_SMTP);
    w.channel.language = LANG_EN;
    channel_text(&w.place, &w.event, &out);
    assert_non_null(strstr(text(), "Check first: 1. Are there road works"));
    assert_non_null(strstr(text(), "\r\n             2. Look at the optical levels"));
    w.incident.closed = (uint64_t)AT;
    clear(NULL);
    channel_text(&w.place, &w.event, &out);
    assert_null(strstr(text(), "Check first"));
}

static void a_recovery_refers_to_the_first_mail(void **state)
{
    struct world w;

    (void)state;
    begin(&w, CHANNEL_SMTP);
    w.channel.language = LANG_EN;
    w.event.id = "stadt/main/15";
    w.incident.event = (char *)"closed";
    w.incident.closed = (uint64_t)(AT + MINUTES);
    channel_text(&w.place, &w.event, &out);
    assert_non_null(strstr(text(), "\r\nSubject: [netzwacht] CLEARED: Cut\r\n"));
    assert_non_null(strstr(text(), "\r\nMessage-ID: <stadt/main/15@stadt.example>\r\n"
                                   "In-Reply-To: <stadt/main/12@stadt.example>\r\n"
                                   "References: <stadt/main/12@stadt.example>\r\n\r\n"));
    assert_non_null(strstr(text(), "Cleared:     2026-11-22 12:32:05 (UTC+1)\r\n"));
}

static void a_syslog_message_is_that_of_rfc_5424(void **state)
{
    struct world w;

    (void)state;
    begin(&w, CHANNEL_SYSLOG);
    channel_text(&w.place, &w.event, &out);
    assert_string_equal(text(),
                        "<154>1 2026-11-22T11:31:05.000Z wacht_1 netzwacht-alerts - fibre_cut "
                        "[netzwacht@32473 incident=\"n/1\" event=\"opened\" eventId=\"stadt/main/12\" "
                        "type=\"fibre_cut\" severity=\"major\" cause=\"sw-1\" hotspots=\"1\" "
                        "url=\"https://netz.example/#/incidents/n%2F1\"] "
                        "\xef\xbb\xbfStrecke \"1\"]  Subject: zu");
    clear(NULL);
    w.cause.id = (char *)"a\"b\\c]d\ne";
    w.incident.closed = (uint64_t)AT;
    channel_text(&w.place, &w.event, &out);
    assert_non_null(strstr(text(), " cause=\"a\\\"b\\\\c\\]d e\" "));
    assert_memory_equal(text(), "<157>1 ", 7); /* cleared: notice */
}

static void an_alert_that_is_called_otherwise_ends_under_its_old_name(void **state)
{
    struct world w;
    struct buf alert = BUF_INIT;
    char *minor;

    (void)state;
    begin(&w, CHANNEL_ALERTMANAGER);
    w.incident.severity = (char *)"minor";
    channel_alert(&w.place, &w.event, &alert);
    minor = buf_take(&alert);
    assert_non_null(
        strstr(minor, "{\"labels\":{\"alertname\":\"fibre_cut\",\"incident\":\"n/1\",\"instance\":\"stadt\","
                      "\"severity\":\"minor\",\"cause\":\"sw-1\",\"cause_kind\":\"device\"},"));
    assert_non_null(strstr(minor, "\"startsAt\":\"2026-11-22T11:31:05.000Z\""));
    assert_null(strstr(minor, "endsAt"));
    w.event.previous = minor;
    channel_text(&w.place, &w.event, &out);
    assert_null(strstr(text(), "endsAt")); /* the same labels: still the same one */
    clear(NULL);
    w.incident.severity = (char *)"major";
    w.event.time = AT + MINUTES;
    channel_text(&w.place, &w.event, &out);
    assert_memory_equal(text() + 1, minor, strlen(minor) - 1);
    assert_memory_equal(text() + strlen(minor), ",\"endsAt\":\"2026-11-22T11:32:05.000Z\"},{", 39);
    assert_non_null(strstr(text() + strlen(minor), "\"severity\":\"major\""));
    clear(NULL);
    w.incident.closed = (uint64_t)(AT + 2 * MINUTES);
    channel_text(&w.place, &w.event, &out);
    assert_string_equal(text() + strlen(minor), ",\"endsAt\":\"2026-11-22T11:33:05.000Z\"}]");
    free(minor);
}

/* ---- digests ---- */

static void a_window_lets_so_many_through_and_twice_as_many_critical_ones(void **state)
{
    struct channel_digest d = {0};

    (void)state;
    for (int i = 0; i < 3; i++)
        assert_true(channel_digest_admits(&d, 3, MINUTES, false, HOURS));
    assert_false(channel_digest_admits(&d, 3, MINUTES, false, HOURS + 59 * SECONDS));
    for (int i = 0; i < 3; i++)
        assert_true(channel_digest_admits(&d, 3, MINUTES, true, HOURS));
    assert_false(channel_digest_admits(&d, 3, MINUTES, true, HOURS));
    assert_true(channel_digest_admits(&d, 3, MINUTES, false, HOURS + MINUTES));
    channel_digest_fini(&d);
}

static void a_storm_of_a_thousand_is_a_digest_of_a_hundred_lines(void **state)
{
    struct channel_digest d = {0};
    struct channel_folded f = {.time = AT, .number = 4};
    struct world w;
    size_t lines = 0;

    (void)state;
    begin(&w, CHANNEL_SMTP);
    assert_true(channel_digest_admits(&d, 1, MINUTES, false, HOURS));
    for (int i = 0; i < 1000; i++)
        assert_int_equal(channel_digest_fold(&d, "MINOR: one more"), i < CHANNEL_DIGEST_LINES);
    assert_false(channel_digest_is_due(&d, HOURS + MINUTES - 1));
    assert_true(channel_digest_is_due(&d, HOURS + MINUTES));
    f.count = d.count;
    f.more = d.count - CHANNEL_DIGEST_LINES;
    f.lines = d.lines.data;
    channel_mail_folded(&w.place, &f, &out);
    assert_non_null(strstr(text(), "\r\nSubject: [netzwacht] 1000 weitere Meldungen\r\n"));
    assert_non_null(strstr(text(), "\r\n+ 900 weitere\r\n"));
    for (const char *p = text(); (p = strstr(p, "one more")); p++)
        lines++;
    assert_int_equal(lines, 100);
    channel_digest_clear(&d);
    assert_false(channel_digest_is_due(&d, DAYS));
    channel_digest_restore(&d, 7, DAYS); /* of the last run: at once */
    assert_true(channel_digest_is_due(&d, DAYS));
    channel_digest_fini(&d);
}

/* ---- settings ---- */

static const struct conf_field all_fields[] = {
    {.name = "channels", .type = CONF_LIST, .offset = 0, .sub = &channel_schema}, CONF_END};
static const struct conf_schema all_schema = {sizeof(struct conf_list), all_fields};

static void refuse(const char *channel, const char *complaint)
{
    struct conf_report *report = NULL;
    struct conf_list channels = {0};
    char yaml[512];
    enum err e;

    snprintf(yaml, sizeof yaml, "channels:\n  - {name: a, %s}\n", channel);
    assert_ok(conf_report_new(&report));
    e = conf_read("c.yaml", yaml, strlen(yaml), &all_schema, &channels, report);
    if (!e)
        channel_settings_check(&channels, report);
    if (!complaint)
        assert_string_equal(conf_report_text(report), "");
    else if (!strstr(conf_report_text(report), complaint))
        fail_msg("%s: says %s", channel, conf_report_text(report));
    conf_free(&all_schema, &channels);
    conf_report_free(report);
}

static void mistakes_in_a_channel_are_named_with_their_place(void **state)
{
    (void)state;
#define MAIL "kind: smtp, url: 'smtp://m', from: a@b.de, "
    refuse(MAIL "to: [x@y.de]", NULL);
    refuse("kind: smtp, url: 'smtp://m', to: x@y.de", "c.yaml:2:5: \"from\" is missing here");
    refuse(MAIL "to: []", "\"to\" is missing here");
    refuse(MAIL "to: [x@y.de, 'x@y>, <z@y']", "c.yaml:2:71: to: expected a mail address");
    refuse("kind: smtp, url: 'smtp://m', from: \"a@b\\r\\nBcc: c@d\", to: x@y.de", "expected a mail address");
    refuse(MAIL "to: x@y.de, user: u", "\"user\" and \"password_file\" go together");
    refuse(MAIL "to: x@y.de, user: u, password_file: p, tls: no", "a password goes only over TLS");
    refuse(MAIL "to: x@y.de, storm_limit: 0", "storm_limit");
    refuse("kind: smtp, url: 'http://m', from: a@b.de, to: x@y.de",
           "for kind smtp expected smtp://host:port");
    refuse("kind: fax, url: 'http://m'",
           "c.yaml:2:21: kind: expected one of webhook, smtp, syslog, alertmanager");
    refuse("kind: webhook, url: 'smtp://m'", "expected an address that begins with https:// or http://");
    refuse("kind: webhook, url: 'http://m', from: a@b.de", "\"from\" means nothing to kind webhook");
    refuse("kind: syslog, url: 'udp://log.example'", "udp: an address, no name");
    refuse("kind: syslog, url: 'udp://[::1]:514', facility: local9", "facility: expected a facility");
    refuse("kind: syslog, url: 'udp://[::1]:514', facility: local0", NULL);
    refuse("kind: syslog, url: 'tls://log.example'", NULL);
    refuse("kind: syslog, url: 'tcp://log.example:0'", "for kind syslog expected");
    refuse("kind: syslog, url: 'tcp://log.example:601/x'", "for kind syslog expected");
    refuse("kind: alertmanager, url: 'http://am:9093', certificate_file: c",
           "\"certificate_file\" and \"key_file\" go");
#undef MAIL
}

static void an_endpoint_is_scheme_host_and_port(void **state)
{
    struct channel_endpoint e;

    (void)state;
    assert_ok(channel_endpoint("tls://log.example", &e));
    assert_string_equal(e.host, "log.example");
    assert_int_equal(e.port, 6514);
    assert_ok(channel_endpoint("udp://[2001:db8::1]:1514", &e));
    assert_string_equal(e.host, "2001:db8::1");
    assert_int_equal(e.port, 1514);
    assert_int_equal(channel_endpoint("udp://[2001:db8::1", &e), ERR_MALFORMED);
    assert_int_equal(channel_endpoint("ud://h", &e), ERR_MALFORMED);
    assert_int_equal(channel_endpoint("tcp://:1", &e), ERR_MALFORMED);
    assert_int_equal(channel_endpoint("tcp://h:65536", &e), ERR_MALFORMED);
}

#define CASE(function) cmocka_unit_test_teardown(function, clear)
RUN_TESTS("channel_text", CASE(a_header_of_ascii_stays_as_it_is),
          CASE(a_header_with_umlauts_is_encoded_words_that_split_no_character),
          CASE(a_header_that_looks_encoded_is_encoded),
          CASE(quoted_printable_keeps_lines_short_and_no_blank_at_an_end),
          CASE(dates_are_those_of_a_clock_in_berlin),
          CASE(what_controls_a_line_or_its_direction_becomes_a_blank),
          CASE(no_name_can_add_a_header_or_end_a_mail),
          CASE(a_mail_says_what_to_check_first_until_it_is_over), CASE(a_recovery_refers_to_the_first_mail),
          CASE(a_syslog_message_is_that_of_rfc_5424),
          CASE(an_alert_that_is_called_otherwise_ends_under_its_old_name),
          CASE(a_window_lets_so_many_through_and_twice_as_many_critical_ones),
          CASE(a_storm_of_a_thousand_is_a_digest_of_a_hundred_lines),
          CASE(mistakes_in_a_channel_are_named_with_their_place), CASE(an_endpoint_is_scheme_host_and_port))
