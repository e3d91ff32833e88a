/* SPDX-License-Identifier: GPL-3.0-or-later */
/* document_io.c - on cairo and pango. */
#include <pango/pangocairo.h>

#include <cairo-pdf.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "coverage/document.h"
#include "coverage/document_access_io.h"
#include "lib/base/strx.h"

#define PAGE_WIDTH  595.28 /* A4 */
#define PAGE_HEIGHT 841.89
#define MARGIN      56.7 /* 20 mm */
#define WIDTH       (PAGE_WIDTH - 2 * MARGIN)
#define BOTTOM      (PAGE_HEIGHT - 68)
#define CELL_GAP    4.0
#define FONT        "Lato, DejaVu Sans, Sans"

#define INK    0x1b2733u
#define SOFT   0x51606fu
#define ACCENT 0x0b4f6cu
#define RULE   0xc9d3dbu
#define TINT   0xeef3f6u

struct document {
    struct document_about about;
    cairo_surface_t *surface;
    cairo_t *cr;
    struct buf pdf;
    double y;
    int page;
    int pending_level; /* of a heading that waits for what follows; 0: none */
    const char *pending;
    struct document_figure *figures;
    size_t figure_count;
    struct buf scopes;
    enum err error;
};

struct canvas {
    cairo_t *cr;
};

static void set_colour(cairo_t *cr, unsigned rgb)
{
    cairo_set_source_rgb(cr, (rgb >> 16 & 255) / 255.0, (rgb >> 8 & 255) / 255.0, (rgb & 255) / 255.0);
}

/* ---- text ---- */

struct text {
    double size, width; /* width 0: one line */
    unsigned rgb;
    PangoWeight weight;
    PangoAlignment align;
};

static PangoLayout *layout_new(cairo_t *cr, const struct text *t, const char *words)
{
    PangoLayout *layout = pango_cairo_create_layout(cr);
    PangoFontDescription *font = pango_font_description_from_string(FONT);
    cairo_font_options_t *options = cairo_font_options_create();

    cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
    cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
    pango_cairo_context_set_font_options(pango_layout_get_context(layout), options);
    pango_font_description_set_absolute_size(font, t->size * PANGO_SCALE);
    pango_font_description_set_weight(font, t->weight ? t->weight : PANGO_WEIGHT_NORMAL);
    pango_layout_set_font_description(layout, font);
    pango_layout_set_text(layout, words, -1);
    pango_layout_set_alignment(layout, t->align);
    pango_layout_set_line_spacing(layout, 1.25f);
    if (t->width > 0) {
        pango_layout_set_width(layout, (int)(t->width * PANGO_SCALE));
        pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR);
    }
    pango_font_description_free(font);
    cairo_font_options_destroy(options);
    return layout;
}

static double layout_height(PangoLayout *layout)
{
    int height;

    pango_layout_get_size(layout, NULL, &height);
    return (double)height / PANGO_SCALE;
}

static double text_height(struct document *d, const struct text *t, const char *words)
{
    PangoLayout *layout = layout_new(d->cr, t, words);
    double height = layout_height(layout);

    g_object_unref(layout);
    return height;
}

/* Returns its height. tag: NULL for what no screen reader needs. */
static double draw_text(struct document *d, double x, double y, const struct text *t, const char *tag,
                        const char *words)
{
    PangoLayout *layout = layout_new(d->cr, t, words);
    double height = layout_height(layout);

    if (tag)
        cairo_tag_begin(d->cr, tag, NULL);
    set_colour(d->cr, t->rgb);
    cairo_move_to(d->cr, x, y);
    pango_cairo_show_layout(d->cr, layout);
    if (tag)
        cairo_tag_end(d->cr, tag);
    g_object_unref(layout);
    return height;
}

static void fill_rectangle(struct document *d, double x, double y, double width, double height, unsigned rgb)
{
    set_colour(d->cr, rgb);
    cairo_rectangle(d->cr, x, y, width, height);
    cairo_fill(d->cr);
}

/* ---- pages ---- */

static void put_footer(struct document *d)
{
    const struct text left = {.size = 8, .rgb = SOFT, .width = WIDTH - 80};
    const struct text right = {.size = 8, .rgb = SOFT, .width = 80, .align = PANGO_ALIGN_RIGHT};
    char number[64];

    snprintf(number, sizeof number, "%s %d", d->about.page, d->page);
    fill_rectangle(d, MARGIN, PAGE_HEIGHT - 50, WIDTH, 0.5, RULE);
    draw_text(d, MARGIN, PAGE_HEIGHT - 44, &left, NULL, d->about.footer);
    draw_text(d, MARGIN + WIDTH - 80, PAGE_HEIGHT - 44, &right, NULL, number);
}

static void turn_page(struct document *d)
{
    put_footer(d);
    cairo_show_page(d->cr);
    d->page++;
    d->y = MARGIN;
}

static const struct {
    const char *tag;
    double size, above, below;
    unsigned rgb;
} headings[] = {{"H1", 24, 0, 6, ACCENT}, {"H2", 15, 18, 5, ACCENT}, {"H3", 11.5, 10, 3, INK}};

static struct text heading_look(int level)
{
    return (struct text){.size = headings[level - 1].size,
                         .width = WIDTH,
                         .rgb = headings[level - 1].rgb,
                         .weight = PANGO_WEIGHT_BOLD};
}

/* Room for a block of this height, and before it the heading that waits for it. */
static void begin_block(struct document *d, double height)
{
    const int level = d->pending_level;
    const struct text look = heading_look(level ? level : 1);

    if (level)
        height += headings[level - 1].above + text_height(d, &look, d->pending) + headings[level - 1].below;
    if (d->y + height > BOTTOM && d->y > MARGIN)
        turn_page(d);
    if (!level)
        return;
    if (d->y > MARGIN)
        d->y += headings[level - 1].above;
    d->y +=
        draw_text(d, MARGIN, d->y, &look, headings[level - 1].tag, d->pending) + headings[level - 1].below;
    d->pending_level = 0;
}

void document_heading(struct document *d, int level, const char *text)
{
    if (d->pending_level)
        begin_block(d, 0);
    d->pending_level = level < 1 ? 1 : level > 3 ? 3 : level;
    d->pending = text;
}

static cairo_status_t on_bytes(void *ctx, const unsigned char *bytes, unsigned len)
{
    struct document *d = ctx;

    buf_put(&d->pdf, bytes, len);
    return buf_error(&d->pdf) ? CAIRO_STATUS_WRITE_ERROR : CAIRO_STATUS_SUCCESS;
}

enum err document_new(const struct document_about *about, struct document **out)
{
    struct document *d = calloc(1, sizeof *d);

    if (!d)
        return ERR_NOMEM;
    d->about = *about;
    d->page = 1;
    d->y = MARGIN;
    d->surface = cairo_pdf_surface_create_for_stream(on_bytes, d, PAGE_WIDTH, PAGE_HEIGHT);
    cairo_pdf_surface_set_metadata(d->surface, CAIRO_PDF_METADATA_TITLE, about->title);
    cairo_pdf_surface_set_metadata(d->surface, CAIRO_PDF_METADATA_AUTHOR, about->author);
    cairo_pdf_surface_set_metadata(d->surface, CAIRO_PDF_METADATA_SUBJECT, about->subject);
    cairo_pdf_surface_set_metadata(d->surface, CAIRO_PDF_METADATA_CREATE_DATE, about->created);
    d->cr = cairo_create(d->surface);
    cairo_tag_begin(d->cr, "Document", NULL);
    *out = d;
    return ERR_OK;
}

static enum err finish(struct document *d, struct buf *pdf)
{
    struct document_access access = {d->about.language, d->figures, d->figure_count, NULL};
    cairo_status_t status;

    if (d->pending_level)
        begin_block(d, 0);
    buf_u8(&d->scopes, '\0');
    cairo_tag_end(d->cr, "Document");
    put_footer(d);
    cairo_show_page(d->cr);
    status = cairo_status(d->cr);
    cairo_surface_finish(d->surface);
    if (status == CAIRO_STATUS_SUCCESS)
        status = cairo_surface_status(d->surface);
    if (d->error)
        return d->error;
    if (buf_error(&d->scopes) || status == CAIRO_STATUS_NO_MEMORY)
        return ERR_NOMEM;
    if (status != CAIRO_STATUS_SUCCESS)
        return buf_error(&d->pdf) ? buf_error(&d->pdf) : ERR_IO;
    access.scopes = d->scopes.data;
    return document_access_add(&access, &d->pdf, pdf);
}

enum err document_finish(struct document *d, struct buf *pdf)
{
    enum err e = finish(d, pdf);

    cairo_destroy(d->cr);
    cairo_surface_destroy(d->surface);
    for (size_t i = 0; i < d->figure_count; i++)
        free(d->figures[i].alternative);
    free(d->figures);
    buf_fini(&d->scopes);
    buf_fini(&d->pdf);
    free(d);
    return e;
}

/* ---- paragraphs, key figures ---- */

void document_paragraph(struct document *d, enum document_style style, const char *text)
{
    static const struct text looks[] = {[DOCUMENT_BODY] = {.size = 10, .width = WIDTH, .rgb = INK},
                                        [DOCUMENT_LEAD] = {.size = 12, .width = WIDTH, .rgb = SOFT},
                                        [DOCUMENT_NOTE] = {.size = 8.5, .width = WIDTH, .rgb = SOFT}};

    begin_block(d, text_height(d, &looks[style], text));
    d->y += draw_text(d, MARGIN, d->y, &looks[style], "P", text) + 7;
}

void document_keys(struct document *d, const struct document_key *keys, size_t count)
{
    const double gap = 10, width = (WIDTH - gap * (double)(count - 1)) / (double)count, height = 74;
    const struct text label = {.size = 9, .width = width - 20, .rgb = SOFT};
    const struct text value = {.size = 20, .width = width - 20, .rgb = ACCENT, .weight = PANGO_WEIGHT_BOLD};
    const struct text beside = {.size = 8.5, .width = width - 20, .rgb = SOFT};

    begin_block(d, height + 12);
    for (size_t i = 0; i < count; i++) {
        double x = MARGIN + (width + gap) * (double)i;
        fill_rectangle(d, x, d->y, width, height, TINT);
        fill_rectangle(d, x, d->y, 3, height, ACCENT);
        draw_text(d, x + 12, d->y + 8, &label, "P", keys[i].label);
        draw_text(d, x + 12, d->y + 22, &value, "P", keys[i].value);
        draw_text(d, x + 12, d->y + 50, &beside, "P", keys[i].beside);
    }
    d->y += height + 12;
}

/* ---- tables ---- */

static struct text cell_look(const struct document_table *t, size_t column, bool is_head)
{
    return (struct text){.size = is_head ? 8.5 : 9,
                         .width = WIDTH * t->columns[column].share - 2 * CELL_GAP,
                         .rgb = is_head ? SOFT : INK,
                         .weight = is_head ? PANGO_WEIGHT_SEMIBOLD : PANGO_WEIGHT_NORMAL,
                         .align = t->columns[column].is_number ? PANGO_ALIGN_RIGHT : PANGO_ALIGN_LEFT};
}

static const char *cell_text(const struct document_table *t, size_t row, size_t column, bool is_head)
{
    const char *text = is_head ? t->columns[column].head : t->cells[row * t->column_count + column];

    return text ? text : "";
}

static double row_height(struct document *d, const struct document_table *t, size_t row, bool is_head)
{
    double height = 0;

    for (size_t i = 0; i < t->column_count; i++) {
        const struct text look = cell_look(t, i, is_head);
        height = fmax(height, text_height(d, &look, cell_text(t, row, i, is_head)));
    }
    return height + 2 * CELL_GAP;
}

static void put_row(struct document *d, const struct document_table *t, size_t row, bool is_head)
{
    const double height = row_height(d, t, row, is_head);
    double x = MARGIN;

    cairo_tag_begin(d->cr, "TR", NULL);
    for (size_t i = 0; i < t->column_count; i++) {
        const struct text look = cell_look(t, i, is_head);
        const bool is_header = is_head || i == 0;
        draw_text(d, x + CELL_GAP, d->y + CELL_GAP, &look, is_header ? "TH" : "TD",
                  cell_text(t, row, i, is_head));
        if (is_header)
            buf_u8(&d->scopes, is_head ? 'c' : 'r');
        x += WIDTH * t->columns[i].share;
    }
    cairo_tag_end(d->cr, "TR");
    d->y += height;
    fill_rectangle(d, MARGIN, d->y - 0.5, WIDTH, is_head ? 1 : 0.5, is_head ? SOFT : RULE);
}

void document_table(struct document *d, const struct document_table *t)
{
    static const struct text caption = {
        .size = 9, .width = WIDTH, .rgb = SOFT, .weight = PANGO_WEIGHT_SEMIBOLD};
    double whole = text_height(d, &caption, t->caption) + row_height(d, t, 0, true);
    const double least = whole + 60;
    size_t row = 0;

    for (size_t i = 0; i < t->row_count; i++)
        whole += row_height(d, t, i, false);
    begin_block(d, whole < (BOTTOM - MARGIN) / 2 ? whole : least);
    d->y += draw_text(d, MARGIN, d->y, &caption, "P", t->caption) + 3;
    do {
        cairo_tag_begin(d->cr, "Table", NULL);
        put_row(d, t, 0, true);
        while (row < t->row_count && d->y + row_height(d, t, row, false) <= BOTTOM)
            put_row(d, t, row++, false);
        cairo_tag_end(d->cr, "Table");
        if (row < t->row_count)
            turn_page(d);
    } while (row < t->row_count);
    d->y += 10;
}

/* ---- pictures ---- */

static void path(cairo_t *cr, const struct canvas_point *points, size_t count)
{
    cairo_new_path(cr);
    for (size_t i = 0; i < count; i++)
        cairo_line_to(cr, points[i].x, points[i].y);
}

void canvas_polygon(struct canvas *c, const struct canvas_point *points, size_t count, unsigned rgb)
{
    path(c->cr, points, count);
    cairo_close_path(c->cr);
    set_colour(c->cr, rgb);
    cairo_fill(c->cr);
}

void canvas_line(struct canvas *c, const struct canvas_point *points, size_t count, double width,
                 unsigned rgb)
{
    path(c->cr, points, count);
    set_colour(c->cr, rgb);
    cairo_set_line_width(c->cr, width);
    cairo_stroke(c->cr);
}

void canvas_dot(struct canvas *c, struct canvas_point at, double radius, unsigned rgb)
{
    cairo_new_path(c->cr);
    cairo_arc(c->cr, at.x, at.y, radius, 0, 2 * G_PI);
    set_colour(c->cr, rgb);
    cairo_fill(c->cr);
}

void canvas_text(struct canvas *c, struct canvas_point at, enum canvas_align align, double size, unsigned rgb,
                 const char *words)
{
    const struct text t = {.size = size, .rgb = rgb};
    PangoLayout *layout = layout_new(c->cr, &t, words);
    int width;

    pango_layout_get_size(layout, &width, NULL);
    set_colour(c->cr, rgb);
    cairo_move_to(c->cr, at.x - (double)align / 2 * width / PANGO_SCALE,
                  at.y - (double)pango_layout_get_baseline(layout) / PANGO_SCALE);
    pango_cairo_show_layout(c->cr, layout);
    g_object_unref(layout);
}

void canvas_label(struct canvas *c, struct canvas_point at, double size, unsigned rgb, const char *words)
{
    const struct text t = {.size = size, .weight = PANGO_WEIGHT_SEMIBOLD};
    PangoLayout *layout = layout_new(c->cr, &t, words);
    int width;

    pango_layout_get_size(layout, &width, NULL);
    cairo_new_path(c->cr);
    cairo_move_to(c->cr, at.x - (double)width / PANGO_SCALE / 2,
                  at.y - (double)pango_layout_get_baseline(layout) / PANGO_SCALE);
    pango_cairo_layout_path(c->cr, layout);
    set_colour(c->cr, 0xffffff);
    cairo_set_line_width(c->cr, 2.5);
    cairo_set_line_join(c->cr, CAIRO_LINE_JOIN_ROUND);
    cairo_stroke_preserve(c->cr);
    set_colour(c->cr, rgb);
    cairo_fill(c->cr);
    g_object_unref(layout);
}

static void note_figure(struct document *d, const struct document_picture *p)
{
    struct document_figure *grown = realloc(d->figures, (d->figure_count + 1) * sizeof *grown), *f;

    if (grown)
        d->figures = grown;
    f = grown ? &grown[d->figure_count] : NULL;
    if (!f || !(f->alternative = strdup(p->alternative))) {
        d->error = ERR_NOMEM;
        return;
    }
    f->left = MARGIN;
    f->right = MARGIN + WIDTH;
    f->bottom = PAGE_HEIGHT - d->y - p->height;
    f->top = PAGE_HEIGHT - d->y;
    d->figure_count++;
}

void document_picture(struct document *d, const struct document_picture *p)
{
    struct canvas c = {d->cr};

    begin_block(d, p->height);
    note_figure(d, p);
    cairo_tag_begin(d->cr, "Figure", NULL);
    cairo_save(d->cr);
    cairo_translate(d->cr, MARGIN, d->y);
    cairo_rectangle(d->cr, 0, 0, WIDTH, p->height);
    cairo_clip(d->cr);
    p->draw(p->ctx, &c, WIDTH, p->height);
    cairo_restore(d->cr);
    cairo_tag_end(d->cr, "Figure");
    d->y += p->height + 8;
}
