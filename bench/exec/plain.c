// Runs a script so often, by so many callers at a time, with pipes for what it writes (fork(2) and execve(2) or posix_spawn(3), read(2), waitpid(2)):
// what a task costs without a daemon. Prints the median and the 99th percentile of one run in microseconds, and the runs a second.
//
// usage: plain fork|spawn CALLERS RUNS SCRIPT
#define _GNU_SOURCE
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

static char *script;
static double *took;
static int next, runs, forks;

static double microseconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1e6 + now.tv_nsec / 1e3;
}

static void need(int is_true, const char *what)
{
    if (!is_true) {
        fprintf(stderr, "plain: %s failed\n", what);
        exit(111);
    }
}

static void drain(int out, int err)
{
    struct pollfd both[2] = {{.fd = out, .events = POLLIN}, {.fd = err, .events = POLLIN}};
    char bytes[65536];
    while (both[0].fd >= 0 || both[1].fd >= 0) {
        need(poll(both, 2, -1) > 0, "poll");
        for (int i = 0; i < 2; i++) {
            if (both[i].fd >= 0 && both[i].revents != 0 && read(both[i].fd, bytes, sizeof bytes) <= 0) {
                close(both[i].fd);
                both[i].fd = -1;
            }
        }
    }
}

static pid_t fork_and_exec(char *const words[], int out, int err)
{
    pid_t pid = fork();
    need(pid >= 0, "fork");
    if (pid == 0) {
        int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
        if (null >= 0 && dup2(null, 0) == 0 && dup2(out, 1) == 1 && dup2(err, 2) == 2) execve(script, words, environ);
        _exit(127);
    }
    return pid;
}

static pid_t spawn(char *const words[], int out, int err)
{
    pid_t pid;
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, out, 1);
    posix_spawn_file_actions_adddup2(&actions, err, 2);
    need(posix_spawn(&pid, script, &actions, NULL, words, environ) == 0, "posix_spawn");
    posix_spawn_file_actions_destroy(&actions);
    return pid;
}

static void run_once(void)
{
    int out[2], err[2], status;
    char *const words[] = {script, NULL};
    need(pipe2(out, O_CLOEXEC) == 0 && pipe2(err, O_CLOEXEC) == 0, "pipe2");
    pid_t pid = forks ? fork_and_exec(words, out[1], err[1]) : spawn(words, out[1], err[1]);
    close(out[1]);
    close(err[1]);
    drain(out[0], err[0]);
    need(waitpid(pid, &status, 0) == pid && status == 0, "the script");
}

static void *call(void *unused)
{
    for (int i; (i = __atomic_fetch_add(&next, 1, __ATOMIC_RELAXED)) < runs;) {
        double began = microseconds();
        run_once();
        took[i] = microseconds() - began;
    }
    return unused;
}

static int by_size(const void *one, const void *other)
{
    double a = *(const double *)one, b = *(const double *)other;
    return (a > b) - (a < b);
}

int main(int argc, char **argv)
{
    if (argc != 5 || (strcmp(argv[1], "fork") != 0 && strcmp(argv[1], "spawn") != 0) || atoi(argv[2]) < 1 || atoi(argv[3]) < 1) {
        fprintf(stderr, "usage: plain fork|spawn CALLERS RUNS SCRIPT\n");
        return 100;
    }
    forks = strcmp(argv[1], "fork") == 0;
    int callers = atoi(argv[2]);
    pthread_t threads[callers];
    runs = atoi(argv[3]);
    script = argv[4];
    took = calloc(runs, sizeof *took);
    need(took != NULL, "calloc");
    double began = microseconds();
    for (int i = 0; i < callers; i++) need(pthread_create(&threads[i], NULL, call, NULL) == 0, "pthread_create");
    for (int i = 0; i < callers; i++) pthread_join(threads[i], NULL);
    double all = microseconds() - began;
    qsort(took, runs, sizeof *took, by_size);
    printf("%.1f %.1f %.1f\n", took[runs / 2], took[(runs * 99L + 99) / 100 - 1], runs / all * 1e6);
    return 0;
}
