/* SPDX-License-Identifier: GPL-3.0-or-later */
/* decode_internal.h - what the files of the decoder share: its memory, a row, evaluating a field. */
#ifndef NW_COLLECTOR_DECODE_INTERNAL_H
#define NW_COLLECTOR_DECODE_INTERNAL_H

#include "collector/arena.h"
#include "collector/decode.h"
#include "collector/field.h"

struct entity_row { /* an entity while its table is being read */
    struct view_entity view;
    size_t attr_from;
    const uint32_t *index;
    size_t index_len;
};

struct decoder {
    struct arena *arena; /* texts; emptied at each decode() */
    const struct varbind_set *set;
    const struct device_profile *profile;
    struct entity_row *entities;
    size_t entity_count, entity_cap;
    struct view_entity *entity_views;
    size_t entity_view_cap;
    struct view_attr *attrs;
    size_t attr_count, attr_cap;
    struct view_sample *samples;
    size_t sample_count, sample_cap;
    size_t *sample_sources; /* where the sources of sample i begin */
    size_t sample_source_cap;
    uint32_t *sources;
    size_t source_count, source_cap;
    struct view_neighbour *neighbours;
    size_t neighbour_count, neighbour_cap;
    const char *chassis_id;
    struct view_poe *poe;
    size_t poe_count, poe_cap;
    struct device_view view;
    bool is_cut, is_failed; /* a bound was reached; out of memory */
};

/* One row of a table: the index and, per slot, the varbind that stands there (or NULL). */
struct row {
    const uint32_t *index;
    size_t index_len;
    const struct varbind *slots[TABLE_SLOTS_MAX];
    /* what is known of its entity already, for templates */
    const char *name;
    const struct view_attr *attrs;
    size_t attr_count;
};

struct result {
    bool is_found;
    enum quality_reason quality;
    double value;
    const char *text; /* the label or the agent's word; NULL */
    bool is_counter;
    uint8_t width;
    uint64_t raw;
    const struct field *field; /* as in view_sample */
    struct view_factors factors;
    uint32_t outvoted;
    size_t source_from; /* sources from here to decoder.source_count are its own */
};

/* Grows an array of items of size `size` so that one more fits; false: out of memory (noted). */
bool decoder_reserve(struct decoder *d, void *array, size_t count, size_t *cap, size_t size);

/* decode_field.c: a number, label or counter of a reading, the fallbacks included. */
struct result field_number(struct decoder *d, const struct row *row, const struct field *f);

/* decode_text.c */
enum { RAW_TEXT_SIZE = VIEW_TEXT_MAX + 1 };
/* NULL: the agent has none. */
const struct varbind *field_instance(const struct decoder *d, const struct row *row, const uint32_t *oid,
                                     uint32_t oid_len, struct index_part part, int slot);
/* The value as a text to compare with or to match, NUL-terminated; its length. */
size_t field_raw_text(const struct varbind *vb, char out[RAW_TEXT_SIZE]);
/* What `match` picks out of text: the first group that took part, or the whole match. False: no match. */
bool field_pick(const regex_t *re, char *text, size_t *len);
/* What the field's words make of a raw value; NULL = nothing. */
const char *field_word(const struct field *f, const char *text);
bool field_conditions_hold(struct decoder *d, const struct row *row, const struct condition_list *list);
/* A text, "" if there is none. */
const char *field_text(struct decoder *d, const struct row *row, const struct field *f);
/* Expands {index}, {name}, {mac:1-6} …; "" if a part of it is empty. */
const char *field_template(struct decoder *d, const struct row *row, const char *text);
/* A copy of an agent's bytes in the arena: valid UTF-8, no control characters, ends trimmed. */
const char *decoder_text(struct decoder *d, const void *bytes, size_t len);
const char *decoder_index_text(struct decoder *d, const uint32_t *index, size_t len);

/* The interface of this ifIndex; VIEW_NO_ENTITY. */
uint32_t decoder_interface(const struct decoder *d, uint32_t index);

/* decode_lldp.c, decode_poe.c */
void decode_lldp(struct decoder *d);
void decode_poe(struct decoder *d);

#endif
