"""Calls every service from many threads until told to stop, and prints how often each call ended how.

usage: load.py CALLERS STOP_FILE ; prints {"ok": count, "failed": ["rpc code details", ...], "wrong": [...]}
Touches STOP_FILE.started once every caller has had an answer.
"""
import json
import os
import sys
import threading
import uuid

import grpc

import contract_pb2 as messages
import contract_pb2_grpc as services

CALLERS, STOP = int(sys.argv[1]), sys.argv[2]
CHANNELS = 4
lock = threading.Lock()
result = {"ok": 0, "failed": [], "wrong": []}
begun = threading.Barrier(CALLERS, action=lambda: open(STOP + ".started", "w").close())


def run_task(channel, name):
    token = uuid.uuid4().hex
    answer = services.ExecServiceStub(channel).Exec(
        messages.ExecReq(task_name=name, data=token.encode(), wait_for_completion=True), timeout=60)
    return answer.completed and answer.data.decode() == token


def ask_process(channel):
    request = messages.GetProcessStateReq(process_name="listener")
    return services.ProcessServiceStub(channel).GetProcessState(request, timeout=60).process_state == messages.RUNNING


def restart_process(channel):
    services.ProcessServiceStub(channel).RestartProcess(messages.RestartProcessReq(process_name="restarted"), timeout=60)
    return True


def save(channel):
    services.WorktreeServiceStub(channel).Save(messages.SaveReq(), timeout=60)
    return True


def calls_of(number):
    if number == 0:
        return [("Save", save)]
    if number == 1:
        return [("RestartProcess", restart_process)]
    task = "free" if number % 2 else "scoped"
    return [("Exec " + task, lambda channel: run_task(channel, task)), ("GetProcessState", ask_process)]


def call_on(channel, number):
    first = True
    while first or not os.path.exists(STOP):
        for name, call in calls_of(number):
            try:
                right = call(channel)
                with lock:
                    result["ok"] += 1
                    if not right:
                        result["wrong"].append(name)
            except grpc.RpcError as error:
                with lock:
                    result["failed"].append(f"{name} {error.code().name} {error.details()}")
        if first:
            begun.wait()
            first = False


def main():
    channels = [grpc.insecure_channel("127.0.0.1:50000", options=[("grpc.use_local_subchannel_pool", 1)]) for _ in range(CHANNELS)]
    threads = [threading.Thread(target=call_on, args=(channels[n % CHANNELS], n)) for n in range(CALLERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(json.dumps(result))


main()
