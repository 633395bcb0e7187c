using PvExec.Exec.Core.Output;

namespace PvExec.Exec.Tests.Core.Output;

/// <summary>A stream's bytes in a list; what was freed reads as zeros.</summary>
internal sealed class MemoryBytes : IStreamBytes
{
    private readonly List<byte> _bytes = [];

    public bool IsDropped { get; private set; }

    public bool IsDisposed { get; private set; }

    public long Length => _bytes.Count;

    public void Add(ReadOnlySpan<byte> bytes) => _bytes.AddRange(bytes);

    public int Read(long offset, Span<byte> buffer)
    {
        int count = (int)Math.Min(buffer.Length, Length - offset);
        System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_bytes).Slice((int)offset, count).CopyTo(buffer);
        return count;
    }

    public void Free(long offset, long length) =>
        System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_bytes).Slice((int)offset, (int)length).Clear();

    public void Drop()
    {
        IsDropped = true;
        Free(0, Length);
    }

    public void Dispose() => IsDisposed = true;
}
