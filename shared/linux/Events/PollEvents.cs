namespace PvExec.Linux.Events;

/// <summary>What a descriptor is waited for, or is ready for (epoll_ctl(2)).</summary>
[Flags]
public enum PollEvents : uint
{
    None = 0,
    Readable = 1,
    Writable = 4,
    Error = 8,
    HungUp = 0x10,

    /// <summary>Told of once (EPOLLONESHOT). Only for what is waited for.</summary>
    Once = 0x4000_0000,
}
