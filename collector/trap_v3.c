/* SPDX-License-Identifier: GPL-3.0-or-later */
/* trap_v3.c - RFC 3414, 3.2 for notifications: as the receiver of a trap, and as the engine that an inform is
 * sent to. */
#include "collector/trap_v3.h"

#include <stdlib.h>
#include <string.h>

#include "collector/ber.h"
#include "lib/base/rng.h"

enum { BOOTS_MAX = 0x7fffffff, WORK_SIZE = 2 * (SNMP_MESSAGE_MAX + SNMP_V3_OVERHEAD), REPORT_PDU_MAX = 64 };

struct trap_v3_engine {
    const struct usm_user *user;
    struct usm_engine engine;
    ns_t heard;
};

/* A user, and the keys by which informs to us are sealed. */
struct notifier {
    const struct usm_user *user;
    struct usm_engine ours;
};

struct trap_v3 {
    struct trap_v3_local local;
    struct rng rng;
    struct notifier *users;
    size_t user_count;
    uint32_t reports[USM_REPORT_COUNT]; /* usmStats of RFC 3414, 5 */
    struct usm_engine fresh;            /* under trial */
    struct snmp_message pdu;
    uint8_t scratch[SNMP_MESSAGE_MAX + SNMP_V3_SALT], work[WORK_SIZE], reply[SNMP_MESSAGE_MAX];
};

/* ---- life ---- */

enum err trap_v3_new(const struct trap_v3_local *local, uint64_t seed, struct trap_v3 **out)
{
    struct trap_v3 *t = calloc(1, sizeof *t);

    if (!t)
        return ERR_NOMEM;
    t->local = *local;
    t->rng.state = seed;
    *out = t;
    return ERR_OK;
}

static void drop_users(struct trap_v3 *t)
{
    if (t->users)
        explicit_bzero(t->users, t->user_count * sizeof *t->users);
    free(t->users);
    t->users = NULL;
    t->user_count = 0;
}

void trap_v3_free(struct trap_v3 *t)
{
    if (!t)
        return;
    drop_users(t);
    explicit_bzero(t, sizeof *t);
    free(t);
}

enum err trap_v3_users(struct trap_v3 *t, const struct usm_user *const *users, size_t count)
{
    struct notifier *fresh = calloc(count ? count : 1, sizeof *fresh);
    enum err e = fresh ? ERR_OK : ERR_NOMEM;

    for (size_t i = 0; !e && i < count; i++) {
        fresh[i].user = users[i];
        fresh[i].ours.salt = rng_u64(&t->rng) | 1;
        e = usm_engine_set(&fresh[i].ours, users[i], t->local.id, t->local.id_len);
    }
    if (e) {
        free(fresh);
        return e;
    }
    drop_users(t);
    t->users = fresh;
    t->user_count = count;
    return ERR_OK;
}

void trap_v3_forget(struct trap_v3_sender *sender)
{
    if (sender->learned)
        explicit_bzero(sender->learned, sender->learned_count * sizeof *sender->learned);
    free(sender->learned);
    sender->learned = NULL;
    sender->learned_count = 0;
}

static const struct usm_user *same_user(const struct trap_v3 *t, const struct usm_user *user)
{
    for (size_t i = 0; i < t->user_count; i++)
        if (usm_user_is_same(t->users[i].user, user))
            return t->users[i].user;
    return NULL;
}

void trap_v3_carry_over(const struct trap_v3 *t, struct trap_v3_sender *to, struct trap_v3_sender *from)
{
    size_t kept = 0;

    for (size_t i = 0; i < from->learned_count; i++) {
        from->learned[i].user = same_user(t, from->learned[i].user);
        if (from->learned[i].user)
            from->learned[kept++] = from->learned[i];
    }
    from->learned_count = kept;
    to->learned = from->learned;
    to->learned_count = kept;
    from->learned = NULL;
    from->learned_count = 0;
}

/* ---- users ---- */

static bool is_named(const struct usm_user *u, const struct snmp_octets *name)
{
    return name->len == strlen(u->name) && memcmp(name->bytes, u->name, name->len) == 0;
}

/* SNMP_REJECT_COUNT: somebody of that name has that level. */
static enum snmp_reject find_level(const struct trap_v3 *t, const struct snmp_v3_message *m)
{
    enum snmp_reject verdict = SNMP_REJECT_USER;

    for (size_t i = 0; i < t->user_count && verdict != SNMP_REJECT_COUNT; i++)
        if (is_named(t->users[i].user, &m->user))
            verdict = usm_user_level(t->users[i].user) == (m->flags & SNMP_V3_LEVEL) ? SNMP_REJECT_COUNT
                                                                                     : SNMP_REJECT_LEVEL;
    return verdict;
}

static bool may_be(const struct usm_user *u, const struct snmp_v3_message *m)
{
    return is_named(u, &m->user) && usm_user_level(u) == (m->flags & SNMP_V3_LEVEL);
}

/* ---- a trap: the sender's engine ---- */

static struct usm_engine *known_engine(const struct trap_v3_sender *s, const struct usm_user *u,
                                       const struct snmp_octets *id, ns_t now)
{
    if (s->polled && s->user == u && s->polled->id_len == id->len &&
        memcmp(s->polled->id, id->bytes, id->len) == 0)
        return s->polled;
    for (size_t i = 0; i < s->learned_count; i++) {
        struct trap_v3_engine *l = &s->learned[i];

        if (l->user != u || l->engine.id_len != id->len || memcmp(l->engine.id, id->bytes, id->len) != 0)
            continue;
        l->heard = now;
        return &l->engine;
    }
    return NULL;
}

/* Without memory for it: NULL, and the next trap proves it anew. */
static struct usm_engine *learn(struct trap_v3_sender *s, const struct usm_user *u,
                                const struct usm_engine *fresh, ns_t now)
{
    struct trap_v3_engine *place;

    if (!s->learned && !(s->learned = calloc(TRAP_V3_ENGINES, sizeof *s->learned)))
        return NULL;
    if (s->learned_count < TRAP_V3_ENGINES) {
        place = &s->learned[s->learned_count++];
    } else {
        place = s->learned;
        for (size_t i = 1; i < s->learned_count; i++)
            if (s->learned[i].heard < place->heard)
                place = &s->learned[i];
    }
    *place = (struct trap_v3_engine){u, *fresh, now};
    return &place->engine;
}

/* The engine with this user's keys, if they made the MAC; NULL if not. */
static struct usm_engine *prove(struct trap_v3 *t, ns_t now, struct trap_v3_sender *s,
                                const struct usm_user *u, const struct snmp_v3_message *m, const void *bytes,
                                size_t len, struct trap_v3_result *out)
{
    struct usm_engine *engine = known_engine(s, u, &m->engine_id, now);
    bool is_known = engine != NULL;

    if (!engine) {
        engine = &t->fresh;
        *engine = (struct usm_engine){0};
        if (usm_engine_set(engine, u, m->engine_id.bytes, m->engine_id.len))
            return NULL;
    }
    if (usm_verify(engine, u, m, bytes, len, t->scratch) != USM_GENUINE)
        return NULL;
    if (is_known)
        return engine;
    out->fresh = engine = learn(s, u, &t->fresh, now);
    return engine ? engine : &t->fresh;
}

/* Without a MAC nothing is known of the engine, and nothing is remembered: such a trap is worth what one of
 * v2c is. */
static enum snmp_reject receive_trap(struct trap_v3 *t, ns_t now, struct trap_v3_sender *s,
                                     const struct snmp_v3_message *m, const void *bytes, size_t len,
                                     struct trap_v3_result *out)
{
    enum snmp_reject verdict = find_level(t, m);
    struct usm_engine *engine = NULL;
    const struct usm_user *user = NULL;
    struct snmp_v3_scoped scoped;

    if (verdict != SNMP_REJECT_COUNT)
        return verdict;
    for (size_t i = 0; i < t->user_count && !engine; i++) {
        if (!may_be(t->users[i].user, m))
            continue;
        user = t->users[i].user;
        engine = m->flags & SNMP_V3_AUTH ? prove(t, now, s, user, m, bytes, len, out) : &t->fresh;
    }
    if (!engine)
        return SNMP_REJECT_DIGEST;
    if (m->flags & SNMP_V3_AUTH && !usm_engine_hear(engine, m->boots, m->time, now))
        return SNMP_REJECT_WINDOW;
    if (usm_open(engine, user, m, t->scratch, &scoped))
        return m->flags & SNMP_V3_PRIV ? SNMP_REJECT_DECRYPT : SNMP_REJECT_MALFORMED;
    if (scoped.pdu.type != SNMP_TRAP_V2)
        return SNMP_REJECT_PDU;
    t->pdu = scoped.pdu;
    out->pdu = &t->pdu;
    return SNMP_REJECT_COUNT;
}

/* ---- what we send ---- */

static uint32_t our_time(const struct trap_v3 *t, ns_t now)
{
    ns_t seconds = (now - t->local.started) / SECONDS;

    return seconds < 0 ? 0 : seconds > BOOTS_MAX ? BOOTS_MAX : (uint32_t)seconds;
}

/* from NULL: nobody's keys are needed. m: what is answered; its sender receives so much and no more (RFC
 * 3412, 7.1). */
static enum err send(struct trap_v3 *t, ns_t now, struct notifier *from, const struct snmp_v3_message *m,
                     const struct usm_outgoing *o, struct trap_v3_result *out)
{
    struct usm_engine nobody = {.id_len = t->local.id_len};
    struct usm_outgoing dated = *o;
    size_t len, most = m->max_size < sizeof t->reply ? m->max_size : sizeof t->reply;
    enum err e;

    memcpy(nobody.id, t->local.id, t->local.id_len);
    dated.boots = t->local.boots;
    dated.time = our_time(t, now);
    e = usm_seal_message(from ? &from->ours : &nobody, from ? from->user : NULL, &dated, t->work,
                         sizeof t->work, t->reply, most, &len);
    if (!e)
        out->reply =
            (struct snmp_octets){t->reply, len}; /* else it asks again, or says that nobody answers */
    return e;
}

/* RFC 3412, 7.1, 3: of the PDU that is answered, if it can be read, else 0. */
static int32_t request_id_of(const struct snmp_v3_message *m)
{
    struct snmp_v3_scoped scoped;

    if (m->flags & SNMP_V3_PRIV || snmp_v3_scoped_parse(m->data.bytes, m->data.len, false, &scoped))
        return 0;
    return scoped.pdu.request_id;
}

static void put_counter(struct ber_out *b, uint32_t value)
{
    const uint8_t *end = b->at;

    do
        ber_put_u8(b, (uint8_t)value);
    while (value >>= 8);
    if (*b->at & 0x80)
        ber_put_u8(b, 0);
    ber_put_header(b, SNMP_COUNTER32, end);
}

/* RFC 3414, 3.2: one varbind, the counter of what was wrong. */
static size_t write_report(enum usm_report kind, uint32_t count, int32_t request_id, uint8_t *out)
{
    const uint8_t oid[] = {0x2b, 6, 1, 6, 3, 15, 1, 1, (uint8_t)kind, 0}, *end, *mark;
    struct ber_out b;
    size_t len;

    ber_out_init(&b, out, REPORT_PDU_MAX);
    end = b.at;
    put_counter(&b, count);
    mark = b.at;
    ber_put(&b, oid, sizeof oid);
    ber_put_header(&b, SNMP_OID, mark);
    ber_put_header(&b, TAG_SEQUENCE, end);
    ber_put_header(&b, TAG_SEQUENCE, end);
    ber_put_integer(&b, 0);
    ber_put_integer(&b, 0);
    ber_put_integer(&b, request_id);
    ber_put_header(&b, SNMP_REPORT, end);
    return ber_out_finish(&b, end, out, &len) ? 0 : len;
}

/* Only the one about the clock is authenticated: its sender must be able to believe it (3.2, 7a). */
static void report(struct trap_v3 *t, ns_t now, enum usm_report kind, struct notifier *to,
                   const struct snmp_v3_message *m, struct trap_v3_result *out)
{
    uint8_t pdu[REPORT_PDU_MAX];
    const struct snmp_octets ours = {t->local.id, t->local.id_len};
    struct usm_outgoing o = {.msg_id = m->msg_id,
                             .flags = kind == USM_REPORT_WINDOW ? SNMP_V3_AUTH : 0,
                             .user = m->user,
                             .context_engine = ours,
                             .pdu = {pdu, 0}};

    t->reports[kind]++;
    if (!(m->flags & SNMP_V3_REPORTABLE))
        return;
    o.pdu.len = write_report(kind, t->reports[kind], request_id_of(m), pdu);
    (void)send(t, now, kind == USM_REPORT_WINDOW ? to : NULL, m, &o, out);
}

static size_t write_too_big(int32_t request_id, uint8_t *out)
{
    struct ber_out b;
    const uint8_t *end;
    size_t len;

    ber_out_init(&b, out, REPORT_PDU_MAX);
    end = b.at;
    ber_put_header(&b, TAG_SEQUENCE, end);
    ber_put_integer(&b, 0);
    ber_put_integer(&b, SNMP_TOO_BIG);
    ber_put_integer(&b, request_id);
    ber_put_header(&b, SNMP_RESPONSE, end);
    return ber_out_finish(&b, end, out, &len) ? 0 : len;
}

/* RFC 3416, 4.2.7: the same message as a Response, or tooBig without its varbinds. */
static void respond(struct trap_v3 *t, ns_t now, struct notifier *to, const struct snmp_v3_message *m,
                    const struct snmp_v3_scoped *scoped, struct trap_v3_result *out)
{
    struct usm_outgoing o = {.msg_id = m->msg_id,
                             .flags = m->flags & SNMP_V3_LEVEL,
                             .user = m->user,
                             .context_engine = scoped->context_engine,
                             .context = scoped->context,
                             .pdu = {t->reply, scoped->bytes.len}};

    memcpy(t->reply, scoped->bytes.bytes, scoped->bytes.len);
    t->reply[0] = SNMP_RESPONSE;
    if (send(t, now, to, m, &o, out) != ERR_LIMIT)
        return;
    o.pdu.len = write_too_big(scoped->pdu.request_id, t->reply);
    (void)send(t, now, to, m, &o, out);
}

/* ---- an inform: our engine ---- */

static struct notifier *find_sealer(struct trap_v3 *t, const struct snmp_v3_message *m, const void *bytes,
                                    size_t len)
{
    for (size_t i = 0; i < t->user_count; i++) {
        struct notifier *n = &t->users[i];

        if (may_be(n->user, m) && usm_verify(&n->ours, n->user, m, bytes, len, t->scratch) == USM_GENUINE)
            return n;
    }
    return NULL;
}

/* RFC 3414, 3.2, 7a. */
static bool is_in_window(const struct trap_v3 *t, ns_t now, const struct snmp_v3_message *m)
{
    int64_t late = (int64_t)our_time(t, now) - (int64_t)m->time;

    return t->local.boots != BOOTS_MAX && m->boots == t->local.boots && late <= USM_WINDOW &&
           late >= -USM_WINDOW;
}

static enum snmp_reject receive_inform(struct trap_v3 *t, ns_t now, const struct snmp_v3_message *m,
                                       const void *bytes, size_t len, struct trap_v3_result *out)
{
    enum snmp_reject verdict = find_level(t, m);
    struct notifier *from;
    struct snmp_v3_scoped scoped;

    if (verdict != SNMP_REJECT_COUNT) {
        report(t, now, verdict == SNMP_REJECT_USER ? USM_REPORT_USER : USM_REPORT_LEVEL, NULL, m, out);
        return verdict;
    }
    from = find_sealer(t, m, bytes, len);
    if (!from) {
        report(t, now, USM_REPORT_DIGEST, NULL, m, out);
        return SNMP_REJECT_DIGEST;
    }
    if (m->flags & SNMP_V3_AUTH && !is_in_window(t, now, m)) {
        report(t, now, USM_REPORT_WINDOW, from, m, out);
        return SNMP_REJECT_WINDOW;
    }
    if (usm_open(&from->ours, from->user, m, t->scratch, &scoped)) {
        if (!(m->flags & SNMP_V3_PRIV))
            return SNMP_REJECT_MALFORMED;
        report(t, now, USM_REPORT_DECRYPT, NULL, m, out);
        return SNMP_REJECT_DECRYPT;
    }
    if (scoped.pdu.type != SNMP_INFORM)
        return SNMP_REJECT_PDU;
    t->pdu = scoped.pdu;
    out->pdu = &t->pdu;
    respond(t, now, from, m, &scoped, out);
    return SNMP_REJECT_COUNT;
}

/* ---- all of it ---- */

static bool is_ours(const struct trap_v3 *t, const struct snmp_octets *id)
{
    return id->len == t->local.id_len && memcmp(id->bytes, t->local.id, id->len) == 0;
}

enum snmp_reject trap_v3_receive(struct trap_v3 *t, ns_t now, struct trap_v3_sender *sender,
                                 const void *bytes, size_t len, struct trap_v3_result *out)
{
    struct snmp_v3_message m;
    enum err e = snmp_v3_parse(bytes, len, &m);

    *out = (struct trap_v3_result){0};
    if (e)
        return e == ERR_UNSUPPORTED ? SNMP_REJECT_VERSION : SNMP_REJECT_MALFORMED;
    if (is_ours(t, &m.engine_id))
        return receive_inform(t, now, &m, bytes, len, out);
    if (m.flags & SNMP_V3_REPORTABLE) {
        report(t, now, USM_REPORT_ENGINE, NULL, &m, out);
        return m.engine_id.len == 0 && out->reply.len ? SNMP_REJECT_COUNT : SNMP_REJECT_ENGINE;
    }
    return m.engine_id.len ? receive_trap(t, now, sender, &m, bytes, len, out) : SNMP_REJECT_ENGINE;
}
