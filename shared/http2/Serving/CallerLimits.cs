namespace PvExec.Http2.Serving;

/// <summary>How much a server takes from those who connect to it, and how long it waits for them.</summary>
internal record CallerLimits
{
    /// <summary>What may be under way from a caller before it was read, in one call. Enough for a fast link of a millisecond.</summary>
    public int CallerStreamWindowBytes { get; init; } = 1024 * 1024;

    /// <summary>The same for all calls of a connection together.</summary>
    public int CallerWindowBytes { get; init; } = 4 * 1024 * 1024;

    /// <summary>How many calls a connection may have at once; clients hold back what is beyond that, or connect once more. It bounds what one connection may have here.</summary>
    public int CallerStreams { get; init; } = 4096;

    /// <summary>A call's header, counted as SETTINGS_MAX_HEADER_LIST_SIZE is.</summary>
    public int RequestHeaderBytes { get; init; } = 32 * 1024;

    /// <summary>An answer's header, or its trailers.</summary>
    public int AnswerHeaderBytes { get; init; } = 128 * 1024;

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
