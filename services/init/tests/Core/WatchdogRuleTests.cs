using PvExec.Init.Core;

namespace PvExec.Init.Tests.Core;

public class WatchdogRuleTests
{
    [Theory]
    [InlineData(0, 100, 200, long.MaxValue)]
    [InlineData(30, 0, 200, long.MaxValue)]
    [InlineData(30, 100, 0, 130)]
    [InlineData(30, 100, 90, 130)]
    [InlineData(30, 100, 110, 140)]
    public void Silence_counts_from_the_last_sign_of_a_service_that_is_ready(long interval, long readyAt, long lastSign, long due) =>
        Assert.Equal(due, WatchdogRule.Due(interval, readyAt, lastSign));

    [Theory]
    [InlineData(0, long.MaxValue)]
    [InlineData(90, 190_000)]
    public void A_start_has_its_time_or_none_at_all(int seconds, long due) => Assert.Equal(due, WatchdogRule.StartDue(100_000, TimeSpan.FromSeconds(seconds)));

    [Theory]
    [InlineData(0, 100)]
    [InlineData(1, 101)]
    [InlineData(1_000, 101)]
    [InlineData(1_001, 102)]
    public void A_time_that_a_service_names_is_rounded_up(long microseconds, long due) => Assert.Equal(due, WatchdogRule.After(100, microseconds));

    [Theory]
    [InlineData(1_000, 1_999, false)]
    [InlineData(1_000, 2_001, true)]
    [InlineData(long.MaxValue, 9_000_000, false)]
    public void A_loop_that_is_late_by_more_than_a_second_was_held_up_itself(long due, long now, bool heldUp) =>
        Assert.Equal(heldUp, WatchdogRule.WasHeldUp(due, now));
}
