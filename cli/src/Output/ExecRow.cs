using System.Text;
using PvExec.Api.V1;

namespace PvExec.Cli.Output;

/// <summary>What <c>exec -w --json</c> prints of a run.</summary>
/// <param name="State"><c>ended</c> or <c>not run</c>.</param>
/// <param name="ExitCode">Null when a signal ended it, or it was not run.</param>
/// <param name="ExitSignal">Null when no signal ended it.</param>
/// <param name="Reason">Why it was not run; else null.</param>
/// <param name="Started">Null, as all that follows up to the lengths, when it was not run.</param>
/// <param name="Finish">How the task's <c>finish</c> ended; null for one without.</param>
/// <param name="StdoutBytes">How long the stream is, kept or not.</param>
/// <param name="StderrBytes">How long the stream is, kept or not.</param>
/// <param name="MissingBytes">How much of both streams the task wrote and is not here: it was not to be had, or came after the first 10 MiB.</param>
/// <param name="Stdout">The first 10 MiB of it, when they are UTF-8; else null.</param>
/// <param name="StdoutBase64">The same when they are not UTF-8; else null.</param>
/// <param name="Stderr">The first 10 MiB of it, when they are UTF-8; else null.</param>
/// <param name="StderrBase64">The same when they are not UTF-8; else null.</param>
public sealed record ExecRow(
    string Run, string Task, string State, int? ExitCode, int? ExitSignal, bool CoreDumped, bool TimedOut, bool OomKilled, string? Reason,
    DateTimeOffset? Started, DateTimeOffset? Ended, double? ElapsedSeconds, double? UserSeconds, double? SystemSeconds, ulong? MaxResidentBytes, bool OutputLeftOpen, FinishRow? Finish,
    ulong StdoutBytes, ulong StderrBytes, ulong MissingBytes, string? Stdout, string? StdoutBase64, string? Stderr, string? StderrBase64)
{
    private static readonly UTF8Encoding s_strict = new(false, throwOnInvalidBytes: true);

    internal static ExecRow From(string runId, string task, DateTimeOffset? started, RunEvent end, CollectedOutput output, ulong missing)
    {
        (string? standard, string? standardBytes) = Read(output.Standard);
        (string? error, string? errorBytes) = Read(output.Error);
        Exited? exited = end.Exited;
        DateTimeOffset? ended = exited?.Ended?.ToDateTimeOffset();
        return new ExecRow(
            runId,
            task,
            exited is null ? "not run" : "ended",
            exited is { OutcomeCase: Exited.OutcomeOneofCase.Code } ? exited.Code : null,
            exited?.Signaled?.Signal,
            exited?.Signaled?.CoreDumped ?? false,
            exited?.TimedOut ?? false,
            exited?.OomKilled ?? false,
            end.NotRun?.Reason,
            exited is null ? null : started,
            ended,
            ended - started is { } elapsed ? elapsed.TotalSeconds : null,
            exited?.UserTime?.ToTimeSpan().TotalSeconds,
            exited?.SystemTime?.ToTimeSpan().TotalSeconds,
            exited?.MaxResidentBytes,
            exited?.OutputLeftOpen ?? false,
            FinishRow.From(exited?.Finish),
            exited?.StdoutBytes ?? 0,
            exited?.StderrBytes ?? 0,
            missing + output.LeftOut,
            standard,
            standardBytes,
            error,
            errorBytes);
    }

    private static (string? Text, string? Base64) Read(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            return (s_strict.GetString(bytes.Span), null);
        }
        catch (DecoderFallbackException)
        {
            return (null, Convert.ToBase64String(bytes.Span));
        }
    }
}
