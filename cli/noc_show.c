/* SPDX-License-Identifier: GPL-3.0-or-later */
/* noc_show.c - incidents on the terminal of a NOC. */
#include "cli/noc_show.h"

#include <stdio.h>
#include <string.h>

#include "lib/base/buf.h"
#include "lib/base/strx.h"

/* Names come from a network: no escape sequences at the terminal. */
static void print_safely(struct buf *line)
{
    struct buf visible = BUF_INIT;

    strx_put_visible(&visible, line->data ? line->data : "", line->len);
    if (!buf_error(line) && !buf_error(&visible))
        printf("%s\n", visible.data ? visible.data : "");
    buf_fini(&visible);
    buf_fini(line);
}

static void print_field(const char *label, const char *text)
{
    struct buf line = BUF_INIT;

    if (!text[0])
        return;
    buf_printf(&line, "  %-12s ", label);
    strx_put_utf8(&line, text, strlen(text));
    print_safely(&line);
}

static void print_steps(const char *label, const char *steps)
{
    unsigned number = 0;

    while (*steps) {
        size_t len = strcspn(steps, "\n");
        struct buf line = BUF_INIT;
        buf_printf(&line, "  %-12s %u. ", number ? "" : label, number + 1);
        strx_put_utf8(&line, steps, len);
        print_safely(&line);
        number++;
        steps += len + (steps[len] == '\n');
    }
}

void noc_show_line(const struct noc_incident *i, enum language lang)
{
    bool is_german = lang == LANG_DE;
    struct buf line = BUF_INIT;

    buf_printf(&line, "%.19sZ  %-22s %-9s %-12s ", i->changed, i->id,
               i->is_closed ? (is_german ? "beendet" : "closed") : i->severity, i->operator_state);
    strx_put_utf8(&line, is_german ? i->text_de : i->text_en, strlen(is_german ? i->text_de : i->text_en));
    if (i->assigned[0])
        buf_printf(&line, " (%s)", i->assigned);
    print_safely(&line);
}

void noc_show_whole(const struct noc_incident *i, enum language lang)
{
    bool is_german = lang == LANG_DE;

    noc_show_line(i, lang);
    print_field(is_german ? "Ursache" : "cause", i->cause);
    print_steps(is_german ? "Zuerst" : "check first", is_german ? i->steps_de : i->steps_en);
    print_field(is_german ? "Anleitung" : "runbook", i->runbook);
    for (size_t k = 0; k < i->change_count; k++) {
        const struct noc_change *c = &i->history[k];
        struct buf text = BUF_INIT;
        buf_printf(&text, "%.19sZ %s %s%s%s%s%s", c->at, c->by, c->action, c->to[0] ? " -> " : "", c->to,
                   c->comment[0] ? ": " : "", c->comment);
        print_field(k ? "" : is_german ? "Verlauf" : "history", text.data ? text.data : "");
        buf_fini(&text);
    }
}
