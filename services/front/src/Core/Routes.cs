using System.Buffers;
using System.Collections.Frozen;
using System.Text;
using PvExec.Kernel;

namespace PvExec.Front.Core;

/// <summary>Which daemon serves which gRPC service. A new gRPC service is one line here.</summary>
public static class Routes
{
    private static readonly FrozenDictionary<string, Service> Table = new Dictionary<string, Service>
    {
        ["proto.ExecService"] = Service.Exec,
        ["proto.ProcessService"] = Service.Process,
        ["proto.WorktreeService"] = Service.Worktree,
        ["pvexec.v1.Tasks"] = Service.Exec,
        ["pvexec.v1.Processes"] = Service.Process,
        ["pvexec.v1.Worktrees"] = Service.Worktree,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private static readonly FrozenDictionary<string, Service>.AlternateLookup<ReadOnlySpan<char>> Lookup =
        Table.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>Longer than any name in the table.</summary>
    private const int MaxNameLength = 64;

    /// <summary>As <see cref="Find(ReadOnlySpan{char})"/>, for a path as it is on the wire.</summary>
    public static Service? Find(ReadOnlySpan<byte> path)
    {
        Span<char> text = stackalloc char[MaxNameLength];
        int end = path.Length > 1 ? path[1..].IndexOf((byte)'/') : -1;
        return end >= 0 && end + 2 <= text.Length && Ascii.ToUtf16(path[..(end + 2)], text, out int length) == OperationStatus.Done
            ? Find(text[..length])
            : null;
    }

    /// <summary>The daemon behind a path such as <c>/proto.ExecService/Exec</c>; null when there is none.</summary>
    public static Service? Find(ReadOnlySpan<char> path)
    {
        if (path.Length == 0 || path[0] != '/')
        {
            return null;
        }

        path = path[1..];
        int slash = path.IndexOf('/');
        return slash > 0 && Lookup.TryGetValue(path[..slash], out Service service) ? service : null;
    }
}
