/* SPDX-License-Identifier: GPL-3.0-or-later */
/* report_file.c - writes a report's file in one step: nobody ever reads half of one. */
#include "coverage/report_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/log.h"
#include "lib/base/strx.h"

static enum err make_parents(const char *path)
{
    char *copy = strdup(path), *slash;
    enum err e = copy ? ERR_OK : ERR_NOMEM;

    for (slash = copy; !e && (slash = strchr(slash + 1, '/'));) {
        *slash = '\0';
        if (mkdir(copy, 0750) && errno != EEXIST)
            e = err_from_errno(errno);
        *slash = '/';
    }
    free(copy);
    return e;
}

static enum err write_all(int fd, const struct buf *text)
{
    for (size_t done = 0; done < text->len;) {
        ssize_t n = write(fd, text->data + done, text->len - done);
        if (n < 0 && errno != EINTR)
            return err_from_errno(errno);
        done += n > 0 ? (size_t)n : 0;
    }
    return ERR_OK;
}

/* A name beside the output, for the unfinished file. */
static char *unfinished_path(const char *output)
{
    return strx_printf("%s.%d.part", output, (int)getpid());
}

/* Moves the unfinished file to its place, or removes it if e says that it failed. */
static enum err finish_file(const char *part, const char *output, enum err e)
{
    if (!e && rename(part, output))
        e = err_from_errno(errno);
    if (e) {
        unlink(part);
        log_error("%s cannot be written: %s", output, err_text(e));
    }
    return e;
}

enum err report_write_text(const char *output, const struct buf *text)
{
    char *part;
    enum err e = buf_error(text);
    int fd;

    if (!e && !output)
        return write_all(STDOUT_FILENO, text);
    if (!e)
        e = make_parents(output);
    part = unfinished_path(output);
    if (!part)
        return ERR_NOMEM;
    fd = e ? -1 : open(part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0640);
    if (!e && fd < 0)
        e = err_from_errno(errno);
    if (!e)
        e = write_all(fd, text);
    if (fd >= 0 && close(fd) && !e)
        e = err_from_errno(errno);
    e = finish_file(part, output, e);
    free(part);
    return e;
}

enum err report_write_by(const char *output, const char *ending, report_writer_fn *write, void *ctx)
{
    char *part;
    enum err e;

    if (!output) {
        log_error("this format cannot be written to standard output; name a file with -o");
        return ERR_UNSUPPORTED;
    }
    e = make_parents(output);
    part = strx_printf("%s.%d.part%s", output, (int)getpid(), ending);
    if (!part)
        return ERR_NOMEM;
    if (!e)
        e = write(ctx, part);
    e = finish_file(part, output, e);
    free(part);
    return e;
}
