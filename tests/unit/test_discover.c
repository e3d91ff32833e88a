/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_discover.c - ranges, ids, kinds, the tree of uplinks, the proposed YAML; the doctor's judgement. */
#include "tests/unit/cmocka_tests.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <unistd.h>

#include "collector/discover.h"
#include "collector/doctor.h"
#include "lib/base/strx.h"

/* ---- ranges ---- */

static const char *at(const struct discover_range *r, uint64_t i, char *out)
{
    struct snmp_address a = discover_range_at(r, i);

    discover_address_text(&a, out);
    return out;
}

static void a_range_leaves_out_network_and_broadcast(void **state)
{
    struct discover_range r;
    char text[DISCOVER_ADDRESS_SIZE];

    (void)state;
    assert_ok(discover_range_parse("192.0.2.0/24", &r));
    assert_int_equal(r.count, 254);
    assert_string_equal(at(&r, 0, text), "192.0.2.1");
    assert_string_equal(at(&r, 253, text), "192.0.2.254");
    assert_ok(discover_range_parse("192.0.2.8/31", &r)); /* RFC 3021: both are hosts */
    assert_int_equal(r.count, 2);
    assert_string_equal(at(&r, 0, text), "192.0.2.8");
    assert_ok(discover_range_parse("192.0.2.255", &r));
    assert_int_equal(r.count, 1);
    assert_string_equal(at(&r, 0, text), "192.0.2.255");
    assert_ok(discover_range_parse("10.0.0.0/12", &r));
    assert_int_equal(r.count, (1u << 20) - 2);
    assert_string_equal(at(&r, 256, text), "10.0.1.1");
    assert_ok(discover_range_parse("2001:db8::ff00/120", &r));
    assert_int_equal(r.count, 256);
    assert_string_equal(at(&r, 255, text), "2001:db8::ffff");
}

static void unclear_and_endless_ranges_are_refused(void **state)
{
    static const struct {
        const char *text;
        enum err e;
    } bad[] = {{"192.0.2.1/24", ERR_RANGE},
               {"10.0.0.0/11", ERR_LIMIT},
               {"0.0.0.0/0", ERR_LIMIT},
               {"2001:db8::/64", ERR_LIMIT},
               {"192.0.2.0/33", ERR_MALFORMED},
               {"192.0.2.0/", ERR_MALFORMED},
               {"192.0.2.0/-1", ERR_MALFORMED},
               {"192.0.2", ERR_MALFORMED},
               {"", ERR_MALFORMED},
               {"name.example", ERR_MALFORMED},
               {"/8", ERR_MALFORMED}};
    char endless[500];
    struct discover_range r;

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(bad); i++)
        if (discover_range_parse(bad[i].text, &r) != bad[i].e)
            fail_msg("%s: not %s", bad[i].text, err_text(bad[i].e));
    memset(endless, '1', sizeof endless);
    endless[sizeof endless - 1] = '\0';
    assert_int_equal(discover_range_parse(endless, &r), ERR_MALFORMED);
}

static void a_range_knows_its_addresses(void **state)
{
    struct discover_range r, other;
    struct snmp_address a;

    (void)state;
    assert_ok(discover_range_parse("192.0.2.0/28", &r));
    for (uint64_t i = 0; i < r.count; i++) {
        a = discover_range_at(&r, i);
        assert_true(discover_range_has(&r, &a));
    }
    assert_ok(discover_range_parse("192.0.2.15", &other)); /* the broadcast address */
    a = discover_range_at(&other, 0);
    assert_false(discover_range_has(&r, &a));
    assert_ok(discover_range_parse("2001:db8::1", &other));
    a = discover_range_at(&other, 0);
    assert_false(discover_range_has(&r, &a));
    assert_true(discover_range_has(&other, &a));
    assert_ok(discover_range_parse("2001:db9::1", &other)); /* the same last 32 bits */
    assert_false(discover_range_has(&other, &a));
}

/* ---- devices ---- */

enum { DEVICES_MAX = 8 };

struct net {
    struct discover_device devices[DEVICES_MAX];
    size_t count;
};

static struct discover_device *add(struct net *n, const char *address, const char *name,
                                   enum device_kind kind)
{
    struct discover_device *d = &n->devices[n->count++];

    assert_true(n->count <= DEVICES_MAX);
    *d = (struct discover_device){.kind = kind, .port = 161, .uplink = DISCOVER_NONE};
    assert_true(discover_address_parse(address, &d->peer));
    d->peer.port_be = htons(161);
    d->address = strdup(address);
    d->sys_name = strdup(name);
    d->profile = strdup("generic");
    d->why = strdup("a test");
    d->sys_descr = strdup("");
    d->vendor = strdup("");
    d->model = strdup("");
    d->version = strdup("");
    d->serial = strdup("");
    d->chassis_id = strdup("");
    d->base_mac = strdup("");
    d->neighbours.items = calloc(DEVICES_MAX, sizeof(struct discover_neighbour));
    assert_non_null(d->neighbours.items);
    return d;
}

static struct discover_neighbour *sees(struct discover_device *d, const char *name, const char *port)
{
    struct discover_neighbour *n = (struct discover_neighbour *)d->neighbours.items + d->neighbours.count++;

    *n = (struct discover_neighbour){
        strdup(port ? port : ""), strdup(name), strdup(""), strdup(""), strdup(""), strdup("")};
    return n;
}

static void net_fini(struct net *n)
{
    for (size_t i = 0; i < n->count; i++)
        discover_device_fini(&n->devices[i]);
}

static const struct discover_device *by_id(const struct net *n, const char *id)
{
    for (size_t i = 0; i < n->count; i++)
        if (strcmp(n->devices[i].id, id) == 0)
            return &n->devices[i];
    fail_msg("no device %s", id);
    return NULL;
}

static const char *uplink(const struct net *n, const char *id)
{
    size_t i = by_id(n, id)->uplink;

    return i == DISCOVER_NONE ? "" : n->devices[i].id;
}

static void ids_are_valid_unique_and_in_order_of_addresses(void **state)
{
    struct net n = {0};
    char endless[300];

    (void)state;
    memset(endless, 'x', sizeof endless);
    endless[sizeof endless - 1] = '\0';
    add(&n, "192.0.2.30", "SW Müller-Straße (West)", DEVICE_OTHER);
    add(&n, "192.0.2.4", "core", DEVICE_OTHER);
    add(&n, "192.0.2.3", "core-2", DEVICE_OTHER);
    add(&n, "192.0.2.5", "Core", DEVICE_OTHER);
    add(&n, "192.0.2.6", "", DEVICE_OTHER);
    add(&n, "192.0.2.7", "--.$%_", DEVICE_OTHER);
    add(&n, "192.0.2.8", endless, DEVICE_OTHER);
    add(&n, "192.0.2.9", endless, DEVICE_OTHER);
    assert_ok(discover_make_ids(n.devices, n.count));
    assert_string_equal(n.devices[0].id, "core-2");
    assert_string_equal(n.devices[1].id, "core");
    assert_string_equal(n.devices[2].id, "core-3"); /* core-2 is taken by its owner */
    assert_string_equal(n.devices[3].id, "device-192.0.2.6");
    assert_string_equal(n.devices[4].id, "device-192.0.2.7");
    assert_string_equal(n.devices[7].id, "sw-mueller-strasse-west");
    assert_string_not_equal(n.devices[5].id, n.devices[6].id);
    for (size_t i = 0; i < n.count; i++)
        assert_true(strx_is_id(n.devices[i].id));
    net_fini(&n);
}

/* core - agg - { sw1 - ap, sw2 }, and sw1 - sw2 as a ring. */
static void build_ring(struct net *n)
{
    struct discover_device *d;

    *n = (struct net){0};
    sees(add(n, "192.0.2.1", "core", DEVICE_SWITCH), "AGG", "if/xe-0"); /* names know no case */
    d = add(n, "192.0.2.2", "agg", DEVICE_SWITCH);
    sees(d, "core", "if/up");
    sees(d, "sw1", "if/1");
    sees(d, "sw2", "if/2");
    d = add(n, "192.0.2.3", "sw1", DEVICE_SWITCH);
    sees(d, "agg", "if/up");
    sees(d, "sw2", "if/ring");
    sees(d, "ap", "if/7");
    sees(d, "stranger", "if/8");
    add(n, "192.0.2.4", "sw2", DEVICE_SWITCH); /* says nothing itself */
    add(n, "192.0.2.5", "ap", DEVICE_AP);
    add(n, "192.0.2.6", "alone", DEVICE_UPS);
    assert_ok(discover_make_ids(n->devices, n->count));
}

static void uplinks_lead_to_the_core_that_is_named(void **state)
{
    struct discover_tree tree;
    struct net n;

    (void)state;
    build_ring(&n);
    assert_ok(discover_make_tree(n.devices, n.count, "core", &tree));
    assert_string_equal(uplink(&n, "core"), "");
    assert_true(by_id(&n, "core")->is_core);
    assert_string_equal(uplink(&n, "agg"), "core");
    assert_string_equal(by_id(&n, "agg")->uplink_port, "if/xe-0");
    assert_string_equal(uplink(&n, "sw1"), "agg");
    assert_string_equal(uplink(&n, "sw2"), "agg");
    assert_string_equal(by_id(&n, "sw2")->uplink_port, "if/2");
    assert_string_equal(uplink(&n, "ap"), "sw1");
    assert_string_equal(uplink(&n, "alone"), "");
    assert_false(by_id(&n, "alone")->is_root);
    assert_int_equal(tree.strangers, 1);
    assert_int_equal(tree.link_count, 1); /* the ring */
    assert_string_equal(n.devices[tree.links[0].from].id, "sw1");
    assert_string_equal(n.devices[tree.links[0].to].id, "sw2");
    free(tree.links);
    assert_int_equal(discover_make_tree(n.devices, n.count, "nobody", &tree), ERR_NOT_FOUND);
    free(tree.links);
    net_fini(&n);
}

static void without_a_core_the_middle_is_the_root_and_says_so(void **state)
{
    struct discover_tree tree;
    struct buf out = BUF_INIT;
    struct net n;

    (void)state;
    build_ring(&n);
    assert_ok(discover_make_tree(n.devices, n.count, NULL, &tree));
    assert_true(by_id(&n, "agg")->is_root);
    assert_string_equal(uplink(&n, "core"), "agg");
    discover_write(&out, n.devices, n.count, &tree);
    buf_u8(&out, 0);
    assert_ok(buf_error(&out));
    assert_non_null(strstr(out.data, "the middle of what LLDP shows"));
    assert_null(strstr(out.data, ", core: true}"));
    buf_fini(&out);
    free(tree.links);
    net_fini(&n);
}

static void a_name_that_two_devices_bear_makes_no_uplink(void **state)
{
    struct discover_tree tree;
    struct net n = {0};

    (void)state;
    sees(add(&n, "192.0.2.1", "sw", DEVICE_SWITCH), "ap", "if/1");
    add(&n, "192.0.2.2", "ap", DEVICE_AP);
    add(&n, "192.0.2.3", "ap", DEVICE_AP);
    assert_ok(discover_make_ids(n.devices, n.count));
    assert_ok(discover_make_tree(n.devices, n.count, NULL, &tree));
    assert_string_equal(uplink(&n, "ap"), "");
    assert_string_equal(uplink(&n, "ap-2"), "");
    assert_int_equal(tree.strangers, 1);
    free(tree.links);
    net_fini(&n);
}

/* ---- kinds ---- */

static void answer(struct varbind_set *set, const char *oid, struct varbind vb)
{
    uint32_t ids[OID_MAX];
    size_t len = OID_MAX;

    assert_ok(oid_from_text(oid, ids, &len));
    vb.oid = ids;
    vb.oid_len = (uint32_t)len;
    assert_ok(varbind_set_add(set, &vb));
}

/* An agent of this sysObjectID with, perhaps, one more varbind. */
static enum device_kind kind_of(const char *object_id, const char *oid, struct varbind vb)
{
    const char *source = getenv("NETZWACHT_SOURCE");
    char *dir = strx_printf("%s/profiles", source ? source : ".");
    const char *dirs[] = {dir}, *why;
    const struct device_profile *profile;
    struct varbind_set *set = varbind_set_new();
    struct profile_set *profiles;
    struct conf_report *report;
    uint32_t ids[OID_MAX];
    size_t len = OID_MAX;
    enum device_kind kind;

    assert_ok(conf_report_new(&report));
    assert_ok(profile_set_load(dirs, 1, report, &profiles));
    assert_ok(oid_from_text(object_id, ids, &len));
    answer(set, "1.3.6.1.2.1.1.2.0",
           (struct varbind){.type = SNMP_OID, .len = (uint32_t)len, .value_oid = ids});
    if (oid)
        answer(set, oid, vb);
    varbind_set_sort(set);
    assert_ok(profile_match(profiles, set, NULL, &profile));
    kind = discover_kind(profile, set, &why);
    assert_true(*why);
    profile_set_free(profiles);
    conf_report_free(report);
    varbind_set_free(set);
    free(dir);
    return kind;
}

static void kinds_come_from_the_profile_then_from_standard_mibs(void **state)
{
    static const uint8_t bridge[] = {0x20, 0}, ap[] = {0x30, 0};
    static const char unheard[] = "1.3.6.1.4.1.99999.1", caps[] = "1.0.8802.1.1.2.1.3.6.0",
                      services[] = "1.3.6.1.2.1.1.7.0";
    const struct varbind none = {0};

    (void)state;
    assert_int_equal(kind_of("1.3.6.1.4.1.14823.1.1.32", NULL, none), DEVICE_CONTROLLER); /* Aruba */
    assert_int_equal(kind_of("1.3.6.1.4.1.2636.1.1.1.2.44", NULL, none), DEVICE_SWITCH);  /* Junos: optics */
    assert_int_equal(kind_of(unheard, NULL, none), DEVICE_OTHER);
    assert_int_equal(
        kind_of(unheard, "1.3.6.1.2.1.33.1.4.1.0", (struct varbind){.type = SNMP_INTEGER, .integer = 3}),
        DEVICE_UPS);
    assert_int_equal(kind_of(unheard, caps, (struct varbind){.type = SNMP_OCTETS, .len = 2, .bytes = bridge}),
                     DEVICE_SWITCH);
    assert_int_equal(kind_of(unheard, caps, (struct varbind){.type = SNMP_OCTETS, .len = 2, .bytes = ap}),
                     DEVICE_AP);
    assert_int_equal(kind_of(unheard, services, (struct varbind){.type = SNMP_INTEGER, .integer = 6}),
                     DEVICE_SWITCH);
    assert_int_equal(kind_of(unheard, services, (struct varbind){.type = SNMP_INTEGER, .integer = 76}),
                     DEVICE_ROUTER);
    assert_int_equal(kind_of(unheard, services, (struct varbind){.type = SNMP_INTEGER, .integer = 72}),
                     DEVICE_OTHER);
}

/* ---- YAML ---- */

static void the_proposal_loads_as_an_inventory(void **state)
{
    char path[] = "test-discover-XXXXXX.yaml";
    const char *paths[] = {path};
    struct discover_tree tree;
    struct conf_report *report;
    struct inventory *inv;
    struct buf out = BUF_INIT;
    struct net n;
    size_t count;
    int fd = mkstemps(path, 5);

    (void)state;
    build_ring(&n);
    free(n.devices[4].sys_descr);
    n.devices[4].sys_descr = strdup("two\nlines: [\"{\\ # \x1b\xc2\x85");
    assert_ok(discover_make_tree(n.devices, n.count, "core", &tree));
    discover_write(&out, n.devices, n.count, &tree);
    assert_ok(buf_error(&out));
    assert_int_equal(write(fd, out.data, out.len), out.len);
    close(fd);
    assert_ok(conf_report_new(&report));
    if (inventory_load(paths, 1, NULL, report, &inv))
        fail_msg("%s", conf_report_text(report));
    unlink(path);
    inventory_devices(inv, &count);
    assert_int_equal(count, 6);
    assert_string_equal(inventory_device(inv, "ap")->uplink, "sw1");
    assert_string_equal(inventory_device(inv, "ap")->uplink_port, "if/7");
    assert_int_equal(inventory_device(inv, "alone")->kind, DEVICE_UPS);
    assert_true(inventory_device(inv, "core")->is_core);
    inventory_links(inv, &count);
    assert_int_equal(count, 1);
    inventory_free(inv);
    conf_report_free(report);
    buf_fini(&out);
    free(tree.links);
    net_fini(&n);
}

/* ---- the doctor ---- */

static const struct doctor_step *last(const struct doctor_findings *f)
{
    return &f->steps[f->count - 1];
}

static void the_doctor_stops_at_the_first_reason(void **state)
{
    struct doctor_facts x = {.name = ERR_NOT_FOUND, .udp_port = 161};
    struct doctor_findings f;

    (void)state;
    doctor_judge(&x, &f);
    assert_int_equal(f.status, EXIT_UNAVAILABLE);
    assert_string_equal(last(&f)->name, "name");
    x.name = ERR_AGAIN; /* a silent resolver says nothing of the name */
    doctor_judge(&x, &f);
    assert_int_equal(last(&f)->verdict, DOCTOR_UNKNOWN);
    x.name = ERR_OK;
    x.address = "192.0.2.1";
    doctor_judge(&x, &f);
    assert_string_equal(last(&f)->name, "route");
    assert_int_equal(last(&f)->verdict, DOCTOR_FAILED);
    x.has_route = true;
    x.port = DOCTOR_PORT_CLOSED;
    doctor_judge(&x, &f);
    assert_string_equal(last(&f)->name, "port");
    assert_int_equal(last(&f)->verdict, DOCTOR_FAILED);
    assert_int_equal(f.status, EXIT_UNAVAILABLE);
    x.port = DOCTOR_PORT_HOST_UNREACHABLE;
    doctor_judge(&x, &f);
    assert_int_equal(last(&f)->verdict, DOCTOR_UNKNOWN);
}

static void the_doctor_does_not_guess_about_a_community(void **state)
{
    struct doctor_facts x = {
        .address = "192.0.2.1", .has_route = true, .udp_port = 161, .port = DOCTOR_PORT_SILENT};
    struct doctor_findings f;

    (void)state;
    for (int alive = 0; alive < 2; alive++) {
        x.host = alive ? DOCTOR_HOST_ALIVE : DOCTOR_HOST_UNKNOWN;
        x.host_how = alive ? "a ping" : NULL;
        doctor_judge(&x, &f);
        assert_int_equal(f.status, EXIT_UNAVAILABLE);
        assert_string_equal(last(&f)->name, "community");
        assert_int_equal(last(&f)->verdict, DOCTOR_UNKNOWN);
        assert_string_equal(f.steps[f.count - 2].name, "host");
        assert_int_equal(f.steps[f.count - 2].verdict, alive ? DOCTOR_OK : DOCTOR_UNKNOWN);
    }
}

static void the_doctor_tells_healthy_from_slow_hidden_and_lossy(void **state)
{
    const struct doctor_facts healthy = {.address = "192.0.2.1",
                                         .has_route = true,
                                         .udp_port = 161,
                                         .port = DOCTOR_PORT_ANSWERS,
                                         .has_descr = true,
                                         .has_object_id = true,
                                         .rtt = 3 * MILLISECONDS,
                                         .profile = "junos"};
    struct doctor_facts x = healthy;
    struct doctor_findings f;

    (void)state;
    doctor_judge(&x, &f);
    assert_int_equal(f.status, EXIT_DONE);
    assert_true(f.count <= DOCTOR_STEPS_MAX);
    for (size_t i = 0; i < f.count; i++)
        assert_int_equal(f.steps[i].verdict, DOCTOR_OK);
    x.profile = NULL; /* no vendor profile: said, but no finding */
    doctor_judge(&x, &f);
    assert_int_equal(f.status, EXIT_DONE);
    assert_int_equal(last(&f)->verdict, DOCTOR_UNKNOWN);
    x = healthy;
    x.rtt = DOCTOR_SLOW + 1;
    doctor_judge(&x, &f);
    assert_int_equal(f.status, EXIT_FINDING);
    x.rtt = 0;
    doctor_judge(&x, &f);
    assert_int_equal(f.status, EXIT_FINDING);
    x = healthy;
    x.has_object_id = false;
    doctor_judge(&x, &f);
    assert_int_equal(f.status, EXIT_FINDING);
    x = healthy;
    x.port = DOCTOR_PORT_GARBAGE;
    doctor_judge(&x, &f);
    assert_int_equal(f.status, EXIT_FINDING);
    assert_string_equal(last(&f)->name, "reply");
}

RUN_TESTS("discover", cmocka_unit_test(a_range_leaves_out_network_and_broadcast),
          cmocka_unit_test(unclear_and_endless_ranges_are_refused),
          cmocka_unit_test(a_range_knows_its_addresses),
          cmocka_unit_test(ids_are_valid_unique_and_in_order_of_addresses),
          cmocka_unit_test(uplinks_lead_to_the_core_that_is_named),
          cmocka_unit_test(without_a_core_the_middle_is_the_root_and_says_so),
          cmocka_unit_test(a_name_that_two_devices_bear_makes_no_uplink),
          cmocka_unit_test(kinds_come_from_the_profile_then_from_standard_mibs),
          cmocka_unit_test(the_proposal_loads_as_an_inventory),
          cmocka_unit_test(the_doctor_stops_at_the_first_reason),
          cmocka_unit_test(the_doctor_does_not_guess_about_a_community),
          cmocka_unit_test(the_doctor_tells_healthy_from_slow_hidden_and_lossy))
