/* libzmq on both ends: libzmq_peer echo ENDPOINT, libzmq_peer client ENDPOINT OUTSTANDING MESSAGES BYTES.
   The client prints p50 and p99 in microseconds and messages a second. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Of zmq.h, so that the library alone is needed and not its headers. */
extern void *zmq_ctx_new(void);
extern void *zmq_socket(void *context, int type);
extern int zmq_bind(void *socket, const char *endpoint);
extern int zmq_connect(void *socket, const char *endpoint);
extern int zmq_send(void *socket, const void *buffer, size_t length, int flags);
extern int zmq_recv(void *socket, void *buffer, size_t length, int flags);
#define ZMQ_DEALER 5
#define ZMQ_ROUTER 6
#define ZMQ_SNDMORE 2

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1e6 + t.tv_nsec / 1e3;
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void echo(void *context, const char *endpoint)
{
    char identity[256], body[65536];
    void *router = zmq_socket(context, ZMQ_ROUTER);
    if (zmq_bind(router, endpoint) != 0)
        exit(1);
    puts("ready");
    fflush(stdout);
    for (;;) {
        int named = zmq_recv(router, identity, sizeof identity, 0);
        int length = zmq_recv(router, body, sizeof body, 0);
        if (named < 0 || length < 0)
            exit(0);
        zmq_send(router, identity, named, ZMQ_SNDMORE);
        zmq_send(router, body, length, 0);
    }
}

static void client(void *context, const char *endpoint, int outstanding, int messages, int bytes)
{
    char *body = calloc(1, bytes);
    double *took = malloc(messages * sizeof *took), begun = 0, sent_at;
    void *dealer = zmq_socket(context, ZMQ_DEALER);
    if (zmq_connect(dealer, endpoint) != 0)
        exit(1);
    for (int sent = 0, warm = messages / 10, received = -warm; received < messages; received++) {
        while (sent < messages + warm && sent - (received + warm) < outstanding) {
            sent_at = now();
            memcpy(body, &sent_at, sizeof sent_at);
            zmq_send(dealer, body, bytes, 0);
            sent++;
        }
        if (received == 0)
            begun = now();
        zmq_recv(dealer, body, bytes, 0);
        memcpy(&sent_at, body, sizeof sent_at);
        if (received >= 0)
            took[received] = now() - sent_at;
    }
    double seconds = (now() - begun) / 1e6;
    qsort(took, messages, sizeof *took, ascending);
    printf("%.3f %.3f %.0f\n", took[messages / 2], took[messages * 99 / 100], messages / seconds);
}

int main(int argc, char **argv)
{
    void *context = zmq_ctx_new();
    if (argc == 3 && strcmp(argv[1], "echo") == 0)
        echo(context, argv[2]);
    else if (argc == 6 && strcmp(argv[1], "client") == 0)
        client(context, argv[2], atoi(argv[3]), atoi(argv[4]), atoi(argv[5]));
    else
        return 100;
    fflush(stdout);
    _Exit(0);
}
