using Google.Protobuf;
using Grpc.Core;
using PvExec.Api.V1;
using PvExec.Cli.Core;
using PvExec.Cli.Output;

namespace PvExec.Cli.Calls;

/// <summary><c>exec</c> without waiting: comes back when the run is accepted; it goes on without this program.</summary>
internal sealed class StartedTask(Api.V1.Tasks.TasksClient tasks, ExecWords words, Surroundings surroundings)
{
    public async Task<Ended> RunAsync(CancellationToken interrupted)
    {
        RunTaskRequest request = RunRequests.New(words, OnDisconnect.GoOn);
        if (words.Input)
        {
            var input = new StandardInput(surroundings.Input);
            input.Start();
            int most = RunRequests.RoomForInput(request);
            (IReadOnlyList<ByteString> pieces, bool isAll) = await input.CollectAsync(most, interrupted);
            interrupted.ThrowIfCancellationRequested();
            if (!isAll)
            {
                return Ended.Usage($"standard input is larger than {most} bytes, the most that a task is given without waiting, its variables and that being 10 MiB in all: give -w, which streams it, or put it into a file of the worktree");
            }

            request.Input = StandardInput.Join(pieces);
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
