using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using PvExec.Linux.Files;

namespace PvExec.Exec.Adapters.Input;

/// <summary>
/// What a run is given on its standard input, as a file in memory that pv-init keeps a descriptor of. Everything about it
/// is in the kernel, so that this service can be killed at any moment and no byte is lost or given twice: the size is what has
/// been taken from callers, the position of the open file description is what has gone on to the run (splice(2) moves
/// both at once), and a seal against growth says that no more comes.
/// </summary>
public sealed class InputFile : IDisposable
{
    /// <summary>What has gone on is given back to the system in steps of that size.</summary>
    /// <remarks>
    /// splice(2) puts the file's pages themselves into the pipe. To take whole ones away from the file does nothing to
    /// them, but a part of one would be overwritten with zeros, and a page may be as large as this.
    /// </remarks>
    private const long FreeStepBytes = 2 * 1024 * 1024;

    private readonly SafeFileHandle _file;
    private long _freed;

    private InputFile(SafeFileHandle file)
    {
        _file = file;
        Length = RandomAccess.GetLength(file);
        IsClosed = FileSeals.IsGrowthSealed(file);
    }

    /// <summary>To be kept by pv-init.</summary>
    public SafeHandle Handle => _file;

    /// <summary>How many bytes were taken.</summary>
    public long Length { get; private set; }

    public bool IsClosed { get; private set; }

    /// <summary>How many have gone on.</summary>
    public long Position => FilePosition.Get(_file);

    /// <exception cref="IOException">No descriptor or no memory is left.</exception>
    public static InputFile Create(ReadOnlySpan<byte> content) => new(MemoryFile.Create("pv-exec input", content, sealable: true));

    /// <summary>One that an earlier instance wrote.</summary>
    /// <param name="handle">Taken over.</param>
    /// <exception cref="IOException">It is none.</exception>
    public static InputFile Open(SafeHandle handle)
    {
        SafeFileHandle file = Descriptor.Duplicate(handle);
        handle.Dispose();
        return new InputFile(file);
    }

    /// <exception cref="IOException">No memory is left.</exception>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        try
        {
            RandomAccess.Write(_file, bytes, Length);
        }
        catch (IOException)
        {
            // A part may be there, and would go on to the run: it was not taken, and comes again.
            _ = FileLength.TrySet(_file, Length);
            throw;
        }

        Length += bytes.Length;
    }

    /// <summary>No more comes.</summary>
    public void Close()
    {
        FileSeals.SealGrowth(_file);
        IsClosed = true;
    }

    /// <summary>Gives the memory of the first bytes back, which are kept elsewhere; before any has gone on.</summary>
    /// <returns>False when there is none to give back.</returns>
    public bool SetAside(int firstBytes)
    {
        if (firstBytes < Environment.SystemPageSize)
        {
            return false;
        }

        FileHole.Punch(_file, 0, firstBytes);
        return true;
    }

    /// <summary>Writes the first bytes again.</summary>
    /// <exception cref="IOException">No memory is left.</exception>
    public void PutBack(ReadOnlySpan<byte> first) => RandomAccess.Write(_file, first, 0);

    /// <summary>Moves on what there is room for in a pipe.</summary>
    /// <returns>How many bytes, 0 when all have gone on, <see cref="Splice.NothingNow"/> when the pipe is full, <see cref="Splice.Gone"/>.</returns>
    /// <exception cref="IOException">The kernel cannot do it.</exception>
    public int MoveTo(SafeHandle pipe, int atMost)
    {
        int moved = Splice.Move(_file, pipe, atMost);
        if (moved > 0)
        {
            Free();
        }

        return moved == Splice.Unsupported ? throw new IOException("this kernel does not move bytes from a file in memory to a pipe (splice(2))") : moved;
    }

    /// <summary>Nobody will read what there is.</summary>
    public void Skip()
    {
        FilePosition.Set(_file, Length);
        Free();
    }

    /// <summary>All that has not gone on, for an instance that follows.</summary>
    public byte[] Rest()
    {
        long position = Position;
        byte[] rest = new byte[Length - position];
        for (int filled = 0; filled < rest.Length;)
        {
            int count = RandomAccess.Read(_file, rest.AsSpan(filled), position + filled);
            filled += count > 0 ? count : throw new IOException($"the input ends at {position + filled} of {Length} bytes");
        }

        return rest;
    }

    public void Dispose() => _file.Dispose();

    private void Free()
    {
        long until = Position / FreeStepBytes * FreeStepBytes;
        if (until > _freed)
        {
            FileHole.Punch(_file, _freed, until - _freed);
            _freed = until;
        }
    }
}
