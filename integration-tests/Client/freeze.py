"""Freezes every managed process over the bus, as a stock libzmq peer that writes its MessagePack itself, and thaws when a file appears.

usage: freeze.py RUNTIME_DIR/bus FILE
"""
import os
import struct
import sys
import time

import zmq


def pack(value):
    if value is None:
        return b"\xc0"
    if isinstance(value, int):
        return b"\xcf" + struct.pack(">Q", value)
    if isinstance(value, str):
        return b"\xda" + struct.pack(">H", len(value.encode())) + value.encode()
    if isinstance(value, bytes):
        return b"\xc5" + struct.pack(">H", len(value)) + value
    return bytes([0x90 | len(value)]) + b"".join(map(pack, value))


def call(number, kind, *fields):
    process.send(pack([1, kind, number, None, None, pack(fields), 20_000]))
    answer = process.recv()
    if b"bus.fault" in answer:
        sys.exit(repr(answer))
    return answer


process = zmq.Context.instance().socket(zmq.DEALER)
process.setsockopt(zmq.RCVTIMEO, 20_000)
process.connect(f"ipc://{sys.argv[1]}/process.sock")
answer = call(1, "process.freeze", [], "a test", 600_000)
print("frozen", flush=True)
while not os.path.exists(sys.argv[2]):
    time.sleep(0.02)
# The number of the freeze is the first field of the answer's body: an array of two, and a small number.
body = answer[answer.index(b"process.frozen") + len("process.frozen"):]
call(2, "process.thaw", body[body.index(b"\x92") + 1])
print("thawed", flush=True)
