namespace PvExec.Front;

/// <summary>How much the front takes, and how long it waits. There is no limit on bodies, and no time of its own for a call.</summary>
internal sealed record FrontLimits
{
    public static readonly FrontLimits Default = new();

    /// <summary>What may be under way from a caller before it was passed on, in one call. Enough for a fast link of a millisecond.</summary>
    public int CallerStreamWindowBytes { get; init; } = 1024 * 1024;

    /// <summary>The same for all calls of a connection together.</summary>
    public int CallerWindowBytes { get; init; } = 4 * 1024 * 1024;

    /// <summary>How many calls a connection may have at once; clients hold back what is beyond that, or connect once more. It bounds what one connection may have here.</summary>
    public int CallerStreams { get; init; } = 4096;

    /// <summary>What a call may have here of its answer while its caller does not read. The service is on this machine: more makes nothing faster.</summary>
    public int ServiceStreamWindowBytes { get; init; } = 256 * 1024;

    /// <summary>Never waited for: what comes is taken at once, so that a call whose caller does not read stops no other.</summary>
    public int ServiceWindowBytes { get; init; } = 4 * 1024 * 1024;

    /// <summary>A call's header, counted as SETTINGS_MAX_HEADER_LIST_SIZE is. The services take as much; beyond twice that they break the connection, with all its calls.</summary>
    public int RequestHeaderBytes { get; init; } = 32 * 1024;

    /// <summary>An answer's header, or its trailers.</summary>
    public int AnswerHeaderBytes { get; init; } = 128 * 1024;

    /// <summary>How much of a call's body is kept to be repeated: the contract's largest message, its framing, and a message or two before it.</summary>
    public int KeptBytesPerCall { get; init; } = (10 * 1024 * 1024) + (64 * 1024);

    /// <summary>How much of all bodies together.</summary>
    public long KeptBytes { get; init; } = 64 * 1024 * 1024;

    /// <summary>How many calls a connection may have broken off at once.</summary>
    public ulong ResetBurst { get; init; } = 20_000;

    /// <summary>And beyond that, each second. One that does so faster is told to calm down, and closed.</summary>
    public ulong ResetsPerSecond { get; init; } = 2_000;

    /// <summary>How many frames may wait for a caller that does not read before nothing more is read from it.</summary>
    public int WaitingFrames { get; init; } = 1_000;

    /// <summary>Descriptors that connections of callers leave to everything else.</summary>
    public int SpareDescriptors { get; init; } = 64;

    /// <summary>How long a caller's connection may be silent before it is asked whether it is still there.</summary>
    public TimeSpan PingDelay { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long it may take to answer that.</summary>
    public TimeSpan PingTimeout { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>How long a client that was told to go may take to close its connection, where another instance goes on.</summary>
    public TimeSpan Linger { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The same at a stop: clients that have had all their answers and do not look are not waited for.</summary>
    public TimeSpan LingerOfStop { get; init; } = TimeSpan.FromMilliseconds(250);
}
