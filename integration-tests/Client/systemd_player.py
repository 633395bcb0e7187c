"""Plays systemd for the units of deploy/systemd, as far as they use it: sockets, notifications, the watchdog, the descriptor store.

usage: systemd_player.py UNIT_DIRECTORY ; goes through a day in the life of the services and prints what it saw as JSON
"""
import array
import configparser
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time

import grpc

import contract_pb2 as messages
import contract_pb2_grpc as services
import tasks_pb2
import tasks_pb2_grpc

UNITS = sys.argv[1]
PROGRAMS = os.path.dirname(os.path.realpath(shutil.which("pv-init")))
NOTIFY = "/tmp/systemd.notify"
SETTINGS = {"PV_EXEC_EXEC_CONFIG_ROOT": "/srv/tasks", "PV_EXEC_MOUNT_POINT": "/srv/worktree", "PV_EXEC_WORKTREE": "tree",
            "PV_EXEC_STORE": "file:///srv/store", "PV_EXEC_WORKTREE_MODE": "directory"}
PATIENCE = 30


def unit(name):
    parser = configparser.ConfigParser(strict=False, interpolation=None)
    parser.optionxform = str
    parser.read(os.path.join(UNITS, name))
    return parser


def listen(stream):
    if stream.startswith("/"):
        os.makedirs(os.path.dirname(stream), 0o700, exist_ok=True)
        one = socket.socket(socket.AF_UNIX)
        one.bind(stream)
        os.chmod(stream, 0o600)
    else:
        host, port = stream.rsplit(":", 1)
        one = socket.socket(socket.AF_INET)
        one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        one.bind((host, int(port)))
    one.listen(1024)
    return one


class Unit:
    def __init__(self, name):
        self.name = name
        self.service = unit(name + ".service")["Service"]
        # In an order of its own: systemd promises none over several socket units.
        self.sockets = []
        for one in reversed(self.service.get("Sockets", "").split()):
            section = unit(one)["Socket"]
            self.sockets.append((section["FileDescriptorName"], listen(section["ListenStream"])))
        self.store, self.said, self.process = [], [], None

    def start(self):
        self.said = []
        passed = [(name, one.fileno()) for name, one in self.sockets] + self.store
        command = self.service["ExecStart"].replace("/usr/lib/pv-exec", PROGRAMS).split()
        watchdog = int(float(self.service.get("WatchdogSec", "0")) * 1_000_000)

        def prepare():
            high = [os.dup(number) for _, number in passed]
            base = [fcntl_dup(number, 100 + i) for i, number in enumerate(high)]
            for i, number in enumerate(base):
                os.dup2(number, 3 + i, inheritable=True)
            os.environ.update(environment)
            os.environ["LISTEN_PID"] = str(os.getpid())

        environment = {**os.environ, **SETTINGS, "NOTIFY_SOCKET": NOTIFY, "LISTEN_FDS": str(len(passed)),
                       "LISTEN_FDNAMES": ":".join(name for name, _ in passed)}
        if watchdog:
            environment["WATCHDOG_USEC"] = str(watchdog)
        pid = os.fork()
        if pid == 0:
            try:
                prepare()
                os.closerange(3 + len(passed), 4096)
                os.setsid()
                os.execve(command[0], command, dict(os.environ))
            finally:
                os._exit(127)
        self.pid = pid
        BY_PID[pid] = self

    def wait_for(self, line):
        end = time.monotonic() + PATIENCE
        while line not in self.said:
            if time.monotonic() > end:
                sys.exit(f"{self.name} did not say {line}: {self.said}")
            time.sleep(0.01)

    def stop(self):
        os.kill(self.pid, signal.SIGTERM)
        _, status = os.waitpid(self.pid, 0)
        return os.waitstatus_to_exitcode(status)


def fcntl_dup(number, least):
    import fcntl
    return fcntl.fcntl(number, fcntl.F_DUPFD, least)


BY_PID = {}


def hear(sink):
    while True:
        data, ancillary, _, _ = sink.recvmsg(4096, 4096)
        credentials, descriptors = None, array.array("i")
        for level, kind, content in ancillary:
            if kind == socket.SCM_CREDENTIALS:
                credentials = int.from_bytes(content[:4], "little")
            elif kind == socket.SCM_RIGHTS:
                descriptors.frombytes(content[:len(content) - len(content) % descriptors.itemsize])
        one = BY_PID.get(credentials)
        if one is None:
            continue
        lines = data.decode().split("\n")
        values = dict(line.split("=", 1) for line in lines if "=" in line)
        if values.get("FDSTORE") == "1":
            one.store += [(values.get("FDNAME", "stored"), number) for number in descriptors]
        elif values.get("FDSTOREREMOVE") == "1":
            one.store = [kept for kept in one.store if kept[0] != values.get("FDNAME")]
        else:
            for number in descriptors:
                os.close(number)  # BARRIER=1: all before it has been dealt with
        one.said += lines


def find_again(runs):
    """The library hears what the front that has left said on its connection at the next call, which may break over it."""
    while True:
        try:
            return runs.ListRuns(tasks_pb2.ListRunsRequest(), timeout=PATIENCE, wait_for_ready=True)
        except grpc.RpcError as error:
            if error.code() != grpc.StatusCode.UNAVAILABLE:
                raise


def main():
    sink = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    sink.bind(NOTIFY)
    sink.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
    threading.Thread(target=hear, args=(sink,), daemon=True).start()
    seen = {}
    os.makedirs("/run/pv-exec", 0o700, exist_ok=True)
    os.chmod("/run/pv-exec", 0o700)
    units = {name: Unit("pv-" + name) for name in ("init", "exec", "process", "worktree", "front")}
    for one in units.values():
        one.start()
        one.wait_for("READY=1")
    for name in ("exec", "process", "worktree", "front"):
        units[name].wait_for("WATCHDOG=1")
    channel = grpc.insecure_channel("127.0.0.1:50000")
    tasks, runs = services.ExecServiceStub(channel), tasks_pb2_grpc.TasksStub(channel)
    processes = services.ProcessServiceStub(channel)

    tasks.Exec(messages.ExecReq(task_name="hold"), timeout=PATIENCE)
    while not os.path.exists("/tmp/held"):
        time.sleep(0.01)
    processes.ConfigureProcess(messages.ConfigureProcessReq(
        process_name="web", start_cmd=["python3", "-m", "http.server", "--bind", "127.0.0.1", "0"], run_path="/tmp",
        enabled=True, listening_port=24000), timeout=PATIENCE)
    state = messages.GetProcessStateReq(process_name="web")
    while processes.GetProcessState(state, timeout=PATIENCE).process_state != messages.RUNNING:
        time.sleep(0.02)
    web = subprocess.run(["pgrep", "-f", "http.server"], capture_output=True, text=True).stdout

    seen["restarts"] = {}
    for name in ("exec", "process", "worktree", "front"):
        code = units[name].stop()
        seen["restarts"][name] = [code, "STOPPING=1" in units[name].said]
        units[name].start()
        units[name].wait_for("READY=1")
    seen["same process"] = web == subprocess.run(["pgrep", "-f", "http.server"], capture_output=True, text=True).stdout
    seen["port leads there"] = subprocess.run(["curl", "-sf", "-o", "/dev/null", "--retry", "20", "--retry-delay", "1", "--retry-all-errors", "http://127.0.0.1:24000/"]).returncode

    find_again(runs)
    after = tasks.Exec.future(messages.ExecReq(task_name="after", wait_for_completion=True), timeout=PATIENCE, wait_for_ready=True)
    while not any(run.task_name == "after" for run in runs.ListRuns(tasks_pb2.ListRunsRequest(), timeout=PATIENCE, wait_for_ready=True).runs):
        time.sleep(0.01)
    seen["waits for the lock"] = not os.path.exists("/tmp/after")
    open("/tmp/release", "w").close()
    seen["after"] = after.result().data.decode()
    seen["exit code"] = [run.exited.code for run in runs.ListRuns(tasks_pb2.ListRunsRequest(task_name="hold"), timeout=PATIENCE).runs]

    open("/srv/worktree/kept", "w").close()
    seen["last save"] = subprocess.run(units["worktree"].service["ExecStop"].replace("/usr/bin/pv_exec", shutil.which("pv_exec")).split(), capture_output=True).returncode
    seen["stops"] = {name: units[name].stop() for name in ("worktree", "front", "process", "exec", "init")}
    seen["left"] = subprocess.run(["pgrep", "-f", "http.server"], capture_output=True, text=True).stdout
    print(json.dumps(seen))


main()
