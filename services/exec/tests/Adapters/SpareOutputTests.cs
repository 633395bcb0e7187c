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
    public void What_was_not_taken_is_closed()
    {
        var spare = new SpareOutput();
        spare.Prepare();
        OutputPlaces prepared = spare.Next!;

        spare.Dispose();

        Assert.True(prepared.Standard.ReadEnd.IsClosed);
        Assert.True(prepared.Error.WriteEnd.IsClosed);
        Assert.True(prepared.ErrorFile.Handle.IsClosed);
        Assert.Null(spare.Next);
    }
}
