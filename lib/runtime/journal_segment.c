/* SPDX-License-Identifier: GPL-3.0-or-later */
/* journal_segment.c - segment headers, frames, file names. Pure, but for listing a directory. */
#include "lib/runtime/journal_segment.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/crc32c.h"
#include "lib/base/strx.h"
#include "lib/base/wire.h"
#include "lib/runtime/journal.h"

static const char magic[8] = {'N', 'W', 'J', 'R', 'N', 'L', '\r', '\n'};

enum { HEADER_CHECKED = 32, PARTITION_NAME_MAX = 64 };

void journal_header_pack(const struct journal_header *h, struct buf *out)
{
    size_t start = out->len;

    buf_put(out, magic, sizeof magic);
    buf_le32(out, (uint32_t)h->oldest_reader << 16 | h->version);
    buf_le32(out, h->number);
    buf_le64(out, (uint64_t)h->min_age);
    buf_le64(out, (uint64_t)h->created);
    if (!buf_error(out))
        buf_le32(out, crc32c(0, out->data + start, HEADER_CHECKED));
    buf_le32(out, 0);
}

enum err journal_header_parse(const void *bytes, size_t len, struct journal_header *out)
{
    struct journal_header h;
    struct wire w;
    const uint8_t *begin;

    wire_init(&w, bytes, len);
    begin = wire_bytes(&w, sizeof magic);
    h.version = wire_le16(&w);
    h.oldest_reader = wire_le16(&w);
    h.number = wire_le32(&w);
    h.min_age = (ns_t)wire_le64(&w);
    h.created = (ns_t)wire_le64(&w);
    if (wire_le32(&w) != crc32c(0, bytes, len < HEADER_CHECKED ? len : HEADER_CHECKED) && !wire_error(&w))
        return ERR_CRC;
    wire_skip(&w, 4);
    if (wire_error(&w))
        return wire_error(&w);
    if (memcmp(begin, magic, sizeof magic) != 0)
        return ERR_MALFORMED;
    if (h.oldest_reader > JOURNAL_VERSION)
        return ERR_UNSUPPORTED;
    *out = h;
    return ERR_OK;
}

void journal_frame_head(const void *record, size_t len, uint8_t head[JOURNAL_FRAME_SIZE])
{
    uint32_t crc = crc32c(0, record, len);

    for (int i = 0; i < 4; i++) {
        head[i] = (uint8_t)(len >> 8 * i);
        head[4 + i] = (uint8_t)(crc >> 8 * i);
    }
}

enum err journal_frame_parse(const void *bytes, size_t size, const void **record, size_t *len, size_t *need)
{
    struct wire w;
    uint32_t length, crc;
    const uint8_t *body;

    wire_init(&w, bytes, size);
    length = wire_le32(&w);
    crc = wire_le32(&w);
    if (need)
        *need = JOURNAL_FRAME_SIZE;
    if (wire_error(&w))
        return ERR_TRUNCATED;
    if (length == 0 || length > JOURNAL_RECORD_MAX)
        return ERR_MALFORMED;
    if (need)
        *need = JOURNAL_FRAME_SIZE + length;
    body = wire_bytes(&w, length);
    if (!body)
        return ERR_TRUNCATED;
    *len = length;
    if (crc32c(0, body, length) != crc)
        return ERR_CRC;
    *record = body;
    return ERR_OK;
}

bool journal_partition_is_valid(const char *name)
{
    size_t len = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789.-");

    return len > 0 && len <= PARTITION_NAME_MAX && name[len] == '\0' && name[0] != '.';
}

void journal_segment_name(uint32_t number, char out[JOURNAL_NAME_SIZE])
{
    snprintf(out, JOURNAL_NAME_SIZE, "%010u.seg", number);
}

/* 0: not a segment's name. */
static uint32_t number_of(const char *name)
{
    char digits[11];
    uint64_t number;

    if (strlen(name) != JOURNAL_NAME_SIZE - 1 || !strx_ends_with(name, ".seg"))
        return 0;
    memcpy(digits, name, 10);
    digits[10] = '\0';
    return strx_to_u64(digits, &number) || number > UINT32_MAX ? 0 : (uint32_t)number;
}

static int compare_numbers(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

    return (x > y) - (x < y);
}

enum err journal_segments_list(int dir_fd, uint32_t **numbers, size_t *count)
{
    uint32_t *found = NULL, *grown;
    size_t n = 0, cap = 0;
    struct dirent *entry;
    /* "." anew: a descriptor that is dup'ed would share its read position. */
    int fd = openat(dir_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *dir = fd < 0 ? NULL : fdopendir(fd);

    if (!dir) {
        enum err e = err_from_errno(errno);
        if (fd >= 0)
            close(fd);
        return e;
    }
    while ((entry = readdir(dir))) {
        uint32_t number = number_of(entry->d_name);
        if (number == 0)
            continue;
        if (n == cap) {
            cap = cap ? 2 * cap : 16;
            grown = realloc(found, cap * sizeof *grown);
            if (!grown)
                goto out_of_memory;
            found = grown;
        }
        found[n++] = number;
    }
    closedir(dir);
    if (n > 1)
        qsort(found, n, sizeof *found, compare_numbers);
    *numbers = found;
    *count = n;
    return ERR_OK;
out_of_memory:
    free(found);
    closedir(dir);
    return ERR_NOMEM;
}
