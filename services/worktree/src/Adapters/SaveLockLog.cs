using Microsoft.Extensions.Logging;

namespace PvExec.Worktrees.Adapters;

/// <summary>The log lines of the save lock; IDs 5900 to 5909 of the service's block.</summary>
internal static partial class SaveLockLog
{
    [LoggerMessage(5900, LogLevel.Warning, "The locks of the save ({Reason}) could not be renewed: {Detail}")]
    public static partial void RenewalFailed(ILogger log, string reason, string detail);
}
