/* SPDX-License-Identifier: GPL-3.0-or-later */
/* profiles.h - the profiles that a command works with: the shipped ones and --profile-dir's. */
#ifndef NW_CLI_PROFILES_H
#define NW_CLI_PROFILES_H

#include "collector/profile.h"
#include "lib/base/err.h"

/* dirs: further directories, whose profiles win. What is wrong goes to standard error. */
enum err profiles_load(const char *const *dirs, size_t count, struct profile_set **out) NW_CHECKED;

#endif
