/* SPDX-License-Identifier: GPL-3.0-or-later */
/* public_page.c - renders the public page. Pure. */
#include "dashboards/public_page.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "dashboards/public_maintenance.h"
#include "lib/base/json_out.h"
#include "lib/base/strx.h"
#include "lib/base/timex.h"

/* ---- texts ---- */

enum text {
    T_LEAD,
    T_AS_OF,
    T_SIMULATED,
    T_BLIND,
    T_SKIP,
    T_OTHER_LANGUAGE,
    T_RELOAD,
    T_INCIDENTS,
    T_NO_INCIDENTS,
    T_PAST_INCIDENTS,
    T_DISTRICTS,
    T_DISTRICT,
    T_MAP,
    T_MAP_ALT,
    T_PLACE,
    T_STATE,
    T_SINCE,
    T_LOAD,
    T_AVAILABILITY,
    T_AVAILABILITY_NOTE,
    T_AFFECTED,
    T_REASON,
    T_TO,
    T_BACK,
    T_DATA,
    T_LOAD_NOTE,
    T_UNKNOWN_SHARE,
    T_WHERE,
    T_LANGUAGE,
    T_HOTSPOTS,
    T_COUNT
};

static const char *const texts[T_COUNT][2] = {
    [T_LEAD] = {"Wo das freie WLAN der Stadt gerade nutzbar ist.",
                "Where the city's free Wi-Fi works right now."},
    [T_AS_OF] = {"Stand", "As of"},
    [T_SIMULATED] = {"Simulierte Stadt: Orte, Störungen und Zahlen auf dieser Seite sind erfunden.",
                     "Simulated city: places, faults and figures on this page are invented."},
    [T_BLIND] =
        {"Die Überwachung liefert zurzeit keine Daten. Bis sie wieder arbeitet, ist der Zustand aller "
         "Hotspots unbekannt.",
         "The monitoring gives no data at the moment. Until it works again, the state of all hotspots is "
         "unknown."},
    [T_SKIP] = {"Zum Inhalt springen", "Skip to content"},
    [T_OTHER_LANGUAGE] = {"English", "Deutsch"},
    [T_RELOAD] = {"Seite neu laden", "Reload this page"},
    [T_INCIDENTS] = {"Störungen", "Faults"},
    [T_NO_INCIDENTS] = {"Zurzeit ist keine Störung bekannt.", "No fault is known at the moment."},
    [T_PAST_INCIDENTS] = {"Behoben in den letzten 7 Tagen", "Repaired in the last 7 days"},
    [T_DISTRICTS] = {"Stadtteile", "Districts"},
    [T_DISTRICT] = {"Stadtteil", "District"},
    [T_MAP] = {"Karte", "Map"},
    [T_MAP_ALT] = {"Karte der Hotspots. Alle Angaben der Karte stehen auch in den Listen der Stadtteile.",
                   "Map of the hotspots. Everything on it is also in the lists of the districts."},
    [T_PLACE] = {"Ort", "Place"},
    [T_STATE] = {"Zustand", "State"},
    [T_SINCE] = {"Seit", "Since"},
    [T_LOAD] = {"Auslastung", "Load"},
    [T_AVAILABILITY] = {"Nutzbar, 30 Tage", "Usable, 30 days"},
    [T_AVAILABILITY_NOTE] =
        {"Anteil der Zeit, in der Hotspots nutzbar waren, ohne angekündigte Wartung und ohne "
         "Zeiten ohne Messung. In Klammern: Anteil der gemessenen Zeit.",
         "Share of time in which hotspots were usable, without announced maintenance and "
         "without time that was not measured. In brackets: share of time that was measured."},
    [T_AFFECTED] = {"Betroffene Hotspots", "Hotspots affected"},
    [T_REASON] = {"Grund", "Reason"},
    [T_TO] = {"Ende", "End"},
    [T_BACK] = {"Zur Übersicht", "Back to the overview"},
    [T_DATA] = {"Daten", "Data"},
    [T_LOAD_NOTE] =
        {"Auslastung: gering unter 5, mittel unter 20, hoch ab 20 verbundenen Geräten. Genauere Zahlen "
         "werden nicht veröffentlicht.",
         "Load: low under 5, medium under 20, high from 20 connected devices. More exact figures are "
         "not published."},
    [T_UNKNOWN_SHARE] = {"gemessen", "measured"},
    [T_WHERE] = {"Wo", "Where"},
    [T_LANGUAGE] = {"Sprache", "Language"},
    [T_HOTSPOTS] = {"Hotspots", "Hotspots"},
};

static const char *const load_texts[4][2] = {
    {"–", "–"}, {"gering", "low"}, {"mittel", "medium"}, {"hoch", "high"}};
static const char *const load_codes[4] = {NULL, "low", "medium", "high"};

static const char *t(enum text which, enum language lang)
{
    return texts[which][lang == LANG_EN];
}

enum load_class load_class(double clients)
{
    if (isnan(clients) || clients < 0)
        return LOAD_UNKNOWN;
    return clients < 5 ? LOAD_LOW : clients < 20 ? LOAD_MEDIUM : LOAD_HIGH;
}

void public_page_text(struct buf *out, const char *text)
{
    struct buf clean = BUF_INIT;

    strx_put_utf8(&clean, text, strlen(text));
    for (size_t i = 0; i < clean.len; i++) {
        switch (clean.data[i]) {
        case '&': buf_str(out, "&amp;"); break;
        case '<': buf_str(out, "&lt;"); break;
        case '>': buf_str(out, "&gt;"); break;
        case '"': buf_str(out, "&quot;"); break;
        case '\'': buf_str(out, "&#39;"); break;
        default:
            if ((unsigned char)clean.data[i] < 0x20 || clean.data[i] == 0x7f)
                buf_str(out, "\xef\xbf\xbd");
            else
                buf_put(out, &clean.data[i], 1);
        }
    }
    buf_fini(&clean);
}

static void put_time(struct buf *out, ns_t wall, enum language lang)
{
    char iso[TIMEX_RFC3339_SIZE], date[11], clock[6];

    if (wall == 0) {
        buf_str(out, "–");
        return;
    }
    timex_rfc3339(wall, iso);
    availability_local(wall, date, clock);
    if (lang == LANG_DE)
        buf_printf(out, "<time datetime=\"%s\">%.2s.%.2s.%.4s, %s Uhr</time>", iso, date + 8, date + 5, date,
                   clock);
    else
        buf_printf(out, "<time datetime=\"%s\">%s, %s</time>", iso, date, clock);
}

/* 0.9954 -> "99,54 %", "99.54 %". */
static void put_share(struct buf *out, double share, int decimals, enum language lang)
{
    char text[16];

    if (isnan(share)) {
        buf_str(out, "–");
        return;
    }
    snprintf(text, sizeof text, "%.*f", decimals, floor(share * 100 * pow(10, decimals)) / pow(10, decimals));
    char *point = strchr(text, '.');
    if (point && lang == LANG_DE)
        *point = ',';
    buf_printf(out, "%s\xc2\xa0%%", text);
}

/* A state is a shape (drawn by the style sheet) and a word, never a colour alone. */
static void put_state(struct buf *out, enum state state, enum language lang)
{
    buf_printf(out, "<span class=\"state is-%s\">%s</span>", state_code(state), state_text(state, lang));
}

/* ---- frame of a page ---- */

static const char *index_name(enum language lang)
{
    return lang == LANG_DE ? "index.html" : "en.html";
}

void public_page_name(struct buf *out, const struct public_district *d, enum language lang)
{
    buf_printf(out, "%s-%s.html", lang == LANG_DE ? "bezirk" : "district", d->outline->id);
}

static void put_title(struct buf *out, const char *heading, enum language lang)
{
    buf_printf(out, "<!DOCTYPE html>\n<html lang=\"%s\">\n<head>\n<meta charset=\"utf-8\">\n",
               lang == LANG_DE ? "de" : "en");
    buf_str(out, "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>");
    public_page_text(out, heading);
    buf_str(out, "</title>\n<link rel=\"stylesheet\" href=\"status.css\">\n");
    buf_str(out, "<link rel=\"icon\" href=\"icon.svg\" type=\"image/svg+xml\">\n");
    buf_str(out,
            "<link rel=\"alternate\" type=\"application/atom+xml\" href=\"feed.atom\" title=\"Atom\">\n");
    buf_str(out, "</head>\n<body>\n");
}

static void put_head(struct buf *out, const struct public_model *m, const char *heading, const char *self,
                     const char *other, enum language lang)
{
    const char *other_lang = lang == LANG_DE ? "en" : "de";

    put_title(out, heading, lang);
    buf_printf(out, "<a class=\"skip\" href=\"#content\">%s</a>\n", t(T_SKIP, lang));
    buf_printf(out, "<header class=\"top\"><a class=\"brand\" href=\"%s\">", index_name(lang));
    public_page_text(out, m->title);
    buf_printf(out, "</a><nav aria-label=\"%s\"><ul><li>", t(T_LANGUAGE, lang));
    buf_printf(out, "<a href=\"%s\" lang=\"%s\" hreflang=\"%s\">%s</a></li></ul></nav></header>\n", other,
               other_lang, other_lang, t(T_OTHER_LANGUAGE, lang));
    buf_str(out, "<main id=\"content\" tabindex=\"-1\">\n");
    if (m->is_simulated)
        buf_printf(out, "<p class=\"banner\">%s</p>\n", t(T_SIMULATED, lang));
    if (m->is_blind)
        buf_printf(out, "<p class=\"banner\"><strong>%s</strong></p>\n", t(T_BLIND, lang));
    buf_str(out, "<h1>");
    public_page_text(out, heading);
    buf_printf(out, "</h1>\n<p class=\"lead\">%s</p>\n<p class=\"as-of\">%s: ", t(T_LEAD, lang),
               t(T_AS_OF, lang));
    put_time(out, m->now, lang);
    buf_printf(out, ". <a href=\"%s\">%s</a></p>\n", self, t(T_RELOAD, lang));
}

static void put_foot(struct buf *out, enum language lang)
{
    buf_printf(out, "</main>\n<footer class=\"bottom\"><p>%s</p><p>%s: ", t(T_LOAD_NOTE, lang),
               t(T_DATA, lang));
    buf_str(out,
            "<a href=\"hotspots.json\">hotspots.json</a>, <a href=\"incidents.json\">incidents.json</a>, ");
    buf_str(out, "<a href=\"maintenance.json\">maintenance.json</a>, ");
    buf_str(out, "<a href=\"feed.atom\">Atom</a></p></footer>\n</body>\n</html>\n");
}

static void put_counts(struct buf *out, const size_t counts[5], enum language lang)
{
    static const enum state order[] = {STATE_USABLE, STATE_DEGRADED, STATE_UNUSABLE, STATE_MAINTENANCE,
                                       STATE_UNKNOWN};

    buf_str(out, "<ul class=\"tiles\">");
    for (size_t i = 0; i < 5; i++) {
        buf_printf(out, "<li class=\"is-%s\"><strong>%zu</strong> ", state_code(order[i]), counts[order[i]]);
        put_state(out, order[i], lang);
        buf_str(out, "</li>");
    }
    buf_str(out, "</ul>\n");
}

/* A box that may be wider than a telephone: it scrolls by itself, also by keyboard. */
static void panel_begin(struct buf *out, enum text heading, enum language lang)
{
    buf_printf(out, "<section class=\"panel\" tabindex=\"0\" aria-label=\"%s\"><h2>%s</h2>\n",
               t(heading, lang), t(heading, lang));
}

static void panel_end(struct buf *out)
{
    buf_str(out, "</section>\n");
}

static void put_columns(struct buf *out, const enum text *columns, size_t count, enum language lang)
{
    buf_str(out, "<table><thead><tr>");
    for (size_t i = 0; i < count; i++)
        buf_printf(out, "<th scope=\"col\">%s</th>", t(columns[i], lang));
    buf_str(out, "</tr></thead><tbody>\n");
}

/* ---- incidents ---- */

static bool put_incident_rows(struct buf *out, const struct public_model *m, bool open, enum language lang)
{
    const enum text columns[] = {T_WHERE, T_REASON, T_AFFECTED, open ? T_SINCE : T_TO};
    bool has_any = false;

    for (size_t i = 0; i < m->incident_count; i++) {
        const struct public_incident *v = &m->incidents[i];
        if ((v->closed == 0) != open || v->affected == 0)
            continue;
        if (!has_any)
            put_columns(out, columns, ARRAY_LEN(columns), lang);
        has_any = true;
        buf_str(out, "<tr><td>");
        public_page_text(out, v->districts);
        buf_str(out, "</td><td>");
        public_page_text(out, reason_text(v->reason, lang));
        buf_printf(out, "</td><td>%zu</td><td>", v->affected);
        put_time(out, open ? v->opened : v->closed, lang);
        buf_str(out, "</td></tr>\n");
    }
    if (has_any)
        buf_str(out, "</tbody></table>\n");
    return has_any;
}

static void put_incidents(struct buf *out, const struct public_model *m, enum language lang)
{
    struct buf past = BUF_INIT;

    panel_begin(out, T_INCIDENTS, lang);
    if (!put_incident_rows(out, m, true, lang))
        buf_printf(out, "<p>%s</p>\n", t(T_NO_INCIDENTS, lang));
    if (put_incident_rows(&past, m, false, lang)) {
        buf_printf(out, "<h3>%s</h3>\n", t(T_PAST_INCIDENTS, lang));
        buf_put(out, past.data, past.len);
    }
    panel_end(out);
    buf_fini(&past);
}

/* ---- overview ---- */

static void put_district_row(struct buf *out, const struct public_district *d, enum language lang)
{
    double share = availability_share(&d->availability);

    buf_str(out, "<tr><th scope=\"row\"><a href=\"");
    public_page_name(out, d, lang);
    buf_str(out, "\">");
    public_page_text(out, d->outline->name);
    buf_printf(
        out,
        "</a></th><td class=\"number\">%zu</td><td class=\"number\">%zu</td><td class=\"number\">%zu</td>",
        d->counts[STATE_USABLE], d->counts[STATE_DEGRADED], d->counts[STATE_UNUSABLE]);
    buf_printf(out, "<td class=\"number\">%zu</td><td class=\"number\">",
               d->counts[STATE_UNKNOWN] + d->counts[STATE_MAINTENANCE]);
    put_share(out, share, 2, lang);
    if (!isnan(share)) {
        buf_str(out, " (");
        put_share(out, availability_completeness(&d->availability), 0, lang);
        buf_printf(out, " %s)", t(T_UNKNOWN_SHARE, lang));
    }
    buf_str(out, "</td></tr>\n");
}

static void put_districts(struct buf *out, const struct public_model *m, enum language lang)
{
    panel_begin(out, T_DISTRICTS, lang);
    buf_printf(out, "<table><thead><tr><th scope=\"col\">%s</th>", t(T_DISTRICT, lang));
    for (int s = STATE_USABLE; s <= STATE_UNUSABLE; s++)
        buf_printf(out, "<th scope=\"col\" class=\"number\">%s</th>", state_text((enum state)s, lang));
    buf_printf(out, "<th scope=\"col\" class=\"number\">%s / %s</th>", state_text(STATE_UNKNOWN, lang),
               state_text(STATE_MAINTENANCE, lang));
    buf_printf(out, "<th scope=\"col\" class=\"number\">%s</th></tr></thead><tbody>\n",
               t(T_AVAILABILITY, lang));
    for (size_t i = 0; i < m->district_count; i++)
        put_district_row(out, &m->districts[i], lang);
    buf_printf(out, "</tbody></table>\n<p class=\"muted\">%s</p>\n", t(T_AVAILABILITY_NOTE, lang));
    panel_end(out);
}

/* The marks of the map and what they mean; the map itself is a picture. */
static void put_map(struct buf *out, enum language lang)
{
    static const struct {
        const char *mark;
        enum state state;
    } legend[] = {{"●", STATE_USABLE},
                  {"▲", STATE_DEGRADED},
                  {"✕", STATE_UNUSABLE},
                  {"◆", STATE_MAINTENANCE},
                  {"○", STATE_UNKNOWN}};

    panel_begin(out, T_MAP, lang);
    buf_str(out, "<p>");
    for (size_t i = 0; i < ARRAY_LEN(legend); i++)
        buf_printf(out, "%s<span aria-hidden=\"true\">%s</span> %s", i ? ", " : "", legend[i].mark,
                   state_text(legend[i].state, lang));
    buf_printf(
        out, "</p>\n<p><img src=\"map.svg\" width=\"800\" height=\"800\" loading=\"lazy\" alt=\"%s\"></p>\n",
        t(T_MAP_ALT, lang));
    panel_end(out);
}

void public_page_index(struct buf *out, const struct public_model *m, enum language lang)
{
    size_t counts[5] = {0};

    for (size_t i = 0; i < m->hotspot_count; i++)
        counts[m->hotspots[i].state <= STATE_MAINTENANCE ? m->hotspots[i].state : STATE_UNKNOWN]++;
    put_head(out, m, m->title, index_name(lang), index_name(lang == LANG_DE ? LANG_EN : LANG_DE), lang);
    put_counts(out, counts, lang);
    put_incidents(out, m, lang);
    if (m->maintenance)
        public_maintenance_html(out, m->maintenance, lang);
    put_districts(out, m, lang);
    put_map(out, lang);
    put_foot(out, lang);
}

/* ---- one district ---- */

static void put_hotspot_row(struct buf *out, const struct public_hotspot *h, enum language lang)
{
    buf_str(out, "<tr><th scope=\"row\">");
    public_page_text(out, h->name);
    if (h->site[0] && strcmp(h->site, h->name) != 0 && !strx_starts_with(h->name, h->site)) {
        buf_str(out, "<br><span class=\"muted\">");
        public_page_text(out, h->site);
        buf_str(out, "</span>");
    }
    buf_str(out, "</th><td>");
    put_state(out, h->state, lang);
    if (h->state != STATE_USABLE && h->reason != REASON_NONE) {
        buf_str(out, "<br><span class=\"muted\">");
        public_page_text(out, reason_text(h->reason, lang));
        buf_str(out, "</span>");
    }
    buf_str(out, "</td><td>");
    put_time(out, h->since, lang);
    buf_printf(out, "</td><td>%s</td></tr>\n", load_texts[h->load][lang == LANG_EN]);
}

void public_page_district(struct buf *out, const struct public_model *m, size_t district, enum language lang)
{
    static const enum text columns[] = {T_PLACE, T_STATE, T_SINCE, T_LOAD};
    const struct public_district *d = &m->districts[district];
    enum language other = lang == LANG_DE ? LANG_EN : LANG_DE;
    struct buf self_name = BUF_INIT, other_name = BUF_INIT, heading = BUF_INIT;

    public_page_name(&self_name, d, lang);
    public_page_name(&other_name, d, other);
    buf_printf(&heading, "%s: %s", m->title, d->outline->name);
    if (!buf_error(&self_name) && !buf_error(&other_name) && !buf_error(&heading))
        put_head(out, m, heading.data, self_name.data, other_name.data, lang);
    buf_printf(out, "<p><a href=\"%s\">%s</a></p>\n", index_name(lang), t(T_BACK, lang));
    put_counts(out, d->counts, lang);
    panel_begin(out, T_HOTSPOTS, lang);
    put_columns(out, columns, ARRAY_LEN(columns), lang);
    for (size_t i = 0; i < m->hotspot_count; i++)
        if (m->hotspots[i].district == district)
            put_hotspot_row(out, &m->hotspots[i], lang);
    buf_str(out, "</tbody></table>\n");
    panel_end(out);
    put_foot(out, lang);
    buf_fini(&self_name);
    buf_fini(&other_name);
    buf_fini(&heading);
}

/* ---- data ---- */

void public_page_hotspots_json(struct buf *out, const struct public_model *m)
{
    struct json_out j;

    json_init(&j, out);
    json_object_begin(&j, NULL);
    json_time(&j, "updated", m->now);
    json_bool(&j, "simulated", m->is_simulated);
    json_array_begin(&j, "items");
    for (size_t i = 0; i < m->hotspot_count; i++) {
        const struct public_hotspot *h = &m->hotspots[i];
        json_object_begin(&j, NULL);
        json_string(&j, "name", h->name);
        json_string(&j, "site", h->site[0] ? h->site : NULL);
        json_string(&j, "district",
                    h->district < m->district_count ? m->districts[h->district].outline->name : NULL);
        json_fixed(&j, "lat", h->at.lat, 5);
        json_fixed(&j, "lon", h->at.lon, 5);
        json_string(&j, "state", state_code(h->state));
        json_string(&j, "reason", reason_code(h->reason));
        json_time(&j, "since", h->since);
        json_string(&j, "load", load_codes[h->load]);
        json_object_end(&j);
    }
    json_array_end(&j);
    json_object_end(&j);
}

static void put_sentence(struct buf *out, const struct public_incident *v, enum language lang)
{
    if (lang == LANG_DE)
        buf_printf(out, "%s: %s, %zu Hotspots betroffen%s", v->districts[0] ? v->districts : "Norderstedt",
                   reason_text(v->reason, lang), v->affected, v->closed ? " – behoben" : "");
    else
        buf_printf(out, "%s: %s, %zu hotspots affected%s", v->districts[0] ? v->districts : "Norderstedt",
                   reason_text(v->reason, lang), v->affected, v->closed ? " – repaired" : "");
}

static void put_text_member(struct json_out *j, const char *key, const struct public_incident *v,
                            enum language lang)
{
    struct buf sentence = BUF_INIT;

    put_sentence(&sentence, v, lang);
    json_string(j, key, sentence.data);
    buf_fini(&sentence);
}

void public_page_incidents_json(struct buf *out, const struct public_model *m)
{
    struct json_out j;

    json_init(&j, out);
    json_object_begin(&j, NULL);
    json_time(&j, "updated", m->now);
    json_array_begin(&j, "items");
    for (size_t i = 0; i < m->incident_count; i++) {
        const struct public_incident *v = &m->incidents[i];
        if (v->affected == 0)
            continue;
        json_object_begin(&j, NULL);
        json_string(&j, "id", v->id);
        json_time(&j, "opened", v->opened);
        json_time(&j, "closed", v->closed);
        json_string(&j, "reason", reason_code(v->reason));
        json_string(&j, "districts", v->districts);
        json_uint(&j, "hotspots", v->affected);
        json_object_begin(&j, "text");
        put_text_member(&j, "de", v, LANG_DE);
        put_text_member(&j, "en", v, LANG_EN);
        json_object_end(&j);
        json_object_end(&j);
    }
    json_array_end(&j);
    json_object_end(&j);
}

void public_page_maintenance_json(struct buf *out, const struct public_model *m)
{
    static const struct public_maintenance_list none;

    public_maintenance_json(out, m->maintenance ? m->maintenance : &none, m->now);
}

/* Atom, RFC 4287. */
void public_page_feed(struct buf *out, const struct public_model *m)
{
    char time[TIMEX_RFC3339_SIZE];

    timex_rfc3339(m->now, time);
    buf_str(out, "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\" "
                 "xml:lang=\"de\">\n<id>urn:netzwacht:");
    public_page_text(out, m->instance);
    buf_str(out, ":status</id>\n<title>");
    public_page_text(out, m->title);
    buf_printf(out, "</title>\n<updated>%s</updated>\n<author><name>", time);
    public_page_text(out, m->title);
    buf_str(out, "</name></author>\n<link rel=\"self\" href=\"feed.atom\"/>\n<link href=\"index.html\"/>\n");
    for (size_t i = 0; i < m->incident_count; i++) {
        const struct public_incident *v = &m->incidents[i];
        struct buf sentence = BUF_INIT;
        if (v->affected == 0)
            continue;
        put_sentence(&sentence, v, LANG_DE);
        timex_rfc3339(v->changed, time);
        buf_str(out, "<entry><id>urn:netzwacht:");
        public_page_text(out, m->instance);
        buf_str(out, ":incident:");
        public_page_text(out, v->id);
        buf_str(out, "</id><title>");
        public_page_text(out, sentence.data ? sentence.data : "");
        buf_printf(out, "</title><updated>%s</updated>", time);
        timex_rfc3339(v->opened, time);
        buf_printf(out, "<published>%s</published><link href=\"index.html\"/><summary xml:lang=\"en\">",
                   time);
        buf_clear(&sentence);
        put_sentence(&sentence, v, LANG_EN);
        public_page_text(out, sentence.data ? sentence.data : "");
        buf_str(out, "</summary></entry>\n");
        buf_fini(&sentence);
    }
    buf_str(out, "</feed>\n");
}

/* ---- map ---- */

enum { MAP_SIZE = 800, MAP_MARGIN = 20 };

struct projection {
    double south, west, scale_x, scale_y;
};

static void widen(double box[4], struct geo_point p)
{
    box[0] = fmin(box[0], p.lat);
    box[1] = fmin(box[1], p.lon);
    box[2] = fmax(box[2], p.lat);
    box[3] = fmax(box[3], p.lon);
}

/* Equirectangular around the middle: a city is small enough. */
static bool project_all(const struct public_model *m, struct projection *out)
{
    double box[4] = {INFINITY, INFINITY, -INFINITY, -INFINITY};

    for (size_t i = 0; i < m->hotspot_count; i++)
        widen(box, m->hotspots[i].at);
    for (size_t i = 0; i < m->district_count; i++)
        for (size_t r = 0; r < m->districts[i].outline->ring_count; r++)
            for (size_t p = 0; p < m->districts[i].outline->rings[r].count; p++)
                widen(box, m->districts[i].outline->rings[r].points[p]);
    if (!(box[2] > box[0]) || !(box[3] > box[1]))
        return false;
    double narrow = cos((box[0] + box[2]) / 2 * M_PI / 180);
    double span = fmax(box[2] - box[0], (box[3] - box[1]) * narrow);
    double scale = (MAP_SIZE - 2 * MAP_MARGIN) / span;
    *out = (struct projection){.south = box[0] - (span - (box[2] - box[0])) / 2,
                               .west = box[1] - (span / narrow - (box[3] - box[1])) / 2,
                               .scale_x = scale * narrow,
                               .scale_y = scale};
    return true;
}

static void put_point(struct buf *out, const struct projection *p, struct geo_point at)
{
    buf_printf(out, "%.1f %.1f", MAP_MARGIN + (at.lon - p->west) * p->scale_x,
               MAP_SIZE - MAP_MARGIN - (at.lat - p->south) * p->scale_y);
}

static void put_outlines(struct buf *out, const struct public_model *m, const struct projection *p)
{
    buf_str(out, "<path fill=\"#fbfaf6\" stroke=\"#8d94ab\" fill-rule=\"evenodd\" d=\"");
    for (size_t i = 0; i < m->district_count; i++) {
        for (size_t r = 0; r < m->districts[i].outline->ring_count; r++) {
            const struct geo_ring *ring = &m->districts[i].outline->rings[r];
            for (size_t k = 0; k < ring->count; k++) {
                buf_str(out, k ? "L" : "M");
                put_point(out, p, ring->points[k]);
            }
            buf_str(out, "Z");
        }
    }
    buf_str(out, "\"/>\n");
}

/* Each state has a shape of its own: circle, half circle, cross, diamond, ring. */
static const char *const shapes[] = {
    [STATE_UNKNOWN] = "<circle r=\"4\" fill=\"#fff\" stroke=\"#5a6078\" stroke-width=\"2\"/>",
    [STATE_USABLE] = "<circle r=\"4\" fill=\"#1e7b4c\"/>",
    [STATE_DEGRADED] = "<path d=\"M0-6 6 5H-6Z\" fill=\"#b35c00\"/>",
    [STATE_UNUSABLE] = "<path d=\"M-5-5 5 5M5-5-5 5\" stroke=\"#bd1e2c\" stroke-width=\"3\"/>",
    [STATE_MAINTENANCE] = "<path d=\"M0-6 6 0 0 6-6 0Z\" fill=\"#1f5fae\"/>"};

void public_page_map(struct buf *out, const struct public_model *m)
{
    struct projection p;

    buf_printf(
        out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\"><rect width=\"%d\" height=\"%d\" "
        "fill=\"#e6ebf2\"/>\n<defs>",
        MAP_SIZE, MAP_SIZE, MAP_SIZE, MAP_SIZE);
    for (int s = STATE_UNKNOWN; s <= STATE_MAINTENANCE; s++)
        buf_printf(out, "<g id=\"s%d\">%s</g>", s, shapes[s]);
    buf_str(out, "</defs>\n");
    if (project_all(m, &p)) {
        put_outlines(out, m, &p);
        for (size_t i = 0; i < m->hotspot_count; i++) {
            enum state state = m->hotspots[i].state;
            buf_str(out, "<use transform=\"translate(");
            put_point(out, &p, m->hotspots[i].at);
            buf_printf(out, ")\" href=\"#s%d\"/>", state <= STATE_MAINTENANCE ? (int)state : 0);
        }
    }
    buf_str(out, "\n</svg>\n");
}

void public_page_icon(struct buf *out)
{
    buf_str(
        out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 32 32\"><rect width=\"32\" height=\"32\" "
        "rx=\"6\" fill=\"#16255c\"/><g fill=\"none\" stroke=\"#fff\" stroke-width=\"3\" "
        "stroke-linecap=\"round\"><path d=\"M6 14a14 14 0 0 1 20 0M11 19a7 7 0 0 1 10 0\"/></g><circle "
        "cx=\"16\" cy=\"24\" r=\"2.5\" fill=\"#fff\"/></svg>\n");
}
