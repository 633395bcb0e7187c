using MessagePack;

namespace PvExec.Proto.Bus.Worktrees;

/// <summary>Asks worktree to save now. Answered by <see cref="WorktreeSaved"/> once the snapshot is durable.</summary>
/// <param name="Reason">What for, for people: <c>shutdown</c>.</param>
public sealed record SaveWorktree(string Reason) : IBusMessage<SaveWorktree>
{
    public static string Kind => "worktree.save";

    public void Write(ref MessagePackWriter writer)
    {
        writer.WriteArrayHeader(1);
        writer.Write(Reason);
    }

    public static SaveWorktree Read(ref MessagePackReader reader)
    {
        reader.ReadFields(1);
        return new SaveWorktree(reader.ReadText());
    }
}
