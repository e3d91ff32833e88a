/* SPDX-License-Identifier: GPL-3.0-or-later */
/* 150: random towns with one to three causes, drawn by a generator that knows nothing of alerts: trees of
 * switches, half of them with one to three redundant lines that close rings; a cut to a switch, a cut of a
 * redundant line, a dead access point, a street without power; all at once or one after the other. Who is hit
 * follows from the way of light through the graph alone. As many incidents as causes, the right members, at
 * most two messages a cause, one recovery each. A thousand towns with NETZWACHT_LONG=1, one with
 * NETZWACHT_SEED=n.
 *
 * What is not drawn, as nobody could tell it: a cut between two places that are both in the dark; all lines
 * of a switch at once, as if it had died; two identical causes. A cut of a ring whose only known port lies in
 * the dark adds no incident of its own: those whom it cuts off belong to the ring's first one. */
#include <stdio.h>
#include <stdlib.h>

#include "lib/base/rng.h"
#include "lib/base/strx.h"
#include "tests/sim/alert_world.h"
#include "tests/unit/cmocka_tests.h"

enum { TOWNS = 100, TOWNS_LONG = 1000, SWITCHES_MAX = 24, CAUSES_MAX = 3, APS_MAX = 8, LINKS_MAX = 3 };

enum cause_kind {
    CAUSE_CUT /* line to a switch */,
    CAUSE_LINK,
    CAUSE_AP /* the first there */,
    CAUSE_POWER,
    CAUSES
};

struct cause {
    enum cause_kind kind;
    size_t at;    /* switch; of CAUSE_LINK: link */
    bool is_late; /* begins when the others were told */
};

struct plan {
    bool has_ups[SWITCHES_MAX]; /* it feeds the access points of that switch, not the switch */
    size_t switches, parent[SWITCHES_MAX], aps[SWITCHES_MAX]; /* switch 0 is the core */
    size_t links, from[LINKS_MAX], to[LINKS_MAX];
    struct cause causes[CAUSES_MAX];
    size_t count;
};

/* ---- the graph ---- */

/* Lines that are cut: the one of switch s is bit s, link l bit SWITCHES_MAX + l. */
typedef uint32_t lines;

static lines line_of(const struct cause *c)
{
    if (c->kind == CAUSE_CUT)
        return (lines)1 << c->at;
    return c->kind == CAUSE_LINK ? (lines)1 << (SWITCHES_MAX + c->at) : 0;
}

static lines all_cut(const struct plan *p)
{
    lines cut = 0;

    for (size_t k = 0; k < p->count; k++)
        cut |= line_of(&p->causes[k]);
    return cut;
}

static bool pass_light(bool *a, bool *b)
{
    bool is_news = *a != *b;

    *a = *b = *a || *b;
    return is_news;
}

static void light(const struct plan *p, lines cut, bool lit[SWITCHES_MAX])
{
    bool is_news = true;

    for (size_t s = 0; s < SWITCHES_MAX; s++)
        lit[s] = s == 0;
    while (is_news) {
        is_news = false;
        for (size_t s = 1; s < p->switches; s++)
            if (!(cut & (lines)1 << s))
                is_news |= pass_light(&lit[s], &lit[p->parent[s]]);
        for (size_t l = 0; l < p->links; l++)
            if (!(cut & (lines)1 << (SWITCHES_MAX + l)))
                is_news |= pass_light(&lit[p->from[l]], &lit[p->to[l]]);
    }
}

/* Does it cut off anybody by itself? A line of a ring does not. */
static bool is_bridge(const struct plan *p, const struct cause *c)
{
    bool lit[SWITCHES_MAX];
    bool is_one = false;

    light(p, line_of(c), lit);
    for (size_t s = 1; s < p->switches; s++)
        is_one |= !lit[s];
    return is_one;
}

static size_t devices_on(const struct plan *p, size_t s)
{
    return 1 + p->aps[s] + p->has_ups[s];
}

/* ---- drawing ---- */

static bool is_same(const struct cause *a, const struct cause *b)
{
    bool is_line = line_of(a) || line_of(b);

    return is_line ? line_of(a) == line_of(b) : a->at == b->at;
}

static bool is_dark_at_one_end(const struct plan *p, const struct cause *c, const bool lit[SWITCHES_MAX])
{
    return c->kind == CAUSE_CUT    ? lit[c->at] != lit[p->parent[c->at]]
           : c->kind == CAUSE_LINK ? lit[p->from[c->at]] != lit[p->to[c->at]]
                                   : false;
}

/* Did two ways into the same dark end at once, one of them a redundant line? So they do when power fails
 * there. */
static bool is_like_power(const struct plan *p, const bool lit[SWITCHES_MAX])
{
    for (size_t k = 0; k < p->count; k++)
        for (size_t i = 0; i < p->count; i++)
            if (i != k && p->causes[k].kind == CAUSE_LINK && p->causes[i].is_late == p->causes[k].is_late &&
                is_dark_at_one_end(p, &p->causes[k], lit) && is_dark_at_one_end(p, &p->causes[i], lit) &&
                !is_bridge(p, &p->causes[i]))
                return true;
    return false;
}

/* Can everything that was drawn be told apart by somebody who sees all of the network that has light? */
static bool is_fair(const struct plan *p)
{
    bool lit[SWITCHES_MAX];
    size_t lost = 0, all = 0;

    light(p, all_cut(p), lit);
    for (size_t s = 0; s < p->switches; s++) {
        all += devices_on(p, s);
        lost += lit[s] ? 0 : devices_on(p, s);
    }
    for (size_t k = 0; k < p->count; k++) {
        const struct cause *c = &p->causes[k];
        for (size_t i = 0; i < k; i++)
            if (is_same(c, &p->causes[i]))
                return false;
        switch (c->kind) {
        case CAUSE_CUT:
            if (!lit[c->at] && !lit[p->parent[c->at]])
                return false;
            break;
        case CAUSE_LINK:
            if (!lit[p->from[c->at]] && !lit[p->to[c->at]])
                return false;
            break;
        default:
            if (!lit[c->at])
                return false;
            lost += c->kind == CAUSE_AP ? 1 : p->aps[c->at];
        }
    }
    return !is_like_power(p, lit) && lost * 2 <= all; /* more than half of all: that is blindness, 112 */
}

static void draw_links(struct plan *p, struct rng *r)
{
    size_t wanted = rng_below(r, 2) ? 1 + rng_below(r, LINKS_MAX) : 0;

    for (size_t l = 0; l < wanted; l++) {
        size_t a = 1 + rng_below(r, (uint32_t)p->switches - 1), b = rng_below(r, (uint32_t)p->switches);
        bool is_new = a != b && p->parent[a] != b && p->parent[b] != a;
        for (size_t k = 0; k < p->links; k++)
            is_new &= !(p->from[k] == a && p->to[k] == b) && !(p->from[k] == b && p->to[k] == a);
        if (!is_new)
            continue;
        p->from[p->links] = a;
        p->to[p->links++] = b;
    }
}

static struct plan draw(struct rng *r)
{
    struct plan p = {.switches = 8 + rng_below(r, SWITCHES_MAX - 8)};
    size_t wanted = 1 + rng_below(r, CAUSES_MAX);

    for (size_t s = 1; s < p.switches; s++) {
        p.parent[s] = rng_below(r, (uint32_t)s);
        p.aps[s] = 1 + rng_below(r, APS_MAX);
        p.has_ups[s] = rng_below(r, 3) == 0;
    }
    draw_links(&p, r);
    for (int tries = 0; p.count < wanted && tries < 100; tries++) {
        struct cause *c = &p.causes[p.count];
        c->kind = rng_below(r, CAUSES);
        c->at = c->kind == CAUSE_LINK ? (p.links ? rng_below(r, (uint32_t)p.links) : 0)
                                      : 1 + rng_below(r, (uint32_t)p.switches - 1);
        c->is_late = p.count > 0 && rng_below(r, 2) == 0;
        if ((c->kind == CAUSE_LINK && !p.links) || (c->kind == CAUSE_POWER && !p.has_ups[c->at]))
            continue;
        p.count++;
        if (!is_fair(&p))
            p.count--;
    }
    return p;
}

/* ---- what is to be expected ---- */

static uint64_t who_on(const struct plan *p, size_t s)
{
    uint64_t sum = 0;

    for (size_t a = 0; a < p->aps[s]; a++) {
        char id[32];
        snprintf(id, sizeof id, "hs-%zu-%zu", s, a);
        sum += world_hash(id);
    }
    return sum;
}

/* A cut of a ring is told, when it happens, by the port at its end that has light. Only the parent's port of
 * a switch's own line is known. */
static bool is_told(const struct plan *p, const struct cause *c)
{
    bool lit[SWITCHES_MAX];
    lines cut = 0;

    for (size_t k = 0; k < p->count; k++)
        if (!p->causes[k].is_late || c->is_late)
            cut |= line_of(&p->causes[k]);
    light(p, cut, lit);
    return c->kind != CAUSE_CUT || lit[p->parent[c->at]];
}

/* Sum over the hotspots that this cause takes by itself; of lines of rings: those that all of them take
 * together, as which of two cuts takes whom is a matter of taste. */
static uint64_t who_is_hit(const struct plan *p, const struct cause *c)
{
    bool lit[SWITCHES_MAX], without_rings[SWITCHES_MAX];
    lines bridges = 0;
    uint64_t sum = 0;
    char id[32];

    snprintf(id, sizeof id, "hs-%zu-0", c->at);
    if (c->kind == CAUSE_AP)
        return world_hash(id);
    if (c->kind == CAUSE_POWER)
        return who_on(p, c->at);
    for (size_t k = 0; k < p->count; k++)
        if (line_of(&p->causes[k]) && is_bridge(p, &p->causes[k]))
            bridges |= line_of(&p->causes[k]);
    if (line_of(c) & bridges) {
        light(p, line_of(c), lit);
        for (size_t s = 1; s < p->switches; s++)
            sum += lit[s] ? 0 : who_on(p, s);
        return sum;
    }
    light(p, all_cut(p), lit);
    light(p, bridges, without_rings);
    for (size_t s = 1; s < p->switches; s++)
        sum += lit[s] || !without_rings[s] ? 0 : who_on(p, s);
    return sum;
}

/* ---- the town ---- */

static void write_switch(const struct plan *p, size_t s, struct rng *r, struct buf *out)
{
    struct cause line = {CAUSE_CUT, s, false};
    bool has_port = rng_below(r, 3) > 0;

    buf_printf(out, "  - {id: sw-%zu, name: S, address: 127.0.0.1, kind: switch, site: s, uplink: sw-%zu", s,
               p->parent[s]);
    if (has_port || !is_bridge(p, &line)) /* a ring is watched by its ports */
        buf_printf(out, ", uplink_port: if/p%zu", s);
    buf_str(out, "}\n");
    if (p->has_ups[s])
        buf_printf(out,
                   "  - {id: ups-%zu, name: U, address: 127.0.0.1, kind: ups, site: s, uplink: sw-%zu}\n", s,
                   s);
}

static char *write_plan(const struct plan *p, struct rng *r)
{
    struct buf devs = BUF_INIT, spots = BUF_INIT;
    char *text;

    buf_str(&devs, "  - {id: sw-0, name: Core, address: 127.0.0.1, kind: switch, site: s, core: true}\n");
    for (size_t s = 1; s < p->switches; s++) {
        write_switch(p, s, r, &devs);
        for (size_t a = 0; a < p->aps[s]; a++) {
            buf_printf(&devs,
                       "  - {id: ap-%zu-%zu, name: A, address: 127.0.0.1, kind: ap, site: s, uplink: sw-%zu",
                       s, a, s);
            if (p->has_ups[s])
                buf_printf(&devs, ", power: ups-%zu", s);
            buf_str(&devs, "}\n");
            buf_printf(&spots, "  - {id: hs-%zu-%zu, name: H, site: s, device: ap-%zu-%zu}\n", s, a, s, a);
        }
    }
    if (p->links)
        buf_str(&spots, "links:\n");
    for (size_t l = 0; l < p->links; l++)
        buf_printf(&spots,
                   "  - {id: l-%zu, from: sw-%zu, to: sw-%zu, from_port: if/f%zu, to_port: if/t%zu}\n", l,
                   p->from[l], p->to[l], l, l);
    text = strx_printf("sites: [{id: s, name: S, lat: 53.7, lon: 10.0}]\ndevices:\n%shotspots:\n%s",
                       devs.data, spots.data);
    buf_fini(&devs);
    buf_fini(&spots);
    return text;
}

/* The UPS lives on its battery for a while; what it feeds does not. */
static void set_power(struct world *w, const struct plan *p, size_t s, bool is_on)
{
    char id[32];

    snprintf(id, sizeof id, "ups-%zu", s);
    world_agent(w, id)->output_source = is_on ? 3 : 5; /* normal, battery */
    for (size_t a = 0; a < p->aps[s]; a++) {
        snprintf(id, sizeof id, "ap-%zu-%zu", s, a);
        world_agent(w, id)->is_alive = is_on;
    }
}

static void set_cause(struct world *w, const struct plan *p, const struct cause *c, bool is_on)
{
    char id[32];

    snprintf(id, sizeof id,
             c->kind == CAUSE_LINK ? "l-%zu"
             : c->kind == CAUSE_AP ? "ap-%zu-0"
                                   : "sw-%zu",
             c->at);
    switch (c->kind) {
    case CAUSE_POWER: set_power(w, p, c->at, !is_on); break;
    case CAUSE_LINK: world_cut_link(w, id, is_on); break;
    default: world_agent(w, id)->is_cut = is_on;
    }
}

static void set_causes(struct world *w, const struct plan *p, bool late, bool is_on)
{
    for (size_t k = 0; k < p->count; k++)
        if (p->causes[k].is_late == late)
            set_cause(w, p, &p->causes[k], is_on);
}

/* ---- judging ---- */

struct score {
    size_t causes, incidents_right, members_right, messages, towns_right, ringed;
};

/* Either end of a redundant line may be named. */
static bool names(const struct plan *p, const struct cause *c, const char *cause)
{
    char id[32];

    if (c->kind != CAUSE_LINK) {
        snprintf(id, sizeof id,
                 c->kind == CAUSE_CUT  ? "sw-%zu"
                 : c->kind == CAUSE_AP ? "ap-%zu-0"
                                       : "ups-%zu",
                 c->at);
        return strcmp(cause, id) == 0;
    }
    snprintf(id, sizeof id, "sw-%zu", p->from[c->at]);
    if (strcmp(cause, id) == 0)
        return true;
    snprintf(id, sizeof id, "sw-%zu", p->to[c->at]);
    return strcmp(cause, id) == 0;
}

/* The incidents that were opened, as they were told last. */
struct told {
    const struct said *last[CAUSES_MAX + 1];
    bool is_taken[CAUSES_MAX + 1];
    size_t count;
};

static struct told gather(const struct world *w)
{
    struct told t = {0};

    for (size_t i = 0; i < w->said_count; i++) {
        size_t k = 0;
        while (k < t.count && strcmp(t.last[k]->id, w->said[i].id) != 0)
            k++;
        if (k == ARRAY_LEN(t.last))
            continue; /* more than causes: that alone is wrong */
        t.last[k] = &w->said[i];
        t.count += k == t.count;
    }
    return t;
}

static const struct said *take(struct told *t, const struct plan *p, const struct cause *c)
{
    for (size_t k = 0; k < t->count; k++) {
        if (t->is_taken[k] || !names(p, c, t->last[k]->cause))
            continue;
        t->is_taken[k] = true;
        return t->last[k];
    }
    return NULL;
}

static void judge_town(const struct world *w, const struct plan *p, uint64_t seed, struct score *score)
{
    struct told told = gather(w);
    size_t expected = 0, right = 0, members = 0, in_rings = 0, opened = world_said(w, "opened", NULL);
    uint64_t ring_told = 0, ring_expected = 0;

    for (size_t pass = 0; pass < 2; pass++) /* redundant lines last: they have two names */
        for (size_t k = 0; k < p->count; k++) {
            const struct cause *c = &p->causes[k];
            bool is_ring = line_of(c) && !is_bridge(p, c);
            const struct said *s =
                (c->kind == CAUSE_LINK) == pass && is_told(p, c) ? take(&told, p, c) : NULL;
            if ((c->kind == CAUSE_LINK) != pass || !is_told(p, c))
                continue;
            expected++;
            right += s != NULL;
            in_rings += is_ring;
            if (is_ring) {
                ring_told += s ? s->who : 0;
                ring_expected = who_is_hit(p, c);
            } else {
                members += s && s->who == who_is_hit(p, c);
            }
        }
    members += ring_told == ring_expected ? in_rings : 0;
    if (right != expected || members != expected || opened != expected)
        printf("# town %llu at %d s: %zu causes, %zu found, %zu opened, members of %zu exact\n",
               (unsigned long long)seed, (int)(w->interval / SECONDS), expected, right, opened, members);
    score->causes += expected;
    score->incidents_right += right;
    score->members_right += members;
    score->messages += w->said_count;
    score->towns_right += right == expected && opened == expected;
    score->ringed += in_rings;
}

static void play(uint64_t seed, ns_t interval, struct score *score)
{
    struct rng r = {seed};
    struct plan p = draw(&r);
    char *text = write_plan(&p, &r);
    struct world *w = world_new(text, interval, seed);

    if (getenv("WORLD_TRACE")) {
        fprintf(stderr, "%s", text);
        for (size_t k = 0; k < p.count; k++)
            fprintf(stderr, "# cause of kind %d at %zu%s\n", (int)p.causes[k].kind, p.causes[k].at,
                    p.causes[k].is_late ? ", late" : "");
    }
    free(text);
    world_run(w, 3 * interval);
    assert_int_equal(w->said_count, 0);
    set_causes(w, &p, false, true);
    world_run(w, 2 * interval + MINUTES);
    set_causes(w, &p, true, true);
    world_run(w, 2 * interval + MINUTES);
    judge_town(w, &p, seed, score);
    set_causes(w, &p, false, false);
    set_causes(w, &p, true, false);
    world_run(w, 5 * interval + MINUTES);
    assert_int_equal(world_said(w, "opened", NULL), world_said(w, "closed", NULL));
    assert_int_equal(world_count(w, STATE_UNUSABLE) + world_count(w, STATE_UNKNOWN), 0);
    world_free(w);
}

static void judge(ns_t interval)
{
    struct score s = {0};
    size_t towns = getenv("NETZWACHT_LONG") ? TOWNS_LONG : TOWNS;

    uint64_t first = getenv("NETZWACHT_SEED") ? strtoull(getenv("NETZWACHT_SEED"), NULL, 10) : 1;

    if (getenv("NETZWACHT_SEED"))
        towns = 1;
    for (uint64_t seed = first; seed < first + towns; seed++)
        play(seed, interval, &s);
    printf("# interval %d s: %zu causes, %zu of them in rings, %zu found, members exact in %zu, %zu "
           "messages, %zu of "
           "%zu towns exact\n",
           (int)(interval / SECONDS), s.causes, s.ringed, s.incidents_right, s.members_right, s.messages,
           s.towns_right, towns);
    assert_true(s.incidents_right * 100 >= s.causes * 98);
    assert_true(s.members_right * 100 >= s.causes * 95);
    assert_true(s.towns_right * 100 >= towns * 98);
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
