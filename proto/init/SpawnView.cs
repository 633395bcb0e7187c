using MessagePack;

namespace PvExec.Proto.Init;

/// <summary>
/// A <see cref="Spawn"/> as pv-init reads it: parts of the packet, nothing copied and nothing allocated. Valid as long
/// as the packet is. The fields mean what those of Spawn and <see cref="SpawnAttributes"/> mean.
/// </summary>
public readonly struct SpawnView
{
    private const int LeastFieldCount = 8, FieldCount = 9, LeastAttributeCount = 10, AttributeCount = 11;

    private SpawnView(ref MessagePackReader reader, ReadOnlyMemory<byte> bytes)
    {
        int count = Fields.Begin(ref reader, LeastFieldCount);
        Label = Part(ref reader, bytes);
        State = Part(ref reader, bytes);
        Arguments = PackedTexts.Read(ref reader, bytes);
        Environment = PackedTexts.Read(ref reader, bytes);
        WorkingDirectory = Part(ref reader, bytes);
        Grouping = reader.ReadInt32();
        Targets = PackedNumbers.Read(ref reader, bytes);
        Kept = PackedTexts.Read(ref reader, bytes);
        OwnCgroup = true;
        if (count < FieldCount)
        {
            return;
        }

        if (!reader.TryReadNil())
        {
            int attributes = Fields.Begin(ref reader, LeastAttributeCount);
            Uid = (uint?)Fields.Number(ref reader, 0, uint.MaxValue);
            Gid = (uint?)Fields.Number(ref reader, 0, uint.MaxValue);
            Groups = reader.TryReadNil() ? null : PackedNumbers.Read(ref reader, bytes);
            Limits = PackedNumbers.Read(ref reader, bytes);
            Nice = (int?)Fields.Number(ref reader, int.MinValue, int.MaxValue);
            OomScore = (int?)Fields.Number(ref reader, int.MinValue, int.MaxValue);
            Umask = (uint?)Fields.Number(ref reader, 0, uint.MaxValue);
            NoNewPrivileges = reader.ReadBoolean();
            Terminal = (int?)Fields.Number(ref reader, int.MinValue, int.MaxValue);
            OwnCgroup = reader.ReadBoolean();
            PidFd = attributes >= AttributeCount && reader.ReadBoolean();
            Fields.End(ref reader, attributes, AttributeCount);
        }

        Fields.End(ref reader, count, FieldCount);
    }

    /// <summary>UTF-8.</summary>
    public ReadOnlyMemory<byte> Label { get; }

    public ReadOnlyMemory<byte> State { get; }

    public PackedTexts Arguments { get; }

    public PackedTexts Environment { get; }

    public ReadOnlyMemory<byte> WorkingDirectory { get; }

    public int Grouping { get; }

    public PackedNumbers Targets { get; }

    public PackedTexts Kept { get; }

    public uint? Uid { get; }

    public uint? Gid { get; }

    public PackedNumbers? Groups { get; }

    /// <summary>Three numbers each: see <see cref="ResourceLimit"/>.</summary>
    public PackedNumbers Limits { get; }

    public int? Nice { get; }

    public int? OomScore { get; }

    public uint? Umask { get; }

    public bool NoNewPrivileges { get; }

    public int? Terminal { get; }

    public bool OwnCgroup { get; }

    public bool PidFd { get; }

    /// <summary>Reads the body of a packet.</summary>
    /// <returns>False for bytes that are no Spawn.</returns>
    public static bool TryRead(in InitPacket packet, out SpawnView spawn)
    {
        try
        {
            var reader = new MessagePackReader(packet.Body);
            spawn = new SpawnView(ref reader, packet.Body);
            return reader.End;
        }
        catch (Exception e) when (InitPacket.IsMalformed(e))
        {
            spawn = default;
            return false;
        }
    }

    private static ReadOnlyMemory<byte> Part(ref MessagePackReader reader, ReadOnlyMemory<byte> bytes)
    {
        int length = PackedTexts.Span(ref reader).Length;
        int end = (int)reader.Consumed;
        return bytes[(end - length)..end];
    }
}
