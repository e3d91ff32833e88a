/* SPDX-License-Identifier: GPL-3.0-or-later */
/* public_info.c - pages of words: what data there is, how to embed the page, the statements that the law
 * wants. Pure. */
#include <string.h>

#include "dashboards/public_page.h"
#include "dashboards/public_parts.h"

/* ---- data and embedding ---- */

static const struct {
    const char *file, *texts[2];
} data_files[] = {
    {"hotspots.json",
     {"Hotspots mit Ort, Zustand, Grund und Auslastung", "Hotspots with place, state, reason and load"}},
    {"hotspots.csv", {"dasselbe als Tabelle (CSV, UTF-8)", "the same as a table (CSV, UTF-8)"}},
    {"hotspots.geojson", {"dasselbe für Karten (GeoJSON, WGS 84)", "the same for maps (GeoJSON, WGS 84)"}},
    {"availability.json",
     {"Verfügbarkeit je Stadtteil und Tag, 90 Tage", "Availability by district and day, 90 days"}},
    {"availability.csv", {"dasselbe als Tabelle", "the same as a table"}},
    {"incidents.json",
     {"Störungen, offene und die der letzten 7 Tage", "Faults: open ones and those of the last 7 days"}},
    {"maintenance.json",
     {"Angekündigte Wartung der nächsten 14 Tage", "Announced maintenance of the next 14 days"}},
    {"feed.atom", {"Störungen zum Abonnieren (Atom)", "Faults to subscribe to (Atom)"}}};

static const char *in(enum language lang, const char *de, const char *en)
{
    return lang == LANG_DE ? de : en;
}

static void begin_panel(struct buf *out, const char *heading)
{
    buf_printf(out, "<section class=\"panel\" tabindex=\"0\" aria-label=\"%s\"><h2>%s</h2>\n", heading,
               heading);
}

static void put_licence(struct buf *out, const struct public_model *m, enum language lang)
{
    const char *name = m->licence.name ? m->licence.name : m->licence.address;

    buf_printf(out, "<p>%s: ", in(lang, "Lizenz", "Licence"));
    if (m->licence.address) {
        buf_str(out, "<a href=\"");
        public_page_text(out, m->licence.address);
        buf_str(out, "\">");
    }
    public_page_text(out, name ? name
                               : in(lang, "nicht angegeben; bitte beim Betreiber erfragen",
                                    "not stated; please ask the operator"));
    buf_str(out, m->licence.address ? "</a>" : "");
    if (m->licence.attribution) {
        buf_printf(out, ". %s: ", in(lang, "Quellenvermerk", "Attribution"));
        public_page_text(out, m->licence.attribution);
    }
    buf_str(out, "</p>\n");
}

static void put_files(struct buf *out, const struct public_model *m, enum language lang)
{
    begin_panel(out, in(lang, "Dateien", "Files"));
    buf_str(out, "<ul>");
    for (size_t i = 0; i < ARRAY_LEN(data_files); i++)
        buf_printf(out, "<li><a href=\"%s\">%s</a>: %s</li>\n", data_files[i].file, data_files[i].file,
                   data_files[i].texts[lang == LANG_EN]);
    buf_str(out, "</ul>\n");
    put_licence(out, m, lang);
    buf_printf(out, "<p class=\"muted\">%s</p>\n",
               in(lang,
                  "Alle Dateien werden alle paar Sekunden neu geschrieben; updated nennt den Stand. Ein "
                  "leerer Wert heißt unbekannt, nie null. "
                  "availability ist der Anteil der gemessenen Zeit ohne Wartung, in der die Hotspots nutzbar "
                  "waren, completeness der "
                  "Anteil der Zeit, die gemessen wurde.",
                  "All files are written anew every few seconds; updated tells when. An empty value is "
                  "unknown, never zero. "
                  "availability is the share of the measured time without maintenance in which the hotspots "
                  "were usable, "
                  "completeness the share of the time that was measured."));
    public_panel_end(out);
}

static void put_snippet(struct buf *out, const struct public_model *m, enum language lang)
{
    struct buf snippet = BUF_INIT;

    buf_printf(&snippet,
               "<iframe src=\"%s%s\" title=\"%s\" width=\"320\" height=\"420\" loading=\"lazy\"></iframe>",
               m->url ? m->url : in(lang, "ADRESSE-DIESER-SEITE/", "ADDRESS-OF-THIS-PAGE/"),
               in(lang, "embed.html", "embed-en.html"),
               in(lang, "Zustand des freien WLANs", "State of the free Wi-Fi"));
    begin_panel(out, in(lang, "In andere Seiten einbetten", "Embed into other pages"));
    buf_printf(out, "<p>%s</p>\n<pre><code>",
               in(lang,
                  "Diese Zeile zeigt auf jeder Webseite, wie viele Hotspots nutzbar sind. Sie setzt keine "
                  "Cookies und lädt nichts von Dritten.",
                  "This line shows on any web page how many hotspots work. It sets no cookies and loads "
                  "nothing from others."));
    public_page_text(out, snippet.data ? snippet.data : "");
    buf_printf(out, "</code></pre>\n<p><a href=\"%s\">%s</a></p>\n", in(lang, "embed.html", "embed-en.html"),
               in(lang, "Vorschau", "Preview"));
    public_panel_end(out);
    buf_fini(&snippet);
}

void public_page_data(struct buf *out, const struct public_model *m, enum language lang)
{
    struct buf heading = BUF_INIT;

    buf_printf(&heading, "%s: %s", m->title, public_text(T_OPEN_DATA, lang));
    public_put_head(out, m, heading.data ? heading.data : "", in(lang, "daten.html", "data.html"),
                    in(lang, "data.html", "daten.html"), lang);
    buf_printf(out, "<p><a href=\"%s\">%s</a></p>\n", public_index_name(lang), public_text(T_BACK, lang));
    put_files(out, m, lang);
    put_snippet(out, m, lang);
    public_put_foot(out, m, lang);
    buf_fini(&heading);
}

/* ---- statements ---- */

/* One block of lines up to an empty one; returns where the next begins. */
static const char *put_block(struct buf *out, const char *text)
{
    bool is_heading = text[0] == '#' && text[1] == ' ', is_first = true;

    buf_str(out, is_heading ? "<h2>" : "<p>");
    text += is_heading ? 2 : 0;
    while (*text && *text != '\n') {
        size_t len = strcspn(text, "\r\n");
        struct buf line = BUF_INIT;
        buf_put(&line, text, len);
        if (!is_first)
            buf_str(out, "<br>\n");
        public_page_text(out, line.data ? line.data : "");
        buf_fini(&line);
        is_first = false;
        text += len;
        text += *text == '\r';
        text += *text == '\n';
        if (is_heading)
            break;
        text += *text == '\r' && text[1] == '\n';
    }
    buf_str(out, is_heading ? "</h2>\n" : "</p>\n");
    return text;
}

void public_page_statement(struct buf *out, const struct public_model *m, enum public_statement which)
{
    const char *text = m->statements[which].text;
    const char *title = public_statement_title(which, LANG_DE);

    public_put_start(out, title, LANG_DE);
    buf_str(out, "<header class=\"top\"><a class=\"brand\" href=\"index.html\">");
    public_page_text(out, m->title);
    buf_printf(out, "</a></header>\n<main id=\"content\" tabindex=\"-1\"><h1>%s</h1>\n", title);
    while (text && *text) {
        if (*text == '\n' || *text == '\r')
            text++;
        else
            text = put_block(out, text);
    }
    public_put_foot(out, m, LANG_DE);
}
