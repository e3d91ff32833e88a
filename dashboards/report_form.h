/* SPDX-License-Identifier: GPL-3.0-or-later */
/* report_form.h - the form by which citizens report a fault or a place without Wi-Fi: its pages, and what is
 * taken of it. Pure.
 *
 *   district -> hotspot of it, or a click into its map -> category -> sent
 *
 * Without JavaScript and without cookies. Nothing personal is asked for, and there is no field to write into:
 * a place (a hotspot, or a point rounded to about 100 m) and one of five words. */
#ifndef NW_DASHBOARDS_REPORT_FORM_H
#define NW_DASHBOARDS_REPORT_FORM_H

#include "dashboards/http_parse.h"
#include "dashboards/public_page.h"

enum { REPORT_MAP_SIZE = 288 /* CSS pixels: fits a screen of 320 */ };

struct report {
    double lat, lon;
    const char *category; /* of the list below */
    const char *hotspot;  /* id, "" = none */
};

extern const char *const report_categories[]; /* dead_spot broken slow portal other; NULL ends them */

/* The page that a request asks for, by its parameters district, at.x, at.y (pixels of REPORT_MAP_SIZE), lang.
 * token: what the form gives back. */
void report_page(struct buf *out, const struct public_model *m, const struct http_target *request,
                 const char *token);
enum report_answer {
    REPORT_TAKEN,
    REPORT_INCOMPLETE, /* no place or no category */
    REPORT_TOO_MANY,
    REPORT_STALE, /* the form is too old, too fresh, or was sent before */
    REPORT_FAILED /* here */
};
void report_page_answer(struct buf *out, const struct public_model *m, enum report_answer answer,
                        enum language lang);
enum language report_language(const struct http_target *request);

/* What stands in a form that was sent. false: no place in or near the city, or no such hotspot or category.
 */
bool report_read(const struct http_target *form, const struct public_model *m, struct report *out);
/* The field that people do not see is filled. */
bool report_is_trapped(const struct http_target *form);

#endif
