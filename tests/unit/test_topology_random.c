/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_topology_random.c - random networks whose truth is known: what LLDP alone gives back, and that exactly
 * the injected contradictions are found. */
#include "tests/unit/cmocka_tests.h"

#include <stdio.h>

#include "lib/base/rng.h"
#include "lib/model/topology.h"

enum { NODES = 40, ROWS = 64, RINGS = 4, ROUNDS = 2000, EXPECTED = 64 };

enum mode { NONE, FROM_PARENT, FROM_CHILD, BOTH }; /* which end of a cable tells of the other */

struct cable {
    size_t parent, child; /* of a ring: any two */
    char parent_port[16], child_port[16];
    enum mode mode;
};

struct world {
    struct rng rng;
    size_t count, cable_count;
    struct cable cables[NODES + RINGS]; /* cables[i - 1]: of node i and its parent; then the rings */
    char ids[NODES][8];
    struct topo_node nodes[NODES];
    struct topo_neighbour rows[NODES][ROWS];
    struct topo_poe poe[NODES][ROWS];
    struct topo_pair links[2 * RINGS];
    struct topo_input in;
    struct topo *result;
    struct topo_contradiction expected[EXPECTED];
    size_t expected_count;
    bool is_touched[NODES];
    unsigned round;
};

static size_t below(struct world *w, size_t n)
{
    return rng_below(&w->rng, (uint32_t)n);
}

static bool is_switch(const struct world *w, size_t i)
{
    return w->nodes[i].kind == DEVICE_SWITCH;
}

/* Node i and what it hangs on; none for the core. */
static struct cable *uplink_of(struct world *w, size_t i)
{
    return &w->cables[i - 1];
}

static void join(struct world *w, size_t parent, size_t child, enum mode mode)
{
    struct cable *c = &w->cables[w->cable_count];

    *c = (struct cable){.parent = parent, .child = child, .mode = mode};
    snprintf(c->parent_port, sizeof c->parent_port, "if/p%zu", w->cable_count);
    snprintf(c->child_port, sizeof c->child_port, "if/c%zu", w->cable_count++);
}

/* A third of the nodes are switches in a random tree with node 0 as its core, the rest access points. */
static void grow(struct world *w, unsigned round)
{
    size_t switches;

    *w = (struct world){.rng = {round * 2654435761u + 1}, .round = round};
    w->count = 6 + below(w, NODES - 6);
    switches = 3 + w->count / 3;
    for (size_t i = 0; i < w->count; i++) {
        snprintf(w->ids[i], sizeof w->ids[i], "n%zu", i);
        w->nodes[i] = (struct topo_node){.id = w->ids[i],
                                         .kind = i < switches ? DEVICE_SWITCH : DEVICE_AP,
                                         .is_core = i == 0,
                                         .is_alive = true,
                                         .uplink = TOPO_NONE,
                                         .power = TOPO_NONE,
                                         .neighbours = w->rows[i],
                                         .poe = w->poe[i]};
    }
    for (size_t i = 1; i < w->count; i++) /* an access point tells nothing; each switch tells something */
        join(w, below(w, i < switches ? i : switches), i,
             i >= switches ? FROM_PARENT
             : i == 1      ? BOTH
                           : (enum mode)(FROM_CHILD + below(w, 2)));
    w->in = (struct topo_input){.nodes = w->nodes, .count = w->count, .links = w->links};
}

static bool are_joined(const struct world *w, size_t a, size_t b)
{
    for (size_t i = 0; i < w->cable_count; i++)
        if ((w->cables[i].parent == a && w->cables[i].child == b) ||
            (w->cables[i].parent == b && w->cables[i].child == a))
            return true;
    return false;
}

static void add_rings(struct world *w)
{
    for (size_t i = below(w, RINGS); i > 0; i--) {
        size_t a = below(w, w->count), b = below(w, w->count);

        if (a != b && is_switch(w, a) && is_switch(w, b) && !are_joined(w, a, b))
            join(w, a, b, BOTH);
    }
}

static struct topo_neighbour *tell(struct world *w, size_t who, const char *port, size_t whom,
                                   const char *far_port)
{
    struct topo_neighbour *row = &w->rows[who][w->nodes[who].neighbour_count++];

    assert_true(w->nodes[who].neighbour_count <= ROWS);
    *row = (struct topo_neighbour){.port = port, .name = w->ids[whom], .port_id = far_port + 3};
    return row;
}

static void tell_all(struct world *w)
{
    for (size_t i = 0; i < w->cable_count; i++) {
        const struct cable *c = &w->cables[i];

        if (c->mode == FROM_PARENT || c->mode == BOTH)
            tell(w, c->parent, c->parent_port, c->child, c->child_port);
        if (c->mode == FROM_CHILD || c->mode == BOTH)
            tell(w, c->child, c->child_port, c->parent, c->parent_port);
    }
}

static void run(struct world *w)
{
    assert_ok(topo_build(&w->in, &w->result));
}

/* ---- LLDP alone ---- */

/* Distances from the core along cables that at least one end tells of; SIZE_MAX: out of sight. */
static void measure(const struct world *w, size_t *distance)
{
    for (size_t i = 0; i < w->count; i++)
        distance[i] = i == 0 ? 0 : SIZE_MAX;
    for (size_t turn = 0; turn < w->count; turn++)
        for (size_t i = 0; i < w->cable_count; i++) {
            size_t a = w->cables[i].parent, b = w->cables[i].child;

            if (w->cables[i].mode == NONE)
                continue;
            if (distance[a] != SIZE_MAX && distance[a] + 1 < distance[b])
                distance[b] = distance[a] + 1;
            if (distance[b] != SIZE_MAX && distance[b] + 1 < distance[a])
                distance[a] = distance[b] + 1;
        }
}

/* Cables that lead one step nearer to the core; *last: where the last of them leads. */
static size_t ways_up(const struct world *w, const size_t *distance, size_t i, size_t *last)
{
    size_t ways = 0;

    for (size_t k = 0; k < w->cable_count; k++) {
        const struct cable *c = &w->cables[k];
        size_t other = c->parent == i ? c->child : c->parent;

        if (c->mode != NONE && (c->parent == i || c->child == i) && distance[other] + 1 == distance[i]) {
            *last = other;
            ways++;
        }
    }
    return ways;
}

static void check_proposal(const struct world *w, const size_t *distance, size_t i)
{
    const struct topo_place *p = &w->result->places[i];
    size_t up = TOPO_NONE;

    if (distance[i] == SIZE_MAX || i == 0) {
        if (p->parent != TOPO_NONE)
            fail_msg("round %u: n%zu cannot be known to hang on n%zu", w->round, i, p->parent);
        return;
    }
    if (ways_up(w, distance, i, &up) == 1 && p->parent != up)
        fail_msg("round %u: n%zu hangs on n%zu, not on n%zu", w->round, i, up, p->parent);
    if (p->parent == TOPO_NONE || distance[p->parent] + 1 != distance[i] || p->source != TOPO_LLDP)
        fail_msg("round %u: n%zu must hang on something nearer to the core", w->round, i);
}

static void lldp_alone_gives_the_tree_back_as_far_as_it_tells(void **state)
{
    static struct world w;
    size_t distance[NODES], seen, placed, proposed = 0, in_the_dark = 0, rings = 0;

    (void)state;
    for (unsigned round = 1; round <= ROUNDS; round++) {
        grow(&w, round);
        for (size_t i = 0; i < w.cable_count; i++)
            if (below(&w, 4) == 0)
                w.cables[i].mode = (enum mode)below(&w, 4);
        add_rings(&w);
        tell_all(&w);
        run(&w);
        measure(&w, distance);
        seen = placed = 0;
        for (size_t i = 0; i < w.count; i++) {
            check_proposal(&w, distance, i);
            placed += w.result->places[i].parent != TOPO_NONE;
            in_the_dark += distance[i] == SIZE_MAX;
        }
        for (size_t i = 0; i < w.cable_count; i++)
            seen += w.cables[i].mode != NONE;
        assert_int_equal(w.result->link_count, seen - placed); /* all other cables lie beside the tree */
        assert_int_equal(w.result->contradiction_count, 0);
        assert_int_equal(w.result->stranger_count, 0);
        proposed += placed;
        for (size_t i = 0; i < w.result->link_count; i++)
            rings += w.result->links[i].is_ring;
        topo_free(w.result);
    }
    print_message("# %zu proposed, %zu in the dark, %zu rings\n", proposed, in_the_dark, rings);
    assert_true(proposed > 10000 && in_the_dark > 1000 && rings > 250); /* the rounds were not all alike */
}

/* ---- contradictions ---- */

static void state_all(struct world *w)
{
    for (size_t i = 1; i < w->count; i++) {
        w->nodes[i].uplink = uplink_of(w, i)->parent;
        w->nodes[i].uplink_port = uplink_of(w, i)->parent_port;
    }
    for (size_t i = w->count - 1; i < w->cable_count; i++)
        w->links[w->in.link_count++] = (struct topo_pair){w->cables[i].parent, w->cables[i].child};
}

static void expect(struct world *w, struct topo_contradiction c)
{
    assert_true(w->expected_count < EXPECTED);
    w->expected[w->expected_count++] = c;
}

/* One mistake disturbs its neighbourhood: a second one there would be another mistake. other: who else takes
 * part in it. */
static bool may_touch(struct world *w, size_t i, size_t other)
{
    if (w->is_touched[i] || i == 0 || w->is_touched[uplink_of(w, i)->parent] || w->is_touched[other])
        return false;
    for (size_t k = 1; k < w->count; k++)
        if (uplink_of(w, k)->parent == i && w->is_touched[k])
            return false;
    w->is_touched[i] = w->is_touched[other] = true;
    return true;
}

static bool hangs_below(struct world *w, size_t i, size_t above)
{
    for (size_t steps = 0; steps <= w->count; steps++) {
        if (i == above)
            return true;
        if (w->nodes[i].uplink == TOPO_NONE)
            return false;
        i = w->nodes[i].uplink;
    }
    return true; /* a circle */
}

static void move(struct world *w, size_t i)
{
    const struct cable *c = uplink_of(w, i);
    size_t other = below(w, w->count);

    if (!is_switch(w, other) || other == c->parent || hangs_below(w, other, i) || are_joined(w, i, other) ||
        !may_touch(w, i, other))
        return;
    w->nodes[i].uplink = other;
    w->nodes[i].uplink_port = NULL;
    expect(w, (struct topo_contradiction){TOPO_UPLINK_DIFFERS, i, other, c->parent, NULL,
                                          c->mode == FROM_CHILD ? NULL : c->parent_port});
}

static void swap_port(struct world *w, size_t i)
{
    const struct cable *c = uplink_of(w, i);

    if (c->mode == FROM_CHILD || !may_touch(w, i, i))
        return;
    w->nodes[i].uplink_port = "if/wrong";
    expect(w, (struct topo_contradiction){TOPO_PORT_DIFFERS, i, c->parent, c->parent, "if/wrong",
                                          c->parent_port});
}

static void confuse(struct world *w, size_t i)
{
    const struct cable *c = uplink_of(w, i);
    size_t other = below(w, w->count);

    if (c->mode != BOTH || !is_switch(w, other) || other == i || other == c->parent ||
        are_joined(w, other, i) || !may_touch(w, i, other))
        return;
    for (size_t k = 0; k < w->nodes[i].neighbour_count; k++)
        if (w->rows[i][k].port == c->child_port)
            w->rows[i][k] = (struct topo_neighbour){.port = c->child_port, .name = w->ids[other]};
    expect(w, (struct topo_contradiction){TOPO_ENDS_DISAGREE, c->parent, i, other, c->parent_port,
                                          c->child_port});
}

static void share_port(struct world *w, size_t i)
{
    const struct cable *c = uplink_of(w, i);

    if (c->mode == FROM_CHILD || !may_touch(w, i, i))
        return;
    w->rows[c->parent][w->nodes[c->parent].neighbour_count++] =
        (struct topo_neighbour){.port = c->parent_port, .name = "stranger", .chassis_id = "02:ee:0:0:0:1"};
    expect(w, (struct topo_contradiction){TOPO_PORT_SHARED, c->parent, i, TOPO_NONE, NULL, c->parent_port});
}

static void state_link(struct world *w, size_t i)
{
    size_t other = below(w, w->count);

    if (!is_switch(w, i) || !is_switch(w, other) || other == i || are_joined(w, i, other) ||
        !may_touch(w, i, other))
        return;
    w->links[w->in.link_count++] = (struct topo_pair){i, other};
    expect(w, (struct topo_contradiction){TOPO_LINK_UNSEEN, i, other, TOPO_NONE, NULL, NULL});
}

static void feed(struct world *w, size_t i)
{
    const struct cable *c = uplink_of(w, i);
    size_t other = below(w, w->count);
    bool is_other = below(w, 2) && is_switch(w, other) && other != c->parent;
    struct topo_contradiction x = {is_other ? TOPO_FEEDER_DIFFERS : TOPO_POE_NO_POWER,
                                   i,
                                   is_other ? other : c->parent,
                                   c->parent,
                                   NULL,
                                   c->parent_port};

    if (is_switch(w, i) || !may_touch(w, i, other))
        return;
    w->nodes[i].power = x.stated;
    w->poe[c->parent][w->nodes[c->parent].poe_count++] = (struct topo_poe){c->parent_port, is_other ? 3 : 2};
    expect(w, x);
}

static int by_code(const void *a, const void *b)
{
    const struct topo_contradiction *x = a, *y = b;
    int order = x->code - y->code;

    if (!order)
        order = (x->device > y->device) - (x->device < y->device);
    if (!order)
        order = (x->stated > y->stated) - (x->stated < y->stated);
    return order;
}

static bool is_same_port(const char *a, const char *b)
{
    return !a || !b ? a == b : strcmp(a, b) == 0;
}

static void check_contradictions(struct world *w)
{
    struct topo_contradiction *found = w->result->contradictions;

    if (w->result->contradiction_count != w->expected_count)
        fail_msg("round %u: %zu contradictions, %zu were injected", w->round, w->result->contradiction_count,
                 w->expected_count);
    if (!w->expected_count)
        return;
    qsort(found, w->expected_count, sizeof *found, by_code);
    qsort(w->expected, w->expected_count, sizeof *w->expected, by_code);
    for (size_t i = 0; i < w->expected_count; i++) {
        const struct topo_contradiction *x = &found[i], *y = &w->expected[i];

        if (by_code(x, y) != 0 || x->seen != y->seen || !is_same_port(x->stated_port, y->stated_port) ||
            !is_same_port(x->seen_port, y->seen_port))
            fail_msg("round %u: %s of n%zu, injected was %s of n%zu", w->round, topo_code_word(x->code),
                     x->device, topo_code_word(y->code), y->device);
    }
}

static void exactly_the_injected_contradictions_are_found(void **state)
{
    static void (*const mistakes[])(struct world *, size_t) = {move,       swap_port,  confuse,
                                                               share_port, state_link, feed};
    static struct world w;
    size_t by_kind[TOPO_CODES] = {0};

    (void)state;
    for (unsigned round = 1; round <= ROUNDS; round++) {
        grow(&w, round);
        add_rings(&w);
        tell_all(&w);
        state_all(&w);
        for (size_t i = below(&w, 4) * 2; i > 0; i--) /* no mistake in every fourth round */
            mistakes[below(&w, sizeof mistakes / sizeof *mistakes)](&w, 1 + below(&w, w.count - 1));
        run(&w);
        check_contradictions(&w);
        for (size_t i = 0; i < w.expected_count; i++)
            by_kind[w.expected[i].code]++;
        topo_free(w.result);
    }
    for (int code = TOPO_CYCLE + 1; code < TOPO_CODES; code++) {
        print_message("# %s: %zu\n", topo_code_word(code), by_kind[code]);
        assert_true(by_kind[code] > 50); /* each kind was there */
    }
}

RUN_TESTS("topology_random", cmocka_unit_test(lldp_alone_gives_the_tree_back_as_far_as_it_tells),
          cmocka_unit_test(exactly_the_injected_contradictions_are_found))
