/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_import_rest.c - what NetBox and LibreNMS answer, as drafts; which URL may follow which. */
#include "tests/unit/cmocka_tests.h"

#include "cli/import_json.h"
#include "cli/import_librenms.h"
#include "cli/import_netbox.h"

struct world {
    struct draft *draft;
    struct netbox *netbox;
    struct librenms *librenms;
    struct import_reader reader;
    char problem[IMPORT_PROBLEM_SIZE];
};

static void begin_netbox(struct world *w, const char *core)
{
    *w = (struct world){0};
    assert_ok(draft_new(&w->draft));
    assert_ok(import_netbox_new(w->draft, core, &w->netbox, &w->reader));
}

static void begin_librenms(struct world *w, const char *core)
{
    *w = (struct world){0};
    assert_ok(draft_new(&w->draft));
    assert_ok(import_librenms_new(w->draft, core, &w->librenms, &w->reader));
}

static enum err take(struct world *w, const char *page)
{
    assert_non_null(w->reader.next(w->reader.ctx));
    return w->reader.take(w->reader.ctx, page, strlen(page), w->problem);
}

static void end(struct world *w)
{
    import_netbox_free(w->netbox);
    import_librenms_free(w->librenms);
    draft_free(w->draft);
}

static const struct device *device(const struct world *w, const char *key)
{
    const struct draft_item *item = draft_find(w->draft, INVENTORY_DEVICE, key);

    assert_non_null(item);
    return item->values;
}

static const char *ref(const struct world *w, enum inventory_kind kind, const char *key, const char *field)
{
    const struct draft_item *item = draft_find(w->draft, kind, key);

    assert_non_null(item);
    for (size_t i = 0; i < item->ref_count; i++)
        if (strcmp(item->refs[i].field, field) == 0)
            return item->refs[i].key;
    return NULL;
}

static bool has_remark(const struct world *w, const char *where, const char *part)
{
    for (size_t i = 0; i < w->draft->remark_count; i++)
        if (strcmp(w->draft->remarks[i].where, where) == 0 && strstr(w->draft->remarks[i].text, part))
            return true;
    return false;
}

#define LIST(results) "{\"count\": 1, \"next\": null, \"results\": [" results "]}"

static const char netbox_sites[] = LIST(
    "{\"id\": 3, \"name\": \"Rathaus\", \"slug\": \"rathaus\", \"status\": {\"value\": \"active\"}, "
    "\"latitude\": "
    "\"53.706400\", \"longitude\": 9.9926, \"custom_fields\": {\"netzwacht_kind\": {\"value\": \"public\"}}},"
    "{\"id\": 4, \"name\": \"Alt\", \"slug\": \"alt\", \"status\": {\"value\": \"retired\"}}");

static void netbox_of_both_versions_gives_the_same(void **state)
{
    static const char *const devices[] = {
        LIST("{\"id\": 17, \"name\": \"core\", \"device_role\": {\"slug\": \"core-switch\"}, "
             "\"device_type\": {\"slug\": "
             "\"ex\", \"model\": \"EX\"}, \"site\": {\"id\": 3}, \"status\": {\"value\": \"active\"}, "
             "\"serial\": \"S1\", "
             "\"primary_ip\": {\"address\": \"192.0.2.1/24\"}},"
             "{\"id\": 18, \"name\": \"ap\", \"device_role\": {\"slug\": \"access-point\"}, \"site\": "
             "{\"id\": 3}, "
             "\"primary_ip\": {\"address\": \"2001:db8::1/64\"}, \"latitude\": \"53.7\", \"longitude\": "
             "\"10.0\"}"),
        LIST("{\"id\": 17, \"name\": \"core\", \"role\": {\"slug\": \"core-switch\"}, \"device_type\": "
             "{\"slug\": "
             "\"ex\", \"model\": \"EX\"}, \"site\": {\"id\": 3}, \"status\": {\"value\": \"active\"}, "
             "\"serial\": \"S1\", "
             "\"primary_ip\": {\"address\": \"192.0.2.1/24\"}},"
             "{\"id\": 18, \"name\": \"ap\", \"role\": {\"slug\": \"access-point\"}, \"site\": {\"id\": 3}, "
             "\"primary_ip\": {\"address\": \"2001:db8::1/64\"}, \"latitude\": 53.7, \"longitude\": 10.0}")};
    static const char *const interfaces[] = {
        LIST("{\"id\": 1, \"name\": \"eth0\", \"device\": {\"id\": 18}, \"connected_endpoint_type\": "
             "\"dcim.interface\", "
             "\"connected_endpoint\": {\"name\": \"ge-0/0/1\", \"device\": {\"id\": 17}}}"),
        LIST("{\"id\": 1, \"name\": \"eth0\", \"device\": {\"id\": 18}, \"connected_endpoints_type\": "
             "\"dcim.interface\", "
             "\"connected_endpoints\": [{\"name\": \"ge-0/0/1\", \"device\": {\"id\": 17}}]},"
             "{\"id\": 2, \"name\": \"eth1\", \"device\": {\"id\": 18}, \"connected_endpoints\": null}")};

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(devices); i++) {
        struct world w;
        const struct hotspot *h;

        begin_netbox(&w, NULL);
        assert_ok(take(&w, netbox_sites));
        assert_ok(take(&w, devices[i]));
        assert_ok(take(&w, interfaces[i]));
        assert_ok(take(&w, LIST("")));
        assert_null(w.reader.next(w.reader.ctx));
        assert_string_equal(device(&w, "17")->address, "192.0.2.1");
        assert_string_equal(device(&w, "17")->serial, "S1");
        assert_string_equal(device(&w, "17")->model, "EX");
        assert_int_equal(device(&w, "17")->kind, DEVICE_SWITCH);
        assert_true(device(&w, "17")->is_core);
        assert_string_equal(device(&w, "18")->address, "2001:db8::1");
        assert_string_equal(device(&w, "18")->uplink_port, "if/ge-0/0/1");
        assert_string_equal(ref(&w, INVENTORY_DEVICE, "18", "uplink"), "17");
        assert_string_equal(ref(&w, INVENTORY_DEVICE, "18", "site"), "3");
        h = draft_find(w.draft, INVENTORY_HOTSPOT, "18")->values;
        assert_true(h->lat == 53.7 && h->lon == 10.0);
        assert_string_equal(ref(&w, INVENTORY_HOTSPOT, "18", "device"), "18");
        assert_true(has_remark(&w, "NetBox site 4", "its status is \"retired\""));
        assert_int_equal(w.draft->remark_count, 1);
        end(&w);
    }
}

static void custom_fields_of_netbox_speak_of_our_fields(void **state)
{
    struct world w;
    const struct hotspot *h;

    (void)state;
    begin_netbox(&w, NULL);
    assert_ok(take(&w, LIST("")));
    assert_ok(take(
        &w,
        LIST(
            "{\"id\": 5, \"name\": \"Kiosk\", \"site\": {\"id\": 3}, \"custom_fields\": "
            "{\"netzwacht_device\": "
            "{\"id\": 9, \"name\": \"wlc\"}, \"netzwacht_entity\": \"ap/00:00:5e:00:53:01\", "
            "\"netzwacht_height\": 6, \"netzwacht_hotspot\": \"hs-5\", \"netzwacht_environment\": \"innen\", "
            "\"netzwacht_source\": \"x\", \"netzwacht_radios\": \"y\", \"owner\": \"z\"}},"
            "{\"id\": 9, \"name\": \"wlc\", \"primary_ip\": {\"address\": \"192.0.2.9\"}, \"custom_fields\": "
            "{\"netzwacht_core\": true, \"netzwacht_kind\": \"controller\", \"netzwacht_id\": \"wlc-1\", "
            "\"netzwacht_interval\": \"30s\"}},"
            "{\"id\": 10, \"name\": \"AP\", \"role\": {\"slug\": \"ap\"}}")));
    assert_null(draft_find(w.draft, INVENTORY_DEVICE, "5")); /* a row of its controller */
    h = draft_find(w.draft, INVENTORY_HOTSPOT, "5")->values;
    assert_string_equal(h->id, "hs-5");
    assert_string_equal(h->entity, "ap/00:00:5e:00:53:01");
    assert_true(h->height_m == 6);
    assert_null(h->source);
    assert_string_equal(ref(&w, INVENTORY_HOTSPOT, "5", "device"), "9");
    assert_true(has_remark(&w, "NetBox device 5", "environment: expected one of outdoor, indoor"));
    assert_int_equal(device(&w, "9")->kind, DEVICE_CONTROLLER);
    assert_string_equal(device(&w, "9")->id, "wlc-1");
    assert_true(device(&w, "9")->interval == 30 * SECONDS && device(&w, "9")->is_core);
    assert_true(has_remark(&w, "NetBox device 10", "no primary IP, and no netzwacht_entity"));
    assert_true(draft_find(w.draft, INVENTORY_HOTSPOT, "10")->is_refused);
    end(&w);
}

static void librenms_numbers_may_be_texts_and_secrets_stay_there(void **state)
{
    struct world w;

    (void)state;
    begin_librenms(&w, "sw");
    assert_ok(take(&w, "{\"status\":\"ok\",\"locations\":[{\"id\":\"2\",\"location\":\"Lido\",\"lat\":\"53."
                       "71\",\"lng\":10.01}]}"));
    assert_ok(take(
        &w,
        "{\"status\":\"ok\",\"devices\":["
        "{\"device_id\":\"1\",\"hostname\":\"sw.example\",\"sysName\":\"sw\",\"overwrite_ip\":\"192.0.2.1\","
        "\"community\":\"geheim\",\"snmpver\":\"v3\",\"os\":\"junos\",\"type\":\"network\",\"port\":\"1161\"}"
        ","
        "{\"device_id\":2,\"hostname\":\"192.0.2.2\",\"sysName\":null,\"os\":\"unifi\",\"type\":\"wireless\","
        "\"location_id\":2,\"serial\":\"A\",\"hardware\":\"U6\",\"disabled\":false},"
        "{\"device_id\":3,\"hostname\":\"192.0.2.3\",\"disabled\":\"1\"},"
        "{\"device_id\":4,\"hostname\":\"192.0.2.4\",\"snmp_disable\":1}]}"));
    assert_ok(take(&w, "{\"status\":\"ok\",\"ports\":[{\"port_id\":7,\"ifName\":\"ge-0/0/"
                       "7\"},{\"port_id\":8,\"ifName\":null}]}"));
    assert_ok(take(&w, "{\"status\":\"ok\",\"links\":[{\"local_device_id\":1,\"local_port_id\":\"7\","
                       "\"remote_device_id\":\"2\","
                       "\"remote_port_id\":8},{\"local_device_id\":1,\"remote_device_id\":null}]}"));
    assert_null(w.reader.next(w.reader.ctx));
    assert_string_equal(device(&w, "1")->address, "192.0.2.1");
    assert_int_equal(device(&w, "1")->port, 1161);
    assert_string_equal(device(&w, "1")->credentials, "default");
    assert_string_equal(device(&w, "2")->name, "192.0.2.2");
    assert_int_equal(device(&w, "2")->kind, DEVICE_AP);
    assert_string_equal(device(&w, "2")->uplink_port, "if/ge-0/0/7");
    assert_string_equal(ref(&w, INVENTORY_DEVICE, "2", "uplink"), "1");
    assert_string_equal(ref(&w, INVENTORY_HOTSPOT, "2", "site"), "2");
    assert_true(has_remark(&w, "LibreNMS device 3", "disabled there"));
    assert_true(has_remark(&w, "LibreNMS device 4", "not asked over SNMP there"));
    assert_true(has_remark(&w, "LibreNMS", "1 neighbours are no devices there"));
    assert_true(has_remark(&w, "LibreNMS", "1 devices are asked with another version"));
    end(&w);
}

static void librenms_without_locations_says_404_and_old_neighbours_do_not_count(void **state)
{
    static const char none[] = "{\"status\":\"error\",\"message\":\"Locations do not exist\"}";
    static const char no_route[] = "{\"status\":\"error\",\"message\":\"This API route doesn't exist.\"}";
    struct world w;

    (void)state;
    begin_librenms(&w, "1");
    assert_int_equal(w.reader.take_nothing(w.reader.ctx, no_route, strlen(no_route)), ERR_NOT_FOUND);
    assert_int_equal(w.reader.take_nothing(w.reader.ctx, "<html>", 6), ERR_NOT_FOUND);
    assert_ok(w.reader.take_nothing(w.reader.ctx, none, strlen(none)));
    assert_string_equal(w.reader.next(w.reader.ctx), "/api/v0/devices");
    assert_int_equal(w.reader.take_nothing(w.reader.ctx, none, strlen(none)), ERR_NOT_FOUND);
    assert_ok(take(&w,
                   "{\"status\":\"ok\",\"devices\":[{\"device_id\":1,\"hostname\":\"a\"},{\"device_id\":2,"
                   "\"hostname\":\"b\"}]}"));
    assert_ok(take(&w, "{\"status\":\"ok\",\"ports\":[]}"));
    assert_ok(take(
        &w, "{\"status\":\"ok\",\"links\":[{\"local_device_id\":1,\"remote_device_id\":2,\"active\":0}]}"));
    assert_null(ref(&w, INVENTORY_DEVICE, "2", "uplink"));
    end(&w);
}

static void what_is_no_answer_of_theirs_is_refused_with_a_reason(void **state)
{
    static const struct {
        const char *page, *part;
        enum err e;
    } cases[] = {
        {"", "no JSON, or cut off", ERR_MALFORMED},
        {"{\"results\": [{\"id\": 1", "no JSON, or cut off", ERR_MALFORMED},
        {"[]", "expected a list of NetBox", ERR_MALFORMED},
        {"{\"results\": {}}", "expected a list of NetBox", ERR_MALFORMED},
        {LIST("17"), "result 1 has no id", ERR_MALFORMED},
        {LIST("{\"id\": 1}, {\"id\": 1}"), "result 2 has no id of its own", ERR_MALFORMED},
        {"{\"next\": \"https://a/b\", \"results\": []}", "expected a list", ERR_MALFORMED},
        {"{\"next\": \"file:///etc/passwd\", \"results\": [{\"id\": 1}]}", "expected a list", ERR_MALFORMED},
        {"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]", "deeper than 32", ERR_LIMIT}};

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct world w;

        begin_netbox(&w, NULL);
        assert_int_equal(take(&w, cases[i].page), cases[i].e);
        if (!strstr(w.problem, cases[i].part))
            fail_msg("\"%s\" is not in \"%s\"", cases[i].part, w.problem);
        end(&w);
    }
    for (size_t i = 0; i < 2; i++) {
        struct world w;

        begin_librenms(&w, NULL);
        assert_int_equal(take(&w, i ? "{\"status\":\"ok\",\"locations\":[{}]}"
                                    : "{\"status\":\"error\",\"locations\":[]}"),
                         ERR_MALFORMED);
        end(&w);
    }
}

static void pages_follow_as_netbox_names_them(void **state)
{
    struct world w;

    (void)state;
    begin_netbox(&w, NULL);
    assert_string_equal(w.reader.next(w.reader.ctx), "/api/dcim/sites/?limit=500");
    assert_ok(take(&w, "{\"next\": \"https://n.example/api/dcim/sites/?limit=500&offset=500\", \"results\": "
                       "[{\"id\": 1}]}"));
    assert_string_equal(w.reader.next(w.reader.ctx),
                        "https://n.example/api/dcim/sites/?limit=500&offset=500");
    assert_ok(take(&w, LIST("{\"id\": 2}")));
    assert_non_null(strstr(w.reader.next(w.reader.ctx), "/api/dcim/devices/"));
    assert_string_equal(w.reader.header("nbt_x"), "Authorization: Bearer ");
    assert_string_equal(w.reader.header("x"), "Authorization: Token ");
    end(&w);
}

static void a_token_goes_to_its_own_origin_alone(void **state)
{
    static const struct {
        const char *a, *b;
        bool is_same;
    } cases[] = {{"https://n.example/", "https://N.example:443/api?x=1", true},
                 {"http://n.example", "http://n.example:80/", true},
                 {"https://[2001:db8::1]/", "https://[2001:db8::1]:443/x", true},
                 {"https://n.example/", "http://n.example/", false},
                 {"https://n.example/", "https://n.example:8443/", false},
                 {"https://n.example/", "https://n.example.evil/", false},
                 {"https://n.example/", "https://n.example@evil/", false},
                 {"https://n.example/", "https://evil/#n.example", false},
                 {"https://n.example/", "https://n.example\\@evil/", false},
                 {"https://n.example/", "//n.example/", false}};
    char *joined = import_url_join("https://n.example/sub//", "/api/x");

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        if (import_url_same_origin(cases[i].a, cases[i].b) != cases[i].is_same)
            fail_msg("%s and %s", cases[i].a, cases[i].b);
    assert_string_equal(joined, "https://n.example/sub/api/x");
    free(joined);
    assert_non_null(import_url_problem("ftp://n.example/"));
    assert_non_null(import_url_problem("https:///x"));
    assert_non_null(import_url_problem("https://u:p@n.example/"));
    assert_null(import_url_problem("https://n.example/@home"));
}

static void a_ring_is_a_tree_and_a_link(void **state)
{
    static const char *const names[] = {"core", "a", "b", "c"};
    struct draft_item *item;
    struct draft_tree *tree;
    struct draft *draft;
    struct world w = {0};

    (void)state;
    assert_ok(draft_new(&draft));
    assert_ok(draft_tree_new(&tree));
    for (size_t i = 0; i < ARRAY_LEN(names); i++)
        assert_ok(draft_add(draft, INVENTORY_DEVICE, names[i], names[i], &item));
    assert_ok(draft_tree_add(tree, "a", "if/1", "core", "if/9"));
    assert_ok(draft_tree_add(tree, "core", NULL, "a", NULL)); /* told twice, once without ports */
    assert_ok(draft_tree_add(tree, "b", "if/1", "core", "if/8"));
    assert_ok(draft_tree_add(tree, "a", "if/2", "b", "if/2"));
    assert_ok(draft_tree_add(tree, "b", "if/2", "a", "if/2"));
    assert_ok(draft_tree_add(tree, "b", NULL, "telephone", NULL));
    assert_ok(draft_tree_add(tree, "a", NULL, "a", NULL));
    assert_ok(draft_tree_apply(tree, draft, "core"));
    w.draft = draft;
    assert_string_equal(ref(&w, INVENTORY_DEVICE, "a", "uplink"), "core");
    assert_string_equal(device(&w, "a")->uplink_port, "if/9");
    assert_string_equal(device(&w, "b")->uplink_port, "if/8");
    assert_null(ref(&w, INVENTORY_DEVICE, "core", "uplink"));
    assert_null(ref(&w, INVENTORY_DEVICE, "c", "uplink"));
    assert_int_equal(draft->count, ARRAY_LEN(names) + 1);
    assert_string_equal(ref(&w, INVENTORY_LINK, "a-b", "from"), "a");
    draft_tree_free(tree);
    draft_free(draft);
}

RUN_TESTS("import_rest", cmocka_unit_test(netbox_of_both_versions_gives_the_same),
          cmocka_unit_test(custom_fields_of_netbox_speak_of_our_fields),
          cmocka_unit_test(librenms_numbers_may_be_texts_and_secrets_stay_there),
          cmocka_unit_test(librenms_without_locations_says_404_and_old_neighbours_do_not_count),
          cmocka_unit_test(what_is_no_answer_of_theirs_is_refused_with_a_reason),
          cmocka_unit_test(pages_follow_as_netbox_names_them),
          cmocka_unit_test(a_token_goes_to_its_own_origin_alone),
          cmocka_unit_test(a_ring_is_a_tree_and_a_link))
