/* SPDX-License-Identifier: GPL-3.0-or-later */
/* channel_syslog.c - an event as a syslog message (RFC 5424). Pure. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "alerts/channel_text.h"
#include "lib/base/timex.h"
#include "lib/model/state.h"

/* A message of 2,048 bytes SHOULD be accepted by everybody (RFC 5424, 6.1): 1,024 of text leave room for the
 * rest. 32473 is the enterprise number of examples (RFC 5612): netzwacht has none of its own. */
enum { TEXT_BYTES = 1024, PARAM_BYTES = 128, MSGID_MAX = 32, HOST_MAX = 255 };
#define SD_ID "netzwacht@32473"

/* X.733 to syslog as RFC 5674, table 1, has it. */
static int syslog_severity(const Nw__Incident *i)
{
    static const struct {
        const char *word;
        int number;
    } map[] = {{"critical", 1}, {"major", 2}, {"minor", 3}, {"warning", 4}};

    for (size_t k = 0; !i->closed && k < ARRAY_LEN(map); k++)
        if (strcmp(i->severity, map[k].word) == 0)
            return map[k].number;
    return 5;
}

/* PRINTUSASCII, at least "-". */
static void put_ascii(struct buf *out, const char *text, size_t max)
{
    size_t n = 0;

    for (; n < max && text[n]; n++)
        buf_u8(out, isgraph((unsigned char)text[n]) ? (uint8_t)text[n] : '_');
    if (!n)
        buf_u8(out, '-');
}

/* PARAM-VALUE: backslash before the three that have a meaning (6.3.3). */
static void put_param(struct buf *out, const char *name, const char *value)
{
    struct buf clean = BUF_INIT;

    channel_text_clean(&clean, value, PARAM_BYTES);
    buf_printf(out, " %s=\"", name);
    for (const char *c = clean.data; c && *c; c++) {
        if (*c == '"' || *c == '\\' || *c == ']')
            buf_u8(out, '\\');
        buf_u8(out, (uint8_t)*c);
    }
    buf_u8(out, '"');
    buf_fini(&clean);
}

static void put_data(struct buf *out, const struct channel_place *p, const struct channel_event *e)
{
    const Nw__Incident *i = e->incident;
    struct buf link = BUF_INIT;
    char hotspots[24];

    snprintf(hotspots, sizeof hotspots, "%zu", channel_text_hotspots(i));
    buf_str(out, "[" SD_ID);
    put_param(out, "incident", i->id);
    put_param(out, "event", i->event);
    put_param(out, "eventId", e->id);
    put_param(out, "type", i->type);
    put_param(out, "severity", i->severity);
    put_param(out, "cause", i->cause ? i->cause->id : "");
    put_param(out, "hotspots", hotspots);
    channel_text_link(p, i->id, &link);
    if (link.data)
        put_param(out, "url", link.data);
    buf_u8(out, ']');
    buf_fini(&link);
}

void channel_syslog(const struct channel_place *p, const struct channel_event *e, struct buf *out)
{
    const Nw__Incident *i = e->incident;
    char time[TIMEX_RFC3339_SIZE];

    timex_rfc3339(e->time, time);
    buf_printf(out, "<%d>1 %s ", channel_facility(p->channel->facility) * 8 + syslog_severity(i), time);
    put_ascii(out, p->host, HOST_MAX);
    buf_str(out, " netzwacht-alerts - ");
    put_ascii(out, i->type, MSGID_MAX);
    buf_u8(out, ' ');
    put_data(out, p, e);
    buf_str(out, " \xef\xbb\xbf");
    channel_text_clean(out, p->channel->language == LANG_EN ? i->text_en : i->text_de, TEXT_BYTES);
}
