/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz_import.c - inventories of strangers: read, compared with an empty one, written. What is written can be
 * read again, whatever it means. The first byte chooses the source: a table, NetBox, LibreNMS; pages of the
 * last two end with a byte 0. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "cli/import_csv.h"
#include "cli/import_librenms.h"
#include "cli/import_netbox.h"
#include "lib/model/inventory_diff.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static enum err read_pages(const struct import_reader *reader, const char *text, size_t len)
{
    char problem[IMPORT_PROBLEM_SIZE];
    enum err e = ERR_OK;

    for (int page = 0; !e && page < 16 && reader->next(reader->ctx); page++) {
        const char *end = len ? memchr(text, 0, len) : NULL;
        size_t size = end ? (size_t)(end - text) : len;

        e = reader->take(reader->ctx, text, size, problem);
        text += end ? size + 1 : size;
        len -= end ? size + 1 : size;
    }
    return e;
}

static enum err read_as(uint8_t which, struct draft *draft, const char *text, size_t len)
{
    struct import_reader reader;
    struct netbox *netbox = NULL;
    struct librenms *librenms = NULL;
    enum err e;

    if (which % 3 == 0)
        return import_csv(draft, "fuzz", text, len);
    e = which % 3 == 1 ? import_netbox_new(draft, "core", &netbox, &reader)
                       : import_librenms_new(draft, "core", &librenms, &reader);
    if (!e)
        e = read_pages(&reader, text, len);
    import_netbox_free(netbox);
    import_librenms_free(librenms);
    return e;
}

/* Circles of uplinks are the only mistake that a comparison may let through: the check of the whole finds
 * them. */
static void read_again(const struct buf *text)
{
    const struct inventory_overlay overlay = {"fuzz.yaml", text->data ? text->data : "", text->len};
    struct conf_report *report;
    struct inventory *inv;

    if (conf_report_new(&report))
        return;
    if (inventory_load_with(NULL, 0, NULL, &overlay, report, &inv) == ERR_OK)
        inventory_free(inv);
    else if (conf_report_count(report) && !strstr(conf_report_text(report), "run in a circle"))
        abort();
    conf_report_free(report);
}

static void compare(struct draft *draft, struct conf_report *report)
{
    const struct diff_options options = {"fuzz", "fuzz.yaml", true};
    struct inventory *inv;
    struct inventory_diff *diff;
    struct buf text = BUF_INIT;

    if (inventory_load(NULL, 0, NULL, report, &inv))
        return;
    if (inventory_diff_new(draft, inv, &options, &diff) == ERR_OK) {
        inventory_diff_write(&text, diff, inv, &options);
        if (!buf_error(&text))
            read_again(&text);
        inventory_diff_free(diff);
    }
    buf_fini(&text);
    inventory_free(inv);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct draft *draft;
    struct conf_report *report;

    if (!size || draft_new(&draft))
        return 0;
    if (read_as(data[0], draft, (const char *)data + 1, size - 1) == ERR_OK &&
        conf_report_new(&report) == ERR_OK) {
        compare(draft, report);
        conf_report_free(report);
    }
    draft_free(draft);
    return 0;
}
