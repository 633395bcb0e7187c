namespace PvExec.Worktrees.Adapters.Tree;

/// <summary>What a load could not give back because this user may not.</summary>
public sealed class LoadReport
{
    private int _owners, _xattrs, _nodes;

    /// <summary>Entries that belong to this user instead of their own.</summary>
    public int Owners => _owners;

    /// <summary>Extended attributes left out.</summary>
    public int Xattrs => _xattrs;

    /// <summary>Device nodes left out.</summary>
    public int Nodes => _nodes;

    public bool Complete => _owners + _xattrs + _nodes == 0;

    internal void OwnerRefused() => Interlocked.Increment(ref _owners);

    internal void XattrRefused() => Interlocked.Increment(ref _xattrs);

    internal void NodeRefused() => Interlocked.Increment(ref _nodes);
}
