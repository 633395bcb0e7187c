using Microsoft.Win32.SafeHandles;

namespace PvExec.Processes.Adapters;

/// <summary>A file of bytes that starts anew when it is full; one older file is kept beside it, with ".1" added. Thread-safe.</summary>
internal sealed class LogFile(string path, long maxBytes = LogFile.DefaultMaxBytes) : IDisposable
{
    public const long DefaultMaxBytes = 4 * 1024 * 1024;

    private readonly Lock _lock = new();

    // Guarded by _lock.
    private SafeFileHandle? _handle;
    private long _length;

    /// <exception cref="IOException">The disk is full, or the directory cannot be written to.</exception>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        lock (_lock)
        {
            Open();
            if (_length > 0 && _length + bytes.Length > maxBytes)
            {
                _handle!.Dispose();
                _handle = null;
                File.Move(path, path + ".1", overwrite: true);
                Open();
            }

            RandomAccess.Write(_handle!, bytes, _length);
            _length += bytes.Length;
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

    private void Open()
    {
        if (_handle is null)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            _handle = File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
            _length = RandomAccess.GetLength(_handle);
        }
    }
}
