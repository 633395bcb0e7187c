using System.Buffers.Binary;

namespace PvExec.Exec.Core.Runs;

/// <summary>A run's identity, a ULID: 48 bits of milliseconds since 1970 and 80 random ones, as 26 characters that sort by time. Of one millisecond
/// each is the one before it plus one, so that ids sort as runs were asked for (github.com/ulid/spec, monotonicity).</summary>
public readonly record struct RunId
{
    /// <summary>Crockford's base 32.</summary>
    private const string Alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

    private const int RandomBits = 80;

    public const int Length = 26;

    private static readonly Lock s_lock = new(); // guards s_last; a leaf
    private static UInt128 s_last;

    private RunId(string value) => Value = value;

    public string Value { get; }

    public static RunId New(DateTimeOffset now)
    {
        Span<byte> bytes = stackalloc byte[16];

        // They are to differ, not to be a secret. RandomNumberGenerator loads OpenSSL, 4 MB of memory, and costs a start several microseconds.
        Random.Shared.NextBytes(bytes[6..]);
        long milliseconds = now.ToUnixTimeMilliseconds();
        BinaryPrimitives.WriteUInt16BigEndian(bytes, (ushort)(milliseconds >> 32));
        BinaryPrimitives.WriteUInt32BigEndian(bytes[2..], (uint)milliseconds);
        UInt128 number = AfterLast(BinaryPrimitives.ReadUInt128BigEndian(bytes));
        return new RunId(string.Create(Length, number, static (characters, rest) =>
        {
            for (int i = Length - 1; i >= 0; i--)
            {
                characters[i] = Alphabet[(int)(rest & 31)];
                rest >>= 5;
            }
        }));
    }

    private static UInt128 AfterLast(UInt128 number)
    {
        lock (s_lock)
        {
            return s_last = number >> RandomBits == s_last >> RandomBits ? s_last + 1 : number;
        }
    }

    /// <summary>The id that the text spells, or null.</summary>
    public static RunId? Parse(string text) =>
        text.Length == Length && text[0] <= '7' && text.All(Alphabet.Contains) ? new RunId(text) : null;

    public override string ToString() => Value;
}
