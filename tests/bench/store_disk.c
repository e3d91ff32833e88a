/* SPDX-License-Identifier: GPL-3.0-or-later */
/* store_disk.c - what the store writes to the disk: many RRD files, updated as netzwacht-store does it, right
 * after they were made and again after they left the page cache. Prints CPU microseconds a value and the
 * bytes that /proc/self/io counts; asserts nothing. See tests/README.md for `make bench-store-disk`.
 *
 * librrd writes through mmap(): how many bytes one update dirties depends on how the file's pages came into
 * the cache, and files that were just made show the worst case. So both are
 * shown. Between two cycles everything is written back, as it is in the minutes between two batches: a page
 * that is still dirty would not be counted. */
#include <fcntl.h>
#include <ftw.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "collector/store_files.h"
#include "lib/base/rng.h"

enum { SERIES = 10, CYCLES = 5, STEP = 60 };

#define T0 (1795000200 * SECONDS)

static const enum metric metrics[SERIES] = {
    METRIC_IF_IN,       METRIC_IF_OUT,      METRIC_IF_IN_ERRORS, METRIC_IF_OUT_ERRORS, METRIC_CPU,
    METRIC_MEMORY_USED, METRIC_TEMPERATURE, METRIC_POLL_RTT,     METRIC_RADIO_NOISE,   METRIC_RADIO_SNR};

struct usage {
    double cpu, wall, bytes; /* s, s, B */
};

static void must(enum err e, const char *what)
{
    if (!e)
        return;
    fprintf(stderr, "%s: %s\n", what, err_text(e));
    exit(1);
}

static double written_bytes(void)
{
    char line[128];
    double bytes = NAN;
    FILE *f = fopen("/proc/self/io", "r");

    while (f && fgets(line, sizeof line, f))
        if (strncmp(line, "write_bytes:", 12) == 0)
            bytes = atof(line + 12);
    if (f)
        fclose(f);
    return bytes;
}

static struct usage usage_now(void)
{
    struct rusage u;
    struct timespec t;

    getrusage(RUSAGE_SELF, &u);
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (struct usage){(double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) +
                              (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6,
                          (double)t.tv_sec + (double)t.tv_nsec / 1e9, written_bytes()};
}

static int remove_one(const char *path, const struct stat *st, int flag, struct FTW *ftw)
{
    (void)st, (void)flag, (void)ftw;
    return remove(path);
}

static int drop_one(const char *path, const struct stat *st, int flag, struct FTW *ftw)
{
    int fd = flag == FTW_F ? open(path, O_RDONLY | O_CLOEXEC) : -1;

    (void)st, (void)ftw;
    if (fd < 0)
        return 0;
    fdatasync(fd);
    posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
    close(fd);
    return 0;
}

/* Out of the page cache: root drops all of it, with directory entries and inodes; others what they may.
 * Returns which it was. */
static const char *drop_caches(const char *dir)
{
    int fd = open("/proc/sys/vm/drop_caches", O_WRONLY | O_CLOEXEC);
    bool is_dropped;

    sync();
    is_dropped = fd >= 0 && write(fd, "3", 1) == 1;
    if (fd >= 0)
        close(fd);
    if (is_dropped)
        return "after drop_caches";
    nftw(dir, drop_one, 16, FTW_PHYS);
    return "after page cache drop";
}

/* One cycle: `polls` rows for every file, then all of them written. Only the writing is measured. */
static struct usage run_cycle(struct store_files *files, size_t count, int polls, int *poll, struct rng *rng)
{
    struct usage before, after;
    ns_t now = T0 + (*poll + polls + 60) * STEP * SECONDS;

    for (size_t i = 0; i < count; i++) {
        struct rows *rows;
        must(store_files_rows(files, i, now, &rows), "rows");
        rows->max_age = 90 * SECONDS;
        for (int k = 0; k < polls; k++) {
            ns_t t = T0 + (*poll + k) * STEP * SECONDS;
            must(rows_advance(rows, t), "advance");
            for (unsigned d = 0; d < SERIES; d++)
                rows_value(rows, d, t, d % 4 ? rng_unit(rng) * 1e6 : (double)rng_below(rng, 100));
        }
    }
    *poll += polls;
    before = usage_now();
    for (size_t i = 0; i < count; i++)
        must(store_files_write(files, i, now), "write");
    after = usage_now();
    sync();
    return (struct usage){after.cpu - before.cpu, after.wall - before.wall, after.bytes - before.bytes};
}

static void print_cycle(const char *name, int cycle, size_t count, int polls, struct usage u)
{
    double values = (double)count * polls * SERIES;

    printf("  %-24s %2d  %7.3f  %8.2f  %10.0f  %9.1f\n", name, cycle, u.cpu * 1e6 / values, u.wall,
           u.bytes / (double)count, u.bytes / values);
}

static void run_cycles(const char *name, struct store_files *files, size_t count, int polls, int *poll,
                       struct rng *r)
{
    for (int cycle = 1; cycle <= CYCLES; cycle++)
        print_cycle(name, cycle, count, polls, run_cycle(files, count, polls, poll, r));
}

int main(int argc, char **argv)
{
    size_t count = argc > 1 ? (size_t)atol(argv[1]) : 10000;
    int polls = argc > 2 ? atoi(argv[2]) : 12, poll = 0;
    const char *base = getenv("NETZWACHT_BENCH_DIR");
    char dir[512], id[32];
    struct store_files *files = NULL;
    struct rng rng = {1};
    struct usage made;

    snprintf(dir, sizeof dir, "%s/netzwacht-bench-XXXXXX", base ? base : "/var/tmp");
    if (count == 0 || count > 200000 || polls < 2 || polls > 1000 || !mkdtemp(dir)) {
        fprintf(stderr,
                "usage: store_disk [FILES [POLLS A CYCLE]]; NETZWACHT_BENCH_DIR names a place on a disk\n");
        return 64;
    }
    must(store_files_open(dir, STEP, 1000 * GIB, &files), "files");
    for (size_t i = 0; i < count; i++) {
        snprintf(id, sizeof id, "device-%06zu", i);
        must(store_files_add(files, id, "if/1", STORAGE_SHORT, metrics, SERIES), "add");
    }
    printf("%zu files of %d series, %d rows a file and update, %s\n", count, SERIES, polls, dir);
    printf("  %-24s %2s  %7s  %8s  %10s  %9s\n", "", "", "CPU us/v", "wall s", "B/update", "B/value");
    made = run_cycle(files, count, polls, &poll, &rng);
    print_cycle("files made", 0, count, polls, made);
    run_cycles("right after", files, count, polls, &poll, &rng);
    run_cycles(drop_caches(dir), files, count, polls, &poll, &rng);
    store_files_close(files);
    nftw(dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    return 0;
}
