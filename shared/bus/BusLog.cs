using Microsoft.Extensions.Logging;

namespace PvExec.Bus;

/// <summary>Every log line of the bus; IDs 7000 to 7999.</summary>
internal static partial class BusLog
{
    [LoggerMessage(7000, LogLevel.Warning, "Bus {Endpoint}: refused process {Pid} of user {Uid}: {Reason}")]
    public static partial void Refused(ILogger log, string endpoint, int pid, uint uid, string reason);

    [LoggerMessage(7001, LogLevel.Warning, "Bus {Endpoint}: disconnected process {Pid} of user {Uid}: {Reason}")]
    public static partial void Disconnected(ILogger log, string endpoint, int pid, uint uid, string reason);

    [LoggerMessage(7004, LogLevel.Warning, "Bus {Endpoint}: accepting a connection failed: {Error}")]
    public static partial void AcceptFailed(ILogger log, string endpoint, string error);

    [LoggerMessage(7005, LogLevel.Information, "Bus {Endpoint}: not reachable yet ({Error}), trying again")]
    public static partial void Unreachable(ILogger log, string endpoint, string error);

    [LoggerMessage(7006, LogLevel.Error, "Bus {Endpoint}: process {Pid} of user {Uid} listens there and is not of our user: not connecting")]
    public static partial void WrongServer(ILogger log, string endpoint, int pid, uint uid);

    [LoggerMessage(7007, LogLevel.Error, "Bus {Endpoint}: a connection was closed, since the check of its peer failed")]
    public static partial void CheckFailed(ILogger log, Exception error, string endpoint);

    [LoggerMessage(7008, LogLevel.Error, "Bus {Endpoint}: a connection failed unexpectedly")]
    public static partial void ConnectionFailed(ILogger log, Exception error, string endpoint);

    [LoggerMessage(7010, LogLevel.Warning, "Bus {Server}: a message that cannot be read was dropped: {Detail}")]
    public static partial void Unreadable(ILogger log, string server, string detail);

    [LoggerMessage(7011, LogLevel.Error, "Bus {Server}: the handler of {Kind} failed unexpectedly")]
    public static partial void HandlerFailed(ILogger log, Exception error, string server, string kind);

    [LoggerMessage(7012, LogLevel.Error, "Bus {Owner}: work on the owner thread failed unexpectedly")]
    public static partial void OwnerFailed(ILogger log, Exception error, string owner);

    [LoggerMessage(7020, LogLevel.Warning, "Bus {Publisher}: {Dropped} events were dropped, the queue of {Capacity} was full")]
    public static partial void EventsDropped(ILogger log, string publisher, ulong dropped, int capacity);

    [LoggerMessage(7021, LogLevel.Error, "Bus {Publisher}: an event '{Kind}' of {Bytes} bytes was dropped, {MaxBytes} is the most")]
    public static partial void EventTooLarge(ILogger log, string publisher, string kind, int bytes, long maxBytes);
}
