using System.Globalization;
using System.Text.Json.Serialization;
using PvExec.Api.V1;

namespace PvExec.Cli.Output;

/// <summary>How a task's <c>finish</c> ended after a run, as it is printed.</summary>
/// <param name="ExitCode">Null when a signal ended it, or it could not be started.</param>
/// <param name="ExitSignal">Null when no signal ended it.</param>
/// <param name="TimedOut">It was killed because its time was up.</param>
/// <param name="NotStarted">Why it could not be started; else null.</param>
public sealed record FinishRow(int? ExitCode, int? ExitSignal, bool TimedOut, string? NotStarted)
{
    [JsonIgnore]
    public bool HasFailed => ExitCode != 0;

    /// <summary>For people. Such as <c>0</c>, <c>signal 9 (timed out)</c> or why it could not be started.</summary>
    [JsonIgnore]
    public string End =>
        (ExitCode?.ToString(CultureInfo.InvariantCulture) ?? (ExitSignal is { } signal ? $"signal {signal}" : $"not started: {NotStarted}"))
        + (TimedOut ? " (timed out)" : "");

    /// <param name="finish">Null for a task without one, and before its end.</param>
    public static FinishRow? From(FinishEnd? finish) => finish is null ? null : new FinishRow(
        finish.OutcomeCase == FinishEnd.OutcomeOneofCase.Code ? finish.Code : null,
        finish.Signaled?.Signal,
        finish.TimedOut,
        finish.OutcomeCase == FinishEnd.OutcomeOneofCase.NotStarted ? finish.NotStarted : null);
}
