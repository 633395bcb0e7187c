using System.Buffers;

namespace PvExec.Http2.Sessions;

/// <summary>The fields of a header or of trailers, in their order. Not thread-safe.</summary>
internal sealed class HeaderBlock
{
    /// <summary>What RFC 9113 section 6.5.2 adds for each field.</summary>
    private const int FieldOverhead = 32;

    private const int MinBytes = 512;

    private readonly List<Field> _fields = [];
    private byte[] _bytes = [];
    private int _length;

    public int Count => _fields.Count;

    /// <summary>As SETTINGS_MAX_HEADER_LIST_SIZE counts.</summary>
    public int Size => _length + (_fields.Count * FieldOverhead);

    /// <summary>What the fields' offsets mean.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes.AsSpan(0, _length);

    public Field this[int index] => _fields[index];

    public ReadOnlySpan<byte> Name(int index) => _bytes.AsSpan(_fields[index].Start, _fields[index].NameLength);

    public ReadOnlySpan<byte> Value(int index) => _bytes.AsSpan(_fields[index].Start + _fields[index].NameLength, _fields[index].ValueLength);

    /// <param name="name">In lower case.</param>
    /// <param name="isSecret">Never to be put into a compression table (RFC 7541 section 7.1.3).</param>
    public void Add(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, bool isSecret = false)
    {
        int needed = _length + name.Length + value.Length;
        if (needed > _bytes.Length)
        {
            byte[] larger = ArrayPool<byte>.Shared.Rent(Math.Max(needed, Math.Max(MinBytes, _bytes.Length * 2)));
            Bytes.CopyTo(larger);
            Return();
            _bytes = larger;
        }

        name.CopyTo(_bytes.AsSpan(_length));
        value.CopyTo(_bytes.AsSpan(_length + name.Length));
        _fields.Add(new Field(_length, name.Length, value.Length, isSecret));
        _length = needed;
    }

    /// <summary>The first value of that name; empty when there is none.</summary>
    public ReadOnlySpan<byte> Find(ReadOnlySpan<byte> name)
    {
        for (int i = 0; i < _fields.Count; i++)
        {
            if (Name(i).SequenceEqual(name))
            {
                return Value(i);
            }
        }

        return default;
    }

    /// <summary>Forgets all, for another header.</summary>
    public void Clear()
    {
        _fields.Clear();
        Return();
        _bytes = [];
        _length = 0;
    }

    private void Return()
    {
        if (_bytes.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_bytes);
        }
    }

    /// <summary>Where a field is: the name, and the value right behind it.</summary>
    public readonly record struct Field(int Start, int NameLength, int ValueLength, bool IsSecret);
}
