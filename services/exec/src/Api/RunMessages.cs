using Google.Protobuf.WellKnownTypes;
using PvExec.Exec.Core.Runs;
using PvExec.Exec.Core.Scopes;
using PvExec.Exec.Engine;
using PvExec.Hosting.Faults;
using PvExec.Kernel;
using V1 = PvExec.Api.V1;

namespace PvExec.Exec.Api;

/// <summary>A run in the words of <c>pvexec.v1</c>.</summary>
internal static class RunMessages
{
    /// <summary>A list of ten thousand runs that wait has to fit into a message.</summary>
    private const int MostWaitsFor = 3;

    public static V1.Run ToApi(Run run)
    {
        var message = new V1.Run
        {
            Id = run.Id.Value,
            TaskName = run.Task,
            State = V1.RunState.Running,
            Requested = Timestamp.FromDateTimeOffset(run.Requested),
            InputScopes = { run.Scopes.Reads },
            OutputScopes = { run.Scopes.Writes },
            StdoutBytes = (ulong)run.Output.Standard.Length,
            StderrBytes = (ulong)run.Output.Error.Length,
            Started = run.Start is { } start ? ToApi(start) : null,
        };
        if (run.Completion.IsCompleted)
        {
            if (run.Completion.Result.TryGet(out RunResult? result, out Fault? fault))
            {
                message.State = V1.RunState.Ended;
                message.Exited = ToApi(run, result);
            }
            else
            {
                message.State = V1.RunState.NotRun;
                message.NotRun = ToApi(fault);
            }
        }
        else
        {
            message.State = run.State switch
            {
                RunState.Waiting => V1.RunState.Waiting,
                RunState.Finishing => V1.RunState.Finishing,
                _ => V1.RunState.Running,
            };
        }

        return message;
    }

    /// <summary>With the first of those it waits for.</summary>
    public static V1.Run ToApi(Run run, RunEngine engine)
    {
        V1.Run message = ToApi(run);
        if (message.State == V1.RunState.Waiting)
        {
            message.WaitsFor.AddRange(WaitsFor(engine.WaitsFor(run, MostWaitsFor)));
        }

        return message;
    }

    public static V1.Started ToApi(RunStart start) => new() { Pid = start.Pid, Started_ = Timestamp.FromDateTimeOffset(start.Started) };

    public static V1.NotRun ToApi(Fault fault) => new() { Status = (int)FaultStatus.Code(fault.Kind), Reason = fault.Detail };

    public static V1.Exited ToApi(Run run, RunResult result)
    {
        var exited = new V1.Exited
        {
            Ended = Timestamp.FromDateTimeOffset(result.Ended),
            UserTime = Duration.FromTimeSpan(result.UserTime),
            SystemTime = Duration.FromTimeSpan(result.SystemTime),
            MaxResidentBytes = (ulong)result.MaxResidentBytes,
            StdoutBytes = (ulong)run.Output.Standard.Length,
            StderrBytes = (ulong)run.Output.Error.Length,
            OutputLeftOpen = result.OutputLeftOpen,
            TimedOut = result.TimedOut,
            OomKilled = result.OomKilled,
            Finish = result.Finish is { } finish ? ToApi(finish) : null,
        };
        if (result.Status.Signal is not null)
        {
            exited.Signaled = Signaled(result.Status);
        }
        else
        {
            exited.Code = result.Status.Code.GetValueOrDefault();
        }

        return exited;
    }

    /// <summary>The processes have ended; <c>finish</c> runs.</summary>
    public static V1.Finishing ToFinishing(RunResult result)
    {
        var finishing = new V1.Finishing { Ended = Timestamp.FromDateTimeOffset(result.Ended), TimedOut = result.TimedOut, OomKilled = result.OomKilled };
        if (result.Status.Signal is not null)
        {
            finishing.Signaled = Signaled(result.Status);
        }
        else
        {
            finishing.Code = result.Status.Code.GetValueOrDefault();
        }

        return finishing;
    }

    private static V1.FinishEnd ToApi(FinishEnd finish)
    {
        var end = new V1.FinishEnd { TimedOut = finish.TimedOut };
        if (finish.Status is not { } status)
        {
            end.NotStarted = finish.NotStarted;
        }
        else if (status.Signal is not null)
        {
            end.Signaled = Signaled(status);
        }
        else
        {
            end.Code = status.Code.GetValueOrDefault();
        }

        return end;
    }

    private static V1.Signaled Signaled(ExitStatus status) => new() { Signal = status.Signal.GetValueOrDefault(), CoreDumped = status.CoreDumped };

    /// <summary>Whom a run or another holder of scopes waits for.</summary>
    public static IEnumerable<V1.ScopeUser> WaitsFor(IEnumerable<ScopeBlocker> blockers) => blockers.Select(blocker =>
    {
        ScopeMeeting? meeting = blocker.Meeting;
        return new V1.ScopeUser
        {
            Scope = blocker.Where,
            Holder = blocker.Holder,
            Reason = blocker.Reason,
            Holds = blocker.Holds,
            Writes = blocker.Writes,
            Since = Timestamp.FromDateTimeOffset(blocker.Since),
            IsMaxConcurrent = blocker.IsLimit,
            Wanted = meeting is { } wants && wants.Wanted != blocker.Where ? wants.Wanted : "",
            Used = meeting is { } uses && uses.Used != blocker.Where ? uses.Used : "",
        };
    });
}
