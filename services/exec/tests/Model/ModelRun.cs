using PvExec.Exec.Core.Runs;

namespace PvExec.Exec.Tests.Model;

/// <summary>A run that was accepted.</summary>
/// <param name="real">In the instance that decides now.</param>
/// <param name="fails">Whether pv-init will refuse to start it.</param>
internal sealed class ModelRun(Run real, ModelTask task, bool fails) : ModelClaim(real.Id.Value, task.Scopes, task)
{
    public Run Real { get; set; } = real;

    public bool Fails { get; } = fails;

    /// <summary>Whether it waited when it was accepted; one that has a client token too outlives a kill as long as it does.</summary>
    public bool Waited { get; } = real.State == RunState.Waiting;

    /// <summary>When it is made to end, once it runs.</summary>
    public DateTimeOffset? Due { get; set; }
}
