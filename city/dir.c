/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dir.c - the city's directory: writes the files of a new city, opens an old one. */
#include "city/write.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "city/hardware.h"
#include "lib/base/log.h"
#include "lib/base/strx.h"

enum { FILE_MAX = 1024 * 1024 };

/* A whole file, by rename, so that a reader never sees half of one. */
static enum err put_file(const char *dir, const char *name, mode_t mode, const char *text, size_t len)
{
    char *path = strx_printf("%s/%s", dir, name), *fresh = strx_printf("%s/.%s.new", dir, name);
    enum err e = ERR_NOMEM;
    int fd = -1;

    if (!path || !fresh)
        goto done;
    unlink(fresh);
    fd = open(fresh, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
    if (fd < 0)
        goto refused;
    while (len > 0) {
        ssize_t n = write(fd, text, len);
        if (n < 0)
            goto refused;
        text += n;
        len -= (size_t)n;
    }
    if (rename(fresh, path) < 0)
        goto refused;
    e = ERR_OK;
    goto done;
refused:
    e = err_from_errno(errno);
    log_error("cannot write %s: %s", path, strerror(errno));
done:
    if (fd >= 0)
        close(fd);
    free(path);
    free(fresh);
    return e;
}

static enum err put_buf(const char *dir, const char *name, enum err written, struct buf *b)
{
    enum err e = written;

    if (!e)
        e = put_file(dir, name, 0640, b->data ? b->data : "", b->len);
    else
        log_error("cannot make %s: %s", name, err_text(e));
    buf_fini(b);
    return e;
}

static enum err put_community(const char *dir)
{
    uint8_t raw[12];
    struct buf b = BUF_INIT;
    enum err e;

    if (getrandom(raw, sizeof raw, 0) != (ssize_t)sizeof raw) {
        log_error("cannot make a community: no randomness: %s", strerror(errno));
        return ERR_IO;
    }
    strx_put_hex(&b, raw, sizeof raw);
    buf_str(&b, "\n");
    e = buf_error(&b);
    if (!e)
        e = put_file(dir, "community", 0600, b.data, b.len);
    buf_fini(&b);
    return e;
}

static enum err make_dir(const char *dir)
{
    enum err e = mkdir(dir, 0750) < 0 && errno != EEXIST ? err_from_errno(errno) : ERR_OK;

    if (e)
        log_error("cannot create %s: %s", dir, strerror(errno));
    return e;
}

/* Not beside the inventory: `inventory: [DIR]` reads every YAML file there. */
static enum err put_rules(const char *dir, const struct city *c)
{
    char *rules = strx_printf("%s/rules", dir);
    struct buf b = BUF_INIT;
    enum err e = rules ? make_dir(rules) : ERR_NOMEM;

    if (!e)
        e = put_buf(rules, "firmware.yaml", city_write_firmware(c, &b), &b);
    free(rules);
    return e;
}

enum err city_dir_init(const char *dir, const struct city *c)
{
    struct buf b = BUF_INIT;
    char name[32];
    enum err e = make_dir(dir);

    for (size_t first = 0, file = 1; first < c->hotspot_count && !e;
         first += CITY_HOTSPOTS_PER_FILE, file++) {
        snprintf(name, sizeof name, file == 1 ? "inventory.yaml" : "inventory-%zu.yaml", file);
        e = put_buf(dir, name, city_write_inventory(c, first, CITY_HOTSPOTS_PER_FILE, &b), &b);
    }
    if (!e)
        e = put_buf(dir, "districts.geojson", city_write_districts(&b), &b);
    if (!e)
        e = put_rules(dir, c);
    if (!e)
        e = put_community(dir);
    if (!e)
        e = put_buf(dir, "city.json", city_write_params(&c->params, &b), &b);
    if (!e && c->params.has_mistakes)
        e = put_buf(dir, "mistakes.json", city_write_mistakes(c, &b), &b);
    return e;
}

/* At most FILE_MAX bytes. */
static enum err get_file(const char *dir, const char *name, struct buf *out)
{
    char *path = strx_printf("%s/%s", dir, name);
    enum err e = ERR_OK;
    ssize_t n = 0;
    int fd;

    if (!path)
        return ERR_NOMEM;
    fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        e = err_from_errno(errno);
        log_error("cannot read %s: %s; `netzwacht-city init --dir %s` makes a city", path, strerror(errno),
                  dir);
        free(path);
        return e;
    }
    buf_init(out, FILE_MAX);
    do {
        char *piece = buf_extend(out, 4096);
        if (!piece) {
            e = buf_error(out);
            break;
        }
        n = read(fd, piece, 4096);
        out->len -= 4096 - (size_t)(n > 0 ? n : 0);
    } while (n > 0);
    if (!e && n < 0)
        e = err_from_errno(errno);
    if (e)
        log_error("cannot read %s: %s", path, err_text(e));
    close(fd);
    free(path);
    return e;
}

static enum err get_community(const char *dir, char **out)
{
    struct buf b = BUF_INIT;
    enum err e = get_file(dir, "community", &b);
    size_t n;

    if (e)
        return e;
    n = b.len ? strcspn(b.data, "\r\n") : 0;
    if (n == 0 || n > 64) {
        log_error("%s/community must hold a community of 1 to 64 characters in its first line", dir);
        buf_fini(&b);
        return ERR_CONFIG;
    }
    *out = strndup(b.data, n);
    buf_fini(&b);
    return *out ? ERR_OK : ERR_NOMEM;
}

enum err city_dir_open(const char *dir, struct city **out, char **community)
{
    struct buf b = BUF_INIT;
    struct city_params params;
    const char *problem = NULL;
    struct city *c = NULL;
    enum err e = get_file(dir, "city.json", &b);

    if (!e) {
        e = city_read_params(b.data ? b.data : "", b.len, &params, &problem);
        if (e)
            log_error("%s/city.json: %s", dir, problem);
    }
    buf_fini(&b);
    if (!e) {
        e = city_new(&params, &c);
        if (e)
            log_error("cannot build the city: %s", err_text(e));
    }
    if (!e)
        e = get_community(dir, community);
    if (e) {
        city_free(c);
        return e;
    }
    *out = c;
    return ERR_OK;
}
