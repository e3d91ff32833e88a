/* SPDX-License-Identifier: GPL-3.0-or-later */
/* decode_field.c - one value of one row: finds its instance, checks conditions and sentinels, converts.
 *
 * Order: number out of the varbind (a unit in a text beats the profile's scale) → sentinels, on the raw
 * number → map → scale, times, offset, plus, minus, percent → function → bounds. */
#include "collector/decode_internal.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "collector/value.h"
#include "lib/base/strx.h"

enum { RAW_TEXT_SIZE = VIEW_TEXT_MAX + 1, DEPTH_MAX = FIELD_DEPTH_MAX + 2 };

/* ---- finding instances ---- */

static const struct varbind *instance(const struct decoder *d, const struct row *row, const uint32_t *oid,
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

static void add_source(struct decoder *d, const struct varbind *vb)
{
    if (!decoder_reserve(d, &d->sources, d->source_count, &d->source_cap, sizeof *d->sources))
        return;
    d->sources[d->source_count++] = (uint32_t)(vb - varbind_set_at(d->set, 0));
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

/* The value as a text to compare with or to match, NUL-terminated; its length. */
static size_t raw_text(const struct varbind *vb, char out[RAW_TEXT_SIZE])
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
    vb = instance(d, row, c->oid, c->oid_len, c->part, c->slot);
    if (vb)
        raw_text(vb, text);
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

/* What `match` picks out of text: the first group that took part, or the whole match. False: no match. */
static bool pick(const regex_t *re, char *text, size_t *len)
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

static const char *find_word(const struct field *f, const char *text)
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
        const struct varbind *vb = f->oid ? instance(d, row, f->oid, f->oid_len, f->part, f->slot) : NULL;

        if (vb) {
            size_t len = raw_text(vb, text);

            if (f->format == FORMAT_MAC)
                found = mac_text(d, vb, text, len);
            else if (pick(f->match, text, &len))
                found = f->word_count || f->otherwise ? find_word(f, text) : decoder_text(d, text, len);
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

/* ---- numbers ---- */

/* On levels of light and radio a plain 0 is what agents send without a module, light or peer. */
static bool unit_is_level(const struct field *f)
{
    return f->metric == METRIC_OPTIC_RX || f->metric == METRIC_OPTIC_TX || f->metric == METRIC_RADIO_RSSI ||
           f->metric == METRIC_RADIO_NOISE;
}

static bool is_sentinel(const struct field *f, double raw)
{
    for (size_t i = 0; i < f->unknown_count; i++)
        if (raw == f->unknown[i])
            return true;
    if (!isnan(f->unknown_below) && raw < f->unknown_below)
        return true;
    if (!f->has_limits || !f->is_measured)
        return false;
    return value_is_type_limit(raw) || (raw == -1 && f->min >= 0) || (raw == 0 && unit_is_level(f));
}

static double big_endian(const struct varbind *vb)
{
    double value = 0;

    for (size_t i = 0; i < vb->len && i < 8; i++)
        value = value * 256 + vb->bytes[i];
    return value;
}

static double as_signed(enum field_function function, double raw)
{
    switch (function) {
    case FUNCTION_SIGNED8: return raw > 127 && raw < 256 ? raw - 256 : raw;
    case FUNCTION_SIGNED16: return raw > 32767 && raw < 65536 ? raw - 65536 : raw;
    case FUNCTION_SIGNED32: return raw > 2147483647.0 && raw < 4294967296.0 ? raw - 4294967296.0 : raw;
    case FUNCTION_MINUS_ABS: return -fabs(raw);
    default: return raw;
    }
}

/* The number in a text: of the field's unit, or a plain one. Light may be given in watts where dBm is asked.
 */
static enum quality_reason number_in_text(const struct field *f, const char *text, size_t len, double *raw,
                                          bool *has_unit)
{
    bool is_counted = !f->unit || strcmp(f->unit, "1") == 0 || f->function == FUNCTION_CHANNEL;
    const char *unit = is_counted ? NULL : f->function == FUNCTION_FAHRENHEIT ? "[degF]" : f->unit;
    enum quality_reason q;

    if (len == 0)
        return QUALITY_NOT_PRESENT;
    q = value_from_text(text, len, unit, raw, has_unit);
    if (q == QUALITY_UNIT_UNKNOWN && f->function == FUNCTION_WATT_TO_DBM)
        q = value_from_text(text, len, "W", raw, has_unit);
    else if (*has_unit && f->function == FUNCTION_WATT_TO_DBM)
        *raw = pow(10, *raw / 10) / 1000; /* in dBm already: the function turns it back */
    return q;
}

static struct result number_of(struct decoder *d, const struct row *row, const struct field *f, int depth);

/* The first of a list that gives a number; NaN if none does. Its sources become the caller's. */
static double helper(struct decoder *d, const struct row *row, const struct field_list *list, int depth)
{
    for (size_t i = 0; i < list->count; i++) {
        struct result r = number_of(d, row, &list->items[i], depth + 1);

        if (r.is_found && r.quality == QUALITY_OK && !isnan(r.value))
            return r.value;
    }
    return NAN;
}

static enum quality_reason apply_function(struct decoder *d, const struct row *row, const struct field *f,
                                          double *value, int depth)
{
    double band;

    switch (f->function) {
    case FUNCTION_WATT_TO_DBM:
        if (!(*value > 0))
            return QUALITY_SENTINEL;
        *value = 10 * log10(*value * 1000);
        return QUALITY_OK;
    case FUNCTION_CHANNEL:
        if (*value == 0)
            return QUALITY_NOT_PRESENT; /* the radio is off */
        band = helper(d, row, &f->band, depth);
        if (isnan(band))
            return QUALITY_UNIT_UNKNOWN;
        *value = value_channel_hz(*value, band);
        return *value > 0 ? QUALITY_OK : QUALITY_OUT_OF_RANGE;
    case FUNCTION_FAHRENHEIT: *value = (*value - 32) * 5 / 9; return QUALITY_OK;
    default: return QUALITY_OK;
    }
}

/* Does it hang on one instance alone, once the factors are known? */
static bool can_repeat(const struct field *f)
{
    return !f->sub && f->function != FUNCTION_CHANNEL && f->metric != METRIC_STATE;
}

static bool has_factors(const struct field *f)
{
    return f->si_scale.count || f->times.count || f->plus.count || f->minus.count || f->percent_of.count;
}

/* What the other instances of the row contribute. */
static struct view_factors find_factors(struct decoder *d, const struct row *row, const struct field *f,
                                        int depth)
{
    struct view_factors k = {.times = 1};

    if (f->si_scale.count)
        k.times *= value_si_factor(helper(d, row, &f->si_scale, depth),
                                   f->si_precision.count ? helper(d, row, &f->si_precision, depth) : 0);
    for (size_t i = 0; i < f->times.count; i++)
        k.times *= helper(d, row, &(struct field_list){&f->times.items[i], 1}, depth);
    for (size_t i = 0; i < f->plus.count; i++)
        k.plus += helper(d, row, &(struct field_list){&f->plus.items[i], 1}, depth);
    for (size_t i = 0; i < f->minus.count; i++)
        k.plus -= helper(d, row, &(struct field_list){&f->minus.items[i], 1}, depth);
    if (f->percent_of.count) {
        k.total = helper(d, row, &f->percent_of, depth);
        if (!(k.total > 0))
            k.total = -1; /* of nothing there is no share */
    }
    return k;
}

static enum quality_reason apply_factors(const struct view_factors *k, double *value)
{
    *value = *value * k->times + k->plus;
    if (k->total < 0)
        return QUALITY_NOT_PRESENT;
    if (k->total > 0)
        *value = *value * 100 / k->total;
    return isnan(*value) ? QUALITY_UNIT_UNKNOWN : QUALITY_OK;
}

/* From a raw number to the quantity. Without a decoder the factors are those that r came with. */
static void convert(struct decoder *d, const struct row *row, const struct field *f, double raw,
                    bool has_unit, struct result *r, int depth)
{
    double value = raw;

    if (is_sentinel(f, raw)) {
        r->quality = QUALITY_SENTINEL;
        return;
    }
    value = as_signed(f->function, value);
    if (value != raw && is_sentinel(f, value)) {
        r->quality = QUALITY_SENTINEL;
        return;
    }
    if (!has_unit) {
        if (d) {
            r->factors = find_factors(d, row, f, depth);
            r->field = can_repeat(f) ? f : NULL;
        }
        value = value * f->scale + f->offset;
        r->quality = apply_factors(&r->factors, &value);
    }
    if (!r->quality)
        r->quality = apply_function(d, row, f, &value, depth);
    if (!r->quality && ((!isnan(f->min) && value < f->min) || (!isnan(f->max) && value > f->max)))
        r->quality = QUALITY_OUT_OF_RANGE;
    if (!r->quality && isfinite(value))
        r->value = value;
    else if (!r->quality)
        r->quality = QUALITY_OUT_OF_RANGE;
}

static bool map_number(const struct field *f, const char *text, double *out)
{
    for (size_t i = 0; i < f->map_count; i++)
        if (strcmp(f->map[i].from, text) == 0) {
            *out = f->map[i].to;
            return true;
        }
    return false;
}

static bool is_number_text(const char *text)
{
    double ignored;

    return strx_to_double(text, &ignored) == ERR_OK;
}

/* These need no text unless the field asks for one. */
static bool is_number_type(uint32_t type)
{
    return type == SNMP_INTEGER || type == SNMP_COUNTER32 || type == SNMP_GAUGE32 || type == SNMP_TIMETICKS ||
           type == SNMP_COUNTER64;
}

static void evaluate(struct decoder *d, const struct row *row, const struct field *f,
                     const struct varbind *vb, struct result *r, int depth)
{
    char text[RAW_TEXT_SIZE];
    size_t len = 0;
    double raw = NAN;
    bool has_unit = false;

    if (f->is_counter) {
        r->is_counter = value_from_varbind(vb, &raw);
        r->is_found = r->is_counter;
        r->width = vb->type == SNMP_COUNTER64 ? 64 : 32;
        r->raw = vb->type == SNMP_INTEGER ? (uint64_t)vb->integer : vb->number;
        return;
    }
    if (f->match || f->word_count || f->otherwise || f->map_count || !is_number_type(vb->type))
        len = raw_text(vb, text);
    if (!pick(f->match, text, &len)) {
        r->quality = len ? QUALITY_UNPARSABLE : QUALITY_NOT_PRESENT;
        return;
    }
    if (f->word_count || f->otherwise)
        r->text = find_word(f, text);
    if (f->map_count) {
        if (map_number(f, text, &r->value))
            return;
        r->quality = QUALITY_UNPARSABLE;
        return;
    }
    if (f->function == FUNCTION_BIG_ENDIAN && vb->type == SNMP_OCTETS && vb->len && vb->len <= 8)
        raw = big_endian(vb);
    else if (f->match || !value_from_varbind(vb, &raw)) {
        if (f->metric == METRIC_STATE && !is_number_text(text)) { /* a state sent as a word */
            r->text = len ? decoder_text(d, text, len) : NULL;
            r->quality = len ? QUALITY_OK : QUALITY_NOT_PRESENT;
            return;
        }
        r->quality = number_in_text(f, text, len, &raw, &has_unit);
    }
    if (!r->quality)
        convert(d, row, f, raw, has_unit, r, depth);
}

/* Sum, mean … over the instances below the row. */
static bool evaluate_below(struct decoder *d, const struct row *row, const struct field *f, struct result *r,
                           int depth)
{
    uint32_t ids[OID_MAX];
    size_t from = 0, n = index_part_of(f->part, row->index_len, &from), begin, end, used = 0;
    double total = 0;

    if (f->oid_len + n > OID_MAX)
        return false;
    memcpy(ids, f->oid, f->oid_len * sizeof *ids);
    if (n)
        memcpy(ids + f->oid_len, row->index + from, n * sizeof *ids);
    varbind_set_below(d->set, ids, f->oid_len + n, &begin, &end);
    for (size_t i = begin; i < end; i++) {
        const struct varbind *vb = varbind_set_at(d->set, i);
        struct result one = {.value = NAN};

        evaluate(d, row, f, vb, &one, depth);
        if (isnan(one.value))
            continue;
        add_source(d, vb);
        total = used == 0           ? one.value
                : f->sub == SUB_MAX ? fmax(total, one.value)
                : f->sub == SUB_MIN ? fmin(total, one.value)
                                    : total + one.value;
        used++;
    }
    if (used)
        r->value = f->sub == SUB_COUNT ? (double)used : f->sub == SUB_MEAN ? total / (double)used : total;
    return used > 0;
}

static struct result number_of(struct decoder *d, const struct row *row, const struct field *f, int depth)
{
    struct result r = {.value = NAN, .factors = {.times = 1}, .source_from = d->source_count};
    const struct varbind *vb;

    if (depth > DEPTH_MAX || !field_conditions_hold(d, row, &f->when))
        return r;
    if (!f->oid) { /* a constant, for helpers */
        r.is_found = f->text && !strx_to_double(field_template(d, row, f->text), &r.value);
        return r;
    }
    if (f->sub) {
        r.is_found = evaluate_below(d, row, f, &r, depth);
        return r;
    }
    vb = instance(d, row, f->oid, f->oid_len, f->part, f->slot);
    if (!vb)
        return r;
    r.is_found = true;
    add_source(d, vb);
    if (!field_conditions_hold(d, row, &f->present)) {
        r.quality = QUALITY_NOT_PRESENT;
        return r;
    }
    r.field = can_repeat(f) && !has_factors(f) ? f : NULL;
    evaluate(d, row, f, vb, &r, depth);
    return r;
}

bool decode_again(const struct field *field, const struct view_factors *factors, const struct varbind *vb,
                  struct reading *out)
{
    struct result r = {.is_found = true, .value = NAN, .factors = *factors};

    evaluate(NULL, NULL, field, vb, &r, 0);
    *out = (struct reading){r.is_counter ? NAN : r.value, r.quality, r.raw, r.width};
    return r.is_found && !(r.quality && field->fallback.count);
}

struct result field_number(struct decoder *d, const struct row *row, const struct field *f)
{
    struct result r = number_of(d, row, f, 0);
    uint32_t own = r.is_found && d->source_count > r.source_from ? d->sources[r.source_from] : VIEW_NO_SOURCE;

    r.outvoted = VIEW_NO_SOURCE;
    for (size_t i = 0; (!r.is_found || r.quality) && i < f->fallback.count; i++) {
        size_t mark = d->source_count;
        struct result other = number_of(d, row, &f->fallback.items[i], 0);

        if (other.is_found && (!r.is_found || !other.quality)) {
            r = other;
            r.outvoted = own;
        } else {
            d->source_count = mark;
        }
    }
    if (r.quality && f->fallback.count)
        r.field = NULL; /* which of them counts may be another next time */
    if (!r.is_found)
        d->source_count = r.source_from;
    else if (r.source_from != d->source_count && r.quality)
        d->source_count = r.source_from + 1; /* of an unknown value only its own OID matters */
    return r;
}
