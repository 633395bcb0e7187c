using PvExec.IntegrationTests.Rig;

namespace PvExec.IntegrationTests.Supervision;

public sealed class ListenerTests(SharedDaemon shared) : IClassFixture<SharedDaemon>
{
    [Fact]
    public async Task Nothing_of_ours_listens_but_the_front_port_and_configured_process_ports()
    {
        TestContainer daemon = shared.Container;
        _ = (await daemon.StartProcessAsync("web", ["python3", "-m", "http.server", "--bind", "127.0.0.1", "23001"], 23002)).Ok();
        await daemon.WaitForStateAsync("web", "RUNNING");
        await daemon.WaitUntilAsync("curl -sf http://127.0.0.1:23002/");

        string[] ports = (await daemon.ShellAsync("ss -ltnH | awk '{ print $4 }' | sed 's/.*://' | sort -u")).Lines;

        // 23001 is the process's own.
        Assert.Equal(["23001", "23002", "50000"], ports);
    }
}
