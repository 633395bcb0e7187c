using MessagePack;

namespace PvExec.Proto.Bus.Worktrees;

/// <summary>Event: the worktree is no longer as it was saved. Told once, until the next save.</summary>
/// <param name="SnapshotId">What it was like before; empty when it was never saved.</param>
public sealed record WorktreeDirty(string SnapshotId) : IBusMessage<WorktreeDirty>
{
    public static string Kind => "worktree.dirty";

    public void Write(ref MessagePackWriter writer)
    {
        writer.WriteArrayHeader(1);
        writer.Write(SnapshotId);
    }

    public static WorktreeDirty Read(ref MessagePackReader reader)
    {
        reader.ReadFields(1);
        return new WorktreeDirty(reader.ReadText());
    }
}
