/* SPDX-License-Identifier: GPL-3.0-or-later */
/* users_db.h - the dashboard's users.db as `netzwacht user` and `netzwacht token` use it. */
#ifndef NW_CLI_USERS_DB_H
#define NW_CLI_USERS_DB_H

#include "dashboards/users_io.h"

/* The database of this configuration; what is wrong is logged. */
enum err users_db_open(const char *config, struct users **out) NW_CHECKED;
/* Who is at the keyboard, for the audit log. */
const char *users_db_caller(void);
ns_t users_db_now(void); /* wall */

#endif
