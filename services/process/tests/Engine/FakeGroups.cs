using PvExec.Hosting.Init;
using PvExec.Processes.Adapters;

namespace PvExec.Processes.Tests.Engine;

/// <summary>Control groups that a test writes; without one, children have none.</summary>
internal sealed class FakeGroups : IChildGroups
{
    /// <summary>Every child's group, or null.</summary>
    public string? Group { get; set; }

    public HashSet<int> Members { get; } = [];

    /// <summary>What was asked for, in order.</summary>
    public List<bool> Asked { get; } = [];

    /// <summary>How often it is looked before all of the group stand still.</summary>
    public int Slowness { get; set; }

    /// <summary>Whether the kernel has a freezer.</summary>
    public bool CanFreeze { get; set; } = true;

    /// <summary>How often a thaw fails, for want of a descriptor say.</summary>
    public int ThawsThatFail { get; set; }

    public string? Of(Child child) => Group;

    public bool SetFrozen(string group, bool frozen)
    {
        bool works = CanFreeze && (frozen || ThawsThatFail-- <= 0);
        if (works)
        {
            Asked.Add(frozen);
        }

        return works;
    }

    public bool Exists(string group) => true;

    public bool IsFrozen(string group) => Asked[^1] && Slowness-- <= 0;

    public IReadOnlyCollection<int> Processes(string group) => Members;
}
