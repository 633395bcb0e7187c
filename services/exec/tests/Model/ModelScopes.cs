namespace PvExec.Exec.Tests.Model;

/// <summary>What somebody reads and writes, as the reference sees it: plain names, and conflicts by looking at every pair.</summary>
internal sealed record ModelScopes(string[] Reads, string[] Writes)
{
    public static readonly ModelScopes None = new([], []);

    public bool ConflictsWith(ModelScopes other) =>
        Writes.Any(mine => other.Writes.Concat(other.Reads).Any(theirs => Meet(mine, theirs)))
        || Reads.Any(mine => other.Writes.Any(theirs => Meet(mine, theirs)));

    public override string ToString() => $"reads {string.Join(' ', Reads)}, writes {string.Join(' ', Writes)}";

    private static bool Meet(string one, string other) =>
        one == other || one.StartsWith(other + "/", StringComparison.Ordinal) || other.StartsWith(one + "/", StringComparison.Ordinal);
}
