/* SPDX-License-Identifier: GPL-3.0-or-later */
/* public_page.h - the citizens' page as text: HTML in two languages, JSON, Atom, a map as SVG. Pure.
 *
 * Complete without JavaScript. Says where the Wi-Fi works, never how many people use it (three load classes)
 * and never a name or address of the equipment. All texts from outside are escaped. */
#ifndef NW_DASHBOARDS_PUBLIC_PAGE_H
#define NW_DASHBOARDS_PUBLIC_PAGE_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/buf.h"
#include "lib/base/units.h"
#include "lib/model/inventory.h"
#include "lib/model/state.h"
#include "lib/stores/availability.h"

enum load_class { LOAD_UNKNOWN, LOAD_LOW, LOAD_MEDIUM, LOAD_HIGH };

/* low: under 5 devices, also none, so that nobody's presence can be seen; medium: under 20. */
enum load_class load_class(double clients);

enum { PUBLIC_DAYS = 90, PUBLIC_LETTERS = 27 };

/* A day in Europe/Berlin, or as much of it as has passed. */
struct public_day {
    char date[11]; /* "2026-11-22" */
    struct availability a;
};

struct public_hotspot {
    const char *id;
    const char *name, *site; /* site "" if not known */
    size_t district;         /* index; SIZE_MAX = none */
    struct geo_point at;
    enum state state;
    enum reason reason;
    ns_t since;
    enum load_class load;
};

struct public_district {
    const struct district *outline;
    size_t counts[5];                 /* by enum state */
    struct availability availability; /* of the last 30 days */
    struct public_day *days;          /* PUBLIC_DAYS, oldest first */
};

/* What the law wants a public body to say. */
enum public_statement {
    STATEMENT_IMPRINT,
    STATEMENT_PRIVACY,
    STATEMENT_ACCESSIBILITY, /* BITV 2.0, section 7 */
    STATEMENT_EASY_LANGUAGE, /* Leichte Sprache: BITV 2.0, section 4 */
    PUBLIC_STATEMENTS
};

/* Both NULL: not given. */
struct public_slot {
    const char *address; /* where it stands already */
    const char *text;    /* or its words: a page is made of them */
};

struct public_licence {
    const char *name, *address, *attribution; /* NULL: not given */
};

struct public_incident {
    const char *id;
    ns_t opened, closed, changed; /* closed 0 = open */
    enum reason reason;
    size_t affected;       /* published hotspots */
    const char *districts; /* "Garstedt, Mitte" */
};

struct public_maintenance_list; /* public_maintenance.h */

struct public_model {
    const char *title, *instance;
    bool is_simulated;
    const char *url; /* where citizens find the pages, with a slash at its end; NULL: not known */
    struct public_licence licence;
    struct public_slot statements[PUBLIC_STATEMENTS];
    bool is_blind; /* the monitor says nothing at the moment: every state is unknown */
    ns_t now;
    const struct public_hotspot *hotspots;
    size_t hotspot_count;
    const struct public_hotspot *const *by_name; /* the same, sorted by public_sort_by_name() */
    const struct public_district *districts;
    size_t district_count;
    const struct public_day *days;           /* PUBLIC_DAYS of the whole city */
    const struct public_incident *incidents; /* newest first: open ones and those of the last 7 days */
    size_t incident_count;
    const struct public_maintenance_list *maintenance; /* announced; NULL: none */
    bool has_form;                                     /* citizens may report: the pages lead there */
};

void public_page_index(struct buf *out, const struct public_model *m, enum language lang);
void public_page_district(struct buf *out, const struct public_model *m, size_t district, enum language lang);
/* The file name of a district's page: "bezirk-garstedt.html", "district-garstedt.html". */
void public_page_name(struct buf *out, const struct public_district *d, enum language lang);
/* Hotspots whose names begin with it: 0 is 'A', 25 'Z'; 26 what begins with no letter. Umlauts stand with
 * their vowels (DIN 5007, 1). */
void public_page_letter(struct buf *out, const struct public_model *m, size_t letter, enum language lang);
void public_page_letter_name(struct buf *out, size_t letter,
                             enum language lang); /* "orte-a.html", "places-other.html" */
size_t public_letter_of(const char *name);
void public_sort_by_name(const struct public_hotspot **list, size_t count);
/* A few lines to be shown in a frame on other sites. */
void public_page_embed(struct buf *out, const struct public_model *m, enum language lang);
/* What data there is, under which licence, and how to embed the page above. */
void public_page_data(struct buf *out, const struct public_model *m, enum language lang);
/* The page of a statement that is given as text: paragraphs between empty lines, "# " in front of headings.
 */
void public_page_statement(struct buf *out, const struct public_model *m, enum public_statement which);
const char *public_statement_file(enum public_statement which);
const char *public_statement_title(enum public_statement which, enum language lang);
void public_page_hotspots_csv(struct buf *out, const struct public_model *m);
void public_page_hotspots_geojson(struct buf *out, const struct public_model *m);
void public_page_availability_csv(struct buf *out, const struct public_model *m);
void public_page_availability_json(struct buf *out, const struct public_model *m);
void public_page_hotspots_json(struct buf *out, const struct public_model *m);
void public_page_incidents_json(struct buf *out, const struct public_model *m);
void public_page_maintenance_json(struct buf *out, const struct public_model *m);
void public_page_feed(struct buf *out, const struct public_model *m);
void public_page_map(struct buf *out, const struct public_model *m);
/* One district alone, and its file: "map-garstedt.svg". */
void public_page_district_map(struct buf *out, const struct public_model *m, size_t district);
void public_map_name(struct buf *out, const struct public_district *d);
/* Which place stands at x, y of that map, 0..1 from its left and upper edge? false: it has none. */
bool public_map_locate(const struct public_model *m, size_t district, double x, double y,
                       struct geo_point *out);
void public_page_icon(struct buf *out);

/* Escapes & < > " ' for HTML and XML text and attributes; control characters and broken UTF-8 become U+FFFD.
 */
void public_page_text(struct buf *out, const char *text);

#endif
