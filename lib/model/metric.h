/* SPDX-License-Identifier: GPL-3.0-or-later */
/* metric.h - the metric list as an enum and a table, and why a value may be unknown. Pure. */
#ifndef NW_MODEL_METRIC_H
#define NW_MODEL_METRIC_H

#include <stddef.h>

#include "lib/base/err.h"

enum metric {
    METRIC_NONE = 0,
#define METRIC(number, symbol, name, unit, class_, min, max) symbol = (number),
#include "lib/model/metric_list.h"
#undef METRIC
};

enum storage_class { STORAGE_NOW, STORAGE_SHORT, STORAGE_LONG };

struct metric_info {
    enum metric number;
    const char *name; /* "optic.rx_power" */
    const char *unit; /* "dBm" */
    enum storage_class storage;
    double min, max;
};

/* Why a value is unknown; append-only, stands in the journal. */
enum quality_reason {
    QUALITY_OK = 0,
    QUALITY_SENTINEL,
    QUALITY_NOT_PRESENT,
    QUALITY_UNPARSABLE,
    QUALITY_OUT_OF_RANGE,
    QUALITY_UNIT_UNKNOWN,
    QUALITY_GAP,       /* rates: no earlier reading to compare with, or the agent restarted in between */
    QUALITY_NO_ANSWER, /* asked, not answered */
    QUALITY_VANISHED,  /* an access point: its controller no longer lists it, and no other one does */
    QUALITY_ELSEWHERE  /* an access point: another controller speaks for it, or is about to */
};

/* NULL for a number that this version does not know (a newer writer's). */
const struct metric_info *metric_info(enum metric number);
/* NULL if there is none of that name. */
const struct metric_info *metric_by_name(const char *name);
/* 0 <= i < metric_count(), in order of number. */
size_t metric_count(void);
const struct metric_info *metric_at(size_t i);

const char *quality_name(enum quality_reason reason); /* "ok", "sentinel", … */

#endif
