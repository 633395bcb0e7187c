"""Talks to tasks through RunInteractive as a stock client would, and prints what it saw as a line of JSON.

usage: interactive.py echo|kill|restart TASK BYTES ; TASK gives back what it reads
       interactive.py terminal TASK
"""
import hashlib
import json
import os
import queue
import random
import signal
import subprocess
import sys
import threading

import grpc

import tasks_pb2 as messages
import tasks_pb2_grpc as services

ADDRESS = "127.0.0.1:50000"
PIECE = 50_000


class Call:
    """One call: requests are queued, events are read on a thread of their own."""

    def __init__(self, start):
        self.requests = queue.Queue()
        self.requests.put(messages.InteractiveRequest(start=start))
        self.channel = grpc.insecure_channel(ADDRESS)
        self.events = services.TasksStub(self.channel).RunInteractive(iter(self.requests.get, None))

    def send(self, **request):
        self.requests.put(messages.InteractiveRequest(**request))

    def half_close(self):
        self.requests.put(None)

    def room(self):
        """Waits until the library has taken what was queued: it does so as the service reads."""
        while self.requests.qsize() > 2 and self.events.is_active():
            threading.Event().wait(0.001)


class Output:
    """What has come of standard output, from its beginning; refuses a byte that is missing or comes twice."""

    def __init__(self):
        self.data = bytearray()

    def take(self, event):
        kind = event.WhichOneof("event")
        if kind == "gap":
            raise SystemExit(f"a gap at {event.gap.offset}")
        if kind == "output" and event.output.stream == messages.OUTPUT_STREAM_STDOUT:
            if event.output.offset != len(self.data):
                raise SystemExit(f"output at {event.output.offset} after {len(self.data)} bytes")
            self.data += event.output.data
        return kind


def start_of(task, token="", offset=0, on_disconnect=0):
    return messages.InteractiveStart(run=messages.RunTaskRequest(
        task_name=task, client_token=token, stdout_offset=offset, on_disconnect=on_disconnect,
        output=messages.OutputLimits(head_bytes=14 << 20)))


def exec_pid():
    document = json.loads(subprocess.run(["pv_exec", "services", "--json"], stdout=subprocess.PIPE, check=True).stdout)
    listed = document if isinstance(document, list) else document["services"]
    return next(one["pid"] for one in listed if one["name"] == "exec" and one["state"] != "leaving")


def kill():
    pid = exec_pid()
    if pid:
        os.kill(pid, signal.SIGKILL)


def restart():
    subprocess.run(["pv_exec", "services", "restart", "exec"], check=True, stdout=subprocess.DEVNULL)


def stream(task, size, disturb):
    """Sends all of it, disturbed three times on the way, and comes back with its token when the call breaks."""
    data = random.Random(size).randbytes(size)
    output = Output()
    taken, breaks, code, next_disturbance = 0, 0, None, size // 4
    while code is None:
        call = Call(start_of(task, token="stream-" + task, offset=len(output.data), on_disconnect=messages.ON_DISCONNECT_GO_ON))
        try:
            taken = next(call.events).accepted.input_bytes
            sent = taken

            def send():
                nonlocal sent, next_disturbance
                while sent < size and call.events.is_active():
                    call.send(input=data[sent:sent + PIECE])
                    sent += len(data[sent:sent + PIECE])
                    call.room()
                    if disturb and sent >= next_disturbance and next_disturbance < size:
                        next_disturbance += size // 4
                        disturb()
                call.half_close()

            sender = threading.Thread(target=send)
            sender.start()
            for event in call.events:
                if output.take(event) == "exited":
                    code = event.exited.code
        except grpc.RpcError as error:
            if error.code() != grpc.StatusCode.UNAVAILABLE or breaks > 50:
                raise
            breaks += 1
        finally:
            call.half_close()
            call.channel.close()
            sender.join()
    return {"code": code, "breaks": breaks, "bytes": len(output.data),
            "same": hashlib.sha256(output.data).digest() == hashlib.sha256(data).digest()}


def terminal(task):
    start = start_of(task)
    start.terminal.size.columns, start.terminal.size.rows = 80, 24
    call, output = Call(start), Output()
    steps = [
        (b"first\r\n", [dict(resize=messages.WindowSize(columns=100, rows=30)), dict(input=b"go\n")]),
        (b"second\r\n", [dict(input=b"\x03")]),
    ]
    result = {}
    for event in call.events:
        if output.take(event) == "exited":
            result = {"code": event.exited.code, "signal": event.exited.signaled.signal}
        if steps and output.data.endswith(steps[0][0]):
            for request in steps.pop(0)[1]:
                call.send(**request)
    call.half_close()
    return {**result, "output": output.data.decode()}


def main():
    what, task = sys.argv[1], sys.argv[2]
    if what == "terminal":
        print(json.dumps(terminal(task)))
    else:
        print(json.dumps(stream(task, int(sys.argv[3]), {"echo": None, "kill": kill, "restart": restart}[what])))


main()
