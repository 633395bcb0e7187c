using System.Runtime.CompilerServices;
using Grpc.Core;
using PvExec.Kernel;
using V1 = PvExec.Api.V1;

namespace PvExec.Exec.Succession;

/// <content>The streams that watch scopes and hold them.</content>
public sealed partial class NextInstance
{
    /// <summary>Names the hold that a stream of the instance before comes for.</summary>
    public const string HoldIdHeader = "pv-hold-id";

    /// <summary>A new instance keeps a hold for some seconds: so long it is worth asking.</summary>
    private const int HoldAttempts = 8;

    /// <summary>What happens to the scopes, all that are in use first, and again whenever the instance is another one.</summary>
    /// <exception cref="RpcException">It refuses, or it stays away.</exception>
    public async IAsyncEnumerable<V1.ScopesChanged> FollowScopesAsync(
        V1.WatchScopesRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (int failures = 0; ; await Task.Delay(s_pause.After(++failures), _time, cancellationToken))
        {
            using AsyncServerStreamingCall<V1.ScopesChanged> call = _tasks.WatchScopes(request, cancellationToken: cancellationToken);
            while (await TryMoveNextAsync(call.ResponseStream, failures + 1 >= MaxAttempts, cancellationToken))
            {
                failures = 0;
                yield return call.ResponseStream.Current;
            }
        }
    }

    /// <summary>What happens to a hold of this instance there, as long as it is there; the hold ends with the enumeration.</summary>
    /// <param name="request">As it was made here.</param>
    /// <exception cref="RpcException">It has ended, as that says: NOT_FOUND when it is not known there.</exception>
    public async IAsyncEnumerable<V1.HoldScopesEvent> FollowHoldAsync(
        V1.HoldScopesRequest request, string id, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // Once there has been an answer, the hold is bound to the stream: when that breaks, the hold is over.
        bool isBound = false;
        for (int failures = 0; !isBound; await Task.Delay(s_pause.After(failures), _time, cancellationToken))
        {
            using AsyncServerStreamingCall<V1.HoldScopesEvent> call = _tasks.HoldScopes(
                request, new Metadata { { HoldIdHeader, id } }, cancellationToken: cancellationToken);
            failures++;
            while (await TryMoveNextAsync(call, isBound || failures >= HoldAttempts, cancellationToken))
            {
                isBound = true;
                yield return call.ResponseStream.Current;
            }
        }
    }

    /// <returns>False when the instance is not there and may be asked again.</returns>
    private static async Task<bool> TryMoveNextAsync(
        AsyncServerStreamingCall<V1.HoldScopesEvent> call, bool isLastAttempt, CancellationToken cancellationToken)
    {
        try
        {
            return await call.ResponseStream.MoveNext(cancellationToken);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            // So the channel tells two statuses, and one of them is what a hold's time ends with.
            Status status = call.GetStatus();
            return status.StatusCode == StatusCode.Cancelled && !isLastAttempt ? false : throw new RpcException(new Status(status.StatusCode, status.Detail, e));
        }
        catch (RpcException e) when (!isLastAttempt && IsAway(e, cancellationToken))
        {
            return false;
        }
    }

    /// <summary>Ends a hold of this instance there.</summary>
    public async Task EndHoldAsync(V1.HoldScopesRequest request, string id)
    {
        try
        {
            await foreach (V1.HoldScopesEvent _ in FollowHoldAsync(request, id, CancellationToken.None))
            {
                return;
            }
        }
        catch (Exception e) when (e is RpcException or OperationCanceledException)
        {
            // It has ended already.
            return;
        }
    }
}
