/* SPDX-License-Identifier: GPL-3.0-or-later */
/* firmware.c - order of versions, the schema of firmware.yaml, and what its entries say of a box. Pure apart
 * from conf. */
#include "lib/model/firmware.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "lib/base/strx.h"
#include "lib/base/timex.h"
#include "lib/base/units.h"

struct firmware_rules {
    struct conf_list models; /* struct firmware_rule */
};

const char *const firmware_status_words[] = {"too_old", "outdated", "unknown", "unrated", "current", NULL};
const char *const firmware_support_words[] = {"ended", "ends_soon", "runs", "unknown", NULL};

/* ---- the order of versions ---- */

enum token_kind { TOKEN_ANNOUNCING, TOKEN_END, TOKEN_WORD, TOKEN_NUMBER }; /* in their order */

struct token {
    enum token_kind kind;
    const char *text; /* a number without its leading zeros */
    size_t len;
};

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_announcing(const char *word, size_t len)
{
    static const char *const words[] = {"alpha", "beta", "dev", "pre", "preview", "rc", "snapshot"};

    for (size_t i = 0; i < ARRAY_LEN(words); i++)
        if (strlen(words[i]) == len && strncasecmp(words[i], word, len) == 0)
            return true;
    return false;
}

static struct token read_token(const char **at)
{
    struct token t = {.kind = TOKEN_END};
    const char *p = *at;

    while (*p && !is_digit(*p) && !is_letter(*p))
        p++;
    if (is_digit(*p)) {
        t.kind = TOKEN_NUMBER;
        while (*p == '0')
            p++;
        t.text = p;
        while (is_digit(*p))
            p++;
    } else if (*p) {
        t.text = p;
        while (is_letter(*p))
            p++;
        t.kind = is_announcing(t.text, (size_t)(p - t.text)) ? TOKEN_ANNOUNCING : TOKEN_WORD;
    }
    t.len = t.text ? (size_t)(p - t.text) : 0;
    *at = p;
    return t;
}

/* Zeros count only if another number follows them in the same run; to know that, they are read ahead. */
struct tokens {
    const char *at;
    size_t zeros;       /* read, and still to be given out before `after` */
    struct token after; /* a number other than zero */
    bool has_after;
};

static struct token next_token(struct tokens *s)
{
    static const struct token zero = {.kind = TOKEN_NUMBER, .text = "", .len = 0};
    struct token t;

    if (!s->has_after) {
        s->zeros = 0;
        t = read_token(&s->at);
        while (t.kind == TOKEN_NUMBER && t.len == 0) {
            s->zeros++;
            t = read_token(&s->at);
        }
        if (t.kind != TOKEN_NUMBER)
            return t;
        s->after = t;
        s->has_after = true;
    }
    if (s->zeros > 0) {
        s->zeros--;
        return zero;
    }
    s->has_after = false;
    return s->after;
}

static int compare_tokens(const struct token *a, const struct token *b)
{
    if (a->kind != b->kind)
        return a->kind < b->kind ? -1 : 1;
    if (a->kind == TOKEN_END)
        return 0;
    if (a->kind == TOKEN_NUMBER) {
        if (a->len != b->len)
            return a->len < b->len ? -1 : 1;
        return memcmp(a->text, b->text, a->len);
    }
    int order = strncasecmp(a->text, b->text, a->len < b->len ? a->len : b->len);
    return order ? order : (a->len > b->len) - (a->len < b->len);
}

static struct tokens tokens_of(const char *version)
{
    while (*version == ' ')
        version++;
    if ((version[0] == 'v' || version[0] == 'V') && is_digit(version[1]))
        version++;
    return (struct tokens){.at = version};
}

int firmware_version_compare(const char *a, const char *b)
{
    struct tokens left = tokens_of(a), right = tokens_of(b);

    for (;;) {
        struct token x = next_token(&left), y = next_token(&right);
        int order = compare_tokens(&x, &y);
        if (order || x.kind == TOKEN_END)
            return order;
    }
}

/* ---- the file ---- */

enum err firmware_day_parse(const char *text, int64_t *out)
{
    char *time = strx_printf("%sT00:00:00.000Z", text), back[TIMEX_RFC3339_SIZE];
    ns_t wall = 0;
    enum err e = time ? timex_parse(time, &wall) : ERR_NOMEM;

    if (e == ERR_OK) {
        timex_rfc3339(wall, back);
        e = strcmp(time, back) == 0 ? ERR_OK : ERR_RANGE; /* there is no 2026-02-31 */
    }
    if (e == ERR_OK)
        *out = wall / DAYS;
    free(time);
    return e;
}

static const char *check_day(const char *text)
{
    int64_t day;

    return firmware_day_parse(text, &day) == ERR_OK && day > 0 ? NULL : "a day such as 2026-11-30";
}

static const char *check_version(const char *text)
{
    return strpbrk(text, "0123456789") ? NULL : "a version with a number in it, such as 6.5.28";
}

/* It becomes a link on our pages: no javascript:. */
static const char *check_source(const char *text)
{
    return strx_starts_with(text, "https://") || strx_starts_with(text, "http://")
               ? NULL
               : "an address that begins with https:// or http://";
}

static const struct conf_field rule_fields[] = {
    CONF_STRING_FIELD(struct firmware_rule, vendor),
    CONF_STRING_FIELD(struct firmware_rule, model),
    CONF_STRING_FIELD(struct firmware_rule, recommended, .check = check_version),
    CONF_STRING_FIELD(struct firmware_rule, minimum, .check = check_version),
    CONF_STRING_FIELD(struct firmware_rule, reason),
    {.name = "end_of_sale",
     .type = CONF_STRING,
     .offset = offsetof(struct firmware_rule, sale_text),
     .check = check_day},
    {.name = "end_of_support",
     .type = CONF_STRING,
     .offset = offsetof(struct firmware_rule, support_text),
     .check = check_day},
    CONF_STRING_FIELD(struct firmware_rule, source, .check = check_source),
    CONF_POSITION_FIELD(struct firmware_rule, at),
    CONF_END};
static const struct conf_schema rule_schema = CONF_SCHEMA(struct firmware_rule, rule_fields);
static const struct conf_field file_fields[] = {
    CONF_LIST_FIELD(struct firmware_rules, models, &rule_schema, .is_required = true), CONF_END};
static const struct conf_schema file_schema = CONF_SCHEMA(struct firmware_rules, file_fields);

static bool is_same(const char *a, const char *b)
{
    return a && b ? strcasecmp(a, b) == 0 : a == b;
}

static void check_rule(struct firmware_rule *r, struct conf_report *report)
{
    if (!r->vendor && !r->model)
        conf_report_add(report, r->at, "expected `vendor`, `model` or both: which boxes is this about?");
    if (!r->recommended && !r->minimum && !r->sale_text && !r->support_text)
        conf_report_add(report, r->at,
                        "expected at least one of `recommended`, `minimum`, `end_of_sale`, `end_of_support`");
    if (r->minimum && !r->reason)
        conf_report_add(report, r->at, "`reason` is missing: why must it be %s at least?", r->minimum);
    if (r->minimum && r->recommended && firmware_version_compare(r->minimum, r->recommended) > 0)
        conf_report_add(report, r->at, "`minimum` %s is newer than `recommended` %s", r->minimum,
                        r->recommended);
    if (r->sale_text && firmware_day_parse(r->sale_text, &r->end_of_sale) != ERR_OK)
        r->end_of_sale = 0; /* reported by check_day */
    if (r->support_text && firmware_day_parse(r->support_text, &r->end_of_support) != ERR_OK)
        r->end_of_support = 0;
    if (r->end_of_sale && r->end_of_support && r->end_of_support < r->end_of_sale)
        conf_report_add(report, r->at, "`end_of_support` %s lies before `end_of_sale` %s", r->support_text,
                        r->sale_text);
}

static void check_all(struct firmware_rules *r, struct conf_report *report)
{
    struct firmware_rule *rules = r->models.items;

    for (size_t i = 0; i < r->models.count; i++) {
        check_rule(&rules[i], report);
        for (size_t k = 0; k < i; k++)
            if (is_same(rules[k].vendor, rules[i].vendor) && is_same(rules[k].model, rules[i].model))
                conf_report_add(report, rules[i].at, "the same vendor and model stand in line %u already",
                                rules[k].at.line);
    }
}

static enum err read_rules(const char *file, const char *text, size_t len, struct conf_report *report,
                           struct firmware_rules **out)
{
    struct firmware_rules *r = calloc(1, sizeof *r);
    enum err e;

    if (!r)
        return ERR_NOMEM;
    e = text ? conf_read(file, text, len, &file_schema, r, report)
             : conf_read_file(file, &file_schema, r, report);
    if (e == ERR_OK) {
        check_all(r, report);
        e = conf_report_count(report) ? ERR_CONFIG : ERR_OK;
    }
    if (e) {
        firmware_rules_free(r);
        return e;
    }
    *out = r;
    return ERR_OK;
}

enum err firmware_rules_load(const char *path, struct conf_report *report, struct firmware_rules **out)
{
    return read_rules(path, NULL, 0, report, out);
}

enum err firmware_rules_parse(const char *file, const char *text, size_t len, struct conf_report *report,
                              struct firmware_rules **out)
{
    return read_rules(file, text, len, report, out);
}

void firmware_rules_free(struct firmware_rules *r)
{
    if (!r)
        return;
    conf_free(&file_schema, r);
    free(r);
}

size_t firmware_rules_count(const struct firmware_rules *r)
{
    return r ? r->models.count : 0;
}

/* ---- what they say of a box ---- */

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/* * and ? alone; returns to the last * only, so the time is bounded by the product of the lengths. */
static bool fits(const char *pattern, const char *text)
{
    const char *star = NULL, *resume = NULL;

    while (*text) {
        if (*pattern == '*') {
            star = pattern++;
            resume = text;
        } else if (*pattern == '?' || (*pattern && lower(*pattern) == lower(*text))) {
            pattern++;
            text++;
        } else if (star) {
            pattern = star + 1;
            text = ++resume;
        } else {
            return false;
        }
    }
    while (*pattern == '*')
        pattern++;
    return *pattern == '\0';
}

static bool fits_field(const char *pattern, const char *text)
{
    return !pattern || (text && text[0] && fits(pattern, text));
}

const struct firmware_rule *firmware_rule_for(const struct firmware_rules *rules, const char *vendor,
                                              const char *model)
{
    const struct firmware_rule *all = rules ? rules->models.items : NULL;

    for (size_t i = 0; rules && i < rules->models.count; i++)
        if (fits_field(all[i].vendor, vendor) && fits_field(all[i].model, model))
            return &all[i];
    return NULL;
}

enum firmware_status firmware_status_of(const struct firmware_rule *rule, const char *version)
{
    if (!version || !version[0])
        return FIRMWARE_UNKNOWN;
    if (!rule || (!rule->minimum && !rule->recommended))
        return FIRMWARE_UNRATED;
    if (rule->minimum && firmware_version_compare(version, rule->minimum) < 0)
        return FIRMWARE_TOO_OLD;
    if (rule->recommended && firmware_version_compare(version, rule->recommended) < 0)
        return FIRMWARE_OUTDATED;
    return FIRMWARE_CURRENT;
}

enum firmware_support firmware_support_of(const struct firmware_rule *rule, int64_t today)
{
    if (!rule || !rule->end_of_support)
        return SUPPORT_UNKNOWN;
    if (rule->end_of_support < today)
        return SUPPORT_ENDED;
    return rule->end_of_support - today <= FIRMWARE_SOON_DAYS ? SUPPORT_ENDS_SOON : SUPPORT_RUNS;
}
