"""Calls random tasks from several threads while pv-exec is killed now and then, and checks what the tasks wrote themselves.

usage: model_load.py CALLS SECONDS TASKS ; TASKS is JSON, {name: {"reads": [...], "writes": [...]}}
Each task appends a line when it holds its scopes and one before it lets them go to /dev/shm/model.log, in one write(2)
each, so the order of the lines is the order in which things were. Prints {"runs": n, "kills": n, "lost": n, "faults": [...]}.
"""
import json
import os
import random
import signal
import sys
import threading
import time
import uuid

import grpc

import contract_pb2 as messages
import contract_pb2_grpc as services
import tasks_pb2
import tasks_pb2_grpc

CALLERS = 6
CALLS, SECONDS, TASKS = int(sys.argv[1]), float(sys.argv[2]), json.loads(sys.argv[3])
ADDRESS = "127.0.0.1:50000"
OPTIONS = [("grpc.max_reconnect_backoff_ms", 200), ("grpc.use_local_subchannel_pool", 1)]
LOG = "/dev/shm/model.log"
END = time.monotonic() + SECONDS
lock = threading.Lock()
faults, cut_off, asked = [], [], {}
kills = 0


def call_one(stub, chance):
    task, token, code = chance.choice(sorted(TASKS)), uuid.uuid4().hex, chance.randrange(100)
    values = {"TOKEN": token, "CODE": str(code), "PAUSE": f"{chance.random() * 0.03:.3f}"}
    asked[token] = (task, code)
    request = messages.ExecReq(task_name=task, wait_for_completion=True, key_values=[
        messages.ExecReq.KeyValuePair(key=key, value=value) for key, value in values.items()])
    impatient = chance.random() < 0.1
    try:
        answer, call = stub.Exec.with_call(request, timeout=chance.random() * 0.1 if impatient else 60)
        trailers = dict(call.trailing_metadata())
        if answer.data.decode() != token or int(trailers["pv-exit-code"]) != code:
            faults.append(f"{token} of {task}: answered {answer.data!r} with {trailers}, not exit code {code}")
    except grpc.RpcError as error:
        cut_off.append(token)
        if error.code() == grpc.StatusCode.UNAVAILABLE:
            time.sleep(0.02)
        elif not (impatient and error.code() == grpc.StatusCode.DEADLINE_EXCEEDED):
            faults.append(f"{token} of {task}: {error.code().name} {error.details()}")


def work(number):
    chance = random.Random(number)
    with grpc.insecure_channel(ADDRESS, options=OPTIONS) as channel:
        stub = services.ExecServiceStub(channel)
        for _ in range(CALLS // CALLERS):
            if time.monotonic() < END:
                call_one(stub, chance)


def kill_now_and_then(done):
    global kills
    while not done.wait(random.uniform(0.4, 1.5)):
        for pid in filter(str.isdigit, os.listdir("/proc")):
            try:
                if open(f"/proc/{pid}/comm").read().strip() == "pv-exec":
                    os.kill(int(pid), signal.SIGKILL)
                    kills += 1
            except (FileNotFoundError, ProcessLookupError):
                pass


def again(call):
    """Until pv-exec is back from the last kill."""
    while True:
        try:
            return call()
        except grpc.RpcError as error:
            if error.code() != grpc.StatusCode.UNAVAILABLE:
                raise
            time.sleep(0.05)


def meet(one, other):
    return one == other or one.startswith(other + "/") or other.startswith(one + "/")


def conflict(one, other):
    pairs = [(a, b) for a in one["writes"] for b in other["writes"] + other["reads"]] + [(a, b) for a in one["reads"] for b in other["writes"]]
    return any(meet(a, b) for a, b in pairs)


def check_log():
    """No two in conflict were in at once, and each that came in went out once, with the code it was given."""
    inside, seen = {}, {}
    for line in open(LOG):
        what, task, token, *code = line.split()
        if what == "in":
            if token in seen:
                faults.append(f"{token} of {task} was started twice")
            faults.extend(f"{token} of {task} came in while {other} of {its} was" for other, its in inside.items() if conflict(TASKS[task], TASKS[its]))
            inside[token], seen[token] = task, None
        else:
            inside.pop(token, None)
            seen[token] = int(code[0])
    faults.extend(f"{token} of {task} never ended" for token, task in inside.items())
    faults.extend(f"{token} ended with {code}, not with {asked[token][1]}" for token, code in seen.items() if code is not None and code != asked[token][1])
    return seen


def check_cut_off(stub, started):
    """Calls that were cut off: their runs are there with their own exit codes, as many as can still be asked for."""
    runs = {run.id: run for run in again(lambda: stub.ListRuns(tasks_pb2.ListRunsRequest(), timeout=60)).runs}
    by_token = {}
    for run in runs.values():
        code, output = None, b""
        for event in again(lambda: list(stub.Attach(tasks_pb2.AttachRequest(run_id=run.id), timeout=60))):
            kind = event.WhichOneof("event")
            output += event.output.data if kind == "output" and event.output.stream == tasks_pb2.OUTPUT_STREAM_STDOUT else b""
            code = event.exited.code if kind == "exited" else code
        by_token[output.decode()] = code
    for token in cut_off:
        if token in started and by_token.get(token) != asked[token][1]:
            faults.append(f"{token} of {asked[token][0]} was cut off, ended with {asked[token][1]} and is found with {by_token.get(token)}")


def main():
    open(LOG, "w").close()
    os.chmod(LOG, 0o666)
    done = threading.Event()
    killer = threading.Thread(target=kill_now_and_then, args=(done,))
    workers = [threading.Thread(target=work, args=(number,)) for number in range(CALLERS)]
    for thread in [killer, *workers]:
        thread.start()
    for thread in workers:
        thread.join()
    done.set()
    killer.join()
    with grpc.insecure_channel(ADDRESS, options=OPTIONS) as channel:
        stub = tasks_pb2_grpc.TasksStub(channel)
        while again(lambda: stub.ListRuns(tasks_pb2.ListRunsRequest(live_only=True), timeout=60)).runs:
            time.sleep(0.05)
        started = check_log()
        check_cut_off(stub, started)
    print(json.dumps({"runs": len(started), "kills": kills, "lost": len([one for one in cut_off if one not in started]), "faults": faults[:20]}))


main()
