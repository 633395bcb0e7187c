using PvExec.Api.V1;
using PvExec.Cli.Output;

namespace PvExec.Cli.Calls;

/// <summary>Sees the run of <c>runs logs</c>.</summary>
internal sealed class LogsWitness(string runId, RunNotices notices) : IRunWitness
{
    public void Accepted(string runId)
    {
        // It is asked for by its id.
    }

    public void Queued(Queued queued) => notices.Queued(queued);

    public void Started()
    {
        // Its output is what is looked at.
    }

    public void StartedAt(DateTimeOffset time)
    {
        // As above.
    }

    public void Missing(OutputStream stream, ulong bytes) => notices.Missing(stream, bytes);

    public void Broke() => notices.Broke(runId);
}
