using System.Diagnostics;
using PvExec.Kernel;
using PvExec.Linux.Sockets;

namespace PvExec.Init.Tests.Published;

public sealed class LinesTests : IDisposable
{
    private const int Failed = 69, Exited = 71;

    private readonly Installation _installation = new();

    public void Dispose() => _installation.Dispose();

    [Fact]
    public void With_no_descriptor_left_it_waits_instead_of_turning_and_goes_on_when_connections_close()
    {
        using RunningInit init = _installation.Start(wrapper: ["prlimit", "--nofile=64:64"]);
        StandIn exec = init.Connect("exec");
        exec.Event("welcome");
        string socket = Path.Combine(_installation.Runtime, "init.sock");
        long before = Stopwatch.GetTimestamp();
        List<PacketSocket> callers = [.. Enumerable.Range(0, 80).Select(_ => PacketSocket.TryConnect(socket, out int _)!)];
        init.WaitFor("cannot accept a connection");
        init.WaitFor("cannot accept a connection");
        Assert.True(Stopwatch.GetElapsedTime(before) > TimeSpan.FromMilliseconds(300), "it looks again and again");

        callers.ForEach(caller => caller.Dispose());
        exec.Order("""{"do":"spawn","argv":["true"]}""");
        Assert.Equal(0, exec.Message(Exited)[1].GetInt32());
        Assert.Equal(0, init.Stop());
    }

    [Fact]
    public void Another_user_who_can_reach_the_socket_is_refused_with_a_line_and_its_notifications_are_ignored()
    {
        using RunningInit init = _installation.Start();
        StandIn exec = init.Connect("exec");
        exec.Event("welcome");
        foreach (string path in new[] { _installation.Root, _installation.Runtime })
        {
            File.SetUnixFileMode(path, (UnixFileMode)0x1ed);
        }

        foreach (string name in new[] { "init.sock", "notify.sock" })
        {
            File.SetUnixFileMode(Path.Combine(_installation.Runtime, name), (UnixFileMode)0x1b6);
        }

        string line = Path.Combine(_installation.Runtime, "init.sock"), notify = new RuntimePaths(_installation.Runtime).Notify;
        using var other = Process.Start(new ProcessStartInfo("setpriv", [ "--reuid=65534", "--regid=65534", "--clear-groups", "/usr/bin/python3", "-c",
            $"import socket; s = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET); s.connect('{line}'); assert s.recv(9) == b''; socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM).sendto(b'WATCHDOG=trigger', '{notify}')"]) { RedirectStandardError = true })!;
        Assert.Equal("", other.StandardError.ReadToEnd());

        init.WaitFor("user 65534: only pv-init's own user may ask");
        init.WaitFor("ignored a notification of pid");
        exec.Order("""{"do":"spawn","argv":["true"]}""");
        Assert.Equal(0, exec.Message(Exited)[1].GetInt32());
        Assert.Equal(0, init.Stop());
    }

    [Fact]
    public void A_service_may_ask_on_a_line_beside_its_own()
    {
        using RunningInit init = _installation.Start();
        StandIn exec = init.Connect("exec");
        exec.Event("welcome");
        exec.Order("""{"do":"ask-beside"}""");
        exec.Event("asked");
        exec.Order("""{"do":"spawn","argv":["true"]}""");
        Assert.Equal(0, exec.Message(Exited)[1].GetInt32());
        Assert.Equal(0, init.Stop());
        Assert.DoesNotContain(init.Lines, line => line.Contains("warning"));
    }

    [Fact]
    public void A_start_without_room_for_its_descriptors_is_refused_and_the_line_stays()
    {
        using RunningInit init = _installation.Start(wrapper: ["prlimit", "--nofile=64:64"]);
        StandIn exec = init.Connect("exec");
        exec.Event("welcome");
        string socket = Path.Combine(_installation.Runtime, "init.sock");
        List<PacketSocket> callers = [.. Enumerable.Range(0, 80).Select(_ => PacketSocket.TryConnect(socket, out int _)!)];
        init.WaitFor("cannot accept a connection");
        exec.Order("""{"do":"spawn","kept":true,"correlation":5,"argv":["true"]}""");
        Assert.Equal((int)FaultKind.ResourceExhausted, exec.Message(Failed)[0].GetInt32());

        // It hears of the closed connections in any order with the next request.
        callers.ForEach(caller => caller.Dispose());
        int answer = Failed;
        while (answer == Failed)
        {
            exec.Order("""{"do":"spawn","kept":true,"correlation":6,"argv":["true"]}""");
            answer = exec.Event("message").GetProperty("type").GetInt32();
        }

        Assert.Equal(0, exec.Message(Exited)[1].GetInt32());
        Assert.Equal(0, init.Stop());
    }

    [Fact]
    public void Children_get_the_limit_of_descriptors_as_it_was_and_services_the_raised_one()
    {
        using RunningInit init = _installation.Start(wrapper: ["prlimit", "--nofile=100:4000"]);
        StandIn exec = init.Connect("exec");
        int service = exec.Event("welcome").GetProperty("pid").GetInt32();
        string seen = Path.Combine(_installation.Root, "seen");
        exec.Order($$"""{"do":"spawn","argv":["sh","-c","(ulimit -Sn; ulimit -Hn) > {{seen}}"]}""");
        exec.Message(Exited);
        Assert.Equal(["100", "4000"], File.ReadAllLines(seen));
        Assert.Contains(File.ReadLines($"/proc/{service}/limits"), line => line.StartsWith("Max open files            4000", StringComparison.Ordinal));
        Assert.Equal(0, init.Stop());
    }
}
