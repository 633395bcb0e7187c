using MessagePack;

namespace PvExec.Proto.Init;

/// <summary>What a Spawn may ask for beside the program; null leaves what pv-init's children get.</summary>
public sealed record SpawnAttributes
{
    private const int FieldCount = 11, LeastFieldCount = 10;

    /// <summary>The real, effective and saved user.</summary>
    public uint? Uid { get; init; }

    /// <summary>The real, effective and saved group.</summary>
    public uint? Gid { get; init; }

    /// <summary>The supplementary groups, all of them.</summary>
    public IReadOnlyList<uint>? Groups { get; init; }

    public IReadOnlyList<ResourceLimit> Limits { get; init; } = [];

    /// <summary>-20 to 19 (setpriority(2)).</summary>
    public int? Nice { get; init; }

    /// <summary>-1000 to 1000 (proc_pid_oom_score_adj(5)); null: what pv-init was started with.</summary>
    public int? OomScore { get; init; }

    /// <summary>0 to 0777.</summary>
    public uint? Umask { get; init; }

    /// <summary>PR_SET_NO_NEW_PRIVS (prctl(2)).</summary>
    public bool NoNewPrivileges { get; init; }

    /// <summary>The target that becomes the controlling terminal of the child's session.</summary>
    public int? Terminal { get; init; }

    /// <summary>Whether the child gets a cgroup of its own where there are any.</summary>
    public bool OwnCgroup { get; init; } = true;

    /// <summary>Whether the answer is to bring a pidfd. Appended later: a caller may leave it out.</summary>
    public bool PidFd { get; init; }

    internal void Write(ref MessagePackWriter writer)
    {
        writer.WriteArrayHeader(FieldCount);
        Fields.Write(ref writer, Uid);
        Fields.Write(ref writer, Gid);
        WriteGroups(ref writer);
        writer.WriteArrayHeader(3 * Limits.Count);
        foreach (ResourceLimit limit in Limits)
        {
            writer.Write(limit.Resource);
            writer.Write(limit.Soft);
            writer.Write(limit.Hard);
        }

        Fields.Write(ref writer, Nice);
        Fields.Write(ref writer, OomScore);
        Fields.Write(ref writer, Umask);
        writer.Write(NoNewPrivileges);
        Fields.Write(ref writer, Terminal);
        writer.Write(OwnCgroup);
        writer.Write(PidFd);
    }

    private void WriteGroups(ref MessagePackWriter writer)
    {
        if (Groups is null)
        {
            writer.WriteNil();
            return;
        }

        writer.WriteArrayHeader(Groups.Count);
        foreach (uint group in Groups)
        {
            writer.Write(group);
        }
    }

    internal static SpawnAttributes Read(ref MessagePackReader reader)
    {
        int count = Fields.Begin(ref reader, LeastFieldCount);
        var attributes = new SpawnAttributes
        {
            Uid = (uint?)Fields.Number(ref reader, 0, uint.MaxValue),
            Gid = (uint?)Fields.Number(ref reader, 0, uint.MaxValue),
            Groups = ReadGroups(ref reader),
            Limits = ReadLimits(ref reader),
            Nice = (int?)Fields.Number(ref reader, int.MinValue, int.MaxValue),
            OomScore = (int?)Fields.Number(ref reader, int.MinValue, int.MaxValue),
            Umask = (uint?)Fields.Number(ref reader, 0, uint.MaxValue),
            NoNewPrivileges = reader.ReadBoolean(),
            Terminal = (int?)Fields.Number(ref reader, int.MinValue, int.MaxValue),
            OwnCgroup = reader.ReadBoolean(),
            PidFd = count >= FieldCount && reader.ReadBoolean(),
        };
        Fields.End(ref reader, count, FieldCount);
        return attributes;
    }

    private static uint[]? ReadGroups(ref MessagePackReader reader)
    {
        if (reader.TryReadNil())
        {
            return null;
        }

        var groups = new uint[reader.ReadArrayHeader()];
        for (int i = 0; i < groups.Length; i++)
        {
            groups[i] = reader.ReadUInt32();
        }

        return groups;
    }

    private static ResourceLimit[] ReadLimits(ref MessagePackReader reader)
    {
        int numbers = reader.ReadArrayHeader();
        var limits = numbers % 3 == 0 ? new ResourceLimit[numbers / 3] : throw new MessagePackSerializationException($"{numbers} numbers of limits, which come in threes");
        for (int i = 0; i < limits.Length; i++)
        {
            limits[i] = new ResourceLimit(reader.ReadInt32(), reader.ReadInt64(), reader.ReadInt64());
        }

        return limits;
    }
}
