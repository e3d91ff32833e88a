/* SPDX-License-Identifier: GPL-3.0-or-later */
/* files_io.c - a list of files, made by walking a folder; requests are looked up in it. */
#include "dashboards/files_io.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/map.h"
#include "lib/base/strx.h"

enum { DEPTH_MAX = 3 };

struct file {
    char *name;
    struct files_entry entry; /* body NULL: not read yet */
    struct timespec changed;
    ino_t inode;
    ns_t checked; /* monotonic */
};

struct files {
    char *folder;
    struct map *list; /* name -> struct file */
    ns_t scanned;     /* monotonic; < 0: never */
};

static void drop_content(struct file *f)
{
    http_blob_unref(f->entry.body);
    http_blob_unref(f->entry.gzip);
    http_blob_unref(f->entry.brotli);
    f->entry.body = f->entry.gzip = f->entry.brotli = NULL;
}

static void free_file(void *p)
{
    struct file *f = p;

    if (!f)
        return;
    drop_content(f);
    free(f->name);
    free(f);
}

static const char *type_of(const char *name)
{
    static const struct {
        const char *ending, *type;
    } types[] = {{".html", "text/html; charset=utf-8"},
                 {".js", "text/javascript; charset=utf-8"},
                 {".mjs", "text/javascript; charset=utf-8"},
                 {".css", "text/css; charset=utf-8"},
                 {".json", "application/json"},
                 {".geojson", "application/geo+json"},
                 {".atom", "application/atom+xml; charset=utf-8"},
                 {".svg", "image/svg+xml"},
                 {".png", "image/png"},
                 {".ico", "image/x-icon"},
                 {".webp", "image/webp"},
                 {".woff2", "font/woff2"},
                 {".csv", "text/csv; charset=utf-8"},
                 {".txt", "text/plain; charset=utf-8"},
                 {".webmanifest", "application/manifest+json"}};

    for (size_t i = 0; i < ARRAY_LEN(types); i++)
        if (strx_ends_with(name, types[i].ending))
            return types[i].type;
    return "application/octet-stream";
}

/* "assets/index-BxY12_ab.js": Vite puts eight or more characters of hash before the extension. */
static bool has_hash(const char *name)
{
    const char *dot = strrchr(name, '.'), *dash = dot;

    if (!strx_starts_with(name, "assets/") || !dot)
        return false;
    while (dash > name && *dash != '-')
        dash--;
    return *dash == '-' && dot - dash > 8;
}

static bool is_plain_name(const char *name)
{
    return name[0] != '.' &&
           name[strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-")] == '\0';
}

static enum err add_file(struct files *f, const char *name)
{
    struct file *file;

    if (map_get(f->list, name) || strx_ends_with(name, ".gz") || strx_ends_with(name, ".br"))
        return ERR_OK;
    if (map_count(f->list) >= FILES_MAX)
        return ERR_LIMIT;
    file = calloc(1, sizeof *file);
    if (!file)
        return ERR_NOMEM;
    file->name = strx_printf("%s", name);
    if (!file->name || map_set(f->list, name, file, NULL) != ERR_OK) {
        free_file(file);
        return ERR_NOMEM;
    }
    file->entry.name = file->name;
    file->entry.type = type_of(name);
    file->entry.is_immutable = has_hash(name);
    return ERR_OK;
}

static enum err scan(struct files *f, const char *below, int depth)
{
    char *path = strx_printf("%s/%s", f->folder, below);
    DIR *d = path ? opendir(path) : NULL;
    struct dirent *entry;
    enum err e = path ? ERR_OK : ERR_NOMEM;

    while (d && e == ERR_OK && (entry = readdir(d)) != NULL) {
        struct stat st;
        if (!is_plain_name(entry->d_name) || fstatat(dirfd(d), entry->d_name, &st, AT_SYMLINK_NOFOLLOW) < 0)
            continue;
        char *name = strx_printf("%s%s%s", below, below[0] ? "/" : "", entry->d_name);
        if (!name)
            e = ERR_NOMEM;
        else if (S_ISREG(st.st_mode))
            e = add_file(f, name);
        else if (S_ISDIR(st.st_mode) && depth < DEPTH_MAX)
            e = scan(f, name, depth + 1);
        free(name);
    }
    if (d)
        closedir(d);
    free(path);
    return e;
}

enum err files_new(const char *folder, struct files **out)
{
    struct files *f = calloc(1, sizeof *f);

    if (!f)
        return ERR_NOMEM;
    f->folder = strx_printf("%s", folder);
    f->list = map_new((uint64_t)(uintptr_t)f);
    f->scanned = -1;
    if (!f->folder || !f->list) {
        files_free(f);
        return ERR_NOMEM;
    }
    *out = f;
    return ERR_OK;
}

void files_free(struct files *f)
{
    if (!f)
        return;
    if (f->list)
        map_free(f->list, free_file);
    free(f->folder);
    free(f);
}

static int open_name(const struct files *f, const char *name, const char *suffix, struct stat *st)
{
    char *path = strx_printf("%s/%s%s", f->folder, name, suffix);
    int fd = path ? open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK) : -1;

    free(path);
    if (fd >= 0 && (fstat(fd, st) < 0 || !S_ISREG(st->st_mode))) {
        close(fd);
        fd = -1;
    }
    return fd;
}

static enum err read_all(int fd, const struct stat *st, struct http_blob **out)
{
    char *data;
    size_t done = 0, len = (size_t)st->st_size;

    if (st->st_size > FILE_BYTES_MAX)
        return ERR_LIMIT;
    data = malloc(len + 1);
    if (!data)
        return ERR_NOMEM;
    while (done < len) {
        ssize_t n = read(fd, data + done, len - done);
        if (n <= 0)
            break;
        done += (size_t)n;
    }
    if (done != len) {
        free(data);
        return ERR_IO;
    }
    *out = http_blob_new(data, len);
    return *out ? ERR_OK : ERR_NOMEM;
}

static void make_etag(struct file *file)
{
    uint64_t hash = 0xcbf29ce484222325u; /* FNV-1a */
    size_t len;
    const char *data = http_blob_data(file->entry.body, &len);

    for (size_t i = 0; i < len; i++)
        hash = (hash ^ (unsigned char)data[i]) * 0x100000001b3u;
    snprintf(file->entry.etag, sizeof file->entry.etag, "\"%016llx\"", (unsigned long long)hash);
}

/* One that is older than its original is of the version before. */
static struct http_blob *load_packed(const struct files *f, const struct file *file, const char *suffix)
{
    struct http_blob *blob = NULL;
    struct stat st;
    int fd = open_name(f, file->name, suffix, &st);

    if (fd < 0)
        return NULL;
    if (st.st_mtim.tv_sec >= file->changed.tv_sec && read_all(fd, &st, &blob) != ERR_OK)
        blob = NULL;
    close(fd);
    return blob;
}

static enum err load(struct files *f, struct file *file, int fd, const struct stat *st)
{
    enum err e;

    drop_content(file);
    e = read_all(fd, st, &file->entry.body);
    if (e)
        return e;
    file->changed = st->st_mtim;
    file->inode = st->st_ino;
    make_etag(file);
    file->entry.gzip = load_packed(f, file, ".gz");
    file->entry.brotli = load_packed(f, file, ".br");
    return ERR_OK;
}

static enum err refresh(struct files *f, struct file *file, ns_t mono)
{
    struct stat st;
    enum err e = ERR_OK;

    if (file->entry.body && mono - file->checked < SECONDS)
        return ERR_OK;
    int fd = open_name(f, file->name, "", &st);
    if (fd < 0) {
        free_file(map_remove(f->list, file->name));
        return ERR_NOT_FOUND;
    }
    file->checked = mono;
    if (!file->entry.body || st.st_ino != file->inode || st.st_mtim.tv_sec != file->changed.tv_sec ||
        st.st_mtim.tv_nsec != file->changed.tv_nsec)
        e = load(f, file, fd, &st);
    close(fd);
    return e;
}

enum err files_get(struct files *f, const char *name, ns_t mono, const struct files_entry **out)
{
    struct file *file = map_get(f->list, name);

    if (!file && (f->scanned < 0 || mono - f->scanned >= SECONDS)) {
        f->scanned = mono;
        enum err e = scan(f, "", 1);
        if (e)
            return e;
        file = map_get(f->list, name);
    }
    if (!file)
        return ERR_NOT_FOUND;
    enum err e = refresh(f, file, mono);
    if (e)
        return e;
    *out = &file->entry;
    return ERR_OK;
}
