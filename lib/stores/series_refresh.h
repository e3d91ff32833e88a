/* SPDX-License-Identifier: GPL-3.0-or-later */
/* series_refresh.h - for the worker: follows the journal while nobody asks, so that answers come sooner. */
#ifndef NW_STORES_SERIES_REFRESH_H
#define NW_STORES_SERIES_REFRESH_H

#include "lib/base/err.h"
#include "lib/stores/series.h"

/* At most max_records. ERR_AGAIN: there is more. */
enum err series_refresh(struct series *s, size_t max_records) NW_CHECKED;

#endif
