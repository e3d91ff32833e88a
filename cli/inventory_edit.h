/* SPDX-License-Identifier: GPL-3.0-or-later */
/* inventory_edit.h - a change to the inventory from compare to commit, for `device add` and `device import`:
 * what there is, what a draft would make of the one file that is ours, whether the whole would still be
 * right, and the file written at once or not at all.
 *
 * Files of ours begin with INVENTORY_EDIT_MARK; one that does not is somebody's own and is never written. */
#ifndef NW_CLI_INVENTORY_EDIT_H
#define NW_CLI_INVENTORY_EDIT_H

#include <stdbool.h>

#include "lib/base/buf.h"
#include "lib/base/err.h"
#include "lib/model/inventory.h"
#include "lib/model/inventory_diff.h"
#include "lib/model/inventory_draft.h"
#include "lib/model/settings.h"

#define INVENTORY_EDIT_MARK "# Written by netzwacht device"

struct inventory_edit {
    struct conf_report *report;
    struct settings *settings;
    struct inventory *inventory;
    struct draft *draft; /* empty: to be filled in */
    char *target;        /* the file that is ours */
    struct diff_options options;
    struct inventory_diff *diff;
    struct buf text;   /* what target will hold */
    bool is_as_before; /* it holds that already */
};

/* Loads configuration and inventory. output NULL: name in the first directory that `inventory` names.
 * Whatever fails is logged. ERR_CONFIG: the configuration or the inventory has mistakes. */
enum err inventory_edit_open(struct inventory_edit *e, const char *config, const char *output,
                             const char *name) NW_CHECKED;
void inventory_edit_close(struct inventory_edit *e);

/* Compares the draft, makes the text and checks the inventory that it would give as `netzwacht check` does.
 * ERR_CONFIG: it would have mistakes, which are printed. */
enum err inventory_edit_compare(struct inventory_edit *e, const char *label, bool removes_missing) NW_CHECKED;
/* ERR_EXISTS: the target is not ours. */
enum err inventory_edit_write(const struct inventory_edit *e) NW_CHECKED;

/* What would change, for people and as members of an object that is open. */
void inventory_edit_show(struct buf *out, const struct inventory_edit *e, bool is_written);
struct json_out;
void inventory_edit_json(struct json_out *json, const struct inventory_edit *e, bool is_written);

/* Writes text to a new file beside path, which then takes its place. Logs what fails. */
enum err write_atomically(const char *path, const void *text, size_t len) NW_CHECKED;

#endif
