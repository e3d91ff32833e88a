/* SPDX-License-Identifier: GPL-3.0-or-later */
/* channel_mail.c - an event as a mail that a person reads on a telephone at night. Pure. */
#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "alerts/channel_mime.h"
#include "alerts/channel_text.h"
#include "lib/base/berlin.h"
#include "lib/model/incident_json.h"
#include "lib/model/state.h"

enum { NAMES_MAX = 20, NAME_BYTES = 120, TEXT_BYTES = 300 };

/* By language; each with its blanks up to the column of what it names. */
struct words {
    const char *closed, *changed, *what, *where, *site, *district, *since, *until, *affected, *hotspots,
        *more, *load, *worked_on, *dashboard, *runbook, *instance, *incident, *event, *folded, *limit;
};
static const struct words words_by_language[] = {
    [LANG_DE] = {"BEHOBEN",       "Änderung",      "Was:         ",     "Wo:          ",
                 "Standort",      "Stadtteil",     "Seit:        ",     "Behoben:     ",
                 "Betroffen:   ", "Hotspots",      "weitere",           "Nutzerminuten je Stunde",
                 "Bearbeitung: ", "Dashboard:   ", "Anleitung:   ",     "Instanz",
                 "Störung",       "Ereignis",      "weitere Meldungen", "Mails höchstens in"},
    [LANG_EN] = {"CLEARED",
                 "change",
                 "What:        ",
                 "Where:       ",
                 "site",
                 "district",
                 "Since:       ",
                 "Cleared:     ",
                 "Affected:    ",
                 "hotspots",
                 "more",
                 "user-minutes an hour",
                 "In hand:     ",
                 "Dashboard:   ",
                 "Runbook:     ",
                 "instance",
                 "incident",
                 "event",
                 "further messages",
                 "mails at most in"}};

static const struct words *words_of(const struct channel_place *p)
{
    return &words_by_language[p->channel->language == LANG_EN ? LANG_EN : LANG_DE];
}

static const char *text_of(const struct channel_place *p, const Nw__Incident *i)
{
    return p->channel->language == LANG_EN ? i->text_en : i->text_de;
}

/* ---- lines ---- */

static void put_local_time(struct buf *out, const struct channel_place *p, ns_t wall)
{
    int64_t year, second = berlin_second_of_day(wall);
    int month, day;

    date_from_days(berlin_day(wall), &year, &month, &day);
    buf_printf(out,
               p->channel->language == LANG_EN ? "%3$04" PRId64 "-%2$02d-%1$02d" : "%02d.%02d.%04" PRId64,
               day, month, year);
    buf_printf(out, " %02d:%02d:%02d (UTC+%d)", (int)(second / 3600), (int)(second / 60 % 60),
               (int)(second % 60), (int)(berlin_offset(wall / SECONDS) / 3600));
}

static void put_site(struct buf *out, const struct channel_place *p, const Nw__Member *cause)
{
    const struct words *w = words_of(p);
    const struct hotspot *h = inventory_hotspot(p->inventory, cause->id);
    const struct device *d = inventory_device(p->inventory, cause->id);
    const struct site *site =
        inventory_site(p->inventory, strcmp(cause->kind, "hotspot") == 0  ? h ? h->site : NULL
                                     : strcmp(cause->kind, "device") == 0 ? d ? d->site : NULL
                                     : strcmp(cause->kind, "site") == 0   ? cause->id
                                                                          : NULL);

    if (!site)
        return;
    if (strcmp(cause->kind, "site") != 0) {
        buf_printf(out, ", %s ", w->site);
        channel_text_clean(out, site->name, NAME_BYTES);
    }
    if (site->district && site->district[0]) {
        buf_printf(out, ", %s ", w->district);
        channel_text_clean(out, site->district, NAME_BYTES);
    }
    buf_printf(out, " (%.5f, %.5f)", site->lat, site->lon);
}

static void put_where(struct buf *out, const struct channel_place *p, const Nw__Incident *i)
{
    if (!i->cause)
        return;
    buf_str(out, words_of(p)->where);
    channel_text_clean(out, i->cause->name, NAME_BYTES);
    if (strcmp(i->cause->name, i->cause->id) != 0) {
        buf_str(out, " [");
        channel_text_clean(out, i->cause->id, NAME_BYTES);
        buf_u8(out, ']');
    }
    if (p->inventory)
        put_site(out, p, i->cause);
    buf_u8(out, '\n');
}

static void put_affected(struct buf *out, const struct channel_place *p, const Nw__Incident *i)
{
    const struct words *w = words_of(p);
    size_t hotspots = channel_text_hotspots(i), named = 0;

    if (!hotspots)
        return;
    buf_printf(out, "%s%zu %s: ", w->affected, hotspots, w->hotspots);
    for (size_t k = 0; k < i->n_members && named < NAMES_MAX; k++) {
        if (strcmp(i->members[k]->kind, "hotspot") != 0)
            continue;
        buf_str(out, named++ ? ", " : "");
        channel_text_clean(out, i->members[k]->name, NAME_BYTES);
    }
    if (hotspots > named)
        buf_printf(out, " + %zu %s", hotspots - named, w->more);
    if (i->priority > 0)
        buf_printf(out, " (%.0f %s)", i->priority, w->load);
    buf_u8(out, '\n');
}

static void put_line(struct buf *out, const char *word, const char *text)
{
    if (!text[0])
        return;
    buf_str(out, word);
    channel_text_clean(out, text, TEXT_BYTES);
    buf_u8(out, '\n');
}

static void put_operator(struct buf *out, const struct channel_place *p, const Nw__Incident *i)
{
    if (!i->operator_at)
        return;
    buf_str(out, words_of(p)->worked_on);
    channel_text_clean(out, i->assigned[0] ? i->assigned : i->operator_by, NAME_BYTES);
    if (i->operator_comment[0]) {
        buf_str(out, ": ");
        channel_text_clean(out, i->operator_comment, TEXT_BYTES);
    }
    buf_u8(out, '\n');
}

/* What to check first, while there is something to check. */
static void put_steps(struct buf *out, const struct channel_place *p, const Nw__Incident *i)
{
    enum language lang = p->channel->language == LANG_EN ? LANG_EN : LANG_DE;
    const char *steps = i->closed ? "" : incident_runbook(i, lang);
    unsigned number = 0;

    while (*steps) {
        size_t len = strcspn(steps, "\n");
        char step[TEXT_BYTES + 1];
        snprintf(step, sizeof step, "%.*s", (int)len, steps);
        buf_printf(out, "%s%u. ",
                   number            ? "             "
                   : lang == LANG_DE ? "Zuerst:      "
                                     : "Check first: ",
                   number + 1);
        channel_text_clean(out, step, TEXT_BYTES);
        buf_u8(out, '\n');
        number++;
        steps += len + (steps[len] == '\n');
    }
}

static void put_body(struct buf *out, const struct channel_place *p, const struct channel_event *e)
{
    const Nw__Incident *i = e->incident;
    const struct words *w = words_of(p);
    struct buf link = BUF_INIT;

    channel_text_clean(out, text_of(p, i), TEXT_BYTES);
    buf_printf(out, "\n\n%s%s, %s\n", w->what, i->severity, i->type);
    put_where(out, p, i);
    buf_str(out, w->since);
    put_local_time(out, p, (ns_t)i->opened);
    if (i->closed) {
        buf_printf(out, "\n%s", w->until);
        put_local_time(out, p, (ns_t)i->closed);
    }
    buf_u8(out, '\n');
    put_affected(out, p, i);
    put_operator(out, p, i);
    put_steps(out, p, i);
    channel_text_link(p, i->id, &link);
    put_line(out, w->dashboard, link.data ? link.data : "");
    put_line(out, w->runbook, i->runbook);
    buf_printf(out, "\n-- \nnetzwacht, %s %s; %s %s, %s %s\n", w->instance, p->settings->instance,
               w->incident, i->id, w->event, e->id);
    buf_fini(&link);
}

/* ---- headers ---- */

static void put_message_id(struct buf *out, const struct channel_place *p, const char *name, const char *id)
{
    buf_printf(out, "%s: <%s%s>\r\n", name, id, strrchr(p->channel->from, '@'));
}

static void put_headers(struct buf *out, const struct channel_place *p, ns_t time, const char *subject)
{
    const struct conf_strings *to = &p->channel->to;

    buf_str(out, "Date: ");
    channel_mime_date(out, time);
    buf_printf(out, "\r\nFrom: netzwacht <%s>\r\nTo: ", p->channel->from);
    for (size_t k = 0; k < to->count; k++)
        buf_printf(out, "%s<%s>", k ? ",\r\n " : "", to->items[k]);
    buf_str(out, "\r\nSubject: ");
    channel_mime_words(out, subject, strlen("Subject: "));
    buf_str(out,
            "\r\nAuto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\n" /* RFC 3834, 5 */
            "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n");
}

void channel_mail_subject(const struct channel_place *p, const Nw__Incident *i, struct buf *out)
{
    const struct words *w = words_of(p);

    if (i->closed)
        buf_str(out, w->closed);
    else
        for (const char *c = i->severity; *c; c++)
            buf_u8(out, (uint8_t)toupper((unsigned char)*c));
    buf_str(out, ": ");
    channel_text_clean(out, text_of(p, i), TEXT_BYTES);
    if (!i->closed && strcmp(i->event, "opened") != 0 && strcmp(i->event, "test") != 0)
        buf_printf(out, " (%s)", w->changed);
}

void channel_mail(const struct channel_place *p, const struct channel_event *e, struct buf *out)
{
    struct buf subject = BUF_INIT, body = BUF_INIT;

    buf_str(&subject, "[netzwacht] ");
    channel_mail_subject(p, e->incident, &subject);
    put_body(&body, p, e);
    if (buf_error(&subject) || buf_error(&body)) {
        out->error = ERR_NOMEM;
    } else {
        put_headers(out, p, e->time, subject.data);
        put_message_id(out, p, "Message-ID", e->id);
        if (strcmp(e->id, e->first_id) != 0) {
            put_message_id(out, p, "In-Reply-To", e->first_id);
            put_message_id(out, p, "References", e->first_id);
        }
        buf_str(out, "\r\n");
        channel_mime_quoted(out, body.data, body.len);
    }
    buf_fini(&subject);
    buf_fini(&body);
}

void channel_mail_folded(const struct channel_place *p, const struct channel_folded *f, struct buf *out)
{
    const struct words *w = words_of(p);
    struct buf subject = BUF_INIT, body = BUF_INIT;
    char id[160];

    snprintf(id, sizeof id, "%s/digest/%s/%" PRIu64 "-%" PRId64, p->settings->instance, p->channel->name,
             f->number, f->time / SECONDS);
    buf_str(&subject, "[netzwacht] ");
    buf_printf(&subject, "%" PRIu64 " %s", f->count, w->folded);
    buf_str(&body, f->lines);
    if (f->more)
        buf_printf(&body, "+ %" PRIu64 " %s\n", f->more, w->more);
    if (p->settings->alerts.dashboard_url) {
        buf_printf(&body, "\n%s", w->dashboard);
        channel_text_clean(&body, p->settings->alerts.dashboard_url, TEXT_BYTES);
        buf_u8(&body, '\n');
    }
    buf_printf(&body, "\n-- \nnetzwacht, %s %s; %" PRId64 " %s %" PRId64 " s\n", w->instance,
               p->settings->instance, p->channel->storm_limit, w->limit, p->channel->storm_window / SECONDS);
    if (buf_error(&subject) || buf_error(&body)) {
        out->error = ERR_NOMEM;
    } else {
        put_headers(out, p, f->time, subject.data);
        put_message_id(out, p, "Message-ID", id);
        buf_str(out, "\r\n");
        channel_mime_quoted(out, body.data, body.len);
    }
    buf_fini(&subject);
    buf_fini(&body);
}
