using PvExec.Hosting.Unary;

namespace PvExec.Hosting.Tests.Unary;

public sealed class GrpcTimeoutTests
{
    [Theory]
    [InlineData("2H", 2 * TimeSpan.TicksPerHour)]
    [InlineData("3M", 3 * TimeSpan.TicksPerMinute)]
    [InlineData("10S", 10 * TimeSpan.TicksPerSecond)]
    [InlineData("1500m", 1500 * TimeSpan.TicksPerMillisecond)]
    [InlineData("7u", 7 * TimeSpan.TicksPerMicrosecond)]
    [InlineData("99999999n", 999_999)]
    [InlineData("1n", 1)]
    [InlineData("99999999H", 99_999_999 * TimeSpan.TicksPerHour)]
    public void A_number_and_a_unit_are_a_time(string text, long ticks) => Assert.Equal(TimeSpan.FromTicks(ticks), GrpcTimeout.TryParse(text));

    [Theory]
    [InlineData("")]
    [InlineData("S")]
    [InlineData("10")]
    [InlineData("10s")]
    [InlineData("-1S")]
    [InlineData("1.5S")]
    [InlineData(" 1S")]
    [InlineData("0S")]
    [InlineData("100000000n")]
    public void Anything_else_is_none(string text) => Assert.Null(GrpcTimeout.TryParse(text));
}
