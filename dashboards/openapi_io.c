/* SPDX-License-Identifier: GPL-3.0-or-later */
/* openapi_io.c - a program of the build: docs/openapi.yaml on standard input, the same as JSON on standard
 * output. Knows libyaml. Exit status 1 with a message if the YAML is broken. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#include "lib/base/json_out.h"
#include "lib/base/strx.h"

static const char *text_of(const yaml_node_t *n)
{
    return (const char *)n->data.scalar.value;
}

static void put(yaml_document_t *doc, const yaml_node_t *n, const char *key, struct json_out *j);

/* A plain scalar may be a number, a truth value or null; a quoted one is text. */
static void put_scalar(const yaml_node_t *n, const char *key, struct json_out *j)
{
    const char *text = text_of(n);
    double number;
    int64_t whole;

    if (n->data.scalar.style != YAML_PLAIN_SCALAR_STYLE)
        json_string(j, key, text);
    else if (strcmp(text, "true") == 0 || strcmp(text, "false") == 0)
        json_bool(j, key, text[0] == 't');
    else if (strcmp(text, "null") == 0 || text[0] == '\0')
        json_null(j, key);
    else if (strx_to_i64(text, &whole) == ERR_OK)
        json_int(j, key, whole);
    else if (strx_to_double(text, &number) == ERR_OK)
        json_double(j, key, number);
    else
        json_string(j, key, text);
}

static void put_mapping(yaml_document_t *doc, const yaml_node_t *n, const char *key, struct json_out *j)
{
    json_object_begin(j, key);
    for (yaml_node_pair_t *p = n->data.mapping.pairs.start; p < n->data.mapping.pairs.top; p++)
        put(doc, yaml_document_get_node(doc, p->value), text_of(yaml_document_get_node(doc, p->key)), j);
    json_object_end(j);
}

static void put(yaml_document_t *doc, const yaml_node_t *n, const char *key, struct json_out *j)
{
    switch (n->type) {
    case YAML_SCALAR_NODE: put_scalar(n, key, j); return;
    case YAML_MAPPING_NODE: put_mapping(doc, n, key, j); return;
    case YAML_SEQUENCE_NODE:
        json_array_begin(j, key);
        for (yaml_node_item_t *i = n->data.sequence.items.start; i < n->data.sequence.items.top; i++)
            put(doc, yaml_document_get_node(doc, *i), NULL, j);
        json_array_end(j);
        return;
    case YAML_NO_NODE: return;
    }
}

int main(void)
{
    yaml_parser_t parser;
    yaml_document_t doc;
    struct buf out = BUF_INIT;
    struct json_out j;
    const yaml_node_t *root;
    int status = 1;

    if (!yaml_parser_initialize(&parser))
        return 1;
    yaml_parser_set_input_file(&parser, stdin);
    if (!yaml_parser_load(&parser, &doc)) {
        fprintf(stderr, "openapi.yaml:%zu: %s\n", parser.problem_mark.line + 1,
                parser.problem ? parser.problem : "cannot be read");
        yaml_parser_delete(&parser);
        return 1;
    }
    root = yaml_document_get_root_node(&doc);
    json_init(&j, &out);
    if (root && root->type == YAML_MAPPING_NODE) {
        put(&doc, root, NULL, &j);
        if (!buf_error(&out) && fwrite(out.data, 1, out.len, stdout) == out.len && fflush(stdout) == 0)
            status = 0;
    }
    buf_fini(&out);
    yaml_document_delete(&doc);
    yaml_parser_delete(&parser);
    return status;
}
