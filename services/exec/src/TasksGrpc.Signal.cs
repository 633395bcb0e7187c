using Grpc.Core;
using PvExec.Exec.Api;
using PvExec.Exec.Core.Runs;
using PvExec.Hosting.Init;
using PvExec.Kernel;
using V1 = PvExec.Api.V1;

namespace PvExec.Exec;

/// <content>Signals to the processes of a run.</content>
public sealed partial class TasksGrpc
{
    /// <summary>SIGRTMAX, signal(7).</summary>
    private const int LastSignal = 64;

    public override async Task<V1.Run> Signal(V1.SignalRequest request, ServerCallContext context)
    {
        SignalScope scope = ScopeOf(request.Signal, request.Target).Value;
        Run run = Find(request.RunId);
        if (await engine.SignalAsync(run, request.Signal, scope, next.IsThere) is { } sent)
        {
            return sent.Then<V1.Run>(_ => RunMessages.ToApi(run)).Value;
        }

        await next.IsThere.WaitAsync(context.CancellationToken);
        return await next.SignalAsync(request, context.CancellationToken);
    }

    /// <summary>Whom a signal goes to; a fault for a number that is no signal.</summary>
    internal static Outcome<SignalScope> ScopeOf(int signal, V1.SignalTarget target)
    {
        if (signal is < 1 or > LastSignal)
        {
            return new Fault(FaultKind.InvalidArgument, $"{signal} is no signal: 1 to {LastSignal}, as in signal(7)");
        }

        return target switch
        {
            V1.SignalTarget.Unspecified or V1.SignalTarget.Tree => SignalScope.Tree,
            V1.SignalTarget.Group => SignalScope.Group,
            V1.SignalTarget.Leader => SignalScope.Leader,
            _ => new Fault(FaultKind.InvalidArgument, $"target is {(int)target}: it is 0 to {(int)V1.SignalTarget.Tree}, see tasks.proto"),
        };
    }
}
