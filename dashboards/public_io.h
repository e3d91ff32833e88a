/* SPDX-License-Identifier: GPL-3.0-or-later */
/* public_io.h - writes files whole or not at all, each with its compressed forms beside it; knows zlib. */
#ifndef NW_DASHBOARDS_PUBLIC_IO_H
#define NW_DASHBOARDS_PUBLIC_IO_H

#include <stddef.h>

#include "lib/base/err.h"

/* Makes the folder (mode 0755; the one above must exist). */
enum err public_io_folder(const char *folder) NW_CHECKED;
/* Writes folder/name, folder/name.gz and folder/name.br (0644) under other names and renames them. */
enum err public_io_write(const char *folder, const char *name, const void *bytes, size_t len) NW_CHECKED;

#endif
