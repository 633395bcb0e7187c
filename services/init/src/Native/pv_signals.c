/*
 * Signals that ask pv-init to stop. The runtime's threads block none, so the kernel may pick any of them for a signal
 * to the process; a handler that writes the number into a pipe is right in all of them.
 */
#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

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
