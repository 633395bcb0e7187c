namespace PvExec.Exec.Tests.Model;

/// <summary>Who is in right now, written down where it happens and not where it was decided: processes at their start and end, leases as they are told.</summary>
internal sealed class ModelOccupancy
{
    /// <summary>Guards all below; a leaf.</summary>
    private readonly Lock _lock = new();

    private readonly Dictionary<string, ModelScopes> _inside = [];

    /// <summary>The first two that were in together and may not be, or null.</summary>
    public string? Violation { get; private set; }

    public void Enter(string who, ModelScopes scopes)
    {
        lock (_lock)
        {
            foreach ((string other, ModelScopes theirs) in _inside)
            {
                if (scopes.ConflictsWith(theirs))
                {
                    Violation ??= $"{who} ({scopes}) came in while {other} ({theirs}) was";
                }
            }

            if (!_inside.TryAdd(who, scopes))
            {
                Violation ??= $"{who} came in twice";
            }
        }
    }

    public void Leave(string who)
    {
        lock (_lock)
        {
            _inside.Remove(who);
        }
    }
}
