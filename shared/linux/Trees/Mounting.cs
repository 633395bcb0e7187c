using System.Runtime.InteropServices;
using System.Text;

namespace PvExec.Linux.Trees;

/// <summary>mount(2) and umount2(2); both need CAP_SYS_ADMIN.</summary>
public static partial class Mounting
{
    private const ulong MS_NOATIME = 1024, MS_BIND = 4096;
    private const int MNT_DETACH = 2, UMOUNT_NOFOLLOW = 8;

    /// <summary>Mounts a new tmpfs that keeps no access times.</summary>
    /// <param name="source">What mountinfo shows as its source.</param>
    /// <param name="data">Options such as <c>mode=0755,size=50%</c>, see tmpfs(5).</param>
    /// <returns>0, or errno (EPERM where mounting is not allowed).</returns>
    public static int TryTmpfs(string source, ReadOnlySpan<byte> target, string data) =>
        Call(source, target, "tmpfs", MS_NOATIME, data);

    /// <summary>Makes a mounted tree visible at a second place.</summary>
    /// <exception cref="FileCallException">The call failed.</exception>
    public static void Bind(ReadOnlySpan<byte> from, ReadOnlySpan<byte> target)
    {
        int errno = Call(from, target, null, MS_BIND, null);
        if (errno != 0)
        {
            throw new FileCallException($"mount({PathText.Show(from)}, {PathText.Show(target)}, MS_BIND)", errno);
        }
    }

    /// <param name="lazily">The name goes now; the tree when its last user has left.</param>
    /// <returns>0, or errno (EBUSY: in use).</returns>
    public static unsafe int TryUnmount(ReadOnlySpan<byte> target, bool lazily)
    {
        using var path = new CString(target, stackalloc byte[CString.StackBytes]);
        fixed (byte* text = path)
        {
            return umount2(text, UMOUNT_NOFOLLOW | (lazily ? MNT_DETACH : 0)) == 0 ? 0 : Marshal.GetLastPInvokeError();
        }
    }

    private static int Call(string source, ReadOnlySpan<byte> target, string? type, ulong flags, string? data) =>
        Call(Encoding.UTF8.GetBytes(source), target, type, flags, data);

    private static unsafe int Call(ReadOnlySpan<byte> source, ReadOnlySpan<byte> target, string? type, ulong flags, string? data)
    {
        using var from = new CString(source, stackalloc byte[CString.StackBytes]);
        using var to = new CString(target, stackalloc byte[CString.StackBytes]);
        using var kind = new CString(Encoding.ASCII.GetBytes(type ?? ""), stackalloc byte[64]);
        using var options = new CString(Encoding.ASCII.GetBytes(data ?? ""), stackalloc byte[CString.StackBytes]);
        fixed (byte* sourceText = from, targetText = to, typeText = kind, dataText = options)
        {
            return mount(sourceText, targetText, typeText, flags, dataText) == 0 ? 0 : Marshal.GetLastPInvokeError();
        }
    }

    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial int mount(byte* source, byte* target, byte* filesystemtype, ulong mountflags, byte* data);

    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial int umount2(byte* target, int flags);
}
