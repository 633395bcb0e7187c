using PvExec.Init.Core;

namespace PvExec.Init.Tests.Core;

public class SignalRequestsTests
{
    [Fact]
    public void A_signal_asks_for_what_the_documentation_says()
    {
        foreach ((int signal, bool onTerminal, SignalRequest request) in new[]
        {
            (15, false, SignalRequest.Stop),
            (15, true, SignalRequest.Stop),
            (2, true, SignalRequest.Stop),
            (3, true, SignalRequest.StopHurried),
            (10, false, SignalRequest.Status),
            (1, false, SignalRequest.RestartAll),
            (1, true, SignalRequest.Stop),
        })
        {
            Assert.Equal(request, SignalRequests.Of(signal, onTerminal));
        }
    }
}
