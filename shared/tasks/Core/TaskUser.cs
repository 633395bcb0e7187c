namespace PvExec.Tasks.Core;

/// <summary>Whom a task's processes run as.</summary>
/// <param name="Text">As the file <c>user</c> says it.</param>
/// <param name="Groups">The supplementary ones: those of the user where no group is given, else none.</param>
public sealed record TaskUser(string Text, uint Uid, uint Gid, IReadOnlyList<uint> Groups)
{
    public override string ToString() => Text;
}
