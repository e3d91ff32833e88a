/* SPDX-License-Identifier: GPL-3.0-or-later */
/* report_model.h - `netzwacht model`: what the coverage model says, as tables. */
#ifndef NW_CLI_REPORT_MODEL_H
#define NW_CLI_REPORT_MODEL_H

/* argv[0] is "model". Returns the exit status. */
int report_model_main(int argc, char **argv);

#endif
