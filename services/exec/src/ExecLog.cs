using Microsoft.Extensions.Logging;
using PvExec.Exec.Core.Runs;
using PvExec.Kernel;

namespace PvExec.Exec;

/// <summary>Every log line of the service; IDs 3000 to 3999.</summary>
internal static partial class ExecLog
{
    [LoggerMessage(3000, LogLevel.Debug, "run {Run} of {Task}: waits for its locks ({Scopes})")]
    public static partial void Waits(ILogger log, RunId run, string task, string scopes);

    [LoggerMessage(3001, LogLevel.Debug, "run {Run} of {Task}: {Status}")]
    public static partial void Ended(ILogger log, RunId run, string task, ExitStatus status);

    [LoggerMessage(3002, LogLevel.Information, "run {Run} of {Task}: {Status}; {ErrorBytes} bytes on standard error, the last line: {LastLine}")]
    public static partial void EndedWithMessages(ILogger log, RunId run, string task, ExitStatus status, long errorBytes, string lastLine);

    [LoggerMessage(3003, LogLevel.Information, "run {Run} of {Task}: {Status}")]
    public static partial void EndedBadly(ILogger log, RunId run, string task, ExitStatus status);

    [LoggerMessage(3004, LogLevel.Information, "run {Run} of {Task} was withdrawn while it waited for its locks: {Reason}")]
    public static partial void Withdrawn(ILogger log, RunId run, string task, string reason);

    [LoggerMessage(3005, LogLevel.Warning, "run {Run} of {Task} could not be started: {Reason}")]
    public static partial void StartFailed(ILogger log, RunId run, string task, string reason);

    [LoggerMessage(3006, LogLevel.Information, "run {Run} of {Task}: taken up again ({Scopes})")]
    public static partial void Adopted(ILogger log, RunId run, string task, string scopes);

    [LoggerMessage(3007, LogLevel.Error, "run {Run} of {Task}, taken up again, has to wait for its locks ({Scopes}): two tasks that exclude each other ran together")]
    public static partial void AdoptedWithoutLocks(ILogger log, RunId run, string task, string scopes);

    [LoggerMessage(3008, LogLevel.Warning, "process {Pid} ({Label}) belongs to this service and its note cannot be read: it is left to run to its end")]
    public static partial void UnknownChild(ILogger log, int pid, string label);

    [LoggerMessage(3009, LogLevel.Information, "run {Run} of {Task}: a process it left behind holds its output open")]
    public static partial void OutputLeftOpen(ILogger log, RunId run, string task);

    [LoggerMessage(3010, LogLevel.Information, "stopping: {Running} runs may end by themselves for {Seconds:0.0} s, {Waiting} that wait are withdrawn")]
    public static partial void Stopping(ILogger log, int running, int waiting, double seconds);

    [LoggerMessage(3011, LogLevel.Warning, "stopping: run {Run} of {Task} gets signal {Signal}")]
    public static partial void StopSignal(ILogger log, RunId run, string task, int signal);

    [LoggerMessage(3012, LogLevel.Error, "run {Run} of {Task}: unexpected error")]
    public static partial void Broken(ILogger log, Exception error, RunId run, string task);

    [LoggerMessage(3013, LogLevel.Warning, "run {Run} of {Task}: its output could not be read to its end: {Reason}")]
    public static partial void OutputBroken(ILogger log, RunId run, string task, string reason);

    [LoggerMessage(3014, LogLevel.Warning, "run {Run} of {Task}: signal {Signal} could not be sent: {Reason}")]
    public static partial void SignalFailed(ILogger log, RunId run, string task, int signal, string reason);

    [LoggerMessage(3015, LogLevel.Debug, "run {Run} of {Task}: {Status}, found ended")]
    public static partial void FoundEnded(ILogger log, RunId run, string task, ExitStatus status);

    [LoggerMessage(3016, LogLevel.Information, "hands over to a new instance: {Runs} runs and {Claims} requests for leases wait, {Leases} leases are held, {Holds} streams hold scopes or wait")]
    public static partial void HandsOver(ILogger log, int runs, int leases, int claims, int holds);

    [LoggerMessage(3017, LogLevel.Error, "{Detail}")]
    public static partial void TableUnreadable(ILogger log, string detail);

    [LoggerMessage(3018, LogLevel.Warning, "run {Run} of {Task}: not done within its timeout of {Seconds} s, made to end: {Status}")]
    public static partial void TimedOut(ILogger log, RunId run, string task, double seconds, ExitStatus status);

    [LoggerMessage(3019, LogLevel.Error, "run {Run} of {Task}, taken up again, goes on without a part of what it had: {What}")]
    public static partial void NotTakenUp(ILogger log, RunId run, string task, string what);

    [LoggerMessage(3020, LogLevel.Warning, "run {Run} of {Task}: its filter was started and `run` was not, when this service was killed: it has not run, and the filter is killed")]
    public static partial void NeverRan(ILogger log, RunId run, string task);

    [LoggerMessage(3021, LogLevel.Warning, "no output can be kept on disk ({Reason}): runs that ask for it (on_disk) are refused; see that the daemon may write to {Directory}, or name another directory with --output-dir")]
    public static partial void OutputDirectoryUnusable(ILogger log, string directory, string reason);

    [LoggerMessage(3022, LogLevel.Warning, "run {Run} of {Task} waits, and would lose its place if this service were killed: it cannot be noted ({Reason})")]
    public static partial void WaitingNotNoted(ILogger log, RunId run, string task, string reason);

    [LoggerMessage(3023, LogLevel.Warning, "the notes of runs that wait take more memory than they need: they cannot be written anew ({Reason})")]
    public static partial void WaitingNotTidied(ILogger log, string reason);

    [LoggerMessage(3040, LogLevel.Warning, "run {Run} of {Task}: finish: {Status}{Why}")]
    public static partial void FinishFailed(ILogger log, RunId run, string task, ExitStatus status, string why);

    [LoggerMessage(3041, LogLevel.Error, "run {Run} of {Task}: finish could not be started: {Reason}")]
    public static partial void FinishNotStarted(ILogger log, RunId run, string task, string reason);

    [LoggerMessage(3042, LogLevel.Warning, "run {Run} of {Task}: a part of its output is not kept: {Reason}")]
    public static partial void OutputLost(ILogger log, RunId run, string task, string reason);

    [LoggerMessage(3043, LogLevel.Warning, "run {Run} of {Task}: it did not get all of its input: {Reason}")]
    public static partial void InputBroken(ILogger log, RunId run, string task, string reason);

    [LoggerMessage(3090, LogLevel.Error, "the main task '{Task}' did not run to its end: {Reason}")]
    public static partial void MainTaskFailed(ILogger log, string task, string reason);

    [LoggerMessage(3091, LogLevel.Warning, "the main task '{Task}' runs, and if pv-exec ends before it does, its exit code is lost: {Reason}")]
    public static partial void MainTaskNotNoted(ILogger log, string task, string reason);

    [LoggerMessage(3030, LogLevel.Warning, "{Holder} ({Reason}; {Scopes}) did not renew its lease for {Seconds:0.0} s: its locks are free")]
    public static partial void LeaseExpired(ILogger log, string holder, string reason, string scopes, double seconds);

    [LoggerMessage(3031, LogLevel.Warning, "{Holder} ({Reason}; {Scopes}) is gone: its locks are free")]
    public static partial void LeaseAbandoned(ILogger log, string holder, string reason, string scopes);

    [LoggerMessage(3032, LogLevel.Warning, "{Holder} ({Reason}; {Scopes}) did not come to this instance for {Seconds:0.0} s: its scopes are free")]
    public static partial void HoldNotClaimed(ILogger log, string holder, string reason, string scopes, double seconds);
}
