/* SPDX-License-Identifier: GPL-3.0-or-later */
/* public_parts.c - texts of both languages, and what every public page is made of. Pure. */
#include "dashboards/public_parts.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/strx.h"
#include "lib/base/timex.h"

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
    [T_LETTERS] = {"Orte von A bis Z", "Places from A to Z"},
    [T_LETTERS_NOTE] = {"Alle Hotspots nach ihrem Namen.", "All hotspots by their names."},
    [T_OTHER_SIGNS] = {"0–9", "0–9"},
    [T_DAYS] = {"Die letzten 90 Tage", "The last 90 days"},
    [T_DAYS_NOTE] =
        {"Ein Strich je Tag: unten der nutzbare Anteil, darüber der gestörte (ab 0,1 % sichtbar, nicht "
         "maßstäblich). Was leer bleibt, wurde nicht gemessen oder war angekündigte Wartung.",
         "One bar a day: the usable share at the bottom, the faulty one above it (visible from 0.1 %, not to "
         "scale). What stays empty was not measured, or was announced maintenance."},
    [T_DAYS_TABLE] = {"Zahlen je Tag", "Figures by day"},
    [T_DAY] = {"Tag", "Day"},
    [T_USABLE_SHARE] = {"Nutzbar", "Usable"},
    [T_MEASURED_SHARE] = {"Gemessen", "Measured"},
    [T_WORST_DAY] = {"schlechtester Tag", "worst day"},
    [T_WHOLE_CITY] = {"Ganze Stadt", "Whole city"},
    [T_OPEN_DATA] = {"Offene Daten und Einbetten", "Open data and embedding"},
    [T_NEAREST] = {"Nächsten nutzbaren Hotspot finden", "Find the nearest hotspot that works"},
    [T_NEAREST_NOTE] =
        {"Ihr Browser fragt, ob diese Seite Ihren Standort lesen darf. Er bleibt in Ihrem Gerät: Gesucht "
         "wird "
         "dort, in der Liste, die diese Seite lädt.",
         "Your browser asks whether this page may read your position. It stays in your device: the search "
         "is done there, in the list that this page loads."},
    [T_REPORT] = {"Störung oder Funkloch melden", "Report a fault or a dead spot"},
    [T_STATEMENTS] = {"Rechtliches", "Legal"},
};

const char *public_text(enum public_text text, enum language lang)
{
    return texts[text][lang == LANG_EN];
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

void public_put_time(struct buf *out, ns_t wall, enum language lang)
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
void public_put_share(struct buf *out, double share, int decimals, enum language lang)
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
void public_put_state(struct buf *out, enum state state, enum language lang)
{
    buf_printf(out, "<span class=\"state is-%s\">%s</span>", state_code(state), state_text(state, lang));
}

/* ---- frame of a page ---- */

const char *public_index_name(enum language lang)
{
    return lang == LANG_DE ? "index.html" : "en.html";
}

const char *public_lang_code(enum language lang)
{
    return lang == LANG_DE ? "de" : "en";
}

enum language public_other(enum language lang)
{
    return lang == LANG_DE ? LANG_EN : LANG_DE;
}

void public_put_start(struct buf *out, const char *heading, enum language lang)
{
    buf_printf(out, "<!DOCTYPE html>\n<html lang=\"%s\">\n<head>\n<meta charset=\"utf-8\">\n",
               public_lang_code(lang));
    buf_str(out, "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>");
    public_page_text(out, heading);
    buf_str(out, "</title>\n<link rel=\"stylesheet\" href=\"status.css\">\n");
    buf_str(out, "<link rel=\"icon\" href=\"icon.svg\" type=\"image/svg+xml\">\n");
    buf_str(out,
            "<link rel=\"alternate\" type=\"application/atom+xml\" href=\"feed.atom\" title=\"Atom\">\n");
    buf_str(out, "</head>\n<body>\n");
}

void public_put_head(struct buf *out, const struct public_model *m, const char *heading, const char *self,
                     const char *other, enum language lang)
{
    const char *other_lang = public_lang_code(public_other(lang));

    public_put_start(out, heading, lang);
    buf_printf(out, "<a class=\"skip\" href=\"#content\">%s</a>\n", public_text(T_SKIP, lang));
    buf_printf(out, "<header class=\"top\"><a class=\"brand\" href=\"%s\">", public_index_name(lang));
    public_page_text(out, m->title);
    buf_printf(out, "</a><nav aria-label=\"%s\"><ul><li>", public_text(T_LANGUAGE, lang));
    buf_printf(out, "<a href=\"%s\" lang=\"%s\" hreflang=\"%s\">%s</a></li></ul></nav></header>\n", other,
               other_lang, other_lang, public_text(T_OTHER_LANGUAGE, lang));
    buf_str(out, "<main id=\"content\" tabindex=\"-1\">\n");
    if (m->is_simulated)
        buf_printf(out, "<p class=\"banner\">%s</p>\n", public_text(T_SIMULATED, lang));
    if (m->is_blind)
        buf_printf(out, "<p class=\"banner\"><strong>%s</strong></p>\n", public_text(T_BLIND, lang));
    buf_str(out, "<h1>");
    public_page_text(out, heading);
    buf_printf(out, "</h1>\n<p class=\"lead\">%s</p>\n<p class=\"as-of\">%s: ", public_text(T_LEAD, lang),
               public_text(T_AS_OF, lang));
    public_put_time(out, m->now, lang);
    buf_printf(out, ". <a href=\"%s\">%s</a></p>\n", self, public_text(T_RELOAD, lang));
}

static const struct {
    const char *file, *texts[2];
} statements[PUBLIC_STATEMENTS] = {
    [STATEMENT_IMPRINT] = {"impressum.html", {"Impressum", "Legal notice"}},
    [STATEMENT_PRIVACY] = {"datenschutz.html", {"Datenschutz", "Privacy"}},
    [STATEMENT_ACCESSIBILITY] = {"barrierefreiheit.html", {"Barrierefreiheit", "Accessibility"}},
    [STATEMENT_EASY_LANGUAGE] = {"leichte-sprache.html", {"Leichte Sprache", "Easy language (German)"}}};

const char *public_statement_file(enum public_statement which)
{
    return statements[which].file;
}

const char *public_statement_title(enum public_statement which, enum language lang)
{
    return statements[which].texts[lang == LANG_EN];
}

/* A statement that the operator has not given has no link. */
static void put_statements(struct buf *out, const struct public_model *m, enum language lang)
{
    bool has_any = false;

    for (int i = 0; i < PUBLIC_STATEMENTS; i++) {
        const struct public_slot *s = &m->statements[i];
        if (!s->address && !s->text)
            continue;
        if (!has_any)
            buf_printf(out, "<nav aria-label=\"%s\"><ul>", public_text(T_STATEMENTS, lang));
        has_any = true;
        buf_str(out, "<li><a href=\"");
        public_page_text(out, s->address ? s->address : statements[i].file);
        buf_printf(out, "\"%s>%s</a></li>", lang == LANG_DE ? "" : " hreflang=\"de\"",
                   statements[i].texts[lang == LANG_EN]);
    }
    if (has_any)
        buf_str(out, "</ul></nav>");
}

void public_put_foot(struct buf *out, const struct public_model *m, enum language lang)
{
    buf_printf(out, "</main>\n<footer class=\"bottom\"><p>%s</p><p><a href=\"%s\">%s</a>, ",
               public_text(T_LOAD_NOTE, lang), lang == LANG_DE ? "daten.html" : "data.html",
               public_text(T_OPEN_DATA, lang));
    buf_str(out, "<a href=\"feed.atom\">Atom</a>");
    if (m->has_form)
        buf_printf(out, ", <a href=\"report?lang=%s\">%s</a>", public_lang_code(lang),
                   public_text(T_REPORT, lang));
    buf_str(out, "</p>");
    put_statements(out, m, lang);
    buf_str(out, "</footer>\n</body>\n</html>\n");
}

void public_put_counts(struct buf *out, const size_t counts[5], enum language lang)
{
    static const enum state order[] = {STATE_USABLE, STATE_DEGRADED, STATE_UNUSABLE, STATE_MAINTENANCE,
                                       STATE_UNKNOWN};

    buf_str(out, "<ul class=\"tiles\">");
    for (size_t i = 0; i < 5; i++) {
        buf_printf(out, "<li class=\"is-%s\"><strong>%zu</strong> ", state_code(order[i]), counts[order[i]]);
        public_put_state(out, order[i], lang);
        buf_str(out, "</li>");
    }
    buf_str(out, "</ul>\n");
}

/* A box that may be wider than a telephone: it scrolls by itself, also by keyboard. */
void public_panel_begin(struct buf *out, enum public_text heading, enum language lang)
{
    buf_printf(out, "<section class=\"panel\" tabindex=\"0\" aria-label=\"%s\"><h2>%s</h2>\n",
               public_text(heading, lang), public_text(heading, lang));
}

void public_panel_end(struct buf *out)
{
    buf_str(out, "</section>\n");
}

void public_put_columns(struct buf *out, const enum public_text *columns, size_t count, enum language lang)
{
    buf_str(out, "<table><thead><tr>");
    for (size_t i = 0; i < count; i++)
        buf_printf(out, "<th scope=\"col\">%s</th>", public_text(columns[i], lang));
    buf_str(out, "</tr></thead><tbody>\n");
}
