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
    private ulong _missingOutput;
    private ulong _missingError;

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

    /// <summary>Output that was not to be had. It is said by <see cref="TellMissing"/>.</summary>
    public void Missing(OutputStream stream, ulong bytes)
    {
        _missingOutput += stream == OutputStream.Stderr ? 0 : bytes;
        _missingError += stream == OutputStream.Stderr ? bytes : 0;
    }

    /// <summary>Once, at the end, and always: the output is not what the task wrote.</summary>
    public void TellMissing()
    {
        string? what = (_missingOutput, _missingError) switch
        {
            (0, 0) => null,
            (_, 0) => $"{_missingOutput} bytes of standard output",
            (0, _) => $"{_missingError} bytes of standard error",
            _ => $"{_missingOutput} bytes of standard output and {_missingError} bytes of standard error",
        };
        if (what is not null)
        {
            Say($"{what} are missing: more was written than is kept before it was read here");
        }
    }

    public void Say(string line)
    {
        if (line != _last)
        {
            _last = line;
            error.Write($"{CommandLine.Program}: {line}{(IsRaw ? "\r\n" : "\n")}");
        }
    }
}
