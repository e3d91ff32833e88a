/* SPDX-License-Identifier: GPL-3.0-or-later */
/* janitor.c - cleans up after a process that cannot. */
#include "cli/janitor.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { GRACE_STEPS = 40, GRACE_STEP_MS = 50, OPEN_DIRECTORIES_MAX = 16 };

static int remove_entry(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    (void)st;
    (void)type;
    (void)ftw;
    (void)remove(path); /* what cannot be removed is left; the walk goes on */
    return 0;
}

void janitor_remove_tree(const char *directory)
{
    nftw(directory, remove_entry, OPEN_DIRECTORIES_MAX, FTW_DEPTH | FTW_PHYS);
}

static bool group_is_gone(pid_t group)
{
    return kill(-group, 0) != 0 && errno == ESRCH;
}

static void end_group(pid_t group)
{
    const struct timespec step = {0, GRACE_STEP_MS * 1000000L};

    kill(-group, SIGTERM);
    for (int i = 0; i < GRACE_STEPS && !group_is_gone(group); i++)
        nanosleep(&step, NULL);
    kill(-group, SIGKILL);
}

/* The child's life: read group ids until the other end closes. */
static void keep_watch(int fd, const char *directory)
{
    pid_t group = 0, told;

    for (;;) {
        ssize_t n = read(fd, &told, sizeof told);
        if (n == (ssize_t)sizeof told)
            group = told;
        else if (n >= 0 || errno != EINTR)
            break;
    }
    if (group > 0 && !group_is_gone(group))
        end_group(group);
    janitor_remove_tree(directory);
}

enum err janitor_start(struct janitor *j, const char *directory)
{
    int ends[2];
    pid_t pid;

    if (pipe2(ends, O_CLOEXEC))
        return err_from_errno(errno);
    pid = fork();
    if (pid < 0) {
        close(ends[0]);
        close(ends[1]);
        return err_from_errno(errno);
    }
    if (pid == 0) {
        close(ends[1]);
        setsid();
        prctl(PR_SET_NAME, "netzwacht-tidy");
        if (chdir("/"))
            _exit(1);
        keep_watch(ends[0], directory);
        _exit(0);
    }
    close(ends[0]);
    *j = (struct janitor){pid, ends[1]};
    return ERR_OK;
}

void janitor_watch_group(struct janitor *j, pid_t group)
{
    if (write(j->fd, &group, sizeof group) != (ssize_t)sizeof group)
        return; /* it is gone: janitor_finish() will notice */
}

void janitor_finish(struct janitor *j)
{
    if (j->fd >= 0)
        close(j->fd);
    if (j->pid > 0)
        while (waitpid(j->pid, NULL, 0) < 0 && errno == EINTR)
            continue;
    *j = (struct janitor){0, -1};
}
