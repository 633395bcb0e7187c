using NetMQ;

namespace PvExec.Bus.Transport;

/// <summary>Work for the thread that owns a socket set.</summary>
internal static class OwnerThread
{
    /// <summary>Runs <paramref name="action"/> on the poller's thread; <paramref name="refused"/> at once when the poller has ended.</summary>
    public static void RunOnOwner(this NetMQPoller poller, Action action, Action refused)
    {
        try
        {
            poller.Run(action);
        }
        catch (ObjectDisposedException)
        {
            refused();
        }
    }
}
