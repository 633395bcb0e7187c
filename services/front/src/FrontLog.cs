using Microsoft.Extensions.Logging;

namespace PvExec.Front;

/// <summary>Every log line of pv-front; IDs 2000 to 2999.</summary>
internal static partial class FrontLog
{
    [LoggerMessage(2000, LogLevel.Warning, "{Program} did not serve {Path}: {Reason}")]
    public static partial void ServiceUnavailable(ILogger log, string program, string path, string reason);

    [LoggerMessage(2001, LogLevel.Error, "a connection or an action has ended by an error of the front's own")]
    public static partial void Unexpected(ILogger log, Exception error);
}
