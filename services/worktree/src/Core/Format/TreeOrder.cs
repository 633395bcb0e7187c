using PvExec.Worktrees.Core.Snapshots;

namespace PvExec.Worktrees.Core.Format;

/// <summary>
/// Checks that paths come in the one order there is: the root, then what is in each directory behind it, names in the
/// order of their bytes. In that order nothing comes twice, and everything has a parent that is a directory.
/// </summary>
internal sealed class TreeOrder
{
    private readonly Stack<(ByteString Path, ByteString LastName)> _open = new();

    /// <summary>What is wrong with the next path, or null.</summary>
    public string? Problem(ByteString path, bool isDirectory)
    {
        if (path.Length == 0)
        {
            if (_open.Count > 0 || !isDirectory)
            {
                return "comes twice, or the root is no directory";
            }

            _open.Push((path, ByteString.Empty));
            return null;
        }

        var name = new ByteString(path.Name.ToArray());
        if (name.Length is 0 or > 255 || name.Span.SequenceEqual("."u8) || name.Span.SequenceEqual(".."u8) || name.Span.Contains((byte)0))
        {
            return "has no valid name";
        }

        bool topLevel = path.Span.IndexOf((byte)'/') < 0;
        while (_open.Count > 0 && !IsParent(_open.Peek().Path, path, topLevel))
        {
            _open.Pop();
        }

        if (_open.Count == 0)
        {
            return "is in no directory that came before it";
        }

        (ByteString directory, ByteString last) = _open.Pop();
        if (name <= last)
        {
            return "is out of order";
        }

        _open.Push((directory, name));
        if (isDirectory)
        {
            _open.Push((path, ByteString.Empty));
        }

        return null;
    }

    private static bool IsParent(ByteString directory, ByteString path, bool topLevel) =>
        directory.Length == 0 ? topLevel : !topLevel && path.Directory.SequenceEqual(directory.Span);
}
