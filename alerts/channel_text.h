/* SPDX-License-Identifier: GPL-3.0-or-later */
/* channel_text.h - an event as the bytes that a channel of its kind sends. Made once, when the event is
 * decided: whatever is sent again is the same. Pure.
 *
 * Names come from devices, too: what goes into a line or a header is cleaned here, not believed. */
#ifndef NW_ALERTS_CHANNEL_TEXT_H
#define NW_ALERTS_CHANNEL_TEXT_H

#include "lib/base/buf.h"
#include "lib/base/units.h"
#include "lib/model/inventory.h"
#include "lib/model/journal.pb-c.h"
#include "lib/model/settings.h"

/* All borrowed. */
struct channel_place {
    const struct settings *settings;
    const struct channel_settings *channel;
    const struct inventory *inventory;
    const char *host; /* this machine's name, for syslog */
};

struct channel_event {
    const Nw__Incident *incident;
    ns_t time;            /* when it was decided, wall */
    const char *id;       /* <instance>/<source>/<lane sequence>, the CloudEvent's id */
    const char *first_id; /* of the event that told this channel of the incident; its own if it is that */
    const char *previous; /* alertmanager: the alert as it was sent last, or NULL */
    const char *json;     /* the CloudEvent, or NULL: it is made when needed */
};

/* Into out; its error says whether all is there. */
void channel_text(const struct channel_place *p, const struct channel_event *e, struct buf *out);

/* ---- for the kinds ---- */

/* One line of valid UTF-8 without control characters and without marks that turn the direction of writing, at
 * most max bytes of it (then "…"). */
void channel_text_clean(struct buf *out, const char *text, size_t max);
/* #/incidents/<id> on the dashboard; nothing without dashboard_url. */
void channel_text_link(const struct channel_place *p, const char *incident, struct buf *out);
size_t channel_text_hotspots(const Nw__Incident *i);

/* channel_mail.c: RFC 5322, with what, where, since when and who is affected. */
void channel_mail(const struct channel_place *p, const struct channel_event *e, struct buf *out);
/* What is said of the event in one line: "MAJOR: Glasfaserstrecke …". */
void channel_mail_subject(const struct channel_place *p, const Nw__Incident *i, struct buf *out);
/* One mail for those beyond the limit. lines: each with \n; more: how many have no line. */
struct channel_folded {
    ns_t time;       /* of the mail */
    uint64_t number; /* its own, of the channel */
    uint64_t count, more;
    const char *lines;
};
void channel_mail_folded(const struct channel_place *p, const struct channel_folded *f, struct buf *out);

/* channel_syslog.c: RFC 5424, without framing. */
void channel_syslog(const struct channel_place *p, const struct channel_event *e, struct buf *out);

/* channel_alertmanager.c: one alert of POST /api/v2/alerts, without endsAt while it is open … */
void channel_alert(const struct channel_place *p, const struct channel_event *e, struct buf *out);
/* … and the array: it, before it what e->previous was if its labels were others, then with its end. */
void channel_alerts(const struct channel_place *p, const struct channel_event *e, struct buf *out);

#endif
