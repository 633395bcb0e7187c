"""Prints how many runs can be asked for."""
import grpc

import tasks_pb2
import tasks_pb2_grpc

with grpc.insecure_channel("127.0.0.1:50000") as channel:
    print(len(tasks_pb2_grpc.TasksStub(channel).ListRuns(tasks_pb2.ListRunsRequest(), timeout=60).runs))
