/* SPDX-License-Identifier: GPL-3.0-or-later */
/* passive_report.c - reports written and read. Pure. */
#include "probes/passive_report.h"

#include <string.h>

enum { HEAD_LEN = 3, BEGIN_LEN = 8, PHASE_LEN = 2 + 1 + 4 * (2 + FUNNEL_CAUSES) + 8 + 8 };
enum { IMITATOR_LEN = 6 + 1 + 32 + 1 + 1 + 1 + 1 + 8 + 8, FIGURES_LEN = 7 * 8 + 6 * 4 };

static void put_head(struct buf *out, enum report_kind kind, unsigned len)
{
    buf_u8(out, (uint8_t)kind);
    buf_u8(out, (uint8_t)len);
    buf_u8(out, (uint8_t)(len >> 8));
}

void report_put_begin(struct buf *out, ns_t end)
{
    put_head(out, REPORT_BEGIN, BEGIN_LEN);
    buf_le64(out, (uint64_t)end);
}

void report_put_phase(struct buf *out, const struct report_phase *r)
{
    put_head(out, REPORT_PHASE, PHASE_LEN);
    buf_be16(out, r->hotspot);
    buf_u8(out, r->phase);
    buf_le32(out, r->attempts);
    buf_le32(out, r->success);
    for (int i = 0; i < FUNNEL_CAUSES; i++)
        buf_le32(out, r->causes[i]);
    buf_le64(out, (uint64_t)r->p50);
    buf_le64(out, (uint64_t)r->p95);
}

void report_put_imitator(struct buf *out, const struct report_imitator *r)
{
    put_head(out, REPORT_IMITATOR, IMITATOR_LEN);
    buf_put(out, r->bssid, sizeof r->bssid);
    buf_u8(out, r->ssid_len);
    buf_put(out, r->ssid, sizeof r->ssid);
    buf_u8(out, r->channel);
    buf_u8(out, r->why);
    buf_u8(out, r->is_secured);
    buf_u8(out, (uint8_t)r->signal);
    buf_le64(out, (uint64_t)r->first);
    buf_le64(out, (uint64_t)r->last);
}

void report_put_figures(struct buf *out, const struct report_figures *r)
{
    put_head(out, REPORT_FIGURES, FIGURES_LEN);
    buf_le64(out, (uint64_t)r->begin);
    buf_le64(out, (uint64_t)r->end);
    buf_le64(out, r->frames);
    buf_le64(out, r->malformed);
    buf_le64(out, r->arp);
    buf_le64(out, r->broadcast);
    buf_le64(out, r->elsewhere);
    buf_le32(out, r->dropped);
    buf_le32(out, r->restarts);
    buf_le32(out, r->rogue_servers);
    buf_le32(out, r->rogue_routers);
    buf_le32(out, r->imitators);
    buf_le32(out, r->withheld);
}

static enum err read_phase(struct wire *w, struct report_phase *r)
{
    r->hotspot = wire_be16(w);
    r->phase = wire_u8(w);
    r->attempts = wire_le32(w);
    r->success = wire_le32(w);
    for (int i = 0; i < FUNNEL_CAUSES; i++)
        r->causes[i] = wire_le32(w);
    r->p50 = (ns_t)wire_le64(w);
    r->p95 = (ns_t)wire_le64(w);
    return r->phase < FUNNEL_PHASES && r->success <= r->attempts ? ERR_OK : ERR_MALFORMED;
}

static enum err read_imitator(struct wire *w, struct report_imitator *r)
{
    const uint8_t *bssid = wire_bytes(w, sizeof r->bssid), *ssid;

    r->ssid_len = wire_u8(w);
    ssid = wire_bytes(w, sizeof r->ssid);
    if (!bssid || !ssid || r->ssid_len > sizeof r->ssid)
        return ERR_MALFORMED;
    memcpy(r->bssid, bssid, sizeof r->bssid);
    memcpy(r->ssid, ssid, sizeof r->ssid);
    r->channel = wire_u8(w);
    r->why = wire_u8(w);
    r->is_secured = wire_u8(w);
    r->signal = (int8_t)wire_u8(w);
    r->first = (ns_t)wire_le64(w);
    r->last = (ns_t)wire_le64(w);
    return r->why < IMITATIONS && r->first >= 0 && r->last >= r->first ? ERR_OK : ERR_MALFORMED;
}

static enum err read_figures(struct wire *w, struct report_figures *r)
{
    r->begin = (ns_t)wire_le64(w);
    r->end = (ns_t)wire_le64(w);
    r->frames = wire_le64(w);
    r->malformed = wire_le64(w);
    r->arp = wire_le64(w);
    r->broadcast = wire_le64(w);
    r->elsewhere = wire_le64(w);
    r->dropped = wire_le32(w);
    r->restarts = wire_le32(w);
    r->rogue_servers = wire_le32(w);
    r->rogue_routers = wire_le32(w);
    r->imitators = wire_le32(w);
    r->withheld = wire_le32(w);
    return r->begin >= 0 && r->end > r->begin ? ERR_OK : ERR_MALFORMED;
}

enum err report_read(struct wire *w, struct report *out)
{
    static const unsigned lengths[REPORT_KINDS] = {[REPORT_BEGIN] = BEGIN_LEN,
                                                   [REPORT_PHASE] = PHASE_LEN,
                                                   [REPORT_IMITATOR] = IMITATOR_LEN,
                                                   [REPORT_FIGURES] = FIGURES_LEN};
    uint8_t kind = wire_peek(w, 0);
    unsigned len = wire_peek(w, 1) | wire_peek(w, 2) << 8;
    struct wire body;

    if (wire_left(w) < HEAD_LEN)
        return ERR_AGAIN;
    if (kind == 0 || kind >= REPORT_KINDS || len != lengths[kind])
        return ERR_MALFORMED;
    if (wire_left(w) < HEAD_LEN + len)
        return ERR_AGAIN;
    wire_skip(w, HEAD_LEN);
    body = wire_sub(w, len);
    *out = (struct report){.kind = kind};
    switch (out->kind) {
    case REPORT_BEGIN: out->end = (ns_t)wire_le64(&body); return out->end > 0 ? ERR_OK : ERR_MALFORMED;
    case REPORT_PHASE: return read_phase(&body, &out->phase);
    case REPORT_IMITATOR: return read_imitator(&body, &out->imitator);
    case REPORT_FIGURES: return read_figures(&body, &out->figures);
    case REPORT_KINDS: break;
    }
    return ERR_MALFORMED;
}
