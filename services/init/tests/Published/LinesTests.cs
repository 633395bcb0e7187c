using System.Diagnostics;
using PvExec.Linux.Sockets;

namespace PvExec.Init.Tests.Published;

public sealed class LinesTests : IDisposable
{
    private const int Exited = 71;

    private readonly Installation _installation = new();

    public void Dispose() => _installation.Dispose();

    [Fact]
    public void With_no_descriptor_left_it_waits_instead_of_turning_and_goes_on_when_connections_close()
    {
        using RunningInit init = _installation.Start(wrapper: ["prlimit", "--nofile=64:64"]);
        StandIn exec = init.Connect("exec");
        exec.Event("welcome");
        string socket = Path.Combine(_installation.Runtime, "init.sock");
        List<PacketSocket> callers = [.. Enumerable.Range(0, 80).Select(_ => PacketSocket.TryConnect(socket, out int _)!)];
        init.WaitFor("cannot accept a connection");
        long first = Stopwatch.GetTimestamp();
        init.WaitFor("cannot accept a connection");
        Assert.True(Stopwatch.GetElapsedTime(first) > TimeSpan.FromMilliseconds(300), "it looks again and again");

        callers.ForEach(caller => caller.Dispose());
        exec.Order("""{"do":"spawn","argv":["true"]}""");
        Assert.Equal(0, exec.Message(Exited)[1].GetInt32());
        Assert.Equal(0, init.Stop());
    }
}
