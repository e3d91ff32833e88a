/* SPDX-License-Identifier: GPL-3.0-or-later */
/* 150: random trees with one to three causes in separate branches, drawn by a generator that knows nothing of
 * alerts. As many incidents as causes, the right members, at most two messages a cause, one recovery each. */
#include <stdio.h>

#include "lib/base/rng.h"
#include "lib/base/strx.h"
#include "tests/sim/alert_world.h"
#include "tests/unit/cmocka_tests.h"

enum { TOWNS = 80, SWITCHES_MAX = 24, CAUSES_MAX = 3, APS_MAX = 8 };

struct plan {
    size_t switches, parent[SWITCHES_MAX], aps[SWITCHES_MAX]; /* switch 0 is the core */
    size_t cause[CAUSES_MAX], expected[CAUSES_MAX], causes;
    bool is_ap[CAUSES_MAX]; /* the first access point of that switch, not the switch */
};

static bool is_below(const struct plan *p, size_t node, size_t above)
{
    for (; node; node = p->parent[node])
        if (node == above)
            return true;
    return false;
}

static size_t hotspots_below(const struct plan *p, size_t above)
{
    size_t count = 0;

    for (size_t s = 1; s < p->switches; s++)
        count += is_below(p, s, above) ? p->aps[s] : 0;
    return count;
}

static size_t devices_below(const struct plan *p, size_t above)
{
    size_t count = 0;

    for (size_t s = 1; s < p->switches; s++)
        count += is_below(p, s, above);
    return count + hotspots_below(p, above);
}

static size_t devices(const struct plan *p)
{
    size_t count = p->switches;

    for (size_t s = 0; s < p->switches; s++)
        count += p->aps[s];
    return count;
}

static struct plan draw(struct rng *r)
{
    struct plan p = {.switches = 8 + rng_below(r, SWITCHES_MAX - 8)};
    size_t wanted = 1 + rng_below(r, CAUSES_MAX), lost = 0;

    for (size_t s = 1; s < p.switches; s++) {
        p.parent[s] = rng_below(r, (uint32_t)s);
        p.aps[s] = 1 + rng_below(r, APS_MAX);
    }
    for (int tries = 0; p.causes < wanted && tries < 100; tries++) {
        size_t c = 1 + rng_below(r, (uint32_t)p.switches - 1);
        bool is_ap = rng_below(r, 3) == 0, is_free = true;
        size_t takes = is_ap ? 1 : devices_below(&p, c);
        for (size_t k = 0; k < p.causes; k++)
            is_free &= !is_below(&p, c, p.cause[k]) && !is_below(&p, p.cause[k], c);
        if (!is_free || (lost + takes) * 2 > devices(&p))
            continue; /* more than half of all: that is blindness, 112 */
        lost += takes;
        p.is_ap[p.causes] = is_ap;
        p.expected[p.causes] = is_ap ? 1 : hotspots_below(&p, c);
        p.cause[p.causes++] = c;
    }
    return p;
}

static char *write_plan(const struct plan *p, struct rng *r)
{
    struct buf devs = BUF_INIT, spots = BUF_INIT;
    char *text;

    buf_str(&devs, "  - {id: sw-0, name: Core, address: 127.0.0.1, kind: switch, site: s, core: true}\n");
    for (size_t s = 1; s < p->switches; s++) {
        bool has_port = rng_below(r, 3) > 0;
        buf_printf(&devs,
                   "  - {id: sw-%zu, name: S, address: 127.0.0.1, kind: switch, site: s, uplink: sw-%zu", s,
                   p->parent[s]);
        if (has_port)
            buf_printf(&devs, ", uplink_port: if/p%zu", s);
        buf_str(&devs, "}\n");
        for (size_t a = 0; a < p->aps[s]; a++) {
            buf_printf(
                &devs,
                "  - {id: ap-%zu-%zu, name: A, address: 127.0.0.1, kind: ap, site: s, uplink: sw-%zu}\n", s,
                a, s);
            buf_printf(&spots, "  - {id: hs-%zu-%zu, name: H, site: s, device: ap-%zu-%zu}\n", s, a, s, a);
        }
    }
    text = strx_printf("sites: [{id: s, name: S, lat: 53.7, lon: 10.0}]\ndevices:\n%shotspots:\n%s",
                       devs.data, spots.data);
    buf_fini(&devs);
    buf_fini(&spots);
    return text;
}

static void cause_id(const struct plan *p, size_t k, char out[32])
{
    snprintf(out, 32, p->is_ap[k] ? "ap-%zu-0" : "sw-%zu", p->cause[k]);
}

static void set_causes(struct world *w, const struct plan *p, bool is_on)
{
    for (size_t k = 0; k < p->causes; k++) {
        char id[32];
        cause_id(p, k, id);
        world_agent(w, id)->is_cut = is_on;
    }
}

struct score {
    size_t causes, incidents_right, members_right, messages, towns_right;
};

static void play(uint64_t seed, ns_t interval, struct score *score)
{
    struct rng r = {seed};
    struct plan p = draw(&r);
    char *text = write_plan(&p, &r);
    struct world *w = world_new(text, interval, seed);
    size_t right = 0, members = 0;

    free(text);
    world_run(w, 3 * interval);
    assert_int_equal(w->said_count, 0);
    set_causes(w, &p, true);
    world_run(w, 2 * interval + MINUTES);
    for (size_t k = 0; k < p.causes; k++) {
        char id[32];
        cause_id(&p, k, id);
        for (size_t i = 0; i < w->said_count; i++) {
            if (strcmp(w->said[i].event, "opened") != 0 || strcmp(w->said[i].cause, id) != 0)
                continue;
            right++;
            members += w->said[i].hotspots == p.expected[k];
        }
    }
    score->causes += p.causes;
    score->incidents_right += right;
    score->members_right += members;
    score->messages += w->said_count;
    score->towns_right += right == p.causes && world_said(w, "opened", NULL) == p.causes;
    set_causes(w, &p, false);
    world_run(w, 5 * interval + MINUTES);
    assert_int_equal(world_said(w, "opened", NULL), world_said(w, "closed", NULL));
    assert_int_equal(world_count(w, STATE_UNUSABLE) + world_count(w, STATE_UNKNOWN), 0);
    world_free(w);
}

static void judge(ns_t interval)
{
    struct score s = {0};

    for (uint64_t seed = 1; seed <= TOWNS; seed++)
        play(seed, interval, &s);
    printf(
        "# interval %d s: %zu causes, %zu found, members exact in %zu, %zu messages, %zu of %d towns exact\n",
        (int)(interval / SECONDS), s.causes, s.incidents_right, s.members_right, s.messages, s.towns_right,
        TOWNS);
    assert_true(s.incidents_right * 100 >= s.causes * 98);
    assert_true(s.members_right * 100 >= s.causes * 95);
    assert_true(s.towns_right * 100 >= TOWNS * 98);
    assert_true(s.messages <= 2 * s.causes);
}

static void random_towns_have_as_many_incidents_as_causes_at_the_demos_interval(void **state)
{
    (void)state;
    judge(5 * SECONDS);
}

static void random_towns_have_as_many_incidents_as_causes_at_a_minute(void **state)
{
    (void)state;
    judge(60 * SECONDS);
}

RUN_TESTS("150-random-towns",
          cmocka_unit_test(random_towns_have_as_many_incidents_as_causes_at_the_demos_interval),
          cmocka_unit_test(random_towns_have_as_many_incidents_as_causes_at_a_minute))
