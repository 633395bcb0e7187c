namespace PvExec.Init.Core;

/// <summary>Which files a program's name may mean, as execvp(3) has it: enumerates the directories to look for it in.</summary>
/// <param name="path">The value of PATH.</param>
internal ref struct PathLookup(ReadOnlySpan<byte> path)
{
    private ReadOnlySpan<byte> _rest = path;
    private bool _ended;

    public static ReadOnlySpan<byte> DefaultPath => "/usr/local/bin:/usr/bin:/bin"u8;

    /// <summary>How many directories there are.</summary>
    public int Count { get; } = path.Count((byte)':') + 1;

    /// <summary>The directory to try next, without a slash at its end; one that is relative is meant from the working directory of the new process.</summary>
    public ReadOnlySpan<byte> Current { get; private set; }

    /// <summary>A program with a slash is a path, and is not looked up.</summary>
    public static bool IsNeeded(ReadOnlySpan<byte> program) => !program.Contains((byte)'/');

    public bool MoveNext()
    {
        if (_ended)
        {
            return false;
        }

        int colon = _rest.IndexOf((byte)':');
        ReadOnlySpan<byte> directory = colon < 0 ? _rest : _rest[..colon];
        _ended = colon < 0;
        _rest = _rest[(colon + 1)..];

        // An empty element means the working directory.
        Current = directory.IsEmpty ? "."u8 : directory;
        return true;
    }
}
