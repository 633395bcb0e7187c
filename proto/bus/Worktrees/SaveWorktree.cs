using MessagePack;

namespace PvExec.Proto.Bus.Worktrees;

/// <summary>Asks worktree to save. Answered by <see cref="WorktreeSaved"/> when the worktree as it stood at the call is durable.</summary>
/// <param name="Reason">What for, for people: <c>before an upgrade</c>.</param>
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
