using System.Runtime.CompilerServices;

namespace PvExec.Exec.Core.Scopes;

/// <summary>A line for each mode, in its queue itself.</summary>
[InlineArray(LockModes.Count)]
internal struct LockLines
{
    private LockLine _first;
}
