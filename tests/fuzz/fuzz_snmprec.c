/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz_snmprec.c - recordings, from their lines to the printed object, through the profile `generic` and
 * those that the recording itself chooses. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "collector/decode.h"
#include "collector/poll_json.h"
#include "collector/snmprec.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Kept over all inputs: reading the profiles takes longer than an input. */
static struct profile_set *shipped(void)
{
    static struct profile_set *set;
    const char *root = getenv("NETZWACHT_SOURCE");
    struct conf_report *report;
    char dir[4096];
    const char *dirs[] = {dir};

    if (set || conf_report_new(&report))
        return set;
    snprintf(dir, sizeof dir, "%s/profiles", root ? root : ".");
    if (profile_set_load(dirs, 1, report, &set)) {
        fputs(conf_report_text(report), stderr);
        abort();
    }
    conf_report_free(report);
    return set;
}

static void read_lines(const uint8_t *data, size_t size, const struct read_plan *plan,
                       struct varbind_set *set)
{
    const char *line = (const char *)data, *stop = line + size;

    while (line < stop) {
        const char *end = memchr(line, '\n', (size_t)(stop - line));
        size_t len = (size_t)((end ? end : stop) - line);

        (void)!snmprec_read_line(line, len, plan, set);
        line += len + 1;
    }
    varbind_set_sort(set);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct varbind_set *set = varbind_set_new();
    struct decoder *d = decoder_new();
    const struct device_profile *profile;
    const struct device_view *view;
    struct poll_stats stats = {0, 0};
    struct buf out;

    if (!set || !d)
        abort();
    read_lines(data, size, profile_set_probe(shipped()), set);
    if (profile_match(shipped(), set, NULL, &profile))
        abort();
    varbind_set_clear(set);
    read_lines(data, size, device_profile_plan(profile), set);
    if (decode(d, profile, set, &view))
        abort();
    buf_init(&out, 0);
    poll_json_write(&out, profile, view, set, &stats);
    poll_text_write(&out, profile, view, &stats);
    buf_fini(&out);
    decoder_free(d);
    varbind_set_free(set);
    return 0;
}
