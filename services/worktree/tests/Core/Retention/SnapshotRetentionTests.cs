using PvExec.Worktrees.Core.Retention;
using PvExec.Worktrees.Core.Snapshots;

namespace PvExec.Worktrees.Tests.Core.Retention;

public sealed class SnapshotRetentionTests
{
    private static readonly DateTimeOffset Now = new(2026, 5, 17, 12, 0, 0, TimeSpan.Zero);

    /// <summary>The rule: the newest, and of the older ones the oldest younger than 7 days, than 1 day, than 1 hour. Ages in minutes, newest first.</summary>
    [Theory]
    [InlineData("", "")]
    [InlineData("0", "0")]
    [InlineData("999999", "999999")]
    [InlineData("0 1", "0 1")]
    [InlineData("0 1 2 3", "0 3")]
    [InlineData("0 59 60", "0 59 60")]
    [InlineData("0 60 61", "0 61")]
    [InlineData("0 1439 1440", "0 1439 1440")]
    [InlineData("0 10079 10080", "0 10079")]
    [InlineData("0 10080", "0")]
    [InlineData("0 5 30 59 61 700 1439 1441 5000 10079 10081", "0 59 1439 10079")]
    [InlineData("20000 20001", "20000")]
    // The clock was set back: the order is that of saving, and what is in the future is young.
    [InlineData("0 -100 5", "0 5")]
    public void Ages_kept(string ages, string kept)
    {
        SnapshotInfo[] snapshots = [.. Minutes(ages).Select((age, i) => new SnapshotInfo(new Hash256((ulong)i, 0, 0, 0), Now - TimeSpan.FromMinutes(age), 1, 1))];
        Assert.Equal(Minutes(kept), SnapshotRetention.Keep(snapshots, Now).Select(snapshot => (int)(Now - snapshot.Created).TotalMinutes));
    }

    [Fact]
    public void A_week_of_saves_every_ten_minutes_keeps_one_of_each_span()
    {
        IReadOnlyList<SnapshotInfo> kept = [];
        DateTimeOffset now = Now;
        for (int i = 0; i < 7 * 24 * 6; i++, now += TimeSpan.FromMinutes(10))
        {
            kept = SnapshotRetention.Keep([new SnapshotInfo(new Hash256((ulong)i, 0, 0, 0), now, 1, 1), .. kept], now);
            Assert.InRange(kept.Count, 1, 4);
            Assert.Equal(now, kept[0].Created);
        }
    }

    private static IEnumerable<int> Minutes(string words) =>
        words.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(word => int.Parse(word, System.Globalization.CultureInfo.InvariantCulture));
}
