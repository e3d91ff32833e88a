/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz_inventory.c - what people write by hand: whatever stands in it is reported, not crashed on. The first
 * byte chooses: netzwacht.yaml, an inventory, districts as GeoJSON, firmware.yaml. */
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "lib/base/strx.h"
#include "lib/model/firmware.h"
#include "lib/model/inventory.h"
#include "lib/model/settings.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The file's own texts serve as what a device says of itself. */
static void read_firmware(const char *path, struct conf_report *report)
{
    struct firmware_rules *rules = NULL;

    if (firmware_rules_load(path, report, &rules) != ERR_OK)
        return;
    const struct firmware_rule *r = firmware_rule_for(rules, "Nordlicht", "NL-300");
    if (r) {
        (void)firmware_status_of(r, r->recommended);
        (void)firmware_support_of(r, 20000);
    }
    firmware_rules_free(rules);
}

static void read_as(uint8_t which, const char *path, struct conf_report *report)
{
    struct settings *settings = NULL;
    struct inventory *inventory = NULL;

    switch (which % 4) {
    case 0:
        if (settings_load(path, report, &settings) == ERR_OK)
            settings_free(settings);
        break;
    case 3: read_firmware(path, report); break;
    default:
        if (inventory_load(&path, which % 4 == 1, which % 4 == 2 ? path : NULL, report, &inventory) == ERR_OK)
            inventory_free(inventory);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct conf_report *report;
    int fd = memfd_create("fuzz", 0);
    char *path = fd < 0 ? NULL : strx_printf("/proc/self/fd/%d", fd);

    if (path && size && write(fd, data + 1, size - 1) == (ssize_t)size - 1 &&
        conf_report_new(&report) == ERR_OK) {
        read_as(data[0], path, report);
        conf_report_free(report);
    }
    free(path);
    if (fd >= 0)
        close(fd);
    return 0;
}
