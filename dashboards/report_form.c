/* SPDX-License-Identifier: GPL-3.0-or-later */
/* report_form.c - pages of the form, and reading it. Pure. */
#include "dashboards/report_form.h"

#include <math.h>
#include <string.h>

#include "dashboards/public_parts.h"
#include "lib/base/strx.h"

/* Reports are counted by area: a finer place would say more of who reports than of the Wi-Fi. */
#define ROUNDED_TO 1000.0 /* parts of a degree: 111 m */
#define NEAR_CITY  0.03   /* degrees around the hotspots and districts */

const char *const report_categories[] = {"dead_spot", "broken", "slow", "portal", "other", NULL};

static const char *const category_texts[][2] = {
    {"Hier gibt es kein WLAN (Funkloch)", "There is no Wi-Fi here (dead spot)"},
    {"Das WLAN ist zu sehen, funktioniert aber nicht", "The Wi-Fi is there, but does not work"},
    {"Das WLAN ist sehr langsam", "The Wi-Fi is very slow"},
    {"Die Anmeldeseite erscheint nicht", "The log-in page does not appear"},
    {"Etwas anderes", "Something else"}};

static const char *in(enum language lang, const char *de, const char *en)
{
    return lang == LANG_DE ? de : en;
}

enum language report_language(const struct http_target *request)
{
    const char *lang = http_target_param(request, "lang");

    return lang && strcmp(lang, "en") == 0 ? LANG_EN : LANG_DE;
}

/* ---- frame ---- */

static void put_begin(struct buf *out, const struct public_model *m, enum language lang)
{
    const char *heading = public_text(T_REPORT, lang);

    public_put_head(out, m, heading, lang == LANG_DE ? "report" : "report?lang=en",
                    lang == LANG_DE ? "report?lang=en" : "report", lang);
}

static void begin_panel(struct buf *out, const char *heading)
{
    buf_printf(out, "<section class=\"panel\" tabindex=\"0\" aria-label=\"%s\"><h2>%s</h2>\n", heading,
               heading);
}

/* ---- choosing the place ---- */

static void put_districts(struct buf *out, const struct public_model *m, enum language lang)
{
    begin_panel(out, in(lang, "In welchem Stadtteil?", "In which district?"));
    buf_str(out, "<ul>");
    for (size_t i = 0; i < m->district_count; i++) {
        buf_printf(out, "<li><a href=\"report?lang=%s&amp;district=", public_lang_code(lang));
        public_page_text(out, m->districts[i].outline->id);
        buf_str(out, "\">");
        public_page_text(out, m->districts[i].outline->name);
        buf_str(out, "</a></li>\n");
    }
    buf_printf(out, "</ul>\n<p class=\"muted\">%s</p>\n",
               in(lang,
                  "Es werden keine Angaben zu Ihrer Person erhoben. Gespeichert werden Ort, Art der Störung "
                  "und Zeitpunkt.",
                  "Nothing about you is asked for. What is kept: place, kind of fault, and time."));
    public_panel_end(out);
}

/* The token, and a field that only programs fill. */
static void put_hidden(struct buf *out, const char *token, enum language lang)
{
    buf_printf(out,
               "<input type=\"hidden\" name=\"token\" value=\"%s\"><input type=\"hidden\" name=\"lang\" "
               "value=\"%s\">\n",
               token, public_lang_code(lang));
    buf_printf(out,
               "<p class=\"trap\" aria-hidden=\"true\"><label>%s <input name=\"website\" tabindex=\"-1\" "
               "autocomplete=\"off\"></label></p>\n",
               in(lang, "Dieses Feld bitte frei lassen", "Please leave this field empty"));
}

static void put_categories(struct buf *out, size_t chosen, enum language lang)
{
    buf_printf(out, "<fieldset><legend>%s</legend>", in(lang, "Was ist los?", "What is wrong?"));
    for (size_t i = 0; report_categories[i]; i++)
        buf_printf(
            out, "<p><label><input type=\"radio\" name=\"category\" value=\"%s\" required%s> %s</label></p>",
            report_categories[i], i == chosen ? " checked" : "", category_texts[i][lang == LANG_EN]);
    buf_printf(out, "</fieldset>\n<p><button type=\"submit\">%s</button></p></form>\n",
               in(lang, "Meldung absenden", "Send the report"));
}

static void put_hotspot_form(struct buf *out, const struct public_model *m, size_t district,
                             const char *token, enum language lang)
{
    begin_panel(out, in(lang, "Ein Hotspot ist gestört", "A hotspot has a fault"));
    buf_str(out, "<form method=\"post\" action=\"report\">\n");
    put_hidden(out, token, lang);
    buf_printf(out,
               "<p><label for=\"hotspot\">%s</label><br><select id=\"hotspot\" name=\"hotspot\" "
               "required><option value=\"\">%s</option>\n",
               in(lang, "Welcher Hotspot?", "Which hotspot?"), in(lang, "Bitte wählen", "Please choose"));
    for (size_t i = 0; i < m->hotspot_count; i++) {
        const struct public_hotspot *h = m->by_name[i];
        if (h->district != district)
            continue;
        buf_str(out, "<option value=\"");
        public_page_text(out, h->id);
        buf_str(out, "\">");
        public_page_text(out, h->name);
        buf_str(out, "</option>\n");
    }
    buf_str(out, "</select></p>\n");
    put_categories(out, 1, lang);
    public_panel_end(out);
}

static void put_map(struct buf *out, const struct public_model *m, size_t district, enum language lang)
{
    const struct public_district *d = &m->districts[district];

    begin_panel(out, in(lang, "An einem anderen Ort fehlt WLAN", "There is no Wi-Fi at another place"));
    buf_printf(
        out,
        "<p>%s</p>\n<form method=\"get\" action=\"report\"><input type=\"hidden\" name=\"lang\" "
        "value=\"%s\">",
        in(lang,
           "Tippen Sie auf die Stelle in der Karte. Ohne Karte: Wählen Sie oben den nächsten Hotspot und "
           "„kein WLAN“.",
           "Tap the place on the map. Without the map: choose the nearest hotspot above, and “no Wi-Fi”."),
        public_lang_code(lang));
    buf_str(out, "<input type=\"hidden\" name=\"district\" value=\"");
    public_page_text(out, d->outline->id);
    buf_str(out, "\"><input type=\"image\" name=\"at\" src=\"");
    public_map_name(out, d);
    buf_printf(out, "\" width=\"%d\" height=\"%d\" alt=\"%s ", REPORT_MAP_SIZE, REPORT_MAP_SIZE,
               in(lang, "Karte von", "Map of"));
    public_page_text(out, d->outline->name);
    buf_str(out, "\"></form>\n");
    public_panel_end(out);
}

/* ---- a point of the map ---- */

static bool is_near_city(const struct public_model *m, double lat, double lon)
{
    for (size_t i = 0; i < m->hotspot_count; i++)
        if (fabs(m->hotspots[i].at.lat - lat) < NEAR_CITY &&
            fabs(m->hotspots[i].at.lon - lon) < 2 * NEAR_CITY)
            return true;
    for (size_t i = 0; i < m->district_count; i++)
        if (district_contains(m->districts[i].outline, (struct geo_point){.lat = lat, .lon = lon}))
            return true;
    return false;
}

static double metres(struct geo_point a, struct geo_point b)
{
    double radians = M_PI / 180, x = (b.lon - a.lon) * radians * cos((a.lat + b.lat) / 2 * radians);

    return 6371000 * hypot(x, (b.lat - a.lat) * radians);
}

static const struct public_hotspot *nearest_to(const struct public_model *m, struct geo_point at)
{
    const struct public_hotspot *nearest = NULL;

    for (size_t i = 0; i < m->hotspot_count; i++)
        if (!nearest || metres(at, m->hotspots[i].at) < metres(at, nearest->at))
            nearest = &m->hotspots[i];
    return nearest;
}

static void put_point_form(struct buf *out, const struct public_model *m, struct geo_point at,
                           const char *token, enum language lang)
{
    const struct public_hotspot *near = nearest_to(m, at);

    begin_panel(out, in(lang, "An dieser Stelle", "At this place"));
    if (near) {
        buf_printf(out, "<p>%s ", in(lang, "Nächster Hotspot:", "Nearest hotspot:"));
        public_page_text(out, near->name);
        buf_printf(out, ", %s %.0f m %s.</p>\n", in(lang, "etwa", "about"),
                   round(metres(at, near->at) / 10) * 10, in(lang, "entfernt", "away"));
    }
    buf_str(out, "<form method=\"post\" action=\"report\">\n");
    put_hidden(out, token, lang);
    buf_printf(out,
               "<input type=\"hidden\" name=\"lat\" value=\"%.3f\"><input type=\"hidden\" name=\"lon\" "
               "value=\"%.3f\">\n",
               at.lat, at.lon);
    put_categories(out, 0, lang);
    public_panel_end(out);
}

/* ---- pages ---- */

static size_t find_district(const struct public_model *m, const char *id)
{
    for (size_t i = 0; id && i < m->district_count; i++)
        if (strcmp(m->districts[i].outline->id, id) == 0)
            return i;
    return SIZE_MAX;
}

static bool pixel_of(const struct http_target *request, const char *name, double *out)
{
    const char *text = http_target_param(request, name);
    int64_t pixel;

    if (!text || strx_to_i64(text, &pixel) != ERR_OK)
        return false;
    *out = ((double)pixel + 0.5) / REPORT_MAP_SIZE;
    return true;
}

void report_page(struct buf *out, const struct public_model *m, const struct http_target *request,
                 const char *token)
{
    enum language lang = report_language(request);
    size_t district = find_district(m, http_target_param(request, "district"));
    struct geo_point at;
    double x, y;

    put_begin(out, m, lang);
    if (district == SIZE_MAX) {
        put_districts(out, m, lang);
    } else if (pixel_of(request, "at.x", &x) && pixel_of(request, "at.y", &y) &&
               public_map_locate(m, district, x, y, &at) && is_near_city(m, at.lat, at.lon)) {
        put_point_form(out, m, at, token, lang);
    } else {
        put_hotspot_form(out, m, district, token, lang);
        put_map(out, m, district, lang);
    }
    public_put_foot(out, m, lang);
}

void report_page_answer(struct buf *out, const struct public_model *m, enum report_answer answer,
                        enum language lang)
{
    static const char *const texts[][2] = {
        [REPORT_TAKEN] = {"Danke! Ihre Meldung ist angekommen.", "Thank you! Your report has arrived."},
        [REPORT_INCOMPLETE] =
            {"Ort oder Art der Störung fehlt. Bitte gehen Sie zurück und wählen Sie beides.",
             "The place or the kind of fault is missing. Please go back and choose both."},
        [REPORT_TOO_MANY] =
            {"Gerade kommen sehr viele Meldungen an. Bitte versuchen Sie es in einigen Minuten noch einmal.",
             "Very many reports arrive at the moment. Please try again in a few minutes."},
        [REPORT_STALE] = {"Das Formular war zu lange offen, wurde sehr schnell oder schon einmal abgesendet. "
                          "Bitte füllen Sie es neu aus.",
                          "The form was open for too long, was sent very fast, or had been sent before. "
                          "Please fill it in anew."},
        [REPORT_FAILED] = {
            "Ihre Meldung konnte nicht gespeichert werden. Bitte versuchen Sie es später noch einmal.",
            "Your report could not be kept. Please try again later."}};

    put_begin(out, m, lang);
    buf_printf(out,
               "<p class=\"banner\" role=\"status\">%s</p>\n<p><a href=\"report?lang=%s\">%s</a></p>\n<p><a "
               "href=\"%s\">%s</a></p>\n",
               texts[answer][lang == LANG_EN], public_lang_code(lang), public_text(T_REPORT, lang),
               public_index_name(lang), public_text(T_BACK, lang));
    public_put_foot(out, m, lang);
}

/* ---- reading ---- */

static bool find_category(const struct http_target *form, struct report *out)
{
    const char *given = http_target_param(form, "category");

    for (size_t i = 0; given && report_categories[i]; i++)
        if (strcmp(report_categories[i], given) == 0) {
            out->category = report_categories[i];
            return true;
        }
    return false;
}

static bool find_place(const struct http_target *form, const struct public_model *m, struct report *out)
{
    const char *id = http_target_param(form, "hotspot"), *lat = http_target_param(form, "lat"),
               *lon = http_target_param(form, "lon");

    for (size_t i = 0; id && i < m->hotspot_count; i++)
        if (strcmp(m->hotspots[i].id, id) == 0) {
            out->hotspot = m->hotspots[i].id;
            out->lat = m->hotspots[i].at.lat;
            out->lon = m->hotspots[i].at.lon;
            return true;
        }
    if (id || !lat || !lon || strx_to_double(lat, &out->lat) != ERR_OK ||
        strx_to_double(lon, &out->lon) != ERR_OK)
        return false;
    out->hotspot = "";
    out->lat = round(out->lat * ROUNDED_TO) / ROUNDED_TO;
    out->lon = round(out->lon * ROUNDED_TO) / ROUNDED_TO;
    return is_near_city(m, out->lat, out->lon);
}

bool report_read(const struct http_target *form, const struct public_model *m, struct report *out)
{
    struct report found = {0};

    if (!find_category(form, &found) || !find_place(form, m, &found))
        return false;
    *out = found;
    return true;
}

bool report_is_trapped(const struct http_target *form)
{
    const char *website = http_target_param(form, "website");

    return website && website[0];
}
