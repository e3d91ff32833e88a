/* SPDX-License-Identifier: GPL-3.0-or-later */
/* public_feed.c - faults as sentences, and as an Atom feed. Pure. */
#include <string.h>

#include "dashboards/public_maintenance.h"
#include "dashboards/public_page.h"
#include "dashboards/public_parts.h"
#include "lib/base/crc32c.h"
#include "lib/base/timex.h"

void public_put_sentence(struct buf *out, const struct public_incident *v, enum language lang)
{
    bool is_one = v->affected == 1;

    if (lang == LANG_DE)
        buf_printf(out, "%s: %s, %zu %s betroffen%s", v->districts[0] ? v->districts : "Stadtgebiet",
                   reason_text(v->reason, lang), v->affected, is_one ? "Hotspot" : "Hotspots",
                   v->closed ? " – behoben" : "");
    else
        buf_printf(out, "%s: %s, %zu %s affected%s", v->districts[0] ? v->districts : "City",
                   reason_text(v->reason, lang), v->affected, is_one ? "hotspot" : "hotspots",
                   v->closed ? " – repaired" : "");
}

/* Relative where the operator has not said what the pages' address is. */
static void put_address(struct buf *out, const struct public_model *m, const char *file)
{
    public_page_text(out, m->url ? m->url : "");
    buf_str(out, file);
}

/* ---- entries ---- */

static void put_incident(struct buf *out, const struct public_model *m, const struct public_incident *v)
{
    struct buf german = BUF_INIT, english = BUF_INIT;
    char changed[TIMEX_RFC3339_SIZE], opened[TIMEX_RFC3339_SIZE];

    public_put_sentence(&german, v, LANG_DE);
    public_put_sentence(&english, v, LANG_EN);
    timex_rfc3339(v->changed, changed);
    timex_rfc3339(v->opened, opened);
    buf_str(out, "<entry><id>urn:netzwacht:");
    public_page_text(out, m->instance);
    buf_str(out, ":incident:");
    public_page_text(out, v->id);
    buf_str(out, "</id><title>");
    public_page_text(out, german.data ? german.data : "");
    buf_printf(out, "</title><updated>%s</updated><published>%s</published><link href=\"", changed, opened);
    put_address(out, m, "index.html");
    buf_str(out, "\"/><summary xml:lang=\"en\">");
    public_page_text(out, english.data ? english.data : "");
    buf_str(out, "</summary></entry>\n");
    buf_fini(&german);
    buf_fini(&english);
}

/* Its id is made of when and where: the window's own may name a device. `updated` is its begin, for nobody
 * says when it was announced, and a reader must not see it as new with every file. */
static void put_window(struct buf *out, const struct public_model *m, const struct public_maintenance *w)
{
    ns_t begin = w->spans[0].begin;
    char date[11], clock[6], time[TIMEX_RFC3339_SIZE];
    const char *text = w->text_de[0] ? w->text_de : w->text_en;

    availability_local(begin, date, clock);
    timex_rfc3339(begin, time);
    buf_str(out, "<entry><id>urn:netzwacht:");
    public_page_text(out, m->instance);
    buf_printf(out, ":maintenance:%lld-%08lx</id><title>Angekündigte Wartung: ", (long long)(begin / SECONDS),
               (unsigned long)crc32c(0, w->places, strlen(w->places)));
    public_page_text(out, w->places[0] ? w->places : "Ganze Stadt");
    buf_printf(out, ", %.2s.%.2s.%.4s ab %s Uhr</title><updated>%s</updated><link href=\"", date + 8,
               date + 5, date, clock, time);
    put_address(out, m, "index.html");
    buf_str(out, "\"/><summary>");
    public_page_text(out, text);
    buf_str(out, "</summary></entry>\n");
}

/* ---- the feed ---- */

/* When it last said something else: readers ask again and again. */
static ns_t changed_at(const struct public_model *m)
{
    ns_t newest = 0;

    for (size_t i = 0; i < m->incident_count; i++)
        if (m->incidents[i].affected > 0 && m->incidents[i].changed > newest)
            newest = m->incidents[i].changed;
    return newest ? newest : m->now;
}

/* Atom, RFC 4287. */
void public_page_feed(struct buf *out, const struct public_model *m)
{
    char time[TIMEX_RFC3339_SIZE];

    timex_rfc3339(changed_at(m), time);
    buf_str(out, "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\" "
                 "xml:lang=\"de\">\n<id>urn:netzwacht:");
    public_page_text(out, m->instance);
    buf_str(out, ":status</id>\n<title>");
    public_page_text(out, m->title);
    buf_printf(out, "</title>\n<updated>%s</updated>\n<author><name>", time);
    public_page_text(out, m->title);
    buf_str(out, "</name></author>\n<link rel=\"self\" href=\"");
    put_address(out, m, "feed.atom");
    buf_str(out, "\"/>\n<link href=\"");
    put_address(out, m, "index.html");
    buf_str(out, "\"/>\n");
    for (size_t i = 0; m->maintenance && i < m->maintenance->count; i++)
        put_window(out, m, &m->maintenance->items[i]);
    for (size_t i = 0; i < m->incident_count; i++)
        if (m->incidents[i].affected > 0)
            put_incident(out, m, &m->incidents[i]);
    buf_str(out, "</feed>\n");
}
