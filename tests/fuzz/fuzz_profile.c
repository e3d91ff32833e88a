/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz_profile.c - profile files: whatever stands in them is reported, not crashed on. */
#include <stdint.h>

#include "collector/field.h"
#include "collector/profile.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct conf_report *report;
    struct profile *p = NULL;

    if (conf_report_new(&report))
        return 0;
    if (profile_read("fuzz", (const char *)data, size, report, &p) == ERR_OK)
        profile_free(p);
    conf_report_free(report);
    return 0;
}
