/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_discover_network.c - found devices beside an inventory: ids, the tree, what is proposed, and each
 * thing that can contradict. */
#include "tests/unit/cmocka_tests.h"
#include "tests/unit/inventory_of.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <unistd.h>

#include "collector/discover_network.h"
#include "lib/base/strx.h"

enum { DEVICES_MAX = 12, LIST_MAX = 16 };

struct net {
    struct discover_device devices[DEVICES_MAX];
    size_t count;
    struct inventory *inventory;
    const char *core;
    struct discover_network *network;
    struct buf text;
};

/* ---- what was found ---- */

static struct discover_device *add(struct net *n, const char *address, const char *name,
                                   enum device_kind kind)
{
    struct discover_device *d = &n->devices[n->count++];
    char **texts[] = {&d->sys_descr, &d->vendor,     &d->model,   &d->version,
                      &d->serial,    &d->chassis_id, &d->base_mac};

    assert_true(n->count <= DEVICES_MAX);
    *d = (struct discover_device){.kind = (int)kind, .port = 161};
    assert_true(discover_address_parse(address, &d->peer));
    d->peer.port_be = htons(161);
    for (size_t i = 0; i < ARRAY_LEN(texts); i++)
        *texts[i] = strdup("");
    d->address = strdup(address);
    d->sys_name = strdup(name);
    d->profile = strdup("generic");
    d->why = strdup("a test");
    d->neighbours.items = calloc(LIST_MAX, sizeof(struct discover_neighbour));
    d->poe.items = calloc(LIST_MAX, sizeof(struct discover_poe));
    d->aps.items = calloc(LIST_MAX, sizeof(struct discover_ap));
    return d;
}

static void set(char **member, const char *text)
{
    free(*member);
    *member = strdup(text);
}

static struct discover_neighbour *sees(struct discover_device *d, const char *name, const char *port)
{
    struct discover_neighbour *n = (struct discover_neighbour *)d->neighbours.items + d->neighbours.count++;

    *n = (struct discover_neighbour){
        strdup(port ? port : ""), strdup(name), strdup(""), strdup(""), strdup(""), strdup("")};
    return n;
}

/* Both ends of a cable. */
static void join(struct discover_device *a, const char *a_port, struct discover_device *b, const char *b_port)
{
    set(&sees(a, b->sys_name, a_port)->port_descr, b_port + 3);
    set(&sees(b, a->sys_name, b_port)->port_descr, a_port + 3);
}

static void feeds(struct discover_device *d, const char *port, int status)
{
    ((struct discover_poe *)d->poe.items)[d->poe.count++] = (struct discover_poe){strdup(port), status};
}

static struct discover_ap *add_row(struct discover_device *d, const char *entity, const char *name,
                                   const char *group)
{
    struct discover_ap *ap = (struct discover_ap *)d->aps.items + d->aps.count++;

    *ap =
        (struct discover_ap){strdup(entity), strdup(name), strdup("325"), strdup("SN"), strdup(group), 0, 0};
    return ap;
}

/* ---- the inventory ---- */

static void state_inventory(struct net *n, const char *text)
{
    n->inventory = inventory_of(text, strlen(text));
}

/* ---- what follows ---- */

static void conclude(struct net *n)
{
    struct discover_range asked;
    struct discover_context c = {n->inventory, &asked, 1, 161, n->core};

    assert_ok(discover_range_parse("192.0.2.0/24", &asked));
    assert_ok(discover_network_new(n->devices, n->count, &c, &n->network));
}

static size_t contradictions(struct net *n)
{
    size_t count;

    conclude(n);
    count = discover_put_contradictions(&n->text, n->network);
    buf_u8(&n->text, 0);
    assert_ok(buf_error(&n->text));
    return count;
}

static const char *proposal(struct net *n)
{
    conclude(n);
    discover_put_proposal(&n->text, n->network);
    buf_u8(&n->text, 0);
    assert_ok(buf_error(&n->text));
    return n->text.data;
}

static void net_fini(struct net *n)
{
    for (size_t i = 0; i < n->count; i++)
        discover_device_fini(&n->devices[i]);
    discover_network_free(n->network);
    inventory_free(n->inventory);
    buf_fini(&n->text);
}

static void expect(const struct net *n, const char *text)
{
    if (!strstr(n->text.data, text))
        fail_msg("expected \"%s\" in:\n%s", text, n->text.data);
}

/* One contradiction, and this. */
static void expect_only(struct net *n, const char *line)
{
    size_t count = contradictions(n);

    expect(n, line);
    if (count != 1)
        fail_msg("%zu contradictions:\n%s", count, n->text.data);
    net_fini(n);
}

static const struct discover_node *node(const struct net *n, const char *id)
{
    for (size_t i = 0; i < n->network->count; i++)
        if (strcmp(n->network->nodes[i].id, id) == 0)
            return &n->network->nodes[i];
    fail_msg("no node %s", id);
    return NULL;
}

static const struct topo_place *place(const struct net *n, const char *id)
{
    return &n->network->topo->places[node(n, id) - n->network->nodes];
}

static const char *uplink(const struct net *n, const char *id)
{
    size_t parent = place(n, id)->parent;

    return parent == TOPO_NONE ? "" : n->network->nodes[parent].id;
}

/* ---- ids ---- */

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
    conclude(&n);
    assert_string_equal(n.network->nodes[0].id, "core-2");
    assert_string_equal(n.network->nodes[1].id, "core");
    assert_string_equal(n.network->nodes[2].id, "core-3"); /* core-2 is taken by its owner */
    assert_string_equal(n.network->nodes[3].id, "device-192.0.2.6");
    assert_string_equal(n.network->nodes[4].id, "device-192.0.2.7");
    assert_string_equal(n.network->nodes[7].id, "sw-mueller-strasse-west");
    assert_string_not_equal(n.network->nodes[5].id, n.network->nodes[6].id);
    for (size_t i = 0; i < n.count; i++)
        assert_true(strx_is_id(n.network->nodes[i].id));
    net_fini(&n);
}

static void new_ids_leave_those_of_the_inventory_alone(void **state)
{
    struct net n = {0};

    (void)state;
    add(&n, "192.0.2.1", "sw", DEVICE_SWITCH);
    add(&n, "192.0.2.2", "other", DEVICE_SWITCH);
    state_inventory(&n, "devices: [{id: sw, address: 192.0.2.2}]");
    conclude(&n);
    assert_string_equal(n.network->nodes[0].id, "sw-2");
    assert_string_equal(n.network->nodes[1].id, "sw");
    net_fini(&n);
}

/* ---- the tree ---- */

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
    feeds(d, "if/7", 3);
    feeds(d, "if/8", 2);
    add(n, "192.0.2.4", "sw2", DEVICE_SWITCH); /* says nothing itself */
    add(n, "192.0.2.5", "ap", DEVICE_AP);
    add(n, "192.0.2.6", "alone", DEVICE_UPS);
}

static void uplinks_lead_to_the_core_that_is_named(void **state)
{
    struct net n;

    (void)state;
    build_ring(&n);
    n.core = "core";
    conclude(&n);
    assert_string_equal(uplink(&n, "core"), "");
    assert_string_equal(uplink(&n, "agg"), "core");
    assert_string_equal(place(&n, "agg")->parent_port, "if/xe-0");
    assert_string_equal(uplink(&n, "sw1"), "agg");
    assert_string_equal(uplink(&n, "sw2"), "agg");
    assert_string_equal(place(&n, "sw2")->parent_port, "if/2");
    assert_string_equal(uplink(&n, "ap"), "sw1");
    assert_int_equal(node(&n, "ap")->feeder, node(&n, "sw1") - n.network->nodes);
    assert_int_equal(node(&n, "sw1")->feeder, TOPO_NONE);
    assert_string_equal(uplink(&n, "alone"), "");
    assert_int_equal(n.network->topo->stranger_count, 1);
    assert_int_equal(n.network->topo->link_count, 1); /* the ring */
    assert_true(n.network->topo->links[0].is_ring);
    net_fini(&n);
}

static void a_core_that_nobody_is_called_is_refused(void **state)
{
    struct discover_network *network;
    struct discover_context c = {.core = "nobody"};
    struct net n;

    (void)state;
    build_ring(&n);
    assert_int_equal(discover_network_new(n.devices, n.count, &c, &network), ERR_NOT_FOUND);
    net_fini(&n);
}

static void without_a_core_the_middle_is_the_root_and_says_so(void **state)
{
    struct net n;

    (void)state;
    build_ring(&n);
    proposal(&n);
    assert_true(place(&n, "agg")->is_root);
    assert_string_equal(uplink(&n, "core"), "agg");
    expect(&n, "the middle of what LLDP shows");
    assert_null(strstr(n.text.data, ", core: true}"));
    net_fini(&n);
}

static void a_name_that_two_devices_bear_makes_no_uplink(void **state)
{
    struct net n = {0};

    (void)state;
    sees(add(&n, "192.0.2.1", "sw", DEVICE_SWITCH), "ap", "if/1");
    add(&n, "192.0.2.2", "ap", DEVICE_AP);
    add(&n, "192.0.2.3", "ap", DEVICE_AP);
    conclude(&n);
    assert_string_equal(uplink(&n, "ap"), "");
    assert_string_equal(uplink(&n, "ap-2"), "");
    assert_int_equal(n.network->topo->stranger_count, 1);
    net_fini(&n);
}

/* ---- the proposal ---- */

static void the_proposal_loads_as_an_inventory(void **state)
{
    struct inventory *inv;
    struct net n;
    size_t count;

    (void)state;
    build_ring(&n);
    n.core = "core";
    set(&n.devices[4].sys_descr, "two\nlines: [\"{\\ # \x1b\xc2\x85");
    set(&n.devices[4].serial, "\"}, {id: x");
    proposal(&n);
    inv = inventory_of(n.text.data, n.text.len - 1);
    inventory_devices(inv, &count);
    assert_int_equal(count, 6);
    assert_string_equal(inventory_device(inv, "ap")->uplink, "sw1");
    assert_string_equal(inventory_device(inv, "ap")->uplink_port, "if/7");
    assert_string_equal(inventory_device(inv, "ap")->power, "sw1");
    assert_string_equal(inventory_device(inv, "ap")->serial, "\"}, {id: x");
    assert_int_equal(inventory_device(inv, "alone")->kind, DEVICE_UPS);
    assert_true(inventory_device(inv, "core")->is_core);
    inventory_links(inv, &count);
    assert_int_equal(count, 1);
    inventory_free(inv);
    net_fini(&n);
}

static void rows_of_controllers_become_hotspots_where_their_place_is_known(void **state)
{
    struct net n = {0};
    struct discover_device *sw = add(&n, "192.0.2.1", "sw", DEVICE_SWITCH),
                           *wlc = add(&n, "192.0.2.2", "wlc", DEVICE_CONTROLLER);
    struct discover_ap *ap;
    const struct hotspot *h;
    struct inventory *inv;
    size_t count;

    (void)state;
    ap = add_row(wlc, "ap/02:00:00:00:00:01", "Kiosk", "");
    ap->lat = 53.7;
    ap->lon = 10.01;
    add_row(wlc, "ap/02:00:00:00:00:02", "somewhere", "a group");
    set(&sees(sw, "", "if/7")->chassis_id, "02:00:00:00:00:01");
    feeds(sw, "if/7", 3);
    n.core = "sw";
    proposal(&n);
    inv = inventory_of(n.text.data, n.text.len - 1);
    h = inventory_hotspots(inv, &count);
    assert_int_equal(count, 1);
    assert_string_equal(h->id, "kiosk");
    assert_string_equal(h->device, "wlc");
    assert_string_equal(h->entity, "ap/02:00:00:00:00:01");
    assert_string_equal(h->uplink, "sw");
    assert_string_equal(h->power, "sw");
    assert_true(hotspot_position(inv, h).lat == 53.7);
    expect(&n, "#  - {id: \"somewhere\", name: \"somewhere\", site: \"?\"");
    inventory_free(inv);
    net_fini(&n);
}

static void beside_an_inventory_only_what_is_new_is_proposed(void **state)
{
    struct net n;
    struct discover_device *wlc;

    (void)state;
    build_ring(&n);
    wlc = add(&n, "192.0.2.7", "wlc", DEVICE_CONTROLLER);
    add_row(wlc, "ap/02:00:00:00:00:01", "known", "");
    add_row(wlc, "ap/02:00:00:00:00:02", "new", "lido");
    set(&n.devices[2].serial, "S2");
    state_inventory(
        &n, "sites: [{id: lido, name: Lido, lat: 53.7, lon: 10}]\n"
            "devices:\n"
            "  - {id: core, address: 192.0.2.1, core: true}\n"
            "  - {id: agg, address: 192.0.2.2, uplink: core, uplink_port: xe-0}\n"
            "  - {id: west, address: 192.0.2.3, uplink: agg}\n"
            "  - {id: wlc, address: 192.0.2.7}\n"
            "links: [{id: link-1, from: core, to: west}]\n"
            "hotspots: [{id: h, name: h, site: lido, device: wlc, entity: 'ap/02:00:00:00:00:01'}]\n");
    proposal(&n);
    assert_null(strstr(n.text.data, "{id: \"core\""));
    assert_null(strstr(n.text.data, "{id: \"west\""));
    assert_null(strstr(n.text.data, "{id: \"known\""));
    expect(&n, "{id: \"ap\", address: \"192.0.2.5\", kind: ap, uplink: \"west\", uplink_port: \"if/7\", "
               "power: \"west\"}");
    expect(&n, "#   west: uplink_port: \"if/1\", serial: \"S2\"\n");
    expect(&n, "{id: \"new\", name: \"new\", site: \"lido\", device: \"wlc\"");
    expect(&n, "{id: \"link-2\", from: \"west\", to: \"sw2\"}");
    net_fini(&n);
}

static void devices_are_known_by_address_then_serial_then_name(void **state)
{
    struct net n = {0};

    (void)state;
    add(&n, "192.0.2.1", "b", DEVICE_SWITCH); /* a's address, b's name: it is a */
    set(&add(&n, "192.0.2.2", "x", DEVICE_SWITCH)->serial, "S3");
    add(&n, "192.0.2.3", "D", DEVICE_SWITCH);
    state_inventory(&n, "devices:\n"
                        "  - {id: a, address: 192.0.2.1}\n  - {id: b, address: 192.0.2.91}\n"
                        "  - {id: c, address: 192.0.2.92, serial: S3}\n  - {id: d, address: name.example}\n");
    conclude(&n);
    assert_string_equal(n.network->nodes[0].id, "a");
    assert_string_equal(n.network->nodes[1].id, "c");
    assert_string_equal(n.network->nodes[2].id, "d");
    net_fini(&n);
}

/* ---- contradictions, one at a time ---- */

/* core if/1 - if/u sw1, core if/2 - if/u sw2, sw1 if/7 - ap; both ends see each other. */
static void build_plain(struct net *n, const char *inventory)
{
    struct discover_device *core, *sw1, *sw2;

    *n = (struct net){0};
    core = add(n, "192.0.2.1", "core", DEVICE_SWITCH);
    sw1 = add(n, "192.0.2.2", "sw1", DEVICE_SWITCH);
    sw2 = add(n, "192.0.2.3", "sw2", DEVICE_SWITCH);
    add(n, "192.0.2.4", "ap", DEVICE_AP);
    join(core, "if/1", sw1, "if/u");
    join(core, "if/2", sw2, "if/u");
    sees(sw1, "ap", "if/7");
    feeds(sw1, "if/7", 3);
    state_inventory(n, inventory);
}

#define CORE "  - {id: core, address: 192.0.2.1, core: true}\n"
#define SW1  "  - {id: sw1, address: 192.0.2.2, kind: switch, uplink: core, uplink_port: if/1}\n"
#define SW2  "  - {id: sw2, address: 192.0.2.3, kind: switch, uplink: core, uplink_port: if/2}\n"
#define AP   "  - {id: ap, address: 192.0.2.4, kind: ap, uplink: sw1, uplink_port: if/7, power: sw1}\n"

static void an_inventory_that_is_right_is_not_contradicted(void **state)
{
    struct net n;

    (void)state;
    build_plain(&n, "devices:\n" CORE SW1 SW2 AP);
    assert_int_equal(contradictions(&n), 0);
    net_fini(&n);
    /* a UPS feeds the switch that feeds the access point; nobody asked 198.51.100.1 */
    build_plain(&n, "devices:\n" CORE SW1 SW2 "  - {id: ap, address: 192.0.2.4, uplink: sw1, power: ups}\n"
                    "  - {id: ups, address: 198.51.100.1, kind: ups}\n");
    assert_int_equal(contradictions(&n), 0);
    net_fini(&n);
}

static void lldp_against_the_inventory(void **state)
{
    struct net n;

    (void)state;
    build_plain(&n, "devices:\n" CORE SW1 SW2 "  - {id: ap, address: 192.0.2.4, kind: ap, uplink: sw2}\n");
    expect_only(&n,
                "# uplink_differs: ap: LLDP shows it on another device; stated: sw2; seen: sw1 \"if/7\"\n");
    build_plain(&n, "devices:\n" CORE SW1
                    "  - {id: sw2, address: 192.0.2.3, uplink: core, uplink_port: if/9}\n" AP);
    expect_only(&n, "# uplink_port_differs: sw2: LLDP shows it on another port; stated: core \"if/9\"; seen: "
                    "core \"if/2\"\n");
    build_plain(&n, "devices:\n" CORE SW1 SW2 AP "links: [{id: l, from: sw1, to: sw2}]\n");
    expect_only(&n, "# link_unseen: sw1: no end of the stated link sees the other; stated: sw2\n");
}

static void power_against_the_inventory(void **state)
{
    struct net n;

    (void)state;
    build_plain(&n, "devices:\n" CORE SW1 SW2
                    "  - {id: ap, address: 192.0.2.4, kind: ap, uplink: sw1, power: sw2}\n");
    expect_only(&n, "# poe_feeder_differs: ap: another switch feeds it; stated: sw2; seen: sw1 \"if/7\"\n");
    build_plain(&n, "devices:\n" CORE SW1 SW2 AP);
    ((struct discover_poe *)n.devices[1].poe.items)->status = 2;
    expect_only(
        &n,
        "# poe_no_power: ap: it is alive, but its port delivers no power; stated: sw1; seen: sw1 \"if/7\"\n");
}

static void lldp_against_itself(void **state)
{
    struct net n = {0};
    struct discover_device *core, *sw, *other;

    (void)state;
    build_plain(&n, "devices:\n" CORE SW1 SW2 AP);
    sees(&n.devices[1], "stranger", "if/7");
    expect_only(
        &n, "# port_shared: sw1: one port has several neighbours; one: ap; another: a stranger \"if/7\"\n");
    build_plain(&n, "devices:\n" CORE SW1 SW2 AP);
    sees(&n.devices[1], "sw2", "if/8"); /* sw2 does not see sw1 */
    expect_only(&n, "# one_sided: sw1 sees sw2 on \"if/8\", but sw2 does not see it\n");
    n = (struct net){0};
    core = add(&n, "192.0.2.1", "core", DEVICE_SWITCH);
    sw = add(&n, "192.0.2.2", "sw", DEVICE_SWITCH);
    other = add(&n, "192.0.2.3", "other", DEVICE_SWITCH);
    set(&sees(core, "sw", "if/1")->port_descr, "u"); /* but there sw sees another one */
    join(other, "if/1", sw, "if/u");
    assert_int_equal(contradictions(&n), 1); /* and no one_sided beside it */
    expect(&n, "# ends_disagree: core: the two ends name different neighbours; it sees: sw \"if/1\"; that "
               "end sees: other \"if/u\"");
    net_fini(&n);
}

static void one_device_at_two_addresses(void **state)
{
    struct net n;

    (void)state;
    build_plain(&n, "devices: []");
    set(&add(&n, "192.0.2.9", "twin", DEVICE_OTHER)->serial, "S 1");
    set(&n.devices[3].serial, "S 1");
    expect_only(&n, "# same_serial: \"S 1\" is the serial number of ap (192.0.2.4), twin (192.0.2.9)\n");
    build_plain(&n, "devices: []");
    set(&add(&n, "192.0.2.9", "twin", DEVICE_OTHER)->base_mac, "02:00:00:00:00:01");
    set(&n.devices[3].base_mac, "02:00:00:00:00:01");
    expect_only(&n,
                "# same_mac: \"02:00:00:00:00:01\" is the base MAC of ap (192.0.2.4), twin (192.0.2.9)\n");
    build_plain(&n, "devices: []");
    set(&add(&n, "192.0.2.9", "twin", DEVICE_OTHER)->chassis_id, "02:00:00:00:00:01");
    set(&n.devices[3].chassis_id, "02:00:00:00:00:01");
    expect_only(
        &n, "# same_chassis: \"02:00:00:00:00:01\" is the chassis id of ap (192.0.2.4), twin (192.0.2.9)\n");
    build_plain(&n, "devices: []");
    for (int i = 0; i < 3; i++)
        add(&n, i ? i > 1 ? "192.0.2.12" : "192.0.2.11" : "192.0.2.10", "UBNT\x1b", DEVICE_OTHER);
    expect_only(&n, "# same_name: \"UBNT\\u001b\" is the name of ubnt (192.0.2.10), ubnt-2 (192.0.2.11), "
                    "ubnt-3 (192.0.2.12)\n");
}

static void the_inventory_against_what_was_found(void **state)
{
    struct net n;

    (void)state;
    build_plain(&n, "devices:\n" CORE SW1 SW2 AP "  - {id: gone, address: 192.0.2.200}\n");
    expect_only(&n, "# not_found: gone: 192.0.2.200 was asked and did not answer\n");
    build_plain(&n, "devices:\n" CORE SW1 SW2 AP "  - {id: gone, address: 192.0.2.200, port: 162}\n");
    assert_int_equal(contradictions(&n), 0); /* nobody asked that port */
    net_fini(&n);
    build_plain(&n, "devices:\n" CORE SW1 SW2 "  - {id: ap, address: 192.0.2.4, model: M1, serial: S1}\n");
    set(&n.devices[3].model, "M1");
    set(&n.devices[3].serial, "S2");
    expect_only(&n, "# serial_differs: ap: the inventory says \"S1\", found is \"S2\"\n");
    build_plain(&n, "devices:\n" CORE SW1 SW2 "  - {id: ap, address: 192.0.2.4, model: M1}\n");
    set(&n.devices[3].model, "M2\"");
    expect_only(&n, "# model_differs: ap: the inventory says \"M1\", found is \"M2\\\"\"\n");
    build_plain(&n, "devices:\n" CORE SW1 SW2 "  - {id: ap, address: 192.0.2.4, kind: ups}\n");
    expect_only(&n, "# kind_differs: ap: the inventory says \"ups\", found is \"ap\"\n");
    build_plain(&n, "devices:\n" CORE SW1 SW2 "  - {id: ap, address: 192.0.2.99, uplink: sw1}\n");
    expect_only(&n, "# address_differs: ap: the inventory says \"192.0.2.99\", found is \"192.0.2.4\"\n");
}

static void the_inventorys_rows_against_the_controllers(void **state)
{
    static const char text[] =
        "sites: [{id: s, name: S, lat: 53.7, lon: 10}]\ndevices:\n" CORE SW1 SW2 AP
        "  - {id: wlc, address: 192.0.2.7}\n  - {id: wlc-2, address: 198.51.100.1}\n"
        "hotspots: [{id: h, name: h, site: s, device: %s, entity: 'ap/02:00:00:00:00:01'}]\n";
    char filled[sizeof text + 8];
    struct net n;

    (void)state;
    snprintf(filled, sizeof filled, text, "wlc-2");
    build_plain(&n, filled);
    add_row(add(&n, "192.0.2.7", "wlc", DEVICE_CONTROLLER), "ap/02:00:00:00:00:01", "h", "");
    expect_only(&n, "# controller_differs: h: the inventory says \"wlc-2\", found is \"wlc\"\n");
    snprintf(filled, sizeof filled, text, "wlc");
    build_plain(&n, filled);
    add_row(add(&n, "192.0.2.7", "wlc", DEVICE_CONTROLLER), "ap/02:00:00:00:00:02", "h2", "");
    expect_only(&n, "# not_found: h: \"ap/02:00:00:00:00:01\" is no row of wlc any more\n");
    snprintf(filled, sizeof filled, text, "wlc");
    build_plain(&n, filled);
    add(&n, "192.0.2.7", "wlc", DEVICE_CONTROLLER)->is_cut = true; /* its table was not read to the end */
    assert_int_equal(contradictions(&n), 0);
    net_fini(&n);
}

RUN_TESTS("discover_network", cmocka_unit_test(ids_are_valid_unique_and_in_order_of_addresses),
          cmocka_unit_test(new_ids_leave_those_of_the_inventory_alone),
          cmocka_unit_test(uplinks_lead_to_the_core_that_is_named),
          cmocka_unit_test(a_core_that_nobody_is_called_is_refused),
          cmocka_unit_test(without_a_core_the_middle_is_the_root_and_says_so),
          cmocka_unit_test(a_name_that_two_devices_bear_makes_no_uplink),
          cmocka_unit_test(the_proposal_loads_as_an_inventory),
          cmocka_unit_test(rows_of_controllers_become_hotspots_where_their_place_is_known),
          cmocka_unit_test(beside_an_inventory_only_what_is_new_is_proposed),
          cmocka_unit_test(devices_are_known_by_address_then_serial_then_name),
          cmocka_unit_test(an_inventory_that_is_right_is_not_contradicted),
          cmocka_unit_test(lldp_against_the_inventory), cmocka_unit_test(power_against_the_inventory),
          cmocka_unit_test(lldp_against_itself), cmocka_unit_test(one_device_at_two_addresses),
          cmocka_unit_test(the_inventory_against_what_was_found),
          cmocka_unit_test(the_inventorys_rows_against_the_controllers))
