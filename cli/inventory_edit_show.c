/* SPDX-License-Identifier: GPL-3.0-or-later */
/* inventory_edit_show.c - a comparison for people, one line a difference, and as JSON. Names and values come
 * from strangers: nothing of them reaches a terminal unescaped. */
#include "cli/inventory_edit.h"

#include <inttypes.h>
#include <string.h>

#include "lib/base/json_out.h"
#include "lib/base/strx.h"
#include "lib/runtime/conf_write.h"

static void put_value(struct buf *out, const char *text)
{
    if (*text)
        conf_put_text(out, text);
    else
        buf_str(out, "nothing");
}

static void put_head(struct buf *out, const char *state, const struct diff_item *d)
{
    buf_printf(out, "%-8s  %s %s", state, inventory_kinds[d->kind].word, d->id);
}

static void put_new(struct buf *out, const struct diff_item *d)
{
    put_head(out, "new", d);
    for (size_t i = 0; i < d->field_count; i++) {
        buf_printf(out, "%s %s ", i ? "," : ":", d->fields[i].name);
        put_value(out, d->fields[i].after);
    }
    buf_str(out, "\n");
}

static void put_fields(struct buf *out, const struct diff_item *d)
{
    for (size_t i = 0; i < d->field_count; i++) {
        put_head(out, d->state == DIFF_CHANGED ? "changed" : "differs", d);
        buf_printf(out, ": %s ", d->fields[i].name);
        put_value(out, d->fields[i].before);
        buf_str(out, " -> ");
        put_value(out, d->fields[i].after);
        if (d->state == DIFF_ELSEWHERE)
            buf_printf(out, " (%s:%u is not the import's: change it there)", d->at.file, d->at.line);
        buf_str(out, "\n");
    }
}

static void put_missing(struct buf *out, const struct diff_item *d, bool is_removed)
{
    put_head(out, is_removed ? "removed" : "missing", d);
    if (d->name) {
        buf_str(out, " ");
        conf_put_text(out, d->name);
    }
    buf_printf(out, ": no longer at the source%s\n",
               is_removed ? "" : "; kept (--remove-missing removes it)");
}

static void put_item(struct buf *out, const struct inventory_edit *e, const struct diff_item *d)
{
    switch (d->state) {
    case DIFF_NEW: put_new(out, d); break;
    case DIFF_CHANGED:
    case DIFF_ELSEWHERE: put_fields(out, d); break;
    case DIFF_MISSING: put_missing(out, d, e->options.removes_missing); break;
    case DIFF_SAME:
    case DIFF_REFUSED:
    case DIFF_STATES: break;
    }
}

void inventory_edit_show(struct buf *out, const struct inventory_edit *e, bool is_written)
{
    const size_t *n = e->diff->counts;

    for (size_t i = 0; i < e->diff->count; i++)
        put_item(out, e, &e->diff->items[i]);
    for (size_t i = 0; i < e->draft->remark_count; i++) {
        const struct draft_remark *r = &e->draft->remarks[i];
        buf_printf(out, "%-8s  ", r->is_item ? "refused" : "remark");
        strx_put_visible(out, r->where, strlen(r->where));
        buf_str(out, ": ");
        strx_put_visible(out, r->text, strlen(r->text));
        buf_str(out, "\n");
    }
    buf_printf(out,
               "%zu new, %zu changed, %zu as before, %zu differ from what is written by hand, %zu missing, "
               "%zu refused\n",
               n[DIFF_NEW], n[DIFF_CHANGED], n[DIFF_SAME], n[DIFF_ELSEWHERE], n[DIFF_MISSING],
               n[DIFF_REFUSED]);
    if (e->is_as_before)
        buf_printf(out, "%s is up to date\n", e->target);
    else
        buf_printf(out, is_written ? "written: %s\n" : "nothing is written; --apply writes %s\n", e->target);
}

static const char *const state_words[DIFF_STATES] = {
    [DIFF_SAME] = "same",         [DIFF_NEW] = "new",         [DIFF_CHANGED] = "changed",
    [DIFF_ELSEWHERE] = "differs", [DIFF_MISSING] = "missing", [DIFF_REFUSED] = "refused"};

static void put_json_item(struct json_out *json, const struct diff_item *d)
{
    json_object_begin(json, NULL);
    json_string(json, "state", state_words[d->state]);
    json_string(json, "kind", inventory_kinds[d->kind].word);
    json_string(json, "id", d->id);
    json_string(json, "name", d->name);
    json_string(json, "file", d->at.file);
    if (d->at.file)
        json_uint(json, "line", d->at.line);
    json_array_begin(json, "fields");
    for (size_t i = 0; i < d->field_count; i++) {
        json_object_begin(json, NULL);
        json_string(json, "name", d->fields[i].name);
        json_string(json, "before", *d->fields[i].before ? d->fields[i].before : NULL);
        json_string(json, "after", d->fields[i].after);
        json_object_end(json);
    }
    json_array_end(json);
    json_object_end(json);
}

void inventory_edit_json(struct json_out *json, const struct inventory_edit *e, bool is_written)
{
    json_string(json, "target", e->target);
    json_bool(json, "is_written", is_written);
    json_bool(json, "is_up_to_date", e->is_as_before || is_written);
    json_object_begin(json, "counts");
    for (int state = 0; state < DIFF_STATES; state++)
        json_uint(json, state_words[state], e->diff->counts[state]);
    json_object_end(json);
    json_array_begin(json, "items"); /* without those that are as before */
    for (size_t i = 0; i < e->diff->count; i++)
        if (e->diff->items[i].state != DIFF_SAME)
            put_json_item(json, &e->diff->items[i]);
    json_array_end(json);
    json_array_begin(json, "remarks");
    for (size_t i = 0; i < e->draft->remark_count; i++) {
        json_object_begin(json, NULL);
        json_string(json, "where", e->draft->remarks[i].where);
        json_string(json, "text", e->draft->remarks[i].text);
        json_bool(json, "is_refused", e->draft->remarks[i].is_item);
        json_object_end(json);
    }
    json_array_end(json);
}
