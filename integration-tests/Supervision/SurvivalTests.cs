using PvExec.IntegrationTests.Rig;

namespace PvExec.IntegrationTests.Supervision;

/// <summary>What ends ordinary programs ends a task at most, never the root process.</summary>
public sealed class SurvivalTests
{
    private const long MiB = 1 << 20;

    [Fact]
    public async Task A_task_that_takes_all_memory_is_killed_alone()
    {
        await using TestContainer daemon = await TestContainer.StartAsync(ContainerSpec.Daemon with { MemoryBytes = 384 * MiB });
        string[] before = await PidsAsync(daemon);
        await daemon.AddTaskAsync("greedy", "exec python3 -c 'b = []\nwhile True: b.append(bytearray(1 << 24))'");

        CallResult result = await daemon.RunTaskAsync("greedy");

        Assert.Equal("9", result.Ok().Trailers["pv-exit-signal"]);
        Assert.Equal(before, await PidsAsync(daemon));
        await AssertWorksAsync(daemon);
        Assert.Equal(0, await daemon.StopAsync());
    }

    [Fact]
    public async Task The_root_process_survives_when_no_more_processes_can_be_started()
    {
        await using TestContainer daemon = await TestContainer.StartAsync(ContainerSpec.Daemon with { MaxProcesses = 150 });
        await daemon.WriteAsync("/tmp/bomb.py", """
            import os, time
            children = []
            try:
                while True:
                    pid = os.fork()
                    if pid == 0:
                        time.sleep(1000)
                    children.append(pid)
            except BlockingIOError:
                open("/tmp/full", "w").close()
            while not os.path.exists("/tmp/release"):
                time.sleep(0.02)
            for pid in children:
                os.kill(pid, 9)
                os.waitpid(pid, 0)
            """);
        await daemon.AddTaskAsync("bomb", "exec python3 /tmp/bomb.py");
        await daemon.AddTaskAsync("release", "touch /tmp/release");

        // Nothing can be started in the container meanwhile, by Docker either: the call comes from inside.
        await daemon.WriteAsync("/tmp/client.py", """
            import os, sys, time
            sys.path.insert(0, "/tmp/client")
            import grpc, contract_pb2 as m, contract_pb2_grpc as s
            stub = s.ExecServiceStub(grpc.insecure_channel("127.0.0.1:50000"))
            stub.Exec(m.ExecReq(task_name="bomb"), timeout=30)
            while not os.path.exists("/tmp/full"):
                time.sleep(0.02)
            try:
                stub.Exec(m.ExecReq(task_name="release", wait_for_completion=True), timeout=30)
                code = "OK"
            except grpc.RpcError as error:
                code = error.code().name
            open("/tmp/release", "w").close()
            print(code)
            """);
        _ = await daemon.CallAsync("GetProcessState", new { process_name = "none" });

        string code = (await daemon.ShellAsync("python3 /tmp/client.py")).Text;

        Assert.Contains(code, new[] { "OK", "RESOURCE_EXHAUSTED", "UNAVAILABLE" });
        await AssertWorksAsync(daemon);
        Assert.Equal(0, await daemon.StopAsync());
    }

    [Fact]
    public async Task A_full_runtime_directory_stops_no_task_and_no_process()
    {
        await using TestContainer daemon = await TestContainer.StartAsync(ContainerSpec.Daemon with { RuntimeBytes = MiB });
        _ = await daemon.ShellAsync($"dd if=/dev/zero of={Paths.Runtime}/filler bs=64k 2>/dev/null; dd if=/dev/zero of={Paths.Runtime}/filler2 bs=1 2>/dev/null");
        await daemon.AddTaskAsync("free", "cat");

        Assert.Equal("x", (await daemon.RunTaskAsync("free", "x")).Text);
        CallResult configured = await daemon.StartProcessAsync("talker", ["bash", "-c", "while :; do echo something; sleep 0.01; done"]);
        Assert.True(configured.Code is "OK" or "RESOURCE_EXHAUSTED", $"{configured.Code}: {configured.Details}");
        int exec = (await daemon.ServicesAsync())["exec"].GetProperty("pid").GetInt32();
        _ = (await daemon.ShellAsync($"kill -KILL {exec}")).Text;
        await daemon.WaitUntilAsync($"pv_exec services --json | python3 /opt/client/is_back.py exec {exec}");
        Assert.Equal("y", (await daemon.RunTaskAsync("free", "y")).Text);

        _ = (await daemon.ShellAsync($"rm {Paths.Runtime}/filler*")).Text;
        await AssertWorksAsync(daemon);
        Assert.Equal(0, await daemon.StopAsync());
    }

    [Fact]
    public async Task Another_user_of_the_container_reaches_none_of_the_private_sockets()
    {
        await using TestContainer daemon = await TestContainer.StartAsync(ContainerSpec.Daemon);
        const string Connect = """
            import os, socket, sys
            os.setgid(1000); os.setuid(1000)
            reached = []
            for path in sys.argv[1:]:
                for kind in (socket.SOCK_STREAM, socket.SOCK_SEQPACKET, socket.SOCK_DGRAM):
                    try:
                        s = socket.socket(socket.AF_UNIX, kind); s.connect(path); reached.append(path)
                    except (PermissionError, ConnectionRefusedError):
                        pass
            print(reached)
            """;
        await daemon.WriteAsync("/tmp/connect.py", Connect);

        Assert.Equal("[]", (await daemon.ShellAsync($"python3 /tmp/connect.py $(find {Paths.Runtime} -type s)")).Text);
        await AssertWorksAsync(daemon);
    }

    private static async Task AssertWorksAsync(TestContainer daemon)
    {
        await daemon.AddTaskAsync("works", "cat; exit 3");
        CallResult result = await daemon.RunTaskAsync("works", "input");
        Assert.Equal("input", result.Text);
        Assert.Equal("3", result.Trailers["pv-exit-code"]);
        await daemon.WaitUntilAsync("! ps -eo stat= | grep -q ^Z");
    }

    private static async Task<string[]> PidsAsync(TestContainer daemon) =>
        (await daemon.ShellAsync("pgrep -x 'pv-(init|front|exec|process|worktree)'")).Lines;
}
