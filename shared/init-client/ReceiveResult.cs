namespace PvExec.InitClient;

/// <summary>What a receive brought.</summary>
public enum ReceiveResult
{
    /// <summary>No packet is waiting, or the receive failed.</summary>
    Nothing,

    Message,

    /// <summary>A message whose descriptors this process had no room for; only its correlation means anything.</summary>
    DescriptorsLost,

    /// <summary>A packet that is no message.</summary>
    Malformed,

    /// <summary>The other end has closed.</summary>
    Ended,
}
