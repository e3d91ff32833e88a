/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz_discover.c - the state file of a search: whatever stands in it is refused or read, and what was read
 * can be written and read again. */
#include <stdint.h>
#include <stdlib.h>

#include "collector/discover_state.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_again(const struct discover_state *s)
{
    struct buf out = BUF_INIT;
    struct discover_state again = {0};
    char *why;

    discover_state_put_question(&out, &s->question);
    for (size_t i = 0; i < s->device_count; i++)
        discover_state_put_device(&out, &s->devices[i]);
    if (buf_error(&out) == ERR_OK &&
        (discover_state_read("again", out.data, out.len, &again, &why) != ERR_OK ||
         again.device_count != s->device_count || again.good != out.len))
        abort();
    discover_state_fini(&again);
    buf_fini(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct discover_state s;
    char *why;

    if (discover_state_read("fuzz", (const char *)data, size, &s, &why) == ERR_OK)
        read_again(&s);
    free(why);
    discover_state_fini(&s);
    return 0;
}
