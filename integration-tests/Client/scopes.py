"""Watches scopes, holds them, or asks for tasks by names, as a stock client would; prints a line of JSON for everything it is told.

usage: scopes.py watch [SCOPE] | scopes.py hold HOLDER SCOPE... | scopes.py names
"""
import json
import sys

import grpc
from google.protobuf import json_format

import contract_pb2
import contract_pb2_grpc
import tasks_pb2
import tasks_pb2_grpc

BAD_NAMES = {
    "up": "../x", "absolute": "/etc", "link": "outside", "long": "x" * 4096, "longer": "x" * 4097, "deep": "/".join("x" * 2048), "nul": "a\0b",
    "empty": "", "none": "no-such-task",
}


def tell(stream):
    try:
        for event in stream:
            print(json.dumps(json_format.MessageToDict(event, preserving_proto_field_name=True)), flush=True)
        print(json.dumps({"code": "OK"}), flush=True)
    except grpc.RpcError as error:
        print(json.dumps({"code": error.code().name, "details": error.details()}), flush=True)


def ask_for_names(channel):
    tasks = tasks_pb2_grpc.TasksStub(channel)
    old = contract_pb2_grpc.ExecServiceStub(channel)
    for kind, name in BAD_NAMES.items():
        calls = {
            "Exec": lambda: old.Exec(contract_pb2.ExecReq(task_name=name, wait_for_completion=True), timeout=60),
            "Run": lambda: list(tasks.Run(tasks_pb2.RunTaskRequest(task_name=name), timeout=60)),
            "Describe": lambda: tasks.Describe(tasks_pb2.DescribeTaskRequest(task_name=name), timeout=60),
        }
        for rpc, call in calls.items():
            try:
                call()
                print(json.dumps({"rpc": rpc, "name": kind, "code": "OK", "details": ""}))
            except grpc.RpcError as error:
                print(json.dumps({"rpc": rpc, "name": kind, "code": error.code().name, "details": error.details()}))


def main():
    with grpc.insecure_channel("127.0.0.1:50000") as channel:
        stub = tasks_pb2_grpc.TasksStub(channel)
        if sys.argv[1] == "watch":
            tell(stub.WatchScopes(tasks_pb2.WatchScopesRequest(scope="".join(sys.argv[2:3]))))
        elif sys.argv[1] == "hold":
            tell(stub.HoldScopes(tasks_pb2.HoldScopesRequest(output_scopes=sys.argv[3:], holder=sys.argv[2], reason="a test")))
        else:
            ask_for_names(channel)


main()
