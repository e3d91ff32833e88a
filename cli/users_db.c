/* SPDX-License-Identifier: GPL-3.0-or-later */
/* users_db.c - finds and opens users.db. */
#include "cli/users_db.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>

#include "lib/base/log.h"
#include "lib/base/strx.h"
#include "lib/model/settings.h"

ns_t users_db_now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_REALTIME, &t);
    return (ns_t)t.tv_sec * SECONDS + t.tv_nsec;
}

const char *users_db_caller(void)
{
    const char *name = getenv("SUDO_USER");

    if (!name || !name[0])
        name = getenv("USER");
    return name && name[0] ? name : "root";
}

enum err users_db_open(const char *config, struct users **out)
{
    struct conf_report *report = NULL;
    struct settings *settings = NULL;
    char *path = NULL;
    enum err e = conf_report_new(&report);

    if (e == ERR_OK)
        e = settings_load(config, report, &settings);
    if (report)
        fputs(conf_report_text(report), stderr);
    if (e == ERR_OK)
        e = secret_init();
    if (e == ERR_OK) {
        if (mkdir(settings->state_dir, 0750) < 0 && errno != EEXIST)
            log_warning("%s cannot be made", settings->state_dir);
        path = strx_printf("%s/dashboard/users.db", settings->state_dir);
        e = path ? users_open(path, out) : ERR_NOMEM;
        if (e)
            log_error("%s: %s: run this as the dashboard's user or root", path ? path : "users.db",
                      err_text(e));
    }
    free(path);
    settings_free(settings);
    conf_report_free(report);
    return e;
}
