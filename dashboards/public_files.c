/* SPDX-License-Identifier: GPL-3.0-or-later */
/* public_files.c - which files the public page is, and their order. */
#include "dashboards/public_files.h"

#include "dashboards/public_io.h"

enum err public_files_put(struct public_files *f, const char *name)
{
    enum err e = buf_error(&f->page);

    if (e == ERR_OK)
        e = public_io_write(f->folder, name, f->page.data, f->page.len);
    buf_clear(&f->page);
    f->written += e == ERR_OK;
    f->failed += e != ERR_OK;
    return e;
}

static enum err put_district_pages(struct public_files *f, const struct public_model *m)
{
    struct buf name = BUF_INIT;
    enum err e = ERR_OK;

    for (size_t d = 0; d < m->district_count && e == ERR_OK; d++) {
        for (int lang = LANG_DE; lang <= LANG_EN && e == ERR_OK; lang++) {
            buf_clear(&name);
            public_page_name(&name, &m->districts[d], (enum language)lang);
            public_page_district(&f->page, m, d, (enum language)lang);
            e = buf_error(&name) ? buf_error(&name) : public_files_put(f, name.data);
        }
    }
    for (size_t d = 0; d < m->district_count && e == ERR_OK; d++) {
        buf_clear(&name);
        public_map_name(&name, &m->districts[d]);
        public_page_district_map(&f->page, m, d);
        e = buf_error(&name) ? buf_error(&name) : public_files_put(f, name.data);
    }
    buf_fini(&name);
    return e;
}

static enum err put_letter_pages(struct public_files *f, const struct public_model *m)
{
    struct buf name = BUF_INIT;
    enum err e = ERR_OK;

    for (size_t letter = 0; letter < PUBLIC_LETTERS && e == ERR_OK; letter++) {
        for (int lang = LANG_DE; lang <= LANG_EN && e == ERR_OK; lang++) {
            buf_clear(&name);
            public_page_letter_name(&name, letter, (enum language)lang);
            public_page_letter(&f->page, m, letter, (enum language)lang);
            e = buf_error(&name) ? buf_error(&name) : public_files_put(f, name.data);
        }
    }
    buf_fini(&name);
    return e;
}

static enum err put_data(struct public_files *f, const struct public_model *m)
{
    static const struct {
        const char *name;
        void (*render)(struct buf *out, const struct public_model *m);
    } data[] = {{"hotspots.json", public_page_hotspots_json},
                {"hotspots.csv", public_page_hotspots_csv},
                {"hotspots.geojson", public_page_hotspots_geojson},
                {"availability.json", public_page_availability_json},
                {"availability.csv", public_page_availability_csv},
                {"incidents.json", public_page_incidents_json},
                {"maintenance.json", public_page_maintenance_json},
                {"feed.atom", public_page_feed},
                {"map.svg", public_page_map}};
    enum err e = ERR_OK;

    for (size_t i = 0; i < ARRAY_LEN(data) && e == ERR_OK; i++) {
        data[i].render(&f->page, m);
        e = public_files_put(f, data[i].name);
    }
    return e;
}

/* The overview last: what it leads to is there. */
static enum err put_pages(struct public_files *f, const struct public_model *m)
{
    static const struct {
        const char *names[2];
        void (*render)(struct buf *out, const struct public_model *m, enum language lang);
    } pages[] = {{{"daten.html", "data.html"}, public_page_data},
                 {{"embed.html", "embed-en.html"}, public_page_embed},
                 {{"index.html", "en.html"}, public_page_index}};
    enum err e = ERR_OK;

    for (size_t i = 0; i < 2 * ARRAY_LEN(pages) && e == ERR_OK; i++) {
        enum language lang = i % 2 ? LANG_EN : LANG_DE;
        pages[i / 2].render(&f->page, m, lang);
        e = public_files_put(f, pages[i / 2].names[lang == LANG_EN]);
    }
    return e;
}

static enum err put_statements(struct public_files *f, const struct public_model *m)
{
    enum err e = ERR_OK;

    for (int i = 0; i < PUBLIC_STATEMENTS && e == ERR_OK; i++) {
        if (!m->statements[i].text)
            continue;
        public_page_statement(&f->page, m, (enum public_statement)i);
        e = public_files_put(f, public_statement_file((enum public_statement)i));
    }
    return e;
}

enum err public_files_put_all(struct public_files *f, const struct public_model *m)
{
    enum err e = put_data(f, m);

    if (e == ERR_OK)
        e = put_district_pages(f, m);
    if (e == ERR_OK)
        e = put_letter_pages(f, m);
    if (e == ERR_OK)
        e = put_statements(f, m);
    return e ? e : put_pages(f, m);
}
