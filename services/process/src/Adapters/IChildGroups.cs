using PvExec.Hosting.Init;

namespace PvExec.Processes.Adapters;

/// <summary>The control groups that pv-init puts children into, where there are any.</summary>
internal interface IChildGroups
{
    /// <summary>The child's own group; null when it has none.</summary>
    string? Of(Child child);

    /// <summary>Makes all in it stand still, those that are started meanwhile too, or lets them go on.</summary>
    /// <returns>False when the kernel cannot, or we may not.</returns>
    bool SetFrozen(string group, bool frozen);

    /// <summary>Whether it is still there.</summary>
    bool Exists(string group);

    /// <summary>Whether all in it stand still, after <see cref="SetFrozen"/>.</summary>
    bool IsFrozen(string group);

    /// <summary>Those in it.</summary>
    IReadOnlyCollection<int> Processes(string group);
}
