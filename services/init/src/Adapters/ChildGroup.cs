namespace PvExec.Init.Adapters;

/// <summary>A control group: a child's, or one that waits for a child. Of <see cref="ChildCgroups"/>, which uses these objects again.</summary>
internal sealed class ChildGroup
{
    /// <summary>What its name is made of; 0 for none.</summary>
    public ulong Number { get; set; }

    /// <summary>The descriptor of its directory.</summary>
    public int Directory { get; set; } = -1;

    /// <summary>The descriptor of its cgroup.events, which is read again and again.</summary>
    public int Events { get; set; } = -1;

    /// <summary>Its number with <see cref="Linux.Cgroups.CgroupWatch"/>; -1 when it is not watched.</summary>
    public int Watch { get; set; } = -1;

    /// <summary>Somebody has set or made something in it that the next child is not to find, or may have.</summary>
    public bool IsChanged { get; set; }

    /// <summary>How many the kernel has killed in it for memory, as far as is known.</summary>
    public long OomKills { get; set; }
}
