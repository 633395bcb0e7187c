/*
 * Starting a process, for pv-init: managed code may not run between fork and exec.
 *
 * clone3(2) with CLONE_VM and CLONE_VFORK, on a stack of its own, which gives a pidfd, if one is wanted, and puts the child into its
 * cgroup in the same step; vfork(2) where clone3 is not allowed. Either way the child borrows the parent's memory until
 * it execs (pv_become.c), so it reports by writing into the request.
 *
 * The child begins with the parent's table of descriptors and makes one of its own of those up to the last that it needs:
 * a copy of them all, closed one by one, costs more than the rest when pv-init keeps thousands.
 *
 * The caller is the thread that reaps: a child that fails is waited for here.
 */
#define _GNU_SOURCE
#include "pv_spawn.h"
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

int pv_null = -1;

/* Whether the kernel gives the child default dispositions for all that the parent catches (CLONE_CLEAR_SIGHAND). */
static int handlers_are_cleared;

/* Moves the caller; before Linux 5.7, and where clone3 is not allowed. */
static int enter_cgroup(const struct request *r)
{
    int fd = openat(r->cgroup, "cgroup.procs", O_WRONLY | O_CLOEXEC);
    if (fd < 0) return -1;
    ssize_t written = write(fd, "0", 1);
    int error = errno;
    close(fd);
    errno = error;
    return written < 0 ? -1 : 0;
}

/* linux/sched.h, whose copy may be older than the kernel. */
enum { NEW_VM = 0x100, NEW_FILES = 0x400, NEW_PIDFD = 0x1000, NEW_VFORK = 0x4000 };
#define NEW_CLEARED_HANDLERS 0x100000000ULL
#define NEW_INTO_CGROUP 0x200000000ULL
struct clone_arguments {
    uint64_t flags, pidfd, child_tid, parent_tid, exit_signal, stack, stack_size, tls, set_tid, set_tid_size, cgroup;
};
enum { SIZE_WITHOUT_CGROUP = 64 };

#if defined(__x86_64__) || defined(__aarch64__)
/* Whether a child was found to be unable to part with the parent's descriptors: before Linux 5.9, or forbidden by a filter. */
static volatile int without_sharing;

static int part_descriptors(const struct request *r)
{
    int last = pv_null > 2 ? pv_null : 2;
    for (int i = 0; i < r->mapping_count; i++)
        if (r->sources[i] > last) last = r->sources[i];
    last |= 63;  /* some kernels before 5.18 copy less than a whole word of the table wrongly; the rest is closed later */
    return (int)syscall(436 /* close_range */, last + 1, ~0U, 2 /* CLOSE_RANGE_UNSHARE */);
}

__attribute__((noreturn)) static void child(struct request *r)
{
    if (!without_sharing && part_descriptors(r) != 0) {
        without_sharing = 1;
        _exit(127);
    }
    pv_become(r, handlers_are_cleared);
    _exit(127);
}

/*
 * The child runs on this stack: it may not return through a frame that the parent still needs. One is enough, since the
 * parent waits until the child has exec'd, and only one thread starts processes.
 */
static char child_stack[64 * 1024] __attribute__((aligned(16)));

static long clone_child(struct clone_arguments *arguments, size_t size, struct request *r)
{
#if defined(__x86_64__)
    long result = SYS_clone3;
    __asm__ volatile(
        "syscall\n\t"
        "testq %%rax, %%rax\n\t"
        "jnz 1f\n\t"
        "movq %[request], %%rdi\n\t"
        "callq *%[run]\n\t"
        "ud2\n"
        "1:"
        : "+a"(result)
        : "D"(arguments), "S"(size), [request] "r"(r), [run] "r"(child)
        : "rcx", "r11", "memory", "cc");
    return result;
#else
    register long number __asm__("x8") = SYS_clone3;
    register long result __asm__("x0") = (long)arguments;
    register size_t length __asm__("x1") = size;
    register struct request *request __asm__("x20") = r;
    register void (*run)(struct request *) __asm__("x21") = child;
    __asm__ volatile(
        "svc #0\n\t"
        "cbnz x0, 1f\n\t"
        "mov x0, x20\n\t"
        "blr x21\n\t"
        "brk #0\n"
        "1:"
        : "+r"(result)
        : "r"(number), "r"(length), "r"(request), "r"(run)
        : "memory", "cc");
    return result;
#endif
}
#endif

/* A child that did not become what it was to be. */
static void forget(pid_t pid, struct request *r)
{
    while (waitpid(pid, NULL, 0) < 0 && errno == EINTR) { }
    if (r->pidfd >= 0) close(r->pidfd);
    r->pidfd = -1;
}

/* Whether clone3 was found to be missing, or forbidden by a filter; or older than Linux 5.5. */
static int without_clone3, without_clearing;

/* As fork, or -1 with errno ENOSYS when it cannot be done like this. */
static pid_t clone_once(struct request *r)
{
#if defined(__x86_64__) || defined(__aarch64__)
    while (!without_clone3) {
        struct clone_arguments arguments;
        memset(&arguments, 0, sizeof arguments);
        int shares = !without_sharing;
        arguments.flags = NEW_VM | NEW_VFORK | (shares ? NEW_FILES : 0) | (without_clearing ? 0 : NEW_CLEARED_HANDLERS);
        handlers_are_cleared = !without_clearing;
        arguments.exit_signal = SIGCHLD;
        arguments.stack = (uint64_t)child_stack;
        arguments.stack_size = sizeof child_stack;
        if (r->wants_pidfd) {
            arguments.flags |= NEW_PIDFD;
            arguments.pidfd = (uint64_t)&r->pidfd;
        }
        if (r->cgroup >= 0) {
            arguments.flags |= NEW_INTO_CGROUP;
            arguments.cgroup = (uint64_t)r->cgroup;
        }
        long result = clone_child(&arguments, r->cgroup >= 0 ? sizeof arguments : SIZE_WITHOUT_CGROUP, r);
        if (result > 0 && shares && without_sharing) {
            forget((pid_t)result, r);
            continue;
        }
        if (result > 0) return (pid_t)result;
        r->pidfd = -1;
        errno = (int)-result;
        if ((errno == EMFILE || errno == ENFILE) && r->wants_pidfd) {
            r->wants_pidfd = 0;  /* better without than not at all */
            continue;
        }
        if (errno == EINVAL && !without_clearing) {
            without_clearing = 1;
            continue;
        }
        if (errno == ENOSYS || errno == EPERM) without_clone3 = 1;
        else if (r->cgroup < 0 || (errno != EINVAL && errno != E2BIG)) return -1;
        break;
    }
#endif
    handlers_are_cleared = 0;
    errno = ENOSYS;
    return -1;
}

static pid_t fork_once(struct request *r)
{
    pid_t pid = vfork();
    if (pid == 0) {
        if (r->cgroup >= 0 && enter_cgroup(r) != 0) pv_fail(r, STAGE_CGROUP);
        else pv_become(r, handlers_are_cleared);
        _exit(127);
    }
    if (pid > 0 && r->wants_pidfd && r->stage == STAGE_NONE)
        r->pidfd = (int)syscall(434 /* pidfd_open */, pid, 0);
    return pid;
}

static int is_about_cgroup(const struct request *r)
{
    return r->cgroup >= 0 && errno != EAGAIN && errno != ENOMEM;
}

/* Returns the child's pid once it has exec'd, or -1 with stage and error set and nothing left to reap. */
int32_t pv_spawn(struct request *r)
{
    uint64_t all = ~0ULL, before;
    r->stage = STAGE_NONE;
    r->error = 0;
    r->pidfd = -1;
    if (pv_null < 0) pv_null = open("/dev/null", O_RDWR | O_CLOEXEC);
    syscall(SYS_rt_sigprocmask, SIG_SETMASK, &all, &before, 8);
    int by_clone = 1;
    pid_t pid = clone_once(r);
    if (pid < 0 && errno == ENOSYS) {
        by_clone = 0;
        pid = fork_once(r);
    }
    int error = errno;
    syscall(SYS_rt_sigprocmask, SIG_SETMASK, &before, NULL, 8);
    errno = error;
    if (pid < 0) return pv_fail(r, by_clone && is_about_cgroup(r) ? STAGE_CGROUP : STAGE_FORK);
    if (r->stage == STAGE_NONE) return pid;
    forget(pid, r);
    return -1;
}
