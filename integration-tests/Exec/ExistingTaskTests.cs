using PvExec.IntegrationTests.Rig;

namespace PvExec.IntegrationTests.Exec;

/// <summary>Tasks of an installation of the original run as they are, called by a client of the original.</summary>
public sealed class ExistingTaskTests(ExistingTaskTests.Installation installation) : IClassFixture<ExistingTaskTests.Installation>
{
    private readonly TestContainer _daemon = installation.Container;

    [Fact]
    public async Task A_node_script_finds_its_modules_its_variables_and_its_input()
    {
        CallResult result = await _daemon.RunTaskAsync("app/page_title", "<html><title>Ünï = code</title>", ("APP", "a=b=c"));

        Assert.Equal($"{{\"title\":\"Ünï = code\",\"app\":\"a=b=c\",\"cwd\":\"{Paths.OwnTasks}/app/page_title\"}}", result.Text);
        Assert.Equal("0", result.Trailers["pv-exit-code"]);
    }

    [Fact]
    public async Task A_script_without_an_interpreter_line_is_run_by_bash_also_with_windows_line_ends_in_its_scopes()
    {
        Assert.Equal("3\n", (await _daemon.RunTaskAsync("app/count_lines", "a\nb\nc\n")).Text);

        // The same scopes as any other task would name them.
        await _daemon.AddTaskAsync("app/holder", "touch /tmp/holds; while [ ! -e /tmp/let-go ]; do sleep 0.01; done", reads: ["src/pages"]);
        Task<CallResult> holds = _daemon.RunTaskAsync("app/holder");
        await _daemon.WaitUntilAsync("[ -e /tmp/holds ]");
        Task<CallResult> waits = _daemon.RunTaskAsync("app/count_lines", "a\n");
        await _daemon.WaitUntilAsync("pv_exec runs | grep app/count_lines | grep -qi wait");
        _ = (await _daemon.ShellAsync("touch /tmp/let-go")).Text;
        _ = (await holds).Ok();
        Assert.Equal("1\n", (await waits).Text);
    }

    [Theory]
    [InlineData("app/greet")]
    [InlineData("app/greet_again")]
    public async Task A_script_uses_a_file_beside_its_directory_and_may_itself_be_a_link(string task)
    {
        Assert.Equal("you: line one\nline two \n", (await _daemon.RunTaskAsync(task, "", ("NAME", "you"), ("GREETING", "line one\nline two "))).Text);
        Assert.Equal(": none\n", (await _daemon.RunTaskAsync(task, "", ("NAME", ""))).Text);
    }

    [Fact]
    public async Task A_filter_in_another_language_makes_the_result_and_one_that_is_not_executable_does_not()
    {
        CallResult filtered = await _daemon.RunTaskAsync("report", "one\ntwo\n", ("FAIL", "1"));
        CallResult plain = await _daemon.RunTaskAsync("report_plain", "one\ntwo\n");

        Assert.Equal(("1:ONE\n2:TWO\n", "3"), (filtered.Text, filtered.Trailers["pv-exit-code"]));
        Assert.Equal(("1:one\n2:two\n", "0"), (plain.Text, plain.Trailers["pv-exit-code"]));
    }

    [Fact]
    public async Task Bytes_pass_as_they_are()
    {
        byte[] all = [.. Enumerable.Range(0, 256).Select(value => (byte)value)];

        Assert.Equal(all, (await _daemon.RunTaskAsync("bytes/all")).Data);
        Assert.Equal(all.AsEnumerable().Reverse(), (await CallAsync("bytes/turn", all)).Data);
    }

    [Fact]
    public async Task Megabytes_of_input_are_read_to_the_end_and_need_not_be_read_at_all()
    {
        const string Script = """
            python3 - "$1" <<'PY'
            import sys
            sys.path.insert(0, "/tmp/client")
            import grpc, hashlib
            import contract_pb2 as messages, contract_pb2_grpc as services
            data = bytes(range(251)) * 38000
            channel = grpc.insecure_channel("127.0.0.1:50000", options=[("grpc.max_send_message_length", 10 << 20)])
            answer = services.ExecServiceStub(channel).Exec(messages.ExecReq(task_name=sys.argv[1], data=data, wait_for_completion=True), timeout=60)
            print(answer.data.decode().strip() == (hashlib.sha256(data).hexdigest() if sys.argv[1] == "bytes/digest" else "heard nothing"))
            PY
            """;
        await _daemon.GenerateClientAsync();

        Assert.Equal("True", (await _daemon.ShellAsync(Script, "bytes/digest")).Text);
        Assert.Equal("True", (await _daemon.ShellAsync(Script, "bytes/deaf")).Text);
    }

    [Theory]
    [InlineData("broken/no_mode")]
    [InlineData("broken/empty")]
    [InlineData("broken/no_interpreter")]
    [InlineData("broken")]
    [InlineData("app")]
    public async Task What_cannot_run_is_an_error_that_names_it(string task)
    {
        CallResult result = await _daemon.RunTaskAsync(task);

        Assert.True(result.Code is "NOT_FOUND" or "FAILED_PRECONDITION", $"{result.Code}: {result.Details}");
        Assert.Contains($"'{task}'", result.Details, StringComparison.Ordinal);
    }

    private Task<CallResult> CallAsync(string task, byte[] data) =>
        _daemon.CallAsync("Exec", new { task_name = task, data = Convert.ToBase64String(data), wait_for_completion = true });

    /// <summary>One daemon for all of them.</summary>
    public sealed class Installation : IAsyncLifetime
    {
        public TestContainer Container { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            Container = await TestContainer.StartAsync(ContainerSpec.Daemon);
            await ExistingTasks.AddAsync(Container);
        }

        public ValueTask DisposeAsync() => Container?.DisposeAsync() ?? ValueTask.CompletedTask;
    }
}
