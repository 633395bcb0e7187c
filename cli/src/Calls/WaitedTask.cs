using Google.Protobuf;
using Grpc.Core;
using PvExec.Api.V1;
using PvExec.Cli.Core;
using PvExec.Cli.Output;

namespace PvExec.Cli.Calls;

/// <summary><c>exec -w</c>: the output is passed on as it comes, a signal cancels the run, and its end is this program's.</summary>
internal sealed class WaitedTask(Api.V1.Tasks.TasksClient tasks, ExecWords words, Surroundings surroundings)
{
    /// <summary>The most that is sent with the start, and less beside large variables.</summary>
    private const int MaxWholeInput = 8 * 1024 * 1024;

    public async Task<Ended> RunAsync(ICallerSignals signals)
    {
        if (words.Terminal && !surroundings.Terminal.IsInput)
        {
            return Ended.Usage("-t needs a terminal on standard input: leave it out, or use ssh -t, docker exec -it or script(1) around this command");
        }

        var notices = new RunNotices(surroundings.Error, words.Verbose || surroundings.Terminal.IsError, surroundings.Clock);
        using var witness = new TaskWitness(notices, words, surroundings);
        (IRunSource source, TaskInput? input) = await SourceAsync(signals, witness);
        var collected = words.Json ? new CollectedOutput() : null;
        var live = new LiveOutput(surroundings);
        var follower = new RunFollower(source, collected ?? (IRunOutput)live, witness, new Reconnection(surroundings.Clock, surroundings.Patience));
        var steering = new RunSteering(tasks, witness, input, surroundings);
        try
        {
            // Before it has written anything its reader does not matter: a task is run also behind "| true".
            return await UnreadOutput.EndsAsync(surroundings, live.HasBegun, ToEndAsync, CancellationToken.None);
        }
        catch (TerminalLostException e)
        {
            return Ended.System($"'{words.Task}' cannot have the terminal: {e.Message}");
        }
        catch (IOException e) when (!UnreadOutput.Is(e))
        {
            return Ended.System($"cannot write the output of '{words.Task}': {UnreadOutput.Why(e)}");
        }
        catch (RpcException e) when (witness.RunId is { } runId && e.StatusCode is StatusCode.Unavailable or StatusCode.Internal or StatusCode.Unknown)
        {
            throw new RpcException(new Status(StatusCode.Unavailable, $"run {runId} of '{words.Task}' may still run, but the daemon stayed away ({e.Status.Detail})"));
        }
        finally
        {
            witness.Dispose();
            notices.TellMissing();
        }

        async Task<Ended> ToEndAsync(CancellationToken unread)
        {
            (RunEvent? end, CallerSignal? signal) = await steering.UntilEndAsync(follower.ToEndAsync, signals, unread);
            witness.Dispose();
            return new TaskEnd(words, witness, collected, surroundings).Tell(end, signal, steering.Left);
        }
    }

    /// <summary>Input that ends soon goes with the start, where a restart of the daemon cannot come in between; other input is sent as it comes.</summary>
    private async Task<(IRunSource Source, TaskInput? Input)> SourceAsync(ICallerSignals signals, TaskWitness witness)
    {
        RunTaskRequest request = RunRequests.New(words, words.Terminal ? OnDisconnect.Cancel : OnDisconnect.CancelWaiting);
        if (!words.Input)
        {
            return (new RequestedRun(tasks, request), null);
        }

        var read = new StandardInput(surroundings.Input);
        IReadOnlyList<ByteString> first = [];
        bool isTyped = surroundings.Terminal.IsInput;
        if (!isTyped)
        {
            read.Start();
            using var time = new CancellationTokenSource(surroundings.InputPatience, surroundings.Clock);
            (first, bool isAll) = await read.CollectAsync(Math.Min(MaxWholeInput, RunRequests.RoomForInput(request)), time.Token);
            if (isAll)
            {
                request.Input = StandardInput.Join(first);
                return (new RequestedRun(tasks, request), null);
            }
        }

        var input = new TaskInput(first, read, isTyped && words.Terminal ? surroundings.Terminal : null);
        var start = new InteractiveStart { Run = request };
        if (words.Terminal)
        {
            start.Terminal = new Api.V1.Terminal { Type = surroundings.Variable("TERM") ?? "", Size = input.Size() };
            // Until then Ctrl-C is this program's, and what is typed waits.
            witness.OnStarted = () => input.Start(readsNow: true);
        }
        else
        {
            input.Start(readsNow: isTyped);
        }

        return (new InteractiveRun(tasks, start, input.Requests), input);
    }
}
