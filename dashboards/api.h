/* SPDX-License-Identifier: GPL-3.0-or-later */
/* api.h - what the handlers of all routes share: the call, its answers, paging, the dashboard behind it. Each
 * handler is one function in an api_*.c, named in the table of routes.c and described in docs/openapi.yaml.
 */
#ifndef NW_DASHBOARDS_API_H
#define NW_DASHBOARDS_API_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dashboards/auth.h"
#include "dashboards/events.h"
#include "dashboards/files_io.h"
#include "dashboards/http_io.h"
#include "dashboards/network.h"
#include "dashboards/pulse.h"
#include "dashboards/reply.h"
#include "dashboards/routes.h"
#include "dashboards/snapshot.h"
#include "dashboards/throttle.h"
#include "dashboards/worker.h"
#include "lib/base/buf.h"
#include "lib/base/json_out.h"
#include "lib/model/firmware.h"
#include "lib/model/inventory.h"
#include "lib/model/settings.h"
#include "lib/stores/history.h"
#include "lib/stores/series.h"

enum { API_STREAMS_MAX = 200, API_ETAG_SIZE = 24 };

/* Appends a command to the dashboard's partition and syncs it. */
typedef enum err api_append_fn(void *ctx, Nw__Record *record);

/* What was turned away or did not work. */
struct dashboard_stats {
    uint64_t throttled, streams_refused, logins_refused, logins_throttled, series_failed, history_failed;
};

struct coverage_cells; /* api_ogc_features.c */

struct dashboard {
    struct loop *loop;
    const struct settings *settings;
    const struct inventory *inventory;
    struct http_server *http;
    struct snapshot *snapshot;
    struct network_cache network;
    struct availability_sums *availability; /* NULL: nobody asked */
    struct map_features *map;               /* of the map's answer; NULL: nobody asked */
    struct pulse *pulse;                    /* the last hour of the daemons' figures */
    struct history *history;
    struct firmware_rules *firmware; /* NULL: the operator has written none */
    struct users *users;
    struct events *events;
    struct worker *worker;
    struct series_worker *series;
    struct throttle *by_account, *by_address;
    struct files *web, *published, *coverage;
    struct http_blob *description; /* openapi.json; NULL: not installed */
    struct buf coverage_summary;   /* of the coverage with this tag */
    char coverage_etag[24];
    struct coverage_cells *cells; /* NULL: nobody asked */
    struct api_call *streams;     /* open event streams */
    size_t stream_count;
    struct loop_timer tick;
    uint64_t tick_count;
    int64_t today; /* of api_today(), each second anew */
    api_append_fn *append;
    void *append_ctx;
    ns_t started; /* wall */
    struct dashboard_stats stats;
};

struct api_call {
    struct dashboard *dashboard;
    struct http_request *request;
    const struct route *route;
    struct session session;
    char token[SECRET_HEX_SIZE]; /* of the session cookie or the Authorization header; "" = none */
    bool is_bearer;              /* of the header: no browser sends it by itself, so nobody can forge it */
    char param[ROUTE_PARAM_SIZE];
    char retry_after[24];                         /* seconds; "" = no such header */
    struct api_call *previous, *next;             /* of the event streams */
    void (*abandon)(struct api_call *c, void *p); /* the request is gone while p works for it */
    void *pending;
};

/* ---- answers: exactly one per call ---- */

/* body is taken (emptied). With an entity tag; 304 if the client has it. type NULL: application/json. */
void api_reply(struct api_call *c, unsigned status, const char *type, struct buf *body);
/* The same for bytes that are kept for others to come, with 200; their tag is api_etag()'s. Takes no
 * reference. */
void api_reply_blob(struct api_call *c, const char *type, struct http_blob *blob, const char *etag);
/* A weak entity tag of the bytes. */
void api_etag(const char *data, size_t len, char out[API_ETAG_SIZE]);
/* body with 200 as JSON, or the problem that e is; body is taken in both cases. */
void api_reply_or_problem(struct api_call *c, enum err e, struct buf *body);
/* Nothing but a status; extra headers may be NULL. */
void api_reply_empty(struct api_call *c, unsigned status, const struct http_header *extra, size_t count);
/* RFC 9457; kind is the end of the type URN; detail says what to do. */
void api_problem(struct api_call *c, unsigned status, const char *kind, const char *title, const char *fmt,
                 ...) NW_PRINTF(5, 6);
void api_problem_err(struct api_call *c, enum err e); /* 404, 400 or 500 by what it is */
void api_bad_parameter(struct api_call *c, const char *name, const char *expected);
void api_no_memory(struct api_call *c);
/* A file with its own type and cache rule. */
void api_reply_file(struct api_call *c, const struct files_entry *entry, enum reply_kind kind);
enum { API_HEADERS_MAX = REPLY_HEADERS_MAX };

/* One entry of the audit log; a failure is logged, the request goes on. */
void api_audit_note(struct dashboard *d, const char *user, const char *address, const char *action,
                    const char *object);

/* ---- commands (api_incidents.c) ---- */

enum { API_COMMENT_MAX = 4000 }; /* bytes */

/* Appends the command to the journal as this session's user and answers 202 with its id, which is the
 * Idempotency-Key if there is one: a key that was seen before writes nothing and gets the same answer. */
void api_submit(struct api_call *c, Nw__Command *command);
void api_reply_accepted(struct api_call *c, const char *id);

/* ---- parameters ---- */

const char *api_param(const struct api_call *c, const char *name); /* NULL: not there or empty */
/* false: answered with 400 already. */
bool api_param_int(struct api_call *c, const char *name, int64_t lo, int64_t hi, int64_t fallback,
                   int64_t *out);
/* RFC 3339, seconds since 1970, or "-3600" = so many seconds before base. */
bool api_param_time(struct api_call *c, const char *name, ns_t base, ns_t fallback, ns_t *out);
/* The text to look for; NULL: none. */
bool api_param_q(struct api_call *c, const char **out);
/* Is word in a comma-separated list? A NULL list has everything. */
bool api_list_has(const char *list, const char *word);
/* Does any of the texts (NULL ends them) contain q? ASCII case ignored. q NULL: yes. */
bool api_matches(const char *q, ...);

/* A page of a list that is filtered on the way: cursor is the index to begin with. */
struct api_page {
    int64_t limit, skip; /* skip: rows of the whole list before the page */
    int64_t given;
    int64_t next; /* cursor of the next page; -1: none */
};
bool api_page_begin(struct api_call *c, struct api_page *p, struct buf *b, struct json_out *j);
/* Is there room for one more? Else remembers index as the next page's cursor. */
bool api_page_room(struct api_page *p, int64_t index);
void api_page_end(struct api_call *c, struct api_page *p, struct buf *b, struct json_out *j);

/* ---- shapes that several answers share (api_json.c) ---- */

void api_json_state_counts(struct json_out *j, const char *key, const size_t counts[5]);
void api_json_id(struct json_out *j, const char *key, const char *id); /* NULL or "" is null */
void api_json_hotspot_members(struct json_out *j, const struct dashboard *d, size_t index);
void api_json_device_members(struct json_out *j, const struct dashboard *d, size_t index);
void api_json_summary(struct json_out *j, const char *key, const struct dashboard *d, ns_t now);
void api_json_daemon(struct json_out *j, const char *key, const struct snap_daemon *daemon, ns_t now);
/* Why a daemon is not well: NULL, or a sentence written to text (size bytes, 160 are enough). */
const char *api_daemon_problem(const struct snap_daemon *daemon, ns_t now, char *text, size_t size);
void api_json_state_event(struct json_out *j, const struct dashboard *d, const Nw__State *state);
/* false, and nothing written: history does not know the command. */
bool api_json_command_event(struct json_out *j, const struct dashboard *d, const Nw__Outcome *outcome);
/* Values of one entity, with unit, quality and age. */
void api_json_entity(struct json_out *j, const struct snap_source *source, const Nw__Table *t, size_t entity);
void api_json_probes(struct json_out *j, const struct dashboard *d, const char *id);
/* Diagrams worth showing for the entities that a filter lets through. */
typedef bool api_entity_filter(const Nw__Entity *entity, const void *ctx);
void api_json_graphs(struct json_out *j, const char *source_id, const Nw__Table *t, api_entity_filter *filter,
                     const void *ctx);
/* Vendor, model, version, serial number, and what the firmware rules say; asset NULL: nothing is known. */
void api_json_asset_members(struct json_out *j, const struct dashboard *d, const struct asset *asset);
/* `rule`: the entry of firmware.yaml that fits, or null. */
void api_json_firmware_rule(struct json_out *j, const struct dashboard *d, const struct asset *asset);
void api_json_availability(struct json_out *j, const struct availability *a);
/* Midnight of the day that lies days - 1 before today, in Europe/Berlin. */
ns_t api_first_midnight(ns_t now, int64_t days);
/* Days since 1970 in Europe/Berlin; a second after midnight at the latest. */
int64_t api_today(const struct dashboard *d);
void api_firmware_tick(struct dashboard *d);
void api_reports_tick(struct dashboard *d);
const char *api_outcome_name(uint32_t outcome);

#define API_DAEMON_SILENT (10 * SECONDS)

/* ---- handlers ---- */

route_fn api_health, api_metrics, api_description, api_config, api_session_get, api_session_post,
    api_session_delete, api_tokens, api_token_issue, api_token_revoke, api_summary, api_hotspots,
    api_hotspots_geojson, api_hotspot, api_hotspot_history, api_hotspot_availability, api_availability,
    api_devices, api_device, api_device_entities, api_device_neighbours, api_device_changes, api_firmware,
    api_firmware_assets, api_services, api_funnel, api_sites, api_topology, api_series, api_device_poll,
    api_hotspot_poll, api_incidents, api_incident, api_incident_acknowledge, api_incident_comment,
    api_incident_assign, api_incident_shelve, api_incident_unshelve, api_incident_close, api_command,
    api_maintenance, api_maintenance_add, api_maintenance_end, api_self, api_coverage, api_coverage_summary,
    api_daemons, api_users, api_audit, api_events, api_public_file, api_public_redirect, api_web_file;

route_fn api_ogc_landing, api_ogc_conformance, api_ogc_collections, api_ogc_collection, api_ogc_items,
    api_ogc_item, api_citizen_reports;

void api_availability_free(struct availability_sums *a); /* NULL is fine */
void api_map_free(struct map_features *f);               /* NULL is fine */
void api_coverage_cells_free(struct coverage_cells *x);  /* NULL is fine */

/* ---- event streams (api_events.c) ---- */

void api_events_record(struct dashboard *d, const char *partition, uint64_t pos, const Nw__Record *record,
                       ns_t now);
void api_events_tick(struct dashboard *d);
/* Tells all streams that lists are to be read again. */
void api_events_reset(struct dashboard *d);
void api_stream_gone(struct api_call *c);

#endif
