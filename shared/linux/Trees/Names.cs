using System.Runtime.InteropServices;

namespace PvExec.Linux.Trees;

/// <summary>Making, renaming and removing names: mkdirat(2), symlinkat(2), linkat(2), mknodat(2), renameat(2), unlinkat(2), readlinkat(2).</summary>
public static partial class Names
{
    private const int AT_REMOVEDIR = 0x200;

    /// <exception cref="FileCallException">The call failed.</exception>
    public static unsafe void MakeDirectory(FileDescriptor directory, ReadOnlySpan<byte> name, int mode)
    {
        using var path = new CString(name, stackalloc byte[CString.StackBytes]);
        fixed (byte* text = path)
        {
            Check(mkdirat(directory.Number, text, (uint)mode), "mkdirat", name);
        }
    }

    /// <exception cref="FileCallException">The call failed.</exception>
    public static unsafe void MakeSymlink(ReadOnlySpan<byte> target, FileDescriptor directory, ReadOnlySpan<byte> name)
    {
        using var path = new CString(name, stackalloc byte[CString.StackBytes]);
        using var content = new CString(target, stackalloc byte[CString.StackBytes]);
        fixed (byte* text = path, to = content)
        {
            Check(symlinkat(to, directory.Number, text), "symlinkat", name);
        }
    }

    /// <summary>Gives a file a second name; a symlink itself is linked.</summary>
    /// <exception cref="FileCallException">The call failed.</exception>
    public static unsafe void MakeLink(FileDescriptor oldDirectory, ReadOnlySpan<byte> oldName, FileDescriptor directory, ReadOnlySpan<byte> name)
    {
        using var from = new CString(oldName, stackalloc byte[CString.StackBytes]);
        using var path = new CString(name, stackalloc byte[CString.StackBytes]);
        fixed (byte* old = from, text = path)
        {
            Check(linkat(oldDirectory.Number, old, directory.Number, text, 0), "linkat", name);
        }
    }

    /// <summary>Makes a fifo or a device node.</summary>
    /// <returns>0, or errno (EPERM where device nodes are not permitted).</returns>
    public static unsafe int TryMakeNode(FileDescriptor directory, ReadOnlySpan<byte> name, FileType type, int mode, uint major, uint minor)
    {
        using var path = new CString(name, stackalloc byte[CString.StackBytes]);
        ulong device = (minor & 0xff) | ((ulong)(major & 0xfff) << 8) | ((ulong)(minor & ~0xffu) << 12) | ((ulong)(major & ~0xfffu) << 32);
        fixed (byte* text = path)
        {
            return mknodat(directory.Number, text, (uint)type | (uint)mode, device) == 0 ? 0 : Marshal.GetLastPInvokeError();
        }
    }

    /// <summary>Replaces what <paramref name="name"/> stood for, in one step.</summary>
    /// <exception cref="FileCallException">The call failed.</exception>
    public static unsafe void Rename(FileDescriptor oldDirectory, ReadOnlySpan<byte> oldName, FileDescriptor directory, ReadOnlySpan<byte> name)
    {
        using var from = new CString(oldName, stackalloc byte[CString.StackBytes]);
        using var path = new CString(name, stackalloc byte[CString.StackBytes]);
        fixed (byte* old = from, text = path)
        {
            Check(renameat(oldDirectory.Number, old, directory.Number, text), "renameat", name);
        }
    }

    /// <returns>0, or errno.</returns>
    public static unsafe int TryRemove(FileDescriptor directory, ReadOnlySpan<byte> name, bool isDirectory)
    {
        using var path = new CString(name, stackalloc byte[CString.StackBytes]);
        fixed (byte* text = path)
        {
            return unlinkat(directory.Number, text, isDirectory ? AT_REMOVEDIR : 0) == 0 ? 0 : Marshal.GetLastPInvokeError();
        }
    }

    /// <summary>Where a symlink points to.</summary>
    /// <returns>0, or errno (EINVAL: it is no symlink).</returns>
    public static unsafe int TryReadLink(FileDescriptor directory, ReadOnlySpan<byte> name, out byte[] target)
    {
        using var path = new CString(name, stackalloc byte[CString.StackBytes]);
        // The longest that the kernel lets a symlink be is 4095 bytes.
        Span<byte> buffer = stackalloc byte[4096];
        fixed (byte* text = path, to = buffer)
        {
            nint length = readlinkat(directory.Number, text, to, (nuint)buffer.Length);
            target = length >= 0 ? buffer[..(int)length].ToArray() : [];
            return length >= 0 ? 0 : Marshal.GetLastPInvokeError();
        }
    }

    private static void Check(int result, string call, ReadOnlySpan<byte> name)
    {
        if (result != 0)
        {
            throw FileCallException.FromLast(call, name);
        }
    }

    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial int mkdirat(int dirfd, byte* pathname, uint mode);

    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial int symlinkat(byte* target, int newdirfd, byte* linkpath);

    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial int linkat(int olddirfd, byte* oldpath, int newdirfd, byte* newpath, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial int mknodat(int dirfd, byte* pathname, uint mode, ulong dev);

    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial int renameat(int olddirfd, byte* oldpath, int newdirfd, byte* newpath);

    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial int unlinkat(int dirfd, byte* pathname, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial nint readlinkat(int dirfd, byte* pathname, byte* buf, nuint bufsiz);
}
