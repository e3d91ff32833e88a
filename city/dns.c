/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dns.c - one question in, one answer out. Pure. */
#include "city/dns.h"

#include <string.h>
#include <strings.h>

#include "lib/base/wire.h"

enum { HEADER = 12, NAME_MAX_OCTETS = 255, TYPE_A = 1, CLASS_IN = 1 };
enum { RCODE_SERVFAIL = 2, RCODE_NXDOMAIN = 3, RCODE_REFUSED = 5 };

/* The name as text, without compression (a question has none). false: malformed. */
static bool read_name(struct wire *w, char out[NAME_MAX_OCTETS + 1])
{
    size_t n = 0;

    for (;;) {
        uint8_t len = wire_u8(w);
        const uint8_t *label = wire_bytes(w, len);
        if (wire_error(w) || len > 63 || n + len + 1 > NAME_MAX_OCTETS)
            return false;
        if (len == 0)
            break;
        if (memchr(label, 0, len))
            return false;
        if (n)
            out[n++] = '.';
        memcpy(out + n, label, len);
        n += len;
    }
    out[n] = '\0';
    return true;
}

size_t dns_answer(const void *query, size_t len, const char *name, uint32_t address, bool is_failing,
                  uint8_t reply[DNS_REPLY_MAX])
{
    static const uint8_t record[] = {0xc0, HEADER, 0, TYPE_A, 0, CLASS_IN, 0, 0, 0, 60, 0, 4};
    char asked[NAME_MAX_OCTETS + 1];
    struct wire w;
    uint16_t flags, questions, type, class_;
    size_t n;
    bool is_ours, has_answer;
    uint8_t rcode;

    wire_init(&w, query, len);
    wire_skip(&w, 2);
    flags = wire_be16(&w);
    questions = wire_be16(&w);
    wire_skip(&w, 6);
    if (wire_error(&w) || (flags & 0xf800) != 0 || questions != 1 || !read_name(&w, asked))
        return 0;
    type = wire_be16(&w);
    class_ = wire_be16(&w);
    if (wire_error(&w))
        return 0;
    n = w.pos; /* header and question, at most 12 + 255 + 4 */
    is_ours = strcasecmp(asked, name) == 0;
    has_answer = is_ours && type == TYPE_A && class_ == CLASS_IN && !is_failing;
    rcode = is_failing ? RCODE_SERVFAIL : class_ != CLASS_IN ? RCODE_REFUSED : is_ours ? 0 : RCODE_NXDOMAIN;
    memcpy(reply, query, n);
    reply[2] = (uint8_t)(0x84 | (flags >> 8 & 1)); /* answer, authoritative, RD as asked */
    reply[3] = rcode;
    memset(reply + 4, 0, 8);
    reply[5] = 1;
    if (has_answer) {
        reply[7] = 1;
        memcpy(reply + n, record, sizeof record);
        n += sizeof record;
        for (int i = 0; i < 4; i++)
            reply[n++] = (uint8_t)(address >> (24 - 8 * i));
    }
    return n;
}
