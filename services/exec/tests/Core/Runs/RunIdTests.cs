using PvExec.Exec.Core.Runs;

namespace PvExec.Exec.Tests.Core.Runs;

/// <remarks>The last id is one for the whole process: ids that other tests make, of other times, may not come in between.</remarks>
[Collection(nameof(AloneCollection))]
public sealed class RunIdTests
{
    [Fact]
    public void Ids_of_one_moment_sort_as_they_were_made()
    {
        var now = DateTimeOffset.FromUnixTimeMilliseconds(1_764_000_000_123);

        string[] ids = [.. Enumerable.Range(0, 1_000).Select(_ => RunId.New(now).Value)];

        Assert.Equal(ids.Order(StringComparer.Ordinal).Distinct(), ids);
    }

    [Fact]
    public void A_later_id_sorts_after_an_earlier_one_and_is_read_as_it_is_written()
    {
        var now = DateTimeOffset.FromUnixTimeMilliseconds(1_764_000_000_123);
        RunId earlier = RunId.New(now);

        RunId later = RunId.New(now.AddMilliseconds(1));

        Assert.True(string.CompareOrdinal(earlier.Value, later.Value) < 0);
        Assert.Equal(later, RunId.Parse(later.Value));
    }
}
