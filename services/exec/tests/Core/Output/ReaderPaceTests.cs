using PvExec.Exec.Core.Output;

namespace PvExec.Exec.Tests.Core.Output;

public sealed class ReaderPaceTests
{
    private const long Lag = ReaderPace.LagBytes;
    private const int Head = 8192;

    private readonly RunOutput _output = new(StreamWindow.Of(Head, ReaderPace.TailBytes), StreamWindow.Of(0, ReaderPace.TailBytes), isLossless: true);
    private int _released;

    private StreamLog Log => _output.Standard;

    [Fact]
    public void Without_a_reader_that_is_waited_for_there_is_always_room()
    {
        Assert.Null(new RunOutput(Log.Window, Log.Window).Pace);
        Grow(100 * Lag);
        Assert.Equal(StreamLog.NoPace, Log.Room);
        Assert.False(Log.TryHold());
    }

    [Fact]
    public void There_is_room_for_the_head_and_a_lag_before_anything_is_read_and_for_a_lag_behind_what_is()
    {
        _output.Pace!.Expect();
        Assert.Equal((Head + Lag, Lag), (Log.Room, _output.Error.Room));
        Grow(Head + Lag);
        Assert.Equal(0, Log.Room);

        using ReaderPace.Reader reader = _output.Pace.Come(0, 0);
        Assert.Equal(0, Log.Room);
        reader.Advance(Head + 10, 7);
        Assert.Equal((10, Lag + 7), (Log.Room, _output.Error.Room));
    }

    [Fact]
    public void A_writer_that_waits_is_released_when_the_reader_has_read_half_of_it()
    {
        Log.Released = () => _released++;
        ReaderPace.Reader reader = _output.Pace!.Come(0, 0);
        Grow(Head + Lag);
        Assert.True(Log.TryHold());
        reader.Advance(Head + (Lag / 2) - 1, 0);
        Assert.True(Log.IsHeld);
        reader.Advance(Head + (Lag / 2), 0);
        Assert.False(Log.IsHeld);
        Assert.Equal(1, _released);

        reader.Advance(Head + Lag, 0);
        Assert.Equal(1, _released);
    }

    [Fact]
    public void Nobody_is_waited_for_once_the_reader_is_gone_and_one_that_was_replaced_changes_nothing()
    {
        Log.Released = () => _released++;
        ReaderPace.Reader first = _output.Pace!.Come(0, 0);
        ReaderPace.Reader second = _output.Pace.Come(0, 0);
        Grow(Head + Lag);
        Assert.True(Log.TryHold());

        first.Advance(10 * Lag, 0);
        first.Dispose();
        _output.Pace.ExpectNoLonger();
        Assert.True(Log.IsHeld);
        second.Dispose();
        Assert.Equal((false, 1, StreamLog.NoPace), (Log.IsHeld, _released, Log.Room));
    }

    [Fact]
    public void One_that_is_expected_and_does_not_come_is_waited_for_no_longer()
    {
        _output.Pace!.Expect();
        Grow(Head + Lag);
        Assert.True(Log.TryHold());
        _output.Pace.ExpectNoLonger();
        Assert.False(Log.IsHeld);
    }

    [Fact]
    public void A_reader_that_wants_nothing_of_a_stream_does_not_hold_its_writer()
    {
        using ReaderPace.Reader reader = _output.Pace!.Come(long.MaxValue, 0);
        Assert.Equal(StreamLog.NoPace, Log.Room);
        Assert.Equal(Lag, _output.Error.Room);
    }

    [Fact]
    public void What_the_reader_is_behind_and_a_pipe_more_is_kept()
    {
        using ReaderPace.Reader reader = _output.Pace!.Come(5 * Lag, 0);
        long most = Log.Length + Log.Room + Lag;
        Assert.True(Log.Window.Gap(most).End <= 5 * Lag);
    }

    private void Grow(long bytes) => Log.Grow((int)bytes);
}
