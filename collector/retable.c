/* SPDX-License-Identifier: GPL-3.0-or-later */
/* retable.c - a device's series table once more. Its first record in a segment must carry it; what the table
 * says stands in the segment before, and copying is a tenth of the work of decoding a poll for it. */
#include "collector/collector_internal.h"
#include "lib/model/record.h"

static enum err open_own(struct collector *c)
{
    if (c->own)
        return ERR_OK;
    return journal_reader_open(c->o.settings->journal_dir, "collector", 0, JOURNAL_FROM_END, &c->own);
}

Nw__Record *retable(const struct unit *u, uint32_t version)
{
    struct buf bytes = BUF_INIT;
    Nw__Record *record = NULL;
    enum err e = u->table_at ? open_own(u->c) : ERR_NOT_FOUND;

    if (!e)
        e = journal_read_at(u->c->own, u->table_at, &bytes);
    if (!e)
        e = record_unpack(bytes.data, bytes.len, &record);
    buf_fini(&bytes);
    if (e)
        return NULL;
    if (record->body_case == NW__RECORD__BODY_SAMPLES && record->samples->table &&
        record->samples->table->version == version)
        return record;
    record_free(record);
    return NULL;
}
