/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rrd_io_foreign.c - reads an RRD file of another program in a process of its own, which can open nothing for
 * writing and talk to nobody: librrd trusts headers, and dies of damaged ones. What comes
 * back over the pipe is checked as if a stranger had sent it:
 *   last u64 · count u32 · asked u32 each · archives u32 · each: cf u32, start, width, rows u64, values f64
 */
#include "lib/stores/rrd_io.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <stdnoreturn.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <rrd.h>

#include "lib/base/buf.h"
#include "lib/base/wire.h"
#include "lib/stores/series_child.h"

enum {
    PIPE_FD = 3,
    CPU_SECONDS = 20,
    PATIENCE_MS = 30000,
    ROWS_MAX = 50000,
    ANSWER_MAX = 96 << 20,
    MEMORY_MAX = 1 << 30,
    CHUNK = 65536,
    KEY_SIZE = 128,
};

/* ---- the child ---- */

struct shape {
    enum rrd_cf cf;
    bool is_known_cf;
    unsigned long pdps, rows;
};

struct inside {
    const char *path;
    const char *const *names;
    unsigned name_count;
    unsigned long step;
    int64_t last;
    bool is_counted[RRD_FOREIGN_DS_MAX];
    struct shape shapes[RRD_FOREIGN_ARCHIVES_MAX];
    unsigned shape_count;
};

static void take_shape(struct inside *in, const rrd_info_t *x)
{
    static const char *const names[] = {[RRD_AVERAGE] = "AVERAGE", [RRD_MIN] = "MIN", [RRD_MAX] = "MAX"};
    unsigned number;
    char field[32];
    struct shape *s;

    if (sscanf(x->key, "rra[%u].%31s", &number, field) != 2 || number >= RRD_FOREIGN_ARCHIVES_MAX)
        return;
    s = &in->shapes[number];
    if (number >= in->shape_count)
        in->shape_count = number + 1;
    if (strcmp(field, "rows") == 0 && x->type == RD_I_CNT)
        s->rows = x->value.u_cnt;
    else if (strcmp(field, "pdp_per_row") == 0 && x->type == RD_I_CNT)
        s->pdps = x->value.u_cnt;
    else if (strcmp(field, "cf") == 0 && x->type == RD_I_STR)
        for (unsigned i = 0; i < ARRAY_LEN(names); i++)
            if (strcmp(x->value.u_str, names[i]) == 0) {
                s->cf = (enum rrd_cf)i;
                s->is_known_cf = true;
            }
}

static void take_source(struct inside *in, const rrd_info_t *x)
{
    char key[KEY_SIZE];

    for (unsigned i = 0; i < in->name_count; i++) {
        snprintf(key, sizeof key, "ds[%s].type", in->names[i]);
        if (strcmp(x->key, key) == 0 && x->type == RD_I_STR && strcmp(x->value.u_str, "GAUGE") != 0 &&
            strcmp(x->value.u_str, "ABSOLUTE") != 0 && strcmp(x->value.u_str, "COMPUTE") != 0)
            in->is_counted[i] = true;
    }
}

static bool read_info(struct inside *in)
{
    rrd_info_t *info = rrd_info_r(in->path);

    for (const rrd_info_t *x = info; x; x = x->next) {
        if (strcmp(x->key, "step") == 0 && x->type == RD_I_CNT)
            in->step = x->value.u_cnt;
        else if (strcmp(x->key, "last_update") == 0 && x->type == RD_I_CNT)
            in->last = (int64_t)x->value.u_cnt;
        else if (strncmp(x->key, "rra[", 4) == 0)
            take_shape(in, x);
        else if (strncmp(x->key, "ds[", 3) == 0)
            take_source(in, x);
    }
    return info && in->step > 0 && in->step <= 86400 && in->last > 0 && in->last <= UINT32_MAX;
}

/* One archive's columns that were asked for. */
static void put_archive(const struct inside *in, const struct shape *s, struct buf *out, unsigned *count)
{
    unsigned long width = in->step * s->pdps, step = width, ds_count = 0;
    time_t end = (time_t)(in->last / (int64_t)width * (int64_t)width), start;
    char **names = NULL;
    rrd_value_t *data = NULL;
    size_t rows = s->rows < ROWS_MAX ? s->rows : ROWS_MAX;

    if ((int64_t)rows * (int64_t)width > in->last)
        rows = (size_t)(in->last / (int64_t)width);
    start = end - (time_t)((rows - 1) * width);
    if (rows < 2 ||
        rrd_fetch_r(in->path, rrd_cf_name(s->cf), &start, &end, &step, &ds_count, &names, &data) ||
        step != width)
        return;
    rows = (size_t)(end - start) / width;
    buf_le32(out, (uint32_t)s->cf);
    buf_le64(out, (uint64_t)start);
    buf_le64(out, width);
    buf_le64(out, rows);
    for (size_t row = 0; row < rows; row++)
        for (unsigned i = 0; i < in->name_count; i++)
            for (unsigned long k = 0; in->is_counted[i] && k < ds_count; k++)
                if (strcmp(names[k], in->names[i]) == 0) {
                    uint64_t bits;
                    memcpy(&bits, &data[row * ds_count + k], sizeof bits);
                    buf_le64(out, bits);
                }
    (*count)++;
}

static void send_all(const struct buf *bytes)
{
    for (size_t sent = 0; sent < bytes->len;) {
        ssize_t n = write(PIPE_FD, bytes->data + sent, bytes->len - sent);
        if (n <= 0 && errno != EINTR)
            _exit(1);
        sent += n > 0 ? (size_t)n : 0;
    }
}

static void leave_parent(int fd, pid_t parent)
{
    struct rlimit none = {0, 0}, cpu = {CPU_SECONDS, CPU_SECONDS};

    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent || dup2(fd, PIPE_FD) < 0)
        _exit(1);
    closefrom(PIPE_FD + 1);
    setrlimit(RLIMIT_CORE, &none);
    setrlimit(RLIMIT_CPU, &cpu);
#ifndef __SANITIZE_ADDRESS__ /* it reserves terabytes */
    setrlimit(RLIMIT_AS, &(struct rlimit){MEMORY_MAX, MEMORY_MAX});
#endif
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    (void)series_sandbox_enter();
}

static noreturn void run_child(struct inside *in, int fd, pid_t parent)
{
    struct buf head = BUF_INIT, body = BUF_INIT;
    unsigned columns = 0, archives = 0;

    leave_parent(fd, parent);
    if (!read_info(in))
        _exit(1);
    buf_le64(&head, (uint64_t)in->last);
    for (unsigned i = 0; i < in->name_count; i++)
        columns += in->is_counted[i];
    buf_le32(&head, columns);
    for (unsigned i = 0; i < in->name_count; i++)
        if (in->is_counted[i])
            buf_le32(&head, i);
    for (unsigned i = 0; columns && i < in->shape_count; i++)
        if (in->shapes[i].is_known_cf && in->shapes[i].pdps > 0 && in->shapes[i].pdps <= 1000000)
            put_archive(in, &in->shapes[i], &body, &archives);
    buf_le32(&head, archives);
    if (buf_error(&head) || buf_error(&body))
        _exit(1);
    send_all(&head);
    send_all(&body);
    _exit(0);
}

/* ---- the parent ---- */

static enum err receive(int fd, struct buf *out)
{
    struct pollfd p = {.fd = fd, .events = POLLIN};
    ssize_t n = 1;

    while (n != 0) {
        size_t before = out->len;
        char *room;
        if (poll(&p, 1, PATIENCE_MS) == 0)
            return ERR_TIMEOUT;
        room = buf_extend(out, CHUNK);
        if (!room)
            return buf_error(out);
        n = read(fd, room, CHUNK);
        out->len = before + (n > 0 ? (size_t)n : 0);
        if (n < 0 && errno != EINTR)
            return err_from_errno(errno);
    }
    return ERR_OK;
}

static enum err parse_archive(struct wire *w, unsigned columns, struct rrd_foreign_archive *out)
{
    uint32_t cf = wire_le32(w);
    uint64_t start = wire_le64(w), width = wire_le64(w), rows = wire_le64(w);

    if (wire_error(w) || cf > RRD_MAX || start > UINT32_MAX || width == 0 || width > UINT32_MAX ||
        rows > ROWS_MAX + 1 || wire_left(w) < rows * columns * sizeof(double))
        return ERR_MALFORMED;
    out->cf = (enum rrd_cf)cf;
    out->rows = (struct rrd_rows){(int64_t)start, (int64_t)width, (size_t)rows, columns, NULL};
    out->rows.values = malloc((size_t)rows * columns * sizeof(double) + 1);
    if (!out->rows.values)
        return ERR_NOMEM;
    for (size_t i = 0; i < rows * columns; i++) {
        uint64_t bits = wire_le64(w);
        memcpy(&out->rows.values[i], &bits, sizeof bits);
    }
    return ERR_OK;
}

static enum err parse(const struct buf *bytes, unsigned asked, struct rrd_foreign *out)
{
    struct wire w;
    uint64_t last;
    uint32_t archives;
    enum err e = ERR_OK;

    wire_init(&w, bytes->data ? bytes->data : "", bytes->len);
    last = wire_le64(&w);
    out->count = wire_le32(&w);
    if (wire_error(&w) || last > UINT32_MAX || out->count > asked)
        return ERR_MALFORMED;
    out->last = (int64_t)last;
    for (unsigned i = 0; i < out->count; i++) {
        out->asked[i] = wire_le32(&w);
        if (out->asked[i] >= asked)
            return ERR_MALFORMED;
    }
    archives = wire_le32(&w);
    if (wire_error(&w) || archives > RRD_FOREIGN_ARCHIVES_MAX)
        return ERR_MALFORMED;
    while (!e && out->archive_count < archives) {
        e = parse_archive(&w, out->count, &out->archives[out->archive_count]);
        out->archive_count += !e;
    }
    return e ? e : out->count ? ERR_OK : ERR_NOT_FOUND;
}

enum err rrd_io_foreign(const char *path, const char *const *names, unsigned count, struct rrd_foreign *out)
{
    struct inside in = {.path = path, .names = names, .name_count = count};
    struct rrd_foreign got = {0};
    struct buf answer;
    struct stat st;
    int ends[2], status = 0;
    pid_t parent = getpid(), pid;
    enum err e;

    if (count == 0 || count > RRD_FOREIGN_DS_MAX)
        return ERR_RANGE;
    if (stat(path, &st))
        return err_from_errno(errno) == ERR_NOT_FOUND ? ERR_MALFORMED : err_from_errno(errno);
    if (!S_ISREG(st.st_mode)) /* a pipe would be waited for */
        return ERR_MALFORMED;
    if (pipe2(ends, O_CLOEXEC))
        return err_from_errno(errno);
    pid = fork();
    if (pid == 0)
        run_child(&in, ends[1], parent);
    close(ends[1]);
    if (pid < 0) {
        close(ends[0]);
        return ERR_NOMEM;
    }
    buf_init(&answer, ANSWER_MAX);
    e = receive(ends[0], &answer);
    close(ends[0]);
    if (e)
        kill(pid, SIGKILL);
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        ;
    if (!e && (!WIFEXITED(status) || WEXITSTATUS(status)))
        e = ERR_MALFORMED;
    if (!e)
        e = parse(&answer, count, &got);
    buf_fini(&answer);
    if (e)
        rrd_foreign_fini(&got);
    else
        *out = got;
    return e;
}

void rrd_foreign_fini(struct rrd_foreign *f)
{
    for (unsigned i = 0; i < f->archive_count; i++)
        free(f->archives[i].rows.values);
    f->archive_count = 0;
}
