/* SPDX-License-Identifier: GPL-3.0-or-later */
/* source_internal.h - what the files of a device's record share: its memory, its counters, the order of its
 * series. Nobody else includes it. */
#ifndef NW_COLLECTOR_SOURCE_INTERNAL_H
#define NW_COLLECTOR_SOURCE_INTERNAL_H

#include "collector/pace.h"
#include "collector/rate.h"
#include "collector/recipe.h"
#include "collector/shared.h"
#include "collector/source.h"
#include "lib/base/timex.h"

/* Every table begins with the entity "device" and its two series; ghosts stand behind the view's entities. */
enum { OWN_SERIES = 2, OWN_ENTITIES = 1 };

/* When something was read, and for how long its agent was up then; counters that were read together share it.
 */
struct moment {
    ns_t t_ns; /* 0 = never */
    uint64_t uptime_ms;
    struct rate_engine engine;
};

/* Most of what is kept of a device, so it is kept small. */
struct counter {
    uint64_t key : 48;    /* of entity id and metric */
    uint64_t moment : 16; /* of the last reading: place in source.moments */
    uint64_t raw;
    double rate;            /* NaN = none, for QUALITY_GAP */
    uint32_t discontinuity; /* as in rate_reading */
    float ceiling;          /* 0 = none; its 24 bits are more than clocks are exact */
};

enum { MOMENTS_MAX = 65535 };

struct counters {
    struct counter *items;
    size_t count, cap;
    /* of `before`: where the next one is expected; an index by key once that failed */
    size_t next, index_size;
    uint32_t *index; /* place + 1, 0 = empty; index_size is a power of two */
};

struct source {
    const char *id;
    struct counters now, before; /* of the record in hand, and of the one before */
    struct moment *moments;      /* [0]: never */
    size_t moment_count, moment_cap;
    struct pool *moment_pool;       /* that they come from */
    uint64_t structure, attributes; /* of the last table */
    ns_t table_at;
    uint32_t version;
    bool has_table, is_table_pending; /* pending: attributes changed since */
    bool is_cut;
    /* of the last complete poll, NULL = none: what its values were (beside the own series), how to get new
     * ones */
    const struct recipe *recipe;
    struct shared_book *book; /* borrowed; NULL = nothing is shared */
    double *values;           /* one piece with the next three: source_lean.c */
    uint64_t *raws;
    uint16_t *raw_moments; /* places in moments */
    uint8_t *whys;         /* enum quality_reason */
    size_t value_count, raw_count;
    const struct shared *frame; /* not NULL: the counters are raws and raw_moments, and `now` is empty */
};

#define ATTRIBUTES_AGE (5 * MINUTES) /* a table for changed attributes alone is written no more often */

struct source_scratch {
    struct recipe_book *book;
    Nw__Samples samples;
    Nw__Table table;
    Nw__Identity identity;
    double *values;
    Nw__Quality *qualities;
    Nw__Quality **quality_list;
    Nw__Entity *entities;
    Nw__Entity **entity_list;
    Nw__Attribute *attributes;
    Nw__Attribute **attribute_list;
    char (*gone)[TIMEX_RFC3339_SIZE]; /* since when, of each ghost */
    size_t gone_cap;
    Nw__Series *series;
    Nw__Series **series_list;
    Nw__Neighbour *neighbours;
    Nw__Neighbour **neighbour_list;
    Nw__PoePort *poe;
    Nw__PoePort **poe_list;
    size_t caps[15];
};

/* Room for count things of size bytes. */
bool source_room(void *array, size_t *cap, size_t count, size_t size);
size_t source_ghosts(const struct source_poll *in);
bool source_is_journalled(const struct view_sample *sample);
/* Everything but the device's own values, room for those; then each of them; then what follows from them. */
enum err source_begin(const struct source *s, const struct source_poll *in, size_t room,
                      struct source_scratch *t) NW_CHECKED;
bool source_put(struct source_scratch *t, double value, enum quality_reason why);
/* The same of many; there is room for them. whys: enum quality_reason. */
bool source_put_all(struct source_scratch *t, const double *values, const uint8_t *whys, size_t count);
enum err source_end(struct source *s, struct source_scratch *t, Nw__Samples **out) NW_CHECKED;

/* ---- source_rates.c ---- */
/* A new record: what was now is before. */
void counters_begin(struct source *s);
/* The next counter of the record, with what was known of it; NULL: out of memory. */
struct counter *counters_next(struct source *s, uint64_t key);
void counters_free(struct source *s);
/* Nothing looks back any more. */
void counters_end(struct source *s);
uint64_t counter_key(uint64_t entity_hash, enum metric metric);
enum quality_reason counter_why(const struct counter *c); /* there is no rate; QUALITY_OK: there is one */

/* Measures the counters of one record; those that were read together share the work. */
struct meter {
    struct source *source;
    const struct source_poll *in;
    uint64_t uptime_ms;
    struct rate_engine engine;
    ns_t max_gap;
    /* the last pair of times, as places in source.moments; 0 = none yet */
    struct rate_span span;
    uint16_t from, to;
    ns_t to_ns;
};

void meter_init(struct meter *m, struct source *s, const struct source_poll *in);
/* Takes a counter's reading. ceiling: of the rate, 0 = none. */
void counter_update(struct meter *m, struct counter *c, const struct view_sample *sample, double ceiling);
/* The same by recipe, of a counter whose ceiling and discontinuity are as before; the value goes to the
 * source. ctx: struct meter *; the rest as in recipe_sink. */
void counter_repeat(void *ctx, uint32_t series, uint32_t counter, uint64_t raw, uint8_t width, ns_t read_at,
                    double scale);
void counters_repeat(void *ctx, const struct recipe_counts *counts);
/* Call between two records, when only the last one's counters are of interest. */
void moments_tidy(struct source *s);

/* ---- source_repeat.c ---- */
/* The record in scratch is of a complete poll, decoded in full: the next ones may be repetitions of it. */
void source_learn(struct source *s, const struct source_poll *in, struct source_scratch *t);
void source_forget(struct source *s);

/* ---- source_lean.c ---- */
/* Of a counter that is a raw reading; no hole between members, for frames are compared as bytes. */
struct frame {
    uint64_t key;
    uint32_t discontinuity;
    float ceiling; /* as in struct counter */
    uint32_t series, unused;
};

static inline const struct frame *lean_frame(const struct source *s)
{
    return (const void *)s->frame->bytes;
}

/* Room for so many values, and raw readings of so many counters. */
bool lean_room(struct source *s, struct shared_book *book, size_t values, size_t counters);
void lean_free(struct source *s);
/* The values stand; where that can be, the counters of the record become raws. view: what it was made of. */
void lean_begin(struct source *s, const struct device_view *view);
void lean_end(struct source *s);

/* ---- source_table.c ---- */
#define HASH_START UINT64_C(0xcbf29ce484222325)
uint64_t source_hash_bytes(uint64_t h, const void *bytes, size_t len);
uint64_t source_hash_text(uint64_t h, const char *text); /* NULL is another text than "" */
/* What makes a table: entities, series, neighbours, ports that feed. */
uint64_t source_hash_structure(const struct source_poll *in);
uint64_t source_hash_attributes(const struct device_view *view);

#endif
