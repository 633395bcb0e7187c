using PvExec.Front.Core;

namespace PvExec.Front.Tests.Core;

public sealed class RepeatRuleTests
{
    [Theory]
    [InlineData(1, 5)]
    [InlineData(2, 10)]
    [InlineData(7, 320)]
    [InlineData(8, 500)]
    [InlineData(RepeatRule.MaxRepeats, 500)]
    public void The_delay_doubles_up_to_half_a_second(int repeat, int milliseconds) =>
        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), RepeatRule.Delay(repeat));
}
