/* SPDX-License-Identifier: GPL-3.0-or-later */
/* metric.c - the metric table. Pure. */
#include "lib/model/metric.h"

#include <string.h>

static const struct metric_info metrics[] = {
#define METRIC(number, symbol, name, unit, class_, min, max) {symbol, name, unit, STORAGE_##class_, min, max},
#include "lib/model/metric_list.h"
#undef METRIC
};

size_t metric_count(void)
{
    return ARRAY_LEN(metrics);
}

const struct metric_info *metric_at(size_t i)
{
    return &metrics[i];
}

const struct metric_info *metric_info(enum metric number)
{
    size_t lo = 0, hi = ARRAY_LEN(metrics);

    while (lo < hi) {
        size_t mid = (lo + hi) / 2;
        if (metrics[mid].number < number)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo < ARRAY_LEN(metrics) && metrics[lo].number == number ? &metrics[lo] : NULL;
}

const struct metric_info *metric_by_name(const char *name)
{
    for (size_t i = 0; i < ARRAY_LEN(metrics); i++)
        if (strcmp(metrics[i].name, name) == 0)
            return &metrics[i];
    return NULL;
}

const char *quality_name(enum quality_reason reason)
{
    switch (reason) {
    case QUALITY_OK: return "ok";
    case QUALITY_SENTINEL: return "sentinel";
    case QUALITY_NOT_PRESENT: return "not_present";
    case QUALITY_UNPARSABLE: return "unparsable";
    case QUALITY_OUT_OF_RANGE: return "out_of_range";
    case QUALITY_UNIT_UNKNOWN: return "unit_unknown";
    case QUALITY_GAP: return "gap";
    case QUALITY_NO_ANSWER: return "no_answer";
    case QUALITY_VANISHED: return "vanished";
    case QUALITY_ELSEWHERE: return "elsewhere";
    }
    return "unknown";
}
