/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sd_listen.c - descriptors from the service manager. Knows the environment and fcntl. */
#include "lib/runtime/sd_listen.h"

#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include "lib/base/strx.h"

enum { FDS_MAX = 1024 };

size_t sd_listen_fds(void)
{
    const char *pid = getenv("LISTEN_PID"), *fds = getenv("LISTEN_FDS");
    uint64_t owner, count = 0;

    if (!pid || !fds || strx_to_u64(pid, &owner) || owner != (uint64_t)getpid() || strx_to_u64(fds, &count) ||
        count > FDS_MAX)
        count = 0;
    for (int fd = SD_LISTEN_FIRST; fd < SD_LISTEN_FIRST + (int)count; fd++)
        if (fcntl(fd, F_SETFD, FD_CLOEXEC))
            count = (uint64_t)(fd - SD_LISTEN_FIRST); /* there is no such descriptor */
    unsetenv("LISTEN_PID");
    unsetenv("LISTEN_FDS");
    unsetenv("LISTEN_FDNAMES");
    return (size_t)count;
}
