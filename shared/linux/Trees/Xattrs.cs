using System.Runtime.InteropServices;
using System.Text;

namespace PvExec.Linux.Trees;

/// <summary>
/// Extended attributes (xattr(7)), access control lists among them. Of an open file, or of a name in a directory through
/// <c>/proc/self/fd</c>, since there are no at-calls before Linux 6.13.
/// </summary>
public static partial class Xattrs
{
    private const int LargestValue = 65536;

    /// <summary>Names in the order of their bytes, with values; empty where the file system has none.</summary>
    /// <exception cref="FileCallException">The call failed.</exception>
    public static IReadOnlyList<KeyValuePair<byte[], byte[]>> Read(FileDescriptor file) =>
        Read(file, ReadOnlySpan<byte>.Empty, file.Number.ToString(System.Globalization.CultureInfo.InvariantCulture));

    /// <summary>As the other, of a name; of a symlink itself.</summary>
    /// <exception cref="FileCallException">The call failed.</exception>
    public static IReadOnlyList<KeyValuePair<byte[], byte[]>> Read(FileDescriptor directory, ReadOnlySpan<byte> name) =>
        Read(null, ProcPath(directory, name), PathText.Show(name));

    /// <returns>0, or errno (EPERM, ENOTSUP where it is not possible).</returns>
    public static unsafe int TrySet(FileDescriptor file, ReadOnlySpan<byte> attribute, ReadOnlySpan<byte> value)
    {
        using var name = new CString(attribute, stackalloc byte[CString.StackBytes]);
        fixed (byte* text = name, content = value)
        {
            return fsetxattr(file.Number, text, content, (nuint)value.Length, 0) == 0 ? 0 : Marshal.GetLastPInvokeError();
        }
    }

    /// <summary>Of a name; of a symlink itself.</summary>
    /// <returns>0, or errno.</returns>
    public static unsafe int TrySet(FileDescriptor directory, ReadOnlySpan<byte> name, ReadOnlySpan<byte> attribute, ReadOnlySpan<byte> value)
    {
        using var path = new CString(ProcPath(directory, name), stackalloc byte[CString.StackBytes]);
        using var key = new CString(attribute, stackalloc byte[CString.StackBytes]);
        fixed (byte* file = path, text = key, content = value)
        {
            return lsetxattr(file, text, content, (nuint)value.Length, 0) == 0 ? 0 : Marshal.GetLastPInvokeError();
        }
    }

    /// <returns>0, or errno (ENODATA: it has none of that name).</returns>
    public static unsafe int TryGet(FileDescriptor file, ReadOnlySpan<byte> attribute, out byte[] value)
    {
        using var name = new CString(attribute, stackalloc byte[CString.StackBytes]);
        Span<byte> buffer = stackalloc byte[4096];
        fixed (byte* text = name, to = buffer)
        {
            nint length = fgetxattr(file.Number, text, to, (nuint)buffer.Length);
            value = length >= 0 ? buffer[..(int)length].ToArray() : [];
            return length >= 0 ? 0 : Marshal.GetLastPInvokeError();
        }
    }

    /// <returns>0, or errno (ENODATA: it has none of that name).</returns>
    public static unsafe int TryRemove(FileDescriptor file, ReadOnlySpan<byte> attribute)
    {
        using var name = new CString(attribute, stackalloc byte[CString.StackBytes]);
        fixed (byte* text = name)
        {
            return fremovexattr(file.Number, text) == 0 ? 0 : Marshal.GetLastPInvokeError();
        }
    }

    private static byte[] ProcPath(FileDescriptor directory, ReadOnlySpan<byte> name) =>
        [.. Encoding.ASCII.GetBytes($"/proc/self/fd/{directory.Number}/"), .. name];

    private static unsafe IReadOnlyList<KeyValuePair<byte[], byte[]>> Read(FileDescriptor? file, ReadOnlySpan<byte> procPath, string shown)
    {
        using var path = new CString(procPath, stackalloc byte[CString.StackBytes]);
        // Most files have no attributes: the first call with no room tells so.
        fixed (byte* text = path)
        {
            byte[] names = Fetch(null, text, $"listxattr({shown})");
            if (names.Length == 0)
            {
                return [];
            }

            var read = new List<KeyValuePair<byte[], byte[]>>();
            for (int at = 0; at < names.Length;)
            {
                int length = names.AsSpan(at).IndexOf((byte)0);
                byte[] name = names[at..(at + length)];
                at += length + 1;
                fixed (byte* key = names.AsSpan(at - length - 1))
                {
                    byte[] value = Fetch((nint)key, text, $"getxattr({shown}, {PathText.Show(name)})");
                    read.Add(new(name, value));
                }
            }

            read.Sort((a, b) => a.Key.AsSpan().SequenceCompareTo(b.Key));
            return read;
        }

        byte[] Fetch(nint? key, byte* text, string call)
        {
            byte[] buffer = [];
            while (true)
            {
                nint length;
                fixed (byte* to = buffer)
                {
                    length = (file, key) switch
                    {
                        ({ } open, { } name) => fgetxattr(open.Number, (byte*)name, to, (nuint)buffer.Length),
                        ({ } open, null) => flistxattr(open.Number, to, (nuint)buffer.Length),
                        (null, { } name) => lgetxattr(text, (byte*)name, to, (nuint)buffer.Length),
                        (null, null) => llistxattr(text, to, (nuint)buffer.Length),
                    };
                }

                int errno = length >= 0 ? 0 : Marshal.GetLastPInvokeError();
                switch (errno)
                {
                    case 0 when length <= buffer.Length:
                        return length == buffer.Length ? buffer : buffer[..(int)length];
                    case 0:
                        buffer = new byte[length];
                        break;
                    case FileErrno.ERANGE when buffer.Length < LargestValue:
                        // It grew since the call that told its size.
                        buffer = new byte[LargestValue];
                        break;
                    // No support, or an attribute that went away or may not be read.
                    case FileErrno.ENOTSUP or FileErrno.ENODATA or FileErrno.EPERM or FileErrno.EACCES:
                        return [];
                    default:
                        throw new FileCallException(call, errno);
                }
            }
        }
    }

    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial nint flistxattr(int fd, byte* list, nuint size);

    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial nint llistxattr(byte* path, byte* list, nuint size);

    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial nint fgetxattr(int fd, byte* name, byte* value, nuint size);

    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial nint lgetxattr(byte* path, byte* name, byte* value, nuint size);

    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial int fsetxattr(int fd, byte* name, byte* value, nuint size, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial int lsetxattr(byte* path, byte* name, byte* value, nuint size, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial int fremovexattr(int fd, byte* name);
}
