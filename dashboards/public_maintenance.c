/* SPDX-License-Identifier: GPL-3.0-or-later */
/* public_maintenance.c - announced maintenance for the citizens' page. */
#include "dashboards/public_maintenance.h"

#include <stdlib.h>
#include <string.h>

#include "dashboards/public_page.h"
#include "lib/base/json_out.h"
#include "lib/base/strx.h"
#include "lib/base/timex.h"
#include "lib/stores/availability.h"

enum { PLACES_MAX = 8 }; /* more sites than these are told by their districts */

/* ---- from the record ---- */

static const char *district_name(const struct inventory *inv, const struct hotspot *h)
{
    const struct district *d = inventory_district(inv, hotspot_district_id(inv, h));

    return d ? d->name : NULL;
}

static const char *site_name(const struct inventory *inv, const struct hotspot *h)
{
    const struct site *site = inventory_site(inv, h->site);

    return site && site->name ? site->name : h->name ? h->name : "";
}

/* "Markt (Garstedt)", "Garstedt": each once. Names are compared by where they stand in the inventory. */
struct names {
    const char *seen[PLACES_MAX + 1][2];
    struct buf text;
    size_t count;
};

static void put_name(struct names *n, const char *name, const char *district)
{
    for (size_t i = 0; i < n->count; i++)
        if (n->seen[i][0] == name && n->seen[i][1] == district)
            return;
    if (n->count == ARRAY_LEN(n->seen))
        return;
    if (n->count == PLACES_MAX) { /* one more than are named */
        n->count++;
        buf_str(&n->text, ", …");
        return;
    }
    n->seen[n->count][0] = name;
    n->seen[n->count++][1] = district;
    buf_printf(&n->text, "%s%s", n->text.len ? ", " : "", name);
    if (district)
        buf_printf(&n->text, " (%s)", district);
}

/* NULL: it concerns no hotspot that is published, or out of memory. */
static char *places_of(const Nw__Announcement *a, const struct inventory *inv)
{
    struct names sites = {.text = BUF_INIT}, districts = {.text = BUF_INIT};
    char *text = NULL;

    for (size_t i = 0; i < a->n_hotspots; i++) {
        const struct hotspot *h = inventory_hotspot(inv, a->hotspots[i]);
        const char *district = h && h->is_published ? district_name(inv, h) : NULL;
        if (!h || !h->is_published)
            continue;
        put_name(&sites, site_name(inv, h), district);
        put_name(&districts, district ? district : site_name(inv, h), NULL);
    }
    if (a->is_everywhere)
        text = strx_printf("%s", "");
    else if (sites.count > 0)
        text = buf_take(sites.count > PLACES_MAX ? &districts.text : &sites.text);
    buf_fini(&sites.text);
    buf_fini(&districts.text);
    return text;
}

static void item_fini(struct public_maintenance *m)
{
    free(m->places);
    free(m->text_de);
    free(m->text_en);
    free(m->spans);
}

void public_maintenance_fini(struct public_maintenance_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        item_fini(&list->items[i]);
    free(list->items);
    *list = (struct public_maintenance_list){0};
}

static bool fill_item(const Nw__Announcement *a, const struct inventory *inv, ns_t now,
                      struct public_maintenance *m)
{
    *m = (struct public_maintenance){.spans = calloc(a->n_spans + 1, sizeof *m->spans)};
    for (size_t i = 0; m->spans && i < a->n_spans; i++) {
        struct public_span s = {(ns_t)a->spans[i]->begin, (ns_t)a->spans[i]->until};
        if (s.begin < s.until && s.until > now && s.begin <= now + PUBLIC_MAINTENANCE_AHEAD)
            m->spans[m->span_count++] = s;
    }
    if (m->span_count > 0)
        m->places = places_of(a, inv);
    m->text_de = strx_printf("%s", a->text_de);
    m->text_en = strx_printf("%s", a->text_en);
    if (m->places && m->text_de && m->text_en)
        return true;
    item_fini(m);
    return false;
}

static int by_begin(const void *a, const void *b)
{
    const struct public_maintenance *x = a, *y = b;
    ns_t d = x->spans[0].begin - y->spans[0].begin;

    return d ? (d > 0) - (d < 0) : strcmp(x->places, y->places);
}

enum err public_maintenance_fill(const Nw__Announcements *from, const struct inventory *inventory, ns_t now,
                                 struct public_maintenance_list *out)
{
    public_maintenance_fini(out);
    if (!from || from->n_items == 0)
        return ERR_OK;
    out->items = calloc(from->n_items, sizeof *out->items);
    if (!out->items)
        return ERR_NOMEM;
    for (size_t i = 0; i < from->n_items; i++)
        out->count += fill_item(from->items[i], inventory, now, &out->items[out->count]);
    qsort(out->items, out->count, sizeof *out->items, by_begin);
    return ERR_OK;
}

/* The words for a page in `lang`; with one language given it serves both, and *found says which it is. */
static const char *text_for(const struct public_maintenance *m, enum language lang, enum language *found)
{
    enum language other = lang == LANG_DE ? LANG_EN : LANG_DE;
    const char *own = lang == LANG_DE ? m->text_de : m->text_en;

    *found = own[0] ? lang : other;
    return *found == LANG_DE ? m->text_de : m->text_en;
}

/* ---- HTML ---- */

static void put_moment(struct buf *out, ns_t wall, bool with_date, enum language lang)
{
    char iso[TIMEX_RFC3339_SIZE], date[11], clock[6];

    timex_rfc3339(wall, iso);
    availability_local(wall, date, clock);
    buf_printf(out, "<time datetime=\"%s\">", iso);
    if (with_date && lang == LANG_DE)
        buf_printf(out, "%.2s.%.2s.%.4s, ", date + 8, date + 5, date);
    else if (with_date)
        buf_printf(out, "%s, ", date);
    buf_printf(out, "%s</time>", clock);
}

/* "24.11.2026, 02:00 – 04:30 Uhr"; the day of the end where it is another. */
static void put_span(struct buf *out, const struct public_span *s, enum language lang)
{
    char first[11], last[11], clock[6];

    availability_local(s->begin, first, clock);
    availability_local(s->until, last, clock);
    put_moment(out, s->begin, true, lang);
    buf_str(out, " – ");
    put_moment(out, s->until, strcmp(first, last) != 0, lang);
    if (lang == LANG_DE)
        buf_str(out, " Uhr");
}

static void put_row(struct buf *out, const struct public_maintenance *m, enum language lang)
{
    enum language found;
    const char *text = text_for(m, lang, &found);

    buf_str(out, "<tr><th scope=\"row\">");
    public_page_text(out, m->places[0] ? m->places : lang == LANG_DE ? "Ganze Stadt" : "Whole city");
    buf_str(out, "</th><td><ul class=\"times\">");
    for (size_t i = 0; i < m->span_count; i++) {
        buf_str(out, "<li>");
        put_span(out, &m->spans[i], lang);
        buf_str(out, "</li>");
    }
    buf_str(out, "</ul></td>");
    if (text[0] && found != lang)
        buf_printf(out, "<td lang=\"%s\">", found == LANG_DE ? "de" : "en");
    else
        buf_str(out, "<td>");
    public_page_text(out, text[0] ? text : "–");
    buf_str(out, "</td></tr>\n");
}

void public_maintenance_html(struct buf *out, const struct public_maintenance_list *list, enum language lang)
{
    const char *heading = lang == LANG_DE ? "Angekündigte Wartung" : "Announced maintenance";

    if (list->count == 0)
        return;
    buf_printf(out, "<section class=\"panel\" tabindex=\"0\" aria-label=\"%s\"><h2>%s</h2>\n", heading,
               heading);
    buf_printf(out,
               "<table><thead><tr><th scope=\"col\">%s</th><th scope=\"col\">%s</th><th scope=\"col\">%s",
               lang == LANG_DE ? "Wo" : "Where", lang == LANG_DE ? "Wann" : "When",
               lang == LANG_DE ? "Hinweis" : "Note");
    buf_str(out, "</th></tr></thead><tbody>\n");
    for (size_t i = 0; i < list->count; i++)
        put_row(out, &list->items[i], lang);
    buf_str(out, "</tbody></table>\n</section>\n");
}

/* ---- JSON ---- */

static void put_item(struct json_out *j, const struct public_maintenance *m)
{
    enum language found;

    json_object_begin(j, NULL);
    json_string(j, "places", m->places[0] ? m->places : NULL);
    json_array_begin(j, "times");
    for (size_t i = 0; i < m->span_count; i++) {
        json_object_begin(j, NULL);
        json_time(j, "begin", m->spans[i].begin);
        json_time(j, "end", m->spans[i].until);
        json_object_end(j);
    }
    json_array_end(j);
    json_object_begin(j, "text");
    json_string(j, "de", text_for(m, LANG_DE, &found));
    json_string(j, "en", text_for(m, LANG_EN, &found));
    json_object_end(j);
    json_object_end(j);
}

void public_maintenance_json(struct buf *out, const struct public_maintenance_list *list, ns_t now)
{
    struct json_out j;

    json_init(&j, out);
    json_object_begin(&j, NULL);
    json_time(&j, "updated", now);
    json_array_begin(&j, "items");
    for (size_t i = 0; i < list->count; i++)
        put_item(&j, &list->items[i]);
    json_array_end(&j);
    json_object_end(&j);
}
