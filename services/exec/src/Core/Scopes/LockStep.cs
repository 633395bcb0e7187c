using PvExec.Tasks.Core;

namespace PvExec.Exec.Core.Scopes;

/// <param name="Node">A scope, or one that holds it.</param>
/// <param name="Claimed">What the set says of this very scope; null when it only names some below it.</param>
internal readonly record struct LockStep(string Node, LockMode Mode, ScopeAccess? Claimed);
