namespace PvExec.Exec.Tests.Model;

/// <summary>A request for locks in the reference.</summary>
/// <param name="name">A run's id, or a lease's holder.</param>
/// <param name="task">Whose runs are counted; null when none are.</param>
internal abstract class ModelClaim(string name, ModelScopes scopes, ModelTask? task)
{
    public string Name { get; } = name;

    public ModelScopes Scopes { get; } = scopes;

    public ModelTask? Task { get; } = task;

    /// <summary>How many of the task's runs there may be, as its directory said when it was read.</summary>
    public int Most { get; set; } = task?.Most ?? int.MaxValue;

    public bool IsHeld { get; set; }

    public bool ConflictsWith(ModelClaim other) => Scopes.ConflictsWith(other.Scopes);
}
