/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sensor_plan.c - keys of hotspots, known servers, our networks. Pure. */
#include "probes/sensor_plan.h"

#include <string.h>

#include "lib/base/log.h"
#include "lib/base/strx.h"
#include "probes/allow.h"

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* "0x0004000a" or plain text; 0: too long, or not hexadecimal. */
static size_t key_octets(const char *text, uint8_t out[FRAME_SITE_MAX])
{
    size_t len = strlen(text);

    if (!strx_starts_with(text, "0x")) {
        if (len > FRAME_SITE_MAX)
            return 0;
        memcpy(out, text, len);
        return len;
    }
    text += 2;
    len -= 2;
    if (len % 2 || len / 2 > FRAME_SITE_MAX)
        return 0;
    for (size_t i = 0; i < len / 2; i++) {
        int high = hex_digit(text[2 * i]), low = hex_digit(text[2 * i + 1]);
        if (high < 0 || low < 0)
            return 0;
        out[i] = (uint8_t)(high << 4 | low);
    }
    return len / 2;
}

static bool mac_parse(const char *text, uint8_t out[PART_MAC_LEN])
{
    if (strlen(text) != 3 * PART_MAC_LEN - 1)
        return false;
    for (size_t i = 0; i < PART_MAC_LEN; i++) {
        int high = hex_digit(text[3 * i]), low = hex_digit(text[3 * i + 1]);
        if (high < 0 || low < 0 || (text[3 * i + 2] && text[3 * i + 2] != ':'))
            return false;
        out[i] = (uint8_t)(high << 4 | low);
    }
    return true;
}

static enum err complain(const struct hotspot *h, const char *what, enum err e)
{
    if (e == ERR_EXISTS)
        log_error("hotspot %s: another hotspot has the same %s", h->id, what);
    else if (e)
        log_error("hotspot %s: its %s is not 1 to %d octets (text, or 0x and hexadecimal)", h->id, what,
                  FRAME_SITE_MAX);
    return e ? ERR_CONFIG : ERR_OK;
}

static enum err add_text_key(struct passive_plan *p, const struct hotspot *h, uint16_t number,
                             enum passive_key kind, const char *text)
{
    uint8_t key[FRAME_SITE_MAX];

    if (!text || !*text)
        return ERR_OK;
    return complain(h, kind == PASSIVE_NAS ? "nas_id" : "option82",
                    passive_plan_key(p, number, kind, key, key_octets(text, key)));
}

static enum err add_hotspot(struct passive_plan *p, const struct hotspot *h, uint16_t number)
{
    const uint8_t vlan[2] = {(uint8_t)(h->vlan >> 8), (uint8_t)h->vlan};
    uint8_t mac[PART_MAC_LEN];
    enum err e = ERR_OK;

    if (h->vlan)
        e = complain(h, "vlan", passive_plan_key(p, number, PASSIVE_VLAN, vlan, sizeof vlan));
    if (!e)
        e = add_text_key(p, h, number, PASSIVE_OPTION82, h->option82);
    if (!e)
        e = add_text_key(p, h, number, PASSIVE_NAS, h->nas_id);
    if (!e && entity_is_access_point(h->entity) && mac_parse(h->entity + strlen("ap/"), mac))
        e = passive_plan_bssid(p, mac);
    return e;
}

/* The address at the beginning of "192.0.2.1" or "192.0.2.1:67". */
static bool address_octets(const char *text, uint8_t out[16])
{
    struct ip_address address;
    char host[64];
    size_t len = strcspn(text, strchr(text, '.') ? ":" : "");

    if (len >= sizeof host)
        return false;
    memcpy(host, text, len);
    host[len] = '\0';
    if (ip_address_parse(host, &address))
        return false;
    memset(out, 0, 16);
    memcpy(out, address.bytes, address.is_ipv6 ? 16 : 4);
    return true;
}

static enum err add_servers(struct passive_plan *p, const struct conf_strings *texts, bool is_router,
                            const char *setting)
{
    uint8_t address[16];

    for (size_t i = 0; i < texts->count; i++) {
        if (!address_octets(texts->items[i], address)) {
            log_error("%s: \"%s\" is no address", setting, texts->items[i]);
            return ERR_CONFIG;
        }
        if (passive_plan_server(p, is_router, address)) {
            log_error("%s: at most %d addresses", setting, PASSIVE_SERVERS_MAX);
            return ERR_CONFIG;
        }
    }
    return ERR_OK;
}

static enum err add_services(struct passive_plan *p, const struct inventory *inventory)
{
    size_t count;
    const struct service *services = inventory_services(inventory, &count);
    uint8_t address[16];

    for (size_t i = 0; i < count; i++)
        if (services[i].kind == SERVICE_DHCP && services[i].target &&
            address_octets(services[i].target, address) && passive_plan_server(p, false, address))
            log_warning("service %s: more DHCP servers than %d are not told from strangers", services[i].id,
                        PASSIVE_SERVERS_MAX);
    return ERR_OK;
}

static enum err add_networks(struct passive_plan *p, const struct sensor_settings *s)
{
    uint8_t mac[PART_MAC_LEN];
    enum err e = ERR_OK;

    for (size_t i = 0; !e && i < s->open_ssids.count; i++)
        e = passive_plan_ssid(p, s->open_ssids.items[i], false);
    for (size_t i = 0; !e && i < s->secured_ssids.count; i++)
        e = passive_plan_ssid(p, s->secured_ssids.items[i], true);
    if (e == ERR_RANGE || e == ERR_LIMIT) {
        log_error("sensor.open_ssids and sensor.secured_ssids: at most 32 names of 1 to 32 octets");
        return ERR_CONFIG;
    }
    for (size_t i = 0; !e && i < s->bssids.count; i++) {
        if (!mac_parse(s->bssids.items[i], mac)) {
            log_error("sensor.bssids: \"%s\" is no address like 02:00:5e:10:00:01", s->bssids.items[i]);
            return ERR_CONFIG;
        }
        e = passive_plan_bssid(p, mac);
    }
    return e;
}

enum err sensor_plan_make(const struct settings *settings, const struct inventory *inventory,
                          struct passive_plan **out)
{
    struct passive_plan *p = NULL;
    size_t count;
    const struct hotspot *hotspots = inventory_hotspots(inventory, &count);
    enum err e = passive_plan_new(&p);

    if (!e && count >= PASSIVE_HOTSPOTS_MAX)
        log_warning("a sensor tells %d hotspots apart; the others are not", PASSIVE_HOTSPOTS_MAX - 1);
    for (size_t i = 0; !e && i < count && i + 1 < PASSIVE_HOTSPOTS_MAX; i++)
        e = add_hotspot(p, &hotspots[i], (uint16_t)(i + 1));
    if (!e)
        e = add_servers(p, &settings->sensor.dhcp_servers, false, "sensor.dhcp_servers");
    if (!e)
        e = add_servers(p, &settings->sensor.routers, true, "sensor.routers");
    if (!e)
        e = add_services(p, inventory);
    if (!e)
        e = add_networks(p, &settings->sensor);
    if (e) {
        passive_plan_free(p);
        return e;
    }
    *out = p;
    return ERR_OK;
}
