/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz_frame.c - every frame reader, the funnel and the output. Input: link type (index into links), a octet
 * of snap length (how much is missing at the end), then runs of length (two octets, big-endian) and frame.
 * What must hold: no counter exceeds the frames fed, and both outputs can be written. */
#include <stdlib.h>
#include <string.h>

#include "lib/base/wire.h"
#include "probes/capture.h"
#include "tests/fuzz/fuzz.h"

/* An exact-size block: a checker sees the first byte read too far. */
static void feed(struct capture *c, ns_t at, const uint8_t *bytes, size_t len, size_t missing)
{
    uint8_t *exact = malloc(len ? len : 1);

    MUST(exact);
    memcpy(exact, bytes, len);
    MUST(capture_feed(c, at, exact, len, len + missing) == ERR_OK);
    free(exact);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const int links[] = {1, 12, 101, 105, 113, 119, 127, 228, 229, 276, 999};
    struct capture *c;
    struct buf out = BUF_INIT;
    struct wire w;
    int link;
    size_t missing;
    uint64_t frames = 0;

    wire_init(&w, data, size);
    link = links[wire_u8(&w) % ARRAY_LEN(links)];
    missing = wire_u8(&w);
    MUST(capture_new(link, "TEST", 1, &c) == ERR_OK);
    while (wire_left(&w) > 2) {
        size_t len = wire_be16(&w);
        if (len > wire_left(&w))
            len = wire_left(&w);
        feed(c, (ns_t)frames++ * MILLISECONDS, wire_bytes(&w, len), len, missing);
    }
    for (int i = 0; i < COUNTER_COUNT; i++)
        MUST(capture_count(c, (enum counter)i) <= frames);
    MUST(capture_malformed(c) <= frames);
    MUST(capture_print_json(c, "x", &out) == ERR_OK);
    MUST(capture_print_text(c, "x", &out) == ERR_OK);
    buf_fini(&out);
    capture_free(c);
    return 0;
}
