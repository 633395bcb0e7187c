using Microsoft.Win32.SafeHandles;
using PvExec.Linux.Files;

namespace PvExec.Processes.Adapters;

/// <summary>A file of bytes that starts anew when it is full; one older file is kept beside it, with ".1" added. Thread-safe.</summary>
internal sealed class LogFile(string path, int maxBytes = LogFile.DefaultMaxBytes) : IDisposable
{
    public const int DefaultMaxBytes = 4 * 1024 * 1024;

    private const int CopyBytes = 64 * 1024;

    private readonly Lock _lock = new();

    // Guarded by _lock.
    private SafeFileHandle? _handle;
    private int _length;
    private byte[]? _copying;

    /// <summary>Moves what a pipe holds, or a part of it. The pipe is not emptied of a byte that is not in the file.</summary>
    /// <returns>As <see cref="Splice.Move"/>: 0 at the end of the pipe, negative when it holds nothing now.</returns>
    /// <exception cref="IOException">The disk is full, or the directory cannot be written to.</exception>
    public int TakeFrom(SafeFileHandle pipe)
    {
        lock (_lock)
        {
            Open();
            if (_length >= maxBytes)
            {
                _handle!.Dispose();
                _handle = null;
                File.Move(path, path + ".1", overwrite: true);
                Open();
            }

            int room = maxBytes - _length;
            int moved = _copying is null ? Splice.Move(pipe, _handle!, _length, room) : Splice.Unsupported;
            moved = moved == Splice.Unsupported ? Copy(pipe, room) : moved;
            _length += Math.Max(moved, 0);
            return moved;
        }
    }

    /// <summary>Closes the file; what is added afterwards opens it again.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            _handle?.Dispose();
            _handle = null;
        }
    }

    // Where the file system cannot splice. A kill between the two calls loses what was read.
    private int Copy(SafeFileHandle pipe, int room)
    {
        _copying ??= new byte[CopyBytes];
        int count = NonBlockingRead.Read(pipe, _copying.AsSpan(0, Math.Min(CopyBytes, room)));
        RandomAccess.Write(_handle!, _copying.AsSpan(0, Math.Max(count, 0)), _length);
        return count;
    }

    private void Open()
    {
        if (_handle is null)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            _handle = File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
            _length = (int)Math.Min(RandomAccess.GetLength(_handle), maxBytes);
        }
    }
}
