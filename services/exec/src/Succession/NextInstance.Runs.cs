using System.Runtime.CompilerServices;
using Grpc.Core;
using V1 = PvExec.Api.V1;

namespace PvExec.Exec.Succession;

/// <content>The streams that watch runs.</content>
public sealed partial class NextInstance
{
    /// <summary>The runs there, and as they change; all of them again whenever the instance is another one.</summary>
    /// <exception cref="RpcException">It refuses, or it stays away.</exception>
    public async IAsyncEnumerable<V1.RunsChanged> FollowRunsAsync(V1.WatchRunsRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (int failures = 0; ; await Task.Delay(s_pause.After(++failures), _time, cancellationToken))
        {
            using AsyncServerStreamingCall<V1.RunsChanged> call = _tasks.WatchRuns(request, cancellationToken: cancellationToken);
            while (await TryMoveNextAsync(call.ResponseStream, failures + 1 >= MaxAttempts, cancellationToken))
            {
                failures = 0;
                yield return call.ResponseStream.Current;
            }
        }
    }
}
