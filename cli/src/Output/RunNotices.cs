using PvExec.Api.V1;
using PvExec.Cli.Core;

namespace PvExec.Cli.Output;

/// <summary>What a person who waits for a run is told on standard error.</summary>
/// <param name="error">Standard error.</param>
/// <param name="isWanted">A person reads it, or has asked for it.</param>
/// <param name="clock">For how long somebody has held a scope.</param>
internal sealed class RunNotices(TextWriter error, bool isWanted, TimeProvider clock)
{
    private string? _last;

    /// <summary>While the terminal is raw a line needs a carriage return as well.</summary>
    public bool IsRaw { get; set; }

    public void Accepted(string runId, bool isAsked)
    {
        if (isAsked)
        {
            Say($"run {runId}");
        }
    }

    public void Queued(Queued queued)
    {
        if (isWanted && queued.WaitsFor.Count > 0)
        {
            Say("waits for " + WaitText.Of(queued.WaitsFor, clock.GetUtcNow()));
        }
    }

    public void Broke(string? runId)
    {
        if (isWanted)
        {
            Say(runId is null ? "the connection broke; calling again" : $"the connection broke; coming back to run {runId}");
        }
    }

    /// <summary>Always said: the output is not what the task wrote.</summary>
    public void Missing(OutputStream stream, ulong bytes) =>
        Say($"{bytes} bytes of standard {(stream == OutputStream.Stderr ? "error" : "output")} are missing: more was written than is kept before it was read here");

    public void Say(string line)
    {
        if (line != _last)
        {
            _last = line;
            error.Write($"{CommandLine.Program}: {line}{(IsRaw ? "\r\n" : "\n")}");
        }
    }
}
