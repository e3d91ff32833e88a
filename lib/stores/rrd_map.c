/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rrd_map.c - reads the table. Pure apart from malloc. */
#include "lib/stores/rrd_map.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { CELLS_MAX = 32, FILE_CELL = 0, DEVICE_CELL, ENTITY_CELL, KINDS };

struct line {
    char cells[CELLS_MAX][RRD_MAP_CELL_MAX + 1];
    size_t count;
};

struct reader {
    const char *at, *end;
    char separator;
    unsigned number; /* of the line that was read last */
    const char *problem;
};

/* One cell; at stands behind it. */
static bool read_cell(struct reader *r, const char *stop, char out[RRD_MAP_CELL_MAX + 1])
{
    bool is_quoted = r->at < stop && *r->at == '"';
    size_t len = 0;

    if (is_quoted)
        r->at++;
    for (;; r->at++) {
        if (is_quoted && r->at < stop && *r->at == '"') {
            r->at++;
            if (r->at >= stop || *r->at != '"')
                break;
        } else if (r->at >= stop || (!is_quoted && *r->at == r->separator)) {
            r->problem = is_quoted ? "a quote is not closed" : NULL;
            break;
        }
        if (*r->at == '\0')
            r->problem = "it is no text";
        if (len == RRD_MAP_CELL_MAX)
            r->problem = "a cell has more than 512 characters";
        if (r->problem)
            return false;
        out[len++] = *r->at;
    }
    out[len] = '\0';
    if (!r->problem && r->at < stop && *r->at != r->separator)
        r->problem = "something follows a closing quote";
    return !r->problem;
}

/* ERR_END. Empty lines are passed over. */
static enum err read_line(struct reader *r, struct line *out)
{
    const char *stop;

    do {
        if (r->at >= r->end)
            return ERR_END;
        r->number++;
        stop = memchr(r->at, '\n', (size_t)(r->end - r->at));
        if (!stop)
            stop = r->end;
        if (stop == r->at || (stop == r->at + 1 && *r->at == '\r'))
            r->at = stop + 1;
    } while (stop + 1 == r->at);
    for (out->count = 0;; r->at++) {
        const char *cells_end = stop > r->at && stop[-1] == '\r' ? stop - 1 : stop;
        if (out->count == CELLS_MAX) {
            r->problem = "more than 32 columns";
            return ERR_MALFORMED;
        }
        if (!read_cell(r, cells_end, out->cells[out->count]))
            return ERR_MALFORMED;
        out->count++;
        if (r->at >= cells_end)
            break;
    }
    r->at = stop < r->end ? stop + 1 : r->end;
    return ERR_OK;
}

static bool find_columns(const struct line *head, size_t column[KINDS])
{
    static const char *const names[KINDS] = {"file", "device", "entity"};
    size_t found = 0;

    for (size_t k = 0; k < KINDS; k++)
        for (size_t i = 0; i < head->count; i++)
            if (strcasecmp(head->cells[i], names[k]) == 0) {
                column[k] = i;
                found++;
                break;
            }
    return found == KINDS;
}

/* Inside the tree, whatever the table says. */
static bool is_inside(const char *file)
{
    for (const char *part = file; part; part = strchr(part, '/') ? strchr(part, '/') + 1 : NULL)
        if (strncmp(part, "..", 2) == 0 && (part[2] == '/' || part[2] == '\0'))
            return false;
    return file[0] != '\0' && file[0] != '/';
}

static enum err add_row(struct rrd_map *map, const struct line *line, const size_t column[KINDS],
                        struct reader *r)
{
    struct rrd_map_row row = {.line = r->number};
    const char *cell[KINDS];

    for (size_t k = 0; k < KINDS; k++) {
        if (column[k] >= line->count || line->cells[column[k]][0] == '\0') {
            r->problem = "file, device or entity is empty";
            return ERR_MALFORMED;
        }
        cell[k] = line->cells[column[k]];
    }
    if (!is_inside(cell[FILE_CELL])) {
        r->problem = "file must be a path inside the tree";
        return ERR_MALFORMED;
    }
    if (map->count == RRD_MAP_ROWS_MAX) {
        r->problem = "more than 200000 rows";
        return ERR_LIMIT;
    }
    if (map->count % 256 == 0) {
        struct rrd_map_row *grown = realloc(map->rows, (map->count + 256) * sizeof *grown);
        if (!grown)
            return ERR_NOMEM;
        map->rows = grown;
    }
    row.file = strdup(cell[FILE_CELL]);
    row.device = strdup(cell[DEVICE_CELL]);
    row.entity = strdup(cell[ENTITY_CELL]);
    map->rows[map->count++] = row;
    return row.file && row.device && row.entity ? ERR_OK : ERR_NOMEM;
}

enum err rrd_map_parse(const char *text, size_t len, struct rrd_map *out, unsigned *line,
                       const char **problem)
{
    struct reader r = {.at = text, .end = text + len, .separator = ','};
    struct line *cells = malloc(sizeof *cells);
    struct rrd_map map = {0};
    size_t column[KINDS];
    const char *end;
    enum err e = cells ? ERR_OK : ERR_NOMEM;

    if (len >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0)
        r.at += 3;
    end = memchr(r.at, '\n', (size_t)(r.end - r.at));
    if (memchr(r.at, ';', (size_t)((end ? end : r.end) - r.at)))
        r.separator = ';';
    if (!e)
        e = read_line(&r, cells);
    if (e == ERR_END || (!e && !find_columns(cells, column))) {
        r.problem = "the first line must name the columns file, device and entity";
        e = ERR_MALFORMED;
    }
    while (!e && !(e = read_line(&r, cells)))
        e = add_row(&map, cells, column, &r);
    free(cells);
    if (e == ERR_END) {
        *out = map;
        return ERR_OK;
    }
    *line = r.number;
    *problem = r.problem ? r.problem : err_text(e);
    rrd_map_fini(&map);
    return e;
}

void rrd_map_fini(struct rrd_map *map)
{
    for (size_t i = 0; i < map->count; i++) {
        free(map->rows[i].file);
        free(map->rows[i].device);
        free(map->rows[i].entity);
    }
    free(map->rows);
    *map = (struct rrd_map){0};
}
