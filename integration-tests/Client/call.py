"""Makes one call as an existing client would, and prints what came back as a line of JSON.

usage: call.py RPC REQUEST [ADDRESS] ; RPC such as Exec; REQUEST the message as JSON, "-" reads it from standard input
"""
import json
import sys
import time

import grpc
from google.protobuf import json_format

import contract_pb2 as messages
import contract_pb2_grpc as services

RPCS = {
    "Exec": (services.ExecServiceStub, messages.ExecReq),
    "ConfigureProcess": (services.ProcessServiceStub, messages.ConfigureProcessReq),
    "RestartProcess": (services.ProcessServiceStub, messages.RestartProcessReq),
    "GetProcessState": (services.ProcessServiceStub, messages.GetProcessStateReq),
    "Save": (services.WorktreeServiceStub, messages.SaveReq),
}
LIMIT = [("grpc.max_receive_message_length", 10 << 20), ("grpc.max_send_message_length", 10 << 20)]


def main():
    rpc, request = sys.argv[1], sys.argv[2]
    address = sys.argv[3] if len(sys.argv) > 3 else "127.0.0.1:50000"
    stub_type, request_type = RPCS[rpc]
    message = json_format.Parse(sys.stdin.read() if request == "-" else request, request_type())
    started = time.monotonic()
    with grpc.insecure_channel(address, options=LIMIT) as channel:
        try:
            answer, call = getattr(stub_type(channel), rpc).with_call(message, timeout=60)
            result = {"code": "OK", "details": "", "answer": json_format.MessageToDict(
                answer, including_default_value_fields=True, preserving_proto_field_name=True)}
        except grpc.RpcError as error:
            call = error
            result = {"code": error.code().name, "details": error.details() or "", "answer": {}}
    result["trailers"] = {key: value for key, value in (call.trailing_metadata() or ()) if isinstance(value, str)}
    result["seconds"] = time.monotonic() - started
    print(json.dumps(result))


main()
