using System.Collections.Frozen;

namespace PvExec.Hosting.Server;

/// <summary>
/// The paths of calls that begin on the loop's thread and go on there when what they wait for ends there: no other thread is
/// woken for them. What such a call does at once must be short, and must not wait for the loop.
/// </summary>
internal sealed class CallsOnLoop(IEnumerable<string> paths)
{
    private readonly FrozenSet<string> _paths = paths.ToFrozenSet(StringComparer.Ordinal);

    public bool Contains(string path) => _paths.Contains(path);
}
