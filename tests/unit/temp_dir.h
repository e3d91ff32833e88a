/* SPDX-License-Identifier: GPL-3.0-or-later */
/* temp_dir.h - a directory of its own for every test: setup and teardown for cmocka; *state is its path. */
#ifndef NW_TESTS_TEMP_DIR_H
#define NW_TESTS_TEMP_DIR_H

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static inline int temp_dir_setup(void **state)
{
    char *path = strdup("test-dir-XXXXXX");

    *state = path;
    return path && mkdtemp(path) ? 0 : -1;
}

static inline int temp_dir_remove(const char *path, const struct stat *st, int flag, struct FTW *ftw)
{
    (void)st, (void)flag, (void)ftw;
    return remove(path);
}

static inline int temp_dir_teardown(void **state)
{
    nftw(*state, temp_dir_remove, 16, FTW_DEPTH | FTW_PHYS);
    free(*state);
    return 0;
}

#endif
