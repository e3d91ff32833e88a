/* SPDX-License-Identifier: GPL-3.0-or-later */
/* demo_plan.c - ports, passwords and files of a demo run. */
#include "cli/demo_plan.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/buf.h"
#include "lib/base/strx.h"

enum { PORTS_TRIED = 200, PORTS_SPAN = 5000, PASSWORD_LETTERS = 12 };

const char *const demo_user_names[DEMO_USERS] = {"admin", "operator", "noc", "planner"};

/* ---- ports ---- */

/* On every address of this machine: binding to any fails where somebody listens on one. */
static bool port_is_free(int type, uint16_t port)
{
    struct sockaddr_in any = {.sin_family = AF_INET, .sin_port = htons(port)};
    int one = 1, fd = socket(AF_INET, type | SOCK_CLOEXEC, 0);
    bool is_free;

    if (fd < 0)
        return false;
    if (type == SOCK_STREAM) /* else a port in TIME_WAIT looks taken */
        (void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    is_free =
        bind(fd, (struct sockaddr *)&any, sizeof any) == 0 && (type != SOCK_STREAM || listen(fd, 1) == 0);
    close(fd);
    return is_free;
}

/* The wanted port, or else one drawn at random above it: two demos that start together do not meet. */
static enum err choose_port(int type, uint16_t wanted, uint16_t *out)
{
    uint16_t port = wanted;

    for (unsigned i = 0; i < PORTS_TRIED; i++) {
        if (port_is_free(type, port)) {
            *out = port;
            return ERR_OK;
        }
        port = (uint16_t)(wanted + 1 +
                          randombytes_uniform(wanted > UINT16_MAX - PORTS_SPAN ? UINT16_MAX - wanted
                                                                               : PORTS_SPAN));
    }
    return ERR_BUSY;
}

/* ---- passwords: letters and digits that cannot be mistaken for each other ---- */

static void make_password(char out[DEMO_PASSWORD_SIZE])
{
    static const char letters[] = "abcdefghjkmnpqrstuvwxyz23456789";
    size_t n = 0;

    for (int i = 0; i < PASSWORD_LETTERS; i++) {
        if (i && i % 4 == 0)
            out[n++] = '-';
        out[n++] = letters[randombytes_uniform(sizeof letters - 1)];
    }
    out[n] = '\0';
}

enum err demo_plan_init(struct demo_plan *p)
{
    const char *tmp = getenv("TMPDIR");
    enum err e;

    if (sodium_init() < 0)
        return ERR_IO;
    if (!tmp || *tmp != '/' || strlen(tmp) > 32)
        tmp = "/var/tmp"; /* /tmp may be memory, and the history takes gigabytes */
    snprintf(p->dir, sizeof p->dir, "%s/netzwacht-demo-XXXXXX", tmp);
    if (!mkdtemp(p->dir))
        return err_from_errno(errno);
    snprintf(p->config, sizeof p->config, "%s/netzwacht.yaml", p->dir);
    for (int i = 0; i < DEMO_USERS; i++)
        make_password(p->passwords[i]);
    make_password(p->mqtt_password);
    make_password(p->noc_password);
    e = choose_port(SOCK_STREAM, p->http_port, &p->http_port);
    if (!e)
        e = choose_port(SOCK_STREAM, 18830, &p->mqtt_port);
    if (!e)
        e = choose_port(SOCK_DGRAM, 10161, &p->snmp_port);
    if (!e)
        e = choose_port(SOCK_STREAM, 18080, &p->portal_port);
    if (!e)
        e = choose_port(SOCK_STREAM, 18443, &p->portal_tls_port);
    if (!e)
        e = choose_port(SOCK_DGRAM, 15353, &p->dns_port);
    return e;
}

/* ---- files ---- */

static enum err write_private(const struct demo_plan *p, const char *name, const char *fmt, ...)
    NW_PRINTF(3, 4) NW_CHECKED;

static enum err write_private(const struct demo_plan *p, const char *name, const char *fmt, ...)
{
    char *path = strx_printf("%s/%s", p->dir, name);
    struct buf text = BUF_INIT;
    va_list args;
    enum err e;
    int fd;

    va_start(args, fmt);
    buf_vprintf(&text, fmt, args);
    va_end(args);
    e = path ? buf_error(&text) : ERR_NOMEM;
    fd = e ? -1 : open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (!e && (fd < 0 || write(fd, text.data, text.len) != (ssize_t)text.len))
        e = err_from_errno(errno);
    if (fd >= 0 && close(fd) && !e)
        e = err_from_errno(errno);
    free(path);
    buf_fini(&text);
    return e;
}

static enum err write_config(const struct demo_plan *p)
{
    return write_private(
        p, "netzwacht.yaml",
        "# netzwacht demo: everything here is simulated\n"
        "instance: norderstedt\n"
        "state_dir: state\n"
        "simulated: true\n"
        "inventory: [city]\n" /* its directory: a large city has several files */
        "districts: city/districts.geojson\n"
        "firmware: city/rules/firmware.yaml\n"
        "credentials:\n"
        "  - {name: default, version: v2c, community_file: city/community}\n"
        "collector: {interval: 5s, timeout: 500ms, miss_interval: 1s, confirm_interval: 250ms}\n"
        "store: {batch: 30s}\n"
        "alerts:\n"
        "  rules: rules.yaml\n"
        "  mqtt: {host: 127.0.0.1, port: %u, tls: false, user: netzwacht, password_file: mqtt-password}\n"
        "probe: {interval: 10s, allowed: [127.16.0.0/12]}\n"
        "dashboard: {listen: 127.0.0.1, port: %u, title: Netzwacht Norderstedt}\n"
        "public: {interval: 5s}\n",
        p->mqtt_port, p->http_port);
}

/* Old firmware is shown on the page of the inventory; as an incident it would stand beside every one that the
 * city plays, for ever. */
static enum err write_rules(const struct demo_plan *p)
{
    return write_private(p, "rules.yaml", "rules:\n  - {id: firmware-old, kind: firmware, enabled: no}\n");
}

/* The broker of the demo: loopback only; everybody on this machine may read, two users may write. */
static enum err write_broker(const struct demo_plan *p)
{
    enum err e = write_private(p, "mosquitto.conf",
                               "per_listener_settings false\n"
                               "listener %u 127.0.0.1\n"
                               "allow_anonymous true\n"
                               "password_file %s/mosquitto.passwd\n"
                               "acl_file %s/mosquitto.acl\n"
                               "persistence true\n"
                               "persistence_location %s/broker/\n"
                               "autosave_on_changes true\n"
                               "autosave_interval 1\n"
                               "max_queued_messages 0\n"
                               "max_queued_bytes 268435456\n"
                               "max_packet_size 131072\n"
                               "log_dest file %s/mosquitto.log\n"
                               "user root\n",
                               p->mqtt_port, p->dir, p->dir, p->dir, p->dir);
    if (!e)
        e = write_private(p, "mosquitto.passwd", "netzwacht:%s\nnoc:%s\n", p->mqtt_password, p->noc_password);
    if (!e)
        e = write_private(p, "mosquitto.acl",
                          "topic read netzwacht/v1/#\n\n"
                          "user netzwacht\ntopic readwrite netzwacht/v1/#\n\n"
                          "user noc\ntopic read netzwacht/v1/#\ntopic write netzwacht/v1/+/noc/#\n");
    if (!e)
        e = write_private(p, "mqtt-password", "%s\n", p->mqtt_password);
    return e;
}

static enum err make_directory(const struct demo_plan *p, const char *name)
{
    char *path = strx_printf("%s/%s", p->dir, name);
    enum err e = !path ? ERR_NOMEM : mkdir(path, 0750) ? err_from_errno(errno) : ERR_OK;

    free(path);
    return e;
}

enum err demo_plan_write(const struct demo_plan *p)
{
    enum err e = make_directory(p, "state");

    if (!e)
        e = make_directory(p, "broker");
    if (!e)
        e = write_broker(p);
    if (!e)
        e = write_rules(p);
    if (!e)
        e = write_config(p);
    return e;
}
