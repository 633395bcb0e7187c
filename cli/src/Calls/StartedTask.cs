using Google.Protobuf;
using Grpc.Core;
using PvExec.Api.V1;
using PvExec.Cli.Core;
using PvExec.Cli.Output;

namespace PvExec.Cli.Calls;

/// <summary><c>exec</c> without waiting: comes back when the run is accepted; it goes on without this program.</summary>
internal sealed class StartedTask(Api.V1.Tasks.TasksClient tasks, ExecWords words, Surroundings surroundings)
{
    private const int MaxInputBytes = DaemonCall.MaxMessageBytes;

    public async Task<Ended> RunAsync(CancellationToken interrupted)
    {
        RunTaskRequest request = RunRequests.New(words, OnDisconnect.GoOn);
        if (words.Input)
        {
            var input = new StandardInput(surroundings.Input);
            input.Start();
            (ByteString data, bool isAll) = await input.CollectAsync(MaxInputBytes, interrupted);
            interrupted.ThrowIfCancellationRequested();
            if (!isAll || data.Length > MaxInputBytes)
            {
                return Ended.Usage("standard input is larger than 10 MiB, the most that a task is given without waiting: give -w, which streams it, or put it into a file of the worktree");
            }

            request.Input = data;
        }

        string runId = await AcceptedAsync(request, interrupted);
        if (words.Json)
        {
            ExecPrinter.Print(new StartedRow(runId, words.Task), surroundings.Out);
        }
        else if (words.Verbose)
        {
            surroundings.Error.WriteLine($"{CommandLine.Program}: run {runId}");
        }

        return Ended.Well;
    }

    private async Task<string> AcceptedAsync(RunTaskRequest request, CancellationToken cancellationToken)
    {
        var reconnection = new Reconnection(surroundings.Clock, surroundings.Patience);
        while (true)
        {
            RpcException failure;
            try
            {
                await foreach (RunEvent told in new RequestedRun(tasks, request).OpenAsync(new RunPosition(), cancellationToken))
                {
                    if (told.EventCase == RunEvent.EventOneofCase.Accepted)
                    {
                        return told.Accepted.RunId;
                    }
                }

                failure = new RpcException(new Status(StatusCode.Unavailable, "the daemon ended the call without an answer"));
            }
            catch (RpcException e) when (!cancellationToken.IsCancellationRequested && Reconnection.IsBreak(e, isAccepted: false))
            {
                failure = e;
            }

            if (!await reconnection.PauseAsync(cancellationToken))
            {
                throw failure;
            }
        }
    }
}
