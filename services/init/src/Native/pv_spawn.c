/*
 * Starting a process, for pv-init: what has to happen between fork and exec, where managed code may not run.
 *
 * vfork(2): the child borrows the parent's memory until it execs, so it reports by writing into the request, and it
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
    STAGE_OOM_SCORE, STAGE_GROUPS, STAGE_GROUP, STAGE_USER, STAGE_NO_NEW_PRIVILEGES, STAGE_DIRECTORY, STAGE_EXEC
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

/* Returns the child's pid once it has exec'd, or -1 with stage and error set and nothing left to reap. */
int32_t pv_spawn(struct request *r)
{
    uint64_t all = ~0ULL, before;
    r->stage = STAGE_NONE;
    r->error = 0;
    syscall(SYS_rt_sigprocmask, SIG_SETMASK, &all, &before, 8);
    pid_t pid = vfork();
    if (pid == 0) {
        become(r);
        _exit(127);
    }
    int error = errno;
    syscall(SYS_rt_sigprocmask, SIG_SETMASK, &before, NULL, 8);
    errno = error;
    if (pid < 0) return fail(r, STAGE_FORK);
    if (r->stage == STAGE_NONE) return pid;
    while (waitpid(pid, NULL, 0) < 0 && errno == EINTR) { }
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
