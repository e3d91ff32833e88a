/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz_noc.c - what `netzwacht noc` reads from the broker: events and replies. The first byte chooses. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "cli/noc_book.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void look(void *ctx, const struct noc_incident *i)
{
    if (strlen(i->text_de) >= sizeof i->text_de || !i->id[0])
        abort();
    (void)ctx;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct noc_event event;
    struct noc_reply reply;
    struct noc_book book = {{0}, {0}};

    if (size == 0)
        return 0;
    if (data[0] % 2 == 0 && noc_event_read(data + 1, size - 1, &event) == ERR_OK) {
        if (event.lane >= NOC_LANES || event.sequence == 0 || noc_book_take(&book, &event) == NOC_KNOWN)
            abort();
    } else if (data[0] % 2 == 1 && noc_reply_read(data + 1, size - 1, &reply, look, NULL) == ERR_OK &&
               !reply.command[0]) {
        abort();
    }
    return 0;
}
