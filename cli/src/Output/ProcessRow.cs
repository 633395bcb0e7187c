using System.Globalization;
using System.Text.Json.Serialization;
using PvExec.Api.V1;

namespace PvExec.Cli.Output;

/// <summary>A process as it is printed.</summary>
/// <param name="State">As of the old call: <c>STARTING</c>, <c>RUNNING</c>, <c>FINISHED</c>; and <c>STOPPING</c>.</param>
/// <param name="Pid">Null when none runs.</param>
/// <param name="Port">What it listens on; null for nothing.</param>
/// <param name="ListeningPort">Where that is exposed, as configured; null for nowhere.</param>
/// <param name="PortProblem">Why it is not exposed there; else null.</param>
/// <param name="Started">Null when it is not known.</param>
/// <param name="Ended">Null while it runs, and when it is not known, as the next two.</param>
/// <param name="ExitCode">Null also when a signal ended it.</param>
/// <param name="ExitSignal">Null also when no signal ended it.</param>
/// <param name="Command">Its words.</param>
public sealed record ProcessRow(
    string Name, string State, int? Pid, uint? Port, uint? ListeningPort, string? PortProblem, DateTimeOffset? Started, DateTimeOffset? Ended,
    int? ExitCode, int? ExitSignal, IReadOnlyList<string> Command, string RunPath)
{
    /// <summary>For people: when it started, or ended.</summary>
    [JsonIgnore]
    public string Since => (Ended ?? Started) is { } time ? Text.Time(time) : "";

    /// <summary>For people. Such as <c>0</c>, <c>signal 9</c> or <c>unknown</c>; empty before the end.</summary>
    [JsonIgnore]
    public string Exit =>
        ExitCode?.ToString(CultureInfo.InvariantCulture) ?? (ExitSignal is { } signal ? $"signal {signal}" : State == "FINISHED" ? "unknown" : "");

    public static ProcessRow From(ProcessStatus status) => new(
        status.ProcessName,
        status.Phase switch
        {
            ProcessPhase.Starting => "STARTING",
            ProcessPhase.Running => "RUNNING",
            ProcessPhase.Stopping => "STOPPING",
            ProcessPhase.Finished => "FINISHED",
            _ => ((int)status.Phase).ToString(CultureInfo.InvariantCulture),
        },
        status.Pid == 0 ? null : status.Pid,
        status.Port == 0 ? null : status.Port,
        status.ListeningPort == 0 ? null : status.ListeningPort,
        status.PortProblem.Length == 0 ? null : status.PortProblem,
        status.Started?.ToDateTimeOffset(),
        status.End?.Ended?.ToDateTimeOffset(),
        status.End is { OutcomeCase: ProcessEnd.OutcomeOneofCase.Code } end ? end.Code : null,
        status.End?.Signaled?.Signal,
        [.. status.StartCmd],
        status.RunPath);
}
