/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sensor_feed.c - how many frames of a file a sensor's analysis takes a second on one core, reading included:
 * sensor_feed FILE HOTSPOTS. Prints frames, CPU seconds and the most memory in KiB. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

#include "lib/base/err.h"
#include "probes/passive.h"
#include "probes/pcap_io.h"

static enum err make_plan(unsigned hotspots, struct passive_plan **out)
{
    enum err e = passive_plan_new(out);

    for (unsigned i = 1; !e && i <= hotspots; i++) {
        const uint8_t vlan[2] = {(uint8_t)(i >> 8), (uint8_t)i};
        e = passive_plan_key(*out, (uint16_t)i, PASSIVE_VLAN, vlan, sizeof vlan);
    }
    return e;
}

static enum err feed_all(struct pcap_file *file, struct passive *p, uint64_t *frames)
{
    struct buf out = BUF_INIT;
    struct pcap_frame f;
    ns_t ticked = 0;
    enum err e = ERR_OK;

    while (!e && !pcap_file_next(file, &f)) {
        passive_feed(p, f.at, f.bytes, f.captured, f.wire_len);
        (*frames)++;
        if (f.at - ticked < SECONDS)
            continue;
        ticked = f.at;
        buf_clear(&out);
        e = passive_tick(p, f.at, &(struct passive_health){0}, &out);
    }
    buf_fini(&out);
    return e;
}

int main(int argc, char **argv)
{
    static const struct client_key key = {1, 2};
    struct pcap_file *file = NULL;
    struct passive_plan *plan = NULL;
    struct passive *p = NULL;
    struct rusage usage;
    uint64_t frames = 0;
    enum err e;

    if (argc != 3)
        return EXIT_BAD_USAGE;
    e = pcap_file_open(argv[1], &file);
    if (!e)
        e = make_plan((unsigned)atoi(argv[2]), &plan);
    if (!e)
        e = passive_new(plan, pcap_file_link(file), &key, 60 * SECONDS, &p);
    if (!e)
        e = feed_all(file, p, &frames);
    getrusage(RUSAGE_SELF, &usage);
    printf("%" PRIu64 " %.3f %ld\n", frames,
           (double)usage.ru_utime.tv_sec + (double)usage.ru_utime.tv_usec / 1e6 +
               (double)usage.ru_stime.tv_sec + (double)usage.ru_stime.tv_usec / 1e6,
           usage.ru_maxrss);
    passive_free(p);
    passive_plan_free(plan);
    pcap_file_close(file);
    return e ? EXIT_UNAVAILABLE : EXIT_DONE;
}
