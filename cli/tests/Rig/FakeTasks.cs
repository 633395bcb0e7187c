using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using PvExec.Api.V1;

namespace PvExec.Cli.Tests.Rig;

internal sealed class FakeTasks : PvExec.Api.V1.Tasks.TasksBase
{
    private static readonly Timestamp Early = Timestamp.FromDateTimeOffset(DateTimeOffset.UnixEpoch);
    private static readonly Timestamp Late = Timestamp.FromDateTimeOffset(DateTimeOffset.UnixEpoch.AddMinutes(1));

    public override Task<ListRunsResponse> ListRuns(ListRunsRequest request, ServerCallContext context) => Task.FromResult(new ListRunsResponse
    {
        Runs =
        {
            New("R1", RunState.Ended, run => run.Exited = new Exited { Code = 0, Ended = Late }),
            New("R2", RunState.Ended, run => run.Exited = new Exited { Signaled = new Signaled { Signal = 9 }, Ended = Late }),
            New("R3", RunState.NotRun, run => run.NotRun = new NotRun { Status = 9, Reason = "cannot\u001b be started" }),
            New("R4", RunState.Running, run => run.Started = new Started { Pid = 7, Started_ = Late }),
            New("R5", RunState.Waiting, _ => { }),
        },
    });

    private static Run New(string id, RunState state, Action<Run> more)
    {
        var run = new Run { Id = id, TaskName = "common/build", State = state, Requested = Early };
        more(run);
        return run;
    }
}
