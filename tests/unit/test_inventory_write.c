/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_inventory_write.c - what is written as YAML is read back the same. */
#include "tests/unit/cmocka_tests.h"

#include "lib/model/inventory_write.h"
#include "lib/runtime/conf_write.h"

static void names_from_the_network_are_escaped(void **state)
{
    static const struct {
        const char *from, *to;
    } cases[] = {{"plain é 漢 😀", "\"plain é 漢 😀\""},
                 {"a\"b\\c", "\"a\\\"b\\\\c\""},
                 {"\x1b[2J\n\x7f", "\"\\u001b[2J\\u000a\\u007f\""},
                 {"\xc2\x85\xe2\x80\xae", "\"\\u0085\\u202e\""},     /* next line, right-to-left */
                 {"\xef\xbb\xbf\xef\xbf\xbf", "\"\\ufeff\\uffff\""}, /* no character */
                 {"\xff\xc3", "\"\xef\xbf\xbd\xef\xbf\xbd\""}};      /* no UTF-8 */

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct buf out = BUF_INIT;

        conf_put_text(&out, cases[i].from);
        buf_u8(&out, 0);
        assert_ok(buf_error(&out));
        assert_string_equal(out.data, cases[i].to);
        buf_fini(&out);
    }
}

/* Reads what stands in out as the only item of a list. */
static void read_back(const struct buf *out, const struct conf_schema *schema, void *item)
{
    struct conf_report *report;

    assert_ok(buf_error(out));
    assert_ok(conf_report_new(&report));
    assert_true(out->len > 5 && strncmp(out->data, "  - ", 4) == 0 && out->data[out->len - 1] == '\n');
    if (conf_read("item", out->data + 4, out->len - 4, schema, item, report))
        fail_msg("%s%s", out->data, conf_report_text(report));
    conf_report_free(report);
}

static void a_device_comes_back_as_it_was(void **state)
{
    struct device d = {.id = "null",
                       .name = "~ \"Schrank\" 1: {x}, # no comment",
                       .address = "2001:db8::1",
                       .port = 10161,
                       .kind = DEVICE_OLT,
                       .site = "0",
                       .credentials = "v3",
                       .profile = "junos",
                       .model = "\x1b[31m",
                       .serial = "007",
                       .uplink = "core",
                       .uplink_port = "if/ge-0/0/1 [é]",
                       .power = "ups",
                       .interval = 1500 * MILLISECONDS,
                       .is_core = true},
                  back;
    struct buf out = BUF_INIT;

    (void)state;
    inventory_put_device(&out, &d);
    read_back(&out, &device_schema, &back);
    assert_string_equal(back.id, d.id);
    assert_string_equal(back.name, d.name);
    assert_string_equal(back.address, d.address);
    assert_int_equal(back.port, d.port);
    assert_int_equal(back.kind, d.kind);
    assert_string_equal(back.site, d.site);
    assert_string_equal(back.credentials, d.credentials);
    assert_string_equal(back.profile, d.profile);
    assert_string_equal(back.model, d.model);
    assert_string_equal(back.serial, d.serial);
    assert_string_equal(back.uplink, d.uplink);
    assert_string_equal(back.uplink_port, d.uplink_port);
    assert_string_equal(back.power, d.power);
    assert_int_equal(back.interval, d.interval);
    assert_true(back.is_core);
    conf_free(&device_schema, &back);
    buf_fini(&out);
}

static void a_hotspot_comes_back_with_its_radios(void **state)
{
    struct hotspot_radio radios[] = {{.band_ghz = 2.4, .eirp_dbm = 20}, {.band_ghz = 5}};
    struct hotspot h = inventory_blank_hotspot(), back;
    struct buf out = BUF_INIT;

    (void)state;
    h.id = "hs-1";
    h.name = "Becken";
    h.site = "lido";
    h.device = "wlc";
    h.entity = "ap/00:00:5e:00:53:01";
    h.lat = 53.7 + 1e-15 * 3; /* takes 17 digits */
    h.lon = 10.01;
    h.environment = ENV_INDOOR;
    h.radios = (struct conf_list){radios, 2};
    h.is_published = false;
    inventory_put_hotspot(&out, &h);
    read_back(&out, &hotspot_schema, &back);
    assert_true(back.lat == h.lat && back.lon == h.lon && back.height_m == 5);
    assert_string_equal(back.entity, h.entity);
    assert_int_equal(back.environment, ENV_INDOOR);
    assert_false(back.is_published);
    assert_true(back.is_probed);
    assert_int_equal(back.radios.count, 2);
    assert_memory_equal(back.radios.items, radios, sizeof radios);
    conf_free(&hotspot_schema, &back);
    buf_fini(&out);
}

static void a_service_comes_back_with_what_it_expects(void **state)
{
    char *addresses[] = {"192.0.2.7", "- no list: [x], \"y\""};
    struct service s = {.id = "dns", .kind = SERVICE_DNS, .target = "192.0.2.2", .question = "stadt.example"},
                   back;
    struct buf out = BUF_INIT;

    (void)state;
    s.expected = (struct conf_strings){.items = addresses, .count = ARRAY_LEN(addresses)};
    inventory_put_service(&out, &s);
    read_back(&out, &service_schema, &back);
    assert_string_equal(back.question, s.question);
    assert_int_equal(back.expected.count, ARRAY_LEN(addresses));
    for (size_t i = 0; i < ARRAY_LEN(addresses); i++)
        assert_string_equal(back.expected.items[i], addresses[i]);
    conf_free(&service_schema, &back);
    buf_fini(&out);
}

static void what_equals_a_default_is_left_out(void **state)
{
    struct device d = inventory_blank_device();
    struct hotspot h = inventory_blank_hotspot();
    struct buf out = BUF_INIT;

    (void)state;
    d.id = d.name = "sw-1";
    d.credentials = "default";
    d.address = "192.0.2.1";
    h.id = h.name = "hs-1";
    h.site = "lido";
    h.device = "sw-1";
    inventory_put_site(&out, &(struct site){.id = "lido", .name = "Lido", .kind = SITE_OTHER});
    inventory_put_device(&out, &d);
    inventory_put_hotspot(&out, &h);
    inventory_put_service(
        &out, &(struct service){.id = "dns", .name = "dns", .kind = SERVICE_DNS, .target = "192.0.2.2"});
    inventory_put_link(&out, &(struct link){.id = "l-1", .from = "sw-1", .to = "sw-2"});
    assert_ok(buf_error(&out));
    assert_string_equal(out.data, "  - {id: \"lido\", name: \"Lido\", lat: 0, lon: 0}\n"
                                  "  - {id: \"sw-1\", address: \"192.0.2.1\"}\n"
                                  "  - {id: \"hs-1\", name: \"hs-1\", site: \"lido\", device: \"sw-1\"}\n"
                                  "  - {id: \"dns\", kind: dns, target: \"192.0.2.2\"}\n"
                                  "  - {id: \"l-1\", from: \"sw-1\", to: \"sw-2\"}\n");
    buf_fini(&out);
}

RUN_TESTS("inventory_write", cmocka_unit_test(names_from_the_network_are_escaped),
          cmocka_unit_test(a_device_comes_back_as_it_was),
          cmocka_unit_test(a_hotspot_comes_back_with_its_radios),
          cmocka_unit_test(a_service_comes_back_with_what_it_expects),
          cmocka_unit_test(what_equals_a_default_is_left_out))
