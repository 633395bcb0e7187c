namespace PvExec.Bus.Transport;

/// <summary>What became of an attempt to hand a connection to NetMQ.</summary>
internal enum AttachResult
{
    /// <summary>NetMQ has it, and closes it.</summary>
    Attached,

    /// <summary>It may not be handed over yet.</summary>
    NotYet,

    /// <summary>The socket's thread has ended, or we stop: the connection was closed.</summary>
    Closed,
}
