/* SPDX-License-Identifier: GPL-3.0-or-later */
/* store_beat.c - what the store says of itself in its heartbeat. */
#include "collector/store_private.h"

static void count(struct store *s, size_t *n, const char *name, double value)
{
    nw__counter__init(&s->counters[*n]);
    s->counters[*n].name = (char *)(uintptr_t)name;
    s->counters[*n].value = value;
    s->counter_list[*n] = &s->counters[*n];
    (*n)++;
}

void store_beat(struct store *s, Nw__Heartbeat *beat)
{
    ns_t wall = store_now(s);
    const struct store_figures *files = store_files_figures(s->files);
    const struct store_sources_figures *sources = store_sources_figures(s->sources);
    size_t n = 0, lags = 0;

    for (unsigned i = 0; i < s->part_count; i++) {
        ns_t lag = wall - s->parts[i]->newest;
        if (s->parts[i]->is_history || s->parts[i]->newest == 0)
            continue; /* what is past does not lag */
        nw__lag__init(&s->lags[lags]);
        s->lags[lags].partition = s->parts[i]->name;
        s->lags[lags].lag_ms = lag > 0 ? (uint64_t)(lag / MILLISECONDS) : 0;
        s->lag_list[lags] = &s->lags[lags];
        lags++;
    }
    count(s, &n, "store_files", (double)store_files_count(s->files));
    count(s, &n, "store_files_bytes", (double)files->bytes);
    count(s, &n, "store_values_read_total", (double)sources->values);
    count(s, &n, "store_values_written_total", (double)files->values);
    count(s, &n, "store_rows_written_total", (double)files->rows);
    count(s, &n, "store_updates_total", (double)files->updates);
    count(s, &n, "store_files_created_total", (double)files->created);
    count(s, &n, "store_files_damaged_total", (double)files->damaged);
    count(s, &n, "store_files_grown_total", (double)files->grown);
    count(s, &n, "store_series_refused_total", (double)files->refused);
    count(s, &n, "store_values_future_total", (double)sources->future);
    count(s, &n, "store_records_untabled_total", (double)sources->untabled);
    count(s, &n, "store_files_rewound_total", (double)files->rewound);
    count(s, &n, "store_records_unreadable_total", (double)s->unreadable);
    count(s, &n, "store_gaps_total", (double)s->gaps);
    count(s, &n, "store_cycles_total", (double)s->cycles);
    beat->lag = s->lag_list;
    beat->n_lag = lags;
    beat->counters = s->counter_list;
    beat->n_counters = n;
}
