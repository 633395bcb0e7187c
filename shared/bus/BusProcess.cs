using NetMQ;

namespace PvExec.Bus;

/// <summary>What a program with bus sockets does at its end.</summary>
public static class BusProcess
{
    /// <summary>
    /// Ends NetMQ's threads without waiting for messages that nobody reads. Call it after everything of the bus is
    /// disposed. Not calling it is no harm either: they are background threads.
    /// </summary>
    public static void Cleanup() => NetMQConfig.Cleanup(block: false);
}
