using System.Text.Json.Serialization;
using PvExec.Api.V1;

namespace PvExec.Cli.Output;

/// <summary>A run as it is printed.</summary>
/// <param name="Since">When it was asked for while it waits, started while it runs, ended afterwards.</param>
/// <param name="ExitCode">Null before the end, and when a signal ended it.</param>
/// <param name="ExitSignal">Null when no signal ended it.</param>
/// <param name="Reason">Why it was not run; else null.</param>
public sealed record RunRow(string Id, string Task, string State, DateTimeOffset Since, int? ExitCode, int? ExitSignal, string? Reason)
{
    public static RunRow From(Run run) => new(
        run.Id,
        run.TaskName,
        run.State switch
        {
            RunState.Waiting => "waiting",
            RunState.Running => "running",
            RunState.Ended => "ended",
            RunState.NotRun => "not run",
            _ => "unknown",
        },
        (run.Exited?.Ended ?? run.Started?.Started_ ?? run.Requested)?.ToDateTimeOffset() ?? DateTimeOffset.UnixEpoch,
        run.Exited is { OutcomeCase: Exited.OutcomeOneofCase.Code } exited ? exited.Code : null,
        run.Exited?.Signaled?.Signal,
        run.NotRun?.Reason);

    /// <summary>For people. Such as <c>0</c>, <c>signal 9</c> or why it was not run; empty before the end.</summary>
    [JsonIgnore]
    public string Exit =>
        ExitCode?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? (ExitSignal is { } signal ? $"signal {signal}" : Reason ?? "");
}
