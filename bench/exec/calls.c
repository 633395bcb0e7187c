// Calls proto.ExecService/Exec so often, over so many connections at a time, each with one call under way (nghttp2(3)): what a caller
// that costs next to nothing sees. Prints the median and the 99th percentile of one call in microseconds, and the calls a second.
//
// usage: calls PORT CALLERS CALLS TASK
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <nghttp2/nghttp2.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

struct caller {
    nghttp2_session *session;
    int socket, call, is_fine, has_sent;
};

static unsigned char body[300];
static size_t body_length;
static double *took;
static int next, answered, calls;

static double microseconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1e6 + now.tv_nsec / 1e3;
}

static void need(int is_true, const char *what)
{
    if (!is_true) {
        fprintf(stderr, "calls: %s failed\n", what);
        exit(111);
    }
}

// A gRPC message with the fields of ExecReq: task_name = 1, wait_for_completion = 4.
static void write_body(const char *task)
{
    size_t length = strlen(task);
    need(length < 128, "a task name of less than 128 bytes");
    unsigned char head[] = {0, 0, 0, 0, (unsigned char)(length + 4), 0x0a, (unsigned char)length}, tail[] = {0x20, 1};
    memcpy(body, head, sizeof head);
    memcpy(body + sizeof head, task, length);
    memcpy(body + sizeof head + length, tail, sizeof tail);
    body_length = sizeof head + length + sizeof tail;
}

static ssize_t read_body(nghttp2_session *session, int32_t stream, uint8_t *buffer, size_t room, uint32_t *flags, nghttp2_data_source *source, void *of)
{
    (void)session, (void)stream, (void)source, (void)of;
    need(room >= body_length, "room for the request");
    memcpy(buffer, body, body_length);
    *flags |= NGHTTP2_DATA_FLAG_EOF;
    return (ssize_t)body_length;
}

#define HEADER(name, value) {(uint8_t *)name, (uint8_t *)value, sizeof name - 1, sizeof value - 1, NGHTTP2_NV_FLAG_NONE}

static void call(struct caller *caller)
{
    static const nghttp2_nv headers[] = {
        HEADER(":method", "POST"), HEADER(":scheme", "http"), HEADER(":path", "/proto.ExecService/Exec"), HEADER(":authority", "127.0.0.1"),
        HEADER("content-type", "application/grpc"), HEADER("te", "trailers"),
    };
    static const nghttp2_data_provider content = {.read_callback = read_body};
    if (next == calls) return;
    caller->call = next++;
    caller->is_fine = 0;
    took[caller->call] = -microseconds();
    need(nghttp2_submit_request(caller->session, NULL, headers, sizeof headers / sizeof *headers, &content, NULL) >= 0, "nghttp2_submit_request");
}

static int on_header(nghttp2_session *session, const nghttp2_frame *frame, const uint8_t *name, size_t name_length, const uint8_t *value, size_t length, uint8_t flags, void *of)
{
    (void)session, (void)frame, (void)flags;
    if (name_length == 11 && memcmp(name, "grpc-status", 11) == 0) {
        ((struct caller *)of)->is_fine = length == 1 && *value == '0';
    }
    return 0;
}

static int on_end(nghttp2_session *session, int32_t stream, uint32_t error, void *of)
{
    (void)session, (void)stream;
    struct caller *caller = of;
    need(error == 0 && caller->is_fine, "a call");
    took[caller->call] += microseconds();
    answered++;
    call(caller);
    return 0;
}

// All that there is in one packet, as gRPC libraries do it: a server that were woken for each frame would do more than it has to.
static void flush(struct caller *caller)
{
    static uint8_t packet[64 * 1024];
    const uint8_t *bytes;
    size_t filled = 0;
    for (ssize_t length; (length = nghttp2_session_mem_send(caller->session, &bytes)) != 0; filled += length) {
        need(length > 0 && filled + length <= sizeof packet, "nghttp2_session_mem_send");
        memcpy(packet + filled, bytes, length);
    }
    need(filled == 0 || send(caller->socket, packet, filled, MSG_NOSIGNAL) == (ssize_t)filled, "send");
}

static void start(struct caller *caller, int port, const nghttp2_session_callbacks *callbacks)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int on = 1;
    caller->socket = socket(AF_INET, SOCK_STREAM, 0);
    need(caller->socket >= 0 && connect(caller->socket, (struct sockaddr *)&address, sizeof address) == 0, "connect");
    setsockopt(caller->socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    need(nghttp2_session_client_new(&caller->session, callbacks, caller) == 0, "nghttp2_session_client_new");
    need(nghttp2_submit_settings(caller->session, NGHTTP2_FLAG_NONE, NULL, 0) == 0, "nghttp2_submit_settings");
    call(caller);
    flush(caller);
}

static int by_size(const void *one, const void *other)
{
    double a = *(const double *)one, b = *(const double *)other;
    return (a > b) - (a < b);
}

int main(int argc, char **argv)
{
    if (argc != 5 || atoi(argv[1]) < 1 || atoi(argv[2]) < 1 || atoi(argv[3]) < 1) {
        fprintf(stderr, "usage: calls PORT CALLERS CALLS TASK\n");
        return 100;
    }
    int port = atoi(argv[1]), count = atoi(argv[2]);
    struct caller callers[count];
    struct pollfd ready[count];
    nghttp2_session_callbacks *callbacks = NULL;
    calls = atoi(argv[3]);
    took = calloc(calls, sizeof *took);
    write_body(argv[4]);
    need(took != NULL && nghttp2_session_callbacks_new(&callbacks) == 0, "calloc");
    nghttp2_session_callbacks_set_on_header_callback(callbacks, on_header);
    nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, on_end);
    double began = microseconds();
    for (int i = 0; i < count; i++) {
        start(&callers[i], port, callbacks);
        ready[i] = (struct pollfd){.fd = callers[i].socket, .events = POLLIN};
    }
    while (answered < calls) {
        need(poll(ready, count, -1) > 0, "poll");
        for (int i = 0; i < count; i++) {
            if (ready[i].revents == 0) continue;
            uint8_t bytes[16384];
            ssize_t length = recv(callers[i].socket, bytes, sizeof bytes, MSG_DONTWAIT);
            need(length > 0 && nghttp2_session_mem_recv(callers[i].session, bytes, length) == length, "recv");
            flush(&callers[i]);
        }
    }
    double all = microseconds() - began;
    qsort(took, calls, sizeof *took, by_size);
    printf("%.1f %.1f %.1f\n", took[calls / 2], took[(calls * 99L + 99) / 100 - 1], calls / all * 1e6);
    return 0;
}
