/* SPDX-License-Identifier: GPL-3.0-or-later */
/* public_files.h - writes the files of the public page into its folder. */
#ifndef NW_DASHBOARDS_PUBLIC_FILES_H
#define NW_DASHBOARDS_PUBLIC_FILES_H

#include <stdint.h>

#include "dashboards/public_page.h"
#include "lib/base/err.h"

struct public_files {
    const char *folder;       /* borrowed */
    struct buf page;          /* reused */
    uint64_t written, failed; /* files */
};

/* Writes what stands in f->page, and empties it. */
enum err public_files_put(struct public_files *f, const char *name) NW_CHECKED;
/* All that change with the model. Stops at the first that cannot be written. */
enum err public_files_put_all(struct public_files *f, const struct public_model *m) NW_CHECKED;

#endif
