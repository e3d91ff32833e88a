/* SPDX-License-Identifier: GPL-3.0-or-later */
/* walk.c - GETBULK over several columns, with a guard against every way in which a walk may not end. Pure. */
#include "collector/walk.h"

#include <stdlib.h>
#include <string.h>

enum { REQUESTS_MAX = WALK_COLUMNS_MAX * WALK_ROWS_MAX / WALK_REPLY_VARBINDS };

struct column {
    uint8_t root[SNMP_RAW_OID_MAX], last[SNMP_RAW_OID_MAX];
    size_t root_len, last_len;
    struct buf rows;
    uint32_t row_count;
    enum walk_state state;
    bool is_endless;
    const char *why;
};

struct walk {
    struct column columns[WALK_COLUMNS_MAX];
    size_t count;
    size_t asked[WALK_COLUMNS_MAX], asked_count; /* columns in the last request, in its order */
    size_t width;                                /* columns in one request */
    struct adapt *size;                          /* varbinds in one reply */
    uint32_t asked_varbinds;
    uint32_t requests;
    bool is_v1;
};

bool poll_request_add_ids(struct poll_request *r, const uint32_t *ids, size_t len)
{
    uint8_t raw[SNMP_RAW_OID_MAX];
    size_t raw_len;

    if (r->count == SNMP_ASK_MAX || snmp_oid_encode(ids, len, raw, &raw_len) ||
        sizeof r->store - r->store_used < raw_len)
        return false;
    memcpy(r->store + r->store_used, raw, raw_len);
    r->oids[r->count++] = (struct snmp_raw_oid){r->store + r->store_used, raw_len};
    r->store_used += raw_len;
    return true;
}

struct walk *walk_new(int version, struct adapt *size)
{
    struct walk *w = calloc(1, sizeof *w);

    if (w) {
        w->is_v1 = version == 0;
        w->width = WALK_COLUMNS_MAX;
        w->size = size;
    }
    return w;
}

void walk_free(struct walk *w)
{
    if (!w)
        return;
    for (size_t i = 0; i < w->count; i++)
        buf_fini(&w->columns[i].rows);
    free(w);
}

enum err walk_add(struct walk *w, const uint32_t *ids, size_t len)
{
    struct column *c;
    enum err e;

    if (w->count == WALK_COLUMNS_MAX)
        return ERR_LIMIT;
    c = &w->columns[w->count];
    e = snmp_oid_encode(ids, len, c->root, &c->root_len);
    if (e)
        return e;
    memcpy(c->last, c->root, c->root_len);
    c->last_len = c->root_len;
    buf_init(&c->rows, WALK_BYTES_MAX);
    w->count++;
    return ERR_OK;
}

static void end(struct column *c, enum walk_state state, const char *why)
{
    c->state = state;
    c->why = why;
}

static void end_endless(struct column *c, const char *why)
{
    c->is_endless = true;
    end(c, WALK_BROKEN, why);
}

bool walk_ask(struct walk *w, struct poll_request *out)
{
    size_t width = w->width < w->size->size ? w->width : w->size->size;

    w->asked_count = 0;
    out->count = 0;
    out->store_used = 0;
    out->names_len = 0;
    w->requests++;
    for (size_t i = 0; i < w->count && w->asked_count < width; i++) {
        struct column *c = &w->columns[i];

        if (c->state != WALK_RUNNING)
            continue;
        if (w->requests > REQUESTS_MAX) {
            end_endless(c, "too many requests in one walk");
            continue;
        }
        out->oids[out->count++] = (struct snmp_raw_oid){c->last, c->last_len};
        w->asked[w->asked_count++] = i;
    }
    if (!w->asked_count)
        return false;
    out->type = w->is_v1 ? SNMP_GETNEXT : SNMP_GETBULK;
    out->max_repetitions = w->is_v1 ? 0 : w->size->size / (uint32_t)w->asked_count;
    w->asked_varbinds = (uint32_t)w->asked_count * (w->is_v1 ? 1 : out->max_repetitions);
    return true;
}

static void take_error(struct walk *w, ns_t now, const struct snmp_message *reply)
{
    bool names_one = reply->error_index >= 1 && reply->error_index <= (int64_t)w->asked_count;
    struct column *one = &w->columns[w->asked[names_one ? reply->error_index - 1 : 0]];

    if (reply->error_status == SNMP_TOO_BIG && w->asked_varbinds > 1) {
        adapt_refused(w->size, now, w->asked_varbinds);
    } else if (reply->error_status != SNMP_TOO_BIG && names_one) {
        if (reply->error_status == SNMP_NO_SUCH_NAME)
            end(one, WALK_COMPLETE, NULL);
        else
            end(one, WALK_BROKEN, "the agent reports an error inside the table");
    } else if (w->asked_count > 1) {
        w->width = w->asked_count / 2; /* which column is it? */
    } else if (reply->error_status == SNMP_NO_SUCH_NAME) {
        end(one, WALK_COMPLETE, NULL);
    } else {
        end(one, WALK_BROKEN, "the agent reports an error inside the table");
    }
}

static void take_varbind(struct column *c, const struct snmp_raw_varbind *vb)
{
    struct snmp_raw_oid root = {c->root, c->root_len}, last = {c->last, c->last_len};

    if (vb->type == SNMP_END_OF_MIB_VIEW || vb->type == SNMP_NO_SUCH_OBJECT ||
        vb->type == SNMP_NO_SUCH_INSTANCE) {
        end(c, WALK_COMPLETE, NULL);
        return;
    }
    if (snmp_raw_oid_compare(vb->oid, last) <= 0) {
        end(c, WALK_BROKEN, "OIDs do not increase");
        return;
    }
    if (!snmp_raw_oid_is_below(vb->oid, root)) {
        end(c, WALK_COMPLETE, NULL);
        return;
    }
    if (c->row_count == WALK_ROWS_MAX) {
        end_endless(c, "more than 65536 rows");
        return;
    }
    memcpy(c->last, vb->oid.bytes, vb->oid.len);
    c->last_len = vb->oid.len;
    if (vb->type == SNMP_NULL || vb->value_len > WALK_VALUE_MAX)
        return;
    size_t before = c->rows.len;
    buf_put(&c->rows, vb->tlv, vb->tlv_len);
    if (buf_error(&c->rows)) {
        c->rows.len = before;
        end_endless(c, "more values than are kept");
        return;
    }
    c->row_count++;
}

bool walk_is_endless(const struct walk *w, size_t i)
{
    return w->columns[i].is_endless;
}

uint32_t walk_asked(const struct walk *w)
{
    return w->asked_varbinds;
}

void walk_take(struct walk *w, ns_t now, const struct snmp_message *reply)
{
    struct snmp_raw_varbind vb;
    struct wire list;

    if (!w->asked_count)
        return;
    if (reply->error_status != SNMP_NO_ERROR) {
        take_error(w, now, reply);
        return;
    }
    /* Repetitions are whole ones: what is missing from the size by that was not refused. */
    adapt_answered(w->size, now,
                   reply->varbind_count < w->asked_varbinds
                       ? (uint32_t)reply->varbind_count
                       : w->asked_varbinds + (uint32_t)w->asked_count - 1);
    wire_init(&list, reply->varbinds, reply->varbinds_len);
    for (size_t i = 0; snmp_varbind_again(&list, &vb); i++) {
        struct column *c = &w->columns[w->asked[i % w->asked_count]];

        if (c->state == WALK_RUNNING)
            take_varbind(c, &vb);
    }
    /* A reply may be cut where it gets too long, but each column must have got something. */
    for (size_t i = reply->varbind_count; i < w->asked_count; i++) {
        struct column *c = &w->columns[w->asked[i]];

        if (reply->varbind_count == 0)
            end(c, WALK_BROKEN, "an empty reply");
    }
}

enum walk_state walk_column(const struct walk *w, size_t i, const struct buf **rows, uint32_t *row_count,
                            const char **why)
{
    const struct column *c = &w->columns[i];

    *rows = &c->rows;
    *row_count = c->row_count;
    *why = c->why;
    return c->state;
}

size_t walk_count(const struct walk *w)
{
    return w->count;
}
