/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz_trap.c - the way of a trap or an inform: v1, v2c, v3. The input: datagrams, each with an octet for its
 * kind and a length in two octets (big-endian) before it. Keys are known here, so that what lies behind MAC
 * and cipher is reached, too; without them nothing is ever taken. */
#include <stdlib.h>
#include <string.h>

#include "collector/field.h"
#include "collector/trap.h"
#include "collector/trap_v3.h"
#include "lib/base/wire.h"
#include "tests/fuzz/fuzz.h"

/* By their lowest two bits; the user is chosen by the two above them. */
enum kind {
    KIND_RAW,    /* the datagram as it is */
    KIND_TRAP,   /* a PDU, sealed with the sender's engine; boots and time before it, in four octets each */
    KIND_INFORM, /* the same with our engine, reportable */
    KIND_DAMAGED /* as KIND_TRAP, then an octet changed: where, in two octets, and how, in one, before it */
};

enum { DATAGRAMS_MAX = 16, USERS = 4, PDU_MAX = SNMP_REQUEST_MAX };

static const uint8_t ENGINE[] = {0x80, 0, 0x1f, 0x88, 4, 'f', 'u', 'z', 'z'},
                     OURS[] = {0x80, 0, 0, 0, 5, 'u', 's'};

struct path {
    struct trap_v3 *traps;
    struct trap_v3_sender sender;
    ns_t now;
};

static const struct usm_user *user_of(int number)
{
    static struct usm_user users[USERS];

    if (!users[0].name[0]) {
        MUST(!usm_user_init(&users[0], "o", NULL, SNMP_AUTH_NONE, NULL, SNMP_PRIV_NONE, NULL));
        MUST(!usm_user_init(&users[1], "a", "ctx", SNMP_AUTH_SHA1, "passphrase", SNMP_PRIV_NONE, NULL));
        MUST(!usm_user_init(&users[2], "p", NULL, SNMP_AUTH_SHA256, "passphrase", SNMP_PRIV_AES128,
                            "passphrase"));
        MUST(!usm_user_init(&users[3], "p", NULL, SNMP_AUTH_MD5, "passphrase", SNMP_PRIV_DES, "passphrase"));
    }
    return &users[number % USERS];
}

/* What is done with everything that is a trap. */
static void use(const struct snmp_message *m)
{
    static uint32_t interfaces[] = {1, 3, 6, 1, 2, 1, 2};
    struct trap_rule rule = {.keep = {.count = 1}};
    struct trap_value values[TRAP_VALUES_MAX];
    uint32_t *ids[] = {interfaces};
    uint32_t lens[] = {ARRAY_LEN(interfaces)};
    size_t count;
    struct trap trap;

    if (trap_read(m, &trap))
        return;
    MUST(trap.oid_len >= 2 && trap.oid_len <= OID_MAX);
    rule.keep.ids = ids;
    rule.keep.lens = lens;
    count = trap_read_values(m, &rule, values, TRAP_VALUES_MAX);
    MUST(count <= TRAP_VALUES_MAX);
    for (size_t i = 0; i < count; i++)
        MUST(strlen(values[i].text) <= TRAP_TEXT_MAX);
}

static void receive(struct path *p, const uint8_t *bytes, size_t len, bool is_forged)
{
    struct trap_v3_result result;
    struct snmp_message m;
    enum snmp_reject verdict;

    if (snmp_message_parse(bytes, len, &m) == ERR_OK)
        use(&m);
    verdict = trap_v3_receive(p->traps, p->now, &p->sender, bytes, len, &result);
    MUST(p->sender.learned_count <= TRAP_V3_ENGINES);
    MUST(verdict == SNMP_REJECT_COUNT || !result.pdu);
    MUST(!result.fresh || !is_forged);
    if (result.reply.len) {
        struct snmp_v3_message reply, asked;

        MUST(snmp_v3_parse(bytes, len, &asked) == ERR_OK);
        MUST(result.reply.len <= asked.max_size);
        MUST(snmp_v3_parse(result.reply.bytes, result.reply.len, &reply) == ERR_OK);
        MUST(!(reply.flags & SNMP_V3_REPORTABLE));
    }
    if (result.pdu)
        use(result.pdu);
}

/* 0: it does not fit. */
static size_t seal(struct path *p, const struct usm_user *u, bool is_inform, struct wire *w, uint8_t *out,
                   size_t size)
{
    uint8_t work[2 * (PDU_MAX + SNMP_V3_OVERHEAD)];
    struct usm_engine engine = {0};
    struct usm_outgoing o = {.msg_id = 1,
                             .flags = usm_user_level(u) | (is_inform ? SNMP_V3_REPORTABLE : 0),
                             .max_size = is_inform ? 484 : 0, /* as little as there is: RFC 3412, 6 */
                             .boots = wire_be32(w) & 0x7fffffff,
                             .time = wire_be32(w) & 0x7fffffff,
                             .user = {(const uint8_t *)u->name, strlen(u->name)}};
    size_t len = 0;

    (void)p;
    o.pdu.len = wire_left(w);
    o.pdu.bytes = wire_bytes(w, o.pdu.len);
    MUST(!usm_engine_set(&engine, u, is_inform ? OURS : ENGINE, is_inform ? sizeof OURS : sizeof ENGINE));
    if (wire_error(w) || usm_seal_message(&engine, u, &o, work, sizeof work, out, size, &len))
        return 0;
    return len;
}

static void take(struct path *p, uint8_t first, struct wire *w)
{
    uint8_t sealed[2 * SNMP_REQUEST_MAX], *exact;
    const uint8_t *bytes = sealed;
    enum kind kind = (enum kind)(first & 3);
    uint16_t at = kind == KIND_DAMAGED ? wire_be16(w) : 0;
    uint8_t change = kind == KIND_DAMAGED ? wire_u8(w) : 0;
    size_t len;

    if (kind == KIND_RAW) {
        len = wire_left(w);
        bytes = wire_bytes(w, len);
    } else {
        len = seal(p, user_of(first >> 2), kind == KIND_INFORM, w, sealed, sizeof sealed);
    }
    if (len && change)
        sealed[at % len] ^= change;
    exact = malloc(len ? len : 1);
    MUST(exact);
    if (len)
        memcpy(exact, bytes, len);
    receive(p, exact, len, kind == KIND_RAW || change);
    free(exact);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct trap_v3_local local = {.id_len = sizeof OURS, .boots = 1};
    const struct usm_user *users[] = {user_of(0), user_of(1), user_of(2), user_of(3)};
    struct path p = {.now = 100 * SECONDS};
    struct wire w;

    memcpy(local.id, OURS, sizeof OURS);
    MUST(trap_v3_new(&local, 1, &p.traps) == ERR_OK);
    MUST(trap_v3_users(p.traps, users, ARRAY_LEN(users)) == ERR_OK);
    wire_init(&w, data, size);
    for (int i = 0; i < DATAGRAMS_MAX && wire_left(&w); i++) {
        uint8_t first = wire_u8(&w);
        struct wire datagram = wire_sub(&w, wire_be16(&w));

        take(&p, first, &datagram);
        p.now += SECONDS;
    }
    trap_v3_forget(&p.sender);
    trap_v3_free(p.traps);
    return 0;
}
