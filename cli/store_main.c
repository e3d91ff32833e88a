/* SPDX-License-Identifier: GPL-3.0-or-later */
/* store_main.c - main() of netzwacht-store(8). */
#include "collector/store.h"

int main(int argc, char **argv)
{
    static const struct daemon_info info = {.name = "netzwacht-store",
                                            .partition = "store",
                                            .summary = "Keeps the history of metrics in RRD files.",
                                            .start = store_start,
                                            .stop = store_stop,
                                            .reload = store_reload,
                                            .beat = store_beat};

    return daemon_main(argc, argv, &info);
}
