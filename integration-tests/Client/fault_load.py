"""Runs tasks from eight threads for a while, whatever is killed meanwhile, and accounts for every one of them.

usage: fault_load.py SECONDS ; prints {"answered": n, "found": n, "never_started": n, "faults": [...]}
Every task notes its start and its end in /tmp/truth. A call that is cut off (UNAVAILABLE) is looked for among the runs.
"""
import json
import os
import random
import sys
import threading
import time
import uuid

import grpc

import contract_pb2 as messages
import contract_pb2_grpc as services
import tasks_pb2
import tasks_pb2_grpc

WORKERS = 8
END = time.monotonic() + float(sys.argv[1])
lock = threading.Lock()
result = {"answered": 0, "found": 0, "never_started": 0, "faults": []}


def fault(text):
    with lock:
        result["faults"].append(text)


def count(what):
    with lock:
        result[what] += 1


def again(call):
    """Repeats a call that changes nothing for as long as services are being killed."""
    while True:
        try:
            return call()
        except grpc.RpcError as error:
            if error.code() != grpc.StatusCode.UNAVAILABLE:
                raise
            time.sleep(0.05)


class Run:
    def __init__(self, worker):
        self.task = f"work{worker}"
        self.token = uuid.uuid4().hex
        self.code = random.randrange(100)
        self.lines = random.randrange(20, 300)
        self.output = "".join(f"{self.token} {n}\n" for n in range(self.lines)).encode()

    def has(self, what):
        return os.path.exists(f"/tmp/truth/{self.token}.{what}")

    def request(self):
        values = {"TOKEN": self.token, "CODE": str(self.code), "COUNT": str(self.lines)}
        return messages.ExecReq(task_name=self.task, wait_for_completion=True, key_values=[
            messages.ExecReq.KeyValuePair(key=key, value=value) for key, value in values.items()])

    def check(self, output, code, how):
        if output != self.output:
            fault(f"{self.token}: {how}, {len(output)} bytes instead of {len(self.output)}")
        if code != self.code:
            fault(f"{self.token}: {how}, exit code {code} instead of {self.code}")


def attach(stub, run_id):
    output, code = b"", None
    for event in stub.Attach(tasks_pb2.AttachRequest(run_id=run_id), timeout=60):
        kind = event.WhichOneof("event")
        if kind == "output" and event.output.stream == tasks_pb2.OUTPUT_STREAM_STDOUT:
            output += event.output.data
        elif kind == "gap":
            fault(f"{run_id}: a gap of {event.gap.length} bytes")
        elif kind == "exited":
            code = event.exited.code
    return output, code


def look_for(stub, run):
    """The run of a call that was cut off: it must be there, complete, with its exit code."""
    runs = again(lambda: stub.ListRuns(tasks_pb2.ListRunsRequest(task_name=run.task), timeout=60)).runs
    for candidate in reversed(runs):
        if candidate.state != tasks_pb2.RUN_STATE_RUNNING and candidate.state != tasks_pb2.RUN_STATE_ENDED:
            continue
        output, code = again(lambda: attach(stub, candidate.id))
        if output.startswith(run.token.encode()):
            run.check(output, code, "found")
            count("found")
            return
    fault(f"{run.token}: started, and is not among the {len(runs)} runs of {run.task}")


def work(worker):
    channel = grpc.insecure_channel("127.0.0.1:50000", options=[("grpc.max_reconnect_backoff_ms", 200), ("grpc.use_local_subchannel_pool", 1)])
    stub, tasks, open_runs = services.ExecServiceStub(channel), tasks_pb2_grpc.TasksStub(channel), []
    while time.monotonic() < END:
        run = Run(worker)
        try:
            answer, call = stub.Exec.with_call(run.request(), timeout=60)
            trailers = dict(call.trailing_metadata())
            run.check(answer.data, int(trailers["pv-exit-code"]), "answered")
            count("answered")
        except grpc.RpcError as error:
            if error.code() == grpc.StatusCode.UNAVAILABLE:
                open_runs.append(run)
                time.sleep(0.02)
            else:
                fault(f"{run.token}: {error.code().name} {error.details()}")
        for started in [one for one in open_runs if one.has("started")]:
            open_runs.remove(started)
            look_for(tasks, started)
    while again(lambda: tasks.ListRuns(tasks_pb2.ListRunsRequest(task_name=f"work{worker}", live_only=True), timeout=60)).runs:
        time.sleep(0.05)
    for run in open_runs:
        if run.has("started"):
            look_for(tasks, run)
        else:
            count("never_started")


def main():
    threads = [threading.Thread(target=work, args=(worker,)) for worker in range(WORKERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(json.dumps(result))


main()
