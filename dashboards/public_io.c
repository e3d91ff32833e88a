/* SPDX-License-Identifier: GPL-3.0-or-later */
/* public_io.c - files of the public page: temporary name, then rename; gzip (RFC 1952) by zlib,
 * Brotli (RFC 7932) by brotli_io. */
#include "dashboards/public_io.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "dashboards/brotli_io.h"
#include "lib/base/strx.h"

enum { GZIP_LEVEL = 6, WINDOW_GZIP = 15 + 16 };

enum err public_io_folder(const char *folder)
{
    return mkdir(folder, 0755) == 0 || errno == EEXIST ? ERR_OK : err_from_errno(errno);
}

static enum err write_file(const char *folder, const char *name, const char *suffix, const void *bytes,
                           size_t len)
{
    char *path = strx_printf("%s/%s%s", folder, name, suffix);
    char *temporary = strx_printf("%s/.%s%s.new", folder, name, suffix);
    int fd = path && temporary ? open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644) : -1;
    enum err e = path && temporary ? ERR_OK : ERR_NOMEM;
    size_t done = 0;

    if (e == ERR_OK && (fd < 0 || fchmod(fd, 0644) < 0)) /* citizens read them, whatever the umask */
        e = err_from_errno(errno);
    while (e == ERR_OK && done < len) {
        ssize_t n = write(fd, (const char *)bytes + done, len - done);
        if (n < 0)
            e = err_from_errno(errno);
        else
            done += (size_t)n;
    }
    if (fd >= 0 && close(fd) < 0 && e == ERR_OK)
        e = err_from_errno(errno);
    if (e == ERR_OK && rename(temporary, path) < 0)
        e = err_from_errno(errno);
    if (e && temporary)
        unlink(temporary);
    free(path);
    free(temporary);
    return e;
}

static enum err compress_bytes(const void *bytes, size_t len, unsigned char **out, size_t *out_len)
{
    z_stream z = {0};

    if (deflateInit2(&z, GZIP_LEVEL, Z_DEFLATED, WINDOW_GZIP, 8, Z_DEFAULT_STRATEGY) != Z_OK)
        return ERR_NOMEM;
    uLong bound = deflateBound(&z, (uLong)len);
    unsigned char *room = malloc(bound);
    if (!room) {
        deflateEnd(&z);
        return ERR_NOMEM;
    }
    z.next_in = (Bytef *)(uintptr_t)bytes;
    z.avail_in = (uInt)len;
    z.next_out = room;
    z.avail_out = (uInt)bound;
    int rc = deflate(&z, Z_FINISH);
    *out_len = z.total_out;
    deflateEnd(&z);
    if (rc != Z_STREAM_END) {
        free(room);
        return ERR_IO;
    }
    *out = room;
    return ERR_OK;
}

static enum err write_brotli(const char *folder, const char *name, const void *bytes, size_t len)
{
    unsigned char *packed = NULL;
    size_t packed_len = 0;
    enum err e = brotli_pack(bytes, len, &packed, &packed_len);

    if (e == ERR_OK)
        e = write_file(folder, name, ".br", packed, packed_len);
    free(packed);
    return e;
}

enum err public_io_write(const char *folder, const char *name, const void *bytes, size_t len)
{
    unsigned char *zipped = NULL;
    size_t zipped_len = 0;
    enum err e = compress_bytes(bytes, len, &zipped, &zipped_len);

    /* the plain one first: compressed ones older than it are not used (files_io.h) */
    if (e == ERR_OK)
        e = write_file(folder, name, "", bytes, len);
    if (e == ERR_OK)
        e = write_file(folder, name, ".gz", zipped, zipped_len);
    free(zipped);
    return e ? e : write_brotli(folder, name, bytes, len);
}
