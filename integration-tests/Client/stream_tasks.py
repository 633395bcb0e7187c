"""Makes one call of pvexec.v1.Tasks and prints each message that comes back, as it comes, as a line of JSON.

usage: stream_tasks.py RPC REQUEST [SECONDS] ; REQUEST the message as JSON; SECONDS the call's deadline
The last line is {"code": ..., "details": ...}. The bytes of an output are text.
"""
import json
import sys

import grpc
from google.protobuf import json_format

import tasks_pb2 as messages
import tasks_pb2_grpc

METHOD = messages.DESCRIPTOR.services_by_name["Tasks"].methods_by_name[sys.argv[1]]


def show(message):
    line = json_format.MessageToDict(message, preserving_proto_field_name=True)
    if "output" in line:
        line["output"]["data"] = message.output.data.decode()
    print(json.dumps(line), flush=True)


def main():
    request = json_format.Parse(sys.argv[2], getattr(messages, METHOD.input_type.name)())
    seconds = float(sys.argv[3]) if len(sys.argv) > 3 else 60
    end = {"code": "OK", "details": ""}
    with grpc.insecure_channel("127.0.0.1:50000") as channel:
        call = getattr(tasks_pb2_grpc.TasksStub(channel), METHOD.name)
        try:
            answer = call(request, timeout=seconds)
            for message in answer if isinstance(answer, grpc.Call) else [answer]:
                show(message)
        except grpc.RpcError as error:
            end = {"code": error.code().name, "details": error.details() or ""}
    print(json.dumps(end), flush=True)


main()
