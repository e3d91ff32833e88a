/* SPDX-License-Identifier: GPL-3.0-or-later */
/* channel_settings.c - the schema of alerts.channels, and what a table cannot express of it. */
#include "lib/model/channel_settings.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/strx.h"

enum { ADDRESS_MAX = 254 }; /* RFC 5321, 4.5.3.1.3, less the brackets */

const char *const channel_kind_words[] = {"webhook", "smtp", "syslog", "alertmanager", NULL};
const char *const channel_severity_words[] = {"indeterminate", "warning", "minor", "major", "critical", NULL};
static const char *const event_words[] = {"auto", "ends", "all", NULL};
static const char *const language_words[] = {"de", "en", NULL};
static const char *const facilities[] = {"kern",   "user",   "mail",   "daemon", "auth",     "syslog",
                                         "lpr",    "news",   "uucp",   "cron",   "authpriv", "ftp",
                                         "ntp",    "audit",  "alert",  "clock",  "local0",   "local1",
                                         "local2", "local3", "local4", "local5", "local6",   "local7"};

int channel_facility(const char *word)
{
    for (size_t i = 0; i < ARRAY_LEN(facilities); i++)
        if (strcmp(facilities[i], word) == 0)
            return (int)i;
    return -1;
}

static const char *check_facility(const char *text)
{
    return channel_facility(text) >= 0 ? NULL : "a facility: user, daemon, local0 to local7 …";
}

/* An addr-spec that needs no quotes (RFC 5321, 4.1.2): no blank, control character, bracket or comma can
 * come from here into a header or an envelope. */
static bool is_mail_address(const char *text)
{
    static const char special[] = "()<>[]:;,\\\"@";
    const char *at = strrchr(text, '@');

    if (!at || at == text || !at[1] || strlen(text) > ADDRESS_MAX)
        return false;
    for (const char *p = text; *p; p++)
        if (p != at && (!isgraph((unsigned char)*p) || strchr(special, *p)))
            return false;
    return true;
}

static const char *check_mail_address(const char *text)
{
    return is_mail_address(text) ? NULL : "a mail address like noc@example.de";
}

static const struct conf_field channel_fields[] = {
    CONF_ID_FIELD(struct channel_settings, name, .is_required = true),
    CONF_ENUM_FIELD(struct channel_settings, kind, channel_kind_words, .is_required = true),
    CONF_STRING_FIELD(struct channel_settings, url, .is_required = true),
    CONF_ENUM_FIELD(struct channel_settings, severity, channel_severity_words, .fallback = "warning"),
    CONF_ENUM_FIELD(struct channel_settings, events, event_words, .fallback = "auto"),
    CONF_ENUM_FIELD(struct channel_settings, language, language_words, .fallback = "de"),
    CONF_BOOL_FIELD(struct channel_settings, automatic, .fallback = "true"),
    CONF_STRING_FIELD(struct channel_settings, secret_file),
    CONF_STRING_FIELD(struct channel_settings, user),
    CONF_STRING_FIELD(struct channel_settings, password_file),
    CONF_STRING_FIELD(struct channel_settings, ca_file),
    CONF_STRING_FIELD(struct channel_settings, certificate_file),
    CONF_STRING_FIELD(struct channel_settings, key_file),
    CONF_DURATION_FIELD(struct channel_settings, timeout, 0.1, 120, .fallback = "10s"),
    CONF_STRING_FIELD(struct channel_settings, from, .check = check_mail_address),
    CONF_STRINGS_FIELD(struct channel_settings, to),
    CONF_BOOL_FIELD(struct channel_settings, tls, .fallback = "true"),
    CONF_INT_FIELD(struct channel_settings, storm_limit, 1, 1000, .fallback = "10"),
    CONF_DURATION_FIELD(struct channel_settings, storm_window, 1, 86400, .fallback = "10min"),
    CONF_STRING_FIELD(struct channel_settings, facility, .fallback = "local0", .check = check_facility),
    CONF_DURATION_FIELD(struct channel_settings, repeat, 1, 3600, .fallback = "60s"),
    CONF_POSITION_FIELD(struct channel_settings, at),
    CONF_END};
const struct conf_schema channel_schema = CONF_SCHEMA(struct channel_settings, channel_fields);

/* ---- addresses ---- */

enum err channel_endpoint(const char *url, struct channel_endpoint *out)
{
    static const struct {
        const char *word;
        int port;
    } schemes[] = {{"udp", 514}, {"tcp", 601}, {"tls", 6514}};
    const char *host = strstr(url, "://"), *end, *port;
    uint64_t number = 0;

    if (!host)
        return ERR_MALFORMED;
    for (size_t i = 0; i < ARRAY_LEN(schemes); i++)
        if (strlen(schemes[i].word) == (size_t)(host - url) &&
            strncmp(url, schemes[i].word, strlen(schemes[i].word)) == 0)
            number = (uint64_t)schemes[i].port;
    if (!number)
        return ERR_MALFORMED;
    snprintf(out->scheme, sizeof out->scheme, "%.*s", (int)(host - url), url);
    host += 3;
    end = *host == '[' ? strchr(++host, ']') : host + strcspn(host, ":/");
    if (!end || end == host || (size_t)(end - host) >= sizeof out->host)
        return ERR_MALFORMED;
    snprintf(out->host, sizeof out->host, "%.*s", (int)(end - host), host);
    port = *end == ']' ? end + 1 : end;
    if (*port == ':' && strx_to_u64(port + 1, &number))
        return ERR_MALFORMED;
    if ((*port && *port != ':') || number < 1 || number > 65535)
        return ERR_MALFORMED;
    out->port = (int)number;
    return ERR_OK;
}

static bool is_syslog_url(const char *url)
{
    struct channel_endpoint e;
    struct in6_addr address;

    if (channel_endpoint(url, &e))
        return false;
    return strcmp(e.scheme, "udp") != 0 || inet_pton(AF_INET, e.host, &address) == 1 ||
           inet_pton(AF_INET6, e.host, &address) == 1;
}

static void check_url(const struct channel_settings *c, struct conf_report *report)
{
    const char *expected = NULL;

    switch (c->kind) {
    case CHANNEL_SMTP:
        if (!strx_starts_with(c->url, "smtp://") && !strx_starts_with(c->url, "smtps://"))
            expected = "smtp://host:port (STARTTLS) or smtps://host:port";
        break;
    case CHANNEL_SYSLOG:
        if (!is_syslog_url(c->url))
            expected = "udp://address:514, tcp://host:port or tls://host:6514 (udp: an address, no name)";
        break;
    default:
        if (!strx_starts_with(c->url, "https://") && !strx_starts_with(c->url, "http://"))
            expected = "an address that begins with https:// or http://";
    }
    if (expected)
        conf_report_add(report, c->at, "url: for kind %s expected %s", channel_kind_words[c->kind], expected);
}

/* ---- keys that belong together ---- */

static void need_both(const struct channel_settings *c, const char *one, bool has_one, const char *other,
                      bool has_other, struct conf_report *report)
{
    if (has_one != has_other)
        conf_report_add(report, c->at, "\"%s\" and \"%s\" go together: one of them is missing here", one,
                        other);
}

static void check_mail(const struct channel_settings *c, struct conf_report *report)
{
    if (!c->from)
        conf_report_add(report, c->at, "\"from\" is missing here (kind smtp needs it)");
    if (!c->to.count)
        conf_report_add(report, c->at, "\"to\" is missing here (kind smtp needs it)");
    for (size_t i = 0; i < c->to.count; i++)
        if (!is_mail_address(c->to.items[i]))
            conf_report_add(report, c->to.at[i], "to: expected %s", check_mail_address(""));
    if (c->user && !c->tls && strx_starts_with(c->url, "smtp://"))
        conf_report_add(report, c->at, "a password goes only over TLS: leave out \"tls: no\", or \"user\"");
}

static void refuse(const struct channel_settings *c, const char *key, bool is_there,
                   struct conf_report *report)
{
    if (is_there)
        conf_report_add(report, c->at, "\"%s\" means nothing to kind %s", key, channel_kind_words[c->kind]);
}

static void check_one(const struct channel_settings *c, struct conf_report *report)
{
    check_url(c, report);
    need_both(c, "user", c->user, "password_file", c->password_file, report);
    need_both(c, "certificate_file", c->certificate_file, "key_file", c->key_file, report);
    refuse(c, "secret_file", c->secret_file && c->kind != CHANNEL_WEBHOOK, report);
    refuse(c, "user", c->user && c->kind == CHANNEL_SYSLOG, report);
    refuse(c, "from", c->from && c->kind != CHANNEL_SMTP, report);
    refuse(c, "to", c->to.count && c->kind != CHANNEL_SMTP, report);
    if (c->kind == CHANNEL_SMTP)
        check_mail(c, report);
}

void channel_settings_check(const struct conf_list *channels, struct conf_report *report)
{
    const struct channel_settings *all = channels->items;

    for (size_t i = 0; i < channels->count; i++) {
        for (size_t k = 0; k < i; k++)
            if (all[i].name && all[k].name && strcmp(all[i].name, all[k].name) == 0)
                conf_report_add(report, all[i].at, "the channel \"%s\" stands here a second time",
                                all[i].name);
        check_one(&all[i], report);
    }
}
