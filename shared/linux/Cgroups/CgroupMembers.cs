using System.Buffers.Text;
using System.Runtime.InteropServices;
using PvExec.Linux.Trees;

namespace PvExec.Linux.Cgroups;

/// <summary>
/// The processes in a group and in those below it, read again and again into the same memory: once warm, nothing is allocated.
/// Not for two threads at once.
/// </summary>
public sealed unsafe partial class CgroupMembers
{
    private readonly byte[] _buffer = new byte[16 * 1024];

    /// <summary>The groups to look at, as names below the directory, each with a null byte.</summary>
    private byte[] _groups = new byte[256];
    private int _groupsEnd;
    private int[] _pids = new int[64];
    private int _count;

    /// <summary>As of the last <see cref="Read"/>; one that moves meanwhile may be missed.</summary>
    public ReadOnlySpan<int> All => _pids.AsSpan(0, _count);

    /// <param name="directory">Where the group is.</param>
    /// <param name="name">The group's, ending with a null byte. One that is gone is an empty one.</param>
    public void Read(CgroupDirectory directory, ReadOnlySpan<byte> name)
    {
        _count = 0;
        _groupsEnd = 0;
        AddGroup([], name[..^1]);
        for (int at = 0; at < _groupsEnd;)
        {
            int length = _groups.AsSpan(at).IndexOf((byte)0);
            AddMembers(directory, at, length);
            AddGroupsBelow(directory, at, length);
            at += length + 1;
        }
    }

    /// <summary>Removes a group and those below it, as far as no process is in them.</summary>
    /// <returns>Whether it is gone.</returns>
    public bool Remove(CgroupDirectory directory, ReadOnlySpan<byte> name)
    {
        Read(directory, name);
        int errno = 0;
        for (int end = _groupsEnd; end > 0;)
        {
            // Those below stand behind those that they are in.
            int start = _groups.AsSpan(0, end - 1).LastIndexOf((byte)0) + 1;
            errno = directory.Remove(_groups.AsSpan(start, end - start));
            end = start;
        }

        return errno is 0 or Errno.ENOENT;
    }

    private void AddMembers(CgroupDirectory directory, int group, int length)
    {
        Span<byte> path = stackalloc byte[length + "/cgroup.procs\0".Length];
        _groups.AsSpan(group, length).CopyTo(path);
        "/cgroup.procs\0"u8.CopyTo(path[length..]);
        int file = directory.OpenToRead(path);
        int kept = 0;
        nint filled;
        while (file >= 0 && (filled = Fill(file, kept)) > 0)
        {
            // A line may be cut by the end of the buffer: what is left of it is the beginning of the next round's.
            kept = AddLines(_buffer.AsSpan(0, kept + (int)filled));
        }

        Close(file);
    }

    private nint Fill(int file, int from)
    {
        fixed (byte* start = _buffer)
        {
            return read(file, start + from, (nuint)(_buffer.Length - from));
        }
    }

    /// <returns>How many bytes of a line that is cut were moved to the front.</returns>
    private int AddLines(Span<byte> text)
    {
        while (text.IndexOf((byte)'\n') is >= 0 and var end)
        {
            if (Utf8Parser.TryParse(text[..end], out int pid, out _) && pid > 0) // 0: one of another pid namespace
            {
                if (_count == _pids.Length)
                {
                    Array.Resize(ref _pids, _count * 2);
                }

                _pids[_count++] = pid;
            }

            text = text[(end + 1)..];
        }

        text.CopyTo(_buffer);
        return text.Length;
    }

    private void AddGroupsBelow(CgroupDirectory directory, int group, int length)
    {
        int opened = directory.OpenToRead(_groups.AsSpan(group, length + 1));
        int filled;
        while (opened >= 0 && (filled = DirectoryEntries.TryFill(opened, _buffer)) > 0)
        {
            var block = new DirectoryBlock(_buffer.AsSpan(0, filled));
            while (block.TryNext(out ReadOnlySpan<byte> name, out bool isDirectory))
            {
                if (isDirectory)
                {
                    AddGroup(_groups.AsSpan(group, length), name);
                }
            }
        }

        Close(opened);
    }

    private void AddGroup(ReadOnlySpan<byte> above, ReadOnlySpan<byte> name)
    {
        int needed = _groupsEnd + above.Length + name.Length + 2;
        byte[] groups = _groups;
        if (needed > groups.Length)
        {
            // Into new memory: what is above lies in the old.
            groups = new byte[needed * 2];
            _groups.AsSpan(0, _groupsEnd).CopyTo(groups);
        }

        above.CopyTo(groups.AsSpan(_groupsEnd));
        _groupsEnd += above.Length;
        if (above.Length > 0)
        {
            groups[_groupsEnd++] = (byte)'/';
        }

        name.CopyTo(groups.AsSpan(_groupsEnd));
        _groupsEnd += name.Length;
        groups[_groupsEnd++] = 0;
        _groups = groups;
    }

    private static void Close(int descriptor)
    {
        if (descriptor >= 0)
        {
            _ = close(descriptor);
        }
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint read(int fd, void* buf, nuint count);

    [LibraryImport("libc")]
    private static partial int close(int fd);
}
