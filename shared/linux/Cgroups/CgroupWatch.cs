using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace PvExec.Linux.Cgroups;

/// <summary>
/// Tells in which groups somebody has written a file, made or removed a group, or changed whose they are (inotify(7)). Processes
/// that come by clone3(2), end, or only read are not told of. Nor is what comes through another mount with a root of its own:
/// that is another file system to inotify. Nothing is allocated.
/// </summary>
public sealed unsafe partial class CgroupWatch : IDisposable
{
    /// <summary>More has happened than the kernel keeps: every group may have been changed.</summary>
    public const int Any = -1;

    private const int IN_NONBLOCK = 0x800, IN_CLOEXEC = 0x80000;
    private const uint IN_MODIFY = 0x2, IN_ATTRIB = 0x4, IN_MOVED = 0xc0, IN_CREATE = 0x100, IN_DELETE = 0x200, IN_ONLYDIR = 0x1000000;

    /// <summary>The size of struct inotify_event without the name; where its mask and the length of its name are.</summary>
    private const int HeaderBytes = 16, MaskAt = 4, LengthAt = 12;

    private readonly int _descriptor;
    private readonly byte[] _buffer = new byte[4096];
    private int _at;
    private int _end;

    private CgroupWatch(int descriptor) => _descriptor = descriptor;

    /// <summary>Null when this user watches too much already.</summary>
    public static CgroupWatch? TryOpen()
    {
        int descriptor = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
        return descriptor >= 0 ? new CgroupWatch(descriptor) : null;
    }

    /// <summary>Watches a group until <see cref="Remove"/>: many kernels keep the watch of a group that is gone.</summary>
    /// <param name="path">With a null byte at its end.</param>
    /// <returns>Its number, never used for another; -1 when it cannot be watched.</returns>
    public int Add(ReadOnlySpan<byte> path)
    {
        fixed (byte* name = path)
        {
            return inotify_add_watch(_descriptor, name, IN_MODIFY | IN_ATTRIB | IN_MOVED | IN_CREATE | IN_DELETE | IN_ONLYDIR);
        }
    }

    public void Remove(int watch) => _ = inotify_rm_watch(_descriptor, watch);

    public void Dispose() => _ = close(_descriptor);

    /// <summary>What was done before the call, and not told of yet.</summary>
    /// <param name="watch">The number of a group that was changed, or <see cref="Any"/>.</param>
    /// <returns>False when there is nothing more.</returns>
    public bool TryTake(out int watch)
    {
        while (_at < _end || Fill())
        {
            ReadOnlySpan<byte> left = _buffer.AsSpan(_at, _end - _at);
            watch = BinaryPrimitives.ReadInt32LittleEndian(left);
            uint mask = BinaryPrimitives.ReadUInt32LittleEndian(left[MaskAt..]);
            int length = BinaryPrimitives.ReadInt32LittleEndian(left[LengthAt..]);
            _at += HeaderBytes + length;
            if ((mask & IN_MODIFY) == 0 || !IsWrittenByKernel(left.Slice(HeaderBytes, length).TrimEnd((byte)0)))
            {
                return true;
            }
        }

        watch = Any;
        return false;
    }

    /// <summary>The kernel tells of its own counters as of files that were written: nobody else can write these.</summary>
    private static bool IsWrittenByKernel(ReadOnlySpan<byte> name) => name.EndsWith(".events"u8) || name.EndsWith(".events.local"u8);

    private bool Fill()
    {
        fixed (byte* start = _buffer)
        {
            // Whole events only.
            nint count = read(_descriptor, start, (nuint)_buffer.Length);
            (_at, _end) = (0, Math.Max(0, (int)count));
            return count > 0;
        }
    }

    [LibraryImport("libc")]
    private static partial int inotify_init1(int flags);

    [LibraryImport("libc")]
    private static partial int inotify_add_watch(int fd, byte* pathname, uint mask);

    [LibraryImport("libc")]
    private static partial int inotify_rm_watch(int fd, int wd);

    [LibraryImport("libc")]
    private static partial int close(int fd);

    [LibraryImport("libc")]
    private static partial nint read(int fd, void* buf, nuint count);
}
