using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using PvExec.Exec.Core.Output;
using PvExec.Linux;
using PvExec.Linux.Files;

namespace PvExec.Exec.Adapters.Output;

/// <summary>
/// A stream's bytes as a file in memory (memfd_create(2)) or on disk, without a name, an offset in the stream being the
/// same in the file. pv-init keeps a descriptor of it, so what has been read from a task outlives this service.
/// </summary>
public sealed class StreamFile : IStreamBytes
{
    private const int PageBytes = 4096;

    /// <summary>No page is larger: of one that lies partly behind what is given back nothing is.</summary>
    private const long LargestPageBytes = 1L << 30;

    private readonly SafeFileHandle _file;

    /// <summary>Null until they are looked at: nobody else changes them while this instance decides.</summary>
    private bool? _isMarked, _isEnding, _isDropped;

    /// <summary>Nothing has been put into it yet.</summary>
    private volatile bool _isEmpty;

    private StreamFile(SafeFileHandle file, bool isOnDisk, bool isNew = false)
    {
        (_file, IsOnDisk, _isEmpty) = (file, isOnDisk, isNew);
        _isMarked = _isEnding = _isDropped = isNew ? false : null;
    }

    /// <summary>Writing to it may take its time, and may fail.</summary>
    public bool IsOnDisk { get; }

    /// <summary>To be kept by pv-init.</summary>
    public SafeHandle Handle => _file;

    /// <summary>
    /// A mark that outlives this service with the file: the sticky bit of its mode, which means nothing for a file
    /// (inode(7)).
    /// </summary>
    public bool IsMarked => _isMarked ??= !OperatingSystem.IsWindows() && (File.GetUnixFileMode(_file) & UnixFileMode.StickyBit) != 0;

    public void Mark()
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(_file, File.GetUnixFileMode(_file) | UnixFileMode.StickyBit);
            _isMarked = true;
        }
    }

    /// <summary>
    /// Another such mark: its group may read it where others may not, or the other way round. A new file has both bits or none. Of the set-ID
    /// bits a write by who is not root makes an end (inode(7)), and the execute bits of a file in memory can be sealed (memfd_create(2)).
    /// </summary>
    public bool IsEnding
    {
        get => _isEnding ??= !OperatingSystem.IsWindows() && IsEndingMode(File.GetUnixFileMode(_file));
        set
        {
            if (!OperatingSystem.IsWindows() && File.GetUnixFileMode(_file) is var mode && IsEndingMode(mode) != value)
            {
                File.SetUnixFileMode(_file, mode ^ UnixFileMode.GroupRead);
            }

            _isEnding = value;
        }
    }

    /// <summary>A third mark: its group may write to it where others may not, or the other way round.</summary>
    public bool IsDropped => _isDropped ??= !OperatingSystem.IsWindows() && IsDroppedMode(File.GetUnixFileMode(_file));

    public void Drop()
    {
        try
        {
            if (!OperatingSystem.IsWindows() && File.GetUnixFileMode(_file) is var mode && !IsDroppedMode(mode))
            {
                File.SetUnixFileMode(_file, mode ^ UnixFileMode.GroupWrite);
            }
        }
        catch (Exception e) when (IsOnDisk && e is IOException or UnauthorizedAccessException)
        {
            // A disk that fails. Without the mark a later instance would take what is gone for zeros: it goes with the file.
            return;
        }

        _isDropped = true;
        Free(0, (Length / LargestPageBytes + 1) * LargestPageBytes);
    }

    public long Length => _isEmpty ? 0 : RandomAccess.GetLength(_file);

    /// <exception cref="IOException">No descriptor or no memory is left.</exception>
    public static StreamFile Create(string name) => new(MemoryFile.Create(name, []), isOnDisk: false, isNew: true);

    /// <exception cref="IOException">The directory cannot be used.</exception>
    public static StreamFile CreateOnDisk(string directory)
    {
        SafeFileHandle file = UnnamedFile.Create(directory);
        try
        {
            // Without this the file would grow with the stream, whatever of it is kept.
            FileHole.Punch(file, 0, PageBytes);
            return new StreamFile(file, isOnDisk: true, isNew: true);
        }
        catch (SystemCallException e)
        {
            file.Dispose();
            throw new IOException($"the file system of {directory} cannot give parts of a file back: {e.Message}", e);
        }
    }

    /// <summary>One that an earlier instance wrote.</summary>
    /// <param name="handle">Taken over.</param>
    public static StreamFile Open(SafeHandle handle, bool isOnDisk = false) => new(Own(handle), isOnDisk);

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
    /// <exception cref="StreamFullException">There is no place for it.</exception>
    public int MoveFrom(SafeHandle pipe, long offset, Span<byte> scratch)
    {
        int count;
        _isEmpty = false;
        try
        {
            count = Splice.Move(pipe, _file, offset, scratch.Length);
        }
        catch (SystemCallException e) when (e.Errno is Errno.ENOSPC or Errno.ENOMEM or Errno.EDQUOT or Errno.EFBIG || (IsOnDisk && e.Errno == Errno.EIO))
        {
            throw new StreamFullException(e.Message, pipe, 0);
        }

        return count == Splice.Unsupported ? CopyFrom(pipe, offset, scratch) : count;
    }

    /// <summary>What was not kept counts too: what comes later is behind it. Where the file cannot be made that long, an instance that comes later finds less missing than there is.</summary>
    public void Extend(long length)
    {
        _isEmpty = false;
        _ = FileLength.TrySet(_file, length);
    }

    public int Read(long offset, Span<byte> buffer)
    {
        try
        {
            return RandomAccess.Read(_file, buffer, offset);
        }
        catch (IOException) when (IsOnDisk)
        {
            // A disk that fails: for a reader as a part that could not be kept.
            return 0;
        }
    }

    public void Free(long offset, long length)
    {
        try
        {
            FileHole.Punch(_file, offset, length);
        }
        catch (SystemCallException) when (IsOnDisk)
        {
            // A disk that fails, or a full one that needs space to give some back: all of it goes with the file.
            return;
        }
    }

    private static bool IsEndingMode(UnixFileMode mode) => mode.HasFlag(UnixFileMode.GroupRead) != mode.HasFlag(UnixFileMode.OtherRead);

    private static bool IsDroppedMode(UnixFileMode mode) => mode.HasFlag(UnixFileMode.GroupWrite) != mode.HasFlag(UnixFileMode.OtherWrite);

    private int CopyFrom(SafeHandle pipe, long offset, Span<byte> scratch)
    {
        NonBlockingRead.Enable(pipe);
        int count = NonBlockingRead.Read(pipe, scratch);
        if (count > 0)
        {
            try
            {
                RandomAccess.Write(_file, scratch[..count], offset);
            }
            catch (IOException e)
            {
                throw new StreamFullException(e.Message, pipe, count);
            }
        }

        return count;
    }

    public void Dispose() => _file.Dispose();
}
