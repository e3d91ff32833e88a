/* SPDX-License-Identifier: GPL-3.0-or-later */
/* value.h - numbers out of what agents send: texts with units, channels, levels, sentinels. Pure. */
#ifndef NW_COLLECTOR_VALUE_H
#define NW_COLLECTOR_VALUE_H

#include <stdbool.h>
#include <stddef.h>

#include "collector/varbind.h"
#include "lib/model/metric.h"

/* The number in a text that is of quantity `unit` (a base unit of metric_list.h, or NULL: the first number,
 * whatever it is):
 *
 *   "43.0 C"                    43, the text says Celsius
 *   "63.5C / 146.7F"            Cel: 63.5
 *   "0.03 mW (-14.61 dBm)"      dBm: -14.61
 *   "5 Secs (3%) 60 Secs (2%)"  %: 3
 *   "43"                        43, the text says nothing: *has_unit false, the profile's scale applies
 *
 * *out is in the base unit if *has_unit. QUALITY_UNPARSABLE: no number; QUALITY_UNIT_UNKNOWN: only figures of
 * another quantity. */
enum quality_reason value_from_text(const char *text, size_t len, const char *unit, double *out,
                                    bool *has_unit);

/* The plain number of a varbind (INTEGER signed, the rest unsigned; net-snmp's opaque float and double). */
bool value_from_varbind(const struct varbind *vb, double *out);

/* Centre frequency in Hz of a radio channel; band_ghz is 2.4, 5 or 6 (the number alone is ambiguous). 0: no
 * such channel. IEEE 802.11-2020 annex E: 2407 + 5 n (14: 2484), 5000 + 5 n, 5950 + 5 n MHz. */
double value_channel_hz(double channel, double band_ghz);

/* 10^(3 * (scale - 9)) / 10^precision: ENTITY-SENSOR-MIB, RFC 3433. NaN if out of its range. */
double value_si_factor(double scale, double precision);

/* The ends of integer types, which agents send for "no reading": 65535, 32767, -32768, 2147483647,
 * -2147483648, 4294967295. */
bool value_is_type_limit(double raw);

#endif
