/* SPDX-License-Identifier: GPL-3.0-or-later */
/* journal_reader.c - the reading side of a partition. Takes nothing in the files for granted.
 *
 *   NOWHERE ──segments appear──► IN A SEGMENT ──its end, and a newer one exists──► IN THE NEXT …
 *                                     │ damaged: told once, then as if it were the segment's end, unless a
 *                                     │ whole frame stands right behind
 *
 * What looks like damage at the end of the newest segment is a write that is not finished, so it is read
 * again later; whether a newer segment exists is asked before the last look at the old one. */
#include "lib/runtime/journal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/strx.h"
#include "lib/runtime/journal_segment.h"

enum { CHUNK = 256 * 1024 };

struct journal_reader {
    char *path; /* <dir>/<partition> */
    journal_pos after;
    enum journal_start start;
    int dir_fd; /* -1: the partition does not exist yet */
    struct timespec dir_changed;
    int fd;           /* of `segment`; -1: not positioned */
    uint32_t segment; /* the one being read; 0: not positioned */
    int64_t offset;   /* of the next frame; 0: the header has not been checked */
    bool skips_first; /* the frame at offset is `after` itself */
    bool is_given_up; /* the rest of this segment is damaged or not understood */
    bool owes_gap;    /* ERR_GAP is to be returned before the next record */
    uint8_t *chunk;
    size_t chunk_cap, chunk_len, chunk_at; /* chunk[chunk_at] is the byte at offset */
    int at_fd;                             /* journal_read_at()'s segment */
    uint32_t at_segment;
    uint64_t damaged;
};

/* ---- finding segments ---- */

static enum err open_directory(struct journal_reader *r)
{
    if (r->dir_fd >= 0)
        return ERR_OK;
    r->dir_fd = open(r->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (r->dir_fd >= 0)
        return ERR_OK;
    return errno == ENOENT ? ERR_AGAIN : err_from_errno(errno);
}

static enum err open_segment(struct journal_reader *r, uint32_t number)
{
    char name[JOURNAL_NAME_SIZE];
    int fd;

    journal_segment_name(number, name);
    fd = openat(r->dir_fd, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0)
        return err_from_errno(errno);
    if (r->fd >= 0)
        close(r->fd);
    r->fd = fd;
    r->segment = number;
    r->offset = 0;
    r->chunk_len = r->chunk_at = 0;
    r->is_given_up = r->skips_first = false;
    return ERR_OK;
}

static bool segment_exists(const struct journal_reader *r, uint32_t number)
{
    char name[JOURNAL_NAME_SIZE];

    journal_segment_name(number, name);
    return faccessat(r->dir_fd, name, F_OK, 0) == 0;
}

/* The smallest segment newer than this one; 0: none. Numbers follow each other unless somebody deleted files
 * by hand, so the whole directory is read only when it changed. */
static uint32_t next_segment(struct journal_reader *r)
{
    uint32_t *numbers = NULL, found = 0;
    size_t count = 0;
    struct stat st;

    if (segment_exists(r, r->segment + 1))
        return r->segment + 1;
    if (fstat(r->dir_fd, &st) || memcmp(&st.st_mtim, &r->dir_changed, sizeof st.st_mtim) == 0)
        return 0;
    if (journal_segments_list(r->dir_fd, &numbers, &count))
        return 0;
    for (size_t i = 0; i < count && !found; i++)
        if (numbers[i] > r->segment)
            found = numbers[i];
    free(numbers);
    if (!found)
        r->dir_changed = st.st_mtim;
    return found;
}

/* Did this closed segment last for the time in which every source is written once? */
static bool is_whole(const struct journal_reader *r, uint32_t number)
{
    char name[JOURNAL_NAME_SIZE];
    uint8_t bytes[JOURNAL_HEADER_SIZE];
    struct journal_header header;
    struct stat st;
    bool is = false;
    int fd;

    journal_segment_name(number, name);
    fd = openat(r->dir_fd, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0)
        return false;
    if (read(fd, bytes, sizeof bytes) == (ssize_t)sizeof bytes && fstat(fd, &st) == 0 &&
        !journal_header_parse(bytes, sizeof bytes, &header))
        is = (ns_t)st.st_mtim.tv_sec * SECONDS + st.st_mtim.tv_nsec - header.created >= header.min_age;
    close(fd);
    return is;
}

static size_t index_segment_back(const struct journal_reader *r, const uint32_t *numbers, size_t count)
{
    size_t i = count - 1;

    while (i > 0)
        if (is_whole(r, numbers[--i]))
            break;
    return i;
}

static enum err position_after(struct journal_reader *r, const uint32_t *numbers, size_t count)
{
    uint32_t wanted = journal_pos_segment(r->after);
    enum err e;

    for (size_t i = 0; i < count; i++)
        if (numbers[i] == wanted) {
            e = open_segment(r, wanted);
            r->skips_first = !e && (uint32_t)r->after >= JOURNAL_HEADER_SIZE;
            return e;
        }
    r->owes_gap = true;
    for (size_t i = 0; i < count; i++)
        if (numbers[i] > wanted)
            return open_segment(r, numbers[i]);
    return open_segment(r, numbers[0]); /* the partition began anew */
}

/* ---- bytes ---- */

/* Reads afresh from r->offset; at least `want` bytes if they are there. */
static enum err fill(struct journal_reader *r, size_t want)
{
    size_t cap = want > CHUNK ? want : CHUNK;
    ssize_t n;

    r->chunk_len = r->chunk_at = 0;
    if (cap > r->chunk_cap) {
        uint8_t *grown = realloc(r->chunk, cap);
        if (!grown)
            return ERR_NOMEM;
        r->chunk = grown;
        r->chunk_cap = cap;
    }
    do
        n = pread(r->fd, r->chunk, r->chunk_cap, r->offset);
    while (n < 0 && errno == EINTR);
    if (n < 0)
        return err_from_errno(errno);
    r->chunk_len = (size_t)n;
    return ERR_OK;
}

static enum err parse_here(const struct journal_reader *r, const void **record, size_t *len, size_t *need)
{
    return journal_frame_parse(r->chunk + r->chunk_at, r->chunk_len - r->chunk_at, record, len, need);
}

/* The frame at r->offset, as it stands in the file now unless the chunk has it whole. */
static enum err frame_here(struct journal_reader *r, const void **record, size_t *len)
{
    size_t need;
    enum err e;

    if (r->chunk_at < r->chunk_len && !parse_here(r, record, len, &need))
        return ERR_OK;
    e = fill(r, CHUNK);
    if (e)
        return e;
    e = parse_here(r, record, len, &need);
    if (e == ERR_TRUNCATED && need > r->chunk_len && r->chunk_len == r->chunk_cap) {
        e = fill(r, need);
        if (!e)
            e = parse_here(r, record, len, &need);
    }
    return e;
}

static void pass_frame(struct journal_reader *r, size_t len)
{
    r->offset += (int64_t)(JOURNAL_FRAME_SIZE + len);
    r->chunk_at += JOURNAL_FRAME_SIZE + len;
}

static enum err header_here(struct journal_reader *r)
{
    struct journal_header header;
    enum err e = fill(r, CHUNK);

    if (e)
        return e;
    e = journal_header_parse(r->chunk, r->chunk_len, &header);
    if (e)
        return e;
    r->offset = r->chunk_at = JOURNAL_HEADER_SIZE;
    if (r->skips_first) {
        r->offset = (uint32_t)r->after;
        r->chunk_len = r->chunk_at = 0;
    }
    return ERR_OK;
}

/* Is this no unfinished write, although no newer segment exists: do bytes follow the bad frame, or its head?
 */
static bool is_followed(const struct journal_reader *r, enum err e, size_t len)
{
    struct stat st;
    int64_t end = r->offset + JOURNAL_FRAME_SIZE + (e == ERR_CRC ? (int64_t)len : 0);

    return (e == ERR_CRC || e == ERR_MALFORMED) && r->offset > 0 && fstat(r->fd, &st) == 0 &&
           st.st_size > end;
}

/* Behind a frame whose checksum is wrong but whose length may be right: if a whole frame stands there, only
 * the bad one is lost. */
static bool pass_damage(struct journal_reader *r, size_t len)
{
    const void *record;
    size_t next_len = 0;
    int64_t bad = r->offset;

    if (r->offset == 0 || len == 0)
        return false;
    pass_frame(r, len);
    r->chunk_len = r->chunk_at = 0;
    if (frame_here(r, &record, &next_len) == ERR_OK)
        return true;
    r->offset = bad;
    return false;
}

/* ---- reading on ---- */

/* Header or frame at the reader's place; ERR_AGAIN: the place is the open segment's end. ERR_END: a closed
 * segment's. ERR_CRC, ERR_UNSUPPORTED: the rest of this segment is to be given up. */
static enum err look(struct journal_reader *r, const void **record, size_t *len)
{
    enum err e = r->offset ? frame_here(r, record, len) : header_here(r);
    bool is_bad;

    if (e != ERR_TRUNCATED && e != ERR_CRC && e != ERR_MALFORMED)
        return e;
    if (!is_followed(r, e, *len) && next_segment(r) == 0)
        return ERR_AGAIN;
    r->chunk_len = r->chunk_at = 0; /* now it is finished or never will be: the last look */
    e = r->offset ? frame_here(r, record, len) : header_here(r);
    if (e == ERR_MALFORMED)
        *len = 0;
    is_bad = e == ERR_CRC || e == ERR_MALFORMED || (e == ERR_TRUNCATED && r->chunk_len > 0);
    if (e == ERR_TRUNCATED)
        *len = 0; /* nothing can follow */
    if (is_bad)
        return ERR_CRC;
    return e == ERR_TRUNCATED ? ERR_END : e;
}

static enum err go_on_to_next(struct journal_reader *r)
{
    uint32_t last = r->segment, next = next_segment(r);
    enum err e = next ? open_segment(r, next) : ERR_AGAIN;

    return !e && next != last + 1 ? ERR_GAP : e;
}

static enum err give_up_segment(struct journal_reader *r, enum err why)
{
    r->is_given_up = true;
    r->skips_first = false;
    r->damaged += why == ERR_CRC;
    return why;
}

/* One record, or what is to be told instead. */
static enum err read_on(struct journal_reader *r, const void **record, size_t *len, journal_pos *pos)
{
    bool had_header;
    enum err e;

    for (;;) {
        if (r->is_given_up) {
            e = go_on_to_next(r);
            if (e)
                return e;
        }
        *len = 0;
        had_header = r->offset > 0;
        e = look(r, record, len);
        if (e == ERR_CRC && pass_damage(r, *len)) {
            r->damaged++;
            r->skips_first = false;
            return e;
        }
        if (e == ERR_CRC || e == ERR_UNSUPPORTED)
            return give_up_segment(r, e);
        if (e == ERR_END) {
            r->is_given_up = true;
            continue;
        }
        if (e)
            return e;
        if (!had_header)
            continue;
        *pos = (journal_pos)r->segment << 32 | (uint32_t)r->offset;
        pass_frame(r, *len);
        if (!r->skips_first)
            return ERR_OK;
        r->skips_first = false;
    }
}

/* To the end of what is whole in the newest segment. */
static enum err position_end(struct journal_reader *r, uint32_t newest)
{
    const void *record;
    size_t len = 0;
    enum err e = open_segment(r, newest);

    if (!e)
        e = header_here(r);
    while (!e && !(e = frame_here(r, &record, &len)))
        pass_frame(r, len);
    return e == ERR_TRUNCATED || e == ERR_CRC || e == ERR_MALFORMED || e == ERR_UNSUPPORTED ? ERR_OK : e;
}

/* ERR_AGAIN: there is no segment yet. */
static enum err position(struct journal_reader *r)
{
    uint32_t *numbers = NULL;
    size_t count = 0;
    enum err e = open_directory(r);

    if (!e)
        e = journal_segments_list(r->dir_fd, &numbers, &count);
    if (!e && count == 0)
        e = ERR_AGAIN;
    if (!e && r->after)
        e = position_after(r, numbers, count);
    else if (!e && r->start == JOURNAL_FROM_END)
        e = position_end(r, numbers[count - 1]);
    else if (!e)
        e = open_segment(
            r, numbers[r->start == JOURNAL_FROM_SEGMENT_BACK ? index_segment_back(r, numbers, count) : 0]);
    free(numbers);
    return e == ERR_NOT_FOUND ? ERR_AGAIN : e; /* deleted between listing and opening: once more */
}

enum err journal_reader_open(const char *dir, const char *partition, journal_pos after,
                             enum journal_start from, struct journal_reader **out)
{
    struct journal_reader *r;
    enum err e;

    if (!journal_partition_is_valid(partition))
        return ERR_MALFORMED;
    r = calloc(1, sizeof *r);
    if (!r)
        return ERR_NOMEM;
    r->dir_fd = r->fd = r->at_fd = -1;
    r->after = after;
    r->start = from;
    r->path = strx_printf("%s/%s", dir, partition);
    e = r->path ? position(r) : ERR_NOMEM;
    if (e == ERR_NOMEM || e == ERR_DENIED) {
        journal_reader_close(r);
        return e;
    }
    if (e == ERR_AGAIN) /* nothing there: its end is its beginning */
        r->start = JOURNAL_FROM_OLDEST;
    *out = r;
    return ERR_OK;
}

void journal_reader_close(struct journal_reader *r)
{
    if (!r)
        return;
    if (r->fd >= 0)
        close(r->fd);
    if (r->at_fd >= 0)
        close(r->at_fd);
    if (r->dir_fd >= 0)
        close(r->dir_fd);
    free(r->chunk);
    free(r->path);
    free(r);
}

enum err journal_read(struct journal_reader *r, const void **record, size_t *len, journal_pos *pos)
{
    const void *found = NULL;
    size_t found_len = 0;
    journal_pos found_pos = 0;
    enum err e = r->segment ? ERR_OK : position(r);

    if (e)
        return e;
    if (r->owes_gap) {
        r->owes_gap = false;
        return ERR_GAP;
    }
    e = read_on(r, &found, &found_len, &found_pos);
    if (e == ERR_NOT_FOUND) { /* retention took the next segment away under the reader */
        r->after = (journal_pos)r->segment << 32;
        r->segment = 0;
        return journal_read(r, record, len, pos);
    }
    if (e)
        return e;
    *record = found;
    *len = found_len;
    if (pos)
        *pos = found_pos;
    return ERR_OK;
}

uint64_t journal_reader_damaged(const struct journal_reader *r)
{
    return r->damaged;
}

/* ---- single records ---- */

static enum err open_at(struct journal_reader *r, uint32_t segment)
{
    char name[JOURNAL_NAME_SIZE];
    enum err e;

    if (r->at_fd >= 0 && r->at_segment == segment)
        return ERR_OK;
    e = open_directory(r);
    if (e)
        return e == ERR_AGAIN ? ERR_NOT_FOUND : e;
    if (r->at_fd >= 0)
        close(r->at_fd);
    journal_segment_name(segment, name);
    r->at_fd = openat(r->dir_fd, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    r->at_segment = segment;
    return r->at_fd < 0 ? err_from_errno(errno) : ERR_OK;
}

enum err journal_read_at(struct journal_reader *r, journal_pos pos, struct buf *out)
{
    enum { FIRST_READ = 4096 };
    uint8_t first[FIRST_READ], *bytes = first;
    const void *record;
    size_t len, need = 0;
    ssize_t n;
    enum err e = open_at(r, journal_pos_segment(pos));

    if (e)
        return e;
    if ((uint32_t)pos < JOURNAL_HEADER_SIZE)
        return ERR_MALFORMED;
    n = pread(r->at_fd, first, sizeof first, (uint32_t)pos);
    if (n < 0)
        return err_from_errno(errno);
    e = journal_frame_parse(first, (size_t)n, &record, &len, &need);
    if (e == ERR_TRUNCATED && n == (ssize_t)sizeof first && need > sizeof first) {
        bytes = malloc(need);
        if (!bytes)
            return ERR_NOMEM;
        n = pread(r->at_fd, bytes, need, (uint32_t)pos);
        e = n < 0 ? err_from_errno(errno) : journal_frame_parse(bytes, (size_t)n, &record, &len, NULL);
    }
    if (!e) {
        buf_put(out, record, len);
        e = buf_error(out);
    }
    if (bytes != first)
        free(bytes);
    return e;
}
