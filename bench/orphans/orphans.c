// Makes orphans, lets a batch of them end at once, and waits until whoever inherited them has reaped the batch. Writes the
// microseconds from letting them end to the last being reaped, added up, and how many were still there ten seconds later.
//
// usage: orphans COUNT BATCH FILE
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { LARGEST_BATCH = 500, PATIENCE_US = 10 * 1000 * 1000 };

static double microseconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1e6 + now.tv_nsec / 1e3;
}

static void fail(const char *what)
{
    perror(what);
    exit(111);
}

// The child of a child that ends: it belongs to the nearest subreaper or to process 1 then. Says its pid, and ends when
// the gate closes.
static void make_orphan(int gate[2], int told[2])
{
    pid_t middle = fork();
    if (middle < 0)
        fail("orphans: fork");
    if (middle == 0) {
        close(gate[1]);
        pid_t orphan = fork();
        if (orphan != 0)
            _exit(orphan < 0);
        pid_t self = getpid();
        char byte;
        if (write(told[1], &self, sizeof self) != sizeof self)
            _exit(1);
        while (read(gate[0], &byte, 1) < 0 && errno == EINTR)
            ;
        _exit(0);
    }
    int status;
    if (waitpid(middle, &status, 0) != middle || status != 0) {
        fprintf(stderr, "orphans: a process could not be made\n");
        exit(111);
    }
}

// A descriptor means the same process for ever; sending it nothing fails once it has been reaped.
static int is_there(int process)
{
    return syscall(SYS_pidfd_send_signal, process, 0, NULL, 0) == 0;
}

static double batch(int count, int *left)
{
    int gate[2], told[2], processes[LARGEST_BATCH];
    if (pipe(gate) != 0 || pipe(told) != 0)
        fail("orphans: pipe");
    for (int i = 0; i < count; i++) {
        pid_t pid;
        make_orphan(gate, told);
        if (read(told[0], &pid, sizeof pid) != sizeof pid)
            fail("orphans: read");
        processes[i] = syscall(SYS_pidfd_open, pid, 0);
        if (processes[i] < 0)
            fail("orphans: pidfd_open");
    }
    double began = microseconds();
    close(gate[1]);
    for (int i = 0; i < count; i++) {
        while (is_there(processes[i]) && microseconds() - began < PATIENCE_US)
            usleep(50);
        *left += is_there(processes[i]);
        close(processes[i]);
    }
    double elapsed = microseconds() - began;
    close(gate[0]);
    close(told[0]);
    close(told[1]);
    return elapsed;
}

int main(int argc, char **argv)
{
    int count = argc == 4 ? atoi(argv[1]) : 0, size = argc == 4 ? atoi(argv[2]) : 0, left = 0;
    if (count < 1 || size < 1 || size > LARGEST_BATCH) {
        fprintf(stderr, "usage: orphans COUNT BATCH FILE, with a BATCH of at most %d\n", LARGEST_BATCH);
        return 100;
    }
    double elapsed = 0;
    for (int made = 0; made < count; made += size)
        elapsed += batch(count - made < size ? count - made : size, &left);
    FILE *file = fopen(argv[3], "w");
    if (file == NULL || fprintf(file, "%.0f %d\n", elapsed, left) < 0 || fclose(file) != 0)
        fail(argv[3]);
    return 0;
}
