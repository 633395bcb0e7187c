using PvExec.Kernel;

namespace PvExec.Exec.Tests.Model;

/// <summary>Another service's locks, asked for or held.</summary>
internal sealed class ModelLease(string holder, ModelScopes scopes) : ModelClaim(holder, scopes, null)
{
    /// <summary>The call that asks; null after a hand-over, until the holder asks again.</summary>
    public Task<Outcome<ulong>>? Asking { get; set; }

    /// <summary>The caller gives up.</summary>
    public CancellationTokenSource Caller { get; set; } = new();

    /// <summary>The holder's connection ends.</summary>
    public CancellationTokenSource Owner { get; set; } = new();

    /// <summary>Whether the instance that decides knows of that connection.</summary>
    public bool IsBound { get; set; }

    /// <summary>Known to the holder.</summary>
    public ulong? Id { get; set; }

    /// <summary>When it ends without a renewal, or the wait does.</summary>
    public DateTimeOffset Due { get; set; }
}
