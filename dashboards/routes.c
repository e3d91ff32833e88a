/* SPDX-License-Identifier: GPL-3.0-or-later */
/* routes.c - the route table. Pure. */
#include "dashboards/routes.h"

#include <string.h>

#include "dashboards/api.h"
#include "lib/base/strx.h"

#define API "/api/v1/"

const struct route routes[] = {
    {HTTP_GET, "/healthz", ROLES_ALL, api_health},
    {HTTP_GET, "/metrics", ROLES_ALL, api_metrics},
    {HTTP_GET, API "openapi.json", ROLES_ALL, api_description},
    {HTTP_GET, API "config", ROLES_ALL, api_config},
    {HTTP_GET, API "session", ROLES_ALL, api_session_get},
    {HTTP_POST, API "session", ROLES_ALL, api_session_post},
    {HTTP_DELETE, API "session", ROLES_STAFF, api_session_delete},
    {HTTP_GET, API "summary", ROLES_STAFF, api_summary},
    {HTTP_GET, API "hotspots", ROLES_STAFF, api_hotspots},
    {HTTP_GET, API "hotspots.geojson", ROLES_STAFF, api_hotspots_geojson},
    {HTTP_GET, API "hotspots/{id}", ROLES_STAFF, api_hotspot},
    {HTTP_GET, API "hotspots/{id}/history", ROLES_STAFF, api_hotspot_history},
    {HTTP_GET, API "hotspots/{id}/availability", ROLES_STAFF, api_hotspot_availability},
    {HTTP_GET, API "availability", ROLES_STAFF, api_availability},
    {HTTP_GET, API "devices", ROLES_STAFF, api_devices},
    {HTTP_GET, API "devices/{id}", ROLES_STAFF, api_device},
    {HTTP_GET, API "devices/{id}/entities", ROLES_STAFF, api_device_entities},
    {HTTP_GET, API "devices/{id}/neighbours", ROLES_STAFF, api_device_neighbours},
    {HTTP_GET, API "devices/{id}/changes", ROLES_STAFF, api_device_changes},
    {HTTP_POST, API "devices/{id}/poll", ROLES_ACT, api_device_poll},
    {HTTP_POST, API "hotspots/{id}/poll", ROLES_ACT, api_hotspot_poll},
    {HTTP_GET, API "firmware", ROLES_STAFF, api_firmware},
    {HTTP_GET, API "firmware/assets", ROLES_STAFF, api_firmware_assets},
    {HTTP_GET, API "services", ROLES_STAFF, api_services},
    {HTTP_GET, API "sites", ROLES_STAFF, api_sites},
    {HTTP_GET, API "funnel", ROLES_STAFF, api_funnel},
    {HTTP_GET, API "topology", ROLES_STAFF, api_topology},
    {HTTP_GET, API "series", ROLES_STAFF, api_series},
    {HTTP_GET, API "incidents", ROLES_STAFF, api_incidents},
    {HTTP_GET, API "incidents/{id}", ROLES_STAFF, api_incident},
    {HTTP_POST, API "incidents/{id}/acknowledge", ROLES_ACT, api_incident_acknowledge},
    {HTTP_POST, API "incidents/{id}/comment", ROLES_ACT, api_incident_comment},
    {HTTP_POST, API "incidents/{id}/assign", ROLES_ACT, api_incident_assign},
    {HTTP_POST, API "incidents/{id}/shelve", ROLES_NOC, api_incident_shelve},
    {HTTP_POST, API "incidents/{id}/unshelve", ROLES_NOC, api_incident_unshelve},
    {HTTP_POST, API "incidents/{id}/close", ROLES_NOC, api_incident_close},
    {HTTP_GET, API "commands/{id}", ROLES_ACT, api_command},
    {HTTP_GET, API "maintenance", ROLES_STAFF, api_maintenance},
    {HTTP_POST, API "maintenance", ROLES_NOC, api_maintenance_add},
    {HTTP_DELETE, API "maintenance/{id}", ROLES_NOC, api_maintenance_end},
    {HTTP_GET, API "coverage", ROLES_STAFF, api_coverage},
    {HTTP_GET, API "coverage/summary", ROLES_STAFF, api_coverage_summary},
    {HTTP_GET, API "ogc", ROLES_STAFF, api_ogc_landing},
    {HTTP_GET, API "ogc/conformance", ROLES_STAFF, api_ogc_conformance},
    {HTTP_GET, API "ogc/collections", ROLES_STAFF, api_ogc_collections},
    {HTTP_GET, API "ogc/collections/{id}", ROLES_STAFF, api_ogc_collection},
    {HTTP_GET, API "ogc/collections/{id}/items", ROLES_STAFF, api_ogc_items},
    {HTTP_GET, API "ogc/collections/hotspots/items/{id}", ROLES_STAFF, api_ogc_item},
    {HTTP_GET, API "ogc/collections/links/items/{id}", ROLES_STAFF, api_ogc_item},
    {HTTP_GET, API "ogc/collections/reports/items/{id}", ROLES_STAFF, api_ogc_item},
    {HTTP_GET, API "citizen-reports", ROLES_STAFF, api_citizen_reports},
    {HTTP_GET, API "ogc/collections/coverage/items/{id}", ROLES_STAFF, api_ogc_item},
    {HTTP_GET, API "daemons", ROLES_STAFF, api_daemons},
    {HTTP_GET, API "self", ROLES_ACT, api_self},
    {HTTP_GET, API "users", ROLE_ADMIN, api_users},
    {HTTP_GET, API "tokens", ROLE_ADMIN, api_tokens},
    {HTTP_POST, API "tokens", ROLE_ADMIN, api_token_issue},
    {HTTP_DELETE, API "tokens/{id}", ROLE_ADMIN, api_token_revoke},
    {HTTP_GET, API "audit", ROLE_ADMIN, api_audit},
    {HTTP_GET, API "events", ROLES_STAFF, api_events},
    {HTTP_GET, "/status", ROLES_ALL, api_public_redirect},
    {HTTP_GET, "/status/*", ROLES_ALL, api_public_file},
    {HTTP_GET, "/*", ROLES_ALL, api_web_file},
};

size_t routes_count(void)
{
    return sizeof routes / sizeof routes[0];
}

/* Does path fit the pattern? param receives the piece. */
static bool fits(const char *pattern, const char *path, char param[ROUTE_PARAM_SIZE])
{
    param[0] = '\0';
    while (*pattern) {
        if (*pattern == '*')
            return strx_copy(param, ROUTE_PARAM_SIZE, path);
        if (*pattern == '{') {
            size_t len = strcspn(path, "/");
            if (len == 0 || len >= ROUTE_PARAM_SIZE)
                return false;
            memcpy(param, path, len);
            param[len] = '\0';
            path += len;
            pattern = strchr(pattern, '}') + 1;
            continue;
        }
        if (*pattern != *path)
            return false;
        pattern++;
        path++;
    }
    return *path == '\0';
}

enum route_verdict routes_find(enum http_method method, const char *path, enum role role,
                               const struct route **out, char param[ROUTE_PARAM_SIZE])
{
    bool is_api = strx_starts_with(path, "/api/");
    enum route_verdict verdict = is_api && role == ROLE_PUBLIC ? ROUTE_LOG_IN : ROUTE_NO_PATH;

    *out = NULL;
    if (method == HTTP_HEAD)
        method = HTTP_GET;
    for (size_t i = 0; i < routes_count(); i++) {
        const struct route *r = &routes[i];
        if (is_api && strchr(r->path, '*'))
            continue; /* what is no route of the API is no file either */
        if (!fits(r->path, path, param))
            continue;
        if (r->method == method) {
            *out = r;
            if (r->roles & role)
                return ROUTE_FOUND;
            return role == ROLE_PUBLIC ? ROUTE_LOG_IN : ROUTE_FORBIDDEN;
        }
        if (verdict == ROUTE_NO_PATH)
            verdict = ROUTE_NO_METHOD;
    }
    param[0] = '\0';
    return verdict;
}
