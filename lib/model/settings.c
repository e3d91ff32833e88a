/* SPDX-License-Identifier: GPL-3.0-or-later */
/* settings.c - the schema tables of netzwacht.yaml, and the paths that follow from it. */
#include "lib/model/settings.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/strx.h"

enum { SECRET_MAX = 1024 };

/* ---- schema tables ---- */

static const char *const snmp_version_words[] = {"v1", "v2c", "v3", NULL};

static const struct conf_field credentials_fields[] = {
    CONF_STRING_FIELD(struct credentials, name, .is_required = true),
    CONF_ENUM_FIELD(struct credentials, version, snmp_version_words, .fallback = "v2c"),
    CONF_STRING_FIELD(struct credentials, community_file),
    CONF_STRING_FIELD(struct credentials, user),
    CONF_STRING_FIELD(struct credentials, context),
    CONF_ENUM_FIELD(struct credentials, auth, snmp_auth_words, .fallback = "none"),
    CONF_STRING_FIELD(struct credentials, auth_file),
    CONF_ENUM_FIELD(struct credentials, priv, snmp_priv_words, .fallback = "none"),
    CONF_STRING_FIELD(struct credentials, priv_file),
    CONF_POSITION_FIELD(struct credentials, at),
    CONF_END};
static const struct conf_schema credentials_schema = CONF_SCHEMA(struct credentials, credentials_fields);

static const struct conf_field collector_fields[] = {
    CONF_DURATION_FIELD(struct collector_settings, interval, 1, 86400, .fallback = "60s"),
    CONF_DURATION_FIELD(struct collector_settings, timeout, 0.05, 60, .fallback = "1s"),
    CONF_DURATION_FIELD(struct collector_settings, miss_interval, 0.05, 600, .fallback = "2s"),
    CONF_DURATION_FIELD(struct collector_settings, confirm_interval, 0.05, 60, .fallback = "500ms"),
    CONF_INT_FIELD(struct collector_settings, window, 1, 65536, .fallback = "256"),
    CONF_INT_FIELD(struct collector_settings, uplink_window, 0, 65536, .fallback = "32"),
    CONF_STRING_FIELD(struct collector_settings, bind),
    CONF_INT_FIELD(struct collector_settings, trap_port, 0, 65535, .fallback = "0"),
    CONF_END};
static const struct conf_schema collector_schema = CONF_SCHEMA(struct collector_settings, collector_fields);

static const struct conf_field store_fields[] = {
    CONF_STRING_FIELD(struct store_settings, directory),
    CONF_DURATION_FIELD(struct store_settings, batch, 0, 3600, .fallback = "20m"),
    CONF_DURATION_FIELD(struct store_settings, step, 1, 3600, .fallback = "60s"),
    CONF_DURATION_FIELD(struct store_settings, keep_minutes, 0, 100 * 86400.0, .fallback = "0"),
    CONF_DURATION_FIELD(struct store_settings, keep_short, 0, 600 * 86400.0, .fallback = "0"),
    CONF_DURATION_FIELD(struct store_settings, keep_long, 0, 600 * 86400.0, .fallback = "0"),
    CONF_DURATION_FIELD(struct store_settings, keep_hours, 0, 20 * 365 * 86400.0, .fallback = "0"),
    CONF_DURATION_FIELD(struct store_settings, keep_days, 0, 50 * 365 * 86400.0, .fallback = "0"),
    CONF_BYTES_FIELD(struct store_settings, budget, 1048576, 1e15, .fallback = "5GiB"),
    CONF_END};
static const struct conf_schema store_schema = CONF_SCHEMA(struct store_settings, store_fields);

static const struct conf_field journal_fields[] = {
    CONF_DURATION_FIELD(struct journal_settings, keep, 7200, 30 * 86400, .fallback = "2h"),
    CONF_BYTES_FIELD(struct journal_settings, size, 16777216, 1e15, .fallback = "4GiB"), CONF_END};
static const struct conf_schema journal_schema = CONF_SCHEMA(struct journal_settings, journal_fields);

static const struct conf_field mqtt_fields[] = {
    CONF_STRING_FIELD(struct mqtt_settings, host),
    CONF_INT_FIELD(struct mqtt_settings, port, 1, 65535, .fallback = "8883"),
    CONF_STRING_FIELD(struct mqtt_settings, user),
    CONF_STRING_FIELD(struct mqtt_settings, password_file),
    CONF_BOOL_FIELD(struct mqtt_settings, tls, .fallback = "true"),
    CONF_STRING_FIELD(struct mqtt_settings, ca_file),
    CONF_STRING_FIELD(struct mqtt_settings, certificate_file),
    CONF_STRING_FIELD(struct mqtt_settings, key_file),
    CONF_DURATION_FIELD(struct mqtt_settings, heartbeat, 1, 3600, .fallback = "10s"),
    CONF_END};
static const struct conf_schema mqtt_schema = CONF_SCHEMA(struct mqtt_settings, mqtt_fields);

static const char *check_dashboard_url(const char *text)
{
    for (const char *p = text; *p; p++)
        if (*p <= ' ' || *p > '~')
            return "an address without blanks and umlauts";
    return strx_starts_with(text, "https://") || strx_starts_with(text, "http://")
               ? NULL
               : "an address that begins with https:// or http://";
}

static const char *check_public_url(const char *text)
{
    const char *wrong = check_dashboard_url(text);

    return wrong ? wrong : strx_ends_with(text, "/") ? NULL : "an address that ends with a slash";
}

bool settings_is_address(const char *text)
{
    return strx_starts_with(text, "https://") || strx_starts_with(text, "http://");
}

static const struct conf_field second_path_fields[] = {
    CONF_DURATION_FIELD(struct second_path_settings, after, 1, 86400, .fallback = "120s"),
    CONF_STRINGS_FIELD(struct second_path_settings, channels, .fallback = NULL), CONF_END};
static const struct conf_schema second_path_schema =
    CONF_SCHEMA(struct second_path_settings, second_path_fields);

static const struct conf_field alerts_fields[] = {
    CONF_STRING_FIELD(struct alerts_settings, rules),
    CONF_DURATION_FIELD(struct alerts_settings, state_repeat, 10, 86400, .fallback = "15min"),
    CONF_DURATION_FIELD(struct alerts_settings, receipt_timeout, 1, 3600, .fallback = "60s"),
    CONF_DURATION_FIELD(struct alerts_settings, tombstone_after, 1, 366 * 86400, .fallback = "24h"),
    CONF_BYTES_FIELD(struct alerts_settings, reserve, 0, 1e12, .fallback = "96MiB"),
    CONF_MAP_FIELD(struct alerts_settings, mqtt, &mqtt_schema),
    CONF_STRING_FIELD(struct alerts_settings, dashboard_url, .check = check_dashboard_url),
    CONF_LIST_FIELD(struct alerts_settings, channels, &channel_schema),
    CONF_MAP_FIELD(struct alerts_settings, second_path, &second_path_schema),
    CONF_END};
static const struct conf_schema alerts_schema = CONF_SCHEMA(struct alerts_settings, alerts_fields);

static const char *const radius_ask_words[] = {"status", "pap", "chap", NULL};
static const struct conf_field radius_fields[] = {
    CONF_ID_FIELD(struct radius_account, service, .is_required = true),
    CONF_STRING_FIELD(struct radius_account, secret_file, .is_required = true),
    CONF_ENUM_FIELD(struct radius_account, method, radius_ask_words, .fallback = "status"),
    CONF_STRING_FIELD(struct radius_account, user),
    CONF_STRING_FIELD(struct radius_account, password_file),
    CONF_STRING_FIELD(struct radius_account, nas_identifier, .fallback = "netzwacht"),
    CONF_POSITION_FIELD(struct radius_account, at),
    CONF_END};
static const struct conf_schema radius_schema = CONF_SCHEMA(struct radius_account, radius_fields);

static const struct conf_field step_fields[] = {
    CONF_ID_FIELD(struct web_step_settings, service, .is_required = true),
    CONF_STRING_FIELD(struct web_step_settings, url, .is_required = true),
    CONF_PAIRS_FIELD(struct web_step_settings, form),
    CONF_STRING_FIELD(struct web_step_settings, password_field),
    CONF_STRING_FIELD(struct web_step_settings, password_file),
    CONF_INT_FIELD(struct web_step_settings, status, 0, 599, .fallback = "0"),
    CONF_STRING_FIELD(struct web_step_settings, contains),
    CONF_STRING_FIELD(struct web_step_settings, lacks),
    CONF_POSITION_FIELD(struct web_step_settings, at),
    CONF_END};
static const struct conf_schema step_schema = CONF_SCHEMA(struct web_step_settings, step_fields);

static const struct conf_field probe_fields[] = {
    CONF_BOOL_FIELD(struct probe_settings, enabled, .fallback = "true"),
    CONF_DURATION_FIELD(struct probe_settings, interval, 1, 86400, .fallback = "60s"),
    CONF_INT_FIELD(struct probe_settings, pings, 1, 10, .fallback = "10"),
    CONF_STRINGS_FIELD(struct probe_settings, allowed),
    CONF_LIST_FIELD(struct probe_settings, radius, &radius_schema),
    CONF_LIST_FIELD(struct probe_settings, steps, &step_schema),
    CONF_END};
static const struct conf_schema probe_schema = CONF_SCHEMA(struct probe_settings, probe_fields);

static const struct conf_field sensor_fields[] = {
    CONF_BOOL_FIELD(struct sensor_settings, enabled, .fallback = "false"),
    CONF_DURATION_FIELD(struct sensor_settings, interval, 1, 3600, .fallback = "60s"),
    CONF_STRINGS_FIELD(struct sensor_settings, dhcp_servers),
    CONF_STRINGS_FIELD(struct sensor_settings, routers),
    CONF_STRINGS_FIELD(struct sensor_settings, open_ssids),
    CONF_STRINGS_FIELD(struct sensor_settings, secured_ssids),
    CONF_STRINGS_FIELD(struct sensor_settings, bssids),
    CONF_END};
static const struct conf_schema sensor_schema = CONF_SCHEMA(struct sensor_settings, sensor_fields);

static const struct conf_field dashboard_fields[] = {
    CONF_STRING_FIELD(struct dashboard_settings, listen, .fallback = "127.0.0.1"),
    CONF_INT_FIELD(struct dashboard_settings, port, 1, 65535, .fallback = "8080"),
    CONF_STRING_FIELD(struct dashboard_settings, web_dir),
    CONF_STRING_FIELD(struct dashboard_settings, tls_certificate),
    CONF_STRING_FIELD(struct dashboard_settings, tls_key),
    CONF_STRING_FIELD(struct dashboard_settings, title, .fallback = "netzwacht"),
    CONF_DURATION_FIELD(struct dashboard_settings, session_idle, 60, 86400, .fallback = "30min"),
    CONF_DURATION_FIELD(struct dashboard_settings, session_max, 60, 604800, .fallback = "12h"),
    CONF_BOOL_FIELD(struct dashboard_settings, admin_second_factor),
    CONF_END};
static const struct conf_schema dashboard_schema = CONF_SCHEMA(struct dashboard_settings, dashboard_fields);

static const struct conf_field public_fields[] = {
    CONF_STRING_FIELD(struct public_settings, directory),
    CONF_DURATION_FIELD(struct public_settings, interval, 1, 3600, .fallback = "10s"),
    CONF_STRING_FIELD(struct public_settings, url, .check = check_public_url),
    CONF_STRING_FIELD(struct public_settings, listen, .fallback = "127.0.0.1"),
    CONF_INT_FIELD(struct public_settings, port, 0, 65535, .fallback = "0"),
    CONF_DURATION_FIELD(struct public_settings, report_keep, 86400, 3660 * 86400, .fallback = "180d"),
    CONF_STRING_FIELD(struct public_settings, licence),
    CONF_STRING_FIELD(struct public_settings, licence_url, .check = check_dashboard_url),
    CONF_STRING_FIELD(struct public_settings, attribution),
    CONF_STRING_FIELD(struct public_settings, imprint),
    CONF_STRING_FIELD(struct public_settings, privacy),
    CONF_STRING_FIELD(struct public_settings, accessibility),
    CONF_STRING_FIELD(struct public_settings, easy_language),
    CONF_END};
static const struct conf_schema public_schema = CONF_SCHEMA(struct public_settings, public_fields);

static const char *const coverage_model_words[] = {"p1411", "umi", NULL};

static const char *check_step(const char *text)
{
    return strcmp(text, "10") == 0 || strcmp(text, "25") == 0 ? NULL : "10 or 25";
}

static const struct conf_field coverage_fields[] = {
    CONF_DOUBLE_FIELD(struct coverage_settings, threshold_dbm, -110, -20, .fallback = "-67"),
    CONF_DOUBLE_FIELD(struct coverage_settings, indoor_loss_db, 0, 60),
    CONF_INT_FIELD(struct coverage_settings, step_m, 10, 25, .fallback = "25", .check = check_step),
    CONF_ENUM_FIELD(struct coverage_settings, model, coverage_model_words, .fallback = "p1411"),
    CONF_DOUBLE_FIELD(struct coverage_settings, roof_height_m, 2, 200, .fallback = "12"),
    CONF_STRING_FIELD(struct coverage_settings, buildings),
    CONF_STRING_FIELD(struct coverage_settings, population),
    CONF_STRING_FIELD(struct coverage_settings, places),
    CONF_END};
static const struct conf_schema coverage_schema = CONF_SCHEMA(struct coverage_settings, coverage_fields);

const char *const open_data_license_words[] = {"dl-by-de/2.0", "dl-zero-de/2.0", "cc-by/4.0", "cc-zero",
                                               NULL};

static const char *check_url(const char *text)
{
    bool is_url = strx_starts_with(text, "https://") || strx_starts_with(text, "http://");

    return is_url && !strx_ends_with(text, "/") && !strpbrk(text, " \"<>")
               ? NULL
               : "an address such as https://… without a slash at its end";
}

static const char *check_municipality(const char *text)
{
    return strlen(text) == 8 && strspn(text, "0123456789") == 8
               ? NULL
               : "eight digits in quotes, such as \"01060063\"";
}

static const struct conf_field open_data_fields[] = {
    CONF_STRING_FIELD(struct open_data_settings, publisher),
    CONF_STRING_FIELD(struct open_data_settings, contact),
    CONF_STRING_FIELD(struct open_data_settings, contributor_id, .check = check_url),
    CONF_STRING_FIELD(struct open_data_settings, municipality_key, .check = check_municipality),
    CONF_STRING_FIELD(struct open_data_settings, base_url, .check = check_url),
    CONF_ENUM_FIELD(struct open_data_settings, license, open_data_license_words, .fallback = "dl-by-de/2.0"),
    CONF_END};
static const struct conf_schema open_data_schema = CONF_SCHEMA(struct open_data_settings, open_data_fields);

static const struct conf_field settings_fields[] = {
    CONF_ID_FIELD(struct settings, instance, .is_required = true),
    CONF_STRING_FIELD(struct settings, state_dir, .fallback = NW_STATEDIR),
    CONF_STRINGS_FIELD(struct settings, inventory, .is_required = true),
    CONF_STRING_FIELD(struct settings, districts),
    CONF_STRINGS_FIELD(struct settings, profile_dirs),
    CONF_STRING_FIELD(struct settings, firmware),
    {.name = "simulated", .type = CONF_BOOL, .offset = offsetof(struct settings, is_simulated)},
    CONF_LIST_FIELD(struct settings, credentials, &credentials_schema),
    CONF_MAP_FIELD(struct settings, collector, &collector_schema),
    CONF_MAP_FIELD(struct settings, journal, &journal_schema),
    CONF_MAP_FIELD(struct settings, store, &store_schema),
    CONF_MAP_FIELD(struct settings, alerts, &alerts_schema),
    CONF_MAP_FIELD(struct settings, probe, &probe_schema),
    CONF_MAP_FIELD(struct settings, sensor, &sensor_schema),
    CONF_MAP_FIELD(struct settings, dashboard, &dashboard_schema),
    {.name = "public",
     .type = CONF_MAP,
     .offset = offsetof(struct settings, public_page),
     .sub = &public_schema},
    CONF_MAP_FIELD(struct settings, coverage, &coverage_schema),
    CONF_MAP_FIELD(struct settings, open_data, &open_data_schema),
    CONF_END};
static const struct conf_schema settings_schema = CONF_SCHEMA(struct settings, settings_fields);

/* ---- paths and checks that a table cannot express ---- */

/* *path becomes relative to the directory `base`, unless it is absolute or NULL. */
static enum err resolve_path(const char *base, char **path)
{
    char *whole;

    if (!*path || **path == '/')
        return ERR_OK;
    whole = strx_printf("%s/%s", base, *path);
    if (!whole)
        return ERR_NOMEM;
    free(*path);
    *path = whole;
    return ERR_OK;
}

static enum err resolve_paths(struct settings *s, const char *base)
{
    char **single[] = {&s->state_dir,
                       &s->districts,
                       &s->firmware,
                       &s->store.directory,
                       &s->alerts.rules,
                       &s->alerts.mqtt.password_file,
                       &s->alerts.mqtt.ca_file,
                       &s->alerts.mqtt.certificate_file,
                       &s->alerts.mqtt.key_file,
                       &s->dashboard.web_dir,
                       &s->dashboard.tls_certificate,
                       &s->dashboard.tls_key,
                       &s->public_page.directory,
                       &s->coverage.buildings,
                       &s->coverage.population,
                       &s->coverage.places};
    struct credentials *credentials = s->credentials.items;
    struct channel_settings *channels = s->alerts.channels.items;
    struct radius_account *accounts = s->probe.radius.items;
    struct web_step_settings *steps = s->probe.steps.items;
    char **statements[] = {&s->public_page.imprint, &s->public_page.privacy, &s->public_page.accessibility,
                           &s->public_page.easy_language};
    enum err e = ERR_OK;

    for (size_t i = 0; !e && i < ARRAY_LEN(single); i++)
        e = resolve_path(base, single[i]);
    for (size_t i = 0; !e && i < ARRAY_LEN(statements); i++)
        if (*statements[i] && !settings_is_address(*statements[i]))
            e = resolve_path(base, statements[i]);
    for (size_t i = 0; !e && i < s->inventory.count; i++)
        e = resolve_path(base, &s->inventory.items[i]);
    for (size_t i = 0; !e && i < s->profile_dirs.count; i++)
        e = resolve_path(base, &s->profile_dirs.items[i]);
    for (size_t i = 0; !e && i < s->probe.steps.count; i++)
        e = resolve_path(base, &steps[i].password_file);
    for (size_t i = 0; !e && i < s->probe.radius.count; i++) {
        e = resolve_path(base, &accounts[i].secret_file);
        if (!e)
            e = resolve_path(base, &accounts[i].password_file);
    }
    for (size_t i = 0; !e && i < s->alerts.channels.count; i++) {
        char **files[] = {&channels[i].secret_file, &channels[i].password_file, &channels[i].ca_file,
                          &channels[i].certificate_file, &channels[i].key_file};
        for (size_t k = 0; !e && k < ARRAY_LEN(files); k++)
            e = resolve_path(base, files[k]);
    }
    for (size_t i = 0; !e && i < s->credentials.count; i++) {
        e = resolve_path(base, &credentials[i].community_file);
        if (!e)
            e = resolve_path(base, &credentials[i].auth_file);
        if (!e)
            e = resolve_path(base, &credentials[i].priv_file);
    }
    return e;
}

static enum err derive(struct settings *s)
{
    s->journal_dir = strx_printf("%s/journal", s->state_dir);
    s->rrd_dir = s->store.directory ? strdup(s->store.directory) : strx_printf("%s/rrd", s->state_dir);
    s->public_dir =
        s->public_page.directory ? strdup(s->public_page.directory) : strx_printf("%s/public", s->state_dir);
    return s->journal_dir && s->rrd_dir && s->public_dir ? ERR_OK : ERR_NOMEM;
}

static void check_v3(const struct credentials *c, struct conf_report *report)
{
    if (!c->user || !*c->user)
        conf_report_add(report, c->at, "\"user\" is missing here (v3 needs it)");
    else if (strlen(c->user) > SNMP_USER_MAX)
        conf_report_add(report, c->at, "\"user\" may have at most %d bytes", SNMP_USER_MAX);
    if (c->context && strlen(c->context) > SNMP_CONTEXT_MAX)
        conf_report_add(report, c->at, "\"context\" may have at most %d bytes", SNMP_CONTEXT_MAX);
    if ((c->auth != SNMP_AUTH_NONE) != (c->auth_file != NULL))
        conf_report_add(report, c->at, "\"auth\" and \"auth_file\" go together: one of them is missing here");
    if ((c->priv != SNMP_PRIV_NONE) != (c->priv_file != NULL))
        conf_report_add(report, c->at, "\"priv\" and \"priv_file\" go together: one of them is missing here");
    if (c->priv != SNMP_PRIV_NONE && c->auth == SNMP_AUTH_NONE)
        conf_report_add(report, c->at,
                        "\"priv\" needs \"auth\": SNMPv3 has no privacy without authentication");
}

static void check_credentials(const struct settings *s, struct conf_report *report)
{
    const struct credentials *all = s->credentials.items;

    for (size_t i = 0; i < s->credentials.count; i++) {
        for (size_t k = 0; k < i; k++)
            if (all[i].name && all[k].name && strcmp(all[i].name, all[k].name) == 0)
                conf_report_add(report, all[i].at, "the credentials \"%s\" stand here a second time",
                                all[i].name);
        if (all[i].version != SNMP_V3 && !all[i].community_file)
            conf_report_add(report, all[i].at, "\"community_file\" is missing here (v1 and v2c need it)");
        if (all[i].version == SNMP_V3)
            check_v3(&all[i], report);
    }
}

static void check_radius(const struct conf_list *accounts, struct conf_report *report)
{
    const struct radius_account *all = accounts->items;

    for (size_t i = 0; i < accounts->count; i++) {
        bool has_user = all[i].user != NULL, has_password = all[i].password_file != NULL;
        for (size_t k = 0; k < i; k++)
            if (all[i].service && all[k].service && strcmp(all[i].service, all[k].service) == 0)
                conf_report_add(report, all[i].at,
                                "probe.radius: the service \"%s\" stands here a second time", all[i].service);
        if (all[i].method == RADIUS_ASK_STATUS && (has_user || has_password))
            conf_report_add(report, all[i].at,
                            "probe.radius: a test account needs \"method: pap\" or \"method: chap\"");
        if (all[i].method != RADIUS_ASK_STATUS && !(has_user && has_password))
            conf_report_add(report, all[i].at,
                            "probe.radius: pap and chap need \"user\" and \"password_file\"");
    }
}

static void check_steps(const struct conf_list *steps, struct conf_report *report)
{
    const struct web_step_settings *all = steps->items;

    for (size_t i = 0; i < steps->count; i++)
        if ((all[i].password_field != NULL) != (all[i].password_file != NULL))
            conf_report_add(report, all[i].at,
                            "probe.steps: \"password_field\" and \"password_file\" go together");
}

/* BLAKE2b of the file's bytes; 64 bits are enough to tell versions apart. */
static enum err hash_file(const char *path, char out[17])
{
    crypto_generichash_state hash;
    uint8_t bytes[4096], digest[crypto_generichash_BYTES];
    FILE *file = fopen(path, "re");
    size_t n;

    if (!file)
        return err_from_errno(errno);
    crypto_generichash_init(&hash, NULL, 0, sizeof digest);
    while ((n = fread(bytes, 1, sizeof bytes, file)) > 0)
        crypto_generichash_update(&hash, bytes, n);
    fclose(file);
    crypto_generichash_final(&hash, digest, sizeof digest);
    sodium_bin2hex(out, 17, digest, 8);
    return ERR_OK;
}

static void check_second_path(const struct alerts_settings *a, struct conf_report *report)
{
    const struct conf_strings *names = &a->second_path.channels;
    const struct channel_settings *channels = a->channels.items;

    for (size_t i = 0; i < names->count; i++) {
        size_t k = 0;
        while (k < a->channels.count && strcmp(channels[k].name, names->items[i]) != 0)
            k++;
        if (k == a->channels.count)
            conf_report_add(report, names->at[i],
                            "second_path: there is no channel \"%s\" in alerts.channels", names->items[i]);
    }
}

enum err settings_load(const char *path, struct conf_report *report, struct settings **out)
{
    struct settings *s = calloc(1, sizeof *s);
    char *copy = strdup(path);
    char base[PATH_MAX];
    enum err e = s && copy ? ERR_OK : ERR_NOMEM;

    if (!e)
        e = conf_read_file(path, &settings_schema, s, report);
    if (!e) {
        check_credentials(s, report);
        channel_settings_check(&s->alerts.channels, report);
        check_second_path(&s->alerts, report);
        check_radius(&s->probe.radius, report);
        check_steps(&s->probe.steps, report);
        e = conf_report_count(report) ? ERR_CONFIG : ERR_OK;
    }
    if (!e && !realpath(dirname(copy), base))
        e = err_from_errno(errno);
    if (!e)
        e = resolve_paths(s, base);
    if (!e)
        e = derive(s);
    if (!e)
        e = hash_file(path, s->hash);
    if (!e && !(s->path = realpath(path, NULL)))
        e = ERR_NOMEM;
    free(copy);
    if (e) {
        settings_free(s);
        return e;
    }
    *out = s;
    return ERR_OK;
}

void settings_free(struct settings *s)
{
    if (!s)
        return;
    free(s->path);
    free(s->journal_dir);
    free(s->rrd_dir);
    free(s->public_dir);
    conf_free(&settings_schema, s);
    free(s);
}

const struct credentials *settings_credentials(const struct settings *s, const char *name)
{
    const struct credentials *all = s->credentials.items;

    for (size_t i = 0; i < s->credentials.count; i++)
        if (strcmp(all[i].name, name) == 0)
            return &all[i];
    return NULL;
}

enum err settings_read_secret(const char *path, char **out)
{
    char line[SECRET_MAX];
    struct stat st;
    ssize_t n;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    enum err e = fd < 0 ? err_from_errno(errno) : ERR_OK;

    if (!e && fstat(fd, &st))
        e = err_from_errno(errno);
    if (!e && (st.st_mode & 077))
        e = ERR_DENIED;
    n = e ? 0 : read(fd, line, sizeof line - 1);
    if (!e && n < 0)
        e = err_from_errno(errno);
    if (!e && n == (ssize_t)sizeof line - 1)
        e = ERR_LIMIT;
    if (!e) {
        line[n] = '\0';
        line[strcspn(line, "\r\n")] = '\0';
        *out = strdup(line);
        e = *out ? ERR_OK : ERR_NOMEM;
    }
    explicit_bzero(line, sizeof line);
    if (fd >= 0)
        close(fd);
    return e;
}

/* Where the running program lies, without the file's name. */
static bool program_directory(char out[PATH_MAX])
{
    ssize_t n = readlink("/proc/self/exe", out, PATH_MAX - 1);
    char *slash;

    if (n <= 0)
        return false;
    out[n] = '\0';
    slash = strrchr(out, '/');
    if (!slash)
        return false;
    *slash = '\0';
    return true;
}

/* A build tree has config.status; its share/ holds what would be installed: built files, and links to
 * those of the source tree. */
static char *build_tree_path(const char *directory, const char *name)
{
    char *marker = strx_printf("%s/config.status", directory);
    char *built = strx_printf("%s/share/%s", directory, name);
    bool is_found = marker && built && access(marker, F_OK) == 0 && access(built, F_OK) == 0;

    free(marker);
    if (is_found)
        return built;
    free(built);
    return NULL;
}

char *settings_data_path(const char *name)
{
    const char *dir = getenv("NETZWACHT_DATA_DIR");
    char program[PATH_MAX], *path = NULL;

    if (dir)
        return strx_printf("%s/%s", dir, name);
    if (program_directory(program))
        path = build_tree_path(program, name);
    return path ? path : strx_printf("%s/%s", NW_DATADIR, name);
}
