/* SPDX-License-Identifier: GPL-3.0-or-later */
/* public_lists.c - pages that list hotspots: of a district, of a letter. Pure. */
#include <stdlib.h>
#include <string.h>

#include "dashboards/public_page.h"
#include "dashboards/public_parts.h"
#include "lib/base/strx.h"

static const char *const load_texts[4][2] = {
    {"–", "–"}, {"gering", "low"}, {"mittel", "medium"}, {"hoch", "high"}};
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
    public_put_state(out, h->state, lang);
    if (h->state != STATE_USABLE && h->reason != REASON_NONE) {
        buf_str(out, "<br><span class=\"muted\">");
        public_page_text(out, reason_text(h->reason, lang));
        buf_str(out, "</span>");
    }
    buf_str(out, "</td><td>");
    public_put_time(out, h->since, lang);
    buf_printf(out, "</td><td>%s</td></tr>\n", load_texts[h->load][lang == LANG_EN]);
}

static void put_hotspots_begin(struct buf *out, enum language lang)
{
    static const enum public_text columns[] = {T_PLACE, T_STATE, T_SINCE, T_LOAD};

    public_panel_begin(out, T_HOTSPOTS, lang);
    public_put_columns(out, columns, ARRAY_LEN(columns), lang);
}

static void put_hotspots_end(struct buf *out)
{
    buf_str(out, "</tbody></table>\n");
    public_panel_end(out);
}

static void put_back(struct buf *out, enum language lang)
{
    buf_printf(out, "<p><a href=\"%s\">%s</a></p>\n", public_index_name(lang), public_text(T_BACK, lang));
}

/* ---- one district ---- */

void public_page_name(struct buf *out, const struct public_district *d, enum language lang)
{
    buf_printf(out, "%s-%s.html", lang == LANG_DE ? "bezirk" : "district", d->outline->id);
}

void public_page_district(struct buf *out, const struct public_model *m, size_t district, enum language lang)
{
    const struct public_district *d = &m->districts[district];
    struct buf self_name = BUF_INIT, other_name = BUF_INIT, heading = BUF_INIT;

    public_page_name(&self_name, d, lang);
    public_page_name(&other_name, d, public_other(lang));
    buf_printf(&heading, "%s: %s", m->title, d->outline->name);
    if (!buf_error(&self_name) && !buf_error(&other_name) && !buf_error(&heading))
        public_put_head(out, m, heading.data, self_name.data, other_name.data, lang);
    put_back(out, lang);
    public_put_counts(out, d->counts, lang);
    put_hotspots_begin(out, lang);
    for (size_t i = 0; i < m->hotspot_count; i++)
        if (m->hotspots[i].district == district)
            put_hotspot_row(out, &m->hotspots[i], lang);
    put_hotspots_end(out);
    if (d->days) {
        public_panel_begin(out, T_DAYS, lang);
        buf_printf(out, "<p class=\"muted\">%s</p>\n", public_text(T_DAYS_NOTE, lang));
        public_put_days(out, d->days, true, lang);
        public_panel_end(out);
    }
    public_put_foot(out, m, lang);
    buf_fini(&self_name);
    buf_fini(&other_name);
    buf_fini(&heading);
}

/* ---- one letter ---- */

/* The next letter as it is sorted: DIN 5007-1, umlauts as their vowels, sharp s as s; *p moves on. */
static unsigned sort_letter(const char **p)
{
    static const struct {
        const char *bytes;
        char letter;
    } folded[] = {{"Ä", 'a'}, {"ä", 'a'}, {"Ö", 'o'}, {"ö", 'o'}, {"Ü", 'u'}, {"ü", 'u'}, {"ß", 's'}};
    unsigned char c = (unsigned char)**p;

    for (size_t i = 0; c >= 0x80 && i < ARRAY_LEN(folded); i++) {
        if (strx_starts_with(*p, folded[i].bytes)) {
            *p += strlen(folded[i].bytes);
            return (unsigned char)folded[i].letter;
        }
    }
    *p += c != '\0';
    return c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c;
}

size_t public_letter_of(const char *name)
{
    unsigned letter = sort_letter(&name);

    return letter >= 'a' && letter <= 'z' ? letter - 'a' : PUBLIC_LETTERS - 1;
}

static int by_name(const void *a, const void *b)
{
    const struct public_hotspot *const *x = a, *const *y = b;
    const char *p = (*x)->name, *q = (*y)->name;
    unsigned left, right;

    do {
        left = sort_letter(&p);
        right = sort_letter(&q);
    } while (left == right && left != '\0');
    if (left != right)
        return left < right ? -1 : 1;
    return *x < *y ? -1 : 1;
}

void public_sort_by_name(const struct public_hotspot **list, size_t count)
{
    qsort(list, count, sizeof(struct public_hotspot *), by_name);
}

void public_page_letter_name(struct buf *out, size_t letter, enum language lang)
{
    buf_str(out, lang == LANG_DE ? "orte-" : "places-");
    if (letter < PUBLIC_LETTERS - 1)
        buf_printf(out, "%c.html", (char)('a' + (int)letter));
    else
        buf_str(out, lang == LANG_DE ? "andere.html" : "other.html");
}

static void put_letter(struct buf *out, size_t letter, enum language lang)
{
    if (letter < PUBLIC_LETTERS - 1)
        buf_printf(out, "%c", (char)('A' + (int)letter));
    else
        buf_str(out, public_text(T_OTHER_SIGNS, lang));
}

void public_put_letters(struct buf *out, const struct public_model *m, size_t open, enum language lang)
{
    bool has[PUBLIC_LETTERS] = {false};

    for (size_t i = 0; i < m->hotspot_count; i++)
        has[public_letter_of(m->hotspots[i].name)] = true;
    buf_printf(out, "<nav class=\"letters\" aria-label=\"%s\"><ul>", public_text(T_LETTERS, lang));
    for (size_t i = 0; i < PUBLIC_LETTERS; i++) {
        if (!has[i] && i != open)
            continue;
        buf_str(out, "<li><a href=\"");
        public_page_letter_name(out, i, lang);
        buf_printf(out, "\"%s>", i == open ? " aria-current=\"page\"" : "");
        put_letter(out, i, lang);
        buf_str(out, "</a></li>");
    }
    buf_str(out, "</ul></nav>\n");
}

void public_page_letter(struct buf *out, const struct public_model *m, size_t letter, enum language lang)
{
    struct buf self_name = BUF_INIT, other_name = BUF_INIT, heading = BUF_INIT;

    public_page_letter_name(&self_name, letter, lang);
    public_page_letter_name(&other_name, letter, public_other(lang));
    buf_printf(&heading, "%s: ", m->title);
    put_letter(&heading, letter, lang);
    if (!buf_error(&self_name) && !buf_error(&other_name) && !buf_error(&heading))
        public_put_head(out, m, heading.data, self_name.data, other_name.data, lang);
    put_back(out, lang);
    public_put_letters(out, m, letter, lang);
    put_hotspots_begin(out, lang);
    for (size_t i = 0; i < m->hotspot_count; i++)
        if (public_letter_of(m->by_name[i]->name) == letter)
            put_hotspot_row(out, m->by_name[i], lang);
    put_hotspots_end(out);
    public_put_foot(out, m, lang);
    buf_fini(&self_name);
    buf_fini(&other_name);
    buf_fini(&heading);
}
