/* SPDX-License-Identifier: GPL-3.0-or-later */
/* settings.h - netzwacht.yaml: one struct for all daemons, each reads its part. Schema table in settings.c.
 * A relative path is relative to the directory of the file that it stands in. */
#ifndef NW_MODEL_SETTINGS_H
#define NW_MODEL_SETTINGS_H

#include <stdbool.h>

#include "lib/base/err.h"
#include "lib/base/units.h"
#include "lib/model/channel_settings.h"
#include "lib/model/snmp_security.h"
#include "lib/runtime/conf.h"

enum snmp_version { SNMP_V1, SNMP_V2C, SNMP_V3 };

struct credentials {
    char *name;
    int version;          /* enum snmp_version */
    char *community_file; /* v1, v2c: a file with the community in its first line, 0600 */
    /* v3 */
    char *user, *context; /* context: NULL = the default one, "" */
    int auth, priv;       /* enum snmp_auth, enum snmp_priv */
    char *auth_file,
        *priv_file; /* each with a passphrase in its first line, 0600; NULL = the protocol is none */
    struct conf_pos at;
};

struct collector_settings {
    int64_t interval;         /* ns: 60 s */
    int64_t timeout;          /* ns: 1 s, first answer; then measured */
    int64_t miss_interval;    /* ns: 2 s, between polls after a miss */
    int64_t confirm_interval; /* ns: 500 ms */
    int64_t window;           /* requests in flight over all devices: 256 */
    int64_t uplink_window;    /* … over those with the same uplink: 32; 0 = no bound */
    char *bind;               /* source address, NULL = any */
    int64_t trap_port;        /* UDP port that traps are received on; 0 = none are */
};

struct store_settings {
    char *directory; /* NULL = <state>/rrd */
    int64_t batch;   /* ns: how long samples are gathered before an update: 20 min */
    int64_t step;    /* ns: 60 s, of the short class; the long one is 5 of them */
    /* ns that rows of new files are kept; 0: as lib/stores/rrd_layout.h says. Widths are those of step 60 s.
     */
    int64_t keep_minutes, keep_short;         /* short class: rows of 60 s, of 5 min */
    int64_t keep_long, keep_hours, keep_days; /* long class: rows of 5 min, an hour, a day */
    int64_t budget;                           /* bytes that `check` compares its estimate with: 5 GiB */
};

struct journal_settings {
    int64_t keep; /* ns: 2 h, what collector and probe keep at least (alerts: 26 months, commands: 30 days) */
    int64_t size; /* bytes a partition, 4 GiB: beyond it the oldest goes before its time */
};

struct mqtt_settings {
    char *host;   /* NULL = no MQTT: alerts stay in the outbox */
    int64_t port; /* 8883 */
    char *user, *password_file;
    bool tls;
    char *ca_file, *certificate_file, *key_file;
    int64_t heartbeat; /* ns: 10 s */
};

/* For events of critical incidents that the NOC does not confirm. */
struct second_path_settings {
    int64_t after;                /* ns: 120 s */
    struct conf_strings channels; /* names of alerts.channels; none: no second path */
};

struct alerts_settings {
    char *rules;             /* file; NULL = built-in rules alone */
    int64_t state_repeat;    /* ns: 15 min, retained states are published at least this often */
    int64_t receipt_timeout; /* ns: 60 s, first repetition without receipt */
    int64_t reserve;         /* bytes: 96 MiB, set aside in alerts.db for a full disk */
    int64_t tombstone_after; /* ns: 24 h, an access point that vanished is taken for removed */
    struct mqtt_settings mqtt;
    char *dashboard_url;       /* where people reach the dashboard, for links; NULL: no links */
    struct conf_list channels; /* struct channel_settings */
    struct second_path_settings second_path;
};

/* How a service of kind radius is asked. */
enum radius_ask { RADIUS_ASK_STATUS, RADIUS_ASK_PAP, RADIUS_ASK_CHAP };

struct radius_account {
    char *service;              /* its id in the inventory */
    char *secret_file;          /* shared with the server; first line, mode 0600 */
    int method;                 /* enum radius_ask */
    char *user, *password_file; /* of the test account: pap, chap */
    char *nas_identifier;       /* "netzwacht" */
    struct conf_pos at;
};

/* One step of a service of kind http, in the order of the file. */
struct web_step_settings {
    char *service; /* its id in the inventory */
    char *url;
    struct conf_pairs form;               /* fields that are posted; none: GET */
    char *password_field, *password_file; /* one more field, its value from a file of mode 0600 */
    int64_t status;                       /* of the last answer; 0: any that is no failure */
    char *contains, *lacks;               /* texts of the page, or NULL */
    struct conf_pos at;
};

struct probe_settings {
    bool enabled;
    int64_t interval;            /* ns: 60 s */
    int64_t pings;               /* echo requests a round: 10 */
    struct conf_strings allowed; /* prefixes that targets may lie in; none = no probe is sent */
    struct conf_list radius;     /* struct radius_account */
    struct conf_list steps;      /* struct web_step_settings */
};

struct sensor_settings { /* passive probes, off by default */
    bool enabled;
    int64_t interval;                          /* ns: 60 s, of the reports */
    struct conf_strings dhcp_servers, routers; /* addresses that may answer, beside services of kind dhcp */
    struct conf_strings open_ssids, secured_ssids; /* our networks, for the brand watch */
    struct conf_strings bssids; /* base MACs of our access points, beside the inventory's */
};

struct dashboard_settings {
    char *listen;  /* address 127.0.0.1 */
    int64_t port;  /* 8080 */
    char *web_dir; /* the built web bundle; NULL = compiled-in data dir */
    char *tls_certificate, *tls_key;
    char *title;                       /* "Netzwacht Norderstedt" */
    int64_t session_idle, session_max; /* ns */
    bool admin_second_factor;          /* no administrator logs in without one */
};

struct public_settings {
    char *directory;  /* NULL = <state>/public */
    int64_t interval; /* ns: 10 s */
    char *url;        /* where citizens find the pages, with a slash at its end; NULL = not known */
    char *licence, *licence_url, *attribution; /* of the open data; NULL = not stated */
    char *listen;                              /* address 127.0.0.1 */
    int64_t port;                              /* of its own server with the form for reports; 0 = none */
    int64_t report_keep;                       /* ns: 180 d */
    char *imprint, *privacy, *accessibility, *easy_language; /* an address or a text file; NULL = none */
};

enum coverage_model { COVERAGE_P1411, COVERAGE_UMI };

struct coverage_settings {
    double threshold_dbm;  /* -67 */
    double indoor_loss_db; /* median building entry loss measured in this city; 0 = ITU-R P.2109's */
    int64_t step_m;        /* of the raster: 25 or 10 */
    int model;             /* enum coverage_model */
    double roof_height_m;  /* access points higher than this stand above the roofs */
    char *buildings;       /* footprints, any file that OGR reads; NULL: none */
    char *population;      /* inhabitants per 100 m cell, CSV of the Zensus; NULL: none */
    char *places;          /* points of interest: CSV with name, kind, lat, lon; NULL: none */
};

/* What a catalogue of open data must know; NULL: not said. */
struct open_data_settings {
    char *publisher, *contact; /* name; mail address */
    char *contributor_id;      /* IRI, given by GovData */
    char *municipality_key;    /* eight digits, with its zeros */
    char *base_url;            /* where the files will lie, without a slash at its end */
    int license;               /* index into open_data_license_words */
};
extern const char *const open_data_license_words[];

struct settings {
    char *instance;                   /* "norderstedt" */
    char *state_dir;                  /* /var/lib/netzwacht */
    struct conf_strings inventory;    /* files or directories */
    char *districts;                  /* GeoJSON */
    struct conf_strings profile_dirs; /* in addition to the shipped ones */
    char *firmware;                   /* rules of versions and support, lib/model/firmware.h; NULL = none */
    bool is_simulated;                /* pages say so */
    struct conf_list credentials;     /* struct credentials */
    struct collector_settings collector;
    struct journal_settings journal;
    struct store_settings store;
    struct alerts_settings alerts;
    struct probe_settings probe;
    struct sensor_settings sensor;
    struct dashboard_settings dashboard;
    struct public_settings public_page;
    struct coverage_settings coverage;
    struct open_data_settings open_data;
    /* derived */
    char *path;                               /* the file */
    char *journal_dir, *rrd_dir, *public_dir; /* <state_dir>/journal … */
    char hash[17];                            /* of the file's bytes, hex: heartbeats carry it */
};

enum err settings_load(const char *path, struct conf_report *report, struct settings **out) NW_CHECKED;
void settings_free(struct settings *s);
/* NULL if there is none of that name. */
const struct credentials *settings_credentials(const struct settings *s, const char *name);

/* The first line of a secret's file, malloc'ed. ERR_DENIED if others than its owner may read it. */
enum err settings_read_secret(const char *path, char **out) NW_CHECKED;

/* Where shipped data lies: $NETZWACHT_DATA_DIR, else beside the program in a build tree, else the
 * installed <datadir>/netzwacht. name: "profiles", "web", "schemas", … malloc'ed path; NULL: out of memory.
 */
char *settings_data_path(const char *name);
/* An address of the web, where a setting may name a file or one. */
bool settings_is_address(const char *text);

#endif
