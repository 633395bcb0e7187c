/*
 * The signals that pv-init acts on.
 *
 * Those that ask it to stop: the runtime's threads block none, so the kernel may pick any of them for a signal
 * to the process; a handler that writes the number into a pipe is right in all of them.
 */
#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/signalfd.h>
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

static sigset_t child_signal(void)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGCHLD);
    return set;
}

/*
 * Runs before the runtime starts its first thread, so that all of them inherit the mask: a thread that does not block the
 * signal would be given it, and drop it. Whoever started pv-init may have ignored it, and then no child could be waited for.
 */
__attribute__((constructor)) static void block_child_signal(void)
{
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = SIG_DFL;
    action.sa_flags = SA_NOCLDSTOP;  /* of ends only */
    sigaction(SIGCHLD, &action, NULL);
    sigset_t set = child_signal();
    sigprocmask(SIG_BLOCK, &set, NULL);
}

/* A descriptor that is readable when a child has ended, and does not block. Returns it or -errno. */
int32_t pv_open_child_signal(void)
{
    sigset_t set = child_signal();
    int descriptor = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    return descriptor >= 0 ? descriptor : -errno;
}
