/* SPDX-License-Identifier: GPL-3.0-or-later */
/* device.h - the parts of `netzwacht device`. argv[0] is the part's own name. */
#ifndef NW_CLI_DEVICE_H
#define NW_CLI_DEVICE_H

#include <stdbool.h>

int device_list(int argc, char **argv);
int device_add(int argc, char **argv);
int device_import(int argc, char **argv);

/* `device import --districts`. */
struct districts_options {
    const char *config, *input, *output;
    const char *id_property, *name_property; /* NULL: "id", "name" */
    bool is_applied, as_json;
};
int device_districts(const struct districts_options *options);

#endif
