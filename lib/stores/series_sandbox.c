/* SPDX-License-Identifier: GPL-3.0-or-later */
/* series_sandbox.c - a seccomp filter for a process that only reads files and talks on one socket. */
#include "lib/stores/series_child.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>

#if defined(__x86_64__)
#define OWN_ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define OWN_ARCH AUDIT_ARCH_AARCH64
#endif

#define LOAD(member) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, member))
#define GIVE(what)   BPF_STMT(BPF_RET | BPF_K, (what))
#define DENY         GIVE(SECCOMP_RET_ERRNO | EPERM)
/* Two instructions: if the call is this one, it is denied. */
#define REFUSE(number) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (number), 0, 1), DENY

bool series_sandbox_enter(void)
{
#ifdef OWN_ARCH
    static const struct sock_filter filter[] = {
        LOAD(arch),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, OWN_ARCH, 1, 0),
        GIVE(SECCOMP_RET_KILL_PROCESS),
        LOAD(nr),
#ifdef __x86_64__
        BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, 0x40000000, 0, 1), /* the x32 calls */
        DENY,
        REFUSE(__NR_open), /* libc uses openat */
        REFUSE(__NR_creat),
        REFUSE(__NR_rename),
        REFUSE(__NR_unlink),
        REFUSE(__NR_mkdir),
        REFUSE(__NR_rmdir),
        REFUSE(__NR_link),
        REFUSE(__NR_symlink),
        REFUSE(__NR_chmod),
        REFUSE(__NR_chown),
        REFUSE(__NR_fork),
        REFUSE(__NR_vfork),
#endif
        REFUSE(__NR_renameat),
        REFUSE(__NR_renameat2),
        REFUSE(__NR_unlinkat),
        REFUSE(__NR_mkdirat),
        REFUSE(__NR_linkat),
        REFUSE(__NR_symlinkat),
        REFUSE(__NR_fchmodat),
        REFUSE(__NR_fchmod),
        REFUSE(__NR_fchown),
        REFUSE(__NR_fchownat),
        REFUSE(__NR_truncate),
        REFUSE(__NR_ftruncate),
        REFUSE(__NR_clone),
        REFUSE(__NR_clone3),
        REFUSE(__NR_execve),
        REFUSE(__NR_execveat),
        REFUSE(__NR_socket),
        REFUSE(__NR_connect),
        REFUSE(__NR_bind),
        REFUSE(__NR_listen),
        REFUSE(__NR_accept4),
        REFUSE(__NR_ptrace),
        REFUSE(__NR_process_vm_readv),
        REFUSE(__NR_process_vm_writev),
        REFUSE(__NR_kill),
        REFUSE(__NR_openat2),
        REFUSE(__NR_mount),
        REFUSE(__NR_bpf),
        REFUSE(__NR_io_uring_setup),
        REFUSE(__NR_userfaultfd),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_openat, 0, 3),
        LOAD(args[2]), /* its flags: the low half on little-endian machines */
        BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, O_WRONLY | O_RDWR | O_CREAT | O_TRUNC, 0, 1),
        DENY,
        GIVE(SECCOMP_RET_ALLOW),
    };
    const struct sock_fprog program = {sizeof filter / sizeof filter[0],
                                       (struct sock_filter *)(uintptr_t)filter};

    return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0) == 0;
#else
    return false;
#endif
}
