"""Runs a task once, whatever is killed meanwhile: its output becomes this program's, and so does its exit code.

usage: run_task.py TASK TOKEN
"""
import sys
import time

import grpc

import tasks_pb2 as api
import tasks_pb2_grpc

stub = tasks_pb2_grpc.TasksStub(grpc.insecure_channel("127.0.0.1:50000", options=[("grpc.max_reconnect_backoff_ms", 200)]))
request = api.RunTaskRequest(task_name=sys.argv[1], client_token=sys.argv[2])
while True:
    try:
        for event in stub.Run(request):
            kind = event.WhichOneof("event")
            if kind == "output" and event.output.stream == api.OUTPUT_STREAM_STDOUT:
                sys.stdout.buffer.write(event.output.data)
                sys.stdout.buffer.flush()
                request.stdout_offset = event.output.offset + len(event.output.data)
            elif kind == "output":
                sys.stderr.buffer.write(event.output.data)
                sys.stderr.buffer.flush()
                request.stderr_offset = event.output.offset + len(event.output.data)
            elif kind == "exited":
                sys.exit(128 + event.exited.signaled.signal if event.exited.HasField("signaled") else event.exited.code)
            elif kind == "not_run":
                sys.exit(event.not_run.reason)
    except grpc.RpcError as error:
        if error.code() != grpc.StatusCode.UNAVAILABLE:
            raise
        time.sleep(0.05)
