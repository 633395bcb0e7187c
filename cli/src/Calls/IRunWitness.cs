using PvExec.Api.V1;

namespace PvExec.Cli.Calls;

/// <summary>Is told what happens to a run that is followed, other than its output and its end.</summary>
internal interface IRunWitness
{
    void Accepted(string runId);

    void Queued(Queued queued);

    /// <summary>Its processes run, or have run: told once, and before any output is passed on.</summary>
    void Started();

    /// <summary>When they were started; perhaps after the first output.</summary>
    void StartedAt(DateTimeOffset time);

    /// <summary>Output that is not kept, or never came.</summary>
    void Missing(OutputStream stream, ulong bytes);

    /// <summary>The call broke off and is made again.</summary>
    void Broke();
}
