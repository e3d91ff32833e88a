/* SPDX-License-Identifier: GPL-3.0-or-later */
/* inventory_of.h - an inventory from a text, for tests. */
#ifndef NW_TESTS_INVENTORY_OF_H
#define NW_TESTS_INVENTORY_OF_H

#include <stdlib.h>
#include <unistd.h>

#include "lib/model/inventory.h"
#include "tests/unit/cmocka_tests.h"

static inline struct inventory *inventory_of(const char *yaml, size_t len)
{
    char path[] = "/tmp/netzwacht-inventory-XXXXXX.yaml";
    const char *paths[] = {path};
    struct conf_report *report = NULL;
    struct inventory *inventory = NULL;
    int fd = mkstemps(path, 5);

    assert_true(fd >= 0);
    assert_int_equal(write(fd, yaml, len), len);
    close(fd);
    assert_ok(conf_report_new(&report));
    if (inventory_load(paths, 1, NULL, report, &inventory))
        fail_msg("%s\n%.*s", conf_report_text(report), (int)len, yaml);
    unlink(path);
    conf_report_free(report);
    return inventory;
}

#endif
