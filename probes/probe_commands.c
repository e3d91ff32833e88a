/* SPDX-License-Identifier: GPL-3.0-or-later */
/* probe_commands.c - tails the partitions that carry commands. */
#include "probes/probe_commands.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/log.h"
#include "lib/model/record.h"

struct probe_commands {
    struct journal_tail *tail;
    struct prober *prober;
    enum err (*append)(void *ctx, Nw__Record *record, journal_pos *pos);
    void *append_ctx;
};

static void answer(struct probe_commands *c, const Nw__Command *command)
{
    Nw__Record record = NW__RECORD__INIT;
    Nw__Outcome outcome = NW__OUTCOME__INIT;

    record_put_outcome(&record, &outcome, command->id, "done", "");
    (void)!c->append(c->append_ctx, &record, NULL);
}

/* A probe that runs already gives a result at once as well: done. */
static void on_record(void *ctx, const char *partition, journal_pos pos, const void *bytes, size_t len)
{
    struct probe_commands *c = ctx;
    Nw__Record *record = NULL;

    (void)partition;
    (void)pos;
    if (record_unpack(bytes, len, &record))
        return;
    if (record->body_case == NW__RECORD__BODY_COMMAND && strcmp(record->command->verb, "reprobe") == 0 &&
        prober_run_now(c->prober, record->command->target) != ERR_NOT_FOUND)
        answer(c, record->command);
    record_free(record);
}

enum err probe_commands_new(struct loop *l, const char *journal_dir, struct prober *prober,
                            enum err (*append)(void *ctx, Nw__Record *record, journal_pos *pos),
                            void *append_ctx, struct probe_commands **out)
{
    static const struct journal_tail_fns fns = {.record = on_record};
    static const char *const partitions[] = {"dashboard", "cli", "alerts"};
    struct probe_commands *c = calloc(1, sizeof *c);
    enum err e;

    if (!c)
        return ERR_NOMEM;
    c->prober = prober;
    c->append = append;
    c->append_ctx = append_ctx;
    e = journal_tail_new(l, journal_dir, &fns, c, &c->tail);
    for (size_t i = 0; !e && i < ARRAY_LEN(partitions); i++)
        e = journal_tail_add(c->tail, partitions[i], 0, JOURNAL_FROM_END);
    if (e) {
        log_error("the journal's commands cannot be followed: %s", err_text(e));
        probe_commands_free(c);
        return e;
    }
    *out = c;
    return ERR_OK;
}

void probe_commands_use(struct probe_commands *c, struct prober *prober)
{
    c->prober = prober;
}

void probe_commands_free(struct probe_commands *c)
{
    if (!c)
        return;
    journal_tail_free(c->tail);
    free(c);
}
