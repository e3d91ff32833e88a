/* SPDX-License-Identifier: GPL-3.0-or-later */
/* topology_index.c - which node an LLDP neighbour is. Pure. */
#include "lib/model/topology.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/strx.h"

enum {
    KEY_SIZE = 256,
    CUT_MIN = 15, /* a system name of so many bytes may be the beginning of a longer one */
};

struct key {
    char *text; /* lower case */
    size_t node;
};

struct keys {
    struct key *items; /* sorted by text, then node */
    size_t count;
};

struct topo_index {
    struct keys chassis, address, name, host;
};

/* ---- texts in one form ---- */

static void lower(const char *from, char out[KEY_SIZE])
{
    strx_copy(out, KEY_SIZE, from);
    for (char *p = out; *p; p++)
        *p = (char)tolower((unsigned char)*p);
}

/* "20-4C-9E-6E-08-FE" and "204c.9e6e.08fe" as "20:4c:9e:6e:08:fe"; other chassis ids in lower case. */
static void chassis_form(const char *from, char out[KEY_SIZE])
{
    char digits[12];
    size_t n = 0;

    lower(from, out);
    for (const char *p = out; *p; p++) {
        if (strchr(":-. ", *p))
            continue;
        if (!isxdigit((unsigned char)*p) || n == sizeof digits)
            return;
        digits[n++] = *p;
    }
    if (n < sizeof digits)
        return;
    for (size_t i = 0; i < sizeof digits; i++) {
        out[i / 2 * 3 + i % 2] = digits[i];
        out[i / 2 * 3 + 2] = ':';
    }
    out[17] = '\0';
    if (strcmp(out, "00:00:00:00:00:00") == 0)
        out[0] = '\0';
}

/* Up to the domain; what looks like an address has none. */
static void host_form(const char *from, char out[KEY_SIZE])
{
    lower(from, out);
    if (out[strspn(out, "0123456789.")] != '\0' && !strchr(out, ':'))
        out[strcspn(out, ".")] = '\0';
}

/* ---- keys ---- */

static int by_text(const void *a, const void *b)
{
    const struct key *x = a, *y = b;
    int order = strcmp(x->text, y->text);

    return order ? order : (x->node > y->node) - (x->node < y->node);
}

static enum err add_key(struct keys *keys, void (*form)(const char *, char[KEY_SIZE]), const char *text,
                        size_t node)
{
    char key[KEY_SIZE];

    if (!text)
        return ERR_OK;
    form(text, key);
    if (!*key)
        return ERR_OK;
    keys->items[keys->count].text = strdup(key);
    if (!keys->items[keys->count].text)
        return ERR_NOMEM;
    keys->items[keys->count++].node = node;
    return ERR_OK;
}

static bool matches(const struct key *k, const char *text, size_t len)
{
    return len ? strncmp(k->text, text, len) == 0 : strcmp(k->text, text) == 0;
}

/* The one node whose key is text (len 0) or begins with its len bytes. */
static size_t find(const struct keys *keys, const char *text, size_t len)
{
    size_t lo = 0, hi = keys->count;

    if (!*text)
        return TOPO_NONE;
    while (lo < hi) {
        size_t mid = (lo + hi) / 2;

        if (strcmp(keys->items[mid].text, text) < 0)
            lo = mid + 1;
        else
            hi = mid;
    }
    if (lo == keys->count || !matches(&keys->items[lo], text, len))
        return TOPO_NONE;
    if (lo + 1 < keys->count && matches(&keys->items[lo + 1], text, len))
        return TOPO_NONE;
    return keys->items[lo].node;
}

static size_t find_form(const struct keys *keys, void (*form)(const char *, char[KEY_SIZE]), const char *text)
{
    char key[KEY_SIZE];

    if (!text)
        return TOPO_NONE;
    form(text, key);
    return find(keys, key, 0);
}

/* ---- the index ---- */

enum err topo_index_new(const struct topo_node *nodes, size_t count, struct topo_index **out)
{
    struct topo_index *x = calloc(1, sizeof *x);
    struct keys *all[4];
    enum err e = ERR_OK;

    if (!x)
        return ERR_NOMEM;
    all[0] = &x->chassis;
    all[1] = &x->address;
    all[2] = &x->name;
    all[3] = &x->host;
    for (size_t k = 0; k < ARRAY_LEN(all); k++) {
        all[k]->items = calloc(count + 1, sizeof *all[k]->items);
        if (!all[k]->items)
            e = ERR_NOMEM;
    }
    for (size_t i = 0; !e && i < count; i++) {
        const char *name = nodes[i].name && *nodes[i].name ? nodes[i].name : nodes[i].id;

        e = add_key(&x->chassis, chassis_form, nodes[i].chassis_id, i);
        if (!e)
            e = add_key(&x->address, lower, nodes[i].address, i);
        if (!e)
            e = add_key(&x->name, lower, name, i);
        if (!e)
            e = add_key(&x->host, host_form, name, i);
    }
    if (e) {
        topo_index_free(x);
        return e;
    }
    for (size_t k = 0; k < ARRAY_LEN(all); k++)
        if (all[k]->count)
            qsort(all[k]->items, all[k]->count, sizeof *all[k]->items, by_text);
    *out = x;
    return ERR_OK;
}

static void free_keys(struct keys *keys)
{
    for (size_t i = 0; i < keys->count; i++)
        free(keys->items[i].text);
    free(keys->items);
}

void topo_index_free(struct topo_index *index)
{
    if (!index)
        return;
    free_keys(&index->chassis);
    free_keys(&index->address);
    free_keys(&index->name);
    free_keys(&index->host);
    free(index);
}

size_t topo_identify(const struct topo_index *index, const struct topo_neighbour *n)
{
    char name[KEY_SIZE];
    size_t node = find_form(&index->chassis, chassis_form, n->chassis_id);

    if (node == TOPO_NONE)
        node = find_form(&index->address, lower, n->address);
    if (node == TOPO_NONE)
        node = find_form(&index->name, lower, n->name);
    if (node == TOPO_NONE)
        node = find_form(&index->host, host_form, n->name);
    if (node != TOPO_NONE || !n->name)
        return node;
    lower(n->name, name);
    return strlen(name) >= CUT_MIN ? find(&index->name, name, strlen(name)) : TOPO_NONE;
}
