/* SPDX-License-Identifier: GPL-3.0-or-later */
/* profiles.c - loads the shipped profiles and those of further directories. */
#include "cli/profiles.h"

#include <stdio.h>
#include <stdlib.h>

#include "lib/base/log.h"
#include "lib/model/settings.h"

enum { DIRS_MAX = 16 };

enum err profiles_load(const char *const *dirs, size_t count, struct profile_set **out)
{
    const char *all[DIRS_MAX + 1];
    char *shipped = settings_data_path("profiles");
    struct conf_report *report = NULL;
    size_t n = 0;
    enum err e = shipped ? conf_report_new(&report) : ERR_NOMEM;

    if (!e) {
        all[n++] = shipped;
        for (size_t i = 0; i < count && i < DIRS_MAX; i++)
            all[n++] = dirs[i];
        e = profile_set_load(all, n, report, out);
        fputs(conf_report_text(report), stderr);
        if (e && conf_report_count(report) == 0)
            log_error("profiles: %s", err_text(e));
        conf_report_free(report);
    }
    free(shipped);
    return e;
}
