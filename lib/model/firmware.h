/* SPDX-License-Identifier: GPL-3.0-or-later */
/* firmware.h - what the operator wants to run on which model: the rules of firmware.yaml, and what they say
 * of one box. Netzwacht ships no rules about real products: dates and advisories are the vendors' to say.
 *
 * Pure apart from conf's file reading. */
#ifndef NW_MODEL_FIRMWARE_H
#define NW_MODEL_FIRMWARE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/err.h"
#include "lib/runtime/conf.h"

/* Compares versions component by component: <0, 0 or >0 as a is older than, as old as or newer than b.
 *   Runs of digits are numbers of any length, runs of ASCII letters are words (case ignored); everything else
 *   only separates. A "v" in front of the first number is no word. Zeros at the end of a run of numbers do
 * not count: 1.10 = 1.10.0. At the first difference: a word that announces a release (alpha, beta, dev, pre,
 * preview, rc, snapshot) < the end < any other word < a number. So 1.9 < 1.10, 1.10-rc1 < 1.10 < 1.10a
 * < 1.10.1, and 20.4R3 < 20.4R3-S2. The order is total. */
int firmware_version_compare(const char *a, const char *b);

/* One entry of firmware.yaml. What is not given is NULL, and 0 for days. */
struct firmware_rule {
    char *vendor, *model;           /* patterns with * and ?, ASCII case ignored; NULL fits all */
    char *recommended, *minimum;    /* versions */
    char *reason;                   /* why that minimum, an advisory's id; always there with `minimum` */
    char *sale_text, *support_text; /* as written: 2026-11-30 */
    char *source;                   /* http(s) address that says so */
    struct conf_pos at;
    int64_t end_of_sale, end_of_support; /* derived: days since 1970; the last day on which it holds */
};

struct firmware_rules; /* opaque */

/* Everything wrong goes to report (ERR_CONFIG). */
enum err firmware_rules_load(const char *path, struct conf_report *report,
                             struct firmware_rules **out) NW_CHECKED;
/* The same from a text, for tests. */
enum err firmware_rules_parse(const char *file, const char *text, size_t len, struct conf_report *report,
                              struct firmware_rules **out) NW_CHECKED;
void firmware_rules_free(struct firmware_rules *r);
size_t firmware_rules_count(const struct firmware_rules *r);

/* The first entry from the top that fits; NULL: none does. rules, vendor and model may be NULL (an entry that
 * names one of them does not fit then). */
const struct firmware_rule *firmware_rule_for(const struct firmware_rules *rules, const char *vendor,
                                              const char *model);

enum firmware_status {
    FIRMWARE_TOO_OLD,  /* below the minimum */
    FIRMWARE_OUTDATED, /* below the recommended one */
    FIRMWARE_UNKNOWN,  /* the box does not tell its version */
    FIRMWARE_UNRATED,  /* no entry fits, or it names no version */
    FIRMWARE_CURRENT,
    FIRMWARE_STATUS_COUNT
};
extern const char *const firmware_status_words[]; /* by enum firmware_status, NULL-terminated */

/* rule NULL: none fits; version NULL or "": not known. */
enum firmware_status firmware_status_of(const struct firmware_rule *rule, const char *version);

enum firmware_support { SUPPORT_ENDED, SUPPORT_ENDS_SOON, SUPPORT_RUNS, SUPPORT_UNKNOWN, SUPPORT_COUNT };
extern const char *const firmware_support_words[];

enum { FIRMWARE_SOON_DAYS = 180 };
/* today: days since 1970 where the operator is. */
enum firmware_support firmware_support_of(const struct firmware_rule *rule, int64_t today);

/* "2026-11-30" as days since 1970; ERR_MALFORMED, ERR_RANGE. */
enum err firmware_day_parse(const char *text, int64_t *out) NW_CHECKED;

#endif
