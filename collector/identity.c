/* SPDX-License-Identifier: GPL-3.0-or-later */
/* identity.c - which SNMPv3 engine a device is: two devices with one engine ID, an engine in another's place,
 * engineBoots that went back. All of it is told and counted; polling goes on, since keys and clocks lie with
 * the device and not with the engine ID. */
#include <stddef.h>
#include <stdio.h>

#include "collector/collector_internal.h"
#include "lib/base/log.h"

enum { ENGINE_TEXT_SIZE = 2 * SNMP_ENGINE_ID_MAX + 1, TEXT_SIZE = 400 };

static void engine_text(const struct usm_engine *e, char out[ENGINE_TEXT_SIZE])
{
    out[0] = '\0';
    for (size_t i = 0; i < e->id_len; i++)
        snprintf(out + 2 * i, 3, "%02x", e->id[i]);
}

static void tell(struct unit *u, const char *kind, const char *text)
{
    log_warning("%s: %s", u->id, text);
    unit_append_finding(u, kind, "", text);
}

/* What it was before is nobody's now. */
static void release(struct fleet *f, const struct unit *u)
{
    const char *key;

    for (size_t i = map_count(f->by_engine); i-- > 0;)
        if (map_at(f->by_engine, i, &key) == u)
            map_remove(f->by_engine, key);
}

/* NULL: the engine ID is this device's. Else the device that had it first. */
static struct unit *claim(struct fleet *f, struct unit *u, const struct usm_engine *engine)
{
    char key[ENGINE_TEXT_SIZE];
    struct unit *owner;

    engine_text(engine, key);
    owner = map_get(f->by_engine, key);
    if (owner && owner != u)
        return owner;
    if (map_set(f->by_engine, key, u, NULL))
        log_error("%s: out of memory for its engine ID; another device with it is not noticed", u->id);
    return NULL;
}

/* Said once for each device. */
static void tell_shared(struct unit *u, const struct unit *other, const char *id)
{
    char text[TEXT_SIZE];
    bool is_told = u->shares_engine;

    u->shares_engine = other != NULL;
    if (!other || is_told)
        return;
    snprintf(
        text, sizeof text,
        "has the same SNMPv3 engine ID as %s (%s): give one of them another engine ID, or it is one device "
        "under two addresses",
        other->id, id);
    tell(u, "engine_shared", text);
}

void identity_of_traps(struct unit *u, const struct usm_engine *engine)
{
    char id[ENGINE_TEXT_SIZE];
    const struct unit *other = claim(&u->c->fleet, u, engine);

    engine_text(engine, id);
    if (other)
        tell_shared(u, other, id);
}

static void told_engine(struct unit *u, bool is_replaced)
{
    struct fleet *f = &u->c->fleet;
    char text[TEXT_SIZE], id[ENGINE_TEXT_SIZE];

    engine_text(&u->peer.security->engine, id);
    if (is_replaced) {
        release(f, u);
        snprintf(text, sizeof text,
                 "another SNMPv3 engine answers here than before (now %s): was the device replaced or reset?",
                 id);
        tell(u, "engine_replaced", text);
    }
    if (is_replaced)
        u->shares_engine = false;
    tell_shared(u, claim(f, u, &u->peer.security->engine), id);
    unit_note(u);
}

void identity_notice(void *ctx, struct snmp_peer *peer, enum snmp_notice what)
{
    struct unit *u = (struct unit *)((char *)peer - offsetof(struct unit, peer));

    (void)ctx;
    switch (what) {
    case SNMP_NOTICE_ENGINE_NEW: told_engine(u, false); return;
    case SNMP_NOTICE_ENGINE_REPLACED: told_engine(u, true); return;
    case SNMP_NOTICE_BOOTS_BACK:
        tell(u, "engine_boots_back",
             "its engineBoots went back: its memory was lost, or another device answers with its engine ID "
             "and keys");
        return;
    }
}

void identity_carry_over(struct fleet *f, struct unit *to, const struct unit *from)
{
    const struct usm_user *user;

    if (!to->peer.security || !from->peer.security ||
        !usm_user_is_same(to->peer.security->user, from->peer.security->user))
        return;
    user = to->peer.security->user;
    *to->peer.security = *from->peer.security;
    to->peer.security->user = user;
    if (to->peer.security->is_proven)
        to->shares_engine = claim(f, to, &to->peer.security->engine) != NULL;
}
