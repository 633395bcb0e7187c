using PvExec.Worktrees.Core.Retention;

namespace PvExec.Worktrees.Tests.Core.Retention;

public sealed class CollectionTests
{
    private static readonly DateTimeOffset Now = new(2026, 5, 17, 12, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Grace = TimeSpan.FromHours(1);

    /// <summary>Minutes before now; -1: never, -5: in the future.</summary>
    [Theory]
    [InlineData(false, 600, -1, false, 0)]
    [InlineData(false, 600, 59, false, 59)]
    [InlineData(false, 600, 60, true, null)]
    [InlineData(false, 59, 600, false, 600)]
    [InlineData(true, 600, 600, false, null)]
    [InlineData(true, 600, -1, false, null)]
    [InlineData(false, 600, -5, false, 0)]
    public void A_blob(bool referred, int written, int condemned, bool deleted, int? condemnedAfter)
    {
        var before = new Dictionary<string, DateTimeOffset>();
        if (condemned != -1)
        {
            before["b"] = Now - TimeSpan.FromMinutes(condemned);
        }

        Collection plan = Collection.Plan(
            new Dictionary<string, DateTimeOffset> { ["b"] = Now - TimeSpan.FromMinutes(written) },
            new HashSet<string>(referred ? ["b"] : []), before, Now, Grace);

        Assert.Equal(deleted ? ["b"] : [], plan.Delete);
        Assert.Equal(condemnedAfter is { } minutes ? [Now - TimeSpan.FromMinutes(minutes)] : [], plan.Condemned.Values);
    }

    [Fact]
    public void What_is_gone_is_condemned_no_longer() =>
        Assert.Empty(Collection.Plan(new Dictionary<string, DateTimeOffset>(), new HashSet<string>(), new Dictionary<string, DateTimeOffset> { ["b"] = Now }, Now, Grace).Condemned);
}
