/* SPDX-License-Identifier: GPL-3.0-or-later */
/* profile_file.c - the keys of a profile file and what each may hold. */
#include "collector/profile_file.h"

#include <string.h>

#include "collector/deny.h"
#include "collector/field.h"
#include "lib/base/strx.h"

const char *profile_file_oid(const char *text)
{
    uint32_t ids[OID_MAX];
    size_t len = OID_MAX;

    return *text != '.' && !oid_from_text(text, ids, &len) && len >= 2
               ? NULL
               : "a numeric OID without a leading dot, such as 1.3.6.1.2.1.1.1.0";
}

const char *profile_file_read_oid(const char *text)
{
    const char *problem = profile_file_oid(text);
    uint32_t ids[OID_MAX];
    size_t len = OID_MAX;

    if (problem || oid_from_text(text, ids, &len))
        return problem;
    return deny_reason(ids, len);
}

static const char *check_metric(const char *text)
{
    size_t len = strlen(text);

    if (len == 0 || len > 64 || strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789._") != len)
        return "a metric of the list, or an own name of a-z, 0-9, '.', '_' together with a unit";
    return NULL;
}

static const char *check_trap_name(const char *text)
{
    size_t len = strlen(text);

    if (len == 0 || len > 64 || strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789_") != len)
        return "a name of a-z, 0-9 and '_', at most 64 characters";
    return NULL;
}

static const char *const units[] = {"Cel",   "dBm", "V",   "dB",    "A",  "Hz",  "W",
                                    "bit/s", "VA",  "%",   "var",   "By", "s",   "m",
                                    "rpm",   "Wh",  "A.h", "ps/nm", "1",  "1/s", NULL};

static const char *check_unit(const char *text)
{
    for (size_t i = 0; units[i]; i++)
        if (strcmp(units[i], text) == 0)
            return NULL;
    return "a base unit: Cel dBm V dB A Hz W bit/s VA % var By s m rpm Wh A.h ps/nm 1 1/s";
}

static const char *check_number(const char *text)
{
    double value;

    return strx_to_double(text, &value) ? "a number" : NULL;
}

/* The escapes that make matching exponential, or depend on the locale, are not needed here. */
static const char *check_regex(const char *text)
{
    regex_t re;

    for (const char *s = text; *s; s++) {
        if (s[0] == '\\' && s[1] >= '1' && s[1] <= '9')
            return "a regular expression without back references";
        if (s[0] == '\\' && s[1])
            s++;
    }
    if (strlen(text) > 256 || regcomp(&re, text, REG_EXTENDED | REG_ICASE))
        return "a POSIX extended regular expression of at most 256 bytes";
    regfree(&re);
    return NULL;
}

static const char *check_index(const char *text)
{
    struct index_part part;

    return index_part_parse(text, &part) ? NULL : "none, or a range of the row's index: 1, 2-7, 3-, -1, -2-";
}

static const char *const kinds[] = {"interface", "radio",   "ssid", "ap",      "station", "link", "sensor",
                                    "optic",     "pon",     "onu",  "psu",     "fan",     "cpu",  "memory",
                                    "ups",       "battery", "poe",  "chassis", NULL};

const char *profile_file_kind(const char *text)
{
    for (size_t i = 0; kinds[i]; i++)
        if (strcmp(kinds[i], text) == 0)
            return NULL;
    return "one of interface radio ssid ap station link sensor optic pon onu psu fan cpu memory ups battery "
           "poe chassis";
}

static const char *const format_words[] = {"text", "mac", "number", NULL};
static const char *const function_words[] = {"none",     "watt_to_dbm", "channel",   "fahrenheit", "signed8",
                                             "signed16", "signed32",    "minus_abs", "big_endian", NULL};
static const char *const sub_words[] = {"none", "sum", "mean", "max", "min", "count", NULL};

static const struct conf_field condition_fields[] = {
    CONF_STRING_FIELD(struct y_condition, oid, .check = profile_file_read_oid),
    CONF_STRING_FIELD(struct y_condition, index, .check = check_index),
    CONF_STRING_FIELD(struct y_condition, match, .check = check_regex),
    CONF_STRINGS_FIELD(struct y_condition, is),
    CONF_STRINGS_FIELD(struct y_condition, is_not),
    CONF_BOOL_FIELD(struct y_condition, missing),
    CONF_BOOL_FIELD(struct y_condition, string),
    CONF_POSITION_FIELD(struct y_condition, at),
    CONF_END};
static const struct conf_schema condition_schema = CONF_SCHEMA(struct y_condition, condition_fields);

static const struct conf_schema field_schema;
static const struct conf_field field_fields[] = {
    CONF_STRING_FIELD(struct y_field, attr, .check = check_metric),
    CONF_STRING_FIELD(struct y_field, metric, .check = check_metric),
    CONF_STRING_FIELD(struct y_field, unit, .check = check_unit),
    CONF_STRING_FIELD(struct y_field, oid, .check = profile_file_read_oid),
    CONF_STRING_FIELD(struct y_field, index, .check = check_index),
    CONF_STRING_FIELD(struct y_field, text),
    CONF_STRING_FIELD(struct y_field, match, .check = check_regex),
    CONF_STRING_FIELD(struct y_field, otherwise),
    CONF_PAIRS_FIELD(struct y_field, words),
    CONF_PAIRS_FIELD(struct y_field, map),
    CONF_ENUM_FIELD(struct y_field, format, format_words, .fallback = "text"),
    CONF_ENUM_FIELD(struct y_field, function, function_words, .fallback = "none"),
    CONF_ENUM_FIELD(struct y_field, sub, sub_words, .fallback = "none"),
    CONF_DOUBLE_FIELD(struct y_field, scale, -1e18, 1e18, .fallback = "1"),
    CONF_DOUBLE_FIELD(struct y_field, divide, 1e-18, 1e18, .fallback = "1"),
    CONF_DOUBLE_FIELD(struct y_field, offset, -1e18, 1e18, .fallback = "0"),
    CONF_STRINGS_FIELD(struct y_field, unknown),
    CONF_STRING_FIELD(struct y_field, min, .check = check_number),
    CONF_STRING_FIELD(struct y_field, max, .check = check_number),
    CONF_STRING_FIELD(struct y_field, unknown_below, .check = check_number),
    CONF_STRING_FIELD(struct y_field, si_scale, .check = profile_file_read_oid),
    CONF_STRING_FIELD(struct y_field, si_precision, .check = profile_file_read_oid),
    CONF_BOOL_FIELD(struct y_field, limits, .fallback = "true"),
    CONF_BOOL_FIELD(struct y_field, counter),
    CONF_LIST_FIELD(struct y_field, times, &field_schema),
    CONF_LIST_FIELD(struct y_field, percent_of, &field_schema),
    CONF_LIST_FIELD(struct y_field, plus, &field_schema),
    CONF_LIST_FIELD(struct y_field, minus, &field_schema),
    CONF_LIST_FIELD(struct y_field, band, &field_schema),
    CONF_LIST_FIELD(struct y_field, fallback, &field_schema),
    CONF_LIST_FIELD(struct y_field, when, &condition_schema),
    CONF_LIST_FIELD(struct y_field, present, &condition_schema),
    CONF_POSITION_FIELD(struct y_field, at),
    CONF_END};
static const struct conf_schema field_schema = CONF_SCHEMA(struct y_field, field_fields);

static const struct conf_field table_fields[] = {
    CONF_ID_FIELD(struct y_table, table, .is_required = true),
    CONF_STRING_FIELD(struct y_table, kind, .is_required = true, .check = profile_file_kind),
    CONF_STRING_FIELD(struct y_table, id),
    CONF_BOOL_FIELD(struct y_table, scalar),
    CONF_BOOL_FIELD(struct y_table, listed),
    CONF_DURATION_FIELD(struct y_table, age, 0, 86400),
    CONF_STRINGS_FIELD(struct y_table, rows),
    CONF_LIST_FIELD(struct y_table, name, &field_schema),
    CONF_LIST_FIELD(struct y_table, attrs, &field_schema),
    CONF_LIST_FIELD(struct y_table, readings, &field_schema),
    CONF_LIST_FIELD(struct y_table, when, &condition_schema),
    CONF_POSITION_FIELD(struct y_table, at),
    CONF_END};
static const struct conf_schema table_schema = CONF_SCHEMA(struct y_table, table_fields);

static const struct conf_field match_fields[] = {
    CONF_STRINGS_FIELD(struct y_match, sys_object_id),
    CONF_STRING_FIELD(struct y_match, sys_descr, .check = check_regex),
    CONF_STRING_FIELD(struct y_match, probe, .check = profile_file_read_oid),
    CONF_STRING_FIELD(struct y_match, probe_match, .check = check_regex),
    CONF_POSITION_FIELD(struct y_match, at),
    CONF_END};
static const struct conf_schema match_schema = CONF_SCHEMA(struct y_match, match_fields);

static const struct conf_field trap_fields[] = {
    CONF_STRING_FIELD(struct y_trap, trap, .is_required = true, .check = check_trap_name),
    CONF_STRING_FIELD(struct y_trap, oid, .is_required = true, .check = profile_file_oid),
    CONF_STRINGS_FIELD(struct y_trap, read),
    CONF_STRINGS_FIELD(struct y_trap, keep),
    CONF_BOOL_FIELD(struct y_trap, walk),
    CONF_BOOL_FIELD(struct y_trap, drop),
    CONF_DURATION_FIELD(struct y_trap, delay, 0, 300),
    CONF_POSITION_FIELD(struct y_trap, at),
    CONF_END};
static const struct conf_schema trap_schema = CONF_SCHEMA(struct y_trap, trap_fields);

static const struct conf_field profile_fields[] = {
    CONF_ID_FIELD(struct y_profile, profile, .is_required = true),
    CONF_STRING_FIELD(struct y_profile, comment),
    CONF_LIST_FIELD(struct y_profile, match, &match_schema),
    CONF_LIST_FIELD(struct y_profile, vendor, &field_schema),
    CONF_LIST_FIELD(struct y_profile, model, &field_schema),
    CONF_LIST_FIELD(struct y_profile, version, &field_schema),
    CONF_LIST_FIELD(struct y_profile, serial, &field_schema),
    CONF_LIST_FIELD(struct y_profile, tables, &table_schema),
    CONF_LIST_FIELD(struct y_profile, traps, &trap_schema),
    CONF_STRINGS_FIELD(struct y_profile, uses),
    CONF_STRINGS_FIELD(struct y_profile, drop),
    CONF_BOOL_FIELD(struct y_profile, lldp),
    CONF_POSITION_FIELD(struct y_profile, at),
    CONF_END};
const struct conf_schema profile_file_schema = CONF_SCHEMA(struct y_profile, profile_fields);
