using PvExec.Exec.Tests.Succession;
using PvExec.Kernel;
using PvExec.Testing;
using V1 = PvExec.Api.V1;

namespace PvExec.Exec.Tests;

public sealed class TaskDefinitionCallTests : IAsyncLifetime
{
    private readonly SuccessionFixture _fixture = new();
    private readonly TemporaryDirectory _elsewhere = new();

    private TasksGrpc Service => _fixture.Old.Tasks;

    public ValueTask InitializeAsync()
    {
        TaskFiles.Write(_elsewhere, "task/run", "true");
        Directory.CreateSymbolicLink(_fixture.Root.At("outside"), _elsewhere.At("task"));
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await _fixture.DisposeAsync();
        _elsewhere.Dispose();
    }

    public static TheoryData<string, FaultKind, string> Bad => new()
    {
        { "", FaultKind.InvalidArgument, "empty" },
        { "../x", FaultKind.InvalidArgument, "'../x'" },
        { "free/../../x", FaultKind.InvalidArgument, "'free/../../x'" },
        { "/etc", FaultKind.InvalidArgument, "'/etc' is absolute" },
        { "a\0b", FaultKind.InvalidArgument, "'a\\x00b'" },
        { new string('x', 4097), FaultKind.InvalidArgument, "xxx…' (4097 characters) is longer than 4096 bytes" },
        { new string('x', 4096), FaultKind.InvalidArgument, "longer than 255 bytes" },
        { string.Join('/', Enumerable.Repeat("x", 2048)), FaultKind.NotFound, "'x/x/" },
        { "outside", FaultKind.InvalidArgument, "'outside' leaves its config root" },
        { "none", FaultKind.NotFound, "'none'" },
        { "free/none", FaultKind.NotFound, "'free/none'" },
    };

    [Theory]
    [MemberData(nameof(Bad))]
    public async Task A_name_that_no_task_has_is_refused_by_every_call_that_takes_one(string name, FaultKind kind, string detail)
    {
        var call = new TestCallContext(CancellationToken.None);
        var requests = new Dictionary<string, Func<Task>>
        {
            ["Exec"] = () => SuccessionFixture.CallAsync(_fixture.Old, name, call),
            ["Describe"] = () => Service.Describe(new V1.DescribeTaskRequest { TaskName = name }, call),
            ["Run"] = () => Service.Run(new V1.RunTaskRequest { TaskName = name }, new EventChannel<V1.RunEvent>(), call),
        };
        foreach ((string rpc, Func<Task> request) in requests)
        {
            FaultException e = await Assert.ThrowsAsync<FaultException>(request);
            Assert.Equal((rpc, kind), (rpc, e.Fault.Kind));
            Assert.Contains(detail, e.Fault.Detail, StringComparison.Ordinal);
            Assert.DoesNotContain('\0', e.Fault.Detail);
        }

        Assert.Empty(_fixture.Old.Engine.Live);
    }

    [Fact]
    public async Task All_tasks_are_listed_with_those_that_have_faults()
    {
        TaskFiles.Write(_fixture.Root, "bad/run", "true");
        TaskFiles.Write(_fixture.Root, "bad/input_scopes", "src\n..\n", executable: false);

        V1.ListTasksResponse all = await Service.List(new V1.ListTasksRequest(), new TestCallContext(CancellationToken.None));

        Assert.Equal(Directory.GetDirectories(_fixture.Root.Path).Select(Path.GetFileName).Order(StringComparer.Ordinal), all.Tasks.Select(task => task.Name));
        V1.TaskDescription bad = all.Tasks.Single(task => task.Name == "bad");
        V1.TaskFault fault = Assert.Single(bad.Faults);
        Assert.Equal((_fixture.Root.At("bad/input_scopes"), 2u), (fault.File, fault.Line));
        Assert.Contains("'..'", fault.Text, StringComparison.Ordinal);
        Assert.Equal(["src"], bad.InputScopes);
        Assert.Equal("outside", Assert.Single(all.Tasks, task => task.Faults.Count > 0 && task != bad).Name);
        Assert.Equal(["src"], all.Tasks.Single(task => task.Name == "writes").OutputScopes);
    }

    [Fact]
    public async Task A_task_is_described_as_its_files_are_at_the_moment()
    {
        V1.TaskDescription task = await DescribeAsync("free");
        Assert.Equal((_fixture.Root.At("free"), null, 0u, 5L), (task.Directory, task.Timeout, task.MaxConcurrent, task.TimeoutKill.Seconds));

        TaskFiles.Write(_fixture.Root, "free/log", "cat");
        TaskFiles.Write(_fixture.Root, "free/finish", "true");
        TaskFiles.Write(_fixture.Root, "free/timeout", "1.5", executable: false);
        TaskFiles.Write(_fixture.Root, "free/timeout-finish", "7", executable: false);
        TaskFiles.Write(_fixture.Root, "free/max_concurrent", "2", executable: false);
        TaskFiles.Write(_fixture.Root, "free/description", "Does nothing.\n", executable: false);
        TaskFiles.Write(_fixture.Root, "free/env/A", "secret", executable: false);
        task = await DescribeAsync("free");

        Assert.Equal((true, true, TimeSpan.FromSeconds(1.5), 2u, "Does nothing."), (task.HasLog, task.HasFinish, task.Timeout.ToTimeSpan(), task.MaxConcurrent, task.Description));
        Assert.Equal(7, task.TimeoutFinish.Seconds);
        Assert.Equal(["A"], task.VariableNames);
        Assert.DoesNotContain("secret", task.ToString(), StringComparison.Ordinal);
        Assert.Empty(task.Faults);
    }

    private Task<V1.TaskDescription> DescribeAsync(string name) =>
        Service.Describe(new V1.DescribeTaskRequest { TaskName = name }, new TestCallContext(CancellationToken.None));
}
