/* SPDX-License-Identifier: GPL-3.0-or-later */
/* journal.c - the writing side of a partition: appends frames, rotates, holds back what a full disk refused,
 * deletes what retention allows. Reads no clock: the time of a file is the file system's.
 *
 * A frame is written by one pwritev() at an offset that only a whole frame moves on. After a short write the
 * same offset is written again, by whatever record is the oldest held then; readers wait meanwhile because
 * the frame's checksum does not match. */
#include "lib/runtime/journal.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include "lib/base/strx.h"
#include "lib/runtime/journal_segment.h"

#define GATHERED_MAX      (256 * KIB)  /* then they are written, flush or not */
#define HELD_BYTES_MAX    (16 * MIB)   /* of records that wait for space */
#define SEGMENT_BYTES_MAX (2048 * MIB) /* a position has 32 bits for the byte */
#define CURSOR_VALID      (24 * HOURS) /* an older cursor belongs to a reader that is gone */
#define CURSOR_PATH_SIZE  (4096)
#define CURSOR_TEXT_SIZE  (sizeof "4294967295 4294967295\n" + 8)

struct held {
    struct held *next;
    size_t len;
    uint8_t record[];
};

struct journal_writer {
    char *dir, *partition;
    int64_t segment_bytes, keep_bytes;
    ns_t segment_min_age, keep_age;
    int dir_fd, lock_fd;
    int fd; /* -1: the next segment could not be created yet */
    uint32_t segment;
    int64_t offset; /* where the next frame goes; 0: the segment's header is not written yet */
    ns_t created, opened_mono;
    bool gathers;
    struct buf gathered; /* frames that end at `offset` and are not written yet */
    struct held *held_first, *held_last;
    int64_t held_bytes;
    struct journal_stats stats;
};

/* mkdir -p for the two levels that are ours. */
static enum err make_directory(const char *path)
{
    if (mkdir(path, 0750) == 0 || errno == EEXIST)
        return ERR_OK;
    return err_from_errno(errno);
}

static enum err open_directories(struct journal_writer *w)
{
    char *path = strx_printf("%s/%s", w->dir, w->partition);
    enum err e;

    if (!path)
        return ERR_NOMEM;
    e = make_directory(w->dir);
    if (!e)
        e = make_directory(path);
    if (!e) {
        w->dir_fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        e = w->dir_fd < 0 ? err_from_errno(errno) : ERR_OK;
    }
    free(path);
    return e;
}

static enum err take_lock(struct journal_writer *w)
{
    w->lock_fd = openat(w->dir_fd, "writer.lock", O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0640);
    if (w->lock_fd < 0)
        return err_from_errno(errno);
    if (flock(w->lock_fd, LOCK_EX | LOCK_NB) == 0)
        return ERR_OK;
    return errno == EWOULDBLOCK ? ERR_BUSY : err_from_errno(errno);
}

/* Opens segment `number` as the one that frames go to from now on; the old one stays open on error. */
static enum err create_segment(struct journal_writer *w, uint32_t number, ns_t mono)
{
    char name[JOURNAL_NAME_SIZE];
    struct stat st;
    int fd;

    journal_segment_name(number, name);
    fd = openat(w->dir_fd, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0640);
    if (fd < 0)
        return err_from_errno(errno);
    if (fstat(fd, &st)) {
        enum err e = err_from_errno(errno);
        close(fd);
        return e;
    }
    if (w->fd >= 0)
        close(w->fd);
    w->fd = fd;
    w->segment = w->stats.segment = number;
    w->offset = 0;
    w->opened_mono = mono;
    w->created = (ns_t)st.st_mtim.tv_sec * SECONDS + st.st_mtim.tv_nsec;
    return ERR_OK;
}

static enum err write_whole(int fd, const struct iovec *parts, int count, int64_t offset)
{
    ssize_t want = 0, n;
    enum err e;

    for (int i = 0; i < count; i++)
        want += (ssize_t)parts[i].iov_len;
    do
        n = pwritev(fd, parts, count, offset);
    while (n < 0 && errno == EINTR);
    if (n == want)
        return ERR_OK;
    e = n < 0 ? err_from_errno(errno) : ERR_NO_SPACE;
    if (n > 0) /* so that a segment that is closed now has no torn end */
        (void)!ftruncate(fd, offset);
    return e;
}

static enum err write_header(struct journal_writer *w)
{
    struct journal_header header = {JOURNAL_VERSION, 1, w->segment, w->segment_min_age, w->created};
    struct buf bytes = BUF_INIT;
    enum err e;

    journal_header_pack(&header, &bytes);
    e = buf_error(&bytes);
    if (!e)
        e = write_whole(w->fd, &(struct iovec){bytes.data, bytes.len}, 1, 0);
    if (!e)
        w->offset = JOURNAL_HEADER_SIZE;
    buf_fini(&bytes);
    return e;
}

static enum err write_frame(struct journal_writer *w, const void *record, size_t len, journal_pos *pos)
{
    uint8_t head[JOURNAL_FRAME_SIZE];
    struct iovec parts[2] = {{head, sizeof head}, {(void *)(uintptr_t)record, len}};
    enum err e;

    if (w->offset == 0 && (e = write_header(w)) != ERR_OK)
        return e;
    journal_frame_head(record, len, head);
    if (w->gathers && !w->held_first) {
        size_t end = w->gathered.len;

        buf_put(&w->gathered, head, sizeof head);
        buf_put(&w->gathered, record, len);
        e = buf_error(&w->gathered);
        if (e)
            w->gathered.len = end;
    } else {
        e = write_whole(w->fd, parts, 2, w->offset);
    }
    if (e)
        return e;
    if (pos)
        *pos = (journal_pos)w->segment << 32 | (uint32_t)w->offset;
    w->offset += (int64_t)(JOURNAL_FRAME_SIZE + len);
    w->stats.records++;
    w->stats.bytes += JOURNAL_FRAME_SIZE + len;
    w->stats.disk_bytes += JOURNAL_FRAME_SIZE + len;
    return ERR_OK;
}

/* ---- records that wait for space ---- */

static void drop_oldest_held(struct journal_writer *w)
{
    struct held *h = w->held_first;

    w->held_first = h->next;
    if (!w->held_first)
        w->held_last = NULL;
    w->held_bytes -= (int64_t)h->len;
    w->stats.held--;
    free(h);
}

/* Keeps the newest: what does not fit pushes out the oldest, for ever; those are the gap that is counted. */
static void hold_back(struct journal_writer *w, const void *record, size_t len)
{
    struct held *h = malloc(sizeof *h + len);

    if (!h) {
        w->stats.failed++;
        return;
    }
    h->next = NULL;
    h->len = len;
    memcpy(h->record, record, len);
    if (w->held_last)
        w->held_last->next = h;
    else
        w->held_first = h;
    w->held_last = h;
    w->held_bytes += (int64_t)len;
    w->stats.held++;
    while (w->held_bytes > HELD_BYTES_MAX) {
        drop_oldest_held(w);
        w->stats.failed++;
    }
}

static enum err write_held(struct journal_writer *w)
{
    enum err e = ERR_OK;

    while (w->held_first && !e) {
        e = write_frame(w, w->held_first->record, w->held_first->len, NULL);
        if (!e)
            drop_oldest_held(w);
    }
    return e;
}

/* ---- records that leave together ---- */

/* What could not be written waits like records that were refused one by one. */
static void hold_gathered(struct journal_writer *w)
{
    const uint8_t *at = (const uint8_t *)w->gathered.data, *end = at + w->gathered.len;
    const void *record;
    size_t len;

    w->offset -= (int64_t)w->gathered.len;
    w->stats.bytes -= w->gathered.len;
    for (; !journal_frame_parse(at, (size_t)(end - at), &record, &len, NULL);
         at += JOURNAL_FRAME_SIZE + len) {
        w->stats.records--;
        hold_back(w, record, len);
    }
}

enum err journal_flush(struct journal_writer *w)
{
    struct iovec all = {w->gathered.data, w->gathered.len};
    enum err e = ERR_OK;

    if (w->gathered.len)
        e = write_whole(w->fd, &all, 1, w->offset - (int64_t)w->gathered.len);
    if (e)
        hold_gathered(w);
    buf_clear(&w->gathered);
    return e;
}

/* ---- the public side ---- */

/* Bytes of these segments on disk. */
static int64_t segments_size(const struct journal_writer *w, const uint32_t *numbers, size_t count)
{
    char name[JOURNAL_NAME_SIZE];
    int64_t total = 0;
    struct stat st;

    for (size_t i = 0; i < count; i++) {
        journal_segment_name(numbers[i], name);
        if (fstatat(w->dir_fd, name, &st, AT_SYMLINK_NOFOLLOW) == 0)
            total += st.st_size;
    }
    return total;
}

enum err journal_writer_open(const struct journal_options *options, ns_t mono, struct journal_writer **out)
{
    struct journal_writer *w;
    uint32_t *numbers = NULL;
    size_t count = 0;
    enum err e;

    if (!journal_partition_is_valid(options->partition))
        return ERR_MALFORMED;
    w = calloc(1, sizeof *w);
    if (!w)
        return ERR_NOMEM;
    w->fd = w->dir_fd = w->lock_fd = -1;
    w->segment_bytes = options->segment_bytes;
    w->segment_min_age = options->segment_min_age;
    w->gathers = options->gathers;
    buf_init(&w->gathered, GATHERED_MAX + JOURNAL_FRAME_SIZE + JOURNAL_RECORD_MAX);
    w->keep_bytes = options->keep_bytes;
    w->keep_age = options->keep_age;
    w->dir = strdup(options->dir);
    w->partition = strdup(options->partition);
    e = w->dir && w->partition ? open_directories(w) : ERR_NOMEM;
    if (!e)
        e = take_lock(w);
    if (!e)
        e = journal_segments_list(w->dir_fd, &numbers, &count);
    if (e)
        goto not_open;
    w->segment = count ? numbers[count - 1] : 0;
    w->stats.disk_bytes = (uint64_t)segments_size(w, numbers, count);
    free(numbers);
    e = create_segment(w, w->segment + 1, mono);
    if (!e)
        (void)!write_header(w); /* on a full disk the first append writes it */
    else if (e != ERR_NO_SPACE)
        goto not_open;
    *out = w;
    return ERR_OK;
not_open:
    journal_writer_close(w);
    return e;
}

void journal_writer_close(struct journal_writer *w)
{
    if (!w)
        return;
    (void)!journal_flush(w);
    if (w->held_first && w->fd >= 0)
        (void)!write_held(w);
    while (w->held_first)
        drop_oldest_held(w);
    if (w->fd >= 0)
        close(w->fd);
    if (w->lock_fd >= 0)
        close(w->lock_fd);
    if (w->dir_fd >= 0)
        close(w->dir_fd);
    buf_fini(&w->gathered);
    free(w->dir);
    free(w->partition);
    free(w);
}

bool journal_will_rotate(const struct journal_writer *w, ns_t mono, size_t len)
{
    int64_t end = w->offset + JOURNAL_FRAME_SIZE + (int64_t)len;

    if (w->fd < 0)
        return true;
    if (w->held_first) /* what is held belongs into the open segment */
        return false;
    if (end > SEGMENT_BYTES_MAX)
        return true;
    return end > w->segment_bytes && mono - w->opened_mono >= w->segment_min_age;
}

enum err journal_append(struct journal_writer *w, ns_t mono, const void *record, size_t len, journal_pos *pos)
{
    enum err e = ERR_OK;

    if (len == 0 || len > JOURNAL_RECORD_MAX)
        return ERR_LIMIT;
    if (w->gathered.len > GATHERED_MAX)
        e = journal_flush(w);
    if (!e && journal_will_rotate(w, mono, len)) {
        e = journal_flush(w);
        if (!e)
            e = create_segment(w, w->segment + 1, mono);
        if (e && w->fd >= 0 && w->offset < SEGMENT_BYTES_MAX)
            e = ERR_OK; /* no room for a new file: the old one goes on */
    }
    if (!e)
        e = write_held(w);
    if (!e)
        e = write_frame(w, record, len, pos);
    if (e)
        hold_back(w, record, len);
    return e;
}

enum err journal_sync(struct journal_writer *w)
{
    if (journal_flush(w) || w->held_first)
        return ERR_NO_SPACE;
    return w->fd >= 0 && fdatasync(w->fd) ? err_from_errno(errno) : ERR_OK;
}

uint32_t journal_segment(const struct journal_writer *w)
{
    return w->segment;
}

void journal_writer_stats(const struct journal_writer *w, struct journal_stats *out)
{
    *out = w->stats;
}

/* ---- cursors ---- */

static enum err cursor_path(const char *dir, const char *reader, const char *partition,
                            char out[CURSOR_PATH_SIZE])
{
    int n;

    if (!journal_partition_is_valid(reader) || !journal_partition_is_valid(partition))
        return ERR_MALFORMED;
    n = snprintf(out, CURSOR_PATH_SIZE, "%s/%s/cursors/%s", dir, reader, partition);
    return n > 0 && n < CURSOR_PATH_SIZE - 8 ? ERR_OK : ERR_LIMIT;
}

/* The bytes come from a file that a crash may have left in any state. */
static enum err cursor_parse(char *text, journal_pos *out)
{
    char *newline = strchr(text, '\n'), *blank = strchr(text, ' ');
    uint64_t segment, byte;

    if (!newline || !blank || blank > newline)
        return ERR_MALFORMED;
    *newline = *blank = '\0';
    if (strx_to_u64(text, &segment) || strx_to_u64(blank + 1, &byte) || segment > UINT32_MAX ||
        byte > UINT32_MAX)
        return ERR_MALFORMED;
    *out = segment << 32 | byte;
    return ERR_OK;
}

static enum err cursor_read(const char *path, journal_pos *pos, ns_t *stored)
{
    char text[CURSOR_TEXT_SIZE];
    struct stat st;
    ssize_t n;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);

    if (fd < 0)
        return err_from_errno(errno);
    n = read(fd, text, sizeof text - 1);
    if (n < 0 || fstat(fd, &st)) {
        enum err e = err_from_errno(errno);
        close(fd);
        return e;
    }
    close(fd);
    text[n] = '\0';
    *stored = (ns_t)st.st_mtim.tv_sec * SECONDS + st.st_mtim.tv_nsec;
    return cursor_parse(text, pos);
}

enum err journal_cursor_load(const char *dir, const char *reader, const char *partition, journal_pos *out)
{
    char path[CURSOR_PATH_SIZE];
    ns_t stored;
    enum err e = cursor_path(dir, reader, partition, path);

    if (e)
        return e;
    e = cursor_read(path, out, &stored);
    if (e != ERR_NOT_FOUND && e != ERR_MALFORMED)
        return e;
    *out = 0;
    return ERR_OK;
}

static enum err cursor_directories(const char *dir, const char *reader)
{
    char path[CURSOR_PATH_SIZE];
    enum err e = make_directory(dir);

    if (!e) {
        snprintf(path, sizeof path, "%s/%s", dir, reader);
        e = make_directory(path);
    }
    if (!e) {
        strx_copy(path + strlen(path), sizeof path - strlen(path), "/cursors");
        e = make_directory(path);
    }
    return e;
}

static enum err file_replace(const char *path, const char *text, size_t len)
{
    char temporary[CURSOR_PATH_SIZE];
    enum err e = ERR_OK;
    int fd;

    snprintf(temporary, sizeof temporary, "%s.new", path);
    fd = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0640);
    if (fd < 0)
        return err_from_errno(errno);
    if (write(fd, text, len) != (ssize_t)len)
        e = ERR_NO_SPACE;
    if (close(fd) && !e)
        e = err_from_errno(errno);
    if (!e && rename(temporary, path))
        e = err_from_errno(errno);
    return e;
}

enum err journal_cursor_store(const char *dir, const char *reader, const char *partition, journal_pos pos)
{
    char path[CURSOR_PATH_SIZE], text[CURSOR_TEXT_SIZE];
    enum err e = cursor_path(dir, reader, partition, path);
    int len;

    if (e)
        return e;
    len = snprintf(text, sizeof text, "%u %u\n", journal_pos_segment(pos), (uint32_t)pos);
    e = file_replace(path, text, (size_t)len);
    if (e != ERR_NOT_FOUND)
        return e;
    e = cursor_directories(dir, reader);
    return e ? e : file_replace(path, text, (size_t)len);
}

/* ---- retention ---- */

/* The first segment that a reader with a cursor younger than CURSOR_VALID still needs; UINT32_MAX: none. */
static uint32_t first_needed(const struct journal_writer *w, ns_t wall)
{
    char path[CURSOR_PATH_SIZE];
    uint32_t first = UINT32_MAX;
    struct dirent *entry;
    DIR *dir = opendir(w->dir);
    journal_pos pos;
    ns_t stored;

    if (!dir)
        return 0; /* cannot know: keep everything */
    while ((entry = readdir(dir)))
        if (!cursor_path(w->dir, entry->d_name, w->partition, path) && !cursor_read(path, &pos, &stored) &&
            wall - stored < CURSOR_VALID && journal_pos_segment(pos) < first)
            first = journal_pos_segment(pos);
    closedir(dir);
    return first;
}

enum err journal_expire(struct journal_writer *w, ns_t wall, size_t *deleted)
{
    char name[JOURNAL_NAME_SIZE];
    uint32_t *numbers = NULL, needed = first_needed(w, wall);
    size_t count = 0, done = 0;
    int64_t total = 0;
    struct stat st;
    enum err e = journal_segments_list(w->dir_fd, &numbers, &count);

    total = e ? (int64_t)w->stats.disk_bytes : segments_size(w, numbers, count);
    for (size_t i = 0; !e && i + 2 < count && numbers[i] < needed; i++) {
        journal_segment_name(numbers[i], name);
        if (fstatat(w->dir_fd, name, &st, AT_SYMLINK_NOFOLLOW))
            continue;
        if (total <= w->keep_bytes && wall - (ns_t)st.st_mtim.tv_sec * SECONDS <= w->keep_age)
            break;
        if (unlinkat(w->dir_fd, name, 0)) {
            e = err_from_errno(errno);
            break;
        }
        total -= st.st_size;
        done++;
    }
    free(numbers);
    w->stats.disk_bytes = (uint64_t)total;
    if (deleted)
        *deleted = done;
    return e;
}
