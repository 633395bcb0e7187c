using PvExec.Http2.Serving;

namespace PvExec.Front;

/// <summary>
/// How much the front takes, and how long it waits. There is no limit on bodies, and no time of its own for a call. The services take a call's header
/// of the same length; beyond twice that they break the connection, with all its calls.
/// </summary>
internal sealed record FrontLimits : CallerLimits
{
    public static readonly FrontLimits Default = new();

    /// <summary>What a call may have here of its answer while its caller does not read. The service is on this machine: more makes nothing faster.</summary>
    public int ServiceStreamWindowBytes { get; init; } = 256 * 1024;

    /// <summary>Never waited for: what comes is taken at once, so that a call whose caller does not read stops no other.</summary>
    public int ServiceWindowBytes { get; init; } = 4 * 1024 * 1024;

    /// <summary>How much of a call's body is kept to be repeated: the contract's largest message, its framing, and a message or two before it.</summary>
    public int KeptBytesPerCall { get; init; } = (10 * 1024 * 1024) + (64 * 1024);

    /// <summary>How much of all bodies together.</summary>
    public long KeptBytes { get; init; } = 64 * 1024 * 1024;
}
