/* SPDX-License-Identifier: GPL-3.0-or-later */
/* replay.c - the main() of a fuzz target without a fuzzer: runs its corpus (tests/fuzz/corpus/NAME for the
 * program fuzz_NAME) and a few thousand seeded mutations of it. Each input lies in a heap block of exactly
 * its size, so that a checker sees the first byte read too far. */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/rng.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { INPUT_MAX = 1024 * 1024, MUTATIONS = 300 };

static void run(const uint8_t *data, size_t size)
{
    uint8_t *exact = malloc(size ? size : 1);

    if (!exact)
        abort();
    memcpy(exact, data, size);
    LLVMFuzzerTestOneInput(exact, size);
    free(exact);
}

/* A few bytes changed, cut out or doubled. */
static size_t mutate(struct rng *r, uint8_t *data, size_t size)
{
    for (uint32_t n = 1 + rng_below(r, 4); size && n; n--) {
        uint32_t at = rng_below(r, (uint32_t)size), len = 1 + rng_below(r, 16);

        switch (rng_below(r, 4)) {
        case 0: data[at] = (uint8_t)rng_u64(r); break;
        case 1: data[at] ^= (uint8_t)(1u << rng_below(r, 8)); break;
        case 2: size = at; break;
        default:
            len = at + len > size ? (uint32_t)size - at : len;
            memmove(data + at, data + at + len, size - at - len);
            size -= len;
        }
    }
    return size;
}

static void run_file(const char *path, uint64_t seed)
{
    static uint8_t input[INPUT_MAX], changed[INPUT_MAX];
    FILE *f = fopen(path, "rb");
    struct rng r = {seed};
    size_t size;

    if (!f)
        return;
    size = fread(input, 1, sizeof input, f);
    fclose(f);
    run(input, size);
    for (int i = 0; i < MUTATIONS; i++) {
        memcpy(changed, input, size);
        run(changed, mutate(&r, changed, size));
    }
}

int main(int argc, char **argv)
{
    const char *root = getenv("NETZWACHT_SOURCE"), *name = strstr(argv[0], "fuzz_");
    char dir[4096], path[8192];
    struct dirent **entries;
    int count, inputs = 0;

    for (const char *next = name; next; next = strstr(next + 1, "fuzz_"))
        name = next;
    if (argc > 1)
        snprintf(dir, sizeof dir, "%s", argv[1]);
    else
        snprintf(dir, sizeof dir, "%s/tests/fuzz/corpus/%s", root ? root : ".", name ? name + 5 : "");
    count = scandir(dir, &entries, NULL, alphasort);
    puts("1..1");
    for (int i = 0; i < count; i++) {
        if (entries[i]->d_name[0] != '.') {
            snprintf(path, sizeof path, "%s/%s", dir, entries[i]->d_name);
            run_file(path, (uint64_t)i);
            inputs++;
        }
        free(entries[i]);
    }
    if (count >= 0)
        free(entries);
    printf("%s 1 - %d inputs of %s and their mutations are survived\n", inputs ? "ok" : "not ok", inputs,
           dir);
    return inputs ? 0 : 1;
}
