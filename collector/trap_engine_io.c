/* SPDX-License-Identifier: GPL-3.0-or-later */
/* trap_engine_io.c - the file with our engine ID and engineBoots. */
#include "collector/trap_engine_io.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "lib/base/buf.h"
#include "lib/base/strx.h"

enum { TEXT_MAX = 256, BOOTS_MAX = 0x7fffffff, RANDOM = 12 };

/* RFC 3411, SnmpEngineID: an enterprise's own octets (5). netzwacht has no enterprise number; 0 is reserved
 * and nobody's (decision 0034). */
static const uint8_t PREFIX[] = {0x80, 0, 0, 0, 5, 'n', 'e', 't', 'z', 'w', 'a', 'c', 'h', 't'};

/* ---- text ---- */

static int hex_digit(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static enum err parse_id(const char *text, struct trap_v3_local *out)
{
    size_t len = strlen(text);

    if (len % 2 || len < 2 * 5 || len > 2 * sizeof out->id)
        return ERR_RANGE;
    for (size_t i = 0; i < len; i += 2) {
        int high = hex_digit(text[i]), low = hex_digit(text[i + 1]);

        if (high < 0 || low < 0)
            return ERR_MALFORMED;
        out->id[i / 2] = (uint8_t)(high << 4 | low);
    }
    out->id_len = len / 2;
    return ERR_OK;
}

enum err trap_engine_parse(const char *text, size_t len, struct trap_v3_local *out)
{
    char copy[TEXT_MAX + 1], *rest, *id, *boots;
    struct trap_v3_local found = {0};
    uint64_t number;
    enum err e;

    if (len > TEXT_MAX || memchr(text, '\0', len) || len == 0 || text[len - 1] != '\n')
        return ERR_MALFORMED; /* cut, too */
    memcpy(copy, text, len);
    copy[len - 1] = '\0';
    rest = copy;
    id = strsep(&rest, "\n");
    boots = strsep(&rest, "\n");
    if (rest || !boots || !strx_starts_with(id, "engine_id ") || !strx_starts_with(boots, "boots "))
        return ERR_MALFORMED;
    e = parse_id(id + strlen("engine_id "), &found);
    if (!e)
        e = strx_to_u64(boots + strlen("boots "), &number);
    if (!e && (number < 1 || number > BOOTS_MAX))
        e = ERR_RANGE;
    if (e)
        return e;
    found.boots = (uint32_t)number;
    *out = found;
    return ERR_OK;
}

/* ---- disk ---- */

static enum err read_file(const char *path, char *out, size_t size, size_t *len)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    ssize_t got;

    if (fd < 0)
        return err_from_errno(errno);
    got = read(fd, out, size);
    close(fd);
    if (got < 0)
        return ERR_IO;
    *len = (size_t)got;
    return ERR_OK;
}

static enum err sync_directory_of(const char *path)
{
    char *copy = strdup(path);
    int fd = copy ? open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
    enum err e = fd >= 0 && fsync(fd) == 0 ? ERR_OK : err_from_errno(errno);

    if (fd >= 0)
        close(fd);
    free(copy);
    return e;
}

static enum err write_file(const char *path, const char *beside, const struct buf *text)
{
    int fd = open(beside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0640);
    enum err e = fd < 0 ? err_from_errno(errno) : ERR_OK;

    if (!e && (write(fd, text->data, text->len) != (ssize_t)text->len || fsync(fd)))
        e = errno ? err_from_errno(errno) : ERR_IO;
    if (fd >= 0 && close(fd) && !e)
        e = err_from_errno(errno);
    if (!e && rename(beside, path))
        e = err_from_errno(errno);
    if (!e)
        e = sync_directory_of(path);
    else if (fd >= 0)
        (void)unlink(beside);
    return e;
}

static enum err save(const char *path, const struct trap_v3_local *local)
{
    char *beside = strx_printf("%s.new", path);
    struct buf text = BUF_INIT;
    enum err e;

    buf_printf(&text, "engine_id ");
    strx_put_hex(&text, local->id, local->id_len);
    buf_printf(&text, "\nboots %u\n", local->boots);
    e = beside ? buf_error(&text) : ERR_NOMEM;
    if (!e)
        e = write_file(path, beside, &text);
    buf_fini(&text);
    free(beside);
    return e;
}

static enum err make_new(struct trap_v3_local *out)
{
    *out = (struct trap_v3_local){.id_len = sizeof PREFIX + RANDOM};
    memcpy(out->id, PREFIX, sizeof PREFIX);
    return getrandom(out->id + sizeof PREFIX, RANDOM, 0) == RANDOM ? ERR_OK : ERR_IO;
}

enum err trap_engine_start(const char *path, struct trap_v3_local *out, bool *was_damaged)
{
    char text[TEXT_MAX + 1];
    size_t len = 0;
    enum err e = read_file(path, text, sizeof text, &len);

    *was_damaged = false;
    if (!e) {
        e = trap_engine_parse(text, len, out);
        *was_damaged = e != ERR_OK;
    } else if (e != ERR_NOT_FOUND) {
        return e;
    }
    if (e || out->boots == BOOTS_MAX) /* there it would stay, and nothing be in time any more */
        e = make_new(out);
    if (e)
        return e;
    out->boots++;
    return save(path, out);
}
