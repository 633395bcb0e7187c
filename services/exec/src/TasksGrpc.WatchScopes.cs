using Grpc.Core;
using PvExec.Exec.Api;
using PvExec.Exec.Core.Scopes;
using PvExec.Kernel;
using V1 = PvExec.Api.V1;

namespace PvExec.Exec;

/// <content>Who holds each scope, and who waits for it.</content>
public sealed partial class TasksGrpc
{
    public override async Task WatchScopes(V1.WatchScopesRequest request, IServerStreamWriter<V1.ScopesChanged> responseStream, ServerCallContext context)
    {
        ScopeName? scope = request.Scope.Length == 0 ? null : ScopeName.Parse(request.Scope).Value;
        using (ScopeWatch watch = watches.Open(scope).Value)
        {
            await TellScopesAsync(watch, responseStream, context.CancellationToken);
        }

        await foreach (V1.ScopesChanged told in next.FollowScopesAsync(request, context.CancellationToken))
        {
            await responseStream.WriteAsync(told, context.CancellationToken);
        }
    }

    /// <summary>Returns when the next instance has to be asked. The caller's pace is the pace: nothing is looked up before what came before it is written.</summary>
    private async Task TellScopesAsync(ScopeWatch watch, IServerStreamWriter<V1.ScopesChanged> responseStream, CancellationToken cancellationToken)
    {
        while (!next.IsThere.IsCompleted)
        {
            // Looked at first: whatever changed before the stop's end is told before it.
            bool isStopped = engine.Watches.Stopped.IsCompleted;
            Task changed = watch.Changed();
            if (watch.Next() is not { } news)
            {
                if (isStopped)
                {
                    throw new FaultException(new Fault(FaultKind.Unavailable, "the system is stopping: no run is left to hold any scope"));
                }

                await Task.WhenAny(changed, next.IsThere, engine.Watches.Stopped).WaitAsync(cancellationToken);
                continue;
            }

            foreach (V1.ScopesChanged message in ScopeMessages.ToApi(news, locks))
            {
                await responseStream.WriteAsync(message, cancellationToken);
            }
        }
    }
}
