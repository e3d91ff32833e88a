/* SPDX-License-Identifier: GPL-3.0-or-later */
/* export_text.c - three formats. Pure. */
#include "lib/stores/export_text.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/csv_out.h"
#include "lib/base/strx.h"
#include "lib/base/timex.h"

enum { NAME_SIZE = 96 };

static double value_at(const struct export_part *part, size_t row, size_t column)
{
    return part->result.values[row * part->result.columns + column];
}

/* ---- CSV ---- */

void export_csv_head(struct buf *out)
{
    buf_str(out, "time,source,entity,metric,unit,value,known\r\n");
}

void export_csv_part(const struct export_part *part, struct buf *out)
{
    struct csv_out csv;
    char time[TIMEX_RFC3339_SIZE];

    csv_init(&csv, out);
    for (size_t k = 0; k < part->columns; k++) {
        const struct metric_info *metric = metric_info(part->metrics[k]);
        for (size_t i = 0; i < part->result.rows; i++) {
            timex_rfc3339(export_row_time(&part->result, i), time);
            csv_text(&csv, time);
            csv_text(&csv, part->source);
            csv_text(&csv, part->entity);
            csv_text(&csv, metric->name);
            csv_text(&csv, metric->unit);
            csv_value(&csv, value_at(part, i, k));
            csv_number(&csv, part->result.completeness[i], 3);
            csv_end_row(&csv);
        }
    }
}

/* ---- OpenMetrics ---- */

static void metric_name(const struct metric_info *metric, char out[NAME_SIZE])
{
    snprintf(out, NAME_SIZE, "netzwacht_%s", metric->name);
    for (char *c = out; *c; c++)
        if (*c == '.' || *c == '-')
            *c = '_';
}

static void put_label(struct buf *out, const char *name, const char *value)
{
    struct buf text = BUF_INIT;

    strx_put_utf8(&text, value, strlen(value));
    buf_printf(out, "%s=\"", name);
    for (const char *c = text.data; c && *c; c++) {
        if (*c == '\\' || *c == '"')
            buf_printf(out, "\\%c", *c);
        else if (*c == '\n')
            buf_str(out, "\\n");
        else
            buf_put(out, c, 1);
    }
    buf_str(out, "\"");
    buf_fini(&text);
}

void export_openmetrics_part(const struct export_part *part, const char *instance, enum metric before,
                             struct buf *out)
{
    for (size_t k = 0; k < part->columns; k++, before = part->metrics[k - 1]) {
        const struct metric_info *metric = metric_info(part->metrics[k]);
        struct buf labels = BUF_INIT;
        char name[NAME_SIZE];
        metric_name(metric, name);
        if (part->metrics[k] != before)
            buf_printf(out, "# HELP %s %s in %s, as netzwacht kept it.\n# TYPE %s gauge\n", name,
                       metric->name, metric->unit, name);
        buf_str(&labels, "{");
        put_label(&labels, "entity", part->entity);
        buf_str(&labels, ",");
        put_label(&labels, "instance", instance);
        buf_str(&labels, ",");
        put_label(&labels, "source", part->source);
        buf_str(&labels, "}");
        for (size_t i = 0; i < part->result.rows; i++)
            if (isfinite(value_at(part, i, k)))
                buf_printf(out, "%s%s %.17g %lld\n", name, labels.data ? labels.data : "",
                           value_at(part, i, k), (long long)(export_row_time(&part->result, i) / SECONDS));
        if (buf_error(&labels))
            out->error = buf_error(&labels);
        buf_fini(&labels);
    }
}

void export_openmetrics_end(struct buf *out)
{
    buf_str(out, "# EOF\n");
}

/* ---- remote-write: protocol buffers by hand, four messages of two fields ---- */

enum { VARINT = 0, FIXED64 = 1, BYTES = 2 };

static void put_varint(struct buf *out, uint64_t value)
{
    while (value > 0x7f) {
        buf_u8(out, (uint8_t)(value | 0x80));
        value >>= 7;
    }
    buf_u8(out, (uint8_t)value);
}

static void put_bytes(struct buf *out, unsigned field, const void *bytes, size_t len)
{
    put_varint(out, field << 3 | BYTES);
    put_varint(out, len);
    buf_put(out, bytes, len);
}

static void put_message(struct buf *out, unsigned field, const struct buf *message)
{
    if (buf_error(message))
        out->error = buf_error(message);
    else
        put_bytes(out, field, message->data ? message->data : "", message->len);
}

static void write_label(struct buf *series, const char *name, const char *value)
{
    struct buf label = BUF_INIT, text = BUF_INIT;

    strx_put_utf8(&text, value, strlen(value));
    put_bytes(&label, 1, name, strlen(name));
    put_message(&label, 2, &text);
    put_message(series, 1, &label);
    buf_fini(&label);
    buf_fini(&text);
}

static void write_sample(struct buf *series, double value, ns_t time)
{
    struct buf sample = BUF_INIT;
    uint64_t bits;

    memcpy(&bits, &value, sizeof bits);
    put_varint(&sample, 1 << 3 | FIXED64);
    buf_le64(&sample, bits);
    put_varint(&sample, 2 << 3 | VARINT);
    put_varint(&sample, (uint64_t)(time / MILLISECONDS));
    put_message(series, 2, &sample);
    buf_fini(&sample);
}

size_t export_remote_write_part(const struct export_part *part, const char *instance, struct buf *out)
{
    size_t samples = 0;

    for (size_t k = 0; k < part->columns; k++) {
        struct buf series = BUF_INIT;
        char name[NAME_SIZE];
        size_t before = samples;
        metric_name(metric_info(part->metrics[k]), name);
        write_label(&series, "__name__", name); /* sorted by name, as the specification asks */
        write_label(&series, "entity", part->entity);
        write_label(&series, "instance", instance);
        write_label(&series, "source", part->source);
        for (size_t i = 0; i < part->result.rows; i++)
            if (isfinite(value_at(part, i, k))) {
                write_sample(&series, value_at(part, i, k), export_row_time(&part->result, i));
                samples++;
            }
        if (samples > before)
            put_message(out, 1, &series);
        buf_fini(&series);
    }
    return samples;
}
