/* SPDX-License-Identifier: GPL-3.0-or-later */
/* public_bars.c - the last days as bars, as a sentence and as a table: what was usable, what was not, and how
 * much of it was measured at all. Pure. */
#include <math.h>

#include "dashboards/public_page.h"
#include "dashboards/public_parts.h"

enum { BAR_STEP = 3, BAR_WIDTH = 2, BAR_HEIGHT = 30 };

#define FAULT_SEEN   0.001 /* of the measured time; less is not drawn */
#define FAULT_HEIGHT 4.0   /* at least: 1 % of 30 units is not seen */

static double measured_share(const struct availability *a)
{
    ns_t known = a->up + a->down, all = known + a->unknown + a->maintenance;

    return all > 0 ? (double)known / (double)all : 0;
}

/* Heights of the usable part and of the faulty one above it; the rest of BAR_HEIGHT was not measured. */
static void split_bar(const struct availability *a, double *up, double *down)
{
    double whole = measured_share(a) * BAR_HEIGHT, share = availability_share(a);

    *up = isnan(share) ? 0 : whole * share;
    *down = isnan(share) ? 0 : whole - *up;
    if (!isnan(share) && 1 - share >= FAULT_SEEN && *down < FAULT_HEIGHT) {
        *down = fmin(FAULT_HEIGHT, whole);
        *up = whole - *down;
    }
}

static void put_part(struct buf *out, const struct public_day *days, bool is_up)
{
    buf_printf(out, "<path class=\"%s\" d=\"", is_up ? "up" : "down");
    for (int i = 0; i < PUBLIC_DAYS; i++) {
        double up, down;
        split_bar(&days[i].a, &up, &down);
        double height = is_up ? up : down;
        if (height > 0)
            buf_printf(out, "M%d %.1fv%.1fh%dv-%.1f", i * BAR_STEP, BAR_HEIGHT - up - (is_up ? 0 : down),
                       height, BAR_WIDTH, height);
    }
    buf_str(out, "\"/>");
}

static void put_day(struct buf *out, const char *date, enum language lang)
{
    if (lang == LANG_DE)
        buf_printf(out, "%.2s.%.2s.%.4s", date + 8, date + 5, date);
    else
        buf_str(out, date);
}

static const struct public_day *worst_of(const struct public_day *days)
{
    const struct public_day *worst = NULL;

    for (int i = 0; i < PUBLIC_DAYS; i++) {
        double share = availability_share(&days[i].a);
        if (!isnan(share) && (!worst || share < availability_share(&worst->a)))
            worst = &days[i];
    }
    return worst;
}

static void put_words(struct buf *out, const struct public_day *days, enum language lang)
{
    const struct public_day *worst = worst_of(days);
    struct availability all = {0};

    for (int i = 0; i < PUBLIC_DAYS; i++)
        availability_sum(&all, &days[i].a);
    buf_printf(out, "%s: ", public_text(T_USABLE_SHARE, lang));
    public_put_share(out, availability_share(&all), 2, lang);
    buf_printf(out, ", %s: ", public_text(T_UNKNOWN_SHARE, lang));
    public_put_share(out, availability_completeness(&all), 0, lang);
    if (!worst || worst->a.down == 0)
        return;
    buf_printf(out, ", %s: ", public_text(T_WORST_DAY, lang));
    put_day(out, worst->date, lang);
    buf_str(out, " (");
    public_put_share(out, availability_share(&worst->a), 2, lang);
    buf_str(out, ")");
}

static void put_table(struct buf *out, const struct public_day *days, enum language lang)
{
    buf_printf(out, "<details><summary>%s</summary><table><thead><tr>", public_text(T_DAYS_TABLE, lang));
    buf_printf(out, "<th scope=\"col\">%s</th><th scope=\"col\" class=\"number\">%s</th>",
               public_text(T_DAY, lang), public_text(T_USABLE_SHARE, lang));
    buf_printf(out, "<th scope=\"col\" class=\"number\">%s</th></tr></thead><tbody>\n",
               public_text(T_MEASURED_SHARE, lang));
    for (int i = PUBLIC_DAYS - 1; i >= 0; i--) {
        buf_str(out, "<tr class=\"day\"><th scope=\"row\">");
        put_day(out, days[i].date, lang);
        buf_str(out, "</th><td class=\"number\">");
        public_put_share(out, availability_share(&days[i].a), 2, lang);
        buf_str(out, "</td><td class=\"number\">");
        public_put_share(out, availability_completeness(&days[i].a), 0, lang);
        buf_str(out, "</td></tr>\n");
    }
    buf_str(out, "</tbody></table></details>\n");
}

void public_put_days(struct buf *out, const struct public_day *days, bool with_table, enum language lang)
{
    buf_printf(
        out,
        "<div class=\"days\"><svg viewBox=\"0 0 %d %d\" preserveAspectRatio=\"none\" aria-hidden=\"true\">",
        PUBLIC_DAYS * BAR_STEP, BAR_HEIGHT);
    put_part(out, days, true);
    put_part(out, days, false);
    buf_str(out, "</svg><p class=\"muted\">");
    put_words(out, days, lang);
    buf_str(out, "</p></div>\n");
    if (with_table)
        put_table(out, days, lang);
}
