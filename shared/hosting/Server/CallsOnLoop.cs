using System.Collections.Frozen;
using PvExec.Hosting.Unary;

namespace PvExec.Hosting.Server;

/// <summary>
/// The methods of calls that begin on the loop's thread and go on there when what they wait for ends there: no other thread is
/// woken for them. What such a call does at once must be short, and must not wait for the loop.
/// </summary>
/// <param name="methods">By path; null for one whose calls ASP.NET Core has from the start.</param>
internal sealed class CallsOnLoop(IEnumerable<KeyValuePair<string, UnaryMethod?>> methods)
{
    private readonly FrozenDictionary<string, UnaryMethod?> _methods = methods.ToFrozenDictionary(StringComparer.Ordinal);

    public bool Contains(string path, out UnaryMethod? method) => _methods.TryGetValue(path, out method);
}
