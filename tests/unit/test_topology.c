/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_topology.c - the tree of uplinks from inventory, LLDP and PoE, and what contradicts: named cases, and
 * random networks whose truth is known. */
#include "tests/unit/cmocka_tests.h"

#include <stdio.h>

#include "lib/model/topology.h"

/* ---- a network written down ---- */

enum { NODES_MAX = 12, ROWS_MAX = 12, LINKS_MAX = 4 };

struct net {
    struct topo_node nodes[NODES_MAX];
    struct topo_neighbour rows[NODES_MAX][ROWS_MAX];
    struct topo_poe poe[NODES_MAX][ROWS_MAX];
    struct topo_pair links[LINKS_MAX];
    struct topo_input in;
    struct topo *result;
};

static size_t node_of(const struct net *n, const char *id)
{
    for (size_t i = 0; i < n->in.count; i++)
        if (strcmp(n->nodes[i].id, id) == 0)
            return i;
    return TOPO_NONE;
}

static void net_init(struct net *n)
{
    *n = (struct net){.in = {.nodes = n->nodes, .links = n->links}};
}

/* uplink NULL: nothing is stated. */
static struct topo_node *add(struct net *n, const char *id, enum device_kind kind, const char *uplink,
                             const char *port)
{
    size_t i = n->in.count++;

    assert_true(i < NODES_MAX);
    n->nodes[i] = (struct topo_node){.id = id,
                                     .kind = kind,
                                     .is_alive = true,
                                     .uplink = uplink ? node_of(n, uplink) : TOPO_NONE,
                                     .power = TOPO_NONE,
                                     .uplink_port = port,
                                     .neighbours = n->rows[i],
                                     .poe = n->poe[i]};
    return &n->nodes[i];
}

static struct topo_neighbour *sees(struct net *n, const char *id, const char *port, const char *name)
{
    size_t i = node_of(n, id);
    struct topo_neighbour *row = &n->rows[i][n->nodes[i].neighbour_count++];

    assert_true(n->nodes[i].neighbour_count <= ROWS_MAX);
    *row = (struct topo_neighbour){.port = port, .name = name};
    return row;
}

static void both(struct net *n, const char *a, const char *a_port, const char *b, const char *b_port)
{
    sees(n, a, a_port, b)->port_id = b_port + 3; /* without "if/" */
    sees(n, b, b_port, a)->port_id = a_port + 3;
}

static void powers(struct net *n, const char *id, const char *port, int status)
{
    struct topo_node *node = &n->nodes[node_of(n, id)];

    n->poe[node_of(n, id)][node->poe_count++] = (struct topo_poe){port, status};
}

static const struct topo *run(struct net *n)
{
    topo_free(n->result);
    n->result = NULL;
    assert_ok(topo_build(&n->in, &n->result));
    return n->result;
}

static const char *id_at(const struct net *n, size_t node)
{
    return node == TOPO_NONE ? "-" : n->nodes[node].id;
}

static const struct topo_place *place(const struct net *n, const char *id)
{
    return &n->result->places[node_of(n, id)];
}

static const char *parent(const struct net *n, const char *id)
{
    return id_at(n, place(n, id)->parent);
}

/* One line for each contradiction: "code device stated stated_port seen seen_port". */
static void assert_contradictions(struct net *n, const char *expected)
{
    const struct topo *t = run(n);
    char text[2048] = "";

    for (size_t i = 0; i < t->contradiction_count; i++) {
        const struct topo_contradiction *c = &t->contradictions[i];
        char *end = text + strlen(text);

        snprintf(end, sizeof text - (size_t)(end - text), "%s %s %s %s %s %s\n", topo_code_word(c->code),
                 id_at(n, c->device), id_at(n, c->stated), c->stated_port ? c->stated_port : "-",
                 id_at(n, c->seen), c->seen_port ? c->seen_port : "-");
    }
    assert_string_equal(text, expected);
}

static void fini(struct net *n)
{
    topo_free(n->result);
}

/* core - agg-1 - { sw-1 - { ap-1, ap-2 }, sw-2 }, core - agg-2; all as LLDP shows it. */
static void build_city(struct net *n)
{
    net_init(n);
    add(n, "core", DEVICE_SWITCH, NULL, NULL)->is_core = true;
    add(n, "agg-1", DEVICE_SWITCH, "core", "if/c1");
    add(n, "agg-2", DEVICE_SWITCH, "core", "if/c2");
    add(n, "sw-1", DEVICE_SWITCH, "agg-1", "if/a1");
    add(n, "sw-2", DEVICE_SWITCH, "agg-1", "if/a2");
    add(n, "ap-1", DEVICE_AP, "sw-1", "if/p1");
    add(n, "ap-2", DEVICE_AP, "sw-1", "if/p2");
    both(n, "core", "if/c1", "agg-1", "if/up");
    both(n, "core", "if/c2", "agg-2", "if/up");
}

static void wire_switches(struct net *n)
{
    both(n, "agg-1", "if/a1", "sw-1", "if/up");
    both(n, "agg-1", "if/a2", "sw-2", "if/up");
}

static void wire_access_points(struct net *n)
{
    sees(n, "sw-1", "if/p1", "ap-1");
    sees(n, "sw-1", "if/p2", "ap-2");
}

/* ---- who is it ---- */

static size_t identify(const struct net *n, struct topo_neighbour row)
{
    struct topo_index *index;
    size_t node;

    assert_ok(topo_index_new(n->nodes, n->in.count, &index));
    node = topo_identify(index, &row);
    topo_index_free(index);
    return node;
}

static void a_neighbour_is_known_by_chassis_then_address_then_name(void **state)
{
    struct net n;

    (void)state;
    net_init(&n);
    add(&n, "a", DEVICE_SWITCH, NULL, NULL)->chassis_id = "20:4c:9e:6e:08:fe";
    n.nodes[0].name = "Switch-A.example.net";
    add(&n, "b", DEVICE_SWITCH, NULL, NULL)->address = "192.0.2.7";
    n.nodes[1].name = "lamppost-number-4711-west";
    add(&n, "c", DEVICE_SWITCH, NULL, NULL)->name = "lamppost-number-4711-east";
    add(&n, "10.1.2.3", DEVICE_SWITCH, NULL, NULL);
    add(&n, "10.1.2.4", DEVICE_SWITCH, NULL, NULL);
    assert_int_equal(identify(&n, (struct topo_neighbour){.chassis_id = "20-4C-9E-6E-08-FE"}), 0);
    assert_int_equal(identify(&n, (struct topo_neighbour){.chassis_id = "204c.9e6e.08fe"}), 0);
    assert_int_equal(identify(&n, (struct topo_neighbour){.address = "192.0.2.7", .name = "c"}), 1);
    assert_int_equal(identify(&n, (struct topo_neighbour){.name = "SWITCH-A.example.net"}), 0);
    assert_int_equal(identify(&n, (struct topo_neighbour){.name = "switch-a"}), 0);           /* no domain */
    assert_int_equal(identify(&n, (struct topo_neighbour){.name = "switch-a.other.net"}), 0); /* another */
    assert_int_equal(identify(&n, (struct topo_neighbour){.name = "lamppost-number-4711-w"}), 1); /* cut */
    assert_true(identify(&n, (struct topo_neighbour){.name = "lamppost-number-4711"}) == TOPO_NONE);
    assert_true(identify(&n, (struct topo_neighbour){.name = "lamp"}) == TOPO_NONE);
    assert_int_equal(identify(&n, (struct topo_neighbour){.name = "10.1.2.3"}), 3);
    assert_true(identify(&n, (struct topo_neighbour){.name = "10.1.2.9"}) == TOPO_NONE);
    assert_true(identify(&n, (struct topo_neighbour){.chassis_id = "00:00:00:00:00:00"}) == TOPO_NONE);
    assert_true(identify(&n, (struct topo_neighbour){0}) == TOPO_NONE);
    fini(&n);
}

static void a_mark_that_two_devices_bear_marks_neither(void **state)
{
    struct net n;

    (void)state;
    net_init(&n);
    add(&n, "a", DEVICE_SWITCH, NULL, NULL)->name = "ap";
    add(&n, "b", DEVICE_SWITCH, NULL, NULL)->name = "ap";
    n.nodes[0].chassis_id = n.nodes[1].chassis_id = "02:00:00:00:00:01";
    n.nodes[1].address = "192.0.2.1";
    assert_true(identify(&n, (struct topo_neighbour){.name = "ap"}) == TOPO_NONE);
    assert_true(identify(&n, (struct topo_neighbour){.chassis_id = "020000000001"}) == TOPO_NONE);
    assert_int_equal(
        identify(&n, (struct topo_neighbour){.chassis_id = "020000000001", .address = "192.0.2.1"}), 1);
    fini(&n);
}

/* ---- the tree ---- */

static void what_is_stated_is_confirmed_from_one_end_or_both(void **state)
{
    struct net n;

    (void)state;
    build_city(&n);
    wire_switches(&n);
    wire_access_points(&n);
    assert_contradictions(&n, "");
    assert_string_equal(parent(&n, "sw-1"), "agg-1");
    assert_int_equal(place(&n, "sw-1")->source, TOPO_INVENTORY);
    assert_int_equal(place(&n, "sw-1")->seen, TOPO_BOTH_ENDS);
    assert_string_equal(place(&n, "sw-1")->own_port, "if/up");
    assert_int_equal(place(&n, "ap-1")->seen, TOPO_ONE_END);
    assert_int_equal(place(&n, "ap-1")->depth, 3);
    assert_int_equal(place(&n, "core")->source, TOPO_NO_SOURCE);
    assert_int_equal(n.result->link_count, 0);
    fini(&n);
}

static void lldp_proposes_only_where_nothing_is_stated(void **state)
{
    struct net n;

    (void)state;
    build_city(&n);
    wire_switches(&n);
    wire_access_points(&n);
    n.nodes[node_of(&n, "sw-2")].uplink = TOPO_NONE;
    n.nodes[node_of(&n, "sw-2")].uplink_port = NULL;
    n.nodes[node_of(&n, "ap-1")].uplink = TOPO_NONE;
    n.nodes[node_of(&n, "ap-1")].uplink_port = NULL;
    assert_contradictions(&n, "");
    assert_string_equal(parent(&n, "sw-2"), "agg-1");
    assert_int_equal(place(&n, "sw-2")->source, TOPO_LLDP);
    assert_int_equal(place(&n, "sw-2")->seen, TOPO_BOTH_ENDS);
    assert_string_equal(place(&n, "sw-2")->parent_port, "if/a2");
    assert_int_equal(place(&n, "ap-1")->source, TOPO_LLDP);
    assert_string_equal(place(&n, "ap-1")->parent_port, "if/p1");
    fini(&n);
}

static void a_powered_access_point_that_nobody_sees_hangs_on_its_switch(void **state)
{
    struct net n;

    (void)state;
    build_city(&n);
    wire_switches(&n);
    n.nodes[node_of(&n, "ap-1")].uplink = TOPO_NONE;
    n.nodes[node_of(&n, "ap-1")].power = node_of(&n, "sw-1");
    assert_contradictions(&n, "");
    assert_string_equal(parent(&n, "ap-1"), "-"); /* the switch delivers nothing */
    powers(&n, "sw-1", "if/p1", 3);
    assert_contradictions(&n, "");
    assert_string_equal(parent(&n, "ap-1"), "sw-1");
    assert_int_equal(place(&n, "ap-1")->source, TOPO_POE);
    fini(&n);
}

static void a_ring_is_marked_and_its_link_stands_beside_the_tree(void **state)
{
    struct net n;

    (void)state;
    build_city(&n);
    wire_switches(&n);
    both(&n, "sw-2", "if/r", "agg-2", "if/r");
    assert_contradictions(&n, ""); /* a link nobody stated contradicts nothing */
    assert_int_equal(n.result->link_count, 1);
    assert_true(n.result->links[0].is_ring);
    assert_int_equal(n.result->links[0].source, TOPO_LLDP);
    assert_int_equal(n.result->links[0].seen, TOPO_BOTH_ENDS);
    assert_true(place(&n, "sw-2")->is_in_ring);
    assert_true(place(&n, "core")->is_in_ring);
    assert_false(place(&n, "sw-1")->is_in_ring);
    n.links[n.in.link_count++] = (struct topo_pair){node_of(&n, "sw-2"), node_of(&n, "agg-2")};
    run(&n);
    assert_int_equal(n.result->link_count, 1);
    assert_int_equal(n.result->links[0].source, TOPO_INVENTORY);
    fini(&n);
}

static void what_does_not_answer_now_is_not_believed(void **state)
{
    struct net n;

    (void)state;
    build_city(&n);
    both(&n, "agg-2", "if/x", "sw-1", "if/up"); /* moved … */
    n.nodes[node_of(&n, "agg-2")].is_alive = false;
    n.nodes[node_of(&n, "sw-1")].is_alive = false; /* … according to two that are gone */
    assert_contradictions(&n, "");
    fini(&n);
}

static void without_a_core_the_middle_is_guessed_only_on_request(void **state)
{
    struct net n;

    (void)state;
    net_init(&n);
    add(&n, "a", DEVICE_SWITCH, NULL, NULL);
    add(&n, "b", DEVICE_SWITCH, NULL, NULL);
    add(&n, "c", DEVICE_AP, NULL, NULL);
    both(&n, "a", "if/1", "b", "if/1");
    sees(&n, "b", "if/2", "c");
    run(&n);
    assert_string_equal(parent(&n, "a"), "-");
    assert_string_equal(parent(&n, "c"), "-");
    n.in.may_guess_root = true;
    run(&n);
    assert_true(place(&n, "b")->is_root);
    assert_string_equal(parent(&n, "a"), "b");
    assert_string_equal(parent(&n, "c"), "b");
    fini(&n);
}

/* ---- contradictions ---- */

static void lldp_against_the_stated_uplink(void **state)
{
    struct net n;

    (void)state;
    build_city(&n);
    wire_access_points(&n);
    both(&n, "agg-1", "if/a1", "sw-1", "if/up");
    both(&n, "agg-2", "if/b7", "sw-2", "if/up");
    assert_contradictions(&n, "uplink_differs sw-2 agg-1 if/a2 agg-2 if/b7\n");
    assert_string_equal(parent(&n, "sw-2"), "agg-1"); /* the inventory's word stands */
    assert_int_equal(n.result->link_count, 0);        /* and it is no ring */
    fini(&n);
}

static void lldp_against_the_stated_port(void **state)
{
    struct net n;

    (void)state;
    build_city(&n);
    wire_switches(&n);
    sees(&n, "sw-1", "if/p2", "ap-1"); /* swapped */
    sees(&n, "sw-1", "if/p1", "ap-2");
    assert_contradictions(&n, "uplink_port_differs ap-1 sw-1 if/p1 sw-1 if/p2\n"
                              "uplink_port_differs ap-2 sw-1 if/p2 sw-1 if/p1\n");
    n.nodes[node_of(&n, "ap-1")].uplink_port = "p2"; /* without "if/" */
    n.nodes[node_of(&n, "ap-2")].uplink_port = NULL;
    assert_contradictions(&n, "");
    fini(&n);
}

static void a_bundle_of_cables_is_right_if_one_is_on_the_stated_port(void **state)
{
    struct net n;

    (void)state;
    build_city(&n);
    wire_switches(&n);
    both(&n, "agg-1", "if/a0", "sw-1", "if/up0");
    assert_contradictions(&n, "");
    fini(&n);
}

static void two_ends_that_name_different_neighbours(void **state)
{
    struct net n;

    (void)state;
    build_city(&n);
    sees(&n, "agg-1", "if/a1", "sw-1")->port_id = "up";
    sees(&n, "sw-1", "if/up", "agg-2")->port_id = "b1";
    both(&n, "agg-1", "if/a2", "sw-2", "if/up");
    assert_contradictions(&n, "ends_disagree agg-1 sw-1 if/a1 agg-2 if/up\n");
    assert_int_equal(n.result->link_count, 0); /* no ring follows from it */
    fini(&n);
}

static void one_port_with_several_neighbours(void **state)
{
    struct net n;

    (void)state;
    build_city(&n);
    wire_switches(&n);
    wire_access_points(&n);
    sees(&n, "sw-1", "if/p1", "foreign")->chassis_id = "02:99:00:00:00:01";
    assert_contradictions(&n, "port_shared sw-1 ap-1 - - if/p1\n");
    assert_int_equal(n.result->stranger_count, 1);
    sees(&n, "sw-1", "if/p1", "foreign")->chassis_id = "02:99:00:00:00:02"; /* said once */
    assert_contradictions(&n, "port_shared sw-1 ap-1 - - if/p1\n");
    fini(&n);
}

static void a_stranger_and_a_row_told_twice_are_no_contradiction(void **state)
{
    struct net n;

    (void)state;
    build_city(&n);
    wire_switches(&n);
    wire_access_points(&n);
    sees(&n, "sw-1", "if/p1", "ap-1");
    sees(&n, "sw-1", "if/p9", "foreign");
    assert_contradictions(&n, "");
    assert_int_equal(n.result->stranger_count, 1);
    assert_string_equal(n.result->strangers[0].neighbour->port, "if/p9");
    fini(&n);
}

static void a_stated_link_that_no_end_sees(void **state)
{
    struct net n;

    (void)state;
    build_city(&n);
    wire_access_points(&n);
    both(&n, "agg-1", "if/a1", "sw-1", "if/up");
    sees(&n, "sw-2", "if/9", "foreign"); /* it does speak */
    n.links[n.in.link_count++] = (struct topo_pair){node_of(&n, "sw-1"), node_of(&n, "agg-2")};
    assert_contradictions(&n, "link_unseen sw-1 agg-2 - - -\n"
                              "link_unseen sw-2 agg-1 if/a2 - -\n");
    n.nodes[node_of(&n, "sw-2")].neighbour_count = 0; /* it does not */
    n.nodes[node_of(&n, "agg-2")].is_alive = false;
    assert_contradictions(&n, "");
    fini(&n);
}

static void power_from_another_switch_or_from_none(void **state)
{
    struct net n;

    (void)state;
    build_city(&n);
    wire_switches(&n);
    wire_access_points(&n);
    powers(&n, "sw-1", "if/p1", 3);
    powers(&n, "sw-1", "if/p2", 2);
    n.nodes[node_of(&n, "ap-1")].power = node_of(&n, "sw-2");
    n.nodes[node_of(&n, "ap-2")].power = node_of(&n, "sw-1");
    assert_contradictions(&n, "poe_feeder_differs ap-1 sw-2 - sw-1 if/p1\n"
                              "poe_no_power ap-2 sw-1 - sw-1 if/p2\n");
    n.nodes[node_of(&n, "ap-2")].is_alive = false; /* dark, as it should be */
    n.nodes[node_of(&n, "ap-1")].power = node_of(&n, "sw-1");
    assert_contradictions(&n, "");
    n.nodes[node_of(&n, "ap-2")].is_alive = true;
    n.nodes[node_of(&n, "ap-2")].power = add(&n, "ups", DEVICE_UPS, "agg-1", NULL) - n.nodes;
    assert_contradictions(&n, ""); /* a UPS feeds the cabinet; how, nobody states */
    fini(&n);
}

static void uplinks_in_a_circle(void **state)
{
    struct net n;

    (void)state;
    build_city(&n);
    n.nodes[node_of(&n, "agg-1")].uplink = node_of(&n, "sw-2");
    n.nodes[node_of(&n, "agg-1")].uplink_port = NULL;
    run(&n);
    assert_int_equal(n.result->contradictions[0].code, TOPO_CYCLE);
    assert_string_equal(id_at(&n, n.result->contradictions[0].device), "agg-1");
    assert_string_equal(parent(&n, "agg-1"), "-");
    assert_string_equal(parent(&n, "sw-2"), "agg-1");
    n.nodes[node_of(&n, "core")].uplink = node_of(&n, "core"); /* the smallest circle */
    run(&n);
    assert_int_equal(n.result->contradictions[0].code, TOPO_CYCLE);
    assert_int_equal(n.result->contradictions[1].code, TOPO_CYCLE);
    fini(&n);
}

static void a_silent_switch_in_between_explains_what_is_seen_across_it(void **state)
{
    struct net n;

    (void)state;
    net_init(&n);
    add(&n, "core", DEVICE_SWITCH, NULL, NULL)->is_core = true;
    add(&n, "silent", DEVICE_SWITCH, "core", "if/1");
    add(&n, "sw-1", DEVICE_SWITCH, "silent", NULL);
    add(&n, "sw-2", DEVICE_SWITCH, "silent", NULL);
    both(&n, "core", "if/1", "sw-1", "if/up");
    both(&n, "core", "if/1", "sw-2", "if/up");
    both(&n, "sw-1", "if/up", "sw-2", "if/up");
    assert_contradictions(&n, "");
    assert_int_equal(n.result->link_count, 0);
    fini(&n);
}

RUN_TESTS("topology", cmocka_unit_test(a_neighbour_is_known_by_chassis_then_address_then_name),
          cmocka_unit_test(a_mark_that_two_devices_bear_marks_neither),
          cmocka_unit_test(what_is_stated_is_confirmed_from_one_end_or_both),
          cmocka_unit_test(lldp_proposes_only_where_nothing_is_stated),
          cmocka_unit_test(a_powered_access_point_that_nobody_sees_hangs_on_its_switch),
          cmocka_unit_test(a_ring_is_marked_and_its_link_stands_beside_the_tree),
          cmocka_unit_test(what_does_not_answer_now_is_not_believed),
          cmocka_unit_test(without_a_core_the_middle_is_guessed_only_on_request),
          cmocka_unit_test(lldp_against_the_stated_uplink), cmocka_unit_test(lldp_against_the_stated_port),
          cmocka_unit_test(a_bundle_of_cables_is_right_if_one_is_on_the_stated_port),
          cmocka_unit_test(two_ends_that_name_different_neighbours),
          cmocka_unit_test(one_port_with_several_neighbours),
          cmocka_unit_test(a_stranger_and_a_row_told_twice_are_no_contradiction),
          cmocka_unit_test(a_stated_link_that_no_end_sees),
          cmocka_unit_test(power_from_another_switch_or_from_none), cmocka_unit_test(uplinks_in_a_circle),
          cmocka_unit_test(a_silent_switch_in_between_explains_what_is_seen_across_it))
