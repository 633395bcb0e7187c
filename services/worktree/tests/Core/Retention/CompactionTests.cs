using PvExec.Worktrees.Core.Retention;
using PvExec.Worktrees.Core.Snapshots;

namespace PvExec.Worktrees.Tests.Core.Retention;

public sealed class CompactionTests
{
    private const int Megabyte = 1024 * 1024;

    private static Pack Make(int number, int rawLength) => new(new Hash256((ulong)number, 0, 0, 0), rawLength, rawLength / 4);

    private static Piece Live(Pack pack, int length) => new(new Hash256(pack.Id.A, 1, (ulong)length, 0), length, pack, 0);

    [Fact]
    public void A_pack_that_is_mostly_alive_stays() =>
        Assert.Empty(Compaction.Plan([Live(Make(1, 8 * Megabyte), 4 * Megabyte)], _ => false));

    [Fact]
    public void A_pack_that_is_mostly_dead_is_written_anew()
    {
        Pack dead = Make(1, 8 * Megabyte);
        Assert.Equal([dead], Compaction.Plan([Live(dead, 4 * Megabyte - 1), Live(Make(2, Megabyte), Megabyte)], _ => false));
    }

    [Fact]
    public void What_this_save_has_made_is_left_alone() =>
        Assert.Empty(Compaction.Plan([Live(Make(1, 8 * Megabyte), 1)], _ => true));

    [Theory]
    [InlineData(Compaction.MostTinyPacks - 1, 0)]
    [InlineData(Compaction.MostTinyPacks, Compaction.MostTinyPacks)]
    public void Tiny_packs_are_gathered_once_there_are_many(int count, int chosen)
    {
        IEnumerable<Piece> pieces = Enumerable.Range(0, count).Select(i => Live(Make(i, 100), 100));
        Assert.Equal(chosen, Compaction.Plan([.. pieces], _ => false).Count);
    }

    [Fact]
    public void One_save_never_writes_too_much_anew()
    {
        Piece[] pieces = [.. Enumerable.Range(0, 100).Select(i => Live(Make(i, 8 * Megabyte), 3 * Megabyte))];
        int chosen = Compaction.Plan(pieces, _ => false).Count;
        Assert.Equal((int)(Compaction.MostBytes / (3 * Megabyte)), chosen);
    }
}
