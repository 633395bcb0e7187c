using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using PvExec.InitClient;
using PvExec.Kernel;
using PvExec.Linux.Processes;
using PvExec.Proto.Init;

namespace PvExec.Init.Tests.Published;

/// <summary>pv-init under another supervisor, whose part the test plays: it starts the services itself.</summary>
public sealed class ExternalServicesTests : IDisposable
{
    private const int Spawned = 66, Exited = 71;

    private readonly Installation _installation = new();
    private readonly Socket _notify = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
    private readonly List<Process> _services = [];

    public ExternalServicesTests()
    {
        _notify.Bind(new UnixDomainSocketEndPoint(NotifyPath));
        _notify.ReceiveTimeout = (int)RunningInit.Patience.TotalMilliseconds;
    }

    private string NotifyPath => Path.Combine(_installation.Root, "supervisor.sock");

    private RuntimePaths Paths => new(_installation.Runtime);

    public void Dispose()
    {
        foreach (Process service in _services)
        {
            service.Kill();
            service.WaitForExit();
            service.Dispose();
        }

        _notify.Dispose();
        _installation.Dispose();
    }

    [Fact]
    public void It_says_that_it_is_ready_and_that_it_stops()
    {
        using RunningInit init = StartInit();
        Assert.Equal("READY=1", Said());
        Assert.False(File.Exists(Paths.Notify));
        Assert.Equal(0, init.Stop());
        Assert.Equal("STOPPING=1", Said());
    }

    [Fact]
    public void Children_outlive_a_service_that_its_supervisor_restarts_and_end_with_pv_init()
    {
        using RunningInit init = StartInit();
        StandIn exec = StartService(init, "exec", out Process first);
        Assert.Equal("exec", exec.Event("welcome").GetProperty("service").GetString());
        exec.Order("""{"do":"spawn","label":"long","argv":["sleep","1000"]}""");
        int child = exec.Message(Spawned)[1].GetInt32();

        first.Kill();
        first.WaitForExit();
        StandIn again = StartService(init, "exec", out Process second);

        JsonElement owned = Assert.Single(again.Event("welcome").GetProperty("owned").EnumerateArray());
        Assert.Equal(("long", child), (owned.GetProperty("label").GetString(), owned.GetProperty("pid").GetInt32()));
        ServiceStatus listed = Listed("exec");
        Assert.Equal((second.Id, "ready", 1), (listed.Pid, listed.State, listed.Restarts));
        Assert.Equal("stopped", Listed("front").State);
        Assert.Equal(0, init.Stop());
        Assert.Null(ProcessStat.TryRead(child));
        Assert.False(second.HasExited && second.ExitCode == 137, "a service is its supervisor's to end");
    }

    [Fact]
    public void The_newest_line_of_a_service_counts()
    {
        using RunningInit init = StartInit();
        StandIn exec = StartService(init, "exec", out Process first);
        exec.Event("welcome");
        StandIn newer = StartService(init, "exec", out Process second);
        newer.Event("welcome");

        Assert.True(first.WaitForExit(RunningInit.Patience));
        Assert.Equal(second.Id, Listed("exec").Pid);
        newer.Order("""{"do":"spawn","argv":["sh","-c","exit 5"]}""");
        Assert.Equal(5, newer.Message(Exited)[1].GetInt32());
        Assert.Equal(0, init.Stop());
    }

    [Fact]
    public void A_child_that_calls_itself_a_service_is_none()
    {
        using RunningInit init = StartInit();
        StandIn exec = StartService(init, "exec", out Process service);
        exec.Event("welcome");
        string program = Path.Combine(Path.GetDirectoryName(_installation.Init)!, "pv-exec");
        exec.Order($$"""{"do":"spawn","argv":["{{program}}","--runtime-dir","{{_installation.Runtime}}"],"environment":["PATH=/usr/bin:/bin","LISTEN_FDS=0","LISTEN_FDNAMES=grpc","STAND_IN_WAIT_FOR_ORDER=exec"]}""");
        int child = exec.Message(Spawned)[1].GetInt32();

        Assert.Equal("", init.Connect("exec", child).Event("welcome").GetProperty("service").GetString());

        Assert.Equal(service.Id, Listed("exec").Pid);
        exec.Order("""{"do":"spawn","argv":["sh","-c","exit 5"]}""");
        Assert.Equal(5, exec.Message(Exited)[1].GetInt32());
        Assert.Equal(0, init.Stop());
    }

    [Fact]
    public void A_restart_is_the_supervisors_to_make()
    {
        using RunningInit init = StartInit();
        Assert.Contains("systemctl restart pv-exec", InitRestart.Restart(Paths, "exec").Fault!.Detail);
        Assert.Equal(0, init.Stop());
    }

    private RunningInit StartInit()
    {
        RunningInit init = _installation.Launch(["--external-services", "--runtime-dir", _installation.Runtime], null, ("NOTIFY_SOCKET", NotifyPath));
        init.WaitFor("for services that somebody else runs");
        return init;
    }

    private StandIn StartService(RunningInit init, string name, out Process process)
    {
        string program = Path.Combine(Path.GetDirectoryName(_installation.Init)!, "pv-" + name);
        var start = new ProcessStartInfo(program, ["--runtime-dir", _installation.Runtime]) { RedirectStandardInput = true };
        start.Environment["NOTIFY_SOCKET"] = NotifyPath;
        start.Environment["LISTEN_FDS"] = "0";
        start.Environment["LISTEN_FDNAMES"] = "grpc";
        start.Environment["STAND_IN_WAIT_FOR_ORDER"] = name;
        _services.Add(process = Process.Start(start)!);
        return init.Connect(name, process.Id);
    }

    private string Said()
    {
        var buffer = new byte[4096];
        return Encoding.UTF8.GetString(buffer, 0, _notify.Receive(buffer));
    }

    private ServiceStatus Listed(string service) => InitQuery.ListServices(Paths).Value.First(one => one.Name == service);
}
