/* SPDX-License-Identifier: GPL-3.0-or-later */
/* device.h - the parts of `netzwacht device`. argv[0] is the part's own name. */
#ifndef NW_CLI_DEVICE_H
#define NW_CLI_DEVICE_H

int device_list(int argc, char **argv);
int device_add(int argc, char **argv);
int device_import(int argc, char **argv);

#endif
