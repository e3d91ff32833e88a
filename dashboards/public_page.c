/* SPDX-License-Identifier: GPL-3.0-or-later */
/* public_page.c - the overview: what works now, faults, maintenance, districts, map. Pure. */
#include "dashboards/public_page.h"

#include <math.h>

#include "dashboards/public_maintenance.h"
#include "dashboards/public_parts.h"

/* ---- incidents ---- */

static bool put_incident_rows(struct buf *out, const struct public_model *m, bool open, enum language lang)
{
    const enum public_text columns[] = {T_WHERE, T_REASON, T_AFFECTED, open ? T_SINCE : T_TO};
    bool has_any = false;

    for (size_t i = 0; i < m->incident_count; i++) {
        const struct public_incident *v = &m->incidents[i];
        if ((v->closed == 0) != open || v->affected == 0)
            continue;
        if (!has_any)
            public_put_columns(out, columns, ARRAY_LEN(columns), lang);
        has_any = true;
        buf_str(out, "<tr><td>");
        public_page_text(out, v->districts);
        buf_str(out, "</td><td>");
        public_page_text(out, reason_text(v->reason, lang));
        buf_printf(out, "</td><td>%zu</td><td>", v->affected);
        public_put_time(out, open ? v->opened : v->closed, lang);
        buf_str(out, "</td></tr>\n");
    }
    if (has_any)
        buf_str(out, "</tbody></table>\n");
    return has_any;
}

static void put_incidents(struct buf *out, const struct public_model *m, enum language lang)
{
    struct buf past = BUF_INIT;

    public_panel_begin(out, T_INCIDENTS, lang);
    if (!put_incident_rows(out, m, true, lang))
        buf_printf(out, "<p>%s</p>\n", public_text(T_NO_INCIDENTS, lang));
    if (put_incident_rows(&past, m, false, lang)) {
        buf_printf(out, "<h3>%s</h3>\n", public_text(T_PAST_INCIDENTS, lang));
        buf_put(out, past.data, past.len);
    }
    public_panel_end(out);
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
    public_put_share(out, share, 2, lang);
    if (!isnan(share)) {
        buf_str(out, " (");
        public_put_share(out, availability_completeness(&d->availability), 0, lang);
        buf_printf(out, " %s)", public_text(T_UNKNOWN_SHARE, lang));
    }
    buf_str(out, "</td></tr>\n");
}

static void put_districts(struct buf *out, const struct public_model *m, enum language lang)
{
    public_panel_begin(out, T_DISTRICTS, lang);
    buf_printf(out, "<table><thead><tr><th scope=\"col\">%s</th>", public_text(T_DISTRICT, lang));
    for (int s = STATE_USABLE; s <= STATE_UNUSABLE; s++)
        buf_printf(out, "<th scope=\"col\" class=\"number\">%s</th>", state_text((enum state)s, lang));
    buf_printf(out, "<th scope=\"col\" class=\"number\">%s / %s</th>", state_text(STATE_UNKNOWN, lang),
               state_text(STATE_MAINTENANCE, lang));
    buf_printf(out, "<th scope=\"col\" class=\"number\">%s</th></tr></thead><tbody>\n",
               public_text(T_AVAILABILITY, lang));
    for (size_t i = 0; i < m->district_count; i++)
        put_district_row(out, &m->districts[i], lang);
    buf_printf(out, "</tbody></table>\n<p class=\"muted\">%s</p>\n", public_text(T_AVAILABILITY_NOTE, lang));
    public_panel_end(out);
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

    public_panel_begin(out, T_MAP, lang);
    buf_str(out, "<p>");
    for (size_t i = 0; i < ARRAY_LEN(legend); i++)
        buf_printf(out, "%s<span aria-hidden=\"true\">%s</span> %s", i ? ", " : "", legend[i].mark,
                   state_text(legend[i].state, lang));
    buf_printf(
        out, "</p>\n<p><img src=\"map.svg\" width=\"800\" height=\"800\" loading=\"lazy\" alt=\"%s\"></p>\n",
        public_text(T_MAP_ALT, lang));
    public_panel_end(out);
}

/* The button is shown by nearest.js, which has nothing to say where there is no script. */
static void put_places(struct buf *out, const struct public_model *m, enum language lang)
{
    public_panel_begin(out, T_LETTERS, lang);
    public_put_letters(out, m, PUBLIC_LETTERS, lang);
    buf_printf(out, "<div id=\"nearest\" hidden><p><button type=\"button\">%s</button></p>",
               public_text(T_NEAREST, lang));
    buf_printf(out,
               "<p class=\"muted\">%s</p><p role=\"status\"></p></div>\n"
               "<script src=\"nearest.js\" defer></script>\n",
               public_text(T_NEAREST_NOTE, lang));
    public_panel_end(out);
}

static void put_days(struct buf *out, const struct public_model *m, enum language lang)
{
    if (!m->days)
        return;
    public_panel_begin(out, T_DAYS, lang);
    buf_printf(out, "<p class=\"muted\">%s</p>\n<h3>%s</h3>\n", public_text(T_DAYS_NOTE, lang),
               public_text(T_WHOLE_CITY, lang));
    public_put_days(out, m->days, false, lang);
    for (size_t i = 0; i < m->district_count; i++) {
        if (!m->districts[i].days)
            continue;
        buf_str(out, "<h3><a href=\"");
        public_page_name(out, &m->districts[i], lang);
        buf_str(out, "\">");
        public_page_text(out, m->districts[i].outline->name);
        buf_str(out, "</a></h3>\n");
        public_put_days(out, m->districts[i].days, false, lang);
    }
    public_panel_end(out);
}

static void count_states(const struct public_model *m, size_t counts[5])
{
    for (size_t i = 0; i < m->hotspot_count; i++)
        counts[m->hotspots[i].state <= STATE_MAINTENANCE ? m->hotspots[i].state : STATE_UNKNOWN]++;
}

void public_page_index(struct buf *out, const struct public_model *m, enum language lang)
{
    size_t counts[5] = {0};

    count_states(m, counts);
    public_put_head(out, m, m->title, public_index_name(lang), public_index_name(public_other(lang)), lang);
    public_put_counts(out, counts, lang);
    put_incidents(out, m, lang);
    if (m->maintenance)
        public_maintenance_html(out, m->maintenance, lang);
    put_districts(out, m, lang);
    put_places(out, m, lang);
    put_days(out, m, lang);
    put_map(out, lang);
    public_put_foot(out, m, lang);
}

static void put_escaped_sentence(struct buf *out, const struct public_incident *v, enum language lang)
{
    struct buf sentence = BUF_INIT;

    public_put_sentence(&sentence, v, lang);
    public_page_text(out, sentence.data ? sentence.data : "");
    buf_fini(&sentence);
}

/* Its links leave the frame: the page around it is not ours. */
void public_page_embed(struct buf *out, const struct public_model *m, enum language lang)
{
    size_t counts[5] = {0};
    bool has_any = false;

    count_states(m, counts);
    public_put_start(out, m->title, lang);
    buf_printf(out, "<main class=\"embed\"><h1><a href=\"%s\" target=\"_blank\" rel=\"noopener\">",
               public_index_name(lang));
    public_page_text(out, m->title);
    buf_str(out, "</a></h1>\n");
    if (m->is_simulated)
        buf_printf(out, "<p class=\"banner\">%s</p>\n", public_text(T_SIMULATED, lang));
    if (m->is_blind)
        buf_printf(out, "<p class=\"banner\"><strong>%s</strong></p>\n", public_text(T_BLIND, lang));
    public_put_counts(out, counts, lang);
    buf_str(out, "<ul class=\"events\">");
    for (size_t i = 0; i < m->incident_count; i++) {
        if (m->incidents[i].closed || m->incidents[i].affected == 0)
            continue;
        has_any = true;
        buf_str(out, "<li class=\"is-major\">");
        put_escaped_sentence(out, &m->incidents[i], lang);
        buf_str(out, "</li>");
    }
    if (!has_any)
        buf_printf(out, "<li>%s</li>", public_text(T_NO_INCIDENTS, lang));
    buf_printf(out, "</ul>\n<p class=\"as-of\">%s: ", public_text(T_AS_OF, lang));
    public_put_time(out, m->now, lang);
    buf_str(out, "</p></main>\n</body>\n</html>\n");
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
