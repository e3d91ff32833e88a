/* SPDX-License-Identifier: GPL-3.0-or-later */
/* channel_text.c - which kind of channel says an event how, and what they share. Pure. */
#include "alerts/channel_text.h"

#include <string.h>

#include "alerts/event_json.h"
#include "lib/base/strx.h"

void channel_text(const struct channel_place *p, const struct channel_event *e, struct buf *out)
{
    switch ((enum channel_kind)p->channel->kind) {
    case CHANNEL_SMTP: channel_mail(p, e, out); break;
    case CHANNEL_SYSLOG: channel_syslog(p, e, out); break;
    case CHANNEL_ALERTMANAGER: channel_alerts(p, e, out); break;
    case CHANNEL_WEBHOOK:
    case CHANNEL_KINDS:
        if (e->json)
            buf_str(out, e->json);
        else
            event_json_event(p->settings->instance, e->incident, e->time, out);
    }
}

/* The length of the UTF-8 sequence at p, which is valid. */
static size_t sequence_length(const char *p)
{
    unsigned char c = (unsigned char)*p;

    return c < 0x80 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
}

/* C0, DEL, C1 (RFC 5424, 8.2 and every terminal), line and paragraph separator, and what turns the direction
 * (U+200E, U+200F, U+202A to U+202E, U+2066 to U+2069). */
static bool is_unfit(const char *p, size_t len)
{
    unsigned char a = (unsigned char)p[0], b = len > 1 ? (unsigned char)p[1] : 0,
                  c = len > 2 ? (unsigned char)p[2] : 0;

    if (len == 1)
        return a < 0x20 || a == 0x7f;
    if (len == 2)
        return a == 0xc2 && b < 0xa0;
    if (len != 3 || a != 0xe2)
        return false;
    return (b == 0x80 && (c == 0x8e || c == 0x8f || (c >= 0xa8 && c <= 0xae))) ||
           (b == 0x81 && c >= 0xa6 && c <= 0xa9);
}

void channel_text_clean(struct buf *out, const char *text, size_t max)
{
    struct buf valid = BUF_INIT;
    size_t begin = out->len;

    strx_put_utf8(&valid, text, strlen(text));
    for (const char *p = valid.data; p && *p;) {
        size_t len = sequence_length(p);
        if (out->len - begin + len > max) {
            buf_str(out, "…");
            break;
        }
        if (is_unfit(p, len))
            buf_u8(out, ' ');
        else
            buf_put(out, p, len);
        p += len;
    }
    buf_fini(&valid);
}

void channel_text_link(const struct channel_place *p, const char *incident, struct buf *out)
{
    const char *url = p->settings->alerts.dashboard_url;
    size_t len = url ? strlen(url) : 0;

    while (len && url[len - 1] == '/')
        len--;
    if (!len)
        return;
    buf_put(out, url, len);
    buf_str(out, "/#/incidents/");
    for (const char *c = incident; *c; c++) {
        if (strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~", *c))
            buf_u8(out, (uint8_t)*c);
        else
            buf_printf(out, "%%%02X", (unsigned char)*c);
    }
}

size_t channel_text_hotspots(const Nw__Incident *i)
{
    size_t count = 0;

    for (size_t k = 0; k < i->n_members; k++)
        count += strcmp(i->members[k]->kind, "hotspot") == 0;
    return count;
}
