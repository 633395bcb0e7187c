using System.Globalization;
using System.Text.Json.Serialization;
using PvExec.Api.V1;
using PvExec.Cli.Core;

namespace PvExec.Cli.Output;

/// <summary>A run as it is printed.</summary>
/// <param name="Since">When it was asked for while it waits, started while it runs, ended afterwards.</param>
/// <param name="Seconds">For how long it has waited or run, or how long it ran; null when it was not run.</param>
/// <param name="ExitCode">Null before the end, and when a signal ended it.</param>
/// <param name="ExitSignal">Null when no signal ended it.</param>
/// <param name="Reason">Why it was not run; else null.</param>
/// <param name="Pid">Null before its start.</param>
/// <param name="StdoutBytes">How long the stream is so far, kept or not.</param>
/// <param name="StderrBytes">How long the stream is so far, kept or not.</param>
/// <param name="Finish">How the task's <c>finish</c> ended; null for one without, and before its end.</param>
/// <param name="WaitsFor">Empty unless it waits.</param>
public sealed record RunRow(
    string Id, string Task, string State, DateTimeOffset Since, double? Seconds, int? ExitCode, int? ExitSignal, string? Reason, bool TimedOut, bool OomKilled,
    DateTimeOffset Requested, DateTimeOffset? Started, DateTimeOffset? Ended, int? Pid, ulong StdoutBytes, ulong StderrBytes,
    IReadOnlyList<string> Reads, IReadOnlyList<string> Writes, FinishRow? Finish, IReadOnlyList<WaitRow> WaitsFor)
{
    /// <summary>For people: whom it waits for.</summary>
    [JsonIgnore]
    public string Waits { get; private init; } = "";

    /// <summary>For people. Such as <c>0</c>, <c>signal 9</c> or why it was not run; empty before the end.</summary>
    [JsonIgnore]
    public string Exit =>
        (ExitCode?.ToString(CultureInfo.InvariantCulture) ?? (ExitSignal is { } signal ? $"signal {signal}" : Reason ?? ""))
        + (TimedOut ? " (timed out)" : OomKilled ? " (out of memory)" : "");

    /// <summary>For people.</summary>
    [JsonIgnore]
    public string For => Seconds is { } seconds ? Text.Elapsed(seconds) : "";

    public static RunRow From(Run run, DateTimeOffset now)
    {
        DateTimeOffset requested = run.Requested?.ToDateTimeOffset() ?? DateTimeOffset.UnixEpoch;
        DateTimeOffset? started = run.Started?.Started_?.ToDateTimeOffset();
        DateTimeOffset? ended = run.Exited?.Ended?.ToDateTimeOffset();
        DateTimeOffset? from = run.State == RunState.NotRun ? null : started ?? requested;
        return new RunRow(
            run.Id,
            run.TaskName,
            run.State switch
            {
                RunState.Waiting => "waiting",
                RunState.Running => "running",
                RunState.Finishing => "finishing",
                RunState.Ended => "ended",
                RunState.NotRun => "not run",
                _ => "unknown",
            },
            ended ?? started ?? requested,
            from is { } begin ? Math.Max(0, ((ended ?? now) - begin).TotalSeconds) : null,
            run.Exited is { OutcomeCase: Exited.OutcomeOneofCase.Code } exited ? exited.Code : null,
            run.Exited?.Signaled?.Signal,
            run.NotRun?.Reason,
            run.Exited?.TimedOut ?? false,
            run.Exited?.OomKilled ?? false,
            requested,
            started,
            ended,
            run.Started?.Pid,
            run.StdoutBytes,
            run.StderrBytes,
            [.. run.InputScopes],
            [.. run.OutputScopes],
            FinishRow.From(run.Exited?.Finish),
            [.. run.WaitsFor.Select(WaitRow.From)])
        {
            Waits = run.WaitsFor.Count > 0 ? WaitText.Of(run.WaitsFor, now) : "",
        };
    }
}
