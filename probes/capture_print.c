/* SPDX-License-Identifier: GPL-3.0-or-later */
/* capture_print.c - the analysis as JSON and as text. Pure.
 *
 * Nothing that identifies a client can get here: struct capture holds counts, durations and access points. */
#include "probes/capture_state.h"

#include <inttypes.h>
#include <string.h>

#include "lib/base/json_out.h"
#include "lib/base/strx.h"

enum { NOTES_MAX = 16, MAC_TEXT = 18 };

static const struct {
    const char *group, *name;
} counters[] = {
#define COUNTER(group, name, symbol) {group, name},
#include "probes/counter_list.h"
#undef COUNTER
};

static void format_mac(const uint8_t mac[PART_MAC_LEN], char out[MAC_TEXT])
{
    static const char digits[] = "0123456789abcdef";

    for (size_t i = 0; i < PART_MAC_LEN; i++) {
        out[3 * i] = digits[mac[i] >> 4];
        out[3 * i + 1] = digits[mac[i] & 15];
        out[3 * i + 2] = ':';
    }
    out[MAC_TEXT - 1] = '\0';
}

/* Calls fn for every note: the caller's, one a kind of defect, bounds that were reached. */
static void each_note(const struct capture *c, void (*fn)(void *ctx, const char *text), void *ctx)
{
    size_t left = NOTES_MAX - 2; /* the bounds always find a place */
    struct buf text = BUF_INIT;

    for (size_t i = 0; i < c->note_count; i++, left--)
        fn(ctx, c->notes[i]);
    for (size_t i = 0; i < DEFECT_COUNT && left > 0; i++) {
        if (!c->defects[i])
            continue;
        buf_clear(&text);
        buf_printf(&text, "%s (%" PRIu64 " frame%s)", defect_text((enum defect)i), c->defects[i],
                   c->defects[i] == 1 ? "" : "s");
        if (!buf_error(&text))
            fn(ctx, text.data);
        left--;
    }
    if (c->networks_dropped)
        fn(ctx, "more networks than the table holds; the rest is not listed");
    if (funnel_evicted(c->funnel))
        fn(ctx, "more transactions open at once than the table holds; some count as failed");
    buf_fini(&text);
}

static void put_json_note(void *ctx, const char *text)
{
    json_string(ctx, NULL, text);
}

/* An SSID is any 32 octets: NULs (hidden networks) stay as they are, which json_bytes() would not let
 * through. */
static void put_ssid(struct json_out *j, const uint8_t *ssid, size_t len)
{
    struct buf text = BUF_INIT;

    buf_put(&text, "\"", 1);
    while (len > 0) {
        size_t run = strnlen((const char *)ssid, len);
        struct buf part = BUF_INIT;
        struct json_out piece;
        json_init(&piece, &part);
        json_bytes(&piece, NULL, ssid, run);
        if (part.len >= 2)
            buf_put(&text, part.data + 1, part.len - 2); /* without its quotes */
        buf_fini(&part);
        if (run < len) {
            buf_str(&text, "\\u0000");
            run++;
        }
        ssid += run;
        len -= run;
    }
    buf_put(&text, "\"", 1);
    if (buf_error(&text))
        j->to->error = buf_error(&text);
    else
        json_raw(j, "ssid", text.data);
    buf_fini(&text);
}

static void put_networks(struct json_out *j, const struct capture *c)
{
    struct buf hex = BUF_INIT;

    json_array_begin(j, "networks");
    for (size_t i = 0; i < c->network_count; i++) {
        const struct beacon *b = &c->networks[i];
        char mac[MAC_TEXT];
        format_mac(b->bssid, mac);
        buf_clear(&hex);
        strx_put_hex(&hex, b->ssid, b->ssid_len);
        json_object_begin(j, NULL);
        json_string(j, "bssid", mac);
        put_ssid(j, b->ssid, b->ssid_len);
        json_bytes(j, "ssid_hex", hex.data ? hex.data : "", hex.len);
        if (b->channel < 0)
            json_null(j, "channel");
        else
            json_int(j, "channel", b->channel);
        json_bool(j, "privacy", b->is_private);
        json_object_end(j);
    }
    json_array_end(j);
    buf_fini(&hex);
}

static void put_counters(struct json_out *j, const struct capture *c)
{
    const char *group = "";

    for (size_t i = 0; i < COUNTER_COUNT; i++) {
        if (strcmp(group, counters[i].group) != 0) {
            if (*group)
                json_object_end(j);
            group = counters[i].group;
            if (*group)
                json_object_begin(j, group);
        }
        json_uint(j, counters[i].name, c->counts[i]);
    }
    put_networks(j, c); /* wlan is the last group */
    json_object_end(j);
}

static void put_ms(struct json_out *j, const char *key, ns_t duration)
{
    if (duration < 0)
        json_null(j, key);
    else
        json_fixed(j, key, (double)duration / (double)MILLISECONDS, 3);
}

static void put_funnel(struct json_out *j, const struct capture *c)
{
    json_object_begin(j, "funnel");
    for (size_t i = 0; i < FUNNEL_PHASES; i++) {
        struct funnel_summary s = funnel_summary(c->funnel, (enum funnel_phase)i);
        json_object_begin(j, funnel_phase_name((enum funnel_phase)i));
        json_uint(j, "transactions", s.transactions);
        json_uint(j, "success", s.success);
        put_ms(j, "p50_ms", s.p50);
        put_ms(j, "p95_ms", s.p95);
        json_object_end(j);
    }
    json_object_end(j);
}

enum err capture_print_json(const struct capture *c, const char *file, struct buf *out)
{
    struct json_out j;

    json_init(&j, out);
    json_object_begin(&j, NULL);
    json_string(&j, "schema", "netzwacht.capture/1");
    json_string(&j, "file", file);
    json_string(&j, "link", c->link_name);
    json_uint(&j, "frames", c->frames);
    json_uint(&j, "bytes", c->bytes);
    json_uint(&j, "malformed", c->malformed);
    json_uint(&j, "truncated", c->truncated);
    json_array_begin(&j, "notes");
    each_note(c, put_json_note, &j);
    json_array_end(&j);
    put_counters(&j, c);
    put_funnel(&j, c);
    json_object_end(&j);
    buf_str(out, "\n");
    return buf_error(out);
}

/* ---- text ---- */

static void put_text_note(void *ctx, const char *text)
{
    buf_printf(ctx, "  note: %s\n", text);
}

static void put_text_counters(const struct capture *c, struct buf *out)
{
    const char *group = "";

    for (size_t i = 0; i < COUNTER_COUNT; i++) {
        if (!c->counts[i])
            continue;
        if (!*counters[i].group) {
            buf_printf(out, "\n  %-8s %" PRIu64, counters[i].name, c->counts[i]);
            group = "";
            continue;
        }
        if (strcmp(group, counters[i].group) != 0) {
            group = counters[i].group;
            buf_printf(out, "\n  %-8s", group);
        }
        buf_printf(out, " %s %" PRIu64, counters[i].name, c->counts[i]);
    }
    buf_str(out, "\n");
}

static void put_text_networks(const struct capture *c, struct buf *out)
{
    if (c->network_count)
        buf_printf(out, "\nnetworks (%zu)\n", c->network_count);
    for (size_t i = 0; i < c->network_count; i++) {
        const struct beacon *b = &c->networks[i];
        struct buf name = BUF_INIT;
        char mac[MAC_TEXT];
        format_mac(b->bssid, mac);
        strx_put_utf8(&name, b->ssid, b->ssid_len);
        for (size_t k = 0; k < name.len; k++) /* no control characters on a terminal */
            if ((unsigned char)name.data[k] < 0x20 || name.data[k] == 0x7f)
                name.data[k] = '?';
        buf_printf(out, "  %s  channel %3d  %-9s  %s\n", mac, b->channel,
                   b->is_private ? "encrypted" : "open", name.len ? name.data : "(hidden)");
        buf_fini(&name);
    }
}

static void put_text_funnel(const struct capture *c, struct buf *out)
{
    buf_str(out, "\nphase     started  succeeded      p50 ms      p95 ms\n");
    for (size_t i = 0; i < FUNNEL_PHASES; i++) {
        struct funnel_summary s = funnel_summary(c->funnel, (enum funnel_phase)i);
        if (!s.transactions)
            continue;
        buf_printf(out, "%-8s %8" PRIu64 "  %9" PRIu64, funnel_phase_name((enum funnel_phase)i),
                   s.transactions, s.success);
        if (s.success)
            buf_printf(out, "  %10.3f  %10.3f", (double)s.p50 / (double)MILLISECONDS,
                       (double)s.p95 / (double)MILLISECONDS);
        buf_str(out, "\n");
    }
}

enum err capture_print_text(const struct capture *c, const char *file, struct buf *out)
{
    buf_printf(
        out, "%s: %s, %" PRIu64 " frames, %" PRIu64 " bytes, %" PRIu64 " malformed, %" PRIu64 " cut short\n",
        file, c->link_name, c->frames, c->bytes, c->malformed, c->truncated);
    each_note(c, put_text_note, out);
    if (!c->reads_frames)
        buf_str(out, "  frames of this link type are counted, not read\n");
    put_text_counters(c, out);
    put_text_networks(c, out);
    put_text_funnel(c, out);
    return buf_error(out);
}
