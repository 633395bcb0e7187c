using System.Runtime.InteropServices;

namespace PvExec.Init.Native;

/// <summary>Null-terminated strings and arrays of them outside the managed heap; freed together, kept for the next use.</summary>
internal sealed unsafe class NativeStrings
{
    private byte* _block;
    private nuint _capacity;
    private nuint _used;

    /// <summary>Makes room; everything handed out before is invalid.</summary>
    public void Begin(nuint bytes)
    {
        _used = 0;
        if (bytes > _capacity)
        {
            _block = (byte*)NativeMemory.Realloc(_block, bytes);
            _capacity = bytes;
        }
    }

    /// <summary>What <see cref="Array"/> needs for these strings.</summary>
    public static nuint Size(IReadOnlyList<byte[]> strings)
    {
        nuint size = (nuint)(strings.Count + 2) * (nuint)sizeof(byte*);
        for (int i = 0; i < strings.Count; i++)
        {
            size += (nuint)strings[i].Length + 1;
        }

        return size;
    }

    /// <summary>A null-terminated array of null-terminated strings.</summary>
    public byte** Array(IReadOnlyList<byte[]> strings)
    {
        _used = (_used + (nuint)sizeof(byte*) - 1) & ~((nuint)sizeof(byte*) - 1);
        var array = (byte**)(_block + _used);
        _used += (nuint)(strings.Count + 1) * (nuint)sizeof(byte*);
        for (int i = 0; i < strings.Count; i++)
        {
            array[i] = Text(strings[i]);
        }

        array[strings.Count] = null;
        return array;
    }

    public byte* Text(byte[] text)
    {
        byte* start = _block + _used;
        text.CopyTo(new Span<byte>(start, text.Length));
        start[text.Length] = 0;
        _used += (nuint)text.Length + 1;
        return start;
    }

    /// <summary>Gives a very large block back.</summary>
    public void End()
    {
        if (_capacity > 1024 * 1024)
        {
            NativeMemory.Free(_block);
            _block = null;
            _capacity = 0;
        }
    }
}
