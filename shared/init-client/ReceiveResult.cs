namespace PvExec.InitClient;

/// <summary>What a receive brought.</summary>
public enum ReceiveResult
{
    /// <summary>No packet is waiting, or the receive failed.</summary>
    Nothing,

    Message,

    /// <summary>A packet that is no message.</summary>
    Malformed,

    /// <summary>The other end has closed.</summary>
    Ended,
}
