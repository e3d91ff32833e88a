/* SPDX-License-Identifier: GPL-3.0-or-later */
/* channel_settings.h - alerts.channels of netzwacht.yaml: where events go besides MQTT (docs/alerts.md,
 * Further channels). */
#ifndef NW_MODEL_CHANNEL_SETTINGS_H
#define NW_MODEL_CHANNEL_SETTINGS_H

#include "lib/runtime/conf.h"

enum channel_kind { CHANNEL_WEBHOOK, CHANNEL_SMTP, CHANNEL_SYSLOG, CHANNEL_ALERTMANAGER, CHANNEL_KINDS };
/* By enum channel_kind, NULL-terminated. */
extern const char *const channel_kind_words[];

enum channel_events {
    CHANNEL_EVENTS_AUTO, /* ENDS for smtp, ALL for the others */
    CHANNEL_EVENTS_ENDS, /* openings, closings, and a severity that rises */
    CHANNEL_EVENTS_ALL
};

struct channel_settings {
    char *name; /* also of its queue in alerts.db */
    int kind;   /* enum channel_kind */
    /* http(s)://host[:port]/path; smtp(s)://host[:port]; udp://address[:port], tcp://host[:port],
     * tls://host[:port] */
    char *url;
    int severity;                      /* as enum severity of alerts/rules.h: what is below is not sent */
    int events;                        /* enum channel_events */
    int language;                      /* enum lang, of texts that people read */
    bool automatic;                    /* no: it gets only what is sent to it by name (channels_deliver) */
    char *secret_file;                 /* webhook: key of the signature, 0600; NULL: nothing is signed */
    char *user, *password_file;        /* both or neither; not for syslog */
    char *ca_file;                     /* NULL: the system's */
    char *certificate_file, *key_file; /* a client's; both or neither */
    int64_t timeout;                   /* ns: 10 s, of one message */
    char *from;                        /* smtp: an address */
    struct conf_strings to;            /* smtp: addresses */
    bool tls;                          /* smtp:// must speak STARTTLS */
    int64_t storm_limit;               /* smtp: mails in a window, what is beyond goes into one digest */
    int64_t storm_window;              /* ns: 10 min */
    char *facility;                    /* syslog: a word of RFC 5424, 6.2.1 */
    int64_t repeat;                    /* ns, alertmanager: open alerts are sent again this often, 60 s */
    struct conf_pos at;
};

extern const struct conf_schema channel_schema;
/* Of channel_settings.severity, NULL-terminated. */
extern const char *const channel_severity_words[];

/* What the table cannot say: keys that a kind needs or does not know, addresses, names that stand twice. */
void channel_settings_check(const struct conf_list *channels, struct conf_report *report);

/* 0 (kern) to 23 (local7), RFC 5424, 6.2.1; -1: no such word. */
int channel_facility(const char *word);

struct channel_endpoint {
    char scheme[8];
    char host[256]; /* without the brackets of an IPv6 address */
    int port; /* 1 to 65535, or the scheme's own: 514, 601 (RFC 6587 has none; IANA syslog-conn), 6514 */
};
/* Of a syslog channel. ERR_MALFORMED. */
enum err channel_endpoint(const char *url, struct channel_endpoint *out) NW_CHECKED;

#endif
