using PvExec.Linux.Trees;

namespace PvExec.Worktrees.Core.Snapshots;

/// <summary>A path, a name or a target: bytes, which need not be UTF-8. Never changed once made.</summary>
public readonly struct ByteString(byte[] bytes) : IEquatable<ByteString>, IComparable<ByteString>
{
    private readonly byte[]? _bytes = bytes;

    public static ByteString Empty => new([]);

    public ReadOnlySpan<byte> Span => _bytes;

    public int Length => _bytes?.Length ?? 0;

    /// <summary>The last part of a path.</summary>
    public ReadOnlySpan<byte> Name => Span[(Span.LastIndexOf((byte)'/') + 1)..];

    /// <summary>All but the last part of a path; empty for a path of one part.</summary>
    public ReadOnlySpan<byte> Directory => Span[..Math.Max(Span.LastIndexOf((byte)'/'), 0)];

    /// <summary>This path, and a name below it.</summary>
    public ByteString Below(ReadOnlySpan<byte> name) => Length == 0 ? new(name.ToArray()) : new([.. Span, (byte)'/', .. name]);

    public bool Equals(ByteString other) => Span.SequenceEqual(other.Span);

    public override bool Equals(object? obj) => obj is ByteString other && Equals(other);

    public int CompareTo(ByteString other) => Span.SequenceCompareTo(other.Span);

    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.AddBytes(Span);
        return hash.ToHashCode();
    }

    public override string ToString() => PathText.Show(Span);

    public static bool operator ==(ByteString left, ByteString right) => left.Equals(right);

    public static bool operator !=(ByteString left, ByteString right) => !left.Equals(right);

    public static bool operator <(ByteString left, ByteString right) => left.CompareTo(right) < 0;

    public static bool operator >(ByteString left, ByteString right) => left.CompareTo(right) > 0;

    public static bool operator <=(ByteString left, ByteString right) => left.CompareTo(right) <= 0;

    public static bool operator >=(ByteString left, ByteString right) => left.CompareTo(right) >= 0;
}
