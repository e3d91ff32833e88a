/* SPDX-License-Identifier: GPL-3.0-or-later */
/* unread.c - feeds collector/survey from a recording or from the network. */
#include "cli/unread.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "collector/deny.h"
#include "collector/snmprec.h"
#include "collector/walk.h"
#include "lib/base/log.h"

enum { TRIES = 3, REPETITIONS = 20, VALUES_MAX = 200000 };
#define WALK_TIME (120 * SECONDS)

/* ---- names ---- */

enum err unread_names(struct survey *s, const char *path)
{
    FILE *f = fopen(path, "re");
    char *line = NULL;
    size_t size = 0;
    enum err e = f ? ERR_OK : err_from_errno(errno);

    while (!e && getline(&line, &size, f) > 0) {
        char *name = strchr(line, '\t');

        if (!name)
            continue;
        *name++ = '\0';
        name[strcspn(name, "\t\r\n")] = '\0';
        if (*name)
            e = survey_name(s, line, name);
    }
    if (e)
        log_error("%s: %s", path, err_text(e));
    free(line);
    if (f)
        fclose(f);
    return e;
}

/* ---- a recording ---- */

struct recording {
    struct survey *survey;
    struct varbind_set *value;
};

static enum err survey_line(void *ctx, const char *line, size_t len)
{
    struct recording *r = ctx;
    uint32_t ids[OID_MAX];
    size_t n = OID_MAX;
    enum survey_want want;
    enum err e;

    if (snmprec_line_oid(line, len, ids, &n) || n == 0)
        return ERR_OK;
    e = survey_add(r->survey, ids, n, &want);
    if (e || want != SURVEY_EXAMPLE)
        return e;
    varbind_set_clear(r->value);
    e = snmprec_read_line(line, len, NULL, r->value);
    varbind_set_sort(r->value);
    if (!e)
        survey_example(r->survey, varbind_set_at(r->value, 0));
    return e == ERR_NOMEM ? e : ERR_OK; /* a value that is not understood is none */
}

enum err unread_recording(struct survey *s, const char *path)
{
    struct recording r = {s, varbind_set_new()};
    uint64_t too_long;
    enum err e = r.value ? snmprec_each_line(path, survey_line, &r, &too_long) : ERR_NOMEM;

    if (e == ERR_LIMIT)
        log_warning("%s: more than %d columns; the list is not whole", path, SURVEY_COLUMNS_MAX);
    varbind_set_free(r.value);
    return e == ERR_LIMIT ? ERR_OK : e;
}

/* ---- an agent ---- */

static const struct {
    uint32_t ids[6];
    size_t len;
} roots[] = {{{1, 0, 8802}, 3},
             {{1, 2, 840, 10036}, 4},
             {{1, 3, 6, 1, 2, 1}, 6},
             {{1, 3, 6, 1, 4, 1}, 6},
             {{1, 3, 111}, 3}};

struct live {
    struct survey *survey;
    struct loop *loop;
    struct snmp_io *io;
    struct snmp_peer *peer;
    size_t root;
    uint32_t at[OID_MAX]; /* behind this the next request begins */
    size_t at_len;
    ns_t until;
    uint64_t values;
    const char *why; /* it ended early; NULL = it did not */
    enum err e;
};

static void ask(struct live *l);

static void next_root(struct live *l)
{
    if (++l->root < ARRAY_LEN(roots)) {
        memcpy(l->at, roots[l->root].ids, roots[l->root].len * sizeof *l->at);
        l->at_len = roots[l->root].len;
    }
}

/* One instance; false: the rest of the reply is not looked at. Its value is decoded only as a column's
 * example. */
static bool take(struct live *l, const struct snmp_raw_varbind *raw)
{
    uint32_t ids[OID_MAX], value_ids[OID_MAX];
    struct varbind vb;
    enum survey_want want;
    size_t len, denied;

    if (raw->type >= SNMP_NO_SUCH_OBJECT || snmp_oid_decode(raw->oid.bytes, raw->oid.len, ids, &len) ||
        !oid_has_prefix(ids, len, roots[l->root].ids, roots[l->root].len)) {
        next_root(l);
        return false;
    }
    if (oid_compare(ids, len, l->at, l->at_len) <= 0) {
        l->why = "the agent's OIDs do not increase";
        next_root(l);
        return false;
    }
    memcpy(l->at, ids, len * sizeof *ids);
    l->at_len = len;
    l->values++;
    l->e = survey_add(l->survey, ids, len, &want);
    denied = deny_depth(ids, len);
    if (denied && denied < OID_MAX) { /* behind everything below it */
        l->at[denied] = UINT32_MAX;
        l->at_len = denied + 1;
        return false;
    }
    if (!l->e && want == SURVEY_EXAMPLE) {
        snmp_varbind_decode(raw, ids, value_ids, &vb);
        survey_example(l->survey, &vb);
    }
    return !l->e;
}

static void on_reply(void *ctx, enum err result, const struct snmp_message *reply, ns_t rtt)
{
    struct live *l = ctx;
    struct snmp_raw_varbind raw;
    struct wire w;

    (void)rtt;
    if (result || reply->error_status != SNMP_NO_ERROR || reply->varbind_count == 0) {
        l->why = result ? "it stopped answering" : "it reports an error, or nothing";
        next_root(l);
    } else {
        wire_init(&w, reply->varbinds, reply->varbinds_len);
        while (snmp_varbind_again(&w, &raw) && take(l, &raw))
            ;
    }
    ask(l);
}

static void ask(struct live *l)
{
    struct poll_request request = {.type = l->peer->version ? SNMP_GETBULK : SNMP_GETNEXT};
    struct snmp_ask a = {.peer = l->peer,
                         .type = request.type,
                         .oids = request.oids,
                         .count = 1,
                         .max_repetitions = l->peer->version ? REPETITIONS : 0,
                         .tries = TRIES,
                         .done = on_reply,
                         .ctx = l};
    snmp_handle handle;

    if (l->values >= VALUES_MAX || loop_mono(l->loop) > l->until)
        l->why = "that is more than is looked at";
    if (l->e || l->root >= ARRAY_LEN(roots) || l->values >= VALUES_MAX || loop_mono(l->loop) > l->until) {
        loop_stop(l->loop);
        return;
    }
    if (!poll_request_add_ids(&request, l->at, l->at_len))
        l->e = ERR_LIMIT;
    if (!l->e)
        l->e = snmp_io_ask(l->io, &a, &handle);
    if (l->e)
        loop_stop(l->loop);
}

enum err unread_live(struct survey *s, struct loop *loop, struct snmp_io *io, struct snmp_peer *peer)
{
    struct live l = {.survey = s, .loop = loop, .io = io, .peer = peer, .root = (size_t)-1};
    enum err e = ERR_OK;

    l.until = loop_mono(loop) + WALK_TIME;
    next_root(&l);
    ask(&l);
    if (!l.e)
        e = loop_run(loop);
    if (l.e == ERR_LIMIT)
        l.why = "more columns than are listed";
    if (l.why)
        log_warning("the list of unread columns is not whole: %s", l.why);
    return e ? e : l.e == ERR_LIMIT ? ERR_OK : l.e;
}
