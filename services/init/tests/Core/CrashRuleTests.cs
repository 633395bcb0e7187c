using PvExec.Init.Core;

namespace PvExec.Init.Tests.Core;

public class CrashRuleTests
{
    private static readonly CrashRule Three = new(3);

    [Fact]
    public void Ends_before_being_ready_are_counted_up_to_the_limit()
    {
        CrashCount counted = default;
        for (int i = 1; i <= 3; i++)
        {
            Assert.False(Three.IsExhausted(counted));
            counted = Three.After(counted, 0);
            Assert.Equal(new CrashCount(i, i), counted);
        }

        Assert.True(Three.IsExhausted(counted));
    }

    [Fact]
    public void An_end_after_a_second_of_being_ready_does_not_count_but_the_wait_grows_on() =>
        Assert.Equal(new CrashCount(3, 0), Three.After(new CrashCount(2, 2), CrashRule.ProvenAfter));

    [Fact]
    public void Ten_seconds_of_being_ready_make_the_wait_short_again() =>
        Assert.Equal(new CrashCount(1, 0), Three.After(new CrashCount(9, 2), CrashRule.StableAfter));

    [Fact]
    public void A_limit_of_zero_is_none() => Assert.False(new CrashRule(0).IsExhausted(new CrashCount(1000, 1000)));
}
