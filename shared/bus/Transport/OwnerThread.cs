using NetMQ;

namespace PvExec.Bus.Transport;

/// <summary>Work for the thread that owns a socket set.</summary>
internal static class OwnerThread
{
    /// <summary>Queues <paramref name="action"/> for the poller's thread; <paramref name="refused"/> at once when the poller has ended.</summary>
    /// <remarks>Not <c>NetMQPoller.Run</c>: once the poller has ended that runs the action on the caller's thread.</remarks>
    public static void RunOnOwner(this NetMQPoller poller, Action action, Action refused)
    {
        try
        {
            new Task(action).Start(poller);
        }
        catch (TaskSchedulerException)
        {
            refused();
        }
    }
}
