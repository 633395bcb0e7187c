using PvExec.Exec.Adapters.Output;

namespace PvExec.Exec.Tests.Adapters;

public sealed class SpareOutputTests
{
    [Fact]
    public void What_is_prepared_is_one_runs_alone()
    {
        using var spare = new SpareOutput();
        spare.Prepare();
        spare.Prepare();

        using OutputPlaces one = spare.Take(), other = spare.Take();

        Assert.NotSame(one, other);
        PipeEnd.Write(one.Standard.WriteEnd, "one's"u8);
        Assert.Equal(5, one.StandardFile.MoveFrom(one.Standard.ReadEnd, 0, new byte[10]));
        Assert.Equal((5, 0), (one.StandardFile.Length, other.StandardFile.Length));
    }

    [Fact]
    public void What_was_not_taken_is_closed_and_who_comes_later_gets_new_ones()
    {
        var spare = new SpareOutput();
        spare.Prepare();
        spare.Dispose();

        using OutputPlaces places = spare.Take();

        Assert.False(places.Standard.WriteEnd.IsClosed);
    }
}
