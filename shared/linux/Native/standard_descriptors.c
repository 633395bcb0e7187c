/*
 * A standard descriptor that is closed when a program starts is the first one that open(2) gives out: the runtime's source of
 * random numbers became standard input, and a socket standard error.
 */
#define _GNU_SOURCE
#include <fcntl.h>

/*
 * Runs before the runtime opens anything. With O_PATH the number is taken, and everything that reads or writes it
 * fails with EBADF, as if it were closed (open(2)).
 */
__attribute__((constructor(101))) static void take_closed_standard_descriptors(void)
{
    for (int fd = 0; fd <= 2; fd++)
        if (fcntl(fd, F_GETFD) < 0 && open("/", O_PATH | O_DIRECTORY) != fd) return;
}
