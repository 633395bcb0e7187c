using Microsoft.Extensions.Logging;

namespace PvExec.Hosting;

/// <summary>Every log line of hosting; IDs 6000 to 6999.</summary>
internal static partial class HostingLog
{
    [LoggerMessage(6000, LogLevel.Warning, "pv-init is gone: leaving")]
    public static partial void InitLost(ILogger log);

    [LoggerMessage(6002, LogLevel.Critical, "{Detail}")]
    public static partial void StopFailed(ILogger log, string detail);

    [LoggerMessage(6003, LogLevel.Critical, "leaving, to be started again and to adopt what runs")]
    public static partial void ExitDemanded(ILogger log);

    [LoggerMessage(6006, LogLevel.Error, "{What} has not answered this service for a while: unless it does within {Seconds} s the service is ended and started again")]
    public static partial void NoAnswer(ILogger log, string what, double seconds);

    [LoggerMessage(6008, LogLevel.Debug, "{What} cannot be asked for a sign of life")]
    public static partial void CannotAsk(ILogger log, Exception error, string what);

    [LoggerMessage(6009, LogLevel.Warning, "a sign of life could not be given")]
    public static partial void CannotSay(ILogger log, Exception error);

    [LoggerMessage(6007, LogLevel.Error, "pv-init had to forget {Count} exits that were not acknowledged in time: how those children ended is lost")]
    public static partial void ExitsDropped(ILogger log, long count);

    [LoggerMessage(6001, LogLevel.Error, "{Method} failed unexpectedly")]
    public static partial void UnexpectedError(ILogger log, Exception error, string method);

    [LoggerMessage(6011, LogLevel.Error, "a connection or an action has ended by an error of the service's own")]
    public static partial void UnexpectedOnLoop(ILogger log, Exception error);

    [LoggerMessage(6010, LogLevel.Warning, "{Method} got a request that is no message of its own: {Reason}")]
    public static partial void UnreadableRequest(ILogger log, string method, string reason);

    [LoggerMessage(6004, LogLevel.Information, "handed over to a new instance; the calls still open are answered from here")]
    public static partial void HandedOver(ILogger log);

    [LoggerMessage(6005, LogLevel.Error, "cannot hand over, leaving as after a crash: {Detail}")]
    public static partial void HandOverFailed(ILogger log, string detail);
}
