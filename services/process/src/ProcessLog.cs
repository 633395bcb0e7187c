using System.Net;
using Microsoft.Extensions.Logging;
using PvExec.Kernel;

namespace PvExec.Processes;

/// <summary>Every log line of pv-process; IDs 4000 to 4999. Variables' values are never logged.</summary>
internal static partial class ProcessLog
{
    [LoggerMessage(4000, LogLevel.Information, "process {Process} started, pid {Pid}")]
    public static partial void Started(ILogger log, string process, int pid);

    [LoggerMessage(4001, LogLevel.Information, "process {Process} listens on port {Port}")]
    public static partial void Listens(ILogger log, string process, int port);

    [LoggerMessage(4002, LogLevel.Information, "process {Process} listens on no port any more")]
    public static partial void ListensNoMore(ILogger log, string process);

    [LoggerMessage(4003, LogLevel.Information, "process {Process} (pid {Pid}) ended: {Status}")]
    public static partial void Ended(ILogger log, string process, int pid, ExitStatus status);

    [LoggerMessage(4004, LogLevel.Warning, "process {Process} (pid {Pid}) did not end on SIGTERM: killed")]
    public static partial void Killed(ILogger log, string process, int pid);

    [LoggerMessage(4005, LogLevel.Information, "process {Process} removed")]
    public static partial void Removed(ILogger log, string process);

    [LoggerMessage(4006, LogLevel.Information, "process {Process} found again, pid {Pid}")]
    public static partial void FoundAgain(ILogger log, string process, int pid);

    [LoggerMessage(4007, LogLevel.Warning, "process {Process} could not be started: {Detail}")]
    public static partial void NotStarted(ILogger log, string process, string detail);

    [LoggerMessage(4008, LogLevel.Warning, "{Label} (pid {Pid}) belongs to no configured process: ending it")]
    public static partial void Unclaimed(ILogger log, string label, int pid);

    [LoggerMessage(4009, LogLevel.Warning, "signal {Signal} to process {Process} failed: {Detail}")]
    public static partial void SignalFailed(ILogger log, int signal, string process, string detail);

    [LoggerMessage(4010, LogLevel.Information, "port {Port} leads to process {Process} at {Target}")]
    public static partial void Exposed(ILogger log, string process, int port, IPEndPoint target);

    [LoggerMessage(4011, LogLevel.Information, "port {Port} does not lead to process {Process} any more")]
    public static partial void Hidden(ILogger log, string process, int port);

    [LoggerMessage(4012, LogLevel.Warning, "port {Port} for process {Process} cannot be opened, {Owner} has it ({Reason}): trying again")]
    public static partial void PortTaken(ILogger log, string process, int port, string owner, string reason);

    [LoggerMessage(4013, LogLevel.Warning, "port {Port} was held open for process {Process} for {Seconds} s: closed until it listens again")]
    public static partial void HeldTooLong(ILogger log, string process, int port, double seconds);

    [LoggerMessage(4014, LogLevel.Debug, "a connection to port {Port} was given up: process {Process} did not answer in time")]
    public static partial void GaveUpConnecting(ILogger log, string process, int port);

    [LoggerMessage(4015, LogLevel.Warning, "a connection to port {Port} of process {Process} could not be taken")]
    public static partial void AcceptFailed(ILogger log, Exception error, string process, int port);

    [LoggerMessage(4016, LogLevel.Debug, "a connection to port {Port} of process {Process} failed")]
    public static partial void ConnectionFailed(ILogger log, Exception error, string process, int port);

    [LoggerMessage(4017, LogLevel.Warning, "an exposed port would not outlive pv-process, or stays bound for a while: {Detail}")]
    public static partial void PortNotKept(ILogger log, string detail);

    [LoggerMessage(4018, LogLevel.Warning, "process {Process} could not be removed: {Detail}")]
    public static partial void NotRemoved(ILogger log, string process, string detail);

    [LoggerMessage(4019, LogLevel.Error, "what the earlier instance handed over cannot be read ({Bytes} bytes): going on as after a crash")]
    public static partial void TableUnreadable(ILogger log, int bytes);

    [LoggerMessage(4020, LogLevel.Warning, "netlink's socket tables are refused (errno {Errno}): reading /proc/net/tcp instead")]
    public static partial void NetlinkRefused(ILogger log, int errno);

    [LoggerMessage(4021, LogLevel.Error, "looking for ports failed, for now none is found; it is tried again")]
    public static partial void TablesUnreadable(ILogger log, Exception error);

    [LoggerMessage(4022, LogLevel.Error, "output of process {Process} is lost: its log cannot be written")]
    public static partial void OutputLost(ILogger log, Exception error, string process);

    [LoggerMessage(4023, LogLevel.Error, "output of process {Process} cannot be read any more")]
    public static partial void OutputUnreadable(ILogger log, Exception error, string process);

    [LoggerMessage(4024, LogLevel.Error, "the record {File} is damaged and was put aside: its process is not known any more")]
    public static partial void RecordDamaged(ILogger log, string file);

    [LoggerMessage(4025, LogLevel.Error, "the record of process {Process} cannot be written")]
    public static partial void RecordNotWritten(ILogger log, Exception error, string process);

    [LoggerMessage(4030, LogLevel.Information, "freeze {Id}: {Count} processes stand still ({Reason})")]
    public static partial void Frozen(ILogger log, ulong id, int count, string reason);

    [LoggerMessage(4031, LogLevel.Warning, "freeze {Id} ({Reason}) was not ended in its time, nor renewed: its processes go on")]
    public static partial void FrozenTooLong(ILogger log, ulong id, string reason);

    [LoggerMessage(4032, LogLevel.Warning, "an earlier pv-process left processes frozen: they go on")]
    public static partial void ThawedLeft(ILogger log);

    [LoggerMessage(4033, LogLevel.Warning, "the note that something is frozen could not be removed: {Reason}")]
    public static partial void MarkLeft(ILogger log, string reason);

    [LoggerMessage(4034, LogLevel.Error, "{Label} (pid {Pid}) stands still and cannot be let go on, perhaps for want of a descriptor: trying again")]
    public static partial void NotThawed(ILogger log, string label, int pid);

    [LoggerMessage(4035, LogLevel.Error, "letting go on what an earlier pv-process left frozen failed: trying again")]
    public static partial void ThawFailed(ILogger log, Exception error);

    [LoggerMessage(4027, LogLevel.Error, "the main process '{Process}' could not be started: {Reason}")]
    public static partial void MainNotStarted(ILogger log, string process, string reason);

    [LoggerMessage(4026, LogLevel.Error, "process {Process}: unexpected failure")]
    public static partial void Unexpected(ILogger log, Exception error, string process);
}
