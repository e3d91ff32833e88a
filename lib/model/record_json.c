/* SPDX-License-Identifier: GPL-3.0-or-later */
/* record_json.c - walks a record by the descriptors that protoc-c generates. Pure. */
#include "lib/model/record_json.h"

#include <stdio.h>
#include <string.h>

#include "lib/model/metric.h"
#include "lib/model/state.h"

static void write_message(struct json_out *j, const char *key, const ProtobufCMessage *message,
                          const Nw__Table *table);

const char *record_kind(const Nw__Record *record)
{
    const ProtobufCFieldDescriptor *field =
        protobuf_c_message_descriptor_get_field(record->base.descriptor, (unsigned)record->body_case);

    return record->body_case && field ? field->name : "empty";
}

void record_json_position(struct json_out *j, const char *key, uint64_t position)
{
    char text[32];

    snprintf(text, sizeof text, "%u:%u", (unsigned)(position >> 32), (unsigned)position);
    json_string(j, key, text);
}

static bool is_one_of(const char *name, const char *const *names)
{
    for (; *names; names++)
        if (strcmp(name, *names) == 0)
            return true;
    return false;
}

/* ---- scalars ---- */

static void write_fixed64(struct json_out *j, const char *key, const char *name, uint64_t value)
{
    static const char *const positions[] = {"previous", "position", NULL};

    if (is_one_of(name, positions))
        record_json_position(j, key, value);
    else if (strcmp(name, "monotonic") == 0)
        json_uint(j, key, value);
    else
        json_time(j, key, value > INT64_MAX ? INT64_MAX : (ns_t)value);
}

static void write_uint32(struct json_out *j, const char *key, const char *name, uint32_t value)
{
    static const char *const states[] = {"state", "previous_state", NULL};
    const struct metric_info *metric = metric_info((enum metric)value);

    if (is_one_of(name, states))
        json_string(j, key, state_code((enum state)value));
    else if (strcmp(name, "reason") == 0)
        json_string(j, key, reason_code((enum reason)value));
    else if (strcmp(name, "metric") == 0 && metric)
        json_string(j, key, metric->name);
    else
        json_uint(j, key, value);
}

/* In Quality, "reason" is why a value is unknown. */
static void write_quality(struct json_out *j, const Nw__Quality *q)
{
    json_object_begin(j, NULL);
    json_uint(j, "index", q->index);
    json_string(j, "reason", quality_name((enum quality_reason)q->reason));
    json_object_end(j);
}

static void write_enum(struct json_out *j, const char *key, const ProtobufCEnumDescriptor *type, int value)
{
    const ProtobufCEnumValue *known = protobuf_c_enum_descriptor_get_value(type, value);

    if (known)
        json_string(j, key, known->name);
    else
        json_int(j, key, value);
}

/* at: where the value stands. */
static void write_value(struct json_out *j, const char *key, const ProtobufCFieldDescriptor *field,
                        const void *at)
{
    const ProtobufCMessage *message;

    switch (field->type) {
    case PROTOBUF_C_TYPE_INT32:
    case PROTOBUF_C_TYPE_SINT32:
    case PROTOBUF_C_TYPE_SFIXED32: json_int(j, key, *(const int32_t *)at); break;
    case PROTOBUF_C_TYPE_INT64:
    case PROTOBUF_C_TYPE_SINT64:
    case PROTOBUF_C_TYPE_SFIXED64: json_int(j, key, *(const int64_t *)at); break;
    case PROTOBUF_C_TYPE_UINT32:
    case PROTOBUF_C_TYPE_FIXED32: write_uint32(j, key, field->name, *(const uint32_t *)at); break;
    case PROTOBUF_C_TYPE_UINT64: json_uint(j, key, *(const uint64_t *)at); break;
    case PROTOBUF_C_TYPE_FIXED64: write_fixed64(j, key, field->name, *(const uint64_t *)at); break;
    case PROTOBUF_C_TYPE_FLOAT: json_double(j, key, (double)*(const float *)at); break;
    case PROTOBUF_C_TYPE_DOUBLE: json_double(j, key, *(const double *)at); break;
    case PROTOBUF_C_TYPE_BOOL: json_bool(j, key, *(const protobuf_c_boolean *)at); break;
    case PROTOBUF_C_TYPE_ENUM: write_enum(j, key, field->descriptor, *(const int *)at); break;
    case PROTOBUF_C_TYPE_STRING: json_string(j, key, *(char *const *)at); break;
    case PROTOBUF_C_TYPE_BYTES: json_null(j, key); break; /* no message has any */
    case PROTOBUF_C_TYPE_MESSAGE:
        message = *(const ProtobufCMessage *const *)at;
        if (message && message->descriptor == &nw__quality__descriptor)
            write_quality(j, (const Nw__Quality *)message);
        else if (message)
            write_message(j, key, message, NULL);
        break;
    }
}

/* ---- messages ---- */

static size_t size_of(ProtobufCType type)
{
    switch (type) {
    case PROTOBUF_C_TYPE_INT32:
    case PROTOBUF_C_TYPE_SINT32:
    case PROTOBUF_C_TYPE_SFIXED32:
    case PROTOBUF_C_TYPE_UINT32:
    case PROTOBUF_C_TYPE_FIXED32:
    case PROTOBUF_C_TYPE_FLOAT: return 4;
    case PROTOBUF_C_TYPE_BOOL: return sizeof(protobuf_c_boolean);
    case PROTOBUF_C_TYPE_ENUM: return sizeof(int);
    case PROTOBUF_C_TYPE_INT64:
    case PROTOBUF_C_TYPE_SINT64:
    case PROTOBUF_C_TYPE_SFIXED64:
    case PROTOBUF_C_TYPE_UINT64:
    case PROTOBUF_C_TYPE_FIXED64:
    case PROTOBUF_C_TYPE_DOUBLE: return 8;
    case PROTOBUF_C_TYPE_STRING:
    case PROTOBUF_C_TYPE_MESSAGE: return sizeof(void *);
    case PROTOBUF_C_TYPE_BYTES: break;
    }
    return sizeof(ProtobufCBinaryData);
}

static bool is_default(const ProtobufCFieldDescriptor *field, const void *at)
{
    static const uint8_t zeros[sizeof(ProtobufCBinaryData)];
    static const char *const always[] = {"state", "reason", "outcome", "clients", "value", NULL};

    if (field->type == PROTOBUF_C_TYPE_STRING)
        return !*(char *const *)at || !**(char *const *)at;
    if (is_one_of(field->name, always)) /* zero says something there */
        return false;
    return memcmp(at, zeros, size_of(field->type)) == 0;
}

static void write_named_values(struct json_out *j, const Nw__Samples *samples, const Nw__Table *table)
{
    json_array_begin(j, "values");
    for (size_t i = 0; i < samples->n_values && i < table->n_series; i++) {
        const Nw__Series *series = table->series[i];
        json_object_begin(j, NULL);
        if (series->entity < table->n_entities)
            json_string(j, "entity", table->entities[series->entity]->id);
        write_uint32(j, "metric", "metric", series->metric);
        json_double(j, "value", samples->values[i]);
        json_object_end(j);
    }
    json_array_end(j);
}

static void write_repeated(struct json_out *j, const ProtobufCFieldDescriptor *field,
                           const ProtobufCMessage *message)
{
    size_t count = *(const size_t *)((const char *)message + field->quantifier_offset);
    const char *items = *(char *const *)((const char *)message + field->offset);

    if (count == 0)
        return;
    json_array_begin(j, field->name);
    for (size_t i = 0; i < count; i++)
        write_value(j, NULL, field, items + i * size_of(field->type));
    json_array_end(j);
}

static void write_field(struct json_out *j, const ProtobufCFieldDescriptor *field,
                        const ProtobufCMessage *message)
{
    const void *at = (const char *)message + field->offset;

    if (field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) {
        const uint32_t *chosen = (const void *)((const char *)message + field->quantifier_offset);
        if (*chosen == field->id)
            write_value(j, field->name, field, at);
    } else if (field->label == PROTOBUF_C_LABEL_REPEATED) {
        write_repeated(j, field, message);
    } else if (!is_default(field, at)) {
        write_value(j, field->name, field, at);
    }
}

static void write_message(struct json_out *j, const char *key, const ProtobufCMessage *message,
                          const Nw__Table *table)
{
    const ProtobufCMessageDescriptor *type = message->descriptor;

    json_object_begin(j, key);
    for (unsigned i = 0; i < type->n_fields; i++)
        if (table && type == &nw__samples__descriptor && strcmp(type->fields[i].name, "values") == 0)
            write_named_values(j, (const Nw__Samples *)message, table);
        else
            write_field(j, &type->fields[i], message);
    json_object_end(j);
}

void record_json_write(struct json_out *j, const char *key, const Nw__Record *record, const Nw__Table *table)
{
    json_object_begin(j, key);
    json_time(j, "wall", record->wall > INT64_MAX ? INT64_MAX : (ns_t)record->wall);
    json_string(j, "kind", record_kind(record));
    if (record->body_case == NW__RECORD__BODY_SAMPLES)
        write_message(j, "samples", &record->samples->base, table);
    else if (record->body_case) {
        const ProtobufCFieldDescriptor *field =
            protobuf_c_message_descriptor_get_field(record->base.descriptor, (unsigned)record->body_case);
        if (field)
            write_field(j, field, &record->base);
    }
    json_object_end(j);
}
