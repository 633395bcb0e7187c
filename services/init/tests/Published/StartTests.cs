using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using PvExec.InitClient;
using PvExec.Kernel;
using PvExec.Proto.Init;

namespace PvExec.Init.Tests.Published;

public sealed class StartTests : IDisposable
{
    private readonly Installation _installation = new();

    public void Dispose() => _installation.Dispose();

    [Fact]
    public void Four_services_start_with_their_sockets_and_one_line_says_where()
    {
        using RunningInit init = _installation.Start(environment: ("PV_EXEC_ACCOUNT_NAME", ""));
        Assert.Matches(@"^pv-init: ready on 127\.0\.0\.1:[1-9]\d*$", init.Lines[^1]);
        JsonElement exec = init.Connect("exec").Event("welcome");
        int pid = exec.GetProperty("pid").GetInt32();
        JsonElement variables = exec.GetProperty("environment");
        Assert.Equal("exec", exec.GetProperty("service").GetString());
        Assert.Equal(pid, exec.GetProperty("session").GetInt32());
        Assert.Equal(pid.ToString(), variables.GetProperty("LISTEN_PID").GetString());
        Assert.Equal("3", variables.GetProperty("LISTEN_FDS").GetString());
        Assert.Equal("grpc:bus:events", variables.GetProperty("LISTEN_FDNAMES").GetString());
        Assert.All(exec.GetProperty("sockets").EnumerateArray(), mode => Assert.Equal(0xC000, mode.GetInt32() & 0xF000));
        Assert.Equal("front", init.Connect("front").Event("welcome").GetProperty("environment").GetProperty("LISTEN_FDNAMES").GetString());
        Assert.Equal(0, init.Stop());
        Assert.False(File.Exists(new RuntimePaths(_installation.Runtime).Init));
    }

    [Fact]
    public void The_services_are_listed_to_any_process_of_the_user()
    {
        using RunningInit init = _installation.Start();
        List<ServiceStatus> services = InitQuery.ListServices(new RuntimePaths(_installation.Runtime)).Value;
        Assert.Equal(["init", "front", "exec", "process", "worktree"], services.Select(one => one.Name));
        Assert.All(services, one => Assert.Equal("ready", one.State));
        Assert.All(services, one => Assert.True(one is { Pid: > 0, ResidentBytes: > 1_000_000, Restarts: 0 }, one.ToString()));
        Assert.Equal(0, init.Stop());
        Outcome<List<ServiceStatus>> after = InitQuery.ListServices(new RuntimePaths(_installation.Runtime));
        Assert.Contains($"no daemon runs in '{_installation.Runtime}'", after.Fault!.Detail);
    }

    [Fact]
    public void Wrong_options_are_told_one_a_line_with_exit_code_100()
    {
        File.WriteAllText(Path.Combine(_installation.Root, "file"), "");
        string empty = Directory.CreateDirectory(Path.Combine(_installation.Root, "empty")).FullName;
        Refuses(100, ["--bogus"], "unknown argument '--bogus'", "no -exec-config-root");
        Refuses(100, ["--exec-config-root", "/no/where", "--exec-config-root", empty], "'/no/where'", $"'{empty}' holds no task");
        Refuses(100, ["--exec-config-root", _installation.Tasks, "-p", "70000"], "-p '70000'");
        Refuses(
            100,
            [.. _installation.Arguments, "--mount-point", Path.Combine(_installation.Root, "file"), "--worktree", "w", "--store", "file:///s"],
            "is not a directory");
        Refuses(100, [.. _installation.Arguments, "-host", "no such host"], "-host 'no such host'");
    }

    [Fact]
    public void What_the_system_refuses_is_told_with_exit_code_111()
    {
        File.WriteAllText(Path.Combine(_installation.Root, "file"), "");
        Refuses(111, ["--exec-config-root", _installation.Tasks, "--runtime-dir", Path.Combine(_installation.Root, "file", "run")], "-runtime-dir");
        File.SetUnixFileMode(_installation.Root, (UnixFileMode)0b111_101_101);
        Refuses(111, ["--exec-config-root", _installation.Tasks, "--runtime-dir", _installation.Root], "holds other things");
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        int port = ((IPEndPoint)taken.LocalEndpoint).Port;
        Refuses(111, ["--exec-config-root", _installation.Tasks, "--runtime-dir", _installation.Runtime, "-p", $"{port}"], $"port {port} on 127.0.0.1 is taken", "-p");
        File.Delete(Path.Combine(Path.GetDirectoryName(_installation.Init)!, "pv-process"));
        Refuses(111, _installation.Arguments, "pv-process' is missing");
    }

    [Fact]
    public void A_second_daemon_on_the_same_directory_names_the_first_and_leaves_it_alone()
    {
        using RunningInit first = _installation.Start();
        Refuses(111, _installation.Arguments, $"pid {first.Pid} already runs on -runtime-dir");
        Assert.True(InitQuery.ListServices(new RuntimePaths(_installation.Runtime)).Succeeded(out _));
        Assert.Equal(0, first.Stop());
    }

    [Fact]
    public void A_daemon_takes_over_what_a_killed_one_left()
    {
        using (RunningInit killed = _installation.Start())
        {
            killed.Signal("KILL");
            killed.WaitForExit();
        }

        using RunningInit next = _installation.Start();
        Assert.Equal(0, next.Stop());
    }

    [Theory]
    [InlineData(100)]
    [InlineData(111)]
    public void A_service_that_cannot_start_ends_the_system_with_its_code(int code)
    {
        using RunningInit init = _installation.Launch(_installation.Arguments, environment: ("STAND_IN_REFUSE_PROCESS", $"{code}"));
        Assert.Equal(code, init.WaitForExit());
        Assert.Contains("pv-process: it is told to refuse", init.Lines);
    }

    private void Refuses(int code, string[] arguments, params string[] texts)
    {
        using RunningInit init = _installation.Launch(arguments);
        Assert.Equal(code, init.WaitForExit());
        Assert.All(texts, text => Assert.Contains(init.Lines, line => line.Contains(text, StringComparison.Ordinal)));
        Assert.All(init.Lines, line => Assert.StartsWith("pv-init: ", line));
    }
}
