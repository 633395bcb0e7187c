namespace PvExec.Kernel.Tests;

public sealed class BackoffTests
{
    private static readonly Backoff Quick = new(TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(1));

    [Theory]
    [InlineData(1, 100)]
    [InlineData(2, 200)]
    [InlineData(4, 800)]
    [InlineData(5, 1000)]
    [InlineData(int.MaxValue, 1000)]
    public void The_wait_doubles_up_to_the_ceiling(int failures, int milliseconds) =>
        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), Quick.After(failures));

    [Fact]
    public void Long_waits_do_not_overflow() =>
        Assert.Equal(TimeSpan.FromDays(30), new Backoff(TimeSpan.FromDays(1), TimeSpan.FromDays(30)).After(1000));

    [Fact]
    public void No_wait_stays_none() => Assert.Equal(TimeSpan.Zero, new Backoff(TimeSpan.Zero, TimeSpan.FromSeconds(1)).After(5));

    [Fact]
    public void Without_a_failure_there_is_nothing_to_wait_for() => Assert.Throws<ArgumentOutOfRangeException>(() => Quick.After(0));
}
