/* SPDX-License-Identifier: GPL-3.0-or-later */
/* document_access_io.c - on libqpdf's C interface. */
#include "coverage/document_access_io.h"

#include <qpdf/qpdf-c.h>
#include <stdio.h>
#include <string.h>

enum { DEPTH_MAX = 16 };

struct walk {
    qpdf_data pdf;
    const struct document_access *access;
    size_t figures, headers;
};

static qpdf_oh parsed(struct walk *w, const char *text)
{
    return qpdf_oh_parse(w->pdf, text);
}

static enum err mark_figure(struct walk *w, qpdf_oh element)
{
    const struct document_figure *f = &w->access->figures[w->figures];
    char layout[160];

    if (w->figures++ >= w->access->figure_count)
        return ERR_MALFORMED;
    snprintf(layout, sizeof layout, "<< /O /Layout /Placement /Block /BBox [ %.1f %.1f %.1f %.1f ] >>",
             f->left, f->bottom, f->right, f->top);
    qpdf_oh_replace_key(w->pdf, element, "/Alt", qpdf_oh_new_unicode_string(w->pdf, f->alternative));
    qpdf_oh_replace_key(w->pdf, element, "/A", parsed(w, layout));
    return ERR_OK;
}

static enum err mark_header(struct walk *w, qpdf_oh element)
{
    char scope = w->access->scopes[w->headers];

    if (!scope)
        return ERR_MALFORMED;
    w->headers++;
    qpdf_oh_replace_key(
        w->pdf, element, "/A",
        parsed(w, scope == 'r' ? "<< /O /Table /Scope /Row >>" : "<< /O /Table /Scope /Column >>"));
    return ERR_OK;
}

static enum err mark(struct walk *w, qpdf_oh element, int depth)
{
    qpdf_oh kids;
    enum err e = ERR_OK;

    if (depth > DEPTH_MAX)
        return ERR_MALFORMED;
    if (qpdf_oh_is_array(w->pdf, element)) {
        for (int i = 0; !e && i < qpdf_oh_get_array_n_items(w->pdf, element); i++)
            e = mark(w, qpdf_oh_get_array_item(w->pdf, element, i), depth + 1);
        return e;
    }
    if (!qpdf_oh_is_dictionary(w->pdf, element))
        return ERR_OK; /* the number of marked content */
    if (qpdf_oh_has_key(w->pdf, element, "/S")) {
        const char *name = qpdf_oh_get_name(w->pdf, qpdf_oh_get_key(w->pdf, element, "/S"));
        if (strcmp(name, "/Figure") == 0)
            e = mark_figure(w, element);
        else if (strcmp(name, "/TH") == 0)
            e = mark_header(w, element);
    }
    kids = qpdf_oh_get_key(w->pdf, element, "/K");
    return e ? e : mark(w, kids, depth + 1);
}

static enum err write(qpdf_data pdf, struct buf *out)
{
    if (qpdf_init_write_memory(pdf) & QPDF_ERRORS)
        return ERR_NOMEM;
    qpdf_set_deterministic_ID(pdf, QPDF_TRUE);
    if (qpdf_write(pdf) & QPDF_ERRORS)
        return ERR_IO;
    buf_put(out, qpdf_get_buffer(pdf), qpdf_get_buffer_length(pdf));
    return buf_error(out);
}

enum err document_access_add(const struct document_access *access, const struct buf *pdf, struct buf *out)
{
    struct walk w = {.pdf = qpdf_init(), .access = access};
    qpdf_oh root;
    enum err e = w.pdf ? ERR_OK : ERR_NOMEM;

    if (e)
        return e;
    qpdf_silence_errors(w.pdf);
    if (qpdf_read_memory(w.pdf, "report", pdf->data, pdf->len, NULL) & QPDF_ERRORS)
        e = ERR_MALFORMED;
    if (!e) {
        root = qpdf_get_root(w.pdf);
        qpdf_oh_replace_key(w.pdf, root, "/Lang", qpdf_oh_new_unicode_string(w.pdf, access->language));
        qpdf_oh_replace_key(w.pdf, root, "/MarkInfo", parsed(&w, "<< /Marked true >>"));
        qpdf_oh_replace_key(w.pdf, root, "/ViewerPreferences", parsed(&w, "<< /DisplayDocTitle true >>"));
        e = mark(&w, qpdf_oh_get_key(w.pdf, qpdf_oh_get_key(w.pdf, root, "/StructTreeRoot"), "/K"), 0);
    }
    if (!e && (w.figures != access->figure_count || access->scopes[w.headers]))
        e = ERR_MALFORMED;
    if (!e)
        e = write(w.pdf, out);
    qpdf_cleanup(&w.pdf);
    return e;
}
