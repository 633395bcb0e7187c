/*
 * Starting a process, for pv-init: what has to happen between fork and exec, where managed code may not run.
 *
 * clone3(2) with CLONE_VM and CLONE_VFORK, on a stack of its own, which gives the pidfd and puts the child into its
 * cgroup in the same step; vfork(2) where clone3 is not allowed. Either way the child borrows the parent's memory until
 * it execs, so it reports by writing into the request, and it
 * must not call anything that takes a lock or counts on being a thread of the parent. User and group are therefore set
 * by raw system calls (glibc's wrappers signal the other threads), and the descriptor table, signal dispositions and
 * credentials that it changes are its own.
 *
 * The caller holds the lock that keeps its reaper away: a child that fails is waited for here.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* The numbers are those of SpawnStage.cs. */
enum stage {
    STAGE_NONE, STAGE_FORK, STAGE_SESSION, STAGE_DESCRIPTORS, STAGE_TERMINAL, STAGE_LIMITS, STAGE_PRIORITY,
    STAGE_OOM_SCORE, STAGE_GROUPS, STAGE_GROUP, STAGE_USER, STAGE_NO_NEW_PRIVILEGES, STAGE_DIRECTORY, STAGE_EXEC,
    STAGE_CGROUP
};

/* Which optional fields count. */
enum { SET_UMASK = 1, SET_NICE = 2, SET_OOM_SCORE = 4, SET_GROUPS = 8, SET_GID = 16, SET_UID = 32, SET_NO_NEW_PRIVS = 64 };

struct limit { int32_t resource; int32_t unused; uint64_t soft, hard; };

/* The layout is that of SpawnRequest.cs. */
struct request {
    const char *const *candidates;  /* paths for execve, the first that exists counts; ends with NULL */
    char *const *argv;
    char *const *envp;
    const char *directory;          /* NULL: the parent's */
    const int32_t *sources;         /* descriptors of the parent … */
    const int32_t *targets;         /* … and their numbers in the child, each once */
    char *listen_pid;               /* 11 bytes inside an envp string that get the child's pid; or NULL */
    const uint32_t *groups;
    const struct limit *limits;
    int32_t mapping_count, group_count, limit_count;
    int32_t grouping;               /* 0: leads a session; 1: leads a process group; 2: neither */
    int32_t terminal;               /* the target that becomes the controlling terminal; -1: none */
    uint32_t set;
    uint32_t umask;
    int32_t nice, oom_score;
    uint32_t uid, gid;
    int32_t cgroup;                 /* the descriptor of a cgroup v2 directory to be put into; -1: none */
    int32_t wants_pidfd;
    int32_t pidfd;                  /* out: -1 when none is wanted, or none is left */
    int32_t stage, error;           /* out */
};

static int fail(volatile struct request *r, enum stage stage)
{
    r->error = errno;
    r->stage = stage;
    return -1;
}

/* Default dispositions for all: .NET ignores SIGPIPE, and what is ignored stays so over exec. Raw, because glibc hides 32 and 33. */
static void reset_signals(void)
{
    struct { void (*handler)(int); unsigned long flags; void (*restorer)(void); uint64_t mask; } action;
    memset(&action, 0, sizeof action);
    for (int signal = 1; signal <= 64; signal++)
        syscall(SYS_rt_sigaction, signal, &action, NULL, 8);
}

static int write_text(const char *path, int number)
{
    char text[12];
    int at = sizeof text, rest = number < 0 ? -number : number;
    do text[--at] = (char)('0' + rest % 10); while (rest /= 10);
    if (number < 0) text[--at] = '-';
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd < 0) return -1;
    ssize_t written = write(fd, text + at, sizeof text - at);
    int error = errno;
    close(fd);
    errno = error;
    return written < 0 ? -1 : 0;
}

static int is_target(const struct request *r, int fd)
{
    for (int i = 0; i < r->mapping_count; i++)
        if (r->targets[i] == fd) return 1;
    return 0;
}

/* Sources are first copied above every target, so that no dup2 overwrites one that is still to come. */
static int map_descriptors(const struct request *r)
{
    int top = 2, copies[256];
    if (r->mapping_count > (int)(sizeof copies / sizeof copies[0])) { errno = EMFILE; return -1; }
    for (int i = 0; i < r->mapping_count; i++)
        if (r->targets[i] > top) top = r->targets[i];
    for (int i = 0; i < r->mapping_count; i++)
        if ((copies[i] = fcntl(r->sources[i], F_DUPFD_CLOEXEC, top + 1)) < 0) return -1;
    for (int i = 0; i < r->mapping_count; i++)
        if (dup2(copies[i], r->targets[i]) < 0) return -1;
    for (int fd = 0; fd <= top; fd++) {
        if (is_target(r, fd)) continue;
        close(fd);
        if (fd <= 2 && open("/dev/null", O_RDWR) != fd) return -1;  /* the lowest free number is fd */
    }
    if (syscall(SYS_close_range, top + 1, ~0U, 0) == 0) return 0;
    for (int fd = top + 1; fd < 65536; fd++) close(fd);              /* before Linux 5.9 */
    return 0;
}

static int set_user(struct request *r)
{
    if ((r->set & SET_GROUPS) && syscall(SYS_setgroups, r->group_count, r->groups) != 0) return fail(r, STAGE_GROUPS);
    if ((r->set & SET_GID) && syscall(SYS_setresgid, r->gid, r->gid, r->gid) != 0) return fail(r, STAGE_GROUP);
    if ((r->set & SET_UID) && syscall(SYS_setresuid, r->uid, r->uid, r->uid) != 0) return fail(r, STAGE_USER);
    return 0;
}

static void write_pid(char *to)
{
    char digits[10];
    int at = 10, pid = (int)syscall(SYS_getpid);
    do digits[--at] = (char)('0' + pid % 10); while (pid /= 10);
    memcpy(to, digits + at, 10 - at);
    to[10 - at] = 0;
}

static int execute(struct request *r)
{
    int error = ENOENT;
    for (const char *const *path = r->candidates; *path; path++) {
        execve(*path, r->argv, r->envp);
        if (errno == EACCES) error = EACCES;  /* as execvp(3): looked for further, but remembered */
        else if (errno != ENOENT && errno != ENOTDIR) { error = errno; break; }
        else if (error == ENOENT) error = errno;
    }
    errno = error;
    return fail(r, STAGE_EXEC);
}

static int become(struct request *r)
{
    reset_signals();
    if (r->grouping == 0 && setsid() < 0) return fail(r, STAGE_SESSION);
    if (r->grouping == 1 && setpgid(0, 0) < 0) return fail(r, STAGE_SESSION);
    if (map_descriptors(r) != 0) return fail(r, STAGE_DESCRIPTORS);
    if (r->terminal >= 0 && ioctl(r->terminal, TIOCSCTTY, 0) != 0) return fail(r, STAGE_TERMINAL);
    for (int i = 0; i < r->limit_count; i++) {
        struct rlimit limit = { r->limits[i].soft, r->limits[i].hard };
        if (setrlimit(r->limits[i].resource, &limit) != 0) return fail(r, STAGE_LIMITS);
    }
    if ((r->set & SET_NICE) && setpriority(PRIO_PROCESS, 0, r->nice) != 0) return fail(r, STAGE_PRIORITY);
    if ((r->set & SET_OOM_SCORE) && write_text("/proc/self/oom_score_adj", r->oom_score) != 0) return fail(r, STAGE_OOM_SCORE);
    if (r->set & SET_UMASK) umask((mode_t)r->umask);
    if (set_user(r) != 0) return -1;
    if ((r->set & SET_NO_NEW_PRIVS) && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return fail(r, STAGE_NO_NEW_PRIVILEGES);
    if (r->directory && chdir(r->directory) != 0) return fail(r, STAGE_DIRECTORY);
    if (r->listen_pid) write_pid(r->listen_pid);
    uint64_t none = 0;
    syscall(SYS_rt_sigprocmask, SIG_SETMASK, &none, NULL, 8);
    return execute(r);
}

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
enum { NEW_VM = 0x100, NEW_PIDFD = 0x1000, NEW_VFORK = 0x4000 };
#define NEW_INTO_CGROUP 0x200000000ULL
struct clone_arguments {
    uint64_t flags, pidfd, child_tid, parent_tid, exit_signal, stack, stack_size, tls, set_tid, set_tid_size, cgroup;
};
enum { SIZE_WITHOUT_CGROUP = 64 };

#if defined(__x86_64__) || defined(__aarch64__)
__attribute__((noreturn)) static void child(struct request *r)
{
    become(r);
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

/* Whether clone3 was found to be missing, or forbidden by a filter. */
static int without_clone3;

/* As fork, or -1 with errno ENOSYS when it cannot be done like this. */
static pid_t clone_once(struct request *r)
{
#if defined(__x86_64__) || defined(__aarch64__)
    while (!without_clone3) {
        struct clone_arguments arguments;
        memset(&arguments, 0, sizeof arguments);
        arguments.flags = NEW_VM | NEW_VFORK;
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
        if (result > 0) return (pid_t)result;
        r->pidfd = -1;
        errno = (int)-result;
        if ((errno == EMFILE || errno == ENFILE) && r->wants_pidfd) {
            r->wants_pidfd = 0;  /* better without than not at all */
            continue;
        }
        if (errno == ENOSYS || errno == EPERM) without_clone3 = 1;
        else if (r->cgroup < 0 || (errno != EINVAL && errno != E2BIG)) return -1;
        break;
    }
#endif
    errno = ENOSYS;
    return -1;
}

static pid_t fork_once(struct request *r)
{
    pid_t pid = vfork();
    if (pid == 0) {
        if (r->cgroup >= 0 && enter_cgroup(r) != 0) fail(r, STAGE_CGROUP);
        else become(r);
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
    if (pid < 0) return fail(r, by_clone && is_about_cgroup(r) ? STAGE_CGROUP : STAGE_FORK);
    if (r->stage == STAGE_NONE) return pid;
    while (waitpid(pid, NULL, 0) < 0 && errno == EINTR) { }
    if (r->pidfd >= 0) close(r->pidfd);
    r->pidfd = -1;
    return -1;
}

/*
 * Signals that ask pv-init to stop. The runtime's threads block none, so the kernel may pick any of them for a signal
 * to the process; a handler that writes the number into a pipe is right in all of them.
 */
static int signal_pipe = -1;

static void on_signal(int number)
{
    int error = errno;
    unsigned char byte = (unsigned char)number;
    ssize_t written = write(signal_pipe, &byte, 1);  /* full: 65,536 requests to stop are waiting already */
    (void)written;
    errno = error;
}

/* From now on the signal's number is written to the descriptor, which must not block. Returns 0 or errno. */
int32_t pv_catch_signal(int32_t number, int32_t descriptor)
{
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = on_signal;
    action.sa_flags = SA_RESTART;
    signal_pipe = descriptor;
    return sigaction(number, &action, NULL) == 0 ? 0 : errno;
}
