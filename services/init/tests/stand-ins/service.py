#!/usr/bin/python3
"""Stands in for a daemon: speaks sd_notify(3) and the line to pv-init, and does what the test tells it.

The test connects to RUNTIME/test-NAME.sock and sends one JSON object a line; answers and events come back the same way.
"""
import array
import json
import os
import signal
import socket
import struct
import sys
import threading
import time

import msgpack

NAME = os.path.basename(sys.argv[0])[3:]
RUNTIME = sys.argv[sys.argv.index("--runtime-dir") + 1]
VERSION, HELLO, SPAWN, SIGNAL, ACK, LIST_SERVICES, TAKE_OVER, HANDED_OVER = 1, 1, 2, 3, 4, 5, 6, 7
OWNED, WELCOME, SPAWNED, SPAWN_FAILED, DONE, FAILED, LIST, EXITED, STOP, STORED, HAND_OVER, TOOK_OVER = range(64, 76)
DROPPED = 80
BUILD = "one"  # a test changes it


def told(what):
    """What the test's environment says that this service is to do then: 'exit CODE', 'wait', or nothing."""
    return os.environ.get(f"STAND_IN_{what}_{NAME.upper()}", "")


def obey(words):
    if words.startswith("exit "):
        os._exit(int(words.split()[1]))


terminated = threading.Event()


def on_term(number, frame):
    terminated.set()
    if os.environ.get("STAND_IN_DRAINS") == NAME:
        return
    os._exit(int(os.environ.get("STAND_IN_TERM_CODE", "0")))


class Line:
    def __init__(self):
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.socket.connect(os.path.join(RUNTIME, "init.sock"))
        self.lock = threading.Lock()

    def send(self, kind, correlation, body, descriptors=()):
        with self.lock:
            control = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", descriptors))] if descriptors else []
            packet = msgpack.packb([kind, correlation, body])
            if len(packet) > 48 * 1024:
                with os.fdopen(os.memfd_create("message"), "wb") as file:
                    file.write(packet)
                    file.flush()
                    control = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [file.fileno(), *descriptors]))]
                    self.socket.sendmsg([msgpack.packb([0, 0, None])], control)
            else:
                self.socket.sendmsg([packet], control)

    def receive(self):
        data, control, _, _ = self.socket.recvmsg(65536, 4096)
        descriptors = []
        for level, kind, content in control:
            if (level, kind) == (socket.SOL_SOCKET, socket.SCM_RIGHTS):
                descriptors += list(array.array("i", content))
        if not data:
            return None, descriptors
        message = msgpack.unpackb(data, raw=False, strict_map_key=False)
        if message[0] == 0:
            with os.fdopen(descriptors.pop(0), "rb") as body:
                body.seek(0)
                message = msgpack.unpackb(body.read(), raw=False)
        return message, descriptors


def notify(text, contents=None):
    """With a pipe that holds the contents, if any."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
        control = []
        if contents is not None:
            reader, writer = os.pipe()
            os.write(writer, contents.encode())
            control = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [reader]))]
        sender.sendmsg([text.encode()], control, 0, os.environ["NOTIFY_SOCKET"])
        if contents is not None:
            os.close(reader)
            os.close(writer)


def wait_behind_barrier():
    """Until whoever keeps what was sent before has dealt with it (sd_notify_barrier(3))."""
    reader, writer = os.pipe()
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
        sender.sendmsg([b"BARRIER=1"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [writer]))], 0, os.environ["NOTIFY_SOCKET"])
    os.close(writer)
    os.read(reader, 1)
    os.close(reader)


def pid_of(descriptor):
    """Of a pidfd; None for another descriptor."""
    with open(f"/proc/self/fdinfo/{descriptor}") as info:
        return next((int(row.split()[1]) for row in info if row.startswith("Pid:")), None)


def text(value):
    return value.decode(errors="replace") if isinstance(value, bytes) else value


class Control:
    """The test's end."""

    def __init__(self):
        path = os.path.join(RUNTIME, f"test-{NAME}.sock")
        if os.path.exists(path):
            os.unlink(path)
        self.server = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.server.bind(path)
        self.server.listen()
        os.link(path, os.path.join(RUNTIME, f"test-{NAME}.{os.getpid()}.sock"))
        self.backlog = []
        self.peer = None
        self.lock = threading.Lock()

    def emit(self, event):
        line = (json.dumps(event) + "\n").encode()
        with self.lock:
            if self.peer is None:
                self.backlog.append(line)
            else:
                try:
                    self.peer.sendall(line)
                except OSError:
                    self.peer = None
                    self.backlog.append(line)

    def serve(self, handle):
        while True:
            peer, _ = self.server.accept()
            with self.lock:
                self.peer = peer
                for line in self.backlog:
                    peer.sendall(line)
                self.backlog.clear()
            for line in peer.makefile("r"):
                handle(json.loads(line))


def main():
    signal.signal(signal.SIGTERM, on_term)
    if os.environ.get("STAND_IN_STUBBORN") == NAME:
        signal.signal(signal.SIGABRT, signal.SIG_IGN)
    refuse = os.environ.get("STAND_IN_REFUSE_" + NAME.upper())
    if refuse:
        print(f"pv-{NAME}: it is told to refuse", file=sys.stderr)
        return int(refuse)
    hold = os.environ.get("STAND_IN_HOLD_" + NAME.upper())
    if hold and os.path.exists(hold):
        with open(hold) as fifo:
            fifo.read()
    line = Line()
    line.send(HELLO, 1, [VERSION, NAME])
    control = Control()
    may_take_over = threading.Event()
    owned, stored = [], []
    dropped = [0]

    def read(descriptor):
        os.set_blocking(descriptor, False)
        try:
            return text(os.pread(descriptor, 4096, 0) if os.path.islink(f"/proc/self/fd/{descriptor}") and
                        "memfd:" in os.readlink(f"/proc/self/fd/{descriptor}") else os.read(descriptor, 4096))
        except OSError:
            return None

    def receive_until(kind):
        while True:
            message, descriptors = line.receive()
            if message is None:
                os._exit(111)
            contents = [read(descriptor) for descriptor in descriptors]
            if message[0] == OWNED:
                child = message[2]
                owned.append({"child": child[0], "pid": child[1], "label": child[2], "state": text(child[4]),
                              "kept": child[5], "contents": contents, "exit": child[6]})
            elif message[0] == DROPPED:
                dropped[0] += message[2][0]
            elif message[0] == STORED:
                stored.append({"name": message[2][0], "contents": contents[0]})
            elif message[0] == FAILED:
                control.emit({"event": "message", "type": message[0], "correlation": message[1], "body": message[2]})
            elif message[0] == kind:
                return message[2], contents

    def hand_over():
        words = told("HAND_OVER")
        obey(words)
        if words == "wait":
            return
        table = os.memfd_create("table")
        os.write(table, f"table of {os.getpid()}".encode())
        line.send(HANDED_OVER, 0, [["table"]], [table])
        os.close(table)

    acknowledging = threading.Event()

    def receive():
        while True:
            message, descriptors = line.receive()
            holds = [pid_of(descriptor) for descriptor in descriptors]
            for descriptor in descriptors:
                os.close(descriptor)
            if message is None:
                os._exit(111)
            if message[0] == STOP:
                control.emit({"event": "stop", "milliseconds": message[2][0]})
                if os.environ.get("STAND_IN_STUCK") != NAME:
                    os._exit(int(os.environ.get("STAND_IN_STOP_CODE", "0")))
            elif message[0] == HAND_OVER:
                control.emit({"event": "hand-over", "milliseconds": message[2][0]})
                hand_over()
            else:
                control.emit({"event": "message", "type": message[0], "correlation": message[1], "holds": holds,
                              "body": [text(field) for field in message[2]]})
                if message[0] == EXITED and acknowledging.is_set():
                    line.send(ACK, 0, [message[2][0]])

    def handle(order):
        what = order["do"]
        if what == "ready":
            notify("READY=1\nSTATUS=as told")
        elif what == "take-over":
            may_take_over.set()
        elif what == "notify":
            notify(order["text"], order.get("contents"))
        elif what == "ask-beside":
            beside = Line()
            beside.send(HELLO, 1, [VERSION, ""])
            beside.receive()
            control.emit({"event": "asked"})
            beside.socket.close()
        elif what == "barrier":
            wait_behind_barrier()
            control.emit({"event": "lifted"})
        elif what == "send":
            line.send(order["type"], order.get("correlation", 0), order["body"])
        elif what == "acknowledge":
            acknowledging.set()
        elif what == "garbage":
            line.socket.send(bytes.fromhex(order["hex"]))
        elif what == "big-garbage":
            file = os.memfd_create("garbage")
            os.write(file, bytes.fromhex(order["hex"]))
            line.socket.sendmsg([msgpack.packb([0, 0, None])], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [file]))])
            os.close(file)
        elif what == "exit":
            os._exit(order["code"])
        elif what == "spawn":
            descriptors, targets, kept = [], [], []
            close = []
            if order.get("kept"):
                reader, writer = os.pipe()
                descriptors, targets, kept, close = [writer, reader], [1], ["stdout"], [reader, writer]
            if order.get("terminal"):
                master, slave = os.openpty()
                descriptors, targets, kept, close = [slave, master], [0], ["terminal"], [master, slave]
            environment = order.get("environment", ["PATH=/usr/bin:/bin"]) + ["FILL%d=%s" % (i, "x" * 100000) for i in range(order.get("fill", 0))]
            count = order.get("count", 1)
            for i in range(count):
                line.send(SPAWN, order.get("correlation", 0) + i, [
                    order.get("label", "child"), order.get("state", "").encode(), [word.encode() for word in order["argv"]],
                    [word.encode() for word in environment], order.get("directory", "/").encode(), order.get("grouping", 0),
                    targets, kept] + ([order["attributes"]] if "attributes" in order else []), descriptors)
            for descriptor in close:
                os.close(descriptor)

    def tell_terminated():
        terminated.wait()
        control.emit({"event": "term"})

    threading.Thread(target=tell_terminated, daemon=True).start()
    threading.Thread(target=control.serve, args=(handle,), daemon=True).start()
    (_, service, standby), _ = receive_until(WELCOME)
    if standby:
        control.emit({"event": "standby", "pid": os.getpid()})
        words = told("STANDBY")
        obey(words)
        if words == "wait":
            may_take_over.wait()
        line.send(TAKE_OVER, 7, [])
        (names,), contents = receive_until(TOOK_OVER)
        control.emit({"event": "took-over", "pid": os.getpid(), "build": BUILD, "names": names, "contents": contents, "owned": owned, "stored": stored})
        words = told("TOOK_OVER")
        obey(words)
        if words == "wait":
            os.environ["STAND_IN_WAIT_FOR_ORDER"] = NAME
    else:
        listening = [3 + at for at, name in enumerate(os.environ["LISTEN_FDNAMES"].split(":")) if name in ("front", "grpc", "bus", "events")]
        passed = [name for name in os.environ["LISTEN_FDNAMES"].split(":")[len(listening):]]
        control.emit({"event": "welcome", "service": service, "build": BUILD, "pid": os.getpid(), "owned": owned, "dropped": dropped[0], "stored": stored, "argv": sys.argv[1:],
                      "environment": dict(os.environ), "session": os.getsid(0),
                      "sockets": [os.fstat(fd).st_mode for fd in listening],
                      "passed": [{"name": name, "contents": read(3 + len(listening) + at)} for at, name in enumerate(passed)]})
    threading.Thread(target=receive, daemon=True).start()
    if NAME not in os.environ.get("STAND_IN_WAIT_FOR_ORDER", "").split():
        notify("READY=1")
    watchdog = int(os.environ.get("WATCHDOG_USEC", "0")) / 1e6
    if watchdog == 0 or os.environ.get("STAND_IN_SILENT") == NAME:
        threading.Event().wait()
    while True:
        time.sleep(watchdog / 3)
        notify("WATCHDOG=1")


sys.exit(main())
