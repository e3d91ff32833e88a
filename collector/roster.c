/* SPDX-License-Identifier: GPL-3.0-or-later */
/* roster.c - access points across controllers; see roster.h for the picture. Each controller keeps the list
 * of those that it lists or listed, so a poll costs what its own list is long. Pure. */
#include "collector/roster.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/map.h"
#include "lib/base/strx.h"

enum { FRESH_INTERVALS = 3, SERIAL_LEAST = 4 /* characters; less is filler */ };

struct controller {
    char *id;
    bool is_silent;
    uint64_t poll; /* number of the poll in hand, or of the last one */
    struct ap **aps;
    size_t count, cap;
};

/* That a controller lists the access point. */
struct lister {
    struct controller *controller;
    uint64_t poll;   /* in which it was seen last */
    ns_t seen, gone; /* monotonic; wall, 0 = it is listed */
    ns_t lost;       /* if not: the first complete list without it, monotonic */
    ns_t doubted;    /* since when it says down and is not believed yet; 0 = it is */
    enum roster_state state;
    bool has_vanished;
};

struct ap {
    char *id, *name, *serial;
    struct lister listers[ROSTER_LISTERS];
    size_t count;
    const struct controller *voice;
    ns_t told; /* of its serial number; 0 = never */
};

struct roster {
    struct map *aps, *controllers, *by_serial;
    roster_fn *tell;
    void *ctx;
    struct roster_poll poll;
    struct controller *current; /* NULL: between polls */
    uint64_t polls;
    struct roster_ghost *ghosts;
    size_t ghost_cap;
};

/* ---- memory ---- */

static void free_ap(void *p)
{
    struct ap *a = p;

    if (!a)
        return;
    free(a->id);
    free(a->name);
    free(a->serial);
    free(a);
}

static void free_controller(void *p)
{
    struct controller *c = p;

    free(c->id);
    free(c->aps);
    free(c);
}

enum err roster_new(uint64_t seed, roster_fn *tell, void *ctx, struct roster **out)
{
    struct roster *r = calloc(1, sizeof *r);

    if (!r)
        return ERR_NOMEM;
    r->tell = tell;
    r->ctx = ctx;
    r->aps = map_new(seed);
    r->controllers = map_new(seed + 1);
    r->by_serial = map_new(seed + 2);
    if (!r->aps || !r->controllers || !r->by_serial) {
        roster_free(r);
        return ERR_NOMEM;
    }
    *out = r;
    return ERR_OK;
}

void roster_free(struct roster *r)
{
    if (!r)
        return;
    if (r->by_serial)
        map_free(r->by_serial, NULL);
    if (r->controllers)
        map_free(r->controllers, free_controller);
    if (r->aps)
        map_free(r->aps, free_ap);
    free(r->ghosts);
    free(r);
}

bool roster_knows(const struct roster *r, const char *controller)
{
    return map_get(r->controllers, controller) != NULL;
}

static void set_text(char **to, const char *text)
{
    char *copy;

    if (!*text || (*to && strcmp(*to, text) == 0))
        return;
    copy = strdup(text);
    if (!copy)
        return; /* the old one stays */
    free(*to);
    *to = copy;
}

static struct ap *find_ap(struct roster *r, const char *id)
{
    struct ap *a = map_get(r->aps, id);

    if (a || map_count(r->aps) >= ROSTER_MAX)
        return a;
    a = calloc(1, sizeof *a);
    if (!a)
        return NULL;
    a->id = strdup(id);
    if (!a->id || map_set(r->aps, id, a, NULL)) {
        free_ap(a);
        return NULL;
    }
    return a;
}

static struct controller *find_controller(struct roster *r, const char *id)
{
    struct controller *c = map_get(r->controllers, id);

    if (c)
        return c;
    c = calloc(1, sizeof *c);
    if (!c)
        return NULL;
    c->id = strdup(id);
    if (!c->id || map_set(r->controllers, id, c, NULL)) {
        free_controller(c);
        return NULL;
    }
    return c;
}

/* ---- who lists whom ---- */

static struct lister *lister_of(struct ap *a, const struct controller *c)
{
    for (size_t i = 0; i < a->count; i++)
        if (a->listers[i].controller == c)
            return &a->listers[i];
    return NULL;
}

/* Leaves the controller's own list alone. */
static void remove_lister(struct ap *a, const struct controller *c)
{
    struct lister *l = lister_of(a, c);

    if (!l)
        return;
    *l = a->listers[--a->count];
    if (a->voice == c)
        a->voice = NULL;
}

/* Forgets an access point that nobody lists any more. */
static void forget_ap(struct roster *r, struct ap *a)
{
    if (a->serial && map_get(r->by_serial, a->serial) == a)
        map_remove(r->by_serial, a->serial);
    free_ap(map_remove(r->aps, a->id));
}

static struct lister *add_lister(struct ap *a, struct controller *c)
{
    if (a->count == ROSTER_LISTERS)
        return NULL;
    if (c->count == c->cap) {
        size_t cap = c->cap ? c->cap * 2 : 64;
        struct ap **more = realloc(c->aps, cap * sizeof(struct ap *));

        if (!more)
            return NULL;
        c->aps = more;
        c->cap = cap;
    }
    c->aps[c->count++] = a;
    a->listers[a->count] = (struct lister){.controller = c, .state = ROSTER_UNSURE};
    return &a->listers[a->count++];
}

static bool is_listed(const struct lister *l)
{
    return l->gone == 0;
}

static bool is_fresh(const struct roster *r, const struct lister *l)
{
    return r->poll.now - l->seen <= FRESH_INTERVALS * r->poll.interval;
}

/* Has it been so for an interval? A quarter is forgiven for jitter. */
static bool has_lasted(const struct roster *r, ns_t since)
{
    return r->poll.now - since >= r->poll.interval - r->poll.interval / 4;
}

/* Does another controller list it that answers? */
static bool is_elsewhere(const struct roster *r, const struct ap *a, const struct controller *c)
{
    for (size_t i = 0; i < a->count; i++) {
        const struct lister *l = &a->listers[i];

        if (l->controller != c && is_listed(l) && !l->controller->is_silent && is_fresh(r, l))
            return true;
    }
    return false;
}

/* ---- who speaks ---- */

static int rank(const struct roster *r, const struct lister *l)
{
    if (!l || !is_listed(l))
        return -1;
    if (l->controller->is_silent || !is_fresh(r, l))
        return 0;
    return l->state == ROSTER_UP ? 2 : 1;
}

static void choose_voice(const struct roster *r, struct ap *a)
{
    int best = rank(r, a->voice ? lister_of(a, a->voice) : NULL);

    for (size_t i = 0; i < a->count; i++) {
        if (rank(r, &a->listers[i]) <= best)
            continue;
        best = rank(r, &a->listers[i]);
        a->voice = a->listers[i].controller;
    }
}

static enum quality_reason voice_of(const struct roster *r, struct ap *a)
{
    const struct lister *l = lister_of(a, r->current);

    return !l || (a->voice == r->current && !l->doubted) ? QUALITY_OK : QUALITY_ELSEWHERE;
}

/* ---- serial numbers ---- */

static void compare_serial(struct roster *r, struct ap *a, const char *serial)
{
    bool may_tell = !a->told || r->poll.now - a->told >= ROSTER_TELL_AGAIN;
    const struct ap *other;

    if (strlen(serial) < SERIAL_LEAST)
        return;
    other = map_get(r->by_serial, serial);
    if (a->serial && strcmp(a->serial, serial) != 0) {
        if (!may_tell)
            return; /* two controllers that do not agree: once is enough */
        r->tell(r->ctx, ROSTER_REPLACED, r->current->id, a->id, a->serial);
        a->told = r->poll.now ? r->poll.now : 1;
        if (map_get(r->by_serial, a->serial) == a)
            map_remove(r->by_serial, a->serial);
        may_tell = true;
    }
    set_text(&a->serial, serial);
    if (other && other != a && may_tell) {
        r->tell(r->ctx, ROSTER_SAME_SERIAL, r->current->id, a->id, other->id);
        a->told = r->poll.now ? r->poll.now : 1;
    }
    if (!other && map_set(r->by_serial, serial, a, NULL))
        return; /* out of memory: not compared */
}

/* ---- a poll ---- */

enum err roster_begin(struct roster *r, const struct roster_poll *poll)
{
    r->current = find_controller(r, poll->controller);
    if (!r->current)
        return ERR_NOMEM;
    r->poll = *poll;
    r->current->poll = ++r->polls;
    r->current->is_silent = false;
    return ERR_OK;
}

/* Others that had lost it: it has moved here. */
static void take_over(struct roster *r, struct ap *a)
{
    for (size_t i = 0; i < a->count; i++)
        if (!is_listed(&a->listers[i]))
            r->tell(r->ctx, ROSTER_MOVED, r->current->id, a->id, a->listers[i].controller->id);
}

enum quality_reason roster_take(struct roster *r, const struct roster_row *row)
{
    struct ap *a = r->current ? find_ap(r, row->id) : NULL;
    struct lister *l = a ? lister_of(a, r->current) : NULL;
    bool has_others = map_count(r->controllers) > 1;

    if (a && !l && r->poll.is_complete) {
        take_over(r, a);
        l = add_lister(a, r->current);
    }
    if (!l)
        return QUALITY_OK;
    l->poll = r->current->poll;
    if (!r->poll.is_complete)
        return voice_of(r, a); /* the row may be of an earlier poll */
    if (has_others && row->state == ROSTER_DOWN && l->state == ROSTER_UP && is_listed(l))
        l->doubted = r->poll.now ? r->poll.now : 1;
    else if (row->state != ROSTER_DOWN || (l->doubted && has_lasted(r, l->doubted)))
        l->doubted = 0;
    l->seen = r->poll.now;
    l->gone = 0;
    l->has_vanished = false;
    if (row->state != ROSTER_UNSURE)
        l->state = row->state;
    set_text(&a->name, row->name);
    compare_serial(r, a, row->serial);
    choose_voice(r, a);
    return voice_of(r, a);
}

enum quality_reason roster_voice(const struct roster *r, const char *id)
{
    struct ap *a = r->current ? map_get(r->aps, id) : NULL;

    return a ? voice_of(r, a) : QUALITY_OK;
}

/* It was not in this list. False: nothing is left of it here. */
static bool miss(struct roster *r, struct ap *a, struct lister *l)
{
    bool is_first = is_listed(l);

    if (!r->poll.is_complete)
        return true;
    if (is_first) {
        l->gone = r->poll.wall;
        l->lost = r->poll.now;
    }
    l->doubted = 0;
    choose_voice(r, a);
    if (is_elsewhere(r, a, r->current)) {
        if (is_first) /* else who took it over has told */
            r->tell(r->ctx, ROSTER_MOVED, a->voice ? a->voice->id : r->current->id, a->id, r->current->id);
        return false;
    }
    if (!l->has_vanished && !is_first && has_lasted(r, l->lost)) {
        l->has_vanished = true;
        r->tell(r->ctx, ROSTER_VANISHED, r->current->id, a->id, "");
    }
    if (r->poll.wall - l->gone <= ROSTER_FORGET)
        return true;
    r->tell(r->ctx, ROSTER_FORGOTTEN, r->current->id, a->id, "");
    return false;
}

static bool put_ghost(struct roster *r, size_t count, const struct ap *a, const struct lister *l)
{
    struct roster_ghost *more;

    if (count == r->ghost_cap) {
        more = realloc(r->ghosts, (count * 2 + 16) * sizeof *more);
        if (!more)
            return false;
        r->ghosts = more;
        r->ghost_cap = count * 2 + 16;
    }
    r->ghosts[count] = (struct roster_ghost){
        .id = a->id,
        .name = a->name ? a->name : "",
        .serial = a->serial ? a->serial : "",
        .since = l->gone ? l->gone : r->poll.wall,
        .why = l->has_vanished ? QUALITY_VANISHED
               : is_listed(l)  ? QUALITY_NO_ANSWER
                               : QUALITY_NOT_PRESENT,
    };
    return true;
}

size_t roster_end(struct roster *r, const struct roster_ghost **out)
{
    struct controller *c = r->current;
    size_t kept = 0, count = 0;

    for (size_t i = 0; c && i < c->count; i++) {
        struct ap *a = c->aps[i];
        struct lister *l = lister_of(a, c);

        if (!l)
            continue;
        if (l->poll != c->poll) {
            if (!miss(r, a, l)) {
                remove_lister(a, c);
                if (a->count == 0)
                    forget_ap(r, a);
                continue;
            }
            count += put_ghost(r, count, a, l);
        }
        c->aps[kept++] = a;
    }
    if (c)
        c->count = kept;
    r->current = NULL;
    *out = r->ghosts;
    return count;
}

void roster_silent(struct roster *r, const char *controller)
{
    struct controller *c = map_get(r->controllers, controller);

    if (c)
        c->is_silent = true;
}

/* ---- a restart, a new inventory ---- */

void roster_drop(struct roster *r, const char *controller)
{
    struct controller *c = map_get(r->controllers, controller);

    if (!c)
        return;
    for (size_t i = 0; i < c->count; i++) {
        remove_lister(c->aps[i], c);
        if (c->aps[i]->count == 0)
            forget_ap(r, c->aps[i]);
    }
    free_controller(map_remove(r->controllers, controller));
}

void roster_recall(struct roster *r, const char *controller, const char *id, const char *name,
                   const char *serial, ns_t gone)
{
    struct controller *c = find_controller(r, controller);
    struct ap *a = c ? find_ap(r, id) : NULL;
    struct lister *l = a && !lister_of(a, c) ? add_lister(a, c) : NULL;

    if (!l)
        return;
    l->gone = gone;
    l->has_vanished = gone != 0;
    l->seen = -ROSTER_FORGET; /* long ago: nobody takes its word */
    set_text(&a->name, name);
    set_text(&a->serial, serial);
    if (a->serial && strlen(a->serial) >= SERIAL_LEAST && !map_get(r->by_serial, a->serial) &&
        map_set(r->by_serial, a->serial, a, NULL))
        return; /* out of memory: not compared */
}
