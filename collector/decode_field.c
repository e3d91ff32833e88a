/* SPDX-License-Identifier: GPL-3.0-or-later */
/* decode_field.c - the number of a reading: checks sentinels, converts.
 *
 * Order: number out of the varbind (a unit in a text beats the profile's scale) → sentinels, on the raw
 * number → map → scale, times, offset, plus, minus, percent → function → bounds. */
#include "collector/decode_internal.h"

#include <math.h>
#include <string.h>

#include "collector/value.h"
#include "lib/base/strx.h"

enum { DEPTH_MAX = FIELD_DEPTH_MAX + 2 };

static void add_source(struct decoder *d, const struct varbind *vb)
{
    if (!decoder_reserve(d, &d->sources, d->source_count, &d->source_cap, sizeof *d->sources))
        return;
    d->sources[d->source_count++] = (uint32_t)(vb - varbind_set_at(d->set, 0));
}

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
        len = field_raw_text(vb, text);
    if (!field_pick(f->match, text, &len)) {
        r->quality = len ? QUALITY_UNPARSABLE : QUALITY_NOT_PRESENT;
        return;
    }
    if (f->word_count || f->otherwise)
        r->text = field_word(f, text);
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
    vb = field_instance(d, row, f->oid, f->oid_len, f->part, f->slot);
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
