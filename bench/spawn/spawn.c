// Starts a program so often, one after the other, with posix_spawn(3) and waitpid(2), and prints the microseconds that
// took. What a process without a parent between costs.
//
// usage: spawn COUNT PROGRAM
#include <errno.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>

extern char **environ;

static double microseconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1e6 + now.tv_nsec / 1e3;
}

int main(int argc, char **argv)
{
    if (argc != 3) {
        fprintf(stderr, "usage: spawn COUNT PROGRAM\n");
        return 100;
    }
    char *const words[] = {argv[2], NULL};
    double began = microseconds();
    for (int i = atoi(argv[1]); i > 0; i--) {
        pid_t pid;
        int status, error = posix_spawn(&pid, argv[2], NULL, NULL, words, environ);
        if (error != 0) {
            fprintf(stderr, "spawn: %s: %s\n", argv[2], strerror(error));
            return 111;
        }
        if (waitpid(pid, &status, 0) != pid || status != 0) {
            fprintf(stderr, "spawn: %s did not exit with 0\n", argv[2]);
            return 111;
        }
    }
    printf("%.0f\n", microseconds() - began);
    return 0;
}
