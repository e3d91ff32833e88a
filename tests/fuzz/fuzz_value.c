/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz_value.c - numbers out of texts: a result is finite or there is none. */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>

#include "collector/value.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const units[] = {"Cel", "dBm", "V", "%", "W", "A", "By", NULL};

    for (size_t i = 0; i < ARRAY_LEN(units); i++) {
        double value = 0;
        bool has_unit;

        if (value_from_text((const char *)data, size, units[i], &value, &has_unit) == QUALITY_OK &&
            isnan(value))
            abort();
    }
    return 0;
}
