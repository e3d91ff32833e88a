/* SPDX-License-Identifier: GPL-3.0-or-later */
/* agent_v3.c - an SNMPv3 engine before a scripted agent. */
#include "tests/sim/agent_v3.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MUST(condition)                                                                                      \
    do {                                                                                                     \
        if (!(condition)) {                                                                                  \
            fprintf(stderr, "agent_v3.c: %s\n", #condition);                                                 \
            abort();                                                                                         \
        }                                                                                                    \
    } while (0)

static uint8_t scratch[SNMP_MESSAGE_MAX + SNMP_V3_SALT], work[2 * (SNMP_MESSAGE_MAX + SNMP_V3_OVERHEAD)];

void agent_v3_init(struct agent_v3 *v3, const struct usm_user *user, const uint8_t *id, size_t len,
                   uint32_t boots, ns_t now)
{
    *v3 = (struct agent_v3){.user = user, .engine = {.salt = (uint64_t)now | 1}};
    MUST(usm_engine_set(&v3->engine, user, id, len) == ERR_OK);
    agent_v3_restart(v3, boots, now);
}

void agent_v3_restart(struct agent_v3 *v3, uint32_t boots, ns_t now)
{
    v3->boots = boots;
    v3->booted = now;
}

static uint32_t time_of(const struct agent_v3 *v3, ns_t now)
{
    return (uint32_t)((now - v3->booted) / SECONDS);
}

void agent_v3_seal(struct agent_v3 *v3, ns_t now, int32_t msg_id, uint8_t flags, const struct buf *pdu,
                   struct buf *out)
{
    const struct usm_user *u = v3->user;
    const struct snmp_octets engine_id = {v3->engine.id, v3->engine.id_len};
    const struct usm_outgoing o = {
        .msg_id = msg_id,
        .flags = flags,
        .boots = v3->boots,
        .time = time_of(v3, now),
        .user = {(const uint8_t *)u->name, strlen(u->name)},
        .context_engine = engine_id,
        .pdu = {(const uint8_t *)pdu->data, pdu->len},
    };
    uint8_t bytes[SNMP_MESSAGE_MAX];
    size_t len;

    MUST(usm_seal_message(&v3->engine, u, &o, work, sizeof work, bytes, sizeof bytes, &len) == ERR_OK);
    buf_clear(out);
    buf_put(out, bytes, len);
}

void agent_v3_report(struct agent_v3 *v3, ns_t now, int32_t msg_id, enum usm_report kind, uint8_t flags,
                     struct buf *out)
{
    const uint32_t oid[] = {1, 3, 6, 1, 6, 3, 15, 1, 1, kind, 0};
    const struct varbind vb = {
        .oid = oid, .oid_len = 11, .type = SNMP_COUNTER32, .number = ++v3->reports[kind]};
    struct buf pdu = BUF_INIT;

    agent_write_pdu(&pdu, SNMP_REPORT, 0, 0, 0, &vb, 1);
    agent_v3_seal(v3, now, msg_id, flags, &pdu, out);
    buf_fini(&pdu);
}

/* USM_REPORT_NONE: it is genuine and in time. */
static enum usm_report judge(const struct agent_v3 *v3, ns_t now, const struct snmp_v3_message *m,
                             const void *bytes, size_t len)
{
    switch (usm_verify(&v3->engine, v3->user, m, bytes, len, scratch)) {
    case USM_OTHER_ENGINE: return USM_REPORT_ENGINE;
    case USM_OTHER_USER: return USM_REPORT_USER;
    case USM_WRONG_DIGEST: return USM_REPORT_DIGEST;
    case USM_GENUINE: break;
    }
    if ((m->flags & SNMP_V3_LEVEL) != usm_user_level(v3->user))
        return USM_REPORT_LEVEL;
    if (m->flags & SNMP_V3_AUTH &&
        (m->boots != v3->boots || llabs((int64_t)m->time - time_of(v3, now)) > USM_WINDOW))
        return USM_REPORT_WINDOW;
    return USM_REPORT_NONE;
}

bool agent_v3_answer(struct agent_v3 *v3, struct agent *a, ns_t now, const void *request, size_t len,
                     struct buf *out)
{
    struct snmp_v3_message m;
    struct snmp_v3_scoped scoped;
    struct buf pdu = BUF_INIT;
    enum usm_report wrong;

    buf_clear(out);
    if (snmp_v3_parse(request, len, &m))
        return false;
    wrong = judge(v3, now, &m, request, len);
    if (!wrong && usm_open(&v3->engine, v3->user, &m, scratch, &scoped))
        wrong = USM_REPORT_DECRYPT;
    if (wrong) {
        agent_v3_report(v3, now, m.msg_id, wrong, wrong == USM_REPORT_WINDOW ? SNMP_V3_AUTH : 0, out);
        return true;
    }
    v3->answers++;
    agent_answer_pdu(a, &scoped.pdu, &pdu);
    agent_v3_seal(v3, now, m.msg_id, m.flags & SNMP_V3_LEVEL, &pdu, out);
    buf_fini(&pdu);
    return true;
}
