using Microsoft.Extensions.Logging;
using NetMQ;
using PvExec.Bus.Transport;

namespace PvExec.Bus;

/// <summary>
/// The thread that owns the NetMQ sockets of one server, client, publisher or subscriber: NetMQ sockets belong to one
/// thread, so nothing here needs a lock.
/// </summary>
internal sealed class BusOwner : IDisposable
{
    /// <summary>How much is sent or received before others have their turn on the thread: whoever floods one socket holds nothing else up.</summary>
    public const int MostPerTurn = 100;

    private readonly ILogger _log;
    private readonly string _name;

    public BusOwner(string name, ILogger log)
    {
        (_name, _log) = (name, log);
        Poller = new NetMQPoller();
    }

    public NetMQPoller Poller { get; }

    public void Start(NetMQSocket socket)
    {
        Poller.Add(socket);
        Poller.RunAsync("bus " + _name, isBackgroundThread: true);
    }

    /// <summary>Queues <paramref name="action"/> for the owner thread. After the end it does nothing.</summary>
    public void Post(Action action) => Poller.RunOnOwner(() => Guard(action), () => { });

    /// <summary>Completes when the owner thread has got round to it: it is not stuck. At once after the end.</summary>
    public Task PingAsync()
    {
        var answered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Poller.RunOnOwner(answered.SetResult, answered.SetResult);
        return answered.Task;
    }

    /// <summary>An exception that reached the poller would end the process.</summary>
    public void Guard(Action action)
    {
        // NetMQ's context would bring what follows an await in here back to this thread; once the poller has been
        // disposed that throws on a thread of the pool and ends the process.
        SynchronizationContext.SetSynchronizationContext(null);
        try
        {
            action();
        }
        catch (Exception e)
        {
            BusLog.OwnerFailed(_log, e, _name);
        }
    }

    public void Dispose() => Poller.Dispose();
}
