/* SPDX-License-Identifier: GPL-3.0-or-later */
/* report_file.h - writes a report's file in one step. What goes wrong is logged. */
#ifndef NW_COVERAGE_REPORT_FILE_H
#define NW_COVERAGE_REPORT_FILE_H

#include "lib/base/buf.h"
#include "lib/base/err.h"

/* To the file at output, whose folders are made; NULL: standard output. */
enum err report_write_text(const char *output, const struct buf *text) NW_CHECKED;

/* Writes the file at path, which does not exist. */
typedef enum err report_writer_fn(void *ctx, const char *path);
/* The same with a library that wants a path; ending (".gpkg") is what it insists on. ERR_UNSUPPORTED:
 * standard output. */
enum err report_write_by(const char *output, const char *ending, report_writer_fn *write,
                         void *ctx) NW_CHECKED;

#endif
