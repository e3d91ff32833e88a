/* SPDX-License-Identifier: GPL-3.0-or-later */
/* snmprec.c - reads recordings. Tolerates what real ones hold: leading dots, unsorted and repeated lines, hex
 * and escaped values, variation modules ("4:writecache|value=…"). */
#include "collector/snmprec.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/strx.h"

enum { LINE_MAX_BYTES = 1024 * 1024, VALUE_MAX = 16 * 1024 };

static int hex_digit(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

static enum err from_hex(const char *text, size_t len, uint8_t *out, size_t *out_len)
{
    if (len % 2)
        return ERR_MALFORMED;
    for (size_t i = 0; i < len; i += 2) {
        int high = hex_digit(text[i]), low = hex_digit(text[i + 1]);

        if (high < 0 || low < 0)
            return ERR_MALFORMED;
        out[i / 2] = (uint8_t)(high << 4 | low);
    }
    *out_len = len / 2;
    return ERR_OK;
}

/* Python's escapes, as snmpsim's tag "4e" has them: \xNN \n \r \t \\ \" \'. */
static size_t from_escapes(const char *text, size_t len, uint8_t *out)
{
    size_t n = 0;

    for (size_t i = 0; i < len; i++) {
        char c = text[i];

        if (c == '\\' && i + 1 < len) {
            c = text[++i];
            if (c == 'x' && i + 2 < len && hex_digit(text[i + 1]) >= 0 && hex_digit(text[i + 2]) >= 0) {
                c = (char)(hex_digit(text[i + 1]) << 4 | hex_digit(text[i + 2]));
                i += 2;
            } else {
                c = c == 'n' ? '\n' : c == 'r' ? '\r' : c == 't' ? '\t' : c;
            }
        }
        out[n++] = (uint8_t)c;
    }
    return n;
}

/* "4", "4x", "4e", "64x", "2:numeric" */
static enum err parse_tag(const char *tag, size_t len, unsigned *type, char *form, bool *has_module)
{
    size_t i = 0;

    *type = 0;
    *form = '\0';
    *has_module = false;
    for (; i < len && tag[i] >= '0' && tag[i] <= '9'; i++)
        *type = *type < 1000 ? *type * 10 + (unsigned)(tag[i] - '0') : 1000;
    if (i == 0)
        return ERR_MALFORMED;
    for (; i < len && (tag[i] == 'x' || tag[i] == 'e'); i++)
        *form = tag[i];
    *has_module = i < len && tag[i] == ':';
    return i == len || *has_module ? ERR_OK : ERR_MALFORMED;
}

/* Of "value=x,hexvalue=…,initial=…" the piece that says what a fresh agent would answer. */
static void module_value(const char **text, size_t *len)
{
    static const char *const keys[] = {"value=", "initial="};

    for (size_t k = 0; k < ARRAY_LEN(keys); k++)
        for (size_t at = 0; at + strlen(keys[k]) <= *len; at++) {
            const char *end;

            if (memcmp(*text + at, keys[k], strlen(keys[k])) != 0 || (at && (*text)[at - 1] != ','))
                continue;
            at += strlen(keys[k]);
            end = memchr(*text + at, ',', *len - at);
            *text += at;
            *len = end ? (size_t)(end - *text) : *len - at;
            return;
        }
}

static enum err parse_number(const char *text, size_t len, unsigned type, struct varbind *vb)
{
    char copy[32];

    while (len && text[len - 1] == ' ')
        len--;
    while (len && *text == ' ')
        text++, len--;
    if (len == 0 || len >= sizeof copy)
        return ERR_MALFORMED;
    memcpy(copy, text, len);
    copy[len] = '\0';
    if (type == SNMP_INTEGER)
        return strx_to_i64(copy, &vb->integer);
    /* agents and recorders write unsigned values as negative ones now and then */
    if (copy[0] == '-') {
        int64_t value;
        enum err e = strx_to_i64(copy, &value);

        vb->number = type == SNMP_COUNTER64 ? (uint64_t)value : (uint32_t)value;
        return e;
    }
    return strx_to_u64(copy, &vb->number);
}

static enum err parse_address(const char *text, size_t len, uint8_t out[4])
{
    uint32_t ids[4];
    size_t n = 4;
    char copy[32];

    if (len >= sizeof copy)
        return ERR_MALFORMED;
    memcpy(copy, text, len);
    copy[len] = '\0';
    if (oid_from_text(copy, ids, &n) || n != 4)
        return ERR_MALFORMED;
    for (size_t i = 0; i < 4; i++)
        out[i] = (uint8_t)ids[i];
    return ERR_OK;
}

static enum err add_value(const char *text, size_t len, unsigned type, char form, struct varbind *vb,
                          struct varbind_set *to)
{
    uint8_t bytes[VALUE_MAX];
    uint32_t ids[OID_MAX];
    size_t n = OID_MAX;
    char oid[OID_TEXT_SIZE];
    enum err e = ERR_OK;

    vb->type = type;
    switch (type) {
    case SNMP_INTEGER:
    case SNMP_COUNTER32:
    case SNMP_GAUGE32:
    case SNMP_TIMETICKS:
    case SNMP_COUNTER64: e = parse_number(text, len, type, vb); break;
    case SNMP_OCTETS:
    case SNMP_OPAQUE:
    case SNMP_IPADDRESS:
        len = len < VALUE_MAX ? len : VALUE_MAX;
        n = len;
        if (form == 'x')
            e = from_hex(text, len & ~(size_t)1, bytes, &n);
        else if (form == 'e')
            n = from_escapes(text, len, bytes);
        else if (type == SNMP_IPADDRESS && !parse_address(text, len, bytes))
            n = 4;
        else
            memcpy(bytes, text, len);
        vb->bytes = bytes;
        vb->len = (uint32_t)n;
        break;
    case SNMP_OID:
        if (len >= sizeof oid)
            return ERR_MALFORMED;
        memcpy(oid, text, len);
        oid[len] = '\0';
        e = oid_from_text(oid, ids, &n);
        vb->value_oid = ids;
        vb->len = (uint32_t)n;
        break;
    default: return ERR_UNSUPPORTED;
    }
    return e ? e : varbind_set_add(to, vb);
}

bool read_plan_has(const struct read_plan *plan, const uint32_t *oid, size_t len)
{
    size_t lo = 0, hi = plan->count;

    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;

        if (oid_compare(plan->items[mid].oid, plan->items[mid].oid_len, oid, len) <= 0)
            lo = mid + 1;
        else
            hi = mid;
    }
    if (lo == 0)
        return false;
    const struct read_item *item = &plan->items[lo - 1];
    return oid_has_prefix(oid, len, item->oid, item->oid_len) && (!item->is_scalar || item->oid_len == len);
}

enum err snmprec_line_oid(const char *line, size_t line_len, uint32_t *ids, size_t *len)
{
    const char *tag = memchr(line, '|', line_len);
    char oid[OID_TEXT_SIZE];

    if (!tag || (size_t)(tag - line) >= sizeof oid)
        return ERR_MALFORMED;
    memcpy(oid, line, (size_t)(tag - line));
    oid[tag - line] = '\0';
    return oid_from_text(oid, ids, len);
}

enum err snmprec_read_line(const char *line, size_t len, const struct read_plan *plan, struct varbind_set *to)
{
    const char *tag = memchr(line, '|', len), *value, *end = line + len;
    uint32_t ids[OID_MAX];
    size_t n = OID_MAX, tag_len, value_len;
    char form;
    unsigned type;
    bool has_module;
    struct varbind vb = {.oid = ids};
    enum err e = snmprec_line_oid(line, len, ids, &n);

    if (e)
        return e;
    value = memchr(tag + 1, '|', (size_t)(end - tag - 1));
    if (!value)
        return ERR_MALFORMED;
    if (plan && !read_plan_has(plan, ids, n))
        return ERR_NOT_FOUND;
    tag_len = (size_t)(value - tag - 1);
    e = parse_tag(tag + 1, tag_len, &type, &form, &has_module);
    if (e)
        return e;
    value++;
    value_len = (size_t)(end - value);
    if (has_module)
        module_value(&value, &value_len);
    vb.oid_len = (uint32_t)n;
    return add_value(value, value_len, type, form, &vb, to);
}

/* ---- files ---- */

struct lines {
    snmprec_line_fn *fn;
    void *ctx;
    uint64_t too_long;
};

static enum err take_line(const struct lines *l, const char *line, size_t len)
{
    while (len && line[len - 1] == '\r')
        len--;
    return len == 0 || line[0] == '#' ? ERR_OK : l->fn(l->ctx, line, len);
}

/* A line longer than the buffer is skipped, so that a file without line ends takes no memory. */
static enum err read_lines(FILE *f, struct lines *l)
{
    char *buffer = malloc(LINE_MAX_BYTES);
    size_t kept = 0, got;
    bool is_skipping = false;
    enum err e = buffer ? ERR_OK : ERR_NOMEM;

    while (!e && (got = fread(buffer + kept, 1, LINE_MAX_BYTES - kept, f)) > 0) {
        char *line = buffer, *end, *stop = buffer + kept + got;

        while (!e && (end = memchr(line, '\n', (size_t)(stop - line)))) {
            if (!is_skipping)
                e = take_line(l, line, (size_t)(end - line));
            is_skipping = false;
            line = end + 1;
        }
        kept = (size_t)(stop - line);
        if (kept == LINE_MAX_BYTES) {
            l->too_long += !is_skipping;
            is_skipping = true;
            kept = 0;
        }
        memmove(buffer, line, kept);
    }
    if (!e && ferror(f))
        e = err_from_errno(errno);
    if (!e && kept && !is_skipping)
        e = take_line(l, buffer, kept);
    free(buffer);
    return e;
}

static bool is_packed(const char *path)
{
    return strx_ends_with(path, ".xz") || strx_ends_with(path, ".gz") || strx_ends_with(path, ".bz2");
}

enum err snmprec_each_line(const char *path, snmprec_line_fn *fn, void *ctx, uint64_t *too_long)
{
    struct lines l = {.fn = fn, .ctx = ctx};
    FILE *f;
    enum err e;

    *too_long = 0;
    if (is_packed(path))
        return ERR_UNSUPPORTED;
    f = fopen(path, "re");
    if (!f)
        return err_from_errno(errno);
    e = read_lines(f, &l);
    fclose(f);
    *too_long = l.too_long;
    return e;
}

struct reading {
    const struct read_plan *plan;
    struct varbind_set *to;
    struct snmprec_stats *stats;
};

static enum err read_into_set(void *ctx, const char *line, size_t len)
{
    struct reading *r = ctx;

    r->stats->lines++;
    switch (snmprec_read_line(line, len, r->plan, r->to)) {
    case ERR_OK:
    case ERR_NOT_FOUND: return ERR_OK;
    case ERR_NOMEM: return ERR_NOMEM;
    case ERR_LIMIT: r->stats->is_cut = true; return ERR_OK;
    default: r->stats->skipped++; return ERR_OK;
    }
}

enum err snmprec_read_file(const char *path, const struct read_plan *plan, struct varbind_set *to,
                           struct snmprec_stats *stats)
{
    struct reading r = {plan, to, stats};
    uint64_t too_long;
    enum err e;

    *stats = (struct snmprec_stats){0};
    e = snmprec_each_line(path, read_into_set, &r, &too_long);
    stats->skipped += too_long;
    varbind_set_sort(to);
    return e;
}
