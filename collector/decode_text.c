/* SPDX-License-Identifier: GPL-3.0-or-later */
/* decode_text.c - instances of a row and what they say as text: conditions, names, attributes, templates. */
#include "collector/decode_internal.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/strx.h"

/* ---- finding instances ---- */

const struct varbind *field_instance(const struct decoder *d, const struct row *row, const uint32_t *oid,
                                     uint32_t oid_len, struct index_part part, int slot)
{
    uint32_t ids[OID_MAX];
    size_t from = 0, n;

    if (slot >= 0)
        return row->slots[slot];
    n = index_part_of(part, row->index_len, &from);
    if (part.from != 0 && n == 0 && row->index_len)
        return NULL;
    if (oid_len + n > OID_MAX)
        return NULL;
    memcpy(ids, oid, oid_len * sizeof *ids);
    if (n)
        memcpy(ids + oid_len, row->index + from, n * sizeof *ids);
    return varbind_set_find(d->set, ids, oid_len + n);
}

/* ---- texts ---- */

/* Printable ASCII throughout: nothing to mend. */
static bool is_plain(const unsigned char *s, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (s[i] < ' ' || s[i] >= 0x7f)
            return false;
    return true;
}

const char *decoder_text(struct decoder *d, const void *bytes, size_t len)
{
    const unsigned char *s = bytes;
    struct buf b;
    char *copy;

    while (len && (s[len - 1] <= ' ' || s[len - 1] == 0x7f))
        len--;
    while (len && (*s <= ' ' || *s == 0x7f))
        s++, len--;
    len = len < VIEW_TEXT_MAX ? len : VIEW_TEXT_MAX;
    if (len == 0)
        return "";
    if (is_plain(s, len)) {
        copy = arena_copy(d->arena, s, len);
        d->is_failed = d->is_failed || !copy;
        return copy ? copy : "";
    }
    buf_init(&b, 4 * VIEW_TEXT_MAX);
    strx_put_utf8(&b, s, len);
    copy = buf_error(&b) ? NULL : arena_copy(d->arena, b.data, b.len);
    buf_fini(&b);
    if (!copy) {
        d->is_failed = true;
        return "";
    }
    for (char *c = copy; *c; c++)
        if ((unsigned char)*c < ' ' || *c == 0x7f)
            *c = ' ';
    return copy;
}

/* Decimal text of a number: what snprintf() does, at a tenth of its cost, for every enumeration of every
 * poll. */
static size_t number_text(uint64_t value, bool is_negative, char *out)
{
    char digits[21];
    size_t n = 0, len = 0;

    do
        digits[n++] = (char)('0' + value % 10);
    while (value /= 10);
    if (is_negative)
        out[len++] = '-';
    while (n)
        out[len++] = digits[--n];
    out[len] = '\0';
    return len;
}

size_t field_raw_text(const struct varbind *vb, char out[RAW_TEXT_SIZE])
{
    size_t n;

    switch (vb->type) {
    case SNMP_INTEGER:
        return number_text(vb->integer < 0 ? -(uint64_t)vb->integer : (uint64_t)vb->integer, vb->integer < 0,
                           out);
    case SNMP_COUNTER32:
    case SNMP_GAUGE32:
    case SNMP_TIMETICKS:
    case SNMP_COUNTER64: return number_text(vb->number, false, out);
    case SNMP_OID: oid_to_text(vb->value_oid, vb->len, out, RAW_TEXT_SIZE); return strlen(out);
    case SNMP_IPADDRESS:
        if (vb->len == 4)
            return (size_t)snprintf(out, RAW_TEXT_SIZE, "%u.%u.%u.%u", vb->bytes[0], vb->bytes[1],
                                    vb->bytes[2], vb->bytes[3]);
        break;
    case SNMP_OCTETS:
        n = vb->len < RAW_TEXT_SIZE - 1 ? vb->len : RAW_TEXT_SIZE - 1;
        for (size_t i = 0; i < n; i++)
            out[i] = vb->bytes[i] ? (char)vb->bytes[i] : ' ';
        while (n && isspace((unsigned char)out[n - 1]))
            n--;
        out[n] = '\0';
        return n;
    default: break;
    }
    out[0] = '\0';
    return 0;
}

static bool is_listed(const char *text, char **list, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(list[i], text) == 0)
            return true;
    return false;
}

static void index_string(const uint32_t *ids, size_t len, char text[RAW_TEXT_SIZE])
{
    for (size_t i = 0; i < len; i++)
        text[i] = ids[i] > 0 && ids[i] < 256 ? (char)ids[i] : '?';
    text[len] = '\0';
}

/* What a condition looks at; false: it is not there. */
static bool condition_text(const struct decoder *d, const struct row *row, const struct condition *c,
                           char text[RAW_TEXT_SIZE])
{
    const struct varbind *vb;
    size_t from = 0, n;

    if (!c->oid) {
        n = index_part_of(c->part, row->index_len, &from);
        if (c->is_string)
            index_string(row->index + from, n, text);
        else
            oid_to_text(row->index + from, n, text, RAW_TEXT_SIZE);
        return n > 0;
    }
    vb = field_instance(d, row, c->oid, c->oid_len, c->part, c->slot);
    if (vb)
        field_raw_text(vb, text);
    return vb != NULL;
}

static bool condition_holds(const struct decoder *d, const struct row *row, const struct condition *c)
{
    char text[RAW_TEXT_SIZE];
    bool is_there = condition_text(d, row, c, text);

    if (c->is_missing)
        return !is_there;
    if (!is_there)
        return c->not_count && !c->is_count && !c->match; /* what is not there is none of those */
    if (c->is_count && !is_listed(text, c->is, c->is_count))
        return false;
    if (is_listed(text, c->not_, c->not_count))
        return false;
    return !c->match || regexec(c->match, text, 0, NULL, 0) == 0;
}

bool field_conditions_hold(struct decoder *d, const struct row *row, const struct condition_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        if (!condition_holds(d, row, &list->items[i]))
            return false;
    return true;
}

bool field_pick(const regex_t *re, char *text, size_t *len)
{
    regmatch_t m[4];
    size_t g = 0;

    if (!re)
        return true;
    if (regexec(re, text, ARRAY_LEN(m), m, 0))
        return false;
    for (size_t i = 1; i < ARRAY_LEN(m) && !g; i++)
        if (m[i].rm_so >= 0 && m[i].rm_eo > m[i].rm_so)
            g = i;
    *len = (size_t)(m[g].rm_eo - m[g].rm_so);
    memmove(text, text + m[g].rm_so, *len);
    text[*len] = '\0';
    return true;
}

const char *field_word(const struct field *f, const char *text)
{
    for (size_t i = 0; i < f->word_count; i++)
        if (strcmp(f->words[i].from, text) == 0)
            return f->words[i].to;
    return f->otherwise;
}

static const char *mac_text(struct decoder *d, const struct varbind *vb, const char *text, size_t len)
{
    char out[18];
    unsigned char mac[6];
    size_t digits = 0;

    if (vb->type == SNMP_OCTETS && vb->len == 6) {
        memcpy(mac, vb->bytes, sizeof mac);
    } else {
        for (size_t i = 0; i < len; i++) {
            int c = tolower((unsigned char)text[i]);

            if (!isxdigit(c))
                continue;
            if (digits == 12)
                return "";
            c = c <= '9' ? c - '0' : c - 'a' + 10;
            mac[digits / 2] = (unsigned char)(digits % 2 ? mac[digits / 2] << 4 | c : c);
            digits++;
        }
        if (digits != 12)
            return "";
    }
    snprintf(out, sizeof out, "%02x:%02x:%02x:%02x:%02x:%02x", mac[0], mac[1], mac[2], mac[3], mac[4],
             mac[5]);
    return decoder_text(d, out, 17);
}

const char *field_text(struct decoder *d, const struct row *row, const struct field *f)
{
    char text[RAW_TEXT_SIZE];
    const char *found = "";

    if (field_conditions_hold(d, row, &f->when)) {
        const struct varbind *vb =
            f->oid ? field_instance(d, row, f->oid, f->oid_len, f->part, f->slot) : NULL;

        if (vb) {
            size_t len = field_raw_text(vb, text);

            if (f->format == FORMAT_MAC)
                found = mac_text(d, vb, text, len);
            else if (field_pick(f->match, text, &len))
                found = f->word_count || f->otherwise ? field_word(f, text) : decoder_text(d, text, len);
            if (found && *found && f->text)
                found = field_template(
                    d, &(struct row){.index = row->index, .index_len = row->index_len, .name = found},
                    f->text);
        } else if (!f->oid) {
            found = field_template(d, row, f->text);
        }
    }
    for (size_t i = 0; (!found || !*found) && i < f->fallback.count; i++)
        found = field_text(d, row, &f->fallback.items[i]);
    return found ? found : "";
}

/* ---- templates ---- */

const char *decoder_index_text(struct decoder *d, const uint32_t *index, size_t len)
{
    char text[OID_TEXT_SIZE];

    if (len == 0)
        return "";
    oid_to_text(index, len, text, sizeof text);
    return decoder_text(d, text, strlen(text));
}

static void put_index_string(struct buf *to, const uint32_t *ids, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        unsigned char c = ids[i] < 256 ? (unsigned char)ids[i] : '?';

        buf_put(to, &c, 1);
    }
}

static void put_index(struct buf *to, const uint32_t *ids, size_t len)
{
    char text[24];

    for (size_t i = 0; i < len; i++) {
        text[0] = '.';
        buf_put(to, i ? text : text + 1, number_text(ids[i], false, text + 1) + (i > 0));
    }
}

static void put_index_mac(struct buf *to, const uint32_t *ids, size_t len)
{
    static const char hex[] = "0123456789abcdef";

    for (size_t i = 0; i < len; i++) {
        char text[3] = {':', hex[ids[i] >> 4 & 15], hex[ids[i] & 15]};

        buf_put(to, i ? text : text + 1, i ? 3 : 2);
    }
}

/* word is what stands between the braces, NUL-terminated. */
static void put_placeholder(struct buf *to, const struct row *row, const char *word)
{
    const char *colon = strchr(word, ':');
    size_t name_len = colon ? (size_t)(colon - word) : strlen(word), from = 0, n;
    struct index_part part = {1, -1};

    if (strcmp(word, "name") == 0) {
        buf_str(to, row->name ? row->name : "");
        return;
    }
    if (colon && name_len == 4 && memcmp(word, "attr", 4) == 0) {
        for (size_t i = 0; i < row->attr_count; i++)
            if (strcmp(row->attrs[i].key, colon + 1) == 0 && row->attrs[i].text)
                buf_str(to, row->attrs[i].text);
        return;
    }
    if (colon && !index_part_parse(colon + 1, &part))
        return;
    n = index_part_of(part, row->index_len, &from);
    if (name_len == 5 && memcmp(word, "index", 5) == 0)
        put_index(to, row->index + from, n);
    if (name_len == 3 && memcmp(word, "mac", 3) == 0)
        put_index_mac(to, row->index + from, n);
    if (name_len == 6 && memcmp(word, "string", 6) == 0)
        put_index_string(to, row->index + from, n);
}

const char *field_template(struct decoder *d, const struct row *row, const char *text)
{
    struct buf b;
    const char *out, *open;
    bool is_empty = false;

    if (!text || !strchr(text, '{'))
        return text ? text : "";
    buf_init(&b, VIEW_TEXT_MAX * 4);
    while ((open = strchr(text, '{'))) {
        const char *close = strchr(open, '}');
        char word[64] = "";
        size_t before;

        if (!close)
            break;
        buf_put(&b, text, (size_t)(open - text));
        if ((size_t)(close - open) < sizeof word)
            memcpy(word, open + 1, (size_t)(close - open - 1));
        before = b.len;
        put_placeholder(&b, row, word);
        is_empty = is_empty || b.len == before;
        text = close + 1;
    }
    buf_str(&b, text);
    out = is_empty || !b.data ? "" : decoder_text(d, b.data, b.len);
    buf_fini(&b);
    return out;
}
