/* SPDX-License-Identifier: GPL-3.0-or-later */
/* params.c - reads city.json. Pure: gets the text. (Apart from write.c, as jansson and json_out share names.)
 */
#include "city/write.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

static bool read_number(const json_t *root, const char *key, int64_t *out)
{
    const json_t *v = json_object_get(root, key);

    if (!json_is_integer(v))
        return false;
    *out = json_integer_value(v);
    return true;
}

static enum err read_params(const json_t *root, struct city_params *p, const char **problem)
{
    const char *schema = json_string_value(json_object_get(root, "schema"));
    const char *seed = json_string_value(json_object_get(root, "seed"));
    int64_t epoch = 0;
    char *end = NULL;

    *problem = "it is not a city of this version: run `netzwacht-city init` again";
    if (!schema || strcmp(schema, CITY_SCHEMA) != 0 || !seed)
        return ERR_MALFORMED;
    p->seed = strtoull(seed, &end, 10);
    *problem = "a member is missing or has another type: run `netzwacht-city init` again";
    if (*end || !read_number(root, "hotspots", &p->hotspots) || !read_number(root, "nodes", &p->nodes) ||
        !read_number(root, "port", &p->port) || !read_number(root, "portal_port", &p->portal_port) ||
        !read_number(root, "portal_tls_port", &p->portal_tls_port) ||
        !read_number(root, "dns_port", &p->dns_port) || !read_number(root, "epoch", &epoch) ||
        !json_is_number(json_object_get(root, "battery_s")) ||
        !json_is_number(json_object_get(root, "drift_db_minute")) ||
        !json_is_boolean(json_object_get(root, "script")))
        return ERR_MALFORMED;
    *problem = "the epoch must lie between 1970 and 2100";
    if (epoch < 0 || epoch > 4102444800)
        return ERR_RANGE;
    p->epoch = epoch * SECONDS;
    p->battery_s = json_number_value(json_object_get(root, "battery_s"));
    p->drift_db_minute = json_number_value(json_object_get(root, "drift_db_minute"));
    p->is_scripted = json_is_true(json_object_get(root, "script"));
    p->has_dhcp = json_is_true(json_object_get(root, "dhcp"));
    p->has_mistakes = json_is_true(json_object_get(root, "mistakes"));
    *problem = city_params_problem(p);
    return *problem ? ERR_RANGE : ERR_OK;
}

enum err city_read_params(const char *text, size_t len, struct city_params *out, const char **problem)
{
    json_t *root = json_loadb(text, len, JSON_REJECT_DUPLICATES, NULL);
    struct city_params p;
    enum err e;

    city_params_defaults(&p);
    if (!root) {
        *problem = "it is not JSON";
        return ERR_MALFORMED;
    }
    e = read_params(root, &p, problem);
    json_decref(root);
    if (!e)
        *out = p;
    return e;
}
