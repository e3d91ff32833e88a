/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz_journal.c - any bytes as two segments of a partition: the reader ends, positions grow, records have
 * the size that they may have, and each is unpacked and written as JSON. First two bytes of the input: where
 * the second segment begins. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/wire.h"
#include "lib/model/record_head.h"
#include "lib/model/record_json.h"
#include "lib/runtime/journal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { READS_MAX = 200000 };

struct place {
    char dir[32], partition[48], segment[2][80];
};

static void remove_place(struct place *p)
{
    unlink(p->segment[0]);
    unlink(p->segment[1]);
    rmdir(p->partition);
    rmdir(p->dir);
}

static void make_place(struct place *p)
{
    strcpy(p->dir, "/dev/shm/nw-fuzz-XXXXXX"); /* in memory where there is such a place */
    if (!mkdtemp(p->dir)) {
        strcpy(p->dir, "/tmp/nw-fuzz-XXXXXX");
        if (!mkdtemp(p->dir))
            abort();
    }
    snprintf(p->partition, sizeof p->partition, "%s/p", p->dir);
    mkdir(p->partition, 0700);
    for (int i = 0; i < 2; i++)
        snprintf(p->segment[i], sizeof p->segment[i], "%s/%010d.seg", p->partition, i + 1);
}

static void put(const char *path, const uint8_t *bytes, size_t len)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

    if (fd < 0 || write(fd, bytes, len) != (ssize_t)len)
        abort();
    close(fd);
}

/* The head, found by hand, is that of the record. */
static void compare_head(const Nw__Record *record, const void *bytes, size_t len)
{
    struct record_head head;
    char id[512];

    if (record_head_read(bytes, len, &head) || head.wall != (ns_t)record->wall ||
        head.body != (unsigned)record->body_case)
        abort();
    if (record_part_text(head.id, id, sizeof id) == ERR_OK && strlen(id) > head.id.len)
        abort();
}

static void show(const void *bytes, size_t len)
{
    Nw__Record *record = NULL;
    struct buf text = BUF_INIT;
    struct json_out j;

    if (record_unpack(bytes, len, &record))
        return;
    compare_head(record, bytes, len);
    json_init(&j, &text);
    record_json_write(&j, NULL, record,
                      record->body_case == NW__RECORD__BODY_SAMPLES ? record->samples->table : NULL);
    if (buf_error(&text))
        abort();
    buf_fini(&text);
    record_free(record);
}

static void read_all(const struct place *p, journal_pos after)
{
    struct journal_reader *r = NULL;
    struct buf out = BUF_INIT;
    const void *record;
    size_t len;
    journal_pos pos, last = 0;
    int reads = 0;
    enum err e;

    if (journal_reader_open(p->dir, "p", after, JOURNAL_FROM_OLDEST, &r))
        abort();
    while ((e = journal_read(r, &record, &len, &pos)) != ERR_AGAIN) {
        if (++reads > READS_MAX)
            abort();
        if (e)
            continue;
        if (len == 0 || len > JOURNAL_RECORD_MAX || pos <= last)
            abort();
        show(record, len);
        buf_clear(&out);
        if (journal_read_at(r, pos, &out) || out.len != len)
            abort();
        last = pos;
    }
    buf_fini(&out);
    journal_reader_close(r);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct place p;
    size_t split;

    if (size < 2)
        return 0;
    split = (size_t)data[0] | (size_t)data[1] << 8;
    data += 2;
    size -= 2;
    if (split > size)
        split = size;
    make_place(&p);
    put(p.segment[0], data, split);
    read_all(&p, 0); /* the only segment, and open */
    put(p.segment[1], data + split, size - split);
    read_all(&p, 0);
    read_all(&p, (journal_pos)1 << 32 | (uint32_t)(split / 2));
    remove_place(&p);
    return 0;
}
