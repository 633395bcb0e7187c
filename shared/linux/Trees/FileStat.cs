namespace PvExec.Linux.Trees;

/// <summary>What statx(2) says of a file.</summary>
public readonly record struct FileStat
{
    public FileType Type { get; init; }

    /// <summary>The permission bits with setuid, setgid and sticky: 12 bits.</summary>
    public int Mode { get; init; }

    public uint Links { get; init; }

    public uint Uid { get; init; }

    public uint Gid { get; init; }

    public ulong Inode { get; init; }

    /// <summary>Of the file system that holds the file.</summary>
    public ulong Device { get; init; }

    /// <summary>In bytes.</summary>
    public long Size { get; init; }

    /// <summary>Allocated, in units of 512 bytes.</summary>
    public long Blocks { get; init; }

    public FileTime Modified { get; init; }

    public FileTime Changed { get; init; }

    /// <summary>What a device node stands for.</summary>
    public uint NodeMajor { get; init; }

    public uint NodeMinor { get; init; }

    /// <summary>Whether something is mounted here.</summary>
    public bool IsMountRoot { get; init; }
}
