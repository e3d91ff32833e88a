/* SPDX-License-Identifier: GPL-3.0-or-later */
/* council_pages.c - the words of the council report. Pure apart from the document that it fills. */
#include "coverage/council_pages.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/timex.h"

#define HOURS_OF(t) ((double)(t) / (double)HOURS)

enum { NUMBER_SIZE = 32 };

struct pages {
    const struct council *council;
    const struct council_paper *paper;
    struct document *d;
    const struct council_place **places; /* the districts, then the city */
    char **strings;                      /* what say() made */
    size_t string_count;
    enum err error;
    char month[32]; /* "Oktober 2026" */
};

/* ---- words ---- */

void council_month_name(const char name[8], char out[32])
{
    static const char *const names[] = {"Januar", "Februar", "März",      "April",   "Mai",      "Juni",
                                        "Juli",   "August",  "September", "Oktober", "November", "Dezember"};
    const int month = (name[5] - '0') * 10 + name[6] - '0';

    snprintf(out, 32, "%s %.4s", names[month >= 1 && month <= 12 ? month - 1 : 0], name);
}

void council_number(double value, int decimals, char out[32])
{
    char plain[NUMBER_SIZE];
    size_t digits, at = 0;

    snprintf(plain, sizeof plain, "%.*f", decimals, fabs(value));
    if (!isfinite(value) || fabs(value) >= 1e12) {
        snprintf(out, NUMBER_SIZE, "–");
        return;
    }
    if (value < 0 && strspn(plain, "0.") != strlen(plain))
        at = (size_t)snprintf(out, NUMBER_SIZE, "−");
    digits = strcspn(plain, ".");
    for (size_t i = 0; plain[i]; i++) {
        if (i && i < digits && (digits - i) % 3 == 0)
            out[at++] = '.';
        out[at++] = plain[i] == '.' ? ',' : plain[i];
    }
    out[at] = '\0';
}

/* Lives as long as the pages. */
static const char *say(struct pages *p, const char *fmt, ...) NW_PRINTF(2, 3);
static const char *say(struct pages *p, const char *fmt, ...)
{
    char **grown = realloc(p->strings, (p->string_count + 1) * sizeof *grown);
    struct buf text = BUF_INIT;
    va_list args;
    char *made;

    if (grown)
        p->strings = grown;
    va_start(args, fmt);
    buf_vprintf(&text, fmt, args);
    va_end(args);
    buf_u8(&text, '\0');
    made = buf_take(&text);
    if (!grown || !made) {
        free(made);
        p->error = ERR_NOMEM;
        return "";
    }
    return p->strings[p->string_count++] = made;
}

static const char *number(struct pages *p, double value, int decimals)
{
    char text[NUMBER_SIZE];

    council_number(value, decimals, text);
    return say(p, "%s", text);
}

static const char *percent(struct pages *p, double share, int decimals)
{
    return isnan(share) ? "–" : say(p, "%s %%", number(p, share * 100, decimals));
}

/* "+0,3", in percentage points. */
static const char *difference(struct pages *p, double now, double before)
{
    const double points = (now - before) * 100;

    return isnan(points) ? "–" : say(p, "%s%s", points >= 0.05 ? "+" : "", number(p, points, 1));
}

/* "2,5 Std." or "34 Min." */
static const char *length(struct pages *p, ns_t t)
{
    return t >= HOURS ? say(p, "%s Std.", number(p, HOURS_OF(t), 1))
                      : say(p, "%s Min.", number(p, HOURS_OF(t) * 60, 0));
}

static const char *mean(struct pages *p, const struct council_outages *o)
{
    return o->count ? length(p, o->total / (ns_t)o->count) : "–";
}

/* "0,3 Prozentpunkte mehr als im Vormonat" */
static const char *compared(struct pages *p, double now, double before, const char *with)
{
    const double points = (now - before) * 100;

    if (isnan(points))
        return say(p, "mit dem %s nicht zu vergleichen, denn da wurde nicht gemessen", with);
    if (fabs(points) < 0.005)
        return say(p, "so viel wie im %s", with);
    return say(p, "%s Prozentpunkte %s als im %s", number(p, fabs(points), 2),
               points > 0 ? "mehr" : "weniger", with);
}

/* "01.11.2026" */
static const char *day(struct pages *p, ns_t t)
{
    char date[11], ignored[6];

    availability_local(t, date, ignored);
    return say(p, "%.2s.%.2s.%.4s", date + 8, date + 5, date);
}

static double share_of(const struct council_place *place, int month)
{
    return availability_share(&place->months[month]);
}

/* ---- sections ---- */

static void put_summary(struct pages *p)
{
    const struct council *c = p->council;
    const struct council_place *city = &c->city;
    const struct document_key keys[] = {
        {"Hotspots verfügbar", percent(p, share_of(city, COUNCIL_THIS), 2),
         say(p, "Vormonat %s\nVorjahresmonat %s", percent(p, share_of(city, COUNCIL_BEFORE), 2),
             percent(p, share_of(city, COUNCIL_YEAR_AGO), 2))},
        {"Standorte versorgt", percent(p, availability_share(&c->served), 2),
         say(p, "der Zeit, an %zu Standorten", c->sites)},
        {"Ausfälle", number(p, (double)city->outages.count, 0),
         say(p, "im Mittel %s", mean(p, &city->outages))},
        {"Fläche versorgt", percent(p, city->delivered, 1),
         say(p, "geplant %s", percent(p, city->planned, 1))}};

    document_heading(p->d, 1, "Öffentliches WLAN: Bericht an den Rat");
    document_paragraph(
        p->d, DOCUMENT_LEAD,
        c->until < c->months[COUNCIL_THIS].to
            ? say(p, "%s · %s, vorläufig: bis %s", p->paper->publisher, p->month, day(p, c->until))
            : say(p, "%s · %s", p->paper->publisher, p->month));
    document_keys(p->d, keys, ARRAY_LEN(keys));
    document_paragraph(
        p->d, DOCUMENT_BODY,
        say(p,
            "Im %s waren die %zu Hotspots der Stadt %s der Zeit nutzbar: %s, %s. Ein Standort gilt als "
            "versorgt, solange mindestens einer seiner Hotspots arbeitet. "
            "%s der Zeit wurde gemessen; was nicht gemessen wurde, zählt nie als verfügbar, und angekündigte "
            "Wartung zählt "
            "nicht als Ausfall.",
            p->month, city->hotspots, percent(p, share_of(city, COUNCIL_THIS), 2),
            compared(p, share_of(city, COUNCIL_THIS), share_of(city, COUNCIL_BEFORE), "Vormonat"),
            compared(p, share_of(city, COUNCIL_THIS), share_of(city, COUNCIL_YEAR_AGO), "Vorjahresmonat"),
            percent(p, availability_completeness(&city->months[COUNCIL_THIS]), 1)));
}

/* What the bars show, for those who do not see them. */
static const char *describe_months(struct pages *p)
{
    const struct council *c = p->council;
    const char *text = "Balken: Stunden Ausfall je Hotspot in 30 Tagen.";
    char name[32];

    for (int i = 0; i < COUNCIL_MONTHS; i++) {
        const double hours = council_hours_down(c, i);
        council_month_name(c->months[i].name, name);
        text = isnan(hours) ? say(p, "%s %s: keine Daten.", text, name)
                            : say(p, "%s %s: %s.", text, name, number(p, hours, 1));
    }
    return text;
}

typedef void place_row_fn(struct pages *p, const struct council_place *place, const char **row);

/* The first count of the places, a row each; fill writes what stands behind their names. */
static void put_places(struct pages *p, const char *caption, const struct document_column *columns,
                       size_t column_count, size_t count, place_row_fn *fill)
{
    const char **cells = calloc(count * column_count + 1, sizeof *cells);
    const struct document_table table = {caption, columns, column_count, cells, count};

    for (size_t i = 0; cells && i < count; i++) {
        cells[i * column_count] = *p->places[i]->name ? p->places[i]->name : "Stadt";
        fill(p, p->places[i], cells + i * column_count + 1);
    }
    if (!cells)
        p->error = ERR_NOMEM;
    else if (count)
        document_table(p->d, &table);
    free(cells);
}

static void fill_availability(struct pages *p, const struct council_place *place, const char **row)
{
    row[0] = number(p, (double)place->hotspots, 0);
    row[1] = percent(p, share_of(place, COUNCIL_THIS), 2);
    row[2] = percent(p, share_of(place, COUNCIL_BEFORE), 2);
    row[3] = percent(p, share_of(place, COUNCIL_YEAR_AGO), 2);
    row[4] = number(p, (double)place->outages.count, 0);
    row[5] = place->outages.count ? length(p, place->outages.longest) : "–";
}

static void put_availability(struct pages *p)
{
    static const struct document_column columns[] = {
        {"Stadtteil", 0.24, false},      {"Hotspots", 0.11, true},       {"Verfügbar", 0.13, true},
        {"Vormonat", 0.13, true},        {"Vorjahresmonat", 0.15, true}, {"Ausfälle", 0.1, true},
        {"Längster Ausfall", 0.14, true}};
    const struct council *c = p->council;
    const struct document_picture bars = {150, describe_months(p), council_draw_months, (void *)c};

    document_heading(p->d, 2, "Wie zuverlässig war das WLAN?");
    document_paragraph(p->d, DOCUMENT_BODY,
                       "So viele Stunden in 30 Tagen war ein Hotspot im Mittel ausgefallen, im Berichtsmonat "
                       "und in den zwölf Monaten davor "
                       "(–: nicht gemessen):");
    document_picture(p->d, &bars);
    put_places(p, "Verfügbarkeit nach Stadtteilen", columns, ARRAY_LEN(columns), c->district_count + 1,
               fill_availability);
}

static void put_causes(struct pages *p)
{
    static const struct document_column columns[] = {
        {"Ursache", 0.36, false},           {"Ausfälle", 0.12, true},  {"Stunden", 0.12, true},
        {"Anteil der Stunden", 0.14, true}, {"im Mittel", 0.13, true}, {"längster", 0.13, true}};
    const struct council *c = p->council;
    const char *cells[COUNCIL_CAUSES * ARRAY_LEN(columns)];
    struct document_table table = {"Ausfälle von Hotspots nach ihrer Ursache", columns, ARRAY_LEN(columns),
                                   cells, 0};

    for (size_t i = 0; i < COUNCIL_CAUSES; i++) {
        const struct council_outages *o = &c->causes[i];
        const char **row = cells + table.row_count * ARRAY_LEN(columns);
        if (!o->count)
            continue;
        row[0] = council_cause_names[i];
        row[1] = number(p, (double)o->count, 0);
        row[2] = number(p, HOURS_OF(o->total), 0);
        row[3] = percent(p, (double)o->total / (double)c->city.outages.total, 0);
        row[4] = mean(p, o);
        row[5] = length(p, o->longest);
        table.row_count++;
    }
    document_heading(p->d, 2, "Was ist ausgefallen, und warum?");
    if (!table.row_count)
        document_paragraph(p->d, DOCUMENT_BODY, "In diesem Monat ist kein Hotspot ausgefallen.");
    else
        document_table(p->d, &table);
    if (c->incidents)
        document_paragraph(p->d, DOCUMENT_BODY,
                           say(p,
                               "Die Überwachung hat %s Störungen erkannt. Sie kosteten zusammen etwa %s "
                               "Nutzerminuten: Menschen, die "
                               "um diese Zeit sonst verbunden sind, mal Dauer.",
                               number(p, (double)c->incidents, 0), number(p, c->user_minutes, 0)));
}

static void put_sites(struct pages *p)
{
    static const struct document_column columns[] = {{"Standort", 0.52, false},
                                                     {"Ausfälle", 0.14, true},
                                                     {"zusammen", 0.17, true},
                                                     {"längster", 0.17, true}};
    const struct council *c = p->council;
    const char *cells[COUNCIL_WORST * ARRAY_LEN(columns)];
    const struct document_table table = {"Standorte mit der längsten Ausfallzeit", columns,
                                         ARRAY_LEN(columns), cells, c->worst_count};

    for (size_t i = 0; i < c->worst_count; i++) {
        const struct council_site *s = &c->worst[i];
        const char **row = cells + i * ARRAY_LEN(columns);
        row[0] = s->site->name ? s->site->name : s->site->id;
        row[1] = number(p, (double)s->outages.count, 0);
        row[2] = length(p, s->outages.total);
        row[3] = length(p, s->outages.longest);
    }
    if (c->worst_count)
        document_table(p->d, &table);
}

static const char *describe_map(struct pages *p)
{
    const struct council *c = p->council;
    const char *text = "Karte der Stadt in Zellen von 100 m, je dunkler, desto mehr der Fläche war versorgt.";

    for (size_t i = 0; i < c->district_count; i++)
        text = say(p, "%s %s: %s.", text, c->districts[i].name, percent(p, c->districts[i].delivered, 1));
    return text;
}

static void fill_coverage(struct pages *p, const struct council_place *place, const char **row)
{
    row[0] = number(p, (double)place->cells, 0);
    row[1] = percent(p, place->planned, 1);
    row[2] = percent(p, place->delivered, 1);
    row[3] = percent(p, place->delivered_before, 1);
    row[4] = difference(p, place->delivered, place->delivered_before);
}

static void put_coverage(struct pages *p)
{
    static const struct document_column columns[] = {{"Stadtteil", 0.3, false}, {"Fläche (ha)", 0.14, true},
                                                     {"geplant", 0.14, true},   {"wirklich", 0.14, true},
                                                     {"Vormonat", 0.14, true},  {"Veränderung", 0.14, true}};
    const struct council *c = p->council;
    const struct document_picture map = {300, describe_map(p), council_draw_map, (void *)c};

    document_heading(p->d, 2, "Wie viel der Stadt ist versorgt?");
    document_paragraph(
        p->d, DOCUMENT_BODY,
        say(p,
            "Geplant ist, wie weit die Hotspots nach ihrem Funkmodell reichen; wirklich ist dasselbe, "
            "malgenommen mit der Zeit, in der "
            "sie arbeiteten. Versorgt heißt: ein Telefon empfängt im Freien mindestens %s dBm.",
            number(p, p->paper->threshold_dbm, 0)));
    if (c->coverage && c->coverage->grid.columns)
        document_picture(p->d, &map);
    put_places(p, "Versorgte Fläche im Freien nach Stadtteilen (Veränderung in Prozentpunkten)", columns,
               ARRAY_LEN(columns), c->district_count + 1, fill_coverage);
}

/* By inhabitants where they are known, else by area. */
static double gap_of(const struct council_place *place)
{
    const double people = council_unreached(place);

    return isnan(people) ? council_uncovered(place) : people;
}

static int by_gap(const void *a, const void *b)
{
    const double x = gap_of(*(const struct council_place *const *)a),
                 y = gap_of(*(const struct council_place *const *)b);

    return (x < y) - (x > y);
}

static void put_gap_words(struct pages *p)
{
    const struct council_place *city = &p->council->city;
    const char *area =
        say(p, "Von %s ha der Stadt waren %s ha nicht versorgt; dazu gehören Wald, Felder und Gewerbe.",
            number(p, (double)city->cells, 0), number(p, council_uncovered(city), 0));

    document_paragraph(p->d, DOCUMENT_BODY,
                       isnan(city->inhabitants)
                           ? say(p,
                                 "%s Wie viele Menschen dort wohnen, ist nicht bekannt: die Einwohnerzahlen "
                                 "des Zensus sind nicht "
                                 "eingelesen.",
                                 area)
                           : say(p,
                                 "%s Im Freien vor ihrer Tür versorgt waren %s von %s Einwohnerinnen und "
                                 "Einwohnern (%s), nicht "
                                 "versorgt %s. Ihre Zahlen sind die des Zensus je 100-m-Zelle.",
                                 area, number(p, city->inhabitants * city->reached, 0),
                                 number(p, city->inhabitants, 0), percent(p, city->reached, 1),
                                 number(p, council_unreached(city), 0)));
}

static void fill_gap(struct pages *p, const struct council_place *place, const char **row)
{
    row[0] = number(p, council_uncovered(place), 0);
    row[1] = percent(p, council_uncovered(place) / (double)place->cells, 0);
    row[2] = number(p, council_unreached(place), 0);
    row[3] = percent(p, 1 - place->reached, 0);
    row[4] = number(p, (double)place->hotspots / ((double)place->cells / 100), 1);
}

static void put_gaps(struct pages *p)
{
    static const struct document_column columns[] = {
        {"Stadtteil", 0.28, false},           {"Fläche unversorgt (ha)", 0.16, true},
        {"Anteil der Fläche", 0.14, true},    {"Einwohner unversorgt", 0.15, true},
        {"Anteil der Einwohner", 0.14, true}, {"Hotspots je km²", 0.13, true}};

    document_heading(p->d, 2, "Was fehlt zur Flächendeckung?");
    put_gap_words(p);
    qsort(p->places, p->council->district_count, sizeof(*p->places),
          by_gap); /* nobody needs the other order any more */
    put_places(p, "Wo die größten Lücken sind", columns, ARRAY_LEN(columns), p->council->district_count,
               fill_gap);
}

static void put_origin(struct pages *p)
{
    static const struct document_column columns[] = {{"Angabe", 0.28, false}, {"Wert", 0.72, false}};
    const char *cells[12];
    const struct document_table table = {"Herkunft der Zahlen", columns, ARRAY_LEN(columns), cells,
                                         ARRAY_LEN(cells) / 2};

    cells[0] = "Zeitraum";
    cells[1] = say(p, "%s bis %s, Europe/Berlin", day(p, p->council->months[COUNCIL_THIS].from),
                   day(p, p->council->until - 1));
    cells[2] = "Gemessene Zeit";
    cells[3] = percent(p, availability_completeness(&p->council->city.months[COUNCIL_THIS]), 2);
    cells[4] = "Funkmodell";
    cells[5] = say(p, "ITU-R P.1411 im Freien, Schwelle %s dBm, Zellen von 100 m nach EPSG:3035",
                   number(p, p->paper->threshold_dbm, 0));
    cells[6] = "Bestand";
    cells[7] = p->paper->inventory;
    cells[8] = "Programm";
    cells[9] = say(p, "netzwacht %s", p->paper->version);
    cells[10] = "SHA-256 der Zahlen";
    cells[11] = p->paper->figures;
    document_heading(p->d, 2, "Woher stammen die Zahlen?");
    document_paragraph(p->d, DOCUMENT_BODY,
                       "Verfügbarkeit ist die Zeit, in der Hotspots nutzbar waren, geteilt durch die Zeit, "
                       "in der sie es waren oder nicht "
                       "waren. Zeit ohne Messung und Wartung stehen daneben. Ein Ausfall dauert, bis der "
                       "Hotspot wieder nutzbar ist; seine "
                       "Ursache ist die, mit der er begann. Alle Zahlen dieses Berichts stehen in der "
                       "CSV-Datei, deren Prüfsumme unten "
                       "steht.");
    document_table(p->d, &table);
    document_heading(p->d, 3, "Was dieser Bericht nicht sagt");
    document_paragraph(p->d, DOCUMENT_BODY,
                       "Nutzung (Sitzungen, Datenmenge), Kosten, Energie und die Auslastung der Glasfaser "
                       "sind nicht enthalten, ebenso "
                       "wenig die Versorgung in Gebäuden.");
}

static enum err write_pages(struct pages *p, struct buf *out)
{
    const char *title = say(p, "Öffentliches WLAN: Bericht an den Rat, %s", p->month);
    char created[TIMEX_RFC3339_SIZE];
    const struct document_about about = {.title = title,
                                         .author = p->paper->publisher,
                                         .subject = "Verfügbarkeit, Ausfälle und Versorgung",
                                         .language = "de",
                                         .created = created,
                                         .footer = say(p, "%s · %s", p->paper->publisher, title),
                                         .page = "Seite"};
    enum err e;

    timex_rfc3339(p->paper->created, created);
    e = document_new(&about, &p->d);
    if (e)
        return e;
    put_summary(p);
    put_availability(p);
    put_causes(p);
    put_sites(p);
    put_coverage(p);
    put_gaps(p);
    put_origin(p);
    e = document_finish(p->d, out);
    return p->error ? p->error : e;
}

enum err council_pdf(const struct council *c, const struct council_paper *paper, struct buf *out)
{
    struct pages p = {.council = c, .paper = paper};
    enum err e;

    council_month_name(c->months[COUNCIL_THIS].name, p.month);
    p.places = calloc(c->district_count + 1, sizeof(*p.places));
    for (size_t i = 0; p.places && i <= c->district_count; i++)
        p.places[i] = i < c->district_count ? &c->districts[i] : &c->city;
    e = p.places ? write_pages(&p, out) : ERR_NOMEM;
    free(p.places);
    for (size_t i = 0; i < p.string_count; i++)
        free(p.strings[i]);
    free(p.strings);
    return e;
}
