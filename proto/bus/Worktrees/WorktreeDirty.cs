using MessagePack;

namespace PvExec.Proto.Bus.Worktrees;

/// <summary>Event: the worktree is found to differ from its last snapshot, for the first time since.</summary>
/// <param name="Seen">When it was found; Unix milliseconds on the wire.</param>
public sealed record WorktreeDirty(DateTimeOffset Seen) : IBusMessage<WorktreeDirty>
{
    public static string Kind => "worktree.dirty";

    public void Write(ref MessagePackWriter writer)
    {
        writer.WriteArrayHeader(1);
        writer.Write(Seen.ToUnixTimeMilliseconds());
    }

    public static WorktreeDirty Read(ref MessagePackReader reader)
    {
        reader.ReadFields(1);
        return new WorktreeDirty(reader.ReadTime());
    }
}
