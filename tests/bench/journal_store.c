/* SPDX-License-Identifier: GPL-3.0-or-later */
/* journal_store.c - what a value costs: packed and appended, read and unpacked, written as RRD rows. Prints
 * CPU microseconds per value; asserts nothing. See tests/README.md for `make bench-store`.
 *
 * The world: 300 sources of 2 entities with 10 stored series each, 12 polls a round (an update of 12 rows).
 */
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "collector/store_files.h"
#include "collector/store_sources.h"
#include "lib/base/rng.h"
#include "lib/model/record.h"
#include "lib/runtime/journal.h"

enum { SOURCES = 300, ENTITIES = 2, SERIES = 20, ROUNDS = 5, POLLS_A_ROUND = 12 };

#define T0       (1795000200 * SECONDS)
#define INTERVAL (60 * SECONDS)

/* Ten of the short class, as an interface or a radio has them. */
static const enum metric metrics[SERIES / ENTITIES] = {
    METRIC_IF_IN,       METRIC_IF_OUT,      METRIC_IF_IN_ERRORS, METRIC_IF_OUT_ERRORS, METRIC_CPU,
    METRIC_MEMORY_USED, METRIC_TEMPERATURE, METRIC_POLL_RTT,     METRIC_RADIO_NOISE,   METRIC_RADIO_SNR};

static double cpu_us(void)
{
    struct rusage u;

    getrusage(RUSAGE_SELF, &u);
    return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) * 1e6 +
           (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec);
}

static void must(enum err e, const char *what)
{
    if (!e)
        return;
    fprintf(stderr, "%s: %s\n", what, err_text(e));
    exit(1);
}

static int remove_one(const char *path, const struct stat *st, int flag, struct FTW *ftw)
{
    (void)st, (void)flag, (void)ftw;
    return remove(path);
}

/* ---- records ---- */

struct poll {
    Nw__Record record;
    Nw__Samples samples;
    Nw__Table table;
    Nw__Entity entity[ENTITIES], *entities[ENTITIES];
    Nw__Series one[SERIES], *series[SERIES];
    double values[SERIES];
    char source[16], name[ENTITIES][16];
};

static void poll_init(struct poll *p)
{
    nw__record__init(&p->record);
    nw__samples__init(&p->samples);
    nw__table__init(&p->table);
    for (int i = 0; i < ENTITIES; i++) {
        nw__entity__init(&p->entity[i]);
        snprintf(p->name[i], sizeof p->name[i], "if/%d", i);
        p->entity[i].id = p->name[i];
        p->entities[i] = &p->entity[i];
    }
    for (int i = 0; i < SERIES; i++) {
        nw__series__init(&p->one[i]);
        p->one[i].entity = (uint32_t)(i / (SERIES / ENTITIES));
        p->one[i].metric = metrics[i % (SERIES / ENTITIES)];
        p->series[i] = &p->one[i];
    }
    p->table.version = 1;
    p->table.interval_ms = INTERVAL / MILLISECONDS;
    p->table.entities = p->entities;
    p->table.n_entities = ENTITIES;
    p->table.series = p->series;
    p->table.n_series = SERIES;
    p->samples.source = p->source;
    p->samples.values = p->values;
    p->samples.n_values = SERIES;
    p->samples.table_version = 1;
    p->record.body_case = NW__RECORD__BODY_SAMPLES;
    p->record.samples = &p->samples;
}

static void poll_set(struct poll *p, struct rng *r, int source, int number)
{
    snprintf(p->source, sizeof p->source, "ap-%04d", source);
    p->record.wall = p->samples.started = (uint64_t)(T0 + number * INTERVAL + source * 100 * MILLISECONDS);
    p->samples.table = number == 0 ? &p->table : NULL;
    for (int i = 0; i < SERIES; i++)
        p->values[i] = i % 4 ? rng_unit(r) * 1e6 : (double)rng_below(r, 100);
}

/* w NULL: everything but what is to be measured. */
static double append_all(struct journal_writer *w, struct poll *p, struct rng r, int from, int count)
{
    struct buf bytes = BUF_INIT;
    double began = cpu_us();

    for (int n = from; n < from + count; n++)
        for (int s = 0; s < SOURCES; s++) {
            poll_set(p, &r, s, n);
            if (!w)
                continue;
            buf_clear(&bytes);
            must(record_pack(&p->record, &bytes), "pack");
            must(journal_append(w, 0, bytes.data, bytes.len, NULL), "append");
        }
    buf_fini(&bytes);
    return cpu_us() - began;
}

/* sources NULL: reading alone. */
static double read_all(struct journal_reader *reader, struct store_sources *sources, ns_t now)
{
    const void *bytes;
    size_t len;
    double began = cpu_us();

    while (!journal_read(reader, &bytes, &len, NULL)) {
        Nw__Record *record = NULL;
        must(record_unpack(bytes, len, &record), "unpack");
        if (sources)
            must(store_sources_take(sources, record, 0, now), "take");
        record_free(record);
    }
    return cpu_us() - began;
}

/* ---- the store's part ---- */

static void write_all(struct store_files *files, ns_t now)
{
    for (size_t i = 0; i < store_files_count(files); i++)
        must(store_files_write(files, i, now), "write");
}

int main(void)
{
    char dir[] = "/tmp/netzwacht-bench-XXXXXX", journal[64], rrd[64];
    struct poll p;
    struct store_files *files = NULL;
    struct store_sources *sources = NULL;
    struct journal_writer *w = NULL;
    struct journal_reader *reader = NULL, *alone = NULL;
    struct journal_stats stats;
    double appended = 0, read = 0, taken = 0, written = 0, first = 0;
    double count = (double)SOURCES * SERIES * POLLS_A_ROUND;

    if (!mkdtemp(dir))
        return 1;
    snprintf(journal, sizeof journal, "%s/journal", dir);
    snprintf(rrd, sizeof rrd, "%s/rrd", dir);
    must(journal_writer_open(&(struct journal_options){.dir = journal,
                                                       .partition = "collector",
                                                       .segment_bytes = 64 * MIB,
                                                       .keep_bytes = GIB,
                                                       .keep_age = HOURS},
                             0, &w),
         "journal");
    must(journal_reader_open(journal, "collector", 0, JOURNAL_FROM_OLDEST, &reader), "reader");
    must(journal_reader_open(journal, "collector", 0, JOURNAL_FROM_OLDEST, &alone), "reader");
    must(store_files_open(rrd, 60, 10 * GIB, &files), "rrd");
    must(store_sources_new(files, 1, &sources), "sources");
    poll_init(&p);
    for (int round = 0; round <= ROUNDS; round++) {
        ns_t now = T0 + (round + 1) * POLLS_A_ROUND * INTERVAL + HOURS;
        struct rng r = {(uint64_t)round};
        double a = append_all(w, &p, r, round * POLLS_A_ROUND, POLLS_A_ROUND) -
                   append_all(NULL, &p, r, round * POLLS_A_ROUND, POLLS_A_ROUND);
        double b = read_all(alone, NULL, now), t = read_all(reader, sources, now) - b;
        double began = cpu_us();
        write_all(files, now);
        if (round == 0) {
            first = cpu_us() - began; /* makes the files */
            continue;
        }
        appended += a;
        read += b;
        taken += t;
        written += cpu_us() - began;
    }
    journal_writer_stats(w, &stats);
    count *= ROUNDS;
    printf("journal and store, CPU us per value (%d sources x %d series, %d rows a file and update)\n",
           SOURCES, SERIES, POLLS_A_ROUND);
    printf("  append (pack, checksum, write)   %.4f   %.1f bytes a value\n", appended / count,
           (double)stats.bytes / (count * (ROUNDS + 1) / ROUNDS));
    printf("  read (checksum, unpack)          %.4f\n", read / count);
    printf("  values to rows                   %.4f\n", taken / count);
    printf("  rows to RRD files                %.4f   (%zu files of %d data sources)\n", written / count,
           store_files_count(files), SERIES / ENTITIES);
    printf("  store in all                     %.4f   (goal 1.5)\n", (read + taken + written) / count);
    printf("  making a file                    %.0f us\n", first / (double)store_files_count(files));
    store_sources_free(sources);
    store_files_close(files);
    journal_reader_close(reader);
    journal_reader_close(alone);
    journal_writer_close(w);
    nftw(dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    return 0;
}
