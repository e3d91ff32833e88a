/* SPDX-License-Identifier: GPL-3.0-or-later */
/* capture.c - adds up what the frame readers saw. Pure. */
#include "probes/capture_state.h"

#include <stdlib.h>
#include <string.h>

enum err capture_new(int link, const char *link_name, uint64_t seed, struct capture **out)
{
    struct capture *c = calloc(1, sizeof *c);
    enum err e;

    if (!c)
        return ERR_NOMEM;
    e = funnel_new(seed, &c->funnel);
    if (e) {
        free(c);
        return e;
    }
    c->link = link;
    c->link_name = link_name;
    c->reads_frames = frame_knows_link(link);
    *out = c;
    return ERR_OK;
}

void capture_free(struct capture *c)
{
    if (!c)
        return;
    funnel_free(c->funnel);
    free(c->networks);
    free(c);
}

static int compare_networks(const struct beacon *a, const struct beacon *b)
{
    size_t common = a->ssid_len < b->ssid_len ? a->ssid_len : b->ssid_len;
    int order = memcmp(a->bssid, b->bssid, PART_MAC_LEN);

    if (!order)
        order = memcmp(a->ssid, b->ssid, common);
    return order ? order : (int)a->ssid_len - (int)b->ssid_len;
}

/* Where the network stands, or belongs. */
static size_t network_place(const struct capture *c, const struct beacon *b, bool *is_there)
{
    size_t low = 0, high = c->network_count;

    while (low < high) {
        size_t middle = (low + high) / 2;
        int order = compare_networks(&c->networks[middle], b);
        if (order == 0) {
            *is_there = true;
            return middle;
        }
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    *is_there = false;
    return low;
}

static enum err add_network(struct capture *c, const struct beacon *b)
{
    bool is_there;
    size_t place = network_place(c, b, &is_there);

    if (is_there)
        return ERR_OK;
    if (c->network_count == CAPTURE_NETWORKS_MAX) {
        c->networks_dropped++;
        return ERR_OK;
    }
    if (c->network_count == c->network_cap) {
        size_t cap = c->network_cap ? 2 * c->network_cap : 16;
        struct beacon *grown = realloc(c->networks, cap * sizeof *grown);
        if (!grown)
            return ERR_NOMEM;
        c->networks = grown;
        c->network_cap = cap;
    }
    memmove(c->networks + place + 1, c->networks + place, (c->network_count - place) * sizeof *c->networks);
    c->networks[place] = *b;
    c->network_count++;
    return ERR_OK;
}

/* Of a frame with a second header inside only the 802.11 counters hold, see frame.h. */
static void add_hits(struct capture *c, const struct frame *f)
{
    size_t first = f->is_nested ? COUNT_WLAN_FRAMES : 0;

    for (size_t i = first; i < COUNTER_COUNT; i++)
        c->counts[i] += f->hits[i];
}

enum err capture_feed(struct capture *c, ns_t at, const void *bytes, size_t captured, size_t wire_len)
{
    struct frame *f = &c->frame;

    if (wire_len < captured)
        wire_len = captured;
    c->frames++;
    c->bytes += wire_len;
    if (captured < wire_len)
        c->truncated++;
    if (!c->reads_frames)
        return ERR_OK;
    frame_read(f, c->link, at, bytes, captured, wire_len);
    if (f->defect) {
        c->malformed++;
        c->defects[f->defect]++;
    }
    if (f->is_unclean || f->is_foreign_radio)
        return ERR_OK;
    add_hits(c, f);
    if (!f->is_nested && f->event.verb)
        funnel_feed(c->funnel, &f->event, at);
    return f->beacon.is_present ? add_network(c, &f->beacon) : ERR_OK;
}

void capture_note(struct capture *c, const char *text)
{
    if (c->note_count < CAPTURE_NOTES_MAX)
        c->notes[c->note_count++] = text;
}

uint64_t capture_count(const struct capture *c, enum counter counter)
{
    return c->counts[counter];
}

uint64_t capture_malformed(const struct capture *c)
{
    return c->malformed;
}
