/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz.h - what every fuzz target has: libFuzzer's entry, and how a broken promise ends. */
#ifndef NW_TESTS_FUZZ_H
#define NW_TESTS_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define MUST(condition)                                                                                      \
    do {                                                                                                     \
        if (!(condition))                                                                                    \
            abort();                                                                                         \
    } while (0)

#endif
