using System.Buffers;
using MessagePack;

namespace PvExec.Proto.Init;

/// <summary>A list of byte strings or texts that stays in the packet it came in. Enumerating it allocates nothing.</summary>
/// <param name="Count">How many.</param>
/// <param name="Elements">Their encoding, checked when the packet was read.</param>
public readonly record struct PackedTexts(int Count, ReadOnlyMemory<byte> Elements)
{
    public Enumerator GetEnumerator() => new(this);

    /// <summary>Reads over a list.</summary>
    /// <param name="bytes">What the reader reads.</param>
    internal static PackedTexts Read(ref MessagePackReader reader, ReadOnlyMemory<byte> bytes)
    {
        int count = reader.ReadArrayHeader();
        int start = (int)reader.Consumed;
        for (int i = 0; i < count; i++)
        {
            _ = Span(ref reader);
        }

        return new PackedTexts(count, bytes[start..(int)reader.Consumed]);
    }

    /// <summary>A byte string or a text.</summary>
    internal static ReadOnlySpan<byte> Span(scoped ref MessagePackReader reader)
    {
        ReadOnlySequence<byte>? found = reader.NextMessagePackType == MessagePackType.String ? reader.ReadStringSequence() : reader.ReadBytes();
        return found is { } bytes ? bytes.FirstSpan : throw new MessagePackSerializationException("nil where bytes belong");
    }

    public ref struct Enumerator
    {
        private MessagePackReader _reader;
        private int _left;

        internal Enumerator(PackedTexts list)
        {
            _reader = new MessagePackReader(list.Elements);
            _left = list.Count;
        }

        /// <summary>Without a null byte at its end.</summary>
        public ReadOnlySpan<byte> Current { get; private set; }

        public bool MoveNext()
        {
            if (_left == 0)
            {
                return false;
            }

            _left--;
            Current = Span(ref _reader);
            return true;
        }
    }
}
