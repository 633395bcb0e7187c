using MessagePack;

namespace PvExec.Proto.Bus.Worktrees;

/// <summary>Event, and the answer to <see cref="SaveWorktree"/>: the worktree as it stood is durable in the store.</summary>
/// <param name="SnapshotId">The snapshot that holds it.</param>
/// <param name="Changed">False when nothing had changed and the snapshot is an older one.</param>
public sealed record WorktreeSaved(string SnapshotId, bool Changed) : IBusMessage<WorktreeSaved>
{
    public static string Kind => "worktree.saved";

    public void Write(ref MessagePackWriter writer)
    {
        writer.WriteArrayHeader(2);
        writer.Write(SnapshotId);
        writer.Write(Changed);
    }

    public static WorktreeSaved Read(ref MessagePackReader reader)
    {
        reader.ReadFields(2);
        return new WorktreeSaved(reader.ReadText(), reader.ReadBoolean());
    }
}
