/* SPDX-License-Identifier: GPL-3.0-or-later */
/* public_parts.h - what the files of public_page.h share: texts in both languages, the frame of a page,
 * tables. Pure.
 */
#ifndef NW_DASHBOARDS_PUBLIC_PARTS_H
#define NW_DASHBOARDS_PUBLIC_PARTS_H

#include "dashboards/public_page.h"

enum public_text {
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
    T_LETTERS,
    T_LETTERS_NOTE,
    T_OTHER_SIGNS,
    T_DAYS,
    T_DAYS_NOTE,
    T_DAYS_TABLE,
    T_DAY,
    T_USABLE_SHARE,
    T_MEASURED_SHARE,
    T_WORST_DAY,
    T_WHOLE_CITY,
    T_OPEN_DATA,
    T_NEAREST,
    T_NEAREST_NOTE,
    T_REPORT,
    T_STATEMENTS,
    T_COUNT
};

const char *public_text(enum public_text text, enum language lang);
const char *public_index_name(enum language lang);
const char *public_lang_code(enum language lang); /* "de", "en" */
enum language public_other(enum language lang);

/* From the document's start to the page's heading; self and other: file names of this page and of the same in
 * the other language. */
void public_put_head(struct buf *out, const struct public_model *m, const char *heading, const char *self,
                     const char *other, enum language lang);
void public_put_foot(struct buf *out, const struct public_model *m, enum language lang);
/* The document's start alone, without the page's own head. */
void public_put_start(struct buf *out, const char *heading, enum language lang);

void public_put_time(struct buf *out, ns_t wall, enum language lang); /* 0: a dash */
void public_put_share(struct buf *out, double share, int decimals,
                      enum language lang); /* 0..1; NaN: a dash */
void public_put_state(struct buf *out, enum state state, enum language lang);
void public_put_counts(struct buf *out, const size_t counts[5], enum language lang); /* by enum state */
void public_panel_begin(struct buf *out, enum public_text heading, enum language lang);
void public_panel_end(struct buf *out);
void public_put_columns(struct buf *out, const enum public_text *columns, size_t count, enum language lang);
/* How usable each of the last days was, as a picture and as words; the numbers as a table behind it if
 * with_table. */
void public_put_days(struct buf *out, const struct public_day *days, bool with_table, enum language lang);
/* "Garstedt: Glasfaser unterbrochen, 3 Hotspots betroffen" */
void public_put_sentence(struct buf *out, const struct public_incident *v, enum language lang);
/* Links to the letters that have hotspots; open: the one whose page this is, PUBLIC_LETTERS: none. */
void public_put_letters(struct buf *out, const struct public_model *m, size_t open, enum language lang);

#endif
