/* SPDX-License-Identifier: GPL-3.0-or-later */
/* channel_digest.c - how many mails a channel sends in a window. Pure. */
#include "alerts/channel_digest.h"

void channel_digest_fini(struct channel_digest *d)
{
    buf_fini(&d->lines);
}

bool channel_digest_admits(struct channel_digest *d, int64_t limit, ns_t window, bool is_critical, ns_t now)
{
    if (!d->count && now >= d->ends) {
        d->ends = now + window;
        d->sent = 0;
    }
    if (d->sent >= (is_critical ? 2 * limit : limit))
        return false;
    d->sent++;
    return true;
}

bool channel_digest_fold(struct channel_digest *d, const char *line)
{
    if (++d->count > CHANNEL_DIGEST_LINES)
        return false;
    buf_printf(&d->lines, "%s\n", line);
    return true;
}

void channel_digest_restore(struct channel_digest *d, uint64_t count, ns_t now)
{
    d->count = count;
    d->ends = now;
}

bool channel_digest_is_due(const struct channel_digest *d, ns_t now)
{
    return d->count && now >= d->ends;
}

void channel_digest_clear(struct channel_digest *d)
{
    buf_clear(&d->lines);
    d->count = 0;
    d->ends = 0;
}
