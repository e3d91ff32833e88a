/* SPDX-License-Identifier: GPL-3.0-or-later */
/* import_csv.c - a table as a draft. Pure. */
#include "cli/import_csv.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/buf.h"
#include "lib/base/strx.h"

/* ---- cells ---- */

struct cell {
    size_t at; /* of its text in row.text */
    unsigned line, column;
};

struct row {
    struct cell cells[CSV_COLUMNS_MAX];
    size_t count;
    struct buf text; /* the cells, each ended by NUL */
};

struct reader {
    struct draft *draft;
    const char *file, *at, *end;
    char separator;
    unsigned line, column;               /* of at */
    const char *fields[CSV_COLUMNS_MAX]; /* of each column; NULL: not known */
    size_t column_count;
    int kind; /* of rows without a type */
};

static enum err remark(struct reader *r, bool is_item, unsigned line, unsigned column, const char *text)
{
    char *where = strx_printf("%s:%u:%u", r->file, line, column);
    enum err e = where ? draft_remark(r->draft, is_item, where, "%s", text) : ERR_NOMEM;

    free(where);
    return e;
}

static char next_byte(struct reader *r)
{
    char c = *r->at++;

    if (c == '\n') {
        r->line++;
        r->column = 1;
    } else if (((unsigned char)c & 0xc0) != 0x80) { /* a column is a character, not a byte */
        r->column++;
    }
    return c;
}

static bool is_at(const struct reader *r, char c)
{
    return r->at < r->end && *r->at == c;
}

/* ERR_MALFORMED: a quote that nothing ends, or text behind one. */
static enum err read_quoted(struct reader *r, struct buf *out)
{
    next_byte(r);
    for (;;) {
        char c;
        if (r->at == r->end)
            return ERR_MALFORMED;
        c = next_byte(r);
        if (c == '"' && !is_at(r, '"'))
            break;
        if (c == '"')
            next_byte(r); /* "" stands for one */
        buf_u8(out, (uint8_t)c);
    }
    while (is_at(r, ' '))
        next_byte(r);
    return r->at == r->end || strchr("\r\n", *r->at) || *r->at == r->separator ? ERR_OK : ERR_MALFORMED;
}

static void read_bare(struct reader *r, struct buf *out)
{
    size_t begin = out->len;

    while (r->at < r->end && *r->at != r->separator && *r->at != '\n' && *r->at != '\r')
        buf_u8(out, (uint8_t)next_byte(r));
    while (out->len > begin && strchr(" \t", out->data[out->len - 1]))
        out->len--;
}

/* A spreadsheet's guard against formulas, as csv_out writes it. */
static void drop_guard(struct buf *out, size_t begin)
{
    if (out->len > begin + 1 && out->data[begin] == '\'' && strchr("=+-@", out->data[begin + 1])) {
        memmove(out->data + begin, out->data + begin + 1, out->len - begin - 1);
        out->len--;
    }
}

static enum err read_cell(struct reader *r, struct row *row)
{
    struct cell *cell = &row->cells[row->count];
    enum err e = ERR_OK;

    while (is_at(r, ' ') || is_at(r, '\t'))
        next_byte(r);
    *cell = (struct cell){row->text.len, r->line, r->column};
    if (is_at(r, '"'))
        e = read_quoted(r, &row->text);
    else
        read_bare(r, &row->text);
    if (e)
        return remark(r, true, cell->line, cell->column,
                      "expected the closing \" of this cell, and then a separator or the end of the row")
                   ? ERR_NOMEM
                   : e;
    drop_guard(&row->text, cell->at);
    buf_u8(&row->text, 0);
    row->count++;
    return buf_error(&row->text);
}

/* ERR_END: there is none. ERR_MALFORMED has been remarked; where rows end is unknown then. */
static enum err read_row(struct reader *r, struct row *row)
{
    enum err e = ERR_OK;

    row->count = 0;
    buf_clear(&row->text);
    while (is_at(r, '\n') || is_at(r, '\r'))
        next_byte(r);
    if (r->at == r->end)
        return ERR_END;
    for (;;) {
        if (row->count == CSV_COLUMNS_MAX)
            return remark(r, true, r->line, r->column, "expected at most 64 columns") ? ERR_NOMEM
                                                                                      : ERR_MALFORMED;
        e = read_cell(r, row);
        if (e || !is_at(r, r->separator))
            break;
        next_byte(r);
    }
    return e;
}

static const char *cell_text(const struct row *row, size_t i)
{
    return row->text.data + row->cells[i].at;
}

/* ---- the heading ---- */

/* What a column may be called; names as strx_make_id() makes them, with - for _. */
static const struct {
    const char *field, *names;
} columns[] = {
    {"type", " type typ objekt "},
    {"id", " id kennung "},
    {"name", " name bezeichnung "},
    {"district", " district stadtteil ortsteil bezirk "},
    {"kind", " kind art "},
    {"lat", " lat latitude breite breitengrad "},
    {"lon", " lon lng longitude laenge laengengrad "},
    {"address", " address ip ip-address adresse ip-adresse "},
    {"port", " port snmp-port "},
    {"site", " site standort ort "},
    {"credentials", " credentials zugang "},
    {"profile", " profile profil "},
    {"model", " model modell "},
    {"serial", " serial serial-number seriennummer "},
    {"uplink", " uplink "},
    {"uplink_port", " uplink-port "},
    {"power", " power strom stromversorgung "},
    {"interval", " interval intervall "},
    {"core", " core kern "},
    {"device", " device geraet "},
    {"entity", " entity entitaet "},
    {"height", " height hoehe "},
    {"environment", " environment umgebung "},
    {"published", " published oeffentlich "},
    {"probed", " probed geprueft "},
    {"from", " from von "},
    {"to", " to nach "},
};

static const char *column_field(const char *heading)
{
    char id[STRX_ID_SIZE], word[STRX_ID_SIZE + 2];

    strx_make_id(heading, id);
    for (char *p = id; *p; p++)
        *p = *p == '_' || *p == '.' ? '-' : *p;
    snprintf(word, sizeof word, " %s ", id);
    for (size_t i = 0; *id && i < ARRAY_LEN(columns); i++)
        if (strstr(columns[i].names, word))
            return columns[i].field;
    return NULL;
}

static bool has_column(const struct reader *r, const char *field)
{
    for (size_t i = 0; i < r->column_count; i++)
        if (r->fields[i] && strcmp(r->fields[i], field) == 0)
            return true;
    return false;
}

static int guess_kind(const struct reader *r)
{
    if (has_column(r, "address"))
        return INVENTORY_DEVICE;
    if (has_column(r, "device") || has_column(r, "entity"))
        return INVENTORY_HOTSPOT;
    return has_column(r, "from") && has_column(r, "to") ? INVENTORY_LINK : INVENTORY_SITE;
}

/* Whichever separator stands more often in the first line, outside quotes. */
static char guess_separator(const char *at, const char *end)
{
    size_t commas = 0, semicolons = 0;
    bool is_quoted = false;

    for (; at < end && (is_quoted || *at != '\n'); at++) {
        is_quoted ^= *at == '"';
        commas += !is_quoted && *at == ',';
        semicolons += !is_quoted && *at == ';';
    }
    return semicolons > commas ? ';' : ',';
}

static enum err read_heading(struct reader *r, struct row *row)
{
    enum err e = read_row(r, row);

    if (e == ERR_END)
        e = remark(r, true, 1, 1, "expected a first row with the names of the columns") ? ERR_NOMEM
                                                                                        : ERR_MALFORMED;
    for (size_t i = 0; !e && i < row->count; i++) {
        const char *field = column_field(cell_text(row, i));
        char text[256];

        if (field && has_column(r, field)) {
            snprintf(text, sizeof text, "the column \"%.60s\" means %s, which stands here already; left out",
                     cell_text(row, i), field);
            e = remark(r, false, row->cells[i].line, row->cells[i].column, text);
            field = NULL;
        } else if (!field && *cell_text(row, i)) {
            snprintf(text, sizeof text,
                     "there is no column \"%.60s\"; left out (netzwacht(1) lists the columns)",
                     cell_text(row, i));
            e = remark(r, false, row->cells[i].line, row->cells[i].column, text);
        }
        r->fields[i] = field;
        r->column_count = i + 1;
    }
    if (!e && !has_column(r, "id") && !has_column(r, "name"))
        e = remark(r, true, 1, 1, "expected a column id or name (kennung, name) in the first row")
                ? ERR_NOMEM
                : ERR_MALFORMED;
    r->kind = guess_kind(r);
    return e;
}

/* ---- rows ---- */

/* German words for what the inventory calls otherwise, as strx_make_id() makes them. */
static const struct {
    const char *field, *german, *word;
} words[] = {
    {"type", "standort", "site"},
    {"type", "ort", "site"},
    {"type", "geraet", "device"},
    {"type", "verbindung", "link"},
    {"kind", "strasse", "street"},
    {"kind", "oeffentlich", "public"},
    {"kind", "schule", "school"},
    {"kind", "geschaeft", "shop"},
    {"kind", "schrank", "cabinet"},
    {"kind", "sonstiges", "other"},
    {"kind", "usv", "ups"},
    {"kind", "access-point", "ap"},
    {"environment", "aussen", "outdoor"},
    {"environment", "innen", "indoor"},
    {"core", "ja", "true"},
    {"core", "nein", "false"},
    {"published", "ja", "true"},
    {"published", "nein", "false"},
    {"probed", "ja", "true"},
    {"probed", "nein", "false"},
};

/* The cell as the inventory writes it: German words, a comma in a number, a district's name. */
static void translate(const char *field, int type, const char *text, char *out, size_t size)
{
    char id[STRX_ID_SIZE];

    strx_make_id(text, id);
    strx_copy(out, size, text);
    if (type == CONF_DOUBLE && strchr(out, ',') == strrchr(out, ',') && strchr(out, ','))
        *strchr(out, ',') = '.';
    if (type == CONF_ENUM || type == CONF_BOOL || strcmp(field, "type") == 0 ||
        (type == CONF_ID && !strx_is_id(text)))
        strx_copy(out, size, id);
    for (size_t i = 0; i < ARRAY_LEN(words); i++)
        if (strcmp(words[i].field, field) == 0 && strcmp(words[i].german, id) == 0)
            strx_copy(out, size, words[i].word);
}

static const char *cell_of(const struct reader *r, const struct row *row, const char *field, size_t *at)
{
    for (size_t i = 0; i < row->count && i < r->column_count; i++)
        if (r->fields[i] && strcmp(r->fields[i], field) == 0) {
            *at = i;
            return cell_text(row, i);
        }
    return NULL;
}

static bool is_reference(const char *field)
{
    static const char *const all[] = {"site", "uplink", "power", "device", "from", "to"};

    for (size_t i = 0; i < ARRAY_LEN(all); i++)
        if (strcmp(all[i], field) == 0)
            return true;
    return false;
}

/* -1: the type is none, which has been remarked. */
static enum err row_kind(struct reader *r, const struct row *row, int *kind)
{
    size_t at = 0;
    const char *type = cell_of(r, row, "type", &at);
    char word[CSV_CELL_MAX];

    *kind = r->kind;
    if (!type || !*type)
        return ERR_OK;
    translate("type", CONF_STRING, type, word, sizeof word);
    for (*kind = 0; *kind < INVENTORY_KINDS; ++*kind)
        if (*kind != INVENTORY_SERVICE && strcmp(inventory_kinds[*kind].word, word) == 0)
            return ERR_OK;
    *kind = -1;
    return remark(r, true, row->cells[at].line, row->cells[at].column,
                  "type: expected site, device, hotspot or link (standort, gerät, hotspot, verbindung)");
}

/* A wrong cell refuses its row; only the first of a row counts as a refused item. */
static enum err refuse_cell(struct reader *r, struct draft_item *item, const struct cell *cell,
                            const char *text)
{
    bool is_first = !item->is_refused;

    item->is_refused = true;
    return remark(r, is_first, cell->line, cell->column, text);
}

static enum err take_cell(struct reader *r, struct draft_item *item, const struct row *row, size_t i)
{
    const char *field = r->fields[i], *text = cell_text(row, i);
    int at = field ? draft_field(item->kind, field) : -1;
    char value[CSV_CELL_MAX], expected[DRAFT_EXPECTED_SIZE] = "", message[DRAFT_EXPECTED_SIZE + 160];
    enum err e;

    if (!field || !*text || strcmp(field, "type") == 0)
        return ERR_OK;
    if (strlen(text) >= CSV_CELL_MAX)
        return refuse_cell(r, item, &row->cells[i], "expected at most 4095 bytes in a cell");
    if (at < 0) {
        snprintf(message, sizeof message, "%s: a %s has none; left out", field,
                 inventory_kinds[item->kind].word);
        return remark(r, false, row->cells[i].line, row->cells[i].column, message);
    }
    translate(field, inventory_kinds[item->kind].schema->fields[at].type, text, value, sizeof value);
    if (is_reference(field))
        return draft_refer(item, field, value);
    e = draft_set(item, field, value, expected);
    if (!e || e == ERR_NOMEM)
        return e;
    snprintf(message, sizeof message, "%s: expected %s, not \"%.60s\"", field, expected, text);
    return refuse_cell(r, item, &row->cells[i], message);
}

/* The id, else the name as an id. */
static void row_key(const struct reader *r, const struct row *row, char *out, size_t size)
{
    size_t at;
    const char *id = cell_of(r, row, "id", &at), *name = cell_of(r, row, "name", &at);
    char made[STRX_ID_SIZE];

    strx_copy(out, size, id ? id : "");
    if (*out || !name)
        return;
    strx_make_id(name, made);
    strx_copy(out, size, made);
}

static enum err take_row(struct reader *r, const struct row *row)
{
    const struct cell *first = &row->cells[0];
    char key[CSV_CELL_MAX], message[128];
    struct draft_item *item;
    char *where;
    int kind;
    enum err e;

    if (row->count != r->column_count) {
        snprintf(message, sizeof message, "expected %zu cells as in the first row, found %zu",
                 r->column_count, row->count);
        return remark(r, true, first->line, first->column, message);
    }
    e = row_kind(r, row, &kind);
    if (e || kind < 0)
        return e;
    row_key(r, row, key, sizeof key);
    if (!*key)
        return remark(r, true, first->line, first->column, "expected an id or a name");
    where = strx_printf("%s:%u:%u", r->file, first->line, first->column);
    e = where ? draft_add(r->draft, kind, key, where, &item) : ERR_NOMEM;
    free(where);
    if (e == ERR_EXISTS) {
        snprintf(message, sizeof message, "the %s \"%.60s\" stands further up already",
                 inventory_kinds[kind].word, key);
        return remark(r, true, first->line, first->column, message);
    }
    for (size_t i = 0; !e && i < row->count; i++)
        e = take_cell(r, item, row, i);
    return e;
}

static bool is_blank(const struct row *row)
{
    for (size_t i = 0; i < row->count; i++)
        if (*cell_text(row, i))
            return false;
    return true;
}

/* Goes to where the bytes stop being UTF-8; false: nowhere, and r is as before. */
static bool find_foreign_byte(struct reader *r)
{
    if (strx_is_utf8(r->at, (size_t)(r->end - r->at)))
        return false;
    while (r->at < r->end) {
        size_t n = 1, left = (size_t)(r->end - r->at);

        while (n <= 4 && n <= left && !strx_is_utf8(r->at, n))
            n++;
        if (n > 4 || n > left)
            break;
        for (; n; n--)
            next_byte(r);
    }
    return true;
}

static enum err refuse_file(struct reader *r, const char *text)
{
    return remark(r, true, r->line, r->column, text) ? ERR_NOMEM : ERR_MALFORMED;
}

enum err import_csv(struct draft *draft, const char *file, const char *text, size_t len)
{
    struct reader r = {.draft = draft, .file = file, .at = text, .end = text + len, .line = 1, .column = 1};
    struct row *row;
    enum err e;

    if (len >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0)
        r.at += 3;
    if (find_foreign_byte(&r))
        return refuse_file(&r,
                           "expected UTF-8; save the table as \"CSV UTF-8\", or convert it: iconv -f latin1 "
                           "-t utf-8");
    if (memchr(text, 0, len))
        return refuse_file(&r, "expected text without NUL bytes");
    row = calloc(1, sizeof *row);
    if (!row)
        return ERR_NOMEM;
    r.separator = guess_separator(r.at, r.end);
    e = read_heading(&r, row);
    while (!e) {
        e = read_row(&r, row);
        if (!e && !is_blank(row))
            e = take_row(&r, row);
    }
    buf_fini(&row->text);
    free(row);
    return e == ERR_END ? ERR_OK : e;
}
