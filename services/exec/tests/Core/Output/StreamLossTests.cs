using PvExec.Exec.Core.Output;

namespace PvExec.Exec.Tests.Core.Output;

/// <summary>A stream of which a part cannot be kept.</summary>
public sealed class StreamLossTests
{
    private static readonly StreamWindow s_window = StreamWindow.Of(1 << 20, 1 << 20);

    private readonly MemoryBytes _bytes = new();
    private readonly List<string> _told = [];
    private readonly StreamLog _log = new(s_window, new ChangeSignal());

    public StreamLossTests()
    {
        _log.Open(_bytes);
        _log.NoteLoss = loss => _told.Add(loss.IsGoingOn ? $"{loss.Start}-" : $"{loss.Start}-{loss.End}");
        _log.Losing = why => _told.Add(why.Message);
    }

    [Fact]
    public void What_is_lost_is_a_gap_and_what_is_kept_again_is_there()
    {
        Keep("head");
        Lose(10);
        Assert.Equal("head[10]", All());
        Keep("tail");

        Assert.Equal("head[10]tail", All());
        Assert.Equal((18, 8), (_log.Length, _log.KeptBytes));
        Assert.Equal(["4-", "full", "4-14"], _told);
    }

    [Fact]
    public void A_second_loss_and_what_was_kept_before_it_become_one_gap_with_the_first()
    {
        Keep("head");
        Lose(10);
        Keep("kept");
        Lose(6);
        Keep("tail");

        Assert.Equal("head[20]tail", All());
        Assert.Equal(8, _log.KeptBytes);
        var freed = new byte[4];
        _bytes.Read(14, freed);
        Assert.Equal(new byte[4], freed);
    }

    [Fact]
    public void An_attempt_that_fails_too_changes_nothing()
    {
        Keep("head");
        Lose(10);
        Lose(10);
        Keep("tail");

        Assert.Equal("head[20]tail", All());
    }

    [Fact]
    public void An_instance_that_goes_on_finds_the_same_gap_and_may_be_losing_still()
    {
        Keep("head");
        Lose(10);
        var next = new StreamLog(s_window, new ChangeSignal());
        next.Open(_bytes, _log.Loss);
        Assert.Equal("head[10]", All(next));
        Assert.True(next.Loss.IsGoingOn);

        next.TryAgain();
        _bytes.Add("tail"u8);
        next.Grow(4);
        Assert.Equal("head[10]tail", All(next));
    }

    [Theory]
    [InlineData(0, 0, 10)]
    [InlineData(0, 100, 0)]
    [InlineData(15, 100, 5)]
    [InlineData(0, 15, 5)]
    [InlineData(12, 14, 8)]
    [InlineData(50, 60, 10)]
    public void What_is_missing_for_two_reasons_counts_once(long start, long end, long beside) =>
        Assert.Equal(beside, new StreamLoss(10, 20).BytesBeside(start, end, 100));

    [Fact]
    public void Beyond_the_streams_end_nothing_is_missing()
    {
        Assert.Equal(5, new StreamLoss(10, StreamLoss.Open).BytesBeside(0, 0, 15));
        Assert.Equal(0, default(StreamLoss).BytesBeside(0, 0, 15));
    }

    private void Keep(string text)
    {
        _log.TryAgain();
        _bytes.Add(System.Text.Encoding.UTF8.GetBytes(text));
        _log.Grow(text.Length);
    }

    /// <summary>An attempt, and what follows when it fails.</summary>
    private void Lose(int count)
    {
        _log.TryAgain();
        _log.Lose(new IOException("full"));
        _bytes.Add(new byte[count]);
        _log.Grow(count);
    }

    private string All(StreamLog? log = null)
    {
        log ??= _log;
        var text = new System.Text.StringBuilder();
        var buffer = new byte[64];
        long offset = 0;
        while (log.Read(offset, buffer) is { Length: > 0 } piece)
        {
            text.Append(piece.Kind == StreamPieceKind.Gap ? $"[{piece.Length}]" : System.Text.Encoding.UTF8.GetString(buffer, 0, (int)piece.Length));
            offset += piece.Length;
        }

        return text.ToString();
    }
}
