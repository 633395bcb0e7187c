using System.Threading.Channels;
using PvExec.Exec.Core;
using PvExec.Exec.Core.Runs;
using PvExec.Exec.Core.Scopes;
using PvExec.Kernel;

namespace PvExec.Exec.Tests;

/// <summary>Keeps what it is told, a line each.</summary>
internal sealed class RecordingObserver : IExecObserver
{
    private readonly Channel<string> _lines = Channel.CreateUnbounded<string>();

    public void Started(Run run) => _lines.Writer.TryWrite($"started {run.Task}");

    public void Ended(Run run, ExitStatus status) => _lines.Writer.TryWrite($"ended {run.Task}: {status}");

    public void Held(ScopeTicket ticket) => _lines.Writer.TryWrite($"held by {ticket.Reason}: {ticket.Scopes}");

    public void Freed(ScopeTicket ticket) => _lines.Writer.TryWrite($"freed by {ticket.Reason}: {ticket.Scopes}");

    public void FreedUnseen(Run run) => _lines.Writer.TryWrite($"freed unseen by {run.Task}: {run.Scopes}");

    /// <summary>What it was told since the last time, in order.</summary>
    public string[] Take()
    {
        var lines = new List<string>();
        while (_lines.Reader.TryRead(out string? line))
        {
            lines.Add(line);
        }

        return [.. lines];
    }
}
