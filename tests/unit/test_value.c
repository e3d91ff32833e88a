/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_value.c - numbers out of what agents send. */
#include "tests/unit/cmocka_tests.h"

#include <math.h>

#include "collector/value.h"

static void expect(const char *text, const char *unit, double wanted, bool wanted_unit)
{
    double value = NAN;
    bool has_unit = false;

    assert_int_equal(value_from_text(text, strlen(text), unit, &value, &has_unit), QUALITY_OK);
    assert_true(fabs(value - wanted) <= 1e-9 * fabs(wanted));
    assert_int_equal(has_unit, wanted_unit);
}

static void expect_not(const char *text, const char *unit, enum quality_reason why)
{
    double value;
    bool has_unit;

    assert_int_equal(value_from_text(text, strlen(text), unit, &value, &has_unit), why);
}

static void text_gives_the_figure_of_the_wanted_unit(void **state)
{
    (void)state;
    expect("43.0 C", "Cel", 43, true);
    expect("58.000000 C", "Cel", 58, true);
    expect("63.5C / 146.7F", "Cel", 63.5, true);
    expect("49.91 degrees C normal", "Cel", 49.91, true);
    expect("-5.8 dBm", "dBm", -5.8, true);
    expect("0.03 mW (-14.61 dBm)", "dBm", -14.61, true);
    expect("0.03 mW (-14.61 dBm)", "W", 0.03e-3, true);
    expect("5 Secs (3.5%) 60 Secs (2%) 300 Secs (1%)", "%", 3.5, true);
    expect("3300 mV", "V", 3.3, true);
    expect("2.1e-05 A", "A", 2.1e-5, true);
}

static void text_without_unit_leaves_the_scale_to_the_profile(void **state)
{
    (void)state;
    expect("431", "Cel", 431, false);
    expect("  +7 ", "V", 7, false);
    expect("116E", NULL, 116, false);
}

static void text_of_another_quantity_is_no_reading(void **state)
{
    (void)state;
    expect_not("12 A", "V", QUALITY_UNIT_UNKNOWN);
    expect_not("146.7F", "Cel", QUALITY_UNIT_UNKNOWN);
    expect_not("ready", "Cel", QUALITY_UNPARSABLE);
    expect_not("CPU1", "%", QUALITY_UNPARSABLE);
    expect_not("3.3.5 V", "V", QUALITY_UNPARSABLE); /* a version, not 5 V */
    expect("Version 1.4.12, 3.3 V", "V", 3.3, true);
    expect_not("", "%", QUALITY_UNPARSABLE);
}

static void channel_needs_its_band(void **state)
{
    (void)state;
    assert_float_equal(value_channel_hz(1, 2.4), 2412e6, 1);
    assert_float_equal(value_channel_hz(14, 2.4), 2484e6, 1);
    assert_float_equal(value_channel_hz(36, 5), 5180e6, 1);
    assert_float_equal(value_channel_hz(53, 6), 6215e6, 1);
    assert_float_equal(value_channel_hz(1, 6), 5955e6, 1);
    assert_float_equal(value_channel_hz(36, 2.4), 0, 0);
    assert_float_equal(value_channel_hz(0, 5), 0, 0);
}

static void sensor_scale_and_precision_multiply(void **state)
{
    (void)state;
    assert_float_equal(value_si_factor(9, 0), 1, 1e-12);
    assert_float_equal(value_si_factor(8, 0), 1e-3, 1e-12);
    assert_float_equal(value_si_factor(9, 3), 1e-3, 1e-12);
    assert_true(isnan(value_si_factor(0, 0)));
    assert_true(isnan(value_si_factor(9, 40)));
}

static void opaque_float_is_read(void **state)
{
    static const uint8_t bytes[] = {0x9f, 0x78, 0x04, 0x3f, 0xc0, 0x00, 0x00};
    struct varbind vb = {.type = SNMP_OPAQUE, .bytes = bytes, .len = sizeof bytes};
    double value;

    (void)state;
    assert_true(value_from_varbind(&vb, &value));
    assert_float_equal(value, 1.5, 1e-9);
    vb.len = 5;
    assert_false(value_from_varbind(&vb, &value));
}

RUN_TESTS("value", cmocka_unit_test(text_gives_the_figure_of_the_wanted_unit),
          cmocka_unit_test(text_without_unit_leaves_the_scale_to_the_profile),
          cmocka_unit_test(text_of_another_quantity_is_no_reading), cmocka_unit_test(channel_needs_its_band),
          cmocka_unit_test(sensor_scale_and_precision_multiply), cmocka_unit_test(opaque_float_is_read))
