/* SPDX-License-Identifier: GPL-3.0-or-later */
/* inventory_schema.c - which keys the items of an inventory have. */
#include "lib/model/inventory.h"

const char *const site_kind_words[] = {"street", "public", "school", "shop", "cabinet", "other", NULL};
const char *const device_kind_words[] = {"ap", "controller", "switch", "olt", "ups", "router", "other", NULL};
const char *const service_kind_words[] = {"portal", "dns", "dhcp", "radius", "http", "other",
                                          "tcp",    "tls", "ntp",  "sensor", NULL};
static const char *const environment_words[] = {"outdoor", "indoor", NULL};

/* ---- schema tables ---- */

static const struct conf_field site_fields[] = {
    CONF_ID_FIELD(struct site, id, .is_required = true),
    CONF_STRING_FIELD(struct site, name, .is_required = true),
    CONF_ID_FIELD(struct site, district),
    CONF_ENUM_FIELD(struct site, kind, site_kind_words, .fallback = "other"),
    CONF_DOUBLE_FIELD(struct site, lat, -90, 90, .is_required = true),
    CONF_DOUBLE_FIELD(struct site, lon, -180, 180, .is_required = true),
    CONF_STRING_FIELD(struct site, source),
    CONF_POSITION_FIELD(struct site, at),
    CONF_END};
const struct conf_schema site_schema = CONF_SCHEMA(struct site, site_fields);

static const struct conf_field device_fields[] = {
    CONF_ID_FIELD(struct device, id, .is_required = true),
    CONF_STRING_FIELD(struct device, name),
    CONF_STRING_FIELD(struct device, address, .is_required = true),
    CONF_INT_FIELD(struct device, port, 1, 65535, .fallback = "161"),
    CONF_ENUM_FIELD(struct device, kind, device_kind_words, .fallback = "other"),
    CONF_ID_FIELD(struct device, site),
    CONF_STRING_FIELD(struct device, credentials, .fallback = "default"),
    CONF_STRING_FIELD(struct device, profile),
    CONF_STRING_FIELD(struct device, model),
    CONF_STRING_FIELD(struct device, serial),
    CONF_ID_FIELD(struct device, uplink),
    CONF_STRING_FIELD(struct device, uplink_port),
    CONF_ID_FIELD(struct device, power),
    CONF_DURATION_FIELD(struct device, interval, 1, 86400),
    {.name = "core", .type = CONF_BOOL, .offset = offsetof(struct device, is_core)},
    CONF_STRING_FIELD(struct device, source),
    CONF_POSITION_FIELD(struct device, at),
    CONF_END};
const struct conf_schema device_schema = CONF_SCHEMA(struct device, device_fields);

#define RADIO_NUMBER(name_, member, lo, hi)                                                                  \
    {                                                                                                        \
        .name = (name_), .type = CONF_DOUBLE, .offset = offsetof(struct hotspot_radio, member), .min = (lo), \
        .max = (hi)                                                                                          \
    }

static const struct conf_field radio_fields[] = {{.name = "band",
                                                  .type = CONF_DOUBLE,
                                                  .offset = offsetof(struct hotspot_radio, band_ghz),
                                                  .min = 2,
                                                  .max = 70,
                                                  .is_required = true},
                                                 {.name = "eirp",
                                                  .type = CONF_DOUBLE,
                                                  .offset = offsetof(struct hotspot_radio, eirp_dbm),
                                                  .min = -20,
                                                  .max = 60},
                                                 RADIO_NUMBER("gain", gain_dbi, -10, 40),
                                                 RADIO_NUMBER("azimuth", azimuth_deg, 0, 360),
                                                 RADIO_NUMBER("tilt", tilt_deg, -90, 90),
                                                 RADIO_NUMBER("beamwidth", beamwidth_deg, 0, 360),
                                                 RADIO_NUMBER("beamwidth_v", beamwidth_v_deg, 0, 180),
                                                 {.name = "width",
                                                  .type = CONF_INT,
                                                  .offset = offsetof(struct hotspot_radio, width_mhz),
                                                  .min = 0,
                                                  .max = 320},
                                                 CONF_INT_FIELD(struct hotspot_radio, streams, 0, 8),
                                                 CONF_END};
static const struct conf_schema radio_schema = CONF_SCHEMA(struct hotspot_radio, radio_fields);

static const struct conf_field hotspot_fields[] = {
    CONF_ID_FIELD(struct hotspot, id, .is_required = true),
    CONF_STRING_FIELD(struct hotspot, name, .is_required = true),
    CONF_ID_FIELD(struct hotspot, site, .is_required = true),
    CONF_DOUBLE_FIELD(struct hotspot, lat, -90, 90),
    CONF_DOUBLE_FIELD(struct hotspot, lon, -180, 180),
    {.name = "height",
     .type = CONF_DOUBLE,
     .offset = offsetof(struct hotspot, height_m),
     .min = 0.5,
     .max = 100,
     .fallback = "5"},
    CONF_ENUM_FIELD(struct hotspot, environment, environment_words, .fallback = "outdoor"),
    CONF_ID_FIELD(struct hotspot, device),
    CONF_STRING_FIELD(struct hotspot, entity),
    CONF_ID_FIELD(struct hotspot, uplink),
    CONF_ID_FIELD(struct hotspot, power),
    CONF_LIST_FIELD(struct hotspot, radios, &radio_schema),
    CONF_INT_FIELD(struct hotspot, vlan, 0, 4094),
    CONF_STRING_FIELD(struct hotspot, option82),
    CONF_STRING_FIELD(struct hotspot, nas_id),
    {.name = "published",
     .type = CONF_BOOL,
     .offset = offsetof(struct hotspot, is_published),
     .fallback = "true"},
    {.name = "probed", .type = CONF_BOOL, .offset = offsetof(struct hotspot, is_probed), .fallback = "true"},
    CONF_STRING_FIELD(struct hotspot, source),
    CONF_POSITION_FIELD(struct hotspot, at),
    CONF_END};
const struct conf_schema hotspot_schema = CONF_SCHEMA(struct hotspot, hotspot_fields);

static const char *const dns_record_words[] = {"a", "aaaa", NULL};
static const struct conf_field service_fields[] = {
    CONF_ID_FIELD(struct service, id, .is_required = true),
    CONF_STRING_FIELD(struct service, name),
    CONF_ID_FIELD(struct service, site),
    CONF_ENUM_FIELD(struct service, kind, service_kind_words, .is_required = true),
    CONF_STRING_FIELD(struct service, target, .is_required = true),
    CONF_STRING_FIELD(struct service, question),
    CONF_ENUM_FIELD(struct service, record, dns_record_words, .fallback = "a"),
    CONF_STRINGS_FIELD(struct service, expected),
    {.name = "absent", .type = CONF_BOOL, .offset = offsetof(struct service, is_absent)},
    {.name = "validated", .type = CONF_BOOL, .offset = offsetof(struct service, is_validated)},
    CONF_STRING_FIELD(struct service, hostname),
    CONF_POSITION_FIELD(struct service, at),
    CONF_END};
const struct conf_schema service_schema = CONF_SCHEMA(struct service, service_fields);

static const struct conf_field link_fields[] = {CONF_ID_FIELD(struct link, id, .is_required = true),
                                                CONF_ID_FIELD(struct link, from, .is_required = true),
                                                CONF_ID_FIELD(struct link, to, .is_required = true),
                                                CONF_STRING_FIELD(struct link, from_port),
                                                CONF_STRING_FIELD(struct link, to_port),
                                                CONF_STRING_FIELD(struct link, source),
                                                CONF_POSITION_FIELD(struct link, at),
                                                CONF_END};
const struct conf_schema link_schema = CONF_SCHEMA(struct link, link_fields);

const struct inventory_kind_info inventory_kinds[INVENTORY_KINDS] = {
    [INVENTORY_SITE] = {"site", "sites", &site_schema},
    [INVENTORY_DEVICE] = {"device", "devices", &device_schema},
    [INVENTORY_HOTSPOT] = {"hotspot", "hotspots", &hotspot_schema},
    [INVENTORY_SERVICE] = {"service", "services", &service_schema},
    [INVENTORY_LINK] = {"link", "links", &link_schema}};
