"""Makes one call of pvexec.v1.Tasks and prints what came back as a line of JSON: the status, and every message.

usage: call_tasks.py RPC REQUEST ; RPC such as Run; REQUEST the message as JSON
"""
import json
import sys

import grpc
from google.protobuf import json_format

import tasks_pb2 as messages
import tasks_pb2_grpc as services

RPCS = {
    "Run": messages.RunTaskRequest,
    "Attach": messages.AttachRequest,
    "GetRun": messages.GetRunRequest,
    "Cancel": messages.CancelRequest,
}
LIMIT = [("grpc.max_receive_message_length", 10 << 20), ("grpc.max_send_message_length", 10 << 20)]


def main():
    rpc, request = sys.argv[1], json_format.Parse(sys.argv[2], RPCS[sys.argv[1]]())
    result = {"code": "OK", "details": "", "messages": []}
    with grpc.insecure_channel("127.0.0.1:50000", options=LIMIT) as channel:
        try:
            answer = getattr(services.TasksStub(channel), rpc)(request, timeout=60)
            told = answer if hasattr(answer, "__iter__") else [answer]
            for message in told:
                result["messages"].append(json_format.MessageToDict(message, preserving_proto_field_name=True))
        except grpc.RpcError as error:
            result["code"], result["details"] = error.code().name, error.details() or ""
    print(json.dumps(result))


main()
