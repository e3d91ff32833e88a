/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz_stores.c - lines of the index of RRD files, both files of months, the table of an import, both
 * directions of the series worker's socket. First byte of the input: which. What is accepted, packs and
 * parses to the same again. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/stores/month.h"
#include "lib/stores/rrd_index.h"
#include "lib/stores/rrd_map.h"
#include "lib/stores/series_message.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void fuzz_line(const char *line, size_t len)
{
    struct rrd_file f, again;
    struct buf out = BUF_INIT;

    if (rrd_index_parse_line(line, len, &f))
        return;
    rrd_index_put_line(&f, &out);
    if (buf_error(&out) || rrd_index_parse_line(out.data, out.len - 1, &again) || again.number != f.number ||
        strcmp(again.entity, f.entity) != 0 || again.count != f.count)
        abort();
    rrd_file_fini(&f);
    rrd_file_fini(&again);
    buf_fini(&out);
}

static void fuzz_request(const uint8_t *data, size_t size)
{
    struct series_request_parsed r;
    size_t used;

    if (series_request_parse(data, size, &used, &r))
        return;
    if (used > size || r.query.column_count > SERIES_COLUMNS_MAX)
        abort();
    for (size_t i = 0; i < r.query.column_count; i++)
        if (strlen(r.query.columns[i].source) > SERIES_NAME_MAX)
            abort();
    series_request_fini(&r);
}

static void fuzz_answer(const uint8_t *data, size_t size)
{
    struct series_result r = {0};
    enum err verdict;
    uint64_t id;
    size_t used;

    if (series_answer_parse(data, size, &used, &id, &verdict, &r))
        return;
    if (used > size || r.rows > SERIES_ROWS_MAX || r.columns > SERIES_COLUMNS_MAX)
        abort();
    series_result_fini(&r);
}

static void fuzz_month_line(const char *line, size_t len)
{
    struct month_line m, again;
    struct buf out = BUF_INIT;

    if (month_parse_line(line, len, &m))
        return;
    month_put_line(&m, &out);
    if (buf_error(&out) || month_parse_line(out.data, out.len - 1, &again) || again.p95 != m.p95 ||
        again.known != m.known)
        abort();
    buf_fini(&out);
}

static void fuzz_month(const uint8_t *data, size_t size)
{
    static struct month m;
    struct month_line line;

    if (month_unpack(data, size, &m))
        return;
    if (m.count > RRD_DS_MAX || m.until > m.end)
        abort();
    for (unsigned i = 0; i < m.count; i++) {
        month_add(&m.sums[i], m.begin, 1);
        (void)month_line_of(&m, &m.sums[i], &line);
    }
}

static void fuzz_map(const char *text, size_t len)
{
    struct rrd_map map;
    unsigned line = 0;
    const char *problem = NULL;

    if (rrd_map_parse(text, len, &map, &line, &problem)) {
        if (!problem)
            abort();
        return;
    }
    for (size_t i = 0; i < map.count; i++)
        if (map.rows[i].file[0] == '/' || strncmp(map.rows[i].file, "../", 3) == 0 || !map.rows[i].entity[0])
            abort();
    rrd_map_fini(&map);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    switch (data[0] % 6) {
    case 0: fuzz_line((const char *)data + 1, size - 1); break;
    case 1: fuzz_request(data + 1, size - 1); break;
    case 2: fuzz_answer(data + 1, size - 1); break;
    case 3: fuzz_month_line((const char *)data + 1, size - 1); break;
    case 4: fuzz_month(data + 1, size - 1); break;
    default: fuzz_map((const char *)data + 1, size - 1); break;
    }
    return 0;
}
