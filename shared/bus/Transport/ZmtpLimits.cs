namespace PvExec.Bus.Transport;

/// <summary>What one connection may send.</summary>
/// <param name="FrameBytes">The largest frame.</param>
/// <param name="MessageBytes">All frames of a message together: until the last one has come, none is released.</param>
/// <param name="MessageFrames">Frames of one message.</param>
/// <param name="TakesSubscriptions">Whether what arrives are subscriptions, as at a PUB and an XPUB.</param>
internal readonly record struct ZmtpLimits(long FrameBytes, long MessageBytes, int MessageFrames, bool TakesSubscriptions)
{
    /// <summary>Commands are READY, PING and PONG; an identity of 255 bytes and some properties fit.</summary>
    public const int CommandBytes = 4096;

    /// <summary>NetMQ descends by one call for every byte of a topic, so the stack bounds it.</summary>
    public const int TopicBytes = 1024;

    /// <summary>Topics that one connection is subscribed to.</summary>
    public const int Topics = 1024;
}
