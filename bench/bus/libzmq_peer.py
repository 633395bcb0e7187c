"""libzmq_peer.c in Python, for a machine without a C compiler: slower than C, so the ratio flatters us."""
import struct
import sys
import time
import zmq


def echo(endpoint):
    router = zmq.Context.instance().socket(zmq.ROUTER)
    router.bind(endpoint)
    print("ready", flush=True)
    while True:
        router.send_multipart(router.recv_multipart())


def client(endpoint, outstanding, messages, size):
    dealer = zmq.Context.instance().socket(zmq.DEALER)
    dealer.connect(endpoint)
    warm, sent, took = messages // 10, 0, []
    for received in range(-warm, messages):
        while sent < messages + warm and sent - (received + warm) < outstanding:
            dealer.send(struct.pack("d", time.perf_counter()).ljust(size))
            sent += 1
        if received == 0:
            begun = time.perf_counter()
        (at,) = struct.unpack_from("d", dealer.recv())
        if received >= 0:
            took.append((time.perf_counter() - at) * 1e6)
    seconds = time.perf_counter() - begun
    took.sort()
    print(f"{took[messages // 2]:.3f} {took[messages * 99 // 100]:.3f} {messages / seconds:.0f}", flush=True)


if sys.argv[1] == "echo":
    echo(sys.argv[2])
else:
    client(sys.argv[2], *map(int, sys.argv[3:6]))
