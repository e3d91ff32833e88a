/* SPDX-License-Identifier: GPL-3.0-or-later */
/* http_blob.c - the bytes of an answer, shared by all who are sent them. */
#include <stdlib.h>

#include "dashboards/http_io.h"

struct http_blob {
    size_t refs;
    char *data;
    size_t len;
};

struct http_blob *http_blob_new(char *data, size_t len)
{
    struct http_blob *b = malloc(sizeof *b);

    if (!b) {
        free(data);
        return NULL;
    }
    *b = (struct http_blob){.refs = 1, .data = data, .len = len};
    return b;
}

struct http_blob *http_blob_ref(struct http_blob *b)
{
    b->refs++;
    return b;
}

void http_blob_unref(struct http_blob *b)
{
    if (b && --b->refs == 0) {
        free(b->data);
        free(b);
    }
}

const char *http_blob_data(const struct http_blob *b, size_t *len)
{
    *len = b->len;
    return b->data ? b->data : "";
}
