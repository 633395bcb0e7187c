using Microsoft.Extensions.Hosting.Systemd;
using PvExec.Hosting.Notify;
using PvExec.Testing;

namespace PvExec.Hosting.Tests.Notify;

public sealed class StartProgressTests : ISystemdNotifier
{
    private readonly ManualClock _time = new();
    private readonly List<string> _said = [];
    private bool _isDeaf;

    bool ISystemdNotifier.IsEnabled => true;

    void ISystemdNotifier.Notify(ServiceState state)
    {
        if (_isDeaf)
        {
            throw new System.Net.Sockets.SocketException();
        }

        _said.Add(state.ToString());
    }

    [Fact]
    public void Steps_ask_for_another_minute_at_most_once_a_second()
    {
        var progress = new StartProgress(this, _time);
        progress.Step();
        progress.Step();
        _time.Advance(TimeSpan.FromSeconds(0.9));
        progress.Step();
        Assert.Equal(["EXTEND_TIMEOUT_USEC=60000000"], _said);

        _time.Advance(TimeSpan.FromSeconds(0.1));
        progress.Step();
        Assert.Equal(["EXTEND_TIMEOUT_USEC=60000000", "EXTEND_TIMEOUT_USEC=60000000"], _said);
    }

    [Fact]
    public void Nothing_is_said_while_no_step_is_done()
    {
        new StartProgress(this, _time).Step();
        _time.Advance(TimeSpan.FromMinutes(5));
        Assert.Single(_said);
    }

    [Fact]
    public void A_step_does_not_fail_when_nobody_listens()
    {
        _isDeaf = true;
        new StartProgress(this, _time).Step();
        Assert.Empty(_said);
    }
}
