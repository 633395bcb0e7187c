using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace PvExec.Linux.Files;

/// <summary>A file without a name, in memory (memfd_create(2)).</summary>
public static partial class MemoryFile
{
    private const uint MFD_CLOEXEC = 1, MFD_ALLOW_SEALING = 2;

    /// <summary>One that holds <paramref name="content"/>.</summary>
    /// <param name="name">Shown in /proc only.</param>
    /// <param name="sealable">Whether <see cref="FileSeals"/> can be put on it.</param>
    public static SafeFileHandle Create(string name, ReadOnlySpan<byte> content, bool sealable = false)
    {
        int fd = memfd_create(name, MFD_CLOEXEC | (sealable ? MFD_ALLOW_SEALING : 0));
        if (fd < 0)
        {
            throw SystemCallException.FromLast($"memfd_create({name})");
        }

        var file = new SafeFileHandle(fd, true);
        if (!content.IsEmpty)
        {
            RandomAccess.Write(file, content, 0);
        }

        return file;
    }

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int memfd_create(string name, uint flags);
}
