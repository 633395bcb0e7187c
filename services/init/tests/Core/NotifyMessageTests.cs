using System.Text;
using PvExec.Init.Core;

namespace PvExec.Init.Tests.Core;

public class NotifyMessageTests
{
    private static readonly NotifyMessage Nothing = new();

    public static TheoryData<string, object> Datagrams => new()
    {
        { "READY=1", Nothing with { Ready = true } },
        { "STATUS=loading\nREADY=1\n", Nothing with { Ready = true, Status = 7..14 } },
        { "STATUS=a=b", Nothing with { Status = 7..10 } },
        { "STOPPING=1", Nothing with { Stopping = true } },
        { "RELOADING=1\nMONOTONIC_USEC=7", Nothing with { Reloading = true } },
        { "WATCHDOG=1", Nothing with { Watchdog = true } },
        { "WATCHDOG=trigger", Nothing with { WatchdogTrigger = true } },
        { "WATCHDOG_USEC=20000000", Nothing with { WatchdogMicroseconds = 20_000_000 } },
        { "WATCHDOG_USEC=20s\nWATCHDOG_USEC=-1\nWATCHDOG_USEC=", Nothing },
        { "EXTEND_TIMEOUT_USEC=20000000", Nothing with { ExtendMicroseconds = 20_000_000 } },
        { "EXTEND_TIMEOUT_USEC=-1\nEXTEND_TIMEOUT_USEC=1s\nEXTEND_TIMEOUT_USEC=", Nothing },
        { "FDSTORE=1\nFDNAME=pipe\nFDPOLL=0", Nothing with { Store = true, Name = 17..21 } },
        { "FDSTOREREMOVE=1\nFDNAME=pipe", Nothing with { StoreRemove = true, Name = 23..27 } },
        { "X_PV_MAIN_EXIT=143", Nothing with { MainExit = 143 } },
        { "X_PV_MAIN_EXIT=256\nX_PV_MAIN_EXIT=-1\nX_PV_MAIN_EXIT=x", Nothing },
        { "BARRIER=1", Nothing },
        { "READY=11\nXREADY=1\nMAINPID=3\n\n=\nREADY", Nothing },
        { "", Nothing },
    };

    [Theory]
    [MemberData(nameof(Datagrams))]
    public void A_notification_is_read_line_by_line(string datagram, object expected) =>
        Assert.Equal((NotifyMessage)expected, NotifyMessage.Parse(Encoding.UTF8.GetBytes(datagram)));

    [Theory]
    [InlineData("a pipe/1.2", "a pipe/1.2")]
    [InlineData("a:b", "stored")]
    [InlineData("a\tb", "stored")]
    [InlineData("a\u007fb", "stored")]
    [InlineData("\u00e4", "stored")]
    [InlineData("", "stored")]
    public void A_name_that_is_none_is_replaced_by_the_default(string given, string expected) => Assert.Equal(expected, From(given));

    [Fact]
    public void A_name_has_at_most_255_characters()
    {
        Assert.Equal(new string('x', 255), From(new string('x', 255)));
        Assert.Equal("stored", From(new string('x', 256)));
    }

    private static string From(string given) => Encoding.UTF8.GetString(StoreName.From(Encoding.UTF8.GetBytes(given)));
}
