/* SPDX-License-Identifier: GPL-3.0-or-later */
/* capture_state.h - the body of struct capture, shared by capture.c (which fills it) and capture_print.c. */
#ifndef NW_PROBES_CAPTURE_STATE_H
#define NW_PROBES_CAPTURE_STATE_H

#include "probes/capture.h"
#include "probes/funnel.h"

enum { CAPTURE_NETWORKS_MAX = 4096, CAPTURE_NOTES_MAX = 8 };

struct capture {
    int link;
    const char *link_name;
    bool reads_frames; /* of this link type */
    uint64_t frames, bytes, malformed, truncated;
    uint64_t counts[COUNTER_COUNT];
    uint64_t defects[DEFECT_COUNT];
    struct beacon *networks; /* sorted by BSSID, then SSID */
    size_t network_count, network_cap;
    uint64_t networks_dropped; /* beacons of networks beyond the bound */
    struct funnel *funnel;
    const char *notes[CAPTURE_NOTES_MAX];
    size_t note_count;
    struct frame frame; /* scratch */
};

#endif
