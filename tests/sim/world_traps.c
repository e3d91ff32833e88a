/* SPDX-License-Identifier: GPL-3.0-or-later */
/* world_traps.c - traps and informs of a simulated network: takes the place of trap_io.c. */
#include <stdlib.h>
#include <string.h>

#include "collector/trap_io.h"
#include "tests/sim/world.h"

struct trap_io {
    struct trap_io_options options;
    struct trap_io_stats stats;
    uint8_t bytes[SNMP_MESSAGE_MAX];
};

/* One world at a time, as in world.c. */
static struct trap_io *the_socket;

enum err trap_io_new(const struct trap_io_options *o, struct trap_io **out)
{
    struct trap_io *t = calloc(1, sizeof *t);

    if (!t)
        return ERR_NOMEM;
    t->options = *o;
    t->stats.buffer = TRAP_IO_BUFFER;
    *out = the_socket = t;
    return ERR_OK;
}

void trap_io_free(struct trap_io *t)
{
    if (t == the_socket)
        the_socket = NULL;
    free(t);
}

void trap_io_stats(const struct trap_io *t, struct trap_io_stats *out)
{
    *out = t ? t->stats : (struct trap_io_stats){0};
}

size_t sim_trap(struct sim *w, const struct snmp_address *from, const void *bytes, size_t len)
{
    (void)w;
    if (!the_socket || len > sizeof the_socket->bytes)
        return 0;
    the_socket->stats.received++;
    memcpy(the_socket->bytes, bytes, len);
    return the_socket->options.receive(the_socket->options.ctx, from, the_socket->bytes, len).len;
}
