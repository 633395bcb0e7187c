using System.Diagnostics;
using Grpc.Core;

namespace PvExec.Bench.Restarts;

/// <summary>Callers that call all services in turn, without a pause, each over a connection of its own.</summary>
internal sealed class Load : IDisposable
{
    /// <summary>Much longer than any restart: a call without an answer by then counts as failed.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>After a failure, so that one that comes at once is not counted a thousand times.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);

    private readonly CancellationTokenSource _enough = new();
    private readonly List<Task<List<CallRecord>>> _callers;

    public Load(int port, int callers) => _callers = [.. Enumerable.Range(0, callers).Select(number => Task.Run(() => CallAsync(port, number)))];

    /// <summary>Lets every caller end its call.</summary>
    /// <returns>All calls that were made.</returns>
    public async Task<IReadOnlyList<CallRecord>> StopAsync()
    {
        await _enough.CancelAsync();
        return [.. (await Task.WhenAll(_callers)).SelectMany(calls => calls)];
    }

    public void Dispose() => _enough.Dispose();

    private async Task<List<CallRecord>> CallAsync(int port, int first)
    {
        using var front = new Front(port);
        var calls = new List<CallRecord>();
        for (int next = first; !_enough.IsCancellationRequested; next++)
        {
            CallKind kind = CallKind.All[next % CallKind.All.Count];
            long sent = Stopwatch.GetTimestamp();
            Status status = await MakeAsync(kind, front);
            var call = new CallRecord(kind, sent, Stopwatch.GetTimestamp(), status.StatusCode, status.Detail);
            calls.Add(call);
            if (call.Failed)
            {
                await Task.Delay(Pause);
            }
        }

        return calls;
    }

    private static async Task<Status> MakeAsync(CallKind kind, Front front)
    {
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            await kind.MakeAsync(front, patience.Token);
            return Status.DefaultSuccess;
        }
        catch (RpcException e)
        {
            return e.Status;
        }
    }
}
