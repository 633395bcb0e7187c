using System.Collections.Concurrent;
using System.Threading.Channels;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using PvExec.Api.V1;

namespace PvExec.Cli.Tests.Rig;

/// <summary>The daemon's tasks. Unless a test says what happens, a task's name does.</summary>
internal sealed partial class FakeTasks(Received received) : PvExec.Api.V1.Tasks.TasksBase
{
    /// <summary>No text: a NUL, and bytes that are not UTF-8.</summary>
    public static readonly byte[] Output = [0, 0xff, 0xfe, 10];

    private static readonly Timestamp s_early = Timestamp.FromDateTimeOffset(DateTimeOffset.UnixEpoch);
    private static readonly Timestamp s_late = Told.Time;

    private readonly Channel<string> _cancelled = Channel.CreateUnbounded<string>();

    /// <summary>Tells events of a run that is asked for, one call after the other.</summary>
    public delegate Task Telling(RunTaskRequest request, Func<RunEvent, Task> tell, CancellationToken gone);

    public Telling? OnRun { get; set; }

    public Func<AttachRequest, Func<RunEvent, Task>, CancellationToken, Task>? OnAttach { get; set; }

    public Func<IAsyncStreamReader<InteractiveRequest>, Func<RunEvent, Task>, CancellationToken, Task>? OnInteractive { get; set; }

    public Func<Func<RunsChanged, Task>, CancellationToken, Task>? OnWatch { get; set; }

    public ConcurrentQueue<RunTaskRequest> Asked { get; } = [];

    public ConcurrentQueue<AttachRequest> Attached { get; } = [];

    /// <summary>The ids of runs to be cancelled, as they come.</summary>
    public ChannelReader<string> Cancelled => _cancelled.Reader;

    public ConcurrentQueue<CancelRequest> Cancels { get; } = [];

    public override Task Run(RunTaskRequest request, IServerStreamWriter<RunEvent> responseStream, ServerCallContext context)
    {
        received.Last = request;
        Asked.Enqueue(request);
        return (OnRun ?? ByNameAsync)(request, responseStream.WriteAsync, context.CancellationToken);
    }

    public override Task RunInteractive(IAsyncStreamReader<InteractiveRequest> requestStream, IServerStreamWriter<RunEvent> responseStream, ServerCallContext context) =>
        OnInteractive!(requestStream, responseStream.WriteAsync, context.CancellationToken);

    public override Task Attach(AttachRequest request, IServerStreamWriter<RunEvent> responseStream, ServerCallContext context)
    {
        Attached.Enqueue(request);
        return OnAttach!(request, responseStream.WriteAsync, context.CancellationToken);
    }

    public override Task<Run> Cancel(CancelRequest request, ServerCallContext context)
    {
        received.Last = request;
        Cancels.Enqueue(request);
        _cancelled.Writer.TryWrite(request.RunId);
        return Task.FromResult(New(request.RunId, RunState.Running, _ => { }));
    }

    public override Task<Run> Signal(SignalRequest request, ServerCallContext context)
    {
        received.Last = request;
        return request.RunId == "R1"
            ? throw new RpcException(new Status(StatusCode.FailedPrecondition, "run R1 has ended"))
            : Task.FromResult(New(request.RunId, RunState.Running, _ => { }));
    }

    public override Task<Run> GetRun(GetRunRequest request, ServerCallContext context) => Task.FromResult(
        All().FirstOrDefault(run => run.Id == request.RunId) ?? throw new RpcException(new Status(StatusCode.NotFound, $"there is no run {request.RunId}")));

    public override Task WatchRuns(WatchRunsRequest request, IServerStreamWriter<RunsChanged> responseStream, ServerCallContext context)
    {
        received.Last = request;
        return OnWatch!(responseStream.WriteAsync, context.CancellationToken);
    }

    public override Task<ListRunsResponse> ListRuns(ListRunsRequest request, ServerCallContext context)
    {
        received.Last = request;
        return Task.FromResult(new ListRunsResponse { Runs = { All() } });
    }

    public static Run New(string id, RunState state, Action<Run> more)
    {
        var run = new Run { Id = id, TaskName = "common/build", State = state, Requested = s_early };
        more(run);
        return run;
    }

    private static Run[] All() =>
    [
        New("R1", RunState.Ended, run =>
        {
            run.Started = new Started { Pid = 6, Started_ = s_early };
            run.Exited = new Exited { Code = 0, Ended = s_late };
            run.StdoutBytes = 3;
        }),
        New("R2", RunState.Ended, run => run.Exited = new Exited { Signaled = new Signaled { Signal = 9 }, Ended = s_late, TimedOut = true, Finish = new FinishEnd { Code = 3 } }),
        New("R3", RunState.NotRun, run => run.NotRun = new NotRun { Status = 9, Reason = "cannot\u001b be started" }),
        New("R4", RunState.Running, run =>
        {
            run.Started = new Started { Pid = 7, Started_ = s_late };
            run.StdoutBytes = 3;
        }),
        New("R5", RunState.Waiting, run => run.WaitsFor.Add(new ScopeUser { Scope = "src", Holder = "R4", Reason = "common/build", Holds = true, Writes = true, Since = s_late })),
    ];

    private static async Task ByNameAsync(RunTaskRequest request, Func<RunEvent, Task> tell, CancellationToken gone)
    {
        switch (request.TaskName)
        {
            case "missing":
                throw new RpcException(new Status(StatusCode.NotFound, "no task 'missing' in any root"));
            case "down":
                throw new RpcException(new Status(StatusCode.Unavailable, "pv-exec is not available"));
        }

        await tell(Told.Accepted());
        await tell(Told.Started());
        switch (request.TaskName)
        {
            case "killed":
                await tell(Told.Killed(9));
                break;
            case "fails":
                await tell(Told.Err("no such file: größe\n"));
                await tell(Told.Exited(7));
                break;
            default:
                await tell(Told.Out(ByteString.CopyFrom(Output)));
                await tell(Told.Exited());
                break;
        }
    }
}
