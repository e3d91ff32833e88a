/* SPDX-License-Identifier: GPL-3.0-or-later */
/* usm.c - RFC 3414, sections 3 and 4, on the side of the manager. */
#include "collector/usm.h"

#include <string.h>

enum { BOOTS_MAX = 0x7fffffff };

/* ---- users ---- */

enum err usm_user_init(struct usm_user *u, const char *name, const char *context, enum snmp_auth auth,
                       const char *auth_passphrase, enum snmp_priv priv, const char *priv_passphrase)
{
    enum err e = ERR_OK;

    *u = (struct usm_user){.auth = auth, .priv = priv};
    if (strlen(name) > SNMP_USER_MAX || !*name || (context && strlen(context) > SNMP_CONTEXT_MAX) ||
        (priv != SNMP_PRIV_NONE && auth == SNMP_AUTH_NONE))
        return ERR_RANGE;
    strcpy(u->name, name);
    strcpy(u->context, context ? context : "");
    if (auth != SNMP_AUTH_NONE)
        e = auth_passphrase ? usm_io_master_key(auth, auth_passphrase, &u->auth_master) : ERR_RANGE;
    if (!e && priv != SNMP_PRIV_NONE)
        e = priv_passphrase ? usm_io_master_key(auth, priv_passphrase, &u->priv_master) : ERR_RANGE;
    return e;
}

void usm_user_wipe(struct usm_user *u)
{
    explicit_bzero(u, sizeof *u);
}

static bool is_same_key(const struct usm_key *a, const struct usm_key *b)
{
    return a->len == b->len && memcmp(a->bytes, b->bytes, a->len) == 0;
}

bool usm_user_is_same(const struct usm_user *a, const struct usm_user *b)
{
    return strcmp(a->name, b->name) == 0 && strcmp(a->context, b->context) == 0 && a->auth == b->auth &&
           a->priv == b->priv && is_same_key(&a->auth_master, &b->auth_master) &&
           is_same_key(&a->priv_master, &b->priv_master);
}

uint8_t usm_user_level(const struct usm_user *u)
{
    return (uint8_t)((u->auth != SNMP_AUTH_NONE ? SNMP_V3_AUTH : 0) |
                     (u->priv != SNMP_PRIV_NONE ? SNMP_V3_PRIV : 0));
}

/* ---- engines and their clocks ---- */

enum err usm_engine_set(struct usm_engine *e, const struct usm_user *u, const uint8_t *id, size_t len)
{
    struct usm_engine fresh = {.id_len = len, .salt = e->salt};
    enum err error = len >= 1 && len <= sizeof fresh.id ? ERR_OK : ERR_RANGE;

    if (error)
        return error;
    memcpy(fresh.id, id, len);
    if (u->auth != SNMP_AUTH_NONE)
        error = usm_io_localise(u->auth, &u->auth_master, id, len, &fresh.auth_key);
    if (!error && u->priv != SNMP_PRIV_NONE) {
        error = usm_io_localise(u->auth, &u->priv_master, id, len, &fresh.priv_key);
        if (!error)
            error = usm_io_extend(u->auth, u->priv, id, len, &fresh.priv_key);
    }
    if (!error)
        *e = fresh;
    return error;
}

static void set_clock(struct usm_engine *e, uint32_t boots, uint32_t time, ns_t now)
{
    e->boots = boots;
    e->time = time;
    e->time_at = now;
}

void usm_engine_guess(struct usm_engine *e, uint32_t boots, uint32_t time, ns_t now)
{
    if (!e->is_synced)
        set_clock(e, boots, time, now);
}

static int64_t time_now(const struct usm_engine *e, ns_t now)
{
    int64_t time = (int64_t)e->time + (now > e->time_at ? (now - e->time_at) / SECONDS : 0);

    return time > BOOTS_MAX ? BOOTS_MAX : time;
}

/* RFC 3414, 3.2, 7b; also what is newer than the newest heard must not be late by our idea of its clock. */
bool usm_engine_hear(struct usm_engine *e, uint32_t boots, uint32_t time, ns_t now)
{
    if (e->is_synced &&
        (boots < e->boots || (boots == e->boots && (int64_t)time + USM_WINDOW < time_now(e, now))))
        return false;
    if (!e->is_synced || boots > e->boots || time > e->time)
        set_clock(e, boots, time, now);
    e->is_synced = true;
    return boots != BOOTS_MAX;
}

bool usm_engine_resync(struct usm_engine *e, uint32_t boots, uint32_t time, ns_t now)
{
    bool is_back = e->is_synced && boots < e->boots;

    set_clock(e, boots, time, now);
    e->is_synced = true;
    return is_back;
}

/* ---- sealing ---- */

static void put_be32(uint8_t *out, uint32_t v)
{
    for (int i = 0; i < 4; i++)
        out[i] = (uint8_t)(v >> (24 - 8 * i));
}

/* RFC 3414, 8.1.1.1: the salt goes over the pre-IV behind the key; RFC 3826, 3.1.2.1: boots, time, salt. */
static void make_iv(const struct usm_engine *e, enum snmp_priv priv, uint32_t boots, uint32_t time,
                    const uint8_t *salt, uint8_t *iv)
{
    if (priv == SNMP_PRIV_DES) {
        for (int i = 0; i < SNMP_V3_SALT; i++)
            iv[i] = e->priv_key.bytes[8 + i] ^ salt[i];
        return;
    }
    put_be32(iv, boots);
    put_be32(iv + 4, time);
    memcpy(iv + 8, salt, SNMP_V3_SALT);
}

static void next_salt(struct usm_engine *e, enum snmp_priv priv, uint32_t boots, uint8_t *salt)
{
    e->salt++;
    put_be32(salt, priv == SNMP_PRIV_DES ? boots : (uint32_t)(e->salt >> 32));
    put_be32(salt + 4, (uint32_t)e->salt);
}

enum err usm_seal_discovery(int32_t msg_id, int32_t request_id, uint8_t *out, size_t size, size_t *len)
{
    static const struct snmp_octets none = {NULL, 0};
    const struct snmp_request get = {.type = SNMP_GET, .request_id = request_id};
    uint8_t pdu[64], scoped[96];
    struct snmp_v3_message m = {.msg_id = msg_id, .flags = SNMP_V3_REPORTABLE, .data = {scoped, 0}};
    struct snmp_octets bare = {pdu, 0};
    size_t mac_at;
    enum err e = snmp_pdu_write(&get, pdu, sizeof pdu, &bare.len);

    if (!e)
        e = snmp_v3_scoped_encode(&none, &none, &bare, scoped, sizeof scoped, &m.data.len);
    return e ? e : snmp_v3_encode(&m, out, size, len, &mac_at);
}

enum err usm_seal_message(struct usm_engine *e, const struct usm_user *u, const struct usm_outgoing *o,
                          uint8_t *work, size_t work_size, uint8_t *out, size_t size, size_t *len)
{
    uint8_t salt[SNMP_V3_SALT], iv[USM_IV_MAX], *cipher = work + work_size / 2;
    struct snmp_v3_message m = {
        .msg_id = o->msg_id,
        .max_size = o->max_size,
        .flags = o->flags,
        .engine_id = {e->id, e->id_len},
        .boots = o->boots,
        .time = o->time,
        .user = o->user,
        .mac = {NULL, o->flags & SNMP_V3_AUTH ? usm_io_mac_len(u->auth) : 0},
        .data = {work, 0},
    };
    size_t mac_at;
    enum err error =
        snmp_v3_scoped_encode(&o->context_engine, &o->context, &o->pdu, work, work_size / 2, &m.data.len);

    if (!error && o->flags & SNMP_V3_PRIV) {
        if (m.data.len + SNMP_V3_SALT > work_size / 2)
            return ERR_LIMIT; /* DES pads */
        next_salt(e, u->priv, m.boots, salt);
        make_iv(e, u->priv, m.boots, m.time, salt, iv);
        error = usm_io_encrypt(u->priv, &e->priv_key, iv, work, m.data.len, cipher, &m.data.len);
        m.data.bytes = cipher;
        m.salt = (struct snmp_octets){salt, sizeof salt};
    }
    if (!error)
        error = snmp_v3_encode(&m, out, size, len, &mac_at);
    if (!error && o->flags & SNMP_V3_AUTH) {
        uint8_t mac[SNMP_V3_MAC_MAX];

        error = usm_io_mac(u->auth, &e->auth_key, out, *len, mac);
        if (!error)
            memcpy(out + mac_at, mac, m.mac.len);
    }
    return error;
}

enum err usm_seal(struct usm_engine *e, const struct usm_user *u, ns_t now, int32_t msg_id,
                  struct snmp_octets pdu, uint8_t *out, size_t size, size_t *len)
{
    uint8_t work[2 * (SNMP_REQUEST_MAX + SNMP_V3_OVERHEAD)];
    const bool is_authentic = u->auth != SNMP_AUTH_NONE;
    const struct usm_outgoing o = {
        .msg_id = msg_id,
        .flags = usm_user_level(u) | SNMP_V3_REPORTABLE,
        .boots = is_authentic ? e->boots : 0,
        .time = is_authentic ? (uint32_t)time_now(e, now) : 0,
        .user = {(const uint8_t *)u->name, strlen(u->name)},
        .context_engine = {e->id, e->id_len},
        .context = {(const uint8_t *)u->context, strlen(u->context)},
        .pdu = pdu,
    };

    return usm_seal_message(e, u, &o, work, sizeof work, out, size, len);
}

/* ---- opening ---- */

/* In a time that does not tell where they differ. */
static bool are_equal(const uint8_t *a, const uint8_t *b, size_t len)
{
    uint8_t difference = 0;

    for (size_t i = 0; i < len; i++)
        difference |= a[i] ^ b[i];
    return difference == 0;
}

enum usm_verdict usm_verify(const struct usm_engine *e, const struct usm_user *u,
                            const struct snmp_v3_message *m, const void *bytes, size_t len, uint8_t *scratch)
{
    uint8_t mac[SNMP_V3_MAC_MAX];

    if (m->engine_id.len != e->id_len || memcmp(m->engine_id.bytes, e->id, e->id_len) != 0)
        return USM_OTHER_ENGINE;
    if (m->user.len != strlen(u->name) || memcmp(m->user.bytes, u->name, m->user.len) != 0)
        return USM_OTHER_USER;
    if (!(m->flags & SNMP_V3_AUTH))
        return USM_GENUINE;
    if (m->mac.len == 0 || m->mac.len != usm_io_mac_len(u->auth))
        return USM_WRONG_DIGEST;
    memcpy(scratch, bytes, len);
    memset(scratch + (m->mac.bytes - (const uint8_t *)bytes), 0, m->mac.len);
    if (usm_io_mac(u->auth, &e->auth_key, scratch, len, mac) || !are_equal(mac, m->mac.bytes, m->mac.len))
        return USM_WRONG_DIGEST;
    return USM_GENUINE;
}

enum err usm_open(const struct usm_engine *e, const struct usm_user *u, const struct snmp_v3_message *m,
                  uint8_t *scratch, struct snmp_v3_scoped *out)
{
    uint8_t iv[USM_IV_MAX];
    size_t len;
    enum err error;

    if (!(m->flags & SNMP_V3_PRIV))
        return snmp_v3_scoped_parse(m->data.bytes, m->data.len, false, out);
    if (u->priv == SNMP_PRIV_NONE)
        return ERR_MALFORMED;
    make_iv(e, u->priv, m->boots, m->time, m->salt.bytes, iv);
    error = usm_io_decrypt(u->priv, &e->priv_key, iv, m->data.bytes, m->data.len, scratch, &len);
    return error ? error : snmp_v3_scoped_parse(scratch, len, true, out);
}

/* ---- Reports ---- */

enum usm_report usm_report_kind(const struct snmp_message *report)
{
    static const uint8_t usm_stats[] = {0x2b, 6, 1, 6, 3, 15, 1, 1}, /* 1.3.6.1.6.3.15.1.1 */
        unavailable_contexts[] = {0x2b, 6, 1, 6, 3, 12, 1, 4, 0},    /* SNMP-TARGET-MIB */
        unknown_contexts[] = {0x2b, 6, 1, 6, 3, 12, 1, 5, 0};
    struct wire w;
    struct snmp_raw_varbind vb;

    wire_init(&w, report->varbinds, report->varbinds_len);
    if (!snmp_varbind_again(&w, &vb))
        return USM_REPORT_OTHER;
    if (vb.oid.len == sizeof usm_stats + 2 && memcmp(vb.oid.bytes, usm_stats, sizeof usm_stats) == 0 &&
        vb.oid.bytes[sizeof usm_stats] >= USM_REPORT_LEVEL &&
        vb.oid.bytes[sizeof usm_stats] <= USM_REPORT_DECRYPT)
        return (enum usm_report)vb.oid.bytes[sizeof usm_stats]; /* the enum follows the MIB */
    if (vb.oid.len == sizeof unknown_contexts &&
        (memcmp(vb.oid.bytes, unknown_contexts, vb.oid.len) == 0 ||
         memcmp(vb.oid.bytes, unavailable_contexts, vb.oid.len) == 0))
        return USM_REPORT_CONTEXT;
    return USM_REPORT_OTHER;
}

const char *usm_report_name(enum usm_report kind)
{
    switch (kind) {
    case USM_REPORT_NONE: return "";
    case USM_REPORT_LEVEL: return "SNMPv3 report: unsupported security level";
    case USM_REPORT_WINDOW: return "SNMPv3 report: not in time window";
    case USM_REPORT_USER: return "SNMPv3 report: unknown user";
    case USM_REPORT_ENGINE: return "SNMPv3 report: unknown engine ID";
    case USM_REPORT_DIGEST: return "SNMPv3 report: wrong digest";
    case USM_REPORT_DECRYPT: return "SNMPv3 report: decryption error";
    case USM_REPORT_CONTEXT: return "SNMPv3 report: unknown context";
    case USM_REPORT_OTHER:
    case USM_REPORT_COUNT: break;
    }
    return "SNMPv3 report: of another kind";
}
