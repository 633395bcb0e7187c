using Microsoft.Extensions.Logging;
using NetMQ;

namespace PvExec.Bus.Transport;

/// <summary>Where connections go: a NetMQ socket, and the poller whose thread owns it.</summary>
internal sealed class Attachment(NetMQSocket socket, string endpoint, NetMQPoller poller, UnixTransportOptions options, ILogger log)
{
    /// <summary>What one connection may send.</summary>
    public ZmtpLimits Limits { get; } = options.LimitsOf(socket);

    /// <summary>The path, for logs.</summary>
    public string Endpoint { get; } = endpoint;

    /// <summary>Queues work for the owner thread; when that has ended, nothing happens.</summary>
    public void Post(Action action) => poller.RunOnOwner(action, static () => { });

    /// <summary>
    /// Hands the connection to NetMQ on the owner thread. Either the owner thread or a stop gets it, whichever is first:
    /// closing what is being attached would end the process, and waiting for a thread that no longer runs would be for
    /// ever.
    /// </summary>
    /// <param name="mayAttach">Asked on the owner thread.</param>
    /// <param name="attached">Told on the owner thread, right after.</param>
    public async Task<AttachResult> AttachAsync(
        EngineSocket engine,
        ConnectionGuard guard,
        Func<bool> mayAttach,
        Action attached,
        CancellationToken cancellationToken)
    {
        int taken = 0;
        var result = new TaskCompletionSource<AttachResult>(TaskCreationOptions.RunContinuationsAsynchronously);
        bool Take() => Interlocked.Exchange(ref taken, 1) == 0;
        void Close()
        {
            if (Take())
            {
                engine.Dispose();
                result.SetResult(AttachResult.Closed);
            }
        }

        poller.RunOnOwner(
            () =>
            {
                if (Take())
                {
                    result.SetResult(Attach(engine, guard, mayAttach, attached));
                }
            },
            Close);
        await using CancellationTokenRegistration stop = cancellationToken.Register(Close);
        return await result.Task;
    }

    private AttachResult Attach(EngineSocket engine, ConnectionGuard guard, Func<bool> mayAttach, Action attached)
    {
        try
        {
            if (!mayAttach())
            {
                return AttachResult.NotYet;
            }

            NetMQInternals.Attach(socket, engine, Endpoint, guard);
        }
        catch (Exception e)
        {
            // NetMQ's context has been terminated under us, say.
            BusLog.OwnerFailed(log, e, Endpoint);
            engine.Dispose();
            return AttachResult.Closed;
        }

        Tell(attached);
        return AttachResult.Attached;
    }

    // Whoever is told may fail; the connection is NetMQ's already.
    private void Tell(Action attached)
    {
        try
        {
            attached();
        }
        catch (Exception e)
        {
            BusLog.OwnerFailed(log, e, Endpoint);
        }
    }
}
