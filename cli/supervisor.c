/* SPDX-License-Identifier: GPL-3.0-or-later */
/* supervisor.c - keeps child processes running. Knows processes and the loop, nothing of what the children
 * do.
 *
 *   starting --fork/exec--> running --exit--> (task) gone
 *                              |      `-----> (daemon) waiting --delay--> running
 *                              `-- supervisor_stop(): SIGTERM, grace, SIGKILL --> gone
 */
#include "cli/supervisor.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/base/strx.h"

enum { EXEC_FAILED = 127 };

#define RESTART_DELAY_MIN (1 * SECONDS)
#define RESTART_DELAY_MAX (30 * SECONDS)
#define RUN_IS_STABLE     (60 * SECONDS) /* after so long the next crash starts at the shortest delay again */

struct child {
    struct supervisor *supervisor;
    struct child *next;
    char *name;
    char **argv;
    enum child_kind kind;
    void (*done)(void *ctx, int wait_status);
    pid_t pid; /* 0 = not running */
    ns_t started, delay;
    struct loop_timer restart;
};

struct supervisor {
    struct loop *loop;
    struct supervisor_fns fns;
    void *ctx;
    struct child *children;
    pid_t group;
    bool is_stopping;
    struct loop_timer kill_timer;
};

/* ---- one child ---- */

static void child_free(struct child *c)
{
    if (!c)
        return;
    for (char **arg = c->argv; arg && *arg; arg++)
        free(*arg);
    free(c->argv);
    free(c->name);
    free(c);
}

static enum err copy_argv(char *const *argv, char ***out)
{
    size_t count = 0;
    char **copy;

    while (argv[count])
        count++;
    copy = calloc(count + 1, sizeof *copy);
    if (!copy)
        return ERR_NOMEM;
    *out = copy;
    for (size_t i = 0; i < count; i++) {
        copy[i] = strdup(argv[i]);
        if (!copy[i])
            return ERR_NOMEM;
    }
    return ERR_OK;
}

/* Runs in the child between fork and exec: async-signal-safe calls only. */
static void become(char *const *argv, pid_t parent, pid_t group)
{
    sigset_t none;
    int null_fd = open("/dev/null", O_RDWR);

    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() != parent)
        _exit(EXEC_FAILED); /* the parent died before prctl() */
    setpgid(0, group);
    if (null_fd >= 0) {
        dup2(null_fd, STDIN_FILENO);
        dup2(null_fd, STDOUT_FILENO); /* they log on standard error */
    }
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    execv(argv[0], argv);
    _exit(EXEC_FAILED);
}

static enum err child_spawn(struct child *c)
{
    struct supervisor *s = c->supervisor;
    pid_t parent = getpid(), pid = fork();

    if (pid < 0)
        return err_from_errno(errno);
    if (pid == 0)
        become(c->argv, parent, s->group);
    if (!s->group)
        s->group = pid;
    setpgid(pid, s->group); /* both sides do it: whoever comes first */
    c->pid = pid;
    c->started = loop_mono(s->loop);
    return ERR_OK;
}

static void on_restart(void *ctx)
{
    struct child *c = ctx;

    if (c->supervisor->is_stopping)
        return;
    if (child_spawn(c) && loop_timer_after(c->supervisor->loop, &c->restart, RESTART_DELAY_MAX))
        return; /* without memory for a timer the next SIGCHLD is the next chance */
}

/* ---- children that end ---- */

static bool any_runs(const struct supervisor *s)
{
    for (const struct child *c = s->children; c; c = c->next)
        if (c->pid)
            return true;
    return false;
}

static void child_ended(struct child *c, int wait_status)
{
    struct supervisor *s = c->supervisor;
    bool is_restarting = c->kind == CHILD_DAEMON && !s->is_stopping;

    c->pid = 0;
    if (s->group && !any_runs(s))
        s->group = 0; /* the group vanished with its last member */
    if (loop_mono(s->loop) - c->started > RUN_IS_STABLE)
        c->delay = RESTART_DELAY_MIN;
    if (is_restarting && loop_timer_after(s->loop, &c->restart, c->delay))
        is_restarting = false;
    if (s->fns.ended && !s->is_stopping)
        s->fns.ended(s->ctx, c->name, wait_status, is_restarting, c->delay);
    c->delay = c->delay * 2 > RESTART_DELAY_MAX ? RESTART_DELAY_MAX : c->delay * 2;
    if (c->kind == CHILD_TASK && c->done)
        c->done(s->ctx, wait_status);
}

static void on_sigchld(void *ctx, int signo)
{
    struct supervisor *s = ctx;

    (void)signo;
    for (struct child *c = s->children, *next; c; c = next) {
        int wait_status;
        next = c->next;
        if (c->pid && waitpid(c->pid, &wait_status, WNOHANG) == c->pid)
            child_ended(c, wait_status);
    }
    if (s->is_stopping && !any_runs(s)) {
        loop_timer_cancel(s->loop, &s->kill_timer);
        s->fns.stopped(s->ctx);
    }
}

static void signal_all(struct supervisor *s, int signo)
{
    for (struct child *c = s->children; c; c = c->next)
        if (c->pid)
            kill(c->pid, signo);
}

static void on_grace_over(void *ctx)
{
    signal_all(ctx, SIGKILL);
}

/* ---- the supervisor ---- */

enum err supervisor_new(struct loop *l, const struct supervisor_fns *fns, void *ctx, struct supervisor **out)
{
    struct supervisor *s = calloc(1, sizeof *s);
    enum err e;

    if (!s)
        return ERR_NOMEM;
    s->loop = l;
    s->fns = *fns;
    s->ctx = ctx;
    loop_timer_init(&s->kill_timer, on_grace_over, s);
    e = loop_signal_add(l, SIGCHLD, on_sigchld, s);
    if (e) {
        free(s);
        return e;
    }
    *out = s;
    return ERR_OK;
}

void supervisor_free(struct supervisor *s)
{
    if (!s)
        return;
    loop_timer_cancel(s->loop, &s->kill_timer);
    for (struct child *c = s->children, *next; c; c = next) {
        next = c->next;
        loop_timer_cancel(s->loop, &c->restart);
        if (c->pid) {
            kill(c->pid, SIGKILL);
            waitpid(c->pid, NULL, 0);
        }
        child_free(c);
    }
    free(s);
}

enum err supervisor_start(struct supervisor *s, const char *name, enum child_kind kind, char *const *argv,
                          void (*done)(void *ctx, int wait_status))
{
    struct child *c = calloc(1, sizeof *c);
    enum err e;

    if (!c)
        return ERR_NOMEM;
    c->supervisor = s;
    c->kind = kind;
    c->done = done;
    c->delay = RESTART_DELAY_MIN;
    c->name = strdup(name);
    loop_timer_init(&c->restart, on_restart, c);
    e = c->name ? copy_argv(argv, &c->argv) : ERR_NOMEM;
    if (!e)
        e = child_spawn(c);
    if (e) {
        child_free(c);
        return e;
    }
    c->next = s->children;
    s->children = c;
    return ERR_OK;
}

void supervisor_stop(struct supervisor *s, ns_t grace)
{
    s->is_stopping = true;
    signal_all(s, SIGTERM);
    if (!any_runs(s))
        s->fns.stopped(s->ctx);
    else if (loop_timer_after(s->loop, &s->kill_timer, grace))
        signal_all(s, SIGKILL);
}

pid_t supervisor_group(const struct supervisor *s)
{
    return s->group;
}

void supervisor_describe_exit(int wait_status, char *out, size_t size)
{
    if (WIFSIGNALED(wait_status))
        snprintf(out, size, "killed by signal %d (%s)", WTERMSIG(wait_status),
                 strsignal(WTERMSIG(wait_status)));
    else if (WEXITSTATUS(wait_status) == EXEC_FAILED)
        snprintf(out, size, "could not be started");
    else
        snprintf(out, size, "exit status %d", WEXITSTATUS(wait_status));
}

char *supervisor_find_program(const char *name)
{
    static const char *const installed[] = {NW_SBINDIR, NW_BINDIR};
    char self[PATH_MAX], *path, *slash;
    ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);

    if (n > 0) {
        self[n] = '\0';
        slash = strrchr(self, '/');
        path = slash ? strx_printf("%.*s/%s", (int)(slash - self), self, name) : NULL;
        if (path && access(path, X_OK) == 0)
            return path;
        free(path);
    }
    for (size_t i = 0; i < ARRAY_LEN(installed); i++) {
        path = strx_printf("%s/%s", installed[i], name);
        if (path && access(path, X_OK) == 0)
            return path;
        free(path);
    }
    return NULL;
}
