"""Calls every service over and over for a while, as one client, and prints how often each status came back.

usage: keep_calling.py SECONDS
"""
import collections
import json
import sys
import time

import grpc

import contract_pb2 as messages
import contract_pb2_grpc as services


def main():
    codes = collections.Counter()
    end = time.monotonic() + float(sys.argv[1])
    with grpc.insecure_channel("127.0.0.1:50000", options=[("grpc.max_reconnect_backoff_ms", 200)]) as channel:
        calls = [
            lambda: services.ExecServiceStub(channel).Exec(messages.ExecReq(task_name="quick", wait_for_completion=True), timeout=30),
            lambda: services.ProcessServiceStub(channel).GetProcessState(messages.GetProcessStateReq(process_name="web"), timeout=30),
        ]
        while time.monotonic() < end:
            for call in calls:
                try:
                    call()
                    codes["OK"] += 1
                except grpc.RpcError as error:
                    codes[error.code().name] += 1
            open("/tmp/calling", "w").close()
    print(json.dumps(codes))


main()
