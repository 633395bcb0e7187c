using System.Runtime.InteropServices;
using PvExec.Proto.Init;

namespace PvExec.Init.Native;

/// <summary>Null-terminated strings, arrays of them and arrays of numbers outside the managed heap; freed together, kept for the next use.</summary>
internal sealed unsafe class NativeStrings
{
    /// <summary>A larger block is given back after its use.</summary>
    private const nuint KeptBytes = 1024 * 1024;

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

    /// <summary>What <see cref="Array(in PackedTexts)"/> needs at most: an encoded element has at least the byte that the null here takes.</summary>
    public static nuint Size(in PackedTexts texts) => ArraySize(texts.Count) + (nuint)texts.Elements.Length;

    /// <summary>What <see cref="Pointers"/> needs at most.</summary>
    public static nuint ArraySize(int count) => (nuint)(count + 2) * (nuint)sizeof(byte*);

    /// <summary>What <see cref="Numbers{T}"/> needs at most.</summary>
    public static nuint Size<T>(int count)
        where T : unmanaged => ((nuint)count * (nuint)sizeof(T)) + (nuint)sizeof(byte*);

    /// <summary>A null-terminated array of null-terminated strings.</summary>
    public byte** Array(in PackedTexts texts)
    {
        byte** array = Pointers(texts.Count);
        int i = 0;
        foreach (ReadOnlySpan<byte> text in texts)
        {
            array[i++] = Text(text);
        }

        return array;
    }

    /// <summary>An array of pointers with a null behind it, to be filled.</summary>
    public byte** Pointers(int count)
    {
        var array = (byte**)Numbers<nint>(count + 1);
        array[count] = null;
        return array;
    }

    public T* Numbers<T>(int count)
        where T : unmanaged
    {
        _used = (_used + (nuint)sizeof(byte*) - 1) & ~((nuint)sizeof(byte*) - 1);
        var array = (T*)(_block + _used);
        _used += (nuint)count * (nuint)sizeof(T);
        return array;
    }

    public byte* Text(ReadOnlySpan<byte> text)
    {
        byte* start = Part(text);
        Part([0]);
        return start;
    }

    /// <summary>Bytes without a null behind them: the next ones follow at once.</summary>
    public byte* Part(ReadOnlySpan<byte> bytes)
    {
        byte* start = _block + _used;
        bytes.CopyTo(new Span<byte>(start, bytes.Length));
        _used += (nuint)bytes.Length;
        return start;
    }

    /// <summary>Gives a very large block back.</summary>
    public void End()
    {
        if (_capacity > KeptBytes)
        {
            NativeMemory.Free(_block);
            _block = null;
            _capacity = 0;
        }
    }
}
