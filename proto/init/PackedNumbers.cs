using MessagePack;

namespace PvExec.Proto.Init;

/// <summary>A list of numbers that stays in the packet it came in. Enumerating it allocates nothing.</summary>
/// <param name="Count">How many.</param>
/// <param name="Elements">Their encoding, checked when the packet was read.</param>
public readonly record struct PackedNumbers(int Count, ReadOnlyMemory<byte> Elements)
{
    public Enumerator GetEnumerator() => new(this);

    /// <summary>Reads over a list.</summary>
    /// <param name="bytes">What the reader reads.</param>
    internal static PackedNumbers Read(ref MessagePackReader reader, ReadOnlyMemory<byte> bytes)
    {
        int count = reader.ReadArrayHeader();
        int start = (int)reader.Consumed;
        for (int i = 0; i < count; i++)
        {
            _ = reader.ReadInt64();
        }

        return new PackedNumbers(count, bytes[start..(int)reader.Consumed]);
    }

    public ref struct Enumerator
    {
        private MessagePackReader _reader;
        private int _left;

        internal Enumerator(PackedNumbers list)
        {
            _reader = new MessagePackReader(list.Elements);
            _left = list.Count;
        }

        public long Current { get; private set; }

        public bool MoveNext()
        {
            if (_left == 0)
            {
                return false;
            }

            _left--;
            Current = _reader.ReadInt64();
            return true;
        }
    }
}
