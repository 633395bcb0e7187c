/*
 * What a child does between clone and exec. It borrows the parent's memory (pv_spawn.c): it must not call anything that
 * takes a lock or counts on being a thread of the parent. User and group are therefore set by raw system calls (glibc's
 * wrappers signal the other threads); the descriptor table, signal dispositions and credentials that it changes are its own.
 */
#define _GNU_SOURCE
#include "pv_spawn.h"
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* As the kernel has it; raw, because glibc hides 32 and 33. */
struct kernel_sigaction { void (*handler)(int); unsigned long flags; void (*restorer)(void); uint64_t mask; };

/* Those that this process ignores: .NET ignores SIGPIPE, from its start on, and the rest it was started with. */
static uint64_t ignored_signals(void)
{
    static uint64_t ignored;
    static int is_known;
    for (int signal = 1; signal <= 64 && !is_known; signal++) {
        struct kernel_sigaction action;
        if (syscall(SYS_rt_sigaction, signal, NULL, &action, 8) == 0 && action.handler == SIG_IGN) ignored |= 1ULL << (signal - 1);
    }
    is_known = 1;
    return ignored;
}

/* Default dispositions for all: a handler must not run in the parent's memory, and what is ignored stays so over exec. */
static void reset_signals(uint64_t which)
{
    struct kernel_sigaction action;
    memset(&action, 0, sizeof action);
    for (int signal = 1; signal <= 64; signal++)
        if (which & (1ULL << (signal - 1))) syscall(SYS_rt_sigaction, signal, &action, NULL, 8);
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

/* What pv-init has in the place of a standard descriptor that it was started without (standard_descriptors.c). */
static int is_placeholder(int fd)
{
    int flags = fd <= 2 ? fcntl(fd, F_GETFL) : 0;
    return flags >= 0 && (flags & O_PATH);
}

/* What a standard descriptor is that nobody named. */
static int make_null(const struct request *r, int fd)
{
    if (pv_null >= 0 && !is_target(r, pv_null) && dup2(pv_null, fd) == fd) return 0;
    close(fd);
    return open("/dev/null", O_RDWR) == fd ? 0 : -1;  /* the lowest free number is fd */
}

/* A source that may be a target too is first copied above every target, so that no dup2 overwrites one that is still to come. */
static int map_descriptors(const struct request *r)
{
    int top = 2, lowest = INT_MAX, copies[256];
    if (r->mapping_count > (int)(sizeof copies / sizeof copies[0])) { errno = EMFILE; return -1; }
    for (int i = 0; i < r->mapping_count; i++) {
        if (r->targets[i] > top) top = r->targets[i];
        if (r->sources[i] < lowest) lowest = r->sources[i];
    }
    int are_apart = lowest > top;
    for (int i = 0; i < r->mapping_count && !are_apart; i++)
        if ((copies[i] = fcntl(r->sources[i], F_DUPFD_CLOEXEC, top + 1)) < 0) return -1;
    for (int i = 0; i < r->mapping_count; i++)
        if (dup2(are_apart ? r->sources[i] : copies[i], r->targets[i]) < 0) return -1;
    for (int fd = 0; fd <= top; fd++) {
        if (is_target(r, fd) && (are_apart || !is_placeholder(fd))) continue;
        if (fd > 2) close(fd);
        else if (make_null(r, fd) != 0) return -1;
    }
    if (syscall(SYS_close_range, top + 1, ~0U, 0) == 0) return 0;
    for (int fd = top + 1; fd < 65536; fd++) close(fd);              /* before Linux 5.9 */
    return 0;
}

static int set_user(struct request *r)
{
    if ((r->set & SET_GROUPS) && syscall(SYS_setgroups, r->group_count, r->groups) != 0) return pv_fail(r, STAGE_GROUPS);
    if ((r->set & SET_GID) && syscall(SYS_setresgid, r->gid, r->gid, r->gid) != 0) return pv_fail(r, STAGE_GROUP);
    if ((r->set & SET_UID) && syscall(SYS_setresuid, r->uid, r->uid, r->uid) != 0) return pv_fail(r, STAGE_USER);
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
    return pv_fail(r, STAGE_EXEC);
}

int pv_become(struct request *r, int handlers_are_cleared)
{
    reset_signals(handlers_are_cleared ? ignored_signals() : ~0ULL);
    if (r->grouping == 0 && setsid() < 0) return pv_fail(r, STAGE_SESSION);
    if (r->grouping == 1 && setpgid(0, 0) < 0) return pv_fail(r, STAGE_SESSION);
    if (map_descriptors(r) != 0) return pv_fail(r, STAGE_DESCRIPTORS);
    if (r->terminal >= 0 && ioctl(r->terminal, TIOCSCTTY, 0) != 0) return pv_fail(r, STAGE_TERMINAL);
    for (int i = 0; i < r->limit_count; i++) {
        struct rlimit limit = { r->limits[i].soft, r->limits[i].hard };
        if (setrlimit(r->limits[i].resource, &limit) != 0) return pv_fail(r, STAGE_LIMITS);
    }
    if ((r->set & SET_NICE) && setpriority(PRIO_PROCESS, 0, r->nice) != 0) return pv_fail(r, STAGE_PRIORITY);
    if ((r->set & SET_OOM_SCORE) && write_text("/proc/self/oom_score_adj", r->oom_score) != 0) return pv_fail(r, STAGE_OOM_SCORE);
    if (r->set & SET_UMASK) umask((mode_t)r->umask);
    if (set_user(r) != 0) return -1;
    if ((r->set & SET_NO_NEW_PRIVS) && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return pv_fail(r, STAGE_NO_NEW_PRIVILEGES);
    if (r->directory && chdir(r->directory) != 0) return pv_fail(r, STAGE_DIRECTORY);
    if (r->listen_pid) write_pid(r->listen_pid);
    uint64_t none = 0;
    syscall(SYS_rt_sigprocmask, SIG_SETMASK, &none, NULL, 8);
    return execute(r);
}
