using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using PvExec.Exec.Core.Output;
using PvExec.Linux.Files;

namespace PvExec.Exec.Adapters.Output;

/// <summary>
/// A stream's bytes as a file in memory (memfd_create(2)), an offset in the stream being the same in the file. pv-init
/// keeps a descriptor of it, so what has been read from a task outlives this service.
/// </summary>
public sealed class StreamFile : IStreamBytes
{
    private readonly SafeFileHandle _file;

    private StreamFile(SafeFileHandle file) => _file = file;

    /// <summary>To be kept by pv-init.</summary>
    public SafeHandle Handle => _file;

    public long Length => RandomAccess.GetLength(_file);

    /// <exception cref="IOException">No descriptor or no memory is left.</exception>
    public static StreamFile Create(string name) => new(MemoryFile.Create(name, []));

    /// <summary>One that an earlier instance wrote.</summary>
    /// <param name="handle">Taken over.</param>
    public static StreamFile Open(SafeHandle handle) => new(Own(handle));

    /// <summary>The descriptor as one of a file.</summary>
    /// <param name="handle">Taken over.</param>
    public static SafeFileHandle Own(SafeHandle handle)
    {
        if (handle is SafeFileHandle file)
        {
            return file;
        }

        var own = new SafeFileHandle(handle.DangerousGetHandle(), ownsHandle: true);
        handle.SetHandleAsInvalid();
        return own;
    }

    /// <summary>Moves what is in a pipe to the file; never waits.</summary>
    /// <param name="scratch">Used where the kernel cannot move it by itself.</param>
    /// <returns>How many bytes, 0 at the end of the pipe, <see cref="Splice.NothingNow"/>.</returns>
    /// <exception cref="ObjectDisposedException">The file is closed: nothing was taken from the pipe.</exception>
    public int MoveFrom(SafeHandle pipe, long offset, Span<byte> scratch)
    {
        int count = Splice.Move(pipe, _file, offset, scratch.Length);
        if (count == Splice.Unsupported)
        {
            count = NonBlockingRead.Read(pipe, scratch);
            if (count > 0)
            {
                RandomAccess.Write(_file, scratch[..count], offset);
            }
        }

        return count;
    }

    public int Read(long offset, Span<byte> buffer) => RandomAccess.Read(_file, buffer, offset);

    public void Free(long offset, long length) => FileHole.Punch(_file, offset, length);

    public void Dispose() => _file.Dispose();
}
